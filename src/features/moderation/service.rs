//! The use cases of reports.

use super::{
    policy,
    rules::{self, Complaint, Decision, Verdict, can_hide},
    store,
    views::{ReportReason, ReportReceipt, ReportState, ReportView, Reported, ReportsPage},
};
use crate::{
    features::{
        communities::{rules as community_rules, service as communities},
        events::service as events,
        opportunities::service as opportunities,
        organizations::{rules as organization_rules, service as organizations},
        requests::service as requests,
    },
    kernel::{
        actor::{Actor, VerificationStatus},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::ReportId,
        page::{Page, PageRequest, cursor, uncursor},
        text::isolated,
    },
    platform::{
        ctx::Ctx,
        dates,
        limits::{self, Limit},
    },
};
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

/// Reports, by person.
const REPORT_USER: Limit = Limit { action: "report_user", hits: 20, seconds: 86_400 };

/// Somebody reports what they can see. A second report of the same thing while the first is open is the first.
///
/// # Errors
/// 404 for what the reporter does not see; 429.
pub async fn report(ctx: &Ctx, actor: &Actor, complaint: Complaint) -> AppResult<ReportReceipt> {
    let name = name_of(ctx, actor, complaint.kind, complaint.subject).await?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, REPORT_USER, &actor.user().to_string()).await?;
    let made = rules::report(ctx.id(), complaint, name, actor.user());
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    if !store::apply_made(&mut tx, &made, &workspace, ctx.now()).await? {
        let Some(first) = store::find_open(&mut tx, &made).await? else {
            return Err(AppError::Busy { retry_after: 1 });
        };
        tx.result(first);
        tx.commit_unstated("the same report is open already").await?;
        return Ok(ReportReceipt { id: first, state: ReportState::Open });
    }
    let id = made.id();
    tx.state(actor, &made);
    tx.result(id);
    tx.commit().await?;
    Ok(ReportReceipt { id, state: ReportState::Open })
}

/// What the thing is called, for somebody who sees it.
///
/// # Errors
/// 404 for everybody else.
pub async fn name_of(ctx: &Ctx, actor: &Actor, kind: Reported, id: Uuid) -> AppResult<String> {
    Ok(match kind {
        Reported::Organization => organizations::get(ctx, Some(actor), id.into()).await?.display_name,
        Reported::Community => {
            let community = communities::brief(ctx, id.into()).await?;
            if !community.status.may_reach_out() {
                return Err(AppError::NotFound);
            }
            community.name
        }
        Reported::Event => events::view(ctx, Some(actor), &id.to_string()).await?.title,
        Reported::Opportunity => {
            let it = opportunities::get(ctx, Some(actor), id.into()).await?;
            format!("{}, {}", isolated(&it.title), isolated(&it.event.title))
        }
        Reported::Request => {
            let it = requests::get(ctx, actor, id.into()).await?;
            format!("Request of {} about {}", isolated(&it.counterpart().name), isolated(&it.event_title))
        }
    })
}

/// Open reports, the oldest first; or decided ones, the newest decision first.
///
/// # Errors
/// 403 for everybody but reviewers; 422 for a cursor that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, decided: bool, page: &PageRequest) -> AppResult<ReportsPage> {
    policy::may_decide(actor)?;
    let after = page.cursor.as_deref().map(after).transpose()?;
    let (rows, counted) = store::list(ctx, decided, after, i64::from(page.offset), i64::from(page.limit) + 1).await?;
    let Page { items, next_cursor, total, total_capped } = Page::cut(rows, page.limit, counted, |row| {
        let at = row.decided_at.unwrap_or(row.created_at);
        cursor(&[&at.to_rfc3339_opts(SecondsFormat::Micros, true), &row.id.to_string()])
    });
    let items = items.into_iter().map(|row| view(ctx, row)).collect::<AppResult<Vec<_>>>()?;
    Ok(ReportsPage { items, next_cursor, total, total_capped })
}

fn after(text: &str) -> Result<(DateTime<Utc>, Uuid), FieldErrors> {
    let [at, id] = uncursor::<2>(text)?;
    let broken = || FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
    Ok((DateTime::parse_from_rfc3339(&at).map_err(|_| broken())?.to_utc(), id.parse().map_err(|_| broken())?))
}

fn view(ctx: &Ctx, row: store::ReportRow) -> AppResult<ReportView> {
    let broken = |what: &str| AppError::broken(format!("{what} of a report is not on its list"));
    let kind = Reported::parse(&row.subject_kind).map_err(|_| broken("the kind"))?;
    let href = match (kind, row.slug) {
        (Reported::Organization, _) => Some(format!("/staff/organizations/{}", row.subject_id)),
        (Reported::Community, _) => Some(format!("/staff/communities/{}", row.subject_id)),
        (Reported::Event, Some(slug)) => Some(format!("/events/{slug}")),
        (Reported::Opportunity, _) => Some(format!("/opportunities/{}", row.subject_id)),
        (Reported::Event | Reported::Request, _) => None,
    };
    Ok(ReportView {
        id: row.id.into(),
        subject_kind: kind,
        subject_id: row.subject_id,
        subject_name: row.subject_name,
        href,
        reason: ReportReason::parse(&row.reason).map_err(|_| broken("the reason"))?,
        words: row.words,
        quote: row.message.filter(|text| !text.is_empty()),
        reporter_name: row.reporter_name,
        reporter_workspace: row.reporter_workspace,
        state: ReportState::parse(&row.state).map_err(|_| broken("the status"))?,
        decision_reason: row.decision_reason,
        open_about: row.open_about,
        can_hide: can_hide(kind),
        created_at: row.created_at,
        age_label: dates::behind(ctx.now(), row.created_at),
    })
}

/// Staff decide. An event or an opportunity is hidden, and shown again, in the report's own transaction. A workspace goes
/// through the decision on it, which has its own fact and its own transaction; then the report is closed, so that one which
/// stops between the two can be decided again.
///
/// # Errors
/// 403, also for a workspace of one's own; 404; 409 `REPORT_DECIDED`, `CANNOT_HIDE`, `NOT_HIDDEN`,
/// `SECOND_REVIEWER_NEEDED` for the first of two, `SECOND_PERSON_NEEDED` when they say it again.
pub async fn decide(ctx: &Ctx, actor: &Actor, id: ReportId, decision: Decision) -> AppResult<ReportReceipt> {
    policy::may_decide(actor)?;
    let (kind, subject, state) = store::find_subject(ctx, id).await?.ok_or(AppError::NotFound)?;
    let alone = Ctx { claim: None, ..ctx.clone() };
    match decision.verdict {
        // What was decided hides nobody any more: whoever still sees it as open is told, and nothing else happens.
        Verdict::Hide if can_hide(kind) && state == ReportState::Open => {
            hide(&alone, actor, kind, subject, &decision.reason).await?
        }
        Verdict::Show if state == ReportState::Hidden => show(&alone, actor, kind, subject, &decision.reason).await?,
        _ => {}
    }
    let mut tx = ctx.begin().await?;
    if let (Some(hidden), true) = (hides(decision.verdict), decision.verdict == Verdict::Hide || state == ReportState::Hidden) {
        // The listing before the report, as everywhere; a report that was decided meanwhile takes it all back.
        match kind {
            Reported::Event => events::hide_in(&mut tx, actor, subject.into(), hidden, &decision.reason).await?,
            Reported::Opportunity => opportunities::hide_in(&mut tx, actor, subject.into(), hidden, &decision.reason).await?,
            Reported::Organization | Reported::Community | Reported::Request => {}
        }
    }
    let report = store::hold(&mut tx, id).await?;
    let owner = store::get_owner(&mut tx, &report).await?;
    policy::must_be_impartial(actor, owner)?;
    let decided = report.decide(decision, owner)?;
    store::apply_decided(&mut tx, &decided, actor.user().0, ctx.now()).await?;
    tx.state(actor, &decided);
    if let Some(warning) = decided.warning() {
        tx.state(actor, &warning);
    }
    let state = decided.state();
    tx.result(id);
    tx.commit().await?;
    Ok(ReportReceipt { id, state })
}

/// Does this verdict take a listing off the marketplace, or put it back?
const fn hides(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Hide => Some(true),
        Verdict::Show => Some(false),
        Verdict::Dismiss | Verdict::Warn => None,
    }
}

/// Puts a workspace back on the marketplace; one that is on it already stays so.
async fn show(ctx: &Ctx, actor: &Actor, kind: Reported, subject: Uuid, reason: &str) -> AppResult<()> {
    let (outcome, is_shown) = match kind {
        Reported::Organization => {
            let decision = organization_rules::DecisionInput { decision: "restore".into(), reason: reason.to_owned() }.parse()?;
            let outcome = organizations::decide(ctx, actor, subject.into(), decision).await.map(|_| ());
            (outcome, organizations::brief(ctx, subject.into()).await?.status != VerificationStatus::Disabled)
        }
        Reported::Community => {
            let decision = community_rules::DecisionInput { status: "restored".into(), reason: reason.to_owned() };
            let (decision, reason) = decision.parse()?;
            let outcome = communities::decide(ctx, actor, subject.into(), decision, &reason).await.map(|_| ());
            (outcome, communities::brief(ctx, subject.into()).await?.status.may_reach_out())
        }
        Reported::Event | Reported::Opportunity | Reported::Request => return Ok(()),
    };
    match outcome {
        Err(AppError::Refused(_)) if is_shown => Ok(()),
        other => other,
    }
}

/// Takes a workspace off the marketplace; one that is off it already stays so. Where that takes two of the staff, the first
/// has proposed it, and the report stays open for the second.
async fn hide(ctx: &Ctx, actor: &Actor, kind: Reported, subject: Uuid, reason: &str) -> AppResult<()> {
    let (outcome, is_hidden) = match kind {
        Reported::Organization => {
            let decision = organization_rules::DecisionInput { decision: "disable".into(), reason: reason.to_owned() }.parse()?;
            let outcome = organizations::decide(ctx, actor, subject.into(), decision).await.map(|_| ());
            (outcome, organizations::brief(ctx, subject.into()).await?.status == VerificationStatus::Disabled)
        }
        Reported::Community => {
            let decision = community_rules::DecisionInput { status: "suspended".into(), reason: reason.to_owned() };
            let (decision, reason) = decision.parse()?;
            let outcome = communities::decide(ctx, actor, subject.into(), decision, &reason).await.map(|_| ());
            (outcome, !communities::brief(ctx, subject.into()).await?.status.may_reach_out())
        }
        Reported::Event | Reported::Opportunity | Reported::Request => return Ok(()),
    };
    match outcome {
        Ok(()) | Err(AppError::Refused(_)) if is_hidden => Ok(()),
        Ok(()) => Err(AppError::refused(
            "SECOND_REVIEWER_NEEDED",
            "You proposed to take it off the marketplace. That takes two: the report stays open until somebody else of the staff \
             decides the same.",
        )),
        Err(error) => Err(error),
    }
}
