//! The use cases of organizations: applying, being checked, being decided on, the profile.
//!
//! Promises: a pending or refused application owns no website; exactly one profile does, however many staff decide at once;
//! what an answer shows is what `visibility` allows its reader. Does not do: mails (the notifications room reacts to the
//! facts), anything about requests (they are downstream).

use super::{
    claims,
    identity::{self, Identity},
    life, lookups, policy,
    rules::{
        self, Decided, Decision, Organization, Standing, Standpoint,
        application::{Application, Budget},
        profile::{Profile, ProfileInput},
    },
    store::{self, OrganizationRow, PictureIds, QueueAfter, Sealed},
    trust::{self, CheckKind, CheckRow, Holder, TrustScore},
    views::{
        CheckView, DashboardPart, KnownProfile, OpenClaim, OrganizationBrief, OrganizationView, PartCount, ProfileView,
        QueueGroup, QueueOrder, QueueRow, QueueView, Record, RegistryView, ReviewView, StaffPart, StepView, WaitingRegistration,
        WaitingSeat, logo_url,
    },
    visibility::{Audience, Field},
    vocabulary,
};
use crate::{
    features::{
        accounts::{self, views::Recipient},
        blocks::{policy::may_block, service as blocks},
    },
    kernel::{
        actor::{Actor, Capability, Membership, OrganizationRole, Person, Role, Scope, VerificationStatus},
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, FactId, LogoId, OrganizationId, UserId},
        labels::EntityType,
        money::Currency,
        page::{COUNT_CAP, Listed, Page, PageRequest, cursor, uncursor},
        text::{Email, Paragraph, Phone, Slug, WebUrl, isolated},
        words,
    },
    platform::{
        crypto::{Keyring, cell},
        ctx::Ctx,
        dates,
        facts::{self, StoredFact, Voice},
        limits, secrets,
        storage::Key,
        tx::Tx,
        web::cookies,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use std::str::FromStr;
use uuid::Uuid;

// ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Takes an application: a login for its mailbox, the organization, and the admin's seat that fits what it joins as. The
/// checks run later, because they ask the network. Says nothing about whether the address was known, and does the same work
/// for either. `person` is who is signed in, if anybody.
///
/// A new login cannot be entered without the mailed link. Of one that was there, the seat waits for that link too, unless
/// its owner is who applies: nobody becomes an admin by what somebody else typed.
///
/// # Errors
/// 429 after too many from one address.
pub async fn apply(ctx: &Ctx, person: Option<&Person>, application: Application, logo: LogoId) -> AppResult<OrganizationId> {
    let standpoint = standpoint(&application.website, application.display_name.as_str());
    let source = ctx.source();
    let (id, now) = (ctx.id::<OrganizationId>(), ctx.now());

    let mut tx = ctx.begin().await?;
    if let Some(address) = ctx.address {
        limits::hit_in(&mut tx, limits::APPLY_ADDRESS, &address.to_string()).await?;
    }
    let (applicant, is_new) =
        accounts::service::named_user_in(&mut tx, &application.primary_email, &application.contact_name).await?;
    let mut slugs = slugs(application.display_name.as_str());
    let applying = loop {
        let slug = slugs.next().ok_or_else(|| AppError::broken("no address is free for this name"))?;
        let applying = rules::apply(id, applicant, slug.into_string(), application.clone(), standpoint.clone());
        if store::insert(&mut tx, &applying, logo, source.as_ref().map(|s| &s[..]), now).await? {
            break applying;
        }
    };
    let waits = !is_new && person.is_none_or(|person| person.user != applicant);
    store::insert_applicant(&mut tx, ctx.id(), &applying, waits, now).await?;
    tx.state(Voice::Visitor { user: Some(applicant.0) }, &applying);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// The profile of the directory that has an application's website already: whoever applied may belong to it. Depends on the
/// website only, which everybody can look up.
///
/// # Errors
/// When the database is away.
pub async fn known_profile(ctx: &Ctx, application: OrganizationId) -> AppResult<Option<KnownProfile>> {
    Ok(store::review::find_known(ctx.db(), application).await?.map(known_profile_of))
}

/// For how long the page after applying tells whose website it is, in seconds.
const SENT_FOR: i64 = 3_600;

/// What the browser that applied names the application by, on the page after it. It is a cookie's: no link opens it, neither one
/// that is handed on nor one that somebody makes for others. And only we can make it.
fn sent_ticket(ctx: &Ctx, application: OrganizationId) -> String {
    let until = ctx.now().timestamp() + SENT_FOR;
    format!("{}~{until}~{}", application.0.simple(), sent_mark(ctx, application, until))
}

/// `Set-Cookie` after an application: with its ticket where its page has more to tell, else without what was told of another one.
pub fn sent_cookie(ctx: &Ctx, known: Option<OrganizationId>) -> String {
    let settings = &ctx.house.settings;
    match known {
        Some(application) => cookies::set(settings, cookies::SENT, &sent_ticket(ctx, application), SENT_FOR),
        None => cookies::set(settings, cookies::SENT, "", 0),
    }
}

fn sent_mark(ctx: &Ctx, application: OrganizationId, until: i64) -> String {
    let mark = ctx.house.blind.blind("organizations:sent", &format!("{application}/{until}"));
    hex::encode(&mark[..16])
}

/// The application of a ticket of ours that is still good.
fn sent_application(ctx: &Ctx, ticket: &str) -> Option<OrganizationId> {
    let mut parts = ticket.split('~');
    let (Some(id), Some(until), Some(mark), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let (id, until) = (id.parse::<OrganizationId>().ok()?, until.parse::<i64>().ok()?);
    let is_ours = secrets::same(sent_mark(ctx, id, until).as_bytes(), mark.as_bytes());
    (is_ours && until > ctx.now().timestamp()).then_some(id)
}

/// As [`known_profile`], for the page after applying, in the browser that has applied.
///
/// # Errors
/// When the database is away. Nothing for every other browser.
pub async fn known_profile_here(ctx: &Ctx, headers: &HeaderMap) -> AppResult<Option<KnownProfile>> {
    match cookies::get(headers, cookies::SENT) {
        Some(ticket) => known_profile_by(ctx, ticket).await,
        None => Ok(None),
    }
}

/// As [`known_profile`], by what [`sent_ticket`] gave.
///
/// # Errors
/// When the database is away. Nothing for a ticket that is none of ours, or too old.
pub async fn known_profile_by(ctx: &Ctx, ticket: &str) -> AppResult<Option<KnownProfile>> {
    match sent_application(ctx, ticket) {
        Some(application) => known_profile(ctx, application).await,
        None => Ok(None),
    }
}

/// The addresses that a name may have, in order; after fifty of one name, with a random tail.
pub(super) fn slugs(name: &str) -> impl Iterator<Item = Slug> {
    let slug = Slug::from_name(name, "organization");
    let tailed = slug.clone();
    (1..=50)
        .map(move |n| if n == 1 { slug.clone() } else { slug.numbered(n) })
        .chain((0..5).map(move |_| tailed.tailed(&secrets::tail())))
}

/// Whoever reads the applicant's mailbox said that the application is theirs: the seat that waited for it is real.
///
/// # Errors
/// When the database is away. Nothing to do when no seat waits.
pub async fn take_seat(ctx: &Ctx, id: OrganizationId, user: UserId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let scope = Scope::system("a mailed link takes its reader to the application that it is about");
    let held = match store::hold(&mut tx, scope, id).await {
        Ok(held) => held,
        // The link was about something else: a community.
        Err(AppError::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    let Some(role) = store::find_waiting_seat(&mut tx, id, user).await? else { return Ok(()) };
    let taking = organization_of(&held)?.take_seat(user, role);
    store::apply_seat_taking(&mut tx, ctx.id(), &taking, ctx.now()).await?;
    tx.state(Voice::Visitor { user: Some(user.0) }, &taking);
    tx.commit().await
}

/// What became of an applicant's seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicantSeat {
    Taken,
    /// For a word of theirs.
    Waiting,
    /// It was not their application.
    Declined,
}

/// Does the applicant's seat wait for a word of theirs?
///
/// # Errors
/// When the database is away.
pub async fn seat_of_applicant(ctx: &Ctx, id: OrganizationId, user: UserId) -> AppResult<ApplicantSeat> {
    Ok(match store::find_seat_answer(ctx.db(), id, user).await? {
        None => ApplicantSeat::Taken,
        Some(false) => ApplicantSeat::Waiting,
        Some(true) => ApplicantSeat::Declined,
    })
}

/// This room's part of somebody's home page.
#[derive(Debug, Default)]
pub struct Home {
    pub part: Option<DashboardPart>,
    pub seats: Vec<WaitingSeat>,
    pub registrations: Vec<WaitingRegistration>,
    pub claims: Vec<OpenClaim>,
}

/// Somebody's home page, by two statements: how their acting organization stands, the seats and the communities that wait for a
/// word of theirs (what the mailed link asks, for as long as it is not answered), and what they claim.
///
/// # Errors
/// When the database is away.
pub async fn home(ctx: &Ctx, actor: &Actor) -> AppResult<Home> {
    let store::review::Home { seats, registrations, claims, checks, known } =
        store::review::find_home(ctx.db(), actor.user(), actor.organization()).await?;
    let part = match actor.organization() {
        Some(id) => Some(dashboard_with(ctx, actor, id, &checks, known).await?),
        None => None,
    };
    let seats = seats
        .into_iter()
        .map(|row| WaitingSeat {
            organization_id: row.organization_id.into(),
            website_label: WebUrl::parse(&row.website).map_or_else(|_| String::new(), |url| url.short().to_owned()),
            display_name: row.display_name,
            role: row.role,
            asked_label: format!("{} ago", dates::behind(ctx.now(), row.created_at)),
        })
        .collect();
    let registrations = registrations
        .into_iter()
        .map(|row| WaitingRegistration {
            community_id: row.community_id.into(),
            name: row.name,
            by_reader: row.seated,
            asked_label: format!("{} ago", dates::behind(ctx.now(), row.submitted_at)),
        })
        .collect();
    let claims = claims
        .into_iter()
        .map(|row| OpenClaim { slug: row.slug, display_name: row.display_name, proven: row.proven_at.is_some() })
        .collect();
    Ok(Home { part, seats, registrations, claims })
}

/// Somebody who is signed in answers for the seat that an application kept for them: with `takes` it is theirs, without it
/// nobody asks them again. Gives the organization's workspace, as links name it.
///
/// # Errors
/// 404 when no seat waits for them there.
pub async fn answer_seat(ctx: &Ctx, person: &Person, id: OrganizationId, takes: bool) -> AppResult<String> {
    let mut tx = ctx.begin().await?;
    let scope = Scope::system("the applicant's seat is found by their own login, which is no member yet");
    let held = store::hold(&mut tx, scope, id).await?;
    if held.refused_at.is_some() || held.merged_into.is_some() {
        return Err(AppError::NotFound);
    }
    let role = store::find_waiting_seat(&mut tx, id, person.user).await?.ok_or(AppError::NotFound)?;
    let organization = organization_of(&held)?;
    let voice = claims::as_person(person);
    if takes {
        let taking = organization.take_seat(person.user, role);
        store::apply_seat_taking(&mut tx, ctx.id(), &taking, ctx.now()).await?;
        tx.state(voice, &taking);
    } else {
        let declining = organization.decline_seat(person.user);
        store::apply_seat_declining(&mut tx, &declining, ctx.now()).await?;
        tx.state(voice, &declining);
    }
    let workspace = format!("organization:{}", held.slug);
    tx.result(id);
    tx.commit().await?;
    Ok(workspace)
}

/// What a website and a name stand for.
pub(super) fn standpoint(website: &WebUrl, name: &str) -> Standpoint {
    let identity = Identity::of(website);
    Standpoint {
        identity_key: identity.key().to_owned(),
        identity_shared: identity.is_shared(),
        name_skeleton: identity::skeleton(name),
    }
}

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Looks at everything that can be looked up about an organization, keeps a row for each check, and scores them. Runs at
/// least once for `cause`, and writes once: the rows' ids come from the fact.
///
/// # Errors
/// When the database is away. What the network does not answer is a row that says so.
pub async fn run_checks(ctx: &Ctx, id: OrganizationId, cause: FactId) -> AppResult<()> {
    let mut conn = ctx.db().acquire().await?;
    let row = store::find(&mut conn, id).await?.ok_or(AppError::NotFound)?;
    drop(conn);
    let rows = look_up(ctx, &row).await?;
    let score = TrustScore::of(&rows).score();
    let ids: Vec<Uuid> = rows.iter().map(|row| check_id(cause, row.kind)).collect();
    let now = ctx.now();

    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, Scope::system("checks run for every applicant"), id).await?;
    if !store::insert_checks(&mut tx, ("organization", id.0), &ids, &rows, now).await? {
        return Ok(());
    }
    let results = rows.iter().map(|row| (row.kind.label(), row.result.label()));
    let checking = organization_of(&held)?.check(score, results);
    store::apply_checking(&mut tx, &checking, now).await?;
    tx.state(Voice::System, &checking);
    tx.commit().await
}

/// One id for each kind of check and cause, so that a job that runs twice writes once.
pub(super) fn check_id(cause: FactId, kind: CheckKind) -> Uuid {
    let hash = Sha256::digest(format!("check:{cause}:{kind}"));
    uuid::Builder::from_custom_bytes(hash[..16].try_into().expect("a SHA-256 has more than 16 bytes")).into_uuid()
}

async fn look_up(ctx: &Ctx, row: &OrganizationRow) -> AppResult<Vec<CheckRow>> {
    let id = OrganizationId(row.id);
    let parsed = WebUrl::parse(&row.website);
    let mut rows = vec![trust::website_syntax(parsed.as_ref())];
    if row.website.is_empty() {
        // A community knows the name only: there is nothing to look up.
        rows.push(trust::spam_check(&[&row.display_name, &row.short_description]));
        return Ok(rows);
    }
    // Who was added by a website alone has no mailbox yet.
    let email = mailbox(&row.primary_email)?;
    if let Ok(website) = &parsed {
        let identity = Identity::of(website);
        rows.push(trust::website_reachable(website.host(), &lookups::reach(ctx, website.host()).await));
        rows.push(trust::registrable_domain(identity.key(), identity.ground()));
        if let Some(email) = &email {
            rows.push(trust::email_domain_check(email.domain(), identity.domain(), identity.is_shared()));
        }
        let (owner, rivals) = store::find_holders(ctx.db(), identity.key(), id).await?;
        let holder = match owner {
            Some(name) => Holder::Organization(name),
            None if rivals == 0 => Holder::Nobody,
            None => Holder::Rivals(u32::try_from(rivals).unwrap_or(u32::MAX)),
        };
        rows.push(trust::known_domain(identity.key(), &holder));
        rows.push(trust::domain_proof(identity.domain(), store::life::is_domain_proven(ctx.db(), id, identity.domain()).await?));
        rows.push(trust::similar_name(&similar(ctx, row, &identity).await?));
    }
    if let Some(email) = &email {
        rows.push(trust::free_mail(email.domain()));
        rows.push(trust::throw_away_mail(email.domain(), Some(!mailchecker::is_valid(email.as_str()))));
        rows.push(trust::mail_exchanger(email.domain(), &lookups::mail_route(ctx, email.domain()).await));
    }
    let others = store::count_from_source(ctx.db(), id, row.submitted_at - TimeDelta::days(1)).await?;
    rows.push(trust::repeated_source(u32::try_from(others).unwrap_or(u32::MAX)));
    rows.push(trust::spam_check(&[&row.display_name, &row.legal_name, &row.short_description, &row.long_description]));
    Ok(rows)
}

/// How many organizations applied from this source (see [`Ctx::source`]) within the day until this moment.
///
/// # Errors
/// When the database is away.
pub async fn count_applied(ctx: &Ctx, source: &[u8], until: DateTime<Utc>) -> AppResult<i64> {
    store::count_applied(ctx.db(), source, until - TimeDelta::days(1), until).await
}

/// The official mailbox; nobody's, of a profile that came with a file and that nobody has claimed.
pub(super) fn mailbox(stored: &str) -> AppResult<Option<Email>> {
    if stored.is_empty() {
        return Ok(None);
    }
    Email::parse(stored).map(Some).map_err(|_| damaged("official e-mail"))
}

async fn similar(ctx: &Ctx, row: &OrganizationRow, identity: &Identity) -> AppResult<Vec<String>> {
    let found = look_alikes(ctx, &row.display_name, Some(identity), OrganizationId(row.id)).await?;
    Ok(found.into_iter().map(|like| like.display_name).collect())
}

/// Whose name or website is easily taken for these.
pub(super) async fn look_alikes(
    ctx: &Ctx,
    name: &str,
    identity: Option<&Identity>,
    but: OrganizationId,
) -> AppResult<Vec<store::LikeRow>> {
    let skeletons: Vec<String> =
        [Some(identity::skeleton(name)), identity.map(Identity::skeleton)].into_iter().flatten().collect();
    let mut found = store::list_like(ctx.db(), name, &skeletons, identity.map(Identity::key).unwrap_or_default(), but).await?;
    found.retain(|like| {
        let website = WebUrl::parse(&like.website).map(|url| Identity::of(&url).skeleton()).unwrap_or_default();
        let theirs = [identity::skeleton(&like.display_name), website];
        theirs.iter().any(|theirs| skeletons.iter().any(|mine| identity::alike(mine, theirs)))
    });
    Ok(found)
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Staff decide on one organization: verify, ask for more, refuse, disable, restore. Disabling a verified one takes two of
/// them: the first decision is a proposal, that of somebody else confirms it (or keeps it).
///
/// # Errors
/// 403; 409 `NOT_WAITING`, `NO_ONE_TO_ASK`, `SECOND_PERSON_NEEDED`; 409 `DOMAIN_TAKEN`, naming who has the website, also when
/// two decide at the same moment.
pub async fn decide(ctx: &Ctx, actor: &Actor, id: OrganizationId, decision: Decision) -> AppResult<OrganizationView> {
    policy::may_decide(actor, id)?;
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    if decision.verdict == rules::Verdict::More && store::is_disowned(&mut tx, id).await? {
        return Err(AppError::refused(
            "NO_ONE_TO_ASK",
            format!(
                "The named person said that the application of {} is not theirs, so nobody could answer. Refuse it.",
                isolated(&held.display_name)
            ),
        ));
    }
    match organization_of(&held)?.decide(actor.user(), decision)? {
        Decided::Moved(deciding) => {
            if let Err(refused) = store::apply_deciding(&mut tx, &deciding, now).await {
                drop(tx);
                return Err(name_the_holder(ctx, refused, id, &held.identity_key, &held.display_name).await);
            }
            tx.state(actor, &deciding);
        }
        Decided::Proposed(proposing) => {
            store::life::apply_disabling_proposing(&mut tx, &proposing, now).await?;
            tx.state(actor, &proposing);
        }
        Decided::Dropped(dropping) => {
            store::life::apply_disabling_dropping(&mut tx, &dropping, now).await?;
            tx.state(actor, &dropping);
        }
    }
    tx.result(id);
    tx.commit().await?;
    get(ctx, Some(actor), id).await
}

/// Says who has the website, where that is what refused a decision.
pub(super) async fn name_the_holder(ctx: &Ctx, refused: AppError, but: OrganizationId, key: &str, name: &str) -> AppError {
    if refused.code() != store::DOMAIN_TAKEN {
        return refused;
    }
    match store::find_holders(ctx.db(), key, but).await {
        Ok((Some(owner), _)) => AppError::refused(
            store::DOMAIN_TAKEN,
            format!("{key} belongs to {owner}, so {name} cannot be verified with it. Refuse this, or ask for another website."),
        ),
        _ => refused,
    }
}

/// Applications that wait, one group for each website that they name, with rivals side by side.
///
/// # Errors
/// 403 for whoever is not staff; a cursor of another list.
pub async fn queue(ctx: &Ctx, actor: &Actor, order: QueueOrder, page: &PageRequest) -> AppResult<QueueView> {
    policy::may_review(actor)?;
    let after = match (&page.cursor, order) {
        (None, _) => None,
        (Some(text), QueueOrder::Age) => {
            let [at, id] = uncursor(text)?;
            Some(QueueAfter::Age(DateTime::parse_from_rfc3339(&at).map_err(|_| bad_cursor())?.to_utc(), parse_key(&id)?))
        }
        (Some(text), QueueOrder::Score) => {
            let [score, id] = uncursor(text)?;
            Some(QueueAfter::Score(parse_key(&score)?, parse_key(&id)?))
        }
    };
    let heads = store::list_queue_heads(ctx.db(), order, after, i64::from(page.limit)).await?;
    let (count, parts) = store::count_parts(ctx.db(), COUNT_CAP).await?;
    let heads = Page::cut(heads, page.limit, count, |head| match order {
        QueueOrder::Age => cursor(&[&head.submitted_at.to_rfc3339(), &head.id.to_string()]),
        QueueOrder::Score => cursor(&[&head.trust_score.to_string(), &head.id.to_string()]),
    });
    let keys: Vec<String> = heads.items.iter().map(|head| head.identity_key.clone()).collect();
    let all = store::list_by_identity(ctx.db(), &keys).await?;
    let now = ctx.now();
    let count_label = heads.count_label();
    let groups = heads
        .items
        .into_iter()
        .map(|head| QueueGroup {
            applications: all.iter().filter(|row| row.identity_key == head.identity_key).map(|row| queue_row(row, now)).collect(),
            identity_key: head.identity_key,
        })
        .collect();
    Ok(QueueView { groups, next_cursor: heads.next_cursor, count_label, parts: part_counts(parts) })
}

fn capped(count: i64) -> String {
    if count > COUNT_CAP { "1,000+".to_owned() } else { count.to_string() }
}

fn part_counts(counts: Vec<(StaffPart, i64)>) -> Vec<PartCount> {
    counts.into_iter().map(|(part, count)| PartCount { part, count_label: capped(count) }).collect()
}

/// One part of all organizations, whatever their standing, or those of it that a text finds; the newest first.
///
/// # Errors
/// 403 for whoever is not staff; a cursor of another list.
pub async fn registry(ctx: &Ctx, actor: &Actor, part: StaffPart, text: &str, page: &PageRequest) -> AppResult<RegistryView> {
    policy::may_review(actor)?;
    let after = match &page.cursor {
        Some(text) => {
            let [id] = uncursor(text)?;
            Some(parse_key(&id)?)
        }
        None => None,
    };
    let text: String = text.trim().chars().take(100).collect();
    let rows = store::list_for_staff(ctx.db(), part, &text, after, i64::from(page.limit)).await?;
    let (_, counts) = store::count_parts(ctx.db(), COUNT_CAP).await?;
    let all = counts.iter().find(|(counted, _)| *counted == part).map(|(_, count)| *count).unwrap_or_default();
    let count = if text.is_empty() { all } else { store::count_for_staff(ctx.db(), part, &text, COUNT_CAP).await? };
    let rows = Page::cut(rows, page.limit, count, |row| cursor(&[&row.id.to_string()]));
    let now = ctx.now();
    Ok(RegistryView {
        part,
        text,
        count_label: rows.count_label(),
        items: rows.items.iter().map(|row| queue_row(row, now)).collect(),
        next_cursor: rows.next_cursor,
        parts: part_counts(counts),
    })
}

fn queue_row(row: &store::QueueRowStored, now: DateTime<Utc>) -> QueueRow {
    let status = VerificationStatus::parse(&row.verification_status).unwrap_or(VerificationStatus::PendingVerification);
    let waited = dates::behind(now, row.submitted_at);
    QueueRow {
        id: row.id.into(),
        slug: row.slug.clone(),
        display_name: row.display_name.clone(),
        entity_type: row.entity_type.clone(),
        industry: row.industry.clone(),
        website: row.website.clone(),
        primary_email: row.primary_email.clone(),
        logo_url: row.logo_key.as_deref().map(logo_url),
        standing: Standing::of(status, row.more_asked.is_some(), row.refused_at.is_some()),
        trust_score: u32::try_from(row.trust_score).unwrap_or(0),
        submitted_at: row.submitted_at,
        waits_label: waited,
    }
}

/// One organization with all the evidence, for whoever decides.
///
/// # Errors
/// 403 for whoever is not staff; 404.
pub async fn review(ctx: &Ctx, actor: &Actor, id: OrganizationId) -> AppResult<ReviewView> {
    policy::may_review(actor)?;
    let row = find(ctx, id).await?;
    let store::review::Evidence { checks, rivals, proposal, disablings, claims, merges, merged_into } =
        store::review::find_evidence(ctx.db(), id, life::WAITING).await?;
    let story = facts::timeline(ctx.db(), id.into(), 200).await?;
    let waiting = life::waiting_for(ctx, (proposal, disablings, claims, merges))?;
    let merged_into = merged_into.map(|kept| (kept.id.into(), kept.display_name));
    let (newest, earlier) = newest_run(&checks);
    let trust = TrustScore::of(&newest.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>()).full();
    let now = ctx.now();
    let (applicant_name, applicant_email, applicant_confirmed) =
        (row.applicant_name.clone(), row.applicant_email.clone(), row.applicant_confirmed);
    let website = row.website.clone();
    let record = record(&ctx.house.columns, row)?;
    let stands_beside = stands_beside(ctx, &record, &website).await?;
    let shown = |list: &[(CheckRow, DateTime<Utc>)]| list.iter().map(|(row, at)| check_view(row, *at, now)).collect();
    Ok(ReviewView {
        acting: actor.acting.as_ref().map(Membership::key).unwrap_or_default(),
        organization: OrganizationView::for_audience(&record, Audience::Staff),
        standing: record.standing,
        identity_key: record.identity_key.clone(),
        stands_beside,
        applicant_name,
        applicant_email,
        applicant_confirmed,
        submitted_label: dates::moment(record.submitted_at, Tz::UTC),
        waits_label: dates::behind(now, record.submitted_at),
        trust,
        checks: shown(newest),
        earlier_checks: shown(earlier),
        proposal: waiting.proposals.into_iter().next(),
        claims: waiting.claims,
        disabling: waiting.disablings.into_iter().next(),
        merges: waiting.merges,
        merged_into,
        rivals: rivals.iter().filter(|rival| rival.id != id.0).map(|rival| queue_row(rival, now)).collect(),
        timeline: story.iter().filter_map(step).collect(),
    })
}

/// Whom a profile stands beside that owns its website by an older key: what the website stands for today, and who has that.
async fn stands_beside(ctx: &Ctx, record: &Record, website: &str) -> AppResult<Option<(String, String)>> {
    if !record.standing.owns_identity() || website.is_empty() {
        return Ok(None);
    }
    let Ok(website) = WebUrl::parse(website) else { return Ok(None) };
    let today = Identity::of(&website);
    if today.key() == record.identity_key {
        return Ok(None);
    }
    let (owner, _) = store::find_holders(ctx.db(), today.key(), record.id).await?;
    Ok(owner.map(|owner| (today.key().to_owned(), owner)))
}

/// A check and when it ran.
pub type Checked = (CheckRow, DateTime<Utc>);

/// The rows of the last run, and those before it; both as they come, newest first.
pub fn newest_run(checks: &[Checked]) -> (&[Checked], &[Checked]) {
    let Some((_, newest)) = checks.first() else { return (&[], &[]) };
    let end = checks.iter().position(|(_, at)| at != newest).unwrap_or(checks.len());
    checks.split_at(end)
}

/// A check as staff see it.
pub fn check_view(row: &CheckRow, at: DateTime<Utc>, now: DateTime<Utc>) -> CheckView {
    CheckView {
        title: row.kind.title().to_owned(),
        result: row.result,
        evidence: row.evidence.clone(),
        checked_at: at,
        checked_label: format!("{} ago", dates::behind(now, at)),
    }
}

/// A fact as a sentence of the organization's story.
fn step(fact: &StoredFact) -> Option<StepView> {
    let said =
        |key: &str| fact.private.get(key).and_then(|text| text.as_str()).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = |key: &str| said(key).unwrap_or_else(|| "a profile".to_owned());
    let (text, quote) = match (fact.room.as_str(), fact.name.as_str()) {
        ("organizations", "organization_applied") => ("Applied".to_owned(), None),
        ("organizations", "organization_checked") => {
            (format!("Checks ran; the score is {}", fact.payload.get("score").map(ToString::to_string).unwrap_or_default()), None)
        }
        ("organizations", "organization_seat_taken") => ("The applicant confirmed that it is theirs".to_owned(), None),
        ("organizations", "organization_seat_declined") => ("The named person said that it is not theirs".to_owned(), None),
        ("organizations", "organization_more_asked") => ("Staff asked for more".to_owned(), said("question")),
        ("organizations", "organization_resubmitted") => ("The applicant answered".to_owned(), said("answer")),
        ("organizations", "organization_verified") => ("Staff verified it".to_owned(), said("reason")),
        ("organizations", "organization_refused") => ("Staff refused it".to_owned(), said("reason")),
        ("organizations", "organization_disabled") => ("Staff disabled it".to_owned(), said("reason")),
        ("organizations", "organization_restored") => ("Staff restored it".to_owned(), said("reason")),
        ("organizations", "organization_disabling_proposed") => {
            ("Somebody of the staff proposed to disable it".to_owned(), said("reason"))
        }
        ("organizations", "organization_disabling_dropped") => ("Staff keep it".to_owned(), said("reason")),
        ("organizations", "organization_checks_asked") => ("Staff asked for new checks".to_owned(), None),
        ("organizations", "organization_added") => ("A community added it".to_owned(), None),
        ("organizations", "organization_imported") => ("It came with a file".to_owned(), None),
        ("organizations", "organization_completed") => ("A file added to it".to_owned(), said("added")),
        ("organizations", "organization_completion_undone") => ("What a file had added was taken back".to_owned(), None),
        ("organizations", "organization_slug_changed") => ("Its address here changed".to_owned(), said("slug")),
        ("organizations", "organization_website_proposed") => ("Another website was proposed".to_owned(), said("website")),
        ("organizations", "organization_website_withdrawn") => ("The proposed website was withdrawn".to_owned(), said("website")),
        ("organizations", "organization_website_approved") => ("Staff approved the new website".to_owned(), said("reason")),
        ("organizations", "organization_website_refused") => ("Staff refused the new website".to_owned(), said("reason")),
        ("organizations", "organization_claim_invited") => ("A mailbox was invited to claim it".to_owned(), said("email")),
        ("organizations", "organization_claim_begun") => ("Somebody wants to claim it by its DNS".to_owned(), said("email")),
        ("organizations", "organization_claim_asked") => ("Somebody wants to claim it".to_owned(), said("email")),
        ("organizations", "organization_claim_proven") => ("A claim was proven".to_owned(), None),
        ("organizations", "organization_claim_approved") => ("Staff approved a claim".to_owned(), said("reason")),
        ("organizations", "organization_claim_refused") => ("Staff refused a claim".to_owned(), said("reason")),
        ("organizations", "organization_domain_proven") => match fact.payload["role"].as_str() {
            Some(role) => (format!("The domain was proven by its DNS, and made somebody its {role}"), None),
            None => ("The domain was proven by its DNS".to_owned(), None),
        },
        ("members", "join_accepted") if fact.payload["leads"].as_bool() == Some(true) => {
            let role = fact.payload["role"].as_str().unwrap_or("admin");
            (format!("Nobody led it; a mailbox at its domain made somebody its {role}"), None)
        }
        ("organizations", "organization_merge_proposed") => (
            format!(
                "Somebody of the staff proposed to merge {} into {}",
                isolated(&name("displayName")),
                isolated(&name("title"))
            ),
            said("reason"),
        ),
        ("organizations", "organization_merge_dropped") => {
            (format!("Staff left {} apart", isolated(&name("displayName"))), said("reason"))
        }
        ("organizations", "organization_merged") => {
            (format!("{} was merged into {}", isolated(&name("title")), isolated(&name("displayName"))), said("reason"))
        }
        ("organizations", "organization_profile_edited") => {
            let fields = changed_fields(fact);
            let titles: Vec<String> = fields.iter().map(|field| field.title().to_lowercase()).collect();
            (format!("The profile was edited: {}", titles.join(", ")), None)
        }
        _ => return None,
    };
    Some(StepView { text, quote, at: fact.at, at_label: dates::moment(fact.at, Tz::UTC) })
}

/// The fields that an edit changed.
pub(super) fn changed_fields(fact: &StoredFact) -> Vec<Field> {
    let list = fact.payload.get("changed").and_then(|list| list.as_array());
    list.into_iter().flatten().filter_map(|name| Field::parse(name.as_str()?).ok()).collect()
}

// ── The organization's own people ───────────────────────────────────────────────────────────────────────────────────

/// The form of the acting organization's profile.
///
/// # Errors
/// 403 when the acting workspace is no organization.
pub async fn profile(ctx: &Ctx, actor: &Actor) -> AppResult<ProfileView> {
    let id = policy::own(actor)?;
    let record = record(&ctx.house.columns, find(ctx, id).await?)?;
    Ok(ProfileView {
        acting: actor.acting.as_ref().map(Membership::key).unwrap_or_default(),
        slug: record.slug.clone(),
        input: record.profile.input(record.version),
        logo_url: record.logo_key.as_deref().map(logo_url),
        logo_on_dark_url: record.logo_on_dark_key.as_deref().map(logo_url),
        wordmark_url: record.wordmark_key.as_deref().map(logo_url),
        standing: record.standing,
        more_asked: record.more_asked.clone(),
        completeness: record.profile.completeness().into(),
        can_edit: OrganizationView::for_audience(&record, policy::audience(Some(actor), id)).can.edit,
        lacks_second_factor: actor.lacks_second_factor_for(Capability::EditProfile),
        verified_identity: record.standing.owns_identity().then(|| record.identity_key.clone()),
        proposed_website: record.proposed_website.clone(),
    })
}

/// What a picture's change is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogoChange {
    #[default]
    Keep,
    Replace(LogoId),
    Remove,
}

impl LogoChange {
    fn of(self, kept: Option<&String>) -> Option<String> {
        match self {
            Self::Keep => kept.cloned(),
            Self::Replace(logo) => Some(logo.to_string()),
            Self::Remove => None,
        }
    }
}

/// What changes of a profile's pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pictures {
    pub logo: LogoChange,
    pub logo_on_dark: LogoChange,
    pub wordmark: LogoChange,
}

impl From<LogoChange> for Pictures {
    fn from(logo: LogoChange) -> Self {
        Self { logo, ..Self::default() }
    }
}

/// The change that a stored picture's key asks for: an empty one takes the picture away.
///
/// # Errors
/// 422 on `field` for a key that is none of ours.
pub async fn picture(ctx: &Ctx, field: &str, key: &str) -> AppResult<LogoChange> {
    if key.is_empty() {
        return Ok(LogoChange::Remove);
    }
    let unknown = || AppError::invalid(field, "No stored picture has this key. Upload it with POST /uploads/logos first.");
    Ok(LogoChange::Replace(store::find_logo(ctx.db(), key).await?.ok_or_else(unknown)?))
}

/// Edits the acting organization's profile, while it is pending too. When its website, e-mail, name or texts change, the
/// checks run again. Of a profile that owns its website, another website becomes a proposal, and the old one stays.
///
/// # Errors
/// 403; 422 beside the fields; 409 `VERSION_CONFLICT` saying what somebody else changed; 409 `DISABLED`.
pub async fn edit_profile(
    ctx: &Ctx,
    actor: &Actor,
    input: &ProfileInput,
    pictures: impl Into<Pictures>,
) -> AppResult<OrganizationView> {
    let (id, pictures) = (policy::may_edit(actor)?, pictures.into());
    let mut new = input.parse()?;
    if pictures.logo == LogoChange::Remove {
        return Err(AppError::invalid("logo", "A profile has a logo. Choose another one to put in its place."));
    }
    let wanted = standpoint(&new.website, new.display_name.as_str());
    let now = ctx.now();

    let mut tx = ctx.begin().await?;
    let held = record(&ctx.house.columns, store::hold(&mut tx, actor.scope(), id).await?)?;
    vocabulary::settle_in(&mut tx, &mut new.technologies, now).await?;
    new.logo = pictures.logo.of(held.profile.logo.as_ref());
    new.logo_on_dark = pictures.logo_on_dark.of(held.profile.logo_on_dark.as_ref());
    new.wordmark = pictures.wordmark.of(held.profile.wordmark.as_ref());
    let organization = held.organization();
    let owns = organization.standing.owns_identity();
    let moves = owns && new.website != held.profile.website && wanted.identity_key != organization.identity_key;
    let moves_to = moves.then(|| std::mem::replace(&mut new.website, held.profile.website.clone()));
    let stands = if owns && new.website == held.profile.website {
        // A website that stays keeps its key, also where it would get another one today, which somebody else may have.
        let today = standpoint(&new.website, new.display_name.as_str());
        Standpoint { identity_key: organization.identity_key.clone(), ..today }
    } else {
        wanted.clone()
    };
    let meanwhile = if input.version == held.version { Vec::new() } else { edited_since(ctx, id, input.version).await? };
    let edit = organization.edit_profile(input.version, &meanwhile, &held.profile, new, stands)?;
    let proposing = match moves_to {
        // The same wish again changes nothing.
        Some(website) if held.proposed_website.as_deref() != Some(website.as_str()) => {
            Some(organization.propose_website(ctx.id(), actor.user(), website, wanted)?)
        }
        _ => None,
    };
    if edit.is_none() && proposing.is_none() {
        drop(tx);
        return Ok(OrganizationView::for_audience(&held, policy::audience(Some(actor), id)));
    }
    if let Some(editing) = &edit {
        let pictures = picture_ids(editing.profile())?;
        let sealed = seal(&ctx.house.columns, id, editing.profile());
        store::apply_profile_editing(&mut tx, editing, &pictures, sealed, now).await?;
        tx.state(actor, editing);
    }
    if let Some(proposing) = &proposing {
        store::life::apply_website_proposing(&mut tx, proposing, now).await?;
        tx.state(actor, proposing);
    }
    tx.result(id);
    tx.commit().await?;
    get(ctx, Some(actor), id).await
}

fn picture_ids(profile: &Profile) -> AppResult<PictureIds> {
    let id = |text: &Option<String>| {
        text.as_deref().map(Uuid::from_str).transpose().map_err(|_| AppError::broken("a picture has no id"))
    };
    Ok(PictureIds { logo: id(&profile.logo)?, on_dark: id(&profile.logo_on_dark)?, wordmark: id(&profile.wordmark)? })
}

/// Which fields were edited after this version, each once.
async fn edited_since(ctx: &Ctx, id: OrganizationId, version: i32) -> AppResult<Vec<Field>> {
    let story = facts::timeline(ctx.db(), id.into(), 200).await?;
    let later = |fact: &&StoredFact| {
        fact.name == "organization_profile_edited"
            && fact.payload.get("version").and_then(serde_json::Value::as_i64).is_some_and(|made| made > i64::from(version))
    };
    let mut fields: Vec<Field> = story.iter().filter(later).flat_map(changed_fields).collect();
    fields.sort_unstable();
    fields.dedup();
    Ok(fields)
}

/// The applicant answers what staff asked for.
///
/// # Errors
/// 403; 422 without an answer; 409 `NOTHING_ASKED`.
pub async fn resubmit(ctx: &Ctx, actor: &Actor, answer: &str) -> AppResult<()> {
    let id = policy::may_edit(actor)?;
    let answer = Paragraph::parse(answer, 2_000, "answer").map_err(|problem| AppError::invalid("answer", problem.to_string()))?;
    if answer.is_empty() {
        return Err(AppError::invalid("answer", "Write what you changed, or answer the question."));
    }
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let resubmitting = organization_of(&held)?.resubmit(answer)?;
    store::apply_resubmitting(&mut tx, &resubmitting, now).await?;
    tx.state(actor, &resubmitting);
    tx.result(id);
    tx.commit().await
}

/// The organization's part of its dashboard.
///
/// # Errors
/// 403 when the acting workspace is no organization.
pub async fn dashboard_part(ctx: &Ctx, actor: &Actor) -> AppResult<DashboardPart> {
    let id = policy::own(actor)?;
    let home = store::review::find_home(ctx.db(), actor.user(), Some(id)).await?;
    dashboard_with(ctx, actor, id, &home.checks, home.known).await
}

/// As [`dashboard_part`], of what the home page has read.
async fn dashboard_with(
    ctx: &Ctx,
    actor: &Actor,
    id: OrganizationId,
    checks: &[Checked],
    known: Option<store::review::KnownRow>,
) -> AppResult<DashboardPart> {
    let record = record(&ctx.house.columns, find(ctx, id).await?)?;
    let audience = policy::audience(Some(actor), id);
    let friendly = if Field::FriendlyTrust.is_seen_by(audience)
        && record.standing.status() == VerificationStatus::PendingVerification
    {
        let (newest, _) = newest_run(checks);
        (!newest.is_empty()).then(|| TrustScore::of(&newest.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>()).friendly())
    } else {
        None
    };
    Ok(DashboardPart { known_profile: known.map(known_profile_of), ..DashboardPart::of(&record, audience, friendly) })
}

fn known_profile_of(row: store::review::KnownRow) -> KnownProfile {
    KnownProfile::new(row.id.into(), &row.slug, row.display_name, row.claimed)
}

// ── One profile ───────────────────────────────────────────────────────────────────────────────────────────────────

/// How an organization is named in an address: by id or slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationRef {
    Id(OrganizationId),
    Slug(String),
}

impl FromStr for OrganizationRef {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Slug(text.to_owned()), Self::Id))
    }
}

/// One organization, as the reader may see it.
///
/// # Errors
/// 404 for what is not listed, except for its own people and staff.
pub async fn get(ctx: &Ctx, viewer: Option<&Actor>, id: OrganizationId) -> AppResult<OrganizationView> {
    get_by(ctx, viewer, &OrganizationRef::Id(id)).await
}

/// As [`get`], by id or slug.
///
/// # Errors
/// As [`get`].
pub async fn get_by(ctx: &Ctx, viewer: Option<&Actor>, by: &OrganizationRef) -> AppResult<OrganizationView> {
    let by = match by {
        OrganizationRef::Id(id) => (Some(*id), None),
        OrganizationRef::Slug(slug) => (None, Some(slug.as_str())),
    };
    let community = viewer.and_then(Actor::community).map(|community| community.0);
    let mut conn = ctx.db().acquire().await?;
    let mut row = store::find_for(&mut conn, by, community).await?.ok_or(AppError::NotFound)?;
    let mut audience = policy::audience(viewer, row.id.into());
    // What was merged leads to what took it over; only staff still look at it.
    if let Some(kept) = row.merged_into
        && audience != Audience::Staff
    {
        row = store::find_for(&mut conn, (Some(kept.into()), None), community).await?.ok_or(AppError::NotFound)?;
        audience = policy::audience(viewer, row.id.into());
    }
    let claims = if Field::OpenClaims.is_seen_by(audience) {
        let ask = store::life::ClaimAsk { organization: Some(row.id.into()), open: true, ..store::life::ClaimAsk::default() };
        store::life::list_claims(&mut conn, ask, life::WAITING).await?
    } else {
        Vec::new()
    };
    drop(conn);
    // Whoever is blocked reads what everybody reads. That they can ask nothing is said when they ask.
    let read_as = if row.blocked { Audience::Public } else { audience };
    let record = record(&ctx.house.columns, row)?;
    if !policy::may_see(read_as, record.standing) {
        return Err(AppError::NotFound);
    }
    let mut view = OrganizationView::for_audience(&record, read_as);
    view.open_claims = claims.into_iter().map(life::open_claim_view).collect::<AppResult<_>>()?;
    view.can.request |= audience == Audience::ApprovedCommunity && record.standing.is_listed();
    view.can.block = viewer.is_some_and(|viewer| viewer.community().is_some() && may_block(viewer).is_ok());
    Ok(view)
}

// ── For other rooms ─────────────────────────────────────────────────────────────────────────────────────────────────

/// What other rooms need of an organization; nobody can change it until the transaction ends.
///
/// # Errors
/// 404.
pub async fn brief_in(tx: &mut Tx, id: OrganizationId) -> AppResult<OrganizationBrief> {
    brief_of(store::find_brief_in(tx, id).await?.ok_or(AppError::NotFound)?)
}

/// As [`brief_in`], but not held: for whoever holds already what comes after organizations in the order of locks, and needs
/// no more than how it is at this moment.
///
/// # Errors
/// 404.
pub async fn brief_unheld_in(tx: &mut Tx, id: OrganizationId) -> AppResult<OrganizationBrief> {
    brief_of(store::find_brief(tx.conn(), id).await?.ok_or(AppError::NotFound)?)
}

/// What other rooms need of an organization, whatever its status: they decide what to show.
///
/// # Errors
/// 404.
pub async fn brief(ctx: &Ctx, id: OrganizationId) -> AppResult<OrganizationBrief> {
    brief_of(store::find_brief(ctx.db(), id).await?.ok_or(AppError::NotFound)?)
}

fn brief_of(row: store::BriefRow) -> AppResult<OrganizationBrief> {
    Ok(OrganizationBrief {
        id: row.id.into(),
        slug: row.slug,
        name: row.display_name,
        status: VerificationStatus::parse(&row.verification_status).ok_or_else(|| damaged("verification status"))?,
        entity_type: EntityType::parse(&row.entity_type).map_err(|_| damaged("entity type"))?,
        website: row.website,
        logo_key: row.logo_key,
    })
}

/// The admins of an organization, by name.
///
/// # Errors
/// When the database is away.
pub async fn admins(ctx: &Ctx, id: OrganizationId) -> AppResult<Vec<Recipient>> {
    let roles: Vec<OrganizationRole> = OrganizationRole::ALL.into_iter().filter(|role| role.is_admin()).collect();
    store::list_people(ctx.db(), id, &roles).await
}

/// Does anybody lead the organization, which the caller's transaction holds?
///
/// # Errors
/// When the database is away.
pub async fn has_admins_in(tx: &mut Tx, id: OrganizationId) -> AppResult<bool> {
    Ok(leads(&store::life::list_seats(tx, id).await?))
}

/// Have staff approved somebody's claim of it since a moment? Who had a seat before speaks for nobody.
///
/// # Errors
/// When the database is away.
pub async fn was_claimed_since_in(tx: &mut Tx, id: OrganizationId, since: DateTime<Utc>) -> AppResult<bool> {
    store::life::was_claimed_since(tx, id, since).await
}

pub(super) fn leads(seats: &[store::life::SeatRow]) -> bool {
    seats.iter().any(|seat| !seat.suspended && is_admins(seat))
}

fn is_admins(seat: &store::life::SeatRow) -> bool {
    OrganizationRole::parse(&seat.role).is_some_and(OrganizationRole::is_admin)
}

/// Admins whose login is suspended: whoever comes to lead after them, they are told.
pub(super) fn suspended_admins(seats: &[store::life::SeatRow]) -> Vec<UserId> {
    seats.iter().filter(|seat| seat.suspended && is_admins(seat)).map(|seat| UserId(seat.user_id)).collect()
}

/// The admins of an organization who cannot act any more, in the caller's transaction, which holds it.
///
/// # Errors
/// When the database is away.
pub async fn suspended_admins_in(tx: &mut Tx, id: OrganizationId) -> AppResult<Vec<UserId>> {
    Ok(suspended_admins(&store::life::list_seats(tx, id).await?))
}

/// Gives somebody who has a seat in an organization another role, in the caller's transaction, which holds it and states why.
///
/// # Errors
/// When the database is away.
pub async fn set_role_in(tx: &mut Tx, id: OrganizationId, user: UserId, role: OrganizationRole) -> AppResult<()> {
    store::life::set_role(tx, id, user, role).await
}

/// The people of an organization whose role may do this, by name.
///
/// # Errors
/// When the database is away.
pub async fn people_with(ctx: &Ctx, id: OrganizationId, capability: Capability) -> AppResult<Vec<Recipient>> {
    let may = |role: &OrganizationRole| Role::Organization(*role).capabilities().has(capability);
    let roles: Vec<OrganizationRole> = OrganizationRole::ALL.into_iter().filter(may).collect();
    store::list_people(ctx.db(), id, &roles).await
}

/// Holds whatever an organization's support is counted with: itself, or the profile that took it over.
///
/// # Errors
/// 503 when a merge came in between: try again.
pub async fn hold_supporter_in(tx: &mut Tx, id: OrganizationId) -> AppResult<OrganizationId> {
    let survivor = store::merging::find_survivor(tx, id).await?;
    store::hold(tx, Scope::system("counts of support follow what stands on pages"), survivor).await?;
    if store::merging::find_survivor(tx, survivor).await? == survivor {
        Ok(survivor)
    } else {
        Err(AppError::Busy { retry_after: 1 })
    }
}

/// Keeps on which events an organization stands, and of which communities; the counts follow. The caller holds it.
///
/// # Errors
/// When the database is away.
pub async fn keep_support_in(tx: &mut Tx, id: OrganizationId, events: &[(EventId, CommunityId)]) -> AppResult<()> {
    let now = tx.ctx().now();
    store::keep_support(tx, id, events, now).await
}

/// Who is meant by what a community typed.
#[derive(Debug)]
pub enum Meant {
    Known(OrganizationBrief),
    /// Of whoever a block stands between, only the name is written down: they are nobody's to add, and are not told apart from
    /// somebody whom the directory does not have.
    NameOnly,
    Nobody,
}

/// The organization that a community means by a name and a website: whoever owns the website, or, without one, the only listed
/// organization of that name. It stays as it is until the transaction ends, and nobody else adds one of that name.
/// Called before the transaction holds any organization, and once: it holds the name, then the organization.
///
/// # Errors
/// 409 `ORGANIZATION_DISABLED` when the website's owner is off the marketplace; 422 on `organizationId` when several have the
/// name; 503 when it changed in between.
pub async fn meant_in(tx: &mut Tx, name: &str, website: Option<&WebUrl>, community: Option<CommunityId>) -> AppResult<Meant> {
    let identity = website.map(Identity::of);
    let skeleton = identity::skeleton(name);
    store::hold_name(tx, &skeleton).await?;
    let mut rows = store::list_named_in(tx, identity.as_ref().map(Identity::key), &skeleton).await?;
    // A name means whoever is called exactly that; what only looks alike is asked about.
    rows.retain(|row| identity.is_some() || words::fold(&row.display_name) == words::fold(name));
    let (mut open, mut blocked) = (Vec::new(), false);
    for row in rows {
        match community {
            Some(community) if blocks::stands_in(tx, community, row.id.into()).await? => {
                blocked = true;
                // The website has one owner, whoever else a merge led to it.
                if identity.is_some() && open.is_empty() {
                    break;
                }
            }
            _ => open.push(row),
        }
    }
    if identity.is_none() && open.len() > 1 {
        let names: Vec<String> = open.iter().map(|it| format!("{} (/directory/{})", it.display_name, it.slug)).collect();
        return Err(AppError::invalid(
            "organizationId",
            format!("Several have this name: {}. Search for it, and choose the one that you mean.", names.join(", ")),
        ));
    }
    let Some(row) = open.into_iter().next() else {
        return Ok(if blocked { Meant::NameOnly } else { Meant::Nobody });
    };
    let held = store::find_brief_in(tx, row.id.into()).await?.ok_or(AppError::NotFound)?;
    if (&held.display_name, &held.website, &held.verification_status)
        != (&row.display_name, &row.website, &row.verification_status)
    {
        // It became another in between, by a merge or a decision: whoever asks again finds it as it is.
        return Err(AppError::Busy { retry_after: 1 });
    }
    let brief = brief_of(held)?;
    if brief.status == VerificationStatus::Disabled {
        return Err(AppError::refused(
            "ORGANIZATION_DISABLED",
            format!("{} is not on the marketplace at the moment, so it cannot be added.", isolated(&brief.name)),
        ));
    }
    Ok(Meant::Known(brief))
}

/// Listed organizations whose name is like the text, likest first, at most eight; for forms to choose from. Without those that
/// a block stands between.
///
/// # Errors
/// When the database is away.
pub async fn named_like(ctx: &Ctx, text: &str, not_blocked_for: Option<CommunityId>) -> AppResult<Vec<OrganizationBrief>> {
    let plain: String = text.chars().filter(|c| !matches!(c, '%' | '_' | '\\') && !c.is_control()).take(100).collect();
    let plain = plain.trim().to_lowercase();
    if plain.is_empty() {
        return Ok(Vec::new());
    }
    store::list_named_like(ctx.db(), &plain, not_blocked_for, 8).await?.into_iter().map(brief_of).collect()
}

/// The store's key of a logo that was kept just now.
///
/// # Errors
/// When the database is away.
pub async fn logo_key(ctx: &Ctx, id: LogoId) -> AppResult<Option<String>> {
    store::find_logo_key(ctx.db(), id).await
}

/// The store's key of the logo that is served as this file, if we keep it.
///
/// # Errors
/// When the database is away.
pub async fn logo_key_of_file(ctx: &Ctx, file: &str) -> AppResult<Option<String>> {
    let Some(key) = file.strip_suffix(".png").and_then(|hash| Key::of_hash("logos", hash, "png").ok()) else { return Ok(None) };
    Ok(store::has_logo(ctx.db(), key.as_str()).await?.then(|| key.as_str().to_owned()))
}

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

pub(super) async fn find(ctx: &Ctx, id: OrganizationId) -> AppResult<OrganizationRow> {
    let mut conn = ctx.db().acquire().await?;
    store::find(&mut conn, id).await?.ok_or(AppError::NotFound)
}

pub(super) fn damaged(what: &str) -> AppError {
    AppError::broken(format!("an organization has a {what} that this program does not know"))
}

pub(super) fn organization_of(row: &OrganizationRow) -> AppResult<Organization> {
    let status = VerificationStatus::parse(&row.verification_status).ok_or_else(|| damaged("verification status"))?;
    Ok(Organization {
        id: row.id.into(),
        display_name: row.display_name.clone(),
        standing: Standing::of(status, row.more_asked.is_some(), row.refused_at.is_some()),
        applicant: row.applied_by.map(Into::into),
        identity_key: row.identity_key.clone(),
        disabling: row.disabling_proposed_by.map(Into::into),
        disabled_from: row.disabled_from.as_deref().and_then(VerificationStatus::parse),
        merged_into: row.merged_into.map(Into::into),
        version: row.version,
    })
}

/// A row with its sealed columns opened.
pub(super) fn record(columns: &Keyring, row: OrganizationRow) -> AppResult<Record> {
    let organization = organization_of(&row)?;
    let open = |sealed: &Option<Vec<u8>>, column: &str| {
        let opened = sealed.as_ref().map(|sealed| columns.open(sealed, &cell("organizations", row.id, column)));
        opened.transpose().map_err(|error| AppError::broken(format!("{column} of an organization cannot be opened: {error}")))
    };
    let email = |sealed: &Option<Vec<u8>>, column: &str| -> AppResult<Option<Email>> {
        open(sealed, column)?.map(|text| Email::parse(&text).map_err(|_| damaged(column))).transpose()
    };
    let labels = |list: &[String]| list.to_vec();
    let input = ProfileInput {
        entity_type: row.entity_type.clone(),
        display_name: row.display_name.clone(),
        legal_name: row.legal_name.clone(),
        website: row.website.clone(),
        industry: row.industry.clone(),
        short_description: row.short_description.clone(),
        long_description: row.long_description.clone(),
        technologies: row.technologies.clone(),
        developer_tools: row.developer_tools.clone(),
        supported_regions: labels(&row.supported_regions),
        preferred_event_types: labels(&row.preferred_event_types),
        supported_community_types: labels(&row.supported_community_types),
        budget_range: Budget::of(
            Currency::parse(&row.budget_currency).map_err(|_| damaged("currency"))?,
            row.budget_min,
            row.budget_max,
        )
        .input(),
        available_sponsorship_types: labels(&row.sponsorship_types),
        primary_email: row.primary_email.clone(),
        business_email: email(&row.business_email, "business_email")?.map(Email::into_string).unwrap_or_default(),
        dev_rel_email: email(&row.devrel_email, "devrel_email")?.map(Email::into_string).unwrap_or_default(),
        hiring_email: email(&row.hiring_email, "hiring_email")?.map(Email::into_string).unwrap_or_default(),
        billing_email: email(&row.billing_email, "billing_email")?.map(Email::into_string).unwrap_or_default(),
        phone: open(&row.phone, "phone")?.unwrap_or_default(),
        brand_colors: row.brand_colors.clone(),
        boilerplate: row.boilerplate.clone(),
        products: serde_json::from_value(row.products.clone()).map_err(|_| damaged("list of products"))?,
        version: row.version,
    };
    let mut profile = input.parse_stored().map_err(|errors| damaged(&errors.0.into_keys().collect::<Vec<_>>().join(", ")))?;
    profile.logo = row.logo_id.map(|id| id.to_string());
    profile.logo_on_dark = row.logo_on_dark_id.map(|id| id.to_string());
    profile.wordmark = row.wordmark_id.map(|id| id.to_string());
    Ok(Record {
        id: row.id.into(),
        slug: row.slug,
        profile,
        logo_key: row.logo_key,
        logo_on_dark_key: row.logo_on_dark_key,
        wordmark_key: row.wordmark_key,
        proposed_website: row.proposed_website,
        proposed_website_id: row.proposed_website_id,
        disabling: organization.disabling,
        disabled_from: organization.disabled_from,
        merged_into: organization.merged_into,
        standing: organization.standing,
        applicant: organization.applicant,
        identity_key: row.identity_key,
        active: organization.standing == Standing::Verified && row.has_active_admin,
        is_led: row.is_led,
        more_asked: row.more_asked,
        decision_reason: row.decision_reason,
        trust_score: u32::try_from(row.trust_score).unwrap_or(0),
        events_sponsored: row.events_sponsored,
        communities_supported: row.communities_supported,
        version: row.version,
        submitted_at: row.submitted_at,
        decided_at: row.decided_at,
    })
}

/// Sealed for this row's cells.
fn seal(columns: &Keyring, id: OrganizationId, profile: &Profile) -> Sealed {
    let one = |text: Option<&str>, column: &str| text.map(|text| columns.seal(text, &cell("organizations", id, column)));
    Sealed {
        business_email: one(profile.business_email.as_ref().map(Email::as_str), "business_email"),
        devrel_email: one(profile.dev_rel_email.as_ref().map(Email::as_str), "devrel_email"),
        hiring_email: one(profile.hiring_email.as_ref().map(Email::as_str), "hiring_email"),
        billing_email: one(profile.billing_email.as_ref().map(Email::as_str), "billing_email"),
        phone: one(profile.phone.as_ref().map(Phone::as_str), "phone"),
    }
}

fn bad_cursor() -> AppError {
    AppError::invalid("cursor", "This cursor is not one of ours. Start again without it.")
}

fn parse_key<T: FromStr>(text: &str) -> AppResult<T> {
    text.parse().map_err(|_| bad_cursor())
}

/// Organizations that everybody may see, for search engines: one page of their addresses, by id.
///
/// # Errors
/// When the database is away.
pub async fn listed(ctx: &Ctx, after: Option<Uuid>, limit: i64) -> AppResult<Vec<Listed>> {
    store::CRAWLED.page(ctx.db(), after, limit).await
}

/// Where the page of [`listed`] after `after` ends, when it is full.
///
/// # Errors
/// When the database is away.
pub async fn end_of_listed(ctx: &Ctx, after: Option<Uuid>, limit: i64) -> AppResult<Option<Uuid>> {
    store::CRAWLED.end(ctx.db(), after, limit).await
}

#[cfg(test)]
mod tests {
    use super::{super::trust::CheckResult, *};

    #[test]
    fn a_cause_and_a_kind_have_one_id() {
        let (a, b) = (FactId(Uuid::from_u128(1)), FactId(Uuid::from_u128(2)));
        assert_eq!(check_id(a, CheckKind::FreeMail), check_id(a, CheckKind::FreeMail));
        assert_ne!(check_id(a, CheckKind::FreeMail), check_id(b, CheckKind::FreeMail));
        assert_ne!(check_id(a, CheckKind::FreeMail), check_id(a, CheckKind::SpamWords));
    }

    #[test]
    fn the_newest_run_is_what_counts() {
        let at = |seconds: i64| DateTime::from_timestamp(1_750_000_000 + seconds, 0).expect("a time");
        let row = |kind| CheckRow::new(kind, CheckResult::Pass, "Seen.");
        let checks = [(row(CheckKind::FreeMail), at(9)), (row(CheckKind::SpamWords), at(9)), (row(CheckKind::FreeMail), at(1))];
        let (newest, earlier) = newest_run(&checks);
        assert_eq!((newest.len(), earlier.len()), (2, 1));
        assert_eq!(newest_run(&[]), (&[][..], &[][..]));
    }
}
