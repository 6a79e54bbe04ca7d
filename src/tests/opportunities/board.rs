//! The list: its filters, orders and saved views, its index beside the database, and the pages that lead to what is offered.

use crate::{
    common::{Cast, code, signed_in, told},
    counting::looked_at,
    statements::multiply,
    town::{Town, sequel},
};
use commdesk::{
    features::{
        blocks::service as blocks,
        opportunities::{
            board::Board,
            index::Opportunities,
            saved, service as opportunities,
            views::{OpportunityPage, OpportunityStatus},
        },
        watching::service as watching,
    },
    http::site,
    kernel::{actor::Actor, page::PageRequest},
    platform::{
        ctx::Ctx,
        index::{self, Kept},
    },
    seeds::people::ASHA,
};
use http::{Method, StatusCode};
use serde_json::json;

async fn titles(cast: &Cast, who: Option<&Actor>, query: &str) -> Vec<String> {
    let page = opportunities::list(&cast.ctx, who, &Board::read(query), &PageRequest::default()).await.expect(query);
    page.items.into_iter().map(|row| row.title).collect()
}

#[tokio::test]
async fn every_filter_and_every_order() {
    sequel(async |town| {
        let cast = told(town).await;
        sqlx::query("update opportunities set status = 'Closed'").execute(&town.owner).await.expect("a clean list");
        let range = |min: u32, max: u32, currency: &str| json!({"min": min, "max": max, "currency": currency});
        for (title, days, more) in [
            ("A", 10, json!({"budgetRange": range(10_000, 300_000, "INR")})),
            ("B", 20, json!({"budgetRange": range(500_000, 600_000, "INR"), "category": "Gold Sponsor"})),
            ("C", 30, json!({"budgetRange": range(3_000, 9_000, "USD"), "category": "Media Partner"})),
        ] {
            let mut body = more;
            body["title"] = json!(title);
            body["decisionDeadline"] = json!(cast.day(days));
            cast.offer(body).await;
            town.house.clock.shift(60);
        }
        let list = async |query: &str| titles(&cast, None, query).await.concat();
        assert_eq!(list("").await, "ABC");
        assert_eq!(list("eventType=Hackathon&region=South+Asia&format=In+person").await, "ABC");
        assert_eq!(list("eventType=Meetup").await, "");
        assert_eq!(list("category=Gold+Sponsor").await, "B");
        // What the event is about is another filter than the role that is offered.
        assert_eq!((list("eventCategory=Technology").await, list("eventCategory=Data+Science").await), ("ABC".into(), String::new()));
        // Bands overlap, ends excluded, one currency only.
        assert_eq!(list("budget=INR:200000-500000").await, "A");
        assert_eq!(list("budget=INR:500000-2000000").await, "B");
        assert_eq!(list("budget=USD:2500-10000").await, "C");
        assert_eq!(list("technologies=rust,+cobol").await, "ABC");
        assert_eq!(list("technologies=cobol").await, "");
        assert_eq!(list(&format!("decidesFrom={}&decidesBy={}", cast.day(15), cast.day(25))).await, "B");
        assert_eq!(list("sort=newest").await, "CBA");
        assert_eq!(list("sort=budget&currency=INR").await, "BA");
        assert_eq!(list("q=hackfest+gold").await, "B");

        // Full ones are there for whoever asks for them.
        sqlx::query("update opportunities set status = 'Filled' where title = 'A'").execute(&town.owner).await.expect("full");
        assert_eq!(list("").await, "BC");
        assert_eq!(list("placeLeft=true").await, "BC");
        assert_eq!(list("placeLeft=false").await, "ABC");
        sqlx::query("update opportunities set status = 'Open' where title = 'A'").execute(&town.owner).await.expect("open");

        // Every order pages without a gap, and a cursor belongs to its order.
        sqlx::query(
            "update organizations set preferred_event_types = '{Hackathon}', technologies = '{rust,PostgreSQL}' where slug = 'acme-cloud'",
        )
        .execute(&town.owner)
        .await
        .expect("wishes");
        for query in ["", "sort=newest", "sort=budget&currency=INR", "sort=match"] {
            let board = Board::read(query);
            let whole = titles(&cast, Some(&cast.asha), query).await;
            let (mut walked, mut cursor) = (Vec::new(), None);
            loop {
                let page = PageRequest { limit: 1, cursor, offset: 0 };
                let found = opportunities::list(&cast.ctx, Some(&cast.asha), &board, &page).await.expect(query);
                walked.extend(found.items.into_iter().map(|row| row.title));
                cursor = found.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(walked, whole, "{query}");
        }
        let first = opportunities::list(&cast.ctx, None, &Board::default(), &PageRequest { limit: 1, ..PageRequest::default() })
            .await
            .expect("a page");
        let foreign = PageRequest { cursor: first.next_cursor, ..PageRequest::default() };
        assert_eq!(code(opportunities::list(&cast.ctx, None, &Board::read("sort=newest"), &foreign).await), "VALIDATION_ERROR");

        // The same through the API; what cannot be meant is named.
        let mut visitor = town.visitor();
        let answer = visitor.api(Method::GET, "/opportunities?budget=INR:500000-2000000&sort=budget", None).await;
        assert_eq!(answer.data()["items"][0]["title"], "B");
        let wrong = visitor.api(Method::GET, "/opportunities?sort=budget", None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.json()["error"]["fieldErrors"]["currency"].is_string(), "{}", wrong.text);
        let page = visitor.open("/opportunities?sort=budget").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("amounts of two currencies are not compared"), "the page says it beside its form");
    })
    .await;
}

#[tokio::test]
async fn what_fits_says_why_and_the_order_is_the_same_sum() {
    sequel(async |town| {
        let cast = told(town).await;
        assert_eq!(
            code(opportunities::list(&cast.ctx, Some(&cast.asha), &Board::read("sort=match"), &PageRequest::default()).await),
            "VALIDATION_ERROR",
            "without wishes there is no match"
        );
        sqlx::query(
            "update organizations set preferred_event_types = '{Hackathon,Meetup}', supported_regions = '{South Asia}',
                    technologies = '{RUST,typescript,Go}' where slug = 'acme-cloud'",
        )
        .execute(&town.owner)
        .await
        .expect("wishes");

        let page = opportunities::list(&cast.ctx, Some(&cast.asha), &Board::read("sort=match"), &PageRequest::default())
            .await
            .expect("matched");

        let scores: Vec<i32> = page.items.iter().map(|row| row.fit.as_ref().expect("a fit").score).collect();
        let mut sorted = scores.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        assert_eq!(scores, sorted, "the database sorts by what the rule says");
        let best = page.items[0].fit.as_ref().expect("a fit");
        assert_eq!(best.score, 30 + 25 + 20 + 15, "{best:?}");
        assert!(best.reasons.iter().any(|reason| reason.text == "You both use Rust, TypeScript"), "{best:?}");
        assert!(scores.iter().any(|score| *score < best.score));
        let plain =
            opportunities::list(&cast.ctx, Some(&cast.ravi), &Board::default(), &PageRequest::default()).await.expect("rows");
        assert!(plain.items.iter().all(|row| row.fit.is_none()), "a community has no match");

        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open("/opportunities?sort=match").await;
        assert!(page.text.contains("Hackathon is a kind of event that you look for (+30)"), "the page says why");
    })
    .await;
}

/// What two communities offer, every field by a rule of its number, so that every filter meets every other one.
async fn many(town: &Town, cast: &Cast) {
    sqlx::query(
        "insert into events (id, community_id, slug, title, event_type, category, format, region, technologies, timezone, start_at,
                             end_at, status, created_by, created_at, updated_at)
         select md5('e' || n)::uuid, case when n % 3 = 0 then $2::uuid else $1::uuid end, 'many-' || n, 'Gathering ' || n,
                (array['Hackathon', 'Meetup', 'Workshop', 'Conference'])[1 + n % 4],
                (array['Technology', 'Data Science'])[1 + n / 2 % 2], (array['Online', 'Hybrid', 'In person'])[1 + n / 3 % 3],
                (array['Europe', 'South Asia', null, 'Global', 'Africa'])[1 + n % 5],
                case n % 7 when 0 then '{}' when 1 then array['Rust'] when 2 then array['Go', 'Rust', 'TypeScript']
                           when 3 then array['C++'] when 4 then array['Node.js', 'Go'] else array['rust', 'Rust'] end,
                'Asia/Kolkata', at + interval '60 days', at + interval '61 days', 'Upcoming', u.id, $3::timestamptz, $3::timestamptz
         from generate_series(1, 90) as n, (select id from users order by id limit 1) as u,
              lateral (select $3::timestamptz + n * interval '1 day' as at) as t",
    )
    .bind(cast.ravi.community().expect("Apex").0)
    .bind(cast.mei.community().expect("Harbour").0)
    .bind(cast.ctx.now())
    .execute(&town.owner)
    .await
    .expect("events");
    sqlx::query(
        "insert into opportunities (id, community_id, event_id, title, category, currency, budget_min, budget_max, places,
                                    decision_date, decision_at, event_snapshot, status, opened_at, created_by, created_at,
                                    updated_at, search_text)
         select md5('o' || n)::uuid, e.community_id, e.id, 'Offer ' || n,
                (array['Gold Sponsor', 'Media Partner', 'Silver Sponsor', 'Venue Partner', 'Title Sponsor'])[1 + n % 5],
                (array['INR', 'USD', 'INR'])[1 + n % 3], 1000000 * (n % 6), 1000000 * (n % 6) + 30000000 * (n % 4), 2,
                (at at time zone 'Asia/Kolkata')::date, at, '{}',
                case when n % 10 = 0 then 'Filled' when n % 11 = 0 then 'Draft' when n % 13 = 0 then 'Closed' else 'Open' end,
                $1::timestamptz - (n % 9) * interval '1 minute', e.created_by, $1::timestamptz, $1::timestamptz,
                'Offer ' || n || ' ' || (array['gold', 'goldfish', 'cloud-native été'])[1 + n % 3] || ' Wharf' || n % 2
         from generate_series(1, 90) as n join events e on e.id = md5('e' || n)::uuid,
              lateral (select $1::timestamptz + (n % 12) * interval '1 day' + interval '12 hours' as at) as t",
    )
    .bind(cast.ctx.now())
    .execute(&town.owner)
    .await
    .expect("opportunities");
}

/// Every page of a list, as it is answered.
async fn pages(ctx: &Ctx, who: Option<&Actor>, query: &str, limit: u32) -> Vec<OpportunityPage> {
    let (board, mut cursor, mut all) = (Board::read(query), None, Vec::new());
    loop {
        let page = PageRequest { limit, cursor, offset: 0 };
        let found = opportunities::list(ctx, who, &board, &page).await.expect(query);
        cursor = found.next_cursor.clone();
        all.push(found);
        if cursor.is_none() {
            return all;
        }
    }
}

/// What lists are asked for in these tests.
const ASKED: &[&str] = &[
    "",
    "sort=newest",
    "sort=match",
    "sort=budget&currency=INR",
    "sort=budget&budget=USD:50000-250000",
    "placeLeft=false",
    "placeLeft=false&sort=match",
    "eventType=Hackathon",
    "eventType=Meetup&sort=match",
    "eventCategory=Data+Science&sort=newest",
    "category=Gold+Sponsor",
    "category=Media+Partner&region=Europe",
    "format=Hybrid&region=South+Asia&sort=match",
    "region=Global",
    "currency=USD&sort=newest",
    "budget=INR:200000-500000",
    "technologies=Rust",
    "technologies=Go,C%2B%2B&sort=match",
    "q=gold",
    "q=offer+gold+wharf&sort=match",
    "q=gold&eventType=Conference&placeLeft=false",
    "q=native",
    "q=wharf1",
    "q=%C3%A9t%C3%A9&sort=newest",
    "q=zzz",
];

/// Some of it, for whatever is asked again and again.
const ASKED_AGAIN: &[&str] = &[
    "",
    "sort=newest",
    "placeLeft=false&sort=match",
    "eventType=Workshop&sort=match",
    "technologies=Go",
    "region=Europe&sort=budget&currency=INR",
    "q=gold",
];

/// The index says what the database says, to everybody, on every page.
async fn both_say_the_same(cast: &Cast, database: &Ctx, asked: &[&str], limit: u32, what: &str) {
    let (from, by) = (cast.day(2), cast.day(6));
    let days =
        [format!("decidesFrom={from}&decidesBy={by}"), format!("decidesFrom={by}&sort=newest"), format!("decidesBy={from}")];
    for query in asked.iter().copied().chain(days.iter().map(String::as_str)) {
        for who in [None, Some(&cast.ravi), Some(&cast.asha), Some(&cast.tomas)] {
            if query.contains("sort=match") && who.is_none_or(|who| who.organization().is_none()) {
                continue;
            }
            let (by_index, by_database) = (pages(&cast.ctx, who, query, limit).await, pages(database, who, query, limit).await);
            assert_eq!(by_index, by_database, "{what}: {query} as {:?}", who.and_then(Actor::organization));
        }
    }
}

/// The addresses of the opportunities that a page lists, in its order.
fn offers_in(html: &str) -> Vec<String> {
    let links = html.split("href=\"/opportunities/").skip(1).filter_map(|rest| rest.get(..36));
    links.filter(|id| id.parse::<uuid::Uuid>().is_ok()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_index_and_the_database_list_the_same() {
    sequel(async |town| {
        let cast = told(town).await;
        many(town, &cast).await;
        sqlx::query(
            "update organizations set preferred_event_types = '{Hackathon,Meetup}', technologies = '{RUST,typescript,Go}',
                    supported_regions = case slug when 'acme-cloud' then '{South Asia}'::text[] else '{Global}' end
             where slug in ('acme-cloud', 'lumen-data')",
        )
        .execute(&town.owner)
        .await
        .expect("wishes");
        // Another instance, whose index is never filled.
        let second = town.second_instance();
        let database = Ctx::background(&second, "database");
        index::fill::<Opportunities>(&cast.ctx).await.expect("filled");
        let kept = index::live::<Opportunities>(&cast.ctx).read(Kept::rows).expect("filled");
        assert!(kept > 70 && index::live::<Opportunities>(&database).read(Kept::rows).is_none());
        both_say_the_same(&cast, &database, ASKED, 25, "filled").await;
        let first = pages(&cast.ctx, Some(&cast.tomas), "sort=match", 7).await;
        assert_eq!(first, pages(&database, Some(&cast.tomas), "sort=match", 7).await);
        assert!(first.len() > 8, "there is something to compare");

        // Pages that are counted, a page after the last, and what people and programs read.
        let counted = PageRequest { limit: 9, offset: 27, cursor: None };
        let beyond = PageRequest { limit: 9, offset: 900, cursor: None };
        for page in [&counted, &beyond] {
            let board = Board::read("sort=match&placeLeft=false");
            let by_index = opportunities::list(&cast.ctx, Some(&cast.asha), &board, page).await.expect("a page");
            assert_eq!(by_index, opportunities::list(&database, Some(&cast.asha), &board, page).await.expect("a page"));
        }
        let router = site::router(second.clone());
        let mut asha = signed_in(town, ASHA).await;
        asha.workspace = Some("organization:acme-cloud".to_owned());
        let mut asha_there = asha.clone().on(&router);
        for query in ["", "?sort=match", "?q=gold&region=Europe", "?technologies=Go&sort=newest&placeLeft=false"] {
            let (page, there) =
                (asha.open(&format!("/opportunities{query}")).await, asha_there.open(&format!("/opportunities{query}")).await);
            assert_eq!(page.status, StatusCode::OK);
            assert!(!offers_in(&page.text).is_empty(), "{query}");
            assert_eq!(offers_in(&page.text), offers_in(&there.text), "{query}");
            let path = format!("/opportunities{query}");
            let (data, there) = (asha.api(Method::GET, &path, None).await, asha_there.api(Method::GET, &path, None).await);
            assert_eq!(data.data(), there.data(), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_follows_what_changes_and_shows_nothing_that_is_gone() {
    sequel(async |town| {
        let cast = told(town).await;
        many(town, &cast).await;
        let database = Ctx::background(&town.second_instance(), "database");
        sqlx::query("update organizations set preferred_event_types = '{Workshop}' where slug in ('acme-cloud', 'lumen-data')")
            .execute(&town.owner)
            .await
            .expect("wishes");
        let own = cast.offer(json!({"title": "By hand", "places": 2})).await;
        index::fill::<Opportunities>(&cast.ctx).await.expect("filled");
        let all = async |who: Option<&Actor>| {
            let page = PageRequest { limit: 100, ..PageRequest::default() };
            opportunities::list(&cast.ctx, who, &Board::read("placeLeft=false"), &page).await.expect("a page")
        };
        // Whatever was committed before the word is known once the word is, and that at once.
        let followed = async |word: &str| {
            let word = format!("zz{word}");
            sqlx::query("update opportunities set search_text = $1 where id = md5('o1')::uuid")
                .bind(&word)
                .execute(&town.owner)
                .await
                .expect("changed");
            index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
            assert!(index::live::<Opportunities>(&cast.ctx).read(Kept::rows).is_some(), "the index does not answer: {word}");
            assert_eq!(titles(&cast, None, &format!("q={word}")).await, ["Offer 1"], "the index does not follow: {word}");
        };
        let change = async |sql: &str| {
            let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&town.owner).await.expect("changed");
            assert!(done.rows_affected() > 0, "{sql}");
        };

        // It is late, and shows nothing of what is gone; then it has heard of it.
        let before = all(None).await;
        opportunities::close(&cast.ctx, &cast.ravi, own).await.expect("closed");
        let late = all(None).await;
        assert_eq!((late.total, late.items.len() + 1), (before.total, before.items.len()), "the index answers");
        assert!(late.items.iter().all(|row| row.id != own));
        followed("closed").await;
        assert_eq!(all(None).await.total, before.total - 1);
        both_say_the_same(&cast, &database, ASKED_AGAIN, 100, "closed").await;

        for (word, sql) in [
            ("filled", "update opportunities set status = 'Filled' where id = md5('o2')::uuid"),
            ("hidden", "update opportunities set hidden_reason = 'Spam' where id = md5('o4')::uuid"),
            ("renamed", "update events set title = 'Renamed' where id = md5('e5')::uuid"),
            (
                "turned",
                "update events set event_type = 'Workshop', category = 'Technology', format = 'Online', region = 'Europe',
                        technologies = '{Rust,Go}' where id in (md5('e7')::uuid, md5('e8')::uuid)",
            ),
            ("archived", "update events set status = 'Archived' where id = md5('e14')::uuid"),
            ("private", "update events set public_visible = false where id = md5('e16')::uuid"),
            ("staffed", "update events set hidden_reason = 'Spam' where id = md5('e17')::uuid"),
            ("over", "update opportunities set decision_at = decision_at - interval '400 days' where id = md5('o19')::uuid"),
            ("moved", "update opportunities set event_id = md5('e28')::uuid where id = md5('o25')::uuid"),
        ] {
            change(sql).await;
            followed(word).await;
            both_say_the_same(&cast, &database, ASKED_AGAIN, 100, word).await;
        }

        // A community goes, and comes back; a block hides it from one organization only, at once.
        let there = all(None).await.total;
        let harbour = cast.mei.community().expect("Harbour").0;
        let theirs = all(None).await.items.iter().filter(|row| row.community.id.0 == harbour).count();
        assert!(theirs > 10);
        change("update communities set status = 'suspended' where slug = 'harbour-devs'").await;
        assert!(all(None).await.items.iter().all(|row| row.community.id.0 != harbour), "late, and not shown");
        followed("suspended").await;
        assert_eq!(all(None).await.total, there - i64::try_from(theirs).expect("small"));
        both_say_the_same(&cast, &database, ASKED_AGAIN, 100, "suspended").await;
        change("update communities set status = 'active' where slug = 'harbour-devs'").await;
        followed("restored").await;
        assert_eq!(all(None).await.total, there);
        blocks::block(&cast.ctx, &cast.tomas, harbour).await.expect("blocked");
        assert_eq!(all(Some(&cast.tomas)).await.total, there - i64::try_from(theirs).expect("small"));
        assert_eq!(all(Some(&cast.asha)).await.total, there);
        both_say_the_same(&cast, &database, ASKED_AGAIN, 25, "blocked").await;

        // What opens is found.
        cast.offer(json!({"title": "Late comer"})).await;
        followed("opened").await;
        assert_eq!(all(None).await.total, there + 1);
        both_say_the_same(&cast, &database, ASKED_AGAIN, 100, "opened").await;
    })
    .await;
}

#[tokio::test]
async fn what_opens_beside_a_transaction_that_stands_open_is_on_the_board() {
    sequel(async |town| {
        let cast = told(town).await;
        many(town, &cast).await;
        index::fill::<Opportunities>(&cast.ctx).await.expect("filled");
        let kept = || index::live::<Opportunities>(&cast.ctx).read(Kept::rows).expect("it answers");
        let before = kept();
        // Somebody has a transaction open, which holds a row of its own.
        let other = sqlx::PgPool::connect(&town.url(true)).await.expect("another connection");
        let mut open = other.begin().await.expect("a transaction");
        let slow = "update opportunities set search_text = 'zzslow' where id = md5('o1')::uuid";
        sqlx::query(slow).execute(&mut *open).await.expect("changed");

        // What opens is found, and what closes goes.
        let first = cast.offer(json!({"title": "Zzquick comer"})).await;
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!((titles(&cast, None, "q=zzquick").await, kept()), (vec!["Zzquick comer".to_owned()], before + 1));
        opportunities::close(&cast.ctx, &cast.ravi, first).await.expect("closed");
        cast.offer(json!({"title": "Zzsecond comer"})).await;
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!((titles(&cast, None, "q=zzsecond").await, kept()), (vec!["Zzsecond comer".to_owned()], before + 1));
        // An event that goes takes its own along.
        let gone = sqlx::query("update events set status = 'Archived' where id = md5('e2')::uuid").execute(&town.owner).await;
        assert_eq!(gone.expect("archived").rows_affected(), 1);
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!(kept(), before);
        assert_eq!(titles(&cast, None, "q=zzslow").await, [""; 0]);

        // And what that transaction changed, once it is committed.
        open.commit().await.expect("committed");
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!((titles(&cast, None, "q=zzslow").await, kept()), (vec!["Offer 1".to_owned()], before));
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn saved_views_are_ones_own_and_read_as_the_list_reads() {
    sequel(async |town| {
        let cast = told(town).await;
        let mut asha = signed_in(town, ASHA).await;
        let there = "/opportunities?q=hackfest&category=Gold+Sponsor&cursor=ff";
        let sent = asha.submit(there, "save-view", &[("name", "Gold"), ("query", "category=Gold+Sponsor&q=hackfest&x=1")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        assert!(sent.location().starts_with("/opportunities?q=hackfest&category=Gold+Sponsor"), "{}", sent.location());
        let page = asha.open(sent.location()).await;
        assert!(page.text.contains("aria-label=\"Saved views\"") && page.text.contains("Edit this view"));
        let taken = asha.submit(there, "save-view", &[("name", "gold"), ("query", "")]).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.text.contains("You have a search of this name already"));

        let view = saved::list(&cast.ctx, &cast.asha).await.expect("hers").items.remove(0);
        assert_eq!(view.query, Board::read(&view.query).query(), "one reader");
        assert_eq!(titles(&cast, None, &view.query).await, ["Gold Sponsor"]);
        assert!(saved::list(&cast.ctx, &cast.ravi).await.expect("his").items.is_empty());
        assert_eq!(code(watching::rename(&cast.ctx, &cast.ravi, view.id, "Mine now").await), "NOT_FOUND");
        assert_eq!(code(watching::delete(&cast.ctx, &cast.ravi, view.id).await), "NOT_FOUND");

        let id = view.id.to_string();
        let renamed = asha.submit("/opportunities", "rename-view", &[("view", &id), ("name", "Gold ones")]).await;
        assert_eq!(renamed.status, StatusCode::SEE_OTHER, "{}", renamed.text);
        let listed = asha.api(Method::GET, "/opportunities/views", None).await;
        assert_eq!(listed.data()["items"][0]["name"], "Gold ones");
        let made = asha.api(Method::POST, "/opportunities/views", Some(json!({"name": "New", "query": "sort=newest"}))).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let wrong = asha.api(Method::POST, "/opportunities/views", Some(json!({"name": "Odd", "query": "sort=best"}))).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = asha.submit("/opportunities", "delete-view", &[("view", &id), ("query", &view.query)]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        let left = asha.api(Method::GET, "/opportunities/views", None).await;
        assert_eq!(left.data()["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_an_event_and_of_a_community_lead_to_what_they_offer() {
    sequel(async |town| {
        told(town).await;
        let open = sqlx::query_scalar::<_, uuid::Uuid>(
            "select id from opportunities where category = 'Platinum Sponsor' and status = 'Open'",
        )
        .fetch_one(&town.owner)
        .await
        .expect("the demo has one");
        let theirs = format!("/opportunities/{open}");
        for (page, title) in [("/events/hackfest", "Support this event"), ("/communities/apex-circle", "What they look for now")]
        {
            let shown = town.visitor().open(page).await.text;
            assert!(shown.contains(title) && shown.contains(&theirs), "{page}");
            assert!(!shown.contains("HarbourConf"), "only their own: {page}");
        }
        assert!(!town.visitor().open("/communities/newgrove").await.text.contains("What they look for now"));
        // What staff took off the marketplace is not offered there either.
        sqlx::query("update opportunities set hidden_reason = 'A test of it.' where id = $1")
            .bind(open)
            .execute(&town.owner)
            .await
            .expect("hidden");
        assert!(!town.visitor().open("/events/hackfest").await.text.contains(&theirs));
    })
    .await;
}

#[tokio::test]
async fn a_community_s_own_list_reads_the_rows_of_its_page_in_their_order() {
    sequel(async |town| {
        let cast = told(town).await;
        let own = "o.id = (select x.id from opportunities x join communities c on c.id = x.community_id
                           where c.slug = 'apex-circle' and x.status = 'Open' order by x.created_at, x.id limit 1)";
        let changes = "'id', gen_random_uuid(), 'status', (array['Open', 'Draft', 'Closed'])[1 + n % 3],
                       'updated_at', o.updated_at - n % 9 * interval '1 hour'";
        for _ in 0..3 {
            multiply(town, "opportunities", own, changes).await;
        }
        town.as_superuser("vacuum (analyze) opportunities").await;
        let alone = Ctx::background(&town.with_one_connection(), "test");
        for status in [None, Some(OpportunityStatus::Draft), Some(OpportunityStatus::Filled)] {
            // A plan is kept, if at all, from the sixth time on.
            let mut looked = (0, 0);
            for _ in 0..7 {
                let before = looked_at(&alone, "opportunities").await;
                let page = PageRequest::default();
                opportunities::list_mine(&alone, &cast.ravi, status, &page).await.expect("theirs");
                let after = looked_at(&alone, "opportunities").await;
                looked = (after.0 - before.0, after.1 - before.1);
            }
            // Counting ends at the cap, and looks a row up only where its page is not known to be seen by all.
            assert!(looked.0 < 1_100 && looked.1 < 1_100, "{status:?}: {looked:?} of 3,000 rows and of their entries");
        }

        for status in [None, Some(OpportunityStatus::Draft), Some(OpportunityStatus::Filled)] {
            let (community, label) = (cast.ravi.community().map(|id| id.0), status.map(|status| status.label()));
            let meant: Vec<uuid::Uuid> = sqlx::query_scalar(
                "select id from opportunities where community_id = $1 and ($2::text is null or status = $2) order by updated_at desc, id desc",
            )
            .bind(community)
            .bind(label)
            .fetch_all(&town.owner)
            .await
            .expect("their ids");
            let (mut shown, mut cursor) = (Vec::new(), None);
            for _ in 0..5 {
                let page = PageRequest { cursor, ..PageRequest::default() };
                let page = opportunities::list_mine(&cast.ctx, &cast.ravi, status, &page).await.expect("theirs");
                assert_eq!((page.total, page.total_capped), (meant.len().min(1_000) as i64, meant.len() > 1_000), "{status:?}");
                shown.extend(page.items.iter().map(|row| row.id.0));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(shown, meant[..meant.len().min(100)], "{status:?}");
        }
    })
    .await;
}
