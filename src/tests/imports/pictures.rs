//! Pictures that come with a file: whose they are, and why the others are not taken.

use super::{SHAPES, all_rows, apply, bring, outcomes, packed, sara, view};
use crate::{
    common::{code, count, who},
    town::sequel,
};
use commdesk::{
    features::imports::{
        rules::{Choice, State},
        service::{self as imports, Decided},
    },
    seeds::people::MEI,
};

/// A picture of one colour.
fn drawn(colour: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="{colour}"/></svg>"##
    )
}

#[tokio::test]
async fn pictures_belong_to_rows_by_their_names() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let id = bring(&ctx, &sara, "organizations", SHAPES).await;
        let svg =
            br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#246"/></svg>"##;
        let archive = packed(&[
            ("logos/northwind.svg", svg.as_slice()),
            ("logos/contoso-mesh.svg", svg.as_slice()),
            ("logos/nobody-knows.svg", svg.as_slice()),
            ("logos/odd-baskets.svg", b"no picture at all"),
            ("__MACOSX/._northwind.svg", b"x"),
        ]);
        imports::add_pictures(&ctx, &sara, id, archive).await.expect("unpacked");
        let pictures: Vec<String> = view(&ctx, &sara, id)
            .await
            .pictures
            .into_iter()
            .map(|it| format!("{}: {}, {}", it.file_name, it.outcome, it.reason))
            .collect();
        insta::assert_snapshot!("pictures_by_their_names", pictures.join("\n"));
        apply(town, &sara, id).await;
        assert_eq!(
            count(town, "organizations where slug in ('northwind-data', 'contoso-mesh') and logo_id is not null").await,
            2
        );

        // What is no archive, or a far larger one than it says, is refused in words and harms nothing.
        for (bytes, words) in [
            (b"nothing".to_vec(), "no ZIP archive"),
            (packed(&[]), "holds no pictures"),
            (packed(&[("whole-place.svg", &vec![b' '; 3 * 1024 * 1024])]), ""),
        ] {
            match imports::add_pictures(&ctx, &sara, id, bytes).await {
                Err(error) => {
                    assert_eq!(error.code(), "VALIDATION_ERROR");
                    assert!(!words.is_empty() && format!("{error:?}").contains(words), "{error:?}");
                }
                Ok(()) => assert!(
                    view(&ctx, &sara, id)
                        .await
                        .pictures
                        .iter()
                        .any(|it| it.file_name == "whole-place.svg" && it.outcome == "refused")
                ),
            }
        }
        let many: Vec<(String, Vec<u8>)> = (0..40).map(|n| (format!("{n}.svg"), vec![b' '; 2 * 1024 * 1024])).collect();
        let parts: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let bomb = packed(&parts);
        assert!(bomb.len() < 400_000);
        assert!(format!("{:?}", imports::add_pictures(&ctx, &sara, id, bomb).await).contains("64 MB"));
        let mei = who(&ctx, MEI).await;
        assert_eq!(code(imports::add_pictures(&ctx, &mei, id, packed(&[])).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn of_pictures_that_nobody_takes_the_report_says_why() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,logo\nNorthwind Data,northwind-data.example,north.svg\nNorthwind Data (training),northwind-data.example/training,training.svg\nNorth Query,northwind-data.example/query,query.svg\nLonely Tool,github.com/somebody/lonely-tool,lonely.svg\nContoso Mesh,contoso-mesh.example,contoso.svg\nAcme Cloud,acme.example,acme.svg\nAiry,apache.org/airy,airy.svg\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let rows = outcomes(&all_rows(&ctx, &sara, id).await);
        assert_eq!(rows, [(2, "make"), (3, "merge"), (4, "merge"), (5, "ask"), (6, "make"), (7, "there"), (8, "skip")]);
        let names = ["north", "training", "query", "lonely", "contoso", "acme", "airy"];
        let files: Vec<(String, String)> = names.iter().map(|name| (format!("{name}.svg"), drawn("#246"))).collect();
        let parts: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        imports::add_pictures(&ctx, &sara, id, packed(&parts)).await.expect("unpacked");
        let told = async || {
            let pictures = view(&ctx, &sara, id).await.pictures.into_iter();
            pictures.map(|it| (it.file_name, it.outcome, it.reason)).collect::<Vec<_>>()
        };
        let whole = |list: [(&str, &str, &str); 7]| list.map(|(name, outcome, why)| (name.to_owned(), outcome.to_owned(), why.to_owned())).to_vec();
        let expected = [
            ("acme.svg", "unused", "Line 7 has a profile already, which keeps what it has."),
            ("airy.svg", "unused", "Line 8 is left out."),
            ("contoso.svg", "matched", "For line 6."),
            ("lonely.svg", "unused", "Line 5 waits for a decision."),
            ("north.svg", "matched", "For line 2."),
            ("query.svg", "unused", "Line 4 is a product, and its picture is no company's logo."),
            ("training.svg", "unused", "Line 2 takes north.svg."),
        ];
        assert_eq!(told().await, whole(expected));
        // It follows what is decided, and is what the run does.
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(6, Some(Choice::Skip)), (5, Some(Choice::Make))])).await.expect("open");
        let before = count(town, "organizations where logo_id is not null").await;
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let mut decided = expected;
        decided[2] = ("contoso.svg", "unused", "Line 6 is left out.");
        decided[3] = ("lonely.svg", "matched", "For line 5.");
        assert_eq!(told().await, whole(decided));
        assert_eq!(count(town, "organizations where logo_id is not null").await - before, 2);

        // Once it was carried out: the same picture is still the one that was taken, another comes too late.
        let archive = packed(&[("north.svg", drawn("#246").as_bytes()), ("northwind-data.svg", drawn("#642").as_bytes())]);
        imports::add_pictures(&ctx, &sara, id, archive).await.expect("unpacked");
        let late = told().await;
        let of = |name: &str| late.iter().find(|it| it.0 == name).map(|it| (it.1.as_str(), it.2.as_str())).expect("told of");
        assert_eq!(of("north.svg"), ("matched", "For line 2."));
        assert_eq!(
            of("northwind-data.svg"),
            ("unused", "The profile of line 2 has a logo already, or is kept by its own people.")
        );
    })
    .await;
}

#[tokio::test]
async fn a_products_picture_is_no_companys_logo() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let first = bring(&ctx, &sara, "organizations", "name,website\nNorthwind Data,northwind-data.example\n").await;
        apply(town, &sara, first).await;
        let list = "name,website,logo\nLakeside Query,northwind-data.example/lake,lake.svg\n";
        let second = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(outcomes(&all_rows(&ctx, &sara, second).await), [(2, "merge")]);
        let archive = packed(&[("lake.svg", drawn("#246").as_bytes())]);
        imports::add_pictures(&ctx, &sara, second, archive).await.expect("unpacked");
        assert_eq!(apply(town, &sara, second).await.state, State::Applied);
        let has = async |what: &str| count(town, &format!("organizations where slug = 'northwind-data' and {what}")).await;
        assert_eq!(has("products_text ilike '%lakeside%'").await, 1, "the product is there");
        assert_eq!(has("logo_id is null").await, 1, "and the company has no sign of its own yet");
    })
    .await;
}
