//! The use cases of communities: signing up, being checked, verified, decided on and activated; and what other rooms ask.
//!
//! Promises: a change of status is held, guarded and stated in one transaction; look-ups in the network happen outside of
//! one. Does not send mail: whoever sends it reacts to the facts.

use super::{
    policy::{self, Audience, audience},
    rules::{
        Checked, Community, Decision, Details, ListAsk, ProfileInput, Registered, Signup, SocialLinksInput, Stored,
        slug_candidates,
    },
    store,
    views::{
        CommunityBrief, CommunityPage, CommunityRow, CommunityView, Contact, HistoryLine, Profile, ProfilePage, QueueItem,
        ReviewView, SignupView, age_label, answers_label, history_word, place_label, status_label, status_tone,
    },
};
use crate::{
    features::{
        accounts::{self, views::Recipient},
        blocks,
        organizations::{
            identity::{Identity, registrable, skeleton},
            logos, lookups,
            service::{self as organizations, newest_run},
            trust::{self, CheckKind, CheckResult, CheckRow, FriendlyTrust, Holder, TrustScore},
        },
    },
    kernel::{
        actor::{Actor, Capabilities, Capability, CommunityRole, CommunityStatus, Membership, Person, Role, Workspace},
        error::{AppError, AppResult, Denied},
        ids::{CommunityId, LogoId, RequestId, UserId},
        page::{Listed, Page, PageRequest, cursor, uncursor},
        text::{Email, Paragraph, Slug, WebUrl, initials},
    },
    platform::{
        crypto::cell,
        ctx::Ctx,
        facts::{self, Voice},
        limits, secrets,
        tx::Tx,
    },
};
use chrono::{DateTime, SecondsFormat, Utc};
use std::{collections::BTreeMap, str::FromStr};
use uuid::Uuid;

/// How many facts a history shows.
const HISTORY: i64 = 100;

// ── Signing up ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// Signs a community up: pending, with its owner seated. `person` is who is signed in, if anybody.
///
/// # Errors
/// 429 after five sign-ups an hour from one address.
pub async fn register(
    ctx: &Ctx,
    voice: Voice,
    person: Option<&Person>,
    signup: &Signup,
    logo: Option<LogoId>,
) -> AppResult<SignupView> {
    limits::hit_address(ctx, limits::SIGNUP_ADDRESS).await?;
    // Two of one name in the same moment: the second takes the next address.
    for _ in 0..3 {
        match register_once(ctx, voice.clone(), person, signup, logo).await {
            Err(AppError::Refused(refusal)) if refusal.code == "SLUG_TAKEN" => {}
            other => return other,
        }
    }
    register_once(ctx, voice, person, signup, logo).await
}

async fn register_once(
    ctx: &Ctx,
    voice: Voice,
    person: Option<&Person>,
    signup: &Signup,
    logo: Option<LogoId>,
) -> AppResult<SignupView> {
    let id: CommunityId = ctx.id();
    let details = &signup.details;
    let identity = details.website.as_ref().map(Identity::of);
    let phone = ctx.house.columns.seal(details.phone.as_str(), &cell("communities", id, "phone"));
    let source = ctx.source();

    let mut tx = ctx.begin().await?;
    let (owner, is_new) = accounts::service::named_user_in(&mut tx, &signup.owner_email, &signup.owner_name).await?;
    let slug = free_slug(&mut tx, details.name.as_str()).await?;
    let registered = Registered::new(id, owner, signup);
    let new = store::NewCommunity {
        signup,
        slug: slug.as_str(),
        name_skeleton: &skeleton(details.name.as_str()),
        identity_key: identity.as_ref().map(Identity::key),
        phone: &phone,
        logo,
        applied_from: source.as_ref().map(|blind| &blind[..]),
        at: ctx.now(),
    };
    store::apply_registered(tx.conn(), &registered, new).await?;
    let waits = !is_new && person.is_none_or(|person| person.user != owner);
    store::add_owner(tx.conn(), ctx.id(), &registered, waits, ctx.now()).await?;
    tx.state(voice, &registered);
    tx.result(id);
    tx.commit().await?;
    Ok(signup_view(id, slug.into_string()))
}

/// The answer to a sign-up again, for the replay of its idempotency key.
///
/// # Errors
/// 404 when there is none.
pub async fn registered(ctx: &Ctx, id: CommunityId) -> AppResult<SignupView> {
    let row = store::find_profile(ctx.db(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    Ok(signup_view(id, row.slug))
}

fn signup_view(community_id: CommunityId, slug: String) -> SignupView {
    let status = CommunityStatus::Pending;
    SignupView { community_id, slug, status, next_step: policy::next_step(status).to_owned() }
}

/// The first free slug for a name: `apex-circle`, `apex-circle-2`, …; after fifty of one name, one with a random tail.
async fn free_slug(tx: &mut Tx, name: &str) -> AppResult<Slug> {
    let base = Slug::from_name(name, "community");
    let tailed = (0..5).map(|_| base.tailed(&secrets::tail())).collect();
    for wanted in [slug_candidates(&base), tailed] {
        let texts: Vec<String> = wanted.iter().map(Slug::to_string).collect();
        let taken = store::taken_slugs(tx.conn(), &texts).await?;
        if let Some(free) = wanted.into_iter().find(|slug| !taken.iter().any(|t| t == slug.as_str())) {
            return Ok(free);
        }
    }
    Err(AppError::refused("SLUG_TAKEN", "This name is in use very often. Add your city or your school to it."))
}

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Looks at a sign-up, or at an edit of what was looked at: name, domain, mailbox, source. Done once for what happened at
/// `cause`; a second run changes nothing.
///
/// # Errors
/// When the database is away; what the network does not answer is an unknown result and no error.
pub async fn check(ctx: &Ctx, id: CommunityId, cause: DateTime<Utc>) -> AppResult<()> {
    let it = store::get_to_check(ctx.db(), id).await?;
    let rivals = store::find_evidence(ctx.db(), id).await?.rivals;
    let neighbours = store::get_neighbours(ctx.db(), id, &it).await?;
    let mut rows = network_rows(ctx, &it).await;
    rows.push(match &it.identity_key {
        None => CheckRow::new(CheckKind::KnownDomain, CheckResult::Unknown, "No website was given."),
        Some(key) => trust::known_domain(key, &holder(&neighbours)),
    });
    if let Some(name) = &neighbours.email_holder {
        rows.push(CheckRow::new(
            CheckKind::KnownDomain,
            CheckResult::Fail,
            format!("{} is the official address of {name}.", it.official_email),
        ));
    }
    let same_name: Vec<String> = rivals
        .into_iter()
        .filter(|rival| rival.why.contains("name"))
        .map(|rival| format!("{} ({})", rival.name, rival.place_label))
        .collect();
    rows.push(trust::similar_name(&same_name));
    let companies = match &it.applied_from {
        Some(source) => organizations::count_applied(ctx, source, it.submitted_at).await?,
        None => 0,
    };
    rows.push(trust::repeated_source(u32::try_from(neighbours.from_source + companies).unwrap_or(u32::MAX)));
    rows.push(trust::spam_check(&[&it.name, &it.bio]));

    let results: BTreeMap<String, String> =
        rows.iter().map(|row| (row.kind.label().to_owned(), row.result.label().to_owned())).collect();
    let checked = Checked::new(id, TrustScore::of(&rows).score(), results);
    let mut tx = ctx.begin().await?;
    store::hold(tx.conn(), id).await?;
    if store::is_checked(tx.conn(), id, cause).await? {
        return Ok(());
    }
    let rows: Vec<(Uuid, CheckRow)> = rows.into_iter().map(|row| (ctx.id(), row)).collect();
    store::apply_checked(tx.conn(), &checked, &rows, ctx.now()).await?;
    tx.state(Voice::System, &checked);
    tx.commit().await
}

fn holder(neighbours: &store::Neighbours) -> Holder {
    match (&neighbours.holder, neighbours.rivals) {
        (Some(name), _) => Holder::Organization(format!("the community {name}")),
        (None, 0) => Holder::Nobody,
        (None, rivals) => Holder::Rivals(u32::try_from(rivals).unwrap_or(u32::MAX)),
    }
}

/// What can be said of the website and the mailbox.
async fn network_rows(ctx: &Ctx, it: &store::ToCheck) -> Vec<CheckRow> {
    let mut rows = Vec::new();
    let website = WebUrl::parse(&it.website).ok();
    let email_domain = Email::parse(&it.official_email).map(|email| email.domain().to_owned()).unwrap_or_default();
    match &website {
        None => {
            for kind in
                [CheckKind::WebsiteSyntax, CheckKind::WebsiteReachable, CheckKind::RegistrableDomain, CheckKind::EmailDomain]
            {
                rows.push(CheckRow::new(kind, CheckResult::Unknown, "No website was given."));
            }
        }
        Some(url) => {
            let identity = Identity::of(url);
            rows.push(trust::website_syntax(Ok(url)));
            rows.push(trust::website_reachable(url.host(), &lookups::reach(ctx, url.host()).await));
            rows.push(trust::registrable_domain(identity.key(), identity.ground()));
            rows.push(trust::email_domain_check(&email_domain, identity.domain(), identity.is_shared()));
        }
    }
    let mail_domain = registrable(&email_domain).unwrap_or_else(|| email_domain.clone());
    rows.push(trust::free_mail(&mail_domain));
    rows.push(trust::throw_away_mail(&email_domain, Some(!mailchecker::is_valid(&it.official_email))));
    rows.push(trust::mail_exchanger(&email_domain, &lookups::mail_route(ctx, &email_domain).await));
    rows
}

// ── Moving on ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// The person proved their mailbox: what they signed up comes to review. What somebody signed up in the name of a login that
/// was there comes only by the link that is about it.
///
/// # Errors
/// When the database is away.
pub async fn owner_verified(ctx: &Ctx, owner: UserId, about: Option<Uuid>) -> AppResult<()> {
    for id in store::list_owned(ctx.db(), owner, CommunityStatus::Pending, ctx.now(), about).await? {
        let mut tx = ctx.begin().await?;
        let community = store::hold(tx.conn(), id).await?;
        let Some((verified, moved)) = community.verify_email(owner) else { continue };
        store::apply_moved(tx.conn(), &moved, ctx.now()).await?;
        store::admit_owner(tx.conn(), id, owner).await?;
        tx.state(Voice::Visitor { user: Some(owner.0) }, &verified);
        tx.state(Voice::System, &moved);
        tx.commit().await?;
    }
    Ok(())
}

/// Somebody who is signed in answers for a community whose owner they are said to be: with `yes` it comes to review, as by the
/// mailed link; without it nobody asks them again. Gives the community's workspace, as links name it.
///
/// # Errors
/// 404 where no community waits for a word of theirs; 422 on `answer` for a no to what they registered themselves.
pub async fn answer_registration(ctx: &Ctx, person: &Person, id: CommunityId, yes: bool) -> AppResult<String> {
    let mut tx = ctx.begin().await?;
    let community = store::hold(tx.conn(), id).await?;
    let asked = store::find_asked(tx.conn(), id, person.user).await?.ok_or(AppError::NotFound)?;
    let voice = Voice::Acting { user: person.user.0, kind: "person", id: None };
    if yes {
        let (verified, moved) = community.verify_email(person.user).ok_or(AppError::NotFound)?;
        store::apply_moved(tx.conn(), &moved, ctx.now()).await?;
        store::admit_owner(tx.conn(), id, person.user).await?;
        tx.state(voice, &verified);
        tx.state(Voice::System, &moved);
    } else {
        let declined = community.decline(person.user).ok_or(AppError::NotFound)?;
        if asked.by_owner {
            return Err(AppError::invalid("answer", "You registered it yourself. Say yes, or leave it as it is."));
        }
        store::apply_declined(tx.conn(), &declined).await?;
        tx.state(voice, &declined);
    }
    tx.result(id);
    tx.commit().await?;
    Ok(format!("community:{}", asked.slug))
}

/// The person signed in at this moment: communities of theirs that were approved before it become active.
///
/// # Errors
/// When the database is away.
pub async fn owner_signed_in(ctx: &Ctx, owner: UserId, at: DateTime<Utc>) -> AppResult<()> {
    for id in store::list_owned(ctx.db(), owner, CommunityStatus::Approved, at, None).await? {
        let mut tx = ctx.begin().await?;
        let community = store::hold(tx.conn(), id).await?;
        let Some(moved) = community.activate() else { continue };
        store::apply_moved(tx.conn(), &moved, ctx.now()).await?;
        tx.state(Voice::Acting { user: owner.0, kind: "community", id: Some(id.0) }, &moved);
        tx.commit().await?;
    }
    Ok(())
}

/// Staff decide on a community.
///
/// # Errors
/// 403 for everybody else and for a community of one's own; 409 when the decision is not open.
pub async fn decide(ctx: &Ctx, actor: &Actor, id: CommunityId, decision: Decision, reason: &Paragraph) -> AppResult<()> {
    policy::may_review(actor)?;
    if actor.person.memberships.iter().any(|membership| seat_in(membership, id)) {
        return Err(Denied::coded(
            "CONFLICT_OF_INTEREST",
            "You have a seat in this community, so somebody else has to decide on it.",
        )
        .into());
    }
    let mut tx = ctx.begin().await?;
    let community = store::hold(tx.conn(), id).await?;
    let reason = reason.as_str();
    let moved = match decision {
        Decision::AskMore => {
            let asked = community.ask_more(reason)?;
            store::apply_more_asked(tx.conn(), &asked, ctx.now()).await?;
            tx.state(actor, &asked);
            tx.result(id);
            return tx.commit().await;
        }
        Decision::Approve => community.approve(reason)?,
        Decision::Reject => community.reject(reason)?,
        Decision::Suspend => community.suspend(reason)?,
        Decision::Restore => community.restore(reason)?,
    };
    store::apply_moved(tx.conn(), &moved, ctx.now()).await?;
    tx.state(actor, &moved);
    tx.result(id);
    tx.commit().await
}

/// Changes what a community says about itself. `logo` is a new picture, if one was chosen.
///
/// # Errors
/// 403 by role; 409 `VERSION_CONFLICT`, `REJECTED`; 422 on `officialEmail` when another approved community has it.
pub async fn edit_profile(ctx: &Ctx, actor: &Actor, seen: i32, details: &Details, logo: Option<LogoId>) -> AppResult<()> {
    let id = policy::may_edit_profile(actor)?;
    let mut tx = ctx.begin().await?;
    let community = store::hold(tx.conn(), id).await?;
    let row = store::find_profile(&mut *tx.conn(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    let old = stored(ctx, &row)?;
    let new = Stored::of(details, logo.or(old.logo));
    if let Some(edited) = community.edit_profile(seen, row.version, &old, new)? {
        let identity = details.website.as_ref().map(Identity::of);
        let phone = ctx.house.columns.seal(details.phone.as_str(), &cell("communities", id, "phone"));
        let name = skeleton(details.name.as_str());
        store::apply_profile_edited(tx.conn(), &edited, &name, identity.as_ref().map(Identity::key), &phone, ctx.now()).await?;
        tx.state(actor, &edited);
    }
    tx.result(id);
    tx.commit_unstated("an edit that changes nothing is no fact").await
}

fn stored(ctx: &Ctx, row: &store::ProfileRow) -> AppResult<Stored> {
    Ok(Stored {
        name: row.name.clone(),
        bio: row.bio.clone(),
        website: row.website.clone(),
        community_type: row.community_type.clone(),
        country: row.country.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        languages: row.languages.clone(),
        size: row.size.clone(),
        official_email: row.official_email.clone(),
        phone: open_phone(ctx, row.id.into(), &row.phone)?,
        links: row.links(),
        logo: row.logo_id.map(Into::into),
    })
}

/// Answers what staff asked before they decide.
///
/// # Errors
/// 403 by role; 409 `NOTHING_ASKED`.
pub async fn answer(ctx: &Ctx, actor: &Actor, answer: &Paragraph) -> AppResult<()> {
    let id = policy::may_edit_profile(actor)?;
    if answer.is_empty() {
        return Err(AppError::invalid("answer", "Write what our team wants to know."));
    }
    let mut tx = ctx.begin().await?;
    let community = store::hold(tx.conn(), id).await?;
    let row = store::find_profile(&mut *tx.conn(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    let answered = community.answer(row.more_asked.is_some(), answer.as_str())?;
    store::apply_answered(tx.conn(), &answered, ctx.now()).await?;
    tx.state(actor, &answered);
    tx.result(id);
    tx.commit().await
}

/// The page on which the actor's community edits its profile.
///
/// # Errors
/// 403 outside a community's workspace.
pub async fn profile_page(ctx: &Ctx, actor: &Actor) -> AppResult<ProfilePage> {
    let id = actor.community().ok_or_else(|| Denied::new("Switch to the workspace of a community first."))?;
    actor.must(Capability::SeeWorkspace, "see the community's profile")?;
    let row = store::find_profile(ctx.db(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    let can_edit = policy::may_edit_profile(actor).is_ok();
    let audience = audience(Some(actor), id, false);
    let view = CommunityView::of(&profile(ctx, &row, audience, None)?, audience);
    let mut social_links = SocialLinksInput::default();
    for (network, address) in row.links() {
        if let Ok(network) = super::rules::Network::parse(&network) {
            social_links.set(network, address);
        }
    }
    // Whoever cannot edit does not get what only editors see.
    let contact = view.contact.filter(|_| can_edit);
    Ok(ProfilePage {
        slug: view.slug,
        input: ProfileInput {
            name: view.name,
            bio: view.bio,
            website: view.website,
            community_type: view.community_type,
            country: view.country,
            city: view.city,
            region: view.region,
            languages: view.languages,
            size: view.size,
            official_email: contact.as_ref().map(|contact| contact.official_email.clone()).unwrap_or_default(),
            phone: contact.map(|contact| contact.phone).unwrap_or_default(),
            social_links,
            version: row.version,
        },
        logo_url: view.logo_url,
        standing: view.standing.ok_or(AppError::NotFound)?,
        listed: view.listed,
        can_edit,
        lacks_second_factor: actor.lacks_second_factor_for(Capability::EditProfile),
    })
}

/// An organization asked a community something; told by the facts of the requests room, in their order.
///
/// # Errors
/// When the database is away.
pub async fn note_asked(ctx: &Ctx, request: RequestId, community: CommunityId, at: DateTime<Utc>) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::note_asked(tx.conn(), request, community, at).await?;
    tx.commit_unstated("a count that follows facts of the requests room").await
}

/// The community answered; only its first answer to a request counts.
///
/// # Errors
/// When the database is away.
pub async fn note_answered(ctx: &Ctx, request: RequestId, community: CommunityId, at: DateTime<Utc>) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::hold(tx.conn(), community).await?;
    store::note_answered(tx.conn(), request, at).await?;
    tx.commit_unstated("a count that follows facts of the requests room").await
}

fn seat_in(membership: &Membership, community: CommunityId) -> bool {
    matches!(membership.workspace, Workspace::Community { id, .. } if id == community)
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A community as its page shows it, with its brief for the rooms that add to the page. Only those on the marketplace have
/// one; their own people and staff see theirs before that.
///
/// # Errors
/// 404 for every other.
pub async fn page(ctx: &Ctx, viewer: Option<&Actor>, slug: &str) -> AppResult<(CommunityBrief, CommunityView)> {
    let row = store::find_profile(ctx.db(), None, Some(slug)).await?;
    page_of(ctx, viewer, row)
}

/// As [`page`], by id or slug.
///
/// # Errors
/// 404.
pub async fn get_by(ctx: &Ctx, viewer: Option<&Actor>, by: &CommunityRef) -> AppResult<CommunityView> {
    let (id, slug) = match by {
        CommunityRef::Id(id) => (Some(*id), None),
        CommunityRef::Slug(slug) => (None, Some(slug.as_str())),
    };
    let row = store::find_profile(ctx.db(), id, slug).await?;
    Ok(page_of(ctx, viewer, row)?.1)
}

/// How a community is named in an address.
#[derive(Debug, Clone)]
pub enum CommunityRef {
    Id(CommunityId),
    Slug(String),
}

impl FromStr for CommunityRef {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Slug(text.to_owned()), Self::Id))
    }
}

/// Communities on the marketplace, by their slugs.
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn list(ctx: &Ctx, ask: &ListAsk, page: &PageRequest) -> AppResult<CommunityPage> {
    let after = page.cursor.as_deref().map(uncursor::<1>).transpose()?.map(|[slug]| slug);
    let (rows, counted) = store::list_approved(ctx.db(), ask, after.as_deref(), page).await?;
    let items = rows
        .into_iter()
        .map(|row| CommunityRow {
            id: row.id.into(),
            slug: row.slug,
            name: row.name,
            logo_url: row.logo_key.as_deref().map(logos::logo_url),
            community_type: row.community_type,
            country: row.country,
            city: row.city,
            region: row.region,
            languages: row.languages,
            size: row.size,
            answers_label: answers_label(row.answers, row.median_answer_seconds),
        })
        .collect();
    let Page { items, next_cursor, total, total_capped } = Page::cut(items, page.limit, counted, |row| cursor(&[&row.slug]));
    Ok(CommunityPage { items, next_cursor, total, total_capped })
}

fn page_of(ctx: &Ctx, viewer: Option<&Actor>, row: Option<store::ProfileRow>) -> AppResult<(CommunityBrief, CommunityView)> {
    let row = row.ok_or(AppError::NotFound)?;
    let brief = row.brief()?;
    let audience = audience(viewer, brief.id, false);
    if audience == Audience::Public && !brief.status.may_reach_out() {
        return Err(AppError::NotFound);
    }
    let mut view = view(ctx, row, audience)?;
    view.can_block = viewer.is_some_and(|viewer| viewer.organization().is_some() && blocks::policy::may_block(viewer).is_ok());
    Ok((brief, view))
}

/// The community that the actor acts for.
///
/// # Errors
/// 403 outside a community's workspace.
pub async fn mine(ctx: &Ctx, actor: &Actor) -> AppResult<CommunityView> {
    let id = actor.community().ok_or_else(|| Denied::new("Switch to the workspace of a community first."))?;
    let row = store::find_profile(ctx.db(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    view(ctx, row, audience(Some(actor), id, false))
}

/// How to reach a community, for those whom the table lets see it. Whether there is an open request is the caller's to know.
///
/// # Errors
/// 404 when there is no such community.
pub async fn contact(ctx: &Ctx, id: CommunityId, viewer: &Actor, open_request: bool) -> AppResult<Option<Contact>> {
    let row = store::find_profile(ctx.db(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    contact_of(ctx, id, (row.official_email, &row.phone), viewer, open_request)
}

/// As [`contact`], for a room that has read the address and the sealed number with its own row.
///
/// # Errors
/// When the number cannot be opened.
pub fn contact_of(
    ctx: &Ctx,
    id: CommunityId,
    (official_email, phone): (String, &[u8]),
    viewer: &Actor,
    open_request: bool,
) -> AppResult<Option<Contact>> {
    let audience = audience(Some(viewer), id, open_request);
    if !policy::shows(policy::Field::OfficialEmail, audience) || !policy::shows(policy::Field::Phone, audience) {
        return Ok(None);
    }
    Ok(Some(Contact { official_email, phone: open_phone(ctx, id, phone)? }))
}

fn view(ctx: &Ctx, mut row: store::ProfileRow, audience: Audience) -> AppResult<CommunityView> {
    let checks = row.take_checks();
    let (newest, _) = newest_run(&checks);
    let is_told = !newest.is_empty() && policy::shows(policy::Field::FriendlyTrust, audience);
    let advice = is_told.then(|| score(newest).friendly());
    Ok(CommunityView::of(&profile(ctx, &row, audience, advice)?, audience))
}

/// The row with what is sealed in it opened, where the audience sees that.
fn profile(ctx: &Ctx, row: &store::ProfileRow, audience: Audience, advice: Option<FriendlyTrust>) -> AppResult<Profile> {
    let brief = row.brief()?;
    Ok(Profile {
        bio: row.bio.clone(),
        logo_url: brief.logo_key.as_deref().map(logos::logo_url),
        website: row.website.clone(),
        community_type: row.community_type.clone(),
        region: row.region.clone(),
        languages: row.languages.clone(),
        size: row.size.clone(),
        answers: (row.answers, row.median_answer_seconds),
        links: row.links(),
        official_email: row.official_email.clone(),
        phone: if policy::shows(policy::Field::Phone, audience) {
            open_phone(ctx, row.id.into(), &row.phone)?
        } else {
            String::new()
        },
        more_asked: row.more_asked.clone(),
        decision_reason: row.decision_reason.clone(),
        advice,
        version: row.version,
        brief,
    })
}

fn open_phone(ctx: &Ctx, id: CommunityId, phone: &[u8]) -> AppResult<String> {
    ctx.house.columns.open(phone, &cell("communities", id.0, "phone")).map_err(|error| AppError::Broken(Box::new(error)))
}

/// What other rooms need of a community; its status stays as it is until the transaction ends.
///
/// # Errors
/// 404 when there is no such community.
pub async fn brief_in(tx: &mut Tx, id: CommunityId) -> AppResult<CommunityBrief> {
    store::get_brief_shared(tx.conn(), id).await
}

/// What other rooms need of a community.
///
/// # Errors
/// 404 when there is no such community.
pub async fn brief(ctx: &Ctx, id: CommunityId) -> AppResult<CommunityBrief> {
    store::list_briefs(ctx.db(), &[id.0]).await?.pop().ok_or(AppError::NotFound)
}

/// The briefs of several communities by one statement; ids that lead nowhere are left out.
///
/// # Errors
/// When the database is away.
pub async fn briefs(ctx: &Ctx, ids: &[CommunityId]) -> AppResult<Vec<CommunityBrief>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    store::list_briefs(ctx.db(), &ids).await
}

/// The active people of a community who may do this.
///
/// # Errors
/// When the database is away.
pub async fn people_with(ctx: &Ctx, community: CommunityId, capability: Capability) -> AppResult<Vec<Recipient>> {
    let members = store::list_members(ctx.db(), community).await?;
    let may = |member: &store::MemberRow| {
        let by_role = CommunityRole::parse(&member.role).map_or(Capabilities::NONE, |role| Role::Community(role).capabilities());
        by_role.has(capability)
            || (capability == Capability::Sign && member.signatory)
            || (capability == Capability::Finance && member.finance)
    };
    let recipient = |member: store::MemberRow| Recipient { user: member.user_id.into(), name: member.name, email: member.email };
    Ok(members.into_iter().filter(may).map(recipient).collect())
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Which part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Pending and under review.
    Waiting,
    /// On the marketplace.
    Listed,
    /// Rejected and suspended.
    Closed,
}

impl Queue {
    /// By the word of the page's address; anything else is what waits.
    pub fn named(word: &str) -> Self {
        match word {
            "listed" => Self::Listed,
            "closed" => Self::Closed,
            _ => Self::Waiting,
        }
    }

    const fn statuses(self) -> &'static [CommunityStatus] {
        match self {
            Self::Waiting => &[CommunityStatus::Pending, CommunityStatus::UnderReview],
            Self::Listed => &[CommunityStatus::Approved, CommunityStatus::Active],
            Self::Closed => &[CommunityStatus::Rejected, CommunityStatus::Suspended],
        }
    }
}

/// The queue, the longest waiting first.
///
/// # Errors
/// 403 for everybody but staff who review.
pub async fn queue(ctx: &Ctx, actor: &Actor, queue: Queue, page: &PageRequest) -> AppResult<Page<QueueItem>> {
    policy::may_review(actor)?;
    let (rows, counted) = store::list_queue(ctx.db(), queue.statuses(), page).await?;
    let now = ctx.now();
    let items = rows
        .into_iter()
        .map(|row| {
            let status = store::status(&row.status)?;
            Ok(QueueItem {
                id: row.id.into(),
                initials: initials(&row.name),
                place_label: place_label(&row.city, &row.country),
                slug: row.slug,
                name: row.name,
                community_type: row.community_type,
                status,
                status_label: status_label(status).to_owned(),
                tone: status_tone(status).to_owned(),
                submitted_at: rfc3339(row.submitted_at),
                age_label: age_label(row.submitted_at, now),
                score: u32::try_from(row.trust_score).unwrap_or_default(),
                checked: row.checked,
                more_asked: row.more_asked,
            })
        })
        .collect::<AppResult<Vec<_>>>()?;
    Ok(Page::cut(items, page.limit, counted, |item| cursor(&[&item.submitted_at, &item.id.to_string()])))
}

/// Everything that staff decide by.
///
/// # Errors
/// 403 for everybody but staff who review; 404.
pub async fn review(ctx: &Ctx, actor: &Actor, id: CommunityId) -> AppResult<ReviewView> {
    policy::may_review(actor)?;
    let row = store::find_profile(ctx.db(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    let store::Evidence { checks, rivals } = store::find_evidence(ctx.db(), id).await?;
    let (newest, earlier) = newest_run(&checks);
    let told = facts::timeline(ctx.db(), id.into(), HISTORY).await?;

    let brief = row.brief()?;
    let community = Community { id, name: brief.name, status: brief.status };
    let history = told.into_iter().filter_map(|fact| {
        let what = history_word(&fact.name)?.to_owned();
        let note = fact.private.get("reason").and_then(|note| note.as_str()).unwrap_or_default().to_owned();
        Some(HistoryLine { what, note, at: rfc3339(fact.at), at_label: moment_label(fact.at) })
    });
    let now = ctx.now();
    let shown = |run: &[organizations::Checked]| run.iter().map(|(row, at)| organizations::check_view(row, *at, now)).collect();
    Ok(ReviewView {
        owner: row.owner(),
        submitted_at: rfc3339(row.submitted_at),
        age_label: age_label(row.submitted_at, now),
        trust: score(newest).full(),
        checked_label: newest.first().map(|(_, at)| moment_label(*at)),
        checks: shown(newest),
        earlier_checks: shown(earlier),
        rivals,
        history: history.collect(),
        decisions: community.open_decisions(),
        community: CommunityView::of(&profile(ctx, &row, Audience::Staff, None)?, Audience::Staff),
    })
}

fn score(run: &[organizations::Checked]) -> TrustScore {
    TrustScore::of(&run.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>())
}

/// Staff want the checks to run again; they run from the fact.
///
/// # Errors
/// 403 for everybody but staff who review; 404.
pub async fn ask_checks(ctx: &Ctx, actor: &Actor, id: CommunityId) -> AppResult<()> {
    policy::may_review(actor)?;
    let mut tx = ctx.begin().await?;
    let asked = store::hold(tx.conn(), id).await?.ask_checks();
    tx.state(actor, &asked);
    tx.result(id);
    tx.commit().await
}

fn rfc3339(at: DateTime<Utc>) -> String {
    // With every digit that the table keeps: the queue's cursor is made of it.
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// "20 Nov 2026, 13:00 UTC".
fn moment_label(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// Communities on the marketplace, for search engines: one page of their addresses, by id.
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
