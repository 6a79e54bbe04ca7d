//! A command, pages and the API, and who may use them.

use super::{LIST, SHAPES, file, sara};
use crate::{
    common::{code, count, signed_in, who},
    planted::{VERA, seat},
    town::{Answer, Browser, Chosen, sequel},
};
use commdesk::{
    features::imports::service as imports,
    seeds::people::{MALLORY, MEI, RAVI, SARA},
};
use http::{Method, StatusCode};

#[tokio::test]
async fn a_command_looks_and_carries_out() {
    sequel(async |town| {
        let ctx = town.ctx();
        sara(&ctx).await;
        let run = async |by: &str, target: &str, community: &str, dry_run: bool| {
            let bytes = if target == "events" { br#"[{"name": "Northern Mesh Days"}]"#.to_vec() } else { SHAPES.into() };
            imports::by_command(&ctx, by, target, community, "list".into(), bytes, vec![], dry_run).await
        };
        let before = count(town, "organizations").await;
        let looked = run(SARA.email, "organizations", "", true).await.expect("looked at");
        assert!(looked.contains("would be made") && looked.contains("line 17: Bad Row"), "{looked}");
        assert!(looked.contains("No column says who sponsors"), "{looked}");
        assert_eq!(count(town, "organizations").await, before, "a dry run");
        let done = run(SARA.email, "organizations", "", false).await.expect("carried out");
        assert!(done.contains(" made, ") && done.contains("/imports/"), "{done}");
        assert!(count(town, "organizations").await > before);
        assert!(run(SARA.email, "events", "apex-circle", false).await.expect("carried out").contains("1 made"));
        for (by, target, community, words) in [
            (RAVI.email, "organizations", "", "not of the staff"),
            ("nobody@nowhere.example", "organizations", "", "nobody has the address"),
            (SARA.email, "sponsors", "", "by their community"),
            (SARA.email, "events", "", "Name the community"),
            (SARA.email, "sheep", "", ""),
        ] {
            let refused = run(by, target, community, true).await.expect_err("refused").to_string();
            assert!(refused.contains(words), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_at_both_doors() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let fields = [("_form", "bring"), ("target", "sponsors")];
        for megabytes in [5, 20] {
            let list = vec![b'a'; megabytes * 1024 * 1024];
            let page = upload(&mut ravi, "/imports", &fields, &list).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{megabytes} MB");
            for shown in ["bring-file-error", "The file is larger than 3 MB. Bring it in parts."] {
                assert!(page.text.contains(shown), "{shown} at {megabytes} MB: {}", page.text);
            }
            let answer = upload(&mut ravi, "/api/v1/imports", &fields[1..], &list).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{megabytes} MB");
            let said = answer.json()["error"]["fieldErrors"]["file"].clone();
            assert!(said.as_str().is_some_and(|said| said.contains("3 MB")), "{said}");
        }
    })
    .await;
}

/// A multipart form with one file.
async fn upload(browser: &mut Browser, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    browser.submit_file(path, fields, &Chosen { field: "file", name: "list.csv", kind: "text/csv", bytes: file }).await
}

#[tokio::test]
async fn the_doors_and_who_may_use_them() {
    sequel(async |town| {
        let ctx = town.ctx();
        let mallory = who(&ctx, MALLORY).await;
        assert_eq!(code(imports::bring(&ctx, &mallory, file("organizations", "x.csv", LIST)).await), "FORBIDDEN");
        let mut ravi = signed_in(town, RAVI).await;
        let list = b"name,website\nNorthwind Data,northwind-data.com\n";

        // Over the API.
        let brought = upload(&mut ravi, "/api/v1/imports", &[("target", "sponsors")], list).await;
        assert_eq!(brought.status, StatusCode::CREATED, "{}", brought.text);
        let data = brought.data();
        let id = data["id"].as_str().expect("an id").to_owned();
        assert_eq!((data["state"].as_str(), data["counts"]["make"].as_i64()), (Some("ready"), Some(1)));
        assert_eq!(upload(&mut ravi, "/api/v1/imports", &[("target", "organizations")], list).await.status, 422);
        let unkeepable = upload(&mut ravi, "/api/v1/imports", &[("target", "sponsors"), ("community", "a\0b")], list).await;
        assert!(unkeepable.status == 422 && unkeepable.text.contains("U+0000"), "{}", unkeepable.text);
        let hostile = upload(&mut ravi, "/api/v1/imports", &[("target", "sponsors")], b"name\nM\xfcller").await;
        assert!(hostile.status == 422 && hostile.text.contains("UTF-8"), "{}", hostile.text);
        let wrong =
            ravi.api(Method::POST, &format!("/imports/{id}/apply"), Some(serde_json::json!({"choices": {"2": "eat"}}))).await;
        assert_eq!(wrong.status, 422);
        let begun = ravi.api(Method::POST, &format!("/imports/{id}/apply"), Some(serde_json::json!({}))).await;
        assert_eq!((begun.status, begun.data()["state"].as_str()), (StatusCode::OK, Some("applying")));
        town.drain().await;
        assert_eq!(ravi.api(Method::GET, &format!("/imports/{id}"), None).await.data()["state"], "applied");
        let report = ravi.api(Method::GET, &format!("/imports/{id}/report"), None).await;
        assert!(report.text.contains("\"Northwind Data\",\"make\""), "{}", report.text);
        assert_eq!(
            ravi.api(Method::POST, &format!("/imports/{id}/undo"), Some(serde_json::json!({}))).await.data()["state"],
            "undone"
        );

        // Who is nobody here learns nothing; who is of the community and does not keep its partners is told so.
        let mut mei = signed_in(town, MEI).await;
        for path in [format!("/imports/{id}"), format!("/api/v1/imports/{id}"), format!("/api/v1/imports/{id}/report")] {
            assert_eq!(mei.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        seat(town, VERA, "Volunteer", "Active").await;
        let mut vera = signed_in(town, VERA).await;
        assert_eq!(vera.open("/imports").await.status, StatusCode::FORBIDDEN);
        assert_eq!(vera.open(&format!("/imports/{id}")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(upload(&mut vera, "/api/v1/imports", &[("target", "sponsors")], list).await.status, StatusCode::FORBIDDEN);

        // And over the pages, without scripts.
        let form = [("_form", "bring"), ("target", "sponsors")];
        let sent = upload(&mut ravi, "/imports", &form, list).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let page = sent.location().split('?').next().expect("a path").to_owned();
        let shown = ravi.open(&page).await;
        assert!(shown.text.contains("Northwind Data") && shown.text.contains("Import 1 organization"), "{}", shown.text);
        assert_eq!(ravi.submit(&page, "decide", &[("choice.2", "skip")]).await.status, StatusCode::SEE_OTHER);
        assert!(ravi.open(&page).await.text.contains("You left it out"));
        assert_eq!(ravi.submit(&page, "decide", &[("choice.2", "")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ravi.submit(&page, "apply", &[]).await.status, StatusCode::SEE_OTHER);
        let running = ravi.open(&page).await.text;
        assert!(running.contains("It is being imported") && running.contains("Load it again"), "{running}");
        assert!(!running.contains("http-equiv"), "a page that loads itself anew takes its reader's place away: {running}");
        town.drain().await;
        assert!(ravi.open(&page).await.text.contains("Take it back"));
        assert_eq!(ravi.submit(&page, "undo", &[]).await.status, StatusCode::SEE_OTHER);
        let empty = ravi.submit("/imports", "bring", &[("target", "sponsors")]).await;
        assert!(empty.status == 422 && empty.text.contains("Choose a file"), "{}", empty.text);
    })
    .await;
}
