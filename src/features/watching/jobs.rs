//! What wakes saved searches, and when they tell.

use super::{alerts, rules::List};
use crate::{
    kernel::fact::SubjectKind,
    platform::{
        facts::StoredFact,
        jobs::{Consumer, DeadlineHandler},
    },
};

/// The list whose row a fact may have changed. Whatever these rooms state of a row counts: a job that finds nothing new is cheap,
/// and a fact that is added later is not forgotten here.
fn list_of(fact: &StoredFact) -> Option<List> {
    match (fact.room.as_str(), fact.subject_kind.as_str()) {
        ("organizations", kind) if kind == SubjectKind::Organization.label() => Some(List::Organizations),
        ("communities", kind) if kind == SubjectKind::Community.label() => Some(List::Communities),
        _ => None,
    }
}

pub fn consumers() -> Vec<Consumer> {
    vec![Consumer {
        name: "saved-searches",
        wants: |fact| list_of(fact).is_some(),
        run: |ctx, job| {
            Box::pin(async move {
                let Some((list, fact)) = job.fact.as_ref().and_then(|fact| Some((list_of(fact)?, fact))) else { return Ok(()) };
                Ok(alerts::changed(&ctx, list, fact.subject_id).await?)
            })
        },
    }]
}

pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler { kind: alerts::ALERT, run: |ctx, id| Box::pin(async move { alerts::tell(&ctx, id.into()).await }) }]
}
