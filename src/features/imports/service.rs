//! The use cases of imports: bring a file, say which column is what, look at every row, decide, carry out, take back.
//!
//! Promises: a run is one transaction: others see all of it or nothing, and how far it has come is written beside it. It
//! judges every row once more, under its own eyes: what somebody added meanwhile is there already, and what would need a
//! decision now gives the whole run up. The same file again changes nothing. Does not publish anything.

use super::{
    jobs, pictures,
    policy::{self, Desk},
    rows::{self, Read, Told},
    rules::{
        Choice, Intake, Outcome, State, Tally, Target, defused,
        events::{Plan, When, days_label, key},
        mapping::{self, Mapping},
        organizations::{Around, Entry, Judged, Known, Rank, judge},
    },
    sheets::{self, Sheet},
    store::{self, ImportRow, Made, NewImport, Verdict},
    views::{ApplyInput, Counts, ImportCan, ImportItem, ImportView, ImportsScreen, MappedField, PictureView, RowView},
};
use crate::{
    features::{
        accounts::{service as accounts, views::Recipient},
        communities::service as communities,
        events::{
            rules::{Details, EventInput, EventStatus},
            service as events, zones,
        },
        organizations::{
            bulk::{self, Added, Addition},
            identity,
            rules::{
                imports::Arrival,
                products::{MOST, Product},
            },
        },
        partners::{rules::Assignment, service as partners},
    },
    kernel::{
        actor::{Actor, Scope, StaffRole},
        canonical,
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, EventId, IntakeId, LogoId, OrganizationId, PartnerLinkId, UserId},
        labels::{Category, EventType, Industry},
        text::{Email, Paragraph},
    },
    platform::{
        ctx::Ctx,
        dates,
        facts::Voice,
        jobs as queue,
        limits::{self, Limit},
        tx::Tx,
    },
};
use anyhow::Context as _;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
};
use uuid::Uuid;

/// Files that one community brings.
const BRING_COMMUNITY: Limit = Limit { action: "import_bring", hits: 40, seconds: 86_400 };
/// Files that one community has carried out.
const APPLY_COMMUNITY: Limit = Limit { action: "import_apply", hits: 10, seconds: 86_400 };
/// The most profiles that one file of a community makes.
const MOST_OF_COMMUNITY: usize = 200;
/// How long a file waits to be carried out.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Rows of one page.
const PAGE: u32 = 100;

/// Who brings a file.
#[derive(Debug, Clone)]
pub struct Bringer {
    pub desk: Desk,
    pub by: Option<UserId>,
}

impl Bringer {
    fn of(actor: &Actor, desk: Desk) -> Self {
        Self { desk, by: Some(actor.user()) }
    }

    /// As whom the facts are stated.
    fn voice(&self) -> Voice {
        match (self.by, self.desk) {
            (None, _) => Voice::System,
            (Some(user), Desk::Staff) => Voice::Acting { user: user.0, kind: "staff", id: None },
            (Some(user), Desk::Community(id)) => Voice::Acting { user: user.0, kind: "community", id: Some(id.0) },
        }
    }
}

/// A file as it comes.
#[derive(Debug, Clone)]
pub struct File {
    pub target: String,
    pub name: String,
    pub bytes: Vec<u8>,
    /// For events that staff bring: the community's short name.
    pub community: String,
    /// For each field, the heading; what is absent is guessed, or remembered.
    pub mapping: Option<Mapping>,
}

// ── Bringing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Reads a file and looks at its rows. Changes nothing but that the file is kept.
///
/// # Errors
/// 403; 422 on `file`, `target` and `community`; 429.
pub async fn bring(ctx: &Ctx, actor: &Actor, file: File) -> AppResult<IntakeId> {
    let target = Target::parse(file.target.trim()).map_err(|problem| AppError::invalid("target", problem.to_string()))?;
    let desk = policy::may_bring(actor, target)?;
    if let Desk::Community(id) = desk {
        limits::hit(ctx, BRING_COMMUNITY, &id.to_string()).await?;
    }
    bring_as(ctx, &Bringer::of(actor, desk), target, file).await
}

/// As [`bring`], for whoever has found out who it is.
///
/// # Errors
/// As [`bring`].
pub async fn bring_as(ctx: &Ctx, bringer: &Bringer, target: Target, file: File) -> AppResult<IntakeId> {
    let into_community = match (target, bringer.desk) {
        (Target::Events, Desk::Community(id)) => Some(id),
        (Target::Events, Desk::Staff) => Some(named_community(ctx, &file.community).await?),
        _ => None,
    };
    let bytes = file.bytes;
    let (sheet, hash) = tokio::task::spawn_blocking(move || (sheets::read(&bytes), canonical::sha256_hex(&hex::encode(&bytes))))
        .await
        .map_err(|error| AppError::Broken(Box::new(error)))?;
    let sheet = sheet.map_err(|problem| AppError::invalid("file", problem))?;
    let mapping = match file.mapping {
        Some(mapping) => mapping::cleaned(target, &sheet.headings, mapping),
        None => remembered(ctx, bringer.desk, target, &sheet).await?,
    };
    let state = if mapping::missing(target, &mapping).is_empty() { State::Ready } else { State::Mapping };
    let intake = Intake { id: ctx.id(), community: bringer.desk.community(), target, state };
    let name: String = file.name.chars().filter(|c| !c.is_control()).take(120).collect();
    let name = if name.trim().is_empty() { "A file without a name".to_owned() } else { name };

    let mut tx = ctx.begin().await?;
    let new = NewImport {
        intake: &intake,
        by: bringer.by,
        into_community,
        file_name: &name,
        file_hash: &hash,
        headings: &sheet.headings,
        mapping: &mapping,
    };
    store::insert(&mut tx, &new, ctx.now()).await?;
    store::insert_rows(&mut tx, intake.id, &sheet.rows).await?;
    if state == State::Ready {
        look(&mut tx, intake.id).await?;
    }
    tx.result(intake.id);
    tx.commit_unstated("a file that is only looked at changes nothing").await?;
    Ok(intake.id)
}

async fn named_community(ctx: &Ctx, slug: &str) -> AppResult<CommunityId> {
    let missing =
        || AppError::invalid("community", "Name the community that the events belong to, by the short name in its address.");
    if slug.trim().is_empty() {
        return Err(missing());
    }
    store::find_community(ctx.db(), slug.trim()).await?.map(|(id, _)| id).ok_or_else(missing)
}

/// The mapping that this workspace gave such headings before, else a guess.
async fn remembered(ctx: &Ctx, desk: Desk, target: Target, sheet: &Sheet) -> AppResult<Mapping> {
    let found = store::find_mapping(ctx.db(), workspace(desk), target, &headings_hash(&sheet.headings)).await?;
    Ok(match found {
        Some(mapping) => mapping::cleaned(target, &sheet.headings, mapping),
        None => mapping::guess(target, &sheet.headings),
    })
}

fn workspace(desk: Desk) -> Uuid {
    desk.community().map_or(Uuid::nil(), |id| id.0)
}

fn headings_hash(headings: &[String]) -> String {
    canonical::sha256_hex(&headings.join("\u{1f}"))
}

/// A file that somebody of the staff brings by a command: looked at, and carried out unless it is only looked at. Gives what
/// became of it, in lines.
///
/// # Errors
/// As [`bring`]; when nobody of the staff has the address.
#[expect(clippy::too_many_arguments, reason = "what the command's flags say, one each")]
pub async fn by_command(
    ctx: &Ctx,
    by: &str,
    target: &str,
    community: &str,
    name: String,
    bytes: Vec<u8>,
    logos: Vec<(String, Vec<u8>)>,
    dry_run: bool,
) -> anyhow::Result<String> {
    let email = Email::parse(by)?;
    let user = accounts::user_of(ctx, &email).await?.with_context(|| format!("nobody has the address {by}"))?;
    let staff = accounts::staff(ctx, &StaffRole::ALL).await?;
    if !staff.iter().any(|(who, _)| who.user == user) {
        anyhow::bail!("{by} is not of the staff (`commdesk staff add` gives a role)");
    }
    let bringer = Bringer { desk: Desk::Staff, by: Some(user) };
    let target = Target::parse(target)?;
    if !bringer.desk.targets().contains(&target) {
        anyhow::bail!("a command imports organizations or events; past sponsors are brought by their community");
    }
    let file = File { target: String::new(), name, bytes, community: community.to_owned(), mapping: None };
    let told = |error: AppError| match error {
        AppError::Invalid(problems) => anyhow::anyhow!(problems.0.into_values().collect::<Vec<_>>().join(" ")),
        other => anyhow::Error::new(other),
    };
    let id = bring_as(ctx, &bringer, target, file).await.map_err(told)?;
    if !logos.is_empty() && target != Target::Events {
        add_pictures_as(ctx, &bringer, id, logos).await.map_err(told)?;
    }
    if !dry_run {
        apply_as(ctx, &bringer, id).await.map_err(told)?;
    }
    let view = view_as(ctx, id, "", 1).await?;
    let counts = view.counts;
    let mut said = String::new();
    if !view.missing.is_empty() {
        writeln!(said, "No column holds: {}. Import it on the page, where columns can be named.", view.missing.join(", "))?;
    }
    let what = if view.state == State::Applied { "made" } else { "would be made" };
    writeln!(
        said,
        "{} rows: {} {what}, {} go with another, {} there already,",
        counts.all(),
        counts.make,
        counts.merge,
        counts.there
    )?;
    writeln!(said, "{} need a decision, {} left out, {} with a problem.", counts.ask, counts.skip, counts.problem)?;
    if !view.note.is_empty() {
        writeln!(said, "Nothing was imported: {}", view.note)?;
    }
    for row in store::list_rows(ctx.db(), id, &["ask", "skip", "problem"], false, 0, 5_000).await? {
        writeln!(said, "line {}: {} ({}): {}", row.number, row.title, row.outcome, row.reason)?;
    }
    for picture in view.pictures.iter().filter(|it| it.outcome != "matched") {
        writeln!(said, "picture {} ({}): {}", picture.file_name, picture.outcome, picture.reason)?;
    }
    writeln!(
        said,
        "The whole report, and the way back: {}",
        ctx.link(&format!("/imports/{id}?as=staff%3A{}", staff_key(&staff, user)))
    )?;
    Ok(said)
}

fn staff_key(staff: &[(Recipient, StaffRole)], user: UserId) -> &'static str {
    staff.iter().find(|(who, _)| who.user == user).map_or("admin", |(_, role)| role.label())
}

// ── Mapping and deciding ────────────────────────────────────────────────────────────────────────────────────────────

/// The import, held, for somebody who may change it.
async fn hold(tx: &mut Tx, actor: &Actor, id: IntakeId) -> AppResult<(ImportRow, Intake, Desk)> {
    let desk = policy::may_import(actor)?;
    let row = store::hold(tx, id).await?;
    let intake = row.intake()?;
    policy::is_theirs(desk, intake.community)?;
    policy::may_bring(actor, intake.target)?;
    Ok((row, intake, desk))
}

/// Says which heading holds what; remembered for the next file with the same headings.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_READY`; 422 where a needed field has no heading.
pub async fn remap(ctx: &Ctx, actor: &Actor, id: IntakeId, wanted: Mapping) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let (row, intake, desk) = hold(&mut tx, actor, id).await?;
    intake.must_be_open()?;
    let wanted = mapping::cleaned(intake.target, &row.headings, wanted);
    let mut errors = FieldErrors::default();
    for field in mapping::fields(intake.target).iter().filter(|field| field.needed && !wanted.contains_key(field.name)) {
        errors.add(format!("map.{}", field.name), format!("Say which column holds it: {}.", field.label.to_lowercase()));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let now = ctx.now();
    store::put_mapping(&mut tx, id, &wanted, State::Ready).await?;
    store::remember_mapping(&mut tx, workspace(desk), intake.target, &headings_hash(&row.headings), &wanted, now).await?;
    look(&mut tx, id).await?;
    tx.result(id);
    tx.commit_unstated("how a file is read is no fact").await
}

/// Decides about rows: each by its line (nothing takes a decision back), or all with one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    Rows(Vec<(i32, Option<Choice>)>),
    All(Outcome, Choice),
}

/// # Errors
/// 403; 404; 409 `IMPORT_NOT_READY`.
pub async fn decide(ctx: &Ctx, actor: &Actor, id: IntakeId, decided: &Decided) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let (_, intake, _) = hold(&mut tx, actor, id).await?;
    intake.must_be_open()?;
    decide_in(&mut tx, id, decided).await?;
    tx.result(id);
    tx.commit_unstated("what is decided about a row counts when it is carried out").await
}

async fn decide_in(tx: &mut Tx, id: IntakeId, decided: &Decided) -> AppResult<()> {
    match decided {
        Decided::Rows(choices) => store::put_choices(tx, id, choices).await?,
        Decided::All(outcome, choice) => store::put_choice_for(tx, id, *outcome, *choice).await?,
    }
    look(tx, id).await?;
    Ok(())
}

impl ApplyInput {
    /// # Errors
    /// 422 on the line.
    pub fn parse(&self) -> Result<Vec<(i32, Option<Choice>)>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut choices = Vec::new();
        for (line, choice) in &self.choices {
            match (line.trim().parse::<i32>(), Choice::parse(choice.trim())) {
                (Ok(number), Ok(choice)) => choices.push((number, Some(choice))),
                (Err(_), _) => errors.add(format!("choices.{line}"), "Name a line of the file by its number."),
                (_, Err(problem)) => errors.add(format!("choices.{line}"), problem.to_string()),
            }
        }
        if errors.is_empty() { Ok(choices) } else { Err(errors) }
    }
}

// ── Looking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A file, read and judged.
struct Looked {
    row: ImportRow,
    intake: Intake,
    rows: Vec<Read>,
    /// In the order of the rows.
    judged: Vec<Judged>,
}

/// Judges every row against what is here now, and notes what was found.
async fn look(tx: &mut Tx, id: IntakeId) -> AppResult<Looked> {
    let row = store::hold(tx, id).await?;
    let intake = row.intake()?;
    let mapping = row.mapping();
    let rows: Vec<Read> = store::list_cells(tx.conn(), id)
        .await?
        .into_iter()
        .map(|it| {
            let stored = rows::Stored { number: it.number, cells: it.cells, choice: Choice::parse(&it.choice).ok() };
            (rows::read(intake.target, &row.headings, &mapping, &stored), stored.choice)
        })
        .map(|(mut read, choice)| {
            // Of events there is nothing to compare but the choice itself.
            if read.event.is_some() && choice == Some(Choice::Skip) {
                read.event = None;
                read.problem = None;
            }
            read
        })
        .collect();
    let judged = match intake.target {
        Target::Events => judge_events(tx.conn(), &row, &rows).await?,
        Target::Organizations | Target::Sponsors => judge_organizations(tx.conn(), intake.target, &rows).await?,
    };
    let mut rows = rows;
    if let (Target::Sponsors, Some(community)) = (intake.target, intake.community) {
        let past = past_events(tx.conn(), community).await?;
        for row in &mut rows {
            let Some(told) = row.told.as_ref().filter(|told| !told.event.is_empty()) else { continue };
            if !past.contains_key(&key(&told.event, None)) {
                let note = format!("“{}”: none of your completed events has this title", told.event);
                row.unmapped.push(note);
            } else if told.category.is_none() {
                row.unmapped.push("as what they stood on the event's page".to_owned());
            }
        }
    }
    let verdicts: Vec<Verdict> = rows
        .iter()
        .zip(&judged)
        .map(|(read, it)| Verdict {
            number: read.number,
            title: read.title.clone(),
            outcome: it.outcome,
            reason: it.reason.clone(),
            unmapped: read.unmapped.join("; "),
            into_row: it.into_row.and_then(|number| i32::try_from(number).ok()),
            into: it.into.clone(),
        })
        .collect();
    store::put_verdicts(tx, id, &verdicts).await?;
    Ok(Looked { row, intake, rows, judged })
}

async fn judge_organizations(conn: &mut PgConnection, target: Target, rows: &[Read]) -> AppResult<Vec<Judged>> {
    let mut keys: Vec<String> = rows.iter().filter_map(|row| Some(row.entry.as_ref()?.site.as_ref().ok()?.key.clone())).collect();
    keys.sort_unstable();
    keys.dedup();
    let owners: HashMap<String, Known> = bulk::owners(conn, &keys)
        .await?
        .into_iter()
        .map(|(key, owner)| {
            let products = owner.products.iter().map(|name| identity::skeleton(name)).collect();
            let skeleton = identity::skeleton(&owner.name);
            (key, Known { id: owner.id.0, name: owner.name, skeleton, status: owner.status, products })
        })
        .collect();
    let waiting = bulk::waiting(conn, &keys).await?;
    let asked: Vec<(u32, &str, String)> = rows
        .iter()
        .filter_map(|row| {
            let entry = row.entry.as_ref()?;
            let key = entry.site.as_ref().ok()?.key.clone();
            (!owners.contains_key(&key)).then(|| (entry.number, entry.name.as_str(), key))
        })
        .collect();
    let names: Vec<String> = asked.iter().map(|(_, name, _)| (*name).to_owned()).collect();
    let mut alike: HashMap<u32, Vec<Known>> = HashMap::new();
    for (place, found) in bulk::alike(conn, &names).await? {
        let Some((number, _, key)) = asked.get(place) else { continue };
        let found = found.into_iter().filter(|it| it.identity_key != *key).map(|it| Known {
            id: it.id.0,
            name: it.name,
            skeleton: it.skeleton,
            status: it.status,
            products: Vec::new(),
        });
        alike.entry(*number).or_default().extend(found);
    }
    let entries: Vec<_> = rows
        .iter()
        .map(|row| match &row.entry {
            Some(entry) => entry.clone(),
            None => Entry {
                number: u32::try_from(row.number).unwrap_or_default(),
                name: row.title.clone(),
                skeleton: String::new(),
                plain: String::new(),
                rank: Rank::Product,
                site: Err(row.problem.clone().unwrap_or_else(|| "It could not be read.".to_owned())),
                choice: None,
            },
        })
        .collect();
    let around = Around {
        owners: &owners,
        waiting: &waiting,
        alike: &alike,
        may_share: target == Target::Organizations,
        confusable: identity::alike,
    };
    Ok(judge(&entries, &around))
}

async fn judge_events(conn: &mut PgConnection, import: &ImportRow, rows: &[Read]) -> AppResult<Vec<Judged>> {
    let community = import.into_community.map(CommunityId).ok_or_else(|| AppError::broken("events go into a community"))?;
    let there: HashMap<String, events::Titled> =
        events::titled(conn, community).await?.into_iter().map(|it| (key(&it.title, it.first_day), it)).collect();
    let mut seen: HashMap<String, i32> = HashMap::new();
    let judged = |row: &Read, outcome: Outcome, reason: String| Judged {
        number: u32::try_from(row.number).unwrap_or_default(),
        outcome,
        reason,
        into_row: None,
        into: None,
        as_product: false,
    };
    Ok(rows
        .iter()
        .map(|row| {
            let Some(plan) = &row.event else {
                return match &row.problem {
                    Some(problem) => judged(row, Outcome::Problem, problem.clone()),
                    None => judged(row, Outcome::Skip, "You left it out.".into()),
                };
            };
            if let Err(problems) = details(plan) {
                let problem = problems.0.into_values().next().unwrap_or_default();
                return judged(row, Outcome::Problem, problem);
            }
            // An event without a zone is kept without days: it is found again by its title alone.
            let day = plan.zone.and(plan.start).map(When::day);
            let key = key(&plan.title, day);
            if let Some(it) = there.get(&key) {
                let into = Some((it.id.0, it.title.clone()));
                return Judged {
                    into,
                    ..judged(row, Outcome::There, format!("It is there as a {} event.", it.status.label().to_lowercase()))
                };
            }
            if let Some(earlier) = seen.get(&key) {
                let into_row = u32::try_from(*earlier).ok();
                return Judged { into_row, ..judged(row, Outcome::Skip, format!("The same event stands on line {earlier}.")) };
            }
            seen.insert(key, row.number);
            judged(row, Outcome::Make, "A new draft.".into())
        })
        .collect())
}

// ── Carrying out ────────────────────────────────────────────────────────────────────────────────────────────────────

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
    if !choices.is_empty() {
        decide_in(&mut tx, id, &Decided::Rows(choices.to_vec())).await?;
    }
    store::apply_moving(&mut tx, &begun, Some(actor.user()), ctx.now()).await?;
    queue::enqueue(&mut tx, jobs::RUN, &format!("import:{id}"), json!({ "importId": id })).await?;
    tx.state(actor, &begun);
    tx.result(id);
    tx.commit().await
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
    match run_whole(ctx, id).await {
        Err(AppError::Refused(refusal)) => give_up(ctx, id, &refusal.message).await,
        Err(AppError::NotFound) => Ok(()),
        other => other,
    }
}

async fn give_up(ctx: &Ctx, id: IntakeId, why: &str) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let Some(given_up) = store::hold(&mut tx, id).await?.intake()?.give_up(why) else { return Ok(()) };
    store::apply_moving(&mut tx, &given_up, None, ctx.now()).await?;
    tx.state(Voice::System, &given_up);
    look(&mut tx, id).await?;
    tx.commit().await
}

async fn run_whole(ctx: &Ctx, id: IntakeId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let before = store::hold(&mut tx, id).await?;
    let intake = before.intake()?;
    if intake.state != State::Applying {
        return Ok(());
    }
    // Locks in the order of the house: the communities that it writes to come first.
    for community in [before.into_community.map(CommunityId), intake.community].into_iter().flatten().collect::<HashSet<_>>() {
        communities::brief_in(&mut tx, community).await?;
    }
    let promised = store::count_rows(ctx.db(), id).await?;
    let looked = look(&mut tx, id).await?;
    let asked = |outcome: &str| promised.iter().find(|it| it.outcome == outcome).map_or(0, |it| it.rows);
    let now_asked = looked.judged.iter().filter(|it| it.outcome == Outcome::Ask).count();
    if i64::try_from(now_asked).unwrap_or(i64::MAX) > asked(Outcome::Ask.label()) {
        return Err(AppError::refused(
            "DIRECTORY_CHANGED",
            "Somebody has added similar names meanwhile, so nothing was imported. Look at the rows that need your decision, then import once more.",
        ));
    }
    let by = before.applied_by.or(before.created_by).map(UserId);
    let bringer = Bringer { desk: intake.community.map_or(Desk::Staff, Desk::Community), by };
    let total = i32::try_from(looked.rows.len()).unwrap_or(i32::MAX);
    store::put_progress(ctx.db(), id, 0, total).await?;
    let tally = match intake.target {
        Target::Events => make_events(ctx, &mut tx, &bringer, &looked).await?,
        Target::Organizations | Target::Sponsors => make_organizations(ctx, &mut tx, &bringer, &looked).await?,
    };
    let Some(finished) = intake.finish(tally) else { return Ok(()) };
    store::apply_moving(&mut tx, &finished, None, ctx.now()).await?;
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
struct Kept {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    products: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<Uuid>,
    /// A note on a past event's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Uuid>,
}

async fn make_organizations(ctx: &Ctx, tx: &mut Tx, bringer: &Bringer, looked: &Looked) -> AppResult<Tally> {
    let id = looked.intake.id;
    let logos: HashMap<i32, LogoId> =
        store::list_pictures(tx.conn(), id).await?.into_iter().filter_map(|it| Some((it.number?, LogoId(it.logo_id?)))).collect();
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
    if matches!(bringer.desk, Desk::Community(_)) && arrivals.len() > MOST_OF_COMMUNITY {
        return Err(AppError::refused(
            "TOO_MANY_PROFILES",
            format!(
                "A community's file can add {MOST_OF_COMMUNITY} profiles; this would add {}. Bring it in parts.",
                arrivals.len()
            ),
        ));
    }
    let voice = bringer.voice();
    let ids = bulk::import_in(tx, &voice, id, arrivals).await?;
    let half = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    store::put_progress(ctx.db(), id, half, i32::try_from(looked.rows.len()).unwrap_or(i32::MAX)).await?;
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
            let products = if it.as_product { vec![told.product.clone()] } else { Vec::new() };
            additions
                .push((place, Addition { organization: goes, products, logo: logos.get(&looked.rows[place].number).copied() }));
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
            kept.insert(*place, Kept { products, logo, ..Kept::default() });
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
        contact: told.contact.clone(),
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
async fn past_events(conn: &mut PgConnection, community: CommunityId) -> AppResult<HashMap<String, EventId>> {
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
            logo_key: None,
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

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A draft of what a row says.
fn details(plan: &Plan) -> Result<Details, FieldErrors> {
    let days = plan.start.zip(plan.end);
    let all_day = days.is_some_and(|(start, end)| matches!((start, end), (When::Day(_), _) | (_, When::Day(_))));
    let wall = |when: Option<When>| match when {
        Some(When::Day(day)) => Some(format!("{day}T00:00")),
        Some(When::Time(time)) => Some(time.format("%Y-%m-%dT%H:%M").to_string()),
        None => None,
    };
    // Without a zone, a day is no moment: it is told in words instead.
    let (start, end, subtitle) = match (plan.zone, days) {
        (Some(_), _) => (wall(plan.start), wall(plan.end), String::new()),
        (None, Some((start, end))) => (None, None, days_label(start.day(), end.day())),
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
        all_day: Some(all_day && plan.zone.is_some()),
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
    let rows: Vec<(i32, Details)> = looked
        .rows
        .iter()
        .zip(&looked.judged)
        .filter(|(_, judged)| judged.outcome == Outcome::Make)
        .filter_map(|(row, _)| Some((row.number, details(row.event.as_ref()?).ok()?)))
        .collect();
    for batch in rows.chunks(100) {
        let drafts = batch.iter().map(|(_, details)| details.clone()).collect();
        let ids = events::draft_in(tx, &bringer.voice(), (community, by), drafts).await?;
        made.extend(batch.iter().zip(ids).map(|((number, _), id)| Made { number: *number, made: Some(id.0), added: None }));
        store::put_progress(ctx.db(), looked.intake.id, i32::try_from(made.len()).unwrap_or(i32::MAX), total).await?;
    }
    store::put_made(tx, looked.intake.id, &made).await?;
    Ok(tally(&looked.judged))
}

// ── Taking back ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// Takes an import back: what it made goes, as far as nothing depends on it; the rest stays, and says why.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_APPLIED`.
pub async fn undo(ctx: &Ctx, actor: &Actor, id: IntakeId) -> AppResult<()> {
    let desk = policy::may_import(actor)?;
    let found = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, found.community_id.map(CommunityId))?;
    let mut tx = ctx.begin().await?;
    for community in [found.into_community, found.community_id].into_iter().flatten().collect::<HashSet<_>>() {
        communities::brief_in(&mut tx, CommunityId(community)).await?;
    }
    let (row, intake, desk) = hold(&mut tx, actor, id).await?;
    // Refused before anything is touched.
    intake.undo(0, 0)?;
    let voice = Bringer::of(actor, desk).voice();
    let made = store::list_made(&mut tx, id).await?;
    let refused = match intake.target {
        Target::Events => {
            let community = row.into_community.map(CommunityId).ok_or_else(|| AppError::broken("events go into a community"))?;
            let ids: Vec<EventId> = made.iter().filter_map(|it| it.made_id.map(EventId)).collect();
            let kept = events::undraft_in(&mut tx, &voice, (community, actor.user()), &ids).await?;
            numbered(&made, kept.into_iter().map(|(id, why)| (id.0, why)))
        }
        Target::Organizations | Target::Sponsors => undo_organizations(&mut tx, &voice, id, &made).await?,
    };
    store::put_undo_refused(&mut tx, id, &refused).await?;
    let undone = intake.undo(made.len().saturating_sub(refused.len()), refused.len())?;
    store::apply_moving(&mut tx, &undone, None, ctx.now()).await?;
    tx.state(actor, &undone);
    tx.result(id);
    tx.commit().await
}

async fn undo_organizations(tx: &mut Tx, voice: &Voice, id: IntakeId, made: &[store::MadeRow]) -> AppResult<Vec<(i32, String)>> {
    let kept_of = |row: &store::MadeRow| -> Kept {
        row.added.clone().and_then(|added| serde_json::from_value(added).ok()).unwrap_or_default()
    };
    // Notes go first: an organization that stands on a page stays.
    let notes: Vec<(EventId, PartnerLinkId, i32)> = made
        .iter()
        .filter_map(|row| {
            let kept = kept_of(row);
            Some((EventId(kept.event?), PartnerLinkId(kept.link?), row.number))
        })
        .collect();
    let pairs: Vec<(EventId, PartnerLinkId)> = notes.iter().map(|(event, link, _)| (*event, *link)).collect();
    let shown = partners::unnote_in(tx, voice, &pairs).await?;
    let mut refused: Vec<(i32, String)> = notes
        .iter()
        .filter(|(_, link, _)| shown.contains(link))
        .map(|(.., number)| (*number, "It is shown on the event's page by now, or was edited there.".to_owned()))
        .collect();
    let added: Vec<(OrganizationId, Added)> = made
        .iter()
        .filter_map(|row| {
            let kept = kept_of(row);
            let added = Added { products: kept.products, logo: kept.logo.map(LogoId) };
            (added != Added::default()).then_some((OrganizationId(row.into_id?), added))
        })
        .collect();
    if !added.is_empty() {
        bulk::uncomplete_in(tx, voice, id, &added).await?;
    }
    let is_new = |row: &&store::MadeRow| row.outcome == Outcome::Make.label();
    let ids: Vec<OrganizationId> = made.iter().filter(is_new).filter_map(|row| row.made_id.map(OrganizationId)).collect();
    let stay = if ids.is_empty() { Vec::new() } else { bulk::unmake_in(tx, voice, id, &ids).await? };
    refused.extend(numbered(made, stay.into_iter().map(|(id, why)| (id.0, why))));
    refused.sort_unstable();
    refused.dedup_by_key(|(number, _)| *number);
    Ok(refused)
}

fn numbered(made: &[store::MadeRow], kept: impl Iterator<Item = (Uuid, String)>) -> Vec<(i32, String)> {
    let rows: HashMap<Uuid, i32> = made.iter().filter_map(|row| Some((row.made_id?, row.number))).collect();
    kept.filter_map(|(id, why)| Some((*rows.get(&id)?, why))).collect()
}

// ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Takes pictures in for the rows of an import, each by its file's name; says of each what became of it. Where the import was
/// carried out already, profiles that it made get them at once.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_READY`; 422 on `file`.
pub async fn add_pictures(ctx: &Ctx, actor: &Actor, id: IntakeId, bytes: Vec<u8>) -> AppResult<()> {
    let desk = policy::may_import(actor)?;
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, row.community_id.map(CommunityId))?;
    let files = tokio::task::spawn_blocking(move || pictures::unpack(&bytes))
        .await
        .map_err(|error| AppError::Broken(Box::new(error)))?
        .map_err(|problem| AppError::invalid("file", problem))?;
    add_pictures_as(ctx, &Bringer::of(actor, desk), id, files).await
}

/// As [`add_pictures`], with the files themselves: their names and what they hold.
///
/// # Errors
/// As [`add_pictures`].
pub async fn add_pictures_as(ctx: &Ctx, bringer: &Bringer, id: IntakeId, files: Vec<(String, Vec<u8>)>) -> AppResult<()> {
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    let intake = row.intake()?;
    takes_pictures(&intake)?;
    let drawn = pictures::draw_all(ctx, files).await?;

    let mut tx = ctx.begin().await?;
    let row = store::hold(&mut tx, id).await?;
    let intake = row.intake()?;
    takes_pictures(&intake)?;
    let mut looked = rows_of(&mut tx, &row, &intake).await?;
    let mut additions: Vec<(i32, Addition)> = Vec::new();
    let made: HashMap<i32, (Option<Uuid>, Option<Uuid>)> =
        store::list_made(&mut tx, id).await?.into_iter().map(|it| (it.number, (it.made_id, it.into_id))).collect();
    if intake.state == State::Applied {
        // What was made is what a picture can still reach.
        looked.retain(|row| made.get(&row.number).is_some_and(|(made, _)| made.is_some()));
    }
    for picture in drawn {
        let number = picture.logo.is_ok().then(|| pictures::row_of(&picture.file_name, &looked)).flatten();
        let (logo, outcome, reason) = match (&picture.logo, number) {
            (Err(problem), _) => (None, "refused", problem.clone()),
            (Ok(logo), Some(number)) => (Some(*logo), "matched", format!("For line {number}.")),
            (Ok(_), None) => {
                (None, "unmatched", "No row names this file, and no organization in the file is called so.".to_owned())
            }
        };
        store::put_picture(&mut tx, id, &picture.file_name, logo, outcome, &reason, number).await?;
        if let (Some(logo), Some(number), State::Applied) = (logo, number, intake.state)
            && let Some((Some(organization), _)) = made.get(&number)
        {
            let addition = Addition { organization: OrganizationId(*organization), products: vec![], logo: Some(logo) };
            additions.push((number, addition));
        }
    }
    if !additions.is_empty() {
        let wanted: Vec<Addition> = additions.iter().map(|(_, it)| it.clone()).collect();
        bulk::complete_in(&mut tx, &bringer.voice(), id, &wanted).await?;
    }
    tx.result(id);
    tx.commit_unstated("pictures that wait for an import change no profile").await
}

fn takes_pictures(intake: &Intake) -> AppResult<()> {
    if intake.target == Target::Events {
        return Err(AppError::refused("NO_PICTURES", "Pictures belong to organizations; this file holds events."));
    }
    match intake.state {
        State::Ready | State::Applied => Ok(()),
        _ => Err(intake
            .must_be_open()
            .err()
            .map_or_else(|| AppError::refused("IMPORT_NOT_READY", "Say first which column holds what."), AppError::from)),
    }
}

async fn rows_of(tx: &mut Tx, row: &ImportRow, intake: &Intake) -> AppResult<Vec<Read>> {
    let mapping = row.mapping();
    let cells = store::list_cells(tx.conn(), intake.id).await?;
    Ok(cells
        .into_iter()
        .map(|it| {
            let stored = rows::Stored { number: it.number, cells: it.cells, choice: Choice::parse(&it.choice).ok() };
            rows::read(intake.target, &row.headings, &mapping, &stored)
        })
        .collect())
}

// ── Showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The newest imports of the actor's workspace.
///
/// # Errors
/// 403.
pub async fn screen(ctx: &Ctx, actor: &Actor) -> AppResult<ImportsScreen> {
    let desk = policy::may_import(actor)?;
    let now = ctx.now();
    let items = store::list(ctx.db(), desk.community(), 50).await?.into_iter().map(|row| {
        let unknown = || AppError::broken("the imports table holds an unknown label");
        Ok(ImportItem {
            id: row.id.into(),
            target: Target::parse(&row.target).map_err(|_| unknown())?,
            state: State::parse(&row.state).map_err(|_| unknown())?,
            file_name: row.file_name,
            rows: row.rows,
            made: row.made,
            created_at: row.created_at,
            age_label: format!("{} ago", dates::behind(now, row.created_at)),
        })
    });
    Ok(ImportsScreen {
        acting: actor.acting.as_ref().map(|it| it.key()).unwrap_or_default(),
        workspace_name: actor.acting.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
        is_staff: desk == Desk::Staff,
        targets: desk.targets().to_vec(),
        items: items.collect::<AppResult<Vec<_>>>()?,
    })
}

/// One import with a page of its rows.
///
/// # Errors
/// 403; 404; 422 on `filter`.
pub async fn view(ctx: &Ctx, actor: &Actor, id: IntakeId, filter: &str, page: u32) -> AppResult<ImportView> {
    let desk = policy::may_import(actor)?;
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, row.community_id.map(CommunityId))?;
    let mut view = view_of(ctx, row, filter, page).await?;
    view.acting = actor.acting.as_ref().map(|it| it.key()).unwrap_or_default();
    if policy::may_bring(actor, view.target).is_err() {
        view.can = ImportCan::default();
    }
    Ok(view)
}

/// As [`view`], for a command.
///
/// # Errors
/// 404.
pub async fn view_as(ctx: &Ctx, id: IntakeId, filter: &str, page: u32) -> AppResult<ImportView> {
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    view_of(ctx, row, filter, page).await
}

async fn view_of(ctx: &Ctx, row: ImportRow, filter: &str, page: u32) -> AppResult<ImportView> {
    let intake = row.intake()?;
    let id = intake.id;
    let (outcomes, unmapped): (Vec<&str>, bool) = match filter {
        "" | "all" => (vec![], false),
        "problems" => (vec!["problem", "ask", "skip"], false),
        "duplicates" => (vec!["there", "merge"], false),
        "unmapped" => (vec![], true),
        outcome => match Outcome::parse(outcome) {
            Ok(outcome) => (vec![outcome.label()], false),
            Err(_) => return Err(AppError::invalid("filter", "Choose all, problems, duplicates, unmapped or an outcome.")),
        },
    };
    let counts = counts(&store::count_rows(ctx.db(), id).await?);
    let shown = match filter {
        "" | "all" => counts.all(),
        "problems" => counts.problem + counts.ask + counts.skip,
        "duplicates" => counts.there + counts.merge,
        "unmapped" => counts.unmapped,
        outcome => Outcome::parse(outcome).map_or(0, |outcome| counts.of(outcome)),
    };
    let pages = u32::try_from(shown.max(1)).unwrap_or(1).div_ceil(PAGE);
    let page = page.clamp(1, pages);
    let offset = i64::from((page - 1) * PAGE);
    let rows = if intake.state == State::Mapping {
        Vec::new()
    } else {
        store::list_rows(ctx.db(), id, &outcomes, unmapped, offset, i64::from(PAGE)).await?
    };
    let samples = store::list_samples(ctx.db(), id).await?;
    let mapping = row.mapping();
    let fields = mapping::fields(intake.target)
        .iter()
        .map(|field| {
            let heading = mapping.get(field.name).cloned().unwrap_or_default();
            let place = row.headings.iter().position(|there| *there == heading);
            let sample = |cells: &Vec<String>| cells.get(place?).filter(|cell| !cell.is_empty()).map(|cell| clipped(cell));
            MappedField {
                name: field.name.to_owned(),
                label: field.label.to_owned(),
                needed: field.needed,
                samples: samples.iter().filter_map(sample).collect(),
                heading,
            }
        })
        .collect();
    let mut conn = ctx.db().acquire().await?;
    let pictures = store::list_pictures(&mut conn, id).await?;
    drop(conn);
    let (done, total) = store::find_progress(ctx.db(), id).await?;
    let into_name = match row.into_community {
        Some(community) => store::find_community_name(ctx.db(), community).await?,
        None => None,
    };
    Ok(ImportView {
        id,
        target: intake.target,
        state: intake.state,
        file_name: row.file_name.clone(),
        into_name,
        counts,
        fields,
        unused: mapping::unused(&row.headings, &mapping).into_iter().map(str::to_owned).collect(),
        missing: mapping::missing(intake.target, &mapping).into_iter().map(str::to_owned).collect(),
        headings: row.headings.clone(),
        rows: rows.into_iter().map(|it| row_view(&intake, it)).collect::<AppResult<Vec<_>>>()?,
        filter: if filter.is_empty() { "all".to_owned() } else { filter.to_owned() },
        page,
        pages,
        pictures: pictures
            .into_iter()
            .map(|it| PictureView { file_name: it.file_name, outcome: it.outcome, reason: it.reason })
            .collect(),
        done,
        total,
        note: row.note.clone(),
        can: ImportCan {
            change: matches!(intake.state, State::Mapping | State::Ready),
            apply: intake.state == State::Ready && counts.make + counts.merge + counts.there > 0,
            undo: intake.state == State::Applied,
            add_pictures: intake.target != Target::Events && matches!(intake.state, State::Ready | State::Applied),
        },
        acting: String::new(),
        age_label: format!("{} ago", dates::behind(ctx.now(), row.created_at)),
    })
}

fn clipped(cell: &str) -> String {
    if cell.chars().count() > 40 { format!("{}…", cell.chars().take(40).collect::<String>()) } else { cell.to_owned() }
}

fn counts(rows: &[store::CountRow]) -> Counts {
    let of = |outcome: Outcome| rows.iter().find(|row| row.outcome == outcome.label()).map_or(0, |row| row.rows);
    Counts {
        make: of(Outcome::Make),
        merge: of(Outcome::Merge),
        there: of(Outcome::There),
        ask: of(Outcome::Ask),
        skip: of(Outcome::Skip),
        problem: of(Outcome::Problem),
        unmapped: rows.iter().map(|row| row.unmapped).sum(),
    }
}

fn row_view(intake: &Intake, row: store::ShownRow) -> AppResult<RowView> {
    let outcome = Outcome::parse(&row.outcome).map_err(|_| AppError::broken("a row has an unknown outcome"))?;
    let thing = row.made_id.filter(|_| intake.state == State::Applied || row.undo_refused.is_some()).or(row.into_id);
    let href = thing.and_then(|id| match (intake.target, intake.community) {
        // Drafts are their community's alone.
        (Target::Events, None) => None,
        (Target::Events, Some(_)) => Some(format!("/manage/events/{id}")),
        (Target::Organizations | Target::Sponsors, _) => Some(format!("/directory/{id}")),
    });
    Ok(RowView {
        number: row.number,
        title: row.title,
        outcome,
        reason: row.reason,
        unmapped: row.unmapped,
        into_row: row.into_row,
        into_name: row.into_name,
        choice: Choice::parse(&row.choice).ok(),
        href,
        undo_refused: row.undo_refused,
    })
}

/// The report of an import as CSV: a line for every row, and for every picture.
///
/// # Errors
/// 403; 404.
pub async fn report(ctx: &Ctx, actor: &Actor, id: IntakeId) -> AppResult<String> {
    let desk = policy::may_import(actor)?;
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, row.community_id.map(CommunityId))?;
    let rows = store::list_rows(ctx.db(), id, &[], false, 0, 5_000).await?;
    let mut conn = ctx.db().acquire().await?;
    let pictures = store::list_pictures(&mut conn, id).await?;
    drop(conn);
    let mut text = String::from("\u{feff}line,name,outcome,reason,with,notMapped,undo\r\n");
    let mut write = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", defused(cell).replace('"', "\"\""))).collect();
        let _ = write!(text, "{}\r\n", cells.join(","));
    };
    for row in rows {
        let with = match (&row.into_name, row.into_row) {
            (Some(name), _) => name.clone(),
            (None, Some(line)) => format!("line {line}"),
            (None, None) => String::new(),
        };
        let undo = row.undo_refused.as_deref().unwrap_or_default();
        write(&[&row.number.to_string(), &row.title, &row.outcome, &row.reason, &with, &row.unmapped, undo]);
    }
    for picture in pictures {
        write(&["", &picture.file_name, &format!("picture {}", picture.outcome), &picture.reason, "", "", ""]);
    }
    Ok(text)
}

/// Files that nobody carried out within a month.
///
/// # Errors
/// When the database is away.
pub async fn forget(ctx: &Ctx) -> AppResult<()> {
    store::delete_old(ctx.db(), ctx.now() - KEPT).await
}

/// Choices by the line's number, as a form sends them.
pub fn choices(typed: impl Iterator<Item = (i32, String)>) -> Vec<(i32, Option<Choice>)> {
    let typed: BTreeMap<i32, String> = typed.collect();
    typed.into_iter().map(|(number, text)| (number, Choice::parse(&text).ok())).collect()
}
