//! Which column is what, what becomes of each row as things stand now, and what people decide about it.

use super::{
    bringing::{headings_hash, workspace, workspace_of},
    carrying::{details, past_events},
    picturing::settle_in,
};
use crate::{
    features::{
        blocks::service as blocks,
        events::service as events,
        imports::{
            policy::{self, Desk},
            rows::{self, Read},
            rules::{
                Choice, Intake, Outcome, State, Target,
                events::{self as events_rules, Origin, Plan, When, folded, key},
                mapping::{self, Mapping},
                organizations::{Around, Entry, Judged, Known, Rank, judge},
            },
            store::{self, ImportRow, Verdict},
            views::ApplyInput,
        },
        organizations::{
            bulk::{self, Owner},
            identity,
        },
    },
    kernel::{
        actor::Actor,
        canonical,
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, EventId, IntakeId, OrganizationId},
        labels::Industry,
    },
    platform::{ctx::Ctx, tx::Tx},
};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The import, held, for somebody who may change it.
pub(super) async fn hold(tx: &mut Tx, actor: &Actor, id: IntakeId) -> AppResult<(ImportRow, Intake, Desk)> {
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

/// Decides about rows: each by its line (nothing takes a decision back), or all with one outcome but those that were decided by
/// hand in the same breath.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    Rows(Vec<(i32, Option<Choice>)>),
    All(Outcome, Choice, Vec<(i32, Choice)>),
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

pub(super) async fn decide_in(tx: &mut Tx, id: IntakeId, decided: &Decided) -> AppResult<Looked> {
    match decided {
        Decided::Rows(choices) => store::put_choices(tx, id, choices).await?,
        Decided::All(outcome, choice, by_hand) => {
            store::put_choice_for(tx, id, *outcome, *choice).await?;
            let by_hand: Vec<(i32, Option<Choice>)> = by_hand.iter().map(|(number, choice)| (*number, Some(*choice))).collect();
            store::put_choices(tx, id, &by_hand).await?;
        }
    }
    look(tx, id).await
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

/// A file, read and judged.
pub(super) struct Looked {
    pub(super) row: ImportRow,
    pub(super) intake: Intake,
    pub(super) rows: Vec<Read>,
    /// In the order of the rows.
    pub(super) judged: Vec<Judged>,
}

/// Judges every row against what is here now, and notes what was found.
pub(super) async fn look(tx: &mut Tx, id: IntakeId) -> AppResult<Looked> {
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
        Target::Organizations | Target::Sponsors => judge_organizations(tx.conn(), &intake, &rows).await?,
    };
    let mut rows = rows;
    if intake.target != Target::Events {
        tell_dropped(&mut rows, &judged, mapping::says_industry(&mapping));
    }
    if let (Target::Sponsors, Some(community)) = (intake.target, intake.community) {
        let past = past_events(tx.conn(), community).await?;
        let blocked = blocks::between_in(tx.conn(), community).await?;
        for (row, it) in rows.iter_mut().zip(&judged) {
            let Some(told) = row.told.as_ref().filter(|told| !told.event.is_empty()) else { continue };
            if !past.contains_key(&key(&told.event, None)) {
                let note = format!("“{}”: none of your completed events has this title", told.event);
                row.unmapped.push(note);
            } else if told.category.is_none() {
                row.unmapped.push("as what they stood on the event's page".to_owned());
            } else if it.into.as_ref().is_some_and(|(id, _)| blocked.contains(&OrganizationId(*id))) {
                // As by hand: of whoever is blocked no more than the name can stand there.
                row.unmapped.push("on the event's page; there it can only be added by its name".to_owned());
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
    if intake.target != Target::Events {
        settle_in(tx, id, &judged).await?;
    }
    Ok(Looked { row, intake, rows, judged })
}

async fn judge_organizations(conn: &mut PgConnection, intake: &Intake, rows: &[Read]) -> AppResult<Vec<Judged>> {
    let mut keys: Vec<String> = rows.iter().filter_map(|row| Some(row.entry.as_ref()?.site.as_ref().ok()?.key.clone())).collect();
    keys.sort_unstable();
    keys.dedup();
    let owners: HashMap<String, Known> =
        bulk::owners(conn, &keys).await?.into_iter().map(|(key, owner)| (key, known(owner))).collect();
    let merged = merged_by_hand(conn, intake, rows).await?;
    let waiting = bulk::waiting(conn, &keys).await?;
    let asked: Vec<(u32, &str, String)> = rows
        .iter()
        .filter_map(|row| {
            let entry = row.entry.as_ref()?;
            let key = entry.site.as_ref().ok()?.key.clone();
            (!owners.contains_key(&key)).then_some((entry.number, entry.name.as_str(), key))
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
            merged: Vec::new(),
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
        merged: &merged,
        may_share: intake.target == Target::Organizations,
        confusable: identity::alike,
    };
    Ok(judge(&entries, &around))
}

fn known(owner: Owner) -> Known {
    let skeletons = |names: &[String]| names.iter().map(|name| identity::skeleton(name)).collect::<Vec<String>>();
    let (products, merged) = (skeletons(&owner.products), skeletons(&owner.merged));
    let skeleton = identity::skeleton(&owner.name);
    Known { id: owner.id.0, name: owner.name, skeleton, status: owner.status, products, merged }
}

/// Says of rows what the profile that they make, or that they go with, has no place for or has to make up. `says_industry`: does a
/// column of the file say it at all? Where none does, the report says it once.
fn tell_dropped(rows: &mut [Read], judged: &[Judged], says_industry: bool) {
    let lines: HashMap<u32, usize> = judged.iter().enumerate().map(|(place, it)| (it.number, place)).collect();
    let mut told: Vec<(usize, String)> = Vec::new();
    // By the line that makes a profile: is its industry said, and whose mailbox is asked.
    let mut silent: HashSet<usize> = HashSet::new();
    let mut asked: HashMap<usize, usize> = HashMap::new();
    for (place, _) in judged.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Make) {
        let Some(new) = &rows[place].told else { continue };
        if !new.says_industry {
            silent.insert(place);
        }
        if new.contact.is_some() {
            asked.insert(place, place);
        }
    }
    for (place, it) in judged.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Merge) {
        let Some(other) = &rows[place].told else { continue };
        let lead = it.into_row.and_then(|row| lines.get(&row)).copied().filter(|lead| judged[*lead].outcome == Outcome::Make);
        if let Some(lead) = lead.filter(|_| other.says_industry) {
            silent.remove(&lead);
        }
        let Some(contact) = &other.contact else { continue };
        match lead {
            _ if it.as_product => told.push((place, "the mailbox: a product has none of its own".to_owned())),
            None => told.push((place, "the mailbox: the profile that is here keeps what it has".to_owned())),
            Some(lead) => {
                let first = *asked.entry(lead).or_insert(place);
                let is_same = rows[first].told.as_ref().and_then(|it| it.contact.as_ref()) == Some(contact);
                if !is_same {
                    told.push((place, format!("the mailbox: the profile has that of line {}", rows[first].number)));
                }
            }
        }
    }
    if says_industry {
        told.extend(
            silent.into_iter().map(|place| (place, format!("industry: nothing stands there, so it is “{}”", Industry::Other))),
        );
    }
    for (place, words) in told {
        rows[place].unmapped.push(words);
    }
}

/// By what a row is known again: its name and whose website it is on. Nothing where it cannot be read.
pub(super) fn row_key(row: &Read) -> Option<String> {
    let entry = row.entry.as_ref()?;
    let site = entry.site.as_ref().ok()?;
    Some(canonical::sha256_hex(&format!("{}\u{1f}{}", entry.skeleton, site.key)))
}

/// With whom the workspace has merged such rows before, by their numbers.
async fn merged_by_hand(conn: &mut PgConnection, intake: &Intake, rows: &[Read]) -> AppResult<HashMap<u32, Known>> {
    let keys: Vec<(u32, String)> = rows.iter().filter_map(|row| Some((row.entry.as_ref()?.number, row_key(row)?))).collect();
    let asked: Vec<String> = keys.iter().map(|(_, key)| key.clone()).collect();
    let merges: HashMap<String, OrganizationId> =
        store::list_merges(conn, workspace_of(intake), &asked).await?.into_iter().collect();
    if merges.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<OrganizationId> = merges.values().copied().collect();
    let standing = bulk::standing(conn, &ids).await?;
    let of = |key: &String| standing.get(merges.get(key)?).cloned();
    Ok(keys.iter().filter_map(|(number, key)| Some((*number, known(of(key)?)))).collect())
}

async fn judge_events(conn: &mut PgConnection, import: &ImportRow, rows: &[Read]) -> AppResult<Vec<Judged>> {
    let community = import.into_community.map(CommunityId).ok_or_else(|| AppError::broken("events go into a community"))?;
    let here = events::titled(conn, community).await?;
    let mut origins: HashMap<EventId, Origin> = store::list_origins(conn, community).await?.into_iter().collect();
    let known: Vec<events_rules::Known> = here
        .iter()
        .map(|it| events_rules::Known { title: folded(&it.title), first_day: it.first_day, origin: origins.remove(&it.id) })
        .collect();
    let plans: Vec<Option<&Plan>> = rows.iter().map(|row| row.event.as_ref()).collect();
    let found = events_rules::found(&plans, &known);
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
        .zip(found)
        .map(|(row, found)| {
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
            if let Some(it) = found.and_then(|place| here.get(place)) {
                let into = Some((it.id.0, it.title.clone()));
                return Judged {
                    into,
                    ..judged(row, Outcome::There, format!("It is there as a {} event.", it.status.label().to_lowercase()))
                };
            }
            // Also where it will stand here without its day: what differs in it is not one event.
            let key = key(&plan.title, plan.start.map(When::day));
            if let Some(earlier) = seen.get(&key) {
                let into_row = u32::try_from(*earlier).ok();
                return Judged { into_row, ..judged(row, Outcome::Skip, format!("The same event stands on line {earlier}.")) };
            }
            seen.insert(key, row.number);
            judged(row, Outcome::Make, "A new draft.".into())
        })
        .collect())
}

/// Choices by the line's number, as a form sends them.
pub fn choices(typed: impl Iterator<Item = (i32, String)>) -> Vec<(i32, Option<Choice>)> {
    let typed: BTreeMap<i32, String> = typed.collect();
    typed.into_iter().map(|(number, text)| (number, Choice::parse(&text).ok())).collect()
}

pub(super) async fn rows_of(conn: &mut PgConnection, row: &ImportRow, intake: &Intake) -> AppResult<Vec<Read>> {
    let mapping = row.mapping();
    let cells = store::list_cells(conn, intake.id).await?;
    Ok(cells
        .into_iter()
        .map(|it| {
            let stored = rows::Stored { number: it.number, cells: it.cells, choice: Choice::parse(&it.choice).ok() };
            rows::read(intake.target, &row.headings, &mapping, &stored)
        })
        .collect())
}
