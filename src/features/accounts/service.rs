//! The use cases of people and access: who is calling, signing in and out, one-time links, passwords, the second factor.
//!
//! Promises: an unknown address is answered like a known one and costs the same; passwords are hashed before a
//! transaction opens, never inside one; only a used link or the current password leads to a new password. Does not do:
//! mails (the notifications room reacts to the facts), cookies (the doors).

use super::{
    policy,
    rules::{self, LinkPurpose, Login, UserCreated, UserNamed},
    store,
    views::{
        LinkDone, LinkView, PersonView, QrView, Recipient, RecordLine, SeatLine, SecondFactorView, SecurityView, SessionInfo,
        SessionView, SignedIn, StatusChange, SuspendedLine, SuspendedList, WorkspaceName,
    },
};
use crate::{
    kernel::{
        actor::{
            Actor, Capabilities, Capability, CommunityRole, CommunityStatus, Membership, OrganizationRole, Person, Role,
            StaffRole, VerificationStatus, Workspace,
        },
        error::{AppError, AppResult, Denied},
        fact::{Subject, SubjectKind},
        fields::{Check, FieldErrors},
        ids::{FactId, SessionId, UserId},
        text::{Email, Paragraph, PersonName, isolated},
    },
    platform::{
        crypto,
        ctx::Ctx,
        dates,
        facts::{self, Voice},
        jobs, limits, password, secrets, totp,
        tx::Tx,
    },
};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// The job that answers a forgotten password; the notifications room runs it, because it writes a mail.
pub const FORGOT_JOB: &str = "forgot-password";
/// What authenticator apps call us.
const ISSUER: &str = "CommDesk";

/// Who is behind this session token? One statement; a suspended login and a session that is over are nobody.
///
/// "Last seen" is written apart from it, at most every five minutes, and its failure is no failure of the request.
///
/// # Errors
/// When the database is away.
pub async fn person_by_token(ctx: &Ctx, token: &str) -> AppResult<Option<Arc<Person>>> {
    Ok(person_and_notices(ctx, token, false).await?.map(|(person, _)| person))
}

/// As [`person_by_token`]; `counted` asks in the same statement how many notices they have not read.
///
/// # Errors
/// When the database is away.
pub async fn person_and_notices(ctx: &Ctx, token: &str, counted: bool) -> AppResult<Option<(Arc<Person>, Option<i64>)>> {
    if !secrets::looks_like_token(token) {
        return Ok(None);
    }
    let now = ctx.now();
    let hash = secrets::hash_token(token);
    let (idle, life) = (now - rules::SESSION_IDLE, now - rules::SESSION_LIFE);
    let Some(row) = store::find_person(ctx.db(), &hash, idle, life, counted).await? else { return Ok(None) };
    if row.last_seen_at <= now - rules::SEEN_EVERY
        && let Err(error) = store::touch_session(ctx.db(), row.session, &network(ctx), now, now - rules::SEEN_EVERY).await
    {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    let unread = row.unread;
    Ok(Some((Arc::new(person(row)), unread)))
}

fn person(row: store::PersonRow) -> Person {
    let mut memberships: Vec<Membership> = row.staff.iter().filter_map(|role| StaffRole::parse(role)).map(staff_seat).collect();
    // Staff, and whoever has a second factor, give it before anything else: until then their workspaces stay shut.
    if row.second_factor_given || (memberships.is_empty() && !row.second_factor) {
        memberships.splice(0..0, row.seats.into_iter().filter_map(seat));
    }
    Person {
        user: row.user,
        session: row.session,
        name: row.name,
        email: row.email,
        second_factor: row.second_factor,
        second_factor_given: row.second_factor_given,
        memberships,
        default_workspace: row.default_workspace,
    }
}

fn staff_seat(role: StaffRole) -> Membership {
    Membership {
        workspace: Workspace::Staff { role },
        slug: "staff".into(),
        name: "CommDesk".into(),
        capabilities: Role::Staff(role).capabilities(),
    }
}

/// A seat that this program can name; another is left out and logged, because it opens nothing.
fn seat(row: store::SeatRow) -> Option<Membership> {
    let known = match row.kind.as_str() {
        "organization" => OrganizationRole::parse(&row.role).zip(VerificationStatus::parse(&row.status)).map(|(role, status)| {
            (Workspace::Organization { id: row.workspace_id.into(), status, role }, Role::Organization(role).capabilities())
        }),
        _ => CommunityRole::parse(&row.role).zip(CommunityStatus::parse(&row.status)).map(|(role, status)| {
            (Workspace::Community { id: row.workspace_id.into(), status, role }, Role::Community(role).capabilities())
        }),
    };
    let Some((workspace, mut capabilities)) = known else {
        tracing::error!(kind = row.kind, workspace = %row.workspace_id, role = row.role, status = row.status, "a seat has no meaning");
        return None;
    };
    // Given by name, on top of the role.
    if row.signatory {
        capabilities = capabilities.with(Capability::Sign);
    }
    if row.finance {
        capabilities = capabilities.with(Capability::Finance);
    }
    let guarded: Vec<Capability> = row.guarded.iter().filter_map(|label| guarded_capability(label)).collect();
    Some(Membership { workspace, slug: row.slug, name: row.name, capabilities: capabilities.guarding(&guarded) })
}

/// What a label of a workspace's second-factor policy stands for.
fn guarded_capability(label: &str) -> Option<Capability> {
    rules::Guarded::parse(label).ok().map(rules::Guarded::capability)
}

/// Somebody as the holder of one seat, which comes first, for a program that calls with a key of theirs: nobody when they
/// are suspended or have no active seat there. `second_factor` says whether the key counts as made after one.
///
/// # Errors
/// When the database is away.
pub async fn holder_of_seat(ctx: &Ctx, user: UserId, workspace: Subject, second_factor: bool) -> AppResult<Option<Person>> {
    let rows = store::list_seats_of(ctx.db(), user).await?;
    let Some(recipient) = rows.first().map(|(recipient, _)| recipient.clone()) else { return Ok(None) };
    let (own, others): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|(_, row)| row)
        .partition(|row| row.kind == workspace.kind.label() && row.workspace_id == workspace.id);
    let Some(own) = own.into_iter().next().and_then(seat) else { return Ok(None) };
    // The others stay in sight, powerless, so that somebody with seats on both sides of a request is still seen.
    let others = others.into_iter().filter_map(seat).map(|other| Membership { capabilities: Capabilities::NONE, ..other });
    Ok(Some(Person {
        user,
        session: SessionId(Uuid::nil()),
        name: recipient.name,
        email: recipient.email,
        second_factor,
        second_factor_given: second_factor,
        memberships: std::iter::once(own).chain(others).collect(),
        default_workspace: None,
    }))
}

/// Signs in. `device` is what the security page calls the session, "Firefox on Linux" for one.
///
/// # Errors
/// 422 without saying whether the address or the password was wrong; 409 `SUSPENDED`; 429; 503 after ten seconds of waiting for a turn, twice at most.
pub async fn sign_in(ctx: &Ctx, email: &str, password: &str, device: &str) -> AppResult<SignedIn> {
    limits::recall_address(ctx, limits::SIGN_IN_ADDRESS)?;
    let turn = ctx.house.passwords.step_up().await?;
    limits::hit_address(ctx, limits::SIGN_IN_ADDRESS).await?;
    let typed: String = email.trim().chars().take(254).collect();
    let email = Email::parse(email).ok().map(|email| email.key());
    // What is no address is counted as it was typed: one person's typing is not held against another's.
    let account = blinded(ctx, email.as_deref().unwrap_or(&typed));
    limits::hit(ctx, limits::SIGN_IN_ACCOUNT, &account).await?;
    let found = match &email {
        Some(email) => store::find_login(ctx.db(), None, Some(email)).await?,
        None => None,
    };
    drop(turn);
    let stored = found.as_ref().and_then(|held| held.password_hash.as_deref());
    let right = ctx.house.passwords.verify_or_burn(password, stored).await?;
    let (Some(found), true) = (&found, right) else { return Err(wrong_credentials()) };
    let fresh = match stored {
        Some(stored) if password::needs_rehash(stored) => Some(ctx.house.passwords.hash(password).await?),
        _ => None,
    };

    let mut tx = ctx.begin().await?;
    let held = store::hold_login(&mut tx, found.login.user).await?;
    // A reset that came in between has the last word.
    if held.password_hash.as_deref() != stored {
        return Err(wrong_credentials());
    }
    let signed_in = held.login.sign_in(device)?;
    let (id, token) = (ctx.id::<SessionId>(), secrets::token());
    let hash = secrets::hash_token(&token);
    store::insert_session(&mut tx, id, &hash, held.login.user, (device, &network(ctx)), None, ctx.now()).await?;
    tx.state(as_person(held.login.user), &signed_in);
    tx.commit().await?;

    if let (Some(fresh), Some(stored)) = (fresh, stored) {
        store::rehash(ctx.db(), held.login.user, stored, &fresh).await?;
    }
    limits::forgive(ctx, limits::SIGN_IN_ACCOUNT, &account).await?;
    Ok(SignedIn { token, user: held.login.user })
}

fn wrong_credentials() -> AppError {
    AppError::invalid(
        "",
        "The e-mail address or the password is not right. Check both, or set a new password with \"Forgot password\".",
    )
}

/// Ends this session.
///
/// # Errors
/// When the database is away.
pub async fn sign_out(ctx: &Ctx, person: &Person) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    if store::delete_session(&mut tx, person.session).await? {
        tx.state(as_person(person.user), &rules::UserSignedOut::new(person.user));
    }
    tx.commit_unstated("a session that ended already is ended again").await
}

/// Ends every session of the person, this one too, and a change of the address that one of them asked for.
///
/// # Errors
/// When the database is away.
pub async fn sign_out_everywhere(ctx: &Ctx, person: &Person) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::hold_login(&mut tx, person.user).await?;
    let ended = store::delete_sessions(&mut tx, person.user).await?;
    store::end_links(&mut tx, person.user, &[LinkPurpose::ChangeEmail], ctx.now()).await?;
    tx.state(as_person(person.user), &rules::SessionsEnded::new(person.user, ended));
    tx.commit().await
}

/// The login with this address; made, without a password, when there is none. The name of an existing login stays.
///
/// # Errors
/// When the database is away.
pub async fn ensure_user_in(tx: &mut Tx, email: &Email, name: &PersonName) -> AppResult<UserId> {
    let (id, now, key) = (tx.ctx().id(), tx.ctx().now(), email.key());
    let (user, is_new) = store::ensure_user(tx, id, &key, name.as_str(), now).await?;
    if is_new {
        tx.state(Voice::System, &UserCreated::new(user, name.as_str(), &key));
    }
    Ok(user)
}

/// As [`ensure_user_in`], for an address that somebody typed in who need not be its owner: a fact is stated of a login that
/// was there too, so that whoever counts statements, or the time that they take, does not learn which it was.
///
/// # Errors
/// When the database is away.
pub async fn named_user_in(tx: &mut Tx, email: &Email, name: &PersonName) -> AppResult<(UserId, bool)> {
    let (id, now, key) = (tx.ctx().id(), tx.ctx().now(), email.key());
    let (user, is_new) = store::ensure_user(tx, id, &key, name.as_str(), now).await?;
    if is_new {
        tx.state(Voice::System, &UserCreated::new(user, name.as_str(), &key));
    } else {
        tx.state(Voice::System, &UserNamed::new(user, name.as_str(), &key));
    }
    Ok((user, is_new))
}

/// A new one-time link's token, to be mailed to `email`; older links of the purpose die.
///
/// # Errors
/// 409 `SUSPENDED`; 404 for nobody.
pub async fn issue_link(ctx: &Ctx, user: UserId, purpose: LinkPurpose, email: &str) -> AppResult<String> {
    let mut tx = ctx.begin().await?;
    let token = issue_link_in(&mut tx, user, purpose, email, None).await?;
    tx.commit_unstated("a link is a key, not a change of state").await?;
    Ok(token)
}

/// As [`issue_link`], in the transaction that queues its mail. `about` is what following it says yes to, beside the
/// address; links about other things stay.
///
/// # Errors
/// As [`issue_link`].
pub async fn issue_link_in(
    tx: &mut Tx,
    user: UserId,
    purpose: LinkPurpose,
    email: &str,
    about: Option<Uuid>,
) -> AppResult<String> {
    let now = tx.ctx().now();
    let held = store::hold_login(tx, user).await?;
    if held.login.suspended {
        return Err(AppError::refused("SUSPENDED", rules::SUSPENDED));
    }
    store::end_links_about(tx, user, purpose, about, now).await?;
    let token = secrets::token();
    store::insert_link(tx, &secrets::hash_token(&token), purpose, user, (email, about), now).await?;
    Ok(token)
}

/// Does what somebody asked for by this fact, another address, still stand? Its letter may be written late, and must not bring
/// back what a new password has ended. Nobody can end it until the transaction does.
///
/// # Errors
/// 404 for nobody.
pub async fn email_change_stands_in(tx: &mut Tx, user: UserId, asked: FactId) -> AppResult<bool> {
    store::hold_login(tx, user).await?;
    Ok(!facts::is_followed(tx.conn(), asked, &rules::ENDS_EMAIL_CHANGE).await?)
}

/// What a link would do, without using it up.
///
/// # Errors
/// 404 when no link has this token; a link that is used, replaced or expired is shown with its problem.
pub async fn peek_link(ctx: &Ctx, token: &str) -> AppResult<LinkView> {
    let (link, name) = find_link(ctx, token).await?;
    Ok(LinkView {
        purpose: link.purpose,
        name,
        wants_password: link.wants_password(),
        problem: link.peek(ctx.now()).err().map(|refusal| refusal.message),
        // Whoever is suspended has no home page to answer on.
        waits_at_home: link.waits_at_home() && !link.suspended,
        email: link.email,
    })
}

/// Uses a link up: sets the password, proves the address, or changes it. Only a POST comes here.
///
/// `among` are the purposes that the door takes. A password is required where the link sets one, except for the proof of
/// an address when `password` is `None`.
///
/// # Errors
/// 404; 409 `LINK_USED`, `LINK_EXPIRED`, `SUSPENDED`, `EMAIL_TAKEN`; 422 for the password, and then the link stays unused.
pub async fn use_link(ctx: &Ctx, token: &str, among: &[LinkPurpose], new_password: Option<&str>) -> AppResult<LinkDone> {
    limits::hit_address(ctx, limits::SIGN_IN_ADDRESS).await?;
    let (link, _) = find_link(ctx, token).await?;
    if !among.contains(&link.purpose) {
        return Err(AppError::NotFound);
    }
    link.peek(ctx.now())?;
    let sets = link.wants_password() && (new_password.is_some() || link.purpose != LinkPurpose::VerifyEmail);
    let hash = if sets {
        let new_password = new_password.unwrap_or_default();
        password::check_rules(new_password, &link.email).map_err(|problem| FieldErrors::one("password", problem))?;
        Some(ctx.house.passwords.hash(new_password).await?)
    } else {
        None
    };

    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let owner = store::hold_login(&mut tx, link.user).await?;
    let used = store::hold_link(&mut tx, &secrets::hash_token(token), &owner).await?.consume(now)?;
    store::apply_link_used(&mut tx, &used).await?;
    let (user, voice) = (link.user, Voice::Visitor { user: Some(link.user.0) });
    if let Some(fact) = used.email_verified()
        // Whoever sent the link to prove an address waits for this fact, also when the address was proven before.
        && (store::apply_email_verified(&mut tx, user, now).await?
            || link.purpose == LinkPurpose::VerifyEmail
            || link.about.is_some())
    {
        tx.state(voice.clone(), &fact);
    }
    if let Some(fact) = used.email_changed() {
        store::apply_email_changed(&mut tx, &fact, now).await?;
        // Links that were mailed to the old address open nothing any more.
        store::end_links(&mut tx, user, &LinkPurpose::ALL, now).await?;
        tx.state(voice.clone(), &fact);
    }
    if let (Some(hash), Some(fact)) = (&hash, used.password_set()) {
        store::apply_password(&mut tx, &fact, hash, now).await?;
        store::delete_sessions(&mut tx, user).await?;
        store::end_links(&mut tx, user, &LinkPurpose::ENDED_BY_PASSWORD, now).await?;
        tx.state(voice, &fact);
    }
    let done = LinkDone { purpose: link.purpose, password_set: hash.is_some() };
    // A replay of the call is told the same: the token itself opens nothing any more.
    tx.result(format!("{} {}", done.purpose.label(), done.password_set));
    tx.commit().await?;
    Ok(done)
}

/// The answer of a use of a link that is sent again under its idempotency key.
///
/// # Errors
/// 409 `LINK_USED` when the first call noted nothing.
pub fn link_done_again(result: &str) -> AppResult<LinkDone> {
    result
        .split_once(' ')
        .and_then(|(purpose, set)| Some(LinkDone { purpose: LinkPurpose::parse(purpose)?, password_set: set == "true" }))
        .ok_or_else(|| AppError::refused("LINK_USED", "This link was already used. Ask for a new one if you need it."))
}

async fn find_link(ctx: &Ctx, token: &str) -> AppResult<(rules::Link, String)> {
    if !secrets::looks_like_token(token) {
        return Err(AppError::NotFound);
    }
    store::find_link(ctx.db(), &secrets::hash_token(token)).await?.ok_or(AppError::NotFound)
}

/// Asks for a link to a new password. Nothing is looked up here, so that a known address and an unknown one are answered
/// alike and in the same time; a job finds out who it is.
///
/// # Errors
/// 429, for every address alike.
pub async fn ask_reset(ctx: &Ctx, email: &Email) -> AppResult<()> {
    limits::hit_address(ctx, limits::LINK_ADDRESS).await?;
    let account = blinded(ctx, &email.key());
    limits::hit(ctx, limits::LINK_ACCOUNT, &account).await?;
    let mut tx = ctx.begin().await?;
    let sealed = ctx.house.columns.seal(&email.key(), &crypto::cell("jobs", FORGOT_JOB, "email"));
    jobs::enqueue(&mut tx, FORGOT_JOB, &account, json!({"email": hex::encode(sealed)})).await?;
    tx.commit_unstated("whether anything happens is known to the job only").await
}

/// Who asked for a new password by this job, and what they are sent: a reset, or the first link once more. `None` for an
/// address without a login and for a suspended one.
///
/// # Errors
/// When the job's payload is not one of [`ask_reset`], or the database is away.
pub async fn reset_wanted(ctx: &Ctx, payload: &serde_json::Value) -> anyhow::Result<Option<(Recipient, LinkPurpose)>> {
    let sealed = hex::decode(payload["email"].as_str().unwrap_or_default())?;
    let email = ctx.house.columns.open(&sealed, &crypto::cell("jobs", FORGOT_JOB, "email"))?;
    let Some(held) = store::find_login(ctx.db(), None, Some(&email)).await? else { return Ok(None) };
    if held.login.suspended {
        return Ok(None);
    }
    let purpose = if held.login.has_password { LinkPurpose::Reset } else { LinkPurpose::Activate };
    Ok(Some((recipient_of(held.login), purpose)))
}

/// Puts a new password in the place of the known one. Every session ends; the one that asked goes on under a new id.
///
/// # Errors
/// 403 before the second factor of staff; 422 on `currentPassword` or `password`; 429.
pub async fn change_password(ctx: &Ctx, person: &Person, current: &str, new_password: &str, device: &str) -> AppResult<SignedIn> {
    policy::may_change_login(person)?;
    let held = check_password(ctx, person.user, current, "currentPassword").await?;
    password::check_rules(new_password, &held.login.email).map_err(|problem| FieldErrors::one("password", problem))?;
    let hash = ctx.house.passwords.hash(new_password).await?;

    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let again = store::hold_login(&mut tx, person.user).await?;
    if again.password_hash != held.password_hash {
        return Err(wrong_password("currentPassword"));
    }
    let fact = again.login.change_password();
    let (id, token) = (ctx.id::<SessionId>(), secrets::token());
    let given = person.second_factor_given.then_some(now);
    store::apply_password(&mut tx, &fact, &hash, now).await?;
    let hash = secrets::hash_token(&token);
    store::insert_session(&mut tx, id, &hash, person.user, (device, &network(ctx)), given, now).await?;
    store::delete_other_sessions(&mut tx, person.user, id).await?;
    store::end_links(&mut tx, person.user, &LinkPurpose::ENDED_BY_PASSWORD, now).await?;
    tx.state(as_person(person.user), &fact);
    tx.commit().await?;
    Ok(SignedIn { token, user: person.user })
}

/// Asks for another address. It becomes the login's when the link that is mailed there is followed; the old address gets
/// a notice at once.
///
/// # Errors
/// 403 before the second factor of staff; 422 on `password`; 409 `EMAIL_UNCHANGED`; 429. Whether the new address has an account already is not said here.
pub async fn ask_email_change(ctx: &Ctx, person: &Person, current: &str, new: &Email) -> AppResult<()> {
    policy::may_change_login(person)?;
    let known = check_password(ctx, person.user, current, "password").await?;
    limits::hit(ctx, limits::LINK_ACCOUNT, &person.user.to_string()).await?;
    let mut tx = ctx.begin().await?;
    let held = store::hold_login(&mut tx, person.user).await?;
    // A new password that came in between has the last word: it ends what was asked with the old one.
    if held.password_hash != known.password_hash {
        return Err(wrong_password("password"));
    }
    let asked = held.login.ask_email_change(&new.key())?;
    tx.state(as_person(person.user), &asked);
    tx.commit().await
}

/// The current password of somebody who is signed in, guarded like signing in: a stolen session must not guess it.
async fn check_password(ctx: &Ctx, user: UserId, current: &str, field: &str) -> AppResult<store::Held> {
    limits::hit(ctx, limits::SIGN_IN_ACCOUNT, &user.to_string()).await?;
    let held = store::find_login(ctx.db(), Some(user), None).await?.ok_or(AppError::SignIn)?;
    if !ctx.house.passwords.verify_or_burn(current, held.password_hash.as_deref()).await? {
        return Err(wrong_password(field));
    }
    limits::forgive(ctx, limits::SIGN_IN_ACCOUNT, &user.to_string()).await?;
    Ok(held)
}

fn wrong_password(field: &str) -> AppError {
    AppError::invalid(field, "This is not your current password. Type it again, or sign out and use \"Forgot password\".")
}

/// Remembers the workspace that the person used last, by its key or slug; only a default for pages that name none.
/// Nothing is written when it is remembered already.
///
/// # Errors
/// 404 for a workspace that is not theirs.
pub async fn remember_workspace(ctx: &Ctx, person: &Person, wanted: &str) -> AppResult<()> {
    let membership = person.memberships.iter().find(|m| m.key() == wanted || m.slug == wanted).ok_or(AppError::NotFound)?;
    let key = membership.key();
    if person.default_workspace.as_deref() == Some(key.as_str()) {
        return Ok(());
    }
    store::set_default_workspace(ctx.db(), person.session, &key).await
}

/// Ends one of the person's sessions. One that asks to end itself signs out.
///
/// # Errors
/// 403 before a second factor that is owed; 404 for a session that is over, or somebody else's.
pub async fn revoke_session(ctx: &Ctx, person: &Person, session: SessionId) -> AppResult<()> {
    policy::may_change_login(person)?;
    let mut tx = ctx.begin().await?;
    store::hold_login(&mut tx, person.user).await?;
    let device = store::delete_session_of(&mut tx, person.user, session).await?.ok_or(AppError::NotFound)?;
    if session == person.session {
        tx.state(as_person(person.user), &rules::UserSignedOut::new(person.user));
    } else {
        tx.state(as_person(person.user), &rules::SessionRevoked::new(person.user, &device));
    }
    tx.commit().await
}

/// What the security pages show: the address and every live session, the one that asks first. One statement.
///
/// # Errors
/// 403 before a second factor that is owed.
pub async fn security(ctx: &Ctx, person: &Person) -> AppResult<SecurityView> {
    policy::may_change_login(person)?;
    let now = ctx.now();
    let mut rows = store::list_sessions(ctx.db(), person.user, now - rules::SESSION_IDLE, now - rules::SESSION_LIFE).await?;
    rows.sort_by_key(|row| row.id != person.session);
    Ok(SecurityView {
        name: person.name.clone(),
        email: person.email.clone(),
        is_staff: is_staff(person),
        second_factor: person.second_factor,
        knows_places: ctx.house.places.has_list(),
        sessions: rows
            .into_iter()
            .map(|row| SessionView {
                id: row.id,
                place: place(ctx, &row.network),
                device: if row.device.is_empty() { "An unnamed device".into() } else { row.device },
                is_this: row.id == person.session,
                since: row.created_at,
                since_label: moment(row.created_at),
                seen: row.last_seen_at,
                seen_label: if row.id == person.session {
                    "now".into()
                } else {
                    format!("{} ago", dates::behind(now, row.last_seen_at))
                },
            })
            .collect(),
    })
}

/// "Fri 20 Nov 2026, 18:30 GMT": a person's sessions belong to no event, so that no zone of ours is a better guess.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%a %-d %b %Y, %H:%M GMT").to_string()
}

fn is_staff(person: &Person) -> bool {
    person.memberships.iter().any(|m| matches!(m.workspace, Workspace::Staff { .. }))
}

// ── The second factor ───────────────────────────────────────────────────────────────────────────────────────────────

/// Where the person stands with their second factor, and what they have to see for the next step.
///
/// # Errors
/// When the database is away.
pub async fn second_factor(ctx: &Ctx, person: &Person) -> AppResult<SecondFactorView> {
    let held = store::find_login(ctx.db(), Some(person.user), None).await?.ok_or(AppError::SignIn)?;
    if !held.login.second_factor {
        let Some(sealed) = &held.totp_secret else { return Ok(SecondFactorView::Off { is_staff: is_staff(person) }) };
        let (secret, _) = open_secret(ctx, person.user, sealed)?;
        let qr = totp::qr_path(&totp::otpauth_url(&secret, &held.login.email, ISSUER));
        let qr = qr.map(|qr| QrView { side: qr.side, path: qr.path });
        return Ok(SecondFactorView::Confirm { qr, secret: in_fours(&secret) });
    }
    if !person.second_factor_given {
        return Ok(SecondFactorView::Challenge);
    }
    let codes = match &held.totp_secret {
        Some(sealed) => open_secret(ctx, person.user, sealed)?.1,
        None => Vec::new(),
    };
    if codes.is_empty() {
        let recovery_codes_left = store::recovery_codes_left(ctx.db(), person.user).await?;
        Ok(SecondFactorView::On { recovery_codes_left, is_staff: is_staff(person) })
    } else {
        Ok(SecondFactorView::Keep { codes })
    }
}

/// Makes a secret, to be confirmed by its first code. Pressed again, it makes another one.
///
/// # Errors
/// 409 when a second factor is on.
pub async fn begin_second_factor(ctx: &Ctx, person: &Person) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let held = store::hold_login(&mut tx, person.user).await?;
    held.login.enable_second_factor()?;
    let sealed = seal_secret(ctx, person.user, &totp::new_secret(), &[]);
    store::set_totp_secret(&mut tx, person.user, &sealed, ctx.now()).await?;
    tx.commit_unstated("a secret that no code confirmed protects nothing yet").await
}

/// Confirms the new secret by its first code: the factor is on, counts as given, and ten recovery codes wait to be kept.
/// The session goes on under a new id.
///
/// # Errors
/// 422 on `code`; 409 when it is on already or was not begun; 429.
pub async fn confirm_second_factor(ctx: &Ctx, person: &Person, code: &str) -> AppResult<SignedIn> {
    limits::hit(ctx, limits::SECOND_FACTOR, &person.user.to_string()).await?;
    let codes = totp::recovery_codes();
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let held = store::hold_login(&mut tx, person.user).await?;
    let enabled = held.login.enable_second_factor()?;
    let sealed = held
        .totp_secret
        .ok_or_else(|| AppError::refused("SECOND_FACTOR_NOT_BEGUN", "Start the set-up first, then scan the code it shows."))?;
    let (secret, _) = open_secret(ctx, person.user, &sealed)?;
    let step = totp::verify(&secret, code, seconds(now)).ok_or_else(wrong_code)?;
    let step = held.login.spend_code(step)?;
    store::spend_step(&mut tx, person.user, step).await?;
    store::apply_second_factor(&mut tx, person.user, now).await?;
    store::set_totp_secret(&mut tx, person.user, &seal_secret(ctx, person.user, &secret, &codes), now).await?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| totp::hash_recovery_code(code).to_vec()).collect();
    store::replace_recovery_codes(&mut tx, person.user, &hashes).await?;
    let token = step_up(ctx, &mut tx, person).await?;
    tx.state(as_person(person.user), &enabled);
    tx.commit().await?;
    Ok(SignedIn { token, user: person.user })
}

/// Whose login an address is.
///
/// # Errors
/// When the database is away.
pub async fn user_of(ctx: &Ctx, email: &Email) -> AppResult<Option<UserId>> {
    Ok(store::find_login(ctx.db(), None, Some(&email.key())).await?.map(|held| held.login.user))
}

/// The code that somebody's authenticator would show now: for development's list of demo people, and nowhere else.
///
/// # Errors
/// 404 outside development, and for people without a secret.
pub async fn code_for_development(ctx: &Ctx, email: &str) -> AppResult<String> {
    if !ctx.house.settings.is_development() {
        return Err(AppError::NotFound);
    }
    let held = store::find_login(ctx.db(), None, Some(email)).await?.ok_or(AppError::NotFound)?;
    let sealed = held.totp_secret.ok_or(AppError::NotFound)?;
    let (secret, _) = open_secret(ctx, held.login.user, &sealed)?;
    totp::code_at(&secret, seconds(ctx.now())).ok_or(AppError::NotFound)
}

/// Turns the second factor off: a stolen session alone cannot, nor a found phone. Recovery codes go with it.
///
/// # Errors
/// 403 before it was given in this session; 422 on `password` or `code`; 409 `CODE_USED`, `SECOND_FACTOR_OFF`,
/// `SECOND_FACTOR_STAFF`; 429.
pub async fn turn_off_second_factor(ctx: &Ctx, person: &Person, current: &str, code: &str) -> AppResult<()> {
    policy::may_change_login(person)?;
    check_password(ctx, person.user, current, "password").await?;
    limits::hit(ctx, limits::SECOND_FACTOR, &person.user.to_string()).await?;
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let held = store::hold_login(&mut tx, person.user).await?;
    let fact = held.login.disable_second_factor(is_staff(person))?;
    spend(ctx, &mut tx, person, &held, code).await?;
    store::apply_second_factor_off(&mut tx, person.user, now).await?;
    tx.state(as_person(person.user), &fact);
    tx.commit().await?;
    limits::forgive(ctx, limits::SECOND_FACTOR, &person.user.to_string()).await
}

/// Uses up six digits of the app, or a recovery code.
async fn spend(ctx: &Ctx, tx: &mut Tx, person: &Person, held: &store::Held, code: &str) -> AppResult<()> {
    let (true, Some(sealed)) = (held.login.second_factor, &held.totp_secret) else {
        return Err(AppError::refused("SECOND_FACTOR_OFF", "Set your second factor up first."));
    };
    let now = ctx.now();
    let (secret, _) = open_secret(ctx, person.user, sealed)?;
    if let Some(step) = totp::verify(&secret, code, seconds(now)) {
        let step = held.login.spend_code(step)?;
        store::spend_step(tx, person.user, step).await?;
    } else if store::spend_recovery_code(tx, person.user, &totp::hash_recovery_code(code), now).await? {
        let left = store::count_recovery_codes(tx, person.user).await?;
        tx.state(as_person(person.user), &rules::RecoveryCodeUsed::new(person.user, left));
    } else {
        return Err(wrong_code());
    }
    Ok(())
}

/// Gives the second factor: six digits, or a recovery code. The session goes on under a new id.
///
/// # Errors
/// 422 on `code`; 409 `CODE_USED`; 429.
pub async fn give_second_factor(ctx: &Ctx, person: &Person, code: &str) -> AppResult<SignedIn> {
    limits::hit(ctx, limits::SECOND_FACTOR, &person.user.to_string()).await?;
    let mut tx = ctx.begin().await?;
    let held = store::hold_login(&mut tx, person.user).await?;
    spend(ctx, &mut tx, person, &held, code).await?;
    let token = step_up(ctx, &mut tx, person).await?;
    tx.commit_unstated("giving a second factor changes the session only").await?;
    limits::forgive(ctx, limits::SECOND_FACTOR, &person.user.to_string()).await?;
    Ok(SignedIn { token, user: person.user })
}

/// The recovery codes were written down: they are not shown again.
///
/// # Errors
/// 403 before the second factor was given.
pub async fn keep_recovery_codes(ctx: &Ctx, person: &Person) -> AppResult<()> {
    rewrite_secret(ctx, person, &[]).await
}

/// Ten new recovery codes in the place of all old ones; they are shown until [`keep_recovery_codes`].
///
/// # Errors
/// 403 before the second factor was given.
pub async fn renew_recovery_codes(ctx: &Ctx, person: &Person) -> AppResult<()> {
    rewrite_secret(ctx, person, &totp::recovery_codes()).await
}

async fn rewrite_secret(ctx: &Ctx, person: &Person, codes: &[String]) -> AppResult<()> {
    if !person.second_factor_given {
        return Err(AppError::forbidden("Confirm your second factor first, then try again."));
    }
    let mut tx = ctx.begin().await?;
    let held = store::hold_login(&mut tx, person.user).await?;
    let sealed = held.totp_secret.ok_or(AppError::NotFound)?;
    let (secret, _) = open_secret(ctx, person.user, &sealed)?;
    store::set_totp_secret(&mut tx, person.user, &seal_secret(ctx, person.user, &secret, codes), ctx.now()).await?;
    if !codes.is_empty() {
        let hashes: Vec<Vec<u8>> = codes.iter().map(|code| totp::hash_recovery_code(code).to_vec()).collect();
        store::replace_recovery_codes(&mut tx, person.user, &hashes).await?;
        tx.state(as_person(person.user), &rules::RecoveryCodesRenewed::new(person.user));
    }
    tx.commit_unstated("codes that were written down are only hidden").await
}

/// The same session under a new id and token, with its second factor given.
async fn step_up(ctx: &Ctx, tx: &mut Tx, person: &Person) -> AppResult<String> {
    let token = secrets::token();
    if store::renew_session(tx, person.session, ctx.id(), &secrets::hash_token(&token), ctx.now()).await? {
        Ok(token)
    } else {
        Err(AppError::SignIn)
    }
}

fn wrong_code() -> AppError {
    AppError::invalid(
        "code",
        "This code is not right. Enter the six digits that your app shows now, or one of your recovery codes.",
    )
}

fn seconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp()).unwrap_or_default()
}

/// `JBSW Y3DP …`, for typing into an app by hand.
fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The secret, and the recovery codes that still wait to be written down, in one sealed cell.
fn seal_secret(ctx: &Ctx, user: UserId, secret: &str, codes: &[String]) -> Vec<u8> {
    let mut words = vec![secret];
    words.extend(codes.iter().map(String::as_str));
    ctx.house.columns.seal(&words.join(" "), &crypto::cell("users", user, "totp_secret"))
}

fn open_secret(ctx: &Ctx, user: UserId, sealed: &[u8]) -> AppResult<(String, Vec<String>)> {
    let text = ctx
        .house
        .columns
        .open(sealed, &crypto::cell("users", user, "totp_secret"))
        .map_err(|error| AppError::broken(format!("the second factor of {user} cannot be opened: {error}")))?;
    let mut words = text.split(' ').map(str::to_owned);
    Ok((words.next().unwrap_or_default(), words.collect()))
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Makes somebody staff; makes their login when there is none. The mail follows from the fact. For the command line.
///
/// # Errors
/// 422 for an address, a name or a role that is none. Given twice, it changes nothing.
pub async fn add_staff(ctx: &Ctx, email: &str, name: &str, role: &str) -> AppResult<UserId> {
    let mut check = Check::default();
    let email = check.take("email", Email::parse(email));
    let name = check.take("name", PersonName::parse(name));
    let role = check.take("role", StaffRole::parse(role).ok_or("The role is review, finance or admin."));
    check.finish()?;
    let (Some(email), Some(name), Some(role)) = (email, name, role) else { return Err(AppError::NotFound) };
    let mut tx = ctx.begin().await?;
    let user = ensure_user_in(&mut tx, &email, &name).await?;
    if store::give_staff_role(&mut tx, user, role, ctx.now()).await? {
        tx.state(Voice::System, &rules::StaffRoleGiven::new(user, role));
    }
    tx.commit_unstated("the person had the role already").await?;
    Ok(user)
}

/// Takes a staff role from somebody, or every one: their sessions end at once. The mail follows from the fact. For the command
/// line. Gives the roles that they had.
///
/// # Errors
/// 422 for an address without an account and for a role that is none of theirs; 409 `LAST_ADMIN`.
pub async fn remove_staff(ctx: &Ctx, email: &str, role: Option<&str>) -> AppResult<Vec<StaffRole>> {
    let mut check = Check::default();
    let role = role.and_then(|role| check.take("role", StaffRole::parse(role).ok_or("The role is review, finance or admin.")));
    check.finish()?;
    let user = user_at(ctx, email).await?;
    let mut tx = ctx.begin().await?;
    let admins = store::hold_with_admins(&mut tx, user).await?;
    let taken = store::take_staff_roles(&mut tx, user, role).await?;
    if taken.is_empty() {
        return Err(AppError::invalid("role", "This person is not of the staff, or has another role there."));
    }
    if taken.contains(&StaffRole::Admin) {
        rules::keeps_an_admin(&admins, user)?;
    }
    store::delete_sessions(&mut tx, user).await?;
    for role in &taken {
        tx.state(Voice::System, &rules::StaffRoleTaken::new(user, *role));
    }
    tx.commit().await?;
    Ok(taken)
}

/// Takes a second factor off that was lost, with its recovery codes: sessions end at once, and staff set up another before
/// anything else. The mail follows from the fact. For the command line: the last admin has no other way back.
///
/// # Errors
/// 422 for an address without an account; 409 `SECOND_FACTOR_OFF`.
pub async fn reset_second_factor(ctx: &Ctx, email: &str) -> AppResult<()> {
    let user = user_at(ctx, email).await?;
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let fact = store::hold_login(&mut tx, user).await?.login.reset_second_factor()?;
    store::apply_second_factor_off(&mut tx, user, now).await?;
    store::delete_sessions(&mut tx, user).await?;
    store::end_links(&mut tx, user, &[LinkPurpose::ChangeEmail], now).await?;
    tx.state(Voice::System, &fact);
    tx.commit().await
}

/// Whose login somebody of the staff, or who runs the platform, names by its address.
async fn user_at(ctx: &Ctx, email: &str) -> AppResult<UserId> {
    let email = Email::parse(email).map_err(|problem| AppError::invalid("email", problem.to_string()))?;
    let found = user_of(ctx, &email).await?;
    found.ok_or_else(|| AppError::invalid("email", "No account has this address. Look for a typo."))
}

/// Shuts a login: its sessions and links end at once.
///
/// # Errors
/// 403; 404; 409 when it is shut already.
pub async fn suspend(ctx: &Ctx, actor: &Actor, user: UserId, reason: &Paragraph) -> AppResult<()> {
    policy::may_suspend(actor, user)?;
    if reason.is_empty() {
        return Err(AppError::invalid("reason", "Say why. The person reads it, word for word."));
    }
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    // Of two admins who shut each other out, the second is no admin any more when it is their turn.
    let admins = store::hold_with_admins(&mut tx, user).await?;
    if !admins.contains(&actor.user()) {
        return Err(Denied::new("Your own account was suspended in the same moment.").into());
    }
    rules::keeps_an_admin(&admins, user)?;
    let held = store::hold_login(&mut tx, user).await?;
    let fact = held.login.suspend(reason.as_str())?;
    store::apply_suspended(&mut tx, user, Some(now), now).await?;
    store::delete_sessions(&mut tx, user).await?;
    store::end_links(&mut tx, user, &LinkPurpose::ALL, now).await?;
    tx.state(actor, &fact);
    tx.result(user);
    tx.commit().await
}

/// Opens a shut login again.
///
/// # Errors
/// 403; 404; 409 when it is not shut.
pub async fn restore(ctx: &Ctx, actor: &Actor, user: UserId) -> AppResult<()> {
    policy::may_suspend(actor, user)?;
    let mut tx = ctx.begin().await?;
    let held = store::hold_login(&mut tx, user).await?;
    let fact = held.login.restore()?;
    store::apply_suspended(&mut tx, user, None, ctx.now()).await?;
    tx.state(actor, &fact);
    tx.result(user);
    tx.commit().await
}

/// Whose address this is. That somebody looked is a fact of its own.
///
/// # Errors
/// 403; 422 on `email` for an address that has no account.
pub async fn look_up(ctx: &Ctx, actor: &Actor, email: &str) -> AppResult<UserId> {
    policy::may_look_up(actor)?;
    let user = user_at(ctx, email).await?;
    let mut tx = ctx.begin().await?;
    tx.state(actor, &rules::UserLookedUp::new(user));
    tx.result(user);
    tx.commit().await?;
    Ok(user)
}

/// Logins that are shut, the latest first; at most 100.
///
/// # Errors
/// 403.
pub async fn suspended(ctx: &Ctx, actor: &Actor) -> AppResult<SuspendedList> {
    policy::may_look_up(actor)?;
    let now = ctx.now();
    let rows = store::list_suspended(ctx.db()).await?;
    let line = |row: store::SuspendedRow| SuspendedLine {
        id: row.id,
        name: row.name,
        email: row.email,
        since_label: format!("{} ago", dates::behind(now, row.suspended_at)),
        since: row.suspended_at,
    };
    Ok(SuspendedList { acting: key_of(actor), people: rows.into_iter().map(line).collect() })
}

/// One login as admins see it, with what they did about it.
///
/// # Errors
/// 403; 404.
pub async fn person_record(ctx: &Ctx, actor: &Actor, user: UserId) -> AppResult<PersonView> {
    policy::may_look_up(actor)?;
    let now = ctx.now();
    let row = store::find_record(ctx.db(), user, now - rules::SESSION_IDLE, now - rules::SESSION_LIFE).await?;
    let row = row.ok_or(AppError::NotFound)?;
    let story: Vec<_> = facts::timeline(ctx.db(), Subject::from(user), 200).await?;
    let story: Vec<_> = story.into_iter().filter(|fact| record_words(&fact.name).is_some()).collect();
    let who: Vec<UserId> = story.iter().filter_map(|fact| fact.actor_user_id).map(UserId).collect();
    let names = store::list_names(ctx.db(), &who).await?;
    let named = |id: Option<Uuid>| {
        id.and_then(|id| names.iter().find(|(user, _)| user.0 == id)).map_or("Somebody", |(_, name)| name.as_str())
    };
    let shut = row.suspended_at.is_some();
    let not_now = policy::may_suspend(actor, user).err().map(|denied| denied.message);
    Ok(PersonView {
        acting: key_of(actor),
        id: row.id,
        name: row.name,
        email: row.email,
        joined_label: moment(row.created_at),
        email_verified: row.email_verified,
        has_password: row.has_password,
        second_factor: row.second_factor,
        staff_roles: row.staff,
        seats: row.seats.into_iter().map(|seat| SeatLine { kind: seat.kind, name: seat.name, role: seat.role }).collect(),
        sessions: u32::try_from(row.sessions).unwrap_or(u32::MAX),
        seen_label: row.seen_at.map(|at| format!("{} ago", dates::behind(now, at))),
        suspended_label: row.suspended_at.map(moment),
        can_suspend: !shut && not_now.is_none(),
        can_restore: shut && not_now.is_none(),
        not_now,
        history: story
            .iter()
            .filter_map(|fact| {
                Some(RecordLine {
                    text: format!("{} {}", isolated(named(fact.actor_user_id)), record_words(&fact.name)?),
                    quote: fact.private["reason"].as_str().map(str::to_owned),
                    at: fact.at,
                    at_label: moment(fact.at),
                })
            })
            .collect(),
    })
}

/// What an admin did, after their name.
fn record_words(fact: &str) -> Option<&'static str> {
    match fact {
        "user_looked_up" => Some("looked the account up"),
        "user_suspended" => Some("suspended the account"),
        "user_restored" => Some("restored the account"),
        _ => None,
    }
}

fn key_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(Membership::key).unwrap_or_default()
}

/// Does what an admin decided about a login.
///
/// # Errors
/// As [`suspend`] and [`restore`].
pub async fn set_status(ctx: &Ctx, actor: &Actor, user: UserId, change: &StatusChange) -> AppResult<()> {
    match change {
        StatusChange::Suspend(reason) => suspend(ctx, actor, user, reason).await,
        StatusChange::Restore => restore(ctx, actor, user).await,
    }
}

/// What the API says of a session that was just made or renewed.
///
/// # Errors
/// 401 when it ended at once.
pub async fn session_info(ctx: &Ctx, signed_in: &SignedIn) -> AppResult<SessionInfo> {
    let person = person_by_token(ctx, &signed_in.token).await?.ok_or(AppError::SignIn)?;
    Ok(SessionInfo {
        user_id: person.user,
        name: person.name.clone(),
        email: person.email.clone(),
        second_factor_required: rules::owes_second_factor(&person),
        workspaces: person.memberships.iter().map(Membership::key).collect(),
    })
}

// ── For the rooms below ─────────────────────────────────────────────────────────────────────────────────────────────

/// A login, for letters that depend on how far a person has come.
///
/// # Errors
/// When the database is away.
pub async fn login(ctx: &Ctx, user: UserId) -> AppResult<Option<Login>> {
    Ok(store::find_login(ctx.db(), Some(user), None).await?.map(|held| held.login))
}

/// As [`login`], and nobody can change it (shut it, for one) until the transaction ends.
///
/// # Errors
/// 404.
pub async fn login_in(tx: &mut Tx, user: UserId) -> AppResult<Login> {
    Ok(store::hold_login(tx, user).await?.login)
}

/// Staff with one of these roles, and the role that they hear of it in.
///
/// # Errors
/// When the database is away.
pub async fn staff(ctx: &Ctx, roles: &[StaffRole]) -> AppResult<Vec<(Recipient, StaffRole)>> {
    store::list_staff(ctx.db(), roles).await
}

/// The people of an organization or a community who may do this.
///
/// # Errors
/// When the database is away.
pub async fn people_of(ctx: &Ctx, workspace: Subject, capability: Capability) -> AppResult<Vec<Recipient>> {
    Ok(store::list_seats(ctx.db(), workspace.kind.label(), workspace.id)
        .await?
        .into_iter()
        .filter(|_| matches!(workspace.kind, SubjectKind::Organization | SubjectKind::Community))
        .filter_map(|(recipient, row)| seat(row).filter(|m| m.capabilities.has(capability)).map(|_| recipient))
        .collect())
}

/// What a workspace with people in it is called.
///
/// # Errors
/// When the database is away.
pub async fn workspace_name(ctx: &Ctx, workspace: Subject) -> AppResult<Option<WorkspaceName>> {
    let seats = store::list_seats(ctx.db(), workspace.kind.label(), workspace.id).await?;
    Ok(seats.into_iter().next().map(|(_, row)| WorkspaceName { slug: row.slug, name: row.name }))
}

/// Whom to write to about a login.
pub fn recipient_of(login: Login) -> Recipient {
    Recipient { user: login.user, name: login.name, email: login.email }
}

/// Forgets sessions that are over and links that ended a month ago. Run once an hour.
///
/// # Errors
/// When the database is away.
pub async fn forget(ctx: &Ctx) -> anyhow::Result<()> {
    let now = ctx.now();
    store::forget(ctx.db(), now - rules::SESSION_IDLE, now - rules::SESSION_LIFE, now - rules::SESSION_LIFE).await?;
    Ok(())
}

/// Where a network that was kept is, in words.
fn place(ctx: &Ctx, network: &str) -> String {
    let known = rules::address_of(network).and_then(|first| ctx.house.places.find(first));
    rules::place_words(known.as_deref(), network)
}

/// Where the caller is, as coarsely as it is kept.
fn network(ctx: &Ctx) -> String {
    ctx.address.map(rules::network_of).unwrap_or_default()
}

/// Somebody speaking for themselves.
fn as_person(user: UserId) -> Voice {
    Voice::Acting { user: user.0, kind: "person", id: None }
}

/// What a limit counts instead of an address: the counters' table holds nobody's e-mail.
fn blinded(ctx: &Ctx, email: &str) -> String {
    hex::encode(ctx.house.blind.blind("limits", email))
}
