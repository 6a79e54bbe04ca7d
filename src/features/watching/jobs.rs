//! What wakes saved searches, and when they tell.

use super::{alerts, rules::List};
use crate::{
    kernel::{error::AppResult, fact::SubjectKind},
    platform::{
        ctx::Ctx,
        facts::StoredFact,
        jobs::{Consumer, DeadlineHandler},
    },
};

/// What a fact may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touched {
    Organization,
    Community,
    /// What is offered at it is found by what the event is, and so is whoever organizes it.
    Event,
    Opportunity,
}

/// Whatever these rooms state of a row counts: a job that finds nothing new is cheap, and a fact that is added later is not
/// forgotten here. Of an opportunity the rooms below state things too: that there are places again, for one.
fn touched(fact: &StoredFact) -> Option<Touched> {
    let is = |kind: SubjectKind| fact.subject_kind == kind.label();
    match fact.room.as_str() {
        "organizations" if is(SubjectKind::Organization) => Some(Touched::Organization),
        "communities" if is(SubjectKind::Community) => Some(Touched::Community),
        "events" if is(SubjectKind::Event) => Some(Touched::Event),
        _ if is(SubjectKind::Opportunity) => Some(Touched::Opportunity),
        _ => None,
    }
}

async fn look(ctx: &Ctx, touched: Touched, fact: &StoredFact) -> AppResult<()> {
    let id = fact.subject_id;
    match touched {
        Touched::Organization => alerts::changed(ctx, List::Organizations, id).await,
        Touched::Community => {
            alerts::changed(ctx, List::Communities, id).await?;
            // Its standing takes everything that it offers along; its words do not.
            match fact.name.as_str() {
                "community_approved" | "community_restored" => alerts::offers_changed(ctx, None, Some(id.into())).await,
                _ => Ok(()),
            }
        }
        Touched::Event => alerts::event_changed(ctx, id.into()).await,
        Touched::Opportunity => alerts::changed(ctx, List::Opportunities, id).await,
    }
}

pub fn consumers() -> Vec<Consumer> {
    vec![Consumer {
        name: "saved-searches",
        wants: |fact| touched(fact).is_some(),
        run: |ctx, job| {
            Box::pin(async move {
                let Some((touched, fact)) = job.fact.as_ref().and_then(|fact| Some((touched(fact)?, fact))) else {
                    return Ok(());
                };
                Ok(look(&ctx, touched, fact).await?)
            })
        },
    }]
}

pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler { kind: alerts::ALERT, run: |ctx, id| Box::pin(async move { alerts::tell(&ctx, id.into()).await }) }]
}
