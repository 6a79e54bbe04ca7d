//! The directory and the list of communities as they are searched: by the index, and by the database while it is filled.

use crate::{
    common::{signed_in, who},
    town::{Town, sequel, story},
};
use commdesk::{
    features::{
        blocks::service as blocks,
        communities::{self, index::Communities, search::CommunitiesQuery},
        organizations::{
            directory,
            index::Directory,
            rules::search::{DirectoryFacet, DirectoryQuery, reputation},
            views::DirectoryView,
        },
    },
    kernel::{actor::Actor, page::PageRequest, search::SuggestionsView},
    platform::{
        ctx::Ctx,
        index::{self, Kept},
    },
    seeds::people::{ASHA, KOFI, MEI, RAVI, TOMAS},
};
use http::{Method, StatusCode};
use std::collections::BTreeSet;

/// Organizations in bulk: every field by a rule of its number, so that every facet meets every other one.
async fn many(town: &Town, from: i32, to: i32) {
    sqlx::query(
        "insert into organizations (id, slug, entity_type, display_name, website, identity_key, identity_shared, name_skeleton,
                                    industry, short_description, technologies, supported_regions, preferred_event_types,
                                    sponsorship_types, budget_currency, budget_min, budget_max, primary_email,
                                    verification_status, submitted_at, created_at, updated_at, events_sponsored,
                                    communities_supported)
         select md5('o' || n)::uuid, 'bulk-' || n, (array['Sponsor', 'Partner', 'Sponsor and partner'])[1 + n % 3],
                (array['Harbour', 'Nimbus', 'Ångström', 'Delta', 'שלום'])[1 + n % 5] || ' ' || (array['Cloud', 'Labs', 'Data'])[1 + n % 3] || ' ' || n,
                'https://bulk' || n || '.example/', 'bulk' || n || '.example', false, 'bulk' || n,
                (array['Security', 'Gaming', 'Mobile', 'Education'])[1 + n % 4],
                'Servers for students and ' || (array['robots', 'maps', 'music'])[1 + n % 3],
                case n % 4 when 0 then array['C++'] when 1 then array['C#', 'Node.js'] when 2 then array['C', 'Rust'] else array['.NET'] end,
                case n % 5 when 0 then array['Global'] when 1 then array['Africa', 'Europe'] when 2 then array['Oceania'] else '{}' end,
                case n % 3 when 0 then array['Hackathon'] when 1 then array['Hackathon', 'Meetup'] else '{}' end,
                case n % 3 when 0 then array['Cash'] when 1 then array['Swag', 'Venue'] else array['Hiring'] end,
                (array['INR', 'USD'])[1 + n % 2],
                case n % 4 when 0 then 0 when 1 then 20000000 when 2 then 250000 else 50000000 end,
                case n % 4 when 0 then null when 1 then 50000000 when 2 then 1000000 else 50000000 end,
                'team@bulk' || n || '.example',
                case when n % 11 = 0 then 'Pending Verification' when n % 13 = 0 then 'Disabled'
                     when n % 3 = 0 then 'Community Added' else 'Verified' end,
                at, at, at, n % 7, n % 4
         from generate_series($1::int, $2::int) as n, lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '1 minute' as at) as t",
    )
    .bind(from)
    .bind(to)
    .execute(&town.owner)
    .await
    .expect("rows");
}

async fn ask(ctx: &Ctx, viewer: Option<&Actor>, query: &str, limit: u32) -> DirectoryView {
    let page = PageRequest { limit, ..PageRequest::default() };
    directory::list(ctx, viewer, &DirectoryQuery::read(query), &page).await.expect("a list")
}

/// What is suggested of a facet.
fn values(view: &SuggestionsView, facet: &str) -> Vec<String> {
    view.values.iter().filter(|one| one.facet == facet).map(|one| one.value.clone()).collect()
}

/// Follows once: this is so then, whatever transactions other tests have open on the cluster.
async fn follows(ctx: &Ctx, so: impl AsyncFn() -> bool) {
    index::follow::<Directory>(ctx).await.expect("followed");
    assert!(so().await, "the index does not follow");
}

/// The slugs of every page, there and back again; both ways are the same.
async fn both_ways(ctx: &Ctx, query: &str, limit: u32) -> Vec<String> {
    let page = PageRequest { limit, ..PageRequest::default() };
    let mut at = DirectoryQuery::read(query);
    let mut there = Vec::new();
    loop {
        let found = directory::list(ctx, None, &at, &page).await.expect("a page");
        there.extend(found.items.iter().map(|card| card.slug.clone()));
        match found.next_cursor {
            Some(next) => at = at.at(&next),
            None => break,
        }
    }
    let mut back: Vec<String> = Vec::new();
    loop {
        let found = directory::list(ctx, None, &at, &page).await.expect("a page");
        back.splice(0..0, found.items.iter().map(|card| card.slug.clone()));
        match found.previous_cursor {
            Some(previous) => at = at.at(&previous),
            None => break,
        }
    }
    // Where a page began at a place, the database does not look whether anything lies before it.
    assert_eq!(back, there, "{query}");
    there
}

#[tokio::test]
async fn the_index_and_the_database_find_the_same() {
    story(async |town| {
        let ctx = town.ctx();
        many(town, 1, 300).await;
        let mei_sees = [
            "",
            "sort=name",
            "sort=newest",
            "industry=Gaming",
            "industry=Gaming&industry=Mobile&sort=name",
            "region=Africa",
            "region=Global",
            "technology=C",
            "technology=C%2B%2B",
            "technology=C%23&technology=nodejs",
            "technology=.net",
            "eventType=Meetup",
            "entityType=Partner",
            "entityType=Sponsor+and+partner&sort=newest",
            "verified=true",
            "q=nimbus",
            "q=robots&sort=newest",
            "q=harbour+cloud&region=Europe&sort=name",
            "q=C%2B%2B",
            "q=c%23",
            "q=c+sharp",
            "q=dot+net+core",
            "q=node+js&sort=newest",
            "q=zzzzzz",
            "verified=true&industry=Security&region=Oceania&technology=C%2B%2B",
        ];
        let ids = |view: DirectoryView| view.items.into_iter().map(|card| card.slug).collect::<Vec<_>>();
        let mut by_database = Vec::new();
        for query in mei_sees {
            let found = ask(&ctx, None, query, 100).await;
            assert!(found.facets.is_empty(), "the database counts no facets");
            by_database.push((both_ways(&ctx, query, 7).await, found.total));
            assert_eq!(by_database.last().expect("one").0.len() as i64, found.total, "{query}");
        }
        index::fill::<Directory>(&ctx).await.expect("filled");
        for (query, (slugs, total)) in mei_sees.into_iter().zip(by_database) {
            let found = ask(&ctx, None, query, 100).await;
            assert_eq!(found.total, total, "{query}");
            let by_index = both_ways(&ctx, query, 7).await;
            // By relevance the database knows no tiers.
            if query.contains("q=") && !query.contains("sort=") {
                assert_eq!(by_index.iter().collect::<BTreeSet<_>>(), slugs.iter().collect::<BTreeSet<_>>(), "{query}");
            } else {
                assert_eq!(by_index, slugs, "{query}");
            }
            assert!(ids(found).iter().all(|slug| slugs.contains(slug)));
        }
        // The order of both is computed in two places.
        let rows: Vec<(String, i32, i32, i32)> =
            sqlx::query_as("select verification_status, events_sponsored, communities_supported, reputation from organizations")
                .fetch_all(&town.owner)
                .await
                .expect("rows");
        for (status, events, communities, stored) in rows {
            assert_eq!(reputation(status == "Verified", events, communities), u32::try_from(stored).expect("not below nothing"));
        }
    })
    .await;
}

#[tokio::test]
async fn counts_respect_the_other_facets_and_nobody_hidden_is_counted() {
    sequel(async |town| {
        let ctx = town.ctx();
        many(town, 1, 200).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let (ravi, kofi, asha) = (who(&ctx, RAVI).await, who(&ctx, KOFI).await, who(&ctx, ASHA).await);

        // Each count is what choosing the value gives.
        let all = ask(&ctx, Some(&ravi), "industry=Gaming", 1).await;
        for facet in &all.facets {
            let named = DirectoryFacet::parse(&facet.name).expect("a facet");
            for value in &facet.values {
                let mut one = DirectoryQuery::read(if facet.name == "industry" { "" } else { "industry=Gaming" });
                one.choose(named, &value.value).expect("it was offered");
                let found = ask(&ctx, Some(&ravi), &one.query(), 1).await;
                assert_eq!(i64::try_from(value.count).expect("small"), found.total, "{} {}", facet.name, value.value);
            }
        }
        for closed in ["budget", "sponsorshipType"] {
            assert!(all.facets.iter().any(|facet| facet.name == closed && !facet.values.is_empty()), "{closed} is offered");
        }

        // What it gives and how much is for approved communities: no facet, no count, no answer, no field.
        for viewer in [None, Some(&kofi), Some(&asha)] {
            let view = ask(&ctx, viewer, "", 100).await;
            assert!(view.facets.iter().all(|facet| facet.name != "budget" && facet.name != "sponsorshipType"));
            assert!(view.items.iter().all(|card| card.budget_range.is_none() && card.available_sponsorship_types.is_none()));
            let narrowed = ask(&ctx, viewer, "budget=INR:10000000-&sponsorshipType=Media", 100).await;
            assert_eq!((narrowed.total, narrowed.closed.len()), (view.total, 2));
        }
        let of_ravi = ask(&ctx, Some(&ravi), "budget=INR:200000-500000", 100).await;
        assert!(of_ravi.total > 0 && of_ravi.items.iter().all(|card| card.budget_range.is_some()));
        let mut visitor = town.visitor();
        let refused = visitor.api(Method::GET, "/sponsors?budget=INR:200000-500000", None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("\"budget\""));

        // Pending and disabled ones are neither found nor counted, whatever is asked.
        let listed: i64 =
            sqlx::query_scalar("select count(*) from organizations where verification_status in ('Verified', 'Community Added')")
                .fetch_one(&town.owner)
                .await
                .expect("a count");
        assert_eq!(ask(&ctx, None, "", 1).await.total, listed);
        assert_eq!(ask(&ctx, None, "q=bulk11", 5).await.items.len(), 0);

        // A late index never shows who is hidden now, and then forgets them.
        let early = ask(&ctx, None, "q=nimbus+labs+1", 20).await;
        assert!(early.items.iter().any(|card| card.slug == "bulk-1"));
        sqlx::query("update organizations set verification_status = 'Disabled' where slug = 'bulk-1'")
            .execute(&town.owner)
            .await
            .expect("disabled");
        let late = ask(&ctx, None, "q=nimbus+labs+1", 20).await;
        assert!(late.items.iter().all(|card| card.slug != "bulk-1"));
        follows(&ctx, async || ask(&ctx, None, "", 1).await.total == listed - 1).await;

        // Whoever a block hides is neither shown nor counted, nor suggested.
        let (mei, tomas) = (who(&ctx, MEI).await, who(&ctx, TOMAS).await);
        let lumen = |view: &DirectoryView| view.items.iter().any(|card| card.slug == "lumen-data");
        assert!(lumen(&ask(&ctx, Some(&mei), "q=lumen", 5).await));
        blocks::block(&ctx, &tomas, mei.community().expect("Harbour").0).await.expect("blocked");
        let hidden = ask(&ctx, Some(&mei), "q=lumen", 5).await;
        assert!(!lumen(&hidden));
        assert_eq!(ask(&ctx, Some(&mei), "", 1).await.total, listed - 2);
        assert!(directory::suggest(&ctx, Some(&mei), "lum").await.expect("suggested").names.is_empty());
        assert_eq!(directory::suggest(&ctx, None, "lum").await.expect("suggested").names[0].slug, "lumen-data");
    })
    .await;
}

#[tokio::test]
async fn what_changes_is_followed_however_long_its_transaction_takes() {
    story(async |town| {
        let ctx = town.ctx();
        many(town, 1, 20).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let found = async |text: &str| {
            ask(&ctx, None, &format!("q={text}"), 20).await.items.into_iter().map(|card| card.slug).collect::<Vec<_>>()
        };
        assert_eq!(found("wharf").await, [""; 0]);

        // A slow transaction began first and ends last; what others change in between does not move the mark past it.
        let mut slow = town.owner.begin().await.expect("a transaction");
        sqlx::query("update organizations set display_name = 'Slow Wharf' where slug = 'bulk-1'")
            .execute(&mut *slow)
            .await
            .expect("changed");
        let quick = sqlx::PgPool::connect(&town.url(true)).await.expect("another connection");
        sqlx::query("update organizations set display_name = 'Quick Wharf' where slug = 'bulk-2'")
            .execute(&quick)
            .await
            .expect("changed");
        index::follow::<Directory>(&ctx).await.expect("followed");
        slow.commit().await.expect("committed");
        // Neither is missed.
        follows(&ctx, async || found("wharf").await.len() == 2).await;
        quick.close().await;

        // New ones come in, old words go, and a row that is gone from the table is not shown.
        many(town, 21, 30).await;
        sqlx::query("update organizations set display_name = 'Pier' where slug = 'bulk-2'")
            .execute(&town.owner)
            .await
            .expect("changed");
        let listed = ask(&ctx, None, "", 1).await.total;
        sqlx::query("delete from organizations where slug = 'bulk-4'").execute(&town.owner).await.expect("gone");
        follows(&ctx, async || found("wharf").await == ["bulk-1"] && found("30").await.contains(&"bulk-30".to_owned())).await;
        // Nor is it counted, once the index has heard of it. Of the ten new ones, two are not listed.
        follows(&ctx, async || ask(&ctx, None, "", 1).await.total == listed + 7).await;
        assert_eq!(ask(&ctx, None, "", 1).await.total, listed + 7);
        assert!(found("pier").await == ["bulk-2"] && !found("4").await.contains(&"bulk-4".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn what_is_committed_is_known_though_an_older_transaction_still_runs() {
    story(async |town| {
        let ctx = town.ctx();
        many(town, 1, 20).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let kept = || index::live::<Directory>(&ctx).read(Kept::rows);
        let found = async |text: &str| {
            ask(&ctx, None, &format!("q={text}"), 20).await.items.into_iter().map(|card| card.slug).collect::<Vec<_>>()
        };
        let change = async |sql: &'static str| {
            let done = sqlx::query(sql).execute(&town.owner).await.expect("changed");
            assert!(done.rows_affected() > 0, "{sql}");
        };
        let listed = kept().expect("it answers");
        let other = sqlx::PgPool::connect(&town.url(true)).await.expect("another connection");
        let mut open = other.begin().await.expect("a transaction");
        sqlx::query("update organizations set display_name = 'Old Wharf' where slug = 'bulk-1'")
            .execute(&mut *open)
            .await
            .expect("changed");

        // One changes, and again; one is gone.
        change("update organizations set display_name = 'New Wharf' where slug = 'bulk-2'").await;
        follows(&ctx, async || found("wharf").await == ["bulk-2"]).await;
        change("update organizations set display_name = 'New Quay' where slug = 'bulk-2'").await;
        change("delete from organizations where slug = 'bulk-4'").await;
        follows(&ctx, async || found("quay").await == ["bulk-2"]).await;
        assert_eq!((found("wharf").await, kept()), (Vec::new(), Some(listed - 1)));
        // What is known already is not read again.
        assert_eq!(index::follow::<Directory>(&ctx).await.expect("followed"), 0);
        open.commit().await.expect("committed");
        follows(&ctx, async || found("wharf").await == ["bulk-1"]).await;
        assert_eq!((found("quay").await, kept()), (vec!["bulk-2".to_owned()], Some(listed - 1)));

        // More than it remembers beside an open transaction: the database answers until that ends, and nothing is missed.
        let mut open = other.begin().await.expect("a transaction");
        sqlx::query("select pg_current_xact_id()::text").execute(&mut *open).await.expect("a number");
        change(
            "insert into organizations_gone (id, changed)
             select gen_random_uuid(), pg_current_xact_id()::text::bigint from generate_series(1, 8000)",
        )
        .await;
        change("update organizations set display_name = 'Last Wharf' where slug = 'bulk-3'").await;
        index::follow::<Directory>(&ctx).await.expect("followed");
        assert_eq!(kept(), None, "it does not answer");
        assert_eq!(found("last+wharf").await, ["bulk-3"], "the database does");
        open.rollback().await.expect("ended");
        // Older transactions of other tests end as well.
        for _ in 0..200 {
            index::follow::<Directory>(&ctx).await.expect("followed");
            if kept().is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert_eq!((kept(), found("last+wharf").await), (Some(listed - 1), vec!["bulk-3".to_owned()]));
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_instance_says_what_it_has_still_to_fill() {
    story(async |town| {
        let ctx = town.ctx();
        let mut visitor = town.visitor();
        let mut ready = async |query: &str| {
            let answer = visitor.open(&format!("/readyz{query}")).await;
            (answer.status, answer.headers.contains_key("retry-after"), answer.text)
        };
        // Without lists that are kept there is nothing to wait for.
        assert_eq!(ready("?filled=true").await, (StatusCode::OK, false, "ready".to_owned()));
        index::expect::<Directory>(&town.house);
        index::expect::<Communities>(&town.house);
        let (status, _, said) = ready("").await;
        assert_eq!((status, said.as_str()), (StatusCode::OK, "ready; still filling the indexes of: communities, organizations"));
        let (status, later, said) = ready("?filled=true").await;
        assert_eq!((status, later), (StatusCode::SERVICE_UNAVAILABLE, true));
        assert!(said.contains("communities, organizations"), "{said}");
        index::fill::<Directory>(&ctx).await.expect("filled");
        assert!(ready("?filled=true").await.2.ends_with("of: communities"));
        index::fill::<Communities>(&ctx).await.expect("filled");
        for query in ["", "?filled=true", "?filled=false"] {
            assert_eq!(ready(query).await, (StatusCode::OK, false, "ready".to_owned()), "{query}");
        }
        assert_eq!(ready("?filled=perhaps").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn counts_are_exact_to_two_thousand_and_honest_beyond() {
    story(async |town| {
        let ctx = town.ctx();
        many(town, 1, 2_450).await;
        let listed: i64 =
            sqlx::query_scalar("select count(*) from organizations where verification_status in ('Verified', 'Community Added')")
                .fetch_one(&town.owner)
                .await
                .expect("a count");
        assert!(listed > 2_001, "{listed}");
        let disable = async |many: i64| {
            sqlx::query(
                "update organizations set verification_status = 'Disabled' where id in
                     (select id from organizations where verification_status in ('Verified', 'Community Added') limit $1)",
            )
            .bind(many)
            .execute(&town.owner)
            .await
            .expect("disabled");
        };
        let said = async |query: &str| {
            let found = ask(&ctx, None, query, 20).await;
            (found.total, found.total_capped)
        };
        let mut visitor = town.visitor();

        // One more than is counted, and exactly as many: by the database, and then by the index.
        disable(listed - 2_001).await;
        assert_eq!(said("").await, (2_000, true));
        disable(1).await;
        assert_eq!(said("").await, (2_000, false));
        sqlx::query(
            "update organizations set verification_status = 'Verified' where id =
                 (select id from organizations where verification_status = 'Disabled' limit 1)",
        )
        .execute(&town.owner)
        .await
        .expect("back");
        index::fill::<Directory>(&ctx).await.expect("filled");
        assert_eq!(said("").await, (2_000, true));
        assert_eq!(said("q=servers").await, (2_000, true), "all of them are servers for students");
        let page = visitor.open("/directory?q=servers").await;
        assert!(page.text.contains("2,000+ organizations") && page.text.contains("of 2,000+"), "{}", page.text);
        let data = visitor.api(Method::GET, "/sponsors?search=servers&limit=5", None).await.data();
        assert_eq!((data["total"].as_i64(), data["totalCapped"].as_bool()), (Some(2_000), Some(true)));
        // A value that fewer have is counted to the last one.
        let found = ask(&ctx, None, "q=servers", 1).await;
        for facet in &found.facets {
            for value in &facet.values {
                let one =
                    DirectoryQuery::read("q=servers").toggled(DirectoryFacet::parse(&facet.name).expect("a facet"), &value.value);
                let exact = ask(&ctx, None, &one.query(), 1).await;
                assert_eq!((value.count, value.count_capped), (u64::try_from(exact.total).expect("small"), exact.total_capped));
            }
        }
        assert!(found.facets.iter().flat_map(|facet| &facet.values).any(|value| !value.count_capped && value.count > 400));

        // One less is said as it is.
        disable(1).await;
        follows(&ctx, async || said("").await == (2_000, false)).await;
        assert!(visitor.open("/directory").await.text.contains("2,000 organizations"));
    })
    .await;
}

#[tokio::test]
async fn the_pages_say_what_was_asked_and_what_else_there_is() {
    sequel(async |town| {
        let ctx = town.ctx();
        many(town, 1, 120).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let mut visitor = town.visitor();

        // The address is the state: facets are links with counts, chips take away, unknown parameters are nothing.
        let page = visitor.open("/directory?region=Africa&q=cloud&utm=x&industry=Mars").await;
        assert_eq!(page.status, StatusCode::OK);
        for there in [
            "Region: Africa",
            "href=\"/directory?q=cloud\"",
            "href=\"/directory?region=Africa\"",
            "q=cloud&amp;industry=Security&amp;region=Africa",
            "name=\"region\" value=\"Africa\"",
        ] {
            assert!(page.text.contains(there), "{there}");
        }
        assert!(!page.text.contains("Industry: Mars") && !page.text.contains(">Budget<"));
        let next = visitor.open("/directory").await;
        assert!(next.text.contains("cursor=") && next.text.contains(">Next<") && !next.text.contains(">Previous<"));

        // Where nothing fits, the nearest thing is named; and a mistyped word is taken for what it meant.
        let none = visitor.open("/directory?q=nimbus&industry=Education&region=Oceania&technology=.NET").await;
        assert!(none.text.contains("Nobody fits this search") && none.text.contains(" without “"), "{}", none.text);
        // Of words that never meet each is offered alone; one that nobody has is left out.
        let apart = visitor.open("/directory?q=nimbus+harbour").await;
        assert!(apart.text.contains("Nobody fits this search"), "{}", apart.text);
        for alone in ["href=\"/directory?q=nimbus\"", "href=\"/directory?q=harbour\""] {
            assert!(apart.text.contains(alone), "{alone}");
        }
        let nonsense = visitor.open("/directory?q=zzqqxx+nimbsu").await;
        assert!(nonsense.text.contains("href=\"/directory?q=nimbsu\""), "{}", nonsense.text);
        let nothing = visitor.open("/directory?q=zzqqxx").await;
        assert!(nothing.text.contains("Close by:") && nothing.text.contains(" without “"), "{}", nothing.text);
        // Nobody has the word, and of the two filters each leaves out everybody of the other: each is offered alone.
        let far = visitor.open("/directory?q=zzqqxx&industry=Gaming&technology=C%2B%2B").await;
        assert!(far.text.contains("Close by:"), "{}", far.text);
        for (alone, without) in
            [("industry=Gaming", "Technology: C++” and “zzqqxx"), ("technology=C%2B%2B", "Industry: Gaming” and “zzqqxx")]
        {
            assert!(far.text.contains(&format!("href=\"/directory?{alone}\"")), "{alone}: {}", far.text);
            assert!(far.text.contains(without), "{without}: {}", far.text);
        }
        let meant = visitor.open("/directory?q=nimbsu").await;
        assert!(meant.text.contains("nimbus”"), "{}", meant.text);

        // Programs ask the same.
        let data = visitor
            .api(Method::GET, "/sponsors?search=nimbus&region=Africa&region=Oceania&technology=golang&limit=5", None)
            .await
            .data();
        assert_eq!(data["query"], "q=nimbus&region=Africa&region=Oceania&technology=Go");
        let data = visitor.api(Method::GET, "/sponsors?verified=true&sort=name&limit=5", None).await.data();
        assert_eq!(data["items"].as_array().map(Vec::len), Some(5));
        let cursor = data["nextCursor"].as_str().expect("more").to_owned();
        let second =
            visitor.api(Method::GET, &format!("/sponsors?verified=true&sort=name&limit=5&cursor={cursor}"), None).await.data();
        assert!(second["previousCursor"].is_string());
        for (wrong, field) in [
            ("industry=Mars", "industry"),
            ("sort=best", "sort"),
            ("cursor=zz", "cursor"),
            ("page=300&limit=100", "page"),
            ("verified=maybe", "verified"),
        ] {
            let answer = visitor.api(Method::GET, &format!("/sponsors?{wrong}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(answer.text.contains(&format!("\"{field}\"")), "{wrong}: {}", answer.text);
        }
        let paged = visitor.api(Method::GET, "/sponsors?verified=true&sort=name&limit=5&page=2", None).await.data();
        assert_eq!(paged["items"], second["items"], "pages that are counted and pages by key are the same");

        // What is suggested: technologies by any name, industries, names.
        let offered =
            async |facet: &str, text: &str| values(&directory::suggest(&ctx, None, text).await.expect("suggested"), facet);
        assert_eq!(offered("technology", "dotn").await, [".NET"]);
        let begun = offered("technology", "c").await;
        assert!(["C", "C#", "C++"].iter().all(|name| begun.iter().any(|there| there == name)), "{begun:?}");
        assert_eq!(offered("industry", "gam").await, ["Gaming"]);
        assert!(directory::suggest(&ctx, None, " ").await.expect("suggested").names.is_empty());
    })
    .await;
}

#[tokio::test]
async fn communities_are_searched_as_well() {
    sequel(async |town| {
        let ctx = town.ctx();
        let page = PageRequest::default();
        let find = async |viewer: Option<&Actor>, query: &str| {
            communities::directory::list(&ctx, viewer, &CommunitiesQuery::read(query), &page).await.expect("a list")
        };
        let slugs =
            |view: &communities::views::CommunitiesView| view.items.iter().map(|card| card.slug.clone()).collect::<BTreeSet<_>>();
        // What a community is about is what everybody sees of its events: of drafts nobody hears.
        sqlx::query("update events set technologies = '{Elixir,k8s}' where slug = 'hackfest'")
            .execute(&town.owner)
            .await
            .expect("changed");
        sqlx::query(
            "insert into events (id, community_id, slug, title, technologies, timezone, status, created_by, created_at, updated_at)
             select md5('draft')::uuid, c.id, 'nobody-sees-it', 'Draft', '{Elixir}', 'UTC', 'Draft', e.created_by, e.created_at,
                    e.created_at
             from communities c, events e where c.slug = 'harbour-devs' and e.slug = 'hackfest'",
        )
        .execute(&town.owner)
        .await
        .expect("a draft");
        let about = [
            "technology=elixir&technology=Kubernetes",
            "q=elixir",
            "technology=Elixir&eventType=Hackathon",
            "eventType=Hackathon&q=apex",
        ];
        for query in about {
            assert_eq!(slugs(&find(None, query).await), BTreeSet::from(["apex-circle".to_owned()]), "{query}, by the database");
        }
        assert_eq!(find(None, "technology=Elixir&eventType=Workshop").await.total, 0);
        let (by_database, first) = (find(None, "").await, find(None, "q=apex").await);
        assert!(slugs(&by_database).contains("apex-circle") && !slugs(&by_database).contains("newgrove"), "not yet approved");
        assert_eq!(slugs(&first), BTreeSet::from(["apex-circle".to_owned()]));
        index::fill::<Communities>(&ctx).await.expect("filled");
        let by_index = find(None, "").await;
        assert_eq!(slugs(&by_index), slugs(&by_database));
        assert_eq!(slugs(&find(None, "q=apex%20circel").await), slugs(&first), "mistakes are forgiven");
        let kinds = by_index.facets.iter().find(|facet| facet.name == "type").expect("kinds are counted");
        for kind in &kinds.values {
            let query = CommunitiesQuery::default().toggled(communities::search::CommunityFacet::Type, &kind.value).query();
            assert_eq!(find(None, &query).await.total, i64::try_from(kind.count).expect("small"));
        }

        for query in about {
            assert_eq!(slugs(&find(None, query).await), BTreeSet::from(["apex-circle".to_owned()]), "{query}, by the index");
        }
        assert_eq!(find(None, "technology=Elixir&eventType=Workshop").await.total, 0);
        assert_eq!(slugs(&find(None, "q=exlixir").await), BTreeSet::from(["apex-circle".to_owned()]), "a mistyped technology");
        let technologies = by_index.facets.iter().find(|facet| facet.name == "technology").expect("technologies are counted");
        let elixir = technologies.values.iter().find(|value| value.value == "Elixir").expect("it is one of them");
        assert_eq!(elixir.count, 1);
        let offered = communities::directory::suggest(&ctx, None, "eli").await.expect("suggested");
        assert_eq!(values(&offered, "technology"), ["Elixir"]);
        let hackathons = by_index.facets.iter().find(|facet| facet.name == "eventType").expect("event types are counted");
        assert!(hackathons.values.iter().any(|value| value.value == "Hackathon" && value.count > 0));

        // An event that is taken from sight takes its words along, and brings them back; so does one that comes.
        let follow = async |so: &str, total: i64| {
            for _ in 0..200 {
                index::follow::<Communities>(&ctx).await.expect("followed");
                if find(None, "technology=Elixir").await.total == total {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            panic!("the index does not follow: {so}");
        };
        for (so, total, sql) in [
            ("deleted", 0, "update events set deleted_at = updated_at, deleted_by = created_by where slug = 'hackfest'"),
            ("brought back", 1, "update events set deleted_at = null, deleted_by = null where slug = 'hackfest'"),
            (
                "published",
                2,
                "update events set status = 'Upcoming', event_type = 'Meetup', category = 'Technology', start_at = updated_at,
                        end_at = updated_at + interval '1 hour' where slug = 'nobody-sees-it'",
            ),
            ("hidden", 1, "update events set hidden_reason = 'x' where slug = 'nobody-sees-it'"),
            ("about something else", 0, "update events set technologies = '{Rust}' where slug = 'hackfest'"),
            (
                "come",
                1,
                "insert into events (id, community_id, slug, title, technologies, timezone, status, created_by, created_at,
                                     updated_at, event_type, category, start_at, end_at)
                 select md5('come')::uuid, community_id, 'come', 'Come', '{Elixir}', 'UTC', 'Upcoming', created_by, created_at,
                        created_at, event_type, category, start_at, end_at from events where slug = 'hackfest'",
            ),
        ] {
            let done = sqlx::query(sql).execute(&town.owner).await.expect(so);
            assert_eq!(done.rows_affected(), 1, "{so}");
            follow(so, total).await;
        }

        // What is suggested: where they are, what they speak, names; without scripts none of it is needed.
        let offered = communities::directory::suggest(&ctx, None, "ape").await.expect("suggested");
        assert_eq!(offered.names.iter().map(|name| name.slug.as_str()).collect::<Vec<_>>(), ["apex-circle"]);
        let offered = communities::directory::suggest(&ctx, None, "hacka").await.expect("suggested");
        assert_eq!(values(&offered, "eventType"), ["Hackathon"], "what their events are");
        let country =
            &by_index.facets.iter().find(|facet| facet.name == "country").expect("countries are counted").values[0].value;
        let offered = communities::directory::suggest(&ctx, None, &country.to_uppercase()[..3]).await.expect("suggested");
        assert!(values(&offered, "country").contains(country), "{offered:?}");

        // A block hides a community from whoever made it.
        let (tomas, mei) = (who(&ctx, TOMAS).await, who(&ctx, MEI).await);
        blocks::block(&ctx, &tomas, mei.community().expect("Harbour").0).await.expect("blocked");
        assert!(
            !slugs(&find(Some(&tomas), "").await).contains("harbour-devs")
                && slugs(&find(None, "").await).contains("harbour-devs")
        );
        assert!(communities::directory::suggest(&ctx, Some(&tomas), "harb").await.expect("suggested").names.is_empty());
        assert_eq!(communities::directory::suggest(&ctx, None, "harb").await.expect("suggested").names[0].slug, "harbour-devs");

        let mut visitor = town.visitor();
        let list = visitor.open("/communities?q=apex").await;
        assert!(list.status == StatusCode::OK && list.text.contains("/communities/apex-circle"));
        assert!(visitor.open("/communities?q=zzzz&size=Up+to+50").await.text.contains("No community fits this search"));
        let apart = visitor.open("/communities?q=apex+zzqqxx").await;
        assert!(apart.text.contains("Close by:") && apart.text.contains("href=\"/communities?q=apex\""), "{}", apart.text);
        let mut of_asha = signed_in(town, ASHA).await;
        assert_eq!(of_asha.open("/communities?as=organization%3Aacme-cloud").await.status, StatusCode::OK);
    })
    .await;
}

/// Communities in bulk: names with capitals and without, several with one reputation or of one minute, some that are not listed.
async fn many_communities(town: &Town, most: i32) {
    sqlx::query(
        "insert into communities (id, slug, name, name_skeleton, bio, community_type, country, city, region, languages,
                                  official_email, phone, status, answers, submitted_at, created_at, updated_at)
         select md5('c' || n)::uuid, 'circle-' || n,
                (array['Harbour', 'nimbus', 'Ångström', 'Delta', 'שלום'])[1 + n % 5] || ' ' || n, 'circle' || n,
                'We meet about ' || (array['robots', 'maps'])[1 + n % 2], (array['Meetup group', 'University club'])[1 + n % 2],
                (array['India', 'Norway', 'Kenya'])[1 + n % 3], 'Pune', (array['South Asia', 'Europe', 'Africa'])[1 + n % 3],
                array['English'], 'team@circle' || n || '.example', '\\x00'::bytea,
                case when n % 11 = 0 then 'pending' when n % 2 = 0 then 'active' else 'approved' end, n % 4, at, at, at
         from generate_series(1, $1::int) as n, lateral (select timestamptz '2026-01-01 00:00Z' + n / 3 * interval '1 minute' as at) as t",
    )
    .bind(most)
    .execute(&town.owner)
    .await
    .expect("rows");
}

/// The slugs of every page of the list of communities, there and back again; both ways are the same.
async fn communities_both_ways(ctx: &Ctx, query: &str, limit: u32) -> Vec<String> {
    let page = PageRequest { limit, ..PageRequest::default() };
    let mut at = CommunitiesQuery::read(query);
    let mut there = Vec::new();
    loop {
        let found = communities::directory::list(ctx, None, &at, &page).await.expect("a page");
        there.extend(found.items.iter().map(|card| card.slug.clone()));
        match found.next_cursor {
            Some(next) => at = at.at(&next),
            None => break,
        }
    }
    let mut back: Vec<String> = Vec::new();
    loop {
        let found = communities::directory::list(ctx, None, &at, &page).await.expect("a page");
        back.splice(0..0, found.items.iter().map(|card| card.slug.clone()));
        match found.previous_cursor {
            Some(previous) => at = at.at(&previous),
            None => break,
        }
    }
    assert_eq!(back, there, "{query}");
    there
}

/// Where the link with this `rel` leads.
fn lead_of(page: &str, rel: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!("rel=\"{rel}\""))?;
    let (_, href) = before.rsplit_once("href=\"")?;
    Some(href.split('"').next()?.replace("&amp;", "&"))
}

#[tokio::test]
async fn communities_are_sorted_and_paged_both_ways_by_the_index_and_by_the_database() {
    story(async |town| {
        let ctx = town.ctx();
        many_communities(town, 66).await;
        type Row = (uuid::Uuid, String, String, i32, chrono::DateTime<chrono::Utc>, String);
        let rows: Vec<Row> = sqlx::query_as(
            "select id, slug, lower(name), reputation, created_at, region from communities where status in ('approved', 'active')",
        )
        .fetch_all(&town.owner)
        .await
        .expect("rows");
        assert_eq!(rows.len(), 60, "those that wait are not listed");
        // Each order, worked out a third time: the greater first with its id, names from the first with theirs.
        let sorted = |by: &dyn Fn(&Row, &Row) -> std::cmp::Ordering, only: &str| -> Vec<String> {
            let mut rows: Vec<&Row> = rows.iter().filter(|row| only.is_empty() || row.5 == only).collect();
            rows.sort_by(|a, b| by(a, b));
            rows.into_iter().map(|row| row.1.clone()).collect()
        };
        let reputation = |a: &Row, b: &Row| (b.3, b.0).cmp(&(a.3, a.0));
        let newest = |a: &Row, b: &Row| (b.4, b.0).cmp(&(a.4, a.0));
        let name = |a: &Row, b: &Row| (a.2.as_bytes(), a.0).cmp(&(b.2.as_bytes(), b.0));
        let orders = [
            ("", sorted(&reputation, "")),
            ("sort=reputation", sorted(&reputation, "")),
            ("sort=newest", sorted(&newest, "")),
            ("sort=name", sorted(&name, "")),
            ("region=Europe&sort=name", sorted(&name, "Europe")),
            ("region=Africa&sort=newest", sorted(&newest, "Africa")),
            ("region=South+Asia", sorted(&reputation, "South Asia")),
        ];
        let counted = async || {
            let found = communities::directory::list(&ctx, None, &CommunitiesQuery::default(), &PageRequest::default()).await;
            !found.expect("a list").facets.is_empty()
        };
        assert!(!counted().await, "the database answers, and counts no facets");
        for (query, expected) in &orders {
            assert_eq!(&communities_both_ways(&ctx, query, 7).await, expected, "{query}, by the database");
        }
        index::fill::<Communities>(&ctx).await.expect("filled");
        assert!(counted().await, "the index answers");
        for (query, expected) in &orders {
            assert_eq!(&communities_both_ways(&ctx, query, 7).await, expected, "{query}, by the index");
        }

        // As somebody reads it: the order by its link, then Next to the end and Previous to the beginning.
        let mut visitor = town.visitor();
        let first = visitor.open("/communities").await.text;
        for sort in ["newest", "name"] {
            assert!(leads(&first).contains(&format!("/communities?sort={sort}")), "{sort}: {first}");
        }
        for (query, expected) in &orders[1..5] {
            let on = |page: &str| -> Vec<String> {
                leads(page).iter().filter_map(|href| href.strip_prefix("/communities/")).map(str::to_owned).collect()
            };
            let mut page = visitor.open(&format!("/communities?{query}")).await.text;
            let (mut there, mut pages) = (vec![on(&page)], 1);
            while let Some(next) = lead_of(&page, "next nofollow") {
                page = visitor.open(&next).await.text;
                there.push(on(&page));
                pages += 1;
                assert!(pages < 10, "{query} has no end");
            }
            assert_eq!(&there.concat(), expected, "{query}, page by page");
            for slugs in there.iter().rev().skip(1) {
                let previous = lead_of(&page, "prev nofollow").unwrap_or_else(|| panic!("{query}: no way back from {page}"));
                page = visitor.open(&previous).await.text;
                assert_eq!(&on(&page), slugs, "{query}, backwards");
            }
            assert_eq!(lead_of(&page, "prev nofollow"), None, "{query}: nothing is before the first page");
        }
    })
    .await;
}

/// Where the links of a page's own part lead.
fn leads(page: &str) -> Vec<String> {
    let (_, own) = page.split_once("<main").expect("a page");
    own.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(|href| href.replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn whoever_is_compared_stays_chosen_while_the_directory_is_narrowed_and_paged() {
    story(async |town| {
        let ctx = town.ctx();
        many(town, 1, 200).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let mut visitor = town.visitor();
        let first = visitor.open("/directory?industry=Gaming").await.text;
        assert!(first.contains("Choose up to 4 to compare."), "{first}");
        // As a browser without scripts goes: one link after the other.
        let on_rows = |page: &str| leads(page).into_iter().filter(|href| href.contains("#row-")).collect::<Vec<_>>();
        let slug = |href: &str| href.split_once("#row-").expect("a row").1.to_owned();
        let (one, other) = (slug(&on_rows(&first)[0]), slug(&on_rows(&first)[3]));
        let page = visitor.open(on_rows(&first)[0].split('#').next().expect("an address")).await.text;
        assert!(page.contains(&format!("id=\"row-{one}\"")), "where it goes on: {page}");
        let page = visitor.open(on_rows(&page)[3].split('#').next().expect("an address")).await.text;
        let both = format!("o={one}&o={other}");
        let says_both = |page: &str, of: &str| {
            assert!(page.contains("Compare 2 of at most 4"), "{of}: {page}");
            assert!(leads(page).contains(&format!("/directory/compare?{both}")), "{of}: {page}");
        };
        says_both(&page, "chosen");
        assert_eq!(page.matches("aria-current=\"true\" rel=\"nofollow\" data-stay").count(), 2, "{page}");

        // Every other link of the list says them too, but the one that lets them go; and so does the search.
        let list: Vec<String> =
            leads(&page).into_iter().filter(|href| href.starts_with("/directory?") && !href.contains("#row-")).collect();
        let silent: Vec<&String> = list.iter().filter(|href| !href.ends_with(&both)).collect();
        assert_eq!(silent, ["/directory?industry=Gaming"], "of {list:?}");
        for hidden in [&one, &other] {
            assert!(page.contains(&format!("name=\"o\" value=\"{hidden}\"")), "{hidden}: {page}");
        }
        for wanted in ["region=", "sort=newest", "cursor="] {
            let href = list.iter().find(|href| href.contains(wanted)).unwrap_or_else(|| panic!("no {wanted} in {list:?}"));
            says_both(&visitor.open(href).await.text, href);
        }
        let without = list.iter().find(|href| !href.contains("industry=")).expect("a chip to take away");
        says_both(&visitor.open(without).await.text, without);
        says_both(&visitor.open(&format!("/directory?q=cloud&{both}")).await.text, "another search");
        let beside = visitor.open(&format!("/directory/compare?{both}")).await.text;
        assert!(leads(&beside).contains(&format!("/directory?{both}")));

        // Where there is room, the comparison offers one more: by another word, from another search.
        assert!(beside.contains(">Add another<") && !beside.contains("Back to the directory"), "{beside}");
        let elsewhere = visitor.open(&format!("/directory?{both}&industry=Security")).await.text;
        let third = on_rows(&elsewhere).into_iter().next().expect("somebody of another industry");
        let page_of_three = visitor.open(third.split('#').next().expect("an address")).await.text;
        let three = format!("/directory/compare?{both}&o={}", slug(&third));
        assert!(leads(&page_of_three).contains(&three), "{three}: {page_of_three}");
        let beside = visitor.open(&three).await.text;
        for there in [&one, &other, &slug(&third)] {
            assert!(leads(&beside).contains(&format!("/directory/{there}")), "{there}: {beside}");
        }
        assert!(beside.contains(">Add another<"), "{beside}");
        for (chosen, of) in [("", "nobody"), ("?o=a&o=b&o=c&o=d", "four")] {
            let page = visitor.open(&format!("/directory/compare{chosen}")).await.text;
            assert!(page.contains(">Back to the directory<") && !page.contains("Add another"), "{of}: {page}");
        }

        // Whoever is named but stands nowhere takes no place.
        let page_of_two = visitor.open(&format!("/directory/compare?{both}&o=gone&o=left")).await.text;
        assert!(page_of_two.contains(">Add another<"), "{page_of_two}");
        assert!(leads(&page_of_two).contains(&format!("/directory?{both}")), "{page_of_two}");

        // One is let go where it was chosen; a fifth has no room.
        let chosen = on_rows(&page).into_iter().find(|href| slug(href) == one).expect("it is on this page");
        assert!(visitor.open(chosen.split('#').next().expect("an address")).await.text.contains("Compare 1 of at most 4"));
        let full = visitor.open("/directory?o=a&o=b&o=c&o=d").await.text;
        assert!(full.contains("Compare 4 of at most 4") && on_rows(&full).is_empty(), "{full}");
    })
    .await;
}

#[tokio::test]
async fn communities_are_chosen_to_be_compared_as_organizations_are() {
    story(async |town| {
        many_communities(town, 66).await;
        index::fill::<Communities>(&town.ctx()).await.expect("filled");
        let mut visitor = town.visitor();
        let on_rows = |page: &str| leads(page).into_iter().filter(|href| href.contains("#row-")).collect::<Vec<_>>();
        let parts = |href: &str| {
            let (address, slug) = href.split_once("#row-").expect("a row");
            (address.to_owned(), slug.to_owned())
        };
        let first = visitor.open("/communities?region=Africa").await.text;
        let (goes, one) = parts(&on_rows(&first)[0]);
        let page = visitor.open(&goes).await.text;
        let (goes, other) = parts(&on_rows(&page)[1]);
        let page = visitor.open(&goes).await.text;
        let both = format!("o={one}&o={other}");
        assert!(page.contains("Compare 2 of at most 4"), "{page}");
        assert!(leads(&page).contains(&format!("/communities/compare?{both}")), "{page}");
        assert!(page.contains(&format!("id=\"row-{one}\"")), "where it goes on: {page}");

        // Every other link of the list says them too, but the one that lets them go; and so does the search.
        let list: Vec<String> =
            leads(&page).into_iter().filter(|href| href.starts_with("/communities?") && !href.contains("#row-")).collect();
        let silent: Vec<&String> = list.iter().filter(|href| !href.ends_with(&both)).collect();
        assert_eq!(silent, ["/communities?region=Africa"], "of {list:?}");
        assert!(page.contains(&format!("name=\"o\" value=\"{other}\"")), "{page}");

        let beside = visitor.open(&format!("/communities/compare?{both}&o=gone")).await.text;
        for there in [format!("/communities/{one}"), format!("/communities/{other}"), format!("/communities?{both}")] {
            assert!(leads(&beside).contains(&there), "{there}: {beside}");
        }
        assert!(beside.contains(">Add another<") && beside.contains("Nobody is listed at gone"), "{beside}");
        let full = visitor.open("/communities?o=a&o=b&o=c&o=d").await.text;
        assert!(full.contains("Compare 4 of at most 4") && on_rows(&full).is_empty(), "{full}");
    })
    .await;
}
