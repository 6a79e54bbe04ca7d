//! What a workspace lets its inbox do by itself, and the reaction to what comes in. An automatic answer says that it is one.

use super::{
    inbox, policy,
    rules::{
        Rejection,
        inbox::AssignedBy,
        routing::{self, Asked, Change, Fit, Keeper, MAX_RULES, Route},
        sending,
    },
    service::reject_in,
    store,
    store_routing::{self, Known},
    views::{FitInput, FitView, RouteInput, RouteView, RulesView},
};
use crate::{
    kernel::{
        actor::{Actor, Scope, Side},
        error::{AppError, AppResult},
        ids::{RequestId, UserId},
    },
    platform::{ctx::Ctx, facts::Voice},
};
use chrono::NaiveDate;
use uuid::Uuid;

fn keeper(actor: &Actor) -> AppResult<Keeper> {
    match (actor.community(), actor.organization()) {
        (Some(community), _) => Ok(Keeper::Community(community)),
        (_, Some(organization)) => Ok(Keeper::Organization(organization)),
        _ => Err(AppError::NotFound),
    }
}

/// The acting workspace's rules.
///
/// # Errors
/// 403 for a role that does not see requests.
pub async fn list(ctx: &Ctx, actor: &Actor) -> AppResult<RulesView> {
    let side = policy::may_see_inbox(actor)?;
    let keeper = keeper(actor)?;
    let (routes, fits) = store_routing::list_both(ctx.db(), keeper).await?;
    let colleagues = inbox::colleagues(store::list_colleagues(ctx, actor.scope()).await?, side);
    Ok(RulesView {
        routes: routes
            .into_iter()
            .map(|Known { id, rule }| RouteView {
                id,
                region: rule.region,
                event_type: rule.event_type,
                assignee: inbox::assignee(
                    Some(rule.assignee.0),
                    Some(
                        colleagues
                            .iter()
                            .find(|it| it.id == rule.assignee.0)
                            .map_or_else(|| "somebody who left".to_owned(), |it| it.name.clone()),
                    ),
                    &colleagues,
                ),
            })
            .collect(),
        fits: fits
            .into_iter()
            .map(|Known { id, rule }| FitView {
                id,
                label: rule.in_words(),
                reason: rule.reason,
                ask_again_month: rule.ask_again.map(sending::month_name).unwrap_or_default().to_owned(),
                words: rule.words,
            })
            .collect(),
        colleagues,
        is_organization: side == Side::Organization,
        can_edit: policy::may_set_rules(actor).is_ok(),
    })
}

/// Sets who handles requests of a region and event type; the one that stood for exactly these is replaced.
///
/// # Errors
/// 403; 422 beside each field.
pub async fn set_route(ctx: &Ctx, actor: &Actor, input: &RouteInput) -> AppResult<Uuid> {
    let keeper = keeper(actor)?;
    policy::may_set_rules(actor)?;
    let route = input.parse()?;
    let mut tx = ctx.begin().await?;
    match store::find_colleague(&mut tx, actor.scope(), route.assignee).await? {
        Some((_, role)) if inbox::acts(keeper.side(), &role) => {}
        _ => return Err(AppError::invalid("assigneeId", "Choose an active colleague who may act on requests.")),
    }
    let changed = routing::change_rules(keeper, ctx.id(), Change::RouteSet(route));
    let id = store_routing::apply_route_set(&mut tx, &changed, actor.user(), MAX_RULES, ctx.now()).await?;
    let Some(id) = id else { return Err(too_many()) };
    tx.state(actor, &routing::change_rules(keeper, id, Change::RouteSet(route)));
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Declares what a request must have; one that breaks it is declined at once.
///
/// # Errors
/// 403, also for communities; 422 beside each field.
pub async fn declare_fit(ctx: &Ctx, actor: &Actor, input: &FitInput) -> AppResult<Uuid> {
    let keeper = keeper(actor)?;
    policy::may_set_rules(actor)?;
    if !matches!(keeper, Keeper::Organization(_)) {
        return Err(AppError::forbidden("Only sponsors and partners answer by rule. Change to an organization's workspace."));
    }
    let fit = input.parse()?;
    let mut tx = ctx.begin().await?;
    let changed = routing::change_rules(keeper, ctx.id(), Change::FitDeclared(fit));
    if !store_routing::apply_fit_declared(&mut tx, &changed, actor.user(), MAX_RULES, ctx.now()).await? {
        return Err(too_many());
    }
    tx.state(actor, &changed);
    tx.result(changed.id());
    tx.commit().await?;
    Ok(changed.id())
}

fn too_many() -> AppError {
    AppError::refused("TOO_MANY_RULES", format!("A workspace has at most {MAX_RULES} rules of a kind. Remove one first."))
}

/// Takes a rule away.
///
/// # Errors
/// 403; 404.
pub async fn remove(ctx: &Ctx, actor: &Actor, id: Uuid) -> AppResult<()> {
    let keeper = keeper(actor)?;
    policy::may_set_rules(actor)?;
    let mut tx = ctx.begin().await?;
    tx.result(id);
    for change in [Change::RouteRemoved, Change::FitRemoved] {
        let changed = routing::change_rules(keeper, id, change);
        if store_routing::apply_removed(&mut tx, &changed).await? {
            tx.state(actor, &changed);
            return tx.commit().await;
        }
    }
    Err(AppError::NotFound)
}

/// Something came in: what its receiver declared answers it at once, or gives it to whoever handles such requests. Run
/// again, it finds that done.
///
/// # Errors
/// When the database is away.
pub async fn came_in(ctx: &Ctx, id: RequestId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let request = match store::hold(&mut tx, Scope::system("a workspace's own rules answer what comes in"), id).await {
        Err(AppError::NotFound) => return Ok(()),
        other => other?,
    };
    let side = request.opened_by.other();
    // Only what is new and waits for the receiver: nobody's answer is taken out of their hands.
    if !request.awaits(side) || request.revision != 1 || request.held {
        return tx.commit_unstated("there is nothing to do by rule").await;
    }
    let asked = store_routing::get_asked(&mut tx, id, request.amount).await?;
    let keeper = match side {
        Side::Community => Keeper::Community(request.parties.community),
        Side::Organization => Keeper::Organization(request.parties.organization),
    };
    if let Keeper::Organization(organization) = keeper {
        let fits = store_routing::list_fits(tx.conn(), organization).await?;
        if let Some(broken) = fits.into_iter().map(|known| known.rule).find(|fit| fit.is_broken_by(&asked)) {
            return match reject_in(&mut tx, Voice::System, &request, side, by_rule(&broken, ctx.now().date_naive())).await {
                Ok(()) => tx.commit().await,
                Err(AppError::Refused(_)) => tx.commit_unstated("it was answered meanwhile").await,
                Err(other) => Err(other),
            };
        }
    }
    let routes: Vec<Route> = store_routing::list_routes(tx.conn(), keeper).await?.into_iter().map(|known| known.rule).collect();
    let desk = store::get_desk(&mut tx, id, side).await?;
    let Some(user) = handled(&routes, &asked).filter(|_| desk.assignee.is_none()) else {
        return tx.commit_unstated("no rule says who handles it").await;
    };
    let colleague = store_routing::find_seat(&mut tx, keeper, user).await?;
    let Some((name, _)) = colleague.filter(|(_, role)| inbox::acts(side, role)) else {
        return tx.commit_unstated("whoever handled such requests has left or changed roles").await;
    };
    match request.assign(side, desk, Some((user, name)), AssignedBy::Rule) {
        Ok(Some(assigned)) => {
            store::apply_assigned(&mut tx, &assigned, ctx.now()).await?;
            tx.state(Voice::System, &assigned);
            tx.commit().await
        }
        _ => tx.commit_unstated("it is theirs already").await,
    }
}

fn handled(routes: &[Route], asked: &Asked) -> Option<UserId> {
    routing::handled_by(routes, asked)
}

fn by_rule(fit: &Fit, today: NaiveDate) -> Rejection {
    Rejection {
        reason: fit.reason,
        note: format!("An automatic answer by a rule of ours, at once: {}", fit.answer()),
        ask_again: fit.ask_again.and_then(|month| sending::next_month(month, today)),
        automatic: true,
    }
}
