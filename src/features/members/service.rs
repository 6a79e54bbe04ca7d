//! The use cases of people: inviting, accepting, and what becomes of somebody's seat.
//!
//! Promises: an invitation is accepted once, however often and from wherever it is pressed; taken back, it opens nothing
//! from that moment; the last owner and the last admin stay, also when two leave at once, because every change holds the
//! workspace first. Does not mail: the notifications room writes the letter and asks here for its link.

use super::{
    policy::{self, Manager},
    rules::{
        self, INVITATION_LIFE, Invitation, InvitationSent, InvitationState, MemberAdded, MemberStatus, Seat, WorkspaceId, leads,
        roles_of, roster::Newcomer,
    },
    store::{self, Wanted},
    views::{
        AcceptedView, InvitationList, InvitationPage, InvitationStep, InvitationView, Invite, MemberCan, MemberChange,
        MemberList, MemberScreen, MemberView, PeopleScreen, tone,
    },
};
use crate::{
    features::{
        accounts::{
            self,
            rules::{LinkPurpose, Login},
        },
        communities,
        organizations::{self, logos},
    },
    kernel::{
        actor::{Actor, CommunityRole, Membership, Person, Role, VerificationStatus},
        error::{AppError, AppResult, Denied},
        ids::{CommunityId, InvitationId, LogoId, MemberId, UserId},
        page::{Page, PageRequest, cursor, uncursor},
        text::{Email, PersonName, initials, isolated},
    },
    platform::{ctx::Ctx, dates, facts::Voice, limits, secrets, tx::Tx},
};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use std::sync::Arc;
use uuid::Uuid;

// ── Inviting ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Invites somebody into the acting workspace; the letter follows from the fact.
///
/// # Errors
/// 403; 422 by field; 409 `ALREADY_INVITED`, `ALREADY_A_MEMBER`; 429 after ten a minute.
pub async fn invite(ctx: &Ctx, actor: &Actor, invite: &Invite) -> AppResult<InvitationId> {
    let manager = policy::may_invite(actor)?;
    manager.may_give(invite.role)?;
    fits(ctx, manager.workspace, invite.role).await?;
    let known = accounts::service::user_of(ctx, &invite.email).await?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::INVITE_WORKSPACE, &manager.workspace.uuid().to_string()).await?;
    store::hold_workspace(&mut tx, manager.workspace).await?;
    if let Some(user) = known
        && let Some(row) = store::find_seat(&mut tx, manager.workspace, &Wanted::user(user)).await?
    {
        return Err(already_a_member(&row));
    }
    let name = invite.name.as_ref().map_or("", PersonName::as_str);
    let invitation = new_invitation(ctx, manager.workspace, &invite.email.key(), name, invite.role, None);
    let sent = InvitationSent::new(invitation, &actor.person.name);
    store::insert_invitation(&mut tx, sent.invitation(), actor.user()).await?;
    tx.state(actor, &sent);
    tx.result(sent.invitation().id);
    tx.commit().await?;
    Ok(sent.invitation().id)
}

fn already_a_member(row: &store::SeatRow) -> AppError {
    let message = if row.status == MemberStatus::Active.label() {
        format!("{} belongs to this workspace already.", isolated(&row.name))
    } else {
        format!("{} is on the list of members and {}. Change that on their page.", isolated(&row.name), row.status)
    };
    AppError::refused("ALREADY_A_MEMBER", message)
}

/// An organization has the roles of what it joined as.
async fn fits(ctx: &Ctx, workspace: WorkspaceId, role: Role) -> AppResult<()> {
    let (WorkspaceId::Organization(id), Role::Organization(role)) = (workspace, role) else { return Ok(()) };
    let brief = organizations::service::brief(ctx, id).await?;
    let roles = roles_of(brief.entity_type);
    if roles.contains(&role) {
        return Ok(());
    }
    let fitting: Vec<&str> = roles.iter().map(|role| role.label()).collect();
    Err(AppError::invalid(
        "role",
        format!("{} joined as {}. Choose one of: {}.", isolated(&brief.name), brief.entity_type, fitting.join(", ")),
    ))
}

fn new_invitation(
    ctx: &Ctx,
    workspace: WorkspaceId,
    email: &str,
    name: &str,
    role: Role,
    member: Option<MemberId>,
) -> Invitation {
    Invitation {
        id: ctx.id(),
        workspace,
        email: email.to_owned(),
        name: name.to_owned(),
        role,
        member,
        expires_at: ctx.now() + INVITATION_LIFE,
        accepted_by: None,
        is_revoked: false,
    }
}

/// Writes the mail of an invitation again, with a new link; the old one is dead at once.
///
/// # Errors
/// 403; 404; 409 `INVITATION_ACCEPTED`, `INVITATION_REVOKED`; 429 after ten a minute.
pub async fn resend(ctx: &Ctx, actor: &Actor, id: InvitationId) -> AppResult<()> {
    let manager = policy::may_invite(actor)?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::INVITE_WORKSPACE, &manager.workspace.uuid().to_string()).await?;
    let invitation = hold_own(&mut tx, &manager, id).await?;
    manager.may_give(invitation.role)?;
    let resent = invitation.resend(&actor.person.name, ctx.now())?;
    store::apply_resent(&mut tx, &resent).await?;
    tx.state(actor, &resent);
    tx.result(id);
    tx.commit().await
}

/// Takes an invitation back. Its link is dead when this returns; an entry on the list that waited for it is inactive.
///
/// # Errors
/// 403; 404; 409 `INVITATION_ACCEPTED`, `INVITATION_REVOKED`.
pub async fn revoke(ctx: &Ctx, actor: &Actor, id: InvitationId) -> AppResult<()> {
    let manager = policy::may_manage(actor)?;
    let mut tx = ctx.begin().await?;
    let invitation = hold_own(&mut tx, &manager, id).await?;
    let revoked = invitation.revoke(ctx.now())?;
    store::apply_revoked(&mut tx, &revoked).await?;
    tx.state(actor, &revoked);
    if let Some(member) = invitation.member
        && let Some(row) = store::find_seat(&mut tx, manager.workspace, &Wanted::member(member)).await?
    {
        let seat = row.seat(manager.workspace)?;
        if seat.status == MemberStatus::OnBoarding
            && let Some(set) = seat.set_status(MemberStatus::Inactive, &nothing_said(), 0)?
        {
            store::apply_status(&mut tx, &set).await?;
            tx.state(actor, &set);
        }
    }
    tx.result(id);
    tx.commit().await
}

fn nothing_said() -> crate::kernel::text::Paragraph {
    crate::kernel::text::Paragraph::parse("", 1, "reason").expect("nothing is short enough")
}

async fn hold_own(tx: &mut Tx, manager: &Manager, id: InvitationId) -> AppResult<Invitation> {
    store::hold_workspace(tx, manager.workspace).await?;
    let invitation = store::hold_invitation(tx, id, None).await?;
    // Somebody else's is nothing to the reader.
    if invitation.workspace == manager.workspace { Ok(invitation) } else { Err(AppError::NotFound) }
}

/// What is open in the acting workspace, expired ones too.
///
/// # Errors
/// 403.
pub async fn invitations(ctx: &Ctx, actor: &Actor) -> AppResult<InvitationList> {
    let manager = policy::may_manage(actor)?;
    let rows = store::list_invitations(ctx.db(), manager.workspace).await?;
    Ok(InvitationList { items: rows.iter().map(|row| invitation_view(ctx, row)).collect::<AppResult<_>>()? })
}

/// As [`invitations`], all of them, for whoever takes everything along: the next ones after this.
///
/// # Errors
/// 403.
pub async fn invitations_whole(
    ctx: &Ctx,
    actor: &Actor,
    after: Option<InvitationId>,
    limit: i64,
) -> AppResult<Vec<InvitationView>> {
    let manager = policy::may_manage(actor)?;
    let after = after.map_or(Uuid::nil(), Uuid::from);
    let rows = store::list_invitations_whole(ctx.db(), manager.workspace, after, limit).await?;
    rows.iter().map(|row| invitation_view(ctx, row)).collect()
}

fn invitation_view(ctx: &Ctx, row: &store::InvitationRow) -> AppResult<InvitationView> {
    let (invitation, now) = (row.invitation()?, ctx.now());
    Ok(InvitationView {
        invitation_id: invitation.id,
        state: invitation.state(now),
        role: invitation.role.label().to_owned(),
        email: invitation.email,
        name: invitation.name,
        sent_at: rfc3339(row.sent_at),
        sent_label: format!("{} ago", dates::behind(now, row.sent_at)),
        expires_at: rfc3339(row.expires_at),
        expires_label: dates::ahead(now, row.expires_at),
        invited_by: row.inviter.clone(),
    })
}

fn rfc3339(at: DateTime<Utc>) -> String {
    // With every digit that the table keeps: cursors are made of it.
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The link of an invitation's letter, made in the transaction that queues the mail, so that there is never a link without
/// its mail. `None` when the invitation does not wait any more.
///
/// # Errors
/// When the database is away.
pub async fn letter_token_in(tx: &mut Tx, id: InvitationId) -> AppResult<Option<String>> {
    let invitation = store::hold_invitation(tx, id, None).await?;
    if invitation.state(tx.ctx().now()) != InvitationState::Open {
        return Ok(None);
    }
    let token = secrets::token();
    store::set_invitation_token(tx, id, &secrets::hash_token(&token)).await?;
    Ok(Some(token))
}

// ── Accepting ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// The page behind an invitation's link. Looking changes nothing.
///
/// # Errors
/// 404 for a link that is none, or that a newer mail has replaced.
pub async fn peek(ctx: &Ctx, person: Option<&Person>, token: &str) -> AppResult<InvitationPage> {
    let row = find_by_token(ctx, token).await?;
    let invitation = row.invitation()?;
    let (slug, workspace_name) = named(ctx, invitation.workspace).await?;
    let now = ctx.now();
    let step = match invitation.state(now) {
        InvitationState::Accepted if person.is_some_and(|person| invitation.accepted_by == Some(person.user)) => {
            InvitationStep::Done { workspace: format!("{}:{slug}", invitation.workspace.kind()) }
        }
        // Said yes, and closed the page before setting the password.
        InvitationState::Accepted if now < invitation.expires_at => match login_of(ctx, &invitation.email).await? {
            Some(login) if !login.has_password && person.is_none() => InvitationStep::NewPerson { name: login.name },
            _ => closed(&invitation, now),
        },
        InvitationState::Accepted | InvitationState::Expired | InvitationState::Revoked => closed(&invitation, now),
        InvitationState::Open => match person {
            Some(person) if is_for(&invitation, person) => InvitationStep::Accept,
            Some(person) => InvitationStep::Other { signed_in: person.email.clone() },
            None => match login_of(ctx, &invitation.email).await? {
                Some(login) if login.has_password => InvitationStep::SignIn,
                Some(login) => InvitationStep::NewPerson { name: login.name },
                None => InvitationStep::NewPerson { name: invitation.name.clone() },
            },
        },
    };
    Ok(InvitationPage {
        workspace_name,
        kind: invitation.workspace.kind().to_owned(),
        role: invitation.role.label().to_owned(),
        email: invitation.email,
        invited_by: row.inviter,
        expires_label: dates::ahead(now, invitation.expires_at),
        step,
    })
}

fn closed(invitation: &Invitation, now: DateTime<Utc>) -> InvitationStep {
    let nobody = UserId(Uuid::nil());
    let problem = invitation.accept(nobody, "", now).err().map(|refusal| refusal.message).unwrap_or_default();
    InvitationStep::Closed { problem }
}

fn is_for(invitation: &Invitation, person: &Person) -> bool {
    person.email.eq_ignore_ascii_case(&invitation.email)
}

async fn find_by_token(ctx: &Ctx, token: &str) -> AppResult<store::InvitationRow> {
    if !secrets::looks_like_token(token) {
        return Err(AppError::NotFound);
    }
    store::find_invitation(ctx.db(), &secrets::hash_token(token)).await?.ok_or(AppError::NotFound)
}

async fn login_of(ctx: &Ctx, email: &str) -> AppResult<Option<Login>> {
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    match accounts::service::user_of(ctx, &email).await? {
        Some(user) => accounts::service::login(ctx, user).await,
        None => Ok(None),
    }
}

/// The slug and the name of a workspace.
pub(super) async fn named(ctx: &Ctx, workspace: WorkspaceId) -> AppResult<(String, String)> {
    Ok(match workspace {
        WorkspaceId::Organization(id) => {
            let brief = organizations::service::brief(ctx, id).await?;
            (brief.slug, brief.name)
        }
        WorkspaceId::Community(id) => {
            let brief = communities::service::brief(ctx, id).await?;
            (brief.slug, brief.name)
        }
    })
}

/// Says yes. Somebody signed in is in with that; a new person (who reads the mailbox, or would not have the link) gets a
/// login and the link behind which they set its password. Said twice, it is said once.
///
/// # Errors
/// 404; 401 when the address has a password and nobody is signed in; 409 `INVITATION_FOR_ANOTHER`, `INVITATION_EXPIRED`,
/// `INVITATION_REVOKED`, `INVITATION_ACCEPTED`, `MEMBER_NOT_ACTIVE`, `SUSPENDED`; 422 on `name`.
pub async fn accept(ctx: &Ctx, person: Option<&Arc<Person>>, token: &str, name: &str) -> AppResult<AcceptedView> {
    let found = find_by_token(ctx, token).await?;
    let seen = found.invitation()?;
    let newcomer = match person {
        Some(person) if is_for(&seen, person) => None,
        Some(person) => {
            return Err(AppError::refused(
                "INVITATION_FOR_ANOTHER",
                format!(
                    "This invitation is for {}, and you are signed in as {}. Sign out and open the link again, or ask for an \
                     invitation to your own address.",
                    seen.email, person.email
                ),
            ));
        }
        None => Some(newcomer(ctx, &seen, name).await?),
    };

    let mut tx = ctx.begin().await?;
    store::hold_workspace(&mut tx, seen.workspace).await?;
    let invitation = store::hold_invitation(&mut tx, seen.id, Some(&secrets::hash_token(token))).await?;
    let (user, said_by) = match (person, &newcomer) {
        (Some(person), _) => (person.user, person.name.clone()),
        (None, Some((email, name))) => (accounts::service::ensure_user_in(&mut tx, email, name).await?, name.as_str().to_owned()),
        (None, None) => return Err(AppError::SignIn),
    };
    if let WorkspaceId::Organization(id) = invitation.workspace {
        // Whoever sent it was seated before anybody had claimed the profile.
        let brief = organizations::service::brief_in(&mut tx, id).await?;
        if brief.status == VerificationStatus::CommunityAdded {
            return Err(rules::joins::claim_it(&brief.name).at(format!("/claim/{}", brief.slug)).into());
        }
        // The same, when it was claimed since: what its new admins send (again) is theirs.
        if organizations::service::was_claimed_since_in(&mut tx, id, found.sent_at).await? {
            return Err(AppError::refused(
                "INVITATION_REVOKED",
                format!(
                    "Whoever invited you was there before anybody had claimed {}. Ask its admins to invite you, or ask to join.",
                    isolated(&brief.name)
                ),
            ));
        }
    }
    if let Some(accepted) = invitation.accept(user, &said_by, ctx.now())? {
        match store::find_seat(&mut tx, invitation.workspace, &Wanted::user(user)).await? {
            None => {
                store::insert_seat(&mut tx, ctx.id(), invitation.workspace, user, invitation.role.label()).await?;
            }
            Some(row) => match row.seat(invitation.workspace)? {
                seat if seat.status == MemberStatus::OnBoarding => store::apply_joined(&mut tx, &accepted, seat.id).await?,
                seat if seat.status == MemberStatus::Active => {}
                seat => {
                    return Err(AppError::refused(
                        "MEMBER_NOT_ACTIVE",
                        format!("You are {} there. Ask whoever invited you to change that first.", seat.status),
                    ));
                }
            },
        }
        store::apply_accepted(&mut tx, &accepted).await?;
        let voice = match person {
            Some(_) => Voice::Acting { user: user.0, kind: "person", id: None },
            None => Voice::Visitor { user: Some(user.0) },
        };
        tx.state(voice, &accepted);
    }
    let activation_token = match (person, &newcomer) {
        (None, Some((email, _))) => {
            Some(accounts::service::issue_link_in(&mut tx, user, LinkPurpose::Activate, &email.key(), None).await?)
        }
        _ => None,
    };
    tx.result(invitation.id);
    tx.commit_unstated("said yes before: only the way to the password is new").await?;
    let (slug, workspace_name) = named(ctx, invitation.workspace).await?;
    Ok(AcceptedView {
        workspace: format!("{}:{slug}", invitation.workspace.kind()),
        workspace_name,
        role: invitation.role.label().to_owned(),
        activation_token,
    })
}

/// Who says yes without being signed in: only somebody whose address has no password yet.
async fn newcomer(ctx: &Ctx, invitation: &Invitation, typed: &str) -> AppResult<(Email, PersonName)> {
    let email = Email::parse(&invitation.email).map_err(|_| AppError::broken("a stored e-mail address is none"))?;
    let known = match login_of(ctx, &invitation.email).await? {
        Some(login) if login.has_password => return Err(AppError::SignIn),
        Some(login) => login.name,
        None => invitation.name.clone(),
    };
    let name = if known.is_empty() { typed } else { &known };
    let name = PersonName::parse(name).map_err(|problem| AppError::invalid("name", problem.to_string()))?;
    Ok((email, name))
}

// ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Puts somebody on the acting community's list, On Boarding, and invites them; the letter follows from the fact.
///
/// # Errors
/// 403; 409 `ALREADY_A_MEMBER`, `ALREADY_INVITED`; 429 after a hundred an hour by session or key.
pub async fn add(ctx: &Ctx, actor: &Actor, newcomer: &Newcomer) -> AppResult<MemberId> {
    let (manager, community) = policy::may_onboard(actor)?;
    manager.may_give(Role::Community(newcomer.role))?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::ONBOARD_CALLER, &caller(ctx, actor)).await?;
    store::hold_workspace(&mut tx, manager.workspace).await?;
    let added = put_on_list(&mut tx, actor, community, newcomer).await?;
    tx.result(added);
    tx.commit().await?;
    Ok(added)
}

/// What onboarding is counted by: the key of a program, or the session of a person.
pub(super) fn caller(ctx: &Ctx, actor: &Actor) -> String {
    match ctx.key {
        Some(key) => format!("key/{key}"),
        None => actor.person.session.to_string(),
    }
}

/// One entry with its invitation, in the caller's transaction; the community must be held.
///
/// # Errors
/// 409 `ALREADY_A_MEMBER`, `ALREADY_INVITED`.
pub(super) async fn put_on_list(tx: &mut Tx, actor: &Actor, community: CommunityId, newcomer: &Newcomer) -> AppResult<MemberId> {
    let ctx = tx.ctx().clone();
    let workspace = WorkspaceId::Community(community);
    let (user, _) = accounts::service::named_user_in(tx, &newcomer.email, &newcomer.name).await?;
    if let Some(row) = store::find_seat(tx, workspace, &Wanted::user(user)).await? {
        return Err(already_a_member(&row));
    }
    let member: MemberId = ctx.id();
    let role = Role::Community(newcomer.role);
    let invitation = new_invitation(&ctx, workspace, &newcomer.email.key(), newcomer.name.as_str(), role, Some(member));
    let added = MemberAdded::new(invitation, member, user, &actor.person.name);
    store::insert_onboarding(tx, added.member(), community, added.user(), newcomer.role).await?;
    store::insert_invitation(tx, added.invitation(), actor.user()).await?;
    tx.state(actor, &added);
    Ok(member)
}

/// The people of the acting workspace, in the order in which they came; `status` is a label or empty.
///
/// # Errors
/// 403; 422 for a status or a cursor that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, status: &str, page: &PageRequest) -> AppResult<MemberList> {
    let workspace = policy::may_see(actor)?;
    let status = match status {
        "" => None,
        text => Some(MemberStatus::parse(text).map_err(|problem| AppError::invalid("status", problem.to_string()))?.label()),
    };
    let after = match &page.cursor {
        None => None,
        Some(text) => {
            let [at, id] = uncursor::<2>(text)?;
            let broken = || AppError::invalid("cursor", "This cursor is not one of ours. Start again without it.");
            let at = DateTime::parse_from_rfc3339(&at).map_err(|_| broken())?.with_timezone(&Utc);
            Some((at, id.parse::<Uuid>().map_err(|_| broken())?))
        }
    };
    let (limit, offset) = (i64::from(page.limit) + 1, i64::from(page.offset));
    let wanted = Wanted { status, after, offset, limit, ..Wanted::default() };
    let mut conn = ctx.db().acquire().await?;
    let rows = store::list_seats(&mut conn, workspace, &wanted).await?;
    drop(conn);
    let counted = rows.first().map_or(0, |row| row.total);
    let reader = Reader::of(actor);
    let items = rows.iter().map(|row| reader.view(row, workspace, &[])).collect::<AppResult<Vec<_>>>()?;
    let page = Page::cut(items, page.limit, counted, |item| cursor(&[&item.since, &item.member_id.to_string()]));
    Ok(MemberList { items: page.items, next_cursor: page.next_cursor, total: page.total, total_capped: page.total_capped })
}

/// One of the acting workspace's people.
///
/// # Errors
/// 403; 404 for everybody of another workspace.
pub async fn get(ctx: &Ctx, actor: &Actor, id: MemberId) -> AppResult<MemberView> {
    let workspace = policy::may_see(actor)?;
    let mut conn = ctx.db().acquire().await?;
    let row = store::list_seats(&mut conn, workspace, &Wanted::member(id)).await?.pop().ok_or(AppError::NotFound)?;
    drop(conn);
    let reader = Reader::of(actor);
    let roles = match &reader.manager {
        Some(manager) => roles_to_give(ctx, manager).await?,
        None => Vec::new(),
    };
    reader.view(&row, workspace, &roles)
}

/// The roles that a manager can give in their workspace.
pub(super) async fn roles_to_give(ctx: &Ctx, manager: &Manager) -> AppResult<Vec<String>> {
    Ok(match manager.workspace {
        WorkspaceId::Community(_) => given_by(manager, CommunityRole::all().map(Role::Community)),
        WorkspaceId::Organization(id) => {
            let brief = organizations::service::brief(ctx, id).await?;
            given_by(manager, roles_of(brief.entity_type).into_iter().map(Role::Organization))
        }
    })
}

fn given_by(manager: &Manager, roles: impl Iterator<Item = Role>) -> Vec<String> {
    roles.filter(|role| manager.gives(*role)).map(|role| role.label().to_owned()).collect()
}

/// Who looks at people.
struct Reader {
    user: UserId,
    manager: Option<Manager>,
}

impl Reader {
    fn of(actor: &Actor) -> Self {
        Self { user: actor.user(), manager: policy::may_manage(actor).ok() }
    }

    fn view(&self, row: &store::SeatRow, workspace: WorkspaceId, roles: &[String]) -> AppResult<MemberView> {
        let seat = row.seat(workspace)?;
        let profile = row.profile();
        let is_you = seat.user == self.user;
        let knows = is_you || self.manager.is_some();
        let manager = self.manager.as_ref().filter(|manager| manager.may_change(&seat).is_ok());
        let is_community = matches!(workspace, WorkspaceId::Community(_));
        Ok(MemberView {
            member_id: seat.id,
            user_id: seat.user,
            initials: initials(&row.name),
            name: row.name.clone(),
            email: knows.then(|| row.email.clone()),
            role: row.role.clone(),
            status: seat.status,
            tone: tone(seat.status).to_owned(),
            status_reason: row.status_reason.clone().filter(|_| knows),
            signatory: seat.signatory,
            finance: seat.finance,
            interests: profile.interests,
            bio: profile.bio,
            links: profile.links,
            photo_url: row.photo_key.as_deref().map(logos::logo_url),
            since: rfc3339(row.created_at),
            since_label: dates::day(row.created_at, Tz::UTC),
            version: row.version,
            is_you,
            can: MemberCan {
                roles: if manager.is_some() { roles.to_vec() } else { Vec::new() },
                statuses: if manager.is_some() && !is_you { seat.open_statuses() } else { Vec::new() },
                give_powers: manager.is_some_and(Manager::gives_powers),
                edit_profile: is_you && is_community,
                leave: is_you && seat.status == MemberStatus::Active,
                remove: manager.is_some() && !is_you && !is_community,
            },
        })
    }
}

/// What becomes of a member's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoChange {
    Keep,
    Remove,
    Replace(LogoId),
}

/// Changes somebody: what managers decide of others, and what members of a community say about themselves.
///
/// # Errors
/// 403; 404; 409 `LAST_OWNER`, `LAST_ADMIN`, `STATUS_NOT_OPEN`, `REASON_NEEDED`, `VERSION_CONFLICT`; 422 by field.
pub async fn change(ctx: &Ctx, actor: &Actor, id: MemberId, change: &MemberChange, photo: PhotoChange) -> AppResult<()> {
    let workspace = policy::may_see(actor)?;
    let mut tx = ctx.begin().await?;
    if change.status == Some(MemberStatus::OnBoarding) {
        limits::hit_in(&mut tx, limits::INVITE_WORKSPACE, &workspace.uuid().to_string()).await?;
    }
    store::hold_workspace(&mut tx, workspace).await?;
    let row = store::find_seat(&mut tx, workspace, &Wanted::member(id)).await?.ok_or(AppError::NotFound)?;
    let mut seat = row.seat(workspace)?;
    let about_profile = change.is_about_profile() || photo != PhotoChange::Keep;
    // Who may is said before what changed meanwhile: that is for those who may.
    if change.is_about_seat() {
        may_change_seat(actor, &seat, change)?;
    }
    if about_profile {
        may_write_about(actor, &seat)?;
    }
    if change.version.is_some_and(|version| version != seat.version) {
        return Err(AppError::refused(
            "VERSION_CONFLICT",
            format!("Somebody changed {} meanwhile. Look at what it says now, then try again.", isolated(&seat.name)),
        ));
    }
    if change.is_about_seat() {
        change_seat(&mut tx, actor, &mut seat, &row.email, change).await?;
    }
    if about_profile {
        let before = row.profile();
        if let Some(edited) = seat.edit_profile(&before, change.profile(&before)) {
            store::apply_profile(&mut tx, &edited).await?;
            tx.state(actor, &edited);
        }
        let kept = match photo {
            PhotoChange::Keep => None,
            PhotoChange::Remove => row.photo_key.is_some().then_some(None),
            PhotoChange::Replace(photo) => Some(Some(photo)),
        };
        if let Some(photo) = kept {
            let changed = seat.change_photo();
            store::apply_photo(&mut tx, &changed, photo).await?;
            tx.state(actor, &changed);
        }
    }
    tx.result(id);
    tx.commit_unstated("everything is as it was").await
}

/// May the actor decide this about somebody's seat?
fn may_change_seat(actor: &Actor, seat: &Seat, change: &MemberChange) -> AppResult<()> {
    let manager = policy::may_manage(actor)?;
    manager.may_change(seat)?;
    if let Some(role) = change.role {
        manager.may_give(role)?;
    }
    if (change.signatory.is_some() || change.finance.is_some()) && !manager.gives_powers() {
        return Err(Denied::new("Only owners let members sign and move money for the community.").into());
    }
    let Some(to) = change.status.filter(|to| *to != seat.status) else { return Ok(()) };
    if seat.user == actor.user() {
        return Err(Denied::new("You cannot change how you stand yourself. Leave the community, or ask another owner.").into());
    }
    if to == MemberStatus::OnBoarding {
        policy::may_invite(actor)?;
    }
    Ok(())
}

/// May the actor write these words about somebody?
fn may_write_about(actor: &Actor, seat: &Seat) -> AppResult<()> {
    if seat.user != actor.user() {
        return Err(AppError::forbidden("Members write about themselves. Ask them to change it."));
    }
    if matches!(seat.workspace, WorkspaceId::Organization(_)) {
        return Err(AppError::forbidden("Only members of communities have interests, a bio and links."));
    }
    Ok(())
}

/// What [`may_change_seat`] allowed.
async fn change_seat(tx: &mut Tx, actor: &Actor, seat: &mut Seat, email: &str, change: &MemberChange) -> AppResult<()> {
    let ctx = tx.ctx().clone();
    let others = if leads(seat.role) { store::count_other_leads(tx, seat.workspace, seat.id).await? } else { 0 };
    if let Some(role) = change.role {
        fits(&ctx, seat.workspace, role).await?;
        if let Some(changed) = seat.change_role(role, others)? {
            store::apply_role(tx, &changed).await?;
            tx.state(actor, &changed);
            seat.role = role;
        }
    }
    if change.signatory.is_some() || change.finance.is_some() {
        let (signatory, finance) = (change.signatory.unwrap_or(seat.signatory), change.finance.unwrap_or(seat.finance));
        if let Some(given) = seat.give(signatory, finance) {
            store::apply_powers(tx, &given).await?;
            tx.state(actor, &given);
        }
    }
    let Some(to) = change.status else { return Ok(()) };
    let Some(set) = seat.set_status(to, &change.reason, others)? else { return Ok(()) };
    store::apply_status(tx, &set).await?;
    tx.state(actor, &set);
    if seat.status == MemberStatus::OnBoarding {
        store::end_invitations_of(tx, seat.id).await?;
    }
    if to == MemberStatus::OnBoarding {
        let invitation = new_invitation(&ctx, seat.workspace, email, &seat.name, seat.role, Some(seat.id));
        let sent = InvitationSent::new(invitation, &actor.person.name);
        store::insert_invitation(tx, sent.invitation(), actor.user()).await?;
        tx.state(actor, &sent);
    }
    seat.status = to;
    Ok(())
}

/// Leaves (oneself), or takes somebody out of an organization.
///
/// # Errors
/// 403; 404; 409 `LAST_OWNER`, `LAST_ADMIN`, `STATUS_NOT_OPEN`.
pub async fn take_out(ctx: &Ctx, actor: &Actor, id: MemberId) -> AppResult<()> {
    let workspace = policy::may_see(actor)?;
    let mut tx = ctx.begin().await?;
    store::hold_workspace(&mut tx, workspace).await?;
    let row = store::find_seat(&mut tx, workspace, &Wanted::member(id)).await?.ok_or(AppError::NotFound)?;
    let seat = row.seat(workspace)?;
    let others = store::count_other_leads(&mut tx, workspace, seat.id).await?;
    if seat.user == actor.user() {
        let left = seat.leave(others)?;
        store::apply_left(&mut tx, &left).await?;
        tx.state(actor, &left);
    } else {
        policy::may_manage(actor)?.may_change(&seat)?;
        let removed = seat.remove(others)?;
        store::apply_removed(&mut tx, &removed).await?;
        tx.state(actor, &removed);
    }
    if let WorkspaceId::Organization(organization) = workspace {
        // What they asked for while they belonged to it makes them nothing later: no link in a mailbox, no text in the DNS.
        store::drop_open_mailbox_join(&mut tx, organization, seat.user).await?;
        organizations::claims::forget_proof_in(&mut tx, organization, seat.user).await?;
    }
    tx.result(id);
    tx.commit().await
}

// ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The People page: at most four statements.
///
/// # Errors
/// As [`list`].
pub async fn people(ctx: &Ctx, actor: &Actor, status: &str, page: &PageRequest) -> AppResult<PeopleScreen> {
    let workspace = policy::may_see(actor)?;
    let members = list(ctx, actor, status, page).await?;
    let manager = policy::may_manage(actor).ok();
    let (mut invitations, mut joins, mut roles) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(manager) = &manager {
        invitations = self::invitations(ctx, actor).await?.items;
        if let WorkspaceId::Organization(_) = workspace {
            let (kind, waiting) = super::joins::list_with_type(ctx, actor).await?;
            joins = waiting;
            roles = given_by(manager, roles_of(kind).into_iter().map(Role::Organization));
        } else {
            roles = roles_to_give(ctx, manager).await?;
        }
    }
    Ok(PeopleScreen {
        acting: key_of(actor),
        kind: workspace.kind().to_owned(),
        workspace_name: name_of(actor),
        members,
        status: status.to_owned(),
        invitations,
        joins,
        roles,
        manages: manager.is_some(),
        cannot_invite: manager.and(policy::may_invite(actor).err()).map(|denied| denied.message),
    })
}

/// One person's page.
///
/// # Errors
/// As [`get`].
pub async fn member(ctx: &Ctx, actor: &Actor, id: MemberId) -> AppResult<MemberScreen> {
    let member = get(ctx, actor, id).await?;
    Ok(MemberScreen {
        acting: key_of(actor),
        kind: policy::may_see(actor)?.kind().to_owned(),
        workspace_name: name_of(actor),
        member,
    })
}

pub(super) fn key_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(Membership::key).unwrap_or_default()
}

pub(super) fn name_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(|membership| membership.name.clone()).unwrap_or_default()
}
