//! Which heading holds what, and which sheet of a workbook is read.

use super::{LIST, apply, bring, file, packed, sara, view};
use crate::{
    common::{code, count, signed_in, who},
    town::{Answer, Browser, Chosen, sequel},
};
use commdesk::{
    features::imports::{
        rules::{State, mapping::Mapping},
        service::{self as imports, File},
    },
    seeds::people::{MEI, RAVI},
};
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn columns_are_named_once_and_remembered() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "Wer,Wo\nNorthwind Data,northwind-data.com\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let first = view(&ctx, &sara, id).await;
        assert_eq!((first.state, first.missing), (State::Mapping, vec!["Name".to_owned(), "Website".to_owned()]));
        assert_eq!(code(imports::apply(&ctx, &sara, id, &[]).await), "IMPORT_NOT_READY");
        assert_eq!(
            code(imports::remap(&ctx, &sara, id, Mapping::from([("displayName".into(), "Wer".into())])).await),
            "VALIDATION_ERROR"
        );
        let mapping = Mapping::from([("displayName".into(), "Wer".into()), ("website".into(), "Wo".into())]);
        imports::remap(&ctx, &sara, id, mapping).await.expect("both are named");
        assert_eq!(view(&ctx, &sara, id).await.counts.make, 1);
        let again = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(view(&ctx, &sara, again).await.state, State::Ready, "the same columns are known");
    })
    .await;
}

/// A workbook: of each sheet its name and its rows of cells.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let (mut named, mut related, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        named.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#));
        related.push_str(&format!(
            r#"<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        ));
        let mut text = format!(r#"<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>"#);
        for (line, cells) in (1..).zip(rows.iter()) {
            text.push_str(&format!(r#"<row r="{line}">"#));
            for (column, cell) in ('A'..).zip(cells.iter()) {
                text.push_str(&format!(r#"<c r="{column}{line}" t="inlineStr"><is><t>{cell}</t></is></c>"#));
            }
            text.push_str("</row>");
        }
        text.push_str("</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{number}.xml"), text));
    }
    let around = [
        (
            "[Content_Types].xml",
            format!(r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        ("xl/workbook.xml", format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>"#)),
        ("xl/_rels/workbook.xml.rels", format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#)),
    ];
    parts.extend(around.map(|(name, text)| (name.to_owned(), format!(r#"<?xml version="1.0"?>{text}"#))));
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    packed(&parts)
}

#[tokio::test]
async fn of_a_workbook_it_is_said_which_sheet_is_read_and_another_can_be() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (sara, mei) = (sara(&ctx).await, who(&ctx, MEI).await);
        let companies: &[&[&str]] =
            &[&["name", "website"], &["Northwind Data", "northwind-data.example"], &["Contoso Mesh", "contoso-mesh.example"]];
        let old: &[&[&str]] = &[&["Wer", "Wo"], &["Odd Baskets", "odd-baskets.example"]];
        let notes: &[&[&str]] = &[&["Read me"]];
        let book = workbook(&[("Notes", notes), ("Old", old), ("Companies", companies)]);
        let brought = async || imports::bring(&ctx, &sara, file("organizations", "book.xlsx", book.clone())).await.expect("read");
        let id = brought().await;
        let first = view(&ctx, &sara, id).await;
        assert_eq!(
            (first.sheet.as_str(), first.sheets.as_slice()),
            ("Old", ["Notes", "Old", "Companies"].map(str::to_owned).as_slice())
        );
        assert_eq!(first.sheets_label(), "Read is the sheet “Old”. Not read: “Notes”, “Companies”.");
        assert_eq!(first.state, State::Mapping, "it has columns of its own");

        // Another one, whose rows take the place of those.
        imports::choose_sheet(&ctx, &sara, id, "Companies").await.expect("there");
        let second = view(&ctx, &sara, id).await;
        assert_eq!((second.state, second.sheet.as_str(), second.counts.make), (State::Ready, "Companies", 2));
        assert_eq!(second.headings, ["name", "website"]);
        for (sheet, words) in [("Notes", "no rows"), ("Nowhere", "no sheet")] {
            let refused = format!("{:?}", imports::choose_sheet(&ctx, &sara, id, sheet).await.expect_err("refused"));
            assert!(refused.contains(words), "{refused}");
        }
        assert_eq!(view(&ctx, &sara, id).await.counts.make, 2, "what was refused has changed nothing");
        assert_eq!(code(imports::choose_sheet(&ctx, &mei, id, "Old").await), "NOT_FOUND");

        // It is remembered for the next workbook with these sheets; whoever names one gets that.
        let again = brought().await;
        assert_eq!(view(&ctx, &sara, again).await.sheet, "Companies");
        let named = File { sheet: "Old".into(), ..file("organizations", "book.xlsx", book.clone()) };
        let named = imports::bring(&ctx, &sara, named).await.expect("read");
        assert_eq!(view(&ctx, &sara, named).await.sheet, "Old");

        // The workbook itself goes with the run; what was read of it stays in the report.
        let kept = format!("import_books where import_id = '{id}' and book is not null");
        assert_eq!(count(town, &kept).await, 1);
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        assert_eq!(count(town, &kept).await, 0);
        assert_eq!(code(imports::choose_sheet(&ctx, &sara, id, "Old").await), "IMPORT_NOT_READY");
        let report = imports::report(&ctx, &sara, id).await.expect("a report");
        assert!(report.contains("Read is the sheet “Companies”. Not read: “Notes”, “Old”."), "{report}");

        // A file that is one list has no sheets to speak of.
        let list = bring(&ctx, &sara, "organizations", LIST).await;
        assert_eq!(view(&ctx, &sara, list).await.sheets_label(), "");
        assert_eq!(code(imports::choose_sheet(&ctx, &sara, list, "Old").await), "VALIDATION_ERROR");

        // And on the page, without scripts.
        let mut ravi = signed_in(town, RAVI).await;
        let sent = ravi
            .submit_file(
                "/imports",
                &[("_form", "bring"), ("target", "sponsors")],
                &Chosen { field: "file", name: "book.xlsx", kind: "application/octet-stream", bytes: &book },
            )
            .await;
        let page = sent.location().split('?').next().expect("a path").to_owned();
        assert!(ravi.open(&page).await.text.contains("Read is the sheet “Old”."));
        assert_eq!(ravi.submit(&page, "sheet", &[("sheet", "Companies")]).await.status, StatusCode::SEE_OTHER);
        let shown = ravi.open(&page).await.text;
        assert!(shown.contains("Not read: “Notes”, “Old”.") && shown.contains("Contoso Mesh"), "{shown}");
    })
    .await;
}

/// A community's past sponsors, as a program brings them.
async fn send(browser: &mut Browser, bytes: &[u8], more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("target", "sponsors")];
    fields.extend_from_slice(more);
    let file = Chosen { field: "file", name: "a list", kind: "application/octet-stream", bytes };
    browser.submit_file("/api/v1/imports", &fields, &file).await
}

#[tokio::test]
async fn what_a_program_says_of_columns_and_sheets_is_remembered() {
    sequel(async |town| {
        let (mut ravi, mut mei) = (signed_in(town, RAVI).await, signed_in(town, MEI).await);
        let list = b"Wer,Wo\nNorthwind Data,northwind-data.example\n";
        let state = |answer: Answer| answer.data()["state"].as_str().expect("a state").to_owned();
        assert_eq!(state(send(&mut ravi, list, &[]).await), "mapping", "nobody can tell what is what");
        let refused = send(&mut ravi, list, &[("mapping", "[1]")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json()["error"]["fieldErrors"]["mapping"].is_string(), "{}", refused.text);

        // What is not enough is not remembered.
        let half = [("mapping", r#"{"displayName": "Wer"}"#)];
        assert_eq!(send(&mut ravi, list, &half).await.data()["missing"], json!(["Website"]));
        assert_eq!(send(&mut ravi, list, &[]).await.data()["missing"], json!(["Name", "Website"]));
        let both = [("mapping", r#"{"displayName": "Wer", "website": "Wo"}"#)];
        assert_eq!(state(send(&mut ravi, list, &both).await), "ready");
        let again = send(&mut ravi, list, &[]).await.data();
        assert_eq!((again["state"].as_str(), again["counts"]["make"].as_i64()), (Some("ready"), Some(1)), "{again}");
        assert_eq!(state(send(&mut mei, list, &[]).await), "mapping", "each workspace has its own memory");

        let old: &[&[&str]] = &[&["name", "website"], &["Oldworks", "oldworks.example"]];
        let new: &[&[&str]] = &[&["name", "website"], &["Newworks", "newworks.example"]];
        let book = workbook(&[("Old", old), ("New", new)]);
        for (more, read) in [(vec![], "Old"), (vec![("sheet", "New")], "New"), (vec![], "New")] {
            let answer = send(&mut ravi, &book, &more).await;
            assert_eq!(answer.data()["sheet"], read, "{}", answer.text);
        }
    })
    .await;
}
