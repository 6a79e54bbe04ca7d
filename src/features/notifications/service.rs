//! Telling people what a fact means for them, sending what was written, and the notices in the house.
//!
//! Promises: one mail and one notice for each fact and reader, however often a job runs; a one-time link is made in the
//! transaction that queues its mail, so that there is never a link without its mail. Bodies are sealed at rest, and gone
//! once sent; in development, and of letters that were refused for good, after three months. What waited (for the end of quiet
//! hours, for a digest, for a server that was away) is asked about again as it leaves.

use super::{
    hours::Hours,
    letters::{self, Draft, Found, Reader, Story},
    rules::{self, Line, Pace, Plan, Template, To, Topic},
    store,
    views::{
        ChoiceView, MailSettingsView, NoticeCount, NoticeFilter, NoticeView, NoticesView, PreferencesInput, PreferencesView,
        ReadInput, UnreadView, UnsubscribeView,
    },
};
use crate::{
    features::{
        accounts::{self, rules::LinkPurpose, views::Recipient},
        blocks, decisions,
        events::{self, zones},
        facts::FactKind,
        members, opportunities, organizations, requests, watching,
    },
    kernel::{
        actor::{Person, Side, StaffRole},
        error::{AppError, AppResult},
        fact::{Subject, SubjectKind},
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, FactId, MailId, NoticeId, OpportunityId, OrganizationId, RequestId, UserId},
        page::{self, PageRequest},
        text::isolated,
    },
    platform::{
        crypto,
        ctx::Ctx,
        facts::{self, StoredFact},
        jobs,
        mail::{Letter, PostError},
        secrets,
        tx::Tx,
    },
};
use anyhow::Context as _;
use askama::Template as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The job that sends one queued mail.
pub const MAIL_JOB: &str = "mail";
/// What is told or leaves later than this is asked about again: it may be days late.
const LATE: TimeDelta = TimeDelta::minutes(5);

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
    /// Where one chooses what is mailed, and where one stops it.
    choose: &'a str,
    stop: Option<&'a str>,
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
    /// Where one chooses what is mailed, and where one stops it.
    choose: &'a str,
    stop: Option<&'a str>,
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
    let late = ctx.now() - fact.at > LATE;
    let mut told = BTreeSet::new();
    for line in lines {
        for reader in readers(ctx, fact, &known, line.to, None).await? {
            if late && !is_still_there(ctx, &known, line.template, &reader).await? {
                continue;
            }
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
    let event = id(SubjectKind::Event, &["eventId"]);
    // The address of its page as it is now, where everybody may open it: facts name an old one, or none.
    let event_slug = match event.filter(|_| matches!(fact.room.as_str(), "events" | "partners")) {
        Some(event) => match events::service::view(ctx, None, &event.to_string()).await {
            Ok(event) => event.slug,
            Err(AppError::NotFound) => String::new(),
            Err(error) => return Err(error),
        },
        None => String::new(),
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
        event_id: shown(event),
        event_slug,
        opportunity: text(&["opportunityTitle", "title"]),
        opportunity_id: shown(id(SubjectKind::Opportunity, &["opportunityId"])),
        request_id: shown(id(SubjectKind::Request, &["requestId"])),
        category: text(&["displayCategory", "category"]),
        amount: text(&["amountLabel"]),
        by: Side::parse(fact.payload["side"].as_str().unwrap_or(&fact.acting_kind)),
        taker: fact.payload["taker"].as_str().and_then(Side::parse),
        agreed: fact.payload["agreed"].as_bool().unwrap_or_default(),
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
        person: text(&["person"]),
        status: text(&["status"]),
        signatory: fact.payload["signatory"].as_bool().unwrap_or_default(),
        finance: fact.payload["finance"].as_bool().unwrap_or_default(),
        invitation_id: text(&["invitationId"]),
        join_request_id: text(&["joinRequestId"]),
        found: found(ctx, fact).await?,
    };
    Ok(Known { story, organization, community })
}

/// What a saved search found, as it is at this moment: what its owner may not see any more is not told.
async fn found(ctx: &Ctx, fact: &StoredFact) -> AppResult<Option<Found>> {
    if FactKind::find(&fact.room, &fact.name) != Some(FactKind::SearchMatched) {
        return Ok(None);
    }
    let told = watching::alerts::told(ctx, fact).await?;
    Ok(told.map(|told| Found {
        search: told.search,
        noun: told.list.noun(told.total),
        names: told.names,
        total: told.total,
        path: told.path,
        workspace: told.workspace,
    }))
}

fn first_text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| value[*name].as_str()).filter(|text| !text.is_empty()).map(str::to_owned)
}

async fn workspace_name(ctx: &Ctx, kind: SubjectKind, id: Uuid) -> AppResult<accounts::views::WorkspaceName> {
    Ok(accounts::service::workspace_name(ctx, Subject { kind, id }).await?.unwrap_or_default())
}

/// Who is told. Whoever asks about one person (`only`) may get others too, but is spared the thousands that may watch something.
async fn readers(ctx: &Ctx, fact: &StoredFact, known: &Known, to: To, only: Option<UserId>) -> AppResult<Vec<Addressed>> {
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
    // A proof of a domain that seats nobody is news to nobody.
    if FactKind::find(&fact.room, &fact.name) == Some(FactKind::OrganizationDomainProven) && !fact.payload["role"].is_string() {
        return Ok(Vec::new());
    }
    // Nor is who joins what others lead, but to them.
    if FactKind::find(&fact.room, &fact.name) == Some(FactKind::JoinAccepted)
        && to != To::Member
        && fact.payload["leads"].as_bool() != Some(true)
    {
        return Ok(Vec::new());
    }
    // Nor is every name that a community writes on an event's page: staff find them in the list of what was added.
    if FactKind::find(&fact.room, &fact.name) == Some(FactKind::OrganizationAdded)
        && fact.payload["inPassing"].as_bool() == Some(true)
    {
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
        To::Former => {
            let mut addressed = Vec::new();
            let people = fact.payload["people"].as_array();
            for user in people.into_iter().flatten().filter_map(|id| id.as_str()?.parse::<Uuid>().ok()) {
                let Some(login) = accounts::service::login(ctx, UserId(user)).await? else { continue };
                let recipient = accounts::service::recipient_of(login);
                addressed.push(Addressed { recipient, side: None, workspace: String::new(), by_letter_only: false });
            }
            Ok(addressed)
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
        To::Address => {
            let Some(email) = first_text(&fact.private, &["email"]) else { return Ok(Vec::new()) };
            let name = first_text(&fact.private, &["inviteeName"]).unwrap_or_default();
            // Nobody's login: the letter is for whoever reads the mailbox.
            let recipient = Recipient { user: UserId(Uuid::nil()), name, email };
            Ok(vec![Addressed { recipient, side: None, workspace: String::new(), by_letter_only: true }])
        }
        // Who is invited, or no longer invited, has not stood anywhere yet: the invitation's own letter and link tell them.
        To::Member if [&fact.payload["from"], &fact.payload["status"]].iter().any(|status| *status == "On Boarding") => {
            Ok(Vec::new())
        }
        To::Member => {
            let user = first_text(&fact.payload, &["memberUser"]).and_then(|id| id.parse().ok());
            let Some(user) = user.filter(|user: &UserId| Some(user.0) != fact.actor_user_id) else { return Ok(Vec::new()) };
            let Some(login) = accounts::service::login(ctx, user).await? else { return Ok(Vec::new()) };
            let workspace = match (&known.organization, &known.community) {
                (Some((_, workspace)), _) if !workspace.slug.is_empty() => format!("organization:{}", workspace.slug),
                (_, Some((_, workspace))) if !workspace.slug.is_empty() => format!("community:{}", workspace.slug),
                _ => String::new(),
            };
            let recipient = accounts::service::recipient_of(login);
            Ok(vec![Addressed { recipient, side: None, workspace, by_letter_only: false }])
        }
        To::Applicant | To::Unconfirmed => {
            let user = first_text(&fact.payload, &["applicant", "owner"]).and_then(|id| id.parse().ok());
            let Some(user) = user else { return Ok(Vec::new()) };
            let seat = match &known.organization {
                Some((id, _)) => organizations::service::seat_of_applicant(ctx, OrganizationId(*id), user).await?,
                None => organizations::service::ApplicantSeat::Taken,
            };
            let wanted = match to {
                To::Unconfirmed => organizations::service::ApplicantSeat::Waiting,
                _ => organizations::service::ApplicantSeat::Taken,
            };
            if seat != wanted {
                return Ok(Vec::new());
            }
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
            let mut told = decisions::service::being_told(ctx, OpportunityId(opportunity)).await?;
            // Whoever stands in line knows that every place is taken.
            if FactKind::find(&fact.room, &fact.name) == Some(FactKind::OpportunityFilled) {
                told.extend(decisions::service::in_line(ctx, OpportunityId(opportunity)).await?);
            }
            for id in requests::service::applicants_of(ctx, OpportunityId(opportunity)).await? {
                if told.contains(&id) {
                    continue;
                }
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
        To::Searcher => {
            let Some(found) = &known.story.found else { return Ok(Vec::new()) };
            let Some(login) = accounts::service::login(ctx, UserId(fact.subject_id)).await? else { return Ok(Vec::new()) };
            let recipient = accounts::service::recipient_of(login);
            Ok(vec![Addressed { recipient, side: None, workspace: found.workspace.clone(), by_letter_only: false }])
        }
        To::Watchers => {
            let Some((id, _)) = &known.community else { return Ok(Vec::new()) };
            if !is_out(ctx, fact).await? {
                return Ok(Vec::new());
            }
            let watchers = watching::service::watchers(ctx, watching::rules::List::Communities, *id, only).await?;
            Ok(watchers
                .into_iter()
                .filter(|watcher| Some(watcher.recipient.user.0) != fact.actor_user_id)
                .map(|watcher| Addressed {
                    recipient: watcher.recipient,
                    side: None,
                    workspace: watcher.workspace,
                    by_letter_only: false,
                })
                .collect())
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

/// Does everybody see at this moment what a community has put up?
async fn is_out(ctx: &Ctx, fact: &StoredFact) -> AppResult<bool> {
    let seen = match fact.subject_kind.as_str() {
        kind if kind == SubjectKind::Event.label() => {
            events::service::view(ctx, None, &fact.subject_id.to_string()).await.map(drop)
        }
        kind if kind == SubjectKind::Opportunity.label() => {
            opportunities::service::get(ctx, None, OpportunityId(fact.subject_id)).await.map(drop)
        }
        _ => return Ok(false),
    };
    match seen {
        Ok(()) => Ok(true),
        Err(AppError::NotFound) => Ok(false),
        Err(error) => Err(error),
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
    let reader = Reader { name: to.recipient.name.clone(), side: to.side, workspace: to.workspace, link: None, path: None };
    let (user, topic) = (to.recipient.user, line.template.topic());
    let plan = if to.by_letter_only || !line.how.by_letter() { Plan::Now } else { plan_for(ctx, user, topic).await? };
    // Told before, whatever was chosen since.
    if line.how.by_letter() && line.how.by_notice() && store::has_notice(ctx.db(), user, fact.id).await? {
        return Ok(());
    }
    let mut tx = ctx.begin().await?;
    if line.how.by_letter() {
        let has_password = accounts::service::login(ctx, user).await?.is_some_and(|login| login.has_password);
        // Whoever cannot sign in yet gets the letter that lets them.
        let plan = if line.template.link(has_password).is_some() { Plan::Now } else { plan };
        let leaves = match plan {
            Plan::Now => Some(None),
            Plan::At(at) => Some(Some(at)),
            Plan::Never => None,
            Plan::Digest(at) => {
                let draft = letters::write(line.template, story, &reader);
                let (label, href) = (line.template.label(), &draft.action.1);
                if !store::insert_digest_line(&mut tx, user, fact.id, &label, &reader.workspace, &draft.title, href).await? {
                    return Ok(());
                }
                jobs::ensure_deadline(&mut tx, DIGEST, user.0, at).await?;
                None
            }
        };
        if let Some(not_before) = leaves {
            let once_key = format!("{}/{}/{}", fact.id, line.template.label(), to.recipient.email);
            let follows = (!topic.is_always_instant() && !to.by_letter_only).then_some((user, topic));
            let sending = Sending { once_key: &once_key, not_before, fact: Some(fact.id), follows };
            match write_mail(&mut tx, &sending, line.template, story, &to.recipient, reader.clone()).await {
                Ok(true) => {}
                // Told before: and its notice was written with it.
                Ok(false) => return Ok(()),
                // A suspended person gets no link, and so no letter that would carry one.
                Err(AppError::Refused(_)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
    if line.how.by_notice() && !to.by_letter_only {
        let draft = letters::write(line.template, story, &reader);
        store::insert_notice(&mut tx, user, fact.id, &reader.workspace, &draft.title, &draft.action.1).await?;
    }
    tx.commit_unstated("a mail and a notice follow from a fact; they are none").await
}

/// When a mail about this topic leaves for somebody, by what they chose.
async fn plan_for(ctx: &Ctx, user: UserId, topic: Topic) -> AppResult<Plan> {
    let Some(row) = store::find_choice(ctx.db(), user, topic.label()).await? else { return Ok(Plan::Now) };
    let pace = row.pace.as_deref().and_then(|pace| Pace::parse(pace).ok()).unwrap_or(Pace::Instant);
    let hours = stored_hours(&row);
    let now = ctx.now();
    Ok(rules::plan(topic, pace, hours.quiet_until(now), hours.next_digest(now)))
}

fn stored_hours(row: &store::ChoiceRow) -> Hours {
    match (&row.zone, row.quiet_from, row.quiet_until, row.digest_at) {
        (Some(zone), Some(from), Some(until), Some(digest)) => Hours::stored(zone, from, until, digest),
        _ => Hours::default(),
    }
}

/// How one mail is queued.
struct Sending<'a> {
    /// What makes it one mail.
    once_key: &'a str,
    /// Held until then.
    not_before: Option<DateTime<Utc>>,
    /// What it tells of, by which it can be written again; absent for what follows from no one fact.
    fact: Option<FactId>,
    /// Whose choice it follows: then it carries the way to turn it off.
    follows: Option<(UserId, Topic)>,
}

/// Queues a letter, with its one-time link where it carries one, unless it was queued before.
async fn write_mail(
    tx: &mut Tx,
    sending: &Sending<'_>,
    template: Template,
    story: &Story,
    recipient: &Recipient,
    mut reader: Reader,
) -> AppResult<bool> {
    let ctx = tx.ctx().clone();
    if store::has_mail(ctx.db(), sending.once_key).await? {
        return Ok(false);
    }
    let has_password = accounts::service::login(&ctx, recipient.user).await?.is_some_and(|login| login.has_password);
    if let (Template::EmailChangeLink, Some(asked)) = (template, sending.fact)
        && !accounts::service::email_change_stands_in(tx, recipient.user, asked).await?
    {
        return Ok(false);
    }
    if let Some(purpose) = template.link(has_password) {
        // What the letter is about, for the two whose link says yes to it.
        let about = match template {
            Template::OrganizationToConfirm => story.organization_id.parse().ok(),
            Template::CommunityRegistered => story.community_id.parse().ok(),
            _ => None,
        };
        let token = accounts::service::issue_link_in(tx, recipient.user, purpose, &recipient.email, about).await?;
        reader.link = Some((purpose, format!("/link/{token}")));
    }
    match template {
        Template::Invitation => {
            let Ok(id) = story.invitation_id.parse() else { return Ok(false) };
            // Accepted or taken back meanwhile: there is nothing left to write about.
            let Some(token) = members::service::letter_token_in(tx, id).await? else { return Ok(false) };
            reader.path = Some(format!("/invitations/{token}"));
        }
        Template::JoinMailboxAsked => {
            let Ok(id) = story.join_request_id.parse() else { return Ok(false) };
            let Some(token) = members::joins::letter_token_in(tx, id).await? else { return Ok(false) };
            reader.path = Some(format!("/join-requests/{token}"));
        }
        _ => {}
    }
    let draft = letters::write(template, story, &reader);
    // Written again as it leaves, a letter would have lost its link.
    let sending = Sending { fact: sending.fact.filter(|_| reader.link.is_none()), ..*sending };
    queue(tx, &sending, &template.label(), &draft, recipient).await
}

/// Lays a letter out, seals it and queues its job. False when a twin was queued first.
async fn queue(tx: &mut Tx, sending: &Sending<'_>, label: &str, draft: &Draft, recipient: &Recipient) -> AppResult<bool> {
    let ctx = tx.ctx().clone();
    let about = sending.follows.map(|(user, topic)| (user, topic.label()));
    let about = if label == DIGEST_MAIL { Some((recipient.user, DIGEST_MAIL)) } else { about };
    let stop = about.map(|(user, about)| unsubscribe_path(&ctx, user, about));
    let (text, html) = lay_out(&ctx, draft, &recipient.name, stop.as_deref())?;
    let id: MailId = ctx.id();
    let seal = |body: &str, column: &str| ctx.house.columns.seal(body, &crypto::cell("mails", id, column));
    let mail = store::NewMail {
        id,
        once_key: sending.once_key,
        recipient: &recipient.email,
        recipient_name: &recipient.name,
        template: label,
        subject: &draft.title,
        body_text: &seal(&text, "body_text"),
        body_html: &seal(&html, "body_html"),
        follows: about,
    };
    if !store::insert_mail(tx, &mail).await? {
        return Ok(false);
    }
    let (subject, mut payload) = (format!("mail:{id}"), json!({"mailId": id}));
    if let (Some(_), Some(fact)) = (sending.follows, sending.fact) {
        payload["factId"] = json!(fact);
    }
    jobs::enqueue_at(tx, MAIL_JOB, &subject, payload, sending.not_before.unwrap_or_else(|| ctx.now())).await?;
    Ok(true)
}

/// The letter twice: plain words, and HTML.
fn lay_out(ctx: &Ctx, draft: &Draft, name: &str, stop: Option<&str>) -> AppResult<(String, String)> {
    let name = isolated(name);
    let name = name.as_ref();
    let (url, home) = (ctx.link(&draft.action.1), ctx.link("/"));
    let choose = ctx.link("/notifications/settings");
    let stop = stop.map(|path| ctx.link(path));
    let (choose, stop) = (choose.as_str(), stop.as_deref());
    let quote = || draft.quote.as_deref().map(|quote| quote.lines().collect::<Vec<_>>()).unwrap_or_default();
    let (paragraphs, action, note) = (&draft.paragraphs[..], draft.action.0.as_str(), draft.note.as_deref());
    let text = Plain { name, paragraphs, quote: quote(), action, url: &url, note, home: &home, choose, stop }.render();
    let html =
        Styled { title: &draft.title, name, paragraphs, quote: quote(), action, url: &url, note, home: &home, choose, stop }
            .render();
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
    let once_key = format!("forgot/{}", job.id);
    let sending = Sending { once_key: &once_key, not_before: None, fact: None, follows: None };
    if write_mail(&mut tx, &sending, template, &Story::default(), &recipient, reader).await? {
        tx.commit_unstated("a mail is no fact").await?;
    }
    Ok(())
}

/// What a letter or a line of a digest that waited says as it leaves. Nothing once whoever it was for is not to be told any more:
/// they lost their seat or what it let them do, what it is about is gone, hidden or blocked, or they turned the topic off.
async fn as_it_leaves(ctx: &Ctx, fact: FactId, template: Template, user: UserId) -> AppResult<Option<(Draft, Recipient)>> {
    if plan_for(ctx, user, template.topic()).await? == Plan::Never {
        return Ok(None);
    }
    let fact = facts::get(ctx.db(), fact).await?;
    let Some(kind) = FactKind::find(&fact.room, &fact.name) else { return Ok(None) };
    let known = gather(ctx, &fact).await?;
    for line in rules::told(kind).lines().into_iter().filter(|line| line.template == template) {
        let people = readers(ctx, &fact, &known, line.to, Some(user)).await?;
        let Some(to) = people.into_iter().find(|to| to.recipient.user == user) else { continue };
        if !is_still_there(ctx, &known, template, &to).await? {
            return Ok(None);
        }
        let reader = Reader { name: to.recipient.name.clone(), side: to.side, workspace: to.workspace, link: None, path: None };
        return Ok(Some((letters::write(template, &known.story, &reader), to.recipient)));
    }
    Ok(None)
}

/// May what a letter tells of still be looked at by its reader? Whether they are its reader is asked by [`readers`].
async fn is_still_there(ctx: &Ctx, known: &Known, template: Template, to: &Addressed) -> AppResult<bool> {
    let asks_me = template == Template::RequestOpened && to.side.is_some() && to.side != known.story.by;
    let keeps_a_place = template == Template::PlaceOffered;
    let is_offered = asks_me || keeps_a_place || template == Template::RequestWelcomeAgain;
    if let Ok(request) = known.story.request_id.parse::<RequestId>() {
        // Answered by a colleague, withdrawn, expired, taken, lapsed: nothing is left to do about it.
        if (asks_me && !requests::service::is_open(ctx, request).await?)
            || (keeps_a_place && !decisions::service::is_kept(ctx, request).await?)
        {
            return Ok(false);
        }
    }
    let event = known.story.event_id.parse::<EventId>().ok();
    let is_about_event = matches!(template.topic(), Topic::Events | Topic::Opportunities);
    if let Some(event) = event.filter(|_| is_offered || is_about_event) {
        match events::service::is_hidden(ctx, event).await? {
            // Deleted: no page of it is left, and nothing to say about it.
            None => return Ok(false),
            Some(true) if is_offered => return Ok(false),
            Some(_) => {}
        }
    }
    if !is_offered {
        return Ok(true);
    }
    // Nobody is asked to deal with whoever they, or the others, want nothing more to do with. Answers are told all the same.
    if let (Some((community, _)), Some((organization, _))) = (&known.community, &known.organization)
        && blocks::service::stands(ctx, CommunityId(*community), OrganizationId(*organization)).await?
    {
        return Ok(false);
    }
    match known.story.opportunity_id.parse::<OpportunityId>() {
        Ok(opportunity) => Ok(!opportunities::service::is_hidden(ctx, opportunity).await?),
        Err(_) => Ok(true),
    }
}

/// Sends one queued mail. Refused for good, it is marked as failed and not tried again. One that leaves late is asked about again, and
/// written again: it says what is true and may be seen now, to the address that its reader has now. What nobody can turn off leaves
/// as it was written, unless it is a mere link, and dead.
///
/// # Errors
/// When the mail server cannot take it now: the job is tried again, later each time.
pub async fn send(ctx: &Ctx, job: &jobs::Job) -> anyhow::Result<()> {
    let id: MailId = job.payload["mailId"].as_str().unwrap_or_default().parse().context("a mail job names no mail")?;
    let Some(mut row) = store::find_mail(ctx.db(), id).await? else { return Ok(()) };
    let (Some(_), Some(_), "queued") = (&row.body_text, &row.body_html, row.state.as_str()) else { return Ok(()) };
    let template = Template::find(&row.template);
    let age = ctx.now() - row.created_at;
    if template.and_then(Template::only_link).is_some_and(|purpose| age >= purpose.lifetime()) {
        return Ok(store::mark_dropped(ctx.db(), id).await?);
    }
    let late = job.payload["factId"].as_str().and_then(|id| id.parse::<FactId>().ok()).filter(|_| age > LATE);
    if let (Some(fact), Some(user), Some(template)) = (late, row.user_id, template) {
        let Some((draft, recipient)) = as_it_leaves(ctx, fact, template, user.into()).await? else {
            return Ok(store::mark_dropped(ctx.db(), id).await?);
        };
        let stop = row.topic.as_deref().map(|about| unsubscribe_path(ctx, user.into(), about));
        let (text, html) = lay_out(ctx, &draft, &recipient.name, stop.as_deref())?;
        let seal = |body: &str, column: &str| ctx.house.columns.seal(body, &crypto::cell("mails", id, column));
        row.body_text = Some(seal(&text, "body_text"));
        row.body_html = Some(seal(&html, "body_html"));
        (row.recipient, row.recipient_name, row.subject) = (recipient.email, recipient.name, draft.title);
        store::rewrite_mail(ctx.db(), &row).await?;
    }
    let (text, html) = open_bodies(ctx, &row)?;
    let host = url::Url::parse(&ctx.house.settings.base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let mut headers: Vec<(String, String)> = vec![
        // Holiday notices must not answer us.
        ("Auto-Submitted".into(), "auto-generated".into()),
        ("X-CommDesk-Request".into(), row.trace_id.clone()),
    ];
    if let (Some(user), Some(about)) = (row.user_id, &row.topic) {
        // RFC 8058: one click in the mail program, one POST from it.
        let url = ctx.link(&unsubscribe_path(ctx, user.into(), about));
        headers.push(("List-Unsubscribe".into(), format!("<{url}>")));
        headers.push(("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()));
    }
    let letter = Letter {
        to: row.recipient,
        to_name: row.recipient_name,
        subject: row.subject,
        text,
        html,
        message_id: format!("{id}@{}", host.as_deref().unwrap_or("commdesk")),
        headers,
    };
    match ctx.house.post.send(&letter).await {
        Ok(()) => Ok(store::mark_sent(ctx.db(), id, ctx.house.settings.is_development(), ctx.now()).await?),
        Err(error @ PostError::Permanent(_)) => {
            tracing::warn!(mail.id = %id, template = row.template, %error, "a mail was refused for good");
            Ok(store::mark_failed(ctx.db(), id, &error.to_string(), true).await?)
        }
        Err(error @ PostError::Temporary(_)) => {
            store::mark_failed(ctx.db(), id, &error.to_string(), job.is_last).await?;
            Err(error.into())
        }
    }
}

/// Sets work that has died ready again, all of it or one consumer's, with the letters among it, a bounded number at once; gives how
/// many jobs of which consumer.
///
/// # Errors
/// When the database is away; what was set ready until then stays so.
pub async fn try_again(ctx: &Ctx, consumer: Option<&str>) -> AppResult<BTreeMap<String, usize>> {
    let is_letter = |(name, _): &&(String, Value)| name == MAIL_JOB;
    let letter = |(_, payload): &(String, Value)| payload["mailId"].as_str()?.parse::<MailId>().ok().map(|id| id.0);
    let mut counts = BTreeMap::new();
    loop {
        let mut tx = ctx.begin().await?;
        let revived = jobs::revive(&mut tx, consumer).await?;
        let letters: Vec<Uuid> = revived.iter().filter(is_letter).filter_map(letter).collect();
        store::queue_again(&mut tx, &letters).await?;
        tx.commit_unstated("work that had died is tried again").await?;
        if revived.is_empty() {
            return Ok(counts);
        }
        for (name, _) in revived {
            *counts.entry(name).or_default() += 1;
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

/// A page of the person's notices, newest first, with exact counts. Two statements.
///
/// # Errors
/// 422 for a cursor that is not ours.
pub async fn notices(ctx: &Ctx, person: &Person, filter: &NoticeFilter, request: &PageRequest) -> AppResult<NoticesView> {
    let after = request.cursor.as_deref().map(after).transpose()?;
    let workspace = filter.workspace.as_deref();
    let (limit, offset) = (i64::from(request.limit) + 1, i64::from(request.offset));
    let mut rows = store::list_notices(ctx.db(), person.user, workspace, filter.unread, after, limit, offset).await?;
    let more = rows.len() > request.limit as usize;
    rows.truncate(request.limit as usize);
    let last = rows.last().filter(|_| more);
    let counts = store::count_by_workspace(ctx.db(), person.user).await?;
    let wanted = counts.iter().filter(|(key, ..)| workspace.is_none_or(|wanted| wanted == key));
    Ok(NoticesView {
        next_cursor: last.map(|row| page::cursor(&[&row.created_at.timestamp_micros().to_string(), &row.id.to_string()])),
        total: wanted.map(|(_, unread, all)| if filter.unread { *unread } else { *all }).sum(),
        unread: counts.iter().map(|(_, unread, _)| unread).sum(),
        all: counts.iter().map(|(_, _, all)| all).sum(),
        workspaces: counts
            .into_iter()
            .map(|(key, unread, total)| NoticeCount { name: name_of(person, &key), workspace: key, unread, total })
            .collect(),
        items: rows
            .into_iter()
            .map(|row| NoticeView {
                id: row.id,
                title: row.title,
                href: row.href,
                workspace_name: if row.workspace.is_empty() { String::new() } else { name_of(person, &row.workspace) },
                workspace: row.workspace,
                at: row.created_at,
                at_label: row.created_at.format("%a %-d %b, %H:%M GMT").to_string(),
                is_new: row.read_at.is_none(),
            })
            .collect(),
    })
}

/// What a workspace is called for somebody; one that they have left goes by its address.
fn name_of(person: &Person, key: &str) -> String {
    if key.is_empty() {
        return "Your account".into();
    }
    let own = person.memberships.iter().find(|membership| membership.key() == key);
    own.map_or_else(|| key.split_once(':').map_or(key, |(_, slug)| slug).to_owned(), |membership| membership.name.clone())
}

fn after(cursor: &str) -> Result<(DateTime<Utc>, NoticeId), FieldErrors> {
    let [micros, id] = page::uncursor::<2>(cursor)?;
    let at = micros.parse().ok().and_then(DateTime::from_timestamp_micros);
    at.zip(id.parse().ok()).ok_or_else(|| FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it."))
}

/// How many notices wait to be read.
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
    let one = notice.map(|id| [id.0]);
    store::mark_read(ctx.db(), person.user, one.as_ref().map(|ids| &ids[..]), None, ctx.now()).await
}

/// Every notice of one workspace was read; with `None`, of all.
///
/// # Errors
/// When the database is away.
pub async fn mark_all_read(ctx: &Ctx, person: &Person, workspace: Option<&str>) -> AppResult<()> {
    store::mark_read(ctx.db(), person.user, None, workspace, ctx.now()).await
}

/// As the API asks for it: these, or all. Gives how many wait to be read now.
///
/// # Errors
/// 422 on `ids`.
pub async fn mark(ctx: &Ctx, person: &Person, input: &ReadInput) -> AppResult<UnreadView> {
    if input.all {
        mark_all_read(ctx, person, input.workspace.as_deref()).await?;
    } else {
        let ids: Result<Vec<Uuid>, _> = input.ids.iter().map(|id| id.parse::<Uuid>()).collect();
        let ids = ids.map_err(|_| FieldErrors::one("ids", "One of these is not the id of a notice."))?;
        if ids.is_empty() || ids.len() > 100 {
            return Err(AppError::invalid("ids", "Name 1 to 100 notices, or say \"all\": true."));
        }
        store::mark_read(ctx.db(), person.user, Some(&ids), input.workspace.as_deref(), ctx.now()).await?;
    }
    Ok(UnreadView { unread: unread(ctx, person.user).await? })
}

// ── What is mailed, and when ────────────────────────────────────────────────────────────────────────────────────────

/// The deadline of somebody's next digest.
pub const DIGEST: &str = "digest";
/// What the mail of a digest is called in the `mails` table, and what unsubscribing from it is about.
const DIGEST_MAIL: &str = "digest";

/// What somebody chose, everything included that they did not choose. Two statements.
///
/// # Errors
/// When the database is away.
pub async fn mail_settings(ctx: &Ctx, person: &Person) -> AppResult<MailSettingsView> {
    let row = store::find_choice(ctx.db(), person.user, "").await?.ok_or(AppError::SignIn)?;
    let chosen = store::list_choices(ctx.db(), person.user).await?;
    let hours = stored_hours(&row);
    let pace = |topic: Topic| {
        let found = chosen.iter().find(|(name, _)| name == topic.label());
        found.and_then(|(_, pace)| Pace::parse(pace).ok()).unwrap_or(Pace::Instant)
    };
    Ok(MailSettingsView {
        email: person.email.clone(),
        choices: Topic::chosen().map(|topic| ChoiceView { topic, pace: pace(topic) }).collect(),
        zone: hours.zone.name().to_owned(),
        zones: zones::names().map(str::to_owned).collect(),
        quiet_from: hours.quiet_from,
        quiet_until: hours.quiet_until,
        digest_at: hours.digest_at,
    })
}

/// What the form of mail settings types; hours as numbers, paces by topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailSettingsInput {
    pub paces: Vec<(Topic, String)>,
    pub zone: String,
    pub quiet_from: String,
    pub quiet_until: String,
    pub digest_at: String,
}

/// Keeps what somebody chose. A digest that waits comes at the new hour.
///
/// # Errors
/// 422 on `pace.…`, `zone`, `quietFrom`, `quietUntil`, `digestAt`.
pub async fn set_mail_settings(ctx: &Ctx, person: &Person, input: &MailSettingsInput) -> AppResult<()> {
    let mut check = Check::default();
    let (mut topics, mut paces) = (Vec::new(), Vec::new());
    for (topic, pace) in &input.paces {
        if let Some(pace) = check.take(&format!("pace.{topic}"), Pace::parse(pace)) {
            topics.push(topic.label().to_owned());
            paces.push(pace.label().to_owned());
        }
    }
    let hours = match Hours::parse(&input.zone, &input.quiet_from, &input.quiet_until, &input.digest_at) {
        Ok(hours) => Some(hours),
        Err(AppError::Invalid(errors)) => {
            errors.0.into_iter().for_each(|(field, message)| check.add(&field, message));
            None
        }
        Err(other) => return Err(other),
    };
    check.finish()?;
    let Some(hours) = hours else { return Err(AppError::NotFound) };
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    store::set_choices(&mut tx, person.user, &topics, &paces, now).await?;
    store::set_hours(&mut tx, person.user, &hours, now).await?;
    jobs::move_deadline(&mut tx, DIGEST, person.user.0, hours.next_digest(now)).await?;
    tx.commit_unstated("what somebody wants mailed is their own affair").await
}

/// What somebody chose, as the API says it.
///
/// # Errors
/// When the database is away.
pub async fn preferences(ctx: &Ctx, person: &Person) -> AppResult<PreferencesView> {
    let settings = mail_settings(ctx, person).await?;
    let pace = settings.choices.into_iter().map(|it| (it.topic.label().to_owned(), it.pace.label().to_owned())).collect();
    Ok(PreferencesView {
        email: settings.email,
        pace,
        always_instant: Topic::ALL.iter().filter(|it| it.is_always_instant()).map(|it| it.label().to_owned()).collect(),
        zone: settings.zone,
        quiet_from: settings.quiet_from,
        quiet_until: settings.quiet_until,
        digest_at: settings.digest_at,
    })
}

/// Changes what is named, and nothing else.
///
/// # Errors
/// As [`set_mail_settings`]; 422 on `pace.…` for a topic that is none, or that is always mailed at once.
pub async fn set_preferences(ctx: &Ctx, person: &Person, input: &PreferencesInput) -> AppResult<()> {
    let stored = mail_settings(ctx, person).await?;
    let mut check = Check::default();
    let mut paces = Vec::new();
    for (topic, pace) in &input.pace {
        let field = format!("pace.{topic}");
        match Topic::parse(topic) {
            Ok(topic) if topic.is_always_instant() => {
                check.ensure(&field, pace == Pace::Instant.label(), "This is always mailed at once. Leave it out.");
            }
            Ok(topic) => paces.push((topic, pace.clone())),
            Err(problem) => check.add(&field, problem.to_string()),
        }
    }
    check.finish()?;
    let hour = |named: Option<u32>, stored: u32| named.unwrap_or(stored).to_string();
    let input = MailSettingsInput {
        paces,
        zone: input.zone.clone().unwrap_or(stored.zone),
        quiet_from: hour(input.quiet_from, stored.quiet_from),
        quiet_until: hour(input.quiet_until, stored.quiet_until),
        digest_at: hour(input.digest_at, stored.digest_at),
    };
    set_mail_settings(ctx, person, &input).await
}

/// Somebody's digest is due: one mail about everything that waits for it. Run twice, it finds nothing the second time.
///
/// # Errors
/// When the database is away.
pub async fn send_digest(ctx: &Ctx, user: UserId) -> AppResult<()> {
    let login = accounts::service::login(ctx, user).await?;
    // Asked before anything is held: nobody waits for it, and no transaction stands idle while it lasts.
    let mut said = HashMap::new();
    for (fact, template, title) in store::list_digest_lines(ctx.db(), user).await? {
        let now = match Template::find(&template) {
            Some(known) => as_it_leaves(ctx, fact, known, user).await?.map(|(draft, _)| draft.title),
            // Of a release before this one.
            None => Some(title),
        };
        said.insert((fact, template), now);
    }
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    // Whoever adds a line sets the deadline after it: this lock makes them wait, and then set a new one.
    let Some(at) = jobs::hold_deadline(&mut tx, DIGEST, user.0).await?.filter(|at| *at <= now) else { return Ok(()) };
    let lines = store::take_digest_lines(&mut tx, user, now).await?;
    jobs::clear_deadline(&mut tx, DIGEST, user.0).await?;
    // One that came meanwhile says what it said a moment ago.
    let titles: Vec<String> =
        lines.into_iter().filter_map(|(fact, template, title)| said.remove(&(fact, template)).unwrap_or(Some(title))).collect();
    if let Some(login) = login.filter(|login| !login.suspended && !titles.is_empty()) {
        let once_key = format!("digest/{user}/{}", at.timestamp());
        let sending = Sending { once_key: &once_key, not_before: None, fact: None, follows: None };
        let draft = letters::digest(&titles);
        queue(&mut tx, &sending, DIGEST_MAIL, &draft, &accounts::service::recipient_of(login)).await?;
    }
    tx.commit_unstated("a digest is a mail, not a fact").await
}

/// Forgets what stood in digests a month ago.
///
/// # Errors
/// When the database is away.
pub async fn forget_digests(ctx: &Ctx) -> anyhow::Result<()> {
    Ok(store::forget_digest_lines(ctx.db(), ctx.now() - TimeDelta::days(30)).await?)
}

/// Empties letters of three months ago that have left or were refused for good, a bounded number at once. That they were written
/// stays known, so that nobody is told twice; one whose job is dead may still be sent, and stays whole.
///
/// # Errors
/// When the database is away.
pub async fn forget_letters(ctx: &Ctx) -> anyhow::Result<()> {
    let before = ctx.now() - TimeDelta::days(90);
    let dead = jobs::dead_subjects(ctx, MAIL_JOB).await?;
    for _ in 0..10 {
        if store::empty_mails(ctx.db(), before, &dead, 1_000).await? < 1_000 {
            break;
        }
    }
    Ok(())
}

// ── Unsubscribing ───────────────────────────────────────────────────────────────────────────────────────────────────

/// The signed way to stop mails about one topic (or the digest) for one person, without signing in. It opens nothing else.
fn unsubscribe_path(ctx: &Ctx, user: UserId, about: &str) -> String {
    format!("/unsubscribe/{}~{about}~{}", user.0.simple(), unsubscribe_mark(ctx, user, about))
}

fn unsubscribe_mark(ctx: &Ctx, user: UserId, about: &str) -> String {
    let mark = ctx.house.blind.blind("unsubscribe", &format!("{user}/{about}"));
    hex::encode(&mark[..16])
}

/// Whose mails a token stops, and about what: `None` is the digest.
fn unsubscribe_token(ctx: &Ctx, token: &str) -> AppResult<(UserId, Option<Topic>)> {
    let mut parts = token.split('~');
    let (Some(user), Some(about), Some(mark), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(AppError::NotFound);
    };
    let user: UserId = user.parse().map_err(|_| AppError::NotFound)?;
    if !secrets::same(unsubscribe_mark(ctx, user, about).as_bytes(), mark.as_bytes()) {
        return Err(AppError::NotFound);
    }
    if about == DIGEST_MAIL {
        return Ok((user, None));
    }
    let topic = Topic::parse(about).ok().filter(|topic| !topic.is_always_instant()).ok_or(AppError::NotFound)?;
    Ok((user, Some(topic)))
}

/// What the page behind the way to unsubscribe shows; looking changes nothing.
///
/// # Errors
/// 404 for a token that is not ours.
pub async fn unsubscribe_view(ctx: &Ctx, token: &str) -> AppResult<UnsubscribeView> {
    let (user, topic) = unsubscribe_token(ctx, token)?;
    let chosen = store::list_choices(ctx.db(), user).await?;
    Ok(match topic {
        Some(topic) => UnsubscribeView {
            about: topic.words().to_owned(),
            is_off: chosen.iter().any(|(name, pace)| name == topic.label() && pace == Pace::Off.label()),
        },
        None => UnsubscribeView {
            about: "your daily digest".into(),
            is_off: !chosen.iter().any(|(_, pace)| pace == Pace::Digest.label()),
        },
    })
}

/// Stops mails about the token's topic. Notices in the house stay.
///
/// # Errors
/// 404 for a token that is not ours.
pub async fn unsubscribe(ctx: &Ctx, token: &str) -> AppResult<()> {
    let (user, topic) = unsubscribe_token(ctx, token)?;
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    match topic {
        Some(topic) => store::set_choices(&mut tx, user, &[topic.label().into()], &[Pace::Off.label().into()], now).await?,
        None => store::turn_digest_off(&mut tx, user, now).await?,
    }
    tx.commit_unstated("what somebody wants mailed is their own affair").await
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
