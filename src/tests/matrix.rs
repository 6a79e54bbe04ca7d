//! Who may do what: every form and every writing call of the API, as every kind of role and relation, against things of Apex
//! Circle and Acme Cloud. The answer is a table that is kept as a snapshot: a cell that changes is read by somebody.
//!
//! "yes" says that the door let the caller through to the rules of the thing itself, whatever those say then (a stale version,
//! not their turn); "-" says 401, 403 or 404. What each state allows is told by `states.rs`. A second table says the same of what
//! is read: every page and every reading call, "yes" where it is shown.

use crate::{
    common::signed_in,
    planted::{SAM, Tenants, VERA, furnish, seat},
    strangers::{API, FORMS, Others, PAGES, Whose},
    town::{Browser, Town, sequel},
};
use commdesk::{
    features::accounts::service as accounts,
    kernel::actor::{Capability, CommunityRole, OrganizationRole, Role, StaffRole},
    seeds::people::{self, Figure, KOFI, MALLORY, MEI, RAVI, TOMAS},
};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const NEWCOMER: Figure = Figure { name: "Nika Rossi", email: "nika@newcomer.example", role: "" };

/// Who calls: a seat in Apex Circle or Acme Cloud or among the staff, or another relation to them.
#[derive(Clone, Copy)]
pub enum Caller {
    Seat(Role),
    /// Somebody of the demo, who belongs elsewhere.
    Other(Figure),
    /// A suspended organizer of Apex Circle.
    Suspended,
    /// Staff of review who did not give their second factor.
    HalfStaff,
    /// Signed in, without a workspace.
    Nowhere,
    Nobody,
}

/// The columns. One role stands for all that hold the same capabilities; `the_roles_of_a_column…` keeps that true.
fn callers() -> Vec<(&'static str, Caller)> {
    use commdesk::kernel::labels::MemberRole::{Organizer, SponsorshipLead, Volunteer};
    let organization = |role| Caller::Seat(Role::Organization(role));
    let community = |role| Caller::Seat(Role::Community(role));
    vec![
        ("Owner", community(CommunityRole::Owner)),
        ("Organizer", community(CommunityRole::Member(Organizer))),
        ("Lead", community(CommunityRole::Member(SponsorshipLead))),
        ("Volunteer", community(CommunityRole::Member(Volunteer))),
        ("suspended", Caller::Suspended),
        ("Sp. Admin", organization(OrganizationRole::SponsorAdmin)),
        ("Sp. Manager", organization(OrganizationRole::SponsorManager)),
        ("DevRel", organization(OrganizationRole::DevRelManager)),
        ("review", Caller::Seat(Role::Staff(StaffRole::Review))),
        ("finance", Caller::Seat(Role::Staff(StaffRole::Finance))),
        ("admin", Caller::Seat(Role::Staff(StaffRole::Admin))),
        ("no code", Caller::HalfStaff),
        ("other comm.", Caller::Other(MEI)),
        ("unapproved", Caller::Other(KOFI)),
        ("other org.", Caller::Other(TOMAS)),
        ("unverified", Caller::Other(MALLORY)),
        ("no seat", Caller::Nowhere),
        ("nobody", Caller::Nobody),
    ]
}

fn every_role() -> Vec<Role> {
    let organizations = OrganizationRole::ALL.into_iter().map(Role::Organization);
    let staff = StaffRole::ALL.into_iter().map(Role::Staff);
    organizations.chain(CommunityRole::all().map(Role::Community)).chain(staff).collect()
}

/// A kind of seat, and which of all capabilities it holds.
type Powers = (u8, Vec<bool>);

/// The kinds of seats must not meet: a Volunteer and a DevRel Manager may hold the same and still stand on different sides.
fn kind_and_powers(role: Role) -> Powers {
    let held = role.capabilities();
    let kind = match role {
        Role::Organization(_) => 0,
        Role::Community(_) => 1,
        Role::Staff(_) => 2,
    };
    (kind, Capability::ALL.iter().map(|capability| held.has(*capability)).collect())
}

#[test]
fn every_role_of_the_lists_has_a_column() {
    let mut columns: BTreeMap<Powers, (&str, Vec<&str>)> = BTreeMap::new();
    for (name, caller) in callers() {
        if let Caller::Seat(role) = caller {
            assert!(columns.insert(kind_and_powers(role), (name, Vec::new())).is_none(), "{name} is a column twice");
        }
    }
    for role in every_role() {
        let (_, roles) = columns.get_mut(&kind_and_powers(role)).unwrap_or_else(|| panic!("{} has no column", role.label()));
        roles.push(role.label());
    }
    let mut text: Vec<String> = columns.into_values().map(|(name, roles)| format!("{name}: {}", roles.join(", "))).collect();
    text.sort();
    insta::assert_snapshot!("roles_by_column", text.join("\n"));
}

/// Signs the caller in, with their seat.
async fn arrive(town: &Town, caller: Caller) -> Browser {
    seated(town, caller, SEATED).await
}

/// The same; a seat is taken by this person.
pub async fn seated(town: &Town, caller: Caller, figure: Figure) -> Browser {
    match caller {
        Caller::Seat(Role::Community(role)) => {
            seat(town, figure, role.label(), "Active").await;
            signed_in(town, figure).await
        }
        Caller::Seat(Role::Organization(role)) => {
            let ctx = town.ctx();
            let user = people::activate(&ctx, figure).await.expect("activated");
            sqlx::query(
                "insert into organization_members (id, organization_id, user_id, role, created_at)
                 select $1, id, $2, $3, $4 from organizations where slug = 'acme-cloud'",
            )
            .bind(ctx.id::<Uuid>())
            .bind(user.0)
            .bind(role.label())
            .bind(ctx.now())
            .execute(&town.owner)
            .await
            .expect("a seat");
            signed_in(town, figure).await
        }
        Caller::Seat(Role::Staff(role)) => {
            accounts::add_staff(&town.ctx(), figure.email, figure.name, role.label()).await.expect("staff");
            people::activate(&town.ctx(), figure).await.expect("activated");
            let mut browser = signed_in(town, figure).await;
            browser.submit("/second-factor", "begin", &[]).await;
            let code = accounts::code_for_development(&town.ctx(), figure.email).await.expect("a code");
            let done = browser.submit("/second-factor", "confirm", &[("code", &code)]).await;
            assert_eq!(done.status, 303, "{}", done.text);
            browser.submit("/second-factor", "keep", &[]).await;
            browser
        }
        Caller::Suspended => signed_in(town, SAM).await,
        Caller::HalfStaff => {
            accounts::add_staff(&town.ctx(), figure.email, figure.name, "review").await.expect("staff");
            people::activate(&town.ctx(), figure).await.expect("activated");
            signed_in(town, figure).await
        }
        Caller::Other(figure) => signed_in(town, figure).await,
        Caller::Nowhere => {
            people::activate(&town.ctx(), NEWCOMER).await.expect("activated");
            signed_in(town, NEWCOMER).await
        }
        Caller::Nobody => town.visitor(),
    }
}

/// Rows that find nothing for anybody here.
const TOLD_ELSEWHERE: [&str; 26] = [
    "/claim/{slug} check",
    // A community waits for the owner that it was registered with, whatever their roles.
    "/dashboard registration",
    // So does a seat for one person.
    "/dashboard seat",
    "/inbox/rules unblock",
    "/manage/events restore",
    "/manage/events/{id} partners",
    "/people decide_join",
    "/people/import import",
    // People write about themselves only.
    "/people/{id} about",
    "/report report",
    "/requests/new send",
    "/staff/organizations/{id} claim",
    "/workspace/security policy",
    "PATCH /join-requests/{joinRequestId}",
    "PATCH /second-factor-policy",
    "POST /communities/{communityId}/owner",
    "POST /events/{eventId}/restore",
    "POST /sponsors/{organizationId}/claims/decision",
    "/manage/events/{id} duplicate",
    "DELETE /blocks/{workspaceId}",
    "DELETE /events/{eventId}",
    "DELETE /events/{eventId}/partners/{linkId}",
    "DELETE /requests/rules/{ruleId}",
    "DELETE /sessions/{sessionId}",
    "POST /events/{eventId}/archive",
    "POST /events/{eventId}/duplicate",
];

/// Reads that nobody here may do, and why no row of this table can say who may.
const READ_BY_NOBODY: [(&str, &str); 4] = [
    ("/link/{token}", "whoever has the mailed link reads it, whatever their role: told by `accounts.rs`"),
    ("/invitations/{token}", "whoever has the mailed link reads it, whatever their role: told by `members.rs`"),
    ("/join-requests/{token}", "whoever reads the mailbox reads it, whatever their role: told by `members.rs`"),
    ("/unsubscribe/{token}", "whoever has the letter reads it, whatever their role: told by `notifications.rs`"),
];

/// Who has a seat, when a column is about one.
const SEATED: Figure = Figure { name: "Rhea Quill", email: "rhea@seat.example", role: "" };

/// What the calls are about, beyond the tenants.
struct Things {
    others: Others,
    tenants: Tenants,
    report: Uuid,
    rule: Uuid,
    view: Uuid,
    key: Uuid,
    /// A piece of a draft of Apex Circle's.
    item: Uuid,
}

impl Things {
    /// A route's address, about what is here.
    fn address(&self, path: &str) -> String {
        // A key is neither a request nor a community.
        if path == "/api-keys/{id}" {
            return format!("/api-keys/{}", self.key);
        }
        let event = if path.contains("partners") { self.tenants.hackfest } else { self.tenants.event };
        let others = Others { event, ..self.others };
        others.fill(
            &path
                .replace("{viewId}", &self.view.to_string())
                .replace("{searchId}", &self.view.to_string())
                .replace("{ruleId}", &self.rule.to_string())
                .replace("{reportId}", &self.report.to_string()),
        )
    }

    /// The same, with the question that is asked of it: about what is not everybody's to know of.
    fn address_to_read(&self, path: &str) -> String {
        match path {
            "/report" => format!("/report?kind=request&id={}", self.tenants.request),
            "/requests/new" => "/requests/new?organization=acme-cloud".to_owned(),
            "/opportunities/{opportunityId}/price" => format!("/opportunities/{}/price?items={}", self.tenants.offer, self.item),
            _ => self.address(path),
        }
    }
}

async fn things(town: &Town) -> Things {
    let tenants = furnish(town).await;
    let one = async |sql: &str| {
        sqlx::query_scalar::<_, Uuid>(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(&town.owner)
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"))
    };
    let volunteer =
        one(&format!("select m.id from members m join users u on u.id = m.user_id where u.email = '{}'", VERA.email)).await;
    Things {
        report: one("select id from reports").await,
        rule: one("select id from request_fits").await,
        view: one("select id from saved_views").await,
        key: one("select id from api_keys where kind = 'community'").await,
        item: one(&format!("select id from opportunity_items where opportunity_id = '{}'", tenants.offer)).await,
        others: Others {
            request: tenants.request,
            opportunity: tenants.opportunity,
            event: tenants.event,
            organization: tenants.acme,
            community: tenants.apex,
            link: tenants.link,
            member: volunteer,
            invitation: tenants.invitation,
            join_request: tenants.join_request,
            user: one(&format!("select id from users where email = '{}'", VERA.email)).await,
        },
        tenants,
    }
}

/// Words that are in order wherever a door reads before it asks who calls; stale or impossible where they would change much.
fn words(what: &str, things: &Things) -> Value {
    let zeros = "0".repeat(64);
    let t = &things.tenants;
    let soon = "2099-01-01";
    if what.ends_with("/accept") && what.contains("requests") || what.ends_with("wait-for-place") || what.ends_with("place/wait")
    {
        return json!({"revisionHash": zeros});
    }
    match what {
        "/requests/{id} reject" | "PATCH /requests/{requestId}/reject" => json!({"reason": "Budget"}),
        "/requests/{id} accept" => json!({"revisionHash": zeros}),
        "/requests/{id} snooze" | "PATCH /requests/{requestId}/snooze" => json!({"until": soon}),
        "/requests/{id} assign" | "PATCH /requests/{requestId}/assign" => json!({"assigneeId": ""}),
        "/requests/{id} block" | "/directory/{slug} block" | "/communities/{slug} block" | "POST /blocks" => {
            json!({"workspaceId": Uuid::nil().to_string()})
        }
        "/inbox/rules unblock" => json!({"workspaceId": t.acme.to_string()}),
        "/inbox/rules remove" => json!({"rule": things.rule.to_string()}),
        "/inbox/rules route" | "POST /requests/rules/routes" => json!({"region": "Nowhere", "eventType": "", "assigneeId": ""}),
        "/inbox/rules fit" | "POST /requests/rules/fits" => json!({"reason": "Nothing"}),
        "POST /requests/bulk-reject" => json!({"ids": [Uuid::nil().to_string()], "reason": "Budget"}),
        "POST /requests/read" => json!({"ids": [t.request.to_string()]}),
        "/inbox sort" => json!({"action": "read", "ids": t.request.to_string()}),
        "/staff/requests judge" | "PATCH /admin/requests/{requestId}/decision" => {
            json!({"request": t.request.to_string(), "decision": "release", "reason": "It is fine, we looked."})
        }
        "/staff/reports decide" | "PATCH /admin/reports/{reportId}/decision" => {
            json!({"report": things.report.to_string(), "decision": "Nothing", "reason": "x"})
        }
        "/staff/organizations/{id} decide" | "POST /sponsors/{organizationId}/verify" => {
            json!({"decision": "verify", "reason": "Because I say so."})
        }
        "/staff/communities/{id} decide" => json!({"status": "under_review", "reason": "Because I say so."}),
        // It is approved already: refused by the rules, whoever may decide.
        "PATCH /admin/communities/{id}/status" => json!({"status": "approved", "reason": "Because I say so."}),
        "/staff/organizations/{id} website" | "/staff/organizations/{id} claim" => {
            json!({"id": Uuid::nil().to_string(), "decision": "approve", "reason": "Because I say so."})
        }
        "POST /sponsors/{organizationId}/proposed-website/decision" | "POST /sponsors/{organizationId}/claims/decision" => {
            json!({"id": Uuid::nil().to_string(), "decision": "approve", "reason": "Because I say so."})
        }
        "/manage/events/{id}/edit event" | "PATCH /events/{eventId}" => json!({"version": 999, "title": "Changed"}),
        "PATCH /opportunities/{opportunityId}" => json!({"version": 999, "title": "Changed"}),
        "/manage/opportunities/{id} save" => json!({"version": "999", "title": "Changed"}),
        "/manage/events/new event" | "POST /events" => json!({"title": "A new one", "timezone": "Asia/Kolkata"}),
        "/manage/events restore" => json!({"event": t.event.to_string(), "id": t.event.to_string()}),
        "/people/{id} seat" | "PATCH /members/{memberId}" => json!({"role": "Designer"}),
        "/people/{id} status" => json!({"status": "Inactive"}),
        "/people/{id} about" => json!({"bio": "Words."}),
        "/people invite" | "POST /invitations" => json!({"email": "nowhere", "role": "Designer"}),
        "/people resend" | "/people revoke" => json!({"invitationId": t.invitation.to_string()}),
        "/people decide_join" => json!({"joinRequestId": t.join_request.to_string(), "decision": "decline"}),
        "PATCH /join-requests/{joinRequestId}" => json!({"decision": "decline"}),
        "/people add" => {
            json!({"firstName": "New", "lastName": "Person", "email": "new.person@apex.example", "role": "Designer"})
        }
        "POST /members" => {
            json!({"firstName": "New", "lastName": "Person", "email": "new.person@apex.example", "role": "Nothing"})
        }
        "/people/import look" | "/people/import import" | "POST /members/import" => json!({"csv": "nothing"}),
        "/directory/{slug}/join ask" | "POST /join-requests" => {
            json!({"organizationId": t.acme.to_string(), "message": "May I?"})
        }
        "/api-keys make" | "POST /api-keys" => json!({"name": "x", "scopes": ["event:read"]}),
        "/api-keys revoke" => json!({"id": things.key.to_string()}),
        "/workspace/security policy" | "PATCH /second-factor-policy" => json!({"neededFor": []}),
        "/organization/profile address" | "POST /sponsors/{organizationId}/slug" => json!({"slug": "-"}),
        "/organization/profile profile" | "PATCH /sponsors/{organizationId}" => {
            json!({"version": 999, "displayName": "Acme Cloud"})
        }
        "/community/profile profile" => json!({"version": "999"}),
        "/community/profile answer" | "/dashboard answer" | "POST /sponsors/{organizationId}/answer" => {
            json!({"answer": "What was asked for."})
        }
        "/dashboard registration" | "POST /communities/{communityId}/owner" => {
            json!({"communityId": t.apex.to_string(), "answer": "yes"})
        }
        "/community/embeds sites" => json!({"sites": "nothing at all", "version": "1"}),
        "/directory/{slug} invite" | "POST /sponsors/{organizationId}/invitations" | "/claim/{slug} mailbox" => {
            json!({"email": "x@acme.example"})
        }
        "POST /sponsors/{organizationId}/claims" => json!({"method": "dns"}),
        "/manage/opportunities/{id}/decisions prepare" | "PATCH /opportunities/{opportunityId}/decisions" => {
            json!({"decisions": []})
        }
        "/requests/{id} release-place" | "PATCH /requests/{requestId}/place/release" => json!({"reason": ""}),
        "/manage/events/{id}/partners/{link} remove" => json!({"reason": ""}),
        "/manage/events/{id}/partners/{link} partner" | "PATCH /events/{eventId}/partners/{linkId}" => json!({"version": 999}),
        "POST /reports" | "/report report" => {
            json!({"subjectKind": "organization", "subjectId": t.acme.to_string(), "reason": "Nothing", "words": "Words about it."})
        }
        "PATCH /notifications" => json!({"all": true}),
        "POST /opportunities/{opportunityId}/apply" | "/opportunities/{id} apply" => json!({"amount": "-", "message": "Words."}),
        _ => json!({}),
    }
}

fn flat(words: &Value) -> Vec<(String, String)> {
    let Some(object) = words.as_object() else { return Vec::new() };
    object
        .iter()
        .flat_map(|(name, value)| match value {
            Value::Array(all) => all.iter().filter_map(|one| one.as_str().map(|text| (name.clone(), text.to_owned()))).collect(),
            Value::String(text) => vec![(name.clone(), text.clone())],
            other => vec![(name.clone(), other.to_string())],
        })
        .collect()
}

/// A row is about these; what ends a thing stands last.
fn rows() -> Vec<(String, &'static str, Option<&'static str>)> {
    let forms = FORMS.iter().filter(|(path, form, whose)| {
        // A session's own business, or a draft or a token that decides by itself: nobody's role is asked.
        let is_own_login =
            ["/account", "/account/sessions", "/second-factor", "/notifications", "/notifications/settings"].contains(path);
        // Bookmarks of whoever is signed in: their rooms' tests tell.
        let is_bookmark = ["/searches", "/watchlist"].contains(path)
            || ["save-view", "rename-view", "delete-view", "save-search", "watch"].contains(form);
        *whose != Whose::Anybody && !is_own_login && !is_bookmark
    });
    let forms = forms.map(|(path, form, _)| (format!("{path} {form}"), *path, Some(*form)));
    let calls = API.iter().filter(|(method, path, ..)| {
        *method != "GET"
            && !path.starts_with("/auth/")
            && !["/opportunities/views", "/searches", "/watchlist"].iter().any(|bookmark| path.starts_with(bookmark))
            && !matches!(*path, "/sponsors/apply" | "/invitations/accept" | "/uploads/logos")
    });
    let calls = calls.map(|(method, path, ..)| (format!("{method} {path}"), *path, None));
    let mut all: Vec<_> = forms.chain(calls).collect();
    let ends = |what: &str| {
        ["delete", "DELETE", "take_out", " remove", "archive", "revoke", "disable", "duplicate", "close", "withdraw"]
            .iter()
            .any(|word| what.contains(word))
    };
    all.sort_by_key(|(what, ..)| (ends(what), what.clone()));
    all
}

/// What is read: pages by their path, calls by `GET` and path.
fn reads() -> Vec<String> {
    let calls = API.iter().filter(|(method, ..)| *method == "GET").map(|(_, path, ..)| format!("GET {path}"));
    PAGES.iter().map(|(path, _)| (*path).to_owned()).chain(calls).collect()
}

/// A caller's cells of both tables: statuses by row.
#[derive(Default, Clone)]
struct Column {
    reads: Vec<(String, u16)>,
    writes: Vec<(String, u16)>,
}

async fn column(caller: Caller) -> Column {
    let mut told = Column::default();
    sequel(async |town| {
        let things = things(town).await;
        let mut browser = arrive(town, caller).await;
        // A search is its owner's, in the workspace that they saved it in: whoever sits here saved this one for Acme Cloud.
        let theirs =
            "update saved_views set user_id = u.id, workspace = $3 from users u where saved_views.id = $1 and u.email = $2";
        sqlx::query(theirs)
            .bind(things.view)
            .bind(SEATED.email)
            .bind(format!("organization:{}", things.tenants.acme))
            .execute(&town.owner)
            .await
            .expect("theirs");
        for what in reads() {
            let path = what.strip_prefix("GET ").unwrap_or(&what);
            let address = things.address_to_read(path);
            let answer = if path == what { browser.open(&address).await } else { browser.api(Method::GET, &address, None).await };
            assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.text);
            told.reads.push((what, answer.status.as_u16()));
        }
        for (what, path, form) in rows() {
            let address = things.address(path);
            let words = words(&what, &things);
            let answer = match form {
                Some(form) => {
                    let fields = flat(&words);
                    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    browser.submit(&address, form, &fields).await
                }
                None => {
                    let method: Method = what.split(' ').next().and_then(|verb| verb.parse().ok()).expect("a verb");
                    browser.api(method, &address, Some(words)).await
                }
            };
            assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.text);
            let is_asked_to_sign_in = answer.status == 303 && answer.location().starts_with("/sign-in");
            let is_asked_for_a_code = answer.status == 303 && answer.location().starts_with("/second-factor");
            told.writes.push((what, if is_asked_to_sign_in || is_asked_for_a_code { 401 } else { answer.status.as_u16() }));
        }
        town.drain().await;
    })
    .await;
    told
}

#[test]
fn who_may_do_what_is_the_table_that_was_agreed() {
    let columns = callers();
    // One world a column, two at a time.
    let next = std::sync::Mutex::new(columns.iter().enumerate());
    let told = std::sync::Mutex::new(vec![Column::default(); columns.len()]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((at, (_, caller))) = next.lock().expect("nobody panicked").next() else { break };
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                    let cells = runtime.block_on(column(*caller));
                    told.lock().expect("nobody panicked")[at] = cells;
                }
            });
        }
    });
    let told = told.into_inner().expect("nobody panicked");
    let (reads, unread) = table(&columns, told.iter().map(|column| &column.reads[..]), |status| (200..300).contains(&status));
    insta::assert_snapshot!("roles_by_reads", reads);
    // What nobody reads here is not there, or lacks its question: the row says nothing about who may.
    assert_eq!(unread, READ_BY_NOBODY.map(|(what, _)| what.to_owned()), "known: {READ_BY_NOBODY:?}");
    let (writes, empty) =
        table(&columns, told.iter().map(|column| &column.writes[..]), |status| !matches!(status, 401 | 403 | 404));
    insta::assert_snapshot!("roles_by_writes", writes);
    // A row that lets nobody through says nothing about who may: what it is about is not there, or its words are not in order.
    // Those that are known to do so are told by the tests of their rooms.
    assert_eq!(empty, TOLD_ELSEWHERE.map(str::to_owned));
}

/// The cells as a table for people, and the rows that let nobody through.
fn table<'a>(
    columns: &[(&'static str, Caller)],
    told: impl Iterator<Item = &'a [(String, u16)]>,
    is_in: impl Fn(u16) -> bool,
) -> (String, Vec<String>) {
    let told: Vec<_> = told.collect();
    let rows: Vec<&str> = told[0].iter().map(|(what, _)| what.as_str()).collect();
    let width = rows.iter().map(|what| what.len()).max().unwrap_or_default();
    let mut lines = vec![columns.iter().fold(format!("{:width$}", ""), |line, (name, _)| format!("{line} | {name}"))];
    let mut empty = Vec::new();
    for (row, what) in rows.into_iter().enumerate() {
        let mut line = format!("{what:width$}");
        let mut any = false;
        for (cells, (name, _)) in told.iter().zip(columns) {
            let (of, status) = &cells[row];
            assert_eq!(of, what);
            any |= is_in(*status);
            line.push_str(&format!(" | {:1$}", if is_in(*status) { "yes" } else { "-" }, name.len()));
        }
        lines.push(line.trim_end().to_owned());
        if !any {
            empty.push(what.to_owned());
        }
    }
    (lines.join("\n"), empty)
}

#[tokio::test]
async fn what_is_taken_away_is_gone_at_the_next_request() {
    sequel(async |town| {
        let tenants = furnish(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let mut vera = signed_in(town, VERA).await;
        let id: Uuid = sqlx::query_scalar("select m.id from members m join users u on u.id = m.user_id where u.email = $1")
            .bind(VERA.email)
            .fetch_one(&town.owner)
            .await
            .expect("a seat");
        let change = async |ravi: &mut Browser, change: Value| {
            let version = ravi.api(Method::GET, &format!("/members/{id}"), None).await.data()["version"].clone();
            let mut body = change;
            body["version"] = version;
            let done = ravi.api(Method::PATCH, &format!("/members/{id}"), Some(body)).await;
            assert_eq!(done.status, 200, "{}", done.text);
        };
        let request = format!("/requests/{}", tenants.request);
        let sees = async |vera: &mut Browser| vera.api(Method::GET, &request, None).await.status.as_u16();
        let page = async |vera: &mut Browser| vera.open(&request).await.status.as_u16();

        // A role, given and taken.
        assert_eq!((sees(&mut vera).await, page(&mut vera).await), (403, 403));
        change(&mut ravi, json!({"role": "Sponsorship Lead"})).await;
        assert_eq!((sees(&mut vera).await, page(&mut vera).await), (200, 200));
        change(&mut ravi, json!({"role": "Volunteer"})).await;
        assert_eq!((sees(&mut vera).await, page(&mut vera).await), (403, 403));
        // A seat, suspended and given back.
        change(&mut ravi, json!({"role": "Sponsorship Lead"})).await;
        change(&mut ravi, json!({"status": "Suspended", "reason": "Until we have talked."})).await;
        assert!(matches!(sees(&mut vera).await, 403 | 404));
        assert!(matches!(page(&mut vera).await, 403 | 404));
        let answer = vera.api(Method::PATCH, &format!("{request}/reject"), Some(json!({"reason": "Budget"}))).await;
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{}", answer.text);
        change(&mut ravi, json!({"status": "Active", "reason": "We have talked."})).await;
        assert_eq!(sees(&mut vera).await, 200);
        // A key, revoked.
        let made = ravi.api(Method::POST, "/api-keys", Some(json!({"name": "Badge printer", "scopes": ["request:read"]}))).await.data();
        let (key, secret) = (made["key"]["id"].as_str().expect("an id"), made["secret"].as_str().expect("a secret"));
        let bearer = format!("Bearer {secret}");
        let mut program = town.visitor();
        let mut call = async || program.api_with(Method::GET, &request, None, &[("authorization", &bearer)]).await.status.as_u16();
        assert_eq!(call().await, 200);
        assert_eq!(ravi.api(Method::DELETE, &format!("/api-keys/{key}"), None).await.status, 200);
        assert_eq!(call().await, 401);
        // A workspace: a community that staff suspend still sees, and reaches out no more.
        let stop = "update communities set status = 'suspended' where id = $1";
        sqlx::query(stop).bind(tenants.apex).execute(&town.owner).await.expect("suspended");
        let offer = ravi.api(Method::POST, "/requests", Some(json!({
            "organizationId": tenants.acme.to_string(), "eventId": tenants.hackfest.to_string(), "amount": 1, "currency": "INR", "category": "Gold Sponsor",
        }))).await;
        assert_eq!((offer.status.as_u16(), offer.code().as_str()), (403, "NOT_APPROVED"));
        // A role among the staff.
        let mut staff = arrive(town, Caller::Seat(Role::Staff(StaffRole::Review))).await;
        assert_eq!(staff.open("/staff/organizations").await.status, 200);
        sqlx::query("delete from staff_roles where user_id = (select id from users where email = 'rhea@seat.example')")
            .execute(&town.owner)
            .await
            .expect("taken");
        assert!(matches!(staff.open("/staff/organizations").await.status.as_u16(), 403 | 404));
        assert!(matches!(staff.api(Method::GET, "/admin/reports", None).await.status.as_u16(), 403 | 404));
    })
    .await;
}
