//! The forms of requests' pages: applying for an opportunity, sending a request, and accepting, rejecting or withdrawing one.

use super::{
    rules::Rejection,
    service,
    views::{ApplyInput, RequestInput, RevisionHash},
};
use crate::{
    features::{
        opportunities::{
            forms::{line_wanted, read_lines},
            views::NumberText,
        },
        partners::views::BenefitInput,
    },
    kernel::{
        error::{AppError, AppResult},
        ids::RequestId,
    },
    platform::web::form::{Done, FormRoute, Posted, Typed},
};

/// The forms of `/opportunities/{id}`, `/requests/new` and `/requests/{id}`.
pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/opportunities/{id}", form: "apply", handler: |posted| Box::pin(apply(posted)) },
        FormRoute { path: "/requests/new", form: "send", handler: |posted| Box::pin(send(posted)) },
        FormRoute { path: "/requests/{id}", form: "accept", handler: |posted| Box::pin(accept(posted)) },
        FormRoute { path: "/requests/{id}", form: "reject", handler: |posted| Box::pin(reject(posted)) },
        FormRoute { path: "/requests/{id}", form: "withdraw", handler: |posted| Box::pin(withdraw(posted)) },
    ]
}

async fn apply(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let typed = &posted.typed;
    let items = typed.all("items");
    if !items.is_empty() && !typed.text("amount").trim().is_empty() {
        return Err(AppError::invalid("amount", "You chose pieces, and they have their prices. Leave this empty, or choose none."));
    }
    // The total that the page showed: without one, nothing was shown, and the service says what it is.
    let amount = match (items.is_empty(), typed.text("total")) {
        (true, _) => typed.owned("amount"),
        (false, "") => "0".to_owned(),
        (false, total) => total.to_owned(),
    };
    let input = ApplyInput {
        amount: NumberText(amount),
        items,
        currency: typed.owned("currency"),
        category: String::new(),
        benefits: lines(typed)?,
        message: typed.owned("message"),
        valid_until: typed.owned("validUntil"),
    };
    let id = service::apply(&posted.call.ctx, &actor, posted.seg("id")?, &input).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn send(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let typed = &posted.typed;
    let input = RequestInput {
        organization_id: typed.owned("organizationId"),
        event_id: typed.owned("eventId"),
        opportunity_id: typed.owned("opportunityId"),
        amount: NumberText(typed.owned("amount")),
        currency: typed.owned("currency"),
        category: typed.owned("category"),
        benefits: lines(typed)?,
        message: typed.owned("message"),
        valid_until: typed.owned("validUntil"),
    };
    let id = service::send(&posted.call.ctx, &actor, &input).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn accept(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let shown = RevisionHash::parse(posted.typed.text("revisionHash")).map_err(|why| AppError::invalid("", why))?;
    let id = service::accept(&posted.call.ctx, &actor, posted.seg("id")?, &shown).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn reject(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let why = Rejection::parse(posted.typed.text("reason"), posted.typed.text("note"))?;
    let id = service::reject(&posted.call.ctx, &actor, posted.seg("id")?, why).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn withdraw(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = service::withdraw(&posted.call.ctx, &actor, posted.seg("id")?).await?;
    Ok(Done::to(address(&posted, id)))
}

fn address(posted: &Posted, id: RequestId) -> String {
    match &posted.call.workspace {
        Some(workspace) => format!("/requests/{id}?as={workspace}"),
        None => format!("/requests/{id}"),
    }
}

/// The benefit lines, where the form has any.
fn lines(typed: &Typed) -> AppResult<Option<Vec<BenefitInput>>> {
    line_wanted(typed)?;
    Ok(Some(read_lines(typed)).filter(|lines| !lines.is_empty()))
}
