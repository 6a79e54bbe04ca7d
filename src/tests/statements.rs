//! What a page costs: statements are counted as they are sent, for every page as its reader, and again after the tables
//! behind the lists grew by a thousand rows. The statement that finds session and seats counts; `begin` and `commit` do not.

use crate::{
    common::{at_work, signed_in, who},
    counting::Counter,
    town::{Browser, Town, sequel},
};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        communities::index::Communities,
        imports::service::{self as imports, File},
        opportunities::index::Opportunities,
        organizations::index::Directory,
    },
    http::site,
    platform::index,
    seeds::people::{self, OMAR},
};
use std::collections::BTreeSet;

/// More than this, and a page waits on the network rather than on its reader.
const MOST: usize = 4;

/// This page tells a whole merge to its end and takes it back, so it costs what the merge costs; but no more with more rows.
const REHEARSAL: &str = "/merge?into=";

/// Every page's route, who reads it, and the address: what stands in braces is an id of the demo.
const PAGES: &[(&str, Who, &str)] = &[
    ("/", Nobody, "/"),
    ("/", Community, "/"),
    ("/directory", Nobody, "/directory"),
    ("/directory", Nobody, "/directory?q=cloud"),
    ("/directory", Nobody, "/directory?q=acmee"),
    ("/directory", Community, "/directory"),
    ("/directory/compare", Nobody, "/directory/compare?o=acme-cloud&o=copy-1&o=nobody"),
    ("/directory/compare", Community, "/directory/compare?o=acme-cloud&o=copy-1&o=nobody"),
    ("/searches", Community, "/searches"),
    ("/watchlist", Community, "/watchlist"),
    ("/directory/{slug}", Nobody, "/directory/acme-cloud"),
    ("/directory/{slug}", Community, "/directory/acme-cloud"),
    ("/directory/{slug}", Sponsor, "/directory/acme-cloud"),
    ("/directory/add", Community, "/directory/add"),
    ("/directory/{slug}/join", Community, "/directory/acme-cloud/join"),
    ("/claim/{slug}", Nobody, "/claim/acme-cloud"),
    ("/claim/{slug}", Community, "/claim/acme-cloud"),
    ("/opportunities", Nobody, "/opportunities"),
    ("/opportunities", Community, "/opportunities"),
    ("/opportunities", Sponsor, "/opportunities"),
    ("/opportunities", Sponsor, "/opportunities?sort=match"),
    ("/opportunities/{id}", Nobody, "/opportunities/{opportunity}"),
    ("/opportunities/{id}", Community, "/opportunities/{opportunity}"),
    ("/opportunities/{id}", Sponsor, "/opportunities/{opportunity}"),
    ("/events", Nobody, "/events"),
    ("/events", Sponsor, "/events?q=hack"),
    ("/events/{slug}", Nobody, "/events/hackfest"),
    ("/events/{slug}", Community, "/events/hackfest"),
    ("/events/{slug}", Sponsor, "/events/hackfest"),
    ("/communities", Nobody, "/communities"),
    ("/communities", Nobody, "/communities?q=apex"),
    ("/communities", Sponsor, "/communities"),
    ("/communities/compare", Nobody, "/communities/compare?o=apex-circle&o=harbour-devs&o=nobody"),
    ("/communities/compare", Community, "/communities/compare?o=apex-circle&o=harbour-devs&o=nobody"),
    ("/communities/compare", Sponsor, "/communities/compare?o=apex-circle&o=harbour-devs&o=nobody"),
    ("/communities/{slug}", Nobody, "/communities/apex-circle"),
    ("/communities/{slug}", Community, "/communities/apex-circle"),
    ("/communities/{slug}", Sponsor, "/communities/apex-circle"),
    ("/api/docs", Nobody, "/api/docs"),
    ("/become-sponsor", Nobody, "/become-sponsor"),
    ("/join", Nobody, "/join"),
    ("/join/sent", Nobody, "/join/sent"),
    ("/sign-in", Nobody, "/sign-in"),
    ("/forgot-password", Nobody, "/forgot-password"),
    ("/link/{token}", Nobody, "/link/{link}"),
    ("/invitations/{token}", Nobody, "/invitations/{lost}"),
    ("/join-requests/{token}", Nobody, "/join-requests/{lost}"),
    ("/unsubscribe/{token}", Nobody, "/unsubscribe/{lost}"),
    ("/second-factor", Community, "/second-factor"),
    ("/dashboard", Community, "/dashboard"),
    ("/dashboard", Sponsor, "/dashboard"),
    ("/dashboard", Staff, "/dashboard"),
    ("/dashboard", Applicant, "/dashboard"),
    ("/dashboard", Newcomer, "/dashboard"),
    ("/inbox", Community, "/inbox"),
    ("/inbox", Community, "/inbox?tab=accepted"),
    ("/inbox", Sponsor, "/inbox"),
    ("/inbox/rules", Sponsor, "/inbox/rules"),
    ("/inbox/rules", Community, "/inbox/rules"),
    ("/inbox/standing", Community, "/inbox/standing"),
    ("/requests/new", Community, "/requests/new?organization=acme-cloud"),
    ("/requests/{id}", Community, "/requests/{request}"),
    ("/requests/{id}", Sponsor, "/requests/{asked}"),
    ("/report", Community, "/report?kind=organization&id={organization}"),
    ("/report", Sponsor, "/report?kind=request&id={asked}"),
    ("/manage/events", Community, "/manage/events"),
    ("/manage/events/new", Community, "/manage/events/new"),
    ("/manage/events/{id}", Community, "/manage/events/{event}"),
    ("/manage/events/{id}/edit", Community, "/manage/events/{event}/edit"),
    ("/manage/events/{id}/partners/new", Community, "/manage/events/{event}/partners/new"),
    ("/manage/events/{id}/partners/{link}", Community, "/manage/events/{event}/partners/{partner}"),
    ("/manage/opportunities", Community, "/manage/opportunities"),
    ("/manage/opportunities/new", Community, "/manage/opportunities/new"),
    ("/manage/opportunities/{id}", Community, "/manage/opportunities/{own}"),
    ("/manage/opportunities/{id}/decisions", Community, "/manage/opportunities/{own}/decisions"),
    ("/community/embeds", Community, "/community/embeds"),
    ("/community/profile", Community, "/community/profile"),
    ("/organization/profile", Sponsor, "/organization/profile"),
    ("/organization/domain", Sponsor, "/organization/domain"),
    ("/people", Community, "/people"),
    ("/people", Sponsor, "/people"),
    ("/people/import", Community, "/people/import"),
    ("/people/{id}", Community, "/people/{member}"),
    ("/imports", Community, "/imports"),
    ("/imports", Staff, "/imports"),
    ("/imports/{id}", Community, "/imports/{import}"),
    ("/imports/{id}", Community, "/imports/{import}?filter=problems"),
    ("/account", Community, "/account"),
    ("/account/sessions", Community, "/account/sessions"),
    ("/api-keys", Community, "/api-keys"),
    ("/export", Community, "/export"),
    ("/workspace/security", Community, "/workspace/security"),
    ("/notifications", Community, "/notifications"),
    ("/notifications/settings", Community, "/notifications/settings"),
    ("/staff/organizations", Staff, "/staff/organizations"),
    ("/staff/organizations", Staff, "/staff/organizations?part=all&q=acme"),
    ("/staff/organizations/{id}", Staff, "/staff/organizations/{organization}"),
    ("/staff/organizations/{id}/merge", Staff, "/staff/organizations/{organization}/merge"),
    ("/staff/organizations/{id}/merge", Staff, "/staff/organizations/{organization}/merge?into={twin}"),
    ("/staff/people", Staff, "/staff/people"),
    ("/staff/people/{id}", Staff, "/staff/people/{user}"),
    ("/staff/changes", Staff, "/staff/changes"),
    ("/staff/communities", Staff, "/staff/communities"),
    ("/staff/communities/{id}", Staff, "/staff/communities/{community}"),
    ("/staff/requests", Staff, "/staff/requests"),
    ("/staff/reports", Staff, "/staff/reports"),
];

/// Who reads a page: nobody, Apex Circle's owner, Acme's admin, staff, and those who wait to be let in: an organization and a
/// community.
#[derive(Debug, Clone, Copy)]
enum Who {
    Nobody,
    Community,
    Sponsor,
    Staff,
    Applicant,
    Newcomer,
}
use Who::{Applicant, Community, Newcomer, Nobody, Sponsor, Staff};

/// Whom a community has worked with: one that is new, and one row that is nothing.
const LIST: &str = "name,website\nNorthwind Data,northwind-data.example\nNobody,nowhere\n";

struct Readers {
    browsers: [Browser; 6],
    /// The word in braces, and what stands for it.
    ids: Vec<(&'static str, String)>,
}

async fn readers(town: &Town) -> Readers {
    let one = |sql: &'static str| async move {
        let found = sqlx::query_scalar::<_, uuid::Uuid>(sql).fetch_one(&town.owner).await;
        found.unwrap_or_else(|error| panic!("the demo has one: {error}: {sql}")).to_string()
    };
    let ctx = town.ctx();
    let ravi = people::sign_in(&ctx, people::RAVI).await.expect("the password is right").user;
    let actor = who(&ctx, people::RAVI).await;
    let list = File { target: "sponsors".into(), name: "past.csv".into(), bytes: LIST.into(), ..File::default() };
    let import = imports::bring(&ctx, &actor, list).await.expect("read");
    let link = accounts::issue_link(&ctx, ravi, LinkPurpose::Reset, people::RAVI.email).await.expect("a link");
    let staff = at_work(town, OMAR).await;
    let browsers = [
        town.visitor(),
        signed_in(town, people::RAVI).await,
        signed_in(town, people::ASHA).await,
        staff,
        signed_in(town, people::MALLORY).await,
        signed_in(town, people::KOFI).await,
    ];
    let ids = vec![
        ("{event}", one("select id from events where slug = 'hackfest'").await),
        ("{opportunity}", one("select id from opportunities where status = 'Open' order by created_at limit 1").await),
        (
            "{own}",
            one("select o.id from opportunities o join communities c on c.id = o.community_id
                 where c.slug = 'apex-circle' and o.status = 'Open' order by o.created_at limit 1")
            .await,
        ),
        (
            "{request}",
            one("select r.id from requests r join communities c on c.id = r.community_id where c.slug = 'apex-circle'
                 order by r.opportunity_id is null, r.opened_at limit 1")
            .await,
        ),
        (
            "{asked}",
            one("select r.id from requests r join organizations o on o.id = r.organization_id
                 where o.slug = 'acme-cloud' and r.state in ('Pending', 'Negotiation')
                 order by r.opportunity_id is null, r.opened_at limit 1")
            .await,
        ),
        (
            "{partner}",
            one("select p.id from event_partners p join events e on e.id = p.event_id where e.slug = 'hackfest' limit 1").await,
        ),
        ("{organization}", one("select id from organizations where slug = 'acme-cloud'").await),
        (
            "{twin}",
            one("select id from organizations where slug <> 'acme-cloud' and verification_status = 'Verified' limit 1").await,
        ),
        ("{user}", ravi.0.to_string()),
        ("{community}", one("select id from communities where slug = 'apex-circle'").await),
        (
            "{member}",
            one("select m.id from members m join communities c on c.id = m.community_id where c.slug = 'apex-circle' limit 1")
                .await,
        ),
        ("{import}", import.to_string()),
        ("{link}", link),
        ("{lost}", "a-link-that-nobody-was-mailed-0123456789abcd".to_owned()),
    ];
    Readers { browsers, ids }
}

impl Readers {
    /// Opens every page twice (the first time may write "last seen") and counts the second.
    async fn read(&mut self, counter: &Counter) -> Vec<(String, Vec<String>)> {
        let mut costs = Vec::new();
        for (_, who, path) in PAGES {
            let path = self.ids.iter().fold((*path).to_owned(), |path, (word, id)| path.replace(word, id));
            let browser = &mut self.browsers[*who as usize];
            browser.open(&path).await;
            counter.take();
            let answer = browser.open(&path).await;
            let wanted = if path.contains("a-link-that-nobody") { 404 } else { 200 };
            assert_eq!(answer.status, wanted, "{path} as {who:?}: {}", answer.text);
            costs.push((format!("{path} as {who:?}"), counter.take()));
        }
        costs
    }
}

/// A thousand more rows of each kind that lists show: copies of what the demo has, under ids of their own.
async fn grow(town: &Town) {
    multiply(town, "organizations", "o.slug = 'acme-cloud'", "'slug', 'copy-' || n, 'identity_key', 'copy' || n || '.example'")
        .await;
    multiply(town, "events", "o.slug = 'hackfest'", "'slug', 'copy-' || n").await;
    multiply(
        town,
        "opportunities",
        "o.status = 'Open' and o.id = (select id from opportunities where status = 'Open' limit 1)",
        "'id', gen_random_uuid()",
    )
    .await;
    multiply(town, "notices", "o.id in (select distinct on (user_id) id from notices)", "'fact_id', gen_random_uuid()").await;
    multiply(town, "users", "o.email = 'ravi@apex.example'", "'id', md5('user' || n), 'email', 'copy-' || n || '@apex.example'")
        .await;
    let of_ravi = "o.user_id = (select id from users where email = 'ravi@apex.example')";
    multiply(town, "members", of_ravi, "'user_id', md5('user' || n), 'role', 'Designer'").await;
    // The request that is copied is the same for its wording and for itself: what is copied last is not yet there.
    let model = "(select r.id from requests r join communities c on c.id = r.community_id
                  where c.slug = 'apex-circle' and r.state = 'Pending' limit 1)";
    multiply(town, "import_rows", "o.number = 2", "'number', 10 + n").await;
    multiply(town, "revisions", &format!("o.request_id = {model}"), "'request_id', md5('request' || n)").await;
    let changes = "'id', md5('request' || n), 'organization_id', (select id from organizations where slug = 'copy-' || n)";
    multiply(town, "requests", &format!("o.id = {model}"), changes).await;
}

/// Inserts a thousand copies of the rows of `table` for which `of` holds, with `changes` to each.
pub async fn multiply(town: &Town, table: &str, of: &str, changes: &str) {
    let columns: String = sqlx::query_scalar(
        "select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
    )
    .bind(table)
    .fetch_one(&town.owner)
    .await
    .expect("a table");
    town.as_superuser(&format!(
        "set session_replication_role = replica;
         insert into {table} ({columns})
         select {columns} from (
            select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid()) || jsonb_build_object({changes}))).*
            from {table} o, generate_series(1, 1000) n where {of}
         ) copies;
         analyze {table};"
    ))
    .await;
}

#[tokio::test]
async fn a_page_is_few_statements_however_much_is_behind_it() {
    let told: BTreeSet<&str> = PAGES.iter().map(|(route, ..)| *route).collect();
    let known: BTreeSet<&str> = site::page_routes().iter().map(|route| route.path()).collect();
    assert_eq!(told, known, "every page is in the table");
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        // As they are a few seconds after the start: until then the database answers, with a statement more.
        index::fill::<Directory>(&town.ctx()).await.expect("filled");
        index::fill::<Communities>(&town.ctx()).await.expect("filled");
        index::fill::<Opportunities>(&town.ctx()).await.expect("filled");
        let mut readers = readers(town).await;
        let few = readers.read(&counter).await;
        assert!(few.iter().any(|(_, statements)| !statements.is_empty()), "statements are heard");
        let mut faults = String::new();
        // A page that costs more now and then loads a part of itself twice, when its answers come in another order.
        for _ in 0..2 {
            for ((page, once), (_, again)) in few.iter().zip(&readers.read(&counter).await) {
                if once.len() != again.len() {
                    faults.push_str(&format!("{page}: {}, and then {}\n   {}\n", once.len(), again.len(), again.join("\n   ")));
                }
            }
        }
        grow(town).await;
        let many = readers.read(&counter).await;
        for ((page, before), (_, after)) in few.iter().zip(&many) {
            println!("   {:>2} statements, {:>2} with a thousand rows more  {page}", before.len(), after.len());
            let is_many = before.len() > MOST && !page.contains(REHEARSAL);
            if is_many || after.len() > before.len() {
                faults.push_str(&format!("{page}: {}, then {}\n   {}\n", before.len(), after.len(), after.join("\n   ")));
            }
        }
        assert!(faults.is_empty(), "over {MOST}, not always the same, or more with more rows:\n{faults}");
    })
    .await;
}
