//! Files on their way in: the `real` lists of the field with every row accounted for; made-up ones for everything else: what
//! becomes of `rows` and of `events` and what they are `meant` to be, which `columns` and which sheet are read, whose `pictures`
//! are taken, `runs` that are carried out and taken back, what is kept and how long (`forgetting`), past `sponsors`, and the
//! `doors`.

mod columns;
mod doors;
mod events;
mod forgetting;
mod meant;
mod pictures;
mod real;
mod rows;
mod runs;
mod sponsors;

use crate::town::Town;
use commdesk::{
    features::{
        imports::{
            rules::Outcome,
            service::{self as imports, File},
            views::{ImportView, RowView},
        },
        organizations::{directory, index::Directory, rules::search::DirectoryQuery},
    },
    kernel::{actor::Actor, ids::IntakeId, page::PageRequest},
    platform::{ctx::Ctx, index},
    seeds::people::{self, SARA},
};
use std::collections::BTreeMap;

async fn sara(ctx: &Ctx) -> Actor {
    // The code that the demo's story gave is spent.
    ctx.house.clock.shift(31);
    people::sign_in_staff(ctx, SARA).await.expect("staff")
}

fn file(target: &str, name: &str, bytes: impl Into<Vec<u8>>) -> File {
    File { target: target.into(), name: name.into(), bytes: bytes.into(), community: "apex-circle".into(), ..File::default() }
}

async fn bring(ctx: &Ctx, actor: &Actor, target: &str, bytes: impl AsRef<[u8]>) -> IntakeId {
    imports::bring(ctx, actor, file(target, "a list", bytes.as_ref())).await.expect("a list")
}

async fn view(ctx: &Ctx, actor: &Actor, id: IntakeId) -> ImportView {
    imports::view(ctx, actor, id, "", 1).await.expect("theirs")
}

async fn all_rows(ctx: &Ctx, actor: &Actor, id: IntakeId) -> Vec<RowView> {
    let mut rows = Vec::new();
    let pages = view(ctx, actor, id).await.pages;
    for page in 1..=pages {
        rows.extend(imports::view(ctx, actor, id, "", page).await.expect("theirs").rows);
    }
    rows
}

async fn apply(town: &Town, actor: &Actor, id: IntakeId) -> ImportView {
    imports::apply(&town.ctx(), actor, id, &[]).await.expect("ready");
    town.drain().await;
    view(&town.ctx(), actor, id).await
}

fn outcomes(rows: &[RowView]) -> Vec<(i32, &'static str)> {
    rows.iter().map(|row| (row.number, row.outcome.label())).collect()
}

/// A reason without the names, the numbers and (but for foundations, which are few) the websites in it: what is said of many rows
/// is one line.
fn without_names(row: &RowView, titles: &BTreeMap<i32, &str>) -> String {
    let mut reason = row.reason.clone();
    let other = row.into_row.and_then(|number| titles.get(&number).copied());
    for name in [row.into_name.as_deref(), other, Some(row.title.as_str())].into_iter().flatten() {
        for (before, after) in [
            ("", " has a profile"),
            ("", " stands on that"),
            ("", " (line"),
            ("taken for ", ","),
            ("website of ", ","),
            ("belongs to ", ","),
        ] {
            reason = reason.replace(&format!("{before}{name}{after}"), &format!("{before}…{after}"));
        }
    }
    let keeps = reason.contains("foundation");
    let told = reason.split_whitespace().map(|word| {
        let bare = word.trim_matches(['(', ')', ',', '.', ':']);
        if !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit()) {
            word.replace(bare, "N")
        } else if !keeps && bare.contains('.') && !bare.starts_with('“') {
            word.replace(bare, "…")
        } else {
            word.to_owned()
        }
    });
    told.collect::<Vec<_>>().join(" ")
}

/// The counts, how often which reason stands, what could not be mapped, and a few rows.
fn report(view: &ImportView, rows: &[RowView], samples: &[i32]) -> String {
    let counts = view.counts;
    let mut text = format!(
        "{} rows: make {}, merge {}, there {}, ask {}, skip {}, problem {}; not all mapped {}\ncolumns not taken: {}\n\nreasons\n",
        counts.all(),
        counts.make,
        counts.merge,
        counts.there,
        counts.ask,
        counts.skip,
        counts.problem,
        counts.unmapped,
        view.unused.join(", ")
    );
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut unmapped: BTreeMap<String, usize> = BTreeMap::new();
    let titles: BTreeMap<i32, &str> = rows.iter().map(|row| (row.number, row.title.as_str())).collect();
    for row in rows {
        *reasons.entry(format!("{}: {}", row.outcome, without_names(row, &titles))).or_default() += 1;
        for part in row.unmapped.split("; ").filter(|part| !part.is_empty()) {
            *unmapped.entry(part.to_owned()).or_default() += 1;
        }
    }
    for (reason, count) in &reasons {
        text.push_str(&format!("{count:5} {reason}\n"));
    }
    text.push_str("\nnot mapped\n");
    for (what, count) in &unmapped {
        text.push_str(&format!("{count:5} {what}\n"));
    }
    text.push_str("\nproblems\n");
    for row in rows.iter().filter(|row| row.outcome == Outcome::Problem) {
        text.push_str(&format!("{:5} {} | {}\n", row.number, row.title, row.reason));
    }
    text.push_str("\na few rows\n");
    for row in rows.iter().filter(|row| samples.contains(&row.number)) {
        text.push_str(&format!("{:5} {} | {} | {}\n", row.number, row.title, row.outcome, row.reason));
    }
    text
}

/// How many of the directory fit a question.
async fn total(ctx: &Ctx, query: &str) -> i64 {
    let view = directory::list(ctx, None, &DirectoryQuery::read(query), &PageRequest { limit: 5, ..PageRequest::default() })
        .await
        .expect("answered");
    view.total
}

async fn follow_until(ctx: &Ctx, so: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        index::follow::<Directory>(ctx).await.expect("followed");
        if so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the index does not follow");
}

/// Every shape that the real list has: products below one website, on its parts and on its subdomains; places on a code host;
/// a foundation's website; what is here already; a segment that no industry is; and rows that are nothing.
const SHAPES: &str = "\
name,website,industry,segment,description,logo
Northwind Data,https://www.northwind-data.example,App Definition and Development,Database,Data for everybody,northwind.svg
North Query,northwind-data.example/query,,Database,,
North Stream,stream.northwind-data.example,,Streaming & Messaging,,
Northwind Data (training),northwind-data.example/training,,Training Partner,,
Contoso Mesh,contoso-mesh.example/en,Orchestration & Management,Service Mesh,,
CONTOSO MESH,contoso-mesh.example,,,The same once more,
Odd Baskets,odd-baskets.example,Crafts,Basket Weaving,,
Lonely Tool,github.com/somebody/lonely-tool,,Service Mesh,,
Whole Place,github.com/whole-place,,Service Mesh,,
Blue Storage,bigvendor.example/storage,,Cloud Native Storage,,
Blue Queue,bigvendor.example/queue,,Streaming & Messaging,,
Airy,apache.org/airy,,Database,,
Acme Cloud,acme.example,,,,
Acme Extra,acme.example/extra,,,,
Acme Cluod,acme-cluod.example,,,,
Bad Row,not a website,,,,
=1+1,formula.example,,,,
";

fn every_row(view: &ImportView, rows: &[RowView]) -> String {
    let mut text = report(view, &[], &[]).lines().take(2).collect::<Vec<_>>().join("\n");
    for row in rows {
        let unmapped = if row.unmapped.is_empty() { String::new() } else { format!(" | not mapped: {}", row.unmapped) };
        text.push_str(&format!("\n{:3} {} | {} | {}{unmapped}", row.number, row.title, row.outcome, row.reason));
    }
    text
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut writer, bytes).expect("written");
    }
    writer.finish().expect("packed").into_inner()
}

const LIST: &str = "Company;URL;Segment\nNorth Query;https://northwind-data.com/query;Database\nNorthwind Data;https://www.northwind-data.com;Database\nContoso Cloud;contoso-cloud.com/en;Service Mesh\nBad Row;not a website;\n=1+1;formula.com;\nAcme Cluod;acme-cluod.com;\n";
