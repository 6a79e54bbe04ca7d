//! What events do later: they begin and end by the clock.

use super::service;
use crate::{
    kernel::{error::AppResult, ids::EventId},
    platform::{ctx::Ctx, jobs::DeadlineHandler},
};
use futures::future::BoxFuture;
use uuid::Uuid;

/// The deadlines of this room, for `reactions.rs`.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler { kind: service::STARTS, run: clock }, DeadlineHandler { kind: service::ENDS, run: clock }]
}

fn clock(ctx: Ctx, event: Uuid) -> BoxFuture<'static, AppResult<()>> {
    Box::pin(async move { service::clock(&ctx, EventId(event)).await })
}
