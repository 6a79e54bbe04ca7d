//! SQL of `requests` and `revisions`. Makes no decision. Lists and pages join both sides, the event and the newest
//! revision, so that a page of rows is one statement.

use super::{
    rules::{
        Parties, Rejection, Request, RequestAccepted, RequestExpired, RequestOpened, RequestRejected, RequestWithdrawn,
        inbox::{Assigned, Desk, InboxFilter, RequestAssigned, RequestSnoozed, RequestWoken},
    },
    views::{InboxShow, InboxTab, Reputation, RequestState, RevisionHash},
};
use crate::{
    features::partners::views::BenefitLine,
    kernel::{
        actor::{Scope, Side},
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId, UserId},
        labels::Category,
        money::{Currency, Money},
        page::COUNT_CAP,
    },
    platform::{ctx::Ctx, tx::Tx},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::{FromRow, Postgres, QueryBuilder};
use std::collections::HashMap;
use uuid::Uuid;

/// What lists and pages read.
#[derive(FromRow, Deserialize)]
pub struct Row {
    pub id: Uuid,
    pub state: String,
    pub opened_by: String,
    pub turn: String,
    pub turn_since: DateTime<Utc>,
    pub rejection_reason: Option<String>,
    pub rejection_note: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub community_id: Uuid,
    pub community_slug: String,
    pub community_name: String,
    pub community_status: String,
    pub community_logo_key: Option<String>,
    pub organization_id: Uuid,
    pub organization_slug: String,
    pub organization_name: String,
    pub organization_status: String,
    pub organization_website: String,
    pub organization_logo_key: Option<String>,
    pub event_id: Uuid,
    pub event_slug: String,
    pub event_title: String,
    pub event_type: Option<String>,
    pub event_category: Option<String>,
    pub event_format: Option<String>,
    pub event_region: Option<String>,
    pub venue_name: String,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    pub max_attendees: Option<i32>,
    pub opportunity_id: Option<Uuid>,
    pub opportunity_title: Option<String>,
    pub amount_minor: i64,
    pub currency: String,
    pub category: String,
    pub held_at: Option<DateTime<Utc>>,
    pub held_for: Vec<String>,
    pub ask_again_on: Option<NaiveDate>,
    pub assignee_id: Option<Uuid>,
    pub assignee_name: Option<String>,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub unread: bool,
}

const COLUMNS: &str = "select r.id, r.state, r.opened_by, r.turn, r.turn_since, r.rejection_reason, r.rejection_note, \
     r.opened_at, r.expires_at, r.closed_at, r.held_at, r.held_for, r.ask_again_on, \
     c.id as community_id, c.slug as community_slug, c.name as community_name, c.status as community_status, \
     cl.storage_key as community_logo_key, \
     o.id as organization_id, o.slug as organization_slug, o.display_name as organization_name, \
     o.verification_status as organization_status, o.website as organization_website, ol.storage_key as organization_logo_key, \
     e.id as event_id, e.slug as event_slug, e.title as event_title, e.event_type, e.category as event_category, \
     e.format as event_format, e.region as event_region, e.venue_name, e.start_at, e.end_at, \
     e.timezone, e.max_attendees, r.opportunity_id, p.title as opportunity_title, v.amount_minor, v.currency, v.category, \
     k.assignee_id, ku.name as assignee_name, k.snoozed_until, ";

const FROM: &str = " from requests r \
     join revisions v on v.request_id = r.id and v.sequence = r.revision \
     join communities c on c.id = r.community_id left join logos cl on cl.id = c.logo_id \
     join organizations o on o.id = r.organization_id left join logos ol on ol.id = o.logo_id \
     join events e on e.id = r.event_id left join opportunities p on p.id = r.opportunity_id ";

/// For whom rows are read: what they may touch, the side that they stand on, and the person, whose reading is noted.
#[derive(Clone, Copy)]
pub struct Reader {
    pub scope: Scope,
    pub side: Side,
    pub user: UserId,
}

impl Reader {
    /// Rows with more columns, each after a comma.
    fn select(self, query: &mut QueryBuilder<Postgres>, more: impl FnOnce(&mut QueryBuilder<Postgres>)) {
        query.push(COLUMNS);
        self.is_unread(query);
        query.push(" as unread");
        more(query);
        query.push(FROM);
        query.push("left join request_desks k on k.request_id = r.id and k.side = ").push_bind(self.side.label());
        query.push(" left join users ku on ku.id = k.assignee_id");
    }

    /// The number of the newest fact that is news to this person: what they did themselves is not. The request keeps it
    /// (`news_seq` and what stands beside it), in the transaction of the fact itself.
    fn news(self, query: &mut QueryBuilder<Postgres>) {
        query.push("case when r.news_by is distinct from ").push_bind(self.user.0);
        query.push(" then r.news_seq else r.news_before end");
    }

    /// Has somebody else done something that this person has not seen?
    fn is_unread(self, query: &mut QueryBuilder<Postgres>) {
        query.push("(");
        self.news(query);
        query.push(" > coalesce((select d.seq from request_reads d where d.request_id = r.id and d.user_id = ");
        query.push_bind(self.user.0).push("), 0))");
    }

    /// The workspace that they read for, whichever kind it is.
    fn workspace(self) -> Option<Uuid> {
        self.scope.community().or(self.scope.organization())
    }

    /// The number up to which this person's reading in their workspace is settled.
    fn mark(self, query: &mut QueryBuilder<Postgres>) {
        query.push("coalesce((select m.news_no from request_marks m where m.user_id = ").push_bind(self.user.0);
        query.push(" and m.workspace_id = ").push_bind(self.workspace()).push("), -1)");
    }

    /// Has the reader's side put it aside? The request keeps it beside `request_desks`, so that counting reads no second table.
    fn is_aside(self, query: &mut QueryBuilder<Postgres>) {
        query.push("r.").push(self.side.label()).push("_aside");
    }

    /// Does this person of the reader's side handle it; or anybody, where nobody is named?
    fn is_handled(self, query: &mut QueryBuilder<Postgres>, by: Option<UserId>) {
        match by {
            Some(user) => {
                self.has_desk(query, " and z.assignee_id = ");
                query.push_bind(user.0);
            }
            None => self.has_desk(query, " and z.assignee_id is not null"),
        }
        query.push(")");
    }

    /// The beginning of what asks how the reader's side keeps `r`.
    fn has_desk(self, query: &mut QueryBuilder<Postgres>, which: &str) {
        query.push("exists (select 1 from request_desks z where z.request_id = r.id and z.side = ");
        query.push_bind(self.side.label()).push(which);
    }
}

/// One request with everything around it that its page shows.
#[derive(FromRow)]
pub struct Whole {
    #[sqlx(flatten)]
    pub row: Row,
    /// The first one first.
    #[sqlx(json)]
    pub revisions: Vec<RevisionRow>,
    /// `[{id, name, role}]`.
    pub colleagues: serde_json::Value,
    pub community_email: String,
    /// Sealed.
    pub community_phone: Vec<u8>,
}

/// One request that the reader may touch, by one statement.
pub async fn find(ctx: &Ctx, reader: Reader, id: RequestId) -> AppResult<Option<Whole>> {
    let mut query = whole(reader, true);
    query.push(" where r.id = ").push_bind(id.0);
    within(&mut query, reader.scope);
    Ok(query.build_query_as::<Whole>().fetch_optional(ctx.db()).await?)
}

/// The requests of the reader's workspace after an id, by their ids, without colleagues; one statement for all of them.
pub async fn list_whole(ctx: &Ctx, reader: Reader, after: Uuid, limit: i64) -> AppResult<Vec<Whole>> {
    let mut query = whole(reader, false);
    // Said beside what the scope says, so that an index leads through them.
    match reader.side {
        Side::Community => query.push(" where r.community_id = ").push_bind(reader.scope.community()),
        Side::Organization => query.push(" where r.organization_id = ").push_bind(reader.scope.organization()),
    };
    query.push(" and r.id > ").push_bind(after);
    within(&mut query, reader.scope);
    query.push(" order by r.id limit ").push_bind(limit);
    Ok(query.build_query_as::<Whole>().fetch_all(ctx.db()).await?)
}

fn whole(reader: Reader, with_colleagues: bool) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("");
    reader.select(&mut query, |query| {
        query.push(
            ", c.official_email as community_email, c.phone as community_phone, \
             (select jsonb_agg(jsonb_build_object('sequence', x.sequence, 'side', x.side, 'currency', x.currency, \
                  'amount_minor', x.amount_minor, 'category', x.category, 'benefits', x.benefits, 'message', x.message, \
                  'valid_until', x.valid_until, 'canonical', x.canonical, 'hash', encode(x.hash, 'hex'), \
                  'prev_hash', encode(x.prev_hash, 'hex'), 'created_at', x.created_at) order by x.sequence) \
              from revisions x where x.request_id = r.id) as revisions, ",
        );
        if with_colleagues {
            colleagues(query, reader.scope);
        } else {
            query.push("'[]'::jsonb as colleagues");
        }
    });
    query
}

/// The rows of the scope's own side. One plain condition, so that Postgres may keep its plan: an inbox is a long statement, and
/// planning it takes longer than asking it.
pub(super) fn own(query: &mut QueryBuilder<Postgres>, scope: Scope) {
    match (scope.community(), scope.organization()) {
        (Some(id), _) => query.push(" and r.community_id = ").push_bind(id),
        (None, Some(id)) => query.push(" and r.organization_id = ").push_bind(id),
        (None, None) => query.push(" and ").push_bind(scope.everything()),
    };
}

/// What somebody's queries may touch: their own side's, except what staff hold back from them.
fn within(query: &mut QueryBuilder<Postgres>, scope: Scope) {
    own(query, scope);
    if scope.community().is_some() {
        query.push(" and (r.held_at is null or r.opened_by = 'community')");
    } else if scope.organization().is_some() {
        query.push(" and (r.held_at is null or r.opened_by = 'organization')");
    }
}

/// Which page of an inbox.
pub struct Wanted {
    pub after: Option<After>,
    pub offset: i64,
    pub limit: i64,
}

/// Where a page of an inbox goes on: the last row's turn, moment and id.
pub struct After {
    pub turn: Side,
    pub since: DateTime<Utc>,
    pub id: Uuid,
}

/// Are rows found before words are looked for in them? Postgres takes words for so dear that it reads an index of all workspaces' open
/// requests to look at fewer of them; closed ones are found in their order, and a page is full soon.
fn is_fenced(filter: &InboxFilter) -> bool {
    filter.terms.is_some() && filter.tab.is_open()
}

/// One part of an inbox as `r`, with `more` conditions on it and perhaps its order; and `e` and `v` where a filter asks about them.
/// The other conditions of a filter follow ([`narrow`]).
fn filtered(
    query: &mut QueryBuilder<Postgres>,
    reader: Reader,
    filter: &InboxFilter,
    more: impl FnOnce(&mut QueryBuilder<Postgres>),
) {
    query.push(" from (select r.* from requests r where true");
    within(query, reader.scope);
    tab(query, reader, filter.tab);
    match filter.show {
        InboxShow::Snoozed => {
            query.push(" and r.state in ('Pending', 'Negotiation') and ");
            reader.is_aside(query);
        }
        InboxShow::Unread => {
            query.push(" and ");
            reader.is_unread(query);
        }
        InboxShow::All if filter.tab.is_open() => {
            query.push(" and not ");
            reader.is_aside(query);
        }
        InboxShow::All => {}
    }
    more(query);
    if is_fenced(filter) {
        query.push(" offset 0");
    }
    query.push(") r");
    if filter.event_type.is_some() || filter.region.is_some() {
        query.push(" join events e on e.id = r.event_id");
    }
    if filter.budget.is_some() {
        query.push(" join revisions v on v.request_id = r.id and v.sequence = r.revision");
    }
    query.push(" where true");
}

/// Rows by words: by what was kept with the request, and by what everybody in it is called today, where that is something else.
/// The reader's own workspace is in all of them, so what it is called is asked once; so are the words, because the plan is kept.
fn found_by(query: &mut QueryBuilder<Postgres>, reader: Reader, terms: &str) {
    let (own, name, other) = match reader.side {
        Side::Community => (reader.scope.community(), "x.name)) from communities x", "r.organization_id"),
        Side::Organization => (reader.scope.organization(), "x.display_name)) from organizations x", "r.community_id"),
    };
    query.push(" and (case when exists (select 1 from request_renames n where n.id = ").push_bind(own);
    query.push(") then r.search || (select to_tsvector('simple', lower(").push(name).push(" where x.id = ").push_bind(own);
    query.push(") else r.search end @@ (select to_tsquery('simple', ").push_bind(terms.to_owned());
    query.push(")) or exists (select 1 from request_renames n where n.id in (").push(other);
    query.push(
        ", r.event_id)) and (r.search || (select to_tsvector('simple', lower(concat_ws(' ', c.name, o.display_name, t.title))) \
         from communities c, organizations o, events t \
         where c.id = r.community_id and o.id = r.organization_id and t.id = r.event_id)) @@ (select to_tsquery('simple', ",
    );
    query.push_bind(terms.to_owned()).push(")))");
}

/// What else a filter asks of the rows of [`filtered`].
fn narrow(query: &mut QueryBuilder<Postgres>, reader: Reader, filter: &InboxFilter) {
    if let Some(terms) = &filter.terms {
        found_by(query, reader, terms);
    }
    if let Some(state) = filter.state {
        query.push(" and r.state = ").push_bind(state.label());
    }
    if let Some(event_type) = filter.event_type {
        query.push(" and e.event_type = ").push_bind(event_type.label());
    }
    if let Some(region) = filter.region {
        query.push(" and e.region = ").push_bind(region.label());
    }
    if let Some(band) = filter.budget {
        query.push(" and v.currency = ").push_bind(band.currency().code());
        query.push(" and v.amount_minor >= ").push_bind(band.lower().minor);
        if let Some(upper) = band.upper() {
            query.push(" and v.amount_minor < ").push_bind(upper.minor);
        }
    }
    match filter.assigned {
        Some(Assigned::Me) => {
            query.push(" and ");
            reader.is_handled(query, Some(reader.user));
        }
        Some(Assigned::Nobody) => {
            query.push(" and not ");
            reader.is_handled(query, None);
        }
        Some(Assigned::Person(user)) => {
            query.push(" and ");
            reader.is_handled(query, Some(user));
        }
        None => {}
    }
    match filter.reputation {
        // Every community is new until there is a way to be known.
        Some(Reputation::New) | None => {}
    }
}

fn tab(query: &mut QueryBuilder<Postgres>, reader: Reader, tab: InboxTab) {
    match tab {
        InboxTab::Open => {
            query.push(" and r.state in ('Pending', 'Negotiation')");
        }
        InboxTab::Incoming => {
            query.push(" and r.state = 'Pending' and r.opened_by = ").push_bind(reader.side.other().label());
        }
        InboxTab::Submitted => {
            query.push(" and r.state = 'Pending' and r.opened_by = ").push_bind(reader.side.label());
        }
        InboxTab::Negotiation => {
            query.push(" and r.state = 'Negotiation'");
        }
        InboxTab::Accepted => {
            query.push(" and r.state = 'Accepted'");
        }
        InboxTab::History => {
            query.push(" and r.state in ('Rejected', 'Withdrawn', 'Expired')");
        }
    }
}

/// A part of one side's inbox: open ones whose turn it is first, then by waiting time; closed ones by when they were closed.
fn list(query: &mut QueryBuilder<Postgres>, reader: Reader, filter: &InboxFilter, page: &Wanted) {
    let Wanted { after, offset, limit } = page;
    query.push(", (select coalesce(jsonb_agg(to_jsonb(x) order by ");
    query.push(match (filter.tab.is_open(), reader.side) {
        (true, Side::Community) => "x.turn, x.turn_since, x.id",
        (true, Side::Organization) => "x.turn desc, x.turn_since, x.id",
        (false, _) => "x.closed_at desc, x.id desc",
    });
    query.push("), '[]') from (");
    reader.select(query, |_| {});
    // First which rows, from the index that has the inbox's order; only these are joined with everything that a row shows.
    query.push(" where r.id = any(array(select r.id");
    // The labels happen to sort: the community's own turn comes first ascending, the organization's descending.
    let (direction, later) = match reader.side {
        Side::Community => ("asc", ">"),
        Side::Organization => ("desc", "<"),
    };
    let order = |query: &mut QueryBuilder<Postgres>| {
        if filter.tab.is_open() {
            query.push(" order by r.turn ").push(direction).push(", r.turn_since, r.id");
        } else {
            query.push(" order by r.closed_at desc, r.id desc");
        }
    };
    filtered(query, reader, filter, |query| {
        if !filter.tab.is_open() {
            query.push(" and r.closed_at is not null");
        }
        match after {
            Some(After { turn, since, id }) if filter.tab.is_open() => {
                query.push(" and (r.turn ").push(later).push(" ").push_bind(turn.label());
                query.push(" or (r.turn = ").push_bind(turn.label());
                query.push(" and (r.turn_since, r.id) > (").push_bind(*since).push(", ").push_bind(*id).push(")))");
            }
            Some(After { since, id, .. }) => {
                query.push(" and (r.closed_at, r.id) < (").push_bind(*since).push(", ").push_bind(*id).push(")");
            }
            None => {}
        }
        if is_fenced(filter) {
            // There too, so that no more are looked at than it takes to fill a page.
            order(query);
        }
    });
    narrow(query, reader, filter);
    order(query);
    query.push(" offset ").push_bind(*offset).push(" limit ").push_bind(*limit).push("))) x) as rows");
}

/// What one side's inbox holds, each number counted to just beyond the cap; with what else its page says.
#[derive(FromRow)]
pub struct Inbox {
    pub matching: i64,
    pub your_turn: i64,
    pub open: i64,
    pub incoming: i64,
    pub submitted: i64,
    pub negotiation: i64,
    pub accepted: i64,
    pub history: i64,
    pub snoozed: i64,
    pub unread_incoming: i64,
    pub unread_submitted: i64,
    pub unread_negotiation: i64,
    pub unread_accepted: i64,
    pub unread_history: i64,
    /// Looked at one by one to count these.
    pub looked_at: i64,
    pub sent_by_workspace: i64,
    pub sent_by_person: i64,
    /// `[{id, name, role}]`.
    pub colleagues: serde_json::Value,
    /// The page itself.
    #[sqlx(json)]
    pub rows: Vec<Row>,
}

/// Which rows of a part of an inbox a number counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    /// Not put aside.
    Awake,
    /// Of those, the ones that wait for the reader's side.
    MyTurn,
    Aside,
}

/// One statement, so that all of it is of one moment.
pub async fn read(ctx: &Ctx, reader: Reader, filter: &InboxFilter, page: &Wanted, week_ago: DateTime<Utc>) -> AppResult<Inbox> {
    let mut query = QueryBuilder::new("select ");
    if filter.is_narrowed() {
        query.push("(select count(*) from (select 1");
        filtered(&mut query, reader, filter, |_| {});
        narrow(&mut query, reader, filter);
        query.push(" limit ").push_bind(COUNT_CAP + 1).push(") as n) as matching");
    } else {
        query.push("0::bigint as matching");
    }
    let mut one = |name: &str, tab_of: InboxTab, which: Which| {
        query.push(", (select count(*) from (select 1 from requests r where true");
        within(&mut query, reader.scope);
        tab(&mut query, reader, tab_of);
        match which {
            Which::All => {}
            Which::Aside => {
                query.push(" and ");
                reader.is_aside(&mut query);
            }
            Which::Awake | Which::MyTurn => {
                query.push(" and not ");
                reader.is_aside(&mut query);
            }
        }
        if which == Which::MyTurn {
            query.push(" and r.turn = '").push(reader.side.label()).push("'");
        }
        query.push(" limit ").push_bind(COUNT_CAP + 1).push(") as n) as ").push(name);
    };
    one("your_turn", InboxTab::Open, Which::MyTurn);
    one("open", InboxTab::Open, Which::Awake);
    one("incoming", InboxTab::Incoming, Which::Awake);
    one("submitted", InboxTab::Submitted, Which::Awake);
    one("negotiation", InboxTab::Negotiation, Which::Awake);
    one("accepted", InboxTab::Accepted, Which::All);
    one("history", InboxTab::History, Which::All);
    one("snoozed", InboxTab::Open, Which::Aside);
    for (name, _) in UNREAD {
        query.push(", u.").push(name);
    }
    query.push(", u.looked_at, ");
    sent(&mut query, reader, week_ago);
    query.push(", ");
    colleagues(&mut query, reader.scope);
    list(&mut query, reader, filter, page);
    unread(&mut query, reader);
    let mut inbox = query.build_query_as::<Inbox>().fetch_one(ctx.db()).await?;
    if !filter.is_narrowed() {
        // A whole part is counted for its tab already.
        inbox.matching = match filter.tab {
            InboxTab::Open => inbox.open,
            InboxTab::Incoming => inbox.incoming,
            InboxTab::Submitted => inbox.submitted,
            InboxTab::Negotiation => inbox.negotiation,
            InboxTab::Accepted => inbox.accepted,
            InboxTab::History => inbox.history,
        };
    }
    Ok(inbox)
}

/// The parts of which it is counted what somebody has not read.
const UNREAD: [(&str, InboxTab); 5] = [
    ("unread_incoming", InboxTab::Incoming),
    ("unread_submitted", InboxTab::Submitted),
    ("unread_negotiation", InboxTab::Negotiation),
    ("unread_accepted", InboxTab::Accepted),
    ("unread_history", InboxTab::History),
];

/// What is unread in each part, as `u`, and how many requests were looked at for it one by one: those above the person's mark in
/// this workspace. Below it everything unread is written down, and counted from there ([`settle`]); but not what is above by now.
fn unread(query: &mut QueryBuilder<Postgres>, reader: Reader) {
    query.push(" from (select ");
    for (name, _) in UNREAD {
        query.push("least(coalesce(sum(n.n) filter (where n.part = '").push(name).push("'), 0), ");
        query.push_bind(COUNT_CAP + 1).push(") as ").push(name).push(", ");
    }
    query.push("count(*) filter (where n.looked_at) as looked_at from (select ");
    part(query, reader);
    query.push(" as part, ");
    reader.is_unread(query);
    query.push("::int as n, true as looked_at from requests r where r.news_no > ");
    reader.mark(query);
    own(query, reader.scope);
    // By its key, whatever Postgres expects of a plan that it keeps.
    query.push(" union all select x.part, -1, false from requests r cross join lateral (select x.part from request_unread x where x.user_id = ");
    query.push_bind(reader.user.0).push(" and x.workspace_id = ").push_bind(reader.workspace());
    query.push(" and x.request_id = r.id limit 1) x where r.news_no > ");
    reader.mark(query);
    own(query, reader.scope);
    query.push(" union all select x.part, 1, false from request_unread x where x.user_id = ").push_bind(reader.user.0);
    query.push(" and x.workspace_id = ").push_bind(reader.workspace()).push(") n) u");
}

/// The number of [`UNREAD`] that counts `r`; empty for what staff hold back from the reader's workspace.
fn part(query: &mut QueryBuilder<Postgres>, reader: Reader) {
    query.push("case when r.held_at is not null and r.opened_by <> '").push(reader.side.label()).push("' then ''");
    for (name, part) in UNREAD {
        query.push(" when true");
        tab(query, reader, part);
        query.push(" then '").push(name).push("'");
    }
    query.push(" else '' end");
}

/// The number up to which everything that was numbered in a workspace is there to be seen; nothing while somebody is at work with
/// something there. It never falls, so a mark may be moved there any time later.
pub async fn find_settled(ctx: &Ctx, reader: Reader) -> AppResult<Option<i64>> {
    let settled = sqlx::query_scalar::<_, Option<i64>>("select settled_request_news($1)");
    Ok(settled.bind(reader.workspace()).fetch_one(ctx.db()).await?)
}

/// Moves a person's mark in their workspace up to a number of [`find_settled`], and writes down what is unread below it. `false`,
/// and nothing is done, while they are reading, or their mark is on its way already.
pub async fn settle(tx: &mut Tx, reader: Reader, up_to: i64) -> AppResult<bool> {
    // Whoever reads says so (`note_request_read`), and waits from here on: what follows must see what was read, or be seen by it.
    let alone =
        sqlx::query_scalar::<_, bool>("select pg_try_advisory_xact_lock(hashtextextended('request reads ' || $1::text, 0))");
    if !alone.bind(reader.user.0).fetch_one(tx.conn()).await? {
        return Ok(false);
    }
    let was = sqlx::query_scalar::<_, i64>(
        "insert into request_marks (user_id, workspace_id, news_no) values ($1, $2, -1)
         on conflict (user_id, workspace_id) do update set news_no = request_marks.news_no returning news_no",
    )
    .bind(reader.user.0)
    .bind(reader.workspace())
    .fetch_one(tx.conn())
    .await?;
    let up_to = up_to.max(was);
    sqlx::query(
        "delete from request_unread x using requests r
         where x.user_id = $1 and x.workspace_id = $2 and r.id = x.request_id and r.news_no > $3",
    )
    .bind(reader.user.0)
    .bind(reader.workspace())
    .bind(was)
    .execute(tx.conn())
    .await?;
    // What is numbered meanwhile is above the mark, wherever it is written down.
    let mut query = QueryBuilder::new("insert into request_unread (user_id, workspace_id, request_id, part) select ");
    query.push_bind(reader.user.0).push(", ").push_bind(reader.workspace()).push(", r.id, ");
    part(&mut query, reader);
    query.push(" from requests r where r.news_no > ").push_bind(was).push(" and r.news_no <= ").push_bind(up_to);
    own(&mut query, reader.scope);
    query.push(" and ");
    reader.is_unread(&mut query);
    query.push(" on conflict do nothing");
    query.build().execute(tx.conn()).await?;
    sqlx::query("update request_marks set news_no = $3 where user_id = $1 and workspace_id = $2")
        .bind(reader.user.0)
        .bind(reader.workspace())
        .bind(up_to)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// The people of the reader's workspace whose seats are open, as one value.
fn colleagues(query: &mut QueryBuilder<Postgres>, scope: Scope) {
    let (kind, id) = match scope.community() {
        Some(id) => ("community", Some(id)),
        None => ("organization", scope.organization()),
    };
    query.push("(select coalesce(jsonb_agg(jsonb_build_object('id', w.user_id, 'name', u.name, 'role', w.role) ");
    query.push("order by lower(u.name) collate \"C\", u.id), '[]') from seats w join users u on u.id = w.user_id ");
    query.push("where u.suspended_at is null and w.kind = ").push_bind(kind);
    query.push(" and w.workspace_id = ").push_bind(id).push(") as colleagues");
}

/// How many requests the workspace, and the person over all workspaces, sent since a moment.
pub async fn count_sent(ctx: &Ctx, reader: Reader, since: DateTime<Utc>) -> AppResult<(i64, i64)> {
    let mut query = QueryBuilder::new("select ");
    sent(&mut query, reader, since);
    Ok(query.build_query_as::<(i64, i64)>().fetch_one(ctx.db()).await?)
}

/// Two columns: how many requests the workspace sent since a moment, and how many the person did over all workspaces. The side stands
/// there as a word, since of a parameter a kept plan cannot know that the index of what this side has sent holds all of them.
fn sent(query: &mut QueryBuilder<Postgres>, reader: Reader, since: DateTime<Utc>) {
    query.push("(select count(*) from requests r where r.opened_at > ").push_bind(since);
    query.push(" and r.opened_by = '").push(reader.side.label()).push("'");
    own(query, reader.scope);
    query.push(") as sent_by_workspace, (select count(*) from requests r where r.opened_at > ").push_bind(since);
    query.push(" and r.created_by = ").push_bind(reader.user.0).push(") as sent_by_person");
}

/// The zone of a request's event.
pub async fn get_zone(tx: &mut Tx, id: RequestId) -> AppResult<String> {
    Ok(sqlx::query_scalar!("select e.timezone from requests r join events e on e.id = r.event_id where r.id = $1", id.0)
        .fetch_one(tx.conn())
        .await?)
}

/// The people of the reader's workspace: `[{id, name, role}]`.
pub async fn list_colleagues(ctx: &Ctx, scope: Scope) -> AppResult<serde_json::Value> {
    let mut query = QueryBuilder::new("select ");
    colleagues(&mut query, scope);
    Ok(query.build_query_scalar().fetch_one(ctx.db()).await?)
}

/// A fact of a request's timeline.
#[derive(FromRow)]
pub struct TimelineRow {
    pub at: DateTime<Utc>,
    pub actor_user_id: Option<Uuid>,
    pub acting_kind: String,
    pub room: String,
    pub name: String,
    pub payload: String,
    pub private: Option<String>,
}

/// What happened to a request, and to the place on the event's page that came of it, oldest first; and in the same snapshot notes that this person has seen exactly that much, so
/// that a fact which arrives meanwhile stays unread.
pub async fn list_timeline(ctx: &Ctx, user: UserId, id: RequestId, limit: i64) -> AppResult<Vec<TimelineRow>> {
    let mut rows = sqlx::query_as!(
        TimelineRow,
        r#"with shown as (
               select f.id, f.at, f.actor_user_id, f.acting_kind, f.room, f.name, f.payload, f.seq, p.fields as private
               from fact_about a join facts f on f.id = a.fact_id left join fact_private p on p.fact_id = f.id
               where a.subject_kind = 'request' and a.subject_id = $1 and f.room in ('requests', 'decisions', 'partners')
               order by a.at desc, f.id desc limit $3
           ), noted as (
               insert into request_reads (user_id, request_id, seq)
               select $2, $1, max(seq) from shown where room <> 'partners' having max(seq) is not null
               on conflict (user_id, request_id) do update set seq = greatest(request_reads.seq, excluded.seq)
           )
           select at as "at!", actor_user_id, acting_kind as "acting_kind!", room as "room!", name as "name!", payload as "payload!", private as "private?"
           from shown order by at desc, id desc"#,
        id.0,
        user.0,
        limit,
    )
    .fetch_all(ctx.db())
    .await?;
    rows.reverse();
    Ok(rows)
}

/// A fact of the timeline of one of several requests.
#[derive(FromRow)]
struct TimelineOf {
    request_id: Uuid,
    #[sqlx(flatten)]
    fact: TimelineRow,
}

/// As [`list_timeline`] for several requests, by one statement; nothing is noted as seen.
pub async fn list_timelines(ctx: &Ctx, ids: &[Uuid], limit: i64) -> AppResult<HashMap<Uuid, Vec<TimelineRow>>> {
    let rows = sqlx::query_as::<_, TimelineOf>(
        "select q.id as request_id, t.at, t.actor_user_id, t.acting_kind, t.room, t.name, t.payload, t.private
         from unnest($1::uuid[]) as q (id) cross join lateral (
             select f.id, f.at, f.actor_user_id, f.acting_kind, f.room, f.name, f.payload, p.fields as private
             from fact_about a join facts f on f.id = a.fact_id left join fact_private p on p.fact_id = f.id
             where a.subject_kind = 'request' and a.subject_id = q.id and f.room in ('requests', 'decisions', 'partners')
             order by a.at desc, f.id desc limit $2
         ) t order by q.id, t.at, t.id",
    )
    .bind(ids)
    .bind(limit)
    .fetch_all(ctx.db())
    .await?;
    let mut timelines: HashMap<Uuid, Vec<TimelineRow>> = HashMap::new();
    for row in rows {
        timelines.entry(row.request_id).or_default().push(row.fact);
    }
    Ok(timelines)
}

/// Notes that somebody has seen everything that these requests of theirs say by now. Gives how many are theirs.
pub async fn mark_read(ctx: &Ctx, scope: Scope, user: UserId, ids: &[Uuid]) -> AppResult<u64> {
    let done = sqlx::query!(
        "insert into request_reads (user_id, request_id, seq)
         select $1, r.id, h.seq from requests r join fact_heads h on h.subject_kind = 'request' and h.subject_id = r.id
         where r.id = any($2) and ((r.community_id = $3 and (r.held_at is null or r.opened_by = 'community'))
            or (r.organization_id = $4 and (r.held_at is null or r.opened_by = 'organization')))
         on conflict (user_id, request_id) do update set seq = greatest(request_reads.seq, excluded.seq)",
        user.0,
        ids,
        scope.community(),
        scope.organization(),
    )
    .execute(ctx.db())
    .await?;
    Ok(done.rows_affected())
}

/// What the requests of a selection are called: the other side and the event. Only those in scope.
pub async fn list_names(ctx: &Ctx, scope: Scope, ids: &[Uuid]) -> AppResult<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"select r.id, (case when r.community_id = $2 then o.display_name else c.name end) || ', ' || e.title as "name!"
           from requests r join communities c on c.id = r.community_id join organizations o on o.id = r.organization_id
                join events e on e.id = r.event_id
           where r.id = any($1) and ((r.community_id = $2 and (r.held_at is null or r.opened_by = 'community'))
              or (r.organization_id = $3 and (r.held_at is null or r.opened_by = 'organization')))"#,
        ids,
        scope.community(),
        scope.organization(),
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// How a side keeps a request. Its request is held already, so nobody changes this meanwhile.
pub async fn get_desk(tx: &mut Tx, id: RequestId, side: Side) -> AppResult<Desk> {
    let row = sqlx::query!(
        "select assignee_id, snoozed_until from request_desks where request_id = $1 and side = $2",
        id.0,
        side.label(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or_else(Desk::default, |row| Desk { assignee: row.assignee_id.map(Into::into), snoozed_until: row.snoozed_until }))
}

pub async fn apply_assigned(tx: &mut Tx, assigned: &RequestAssigned, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into request_desks (request_id, side, assignee_id, updated_at) values ($1, $2, $3, $4)
         on conflict (request_id, side) do update set assignee_id = excluded.assignee_id, updated_at = excluded.updated_at",
        assigned.request().0,
        assigned.side().label(),
        assigned.to().map(|user| user.0),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn apply_snoozed(tx: &mut Tx, snoozed: &RequestSnoozed, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into request_desks (request_id, side, snoozed_until, updated_at) values ($1, $2, $3, $4)
         on conflict (request_id, side) do update set snoozed_until = excluded.snoozed_until, updated_at = excluded.updated_at",
        snoozed.request().0,
        snoozed.side().label(),
        snoozed.until(),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn apply_woken(tx: &mut Tx, woken: &RequestWoken, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update request_desks set snoozed_until = null, updated_at = $3 where request_id = $1 and side = $2",
        woken.request().0,
        woken.side().label(),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The name and role of somebody whose seat in the reader's workspace is open.
pub async fn find_colleague(tx: &mut Tx, scope: Scope, user: UserId) -> AppResult<Option<(String, String)>> {
    let row = sqlx::query!(
        r#"select u.name, w.role as "role!" from seats w join users u on u.id = w.user_id
           where w.user_id = $1 and u.suspended_at is null
             and ((w.kind = 'community' and w.workspace_id = $2) or (w.kind = 'organization' and w.workspace_id = $3))"#,
        user.0,
        scope.community(),
        scope.organization(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.name, row.role)))
}

/// A revision as it is stored; its hashes in hexadecimal digits.
#[derive(Deserialize)]
pub struct RevisionRow {
    pub sequence: i32,
    pub side: String,
    pub currency: String,
    pub amount_minor: i64,
    pub category: String,
    pub benefits: serde_json::Value,
    pub message: String,
    pub valid_until: DateTime<Utc>,
    pub canonical: String,
    pub hash: String,
    pub prev_hash: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Where a request belongs.
pub struct Parents {
    pub community: CommunityId,
    pub organization: OrganizationId,
    pub event: EventId,
    pub opportunity: Option<OpportunityId>,
}

/// Where a request belongs, without a lock: for taking the locks above it in their order. Only a merge of two organizations
/// changes it, which whoever holds the organization finds out when it reads the request again.
pub async fn get_parents(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<Parents> {
    let row = sqlx::query!(
        "select community_id, organization_id, event_id, opportunity_id from requests
         where id = $1 and ($2 or (community_id = $3 and (held_at is null or opened_by = 'community'))
            or (organization_id = $4 and (held_at is null or opened_by = 'organization')))",
        id.0,
        scope.everything(),
        scope.community(),
        scope.organization(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(Parents {
        community: row.community_id.into(),
        organization: row.organization_id.into(),
        event: row.event_id.into(),
        opportunity: row.opportunity_id.map(Into::into),
    })
}

/// Locks the request, then reads its newest revision: in one statement, the revision could be one that a twin has replaced
/// while this waited.
pub async fn hold(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<Request> {
    let row = sqlx::query!(
        "select id, community_id, organization_id, event_id, opportunity_id, opened_by, state, turn, revision, expires_at, held_at
         from requests
         where id = $1 and ($2 or (community_id = $3 and (held_at is null or opened_by = 'community'))
            or (organization_id = $4 and (held_at is null or opened_by = 'organization'))) for update",
        id.0,
        scope.everything(),
        scope.community(),
        scope.organization(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    let newest = sqlx::query!(
        "select v.amount_minor, v.currency, v.category, v.hash, c.name as community_name, o.display_name as organization_name,
                e.title as event_title
         from revisions v, communities c, organizations o, events e
         where v.request_id = $1 and v.sequence = $2 and c.id = $3 and o.id = $4 and e.id = $5",
        row.id,
        row.revision,
        row.community_id,
        row.organization_id,
        row.event_id,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Request {
        id,
        parties: Parties {
            community: row.community_id.into(),
            organization: row.organization_id.into(),
            event: row.event_id.into(),
            opportunity: row.opportunity_id.map(Into::into),
            community_name: newest.community_name,
            organization_name: newest.organization_name,
            event_title: newest.event_title,
        },
        opened_by: side(&row.opened_by)?,
        state: state(&row.state)?,
        turn: side(&row.turn)?,
        revision: row.revision,
        revision_hash: RevisionHash::from_bytes(&newest.hash),
        amount: money(newest.amount_minor, &newest.currency)?,
        category: category(&newest.category)?,
        expires_at: row.expires_at,
        held: row.held_at.is_some(),
    })
}

/// Writes the request and its first revision. `false` when an open one of the same community, organization and opportunity
/// stands already; a twin that is still being written is waited for.
/// `words` is what two messages with the same words share; `search_text` is what searches find.
pub async fn apply_opened(
    tx: &mut Tx,
    opened: &RequestOpened,
    by: Uuid,
    words: Option<[u8; 32]>,
    search_text: &str,
    at: DateTime<Utc>,
) -> AppResult<bool> {
    let (parties, revision) = (opened.parties(), opened.revision());
    let written = sqlx::query!(
        "insert into requests (id, community_id, organization_id, event_id, opportunity_id, opened_by, state, turn, revision,
                               created_by, opened_at, turn_since, expires_at, updated_at, words_key, search_text)
         values ($1, $2, $3, $4, $5, $6, 'Pending', $7, $8, $9, $10, $10, $11, $10, $12, $13) on conflict do nothing",
        opened.id().0,
        parties.community.0,
        parties.organization.0,
        parties.event.0,
        parties.opportunity.map(|id| id.0),
        revision.side.label(),
        revision.side.other().label(),
        revision.sequence,
        by,
        at,
        revision.terms.valid_until,
        words.as_ref().map(|key| &key[..]),
        search_text,
    )
    .execute(tx.conn())
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    let benefits = serde_json::to_value(&revision.terms.benefits).map_err(broken)?;
    sqlx::query!(
        "insert into revisions (id, request_id, sequence, side, currency, amount_minor, category, benefits, message, valid_until,
                                canonical, hash, prev_hash, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, decode($12, 'hex'), decode($13, 'hex'), $14, $15)",
        revision.id.0,
        revision.request.0,
        revision.sequence,
        revision.side.label(),
        revision.terms.amount.currency.code(),
        revision.terms.amount.minor,
        revision.terms.category.label(),
        benefits,
        revision.terms.message,
        revision.terms.valid_until,
        revision.canonical,
        revision.hash.as_str(),
        revision.previous.as_ref().map(RevisionHash::as_str),
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(true)
}

/// The open request that stands in the way of another one, and whether this side may know of it: not while it is held back.
pub async fn find_open(tx: &mut Tx, parties: &Parties, side: Side) -> AppResult<Option<(RequestId, bool)>> {
    let row = sqlx::query!(
        r#"select id, (held_at is null or opened_by = $4) as "is_seen!" from requests
           where community_id = $1 and organization_id = $2 and opportunity_id is not distinct from $3
             and state in ('Pending', 'Negotiation')"#,
        parties.community.0,
        parties.organization.0,
        parties.opportunity.map(|id| id.0),
        side.label(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (RequestId(row.id), row.is_seen)))
}

pub async fn apply_accepted(tx: &mut Tx, accepted: &RequestAccepted, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, accepted.was(), accepted.state(), None, at).await
}

pub async fn apply_rejected(tx: &mut Tx, rejected: &RequestRejected, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, rejected.was(), rejected.state(), Some(rejected.why()), at).await
}

pub async fn apply_withdrawn(tx: &mut Tx, withdrawn: &RequestWithdrawn, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, withdrawn.was(), withdrawn.state(), None, at).await
}

pub async fn apply_expired(tx: &mut Tx, expired: &RequestExpired, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, expired.was(), expired.state(), None, at).await
}

/// Locks what is open between either of two organizations and anybody; gives, of each two about the same thing, the newer
/// with the one that stays. What staff hold back counts as newer: its receiver does not know of it.
pub async fn list_twins(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<Vec<(RequestId, RequestId)>> {
    sqlx::query!(
        "select id from requests where organization_id in ($1, $2) and state in ('Pending', 'Negotiation') order by id for update",
        gone.0,
        kept.0,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = sqlx::query!(
        r#"select case when of_kept.newer then k.id else g.id end as "goes!", case when of_kept.newer then g.id else k.id end as "stays!"
           from requests g join requests k on k.community_id = g.community_id and k.opportunity_id is not distinct from g.opportunity_id
               cross join lateral (select (g.held_at is not null, g.opened_at, g.id) < (k.held_at is not null, k.opened_at, k.id) as newer)
                   as of_kept
           where g.organization_id = $1 and k.organization_id = $2
             and g.state in ('Pending', 'Negotiation') and k.state in ('Pending', 'Negotiation')
           order by 1"#,
        gone.0,
        kept.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.goes.into(), row.stays.into())).collect())
}

/// Gives every request of one organization to another, found by its name too. A colleague who has no seat there is no longer
/// the one to handle it.
pub async fn follow(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId, name: &str) -> AppResult<u64> {
    let moved = sqlx::query!(
        "update requests set organization_id = $2, search_text = search_text || ' ' || lower($3::text) where organization_id = $1",
        gone.0,
        kept.0,
        name,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update request_desks d set assignee_id = null
         from requests r
         where r.id = d.request_id and r.organization_id = $1 and d.side = 'organization' and d.assignee_id is not null
           and not exists (select 1 from seats s where s.kind = 'organization' and s.workspace_id = $1 and s.user_id = d.assignee_id)",
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(moved.rows_affected())
}

pub(super) async fn close(
    tx: &mut Tx,
    was: &Request,
    state: RequestState,
    why: Option<&Rejection>,
    at: DateTime<Utc>,
) -> AppResult<()> {
    let changed = sqlx::query!(
        "update requests set state = $3, rejection_reason = $4, rejection_note = $5, ask_again_on = $7, closed_at = $6, updated_at = $6,
                search_text = search_text || coalesce(' ' || lower($5), '')
         where id = $1 and state = $2",
        was.id.0,
        was.state.label(),
        state.label(),
        why.map(|why| why.reason.label()),
        why.map(|why| why.note.as_str()),
        at,
        why.and_then(|why| why.ask_again),
    )
    .execute(tx.conn())
    .await?;
    // Nothing comes back that is closed.
    sqlx::query!("update request_desks set snoozed_until = null where request_id = $1 and snoozed_until is not null", was.id.0)
        .execute(tx.conn())
        .await?;
    match changed.rows_affected() {
        1 => Ok(()),
        rows => Err(AppError::broken(format!("a transition changed {rows} rows"))),
    }
}

pub fn side(label: &str) -> AppResult<Side> {
    Side::parse(label).ok_or_else(|| AppError::broken(format!("{label} is no side")))
}

pub fn state(label: &str) -> AppResult<RequestState> {
    RequestState::parse(label).map_err(broken)
}

pub fn category(label: &str) -> AppResult<Category> {
    Category::parse(label).map_err(broken)
}

pub fn money(minor: i64, currency: &str) -> AppResult<Money> {
    Ok(Money { minor, currency: Currency::parse(currency).map_err(broken)? })
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}

/// The benefit lines of one revision.
pub async fn get_benefits(tx: &mut Tx, request: RequestId, sequence: i32) -> AppResult<Vec<BenefitLine>> {
    let lines =
        sqlx::query_scalar!("select benefits from revisions where request_id = $1 and sequence = $2", request.0, sequence)
            .fetch_one(tx.conn())
            .await?;
    serde_json::from_value(lines).map_err(broken)
}

/// Does it wait for an answer?
pub async fn is_open(ctx: &Ctx, id: RequestId) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select 1 from requests where id = $1 and state in ('Pending', 'Negotiation') and expires_at > $2
           ) as "open!""#,
        id.0,
        ctx.now(),
    )
    .fetch_one(ctx.db())
    .await?)
}

/// The organizations whose own applications for an opportunity are open; whoever was asked for it has applied for nothing.
pub async fn list_applicants(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar::<_, Uuid>(
        "select organization_id from requests
         where opportunity_id = $1 and opened_by = 'organization' and state in ('Pending', 'Negotiation') order by opened_at, id",
    )
    .bind(opportunity.0)
    .fetch_all(ctx.db())
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}

/// Keeps the opportunity as it was when the request was made.
pub async fn keep_snapshot(tx: &mut Tx, request: RequestId, snapshot: &str) -> AppResult<()> {
    sqlx::query!("update requests set opportunity_snapshot = $2 where id = $1", request.0, snapshot).execute(tx.conn()).await?;
    Ok(())
}
