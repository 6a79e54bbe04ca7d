//! Many organizations at once, in the transaction of whoever takes a file in: who is there already, making those that are
//! not, adding to those that nobody speaks for, and taking all of it back.
//!
//! Promises: set-based statements, a fact for each organization; what its own people keep is never touched. Does not read
//! files, and decides nothing about their rows.

use super::{
    identity::{Identity, MOST_SLIPS, skeleton},
    rules::{
        imports::{self, Arrival, Completing, Importing},
        products::{MOST, Product},
    },
    service::standpoint,
    store::bulk as store,
};
use crate::{
    kernel::{
        actor::VerificationStatus,
        error::{AppError, AppResult},
        ids::{IntakeId, LogoId, OrganizationId},
        text::{Slug, WebUrl},
    },
    platform::{facts::Voice, tx::Tx},
};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// How many names are compared by one statement. For a name with a common word the index names tens of thousands of others, and
/// each is read: a few such names are within a statement's time, a hundred are not.
const COMPARED: usize = 10;

/// A profile that owns an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub status: VerificationStatus,
    pub products: Vec<String>,
    pub has_logo: bool,
    /// What profiles are called that were merged into it, as far as they were asked for.
    pub merged: Vec<String>,
}

/// The profiles that own these identities, by identity. Whoever owned one and was merged into another leads to that one, until
/// somebody else owns it.
///
/// # Errors
/// When the database is away.
pub async fn owners(conn: &mut PgConnection, keys: &[String]) -> AppResult<HashMap<String, Owner>> {
    let mut owners: HashMap<String, Owner> = HashMap::new();
    for row in store::list_owners(conn, keys).await? {
        let found = owner(row.id, row.slug, row.display_name, &row.verification_status, row.products, row.logo_id)?;
        let first = owners.entry(row.identity_key).or_insert(found);
        if first.id.0 == row.id {
            first.merged.extend(row.merged_name);
        }
    }
    Ok(owners)
}

fn owner(
    id: Uuid,
    slug: String,
    name: String,
    status: &str,
    products: serde_json::Value,
    logo: Option<Uuid>,
) -> AppResult<Owner> {
    let products: Vec<Product> = serde_json::from_value(products).map_err(|error| AppError::Broken(Box::new(error)))?;
    let status = VerificationStatus::parse(status).ok_or_else(|| AppError::broken("an organization has an unknown status"))?;
    let products = products.into_iter().map(|it| it.name).collect();
    Ok(Owner { id: id.into(), slug, name, status, products, has_logo: logo.is_some(), merged: Vec::new() })
}

/// These profiles, each by the id that was asked for; of one that was merged away, the one that stays.
///
/// # Errors
/// When the database is away.
pub async fn standing(conn: &mut PgConnection, ids: &[OrganizationId]) -> AppResult<HashMap<OrganizationId, Owner>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = store::list_standing(conn, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let owner = owner(row.id, row.slug, row.display_name, &row.verification_status, row.products, row.logo_id)?;
            Ok((row.asked.into(), Owner { merged: row.merged_name.into_iter().collect(), ..owner }))
        })
        .collect()
}

/// The identities whose own people have applied and wait.
///
/// # Errors
/// When the database is away.
pub async fn waiting(conn: &mut PgConnection, keys: &[String]) -> AppResult<HashSet<String>> {
    Ok(store::list_waiting(conn, keys).await?.into_iter().collect())
}

/// A profile whose name may be taken for another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub skeleton: String,
    pub identity_key: String,
    pub status: VerificationStatus,
}

/// For each name, by its place, the listed profiles that are spelled like it, the likest first. The caller judges how like.
///
/// # Errors
/// When the database is away.
pub async fn alike(conn: &mut PgConnection, names: &[String]) -> AppResult<HashMap<usize, Vec<Alike>>> {
    let mut found: HashMap<usize, Vec<Alike>> = HashMap::new();
    for (batch, names) in names.chunks(COMPARED).enumerate() {
        let skeletons: Vec<String> = names.iter().map(|name| skeleton(name)).collect();
        let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        for row in store::list_alike(conn, &lower, &skeletons, MOST_SLIPS).await? {
            let Some(status) = VerificationStatus::parse(&row.verification_status) else { continue };
            let place = batch * COMPARED + usize::try_from(row.place - 1).unwrap_or_default();
            found.entry(place).or_default().push(Alike {
                id: row.id.into(),
                slug: row.slug,
                name: row.display_name,
                skeleton: row.name_skeleton,
                identity_key: row.identity_key,
                status,
            });
        }
    }
    Ok(found)
}

/// Who a website stands for.
pub fn identity(website: &WebUrl) -> Identity {
    Identity::of(website)
}

/// Claims a free short name for every arrival of a run; gives their ids in the order of the arrivals, and what is to be made with
/// [`import_in`], in the order in which it is to be. Both orders are everybody's: of two runs with the same names or websites one
/// waits for the other, never each for the other.
///
/// # Errors
/// 409 `SLUG_TAKEN` when too many have one of the names.
pub async fn name_in(tx: &mut Tx, intake: IntakeId, arrivals: Vec<Arrival>) -> AppResult<(Vec<OrganizationId>, Vec<Importing>)> {
    let ids: Vec<OrganizationId> = arrivals.iter().map(|_| tx.ctx().id()).collect();
    let slugs = free_slugs(tx, &arrivals, &ids).await?;
    let mut facts: Vec<Importing> = arrivals
        .into_iter()
        .zip(&ids)
        .zip(slugs)
        .map(|((arrival, id), slug)| {
            let stands = standpoint(&arrival.website, arrival.display_name.as_str());
            imports::import(*id, intake, slug, arrival, stands)
        })
        .collect();
    facts.sort_by(|one, other| one.standpoint().identity_key.cmp(&other.standpoint().identity_key));
    Ok((ids, facts))
}

/// Makes organizations, some hundreds at a time. The caller has found that nobody owns their websites, and has named all of them
/// with [`name_in`].
///
/// # Errors
/// 409 `DIRECTORY_CHANGED` when somebody adds one of them at the same moment.
pub async fn import_in(tx: &mut Tx, voice: &Voice, facts: &[Importing]) -> AppResult<()> {
    let now = tx.ctx().now();
    store::insert_imported(tx, facts, now).await?;
    for fact in facts {
        tx.state(voice.clone(), fact);
    }
    Ok(())
}

/// A free slug for each, in their order: the name's, or that with the next free number.
async fn free_slugs(tx: &mut Tx, arrivals: &[Arrival], ids: &[OrganizationId]) -> AppResult<Vec<String>> {
    let now = tx.ctx().now();
    let bases: Vec<Slug> = arrivals.iter().map(|it| Slug::from_name(it.display_name.as_str(), "organization")).collect();
    let mut given: Vec<Option<String>> = vec![None; arrivals.len()];
    let mut tried: HashSet<String> = HashSet::new();
    for round in 1..=50 {
        // Each slug is asked for once, so that what comes back says whose it is.
        let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
        for (place, base) in bases.iter().enumerate().filter(|(place, _)| given[*place].is_none()) {
            let slug = if round == 1 { base.to_string() } else { base.numbered(round).to_string() };
            if !tried.contains(&slug) {
                wanted.entry(slug).or_insert(place);
            }
        }
        tried.extend(wanted.keys().cloned());
        let slugs: Vec<String> = wanted.keys().cloned().collect();
        let owners: Vec<Uuid> = wanted.values().map(|place| ids[*place].0).collect();
        for slug in store::claim_slugs(tx, &slugs, &owners, now).await? {
            if let Some(place) = wanted.get(&slug) {
                given[*place] = Some(slug);
            }
        }
        if given.iter().all(Option::is_some) {
            break;
        }
    }
    let full = || {
        AppError::refused(
            "SLUG_TAKEN",
            "Fifty organizations have one of these names, so nothing was imported. Leave some of those rows out, then import once more.",
        )
    };
    given.into_iter().map(|slug| slug.ok_or_else(full)).collect()
}

/// What a file adds to a profile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    pub organization: OrganizationId,
    pub products: Vec<Product>,
    /// Taken only where there is none.
    pub logo: Option<LogoId>,
}

/// What was really new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    pub products: Vec<String>,
    pub logo: Option<LogoId>,
}

/// Adds to profiles that nobody speaks for; of others, and of what is there already, nothing changes. By organization.
///
/// # Errors
/// When the database is away.
pub async fn complete_in(
    tx: &mut Tx,
    voice: &Voice,
    intake: IntakeId,
    additions: &[Addition],
) -> AppResult<HashMap<OrganizationId, Added>> {
    let now = tx.ctx().now();
    let ids: Vec<Uuid> = additions.iter().map(|it| it.organization.0).collect();
    let (mut facts, mut done) = (Vec::new(), HashMap::new());
    for held in store::hold_many(tx, &ids).await? {
        if held.verification_status != VerificationStatus::CommunityAdded.label() {
            continue;
        }
        let id = OrganizationId(held.id);
        let mut products: Vec<Product> =
            serde_json::from_value(held.products).map_err(|error| AppError::Broken(Box::new(error)))?;
        let mut logo = held.logo_id.map(LogoId);
        let mut added = Added::default();
        for addition in additions.iter().filter(|it| it.organization == id) {
            for product in &addition.products {
                let there = products.iter().any(|it| it.name.to_lowercase() == product.name.to_lowercase());
                if !there && products.len() < MOST {
                    added.products.push(product.name.clone());
                    products.push(product.clone());
                }
            }
            if logo.is_none() && addition.logo.is_some() {
                logo = addition.logo;
                added.logo = addition.logo;
            }
        }
        let mut changed = added.products.clone();
        changed.extend(added.logo.map(|_| "a logo".to_owned()));
        if changed.is_empty() {
            continue;
        }
        facts.push(imports::complete(id, intake, products, logo, changed));
        done.insert(id, added);
    }
    finish(tx, voice, facts, now).await?;
    Ok(done)
}

/// Takes back what a file had added, as far as it is still there. Gives the profiles that somebody speaks for by now, and which
/// therefore stay as they are, with the reason in words.
///
/// # Errors
/// When the database is away.
pub async fn uncomplete_in(
    tx: &mut Tx,
    voice: &Voice,
    intake: IntakeId,
    added: &[(OrganizationId, Added)],
) -> AppResult<Vec<(OrganizationId, String)>> {
    let now = tx.ctx().now();
    let ids: Vec<Uuid> = added.iter().map(|(id, _)| id.0).collect();
    let (mut facts, mut kept) = (Vec::new(), Vec::new());
    for held in store::hold_many(tx, &ids).await? {
        let id = OrganizationId(held.id);
        if held.verification_status != VerificationStatus::CommunityAdded.label() {
            let status = held.verification_status.to_lowercase();
            kept.push((id, format!("{} is {status} by now, and keeps what the file added.", held.display_name)));
            continue;
        }
        let mut products: Vec<Product> =
            serde_json::from_value(held.products).map_err(|error| AppError::Broken(Box::new(error)))?;
        let (mut logo, mut changed) = (held.logo_id.map(LogoId), Vec::new());
        for (_, added) in added.iter().filter(|(whose, _)| *whose == id) {
            let before = products.len();
            products.retain(|it| !added.products.contains(&it.name));
            if products.len() < before {
                changed.extend(added.products.clone());
            }
            if added.logo.is_some() && logo == added.logo {
                logo = None;
                changed.push("a logo".to_owned());
            }
        }
        if !changed.is_empty() {
            facts.push(imports::complete(id, intake, products, logo, changed).undone());
        }
    }
    finish(tx, voice, facts, now).await?;
    Ok(kept)
}

async fn finish(tx: &mut Tx, voice: &Voice, facts: Vec<Completing>, now: chrono::DateTime<chrono::Utc>) -> AppResult<()> {
    if !facts.is_empty() {
        store::apply_completed(tx, &facts, now).await?;
    }
    for fact in &facts {
        tx.state(voice.clone(), fact);
    }
    Ok(())
}

/// Removes organizations that a file had brought, where nobody has taken them over and nothing depends on them. Gives those
/// that stay, with the reason in words.
///
/// # Errors
/// When the database is away.
pub async fn unmake_in(
    tx: &mut Tx,
    voice: &Voice,
    intake: IntakeId,
    ids: &[OrganizationId],
) -> AppResult<Vec<(OrganizationId, String)>> {
    let all: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let (mut free, mut kept) = (Vec::new(), Vec::new());
    for held in store::hold_many(tx, &all).await? {
        let id = OrganizationId(held.id);
        if held.verification_status != VerificationStatus::CommunityAdded.label() {
            kept.push((id, format!("{} is {} by now.", held.display_name, held.verification_status.to_lowercase())));
        } else if held.version != 1 {
            kept.push((id, format!("The profile of {} was edited since.", held.display_name)));
        } else {
            free.push((id, held.display_name));
        }
    }
    let free_ids: Vec<OrganizationId> = free.iter().map(|(id, _)| *id).collect();
    let refused = if free_ids.is_empty() { Vec::new() } else { store::delete_many(tx, &free_ids).await? };
    for (id, name) in free {
        match refused.iter().find(|(kept, _)| *kept == id) {
            Some((_, table)) => kept.push((id, format!("{name} stays: {}.", depends(table)))),
            None => tx.state(voice.clone(), &imports::unmake(id, intake, name)),
        }
    }
    Ok(kept)
}

/// What a table that refers to an organization means.
fn depends(table: &str) -> &'static str {
    match table {
        "requests" => "somebody has sent it a request",
        "event_partners" => "it stands on an event's page",
        "organization_claims" | "domain_proofs" => "somebody wants to take it over",
        "organization_members" | "join_requests" => "people belong to it, or ask to",
        "blocks" => "somebody has blocked it",
        _ => "something here depends on it",
    }
}
