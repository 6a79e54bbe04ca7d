//! Carrying a file out: all of it or nothing, in one transaction.

use super::{
    Bringer,
    bringing::{CELLS_KEPT, FORGET_CELLS, workspace_of},
    looking::{Decided, Looked, decide_in, hold, look, row_key},
    picturing::MATCHED,
};
use crate::{
    features::{
        blocks::service as blocks,
        communities::service as communities,
        events::{
            rules::{Details, EventInput, EventStatus},
            service as events, zones,
        },
        imports::{
            jobs,
            policy::Desk,
            rows::{MAILBOX, MAILBOX_FORGOTTEN, Read, Told},
            rules::{
                Choice, Outcome, State, Tally, Target,
                events::{Origin, Plan, When, days_label, key},
                mapping,
                organizations::Judged,
            },
            store::{self, Made},
        },
        organizations::{
            bulk::{self, Added, Addition},
            rules::{
                imports::Arrival,
                products::{MOST, Product},
            },
            service as organizations,
            views::OrganizationBrief,
        },
        partners::{rules::Assignment, service as partners},
    },
    kernel::{
        actor::{Actor, Scope, VerificationStatus},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, EventId, IntakeId, LogoId, OrganizationId, UserId},
        labels::{Category, EventType, Industry},
        text::Paragraph,
    },
    platform::{
        ctx::Ctx,
        facts::Voice,
        jobs as queue,
        limits::{self, Limit},
        tx::Tx,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The most profiles that one file of a community makes.
const MOST_OF_COMMUNITY: usize = 200;

/// Rows that are made before it is told how far a run has come.
const AT_ONCE: usize = 100;

/// Files that one community has carried out.
const APPLY_COMMUNITY: Limit = Limit { action: "import_apply", hits: 10, seconds: 86_400 };

/// Begins a run: a job carries it out.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_READY`; 422; 429.
pub async fn apply(ctx: &Ctx, actor: &Actor, id: IntakeId, choices: &[(i32, Option<Choice>)]) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let (_, intake, desk) = hold(&mut tx, actor, id).await?;
    let begun = intake.begin()?;
    if let Desk::Community(community) = desk {
        limits::hit_in(&mut tx, APPLY_COMMUNITY, &community.to_string()).await?;
    }
    let makes = if choices.is_empty() {
        let counted = store::count_rows(ctx.db(), id).await?;
        let make = counted.iter().find(|it| it.outcome == Outcome::Make.label()).map_or(0, |it| it.rows);
        usize::try_from(make).unwrap_or(usize::MAX)
    } else {
        let looked = decide_in(&mut tx, id, &Decided::Rows(choices.to_vec())).await?;
        looked.judged.iter().filter(|it| it.outcome == Outcome::Make).count()
    };
    if intake.target == Target::Sponsors {
        // Before it costs one of the day's runs.
        must_fit(makes)?;
    }
    store::apply_moving(&mut tx, &begun, Some(actor.user()), ctx.now()).await?;
    queue::enqueue(&mut tx, jobs::RUN, &subject_of(id), json!({ "importId": id })).await?;
    tx.state(actor, &begun);
    tx.result(id);
    tx.commit().await
}

fn must_fit(profiles: usize) -> AppResult<()> {
    if profiles > MOST_OF_COMMUNITY {
        return Err(AppError::refused(
            "TOO_MANY_PROFILES",
            format!("A community's file can add {MOST_OF_COMMUNITY} profiles; this would add {profiles}. Bring it in parts."),
        ));
    }
    Ok(())
}

/// As [`apply`], and carried out at once: for a command.
///
/// # Errors
/// As [`apply`] and [`run`].
pub async fn apply_as(ctx: &Ctx, bringer: &Bringer, id: IntakeId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let begun = store::hold(&mut tx, id).await?.intake()?.begin()?;
    store::apply_moving(&mut tx, &begun, bringer.by, ctx.now()).await?;
    tx.state(bringer.voice(), &begun);
    tx.commit().await?;
    run(ctx, id).await
}

/// Carries an import out, in one transaction. Any number of times: a second run finds nothing to do.
///
/// # Errors
/// When the database is away; what the rules refuse gives the run up, and its page says why.
pub async fn run(ctx: &Ctx, id: IntakeId) -> AppResult<()> {
    let why = match run_whole(ctx, id).await {
        Err(AppError::Refused(refusal)) => refusal.message,
        Err(AppError::Invalid(problems)) => problems.0.into_values().next().unwrap_or_else(|| FAILED.to_owned()),
        Err(AppError::Forbidden(denied)) => denied.message,
        Err(AppError::NotFound) => {
            "What the file goes to is not here any more, so nothing was imported. Look at the rows again.".to_owned()
        }
        other => return other,
    };
    match give_up(ctx, id, &why, true).await {
        // The import itself is gone.
        Err(AppError::NotFound) => Ok(()),
        other => other,
    }
}

/// What the page of an import says whose run failed and failed.
const FAILED: &str = "It failed again and again, so nothing was imported. Try once more, or write to us.";

/// The last attempt failed: the file goes back to whoever brought it, with the verdicts of the last look. To look again may be
/// what fails.
///
/// # Errors
/// When the database is away.
pub async fn give_up_failed(ctx: &Ctx, id: IntakeId) -> AppResult<()> {
    match give_up(ctx, id, FAILED, false).await {
        Err(AppError::NotFound) => Ok(()),
        other => other,
    }
}

/// Gives up what is at work and has no job any more that would carry it out: its workers were lost with it.
///
/// # Errors
/// When the database is away.
pub async fn give_up_stranded(ctx: &Ctx) -> AppResult<()> {
    for id in store::list_applying(ctx.db()).await? {
        if !queue::is_awaited(ctx, jobs::RUN, &subject_of(id)).await? {
            give_up_failed(ctx, id).await?;
        }
    }
    Ok(())
}

fn subject_of(id: IntakeId) -> String {
    format!("import:{id}")
}

async fn give_up(ctx: &Ctx, id: IntakeId, why: &str, look_again: bool) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let Some(given_up) = store::hold(&mut tx, id).await?.intake()?.give_up(why) else { return Ok(()) };
    store::apply_moving(&mut tx, &given_up, None, ctx.now()).await?;
    tx.state(Voice::System, &given_up);
    if look_again {
        look(&mut tx, id).await?;
    }
    tx.commit().await
}

async fn run_whole(ctx: &Ctx, id: IntakeId) -> AppResult<()> {
    let Some(found) = store::find(ctx.db(), id).await? else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    // Locks in the order of the house: the communities that it writes to, then the import.
    for community in [found.into_community, found.community_id].into_iter().flatten().collect::<HashSet<_>>() {
        communities::brief_in(&mut tx, CommunityId(community)).await?;
    }
    let before = store::hold(&mut tx, id).await?;
    let intake = before.intake()?;
    if intake.state != State::Applying {
        return Ok(());
    }
    let promised = store::count_rows(ctx.db(), id).await?;
    let total = i32::try_from(promised.iter().map(|it| it.rows).sum::<i64>()).unwrap_or(i32::MAX);
    // Which ones, not how many: another may have been settled meanwhile.
    let asked: HashSet<i32> = store::list_numbers(tx.conn(), id, Outcome::Ask).await?.into_iter().collect();
    store::put_progress(ctx.db(), id, 0, total).await?;
    let looked = look(&mut tx, id).await?;
    let mut now_asked = looked.rows.iter().zip(&looked.judged).filter(|(_, it)| it.outcome == Outcome::Ask);
    if now_asked.any(|(row, _)| !asked.contains(&row.number)) {
        return Err(AppError::refused(
            "DIRECTORY_CHANGED",
            "Somebody has added similar names meanwhile, so nothing was imported. Look at the rows that need your decision, then import once more.",
        ));
    }
    let by = before.applied_by.or(before.created_by).map(UserId);
    let bringer = Bringer { desk: intake.community.map_or(Desk::Staff, Desk::Community), by };
    let tally = match intake.target {
        Target::Events => make_events(ctx, &mut tx, &bringer, &looked).await?,
        Target::Organizations | Target::Sponsors => make_organizations(ctx, &mut tx, &bringer, &looked).await?,
    };
    let Some(finished) = intake.finish(tally) else { return Ok(()) };
    store::apply_moving(&mut tx, &finished, None, ctx.now()).await?;
    // What it is not needed for any more, above all what it says of people, goes with the run.
    let kept = mapping::kept(intake.target, &before.headings, &before.mapping());
    store::keep_cells(&mut tx, id, &kept, MAILBOX, MAILBOX_FORGOTTEN).await?;
    store::forget_book(&mut tx, id).await?;
    queue::set_deadline(&mut tx, FORGET_CELLS, id.0, ctx.now() + CELLS_KEPT).await?;
    tx.state(bringer.voice(), &finished);
    tx.commit().await?;
    store::put_progress(ctx.db(), id, total, total).await
}

fn tally(judged: &[Judged]) -> Tally {
    let count = |wanted: &[Outcome]| judged.iter().filter(|it| wanted.contains(&it.outcome)).count();
    Tally {
        made: count(&[Outcome::Make]),
        merged: count(&[Outcome::Merge]),
        there: count(&[Outcome::There]),
        left_out: count(&[Outcome::Ask, Outcome::Skip, Outcome::Problem]),
    }
}

/// What a run added to something that was there, as it is kept for taking it back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) products: Vec<String>,
    /// To whose profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) organization: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logo: Option<Uuid>,
    /// A note on a past event's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<Uuid>,
}

async fn make_organizations(ctx: &Ctx, tx: &mut Tx, bringer: &Bringer, looked: &Looked) -> AppResult<Tally> {
    let id = looked.intake.id;
    // The look that came before has said which of them are taken.
    let logos: HashMap<i32, LogoId> = store::list_pictures(tx.conn(), id)
        .await?
        .into_iter()
        .filter(|it| it.outcome == MATCHED)
        .filter_map(|it| Some((it.number?, LogoId(it.logo_id?))))
        .collect();
    let position: HashMap<u32, usize> = looked.judged.iter().enumerate().map(|(place, it)| (it.number, place)).collect();
    // Rows that go with another, by that row.
    let mut with: HashMap<u32, Vec<usize>> = HashMap::new();
    for (place, it) in looked.judged.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Merge) {
        if let Some(row) = it.into_row {
            with.entry(row).or_default().push(place);
        }
    }
    let (mut arrivals, mut made_rows) = (Vec::new(), Vec::new());
    for (place, it) in looked.judged.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Make) {
        let Some(told) = &looked.rows[place].told else { continue };
        let others: Vec<usize> = with.get(&it.number).cloned().unwrap_or_default();
        arrivals.push(arrival(looked, place, told, &others, &logos));
        made_rows.push(place);
    }
    if matches!(bringer.desk, Desk::Community(_)) {
        must_fit(arrivals.len())?;
    }
    let voice = bringer.voice();
    let total = i32::try_from(looked.rows.len()).unwrap_or(i32::MAX);
    let (ids, facts) = bulk::name_in(tx, id, arrivals).await?;
    let mut done = 0;
    for facts in facts.chunks(AT_ONCE) {
        bulk::import_in(tx, &voice, facts).await?;
        // Not as the file has them, but as many: what goes with others comes after.
        done += facts.len();
        store::put_progress(ctx.db(), id, i32::try_from(done).unwrap_or(i32::MAX).min(total), total).await?;
    }
    let of_row: HashMap<u32, OrganizationId> =
        made_rows.iter().zip(&ids).map(|(place, id)| (looked.judged[*place].number, *id)).collect();

    // What goes with profiles that are there, and with rows that themselves go with one.
    let mut target: HashMap<usize, OrganizationId> = HashMap::new();
    let mut additions = Vec::new();
    for (place, it) in looked.judged.iter().enumerate() {
        let own = of_row.get(&it.number).copied();
        let into = it.into.as_ref().map(|(id, _)| OrganizationId(*id));
        let through = it.into_row.and_then(|row| {
            of_row.get(&row).copied().or_else(|| {
                let lead = position.get(&row)?;
                looked.judged[*lead].into.as_ref().map(|(id, _)| OrganizationId(*id))
            })
        });
        let goes = match it.outcome {
            Outcome::Make => own,
            Outcome::Merge | Outcome::There => into.or(through),
            _ => None,
        };
        let Some(goes) = goes else { continue };
        target.insert(place, goes);
        if it.outcome == Outcome::Merge && own.is_none() && !of_row.values().any(|made| *made == goes) {
            let Some(told) = &looked.rows[place].told else { continue };
            // A product's picture is no company's sign.
            let (products, logo) = if it.as_product {
                (vec![told.product.clone()], None)
            } else {
                (Vec::new(), logos.get(&looked.rows[place].number).copied())
            };
            additions.push((place, Addition { organization: goes, products, logo }));
        }
    }
    let wanted: Vec<Addition> = additions.iter().map(|(_, it)| it.clone()).collect();
    let added: HashMap<OrganizationId, Added> =
        if wanted.is_empty() { HashMap::new() } else { bulk::complete_in(tx, &voice, id, &wanted).await? };
    let mut kept: HashMap<usize, Kept> = HashMap::new();
    for (place, it) in &additions {
        let Some(new) = added.get(&it.organization) else { continue };
        let products: Vec<String> =
            it.products.iter().map(|it| it.name.clone()).filter(|name| new.products.contains(name)).collect();
        let logo = it.logo.filter(|logo| new.logo == Some(*logo)).map(|logo| logo.0);
        if !products.is_empty() || logo.is_some() {
            let organization = Some(it.organization.0);
            kept.insert(*place, Kept { products, organization, logo, ..Kept::default() });
        }
    }
    if looked.intake.target == Target::Sponsors {
        note_past(tx, &voice, looked, &target, &mut kept).await?;
    }
    let made: Vec<Made> = looked
        .rows
        .iter()
        .enumerate()
        .filter_map(|(place, row)| {
            let own = of_row.get(&looked.judged[place].number).map(|id| id.0);
            let added = kept.get(&place).map(|kept| json!(kept));
            (own.is_some() || added.is_some()).then_some(Made { number: row.number, made: own, added })
        })
        .collect();
    store::put_made(tx, id, &made).await?;
    let merges: Vec<(i32, String, OrganizationId)> = looked
        .rows
        .iter()
        .enumerate()
        .filter(|(place, row)| {
            let by_hand = row.entry.as_ref().is_some_and(|entry| entry.choice == Some(Choice::Merge));
            by_hand && matches!(looked.judged[*place].outcome, Outcome::Merge | Outcome::There)
        })
        .filter_map(|(place, row)| Some((row.number, row_key(row)?, *target.get(&place)?)))
        .collect();
    if !merges.is_empty() {
        store::insert_merges(tx, id, workspace_of(&looked.intake), &merges).await?;
    }
    Ok(tally(&looked.judged))
}

/// A new profile, with what the rows that go with it say.
fn arrival(looked: &Looked, place: usize, told: &Told, others: &[usize], logos: &HashMap<i32, LogoId>) -> Arrival {
    let with: Vec<(&Judged, &Read, &Told)> = others
        .iter()
        .filter_map(|other| Some((&looked.judged[*other], &looked.rows[*other], looked.rows[*other].told.as_ref()?)))
        .collect();
    let same = with.iter().filter(|(judged, ..)| !judged.as_product);
    let description = if told.short_description.is_empty() {
        same.clone().map(|(.., other)| other.short_description.as_str()).find(|text| !text.is_empty()).unwrap_or_default()
    } else {
        told.short_description.as_str()
    };
    let contact = told.contact.clone().or_else(|| same.clone().find_map(|(.., other)| other.contact.clone()));
    let products: Vec<_> =
        with.iter().filter(|(judged, ..)| judged.as_product).map(|(.., other)| other.product.clone()).collect();
    // What most rows say; of equals the first. What no row says is not made up.
    let mut said: Vec<(Industry, usize)> = Vec::new();
    for industry in std::iter::once(told.industry).chain(with.iter().map(|(.., other)| other.industry)).flatten() {
        match said.iter_mut().find(|(there, _)| *there == industry) {
            Some((_, count)) => *count += 1,
            None => said.push((industry, 1)),
        }
    }
    let industry = said.iter().rev().max_by_key(|(_, count)| *count).map_or(Industry::Other, |(industry, _)| *industry);
    let logo = std::iter::once(looked.rows[place].number)
        .chain(same.map(|(_, row, _)| row.number))
        .find_map(|number| logos.get(&number).copied());
    Arrival {
        display_name: told.name.clone(),
        website: told.website.clone(),
        entity_type: told.entity_type,
        industry,
        short_description: Paragraph::parse(description, 280, "short description")
            .unwrap_or_else(|_| Paragraph::parse("", 1, "short description").expect("an empty text is one")),
        products: dedup(products),
        contact,
        logo,
        community: looked.intake.community,
    }
}

/// Each name once, and no more than a profile holds.
fn dedup(products: Vec<Product>) -> Vec<Product> {
    let mut seen = HashSet::new();
    products.into_iter().filter(|it| seen.insert(it.name.to_lowercase())).take(MOST).collect()
}

/// The completed events of a community, by what a row may call them.
pub(super) async fn past_events(conn: &mut PgConnection, community: CommunityId) -> AppResult<HashMap<String, EventId>> {
    let events = events::titled(conn, community).await?;
    // The newest of a title comes first, and stays.
    let past = events.into_iter().filter(|it| it.status == EventStatus::Completed).rev();
    Ok(past.map(|it| (key(&it.title, None), it.id)).collect())
}

/// Notes on the pages of past events who was there, hidden until the community shows it.
async fn note_past(
    tx: &mut Tx,
    voice: &Voice,
    looked: &Looked,
    target: &HashMap<usize, OrganizationId>,
    kept: &mut HashMap<usize, Kept>,
) -> AppResult<()> {
    let Some(community) = looked.intake.community else { return Ok(()) };
    let past = past_events(tx.conn(), community).await?;
    let mut notes: Vec<(EventId, OrganizationId, Category, usize)> = Vec::new();
    for (place, row) in looked.rows.iter().enumerate() {
        let (Some(told), Some(organization)) = (&row.told, target.get(&place)) else { continue };
        let (Some(event), Some(category)) = (past.get(&key(&told.event, None)), told.category) else { continue };
        if !told.event.is_empty() {
            notes.push((*event, *organization, category, place));
        }
    }
    notes.sort_unstable();
    notes.dedup_by_key(|(event, organization, category, _)| (*event, *organization, *category));
    let listed = may_stand(tx, community, notes.iter().map(|(_, organization, ..)| *organization).collect()).await?;
    notes.retain(|(_, organization, ..)| listed.contains_key(organization));
    let mut ids: Vec<EventId> = notes.iter().map(|(event, ..)| *event).collect();
    ids.dedup();
    let mut briefs = HashMap::new();
    for id in &ids {
        briefs.insert(
            *id,
            events::hold_in(tx, Scope::system("an import notes past sponsors on its community's events"), *id).await?,
        );
    }
    let standing: HashSet<_> = partners::standing_on(tx.conn(), &ids).await?.into_iter().collect();
    for (event, organization, category, place) in notes {
        let Some(brief) = briefs.get(&event) else { continue };
        let Some(told) = &looked.rows[place].told else { continue };
        if standing.contains(&(event, organization, category)) {
            continue;
        }
        let assignment = Assignment {
            event,
            community,
            organization: Some(organization),
            request: None,
            event_title: brief.title.clone(),
            event_slug: brief.slug.clone(),
            name: told.name.to_string(),
            logo_key: listed.get(&organization).and_then(|it| it.logo_key.clone()),
            website: told.website.to_string(),
            category,
            benefits: Vec::new(),
        };
        let link = partners::note_in(tx, voice.clone(), assignment).await?;
        let entry = kept.entry(place).or_default();
        (entry.event, entry.link) = (Some(event.0), Some(link.0));
    }
    Ok(())
}

/// Those of the directory that may stand on this community's pages, as by hand: not who is disabled, and nobody between whom and
/// the community a block stands. Held, in the order of their ids; events come after them.
async fn may_stand(
    tx: &mut Tx,
    community: CommunityId,
    mut wanted: Vec<OrganizationId>,
) -> AppResult<HashMap<OrganizationId, OrganizationBrief>> {
    wanted.sort_unstable();
    wanted.dedup();
    let mut briefs = HashMap::new();
    for id in wanted {
        briefs.insert(id, organizations::brief_in(tx, id).await?);
    }
    let blocked = blocks::between_in(tx.conn(), community).await?;
    briefs.retain(|id, it| {
        matches!(it.status, VerificationStatus::Verified | VerificationStatus::CommunityAdded) && !blocked.contains(id)
    });
    Ok(briefs)
}

/// A draft of what a row says.
pub(super) fn details(plan: &Plan) -> Result<Details, FieldErrors> {
    let wall = |when: Option<When>| match when {
        Some(When::Day(day)) => Some(format!("{day}T00:00")),
        Some(When::Time(time)) => Some(time.format("%Y-%m-%dT%H:%M").to_string()),
        None => None,
    };
    // Without a zone, a day is no moment: it is told in words instead.
    let (start, end, subtitle) = match (plan.zone, plan.start) {
        (Some(_), _) => (wall(plan.start), wall(plan.end), String::new()),
        (None, Some(start)) => (None, None, days_label(start.day(), plan.end.unwrap_or(start).day())),
        (None, None) => (None, None, String::new()),
    };
    let input = EventInput {
        title: Some(plan.title.clone()),
        subtitle: Some(subtitle),
        description_markdown: Some(plan.description.clone()),
        registration_link: Some(plan.link.clone()),
        event_type: Some(EventType::Conference.label().to_owned()),
        category: plan.category.map(|it| it.label().to_owned()),
        format: plan.format.map(|it| it.label().to_owned()),
        region: plan.region.map(|it| it.label().to_owned()),
        technologies: Some(plan.technologies.clone()),
        start_at: start,
        end_at: end,
        timezone: plan.zone.map(str::to_owned),
        all_day: Some(plan.is_all_day() && plan.zone.is_some()),
        venue_address: Some(plan.place.clone()),
        ..EventInput::default()
    };
    zones::settle(input.parse()?, None)
}

async fn make_events(ctx: &Ctx, tx: &mut Tx, bringer: &Bringer, looked: &Looked) -> AppResult<Tally> {
    let by = bringer
        .by
        .ok_or_else(|| AppError::refused("NOBODY_BRINGS_IT", "Events belong to whoever drafts them. Name somebody."))?;
    let community = looked.row.into_community.map(CommunityId).ok_or_else(|| AppError::broken("events go into a community"))?;
    let total = i32::try_from(looked.rows.len()).unwrap_or(i32::MAX);
    let mut made = Vec::new();
    let rows: Vec<(i32, Origin, Details)> = looked
        .rows
        .iter()
        .zip(&looked.judged)
        .filter(|(_, judged)| judged.outcome == Outcome::Make)
        .filter_map(|(row, _)| {
            let plan = row.event.as_ref()?;
            Some((row.number, plan.origin(), details(plan).ok()?))
        })
        .collect();
    for batch in rows.chunks(AT_ONCE) {
        let drafts = batch.iter().map(|(.., details)| details.clone()).collect();
        let ids = events::draft_in(tx, &bringer.voice(), (community, by), drafts).await?;
        let origins: Vec<(EventId, Origin)> =
            ids.iter().copied().zip(batch.iter().map(|(_, origin, _)| origin.clone())).collect();
        store::insert_origins(tx, community, &origins).await?;
        made.extend(batch.iter().zip(ids).map(|((number, ..), id)| Made { number: *number, made: Some(id.0), added: None }));
        store::put_progress(ctx.db(), looked.intake.id, i32::try_from(made.len()).unwrap_or(i32::MAX), total).await?;
    }
    store::put_made(tx, looked.intake.id, &made).await?;
    Ok(tally(&looked.judged))
}
