//! What becomes of a row: what is made, merged, asked and left out, and what is said of it.

use super::{SHAPES, all_rows, apply, bring, every_row, file, outcomes, sara, view};
use crate::{
    common::{count, who},
    town::{Town, sequel},
};
use commdesk::{
    features::imports::{
        rules::{Choice, Outcome, State},
        service::{self as imports, Decided},
    },
    seeds::people::RAVI,
};

/// What a file that is only looked at must not touch.
async fn everything(town: &Town) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in
        ["facts", "outbox", "jobs", "organizations", "organization_slugs", "events", "event_partners", "notices", "mails"]
    {
        counts.push(count(town, table).await);
    }
    counts
}

#[tokio::test]
async fn every_shape_of_a_row_is_told_of_and_only_looked_at() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let before = everything(town).await;
        let id = bring(&ctx, &sara, "organizations", SHAPES).await;
        let rows = all_rows(&ctx, &sara, id).await;
        insta::assert_snapshot!("every_shape_of_a_row", every_row(&view(&ctx, &sara, id).await, &rows));
        let mapping = view(&ctx, &sara, id).await.fields.into_iter().filter(|field| !field.heading.is_empty());
        imports::remap(&ctx, &sara, id, mapping.map(|field| (field.name, field.heading)).collect()).await.expect("as it was");
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(2, Some(Choice::Skip))])).await.expect("open");
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(2, None)])).await.expect("open");
        assert_eq!(all_rows(&ctx, &sara, id).await, rows, "a decision that is taken back leaves nothing");
        let events = r#"[{"name": "Webinale", "startDate": "2026-06-08", "city": "Berlin", "country": "Germany"}]"#;
        imports::bring(&ctx, &sara, file("events", "events.json", events)).await.expect("read");
        assert_eq!(everything(town).await, before, "looking changes nothing");

        // As a spreadsheet: whatever it might compute is text.
        let told = imports::report(&ctx, &sara, id).await.expect("a report");
        assert!(told.contains("\r\n\"18\",\"'=1+1\",\"problem\""), "{told}");
        let cells = told.lines().skip(1).flat_map(|line| line.trim_matches('"').split("\",\"").collect::<Vec<_>>());
        let armed: Vec<&str> = cells.filter(|cell| cell.starts_with(['=', '+', '-', '@'])).collect();
        assert!(armed.is_empty(), "{armed:?}");

        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let again = bring(&ctx, &sara, "organizations", SHAPES).await;
        let counts = view(&ctx, &sara, again).await.counts;
        assert_eq!((counts.make, counts.merge), (0, 0), "no doubling");
    })
    .await;
}

#[tokio::test]
async fn what_no_row_says_is_told_and_not_only_done() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let silent = bring(&ctx, &sara, "organizations", "name,website\nNorthwind Data,northwind-data.example\n").await;
        let looked = view(&ctx, &sara, silent).await;
        assert!(looked.assumed.contains("“Sponsor and partner”") && looked.counts.unmapped == 0, "{}", looked.assumed);
        let told = imports::report(&ctx, &sara, silent).await.expect("a report");
        assert!(told.contains("No column says who sponsors and who is a partner"), "{told}");
        assert!(told.contains("No column says the industry: each new profile stands below “Other”."), "{told}");

        // With a column for it, a row that leaves it empty, or says what we do not know, says so itself.
        let list = "name,website,type,industry\nContoso Mesh,contoso-mesh.example,Partner,Gaming\nOdd Baskets,odd-baskets.example,,Gaming\nBlue Queue,blue-queue.example,Friend,\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(view(&ctx, &sara, id).await.assumed, "");
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(rows[0].unmapped, "");
        assert_eq!(rows[1].unmapped, "sponsor or partner: nothing stands there, so it is “Sponsor and partner”");
        assert_eq!(
            rows[2].unmapped,
            "“Friend” as sponsor or partner, so it is “Sponsor and partner”; industry: nothing stands there, so it is “Other”"
        );
        apply(town, &sara, id).await;
        let kinds: Vec<String> = sqlx::query_scalar(
            "select entity_type from organizations where slug in ('contoso-mesh', 'odd-baskets', 'blue-queue') order by slug",
        )
        .fetch_all(&town.owner)
        .await
        .expect("three");
        assert_eq!(kinds, ["Sponsor and partner", "Partner", "Sponsor and partner"]);
    })
    .await;
}

#[tokio::test]
async fn no_mailbox_of_a_row_that_goes_with_another_is_lost_unsaid() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email,segment\n\
             Northwind Data,northwind-data.example,,Database\n\
             Northwind Data (training),northwind-data.example/training,team@northwind-data.example,\n\
             Northwind Data (support),northwind-data.example/support,help@northwind-data.example,\n\
             North Query,northwind-data.example/query,query@northwind-data.example,\n\
             Contoso Mesh,contoso-mesh.example,,\n\
             CONTOSO MESH,contoso-mesh.example,,Service Mesh\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "merge"), (4, "merge"), (5, "merge"), (6, "make"), (7, "merge")]);
        let unmapped: Vec<&str> = rows.iter().map(|row| row.unmapped.as_str()).collect();
        assert_eq!(
            unmapped,
            ["", "", "the mailbox: the profile has that of line 3", "the mailbox: a product has none of its own", "", "",],
            "an industry that one of the rows says is said"
        );
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let with = "organizations where slug = 'northwind-data' and primary_email = 'team@northwind-data.example'";
        assert_eq!(count(town, with).await, 1, "the first that there is");
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_by_hand_is_remembered() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website\nNorthwind,northwind.example\nGrip,github.com/northwind/grip\nAcme Cluod,acme-cluod.example\n";
        let first = bring(&ctx, &sara, "organizations", list).await;
        let rows = all_rows(&ctx, &sara, first).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "ask"), (4, "ask")], "{rows:#?}");
        imports::decide(&ctx, &sara, first, &Decided::Rows(vec![(3, Some(Choice::Merge)), (4, Some(Choice::Merge))]))
            .await
            .expect("open");
        let rows = all_rows(&ctx, &sara, first).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "merge"), (4, "there")], "{rows:#?}");
        assert_eq!(apply(town, &sara, first).await.state, State::Applied);
        let before = count(town, "organizations").await;

        // Neither is asked about, so that nothing that is decided for all that wait doubles them.
        let second = bring(&ctx, &sara, "organizations", list).await;
        let rows = all_rows(&ctx, &sara, second).await;
        assert_eq!(outcomes(&rows), [(2, "there"), (3, "there"), (4, "there")], "{rows:#?}");
        assert_eq!(rows[1].reason, "It goes with Northwind, as somebody decided before.");
        assert!(rows[2].reason.contains("whose own people keep its profile"), "{rows:#?}");
        imports::decide(&ctx, &sara, second, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        assert_eq!(view(&ctx, &sara, second).await.counts.make, 0);
        assert_eq!(count(town, "organizations").await, before);

        // What another desk decides is its own, and so is what it is asked. What is taken back counts no more.
        let ravi = who(&ctx, RAVI).await;
        let theirs = bring(&ctx, &ravi, "sponsors", "sponsor,website\nAcme Cluod,acme-cluod.example\n").await;
        assert_eq!(outcomes(&all_rows(&ctx, &ravi, theirs).await), [(2, "ask")]);
        imports::undo(&ctx, &sara, first).await.expect("taken back");
        let third = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(view(&ctx, &sara, third).await.counts.ask, 2);
    })
    .await;
}
