//! The use cases of exports.

use super::{
    pack,
    rules::{self, SCHEMA_VERSION},
    views::{ExportView, ReadyView},
};
use crate::{
    features::{
        blocks, communities,
        events::{self, views::Tab},
        members, opportunities, organizations,
        organizations::views::within,
        partners,
        requests::{
            inbox,
            rules::inbox::InboxFilter,
            service as requests,
            views::{InboxShow, InboxTab},
        },
    },
    kernel::{
        actor::{Actor, Capability, Membership, Side},
        error::{AppError, AppResult, Denied},
        fact::Subject,
        page::{MAX_LIMIT, PageRequest},
    },
    platform::{
        ctx::Ctx,
        limits::{self, Limit},
        secrets,
    },
};
use chrono::{SecondsFormat, TimeDelta};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How long a link opens.
const OPEN: TimeDelta = TimeDelta::hours(1);

/// Exports that one person asks for.
const ASK_PERSON: Limit = Limit { action: "export_ask", hits: 10, seconds: 3600 };
/// Files that one person opens: each is put together anew.
const OPEN_PERSON: Limit = Limit { action: "export_open", hits: 20, seconds: 3600 };

/// The workspace that the actor may take along.
fn own(actor: &Actor) -> AppResult<(Side, Subject)> {
    let (side, subject) = match (actor.organization(), actor.community()) {
        (Some(id), _) => (Side::Organization, Subject::from(id)),
        (_, Some(id)) => (Side::Community, Subject::from(id)),
        _ => return Err(Denied::new("Only a workspace is exported. Change to one of an organization or a community.").into()),
    };
    // What admins and owners hold, and nobody else.
    actor.must(Capability::ManageSecurity, "export everything of the workspace")?;
    Ok((side, subject))
}

fn key_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(Membership::key).unwrap_or_default()
}

/// The page; `ticket` is what [`ask`] gave.
///
/// # Errors
/// 403.
pub fn page(ctx: &Ctx, actor: &Actor, ticket: &str) -> AppResult<ExportView> {
    own(actor)?;
    let acting = key_of(actor);
    let link = |file: &str| within(&format!("/export/{ticket}/{file}"), &acting);
    let ready = opens(ctx, actor, ticket).then(|| ReadyView { json: link("export.json"), zip: link("export.zip") });
    let name = actor.acting.as_ref().map(|membership| membership.name.clone()).unwrap_or_default();
    Ok(ExportView { name, acting, ready })
}

/// States that everything is taken along, and gives the ticket that opens the files for an hour.
///
/// # Errors
/// 403; 429.
pub async fn ask(ctx: &Ctx, actor: &Actor) -> AppResult<String> {
    let (side, subject) = own(actor)?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, ASK_PERSON, &actor.user().to_string()).await?;
    let until = (ctx.now() + OPEN).timestamp();
    let ticket = format!("{until}~{}", mark(ctx, actor, until));
    tx.result(&ticket);
    tx.state(actor, &rules::export(side, subject));
    tx.commit().await?;
    Ok(ticket)
}

/// Whose ticket it is: this person's, for this workspace, until then.
fn mark(ctx: &Ctx, actor: &Actor, until: i64) -> String {
    let workspace = match (actor.organization(), actor.community()) {
        (Some(id), _) => format!("organization:{id}"),
        (_, Some(id)) => format!("community:{id}"),
        _ => String::new(),
    };
    let mark = ctx.house.blind.blind("export", &format!("{}/{workspace}/{until}", actor.user()));
    hex::encode(&mark[..16])
}

fn opens(ctx: &Ctx, actor: &Actor, ticket: &str) -> bool {
    let Some((until, given)) = ticket.split_once('~') else { return false };
    let Ok(until) = until.parse::<i64>() else { return false };
    until > ctx.now().timestamp() && secrets::same(mark(ctx, actor, until).as_bytes(), given.as_bytes())
}

/// A file of an export: its type and its bytes.
///
/// # Errors
/// 404 for whoever is no admin any more, for a ticket of somebody else's or of another hour, and for a file that there is not;
/// 429.
pub async fn file(ctx: &Ctx, actor: &Actor, ticket: &str, file: &str) -> AppResult<(&'static str, Vec<u8>)> {
    if own(actor).is_err() || !opens(ctx, actor, ticket) || !matches!(file, "export.json" | "export.zip") {
        return Err(AppError::NotFound);
    }
    limits::hit(ctx, OPEN_PERSON, &actor.user().to_string()).await?;
    let document = document(ctx, actor).await?;
    // Packing a large workspace takes a while: not on the threads that answer.
    let is_json = file == "export.json";
    let packed = tokio::task::spawn_blocking(move || if is_json { pack::json(&document) } else { pack::zip(&document) });
    let bytes = packed.await.map_err(|error| AppError::broken(format!("packing an export panicked: {error}")))??;
    Ok((if is_json { "application/json" } else { "application/zip" }, bytes))
}

fn value(view: impl Serialize) -> AppResult<Value> {
    serde_json::to_value(view).map_err(|error| AppError::broken(format!("an export cannot be written: {error}")))
}

/// Nothing for a row that went between its list and itself: it is left out, and the rest of the file stands.
fn unless_gone<T>(read: AppResult<T>) -> AppResult<Option<T>> {
    match read {
        Err(AppError::NotFound) => Ok(None),
        other => other.map(Some),
    }
}

fn page_at(cursor: Option<String>) -> PageRequest {
    PageRequest { limit: MAX_LIMIT, cursor, offset: 0 }
}

/// Everything of the workspace, as its rooms show it to this actor.
async fn document(ctx: &Ctx, actor: &Actor) -> AppResult<Map<String, Value>> {
    let (side, subject) = own(actor)?;
    let acting = actor.acting.as_ref().ok_or(AppError::NotFound)?;
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("schemaVersion", json!(SCHEMA_VERSION));
    put("exportedAt", json!(ctx.now().to_rfc3339_opts(SecondsFormat::Secs, true)));
    put("workspace", json!({"kind": side, "id": subject.id, "slug": acting.slug, "name": acting.name}));
    match (side, actor.organization()) {
        (Side::Organization, Some(id)) => {
            put("profile", value(organizations::service::get(ctx, Some(actor), id).await?)?);
            put("supportedEvents", value(partners::service::supported_by(ctx, id).await?)?);
        }
        _ => {
            put("profile", value(communities::service::mine(ctx, actor).await?)?);
            let (events, partners) = events_of(ctx, actor).await?;
            put("events", Value::Array(events));
            put("partners", Value::Array(partners));
            put("opportunities", Value::Array(opportunities_of(ctx, actor).await?));
        }
    }
    put("people", Value::Array(people_of(ctx, actor).await?));
    put("invitations", value(members::service::invitations(ctx, actor).await?.items)?);
    put("requests", Value::Array(requests_of(ctx, actor).await?));
    put("blocks", value(blocks::service::list(ctx, actor).await?.items)?);
    Ok(document)
}

async fn people_of(ctx: &Ctx, actor: &Actor) -> AppResult<Vec<Value>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = members::service::list(ctx, actor, "", &page_at(cursor)).await?;
        for person in page.items {
            all.push(value(person)?);
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(all),
        }
    }
}

/// The events, and who stands on their pages; what was deleted and can still be restored too.
async fn events_of(ctx: &Ctx, actor: &Actor) -> AppResult<(Vec<Value>, Vec<Value>)> {
    let (mut all, mut walls) = (Vec::new(), Vec::new());
    for tab in [Tab::Upcoming, Tab::Past, Tab::Archived, Tab::Deleted] {
        let mut cursor = None;
        loop {
            let page = events::service::mine(ctx, actor, tab, &page_at(cursor)).await?;
            for event in page.items {
                // A deleted event has no page of its own: what its list says is what there is.
                if tab == Tab::Deleted {
                    all.push(value(event)?);
                    continue;
                }
                let Some(whole) = unless_gone(events::service::own(ctx, actor, event.id).await)? else { continue };
                all.push(value(whole)?);
                let mut at = None;
                loop {
                    let wall = partners::service::manage(ctx, actor, event.id, None, &page_at(at)).await;
                    let Some(wall) = unless_gone(wall)? else { break };
                    for partner in wall.items {
                        let mut row = value(partner)?;
                        row["eventId"] = json!(event.id);
                        walls.push(row);
                    }
                    match wall.next_cursor {
                        Some(next) => at = Some(next),
                        None => break,
                    }
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
    }
    Ok((all, walls))
}

async fn opportunities_of(ctx: &Ctx, actor: &Actor) -> AppResult<Vec<Value>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = opportunities::service::list_mine(ctx, actor, None, &page_at(cursor)).await?;
        for row in page.items {
            if let Some(whole) = unless_gone(opportunities::service::get(ctx, Some(actor), row.id).await)? {
                all.push(value(whole)?);
            }
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(all),
        }
    }
}

/// Every request of the workspace, each once, with its revisions: open ones, those that are put aside, and closed ones.
async fn requests_of(ctx: &Ctx, actor: &Actor) -> AppResult<Vec<Value>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for (tab, show) in [
        (InboxTab::Open, InboxShow::All),
        (InboxTab::Open, InboxShow::Snoozed),
        (InboxTab::Accepted, InboxShow::All),
        (InboxTab::History, InboxShow::All),
    ] {
        let filter = InboxFilter { show, ..InboxFilter::of(tab) };
        let mut cursor = None;
        loop {
            let page = inbox::list(ctx, actor, &filter, &page_at(cursor)).await?;
            for row in page.items {
                if seen.insert(row.id)
                    && let Some(whole) = unless_gone(requests::get(ctx, actor, row.id).await)?
                {
                    all.push(value(whole)?);
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
    }
    Ok(all)
}
