//! The use cases of exports.

use super::{
    pack::{Document, List},
    rules::{self, SCHEMA_VERSION},
    views::{ExportView, ReadyView},
};
use crate::{
    features::{
        access, blocks, communities, decisions, embeds, events, imports, members, opportunities, organizations,
        organizations::views::within, partners, requests,
    },
    kernel::{
        actor::{Actor, Capability, Membership, Side},
        error::{AppError, AppResult, Denied},
        fact::Subject,
        ids::IntakeId,
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
use serde_json::{Value, json};
use std::{fs::File, sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a link opens.
const OPEN: TimeDelta = TimeDelta::hours(1);

/// Rows that are read at once.
const SET: i64 = 200;
/// Files that this process puts together at once: each keeps a connection and a processor busy.
const AT_ONCE: usize = 2;
/// How long somebody waits until it is their turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// When it is worth trying again, in seconds.
const LATER: u32 = 30;

/// Exports that one person asks for.
const ASK_PERSON: Limit = Limit { action: "export_ask", hits: 10, seconds: 3600 };
/// Files that one person opens: each is put together anew.
const OPEN_PERSON: Limit = Limit { action: "export_open", hits: 20, seconds: 3600 };

/// What is asked for, in words.
const WHAT: &str = "export everything of the workspace";

/// The workspace that the actor may take along.
///
/// # Errors
/// 403; `SECOND_FACTOR_REQUIRED` where the workspace asks for one before anything that they may do there.
fn own(actor: &Actor) -> AppResult<(Side, Subject)> {
    let (side, subject) = match (actor.organization(), actor.community()) {
        (Some(id), _) => (Side::Organization, Subject::from(id)),
        (_, Some(id)) => (Side::Community, Subject::from(id)),
        _ => return Err(Denied::new("Only a workspace is exported. Change to one of an organization or a community.").into()),
    };
    // What admins and owners hold, and nobody else.
    actor.must(Capability::ManageSecurity, WHAT)?;
    // Its rooms refuse whoever lacks a second factor, or show them less: so it is asked for before anything is stated, and no
    // file lacks a part, or is refused, of which everybody was told that it is taken along.
    for capability in Capability::ALL {
        if actor.lacks_second_factor_for(capability) {
            actor.must(capability, WHAT)?;
        }
    }
    Ok((side, subject))
}

fn key_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(Membership::key).unwrap_or_default()
}

/// The page; `ticket` is what [`ask`] gave.
///
/// # Errors
/// 403, also `SECOND_FACTOR_REQUIRED`.
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
/// 403, also `SECOND_FACTOR_REQUIRED`; 429.
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

/// Whose turn it is to have a file put together.
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turns {
    /// # Errors
    /// 503 with when to try again, where nobody was done in time.
    pub async fn take(&self) -> AppResult<OwnedSemaphorePermit> {
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(closed)) => Err(AppError::Broken(Box::new(closed))),
            Err(_) => Err(AppError::Busy { retry_after: LATER }),
        }
    }
}

/// A file of an export: its type, and itself from the start. It has no name anywhere and goes with whoever holds it.
///
/// # Errors
/// 404 for whoever is no admin any more, for whom the workspace has come to ask a second factor since (the page tells them), for
/// a ticket of somebody else's or of another hour, and for a file that there is not; 429; 503 while others have theirs put
/// together.
pub async fn file(ctx: &Ctx, actor: &Actor, ticket: &str, file: &str) -> AppResult<(&'static str, File)> {
    if own(actor).is_err() || !opens(ctx, actor, ticket) || !matches!(file, "export.json" | "export.zip") {
        return Err(AppError::NotFound);
    }
    // Whoever is told to come again has used up nothing.
    let turn = ctx.house.shelf.get::<Turns>().take().await?;
    limits::hit(ctx, OPEN_PERSON, &actor.user().to_string()).await?;
    let document = document(ctx, actor).await?;
    let is_json = file == "export.json";
    // Packing a large workspace takes a while: not on the threads that answer. The turn ends with it, also when nobody waits for
    // the file any more.
    let packed = tokio::task::spawn_blocking(move || {
        let file = if is_json { document.json() } else { document.zip() };
        drop(turn);
        file
    });
    let file = packed.await.map_err(|error| AppError::broken(format!("packing an export panicked: {error}")))??;
    Ok((if is_json { "application/json" } else { "application/zip" }, file))
}

fn value(view: impl Serialize) -> AppResult<Value> {
    serde_json::to_value(view).map_err(|error| AppError::broken(format!("an export cannot be written: {error}")))
}

fn page_at(cursor: Option<String>) -> PageRequest {
    PageRequest { limit: MAX_LIMIT, cursor, offset: 0 }
}

/// A list that its room gives by sets of rows: `every!(after => read the next set, the id of a row)`.
macro_rules! every {
    ($after:ident => $read:expr, $id:expr) => {{
        let (mut list, mut $after) = (List::new()?, None);
        loop {
            let rows = $read.await?;
            $after = rows.last().map($id);
            if $after.is_none() {
                break list;
            }
            for row in rows {
                list.push(&value(row)?)?;
            }
        }
    }};
}

/// Everything of the workspace, as its rooms show it to this actor.
async fn document(ctx: &Ctx, actor: &Actor) -> AppResult<Document> {
    let (side, subject) = own(actor)?;
    let acting = actor.acting.as_ref().ok_or(AppError::NotFound)?;
    let mut document = Document::default();
    document.put("schemaVersion", json!(SCHEMA_VERSION));
    document.put("exportedAt", json!(ctx.now().to_rfc3339_opts(SecondsFormat::Secs, true)));
    document.put("workspace", json!({"kind": side, "id": subject.id, "slug": acting.slug, "name": acting.name}));
    match (side, actor.organization()) {
        (Side::Organization, Some(id)) => {
            let profile = organizations::service::get(ctx, Some(actor), id).await?;
            let pictures = [
                ("logo", profile.logo_url.clone()),
                ("logo-on-dark", profile.logo_on_dark_url.clone()),
                ("wordmark", profile.wordmark_url.clone()),
            ];
            document.put("profile", value(profile)?);
            pictures_of(ctx, &pictures, &mut document).await?;
            document.put_list("supportedEvents", list_of(partners::service::supported_by(ctx, id).await?)?);
            let moves = every!(after => organizations::life::moves_whole(ctx, actor, after, SET), |row| row.id);
            document.put_list("websiteProposals", moves);
            let claims = every!(after => organizations::life::claims_whole(ctx, actor, after, SET), |row| row.id);
            document.put_list("claims", claims);
            let joins = every!(after => members::joins::list_whole(ctx, actor, after, SET), |row| row.join_request_id);
            document.put_list("joinRequests", joins);
        }
        _ => {
            let profile = communities::service::mine(ctx, actor).await?;
            let pictures = [("logo", profile.logo_url.clone())];
            document.put("profile", value(profile)?);
            pictures_of(ctx, &pictures, &mut document).await?;
            document.put_list("events", events_of(ctx, actor).await?);
            document.put_list("partners", partners_of(ctx, actor).await?);
            document.put_list("opportunities", opportunities_of(ctx, actor).await?);
            let prepared = every!(after => decisions::service::list_prepared(ctx, actor, after, SET), |row| row.request_id);
            document.put_list("preparedDecisions", prepared);
            document.put("embeds", json!({"sites": embeds::service::sites(ctx, actor).await?}));
            imports_of(ctx, actor, &mut document).await?;
        }
    }
    document.put_list("people", people_of(ctx, actor).await?);
    let invitations = every!(after => members::service::invitations_whole(ctx, actor, after, SET), |row| row.invitation_id);
    document.put_list("invitations", invitations);
    document.put_list("requests", requests_of(ctx, actor).await?);
    let line = every!(after => decisions::service::list_line(ctx, actor, after, SET), |row| row.id);
    document.put_list("waitingLine", line);
    let by_rule = requests::routing::list(ctx, actor).await?;
    document.put_list("inboxRoutes", list_of(by_rule.routes)?);
    document.put_list("inboxAnswers", list_of(by_rule.fits)?);
    let blocks = every!(after => blocks::service::list_whole(ctx, actor, after, SET), |row| row.id);
    document.put_list("blocks", blocks);
    // What keys are called and may do. Their secrets are kept by nobody, and the hashes of those leave no room.
    let keys = every!(after => access::service::list_whole(ctx, actor, after, SET), |row| row.id);
    document.put_list("apiKeys", keys);
    let guarded = access::service::second_factor_policy(ctx, actor).await?.needed_for;
    document.put("secondFactor", json!({"neededFor": guarded}));
    Ok(document)
}

/// The workspace's own pictures: as files of the archive, and which is which.
async fn pictures_of(ctx: &Ctx, pictures: &[(&str, Option<String>)], document: &mut Document) -> AppResult<()> {
    let mut list = List::new()?;
    for (what, url) in pictures {
        let Some(url) = url else { continue };
        let Some(bytes) = organizations::logos::picture_at(ctx, url).await? else { continue };
        let name = format!("files/{what}.png");
        list.push(&json!({"picture": what, "file": name, "url": ctx.link(url)}))?;
        document.put_file(name, bytes);
    }
    document.put_list("files", list);
    Ok(())
}

/// The files that the community brought, what became of each of their rows, and of the pictures beside them.
async fn imports_of(ctx: &Ctx, actor: &Actor, document: &mut Document) -> AppResult<()> {
    let (mut list, mut rows, mut pictures) = (List::new()?, List::new()?, List::new()?);
    let mut page = 1;
    loop {
        let screen = imports::service::screen(ctx, actor, page).await?;
        for item in screen.items {
            let mut offset = 0;
            loop {
                let set = imports::service::report_rows(ctx, actor, item.id, offset, SET).await?;
                if set.is_empty() {
                    break;
                }
                for row in set {
                    rows.push(&of_import(item.id, row)?)?;
                }
                offset += SET;
            }
            for picture in imports::service::report_pictures(ctx, actor, item.id).await? {
                pictures.push(&of_import(item.id, picture)?)?;
            }
            list.push(&value(item)?)?;
        }
        if !screen.has_more {
            break;
        }
        page += 1;
    }
    document.put_list("imports", list);
    document.put_list("importRows", rows);
    document.put_list("importPictures", pictures);
    Ok(())
}

/// What belongs to an import, and to which.
fn of_import(id: IntakeId, view: impl Serialize) -> AppResult<Value> {
    let mut row = json!({"importId": id});
    if let (Some(fields), Value::Object(told)) = (row.as_object_mut(), value(view)?) {
        fields.extend(told);
    }
    Ok(row)
}

fn list_of<T: Serialize>(rows: Vec<T>) -> AppResult<List> {
    let mut list = List::new()?;
    for row in rows {
        list.push(&value(row)?)?;
    }
    Ok(list)
}

async fn people_of(ctx: &Ctx, actor: &Actor) -> AppResult<List> {
    let (mut list, mut cursor) = (List::new()?, None);
    loop {
        let page = members::service::list(ctx, actor, "", &page_at(cursor)).await?;
        for person in page.items {
            list.push(&value(person)?)?;
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(list),
        }
    }
}

/// The events, and those that were deleted and can still be restored, as whole as the others.
async fn events_of(ctx: &Ctx, actor: &Actor) -> AppResult<List> {
    let (mut list, mut after) = (List::new()?, None);
    loop {
        let events = events::service::list_whole(ctx, actor, after, SET).await?;
        after = events.last().map(|event| event.id);
        if after.is_none() {
            break;
        }
        for event in events {
            list.push(&value(event)?)?;
        }
    }
    let mut after = None;
    loop {
        let deleted = events::service::list_deleted(ctx, actor, after, SET).await?;
        after = deleted.last().map(|(_, event)| event.id);
        if after.is_none() {
            return Ok(list);
        }
        for (at, event) in deleted {
            let mut row = value(event)?;
            if let Some(fields) = row.as_object_mut() {
                fields.insert("deletedAt".to_owned(), json!(at));
            }
            list.push(&row)?;
        }
    }
}

/// Who stands on the events' pages.
async fn partners_of(ctx: &Ctx, actor: &Actor) -> AppResult<List> {
    let (mut list, mut after) = (List::new()?, None);
    loop {
        let partners = partners::service::list_whole(ctx, actor, after, SET).await?;
        after = partners.last().map(|partner| partner.link_id);
        if after.is_none() {
            return Ok(list);
        }
        for partner in partners {
            list.push(&value(partner)?)?;
        }
    }
}

async fn opportunities_of(ctx: &Ctx, actor: &Actor) -> AppResult<List> {
    let (mut list, mut after) = (List::new()?, None);
    loop {
        let opportunities = opportunities::service::list_whole(ctx, actor, after, SET).await?;
        after = opportunities.last().map(|opportunity| opportunity.id);
        if after.is_none() {
            return Ok(list);
        }
        for opportunity in opportunities {
            list.push(&value(opportunity)?)?;
        }
    }
}

/// Every request of the workspace with its revisions: open ones, those that are put aside, and closed ones.
async fn requests_of(ctx: &Ctx, actor: &Actor) -> AppResult<List> {
    let (mut list, mut after) = (List::new()?, None);
    loop {
        let requests = requests::service::list_whole(ctx, actor, after, SET).await?;
        after = requests.last().map(|request| request.id);
        if after.is_none() {
            return Ok(list);
        }
        for request in requests {
            let mut row = value(request)?;
            // The people stand in a list of their own.
            if let Some(fields) = row.as_object_mut() {
                fields.remove("colleagues");
            }
            list.push(&row)?;
        }
    }
}
