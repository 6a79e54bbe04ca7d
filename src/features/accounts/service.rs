//! The use cases of people and access: who is calling, signing in and out, one-time links, passwords, the second factor.
//!
//! Promises: an unknown address is answered like a known one and costs the same; passwords are hashed before a
//! transaction opens, never inside one; only a used link or the current password leads to a new password. Does not do:
//! mails (the notifications room reacts to the facts), cookies (the doors).

use super::{
    rules::{self, LinkPurpose, UserCreated},
    store,
    views::SignedIn,
};
use crate::{
    kernel::{
        actor::{
            Capability, CommunityRole, CommunityStatus, Membership, OrganizationRole, Person, Role, StaffRole,
            VerificationStatus, Workspace,
        },
        error::{AppError, AppResult},
        ids::{SessionId, UserId},
        text::{Email, PersonName},
    },
    platform::{
        ctx::Ctx,
        facts::Voice,
        limits, password, secrets,
        tx::Tx,
    },
};
use std::sync::Arc;

/// Who is behind this session token? One statement; a suspended login and a session that is over are nobody.
///
/// "Last seen" is written apart from it, at most every five minutes, and its failure is no failure of the request.
///
/// # Errors
/// When the database is away.
pub async fn person_by_token(ctx: &Ctx, token: &str) -> AppResult<Option<Arc<Person>>> {
    if !secrets::looks_like_token(token) {
        return Ok(None);
    }
    let now = ctx.now();
    let hash = secrets::hash_token(token);
    let Some(row) = store::find_person(ctx.db(), &hash, now - rules::SESSION_IDLE, now - rules::SESSION_LIFE).await? else {
        return Ok(None);
    };
    if row.last_seen_at <= now - rules::SEEN_EVERY
        && let Err(error) = store::touch_session(ctx.db(), row.session, now, now - rules::SEEN_EVERY).await
    {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    Ok(Some(Arc::new(person(row))))
}

fn person(row: store::PersonRow) -> Person {
    let mut memberships: Vec<Membership> = row.staff.iter().filter_map(|role| StaffRole::parse(role)).map(staff_seat).collect();
    // Staff give their second factor before anything else: until then their other workspaces stay shut as well.
    if memberships.is_empty() || row.second_factor_given {
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
    Some(Membership { workspace, slug: row.slug, name: row.name, capabilities })
}

/// Signs in. `device` is what the security page calls the session, "Firefox on Linux" for one.
///
/// # Errors
/// 422 without saying whether the address or the password was wrong; 409 `SUSPENDED`; 429.
pub async fn sign_in(ctx: &Ctx, email: &str, password: &str, device: &str) -> AppResult<SignedIn> {
    limits::hit_address(ctx, limits::SIGN_IN_ADDRESS).await?;
    let email = Email::parse(email).ok().map(|email| email.key());
    let account = blinded(ctx, email.as_deref().unwrap_or_default());
    limits::hit(ctx, limits::SIGN_IN_ACCOUNT, &account).await?;
    let found = match &email {
        Some(email) => store::find_login(ctx.db(), None, Some(email)).await?,
        None => None,
    };
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
    store::insert_session(&mut tx, id, &secrets::hash_token(&token), held.login.user, device, None, ctx.now()).await?;
    tx.state(as_person(held.login.user), &signed_in);
    tx.commit().await?;

    if let (Some(fresh), Some(stored)) = (fresh, stored) {
        store::rehash(ctx.db(), held.login.user, stored, &fresh).await?;
    }
    limits::forgive(ctx, limits::SIGN_IN_ACCOUNT, &account).await?;
    Ok(SignedIn { token, user: held.login.user })
}

fn wrong_credentials() -> AppError {
    AppError::invalid("", "The e-mail address or the password is not right. Check both, or set a new password with \"Forgot password\".")
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

/// Ends every session of the person, this one too.
///
/// # Errors
/// When the database is away.
pub async fn sign_out_everywhere(ctx: &Ctx, person: &Person) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::hold_login(&mut tx, person.user).await?;
    let ended = store::delete_sessions(&mut tx, person.user).await?;
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

/// A new one-time link's token, to be mailed to `email`; older links of the purpose die.
///
/// # Errors
/// 409 `SUSPENDED`; 404 for nobody.
pub async fn issue_link(ctx: &Ctx, user: UserId, purpose: LinkPurpose, email: &str) -> AppResult<String> {
    let mut tx = ctx.begin().await?;
    let token = issue_link_in(&mut tx, user, purpose, email).await?;
    tx.commit_unstated("a link is a key, not a change of state").await?;
    Ok(token)
}

/// As [`issue_link`], in the transaction that queues its mail.
///
/// # Errors
/// As [`issue_link`].
pub async fn issue_link_in(tx: &mut Tx, user: UserId, purpose: LinkPurpose, email: &str) -> AppResult<String> {
    let now = tx.ctx().now();
    let held = store::hold_login(tx, user).await?;
    if held.login.suspended {
        return Err(AppError::refused("SUSPENDED", rules::SUSPENDED));
    }
    store::end_links(tx, user, &[purpose], now).await?;
    let token = secrets::token();
    store::insert_link(tx, &secrets::hash_token(&token), purpose, user, email, now).await?;
    Ok(token)
}

/// Somebody speaking for themselves.
fn as_person(user: UserId) -> Voice {
    Voice::Acting { user: user.0, kind: "person", id: None }
}

/// What a limit counts instead of an address: the counters' table holds nobody's e-mail.
fn blinded(ctx: &Ctx, email: &str) -> String {
    hex::encode(ctx.house.blind.blind("limits", email))
}
