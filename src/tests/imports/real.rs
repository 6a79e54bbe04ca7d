//! The real lists: every row accounted for, repeated without doubling, taken back.

use super::{all_rows, apply, file, follow_until, report, sara, total, view};
use crate::{common::count, town::sequel};
use commdesk::{
    features::{
        imports::{rules::State, service as imports},
        organizations::{
            index::Directory,
            service::{self as organizations, OrganizationRef},
        },
    },
    platform::index,
};
use std::{io::Write as _, path::PathBuf};

/// Where the real lists lie: beside the checkout, never in it. A clone without that folder has the made-up lists of the same
/// shapes, and says what is not compared; where the folder is there, a list that is missing is a failure.
fn real(path: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let file = folder.join(path);
    if folder.exists() {
        assert!(file.exists(), "{} is missing", file.display());
        return Some(file);
    }
    // Past the harness, which keeps to itself what a test that passes has printed.
    let words = format!("NOT COMPARED: {} is not on this machine\n", file.display());
    std::io::stderr().write_all(words.as_bytes()).expect("said");
    None
}

#[tokio::test]
async fn the_real_organizations_in_one_sitting() {
    let (Some(list), Some(folder)) = (real("organizations.csv"), real("logos")) else { return };
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let bytes = std::fs::read(&list).expect("the list");
        let begun = std::time::Instant::now();
        let id = imports::bring(&ctx, &sara, file("organizations", "organizations.csv", bytes.clone())).await.expect("read");
        let looked = view(&ctx, &sara, id).await;
        assert_eq!((looked.state, looked.counts.all()), (State::Ready, 1_237), "every row is accounted for");
        let rows = all_rows(&ctx, &sara, id).await;
        let before = count(town, "organizations").await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let indexed = total(&ctx, "").await;
        insta::assert_snapshot!(
            "the_report_of_the_real_organizations",
            report(&looked, &rows, &[2, 19, 98, 109, 165, 170, 545, 735, 931, 1091, 1125])
        );

        // Logos of the folder, by the names that the rows give them.
        let mut logos = Vec::new();
        for entry in std::fs::read_dir(&folder).expect("the logos") {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            logos.push((name, std::fs::read(&path).expect("a picture")));
        }
        logos.sort();
        let bringer = imports::Bringer { desk: commdesk::features::imports::policy::Desk::Staff, by: Some(sara.user()) };
        imports::add_pictures_as(&ctx, &bringer, id, logos).await.expect("looked at");
        let pictures = view(&ctx, &sara, id).await.pictures;
        let of = |outcome: &str| {
            pictures.iter().filter(|it| it.outcome == outcome).map(|it| it.file_name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(pictures.len(), 40, "every file is accounted for");
        insta::assert_snapshot!(
            "the_real_logos",
            format!(
                "matched {}\nunused {:#?}\nunmatched {:?}\nrefused {:?}",
                of("matched").len(),
                pictures
                    .iter()
                    .filter(|it| it.outcome == "unused")
                    .map(|it| format!("{}: {}", it.file_name, it.reason))
                    .collect::<Vec<_>>(),
                of("unmatched"),
                of("refused")
            )
        );
        let taken = i64::try_from(of("matched").len()).expect("few");
        let with_logos = count(town, "organizations where logo_id is not null").await;

        let applied = apply(town, &sara, id).await;
        let took = begun.elapsed();
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        assert!(took.as_secs() < 120, "it took {took:?}");
        println!("1,237 rows, their logos and their facts: {took:?}");
        assert_eq!(count(town, "organizations").await - before, looked.counts.make);
        assert_eq!(count(town, "organizations where logo_id is not null").await - with_logos, taken, "as the report says");
        assert_eq!(count(town, "facts where name = 'organization_imported'").await, looked.counts.make);
        let tigera = organizations::get_by(&ctx, None, &OrganizationRef::Slug("tigera".into())).await.expect("there");
        assert_eq!(tigera.products.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Project Calico"]);
        assert!(tigera.logo_url.is_some());
        // The index of the directory follows: what was made is counted, and found by its products too.
        follow_until(&ctx, async || total(&ctx, "").await == indexed + looked.counts.make).await;
        assert!(town.visitor().open("/directory?q=calico").await.text.contains("Tigera"), "found by its product");

        // The same file again: everything is there already, and nothing is made.
        let again = imports::bring(&ctx, &sara, file("organizations", "organizations.csv", bytes)).await.expect("read");
        let second = view(&ctx, &sara, again).await;
        assert_eq!((second.counts.make, second.counts.merge), (0, 0), "no doubling");
        assert_eq!(second.counts.there, looked.counts.make + looked.counts.merge);

        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "organizations").await, before, "exactly what it made is gone");
        follow_until(&ctx, async || total(&ctx, "").await == indexed).await;
        assert_eq!(total(&ctx, "q=calico").await, 0, "and not found any more");
        assert_eq!(
            count(town, "organization_slugs s where not exists (select 1 from organizations o where o.id = s.organization_id)")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn the_real_events_become_drafts() {
    let Some(list) = real("events.json") else { return };
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let bytes = std::fs::read(&list).expect("the list");
        let id = imports::bring(&ctx, &sara, file("events", "events.json", bytes.clone())).await.expect("read");
        let looked = view(&ctx, &sara, id).await;
        assert_eq!((looked.state, looked.counts.all()), (State::Ready, 187), "every row is accounted for");
        let rows = all_rows(&ctx, &sara, id).await;
        insta::assert_snapshot!("the_report_of_the_real_events", report(&looked, &rows, &[1, 2, 4, 10, 100]));
        let published = count(town, "events where status <> 'Draft'").await;
        let before = count(town, "events where deleted_at is null").await;
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        assert_eq!(count(town, "events where deleted_at is null").await - before, looked.counts.make);
        assert_eq!(count(town, "events where status <> 'Draft'").await, published, "nothing is published");
        assert_eq!(
            count(town, "events where title = 'Webinale' and all_day and timezone = 'Europe/Berlin' and event_type = 'Conference' and format = 'Hybrid'
                         and starts_wall = '2026-06-08 00:00' and ends_wall = '2026-06-12 23:59'").await,
            1
        );
        let again = imports::bring(&ctx, &sara, file("events", "events.json", bytes)).await.expect("read");
        assert_eq!(view(&ctx, &sara, again).await.counts.make, 0, "no doubling");
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "events where deleted_at is null").await, before);
    })
    .await;
}
