//! Every column of the database, said to be public, the house's own, or private; and words of ours planted in the private
//! ones of two tenants, Apex Circle and Acme Cloud. A column that is not in the table fails the tests that use it.
//!
//! Ids, moments, dates and yes-or-no columns are not words and stand in no list.

use crate::town::{Browser, Town, run};
use commdesk::{
    features::accounts::service as accounts,
    platform::crypto::cell,
    seeds::people::{self, Figure, PASSWORD},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One table: which of its rows are the tenants', and what each of its columns is.
pub struct Columns {
    table: &'static str,
    /// The tenants' rows, in SQL; `{…}` stands for an id of [`Tenants`].
    rows: &'static str,
    /// What anybody may read.
    public: &'static str,
    /// Words of closed lists, counters, orders, hashes of what is elsewhere: nothing can be planted there, and nobody's
    /// secret is in it.
    machine: &'static str,
    /// What only those may read whom `canaries::SEEN` names.
    private: &'static str,
}

const fn columns(
    table: &'static str,
    rows: &'static str,
    public: &'static str,
    machine: &'static str,
    private: &'static str,
) -> Columns {
    Columns { table, rows, public, machine, private }
}

/// Who keeps a row: both tenants' people.
const PEOPLE: &str = "user_id in ({people})";

pub const TABLES: &[Columns] = &[
    columns("users", "id in ({people})", "", "totp_last_step", "email name password_hash totp_secret"),
    columns("recovery_codes", PEOPLE, "", "", "code_hash"),
    // The session that a test still needs is called `kept`.
    columns("sessions", "user_id in ({people}) and device <> 'kept'", "", "", "token_hash device network default_workspace"),
    columns("one_time_links", PEOPLE, "", "purpose", "token_hash email"),
    columns("staff_roles", "false", "", "role", ""),
    columns("rate_counters", "action = 'canary'", "", "action hits", "subject"),
    columns(
        "facts",
        "subject_id in ({apex}, {acme}, {request}, {event}, {offer})",
        "",
        "acting_kind room name subject_kind seq prev_hash hash",
        "trace_id payload body",
    ),
    columns(
        "fact_private",
        "fact_id in (select id from facts where subject_id in ({apex}, {acme}, {request}, {people}))",
        "",
        "",
        "salt fields",
    ),
    columns("fact_about", "false", "", "subject_kind", ""),
    columns("fact_heads", "false", "", "subject_kind seq hash", ""),
    columns("fact_checkpoints", "false", "", "number body prev_hash hash signature", ""),
    columns("outbox", "false", "", "place", ""),
    columns("jobs", "state = 'done'", "", "consumer seq state attempts", "subject payload last_error trace_id"),
    columns("deadlines", "false", "", "kind failures", ""),
    columns("key_proofs", "false", "", "name proof", ""),
    columns(
        "mails",
        "recipient in ('ravi@apex.example', 'hello@apex.example', 'asha@acme.example')",
        "",
        "template state attempts topic",
        "once_key recipient recipient_name subject body_text body_html last_error trace_id",
    ),
    columns("notices", PEOPLE, "", "", "workspace title href"),
    columns("idempotency_keys", "operation = 'canary'", "", "operation", "principal key request_hash result"),
    columns("logos", "false", "sha256 storage_key width height bytes", "", ""),
    columns(
        "organizations",
        "id = {acme}",
        "slug entity_type display_name legal_name website identity_key industry short_description long_description technologies \
         developer_tools supported_regions preferred_event_types supported_community_types verification_status brand_colors \
         boilerplate events_sponsored communities_supported products products_text",
        // Sponsorship types are words of a closed list; who sees them is a row of `organizations/visibility.rs`.
        "name_skeleton budget_currency sponsorship_types trust_score disabled_from version changed",
        "budget_min budget_max primary_email business_email devrel_email hiring_email billing_email phone more_asked \
         decision_reason applied_from disabling_reason",
    ),
    columns("organizations_gone", "false", "", "changed", ""),
    columns("organization_members", "false", "", "role version", ""),
    columns("organization_seats_waiting", "false", "", "role", ""),
    // A dropped one; what waits is read by staff alone.
    columns("organization_merges", "gone_id = {acme}", "", "state", "reason"),
    columns("technologies", "false", "key name", "", ""),
    columns("checks", "subject_id in ({apex}, {acme})", "", "subject_kind kind result", "evidence"),
    columns("application_drafts", "kind = 'community'", "", "kind", "token_hash fields"),
    columns(
        "communities",
        "id = {apex}",
        "slug name bio website identity_key community_type country city region languages size links answers median_answer_seconds",
        "name_skeleton status trust_score version changed offers_changed",
        "official_email phone more_asked decision_reason applied_from",
    ),
    columns(
        "members",
        "community_id = {apex} and user_id in ({people})",
        "",
        "role status interests version",
        "bio links status_reason",
    ),
    // An event's page is public once it is published; its rows here are drafts.
    columns(
        "events",
        "id = {event}",
        "",
        "event_type category format region technologies timezone max_attendees status version offers_changed",
        "slug title subtitle description_markdown registration_link venue_name venue_address hidden_reason",
    ),
    // What stands on the public page is public; the row here is a hidden one.
    columns(
        "event_partners",
        "id = {link}",
        "",
        "logo_key_snapshot display_category tier_keyword display_order version",
        "name_snapshot website_snapshot benefits removal_reason",
    ),
    // An open opportunity is public; the row here is a draft.
    columns(
        "opportunities",
        "id = {offer}",
        "",
        "category currency places status version changed",
        "title description budget_min budget_max event_snapshot search_text hidden_reason",
    ),
    columns("opportunity_benefits", "opportunity_id = {offer}", "", "position kind", "text"),
    columns("opportunity_items", "opportunity_id = {offer}", "", "position kind benefit stock", "name details price_minor"),
    columns("opportunity_places", "false", "", "number", ""),
    columns("place_claims", "request_id = {request}", "", "", "release_reason"),
    columns(
        "requests",
        "id = {request}",
        "",
        // A reason for a rejection is one of a closed list; its words are the note.
        "opened_by state turn revision rejection_reason held_for news_seq news_before news_no",
        "rejection_note words_key search_text opportunity_snapshot",
    ),
    columns(
        "revisions",
        "request_id = {request}",
        "",
        "sequence side currency category hash prev_hash",
        "amount_minor benefits message canonical",
    ),
    columns("request_items", "request_id = {request}", "", "position kind", "name price_minor"),
    columns("waiting_list", "false", "", "line state side revision_hash", ""),
    columns("prepared_decisions", "request_id = {request}", "", "decision reason revision_hash", "note problem"),
    columns("request_reads", "false", "", "seq", ""),
    columns("request_marks", "false", "", "news_no", ""),
    columns("request_unread", "false", "", "part", ""),
    columns("request_desks", "false", "", "side", ""),
    columns("request_senders", "false", "", "kind", ""),
    columns("request_renames", "false", "", "", ""),
    columns("request_routes", "false", "", "kind region event_type", ""),
    columns(
        "request_fits",
        "organization_id = {acme}",
        "",
        "min_people regions event_types currency reason ask_again_month",
        "max_amount words",
    ),
    columns("community_embeds", "false", "origins", "version", ""),
    columns("invitations", "workspace_id in ({apex}, {acme})", "", "workspace_kind role", "email name token_hash"),
    columns("member_imports", "community_id = {apex}", "", "", "roster"),
    // A file of Apex Circle that waits to be carried out; its id is the request's.
    columns("imports", "id = {request}", "", "target state file_hash", "file_name headings mapping note"),
    columns(
        "import_rows",
        "import_id = {request}",
        "",
        "number outcome into_row choice",
        "cells title reason unmapped into_name added undo_refused",
    ),
    columns("import_books", "import_id = {request}", "", "", "sheet sheets book"),
    columns("import_progress", "false", "", "done total", ""),
    columns("import_origins", "event_id = {event}", "", "", "title"),
    columns("import_merges", "false", "", "number row_key", ""),
    columns("import_mappings", "workspace = {apex}", "", "target headings_hash", "mapping"),
    columns("import_pictures", "import_id = {request}", "", "outcome number", "file_name reason"),
    columns("join_requests", "organization_id = {acme}", "", "role", "message decider_email token_hash"),
    columns("api_keys", "workspace_id in ({apex}, {acme})", "", "kind scopes", "name secret_hash tail"),
    columns("second_factor_policies", "false", "", "kind needed_for", ""),
    columns("mail_choices", "false", "", "topic pace", ""),
    columns("mail_hours", "false", "", "zone quiet_from quiet_until digest_at", ""),
    columns("digest_lines", PEOPLE, "", "template", "workspace title href"),
    columns("organization_slugs", "false", "slug", "", ""),
    columns("website_proposals", "organization_id = {acme}", "", "state", "website identity_key reason"),
    columns("organization_claims", "organization_id = {acme}", "", "method state", "email reason"),
    columns("domain_proofs", "organization_id = {acme}", "", "", "domain token"),
    columns("saved_views", PEOPLE, "", "board", "workspace name query"),
    columns("watches", "false", "", "workspace kind", ""),
    columns("blocks", "false", "", "made_by", ""),
    columns(
        "reports",
        "reporter_id in ({people})",
        "",
        "subject_kind reason state",
        "subject_name words reporter_workspace decision_reason",
    ),
];

/// An encrypted column keeps its marker as the services would: sealed for its cell.
pub const SEALED: &[(&str, &str)] = &[
    ("mails", "body_text"),
    ("mails", "body_html"),
    ("organizations", "business_email"),
    ("organizations", "devrel_email"),
    ("organizations", "hiring_email"),
    ("organizations", "billing_email"),
    ("organizations", "phone"),
    ("communities", "phone"),
    ("member_imports", "roster"),
];

/// What stands in every private number: 73,18,642 rupees and 15 paise.
pub const AMOUNT: i64 = 731_864_215;

/// What stands in every private phone number: readers parse it.
pub const PHONE: &str = "+91 77316 42086";

/// The two whose columns are filled, and what is theirs.
pub struct Tenants {
    pub apex: Uuid,
    pub acme: Uuid,
    pub ravi: Uuid,
    pub asha: Uuid,
    /// Asha's application to Apex Circle, which waits.
    pub request: Uuid,
    /// Of that application; open.
    pub opportunity: Uuid,
    /// A draft of Apex Circle.
    pub event: Uuid,
    /// A draft of Apex Circle.
    pub offer: Uuid,
    /// Hidden from HackFest's page.
    pub link: Uuid,
    pub hackfest: Uuid,
    pub invitation: Uuid,
    pub join_request: Uuid,
}

/// A figure of a test, who follows the mailed link like everybody.
pub const VERA: Figure = Figure { name: "Vera Lund", email: "vera@apex.example", role: "Volunteer" };
pub const SAM: Figure = Figure { name: "Sam Okoro", email: "sam@apex.example", role: "Organizer, suspended" };

pub async fn seat(town: &Town, figure: Figure, role: &str, status: &str) {
    let ctx = town.ctx();
    let user = people::activate(&ctx, figure).await.expect("activated");
    sqlx::query(
        "insert into members (id, community_id, user_id, role, status, created_at)
         select $1, id, $2, $3, $4, $5 from communities where slug = 'apex-circle'",
    )
    .bind(ctx.id::<Uuid>())
    .bind(user.0)
    .bind(role)
    .bind(status)
    .bind(ctx.now())
    .execute(&town.owner)
    .await
    .expect("a seat");
}

/// The demo, and a row in every table that keeps something private.
pub async fn furnish(town: &Town) -> Tenants {
    seat(town, VERA, "Volunteer", "Active").await;
    seat(town, SAM, "Organizer", "Suspended").await;
    let one = async |sql: &str| {
        sqlx::query_scalar::<_, Uuid>(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(&town.owner)
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"))
    };
    let apex = one("select id from communities where slug = 'apex-circle'").await;
    let acme = one("select id from organizations where slug = 'acme-cloud'").await;
    let request = one("select id from requests where state = 'Pending' and opened_by = 'organization'").await;
    let hackfest = one("select id from events where slug = 'hackfest'").await;
    let all = Tenants {
        apex,
        acme,
        ravi: one("select id from users where email = 'ravi@apex.example'").await,
        asha: one("select id from users where email = 'asha@acme.example'").await,
        request,
        opportunity: one(&format!("select opportunity_id from requests where id = '{request}'")).await,
        event: one("select id from events where status = 'Draft'").await,
        offer: town.ctx().id(),
        link: town.ctx().id(),
        hackfest,
        invitation: town.ctx().id(),
        join_request: town.ctx().id(),
    };
    let now = town.ctx().now().to_rfc3339();
    let statements = [
        "insert into recovery_codes (user_id, code_hash) values ({ravi}, 'x'), ({asha}, 'x')",
        "insert into rate_counters (action, subject, window_start, hits) values ('canary', 'x', {now}, 1)",
        "insert into idempotency_keys (principal, operation, key, request_hash, result, created_at) values ('x', 'canary', 'x', 'x', 'x', {now})",
        "insert into application_drafts (id, token_hash, kind, fields, updated_at, expires_at)
         values (gen_random_uuid(), 'x', 'community', '{}', {now}, {now}::timestamptz + interval '9 days')",
        "insert into opportunities (id, community_id, event_id, title, category, currency, budget_min, budget_max, places, decision_date,
                                    decision_at, event_snapshot, status, created_by, created_at, updated_at)
         select {offer}, community_id, event_id, title, 'Silver Sponsor', currency, budget_min, budget_max, 2, decision_date, decision_at,
                event_snapshot, 'Draft', created_by, created_at, updated_at from opportunities where id = {opportunity}",
        "insert into opportunity_benefits (id, opportunity_id, position, kind, text)
         select gen_random_uuid(), {offer}, 1, kind, 'x' from opportunity_benefits limit 1",
        "insert into opportunity_items (id, opportunity_id, position, kind, name, benefit, price_minor)
         values (gen_random_uuid(), {offer}, 1, 'Package', 'x', 'Booth', 1)",
        "insert into event_partners (id, event_id, community_id, name_snapshot, website_snapshot, display_category, tier_keyword,
                                     visible, display_order, created_at)
         select {link}, {hackfest}, {apex}, 'x', 'https://x.example', display_category, tier_keyword, false, 99, {now}
         from event_partners limit 1",
        "insert into place_claims (place_id, request_id, claimed_at, released_at)
         select id, {request}, {now}, {now} from opportunity_places where opportunity_id = {opportunity} limit 1",
        "insert into request_items (request_id, item_id, position, kind, name, price_minor)
         select {request}, id, 1, kind, 'x', 1 from opportunity_items where opportunity_id = {offer}",
        "insert into prepared_decisions (request_id, opportunity_id, decision, note, revision_hash, prepared_by, prepared_at)
         select {request}, {opportunity}, 'Accept', 'x', encode(hash, 'hex'), {ravi}, {now} from revisions where request_id = {request}",
        "insert into request_fits (id, organization_id, min_people, currency, max_amount, reason, words, created_by, created_at)
         values (gen_random_uuid(), {acme}, 1000000, 'INR', 1, 'Budget', 'x', {asha}, {now})",
        "insert into invitations (id, workspace_kind, workspace_id, email, role, invited_by, token_hash, created_at, sent_at, expires_at)
         values ({invitation}, 'community', {apex}, 'x@apex.example', 'Designer', {ravi}, 'x', {now}, {now}, {now}::timestamptz + interval '90 days')",
        "insert into member_imports (id, community_id, created_by, roster, created_at) values (gen_random_uuid(), {apex}, {ravi}, 'x', {now})",
        "insert into imports (id, community_id, created_by, target, state, file_name, file_hash, headings, mapping, created_at)
         values ({request}, {apex}, {ravi}, 'sponsors', 'ready', 'x.csv', 'x', '{Name,Website}',
                 '{\"displayName\": \"Name\", \"website\": \"Website\"}', {now})",
        "insert into import_rows (import_id, number, cells, title, reason, added) values ({request}, 2, '{x,x}', 'x', 'x', '{}')",
        "insert into import_books (import_id, sheet, sheets, book) values ({request}, 'x', '{x}', 'x')",
        "insert into import_origins (event_id, community_id, title) values ({event}, {apex}, 'x')",
        "insert into import_mappings (workspace, target, headings_hash, mapping, updated_at) values ({apex}, 'sponsors', 'x', '{}', {now})",
        "insert into import_pictures (import_id, file_name, outcome, reason) values ({request}, 'x.svg', 'unmatched', 'x')",
        "insert into join_requests (id, organization_id, user_id, message, decider_email, token_hash, created_at)
         values ({join_request}, {acme}, {ravi}, 'x', 'x', 'x', {now})",
        "insert into api_keys (id, kind, workspace_id, name, secret_hash, tail, scopes, made_by, created_at)
         values (gen_random_uuid(), 'community', {apex}, 'x', 'x', 'x', '{event:read}', {ravi}, {now}),
                (gen_random_uuid(), 'organization', {acme}, 'x', 'y', 'x', '{event:read}', {asha}, {now})",
        "insert into digest_lines (user_id, fact_id, template, workspace, title, href, created_at)
         select {ravi}, id, 'request_opened', 'x', 'x', '/x', {now} from facts where subject_id = {request} limit 1",
        "insert into website_proposals (id, organization_id, website, identity_key, identity_shared, proposed_by, proposed_at, state)
         values (gen_random_uuid(), {acme}, 'https://x.example', 'x', false, {asha}, {now}, 'Open')",
        "insert into organization_claims (id, organization_id, user_id, method, email, state, asked_at)
         values (gen_random_uuid(), {acme}, {ravi}, 'mailbox', 'x', 'Asked', {now})",
        "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state, decided_at)
         select gen_random_uuid(), {acme}, id, 'x', {ravi}, {now}, 'Dropped', {now} from organizations where id <> {acme} limit 1",
        "insert into domain_proofs (organization_id, user_id, domain, token, asked_at) values ({acme}, {asha}, 'x', 'x', {now})",
        "insert into saved_views (id, user_id, workspace, board, name, query, created_at, updated_at)
         values (gen_random_uuid(), {asha}, 'organization:acme-cloud', 'opportunities', 'x', 'x', {now}, {now})",
        "insert into reports (id, subject_kind, subject_id, subject_name, reason, words, reporter_id, reporter_workspace, state, created_at)
         values (gen_random_uuid(), 'community', {apex}, 'x', 'Spam', 'x', {asha}, 'organization:acme-cloud', 'Open', {now})",
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at)
         values (gen_random_uuid(), 'x', {ravi}, {now}, {now}), (gen_random_uuid(), 'y', {asha}, {now}, {now})",
    ];
    let superuser = town.superuser();
    for statement in statements {
        let statement = all.fill(statement).replace("{now}", &format!("'{now}'"));
        run(&superuser, &format!("set session_replication_role = replica; {statement}")).await;
    }
    superuser.close().await;
    all
}

impl Tenants {
    /// A statement about the tenants: `{apex}` is Apex Circle's id, and so on.
    pub fn fill(&self, sql: &str) -> String {
        let people = format!("'{}', '{}'", self.ravi, self.asha);
        let mut text = sql.replace("{people}", &people);
        for (name, id) in [
            ("{apex}", self.apex),
            ("{acme}", self.acme),
            ("{ravi}", self.ravi),
            ("{asha}", self.asha),
            ("{request}", self.request),
            ("{opportunity}", self.opportunity),
            ("{event}", self.event),
            ("{offer}", self.offer),
            ("{link}", self.link),
            ("{hackfest}", self.hackfest),
            ("{invitation}", self.invitation),
            ("{join_request}", self.join_request),
        ] {
            text = text.replace(name, &format!("'{id}'"));
        }
        text
    }
}

/// `table.column`, and the type of every column that keeps words or numbers.
async fn known(town: &Town) -> BTreeMap<(String, String), String> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select c.table_name::text, c.column_name::text, c.udt_name::text from information_schema.columns c
         join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
           and c.table_name <> '_sqlx_migrations'
           and c.udt_name not in ('uuid', 'timestamptz', 'timestamp', 'date', 'bool')",
    )
    .fetch_all(&town.owner)
    .await
    .expect("the columns");
    rows.into_iter().map(|(table, column, kind)| ((table, column), kind)).collect()
}

/// Every column is in the table, once, and the table names none that is not there.
pub async fn every_column_is_known(town: &Town) {
    let known: BTreeSet<String> = known(town).await.into_keys().map(|(table, column)| format!("{table}.{column}")).collect();
    let mut told = BTreeSet::new();
    let mut faults = Vec::new();
    for it in TABLES {
        for column in [it.public, it.machine, it.private].iter().flat_map(|list| list.split_whitespace()) {
            if !told.insert(format!("{}.{column}", it.table)) {
                faults.push(format!("{}.{column} is said twice", it.table));
            }
        }
    }
    faults.extend(known.difference(&told).map(|it| format!("{it} is new: is it public, the house's own, or private?")));
    faults.extend(told.difference(&known).map(|it| format!("{it} is not there")));
    assert!(faults.is_empty(), "in TABLES of tests/planted.rs:\n{}", faults.join("\n"));
}

/// The word that stands in a private column: letters and digits only, so that no door writes it in another way.
pub fn marker(table: &str, column: &str) -> String {
    format!("canary{}{}", table.replace('_', ""), column.replace('_', ""))
}

/// Every marker, with the column that it stands in.
pub fn markers() -> BTreeMap<String, String> {
    let all = TABLES.iter().flat_map(|it| it.private.split_whitespace().map(move |column| (it.table, column)));
    all.map(|(table, column)| (marker(table, column), format!("{table}.{column}"))).collect()
}

/// What becomes of one column; nothing when words do not fit there.
fn change(table: &str, column: &str, kind: &str, word: &str) -> Option<String> {
    let word = word.replace('\'', "''");
    // Different in every row, for columns that must be.
    let own = "substr(md5(ctid::text), 1, 8)";
    let is_address = column.ends_with("email") || column == "recipient";
    let text = match (table, column, kind) {
        // The hash of a wording or of a fact is that of its text.
        ("revisions", "canonical", _) => {
            return Some(format!(
                "canonical = canonical || ' {word}', hash = sha256(convert_to(canonical || ' {word}', 'UTF8'))"
            ));
        }
        ("facts", "body", _) => {
            return Some(format!("body = body || ' {word}', hash = sha256(convert_to(body || ' {word}', 'UTF8'))"));
        }
        ("facts", "payload", _) | ("fact_private", "fields", _) => {
            format!("({column}::jsonb || jsonb_build_object('canary', '{word}'))::text")
        }
        ("opportunities", "event_snapshot", _) => format!("({column}::jsonb || jsonb_build_object('title', '{word}'))::text"),
        ("requests", "opportunity_snapshot", _) => format!("jsonb_build_object('title', '{word}')::text"),
        (_, "benefits", "jsonb") => {
            format!("jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'kind', 'Logo placement', 'text', '{word}'))")
        }
        (_, _, "jsonb") => format!("{column} || jsonb_build_object('canary', '{word}')"),
        (_, _, "text") if is_address => format!("'{word}.' || {own} || '@canary.example'"),
        (_, "website" | "website_snapshot" | "registration_link", "text") => format!("'https://{word}.example/'"),
        (_, "href", "text") => format!("'/{word}'"),
        (_, _, "text") => format!("'{word} ' || {own}"),
        (_, _, "_text") => format!("array['{word}']"),
        (_, _, "bytea") => format!("convert_to('{word}' || {own}, 'UTF8')"),
        (_, _, "int8" | "int4") if column.ends_with("_max") => (AMOUNT + 1_000_000).to_string(),
        (_, _, "int8" | "int4") => AMOUNT.to_string(),
        _ => return None,
    };
    Some(format!("{column} = {text}"))
}

/// Plants the marker of every private column into the tenants' rows. Fails when there is no row to plant in.
pub async fn plant(town: &Town, tenants: &Tenants) {
    let kinds = known(town).await;
    let superuser = town.superuser();
    for it in TABLES {
        let mut changes = Vec::new();
        let rows = tenants.fill(it.rows);
        for column in it.private.split_whitespace() {
            let word = marker(it.table, column);
            if SEALED.contains(&(it.table, column)) {
                let sealed = match column {
                    "phone" => PHONE.to_owned(),
                    _ if column.ends_with("email") => format!("{word}@canary.example"),
                    _ => word,
                };
                seal(town, it.table, column, &rows, &sealed).await;
                continue;
            }
            let kind = &kinds[&(it.table.to_owned(), column.to_owned())];
            changes.push(change(it.table, column, kind, &word).unwrap_or_else(|| panic!("{}.{column} is {kind}", it.table)));
        }
        if changes.is_empty() {
            continue;
        }
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {} where {rows}", it.table)))
            .fetch_one(&town.owner)
            .await
            .expect("a count");
        assert!(found > 0, "{} has no row to plant in", it.table);
        let changes = changes.join(", ");
        run(&superuser, &format!("set session_replication_role = replica; update {} set {changes} where {rows}", it.table)).await;
    }
    superuser.close().await;
}

async fn seal(town: &Town, table: &str, column: &str, rows: &str, word: &str) {
    let ids: Vec<Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select id from {table} where {rows}")))
        .fetch_all(&town.owner)
        .await
        .expect("rows");
    assert!(!ids.is_empty(), "{table} has no row to plant in");
    for id in ids {
        let sealed = town.house.columns.seal(word, &cell(table, id, column));
        sqlx::query(sqlx::AssertSqlSafe(format!("update {table} set {column} = $2 where id = $1")))
            .bind(id)
            .bind(sealed)
            .execute(&town.owner)
            .await
            .expect("sealed");
    }
}

/// A browser of somebody who is signed in, in a session that nothing is planted in: it goes on when everything else of theirs
/// has become a secret.
pub async fn kept(town: &Town, figure: Figure) -> Browser {
    let session = accounts::sign_in(&town.ctx(), figure.email, PASSWORD, "kept").await.expect("signed in");
    town.visitor().with_session(&session.token)
}

/// Facts as they are, to be put back before the books are checked.
pub async fn keep_facts(town: &Town) {
    town.as_superuser("create table kept_facts as table facts; create table kept_private as table fact_private").await;
}

pub async fn put_facts_back(town: &Town) {
    town.as_superuser(
        "set session_replication_role = replica;
         update facts f set payload = k.payload, body = k.body, hash = k.hash, trace_id = k.trace_id from kept_facts k where k.id = f.id;
         update fact_private f set salt = k.salt, fields = k.fields from kept_private k where k.fact_id = f.fact_id;
         drop table kept_facts, kept_private",
    )
    .await;
}

/// Columns whose text is no prose: a reader parses it, follows it, or looks something up by it.
const NOT_PROSE: [&str; 27] = [
    "slug",
    "entity_type",
    "website",
    "identity_key",
    "industry",
    "verification_status",
    "community_type",
    "region",
    "size",
    "registration_link",
    "website_snapshot",
    "event_snapshot",
    "opportunity_snapshot",
    "canonical",
    "workspace",
    "href",
    "reporter_workspace",
    "query",
    "domain",
    "token",
    "email",
    "primary_email",
    "official_email",
    "decider_email",
    "recipient",
    "once_key",
    "trace_id",
];

/// Plants one of the words wherever people write prose, in public columns too, the next one each time; says in how many.
pub async fn plant_words(town: &Town, tenants: &Tenants, words: &[&str]) -> usize {
    const OURS: [&str; 6] = ["facts", "fact_private", "jobs", "idempotency_keys", "rate_counters", "logos"];
    let kinds = known(town).await;
    let superuser = town.superuser();
    let mut planted = 0;
    for it in TABLES.iter().filter(|it| !OURS.contains(&it.table)) {
        let rows = tenants.fill(it.rows);
        for column in [it.public, it.private].iter().flat_map(|list| list.split_whitespace()) {
            let kind = kinds[&(it.table.to_owned(), column.to_owned())].as_str();
            if !(kind == "text" || column == "benefits") || NOT_PROSE.contains(&column) {
                continue;
            }
            let change = change(it.table, column, kind, words[planted % words.len()]).expect("words fit");
            run(&superuser, &format!("set session_replication_role = replica; update {} set {change} where {rows}", it.table))
                .await;
            planted += 1;
        }
    }
    superuser.close().await;
    planted
}
