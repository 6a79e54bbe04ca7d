//! What is kept of a file, and for how long.

use super::{SHAPES, all_rows, apply, bring, outcomes, packed, sara};
use crate::{
    common::{code, count},
    town::sequel,
};
use commdesk::{
    features::imports::{
        rules::{Outcome, State},
        service as imports,
        views::RowView,
    },
    kernel::ids::IntakeId,
};

#[tokio::test]
async fn cells_are_forgotten_and_the_report_stays() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let id = bring(&ctx, &sara, "organizations", SHAPES).await;
        let applied = apply(town, &sara, id).await;
        assert!(applied.kept_label.contains("is kept until") && applied.can.add_pictures, "{}", applied.kept_label);
        let with_cells = format!("import_rows where import_id = '{id}' and cells <> '{{}}'");
        let before = (count(town, &with_cells).await, all_rows(&ctx, &sara, id).await);
        assert!(before.0 > 0 && applied.counts.unmapped > 0, "{:?}", applied.counts);

        town.shift(89 * 86_400).await;
        assert_eq!(count(town, &with_cells).await, before.0, "not a day too early");
        town.shift(86_400 + 60).await;
        assert_eq!(count(town, &with_cells).await, 0);
        assert_eq!(count(town, "deadlines where kind = 'import-cells'").await, 0);

        let forgotten = imports::view_as(&ctx, id, "", 1).await.expect("there");
        assert_eq!((forgotten.state, forgotten.counts), (State::Applied, applied.counts));
        assert!(forgotten.kept_label.contains("was forgotten on") && !forgotten.can.add_pictures, "{}", forgotten.kept_label);
        assert!(forgotten.fields.iter().all(|field| field.samples.is_empty()), "{:?}", forgotten.fields);
        let told =
            |rows: &[RowView]| rows.iter().map(|row| (row.title.clone(), row.outcome, row.reason.clone())).collect::<Vec<_>>();
        let after = all_rows(&ctx, &sara, id).await;
        // A row that could not be read has nothing but what stood in its cells.
        let kept = |(title, outcome, reason): (String, Outcome, String)| match outcome {
            Outcome::Problem => ("(forgotten)".to_owned(), outcome, "It could not be read.".to_owned()),
            _ => (title, outcome, reason),
        };
        assert_eq!(told(&after), told(&before.1).into_iter().map(kept).collect::<Vec<_>>());
        assert!(after.iter().all(|row| row.unmapped.is_empty() || row.unmapped == "something that nothing here could hold"));
        let archive = packed(&[("northwind.svg", b"<svg/>".as_slice())]);
        assert_eq!(code(imports::add_pictures(&ctx, &sara, id, archive).await), "FILE_FORGOTTEN");
        let made = format!("organizations where id in (select made_id from import_rows where import_id = '{id}')");
        let there = count(town, &made).await;
        imports::undo(&ctx, &sara, id).await.expect("taken back, also now");
        assert!(count(town, &made).await < there);
    })
    .await;
}

#[tokio::test]
async fn what_a_file_says_of_people_goes_with_its_run() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email,description,telephone\nNorthwind Data,northwind-data.example,team@northwind-data.example,Ask for Nora,98765 43210\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let held = async |word: &str| {
            count(town, &format!("import_rows where import_id = '{id}' and array_to_string(cells, '|') like '%{word}%'")).await
        };
        for word in ["team@", "Nora", "98765", "Northwind", "northwind-data.example"] {
            assert_eq!(held(word).await, 1, "{word} is read by every look");
        }
        // Also a run that was given up would need them again: they go with the one that is whole.
        let applied = apply(town, &sara, id).await;
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        for word in ["team@", "Nora", "98765"] {
            assert_eq!(held(word).await, 0, "{word} is needed by nobody");
        }
        assert_eq!(held("Northwind Data").await, 1);
        assert_eq!(count(town, "organizations where slug = 'northwind-data' and primary_email = 'team@northwind-data.example'").await, 1);

        // By what is left a picture still finds its row, and the run can be taken back.
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#246"/></svg>"##;
        imports::add_pictures(&ctx, &sara, id, packed(&[("northwind-data.svg", svg.as_slice())])).await.expect("unpacked");
        assert_eq!(count(town, "organizations where slug = 'northwind-data' and logo_id is not null").await, 1);
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "organizations where slug = 'northwind-data'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_could_not_be_read_goes_with_the_run_too() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email\n\
                    Northwind Data,northwind-data.example,team@northwind-data.example\n\
                    Broken Post,broken-post.example,nora@quill-home\n\
                    Broken Twice,broken-twice.example,nora@quill@broken-twice.example\n\
                    Broken Site,no site,office@broken-site.example\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let says = async |word: &str| {
            count(town, &format!("import_rows r where r.import_id = '{id}' and r::text like '%{word}%'")).await
        };
        let titles = |rows: &[RowView]| rows.iter().map(|row| row.title.clone()).collect::<Vec<_>>();
        let named = ["Northwind Data", "Broken Post", "Broken Twice", "Broken Site"];
        let looked = all_rows(&ctx, &sara, id).await;
        assert_eq!(outcomes(&looked), [(2, "make"), (3, "problem"), (4, "problem"), (5, "problem")], "{looked:#?}");
        assert_eq!(titles(&looked), named);
        // Until then whoever brought it reads what is wrong with it.
        assert!(looked[1].reason.starts_with("Mailbox: ") && looked[1].reason.contains("quill-home"), "{}", looked[1].reason);
        assert_eq!(says("quill").await, 2);

        let applied = apply(town, &sara, id).await;
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        for word in ["quill", "nora", "team@", "office@"] {
            assert_eq!(says(word).await, 0, "{word}");
        }
        let after = all_rows(&ctx, &sara, id).await;
        assert_eq!((titles(&after), outcomes(&after)), (titles(&looked), outcomes(&looked)), "the report still names its rows");
        assert_eq!(after[1].reason, "Mailbox: It could not be read.");
        assert_eq!(after[2].reason, after[1].reason);
        assert_eq!(after[3].reason, looked[3].reason, "no mailbox stands in it");
        assert!(!imports::report(&ctx, &sara, id).await.expect("theirs").contains("quill"));
    })
    .await;
}

#[tokio::test]
async fn reports_of_before_lose_the_mailboxes_that_they_kept() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email,notes\n\
                    Northwind Data,northwind-data.example,team@northwind-data.example,Ask for Nora\n\
                    Broken Post,broken-post.example,nora@quill-home,\n\
                    Broken Site,no site,office@broken-site.example,\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let waits = bring(&ctx, &sara, "organizations", list).await;
        let before = all_rows(&ctx, &sara, id).await;
        let says = async |id: IntakeId, word: &str| {
            count(town, &format!("import_rows r where r.import_id = '{id}' and r::text like '%{word}%'")).await
        };

        // As runs left them before: every cell as it came, and a row whose mailbox could not be read called by it.
        sqlx::query(
            "update import_rows r set cells = w.cells from import_rows w
             where r.import_id = $1 and w.import_id = $2 and w.number = r.number",
        )
        .bind(id.0)
        .bind(waits.0)
        .execute(&town.owner)
        .await
        .expect("cells");
        sqlx::query(
            "update import_rows set title = 'nora@quill-home', reason = 'Mailbox: quill-home is no domain.'
             where import_id = $1 and number = 3",
        )
        .bind(id.0)
        .execute(&town.owner)
        .await
        .expect("a title");
        assert_eq!((says(id, "quill").await, says(id, "team@").await, says(id, "Nora").await), (1, 1, 1));

        let cleaning = include_str!("../../../migrations/0157_nobodys_mailbox_stays_with_an_old_report.sql");
        for _ in 0..2 {
            sqlx::raw_sql(cleaning).execute(&town.owner).await.expect("cleaned");
        }

        for word in ["quill", "nora", "Nora", "team@", "office@"] {
            assert_eq!(says(id, word).await, 0, "{word}");
        }
        assert_eq!(says(id, "northwind-data.example").await, 1, "by that a picture finds its row");
        assert_eq!(says(waits, "quill").await, 1, "what waits is read by every look");
        let after = all_rows(&ctx, &sara, id).await;
        assert_eq!(
            after.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(),
            ["Northwind Data", "Broken Post", "Broken Site"]
        );
        assert_eq!(after, before, "as a run of today leaves it");
    })
    .await;
}
