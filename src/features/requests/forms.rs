//! The forms of requests' pages: sending a request, and accepting, rejecting or withdrawing one.

use super::{
    inbox::{self, Sort},
    rest::read_assignee,
    routing,
    rules::{
        Rejection,
        inbox::{read_selection, read_until},
        sending,
    },
    service,
    views::{ApplyInput, FitInput, InboxAsk, RequestInput, RevisionHash, RouteInput},
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
        fields::FieldErrors,
        ids::RequestId,
    },
    platform::web::form::{Done, FormRoute, Posted, Typed},
};

/// The forms of `/requests/new`, `/requests/{id}`, `/inbox` and `/staff/requests`.
pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/requests/new", form: "send", handler: |posted| Box::pin(send(posted)) },
        FormRoute { path: "/requests/{id}", form: "accept", handler: |posted| Box::pin(accept(posted)) },
        FormRoute { path: "/requests/{id}", form: "reject", handler: |posted| Box::pin(reject(posted)) },
        FormRoute { path: "/requests/{id}", form: "withdraw", handler: |posted| Box::pin(withdraw(posted)) },
        FormRoute { path: "/requests/{id}", form: "assign", handler: |posted| Box::pin(assign(posted)) },
        FormRoute { path: "/requests/{id}", form: "snooze", handler: |posted| Box::pin(snooze(posted)) },
        FormRoute { path: "/inbox", form: "sort", handler: |posted| Box::pin(sort(posted)) },
        FormRoute { path: "/inbox/rules", form: "route", handler: |posted| Box::pin(route(posted)) },
        FormRoute { path: "/inbox/rules", form: "fit", handler: |posted| Box::pin(fit(posted)) },
        FormRoute { path: "/inbox/rules", form: "remove", handler: |posted| Box::pin(remove(posted)) },
        FormRoute { path: "/staff/requests", form: "judge", handler: |posted| Box::pin(judge(posted)) },
    ]
}

/// What was typed into the form of an application.
///
/// # Errors
/// 422 beside `amount` when it was typed and pieces were chosen.
pub fn read_application(typed: &Typed) -> AppResult<ApplyInput> {
    let items = typed.all("items");
    if !items.is_empty() && !typed.text("amount").trim().is_empty() {
        return Err(AppError::invalid(
            "amount",
            "You chose pieces, and they have their prices. Leave this empty, or choose none.",
        ));
    }
    // The total that the page showed: without one, nothing was shown, and the service says what it is.
    let amount = match (items.is_empty(), typed.text("total")) {
        (true, _) => typed.owned("amount"),
        (false, "") => "0".to_owned(),
        (false, total) => total.to_owned(),
    };
    Ok(ApplyInput {
        amount: NumberText(amount),
        items,
        currency: typed.owned("currency"),
        category: String::new(),
        benefits: lines(typed)?,
        message: typed.owned("message"),
        valid_until: typed.owned("validUntil"),
        waiting_list: typed.ticked("waitingList"),
    })
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
        anyway: typed.ticked("anyway"),
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
    let why = rejection(&posted)?;
    let id = service::reject(&posted.call.ctx, &actor, posted.seg("id")?, why).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn withdraw(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = service::withdraw(&posted.call.ctx, &actor, posted.seg("id")?).await?;
    Ok(Done::to(address(&posted, id)))
}

fn rejection(posted: &Posted) -> AppResult<Rejection> {
    let month = sending::read_month(posted.typed.text("askAgain"), posted.call.ctx.now().date_naive())?;
    Ok(Rejection::parse(posted.typed.text("reason"), posted.typed.text("note"))?.welcome_from(month))
}

async fn assign(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let to = read_assignee(posted.typed.text("assigneeId"))?;
    let id = inbox::assign(&posted.call.ctx, &actor, posted.seg("id")?, to).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn snooze(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let until = match posted.typed.text("action") {
        "wake" => None,
        _ => Some(read_until(posted.typed.text("until"))?),
    };
    let id = inbox::snooze(&posted.call.ctx, &actor, posted.seg("id")?, until).await?;
    Ok(Done::to(address(&posted, id)))
}

/// Does one thing with the requests that were ticked, and comes back to where the list was. Those that refused are named.
async fn sort(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let typed = &posted.typed;
    let action = typed.owned("action");
    let picked = typed.all("ids");
    let done = if action == "read" {
        inbox::mark_read(&posted.call.ctx, &actor, &picked).await?
    } else {
        let ids = read_selection(&picked)?;
        let sort = match action.as_str() {
            "assign" => Sort::Assign(read_assignee(typed.text("assigneeId"))?),
            "snooze" => Sort::Snooze(Some(read_until(typed.text("until"))?)),
            "wake" => Sort::Snooze(None),
            "reject" => Sort::Reject(rejection(&posted)?),
            _ => return Err(AppError::invalid("", "Say what to do with them: use one of the buttons.")),
        };
        let outcome = inbox::sort_many(&posted.call.ctx, &actor, &ids, &sort).await?;
        if outcome.refused > 0 {
            let mut problems = FieldErrors::default();
            if outcome.done > 0 {
                problems.add("", format!("{} done; these are as they were:", outcome.done));
            }
            for item in outcome.items.into_iter().filter(|item| !item.done) {
                let name = if item.name.is_empty() { "One of them".to_owned() } else { item.name };
                problems.add(format!("pick-{}", item.id), format!("{name}: {}", item.message));
            }
            return Err(problems.into());
        }
        outcome.done as u64
    };
    let from = |name: &str| posted.query.get(name).cloned().unwrap_or_default();
    let ask = InboxAsk {
        tab: from("tab"),
        q: from("q"),
        status: from("status"),
        event_type: from("eventType"),
        region: from("region"),
        budget: from("budget"),
        reputation: from("reputation"),
        assigned: from("assigned"),
        show: from("show"),
    };
    let workspace = posted.call.workspace.as_ref().map(|key| format!("&as={key}")).unwrap_or_default();
    Ok(Done::to(format!("/inbox?{}&done={action}-{done}{workspace}", ask.query("")).replace("?&", "?")))
}

fn to_rules(posted: &Posted) -> Done {
    Done::to(posted.call.workspace.as_ref().map_or_else(|| "/inbox/rules".to_owned(), |key| format!("/inbox/rules?as={key}")))
}

async fn route(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_set_rules(&actor)?;
    let typed = &posted.typed;
    let input = RouteInput {
        region: typed.owned("region"),
        event_type: typed.owned("eventType"),
        assignee_id: typed.owned("assigneeId"),
    };
    routing::set_route(&posted.call.ctx, &actor, &input).await?;
    Ok(to_rules(&posted))
}

async fn fit(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_set_rules(&actor)?;
    let typed = &posted.typed;
    let input = FitInput {
        min_people: typed.owned("minPeople"),
        regions: typed.all("regions"),
        event_types: typed.all("eventTypes"),
        currency: typed.owned("currency"),
        max_amount: typed.owned("maxAmount"),
        reason: typed.owned("reason"),
        words: typed.owned("words"),
        ask_again_month: typed.owned("askAgainMonth"),
    };
    routing::declare_fit(&posted.call.ctx, &actor, &input).await?;
    Ok(to_rules(&posted))
}

async fn remove(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_set_rules(&actor)?;
    let id = posted.typed.text("rule").parse().map_err(|_| AppError::NotFound)?;
    routing::remove(&posted.call.ctx, &actor, id).await?;
    Ok(to_rules(&posted))
}

async fn judge(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_review_held(&actor)?;
    let typed = &posted.typed;
    let id: RequestId = typed.text("request").parse().map_err(|_| AppError::invalid("", "Choose the one that you decide on."))?;
    let verdict = sending::read_verdict(typed.text("decision"), typed.text("reason"))?;
    inbox::judge(&posted.call.ctx, &actor, id, verdict).await?;
    let workspace = posted.call.workspace.as_ref().map(|key| format!("?as={key}")).unwrap_or_default();
    Ok(Done::to(format!("/staff/requests{workspace}")))
}

/// Where a request stands, for whoever acts.
pub fn address(posted: &Posted, id: RequestId) -> String {
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
