//! Telling people what a fact means for them, sending what was written, and the notices in the house.
//!
//! Promises: one mail and one notice for each fact and reader, however often a job runs; a one-time link is made in the
//! transaction that queues its mail, so that there is never a link without its mail. Bodies are sealed at rest, and gone
//! once sent, except in development.

use super::{
    letters::{self, Draft, Reader, Story},
    rules::{self, Line, Template, To},
    store,
    views::{NoticeView, NoticesView},
};
use crate::{
    features::{
        accounts::{self, rules::LinkPurpose, views::Recipient},
        facts::FactKind,
        requests,
    },
    kernel::{
        actor::{Person, Side, StaffRole},
        error::{AppError, AppResult},
        fact::{Subject, SubjectKind},
        fields::FieldErrors,
        ids::{MailId, NoticeId, OpportunityId, UserId},
        page::{self, PageRequest},
    },
    platform::{
        crypto,
        ctx::Ctx,
        facts::StoredFact,
        jobs,
        mail::{Letter, PostError},
        tx::Tx,
    },
};
use anyhow::Context as _;
use askama::Template as _;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The job that sends one queued mail.
pub const MAIL_JOB: &str = "mail";

#[derive(askama::Template)]
#[template(path = "mail/letter.txt")]
struct Plain<'a> {
    name: &'a str,
    paragraphs: &'a [String],
    quote: Vec<&'a str>,
    action: &'a str,
    url: &'a str,
    note: Option<&'a str>,
    home: &'a str,
}

#[derive(askama::Template)]
#[template(path = "mail/letter.html")]
struct Styled<'a> {
    title: &'a str,
    name: &'a str,
    paragraphs: &'a [String],
    quote: Vec<&'a str>,
    action: &'a str,
    url: &'a str,
    note: Option<&'a str>,
    home: &'a str,
}

/// Tells everybody who has to hear of a fact.
///
/// # Errors
/// When the database is away; run again, it tells only those who were not told.
pub async fn tell(ctx: &Ctx, fact: &StoredFact) -> AppResult<()> {
    let Some(kind) = FactKind::find(&fact.room, &fact.name) else { return Ok(()) };
    let lines = rules::told(kind).lines();
    if lines.is_empty() {
        return Ok(());
    }
    let known = gather(ctx, fact).await?;
    let mut told = BTreeSet::new();
    for line in lines {
        for reader in readers(ctx, fact, &known, line.to).await? {
            // Somebody with seats on both sides hears of it once.
            if told.insert((reader.recipient.email.clone(), line.template.label())) {
                tell_one(ctx, fact, &line, &known.story, reader).await?;
            }
        }
    }
    Ok(())
}

/// What a fact says, with the names of the things that it is about.
struct Known {
    story: Story,
    organization: Option<(Uuid, accounts::views::WorkspaceName)>,
    community: Option<(Uuid, accounts::views::WorkspaceName)>,
}

/// Who is told, and where they read it.
struct Addressed {
    recipient: Recipient,
    side: Option<Side>,
    workspace: String,
    /// Not the login's own address: nobody reads a notice behind it.
    by_letter_only: bool,
}

async fn gather(ctx: &Ctx, fact: &StoredFact) -> AppResult<Known> {
    let text = |names: &[&str]| first_text(&fact.private, names).or_else(|| first_text(&fact.payload, names)).unwrap_or_default();
    let id = |kind: SubjectKind, names: &[&str]| {
        if fact.subject_kind == kind.label() {
            return Some(fact.subject_id);
        }
        first_text(&fact.payload, names).and_then(|text| text.parse::<Uuid>().ok())
    };
    let organization = match id(SubjectKind::Organization, &["organizationId", "organization"]) {
        Some(id) => Some((id, workspace_name(ctx, SubjectKind::Organization, id).await?)),
        None => None,
    };
    let community = match id(SubjectKind::Community, &["communityId", "community"]) {
        Some(id) => Some((id, workspace_name(ctx, SubjectKind::Community, id).await?)),
        None => None,
    };
    let shown = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let is_event = fact.subject_kind == SubjectKind::Event.label();
    let named = |names: &[&str], seated: Option<&accounts::views::WorkspaceName>| {
        let stated = first_text(&fact.private, names);
        stated.or_else(|| seated.map(|workspace| workspace.name.clone())).unwrap_or_default()
    };
    let story = Story {
        organization: named(&["organizationName", "displayName"], organization.as_ref().map(|(_, workspace)| workspace)),
        organization_id: shown(organization.as_ref().map(|(id, _)| *id)),
        // A community whose owner waits for the first letter has no open seat, and so no name but the fact's.
        community: community
            .as_ref()
            .map(|(_, workspace)| workspace.name.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| text(&["communityName", "name"])),
        community_id: shown(community.as_ref().map(|(id, _)| *id)),
        event: if is_event { text(&["title"]) } else { text(&["eventTitle", "event"]) },
        event_id: shown(id(SubjectKind::Event, &["eventId"])),
        event_slug: text(&["eventSlug", "slug"]),
        opportunity: text(&["opportunityTitle", "title"]),
        opportunity_id: shown(id(SubjectKind::Opportunity, &["opportunityId"])),
        request_id: shown(id(SubjectKind::Request, &["requestId"])),
        category: text(&["displayCategory", "category"]),
        amount: text(&["amountLabel"]),
        by: Side::parse(fact.payload["side"].as_str().unwrap_or(&fact.acting_kind)),
        words: text(&["reason", "question", "note", "message"]),
        how: text(&["how"]),
        left: fact.payload["left"].as_i64().unwrap_or_default(),
        new_address: text(&["new"]),
        role: text(&["role"]),
        key: text(&["keyName"]),
        needed: fact.payload["neededFor"]
            .as_array()
            .map(|labels| {
                let words = labels.iter().filter_map(|label| accounts::rules::Guarded::parse(label.as_str()?).ok());
                words.map(accounts::rules::Guarded::words).collect::<Vec<_>>().join("; ")
            })
            .unwrap_or_default(),
        device: text(&["device"]),
    };
    Ok(Known { story, organization, community })
}

fn first_text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| value[*name].as_str()).filter(|text| !text.is_empty()).map(str::to_owned)
}

async fn workspace_name(ctx: &Ctx, kind: SubjectKind, id: Uuid) -> AppResult<accounts::views::WorkspaceName> {
    Ok(accounts::service::workspace_name(ctx, Subject { kind, id }).await?.unwrap_or_default())
}

async fn readers(ctx: &Ctx, fact: &StoredFact, known: &Known, to: To) -> AppResult<Vec<Addressed>> {
    let about = fact.payload["side"].as_str().and_then(Side::parse);
    let to = match (to, about) {
        (To::OwnSide(capability), Some(Side::Community)) | (To::OtherSide(capability), Some(Side::Organization)) => {
            To::Community(capability)
        }
        (To::OwnSide(capability), Some(Side::Organization)) | (To::OtherSide(capability), Some(Side::Community)) => {
            To::Organization(capability)
        }
        (to, _) => to,
    };
    // A request that staff hold back does not exist for its receiver.
    let unseen = fact.payload["unseenBy"].as_str().and_then(Side::parse);
    // Nor does a team that answers by rule want a mail for each answer.
    let unseen = unseen.or(about.filter(|_| fact.payload["automatic"].as_bool() == Some(true)));
    if matches!((to, unseen), (To::Community(_), Some(Side::Community)) | (To::Organization(_), Some(Side::Organization))) {
        return Ok(Vec::new());
    }
    match to {
        // The fact names no side: then there is nobody on it.
        To::OwnSide(_) | To::OtherSide(_) => Ok(Vec::new()),
        To::Reporter => {
            let user = first_text(&fact.payload, &["reporter"]).and_then(|id| id.parse::<Uuid>().ok());
            let Some(user) = user else { return Ok(Vec::new()) };
            let Some(login) = accounts::service::login(ctx, UserId(user)).await? else { return Ok(Vec::new()) };
            let recipient = accounts::service::recipient_of(login);
            Ok(vec![Addressed { recipient, side: None, workspace: String::new(), by_letter_only: false }])
        }
        To::Assignee => {
            let user = first_text(&fact.payload, &["assignee"]).and_then(|id| id.parse::<Uuid>().ok());
            let Some(user) = user.filter(|user| Some(*user) != fact.actor_user_id) else { return Ok(Vec::new()) };
            let Some(login) = accounts::service::login(ctx, UserId(user)).await? else { return Ok(Vec::new()) };
            let workspace = match (about, &known.organization, &known.community) {
                (Some(Side::Organization), Some((_, workspace)), _) => format!("organization:{}", workspace.slug),
                (Some(Side::Community), _, Some((_, workspace))) => format!("community:{}", workspace.slug),
                _ => String::new(),
            };
            let recipient = accounts::service::recipient_of(login);
            Ok(vec![Addressed { recipient, side: about, workspace, by_letter_only: false }])
        }
        To::Person | To::OldAddress | To::NewAddress => {
            let Some(login) = accounts::service::login(ctx, UserId(fact.subject_id)).await? else { return Ok(Vec::new()) };
            let mut recipient = accounts::service::recipient_of(login);
            let other = match to {
                To::OldAddress => first_text(&fact.private, &["old"]),
                To::NewAddress => first_text(&fact.private, &["new"]),
                _ => None,
            };
            let by_letter_only = to != To::Person;
            match (by_letter_only, other) {
                (true, Some(address)) => recipient.email = address,
                // Erased meanwhile: there is nobody to write to.
                (true, None) => return Ok(Vec::new()),
                (false, _) => {}
            }
            Ok(vec![Addressed { recipient, side: None, workspace: String::new(), by_letter_only }])
        }
        To::Applicant => {
            let user = first_text(&fact.payload, &["applicant", "owner"]).and_then(|id| id.parse().ok());
            let Some(user) = user else { return Ok(Vec::new()) };
            let Some(login) = accounts::service::login(ctx, user).await? else { return Ok(Vec::new()) };
            let workspace = match (&known.organization, &known.community) {
                (Some((_, workspace)), _) if !workspace.slug.is_empty() => format!("organization:{}", workspace.slug),
                (_, Some((_, workspace))) if !workspace.slug.is_empty() => format!("community:{}", workspace.slug),
                _ => String::new(),
            };
            let recipient = accounts::service::recipient_of(login);
            Ok(vec![Addressed { recipient, side: None, workspace, by_letter_only: false }])
        }
        To::Organization(capability) => match &known.organization {
            Some((id, workspace)) => {
                let subject = Subject { kind: SubjectKind::Organization, id: *id };
                let people = accounts::service::people_of(ctx, subject, capability).await?;
                Ok(seated(fact, people, Side::Organization, &format!("organization:{}", workspace.slug)))
            }
            None => Ok(Vec::new()),
        },
        To::Community(capability) => match &known.community {
            Some((id, workspace)) => {
                let subject = Subject { kind: SubjectKind::Community, id: *id };
                let people = accounts::service::people_of(ctx, subject, capability).await?;
                Ok(seated(fact, people, Side::Community, &format!("community:{}", workspace.slug)))
            }
            None => Ok(Vec::new()),
        },
        To::Applicants(capability) => {
            let opportunity = match first_text(&fact.payload, &["opportunityId"]).and_then(|id| id.parse().ok()) {
                Some(id) => id,
                None if fact.subject_kind == SubjectKind::Opportunity.label() => fact.subject_id,
                None => return Ok(Vec::new()),
            };
            let mut addressed = Vec::new();
            for id in requests::service::applicants_of(ctx, OpportunityId(opportunity)).await? {
                let people = accounts::service::people_of(ctx, Subject::from(id), capability).await?;
                let workspace = workspace_name(ctx, SubjectKind::Organization, id.0).await?;
                addressed.extend(seated(fact, people, Side::Organization, &format!("organization:{}", workspace.slug)));
            }
            Ok(addressed)
        }
        To::Owner => {
            let owner = first_text(&fact.payload, &["owner"]).and_then(|id| id.parse::<Uuid>().ok());
            let Some(owner) = owner else { return Ok(Vec::new()) };
            let Some(login) = accounts::service::login(ctx, UserId(owner)).await? else { return Ok(Vec::new()) };
            let slug = known.community.as_ref().map(|(_, workspace)| workspace.slug.clone()).unwrap_or_default();
            Ok(vec![Addressed {
                recipient: accounts::service::recipient_of(login),
                side: Some(Side::Community),
                workspace: if slug.is_empty() { slug } else { format!("community:{slug}") },
                by_letter_only: true,
            }])
        }
        To::Reviewers => Ok(accounts::service::staff(ctx, &[StaffRole::Review, StaffRole::Admin])
            .await?
            .into_iter()
            .map(|(recipient, role)| Addressed {
                recipient,
                side: None,
                workspace: format!("staff:{}", role.label()),
                by_letter_only: false,
            })
            .collect()),
    }
}

/// People of a workspace, without the one who did it while acting for it: they know.
fn seated(fact: &StoredFact, people: Vec<Recipient>, side: Side, workspace: &str) -> Vec<Addressed> {
    people
        .into_iter()
        .filter(|recipient| Some(recipient.user.0) != fact.actor_user_id)
        .map(|recipient| Addressed { recipient, side: Some(side), workspace: workspace.to_owned(), by_letter_only: false })
        .collect()
}

async fn tell_one(ctx: &Ctx, fact: &StoredFact, line: &Line, story: &Story, to: Addressed) -> AppResult<()> {
    let reader = Reader { name: to.recipient.name.clone(), side: to.side, workspace: to.workspace, link: None };
    let mut tx = ctx.begin().await?;
    if line.how.by_letter() {
        let once_key = format!("{}/{}/{}", fact.id, line.template.label(), to.recipient.email);
        match write_mail(&mut tx, &once_key, line.template, story, &to.recipient, reader.clone()).await {
            Ok(true) => {}
            // Told before: and its notice was written with it.
            Ok(false) => return Ok(()),
            // A suspended person gets no link, and so no letter that would carry one.
            Err(AppError::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    if line.how.by_notice() && !to.by_letter_only {
        let draft = letters::write(line.template, story, &reader);
        store::insert_notice(&mut tx, to.recipient.user, fact.id, &reader.workspace, &draft.title, &draft.action.1).await?;
    }
    tx.commit_unstated("a mail and a notice follow from a fact; they are none").await
}

/// Queues a letter, with its one-time link where it carries one, unless it was queued before.
async fn write_mail(
    tx: &mut Tx,
    once_key: &str,
    template: Template,
    story: &Story,
    recipient: &Recipient,
    mut reader: Reader,
) -> AppResult<bool> {
    let ctx = tx.ctx().clone();
    if store::has_mail(ctx.db(), once_key).await? {
        return Ok(false);
    }
    let has_password = accounts::service::login(&ctx, recipient.user).await?.is_some_and(|login| login.has_password);
    if let Some(purpose) = template.link(has_password) {
        let token = accounts::service::issue_link_in(tx, recipient.user, purpose, &recipient.email).await?;
        reader.link = Some((purpose, format!("/link/{token}")));
    }
    let draft = letters::write(template, story, &reader);
    let (text, html) = lay_out(&ctx, &draft, &recipient.name)?;
    let id: MailId = ctx.id();
    let seal = |body: &str, column: &str| ctx.house.columns.seal(body, &crypto::cell("mails", id, column));
    let mail = store::NewMail {
        id,
        once_key,
        recipient: &recipient.email,
        recipient_name: &recipient.name,
        template: &template.label(),
        subject: &draft.title,
        body_text: &seal(&text, "body_text"),
        body_html: &seal(&html, "body_html"),
    };
    if !store::insert_mail(tx, &mail).await? {
        return Ok(false);
    }
    jobs::enqueue(tx, MAIL_JOB, &format!("mail:{id}"), json!({"mailId": id})).await?;
    Ok(true)
}

/// The letter twice: plain words, and HTML.
fn lay_out(ctx: &Ctx, draft: &Draft, name: &str) -> AppResult<(String, String)> {
    let (url, home) = (ctx.link(&draft.action.1), ctx.link("/"));
    let quote = || draft.quote.as_deref().map(|quote| quote.lines().collect::<Vec<_>>()).unwrap_or_default();
    let (paragraphs, action, note) = (&draft.paragraphs[..], draft.action.0.as_str(), draft.note.as_deref());
    let text = Plain { name, paragraphs, quote: quote(), action, url: &url, note, home: &home }.render();
    let html = Styled { title: &draft.title, name, paragraphs, quote: quote(), action, url: &url, note, home: &home }.render();
    match (text, html) {
        (Ok(text), Ok(html)) => Ok((text, html)),
        (Err(error), _) | (_, Err(error)) => Err(AppError::broken(format!("a letter could not be laid out: {error}"))),
    }
}

/// Answers a forgotten password: a link for a login that is open, silence for every other address.
///
/// # Errors
/// When the database is away or the job is not one of ours.
pub async fn answer_forgotten(ctx: &Ctx, job: &jobs::Job) -> anyhow::Result<()> {
    let Some((recipient, purpose)) = accounts::service::reset_wanted(ctx, &job.payload).await? else { return Ok(()) };
    let template = match purpose {
        LinkPurpose::Reset => Template::ResetLink,
        _ => Template::ActivateLink,
    };
    let reader = Reader { name: recipient.name.clone(), ..Reader::default() };
    let mut tx = ctx.begin().await?;
    if write_mail(&mut tx, &format!("forgot/{}", job.id), template, &Story::default(), &recipient, reader).await? {
        tx.commit_unstated("a mail is no fact").await?;
    }
    Ok(())
}

/// Sends one queued mail. Refused for good, it is marked as failed and not tried again.
///
/// # Errors
/// When the mail server cannot take it now: the job is tried again, later each time.
pub async fn send(ctx: &Ctx, job: &jobs::Job) -> anyhow::Result<()> {
    let id: MailId = job.payload["mailId"].as_str().unwrap_or_default().parse().context("a mail job names no mail")?;
    let Some(row) = store::find_mail(ctx.db(), id).await? else { return Ok(()) };
    let (Some(_), Some(_), "queued") = (&row.body_text, &row.body_html, row.state.as_str()) else { return Ok(()) };
    let (text, html) = open_bodies(ctx, &row)?;
    let host = url::Url::parse(&ctx.house.settings.base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let letter = Letter {
        to: row.recipient,
        to_name: row.recipient_name,
        subject: row.subject,
        text,
        html,
        message_id: format!("{id}@{}", host.as_deref().unwrap_or("commdesk")),
        headers: vec![
            // Holiday notices must not answer us.
            ("Auto-Submitted".into(), "auto-generated".into()),
            ("X-CommDesk-Request".into(), row.trace_id),
        ],
    };
    match ctx.house.post.send(&letter).await {
        Ok(()) => Ok(store::mark_sent(ctx.db(), id, ctx.house.settings.is_development(), ctx.now()).await?),
        Err(error @ PostError::Permanent(_)) => {
            tracing::warn!(mail.id = %id, template = row.template, %error, "a mail was refused for good");
            Ok(store::mark_failed(ctx.db(), id, &error.to_string(), true).await?)
        }
        Err(error @ PostError::Temporary(_)) => {
            store::mark_failed(ctx.db(), id, &error.to_string(), job.attempt >= jobs::MAX_ATTEMPTS).await?;
            Err(error.into())
        }
    }
}

fn open_bodies(ctx: &Ctx, row: &store::MailRow) -> anyhow::Result<(String, String)> {
    let open = |sealed: &Option<Vec<u8>>, column: &str| match sealed {
        Some(sealed) => ctx.house.columns.open(sealed, &crypto::cell("mails", row.id, column)),
        None => Ok(String::new()),
    };
    Ok((open(&row.body_text, "body_text")?, open(&row.body_html, "body_html")?))
}

// ── Notices in the house ────────────────────────────────────────────────────────────────────────────────────────────

/// A page of the person's notices, newest first, and how many are new.
///
/// # Errors
/// 422 for a cursor that is not ours.
pub async fn notices(ctx: &Ctx, person: &Person, request: &PageRequest) -> AppResult<NoticesView> {
    let after = request.cursor.as_deref().map(after).transpose()?;
    let mut rows = store::list_notices(ctx.db(), person.user, after, i64::from(request.limit) + 1).await?;
    let more = rows.len() > request.limit as usize;
    rows.truncate(request.limit as usize);
    let last = rows.last().filter(|_| more);
    Ok(NoticesView {
        next_cursor: last.map(|row| page::cursor(&[&row.created_at.timestamp_micros().to_string(), &row.id.to_string()])),
        unread: unread(ctx, person.user).await?,
        items: rows
            .into_iter()
            .map(|row| NoticeView {
                id: row.id,
                title: row.title,
                href: row.href,
                at: row.created_at,
                at_label: row.created_at.format("%a %-d %b, %H:%M GMT").to_string(),
                is_new: row.read_at.is_none(),
            })
            .collect(),
    })
}

fn after(cursor: &str) -> Result<(DateTime<Utc>, NoticeId), FieldErrors> {
    let [micros, id] = page::uncursor::<2>(cursor)?;
    let at = micros.parse().ok().and_then(DateTime::from_timestamp_micros);
    at.zip(id.parse().ok()).ok_or_else(|| FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it."))
}

/// How many notices wait to be read; counting stops at 100.
///
/// # Errors
/// When the database is away.
pub async fn unread(ctx: &Ctx, user: UserId) -> AppResult<i64> {
    store::count_unread(ctx.db(), user).await
}

/// One notice was read, or with `None` all of them. Somebody else's are not touched.
///
/// # Errors
/// When the database is away.
pub async fn mark_read(ctx: &Ctx, person: &Person, notice: Option<NoticeId>) -> AppResult<()> {
    store::mark_read(ctx.db(), person.user, notice, ctx.now()).await
}

// ── The mailbox of development ──────────────────────────────────────────────────────────────────────────────────────

/// A mail with its words, for the mailbox of development.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevMail {
    pub id: MailId,
    pub to: String,
    pub to_name: String,
    pub template: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Every address in the text, in order.
    pub links: Vec<String>,
    pub state: String,
    pub problem: Option<String>,
    pub request_id: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

/// The newest hundred mails, to everybody or to one address. For development only; the door is not there otherwise.
///
/// # Errors
/// When the database is away or a body cannot be opened.
pub async fn mailbox(ctx: &Ctx, to: Option<&str>) -> AppResult<Vec<DevMail>> {
    store::list_mails(ctx.db(), to, 100).await?.into_iter().map(|row| dev_mail(ctx, row)).collect()
}

/// One mail of the mailbox.
///
/// # Errors
/// 404; as [`mailbox`].
pub async fn mail(ctx: &Ctx, id: MailId) -> AppResult<DevMail> {
    dev_mail(ctx, store::find_mail(ctx.db(), id).await?.ok_or(AppError::NotFound)?)
}

fn dev_mail(ctx: &Ctx, row: store::MailRow) -> AppResult<DevMail> {
    let (text, html) = open_bodies(ctx, &row).map_err(|error| AppError::broken(format!("a mail cannot be opened: {error}")))?;
    let links = text
        .split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(|word| word.trim_end_matches(['.', ',', ')']).to_owned())
        .collect();
    Ok(DevMail {
        id: row.id,
        to: row.recipient,
        to_name: row.recipient_name,
        template: row.template,
        subject: row.subject,
        text,
        html,
        links,
        state: row.state,
        problem: row.last_error,
        request_id: row.trace_id,
        created_at: row.created_at,
        sent_at: row.sent_at,
    })
}
