//! The work of this room: telling, sending, and answering forgotten passwords.

use super::{
    rules,
    service::{self, MAIL_JOB},
};
use crate::{
    features::{accounts::service::FORGOT_JOB, facts::FactKind},
    platform::jobs::{Consumer, DeadlineHandler},
};
use anyhow::Context as _;

/// What comes due here: digests.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler {
        kind: service::DIGEST,
        run: |ctx, user| Box::pin(async move { service::send_digest(&ctx, user.into()).await }),
    }]
}

/// Everything that this room consumes.
pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer {
            name: "tell",
            wants: |fact| FactKind::find(&fact.room, &fact.name).is_some_and(|kind| !rules::told(kind).lines().is_empty()),
            run: |ctx, job| {
                Box::pin(async move {
                    let fact = job.fact.as_ref().context("telling starts from a fact")?;
                    Ok(service::tell(&ctx, fact).await?)
                })
            },
        },
        Consumer { name: MAIL_JOB, wants: |_| false, run: |ctx, job| Box::pin(async move { service::send(&ctx, &job).await }) },
        Consumer {
            name: FORGOT_JOB,
            wants: |_| false,
            run: |ctx, job| Box::pin(async move { service::answer_forgotten(&ctx, &job).await }),
        },
    ]
}
