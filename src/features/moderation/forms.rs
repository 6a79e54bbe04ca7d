//! The forms of this room's pages.

use super::{
    merging, policy, service,
    views::{DecisionInput, MergeState, ReportInput},
};
use crate::{
    features::organizations::rules::merging::MergeInput,
    kernel::{
        error::{AppError, AppResult},
        ids::OrganizationId,
    },
    platform::web::form::{Done, FormRoute, Posted},
};

/// The forms of `/report`, `/staff/reports` and `/staff/organizations/{id}/merge`.
pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/report", form: "report", handler: |posted| Box::pin(report(posted)) },
        FormRoute { path: "/staff/reports", form: "decide", handler: |posted| Box::pin(decide(posted)) },
        FormRoute { path: "/staff/organizations/{id}/merge", form: "merge", handler: |posted| Box::pin(merge(posted)) },
    ]
}

fn acting(posted: &Posted, joint: char) -> String {
    posted.call.workspace.as_ref().map(|key| format!("{joint}as={key}")).unwrap_or_default()
}

async fn report(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    let typed = &posted.typed;
    let input = ReportInput {
        subject_kind: typed.owned("subjectKind"),
        subject_id: typed.owned("subjectId"),
        reason: typed.owned("reason"),
        words: typed.owned("words"),
    };
    service::report(&posted.call.ctx, &actor, input.parse()?).await?;
    Ok(Done::to(format!("/report?sent=1{}", acting(&posted, '&'))))
}

async fn decide(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    policy::may_decide(&actor)?;
    let typed = &posted.typed;
    let id = typed.text("report").parse().map_err(|_| AppError::invalid("", "Choose the one that you decide on."))?;
    let input = DecisionInput { decision: typed.owned("decision"), reason: typed.owned("reason") };
    service::decide(&posted.call.ctx, &actor, id, input.parse()?).await?;
    Ok(Done::to(format!("/staff/reports{}", acting(&posted, '?'))))
}

async fn merge(posted: Posted) -> AppResult<Done> {
    let id: OrganizationId = posted.seg("id")?;
    let actor = posted.call.actor()?;
    policy::may_decide(&actor)?;
    let typed = &posted.typed;
    let input = MergeInput { into: typed.owned("into"), decision: typed.owned("decision"), reason: typed.owned("reason") };
    let receipt = merging::merge(&posted.call.ctx, &actor, id, input.parse()?).await?;
    let there = match receipt.state {
        MergeState::Merged => format!("/staff/organizations/{}?merged=yes", receipt.organization_id),
        MergeState::Proposed | MergeState::Dropped => format!("/staff/organizations/{id}?decided=yes"),
    };
    Ok(Done::to(format!("{there}{}", acting(&posted, '&'))))
}
