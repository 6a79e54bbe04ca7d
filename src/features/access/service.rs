//! The use cases of keys and of a workspace's second-factor rule.
//!
//! Promises: a key's secret leaves this room once, in the answer to whoever made it, and is stored nowhere; a revoked or
//! expired key, and one whose maker is suspended or has left, is nobody from the next request on.

use super::{
    policy,
    rules::{self, KeyDraft, Owner, PREFIX, PolicySet, Scope},
    store,
    views::{KeyView, KeysPage, KeysView, MadeKey, PolicyView, SecurityPage},
};
use crate::{
    features::accounts::{self, rules::Guarded},
    kernel::{
        actor::{Actor, Membership, Person},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{ApiKeyId, OrganizationId, UserId},
    },
    platform::{crypto, ctx::Ctx, dates, limits, secrets, tx::Tx},
};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use uuid::Uuid;

/// A program that calls with a key.
pub struct Program {
    pub key: ApiKeyId,
    /// The key's maker, with the one workspace that the key acts for first and no capability beyond its scopes.
    pub person: Arc<Person>,
    /// The workspace's key: `organization:acme`.
    pub workspace: String,
    pub scopes: Vec<Scope>,
}

/// Who calls with this secret? `None` for a key that is not ours, was revoked, has expired or whose maker is gone.
///
/// "Last used" is written apart from it, at most every minute, and its failure is no failure of the call.
///
/// # Errors
/// 429 for a key that calls too often, and for an address that tries keys out.
pub async fn program(ctx: &Ctx, secret: &str) -> AppResult<Option<Program>> {
    let found = match secret.strip_prefix(PREFIX).filter(|token| secrets::looks_like_token(token)) {
        Some(_) => store::find_by_secret(ctx.db(), &secrets::hash_token(secret)).await?,
        None => None,
    };
    let now = ctx.now();
    let Some((key, used_at)) = found.filter(|(key, _)| key.is_live(now)) else {
        limits::hit_address(ctx, limits::API_KEY_ADDRESS).await?;
        return Ok(None);
    };
    limits::hit(ctx, limits::API_KEY, &key.id.to_string()).await?;
    let Some(mut person) = accounts::service::holder_of_seat(ctx, key.made_by, key.owner.subject(), key.second_factor).await?
    else {
        return Ok(None);
    };
    let Some(own) = person.memberships.first_mut() else { return Ok(None) };
    own.capabilities = rules::reach(&key.scopes, own.capabilities);
    let workspace = own.key();
    if used_at.is_none_or(|at| at <= now - rules::USED_EVERY)
        && let Err(error) = store::touch(ctx.db(), key.id, now, now - rules::USED_EVERY).await
    {
        tracing::warn!(%error, "a key's last use could not be noted");
    }
    Ok(Some(Program { key: key.id, person: Arc::new(person), workspace, scopes: key.scopes }))
}

/// May the program make this call? Counts invitations, of which a key may send 100 an hour.
///
/// # Errors
/// 403 `KEY_SCOPE` with the scope that would open it; 429.
pub async fn may_call(ctx: &Ctx, program: ApiKeyId, scopes: &[Scope], method: &str, path: &str) -> AppResult<()> {
    let denied = |message: String| AppError::Forbidden(crate::kernel::error::Denied::coded("KEY_SCOPE", message));
    match rules::scope_of(method, path) {
        None => Err(denied("No API key may make this call. Sign in as a person for it.".into())),
        Some(scope) if !scopes.contains(&scope) => {
            Err(denied(format!("This key lacks the permission {}. Make a key that has it.", scope.label())))
        }
        Some(Scope::MemberCreate) => limits::hit(ctx, limits::API_KEY_ONBOARDING, &program.to_string()).await,
        Some(_) => Ok(()),
    }
}

/// The keys of the actor's workspace.
///
/// # Errors
/// 403; 404.
pub async fn list(ctx: &Ctx, actor: &Actor) -> AppResult<KeysView> {
    let owner = policy::may_manage(actor)?;
    let now = ctx.now();
    Ok(KeysView { items: store::list_keys(ctx.db(), owner, None).await?.into_iter().map(|row| view(row, now)).collect() })
}

/// Every key of the actor's workspace, also those that ended long ago, for whoever takes everything along: the next ones after
/// this.
///
/// # Errors
/// 403; 404.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<ApiKeyId>, limit: i64) -> AppResult<Vec<KeyView>> {
    let owner = policy::may_manage(actor)?;
    let now = ctx.now();
    let rows = store::list_keys_whole(ctx.db(), owner, after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    Ok(rows.into_iter().map(|row| view(row, now)).collect())
}

/// One of them.
///
/// # Errors
/// 403; 404 for another workspace's.
pub async fn one(ctx: &Ctx, actor: &Actor, id: ApiKeyId) -> AppResult<KeyView> {
    let owner = policy::may_manage(actor)?;
    let row = store::list_keys(ctx.db(), owner, Some(id)).await?.into_iter().next().ok_or(AppError::NotFound)?;
    Ok(view(row, ctx.now()))
}

/// Makes a key; its secret is in the answer and nowhere else.
///
/// # Errors
/// 403; 422 on `name` and `scopes`.
pub async fn make(ctx: &Ctx, actor: &Actor, draft: KeyDraft) -> AppResult<MadeKey> {
    let owner = policy::may_manage(actor)?;
    let secret = format!("{PREFIX}{}", secrets::token());
    let tail = secret.get(secret.len() - 4..).unwrap_or_default().to_owned();
    let maker = actor.acting.as_ref().map(|membership| membership.capabilities).unwrap_or_default();
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let live = store::count_live(&mut tx, owner, now).await?;
    let fact = draft.make(ctx.id(), owner, maker, live, now)?;
    let given = actor.person.second_factor_given.then_some(now);
    store::apply_made(&mut tx, &fact, &secrets::hash_token(&secret), &tail, actor.user(), given, now).await?;
    tx.result(fact.key());
    tx.state(actor, &fact);
    tx.commit().await?;
    Ok(MadeKey { key: one(ctx, actor, fact.key()).await?, secret: Some(secret) })
}

/// The workspace of an organization is no more: its keys open nothing from the next request on, and what it asked a second
/// factor for goes with it. The caller's fact says so. Gives how many keys ended.
///
/// # Errors
/// When the database is away.
pub async fn end_in(tx: &mut Tx, by: UserId, organization: OrganizationId) -> AppResult<u64> {
    let now = tx.ctx().now();
    store::end(tx, Owner::Organization(organization), by, now).await
}

/// Revokes a key: it is nobody from the next request on. Revoked twice, it stays revoked.
///
/// # Errors
/// 403; 404 for another workspace's.
pub async fn revoke(ctx: &Ctx, actor: &Actor, id: ApiKeyId) -> AppResult<KeyView> {
    let owner = policy::may_manage(actor)?;
    let mut tx = ctx.begin().await?;
    let key = store::hold_key(&mut tx, owner, id).await?;
    if let Some(fact) = key.revoke() {
        store::apply_revoked(&mut tx, &fact, actor.user(), ctx.now()).await?;
        tx.state(actor, &fact);
    }
    tx.result(id);
    tx.commit_unstated("a key that was revoked is revoked again").await?;
    one(ctx, actor, id).await
}

/// The page of keys. `made` is the cookie that [`flash`] made, if the browser sent it.
///
/// # Errors
/// 403; 404.
pub async fn page(ctx: &Ctx, actor: &Actor, made: Option<&str>) -> AppResult<KeysPage> {
    let owner = policy::may_manage(actor)?;
    let (live, ended): (Vec<_>, Vec<_>) =
        list(ctx, actor).await?.items.into_iter().partition(|key| key.state == "live" || key.state == "stopped");
    let made = made.and_then(|cookie| open_flash(ctx, actor, cookie)).and_then(|(id, secret)| {
        let key = live.iter().find(|key| key.id == id)?.clone();
        Some(MadeKey { key, secret: Some(secret) })
    });
    let (workspace, name) = named(actor);
    let scopes = Scope::ALL.iter().copied().filter(|scope| scope.fits(owner.side())).collect();
    Ok(KeysPage { workspace, name, live, ended, scopes, made })
}

fn named(actor: &Actor) -> (String, String) {
    actor.acting.as_ref().map(|membership: &Membership| (membership.key(), membership.name.clone())).unwrap_or_default()
}

/// A new key's secret on its way to the one page that shows it, sealed for its maker: the value of a cookie that lives for
/// minutes. The server keeps no copy.
pub fn flash(ctx: &Ctx, actor: &Actor, made: &MadeKey) -> Option<String> {
    let secret = made.secret.as_deref()?;
    let sealed = ctx.house.columns.seal(secret, &flash_cell(actor, made.key.id));
    Some(format!("{}.{}", made.key.id, hex::encode(sealed)))
}

fn open_flash(ctx: &Ctx, actor: &Actor, cookie: &str) -> Option<(ApiKeyId, String)> {
    let (id, sealed) = cookie.split_once('.')?;
    let id: ApiKeyId = id.parse().ok()?;
    let secret = ctx.house.columns.open(&hex::decode(sealed).ok()?, &flash_cell(actor, id)).ok()?;
    Some((id, secret))
}

fn flash_cell(actor: &Actor, key: ApiKeyId) -> String {
    crypto::cell("api_keys", format!("{key}/{}", actor.user()), "shown_once")
}

fn view(row: store::KeyRow, now: DateTime<Utc>) -> KeyView {
    let state = match (row.revoked_at, row.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ if !row.maker_is_here => "stopped",
        _ => "live",
    };
    KeyView {
        id: row.id,
        name: row.name,
        hint: format!("{PREFIX}…{}", row.tail),
        scopes: row.scopes,
        state: state.to_owned(),
        made_by: row.made_by,
        created_at: row.created_at,
        created_label: dates::day(row.created_at, dates::zone("UTC")),
        expires_at: row.expires_at,
        expires_label: row.expires_at.map(|at| dates::ahead(now, at)),
        last_used_at: row.last_used_at,
        used_label: row.last_used_at.map(|at| format!("{} ago", dates::behind(now, at))),
        revoked_at: row.revoked_at,
    }
}

// ── For what a second factor is asked ───────────────────────────────────────────────────────────────────────────────

/// For what the actor's workspace asks a second factor.
///
/// # Errors
/// 403; 404.
pub async fn second_factor_policy(ctx: &Ctx, actor: &Actor) -> AppResult<PolicyView> {
    let owner = policy::may_manage(actor)?;
    Ok(PolicyView {
        needed_for: guarded(&store::find_policy(ctx.db(), owner).await?),
        can_change: policy::may_set_policy(actor).is_ok(),
    })
}

/// Says for what a second factor is asked from the next request on; nothing happens when it is so already.
///
/// # Errors
/// 403 `SECOND_FACTOR_REQUIRED` for somebody who has not given theirs; 422 on `neededFor`.
pub async fn set_second_factor_policy(ctx: &Ctx, actor: &Actor, wanted: &[String]) -> AppResult<PolicyView> {
    let owner = policy::may_set_policy(actor)?;
    let wanted: Vec<Guarded> = wanted
        .iter()
        .map(|label| Guarded::parse(label))
        .collect::<Result<_, _>>()
        .map_err(|problem| FieldErrors::one("neededFor", problem.to_string()))?;
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let before = guarded(&store::hold_policy(&mut tx, owner, now).await?);
    if let Some(fact) = PolicySet::change(owner, &before, wanted) {
        store::apply_policy(&mut tx, &fact, now).await?;
        tx.state(actor, &fact);
    }
    tx.commit_unstated("a rule that stays as it is is no fact").await?;
    second_factor_policy(ctx, actor).await
}

fn guarded(labels: &[String]) -> Vec<Guarded> {
    labels.iter().filter_map(|label| Guarded::parse(label).ok()).collect()
}

/// The security page of the actor's workspace.
///
/// # Errors
/// 403; 404.
pub async fn security_page(ctx: &Ctx, actor: &Actor) -> AppResult<SecurityPage> {
    let owner: Owner = policy::may_manage(actor)?;
    let (workspace, name) = named(actor);
    Ok(SecurityPage {
        workspace,
        name,
        policy: second_factor_policy(ctx, actor).await?,
        live_keys: store::live_keys(ctx.db(), owner, ctx.now()).await?,
    })
}
