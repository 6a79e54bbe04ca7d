//! Asking to join an organization, and deciding on it: by its admins, or by a mailbox at its domain.
//!
//! Promises: whoever decides by mail has read a mail at the organization's own domain, never at a shared host or a free mail
//! service; a wish is decided once; its link works once. An organization that is not listed is not there for askers; one
//! that nobody has claimed is claimed, not joined. Where nobody leads a verified one (any more), its own people ask to lead it
//! in the same way; whoever is taken out, or whose login is suspended, does not come to lead it by what they had asked before.

use super::{
    policy,
    rules::{
        self, WorkspaceId,
        joins::{DECISION_LIFE, Decider, JoinAsked, JoinRequest, Standing},
    },
    service,
    store::{self, Wanted},
    views::{JoinDecision, JoinDecisionPage, JoinInput, JoinList, JoinScreen, JoinSentView, JoinStep, JoinView},
};
use crate::{
    features::{
        accounts,
        organizations::{
            self,
            identity::{Identity, registrable},
            service::OrganizationRef,
            views::{OrganizationBrief, OrganizationView},
        },
    },
    kernel::{
        actor::{Actor, OrganizationRole, Person, VerificationStatus, Workspace},
        error::{AppError, AppResult},
        ids::{JoinRequestId, OrganizationId, UserId},
        labels::EntityType,
        text::{WebUrl, isolated},
    },
    platform::{ctx::Ctx, dates, facts::Voice, limits, secrets, tx::Tx},
};
use chrono::SecondsFormat;
use uuid::Uuid;

/// What is known of an organization that somebody asks to join.
struct Asked {
    organization: OrganizationView,
    has_admins: bool,
    /// Its own registrable domain; nothing on a shared host.
    domain: Option<String>,
}

impl Asked {
    fn standing(&self) -> Standing<'_> {
        Standing {
            is_verified: self.organization.verification_status == VerificationStatus::Verified,
            is_unclaimed: self.organization.verification_status == VerificationStatus::CommunityAdded,
            has_admins: self.has_admins,
            domain: self.domain.as_deref(),
        }
    }
}

async fn find(ctx: &Ctx, by: &str) -> AppResult<Asked> {
    let Ok(by) = by.parse::<OrganizationRef>();
    // As a stranger: what they cannot see is not there.
    let organization = organizations::service::get_by(ctx, None, &by).await?;
    let has_admins = !organizations::service::admins(ctx, organization.id).await?.is_empty();
    let domain = WebUrl::parse(&organization.website)
        .ok()
        .map(|url| Identity::of(&url))
        .filter(|identity| !identity.is_shared())
        .map(|identity| identity.domain().to_owned());
    Ok(Asked { organization, has_admins, domain })
}

fn belongs(person: &Person, organization: OrganizationId) -> bool {
    person.memberships.iter().any(|m| matches!(m.workspace, Workspace::Organization { id, .. } if id == organization))
}

/// The page where somebody asks.
///
/// # Errors
/// 404 for what is not listed.
pub async fn screen(ctx: &Ctx, person: &Person, slug: &str, acting: &str) -> AppResult<JoinScreen> {
    let asked = find(ctx, slug).await?;
    let o = &asked.organization;
    let belongs = belongs(person, o.id);
    let step = if asked.standing().is_unclaimed && o.website.is_empty() {
        JoinStep::Apply
    } else if asked.standing().is_unclaimed {
        JoinStep::Claim
    } else if belongs && !asked.standing().is_led_by_nobody() {
        JoinStep::Member
    } else if let Some(row) = store::find_join(ctx.db(), None, Some((o.id, person.user))).await?
        && row.request().still_open(ctx.now()).is_ok()
        // Whom they asked is gone: they ask a mailbox now.
        && (row.decider_email.is_some() || !asked.standing().is_led_by_nobody())
    {
        JoinStep::Waiting { by_mailbox: row.decider_email.is_some() }
    } else {
        match (asked.standing().decider(&o.display_name, None), &asked.domain) {
            (Ok(_), _) => JoinStep::AskAdmins,
            (Err(_), Some(domain)) => JoinStep::AskMailbox { domain: domain.clone() },
            (Err(refusal), None) => JoinStep::Nobody { why: refusal.message },
        }
    };
    Ok(JoinScreen { organization_name: o.display_name.clone(), slug: o.slug.clone(), acting: acting.to_owned(), belongs, step })
}

/// Asks to join, or to lead what one belongs to and nobody leads. The admins get a notice and a letter; or the mailbox a letter
/// with the link that decides.
///
/// # Errors
/// 404; 409 `ALREADY_A_MEMBER`, `ALREADY_ASKED`, `NO_ONE_TO_ASK`, `CLAIM_IT`; 422; 429.
pub async fn ask(ctx: &Ctx, person: &Person, input: &JoinInput) -> AppResult<JoinSentView> {
    let (message, mailbox) = input.parse()?;
    let asked = find(ctx, &input.organization_id).await?;
    let o = &asked.organization;
    let named = mailbox.as_ref().map(|email| {
        let domain = registrable(email.domain()).unwrap_or_else(|| email.domain().to_owned());
        (email.key(), domain)
    });
    let named = named.as_ref().map(|(address, domain)| (address.as_str(), domain.as_str()));
    let decider = asked.standing().decider(&o.display_name, named).map_err(|refusal| match refusal.code {
        "MAILBOX_NEEDED" | "OTHER_DOMAIN" => AppError::invalid("mailbox", refusal.message),
        "CLAIM_IT" => refusal.at(format!("/claim/{}", o.slug)).into(),
        _ => refusal.into(),
    })?;
    let expires_at = matches!(decider, Decider::Mailbox(_)).then(|| ctx.now() + DECISION_LIFE);
    let request = JoinRequest {
        id: ctx.id(),
        organization: o.id,
        user: person.user,
        name: person.name.clone(),
        decider,
        expires_at,
        accepted: false,
        declined: false,
    };
    let workspace = WorkspaceId::Organization(o.id);
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::JOIN_USER, &person.user.to_string()).await?;
    store::hold_workspace(&mut tx, workspace).await?;
    let to_lead = asked.standing().is_led_by_nobody() && !organizations::service::has_admins_in(&mut tx, o.id).await?;
    if !to_lead && store::find_seat(&mut tx, workspace, &Wanted::user(person.user)).await?.is_some() {
        return Err(AppError::refused("ALREADY_A_MEMBER", format!("You belong to {} already.", isolated(&o.display_name))));
    }
    if to_lead {
        store::drop_open_join(&mut tx, o.id, person.user).await?;
    } else {
        store::drop_open_mailbox_join(&mut tx, o.id, person.user).await?;
    }
    let asking = JoinAsked::new(request, &message, &o.display_name);
    store::apply_join_asked(&mut tx, &asking).await?;
    tx.state(Voice::Acting { user: person.user.0, kind: "person", id: None }, &asking);
    tx.result(asking.request().id);
    tx.commit().await?;
    Ok(sent(asking.request().id, o.id, &asking.request().decider, &o.display_name))
}

fn sent(id: JoinRequestId, organization: OrganizationId, decider: &Decider, name: &str) -> JoinSentView {
    let (decided_by, message) = match decider {
        Decider::Admins => ("admins", format!("The admins of {} were told. You get a mail when they decide.", isolated(name))),
        Decider::Mailbox(address) => {
            ("mailbox", format!("A mail is on its way to {address}. Whoever reads it there decides, within seven days."))
        }
    };
    JoinSentView { join_request_id: id, organization_id: organization, decided_by: decided_by.to_owned(), message }
}

/// What was answered to [`ask`], again, for the replay of its idempotency key.
///
/// # Errors
/// 404 for somebody else's.
pub async fn asked(ctx: &Ctx, person: &Person, id: JoinRequestId) -> AppResult<JoinSentView> {
    let row = store::get_join(ctx.db(), id).await?;
    if row.user_id != person.user.0 {
        return Err(AppError::NotFound);
    }
    let brief = organizations::service::brief(ctx, row.organization_id.into()).await?;
    Ok(sent(id, brief.id, &row.request().decider, &brief.name))
}

/// Who asks to join the acting organization.
///
/// # Errors
/// 403.
pub async fn list(ctx: &Ctx, actor: &Actor) -> AppResult<JoinList> {
    let rows = store::list_joins(ctx.db(), own(actor)?).await?;
    Ok(JoinList { items: views_of(ctx, rows) })
}

/// As [`list`], all of them, for whoever takes everything along: the next ones after this.
///
/// # Errors
/// 403.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<JoinRequestId>, limit: i64) -> AppResult<Vec<JoinView>> {
    let rows = store::list_joins_whole(ctx.db(), own(actor)?, after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    Ok(views_of(ctx, rows))
}

/// As [`list`], with what kind of organization it is: what the page of people needs, by one statement.
pub(super) async fn list_with_type(ctx: &Ctx, actor: &Actor) -> AppResult<(EntityType, Vec<JoinView>)> {
    let (kind, rows) = store::list_joins_of(ctx.db(), own(actor)?).await?.ok_or(AppError::NotFound)?;
    let kind = EntityType::parse(&kind).map_err(|error| AppError::Broken(Box::new(error)))?;
    Ok((kind, views_of(ctx, rows)))
}

fn views_of(ctx: &Ctx, rows: Vec<store::JoinRow>) -> Vec<JoinView> {
    let now = ctx.now();
    rows.into_iter()
        .map(|row| JoinView {
            join_request_id: row.id.into(),
            name: row.name,
            email: row.email,
            message: row.message,
            asked_at: row.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            asked_label: format!("{} ago", dates::behind(now, row.created_at)),
        })
        .collect()
}

fn own(actor: &Actor) -> AppResult<OrganizationId> {
    match policy::may_manage(actor)?.workspace {
        WorkspaceId::Organization(id) => Ok(id),
        WorkspaceId::Community(_) => Err(AppError::forbidden("People ask to join organizations. Communities invite theirs.")),
    }
}

/// An admin decides.
///
/// # Errors
/// 403; 404 for another organization's, and for what a mailbox decides; 409 `JOIN_DECIDED`; 422 on `role`.
pub async fn decide(ctx: &Ctx, actor: &Actor, id: JoinRequestId, decision: &JoinDecision) -> AppResult<()> {
    let organization = own(actor)?;
    let mut tx = ctx.begin().await?;
    store::hold_workspace(&mut tx, WorkspaceId::Organization(organization)).await?;
    let request = store::hold_join(&mut tx, id).await?.request();
    if request.organization != organization || request.decider != Decider::Admins {
        return Err(AppError::NotFound);
    }
    settle(&mut tx, &request, decision, false, (actor.into(), Some(actor.user()))).await?;
    tx.result(id);
    tx.commit().await
}

/// The page behind the link in the mailbox. Looking changes nothing.
///
/// # Errors
/// 404 for a link that is none.
pub async fn decision_page(ctx: &Ctx, token: &str) -> AppResult<JoinDecisionPage> {
    let row = find_by_token(ctx, token).await?;
    let request = row.request();
    let brief = organizations::service::brief(ctx, request.organization).await?;
    let has_admins = !organizations::service::admins(ctx, request.organization).await?.is_empty();
    let problem = may_still(&request, &brief, has_admins, ctx).err().map(|error| error.message());
    let mut conn = ctx.db().acquire().await?;
    let seat =
        store::list_seats(&mut conn, WorkspaceId::Organization(request.organization), &Wanted::user(request.user)).await?.pop();
    let mut roles = roles(&brief, has_admins);
    if seat.is_some() {
        roles.retain(|role| OrganizationRole::parse(role).is_some_and(OrganizationRole::is_admin));
    }
    Ok(JoinDecisionPage {
        roles,
        belongs_as: seat.map(|seat| seat.role),
        organization_name: brief.name,
        name: row.name,
        email: row.email,
        message: row.message,
        mailbox: row.decider_email.unwrap_or_default(),
        problem,
    })
}

fn roles(brief: &OrganizationBrief, has_admins: bool) -> Vec<String> {
    let mut roles = rules::roles_of(brief.entity_type);
    // Where nobody leads yet, the first one should.
    roles.sort_by_key(|role| role.is_admin() != !has_admins);
    roles.into_iter().map(|role| role.label().to_owned()).collect()
}

/// May a mailbox still decide? Not where somebody else does meanwhile.
fn may_still(request: &JoinRequest, brief: &OrganizationBrief, has_admins: bool, ctx: &Ctx) -> AppResult<()> {
    request.still_open(ctx.now())?;
    if brief.status == VerificationStatus::CommunityAdded {
        return Err(rules::joins::claim_it(&brief.name).at(format!("/claim/{}", brief.slug)).into());
    }
    if brief.status == VerificationStatus::Verified && has_admins {
        return Err(AppError::refused(
            "ADMINS_DECIDE",
            format!("{} has admins here now, so they decide. Ask again, and they are told.", isolated(&brief.name)),
        ));
    }
    if brief.status == VerificationStatus::Disabled {
        return Err(AppError::refused("DISABLED", format!("{} is disabled, so nobody can join it now.", isolated(&brief.name))));
    }
    Ok(())
}

async fn find_by_token(ctx: &Ctx, token: &str) -> AppResult<store::JoinRow> {
    if !secrets::looks_like_token(token) {
        return Err(AppError::NotFound);
    }
    store::find_join(ctx.db(), Some(&secrets::hash_token(token)), None).await?.ok_or(AppError::NotFound)
}

/// Whoever reads the mailbox decides; the link works once.
///
/// # Errors
/// 404; 409 `JOIN_DECIDED`, `JOIN_EXPIRED`, `CLAIM_IT`, `ADMINS_DECIDE`, `DISABLED`, `CANNOT_BE_ACCEPTED`; 422 on `role`.
pub async fn decide_by_mailbox(ctx: &Ctx, token: &str, decision: &JoinDecision) -> AppResult<()> {
    let seen = find_by_token(ctx, token).await?;
    let mut tx = ctx.begin().await?;
    store::hold_workspace(&mut tx, WorkspaceId::Organization(seen.organization_id.into())).await?;
    let request = store::hold_join(&mut tx, seen.id.into()).await?.request();
    let brief = organizations::service::brief_in(&mut tx, request.organization).await?;
    let has_admins = organizations::service::has_admins_in(&mut tx, request.organization).await?;
    may_still(&request, &brief, has_admins, ctx)?;
    if matches!(decision, JoinDecision::Accept(_)) {
        can_sign_in(&mut tx, &request).await?;
    }
    let led_by_nobody = brief.status == VerificationStatus::Verified && !has_admins;
    settle(&mut tx, &request, decision, led_by_nobody, (Voice::Visitor { user: None }, None)).await?;
    tx.commit().await
}

/// Whoever asked and was suspended by staff gets no workspace by a mailbox. Neither the words nor the code tell the reader why:
/// the link is anybody's to whom it was passed on. The login stays as it is until the transaction ends.
async fn can_sign_in(tx: &mut Tx, request: &JoinRequest) -> AppResult<()> {
    if !accounts::service::login_in(tx, request.user).await?.suspended {
        return Ok(());
    }
    Err(AppError::refused(
        "CANNOT_BE_ACCEPTED",
        format!("{} cannot be accepted at the moment. Decline, or do nothing: the link ends by itself.", isolated(&request.name)),
    ))
}

/// Yes or no, in the caller's transaction; the organization must be held. Where nobody leads it, somebody who has a seat there
/// already is accepted as its admin, or not at all.
async fn settle(
    tx: &mut Tx,
    request: &JoinRequest,
    decision: &JoinDecision,
    led_by_nobody: bool,
    (voice, by): (Voice, Option<UserId>),
) -> AppResult<()> {
    let ctx = tx.ctx().clone();
    match decision {
        JoinDecision::Accept(role) => {
            fits(tx, request.organization, *role).await?;
            let mut accepted = request.accept(*role, ctx.now())?;
            let workspace = WorkspaceId::Organization(request.organization);
            match store::find_seat(tx, workspace, &Wanted::user(request.user)).await? {
                None => store::insert_seat(tx, ctx.id(), workspace, request.user, role.label()).await?,
                Some(seat) if led_by_nobody => {
                    if !role.is_admin() {
                        let message = format!(
                            "{} belongs to it already, and asks to lead it. Choose Admin, or decline.",
                            isolated(&request.name)
                        );
                        return Err(AppError::invalid("role", message));
                    }
                    organizations::service::set_role_in(tx, request.organization, request.user, *role).await?;
                    accepted = accepted.lifted_from(&seat.role);
                }
                Some(_) => {}
            }
            if led_by_nobody && role.is_admin() {
                accepted = accepted.leading(organizations::service::suspended_admins_in(tx, request.organization).await?);
            }
            store::apply_join_accepted(tx, &accepted, by).await?;
            tx.state(voice, &accepted);
        }
        JoinDecision::Decline(reason) => {
            let declined = request.decline(reason, ctx.now())?;
            store::apply_join_declined(tx, &declined, by).await?;
            tx.state(voice, &declined);
        }
    }
    Ok(())
}

async fn fits(tx: &mut Tx, organization: OrganizationId, role: OrganizationRole) -> AppResult<()> {
    let brief = organizations::service::brief_in(tx, organization).await?;
    let fitting = rules::roles_of(brief.entity_type);
    if fitting.contains(&role) {
        return Ok(());
    }
    let fitting: Vec<&str> = fitting.iter().map(|role| role.label()).collect();
    Err(AppError::invalid("role", format!("Choose a role of {}: {}.", isolated(&brief.name), fitting.join(", "))))
}

/// The link of the letter to the mailbox, made in the transaction that queues the mail. `None` when nothing waits any more.
///
/// # Errors
/// When the database is away.
pub async fn letter_token_in(tx: &mut Tx, id: JoinRequestId) -> AppResult<Option<String>> {
    let request = match store::hold_join(tx, id).await {
        Ok(row) => row.request(),
        // Asked again meanwhile: the newer wish has a letter of its own.
        Err(AppError::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    if request.still_open(tx.ctx().now()).is_err() {
        return Ok(None);
    }
    let token = secrets::token();
    store::set_join_token(tx, id, &secrets::hash_token(&token)).await?;
    Ok(Some(token))
}

/// The acting workspace's key for links of the page that asks.
pub fn acting_of(actor: Option<&Actor>) -> String {
    actor.map(service::key_of).unwrap_or_default()
}
