//! Organizations that a community adds, and how their own people take them over: invited by a community's request or by
//! themselves, proven by a mailbox at the domain or by a text in its DNS, decided on by staff.
//!
//! Promises: nobody is seated in an unclaimed profile before staff have approved, and whoever sat there goes when they do;
//! whether an address has a login is never said; a proof that was given counts once. Where staff have checked an organization
//! and nobody leads it (any more), its domain's DNS decides who does, stranger or one of its people, as a mailbox there does in
//! `members`; the admins of before are told. Does not do: mails (the notifications room reacts to the facts), requests (they
//! are downstream, and simply wait).

use super::{
    identity::{Identity, skeleton},
    life,
    lookups::publishes,
    policy,
    rules::{
        Reason, Standing, Standpoint,
        claims::{self as rules, AddInput, Addition, ClaimState, Claiming, Method, PROOF_PREFIX},
        moves::Answer,
    },
    service::{self, OrganizationRef, find, organization_of, slugs, standpoint},
    store::{
        self, LikeRow, OrganizationRow,
        life::{ClaimAsk, ClaimRow},
    },
    trust::{CheckResult, Ground, email_domain_check},
    views::{ClaimPageView, OrganizationView, ProofPageView, ProofView, logo_url},
};
use crate::{
    features::{accounts, blocks::service as blocks},
    kernel::{
        actor::{Actor, Capability, Membership, Person, Scope, VerificationStatus, Workspace},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, OrganizationId, UserId},
        labels::{EntityType, Industry},
        text::{Email, Line, Paragraph, PersonName, WebUrl},
        words,
    },
    platform::{
        ctx::Ctx,
        dns::Lookup,
        facts::Voice,
        limits::{self, Limit},
        secrets,
        tx::Tx,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;
use uuid::Uuid;

/// Organizations that one community adds.
const ADD_COMMUNITY: Limit = Limit { action: "add_organization", hits: 20, seconds: 86_400 };
/// Organizations that one community names in passing, on the pages of its events.
const NAME_COMMUNITY: Limit = Limit { action: "name_organization", hits: 200, seconds: 86_400 };
/// Invitations that one community sends by hand.
const INVITE_COMMUNITY: Limit = Limit { action: "invite_mailbox", hits: 20, seconds: 86_400 };
/// Looks into the DNS, by person.
const PROOF_PERSON: Limit = Limit { action: "domain_proof", hits: 30, seconds: 3600 };
/// A mailbox that was written to is not written to again for so long, however many requests come.
const QUIET: TimeDelta = TimeDelta::days(7);
/// The most claims of one organization in [`QUIET`]: what invites more is spam.
const MOST_CLAIMS: i64 = 10;

// ── Adding ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A community adds an organization that is not here. It stands in the directory at once, as "Community Added".
///
/// # Errors
/// 403; 422, also on `confirm` when similar names are here, and for a website on a host that many share; 409
/// `ALREADY_HERE`, naming the profile; `APPLICATION_WAITS`; 429.
pub async fn add(ctx: &Ctx, actor: &Actor, input: &AddInput) -> AppResult<OrganizationView> {
    let community = policy::may_add(actor)?;
    let addition = input.parse()?;
    let identity = Identity::of(&addition.website);
    fits(&addition, &identity)?;
    must_be_new(ctx, &identity).await?;
    let id: OrganizationId = ctx.id();
    if !addition.confirm {
        nothing_alike(ctx, addition.display_name.as_str(), Some(&identity), id, &HashSet::new()).await?;
    }
    let stands = standpoint(&addition.website, addition.display_name.as_str());
    let now = ctx.now();

    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, ADD_COMMUNITY, &community.to_string()).await?;
    let mut slugs = slugs(addition.display_name.as_str());
    let adding = loop {
        let slug = slugs.next().ok_or_else(|| AppError::broken("no address is free for this name"))?;
        let adding = rules::add(id, community, slug.into_string(), addition.clone(), stands.clone());
        if store::life::insert_added(&mut tx, &adding, now).await? {
            break adding;
        }
    };
    tx.state(actor, &adding);
    tx.result(id);
    tx.commit().await?;
    service::get(ctx, Some(actor), id).await
}

/// As [`add`], in the transaction of somebody who names an organization while doing something else, and has found that
/// nobody owns its website.
///
/// # Errors
/// 403; 422 on `website` and `contactEmail`; 409 `ALREADY_HERE` when somebody adds the same website at the same moment; 429.
pub async fn added_in(tx: &mut Tx, actor: &Actor, addition: &Addition) -> AppResult<OrganizationId> {
    let community = policy::may_add(actor)?;
    let (id, now) = (tx.ctx().id::<OrganizationId>(), tx.ctx().now());
    let stands = if addition.website.is_unknown() {
        // It owns no website: no other profile is kept from one by it.
        Standpoint {
            identity_key: format!("name:{id}"),
            identity_shared: true,
            name_skeleton: skeleton(addition.display_name.as_str()),
        }
    } else {
        fits(addition, &Identity::of(&addition.website))?;
        standpoint(&addition.website, addition.display_name.as_str())
    };
    limits::hit_in(tx, NAME_COMMUNITY, &community.to_string()).await?;
    let mut slugs = slugs(addition.display_name.as_str());
    loop {
        let slug = slugs.next().ok_or_else(|| AppError::broken("no address is free for this name"))?;
        let adding = rules::add(id, community, slug.into_string(), addition.clone(), stands.clone()).in_passing();
        if store::life::insert_added(tx, &adding, now).await? {
            tx.state(actor, &adding);
            return Ok(id);
        }
    }
}

/// Somebody of whom a community knows a name, and perhaps more, stands in the directory as "Community Added", in the caller's
/// transaction. A website of their own becomes theirs; one on a host that many share tells nothing about whose profile it is.
/// Nobody where the community may not add anybody to the directory yet, and where somebody has applied with the website: then
/// a name stands on the page and nowhere else.
///
/// # Errors
/// 422 on `website` and `contactEmail`; 409 `ALREADY_HERE`; 429.
pub async fn named_in(
    tx: &mut Tx,
    actor: &Actor,
    name: &Line,
    (website, contact): (Option<&WebUrl>, Option<&Email>),
    entity_type: EntityType,
) -> AppResult<Option<OrganizationId>> {
    if policy::may_add(actor).is_err() {
        return Ok(None);
    }
    let own = website.filter(|website| contact.is_some() || !Identity::of(website).is_shared());
    // Somebody of theirs is at the door: whoever names them in passing takes no website away from their application.
    if let Some(website) = own {
        let identity = Identity::of(website);
        let holders = store::life::list_holders(tx.conn(), identity.key()).await?;
        let waits = |status: &str| VerificationStatus::parse(status) == Some(VerificationStatus::PendingVerification);
        if holders.iter().any(|holder| waits(&holder.verification_status)) {
            return Ok(None);
        }
    }
    let addition = Addition {
        display_name: name.clone(),
        website: own.cloned().unwrap_or_else(WebUrl::unknown),
        entity_type,
        industry: Industry::Other,
        short_description: Paragraph::parse("", 1, "description").map_err(|error| AppError::Broken(Box::new(error)))?,
        contact_email: contact.filter(|_| own.is_some()).cloned().unwrap_or_else(Email::unknown),
        confirm: true,
    };
    Ok(Some(added_in(tx, actor, &addition).await?))
}

/// Before somebody is added by a name: nobody of the directory is easily taken for them, but who has exactly this name, who is
/// meant by it. Of whoever a block stands between, a community reads no more here than in its lists.
///
/// # Errors
/// 422 on `confirm`, naming them.
pub async fn nothing_like(ctx: &Ctx, name: &str, website: Option<&WebUrl>, community: Option<CommunityId>) -> AppResult<()> {
    let identity = website.map(Identity::of);
    let blocked = match community {
        Some(community) => {
            let mut conn = ctx.db().acquire().await?;
            blocks::between_in(&mut conn, community).await?
        }
        None => HashSet::new(),
    };
    nothing_alike(ctx, name, identity.as_ref(), ctx.id(), &blocked).await
}

/// A website of their own, and a mailbox there where one is named: nobody else could ever claim the profile.
fn fits(addition: &Addition, identity: &Identity) -> Result<(), FieldErrors> {
    if identity.is_shared() {
        return Err(FieldErrors::one(
            "website",
            "This is a page on a host that many share. Enter the organization's own website, so that its people can claim the profile.",
        ));
    }
    if !addition.contact_email.is_unknown() && !is_theirs(&addition.contact_email, identity) {
        return Err(FieldErrors::one(
            "contactEmail",
            format!("Enter a mailbox at {}: only there can we ask somebody of theirs.", identity.domain()),
        ));
    }
    Ok(())
}

/// Is the mailbox at the domain that the website stands for?
fn is_theirs(email: &Email, identity: &Identity) -> bool {
    email_domain_check(email.domain(), identity.domain(), identity.is_shared()).result == CheckResult::Pass
}

async fn must_be_new(ctx: &Ctx, identity: &Identity) -> AppResult<()> {
    let holders = store::life::list_holders(ctx.db(), identity.key()).await?;
    let Some(holder) = holders.first() else { return Ok(()) };
    Err(match VerificationStatus::parse(&holder.verification_status) {
        Some(VerificationStatus::Verified | VerificationStatus::CommunityAdded) => AppError::refused(
            "ALREADY_HERE",
            format!("{} has a profile already: {} (/directory/{}).", identity.key(), holder.display_name, holder.slug),
        ),
        Some(VerificationStatus::Disabled) => AppError::refused(
            "ALREADY_HERE",
            format!("{} cannot be added. Write to us if you think that it should be.", identity.key()),
        ),
        _ => AppError::refused(
            "APPLICATION_WAITS",
            format!("Somebody of {} is joining by themselves. Look into the directory in a few days.", identity.key()),
        ),
    })
}

/// Names the profiles that this one may be mixed up with, once: whoever has looked confirms.
async fn nothing_alike(
    ctx: &Ctx,
    name: &str,
    identity: Option<&Identity>,
    id: OrganizationId,
    but: &HashSet<OrganizationId>,
) -> AppResult<()> {
    let found = service::look_alikes(ctx, name, identity, id).await?;
    // By a name alone, whoever has exactly that name is meant.
    let meant = |like: &LikeRow| identity.is_none() && words::fold(&like.display_name) == words::fold(name);
    let listed = |status: &str| {
        VerificationStatus::parse(status)
            .is_some_and(|status| matches!(status, VerificationStatus::Verified | VerificationStatus::CommunityAdded))
    };
    let names: Vec<String> = found
        .into_iter()
        .filter(|like| listed(&like.verification_status) && !meant(like) && !but.contains(&OrganizationId(like.id)))
        .take(5)
        .map(|like| {
            let website = if like.website.is_empty() { String::new() } else { format!("{}, ", like.website) };
            format!("{} ({website}/directory/{})", like.display_name, like.slug)
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(AppError::invalid(
        "confirm",
        format!("These look alike: {}. If none of them is the one that you mean, confirm that.", names.join(", ")),
    ))
}

// ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// A community sent a request to an organization: when nobody speaks for it yet, the mailbox that was named is invited to
/// claim it. Said twice, it is invited once.
///
/// # Errors
/// When the database is away.
pub async fn invite_for_request(ctx: &Ctx, id: OrganizationId, community: CommunityId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, Scope::system("a request invites whoever it is for"), id).await?;
    // Of some, a community knows the name only.
    if organization_of(&held)?.standing != Standing::CommunityAdded || held.primary_email.is_empty() {
        return Ok(());
    }
    // It came with a file: nobody was named whom we could ask.
    let Some(email) = service::mailbox(&held.primary_email)? else { return Ok(()) };
    if invite_in(&mut tx, Voice::System, &held, community, &email).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// A community names another mailbox at the domain of an organization that nobody speaks for yet; it is invited at once.
///
/// # Errors
/// 403; 404; 422 on `email`; 409 `NOT_CLAIMABLE`; 429.
pub async fn invite(ctx: &Ctx, actor: &Actor, id: OrganizationId, email: &str) -> AppResult<OrganizationView> {
    let community = policy::may_add(actor)?;
    let email = Email::parse(email).map_err(|problem| AppError::invalid("email", problem.to_string()))?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, INVITE_COMMUNITY, &community.to_string()).await?;
    let held = store::hold(&mut tx, Scope::system("an approved community invites people of a listed profile"), id).await?;
    let organization = organization_of(&held)?;
    if !organization.standing.is_listed() {
        return Err(AppError::NotFound);
    }
    organization.must_be_claimable()?;
    must_be_at_the_domain(&held, &email)?;
    tx.result(id);
    if invite_in(&mut tx, Voice::from(actor), &held, community, &email).await? {
        tx.commit().await?;
    } else {
        tx.commit_unstated("they were invited a few days ago").await?;
    }
    service::get(ctx, Some(actor), id).await
}

fn must_be_at_the_domain(held: &OrganizationRow, email: &Email) -> AppResult<()> {
    let Some(identity) = identity_of(held)? else { return Err(no_website()) };
    if is_theirs(email, &identity) {
        return Ok(());
    }
    Err(AppError::invalid("email", format!("Enter a mailbox at {}: another one proves nothing.", identity.domain())))
}

fn no_website() -> AppError {
    AppError::refused(
        "NOT_CLAIMABLE",
        "Nobody has said which website is theirs, so no mailbox and no DNS proves anything. If it is yours, join as a sponsor or \
         partner: our staff then make the two profiles one.",
    )
}

/// Nothing where only the name is known.
fn identity_of(held: &OrganizationRow) -> AppResult<Option<Identity>> {
    if held.website.is_empty() {
        return Ok(None);
    }
    Ok(Some(Identity::of(&WebUrl::parse(&held.website).map_err(|_| service::damaged("website"))?)))
}

/// False when the mailbox was written to a few days ago, or enough others were.
async fn invite_in(tx: &mut Tx, voice: Voice, held: &OrganizationRow, community: CommunityId, email: &Email) -> AppResult<bool> {
    let now = tx.ctx().now();
    let id = OrganizationId(held.id);
    let user = user_of(tx, held, email).await?;
    let ask = ClaimAsk { organization: Some(id), user: Some(user), open: true, ..ClaimAsk::default() };
    let open = store::life::list_claims(tx.conn(), ask, 1).await?;
    if open.first().is_some_and(|claim| claim.state == ClaimState::Proven.label() || claim.asked_at > now - QUIET) {
        return Ok(false);
    }
    if store::life::count_claims(tx, id, now - QUIET).await? >= MOST_CLAIMS {
        return Ok(false);
    }
    let claim = open.first().map_or_else(|| tx.ctx().id(), |claim| claim.id);
    let claiming = organization_of(held)?.claim(claim, user, Method::Mailbox, email.key(), Some(community))?;
    store::life::apply_claiming(tx, &claiming, now).await?;
    tx.state(voice, &claiming);
    Ok(true)
}

/// The login of a mailbox; made, without a password, when there is none.
async fn user_of(tx: &mut Tx, held: &OrganizationRow, email: &Email) -> AppResult<UserId> {
    let name: String = held.display_name.chars().take(80).collect();
    let name = PersonName::parse(&format!("{name} team")).or_else(|_| PersonName::parse("Their team"));
    let name = name.map_err(|_| AppError::broken("a fixed name is a name"))?;
    Ok(accounts::service::named_user_in(tx, email, &name).await?.0)
}

// ── Claiming ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The page on which somebody takes an organization over.
///
/// # Errors
/// 404 for what strangers may not know of.
pub async fn page(ctx: &Ctx, person: Option<&Person>, slug: &str) -> AppResult<ClaimPageView> {
    let mut conn = ctx.db().acquire().await?;
    let row = store::find_for(&mut conn, (None, Some(slug)), None).await?.ok_or(AppError::NotFound)?;
    drop(conn);
    let organization = organization_of(&row)?;
    let theirs = |membership: &Membership| is_seat_in(membership, organization.id);
    if !organization.standing.is_listed() && !person.is_some_and(|person| person.memberships.iter().any(theirs)) {
        return Err(AppError::NotFound);
    }
    let led_by_nobody = organization.standing == Standing::Verified
        && organization.is_led_by_nobody(!service::admins(ctx, organization.id).await?.is_empty());
    let (mut mine, mut proof) = (None, None);
    if let Some(person) = person {
        if !led_by_nobody {
            let mut conn = ctx.db().acquire().await?;
            let ask = ClaimAsk { organization: Some(organization.id), user: Some(person.user), ..ClaimAsk::default() };
            mine = store::life::list_claims(&mut conn, ask, 1).await?.pop();
        }
        if led_by_nobody || organization.standing == Standing::CommunityAdded {
            proof = store::life::find_proof(ctx.db(), organization.id, person.user).await?;
        }
    }
    let identity = identity_of(&row)?;
    Ok(ClaimPageView {
        claimable: organization.standing == Standing::CommunityAdded && !row.website.is_empty(),
        joinable: led_by_nobody
            && identity.as_ref().is_some_and(|identity| matches!(identity.ground(), Ground::Own | Ground::UnknownSuffix)),
        member: person.is_some_and(|person| person.memberships.iter().any(theirs)),
        domain: identity.map(|identity| identity.domain().to_owned()).unwrap_or_default(),
        signed_in: person.map(|person| person.email.clone()),
        mine: mine.map(|row| life::claim_view(row, ctx.now())).transpose()?,
        // A text that was seen has counted already: whoever claims anew asks for another.
        proof: proof.filter(|proof| proof.proven_at.is_none()).map(proof_view),
        slug: row.slug,
        display_name: row.display_name,
        logo_url: row.logo_key.as_deref().map(logo_url),
    })
}

fn is_seat_in(membership: &Membership, organization: OrganizationId) -> bool {
    matches!(membership.workspace, Workspace::Organization { id, .. } if id == organization)
}

async fn id_of(ctx: &Ctx, by: &OrganizationRef) -> AppResult<OrganizationId> {
    match by {
        OrganizationRef::Id(id) => Ok(*id),
        OrganizationRef::Slug(slug) => store::find_id(ctx.db(), slug).await?.ok_or(AppError::NotFound),
    }
}

/// Somebody names their mailbox at the domain; a one-time link is mailed there. Answered alike whether the address has a
/// login or not, and whether it has claimed before.
///
/// # Errors
/// 404 for what strangers may not know of; 422 on `email`; 409 `NOT_CLAIMABLE`; 429.
pub async fn ask(ctx: &Ctx, voice: Voice, by: &OrganizationRef, email: &str) -> AppResult<()> {
    let email = Email::parse(email).map_err(|problem| AppError::invalid("email", problem.to_string()))?;
    let id = id_of(ctx, by).await?;
    limits::hit_address(ctx, limits::LINK_ADDRESS).await?;
    let blind = hex::encode(ctx.house.blind.blind("limits", &email.key()));
    limits::hit(ctx, limits::LINK_ACCOUNT, &blind).await?;
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, Scope::system("a claim stands beside the organization, not in it"), id).await?;
    let organization = organization_of(&held)?;
    if !organization.standing.is_listed() {
        return Err(AppError::NotFound);
    }
    organization.must_be_claimable()?;
    must_be_at_the_domain(&held, &email)?;
    let user = user_of(&mut tx, &held, &email).await?;
    let ask = ClaimAsk { organization: Some(id), user: Some(user), open: true, ..ClaimAsk::default() };
    let open = store::life::list_claims(tx.conn(), ask, 1).await?;
    tx.result(id);
    if open.first().is_some_and(|claim| claim.state == ClaimState::Proven.label()) {
        return tx.commit_unstated("a claim that is proven waits for staff, not for a link").await;
    }
    let claim = open.first().map_or_else(|| ctx.id(), |claim| claim.id);
    let claiming = organization.claim(claim, user, Method::Mailbox, email.key(), None)?;
    store::life::apply_claiming(&mut tx, &claiming, now).await?;
    tx.state(voice, &claiming);
    tx.commit().await
}

/// Somebody followed a link that was mailed to their login's address: what they had asked to claim before is proven.
///
/// # Errors
/// When the database is away.
pub async fn mailbox_proven(ctx: &Ctx, user: UserId, at: DateTime<Utc>) -> AppResult<()> {
    let Some(login) = accounts::service::login(ctx, user).await? else { return Ok(()) };
    let mut conn = ctx.db().acquire().await?;
    let ask = ClaimAsk { user: Some(user), open: true, ..ClaimAsk::default() };
    let open = store::life::list_claims(&mut conn, ask, 50).await?;
    drop(conn);
    // The link says something of the address that it was mailed to, and of nothing that was asked for later.
    let address = accounts::service::recipient_of(login).email;
    let proven = |claim: &ClaimRow| claim.method == Method::Mailbox.label() && claim.email == address && claim.asked_at <= at;
    for row in open.into_iter().filter(proven) {
        let mut tx = ctx.begin().await?;
        let id = OrganizationId(row.organization_id);
        let scope = Scope::system("a mailed link proves a claim of its reader");
        let held = store::hold(&mut tx, scope, id).await?;
        if organization_of(&held)?.must_be_claimable().is_err() {
            continue;
        }
        if prove_in(&mut tx, row.id, Method::Mailbox, Voice::Visitor { user: Some(user.0) }).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

/// The organization is held. False when the claim was proven or decided before.
async fn prove_in(tx: &mut Tx, claim: Uuid, by: Method, voice: Voice) -> AppResult<bool> {
    let ask = ClaimAsk { id: Some(claim), open: true, ..ClaimAsk::default() };
    let Some(row) = store::life::list_claims(tx.conn(), ask, 1).await?.pop() else { return Ok(false) };
    let Some(proven) = row.claim()?.prove(by) else { return Ok(false) };
    let now = tx.ctx().now();
    store::life::apply_claiming(tx, &proven, now).await?;
    tx.state(voice, &proven);
    Ok(true)
}

// ── A text in the DNS ───────────────────────────────────────────────────────────────────────────────────────────────

fn proof_view(row: store::life::ProofRow) -> ProofView {
    ProofView { domain: row.domain, text: format!("{PROOF_PREFIX}{}", row.token), proven: row.proven_at.is_some() }
}

pub(super) fn as_person(person: &Person) -> Voice {
    Voice::Acting { user: person.user.0, kind: "person", id: None }
}

/// May this person prove the organization's domain: one of its own who edit its profile, or whoever would claim it?
fn is_own(person: &Person, id: OrganizationId) -> bool {
    let edits = |membership: &Membership| membership.capabilities.has(Capability::EditProfile);
    person.memberships.iter().any(|membership| is_seat_in(membership, id) && edits(membership))
}

/// The domain whose DNS proves something: that of the website which is proposed, else of the one that stands.
fn domain_to_prove(held: &OrganizationRow, own: bool) -> AppResult<Option<String>> {
    // Whoever comes from outside proves what staff have checked, not what one of its people would like.
    let website = held.proposed_website.as_deref().filter(|_| own).unwrap_or(&held.website);
    if website.is_empty() {
        return Ok(None);
    }
    let identity = Identity::of(&WebUrl::parse(website).map_err(|_| service::damaged("website"))?);
    Ok(matches!(identity.ground(), Ground::Own | Ground::UnknownSuffix).then(|| identity.domain().to_owned()))
}

/// Gives somebody the text that they publish at the domain; asked again, it is the same until it has counted. Whoever is not of
/// the organization asks to claim it by this; they, and its own people who lead nothing, ask to lead it where nobody does.
///
/// # Errors
/// 404 for what they may not know of; 409 `NOT_CLAIMABLE`, `SHARED_HOST`.
pub async fn ask_proof(ctx: &Ctx, person: &Person, by: &OrganizationRef) -> AppResult<ProofView> {
    let id = id_of(ctx, by).await?;
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, Scope::system("a proof stands beside the organization, not in it"), id).await?;
    let organization = organization_of(&held)?;
    let own = is_own(person, id);
    if !own && !organization.standing.is_listed() {
        return Err(AppError::NotFound);
    }
    if !own && identity_of(&held)?.is_none() {
        return Err(no_website());
    }
    let domain = domain_to_prove(&held, own)?.ok_or_else(|| {
        AppError::refused("SHARED_HOST", "The website is a page on a host that many share, so its DNS says nothing about you.")
    })?;
    let (mut stated, mut spent) = (false, false);
    let seats = store::life::list_seats(&mut tx, id).await?;
    if !own && organization.is_led_by_nobody(service::leads(&seats)) {
        spent = true;
    } else if !own {
        organization.must_be_claimable()?;
        let ask = ClaimAsk { organization: Some(id), user: Some(person.user), open: true, ..ClaimAsk::default() };
        let open = store::life::list_claims(tx.conn(), ask, 1).await?.pop();
        // A text that was seen counted for an earlier claim: whoever claims anew proves it anew.
        spent = open.as_ref().is_none_or(|claim| claim.state != ClaimState::Proven.label());
        if open.is_none() {
            let claiming = organization.claim(ctx.id(), person.user, Method::Dns, person.email.clone(), None)?;
            store::life::apply_claiming(&mut tx, &claiming, now).await?;
            tx.state(as_person(person), &claiming);
            stated = true;
        }
    }
    store::life::put_proof(&mut tx, id, person.user, &domain, &secrets::token(), spent, now).await?;
    tx.result(id);
    if stated {
        tx.commit().await?;
    } else {
        tx.commit_unstated("a text to publish is a question; the fact is its proof").await?;
    }
    proof(ctx, person, id).await
}

/// The text that this person was given.
///
/// # Errors
/// 404 when there is none.
pub async fn proof(ctx: &Ctx, person: &Person, id: OrganizationId) -> AppResult<ProofView> {
    store::life::find_proof(ctx.db(), id, person.user).await?.map(proof_view).ok_or(AppError::NotFound)
}

/// Somebody belongs to the organization no more: the text that they were given counts for nobody, wherever it still stands.
///
/// # Errors
/// When the database is away.
pub async fn forget_proof_in(tx: &mut Tx, id: OrganizationId, user: UserId) -> AppResult<()> {
    store::life::drop_proof(tx, id, user).await
}

/// Looks for the text. Found, it raises the trust in an application, proves a claim, or makes whoever published it the admin
/// of a verified organization that nobody leads, whether they had a seat there or not.
///
/// # Errors
/// 404 when no text was given; 409 `PROOF_NOT_FOUND`, `DNS_UNAVAILABLE`, both saying what to do; 429.
pub async fn check_proof(ctx: &Ctx, person: &Person, by: &OrganizationRef) -> AppResult<ProofView> {
    let id = id_of(ctx, by).await?;
    limits::hit(ctx, PROOF_PERSON, &person.user.to_string()).await?;
    let view = proof(ctx, person, id).await?;
    if view.proven {
        return Ok(view);
    }
    match publishes(ctx, &view.domain, &view.text).await {
        Lookup::Found(true) => {}
        Lookup::Found(false) | Lookup::Nothing => {
            return Err(AppError::refused(
                "PROOF_NOT_FOUND",
                format!(
                    "{} does not show the text yet. A new record may take up to an hour to be seen; compare it, then check again.",
                    view.domain
                ),
            ));
        }
        Lookup::CouldNotCheck(why) => {
            return Err(AppError::refused("DNS_UNAVAILABLE", format!("{why} Nothing is held against you: check again later.")));
        }
    }
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, Scope::system("a proof that was found counts for whoever gave it"), id).await?;
    let organization = organization_of(&held)?;
    let mut proving = organization.prove_domain(person.user, view.domain.clone());
    if store::life::apply_domain_proving(&mut tx, &proving, now).await? {
        let seats = store::life::list_seats(&mut tx, id).await?;
        let own = seats.iter().find(|seat| seat.user_id == person.user.0);
        // Whoever was suspended since they signed in is one of those who cannot act.
        if own.is_none_or(|seat| !seat.suspended)
            && organization.is_led_by_nobody(service::leads(&seats))
            && domain_to_prove(&held, false)?.as_ref() == Some(&view.domain)
        {
            let role = super::rules::admin_role(entity_of(&held)?);
            match own {
                Some(_) => store::life::set_role(&mut tx, id, person.user, role).await?,
                None => store::insert_member(&mut tx, ctx.id(), id, person.user, role, now).await?,
            }
            proving = proving.seating(role, own.map(|seat| seat.role.clone()), service::suspended_admins(&seats));
        }
        tx.state(as_person(person), &proving);
        let ask = ClaimAsk { organization: Some(id), user: Some(person.user), open: true, ..ClaimAsk::default() };
        let claim = store::life::list_claims(tx.conn(), ask, 1).await?.pop();
        if let Some(claim) = claim.filter(|_| organization.standing == Standing::CommunityAdded) {
            prove_in(&mut tx, claim.id, Method::Dns, as_person(person)).await?;
        }
        tx.result(id);
        tx.commit().await?;
    }
    proof(ctx, person, id).await
}

/// The page on which the acting organization proves its domain.
///
/// # Errors
/// 403 when the acting workspace is no organization.
pub async fn proof_page(ctx: &Ctx, actor: &Actor) -> AppResult<ProofPageView> {
    let id = policy::own(actor)?;
    let row = find(ctx, id).await?;
    let domain = domain_to_prove(&row, true)?;
    let proof = store::life::find_proof(ctx.db(), id, actor.user()).await?;
    Ok(ProofPageView {
        acting: actor.acting.as_ref().map(Membership::key).unwrap_or_default(),
        display_name: row.display_name,
        can_edit: actor.can(Capability::EditProfile),
        lacks_second_factor: actor.lacks_second_factor_for(Capability::EditProfile),
        // A text for another domain than today's is of no use.
        proof: proof.filter(|proof| Some(&proof.domain) == domain.as_ref()).map(proof_view),
        domain,
    })
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Staff decide on a claim. Approved, the organization is verified, the claimant is its admin and has the only seat, and every
/// other open claim is refused.
///
/// # Errors
/// 403, also for a claim of one's own; 404; 409 `NOT_CLAIMABLE`, `CLAIM_NOT_PROVEN`.
pub async fn answer(
    ctx: &Ctx,
    actor: &Actor,
    id: OrganizationId,
    (claim, answer, reason): (Uuid, Answer, Reason),
) -> AppResult<OrganizationView> {
    policy::may_decide(actor, id)?;
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let organization = organization_of(&held)?;
    let ask = ClaimAsk { organization: Some(id), open: true, ..ClaimAsk::default() };
    let mut open = store::life::list_claims(tx.conn(), ask, 200).await?;
    let place = open.iter().position(|row| row.id == claim).ok_or(AppError::NotFound)?;
    let row = open.remove(place);
    if row.user_id == actor.user().0 {
        return Err(crate::kernel::error::Denied::coded(
            "CONFLICT_OF_INTEREST",
            "This claim is yours, so somebody else of the staff has to decide on it.",
        )
        .into());
    }
    if answer == Answer::Refuse {
        let refused = row.claim()?.answer(answer, reason)?;
        say(&mut tx, actor, &refused, now).await?;
    } else {
        let (deciding, approved) = organization.approve_claim(&row.claim()?, reason)?;
        store::apply_deciding(&mut tx, &deciding, now).await?;
        let user = UserId(row.user_id);
        store::life::set_applicant(&mut tx, id, user).await?;
        let role = super::rules::admin_role(entity_of(&held)?);
        let seats = store::life::list_seats(&mut tx, id).await?;
        store::life::drop_seats(&mut tx, id).await?;
        let approved = approved.unseating(seats.into_iter().map(|seat| UserId(seat.user_id)));
        store::insert_member(&mut tx, ctx.id(), id, user, role, now).await?;
        tx.state(actor, &deciding);
        say(&mut tx, actor, &approved, now).await?;
        for other in open {
            let why = Reason::parse("Another claim was approved. Ask its admins to invite you.")?;
            let refused = other.claim()?.answer(Answer::Refuse, why)?;
            say(&mut tx, actor, &refused, now).await?;
        }
    }
    tx.result(id);
    tx.commit().await?;
    service::get(ctx, Some(actor), id).await
}

fn entity_of(held: &OrganizationRow) -> AppResult<EntityType> {
    EntityType::parse(&held.entity_type).map_err(|_| service::damaged("entity type"))
}

pub(super) async fn say(tx: &mut Tx, actor: &Actor, claiming: &Claiming, now: DateTime<Utc>) -> AppResult<()> {
    store::life::apply_claiming(tx, claiming, now).await?;
    tx.state(actor, claiming);
    Ok(())
}
