//! From a file to its profiles and back: all of it or nothing, whoever else is at work; what cannot be taken back says why.

use super::{LIST, all_rows, apply, bring, follow_until, outcomes, sara, total, view};
use crate::{
    common::{code, count},
    town::sequel,
};
use commdesk::{
    features::{
        imports::{
            rules::{Choice, Outcome, State},
            service::{self as imports, Decided},
        },
        organizations::{
            index::Directory,
            service::{self as organizations, OrganizationRef},
        },
    },
    platform::index,
};

#[tokio::test]
async fn a_file_from_its_columns_to_its_way_back() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let id = bring(&ctx, &sara, "organizations", LIST).await;
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(
            outcomes(&rows),
            [(2, "merge"), (3, "make"), (4, "make"), (5, "problem"), (6, "problem"), (7, "ask")],
            "{rows:#?}"
        );
        assert!(rows[4].reason.contains("formula") && rows[5].reason.contains("Acme Cloud"), "{rows:#?}");
        assert_eq!(imports::view(&ctx, &sara, id, "problems", 1).await.expect("theirs").rows.len(), 3);

        // A decision about one row, and one about all that wait.
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(4, Some(Choice::Skip))])).await.expect("open");
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        assert_eq!(
            outcomes(&all_rows(&ctx, &sara, id).await),
            [(2, "merge"), (3, "make"), (4, "skip"), (5, "problem"), (6, "problem"), (7, "make")]
        );

        // Two who begin at once begin once.
        let (a, b) = tokio::join!(imports::apply(&ctx, &sara, id, &[]), imports::apply(&ctx, &sara, id, &[]));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_eq!(a.and(b).map_or_else(|error| error.code(), |()| ""), "IMPORT_NOT_READY");
        town.drain().await;
        let applied = view(&ctx, &sara, id).await;
        assert_eq!((applied.state, applied.done, applied.total), (State::Applied, 6, 6));
        assert_eq!(code(imports::decide(&ctx, &sara, id, &Decided::Rows(vec![])).await), "IMPORT_NOT_READY");
        let made = organizations::get_by(&ctx, None, &OrganizationRef::Slug("northwind-data".into())).await.expect("there");
        assert_eq!((made.products.len(), made.industry.label()), (1, "Data and databases"));
        let page = town.visitor().open("/directory/northwind-data").await;
        assert!(page.text.contains("North Query") && page.text.contains("Claim it"), "{}", page.text);
        town.drain().await;
        assert_eq!(count(town, "notices where title ilike '%northwind%'").await, 0, "one import is one piece of news");

        // A later file adds to what nobody speaks for; taken back, only its own part goes.
        let more = bring(
            &ctx,
            &sara,
            "organizations",
            "name,website,segment\nNorth Stream,northwind-data.com/stream,Streaming & Messaging\n",
        )
        .await;
        assert_eq!(outcomes(&all_rows(&ctx, &sara, more).await), [(2, "merge")]);
        apply(town, &sara, more).await;
        let products = async || {
            organizations::get_by(&ctx, None, &OrganizationRef::Slug("northwind-data".into()))
                .await
                .expect("there")
                .products
                .len()
        };
        assert_eq!(products().await, 2);
        imports::undo(&ctx, &sara, more).await.expect("taken back");
        assert_eq!(products().await, 1);

        // What something depends on stays, and says why; the rest goes.
        let organization = made.id;
        sqlx::query(
            "insert into organization_claims (id, organization_id, user_id, method, email, state, asked_at)
             select gen_random_uuid(), $1, u.id, 'mailbox', 'a@northwind-data.com', 'Asked', u.created_at from users u limit 1",
        )
        .bind(organization.0)
        .execute(&town.owner)
        .await
        .expect("a claim");
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        let undone = all_rows(&ctx, &sara, id).await;
        assert!(undone[1].undo_refused.as_deref().is_some_and(|why| why.contains("take it over")), "{undone:#?}");
        assert!(undone[5].undo_refused.is_none());
        assert_eq!(count(town, "organizations where slug in ('northwind-data', 'acme-cluod')").await, 1);
        assert_eq!(code(imports::undo(&ctx, &sara, id).await), "IMPORT_NOT_APPLIED");
    })
    .await;
}

#[tokio::test]
async fn a_run_that_dies_leaves_nothing_and_the_next_one_does_it_all() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let (front, back) = (
            ["Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Glacier", "Harbour", "Indigo", "Juniper", "Krypton", "Lagoon"],
            ["works", "logic", "metrics", "foundry", "pilot", "garden", "signal", "quarry", "vault", "bridge", "mills", "press"],
        );
        let mut list = String::from("name,website\n");
        for (a, b) in front.iter().flat_map(|a| back.iter().map(move |b| (a, b))) {
            list.push_str(&format!("{a} {b},{}-{b}.example\n", a.to_lowercase()));
        }
        let id = bring(&ctx, &sara, "organizations", &list).await;
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        let wanted = view(&ctx, &sara, id).await.counts.make;
        assert_eq!(wanted, 144);
        let before = count(town, "organizations").await;
        imports::apply(&ctx, &sara, id, &[]).await.expect("ready");
        // Every step that is told, in its order.
        let watch = "create table progress_told (place bigint generated always as identity, done integer, total integer);
             create function tell_progress() returns trigger language plpgsql security definer as $$
             begin insert into public.progress_told (done, total) values (new.done, new.total); return new; end $$;
             create trigger progress_told after insert or update on import_progress for each row execute function tell_progress();
             create table claims (place bigint generated always as identity, slug text, website text);
             create function tell_slug() returns trigger language plpgsql security definer as $$
             begin insert into public.claims (slug) values (new.slug); return new; end $$;
             create function tell_website() returns trigger language plpgsql security definer as $$
             begin insert into public.claims (website) values (new.identity_key); return new; end $$;
             create trigger claims after insert on organization_slugs for each row execute function tell_slug();
             create trigger claims after insert on organizations for each row execute function tell_website()";
        sqlx::raw_sql(watch).execute(&town.owner).await.expect("watched");

        // It dies when half of it is made, though nobody else sees any of it.
        let halfway = async {
            loop {
                let done = count(town, "import_progress where done > 0").await;
                if done > 0 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            let seen = view(&ctx, &sara, id).await;
            (seen.state, [100, 144].contains(&seen.done), seen.total, count(town, "organizations").await)
        };
        tokio::select! {
            biased;
            seen = halfway => assert_eq!(seen, (State::Applying, true, 144, before), "how far it is can be seen, and nothing else"),
            done = imports::run(&ctx, id) => panic!("it was done before anybody looked: {done:?}"),
        }
        assert_eq!(count(town, "organizations").await, before, "nothing is half done");
        assert_eq!(count(town, "facts where name = 'organization_imported'").await, 0);
        assert_eq!(code(imports::undo(&ctx, &sara, id).await), "IMPORT_NOT_APPLIED");

        sqlx::query("delete from progress_told").execute(&town.owner).await.expect("from here on");
        town.drain().await;
        assert_eq!(view(&ctx, &sara, id).await.state, State::Applied);
        assert_eq!(count(town, "organizations").await, before + wanted);
        let steps: Vec<(i32, i32)> =
            sqlx::query_as("select done, total from progress_told order by place").fetch_all(&town.owner).await.expect("steps");
        assert_eq!(steps, [(0, 144), (100, 144), (144, 144), (144, 144)], "begun, a hundred, all of them, and whole");
        // All of it is claimed in one order, which is not the file's: of two runs none waits for one that waits for it.
        for column in ["slug", r#"website collate "C""#] {
            let wrong = format!(
                "(select {column} as it, lag({column}) over (order by place) as before from claims where {column} is not null) c
                 where before > it"
            );
            assert_eq!(count(town, &wrong).await, 0, "{column}");
        }
        assert_eq!(count(town, "claims").await, 2 * wanted);
        // A job that runs once more finds nothing to do.
        imports::run(&ctx, id).await.expect("nothing to do");
        assert_eq!(count(town, "organizations").await, before + wanted);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_came_meanwhile_gives_the_run_up() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let early = bring(&ctx, &sara, "organizations", "name,website\nWidget Works,widget-works.com\n").await;
        let late =
            bring(&ctx, &sara, "organizations", "name,website\nWidgetworks,widgetworks.dev\nSolid Tools,solid-tools.com\n").await;
        assert_eq!(view(&ctx, &sara, late).await.counts.make, 2);
        apply(town, &sara, early).await;
        let given_up = apply(town, &sara, late).await;
        assert_eq!((given_up.state, given_up.counts.ask), (State::Ready, 1));
        assert!(given_up.note.contains("nothing was imported"), "{}", given_up.note);
        assert_eq!(count(town, "organizations where slug = 'solid-tools'").await, 0, "all of it or nothing");
        imports::decide(&ctx, &sara, late, &Decided::Rows(vec![(2, Some(Choice::Skip))])).await.expect("open");
        assert_eq!(apply(town, &sara, late).await.state, State::Applied);
    })
    .await;
}

#[tokio::test]
async fn no_run_stays_at_work_for_ever() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        // More of one name than there are addresses for it.
        let mut list = String::from("name,website\n");
        for n in 0..51 {
            list.push_str(&format!("Twin Tools,twin-tools-{n}.example\n"));
        }
        let id = bring(&ctx, &sara, "organizations", &list).await;
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        let given_up = apply(town, &sara, id).await;
        assert_eq!((given_up.state, given_up.counts.make), (State::Ready, 51));
        assert!(given_up.note.contains("Leave some of those rows out"), "{}", given_up.note);

        // Its workers were lost with it.
        let id = bring(&ctx, &sara, "organizations", "name,website\nLost Works,lost-works.example\n").await;
        imports::apply(&ctx, &sara, id, &[]).await.expect("ready");
        imports::give_up_stranded(&ctx).await.expect("looked");
        assert_eq!(view(&ctx, &sara, id).await.state, State::Applying, "its job is still to be run");
        sqlx::query("update jobs set state = 'dead' where subject = $1")
            .bind(format!("import:{id}"))
            .execute(&town.owner)
            .await
            .expect("a dead job");
        imports::give_up_stranded(&ctx).await.expect("looked");
        let given_up = view(&ctx, &sara, id).await;
        assert_eq!(given_up.state, State::Ready);
        assert!(given_up.note.contains("nothing was imported"), "{}", given_up.note);
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        // The dead one was made by this test; nobody is to look for its cause.
        sqlx::query("update jobs set state = 'done' where state = 'dead'").execute(&town.owner).await.expect("cleared");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_back_stays_and_says_why() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let one = "name,website,segment\nNorthwind Data,northwind-data.example,Database\nContoso Mesh,contoso-mesh.example,\n";
        let first = bring(&ctx, &sara, "organizations", one).await;
        apply(town, &sara, first).await;
        // The first stands on the website of what is here; the second goes with the first.
        let two = "name,website,segment\nLakeside Query,northwind-data.example/lake,Database\nContoso Gate,contoso-mesh.example/gate,\n";
        let second = bring(&ctx, &sara, "organizations", two).await;
        apply(town, &sara, second).await;
        follow_until(&ctx, async || total(&ctx, "q=lakeside+query").await == 1).await;

        // The first cannot go while the second has added to it.
        imports::undo(&ctx, &sara, first).await.expect("as far as it goes");
        let kept: Vec<String> = all_rows(&ctx, &sara, first).await.into_iter().filter_map(|row| row.undo_refused).collect();
        assert_eq!(kept, ["A later import has added to it. Take that one back first."; 2]);
        assert_eq!(count(town, "organizations where slug in ('northwind-data', 'contoso-mesh')").await, 2);

        // Somebody has taken the first over; it keeps what the second file added. The other loses it.
        sqlx::query("update organizations set verification_status = 'Verified' where slug = 'northwind-data'")
            .execute(&town.owner)
            .await
            .expect("verified");
        imports::undo(&ctx, &sara, second).await.expect("taken back");
        let kept: Vec<String> = all_rows(&ctx, &sara, second).await.into_iter().filter_map(|row| row.undo_refused).collect();
        assert_eq!(kept, ["Northwind Data is verified by now, and keeps what the file added."]);
        let products = |slug: &str| format!("organizations where slug = '{slug}' and products_text <> ''");
        assert_eq!((count(town, &products("northwind-data")).await, count(town, &products("contoso-mesh")).await), (1, 0));
        follow_until(&ctx, async || total(&ctx, "q=contoso+gate").await == 0).await;
    })
    .await;
}
