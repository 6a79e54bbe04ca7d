//! Every route, as nobody and as an outsider. A route that is not in these tables fails a test: whoever adds one says
//! here what strangers get.

use crate::{
    common::{count, signed_in},
    house::SAFE_HEADERS,
    town::{Answer, Browser, Town, sequel},
};
use ::http::Method;
use axum::body::Body;
use commdesk::{http, seeds};
use leptos::server_fn::axum::server_fn_paths;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Pages: what nobody gets, with ids that exist and belong to others.
pub const PAGES: &[(&str, u16)] = &[
    ("/", 200),
    ("/opportunities", 200),
    ("/opportunities/{id}", 200),
    ("/directory", 200),
    ("/directory/{slug}", 200),
    ("/events", 200),
    ("/events/{slug}", 200),
    ("/communities", 200),
    ("/communities/compare", 200),
    ("/communities/{slug}", 200),
    ("/api/docs", 200),
    ("/become-sponsor", 200),
    ("/claim/{slug}", 200),
    ("/directory/add", 401),
    ("/directory/compare", 200),
    ("/searches", 401),
    ("/watchlist", 401),
    ("/organization/domain", 401),
    ("/staff/changes", 401),
    ("/join", 200),
    ("/join/sent", 200),
    ("/sign-in", 200),
    ("/forgot-password", 200),
    ("/link/{token}", 404),
    ("/second-factor", 401),
    ("/dashboard", 401),
    ("/inbox", 401),
    ("/inbox/standing", 401),
    ("/inbox/rules", 401),
    ("/report", 401),
    ("/requests/new", 401),
    ("/requests/{id}", 401),
    ("/manage/events", 401),
    ("/manage/events/new", 401),
    ("/manage/events/{id}", 401),
    ("/manage/events/{id}/edit", 401),
    ("/manage/events/{id}/partners/new", 401),
    ("/manage/events/{id}/partners/{link}", 401),
    ("/manage/opportunities", 401),
    ("/manage/opportunities/new", 401),
    ("/manage/opportunities/{id}", 401),
    ("/community/embeds", 401),
    ("/community/profile", 401),
    ("/manage/opportunities/{id}/decisions", 401),
    ("/organization/profile", 401),
    ("/people", 401),
    ("/people/import", 401),
    ("/imports", 401),
    ("/imports/{id}", 401),
    ("/people/{id}", 401),
    ("/invitations/{token}", 404),
    ("/directory/{slug}/join", 401),
    ("/join-requests/{token}", 404),
    ("/account", 401),
    ("/account/sessions", 401),
    ("/api-keys", 401),
    ("/workspace/security", 401),
    ("/export", 401),
    ("/notifications", 401),
    ("/notifications/settings", 401),
    ("/unsubscribe/{token}", 404),
    ("/staff/organizations", 401),
    ("/staff/organizations/{id}", 401),
    ("/staff/organizations/{id}/merge", 401),
    ("/staff/communities", 401),
    ("/staff/communities/{id}", 401),
    ("/staff/requests", 401),
    ("/staff/people", 401),
    ("/staff/people/{id}", 401),
    ("/staff/reports", 401),
];

/// The API: what nobody gets, and what an outsider gets (signed in, of a company that is not yet verified), with ids that
/// exist and belong to others.
pub const API: &[(&str, &str, u16, u16)] = &[
    ("POST", "/auth/signup-community", 422, 422),
    ("POST", "/auth/verify-email", 404, 404),
    ("POST", "/auth/activate-member", 404, 404),
    ("POST", "/auth/login", 422, 422),
    ("POST", "/auth/second-factor", 401, 409),
    ("POST", "/auth/logout", 200, 200),
    ("POST", "/auth/forgot-password", 422, 422),
    ("POST", "/auth/reset-password", 404, 404),
    ("POST", "/admin/users/find", 401, 403),
    ("GET", "/admin/users/{userId}", 401, 403),
    ("PATCH", "/admin/users/{userId}/status", 401, 403),
    ("GET", "/api-keys", 401, 200),
    ("POST", "/api-keys", 401, 422),
    ("DELETE", "/api-keys/{id}", 401, 404),
    ("GET", "/second-factor-policy", 401, 200),
    ("PATCH", "/second-factor-policy", 401, 403),
    ("GET", "/notifications", 401, 200),
    ("PATCH", "/notifications", 401, 422),
    ("GET", "/notifications/preferences", 401, 200),
    ("PATCH", "/notifications/preferences", 401, 200),
    ("GET", "/sessions", 401, 200),
    ("DELETE", "/sessions/{sessionId}", 401, 404),
    ("GET", "/communities", 200, 200),
    ("GET", "/communities/{communityId}", 200, 200),
    ("PATCH", "/communities/{communityId}", 401, 404),
    ("POST", "/communities/{communityId}/owner", 401, 404),
    ("PATCH", "/admin/communities/{id}/status", 401, 403),
    ("GET", "/sponsors", 200, 200),
    ("POST", "/sponsors/apply", 422, 422),
    ("GET", "/sponsors/dashboard", 401, 200),
    ("GET", "/sponsors/{organizationId}", 200, 200),
    ("PATCH", "/sponsors/{organizationId}", 401, 404),
    ("POST", "/sponsors/{organizationId}/verify", 401, 403),
    ("POST", "/sponsors", 401, 403),
    ("POST", "/sponsors/{organizationId}/answer", 401, 404),
    ("POST", "/sponsors/{organizationId}/checks", 401, 403),
    ("POST", "/sponsors/{organizationId}/slug", 401, 404),
    ("DELETE", "/sponsors/{organizationId}/proposed-website", 401, 404),
    ("POST", "/sponsors/{organizationId}/proposed-website/decision", 401, 403),
    ("POST", "/sponsors/{organizationId}/invitations", 401, 403),
    ("POST", "/sponsors/{organizationId}/claims", 422, 422),
    ("POST", "/sponsors/{organizationId}/claims/decision", 401, 403),
    ("POST", "/sponsors/{organizationId}/domain-proof", 401, 409),
    ("POST", "/sponsors/{organizationId}/domain-proof/check", 401, 404),
    ("POST", "/uploads/logos", 401, 422),
    ("GET", "/opportunities", 200, 200),
    ("POST", "/opportunities", 401, 403),
    ("GET", "/opportunities/{opportunityId}", 200, 200),
    ("PATCH", "/opportunities/{opportunityId}", 401, 404),
    ("GET", "/opportunities/{opportunityId}/price", 409, 409),
    ("GET", "/opportunities/views", 401, 200),
    ("POST", "/opportunities/views", 401, 422),
    ("PATCH", "/opportunities/views/{viewId}", 401, 404),
    ("DELETE", "/opportunities/views/{viewId}", 401, 404),
    ("GET", "/searches", 401, 200),
    ("POST", "/searches", 401, 422),
    ("GET", "/searches/{searchId}", 401, 404),
    ("PATCH", "/searches/{searchId}", 401, 404),
    ("DELETE", "/searches/{searchId}", 401, 404),
    ("GET", "/watchlist", 401, 200),
    ("PUT", "/watchlist/organizations/{organizationId}", 401, 200),
    ("DELETE", "/watchlist/organizations/{organizationId}", 401, 200),
    ("PUT", "/watchlist/communities/{communityId}", 401, 200),
    ("DELETE", "/watchlist/communities/{communityId}", 401, 200),
    ("POST", "/opportunities/{opportunityId}/apply", 401, 403),
    ("GET", "/requests", 401, 200),
    ("POST", "/requests", 401, 403),
    ("GET", "/requests/{requestId}", 401, 404),
    ("PATCH", "/requests/{requestId}/accept", 401, 404),
    ("PATCH", "/requests/{requestId}/reject", 401, 404),
    ("PATCH", "/requests/{requestId}/withdraw", 401, 404),
    ("GET", "/requests/{requestId}/place", 401, 404),
    ("PATCH", "/requests/{requestId}/place/wait", 401, 404),
    ("PATCH", "/requests/{requestId}/place/take", 401, 404),
    ("PATCH", "/requests/{requestId}/place/release", 401, 404),
    ("GET", "/opportunities/{opportunityId}/decisions", 401, 403),
    ("PATCH", "/opportunities/{opportunityId}/decisions", 401, 403),
    ("POST", "/opportunities/{opportunityId}/decisions/release", 401, 403),
    ("PATCH", "/requests/{requestId}/assign", 401, 404),
    ("PATCH", "/requests/{requestId}/snooze", 401, 404),
    ("POST", "/requests/bulk-reject", 401, 422),
    ("POST", "/requests/read", 401, 422),
    ("GET", "/requests/standing", 401, 200),
    ("GET", "/requests/rules", 401, 200),
    ("POST", "/requests/rules/routes", 401, 422),
    ("POST", "/requests/rules/fits", 401, 422),
    ("DELETE", "/requests/rules/{ruleId}", 401, 404),
    ("GET", "/admin/requests/held", 401, 403),
    ("PATCH", "/admin/requests/{requestId}/decision", 401, 403),
    ("GET", "/blocks", 401, 200),
    ("POST", "/blocks", 401, 422),
    ("DELETE", "/blocks/{workspaceId}", 401, 404),
    ("POST", "/reports", 401, 422),
    ("GET", "/admin/reports", 401, 403),
    ("PATCH", "/admin/reports/{reportId}/decision", 401, 403),
    ("POST", "/admin/organizations/{organizationId}/merge", 401, 403),
    ("GET", "/events", 200, 200),
    ("POST", "/events", 401, 403),
    ("GET", "/events/{eventId}", 404, 404),
    ("PATCH", "/events/{eventId}", 401, 404),
    ("DELETE", "/events/{eventId}", 401, 404),
    ("POST", "/events/{eventId}/publish", 401, 404),
    ("POST", "/events/{eventId}/complete", 401, 404),
    ("POST", "/events/{eventId}/archive", 401, 404),
    ("POST", "/events/{eventId}/duplicate", 401, 404),
    ("POST", "/events/{eventId}/restore", 401, 404),
    ("GET", "/events/{eventId}/partners", 404, 404),
    ("POST", "/events/{eventId}/partners", 401, 404),
    ("PATCH", "/events/{eventId}/partners/{linkId}", 401, 404),
    ("DELETE", "/events/{eventId}/partners/{linkId}", 401, 404),
    ("GET", "/events/{eventId}/sponsors", 404, 404),
    ("POST", "/events/{eventId}/sponsors", 401, 404),
    ("GET", "/invitations", 401, 200),
    ("POST", "/invitations", 401, 403),
    ("POST", "/invitations/accept", 404, 404),
    ("DELETE", "/invitations/{invitationId}", 401, 404),
    ("POST", "/invitations/{invitationId}/resend", 401, 403),
    ("GET", "/members", 401, 200),
    ("POST", "/members", 401, 403),
    ("POST", "/members/import", 401, 403),
    ("GET", "/members/{memberId}", 401, 404),
    ("PATCH", "/members/{memberId}", 401, 404),
    ("DELETE", "/members/{memberId}", 401, 404),
    ("POST", "/imports", 401, 403),
    ("GET", "/imports/{importId}", 401, 403),
    ("GET", "/imports/{importId}/report", 401, 403),
    ("POST", "/imports/{importId}/apply", 401, 403),
    ("POST", "/imports/{importId}/undo", 401, 403),
    ("GET", "/join-requests", 401, 200),
    ("POST", "/join-requests", 401, 404),
    ("PATCH", "/join-requests/{joinRequestId}", 401, 422),
    ("GET", "/openapi.json", 200, 200),
];

/// Whose a form is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Anybody may send it; a stranger's empty one is refused in words.
    Anybody,
    /// About the sender's own login or workspace: nobody is sent to sign in.
    Own,
    /// About what belongs to others: nobody is sent to sign in, an outsider is refused or finds nothing.
    Others,
}
use Whose::{Anybody, Others as OfOthers, Own};

/// Forms: whose they are.
pub const FORMS: &[(&str, &str, Whose)] = &[
    ("/sign-in", "sign_in", Anybody),
    ("/forgot-password", "forgot", Anybody),
    ("/link/{token}", "use_link", Anybody),
    ("/join", "join", Anybody),
    ("/become-sponsor", "company", Anybody),
    ("/become-sponsor", "offer", Anybody),
    ("/become-sponsor", "send", Anybody),
    ("/account", "sign_out", Own),
    ("/account/sessions", "revoke", Own),
    ("/account/sessions", "sign_out_everywhere", Own),
    ("/api-keys", "make", Own),
    ("/api-keys", "revoke", Own),
    ("/workspace/security", "policy", Own),
    ("/export", "export", Own),
    ("/second-factor", "off", Own),
    ("/directory", "save-search", Own),
    ("/communities", "save-search", Own),
    ("/searches", "rename", Own),
    ("/searches", "alerts", Own),
    ("/searches", "delete", Own),
    ("/directory", "watch", Own),
    ("/directory/{slug}", "watch", Own),
    ("/communities", "watch", Own),
    ("/communities/{slug}", "watch", Own),
    ("/watchlist", "watch", Own),
    ("/opportunities", "save-view", Own),
    ("/opportunities", "rename-view", Own),
    ("/opportunities", "delete-view", Own),
    ("/inbox", "sort", Own),
    ("/inbox/rules", "fit", Own),
    ("/inbox/rules", "remove", Own),
    ("/inbox/rules", "route", Own),
    ("/inbox/rules", "unblock", Own),
    ("/report", "report", Own),
    ("/account", "sign_out_everywhere", Own),
    ("/account", "change_password", Own),
    ("/account", "change_email", Own),
    ("/second-factor", "begin", Own),
    ("/second-factor", "confirm", Own),
    ("/second-factor", "give", Own),
    ("/second-factor", "keep", Own),
    ("/second-factor", "renew", Own),
    ("/notifications", "open", Own),
    ("/notifications", "read_all", Own),
    ("/organization/profile", "profile", Own),
    ("/dashboard", "answer", Own),
    ("/dashboard", "seat", Own),
    ("/dashboard", "registration", Own),
    ("/opportunities/{id}", "apply", OfOthers),
    ("/requests/new", "send", OfOthers),
    ("/requests/{id}", "accept", OfOthers),
    ("/requests/{id}", "assign", OfOthers),
    ("/requests/{id}", "block", OfOthers),
    ("/requests/{id}", "snooze", OfOthers),
    ("/manage/events/{id}", "partners", OfOthers),
    ("/manage/events/{id}", "duplicate", OfOthers),
    ("/manage/events/{id}", "delete", OfOthers),
    ("/manage/events", "restore", OfOthers),
    ("/manage/events/{id}/partners/new", "partner", OfOthers),
    ("/manage/events/{id}/partners/{link}", "partner", OfOthers),
    ("/manage/events/{id}/partners/{link}", "remove", OfOthers),
    ("/community/profile", "profile", OfOthers),
    ("/community/profile", "answer", OfOthers),
    ("/community/embeds", "sites", OfOthers),
    ("/manage/opportunities/{id}", "reopen", OfOthers),
    ("/manage/opportunities/{id}", "add-places", OfOthers),
    ("/staff/reports", "decide", OfOthers),
    ("/staff/organizations/{id}/merge", "merge", OfOthers),
    ("/staff/requests", "judge", OfOthers),
    ("/requests/{id}", "reject", OfOthers),
    ("/requests/{id}", "withdraw", OfOthers),
    ("/manage/events/new", "event", OfOthers),
    ("/manage/events/{id}", "publish", OfOthers),
    ("/manage/events/{id}", "complete", OfOthers),
    ("/manage/events/{id}", "archive", OfOthers),
    ("/manage/events/{id}/edit", "event", OfOthers),
    ("/manage/opportunities/new", "save", OfOthers),
    ("/manage/opportunities/{id}", "save", OfOthers),
    ("/manage/opportunities/{id}", "open", OfOthers),
    ("/manage/opportunities/{id}", "close", OfOthers),
    ("/staff/organizations/{id}", "decide", OfOthers),
    ("/staff/communities/{id}", "decide", OfOthers),
    ("/staff/communities/{id}", "checks", OfOthers),
    ("/invitations/{token}", "accept", Anybody),
    ("/join-requests/{token}", "decide", Anybody),
    ("/unsubscribe/{token}", "unsubscribe", Anybody),
    ("/directory/{slug}/join", "ask", Own),
    ("/notifications", "read", Own),
    ("/notifications/settings", "save", Own),
    ("/organization/domain", "ask", Own),
    ("/organization/domain", "check", Own),
    ("/organization/profile", "address", Own),
    ("/organization/profile", "withdraw", Own),
    ("/people", "add", Own),
    ("/people", "decide_join", Own),
    ("/people", "invite", Own),
    ("/people", "resend", Own),
    ("/people", "revoke", Own),
    ("/people/import", "import", Own),
    ("/people/import", "look", Own),
    ("/imports", "bring", OfOthers),
    ("/imports/{id}", "map", OfOthers),
    ("/imports/{id}", "sheet", OfOthers),
    ("/imports/{id}", "decide", OfOthers),
    ("/imports/{id}", "pictures", OfOthers),
    ("/imports/{id}", "apply", OfOthers),
    ("/imports/{id}", "undo", OfOthers),
    ("/claim/{slug}", "check", OfOthers),
    ("/claim/{slug}", "dns", Own),
    ("/claim/{slug}", "mailbox", Anybody),
    ("/directory/add", "add", OfOthers),
    ("/directory/{slug}", "block", OfOthers),
    ("/directory/{slug}", "invite", OfOthers),
    ("/communities/{slug}", "block", OfOthers),
    ("/manage/opportunities/{id}/decisions", "prepare", OfOthers),
    ("/manage/opportunities/{id}/decisions", "release-decisions", OfOthers),
    ("/people/{id}", "about", OfOthers),
    ("/people/{id}", "seat", OfOthers),
    ("/people/{id}", "status", OfOthers),
    ("/people/{id}", "take_out", OfOthers),
    ("/requests/{id}", "release-place", OfOthers),
    ("/requests/{id}", "take-place", OfOthers),
    ("/requests/{id}", "wait-for-place", OfOthers),
    ("/staff/organizations/{id}", "checks", OfOthers),
    ("/staff/organizations/{id}", "claim", OfOthers),
    ("/staff/organizations/{id}", "website", OfOthers),
    ("/staff/people", "find", OfOthers),
    ("/staff/people/{id}", "restore", OfOthers),
    ("/staff/people/{id}", "suspend", OfOthers),
];

/// What pages load by themselves (server functions, below `/rpc`): their query, what nobody gets, what an outsider gets.
/// `{…}` stands for an id or slug that exists and belongs to others.
pub const LOADS: &[(&str, &str, u16, u16)] = &[
    ("/me", "", 200, 200),
    ("/landing", "", 200, 200),
    ("/api/docs", "", 200, 200),
    ("/dashboard", "", 401, 200),
    ("/accounts/link", "token={token}", 404, 404),
    ("/accounts/account", "", 401, 200),
    ("/accounts/second-factor", "", 401, 200),
    ("/accounts/people", "", 401, 403),
    ("/accounts/person", "id={userId}", 401, 403),
    ("/notifications/list", "unread=false", 401, 200),
    ("/organizations/draft", "sent=true", 200, 200),
    ("/organizations/directory", "query=", 200, 200),
    ("/organizations/suggest", "text=a", 200, 200),
    ("/organizations/compare", "query=o%3Dacme-cloud", 200, 200),
    ("/watching/kept", "list=organizations", 200, 200),
    ("/watching/searches", "", 401, 200),
    ("/watching/watchlist", "", 401, 200),
    ("/communities/list", "query=", 200, 200),
    ("/communities/suggest", "text=a", 200, 200),
    ("/communities/compare", "query=o%3Dapex-circle", 200, 200),
    ("/organizations/page", "slug=acme-cloud", 200, 200),
    ("/organizations/profile", "", 401, 200),
    ("/organizations/dashboard", "", 401, 200),
    ("/organizations/queue", "order=&cursor=", 401, 403),
    ("/organizations/registry", "part=&text=&cursor=", 401, 403),
    ("/organizations/review", "id={organizationId}", 401, 403),
    ("/communities/page", "slug=apex-circle", 200, 200),
    ("/communities/mine", "", 401, 403),
    ("/communities/queue", "part=", 401, 403),
    ("/communities/review", "id={communityId}", 401, 403),
    ("/events/list", "", 200, 200),
    ("/communities/profile", "", 401, 403),
    ("/embeds/page", "", 401, 403),
    ("/events/page", "slug={eventId}", 404, 404),
    ("/events/mine", "tab=", 401, 403),
    ("/events/one", "id={eventId}", 401, 404),
    ("/events/editor", "id={eventId}", 401, 403),
    ("/opportunities/list", "query=&cursor=", 200, 200),
    ("/opportunities/get", "id={opportunityId}", 200, 200),
    ("/opportunities/offers", "event=hackfest&community=", 200, 200),
    ("/opportunities/mine", "status=&cursor=", 401, 403),
    ("/opportunities/editor", "id={opportunityId}", 401, 403),
    ("/requests/inbox", "ask[tab]=&ask[q]=&cursor=", 401, 200),
    ("/requests/get", "id={requestId}", 401, 404),
    ("/requests/compose", "organization=acme-cloud", 401, 403),
    ("/requests/held", "cursor=", 401, 403),
    ("/requests/rules", "", 401, 200),
    ("/requests/standing", "", 401, 200),
    ("/requests/quota", "", 200, 200),
    ("/access/keys", "", 401, 200),
    ("/access/security", "", 401, 200),
    ("/exports/page", "ticket=", 401, 200),
    ("/moderation/report", "kind=request&id={requestId}&sent=false", 401, 404),
    ("/moderation/reports", "decided=false&cursor=", 401, 403),
    ("/moderation/merge", "id={organizationId}&into=", 401, 403),
    ("/partners/editor", "event={eventId}", 401, 404),
    ("/partners/panel", "event={eventId}", 401, 404),
    ("/notifications/settings", "", 401, 200),
    ("/notifications/unsubscribe", "token={token}", 404, 404),
    ("/members/people", "status=&cursor=", 401, 200),
    ("/members/member", "id={memberId}", 401, 404),
    ("/members/import", "list=", 401, 403),
    ("/imports/list", "page=1", 401, 403),
    ("/imports/one", "id={requestId}&filter=&page=1", 401, 403),
    ("/members/invitation", "token={token}", 404, 404),
    ("/members/join", "slug=acme-cloud", 401, 200),
    ("/members/decision", "token={token}", 404, 404),
    ("/organizations/claim", "slug=acme-cloud", 200, 200),
    ("/organizations/domain", "", 401, 200),
    ("/organizations/may-add", "", 401, 403),
    ("/organizations/waiting", "", 401, 403),
    ("/decisions/place", "id={requestId}", 401, 404),
    ("/decisions/list", "id={opportunityId}", 401, 403),
];

/// Doors of other kinds: what everybody gets who only asks.
const OTHER: &[(&str, u16)] = &[
    ("/healthz", 200),
    ("/readyz", 200),
    ("/metrics", 200),
    ("/theme", 405),
    ("/media/logos/none.png", 404),
    ("/media/logos/128/none.webp", 404),
    ("/robots.txt", 200),
    ("/sw.js", 200),
    ("/offline", 200),
    ("/sitemap.xml", 200),
    ("/sitemap/pages.xml", 200),
    ("/sitemap/none.xml", 404),
    ("/og/site.png", 200),
    ("/og/events/autumn-demo-night.png", 404),
    ("/dev/kit", 200),
    ("/export/1~0/export.zip", 404),
    ("/export/1~0/export.json", 404),
    ("/embed/style.css", 200),
    ("/embed/events/hackfest/sponsors.json", 200),
    ("/embed/events/hackfest/sponsors.html", 200),
    ("/embed/opportunities/none/badge", 404),
    ("/embed/opportunities/none/badge.html", 404),
    ("/media/logos/..%2f..%2fkeys.env", 404),
    ("/rpc/none", 409),
    ("/pkg/none.js", 404),
    ("/nowhere", 404),
];

/// Ids and slugs of the demo, which belong to nobody who asks here.
pub struct Others {
    pub request: Uuid,
    pub opportunity: Uuid,
    /// A draft.
    pub event: Uuid,
    pub organization: Uuid,
    pub community: Uuid,
    /// Who stands on an event's page.
    pub link: Uuid,
    /// Of a community's owner.
    pub member: Uuid,
    pub invitation: Uuid,
    pub join_request: Uuid,
    /// A login.
    pub user: Uuid,
}

pub async fn others(town: &Town) -> Others {
    let one = |sql: &'static str| async move {
        sqlx::query_scalar::<_, Uuid>(sql).fetch_one(&town.owner).await.expect("the demo has one")
    };
    Others {
        request: one("select id from requests where state = 'Pending' limit 1").await,
        opportunity: one("select id from opportunities where status = 'Open' limit 1").await,
        event: one("select id from events where status = 'Draft' limit 1").await,
        organization: one("select id from organizations where slug = 'acme-cloud'").await,
        community: one("select id from communities where slug = 'apex-circle'").await,
        link: one("select id from event_partners limit 1").await,
        user: one("select id from users where email = 'ravi@apex.example'").await,
        member: one("select m.id from members m join communities c on c.id = m.community_id where c.slug = 'apex-circle'").await,
        invitation: one(
            "insert into invitations (id, workspace_kind, workspace_id, email, role, invited_by, created_at, sent_at, expires_at)
             select gen_random_uuid(), 'community', c.id, 'new@apex.example', 'Designer', m.user_id, m.created_at, m.created_at,
                    m.created_at + interval '90 days'
             from members m join communities c on c.id = m.community_id where c.slug = 'apex-circle' returning id",
        )
        .await,
        join_request: one("insert into join_requests (id, organization_id, user_id, created_at)
             select gen_random_uuid(), o.id, m.user_id, m.created_at from organizations o, members m
             where o.slug = 'acme-cloud' order by m.id limit 1 returning id")
        .await,
    }
}

impl Others {
    pub fn fill(&self, path: &str) -> String {
        let id = if path.starts_with("/opportunities") || path.starts_with("/manage/opportunities") {
            self.opportunity
        } else if path.starts_with("/requests") || path.starts_with("/imports") {
            self.request
        } else if path.starts_with("/manage/events") {
            self.event
        } else if path.starts_with("/staff/organizations") {
            self.organization
        } else if path.starts_with("/staff/people") {
            self.user
        } else if path.starts_with("/people") {
            self.member
        } else {
            self.community
        };
        let slug = match path {
            "/directory/{slug}" | "/claim/{slug}" | "/directory/{slug}/join" => "acme-cloud",
            "/events/{slug}" => "hackfest",
            _ => "apex-circle",
        };
        path.replace("{id}", &id.to_string())
            .replace("{slug}", slug)
            .replace("{token}", "a-link-that-nobody-was-mailed-0123456789abcd")
            .replace("{userId}", &self.user.to_string())
            .replace("{organizationId}", &self.organization.to_string())
            .replace("{opportunityId}", &self.opportunity.to_string())
            .replace("{viewId}", &self.opportunity.to_string())
            .replace("{searchId}", &self.opportunity.to_string())
            .replace("{ruleId}", &self.community.to_string())
            .replace("{workspaceId}", &self.community.to_string())
            .replace("{reportId}", &self.request.to_string())
            .replace("{sessionId}", &self.request.to_string())
            .replace("{requestId}", &self.request.to_string())
            .replace("{eventId}", &self.event.to_string())
            .replace("{communityId}", &self.community.to_string())
            .replace("{link}", &self.link.to_string())
            .replace("{linkId}", &self.link.to_string())
            .replace("{memberId}", &self.member.to_string())
            .replace("{invitationId}", &self.invitation.to_string())
            .replace("{importId}", &self.request.to_string())
            .replace("{joinRequestId}", &self.join_request.to_string())
    }
}

async fn mallory(town: &Town) -> Browser {
    signed_in(town, seeds::people::MALLORY).await
}

/// What nobody may learn from any answer: addresses and amounts of others, and how the house is made.
const SECRETS: [&str; 3] = ["asha@acme.example", "3,50,000", "98765"];
const INSIDES: [&str; 8] =
    ["sqlx", "postgres:", "panicked", ".rs:", "password_hash", "commdesk_app", "backtrace", "unsafe-inline"];

/// Faults of any answer at all: a header that is missing, a status that says we broke, our insides in an error.
pub fn faults_of(what: &str, answer: &Answer, faults: &mut Vec<String>) {
    for name in SAFE_HEADERS {
        if !answer.headers.contains_key(name) {
            faults.push(format!("{what}: no {name}"));
        }
    }
    if answer.status.is_server_error() {
        faults.push(format!("{what}: {}", answer.status));
    }
    let policy = answer.header("content-security-policy");
    if policy.contains("unsafe-inline") || policy.contains("unsafe-eval") && !policy.contains("wasm-unsafe-eval") {
        faults.push(format!("{what}: {policy}"));
    }
    if answer.header("content-type").starts_with("text/html") {
        // Scripts run by nonce only, and nothing is written into attributes that a policy would have to stop.
        for script in answer.text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            // Data for search engines: no browser runs it, and words of others cannot end it (`ui/found.rs`).
            if tag.contains("type=\"application/ld+json\"") {
                continue;
            }
            let nonce = tag.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next());
            if !nonce.is_some_and(|nonce| !nonce.is_empty() && policy.contains(&format!("'nonce-{nonce}'"))) {
                faults.push(format!("{what}: a script without the nonce of its answer: <script{tag}>"));
            }
        }
        for inline in [" style=\"", " onclick=", " onload=", " onerror=", "href=\"javascript:"] {
            if answer.text.contains(inline) {
                faults.push(format!("{what}: the page has{inline}"));
            }
        }
    }
    let is_error = answer.status.is_client_error() || answer.status.is_server_error();
    for inside in INSIDES {
        if is_error && answer.text.to_lowercase().contains(inside) {
            faults.push(format!("{what}: {} shows {inside}", answer.status));
        }
    }
}

#[tokio::test]
async fn every_page_as_nobody_and_as_an_outsider() {
    let listed: BTreeMap<&str, u16> = PAGES.iter().copied().collect();
    let mut known: Vec<String> = http::site::page_routes().iter().map(|route| route.path().to_owned()).collect();
    known.sort();
    let mut told: Vec<String> = listed.keys().map(|path| (*path).to_owned()).collect();
    told.sort();
    assert_eq!(known, told, "every page is in the table");
    // And what the browser looks at with axe, in both themes and three widths.
    let list = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/pages.json")).expect("the list of pages");
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let looked: std::collections::BTreeSet<&str> = list
        .as_object()
        .expect("readers")
        .values()
        .filter_map(|pages| pages.as_array())
        .flatten()
        .filter_map(|page| page["route"].as_str().filter(|route| !route.is_empty()))
        .collect();
    assert_eq!(looked, listed.keys().copied().collect(), "every page is in end2end/pages.json");
    sequel(async |town| {
        let others = others(town).await;
        let before = count(town, "facts").await;
        let mut faults = Vec::new();
        for (path, wanted) in PAGES.iter().copied() {
            let answer = town.visitor().open(&others.fill(path)).await;
            assert_eq!(answer.status.as_u16(), wanted, "{path} as nobody");
            faults_of(path, &answer, &mut faults);
        }
        for (path, wanted) in OTHER.iter().copied() {
            let answer = town.visitor().open(path).await;
            assert_eq!(answer.status.as_u16(), wanted, "{path}: {}", answer.text);
            faults_of(path, &answer, &mut faults);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        let before_outsider = count(town, "facts").await;
        assert_eq!(before, before_outsider, "looking changes nothing");
        let mut outsider = mallory(town).await;
        for path in [
            "/requests/{id}",
            "/people/{id}",
            "/people/import",
            "/imports",
            "/imports/{id}",
            "/manage/events/{id}",
            "/manage/events/{id}/edit",
            "/manage/events/{id}/partners/new",
            "/manage/events/{id}/partners/{link}",
            "/manage/opportunities/{id}",
            "/staff/organizations",
            "/staff/changes",
            "/directory/add",
            "/staff/communities",
            "/staff/requests",
            "/staff/reports",
            "/staff/organizations/{id}",
            "/staff/communities/{id}",
            "/staff/people",
            "/staff/people/{id}",
        ] {
            let answer = outsider.open(&others.fill(path)).await;
            assert!(matches!(answer.status.as_u16(), 403 | 404), "{path} as an outsider: {}", answer.status);
            for secret in SECRETS {
                assert!(!answer.text.contains(secret), "{path} shows {secret}");
            }
        }
    })
    .await;
}

/// A form's fields as somebody would fill them who may send it: the refusal is about who asks.
pub fn filled(path: &str, form: &str, others: &Others) -> Vec<(&'static str, String)> {
    let zeros = "0".repeat(64);
    let fields: &[(&'static str, &str)] = match (path, form) {
        ("/requests/{id}", "accept") => &[("revisionHash", &zeros)],
        ("/requests/{id}", "reject") => &[("reason", "Budget")],
        ("/staff/communities/{id}", "decide") => &[("status", "approved"), ("reason", "Because I say so.")],
        ("/staff/organizations/{id}", "decide") => &[("decision", "verify"), ("reason", "Because I say so.")],
        ("/manage/opportunities/{id}", "save") => &[("version", "1"), ("title", "Mine now")],
        ("/manage/events/{id}/edit", "event") => &[("version", "1"), ("title", "Mine now")],
        ("/manage/events/new", "event") => &[("title", "Mine")],
        ("/requests/new", "send") => &[
            ("organizationId", &others.organization.to_string()),
            ("eventId", &others.event.to_string()),
            ("amount", "1000"),
            ("currency", "INR"),
            ("category", "Title"),
            ("message", "We would like to work with you."),
        ],
        _ => &[],
    };
    fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[tokio::test]
async fn every_form_as_nobody_and_as_an_outsider_changes_nothing() {
    let mut known = http::forms::listed();
    let mut told: Vec<(&str, &str)> = FORMS.iter().map(|(path, form, _)| (*path, *form)).collect();
    known.sort_unstable();
    told.sort_unstable();
    assert_eq!(known, told, "every form is in the table");
    sequel(async |town| {
        let others = others(town).await;
        let before = count(town, "facts").await;
        let mut faults = Vec::new();
        let to_sign_in = |answer: &Answer| answer.status == 303 && answer.location().starts_with("/sign-in");
        for (path, form, whose) in FORMS.iter().copied() {
            let what = format!("{path} {form} as nobody");
            let answer = town.visitor().submit(&others.fill(path), form, &[]).await;
            faults_of(&what, &answer, &mut faults);
            let fine = match whose {
                // A draft belongs to whoever writes it; an empty one sends nothing and shows its first step again.
                Anybody => {
                    let is_own_draft = answer.status == 303 && answer.location().starts_with("/become-sponsor?step=");
                    is_own_draft || matches!(answer.status.as_u16(), 404 | 422)
                }
                // A form that reads its fields first says 401 on its page, which asks for a sign-in all the same.
                Own | OfOthers => to_sign_in(&answer) || answer.status == 401,
            };
            if !fine {
                faults.push(format!("{what}: {} {}", answer.status, answer.location()));
            }
        }
        assert_eq!(before, count(town, "facts").await, "no form of nobody changed anything");
        let mut mallory = mallory(town).await;
        let before = count(town, "facts").await;
        for (path, form, _) in FORMS.iter().copied().filter(|(.., whose)| *whose == OfOthers) {
            let what = format!("{path} {form} as an outsider");
            let fields = filled(path, form, &others);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = mallory.submit(&others.fill(path), form, &fields).await;
            faults_of(&what, &answer, &mut faults);
            if !to_sign_in(&answer) && !matches!(answer.status.as_u16(), 401 | 403 | 404) {
                faults.push(format!("{what}: {} {}", answer.status, answer.location()));
            }
            for secret in SECRETS {
                if answer.text.contains(secret) {
                    faults.push(format!("{what} shows {secret}"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(before, count(town, "facts").await, "no form of an outsider changed anything");
    })
    .await;
}

#[tokio::test]
async fn everything_that_pages_load_as_nobody_and_as_an_outsider() {
    let mut known: Vec<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let mut told: Vec<String> = LOADS.iter().map(|(path, ..)| format!("/rpc{path}")).collect();
    known.sort();
    told.sort();
    assert_eq!(known, told, "every server function is in the table");
    sequel(async |town| {
        let others = others(town).await;
        let mut outsider = mallory(town).await;
        let before = count(town, "facts").await;
        let mut faults = Vec::new();
        for (path, query, nobody, mallory) in LOADS.iter().copied() {
            let address = format!("/rpc{path}?{}", others.fill(query));
            for (who, wanted) in [("nobody", nobody), ("an outsider", mallory)] {
                let what = format!("{path} as {who}");
                let json = [("accept", "application/json")];
                let mut visitor = town.visitor();
                let browser = if who == "nobody" { &mut visitor } else { &mut outsider };
                let answer = browser.send(Method::GET, &address, &json, Body::empty()).await;
                faults_of(&what, &answer, &mut faults);
                if answer.status.as_u16() != wanted {
                    faults.push(format!("{what}: {} {}", answer.status, answer.text));
                }
                for secret in SECRETS {
                    if answer.text.contains(secret) {
                        faults.push(format!("{what} shows {secret}"));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(before, count(town, "facts").await, "looking changes nothing");
    })
    .await;
}

#[tokio::test]
async fn no_other_site_changes_anything_through_any_door() {
    sequel(async |town| {
        let others = others(town).await;
        let json = ("content-type", "application/json");
        let form = ("content-type", "application/x-www-form-urlencoded");
        let mut doors: Vec<(String, String, (&str, &str), String)> = vec![
            ("POST".into(), "/theme".into(), form, "theme=dark".into()),
            ("POST".into(), "/dev/clock?seconds=60".into(), form, String::new()),
        ];
        for (path, name, _) in FORMS.iter().copied() {
            doors.push(("POST".into(), others.fill(path), form, format!("_form={name}")));
        }
        for (method, path, ..) in API.iter().copied().filter(|(method, ..)| *method != "GET") {
            doors.push((method.into(), format!("/api/v1{}", others.fill(path)), json, body_of(method, path)));
        }
        for (path, query, ..) in LOADS.iter().copied() {
            doors.push(("POST".into(), format!("/rpc{path}"), form, others.fill(query)));
        }
        let forged: [&[(&str, &str)]; 4] = [
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:3999")],
        ];
        // Somebody who may do much, lured to another site.
        let mut ravi = signed_in(town, seeds::people::RAVI).await;
        let (before, now) = (count(town, "facts").await, town.house.clock.offset());
        let mut faults = Vec::new();
        for (method, path, kind, body) in &doors {
            for headers in forged {
                let headers: Vec<(&str, &str)> = headers.iter().copied().chain([*kind]).collect();
                let answer = ravi.send(method.parse().expect("a verb"), path, &headers, body.clone()).await;
                let what = format!("{method} {path} {headers:?}");
                faults_of(&what, &answer, &mut faults);
                if answer.status != 403 || answer.code() != "CROSS_ORIGIN" {
                    faults.push(format!("{what}: {}", answer.status));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!((before, now), (count(town, "facts").await, town.house.clock.offset()), "nothing was changed");
        assert_eq!(ravi.open("/dashboard").await.status, 200, "and he is still signed in");
    })
    .await;
}

/// A body in order, where the words matter: the refusal is about who asks.
pub fn body_of(method: &str, path: &str) -> String {
    match path {
        _ if method == "GET" => String::new(),
        "/requests/{requestId}/accept" | "/requests/{requestId}/place/wait" => {
            format!("{{\"revisionHash\":\"{}\"}}", "0".repeat(64))
        }
        "/requests/{requestId}/reject" => "{\"reason\":\"Budget\"}".to_owned(),
        "/communities/{communityId}/owner" => "{\"answer\":\"yes\"}".to_owned(),
        "/admin/communities/{id}/status" => "{\"status\":\"approved\"}".to_owned(),
        "/sponsors/{organizationId}/verify" => "{\"decision\":\"verify\",\"reason\":\"Because I say so.\"}".to_owned(),
        _ => "{}".to_owned(),
    }
}

#[tokio::test]
async fn every_call_as_nobody_and_as_an_outsider() {
    let document = http::api_v1::openapi();
    let mut known: Vec<String> = vec!["GET /openapi.json".into()];
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in ["get", "post", "patch", "delete", "put"] {
            if item[method].is_object() {
                known.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    known.sort();
    let mut told: Vec<String> = API.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    told.sort();
    assert_eq!(known, told, "every call is in the table");
    sequel(async |town| {
        let others = others(town).await;
        let before = count(town, "facts").await;
        let mut faults = Vec::new();
        let headers = [("content-type", "application/json")];
        for (method, path, nobody, _) in API.iter().copied() {
            let answer = town
                .visitor()
                .send(method.parse().expect("a verb"), &format!("/api/v1{}", others.fill(path)), &headers, body_of(method, path))
                .await;
            faults_of(&format!("{method} {path} as nobody"), &answer, &mut faults);
            if answer.status.as_u16() != nobody {
                faults.push(format!("{method} {path} as nobody: {} {}", answer.status, answer.text));
            }
        }
        assert_eq!(before, count(town, "facts").await, "nobody changed anything");
        let mut mallory = mallory(town).await;
        // Signing out is the last thing that a session does.
        let (last, first): (Vec<_>, Vec<_>) = API.iter().copied().partition(|(_, path, ..)| *path == "/auth/logout");
        for (method, path, _, outsider) in first.into_iter().chain(last) {
            let answer = mallory
                .send(method.parse().expect("a verb"), &format!("/api/v1{}", others.fill(path)), &headers, body_of(method, path))
                .await;
            faults_of(&format!("{method} {path} as an outsider"), &answer, &mut faults);
            if answer.status.as_u16() != outsider {
                faults.push(format!("{method} {path} as an outsider: {} {}", answer.status, answer.text));
            }
            if path.starts_with("/sponsors/{") {
                assert!(!answer.text.contains("asha@acme.example"), "{path} shows an address to an outsider");
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    })
    .await;
}
