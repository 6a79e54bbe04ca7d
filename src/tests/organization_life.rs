//! The later life of organizations: pictures through the upload door, the brand kit, addresses and websites that change,
//! profiles that a community adds and their people claim, and what staff do only together. Services and doors, races included.

use crate::{
    common::{at_work, code, signed_in, who},
    organizations::{decision, two_of_the_staff},
    town::{Answer, Browser, Chosen, Town, sequel},
};
use base64::Engine as _;
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        members::{
            joins, service as members,
            views::{JoinDecision, JoinInput},
        },
        organizations::{
            claims, life,
            rules::{
                claims::{AddInput, ClaimState},
                moves::AnswerInput,
            },
            service::{self, LogoChange, OrganizationRef},
            trust::CheckResult,
            views::{OrganizationView, StaffPart},
        },
        requests::{inbox, rules::sending::Verdict, service as requests, views::RequestState},
    },
    kernel::{
        actor::{Actor, OrganizationRole, VerificationStatus},
        ids::{MemberId, OrganizationId},
        page::PageRequest,
    },
    platform::{
        ctx::{Ctx, House},
        dns::Fixed,
        facts::Voice,
        pictures::MAX_BYTES,
        secrets,
    },
    seeds::people::{self, ASHA, Figure, MALLORY, MEI, RAVI, SARA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::{io::Cursor, sync::Arc};
use uuid::Uuid;

async fn organization(town: &Town, slug: &str) -> OrganizationId {
    let id: Uuid = sqlx::query_scalar("select id from organizations where slug = $1")
        .bind(slug)
        .fetch_one(&town.owner)
        .await
        .expect("the demo has it");
    OrganizationId(id)
}

fn answer(id: Uuid, decision: &str) -> AnswerInput {
    AnswerInput { id: id.to_string(), decision: decision.into(), reason: "Seen in the company register.".into() }
}

/// The newest one-time link that was mailed to an address.
async fn mailed_link(town: &Town, to: &str) -> String {
    town.drain().await;
    let letters = town.post.letters();
    let mut words = letters.iter().rev().filter(|letter| letter.to == to).flat_map(|letter| letter.text.split_whitespace());
    let link = words.find(|word| word.contains("/link/")).unwrap_or_else(|| panic!("no link was mailed to {to}"));
    link.rsplit("/link/").next().unwrap_or_default().to_owned()
}

// ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#225588"/><circle cx="50" cy="50" r="30" fill="#ffffff"/></svg>"##;

fn drawing(format: image::ImageFormat) -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(160, 80, |x, y| image::Rgb([if x < 80 { 220 } else { 20 }, 40, if y < 40 { 200 } else { 90 }]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

fn svg(inside: &str) -> Vec<u8> {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100">{inside}</svg>"##
    )
    .into_bytes()
}

/// Sends a file to the upload door as programs do.
async fn upload(browser: &mut Browser, name: &str, kind: &str, bytes: &[u8]) -> Answer {
    browser.submit_file("/api/v1/uploads/logos", &[], &Chosen { field: "logo", name, kind, bytes }).await
}

/// A PNG whose header promises other dimensions, with the right checksum.
fn with_size(png: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png.to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

fn laughs() -> Vec<u8> {
    let mut entities = String::from(r#"<!ENTITY a0 "ha">"#);
    for level in 1..20 {
        entities.push_str(&format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10)));
    }
    format!(
        r#"<!DOCTYPE svg [{entities}]><svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><text>&a19;</text></svg>"#
    )
    .into_bytes()
}

#[tokio::test]
async fn hostile_files_are_refused_or_drawn_anew() {
    sequel(async |town| {
        let mut nobody = town.visitor();
        assert_eq!(upload(&mut nobody, "logo.svg", "image/svg+xml", LOGO.as_bytes()).await.status, StatusCode::UNAUTHORIZED);
        let mut asha = signed_in(town, ASHA).await;
        let png = drawing(image::ImageFormat::Png);

        // What people upload is kept, once for the same picture, under the hash of what we drew.
        let kinds = [
            ("logo.svg", "image/svg+xml", LOGO.as_bytes().to_vec()),
            ("logo.png", "image/png", png.clone()),
            ("logo.jpg", "image/jpeg", drawing(image::ImageFormat::Jpeg)),
            ("logo.webp", "image/webp", drawing(image::ImageFormat::WebP)),
            ("from a drawing program.svg", "image/svg+xml", svg(r##"<defs><linearGradient id="g"><stop offset="0" stop-color="#123"/><stop offset="1" stop-color="#9cf"/></linearGradient></defs><path d="M0 0h200v100H0z" fill="url(#g)"/>"##)),
        ];
        for (name, kind, bytes) in &kinds {
            let kept = upload(&mut asha, name, kind, bytes).await;
            assert_eq!(kept.status, StatusCode::CREATED, "{name}: {}", kept.text);
            let data = kept.data();
            assert!(data["key"].as_str().is_some_and(|key| key.starts_with("logos/") && key.ends_with(".png")), "{data}");
            let again = upload(&mut asha, name, kind, bytes).await.data();
            assert_eq!(again["key"], data["key"]);
            let served = asha.open(data["url"].as_str().expect("an address")).await;
            assert_eq!(served.headers["content-type"], "image/png", "{name}");
        }

        // Refused in words, quickly, and nothing of it is kept.
        let rows = async || -> i64 { sqlx::query_scalar("select count(*) from logos").fetch_one(&town.owner).await.unwrap() };
        let before = rows().await;
        let nested = format!("{}{}", "<g>".repeat(20_000), "</g>".repeat(20_000));
        let circle = r##"<defs><g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g></defs><use xlink:href="#a"/>"##;
        let refused: Vec<(&str, &str, Vec<u8>)> = vec![
            ("nothing.png", "image/png", Vec::new()),
            ("program.png", "image/png", b"MZ\x90\x00\x03\x00\x00\x00 a program for Windows".to_vec()),
            ("page.png", "image/png", b"<!doctype html><script>alert(1)</script>".to_vec()),
            ("page.svg", "image/svg+xml", b"<html><body onload=alert(1)></body></html>".to_vec()),
            ("anim.gif", "image/gif", b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;".to_vec()),
            ("paper.pdf", "image/png", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n".to_vec()),
            ("archive.png", "image/png", b"PK\x03\x04\x14\x00\x00\x00\x08\x00 a zip".to_vec()),
            ("zipped.svgz", "image/svg+xml", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 a gzip".to_vec()),
            ("half.png", "image/png", png[..png.len() / 2].to_vec()),
            ("flood.png", "image/png", with_size(&png, 60_000, 60_000)),
            ("heavy.png", "image/png", [png.clone(), vec![0; 2 * 1024 * 1024 + 1]].concat()),
            ("photo.png", "image/png", vec![0x89; 5 * 1024 * 1024]),
            ("film.png", "image/png", vec![0x89; 20 * 1024 * 1024]),
            ("laughs.svg", "image/svg+xml", laughs()),
            ("reader.svg", "image/svg+xml", br#"<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><text>&x;</text></svg>"#.to_vec()),
            ("caller.svg", "image/svg+xml", svg(r#"<image href="http://169.254.169.254/latest/meta-data/" width="200" height="100"/>"#)),
            ("matryoshka.svg", "image/svg+xml", svg(r#"<image href="data:image/png;base64,iVBORw0KGgo=" width="200" height="100"/>"#)),
            ("blank.svg", "image/svg+xml", svg("")),
            ("circle.svg", "image/svg+xml", svg(circle)),
            ("deep.svg", "image/svg+xml", svg(&nested)),
        ];
        let families = refused.len();
        for (name, kind, bytes) in refused {
            let start = std::time::Instant::now();
            let answer = upload(&mut asha, name, kind, &bytes).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.text);
            let said = answer.json()["error"]["fieldErrors"]["logo"].as_str().unwrap_or_default().to_owned();
            assert!(said.len() > 20 && said.ends_with('.'), "{name} is refused in words: {said}");
            assert_eq!(said.contains("2 MB"), ["heavy.png", "photo.png", "film.png"].contains(&name), "{name}: {said}");
            assert!(start.elapsed().as_secs() < 15, "{name} took {:?}", start.elapsed());
        }
        assert!(families >= 10);
        assert_eq!(rows().await, before, "nothing of a refused file is kept");

        // On the profile's page what was typed above and below it stays.
        for megabytes in [5, 20] {
            let bytes = vec![0x89; megabytes * 1024 * 1024];
            let chosen = Chosen { field: "logo", name: "film.png", kind: "image/png", bytes: &bytes };
            let above = [("_form", "profile"), ("displayName", "Acme Above")];
            let below = [("shortDescription", "It stands below.")];
            let answer = asha.submit_around("/organization/profile", &above, &chosen, &below).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{megabytes} MB");
            for shown in ["profile-logo-error", "This file is larger than 2 MB.", "Acme Above", "It stands below."] {
                assert!(answer.text.contains(shown), "{shown} at {megabytes} MB: {}", answer.text);
            }
        }
        assert_eq!(rows().await, before);

        // Drawn anew: what hid in it, behind it or in its name does not come out.
        let marker = b"<script>alert('hidden')</script>";
        let hidden: Vec<(&str, Vec<u8>)> = vec![
            ("polyglot.png", [png.clone(), b"PK\x03\x04".to_vec(), marker.to_vec()].concat()),
            ("../../../etc/passwd%00.png", png.clone()),
            ("noted.jpg", {
                let mut jpeg = drawing(image::ImageFormat::Jpeg);
                let mut comment = vec![0xFF, 0xFE, 0, u8::try_from(marker.len() + 2).expect("short")];
                comment.extend_from_slice(marker);
                jpeg.splice(2..2, comment);
                jpeg
            }),
            ("script.svg", svg(r##"<script>alert('hidden')</script><rect width="100" height="50" fill="#a00" onload="alert('hidden')"/>"##)),
            ("named.svg", [b"<?xml version=\"1.0\"?><!-- <script>alert('hidden')</script> -->".to_vec(), svg(r##"<a href="javascript:alert('hidden')"><rect width="90" height="50" fill="#0a0"/></a>"##)].concat()),
        ];
        for (name, bytes) in hidden {
            let kept = upload(&mut asha, name, "image/png", &bytes).await;
            assert_eq!(kept.status, StatusCode::CREATED, "{name}: {}", kept.text);
            let data = kept.data();
            let key = data["key"].as_str().expect("a key").to_owned();
            let hash = key.rsplit('/').next().unwrap_or_default().trim_end_matches(".png").to_owned();
            assert!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{name} is named by its content: {key}");
            let served = asha.open(data["url"].as_str().expect("an address")).await;
            assert!(served.text.contains("PNG") && !served.text.contains("hidden"), "{name}");
        }

        // No file at all.
        let headers = [("content-type", "application/json")];
        let none = asha.send(Method::POST, "/api/v1/uploads/logos", &headers, "{}").await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

/// The page and the API take the same logos, up to the last byte, and refuse the next one in the same words.
#[tokio::test]
async fn an_applicants_logo_may_be_as_large_at_both_doors() {
    sequel(async |town| {
        let mut bytes = drawing(image::ImageFormat::Png);
        // Behind its end a picture may have anything; nothing of it is kept.
        bytes.resize(MAX_BYTES, 0);
        let company = [
            ("_form", "company"),
            ("entityType", "Sponsor"),
            ("companyName", "Granite Works"),
            ("website", "https://granite-works.example"),
            ("officialEmail", "asha@granite-works.example"),
            ("industry", "Security"),
        ];
        let application = |bytes: &[u8]| {
            json!({
                "entityType": "Sponsor",
                "companyName": "Granite Works",
                "website": "https://granite-works.example",
                "officialEmail": "asha@granite-works.example",
                "industry": "Security",
                "budgetRange": {"band": "INR:200000-500000"},
                "sponsorshipTypes": ["Cash"],
                "logo": base64::engine::general_purpose::STANDARD.encode(bytes),
            })
        };
        let (mut on_page, mut program) = (town.visitor(), town.visitor());
        on_page.open("/become-sponsor").await;
        for more in [1, 3 * 1024 * 1024, 18 * 1024 * 1024] {
            let mut larger = bytes.clone();
            larger.resize(MAX_BYTES + more, 0);
            let chosen = Chosen { field: "logo", name: "logo.png", kind: "image/png", bytes: &larger };
            let page = on_page.submit_file("/become-sponsor", &company, &chosen).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{more}");
            let answer = program.api(Method::POST, "/sponsors/apply", Some(application(&larger))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{more}: {}", answer.text);
            let said = answer.json()["error"]["fieldErrors"]["logo"].as_str().unwrap_or_default().to_owned();
            assert!(said.starts_with("This file is larger than 2 MB."), "{more}: {}", answer.text);
            assert!(page.text.contains(&said), "{more}: the page says the same: {}", page.text);
        }
        let chosen = Chosen { field: "logo", name: "logo.png", kind: "image/png", bytes: &bytes };
        let page = on_page.submit_file("/become-sponsor", &company, &chosen).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/become-sponsor?step=offer"), "{}", page.text);
        let answer = program.api(Method::POST, "/sponsors/apply", Some(application(&bytes))).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        // Other calls carry no picture, and take no more than before.
        let long = json!({"email": ASHA.email, "password": "x".repeat(300 * 1024)});
        let refused = program.api(Method::POST, "/auth/login", Some(long)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("at most 256 kB"), "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn a_brand_kit_is_kept_with_the_profile_and_shown_to_everybody() {
    sequel(async |town| {
        let ctx = town.ctx();
        let id = organization(town, "acme-cloud").await;
        let mut asha = signed_in(town, ASHA).await;
        let key = upload(&mut asha, "dark.svg", "image/svg+xml", LOGO.as_bytes()).await.data()["key"].clone();
        let path = format!("/sponsors/{id}");
        let reader = asha.clone();
        let version = async || -> Value { reader.clone().api(Method::GET, &path, None).await.data()["version"].clone() };

        let edit = json!({
            "version": version().await, "logoOnDark": key, "wordmark": key,
            "brandColors": ["#1F6FEB", "0d1117"], "boilerplate": "Acme Cloud hosts what students build.",
        });
        let stale = edit.clone();
        let view = asha.api(Method::PATCH, &path, Some(edit)).await.data();
        assert_eq!(view["brandColors"], json!(["#1f6feb", "#0d1117"]));
        assert!(view["logoOnDarkUrl"].as_str().is_some_and(|url| url.starts_with("/media/logos/")));
        // Stale: nothing is lost, nothing is overwritten.
        let refused = asha.api(Method::PATCH, &path, Some(stale)).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "VERSION_CONFLICT"));
        let wrong = json!({"version": version().await, "logoOnDark": "logos/no/such.png"});
        let refused = asha.api(Method::PATCH, &path, Some(wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json()["error"]["fieldErrors"]["logoOnDark"].is_string(), "{}", refused.text);
        let bare = json!({"version": version().await, "logo": null});
        assert_eq!(asha.api(Method::PATCH, &path, Some(bare)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = json!({"version": version().await, "wordmark": ""});
        assert_eq!(asha.api(Method::PATCH, &path, Some(gone)).await.data().get("wordmarkUrl"), None);

        let page = town.visitor().open("/directory/acme-cloud").await;
        for shown in ["Brand kit", "#1f6feb", "Acme Cloud hosts what students build.", "Logo on dark"] {
            assert!(page.text.contains(shown), "{shown}");
        }
        // The editor names all that is missing.
        let form = asha.open("/organization/profile").await;
        for shown in ["What is missing", "Your brand kit", "Your address here", "Prove your domain"] {
            assert!(form.text.contains(shown), "{shown}");
        }
        let missing = service::profile(&ctx, &who(&ctx, ASHA).await).await.expect("its own").completeness.missing;
        assert!(!missing.is_empty(), "the page says so");
        for field in missing {
            assert!(form.text.contains(&field.title), "{}", field.title);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_tells_what_is_supported_and_was() {
    sequel(async |town| {
        let supported: Vec<(String, String, bool)> = sqlx::query_as(
            "select distinct o.slug, e.title, e.status in ('Completed', 'Archived')
             from event_partners p join organizations o on o.id = p.organization_id join events e on e.id = p.event_id
             where p.visible and p.removed_at is null and e.public_visible and e.published_at is not null",
        )
        .fetch_all(&town.owner)
        .await
        .unwrap();
        assert!(supported.iter().any(|(.., over)| *over), "the demo has a sponsor of the past");
        assert!(supported.iter().any(|(.., over)| !*over), "the demo has a sponsor of what is to come");
        for (slug, title, over) in supported {
            let page = town.visitor().open(&format!("/directory/{slug}")).await.text;
            let list = if over { "section__title\">Has supported" } else { "section__title\">Supports now" };
            let (_, list) = page.split_once(list).unwrap_or_else(|| panic!("{slug} has no such list: {title}"));
            let (list, _) = list.split_once("</section>").expect("a section ends");
            assert!(list.contains(&title), "{title} on the page of {slug}");
        }
        // Nobody has judged anybody yet, and the page says so.
        let page = town.visitor().open("/directory/acme-cloud").await.text;
        let (_, glance) = page.split_once("Reputation").expect("a line of its own");
        assert!(glance.chars().take(80).collect::<String>().contains("New"), "{glance}");
        // Nor are the developers counted that it reached: the page says that too, and no answer makes up a number.
        let (_, reached) = page.split_once("Developers reached").expect("a line of its own");
        assert!(reached.chars().take(80).collect::<String>().contains("Not counted yet"), "{reached}");
        let answer = town.visitor().api(Method::GET, "/sponsors/acme-cloud", None).await;
        assert!(answer.data().get("developersReachedCount").is_none(), "{}", answer.text);
        let openapi = town.visitor().open("/api/v1/openapi.json").await.json();
        let described =
            &openapi["components"]["schemas"]["OrganizationView"]["properties"]["developersReachedCount"]["description"];
        assert!(described.as_str().is_some_and(|text| text.contains("Nobody counts them yet")), "{described}");

        // Put away is over, and stays: on the sponsor's page, its community's, and with those who made it possible.
        let page = town.visitor().open("/communities/harbour-devs").await.text;
        let (_, past) = page.split_once("Past events").expect("a list of its own");
        assert!(past.contains("Harbour Lights"), "archived, not gone");
        let (_, past) = page.split_once("Sponsors and partners so far").expect("a list of its own");
        assert!(past.contains("Fjord Media"));
        let fjord: (i32, i32) =
            sqlx::query_as("select events_sponsored, communities_supported from organizations where slug = 'fjord-media'")
                .fetch_one(&town.owner)
                .await
                .unwrap();
        assert_eq!(fjord, (2, 2));
    })
    .await;
}

// ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn an_address_changes_and_the_old_one_leads_on_for_ever() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (asha, tomas) = (who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        for reserved in ["add", "new", "reset-password", "admin", "a", "Upper"] {
            let refused = life::change_slug(&ctx, &asha, reserved).await.expect_err("ours, or no slug");
            assert_eq!(refused.status(), 422, "{reserved}");
        }
        let mut browser = signed_in(town, ASHA).await;
        let moved =
            browser.submit("/organization/profile", "address", &[("slug", "acme"), ("_as", "organization:acme-cloud")]).await;
        assert_eq!(moved.location(), "/organization/profile?moved=yes&as=organization%3Aacme", "{}", moved.text);
        assert!(browser.open(moved.location()).await.text.contains("Your page has a new address"));

        // Pages are sent on for good; the API answers under both.
        let old = town.visitor().open("/directory/acme-cloud").await;
        assert_eq!((old.status, old.location()), (StatusCode::MOVED_PERMANENTLY, "/directory/acme"));
        let data = town.visitor().api(Method::GET, "/sponsors/acme-cloud", None).await.data();
        assert_eq!(data["slug"], "acme");

        // Nobody else ever gets it: neither by asking nor by a name.
        assert_eq!(life::change_slug(&ctx, &tomas, "acme-cloud").await.expect_err("Acme's").status(), 422);
        let mut visitor = town.visitor();
        let application = json!({
            "entityType": "Sponsor", "companyName": "Acme Cloud", "website": "https://other.example",
            "officialEmail": "somebody@other.example", "industry": "Security", "budgetRange": "INR:0-50000",
            "sponsorshipTypes": ["Cash"],
            "logo": base64::engine::general_purpose::STANDARD.encode(LOGO),
        });
        let applied = visitor.api(Method::POST, "/sponsors/apply", Some(application)).await.data();
        let slug: String = sqlx::query_scalar("select slug from organizations where id = $1::uuid")
            .bind(applied["organizationId"].as_str().expect("an id").parse::<Uuid>().unwrap())
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!(slug, "acme-cloud-2");

        // One of its own old ones may be taken again; another change of the same kind does not loop.
        let asha = who(&ctx, ASHA).await;
        life::change_slug(&ctx, &asha, "acme-cloud").await.expect("its own");
        let back = town.visitor().open("/directory/acme").await;
        assert_eq!(back.location(), "/directory/acme-cloud");
        assert_eq!(town.visitor().open("/directory/acme-cloud").await.status, StatusCode::OK);

        // Two who want the same at once: one gets it.
        let other = town.ctx();
        let (a, b) = tokio::join!(life::change_slug(&ctx, &asha, "northwind"), life::change_slug(&other, &tomas, "northwind"));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|won| **won).count(), 1, "{a:?} {b:?}");
    })
    .await;
}

#[tokio::test]
async fn a_new_website_is_a_proposal_until_staff_approve_it() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (acme, lumen) = (organization(town, "acme-cloud").await, organization(town, "lumen-data").await);
        let (asha, tomas) = (who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        let (sara, _) = two_of_the_staff(town).await;
        let move_to = async |who: &Actor, website: &str| -> OrganizationView {
            let mut input = service::profile(&ctx, who).await.expect("its own").input;
            input.website = website.into();
            service::edit_profile(&ctx, who, &input, LogoChange::Keep).await.expect("proposed")
        };
        let old = service::get(&ctx, None, acme).await.expect("public").website;

        // Proposed, the old one keeps its standing; strangers see nothing of it.
        let view = move_to(&asha, "https://apex.example/acme").await;
        assert_eq!((view.website.as_str(), view.proposed_website.as_deref()), (old.as_str(), Some("https://apex.example/acme")));
        assert_eq!(view.verification_status, VerificationStatus::Verified);
        assert_eq!(service::get(&ctx, None, acme).await.expect("public").proposed_website, None);
        town.drain().await;
        let review = service::review(&ctx, &sara, acme).await.expect("staff see it");
        let proposal = review.proposal.expect("it waits");
        assert_eq!(proposal.identity_key, "apex.example");
        // Whoever decides by the API reads there what to name; the organization's own people read it too, strangers do not.
        for (who, id) in [(Some(&sara), Some(proposal.id)), (Some(&asha), Some(proposal.id)), (Some(&tomas), None), (None, None)]
        {
            assert_eq!(service::get(&ctx, who, acme).await.expect("it is listed").proposed_website_id, id);
        }
        let found = proposal.checks.iter().find(|check| check.title == "Website can be found").expect("it was checked");
        assert_eq!(found.result, CheckResult::Pass);
        assert_eq!(life::waiting(&ctx, &sara).await.expect("the desk").proposals.len(), 1);

        // Withdrawn, nothing waits.
        life::withdraw_website(&ctx, &asha).await.expect("withdrawn");
        assert_eq!(code(life::withdraw_website(&ctx, &asha).await), "NOTHING_PROPOSED");
        assert_eq!(
            code(life::answer_website(&ctx, &sara, acme, answer(proposal.id, "approve").parse().unwrap()).await),
            "NOTHING_PROPOSED"
        );

        // Two want the same website, both are approved at once: one owns it, the other is told who.
        move_to(&asha, "https://apex.example").await;
        move_to(&tomas, "https://www.apex.example/data").await;
        let id_of = async |id| service::review(&ctx, &sara, id).await.expect("staff see it").proposal.expect("it waits").id;
        let (first, second) = (id_of(acme).await, id_of(lumen).await);
        let other = town.ctx();
        let (a, b) = tokio::join!(
            life::answer_website(&ctx, &sara, acme, answer(first, "approve").parse().unwrap()),
            life::answer_website(&other, &sara, lumen, answer(second, "approve").parse().unwrap()),
        );
        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("exactly one may win: {other:?}"),
        };
        assert_eq!(lost.code(), "DOMAIN_TAKEN");
        assert!(lost.message().contains(&won.display_name), "{}", lost.message());
        assert_eq!((won.proposed_website, won.verification_status), (None, VerificationStatus::Verified));
        assert!(won.website.contains("apex.example"));

        // The other is refused, told why, and keeps what it has.
        let (loser, who, id) = if won.id == acme { (lumen, TOMAS, second) } else { (acme, ASHA, first) };
        let kept = life::answer_website(&ctx, &sara, loser, answer(id, "refuse").parse().unwrap()).await.expect("refused");
        assert_eq!(kept.verification_status, VerificationStatus::Verified);
        town.drain().await;
        let told = town.post.letters().into_iter().rev().find(|letter| letter.to == who.email).expect("a letter");
        assert!(
            told.subject.contains("keeps its website") && told.text.contains("Seen in the company register."),
            "{}",
            told.text
        );
    })
    .await;
}

// ── Added and claimed ───────────────────────────────────────────────────────────────────────────────────────────────

fn northwind() -> AddInput {
    AddInput {
        display_name: "Northwind Labs".into(),
        website: "https://northwind.example".into(),
        entity_type: "Sponsor".into(),
        industry: "Security".into(),
        short_description: "They audit what students ship.".into(),
        contact_email: "hello@northwind.example".into(),
        confirm: false,
    }
}

#[tokio::test]
async fn a_community_adds_what_is_not_here_once() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, mei) = (who(&ctx, RAVI).await, who(&ctx, MEI).await);
        assert_eq!(code(claims::add(&ctx, &who(&ctx, ASHA).await, &northwind()).await), "FORBIDDEN");

        // Its own website, and a mailbox there.
        for (website, email, field) in [
            ("https://github.com/northwind", "hello@northwind.example", "website"),
            ("https://northwind.example", "hello@gmail.com", "contactEmail"),
            ("https://northwind.example", "hello@notnorthwind.example", "contactEmail"),
        ] {
            let input = AddInput { website: website.into(), contact_email: email.into(), ..northwind() };
            let commdesk::kernel::error::AppError::Invalid(errors) = claims::add(&ctx, &ravi, &input).await.expect_err("unfit")
            else {
                panic!("beside the field")
            };
            assert!(errors.get(field).is_some(), "{field} in {errors:?}");
        }

        // Already here, under any spelling; similar names are named, and may be confirmed.
        let again =
            AddInput { website: "HTTP://WWW.Acme.example:80/x".into(), contact_email: "a@acme.example".into(), ..northwind() };
        let refused = claims::add(&ctx, &ravi, &again).await.expect_err("Acme's");
        assert_eq!(refused.code(), "ALREADY_HERE");
        assert!(refused.message().contains("/directory/acme-cloud"), "{}", refused.message());
        let pending =
            AddInput { website: "https://globex.example".into(), contact_email: "a@globex.example".into(), ..northwind() };
        assert_eq!(code(claims::add(&ctx, &ravi, &pending).await), "APPLICATION_WAITS");
        let alike = AddInput { display_name: "Acme C1oud Ltd.".into(), ..northwind() };
        let refused = claims::add(&ctx, &ravi, &alike).await.expect_err("alike");
        assert_eq!(refused.status(), 422);
        assert!(refused.message().contains("Acme Cloud"), "{}", refused.message());

        // Two communities at once: one profile.
        let other = town.ctx();
        let input = northwind();
        let (a, b) = tokio::join!(claims::add(&ctx, &ravi, &input), claims::add(&other, &mei, &input));
        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("exactly one may win: {other:?}"),
        };
        assert_eq!(lost.code(), "ALREADY_HERE");
        assert_eq!((won.verification_status, won.slug.as_str()), (VerificationStatus::CommunityAdded, "northwind-labs"));
        assert!(won.can.request && won.can.invite && won.budget_range.is_none());
        let page = town.visitor().open("/directory/northwind-labs").await;
        assert!(page.text.contains("Is this yours? Claim it") && !page.text.contains("hello@northwind.example"));

        // The form, without scripts, keeps what was typed.
        let mut browser = signed_in(town, RAVI).await;
        let fields = [
            ("displayName", "Acme Clouds"),
            ("website", "https://clouds.example"),
            ("entityType", "Partner"),
            ("industry", "Security"),
            ("contactEmail", "a@clouds.example"),
        ];
        let refused = browser.submit("/directory/add", "add", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("These look alike") && refused.text.contains("https://clouds.example"), "{}", refused.text);
        let sure = [&fields[..], &[("confirm", "true")]].concat();
        let added = browser.submit("/directory/add", "add", &sure).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
        assert!(browser.open(added.location()).await.text.contains("It stands in the directory"));
    })
    .await;
}

async fn ask_for_support(town: &Town, ctx: &Ctx, ravi: &Actor, id: OrganizationId) -> commdesk::kernel::ids::RequestId {
    let event: Uuid =
        sqlx::query_scalar("select id from events where title like 'HackFest%'").fetch_one(&town.owner).await.unwrap();
    let input = serde_json::from_value(json!({
        "organizationId": id.to_string(), "eventId": event.to_string(), "amount": 20000, "currency": "INR",
        "category": "Bronze Sponsor", "message": "Would you judge the security track?",
    }))
    .expect("as on the wire");
    let request = requests::send(ctx, ravi, &input).await.expect("it is kept");
    town.drain().await;
    request
}

#[tokio::test]
async fn a_request_waits_until_its_people_have_claimed_the_profile() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        town.drain().await;
        assert!(town.post.letters().iter().all(|letter| letter.to != "hello@northwind.example"), "nothing before a request");
        let request = ask_for_support(town, &ctx, &ravi, id).await;
        let state = async || requests::get(&ctx, &ravi, request).await.expect("theirs").state;
        assert_eq!(state().await, RequestState::Pending);

        // The mailbox that was named is invited, once, however many requests come.
        let invitations =
            || town.post.letters().into_iter().filter(|letter| letter.to == "hello@northwind.example").collect::<Vec<_>>();
        assert_eq!(invitations().len(), 1);
        assert!(invitations()[0].text.contains("Apex Circle"), "{}", invitations()[0].text);
        let community = ravi.community().expect("Apex Circle");
        claims::invite_for_request(&ctx, id, community).await.expect("said again");
        town.drain().await;
        assert_eq!(invitations().len(), 1);

        // A claim that is not proven is not approved; whoever is not at the domain proves nothing.
        let review = service::review(&ctx, &sara, id).await.expect("staff see it");
        let claim = review.claims[0].id;
        assert_eq!(review.claims[0].state, ClaimState::Asked);
        assert_eq!(code(claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()).await), "CLAIM_NOT_PROVEN");
        let voice = || Voice::Visitor { user: None };
        let by = OrganizationRef::Slug("northwind-labs".into());
        assert_eq!(claims::ask(&ctx, voice(), &by, "mallory@globex.example").await.expect_err("elsewhere").status(), 422);
        assert_eq!(code(service::decide(&ctx, &sara, id, decision("verify")).await), "NOT_WAITING");

        // The link is followed: proven. The profile stays as it is until staff approve.
        let token = mailed_link(town, "hello@northwind.example").await;
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let waiting = life::waiting(&ctx, &sara).await.expect("the desk").claims;
        assert_eq!(waiting.iter().map(|claim| (claim.id, claim.state)).collect::<Vec<_>>(), [(claim, ClaimState::Proven)]);
        assert_eq!(service::get(&ctx, None, id).await.expect("public").verification_status, VerificationStatus::CommunityAdded);
        assert_eq!(state().await, RequestState::Pending);

        // A second claim of a colleague's, proven too; both are approved at once: one admin, the other is refused.
        claims::ask(&ctx, voice(), &by, "boss@northwind.example").await.expect("asked");
        let token = mailed_link(town, "boss@northwind.example").await;
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let boss =
            life::waiting(&ctx, &sara).await.expect("the desk").claims.into_iter().find(|c| c.id != claim).expect("two").id;

        // On the page each has a form of its own: what is wrong with one answer is said there, and not at the other.
        town.house.clock.shift(60);
        let mut at_the_desk = at_work(town, SARA).await;
        let there = format!("/staff/organizations/{id}");
        let page = at_the_desk.open(&there).await.text;
        for one in [claim, boss] {
            assert_eq!(page.matches(&format!("id=\"claim-reason-{one}\"")).count(), 1, "{page}");
        }
        let (boss_id, no_reason) = (boss.to_string(), ("reason", ""));
        let refused = at_the_desk.submit(&there, "claim", &[("id", &boss_id), ("decision", "refuse"), no_reason]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let said = |one: Uuid| refused.text.contains(&format!("id=\"claim-problems-{one}\""));
        assert!(said(boss) && !said(claim), "{}", refused.text);
        let other = town.ctx();
        let (a, b) = tokio::join!(
            claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()),
            claims::answer(&other, &sara, id, answer(boss, "approve").parse().unwrap()),
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|won| **won).count(), 1, "{a:?} {b:?}");
        let (members, refused): (i64, i64) = sqlx::query_as(
            "select (select count(*) from organization_members where organization_id = $1),
                    (select count(*) from organization_claims where organization_id = $1 and state = 'Refused')",
        )
        .bind(id.0)
        .fetch_one(&town.owner)
        .await
        .unwrap();
        assert_eq!((members, refused), (1, 1));
        town.drain().await;

        // Verified, its admin reads the request that waited.
        assert_eq!(service::get(&ctx, None, id).await.expect("public").verification_status, VerificationStatus::Verified);
        let email = if a.is_ok() { "hello@northwind.example" } else { "boss@northwind.example" };
        let signed_in = accounts::sign_in(&ctx, email, people::PASSWORD, "test").await.expect("the password is right");
        let person = accounts::person_by_token(&ctx, &signed_in.token).await.expect("a session").expect("somebody");
        let admin = person.actor(None).expect("their seat");
        assert_eq!(admin.organization(), Some(id));
        assert!(requests::get(&ctx, &admin, request).await.expect("theirs now").your_turn);
        assert_eq!(code(claims::ask(&ctx, voice(), &by, "third@northwind.example").await), "NOT_CLAIMABLE");
    })
    .await;
}

#[tokio::test]
async fn staff_decide_on_claims_by_the_api() {
    sequel(async |town| {
        let ctx = town.ctx();
        let id = claims::add(&ctx, &who(&ctx, RAVI).await, &northwind()).await.expect("added").id;
        let mut ids = Vec::new();
        for email in ["cto@northwind.example", "boss@northwind.example", "pr@northwind.example"] {
            claims::ask(&ctx, Voice::Visitor { user: None }, &OrganizationRef::Id(id), email).await.expect("asked");
            // The last one does not follow the link.
            if !email.starts_with("pr") {
                let link = mailed_link(town, email).await;
                accounts::use_link(&ctx, &link, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
            }
            town.drain().await;
            let claim: Uuid = sqlx::query_scalar("select id from organization_claims where organization_id = $1 and email = $2")
                .bind(id.0)
                .bind(email)
                .fetch_one(&town.owner)
                .await
                .expect("their claim");
            ids.push(claim);
        }
        let (cto, boss, pr) = (ids[0], ids[1], ids[2]);
        // As one that staff brought in from a list, which no community has added.
        sqlx::query("update organizations set added_by_community = null where id = $1")
            .bind(id.0)
            .execute(&town.owner)
            .await
            .expect("nobody's");
        let at = format!("/sponsors/{id}/claims/decision");
        let words =
            |claim: Uuid, decision: &str, reason: &str| Some(json!({"id": claim, "decision": decision, "reason": reason}));
        let seen = "Seen in the company register.";

        // Nobody decides but staff who gave their second factor.
        town.house.clock.shift(60);
        let half = town.visitor().api(Method::POST, &at, words(cto, "approve", seen)).await;
        assert_eq!(half.status, StatusCode::UNAUTHORIZED, "{}", half.text);
        for figure in [RAVI, ASHA, SARA] {
            let refused = signed_in(town, figure).await.api(Method::POST, &at, words(cto, "approve", seen)).await;
            assert!(matches!(refused.status.as_u16(), 401 | 403), "{}: {} {}", figure.email, refused.status, refused.text);
        }
        let mut desk = at_work(town, SARA).await;

        // Staff read which claims wait; nobody else does.
        let there = format!("/sponsors/{id}");
        let waiting = desk.api(Method::GET, &there, None).await.data()["openClaims"].clone();
        for (claim, email, state) in [
            (cto, "cto@northwind.example", "Proven"),
            (boss, "boss@northwind.example", "Proven"),
            (pr, "pr@northwind.example", "Asked"),
        ] {
            let one = waiting.as_array().expect("claims").iter().find(|one| one["id"] == json!(claim)).expect("it waits");
            let proven = state == "Proven";
            assert_eq!((&one["email"], &one["state"], &one["method"]), (&json!(email), &json!(state), &json!("mailbox")));
            assert_eq!((one["askedAt"].is_string(), one["provenAt"].is_string()), (true, proven));
        }
        assert_eq!(waiting.as_array().map(Vec::len), Some(3));
        let page = desk.open(&format!("/staff/organizations/{id}")).await.text;
        assert!(page.contains(&cto.to_string()), "the page decides on the same ones");
        let mut others = vec![town.visitor()];
        for figure in [RAVI, ASHA, SARA] {
            others.push(signed_in(town, figure).await);
        }
        for mut other in others {
            let read = other.api(Method::GET, &there, None).await;
            assert_eq!((read.status, &read.data()["slug"]), (StatusCode::OK, &json!("northwind-labs")));
            assert!(!read.text.contains("openClaims") && !read.text.contains(&cto.to_string()), "{}", read.text);
        }
        for (claim, decision, reason, status) in [
            (Uuid::nil(), "approve", seen, 404),
            (cto, "approve", "", 422),
            (cto, "perhaps", seen, 422),
            // It is not proven.
            (pr, "approve", seen, 409),
        ] {
            let refused = desk.api(Method::POST, &at, words(claim, decision, reason)).await;
            assert_eq!(refused.status, status, "{decision}: {}", refused.text);
        }
        let refused = desk.api(Method::POST, &at, words(cto, "refuse", seen)).await;
        assert_eq!((refused.status, &refused.data()["verificationStatus"]), (StatusCode::OK, &json!("Community Added")));
        // Sent twice with one key, it is decided once; without the key, there is nothing left to decide.
        for _ in 0..2 {
            let approved = desk.api_with(Method::POST, &at, words(boss, "approve", seen), &[("idempotency-key", "one")]).await;
            assert_eq!(approved.status, StatusCode::OK, "{}", approved.text);
            assert_eq!(approved.data()["verificationStatus"], "Verified");
            assert!(!approved.text.contains("openClaims"), "with the one, the others are decided: {}", approved.text);
        }
        assert_eq!(desk.api(Method::POST, &at, words(boss, "approve", seen)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(seats(town, id).await, [("boss@northwind.example".to_owned(), "Sponsor Admin".to_owned())]);
        let states: Vec<String> =
            sqlx::query_scalar("select state from organization_claims where organization_id = $1 order by email")
                .bind(id.0)
                .fetch_all(&town.owner)
                .await
                .expect("three claims");
        assert_eq!(states, ["Approved", "Refused", "Refused"]);
        let facts: i64 =
            sqlx::query_scalar("select count(*) from facts where name like 'organization_claim_%' and subject_id = $1")
                .bind(id.0)
                .fetch_one(&town.owner)
                .await
                .expect("facts");
        assert_eq!(facts, 3 + 2 + 3, "asked, proven, decided");
    })
    .await;
}

#[tokio::test]
async fn a_claim_goes_through_pages_without_scripts() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        claims::add(&ctx, &ravi, &northwind()).await.expect("added");
        let mut visitor = town.visitor();
        let page = visitor.open("/claim/northwind-labs").await;
        assert!(page.text.contains("Claim Northwind Labs") && page.text.contains("Sign in first"), "{}", page.text);
        let wrong = visitor.submit("/claim/northwind-labs", "mailbox", &[("email", "me@gmail.com")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Enter a mailbox at northwind.example"), "{}", wrong.text);
        let sent = visitor.submit("/claim/northwind-labs", "mailbox", &[("email", "cto@northwind.example")]).await;
        assert_eq!(sent.location(), "/claim/northwind-labs?sent=yes");
        let token = mailed_link(town, "cto@northwind.example").await;

        // Whoever comes by that link has no workspace yet, and is not sent to the doors of newcomers: neither before the proof
        // has counted nor after.
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        let session = accounts::sign_in(&ctx, "cto@northwind.example", people::PASSWORD, "test").await.expect("signed in");
        let mut cto = town.visitor().with_session(&session.token);
        let home = cto.open("/dashboard").await.text;
        assert!(home.contains("You claim Northwind Labs") && !home.contains("You have no workspace yet"), "{home}");
        town.drain().await;
        let home = cto.open("/dashboard").await.text;
        assert!(home.contains("Your claim of Northwind Labs waits for our staff"), "{home}");
        assert!(home.contains("/claim/northwind-labs") && !home.contains("You have no workspace yet"), "{home}");
        // A claim that nobody has proven is no news to somebody who works here already.
        let tomas = people::sign_in(&ctx, TOMAS).await.expect("signed in");
        let by = OrganizationRef::Slug("northwind-labs".into());
        claims::ask_proof(&ctx, &tomas, &by).await.expect("a text");
        let home = signed_in(town, TOMAS).await.open("/dashboard").await.text;
        assert!(home.contains("Lumen Data") && !home.contains("You claim"), "{home}");

        // A mailbox by the community's own hand; twice in a week is once.
        let mut browser = signed_in(town, RAVI).await;
        for _ in 0..2 {
            let invited = browser.submit("/directory/northwind-labs", "invite", &[("email", "pr@northwind.example")]).await;
            assert_eq!(invited.status, StatusCode::SEE_OTHER, "{}", invited.text);
        }
        town.drain().await;
        assert_eq!(town.post.letters().iter().filter(|letter| letter.to == "pr@northwind.example").count(), 1);

        // Acme has people of its own.
        let page = visitor.open("/claim/acme-cloud").await;
        assert!(page.text.contains("It has people of its own here"));
        let refused = visitor.submit("/claim/acme-cloud", "mailbox", &[("email", "me@acme.example")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let (pending, unknown) = (visitor.open("/claim/globex").await, visitor.open("/claim/nobody-here").await);
        assert_eq!((pending.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    })
    .await;
}

// ── A text in the DNS ───────────────────────────────────────────────────────────────────────────────────────────────

/// The same house on a network that shows these texts.
fn with_names(town: &Town, names: Fixed) -> Ctx {
    let names = Arc::new(names);
    let house = House { lookups: names.clone(), reach: names, ..town.house.at_another_time(0) };
    Ctx::background(&Arc::new(house), "test")
}

#[tokio::test]
async fn a_text_in_the_dns_proves_a_claim_and_raises_the_trust_in_an_applicant() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        let by = OrganizationRef::Id(id);

        // Tomás, who is signed in, publishes what he was given; asked again, it is the same.
        let tomas = people::sign_in(&ctx, TOMAS).await.expect("signed in");
        assert_eq!(code(claims::check_proof(&ctx, &tomas, &by).await), "NOT_FOUND");
        let proof = claims::ask_proof(&ctx, &tomas, &by).await.expect("a text");
        assert_eq!(proof, claims::ask_proof(&ctx, &tomas, &by).await.expect("the same"));
        assert!(proof.text.starts_with("commdesk-verify=") && proof.domain == "northwind.example", "{proof:?}");
        assert_eq!(code(claims::check_proof(&ctx, &tomas, &by).await), "PROOF_NOT_FOUND");
        let foreign = with_names(town, Fixed::new().text("northwind.example", "commdesk-verify=something-else"));
        assert_eq!(code(claims::check_proof(&foreign, &tomas, &by).await), "PROOF_NOT_FOUND");
        let shown =
            with_names(town, Fixed::new().text("northwind.example", "v=spf1 -all").text("northwind.example", &proof.text));
        assert!(claims::check_proof(&shown, &tomas, &by).await.expect("it is there").proven);
        assert!(claims::check_proof(&shown, &tomas, &by).await.expect("said again").proven);
        let waiting = life::waiting(&ctx, &sara).await.expect("the desk").claims;
        assert_eq!((waiting.len(), waiting[0].method_label.as_str()), (1, "by the domain's DNS"));
        // Refused, it is claimed again by another text, which is proven anew.
        claims::answer(&ctx, &sara, id, answer(waiting[0].id, "refuse").parse().unwrap()).await.expect("refused");
        let mut browser = signed_in(town, TOMAS).await;
        assert!(browser.open("/claim/northwind-labs").await.text.contains("Get the text"), "a way on");
        let again = claims::ask_proof(&ctx, &tomas, &by).await.expect("another text");
        assert!(!again.proven && again.text != proof.text, "{again:?}");
        let shown = with_names(town, Fixed::new().text("northwind.example", &again.text));
        assert!(claims::check_proof(&shown, &tomas, &by).await.expect("it is there").proven);
        let waiting = life::waiting(&ctx, &sara).await.expect("the desk").claims;
        assert_eq!(waiting.len(), 1);
        assert_eq!(service::get(&ctx, None, id).await.expect("public").verification_status, VerificationStatus::CommunityAdded);
        let view = claims::answer(&ctx, &sara, id, answer(waiting[0].id, "approve").parse().unwrap()).await.expect("approved");
        assert_eq!((view.verification_status, view.active), (VerificationStatus::Verified, true));
        assert_eq!(code(claims::ask_proof(&ctx, &tomas, &OrganizationRef::Slug("acme-cloud".into())).await), "NOT_CLAIMABLE");

        // Mallory's company applies: the same proof raises its score, with the reason.
        let globex = organization(town, "globex").await;
        let before = service::review(&ctx, &sara, globex).await.expect("staff see it").trust;
        let mallory = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        let by = OrganizationRef::Id(globex);
        let proof = claims::ask_proof(&ctx, &mallory, &by).await.expect("a text");
        let names = Fixed::new().company("globex.example").text("globex.example", &format!("\"{}\"", proof.text));
        assert!(claims::check_proof(&with_names(town, names), &mallory, &by).await.expect("it is there").proven);
        town.drain().await;
        let after = service::review(&ctx, &sara, globex).await.expect("staff see it");
        assert!(after.trust.score > before.score, "{} then {}", before.score, after.trust.score);
        let reason = after.trust.reasons.iter().find(|reason| reason.title == "Domain proven by its DNS").expect("the reason");
        assert_eq!((reason.points.as_str(), reason.result), ("15", CheckResult::Pass));
        assert_eq!(after.organization.trust_score, Some(after.trust.score));

        // On the page, for its admin only.
        let mut browser = signed_in(town, MALLORY).await;
        let page = browser.open("/organization/domain").await;
        assert!(page.text.contains(&proof.text) && page.text.contains("Proven"), "{}", page.text);
    })
    .await;
}

/// A seat as it was taken before a claim decided who gets one.
async fn seat_from_before(town: &Town, id: OrganizationId, email: &str) {
    sqlx::query(
        "insert into organization_members (id, organization_id, user_id, role, created_at)
         select gen_random_uuid(), $1, id, 'Sponsor Admin', now() from users where email = $2",
    )
    .bind(id.0)
    .bind(email)
    .execute(&town.owner)
    .await
    .expect("a seat");
}

#[tokio::test]
async fn an_unclaimed_profile_is_claimed_and_not_joined() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;

        // "Ask to join" leads to the claim: no mailbox seats anybody.
        let person = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        let input = JoinInput {
            organization_id: "northwind-labs".into(),
            message: "I run it.".into(),
            mailbox: "office@northwind.example".into(),
        };
        assert_eq!(code(joins::ask(&ctx, &person, &input).await), "CLAIM_IT");
        let mut mallory = signed_in(town, MALLORY).await;
        let profile = mallory.open("/directory/northwind-labs").await.text;
        assert!(profile.contains("/claim/northwind-labs") && !profile.contains("/directory/northwind-labs/join"), "{profile}");
        let page = mallory.open("/directory/northwind-labs/join").await.text;
        assert!(page.contains("/claim/northwind-labs") && !page.contains("A mailbox at"), "{page}");
        let refused = mallory.submit("/directory/northwind-labs/join", "ask", &[("mailbox", "a@northwind.example")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        // Nor does a mail that was sent when it still did.
        let token = secrets::token();
        sqlx::query(
            "insert into join_requests (id, organization_id, user_id, decider_email, token_hash, created_at, expires_at)
             values (gen_random_uuid(), $1, $2, 'office@northwind.example', $3, now(), now() + interval '7 days')",
        )
        .bind(id.0)
        .bind(person.user.0)
        .bind(secrets::hash_token(&token).to_vec())
        .execute(&town.owner)
        .await
        .expect("a wish from before");
        let admin = JoinDecision::Accept(OrganizationRole::SponsorAdmin);
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &token, &admin).await), "CLAIM_IT");

        // A seat from before opens nothing, and hears of nothing.
        seat_from_before(town, id, MALLORY.email).await;
        let person = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        assert!(person.actor(Some("organization:northwind-labs")).is_err(), "nobody acts for it");
        ask_for_support(town, &ctx, &ravi, id).await;
        let about = |to: &str| {
            let letters = town.post.letters().into_iter().filter(|letter| letter.to == to);
            letters.map(|letter| letter.subject).filter(|subject| subject.contains("Northwind")).collect::<Vec<_>>()
        };
        assert_eq!(about(MALLORY.email), [""; 0]);
        assert!(mallory.open("/claim/northwind-labs").await.text.contains("By a mailbox"), "like anybody they may claim it");

        // When staff approve somebody, that seat ends, and its holder is told.
        claims::ask(&ctx, Voice::Visitor { user: None }, &OrganizationRef::Id(id), "cto@northwind.example").await.expect("asked");
        let link = mailed_link(town, "cto@northwind.example").await;
        accounts::use_link(&ctx, &link, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let claim = life::waiting(&ctx, &sara).await.expect("the desk").claims[0].id;
        claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()).await.expect("approved");
        town.drain().await;
        let seats: Vec<String> = sqlx::query_scalar(
            "select u.email from organization_members m join users u on u.id = m.user_id where m.organization_id = $1",
        )
        .bind(id.0)
        .fetch_all(&town.owner)
        .await
        .unwrap();
        assert_eq!(seats, ["cto@northwind.example"]);
        assert_eq!(about(MALLORY.email), ["Your seat in Northwind Labs has ended"]);
        let person = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        assert!(person.actor(Some("organization:northwind-labs")).is_err());
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &token, &admin).await), "ADMINS_DECIDE");
    })
    .await;
}

#[tokio::test]
async fn where_nobody_leads_a_checked_organization_its_domain_decides() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = organization(town, "lumen-data").await;
        let by = OrganizationRef::Id(lumen);
        let ravi = people::sign_in(&ctx, RAVI).await.expect("signed in");
        assert_eq!(code(claims::ask_proof(&ctx, &ravi, &by).await), "NOT_CLAIMABLE", "Tomás leads it");
        sqlx::query("delete from organization_members where organization_id = $1")
            .bind(lumen.0)
            .execute(&town.owner)
            .await
            .unwrap();
        let (sara, _) = two_of_the_staff(town).await;

        let mut browser = signed_in(town, RAVI).await;
        assert!(browser.open("/directory/lumen-data/join").await.text.contains("/claim/lumen-data#dns"));
        let page = browser.open("/claim/lumen-data").await.text;
        assert!(page.contains("Lead Lumen Data") && page.contains("Get the text") && !page.contains("By a mailbox"), "{page}");
        let proof = claims::ask_proof(&ctx, &ravi, &by).await.expect("a text");
        assert_eq!(proof.domain, "lumen.example");
        let shown = with_names(town, Fixed::new().text("lumen.example", &proof.text));
        assert!(claims::check_proof(&shown, &ravi, &by).await.expect("it is there").proven);
        let ravi = people::sign_in(&ctx, RAVI).await.expect("signed in");
        let seat = ravi.actor(Some("organization:lumen-data")).expect("a seat").acting.expect("it acts");
        assert!(seat.role_label().ends_with("Admin"), "{}", seat.role_label());
        assert!(browser.open("/claim/lumen-data").await.text.contains("You belong to Lumen Data"));
        // Staff hear of it, and read it in the organization's history.
        town.drain().await;
        let told: i64 =
            sqlx::query_scalar("select count(*) from notices where user_id = $1 and title = 'Lumen Data has a new admin'")
                .bind(sara.user().0)
                .fetch_one(&town.owner)
                .await
                .unwrap();
        assert_eq!(told, 1);
        // Somebody leads it again: no second person comes in that way, not even with the text that is there.
        let asha = people::sign_in(&ctx, ASHA).await.expect("signed in");
        assert_eq!(code(claims::ask_proof(&ctx, &asha, &by).await), "NOT_CLAIMABLE");
    })
    .await;
}

const LENA: Figure = Figure { name: "Lena Fischer", email: "lena@lumen.example", role: "" };
const NOOR: Figure = Figure { name: "Noor Aziz", email: "noor@lumen.example", role: "" };
const IDA: Figure = Figure { name: "Ida Moreau", email: "ida@lumen.example", role: "" };
const KAY: Figure = Figure { name: "Kay Brandt", email: "kay@lumen.example", role: "" };

/// Gives somebody a seat that leads nothing.
async fn colleague(town: &Town, id: OrganizationId, figure: Figure) {
    let user = people::activate(&town.ctx(), figure).await.expect("activated");
    sqlx::query(
        "insert into organization_members (id, organization_id, user_id, role, created_at)
         values (gen_random_uuid(), $1, $2, 'DevRel Manager', now())",
    )
    .bind(id.0)
    .bind(user.0)
    .execute(&town.owner)
    .await
    .expect("a seat");
}

async fn set_suspended(town: &Town, figure: Figure, suspended: bool) {
    sqlx::query("update users set suspended_at = case when $2 then now() end where email = $1")
        .bind(figure.email)
        .bind(suspended)
        .execute(&town.owner)
        .await
        .expect("the login is there");
}

/// The seats of an organization: whose, and as what.
async fn seats(town: &Town, id: OrganizationId) -> Vec<(String, String)> {
    sqlx::query_as(
        "select u.email, m.role from organization_members m join users u on u.id = m.user_id
         where m.organization_id = $1 order by u.email",
    )
    .bind(id.0)
    .fetch_all(&town.owner)
    .await
    .expect("seats")
}

async fn role_of(town: &Town, id: OrganizationId, figure: Figure) -> String {
    seats(town, id).await.into_iter().find(|(email, _)| email == figure.email).map(|(_, role)| role).unwrap_or_default()
}

#[tokio::test]
async fn its_own_people_may_lead_what_has_lost_its_last_admin() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = organization(town, "lumen-data").await;
        let by = OrganizationRef::Id(lumen);
        let (sara, _) = two_of_the_staff(town).await;
        let of = async |figure: Figure| people::sign_in(&ctx, figure).await.expect("signed in");
        for figure in [LENA, NOOR, KAY] {
            colleague(town, lumen, figure).await;
        }
        let (lena, noor, kay) = (of(LENA).await, of(NOOR).await, of(KAY).await);
        // While somebody leads it, they make others admins, and no proof does.
        assert_eq!(code(claims::ask_proof(&ctx, &lena, &by).await), "NOT_CLAIMABLE");
        let mut browser = signed_in(town, LENA).await;
        assert!(browser.open("/directory/lumen-data/join").await.text.contains("You belong to Lumen Data"));
        assert!(!browser.open("/dashboard").await.text.contains("/directory/lumen-data/join"));

        // Its only admin is suspended: the way is there, for its own people too.
        set_suspended(town, TOMAS, true).await;
        let dashboard = browser.open("/dashboard").await.text;
        assert!(dashboard.contains("Nobody leads Lumen Data any more") && dashboard.contains("/directory/lumen-data/join"));
        let page = browser.open("/directory/lumen-data/join").await.text;
        assert!(page.contains("Lead Lumen Data") && page.contains("/claim/lumen-data#dns"), "{page}");
        let page = browser.open("/claim/lumen-data").await.text;
        assert!(page.contains("Lead Lumen Data") && page.contains("Get the text"), "{page}");
        let mut texts = Vec::new();
        for person in [&lena, &noor, &kay] {
            texts.push(claims::ask_proof(&ctx, person, &by).await.expect("a text").text);
        }
        assert_eq!(code(claims::check_proof(&ctx, &lena, &by).await), "PROOF_NOT_FOUND");
        assert_eq!(role_of(town, lumen, LENA).await, "DevRel Manager");
        let shown = with_names(town, texts.iter().fold(Fixed::new(), |names, text| names.text("lumen.example", text)));

        // Whoever was suspended after they had signed in comes to lead nothing, with the right text in the right place.
        set_suspended(town, NOOR, true).await;
        claims::check_proof(&shown, &noor, &by).await.expect("the text is there");
        assert_eq!(role_of(town, lumen, NOOR).await, "DevRel Manager");
        set_suspended(town, NOOR, false).await;

        claims::check_proof(&shown, &lena, &by).await.expect("the text is there");
        assert_eq!(role_of(town, lumen, LENA).await, "Sponsor Admin");
        assert_eq!(seats(town, lumen).await.len(), 4, "the same seat, with another role");
        let stated: Value = sqlx::query_scalar(
            "select payload::jsonb from facts where name = 'organization_domain_proven' and payload::jsonb->>'role' = 'Sponsor Admin'",
        )
        .fetch_one(&town.owner)
        .await
        .expect("one fact");
        let tomas: Uuid = sqlx::query_scalar("select id from users where email = $1")
            .bind(TOMAS.email)
            .fetch_one(&town.owner)
            .await
            .expect("his login is there");
        assert_eq!((&stated["from"], &stated["people"]), (&json!("DevRel Manager"), &json!([tomas])), "{stated}");
        // The admin of before, the colleagues and staff hear of it.
        town.drain().await;
        for figure in [TOMAS, NOOR, KAY] {
            let told = town.post.letters().into_iter().filter(|letter| letter.to == figure.email);
            assert_eq!(told.filter(|letter| letter.subject == "Lumen Data has a new admin").count(), 1, "{}", figure.email);
        }
        let told: i64 =
            sqlx::query_scalar("select count(*) from notices where user_id = $1 and title = 'Lumen Data has a new admin'")
                .bind(sara.user().0)
                .fetch_one(&town.owner)
                .await
                .unwrap();
        assert_eq!(told, 1);

        // Kay's text is still in the DNS. Once they are taken out, it makes them nothing when nobody leads again.
        assert_eq!(code(claims::ask_proof(&ctx, &noor, &by).await), "NOT_CLAIMABLE", "Lena leads it");
        claims::check_proof(&shown, &kay, &by).await.expect("the text is there");
        assert_eq!(role_of(town, lumen, KAY).await, "DevRel Manager", "one came first");
        set_suspended(town, LENA, true).await;
        claims::ask_proof(&ctx, &kay, &by).await.expect("another text");
        set_suspended(town, LENA, false).await;
        let seat: Uuid =
            sqlx::query_scalar("select m.id from organization_members m join users u on u.id = m.user_id where u.email = $1")
                .bind(KAY.email)
                .fetch_one(&town.owner)
                .await
                .expect("a seat");
        let admin = of(LENA).await.actor(Some("organization:lumen-data")).expect("she leads it");
        members::take_out(&ctx, &admin, MemberId(seat)).await.expect("taken out");
        set_suspended(town, LENA, true).await;
        assert_eq!(code(claims::check_proof(&shown, &kay, &by).await), "NOT_FOUND");
        assert_eq!(role_of(town, lumen, KAY).await, "");

        // Two who publish theirs at once: the domain decides on one of them, and nobody is made admin beside them.
        colleague(town, lumen, IDA).await;
        let other = of(IDA).await;
        let (one, two) = (claims::ask_proof(&ctx, &noor, &by).await, claims::ask_proof(&ctx, &other, &by).await);
        let names = Fixed::new().text("lumen.example", &one.expect("a text").text);
        let shown = with_names(town, names.text("lumen.example", &two.expect("a text").text));
        let (a, b) = tokio::join!(claims::check_proof(&shown, &noor, &by), claims::check_proof(&shown, &other, &by));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        let lead = [role_of(town, lumen, NOOR).await, role_of(town, lumen, IDA).await];
        assert_eq!(lead.iter().filter(|role| *role == "Sponsor Admin").count(), 1, "{lead:?}");
    })
    .await;
}

#[tokio::test]
async fn a_request_waits_however_long_a_claim_takes() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        let request = ask_for_support(town, &ctx, &ravi, id).await;
        let first = requests::get(&ctx, &ravi, request).await.expect("theirs");
        assert_eq!(first.next_action.title, "Northwind Labs has nobody here yet");
        town.shift(20 * 86_400).await;
        let waits = requests::get(&ctx, &ravi, request).await.expect("theirs");
        assert_eq!(waits.state, RequestState::Pending, "nobody could answer it");
        assert!(waits.expires_at > first.expires_at && waits.can.withdraw);

        // Claimed and approved: its people hear which requests wait, and have time to answer.
        claims::ask(&ctx, Voice::Visitor { user: None }, &OrganizationRef::Id(id), "cto@northwind.example").await.expect("asked");
        let link = mailed_link(town, "cto@northwind.example").await;
        accounts::use_link(&ctx, &link, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let claim = life::waiting(&ctx, &sara).await.expect("the desk").claims[0].id;
        claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()).await.expect("approved");
        let approved = ctx.now();
        town.drain().await;
        let told = town.post.letters().into_iter().filter(|letter| letter.to == "cto@northwind.example");
        assert_eq!(told.filter(|letter| letter.text.contains(&format!("/requests/{request}"))).count(), 1);
        requests::deliver_waiting(&ctx, id, approved).await.expect("said again");
        let facts: i64 = sqlx::query_scalar("select count(*) from facts where name = 'request_delivered'")
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!(facts, 1);
        let signed_in = accounts::sign_in(&ctx, "cto@northwind.example", people::PASSWORD, "test").await.expect("in");
        let person = accounts::person_by_token(&ctx, &signed_in.token).await.expect("a session").expect("somebody");
        let admin = person.actor(None).expect("their seat");
        let view = requests::get(&ctx, &admin, request).await.expect("theirs now");
        assert!(view.your_turn && view.can.accept && view.expires_at > waits.expires_at, "{view:?}");
        // From now on its time runs as anybody's.
        town.shift(15 * 86_400).await;
        assert_eq!(requests::get(&ctx, &ravi, request).await.expect("theirs").state, RequestState::Expired);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_staff_hold_invites_nobody_before_they_deliver_it() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        let event: Uuid = sqlx::query_scalar("select id from events where title like 'HackFest%'").fetch_one(&town.owner).await.unwrap();
        let input = serde_json::from_value(json!({
            "organizationId": id.to_string(), "eventId": event.to_string(), "amount": 20000, "currency": "INR",
            "category": "Bronze Sponsor", "message": "See https://a.example https://b.example https://c.example and www.d.example",
        }))
        .expect("as on the wire");
        let request = requests::send(&ctx, &ravi, &input).await.expect("kept");
        town.drain().await;
        let invited = || town.post.letters().iter().filter(|letter| letter.to == "hello@northwind.example").count();
        assert_eq!(invited(), 0, "staff have not looked at it");
        inbox::judge(&ctx, &sara, request, Verdict::Release).await.expect("delivered");
        town.drain().await;
        assert_eq!(invited(), 1);
    })
    .await;
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn disabling_a_verified_one_takes_two_and_is_undone() {
    sequel(async |town| {
        let ctx = town.ctx();
        let acme = organization(town, "acme-cloud").await;
        let (sara, omar) = two_of_the_staff(town).await;
        let decide = async |who: &Actor, verdict: &str| service::decide(&ctx, who, acme, decision(verdict)).await;

        // The first proposes: nothing has changed for anybody, and the same person cannot confirm.
        decide(&sara, "disable").await.expect("proposed");
        assert!(service::get(&ctx, None, acme).await.is_ok(), "it is still there");
        assert_eq!(code(decide(&sara, "disable").await), "SECOND_PERSON_NEEDED");
        assert_eq!(life::waiting(&ctx, &omar).await.expect("the desk").disablings.len(), 1);
        // Kept by the other; then proposed again and confirmed by both at once: once.
        decide(&omar, "keep").await.expect("kept");
        assert_eq!(code(decide(&omar, "keep").await), "NOT_WAITING");
        decide(&omar, "disable").await.expect("proposed");
        let other = town.ctx();
        let (a, b) = tokio::join!(decide(&sara, "disable"), service::decide(&other, &sara, acme, decision("disable")));
        let codes: Vec<_> = [a, b].into_iter().map(|outcome| outcome.map_or_else(|error| error.code(), |_| "disabled")).collect();
        assert!(codes.contains(&"disabled") && codes.contains(&"NOT_WAITING"), "{codes:?}");
        assert_eq!(code(service::get(&ctx, None, acme).await), "NOT_FOUND");

        // Restored, it is what it was; and its people are told.
        assert_eq!(code(decide(&sara, "verify").await), "NOT_WAITING");
        decide(&sara, "restore").await.expect("restored");
        assert_eq!(service::get(&ctx, None, acme).await.expect("public").verification_status, VerificationStatus::Verified);
        town.drain().await;
        let told = town.post.letters().into_iter().rev().find(|letter| letter.to == ASHA.email).expect("a letter");
        assert!(told.subject.contains("is restored"), "{}", told.subject);

        // One that a community added goes by one hand, and comes back as what it was.
        let added = claims::add(&ctx, &who(&ctx, RAVI).await, &northwind()).await.expect("added").id;
        service::decide(&ctx, &sara, added, decision("disable")).await.expect("disabled");
        let back = service::decide(&ctx, &sara, added, decision("restore")).await.expect("restored");
        assert_eq!(back.verification_status, VerificationStatus::CommunityAdded);
    })
    .await;
}

#[tokio::test]
async fn staff_find_every_organization_by_clicks() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (acme, lumen) = (organization(town, "acme-cloud").await, organization(town, "lumen-data").await);
        town.house.clock.shift(60);
        let (sara, omar) = two_of_the_staff(town).await;
        for who in [&sara, &omar] {
            service::decide(&ctx, who, acme, decision("disable")).await.expect("one after the other");
        }
        town.house.clock.shift(60);
        let mut desk = at_work(town, SARA).await;
        // From the first page of the desk to the one that nobody else can see.
        let queue = desk.open("/staff/organizations").await.text;
        for part in ["verified", "added", "refused", "disabled", "all"] {
            assert!(queue.contains(&format!("/staff/organizations?part={part}")), "{part}");
        }
        let link = format!("/staff/organizations/{acme}");
        let disabled = desk.open("/staff/organizations?part=disabled").await.text;
        assert!(
            disabled.contains(&link) && disabled.contains("Showing 1 of 1") && !disabled.contains("Lumen Data"),
            "{disabled}"
        );
        let done = desk.submit(&link, "decide", &[("decision", "restore"), ("reason", "They showed us the register.")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(desk.open("/staff/organizations?part=verified").await.text.contains(&link));
        // By name, website or address.
        for words in ["ACME", "acme.example", ASHA.email] {
            let found = desk.open(&format!("/staff/organizations?part=all&q={}", words.replace('@', "%40"))).await.text;
            assert!(found.contains(&link) && !found.contains("Lumen Data"), "{words}: {found}");
        }
        assert!(desk.open("/staff/organizations?part=all&q=nobody%25").await.text.contains("Nothing here"));
        // One or two letters are those that a word of the name begins with, or the website.
        for (letters, is_found) in [("a", true), ("CL", true), ("cm", false), ("%25", false)] {
            let found = desk.open(&format!("/staff/organizations?part=all&q={letters}")).await.text;
            assert_eq!(found.contains(&link), is_found, "{letters}: {found}");
        }
        // From what everybody sees.
        assert!(desk.open("/directory/lumen-data").await.text.contains(&format!("/staff/organizations/{lumen}")));
        let apex: Uuid =
            sqlx::query_scalar("select id from communities where slug = 'apex-circle'").fetch_one(&town.owner).await.unwrap();
        assert!(desk.open("/communities/apex-circle").await.text.contains(&format!("/staff/communities/{apex}")));
        // A community's evidence is looked for again, too.
        let evidence = async || {
            let all = "select count(*) from checks where subject_kind = 'community' and subject_id = $1";
            sqlx::query_scalar::<_, i64>(all).bind(apex).fetch_one(&town.owner).await.unwrap()
        };
        let before = evidence().await;
        town.house.clock.shift(60);
        let asked = desk.submit(&format!("/staff/communities/{apex}"), "checks", &[]).await;
        assert!(desk.open(asked.location()).await.text.contains("The checks run again"), "{}", asked.text);
        town.drain().await;
        assert!(evidence().await > before, "the old run stands behind the new one");
        let mut asha = signed_in(town, ASHA).await;
        assert!(!asha.open("/directory/lumen-data").await.text.contains("/staff/"));
        assert!(!asha.open("/communities/apex-circle").await.text.contains("/staff/"));
        assert_eq!(
            code(service::registry(&ctx, &who(&ctx, ASHA).await, StaffPart::All, "", &PageRequest::default()).await),
            "FORBIDDEN"
        );

        // Page by page, each once.
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { cursor: cursor.take(), limit: 2, ..PageRequest::default() };
            let view = service::registry(&ctx, &sara, StaffPart::All, "", &page).await.expect("staff see it");
            seen.extend(view.items.iter().map(|row| row.id));
            match view.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        let all: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&town.owner).await.unwrap();
        let distinct: std::collections::BTreeSet<_> = seen.iter().map(ToString::to_string).collect();
        assert_eq!((seen.len(), distinct.len()), (usize::try_from(all).unwrap(), seen.len()));
    })
    .await;
}

#[tokio::test]
async fn staff_run_the_checks_again_and_see_what_waits() {
    sequel(async |town| {
        let ctx = town.ctx();
        let acme = organization(town, "acme-cloud").await;
        town.house.clock.shift(60);
        let (sara, _) = two_of_the_staff(town).await;
        let runs = async || service::review(&ctx, &sara, acme).await.expect("staff see it").earlier_checks.len();
        let before = runs().await;
        assert_eq!(code(life::ask_checks(&ctx, &who(&ctx, ASHA).await, acme).await), "FORBIDDEN");
        life::ask_checks(&ctx, &sara, acme).await.expect("asked");
        town.drain().await;
        assert!(runs().await > before, "the old run stands behind the new one");

        // At the desk, without scripts.
        let mut desk = at_work(town, SARA).await;
        assert!(desk.open("/staff/changes").await.text.contains("No change waits"));
        let asked = desk.submit(&format!("/staff/organizations/{acme}"), "checks", &[]).await;
        assert!(desk.open(asked.location()).await.text.contains("The checks run again"), "{}", asked.text);

        // A website and a claim wait; each has its answer on the organization's page.
        let asha = who(&ctx, ASHA).await;
        let mut input = service::profile(&ctx, &asha).await.expect("its own").input;
        input.website = "https://elsewhere.example".into();
        service::edit_profile(&ctx, &asha, &input, LogoChange::Keep).await.expect("proposed");
        let added = claims::add(&ctx, &who(&ctx, RAVI).await, &northwind()).await.expect("added").id;
        let by = OrganizationRef::Id(added);
        claims::ask(&ctx, Voice::Visitor { user: None }, &by, "cto@northwind.example").await.expect("asked");
        let token = mailed_link(town, "cto@northwind.example").await;
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let page = desk.open("/staff/changes").await;
        for shown in ["Changes that wait", "elsewhere.example", "cto@northwind.example claims", "Northwind Labs"] {
            assert!(page.text.contains(shown), "{shown}");
        }
        let page = desk.open(&format!("/staff/organizations/{acme}")).await;
        assert!(page.text.contains("Another website") && page.text.contains("Stands for"));
        let proposal = service::review(&ctx, &sara, acme).await.expect("staff see it").proposal.expect("it waits").id;
        let fields = [("id", proposal.to_string()), ("decision", "approve".into()), ("reason", "Seen.".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = desk.submit(&format!("/staff/organizations/{acme}"), "website", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(service::get(&ctx, None, acme).await.expect("public").website, "https://elsewhere.example/");
        let claim = service::review(&ctx, &sara, added).await.expect("staff see it").claims[0].id.to_string();
        let fields = [("id", claim.as_str()), ("decision", "refuse"), ("reason", "Not theirs.")];
        let done = desk.submit(&format!("/staff/organizations/{added}"), "claim", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        town.drain().await;
        let told = town.post.letters().into_iter().rev().find(|letter| letter.to == "cto@northwind.example").expect("a letter");
        assert!(told.text.contains("Not theirs."), "{}", told.text);
    })
    .await;
}
