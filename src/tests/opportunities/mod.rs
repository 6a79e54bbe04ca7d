//! What communities offer: `editing` without losing words, opening and closing; the `board` with its filters, orders and saved
//! views; `items`, which are priced mixes; `lines`, which are places that are released and who waits for them; `answers`, which
//! are decisions that are released together.

mod answers;
mod board;
mod editing;
mod items;
mod lines;

use crate::common::{Cast, wire};
use commdesk::{
    features::{
        decisions::{service as decisions, views::WaitingState},
        opportunities::views::OpportunityPatch,
        requests::service as requests,
    },
    kernel::{
        actor::Actor,
        error::AppResult,
        ids::{OpportunityId, RequestId},
    },
};
use serde_json::Value;

impl Cast {
    async fn patch(&self, id: OpportunityId, body: Value) -> AppResult<OpportunityId> {
        decisions::edit(&self.ctx, &self.ravi, id, &wire::<OpportunityPatch>(body)).await
    }

    async fn accept(&self, id: RequestId) {
        let seen = self.seen(&self.ravi, id).await;
        requests::accept(&self.ctx, &self.ravi, id, &seen).await.expect("accepted");
    }

    async fn wait(&self, id: RequestId) {
        let seen = self.seen(&self.ravi, id).await;
        decisions::wait(&self.ctx, &self.ravi, id, &seen).await.expect("in line");
    }

    async fn waiting(&self, who: &Actor, id: RequestId) -> Option<WaitingState> {
        decisions::place(&self.ctx, who, id).await.expect("theirs").place.waiting
    }
}
