//! Pictures through the upload door: hostile ones are refused or drawn anew.

use super::{LOGO, upload};
use crate::{
    common::signed_in,
    town::{Chosen, sequel},
};
use base64::Engine as _;
use commdesk::{platform::pictures::MAX_BYTES, seeds::people::ASHA};
use http::{Method, StatusCode};
use serde_json::json;
use std::io::Cursor;

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
