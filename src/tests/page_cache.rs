//! Kept pages: nobody's is never somebody's, they are as old as they may be, and their policy names their own scripts.

use crate::{
    counting::Counter,
    town::{Browser, Town, sequel, story},
};
use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder};
use axum::{Router, body::Body, extract::ConnectInfo};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use commdesk::{
    http::{page_cache::PageCache, site},
    seeds,
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};
use tokio::io::AsyncReadExt as _;
use tower::ServiceExt as _;

/// The town's doors, with pages that are kept for a second.
fn keeping(town: &Town) -> (Router, Arc<PageCache>) {
    let kept = PageCache::new(Arc::clone(&town.house), Duration::from_secs(1));
    (site::router_with(Arc::clone(&town.house), Arc::clone(&kept)), kept)
}

/// An answer with its bytes as they are sent.
pub async fn raw(router: &Router, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    asked(router, Method::GET, path, headers).await
}

async fn asked(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 1, 2, 3], 40_000))));
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, 16 * 1024 * 1024).await.unwrap();
    (parts.status, parts.headers, bytes.to_vec())
}

/// The public pages of the demo, one of each kind.
async fn public(town: &Town) -> Vec<String> {
    let opportunity: uuid::Uuid =
        sqlx::query_scalar("select id from opportunities where status = 'Open' order by created_at limit 1")
            .fetch_one(&town.owner)
            .await
            .unwrap();
    let mut paths: Vec<String> =
        ["/", "/directory", "/directory?q=cloud", "/directory/acme-cloud", "/opportunities", "/events"].map(str::to_owned).into();
    paths.extend(["/events/hackfest", "/communities", "/communities/apex-circle"].map(str::to_owned));
    paths.push(format!("/opportunities/{opportunity}"));
    paths
}

#[tokio::test]
async fn nobodys_page_is_never_somebodys() {
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        let (router, _) = keeping(town);
        let mut visitor = Browser::new(router.clone());
        let mut asha = Browser::new(router.clone());
        let form = [("email", "asha@acme.example"), ("password", seeds::people::PASSWORD)];
        assert_eq!(asha.submit("/sign-in", "sign_in", &form).await.status, 303);
        let marks = ["asha@acme.example", "organization:acme", "name=\"_key\"", "Sign out"];
        for path in public(town).await {
            // Her page first, so that it would be what is kept; then nobody's, kept; then hers again, which is no kept one.
            let hers = asha.open(&path).await;
            assert!(hers.text.contains("asha@acme.example") && !hers.headers.contains_key(header::ETAG), "{path}");
            assert_eq!(hers.headers[header::CACHE_CONTROL], "no-store", "{path}");
            let first = visitor.open(&path).await;
            counter.take();
            let second = visitor.open(&path).await;
            assert_eq!(counter.take(), Vec::<String>::new(), "{path} was kept");
            assert_eq!((first.status, first.text.as_str()), (StatusCode::OK, second.text.as_str()), "{path}");
            for mark in marks {
                assert!(!first.text.contains(mark), "{path} holds {mark}");
            }
            assert!(asha.open(&path).await.text.contains("asha@acme.example"), "{path}");
            // A session that is over is not looked behind either.
            let mut stale = Browser::new(router.clone());
            stale.set_cookie("commdesk", "over");
            assert!(!stale.open(&path).await.headers.contains_key(header::ETAG), "{path}");
        }
        // Another cookie of the reader's changes nothing on it; the theme is another page.
        let mut dark = Browser::new(router.clone());
        dark.set_cookie("draft", "somebody's");
        let light = dark.open("/").await;
        dark.set_cookie("theme", "dark");
        let night = dark.open("/").await;
        assert!(!light.text.contains("data-theme") && night.text.contains("data-theme=\"dark\""));
        assert_ne!(light.headers[header::ETAG], night.headers[header::ETAG]);
        assert!(!visitor.open("/").await.text.contains("data-theme"));
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_or_private_is_not_kept() {
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        let (router, kept) = keeping(town);
        let mut visitor = Browser::new(router);
        for path in ["/events/not-there", "/directory/not-there", "/opportunities/0190a000-0000-7000-8000-000000000000"] {
            visitor.open(path).await;
            counter.take();
            let again = visitor.open(path).await;
            assert_eq!(again.status, StatusCode::NOT_FOUND);
            assert!(!counter.take().is_empty(), "{path} was looked for again");
            assert_eq!(again.headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
        for path in ["/dashboard", "/sign-in", "/become-sponsor", "/join", "/api/v1/opportunities", "/nowhere"] {
            assert!(!visitor.open(path).await.headers.contains_key(header::ETAG), "{path}");
        }
        // What somebody else's links carry is one page; what no page knows is rendered, and not kept.
        let before = visitor.open("/events?q=hack").await;
        counter.take();
        let tagged = visitor.open("/events?utm_source=letter&q=hack&fbclid=1").await;
        assert_eq!((counter.take().len(), &tagged.text), (0, &before.text));
        let weight = kept.weight();
        for n in 0..40 {
            assert_eq!(visitor.open(&format!("/events?x{n}=y&q=hack")).await.status, StatusCode::OK);
        }
        assert_eq!(kept.weight(), weight, "unknown parameters take no room");
        let long = "a".repeat(600);
        visitor.open(&format!("/events?q={long}")).await;
        assert_eq!(kept.weight(), weight, "no room for what nobody types");
        for n in 0..10 {
            visitor.open(&format!("/events?q=word{n}")).await;
        }
        let (used, room) = kept.weight();
        assert!(used > weight.0 && used <= room, "{used} of {room}");
    })
    .await;
}

#[tokio::test]
async fn a_page_is_kept_for_a_second_of_the_house() {
    sequel(async |town| {
        let (router, _) = keeping(town);
        let mut visitor = Browser::new(router);
        let before = visitor.open("/events").await;
        // Not by the owner's own connection, which the lost database below would break.
        town.as_superuser("update events set title = 'Another name for it' where slug = 'hackfest'").await;
        assert_eq!(visitor.open("/events").await.text, before.text);
        town.house.clock.shift(2);
        let after = visitor.open("/events").await;
        assert!(after.text.contains("Another name for it") && !before.text.contains("Another name for it"));
        assert_ne!(before.headers[header::ETAG], after.headers[header::ETAG]);
        // A lost database is a refusal, and lasts no longer than it lasts.
        town.house.clock.shift(2);
        town.cut_off(true).await;
        assert_eq!(visitor.open("/events").await.status, StatusCode::SERVICE_UNAVAILABLE);
        town.cut_off(false).await;
        // Connections that broke are replaced as they are met.
        let mut again = StatusCode::SERVICE_UNAVAILABLE;
        for _ in 0..20 {
            town.house.clock.shift(2);
            again = visitor.open("/events").await.status;
            if again == StatusCode::OK {
                break;
            }
        }
        assert_eq!(again, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_kept_pages_policy_names_its_own_scripts() {
    sequel(async |town| {
        let (router, _) = keeping(town);
        let mut visitor = Browser::new(router);
        for path in public(town).await {
            let page = visitor.open(&path).await;
            assert!(page.headers.contains_key(header::ETAG), "{path} is kept");
            let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(!policy.contains("nonce-") && !policy.contains("unsafe-inline"), "{path}: {policy}");
            assert!(!page.text.contains("nonce=\""), "{path}");
            let named: BTreeSet<String> =
                policy.split(['\'', ' ', ';']).filter_map(|word| word.strip_prefix("sha256-")).map(str::to_owned).collect();
            let scripts: BTreeSet<String> = page
                .text
                .split("<script")
                .skip(1)
                .filter_map(|rest| rest.split_once('>'))
                // Data for search engines is no script: nothing runs it, and no policy asks for its hash.
                .filter(|(tag, _)| !tag.contains("application/ld+json"))
                .filter_map(|(_, rest)| rest.split_once("</script>"))
                .map(|(script, _)| STANDARD.encode(Sha256::digest(script)))
                .collect();
            assert!(!scripts.is_empty(), "{path} has scripts");
            assert_eq!(named, scripts, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_kept_page_is_sent_as_its_reader_takes_it() {
    sequel(async |town| {
        let (router, _) = keeping(town);
        let (_, headers, plain) = raw(&router, "/directory", &[]).await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
        assert_eq!(headers[header::CACHE_CONTROL], "private, no-cache");
        let vary: Vec<&str> = headers.get_all(header::VARY).iter().filter_map(|v| v.to_str().ok()).collect();
        let vary = vary.join(",").to_lowercase();
        assert!(vary.contains("cookie") && vary.contains("accept-encoding"), "{vary}");
        let tag = headers[header::ETAG].to_str().unwrap().to_owned();
        let (_, headers, br) = raw(&router, "/directory", &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(
            (&headers[header::CONTENT_ENCODING], headers[header::ETAG].to_str().unwrap()),
            (&"br".parse().unwrap(), &*tag)
        );
        let mut unpacked = Vec::new();
        BrotliDecoder::new(&br[..]).read_to_end(&mut unpacked).await.unwrap();
        assert_eq!(unpacked, plain);
        let (_, headers, gzip) = raw(&router, "/directory", &[("accept-encoding", "gzip")]).await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        let mut unpacked = Vec::new();
        GzipDecoder::new(&gzip[..]).read_to_end(&mut unpacked).await.unwrap();
        assert_eq!(unpacked, plain);
        assert!(br.len() * 3 < plain.len() && gzip.len() * 3 < plain.len(), "{} {} {}", br.len(), gzip.len(), plain.len());
        for seen in [tag.as_str(), tag.trim_start_matches("W/"), &format!("\"other\", {tag}"), "*"] {
            let (status, headers, body) = raw(&router, "/directory", &[("if-none-match", seen), ("accept-encoding", "br")]).await;
            assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{seen}");
            assert_eq!(headers[header::ETAG].to_str().unwrap(), tag);
            assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sha256-"));
        }
        let (status, ..) = raw(&router, "/directory", &[("if-none-match", "\"other\"")]).await;
        assert_eq!(status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn who_asks_for_the_head_of_a_page_is_told_what_the_page_says() {
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        let kept = PageCache::new(Arc::clone(&town.house), Duration::from_secs(600));
        let router = site::router_with(Arc::clone(&town.house), kept);
        // But for the request's own number.
        let said = |(status, mut headers, body): (StatusCode, HeaderMap, Vec<u8>)| {
            headers.remove("x-request-id");
            (status, headers, body)
        };
        for path in public(town).await {
            // The first one renders it, for whoever comes next.
            let (status, head, nothing) = said(asked(&router, Method::HEAD, &path, &[]).await);
            assert_eq!((status, nothing.len()), (StatusCode::OK, 0), "{path}");
            counter.take();
            for takes in ["identity", "br", "gzip"] {
                let wanted = [("accept-encoding", takes)];
                let (_, headers, nothing) = said(asked(&router, Method::HEAD, &path, &wanted).await);
                let (status, with_page, page) = said(raw(&router, &path, &wanted).await);
                assert_eq!((status, &headers, nothing.len()), (StatusCode::OK, &with_page, 0), "{path}, {takes}");
                assert!(!page.is_empty() && headers[header::ETAG] == head[header::ETAG], "{path}, {takes}");
            }
            let tag = head[header::ETAG].to_str().unwrap();
            let (status, ..) = asked(&router, Method::HEAD, &path, &[("if-none-match", tag)]).await;
            assert_eq!(status, StatusCode::NOT_MODIFIED, "{path}");
            assert_eq!(counter.take(), Vec::<String>::new(), "{path} was kept");
        }
        let (status, _, nothing) = asked(&router, Method::HEAD, "/events/not-there", &[]).await;
        assert_eq!((status, nothing.len()), (StatusCode::NOT_FOUND, 0));
    })
    .await;
}

#[tokio::test]
async fn a_crowd_is_one_rendering() {
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        let (router, _) = keeping(town);
        counter.take();
        raw(&router, "/opportunities", &[]).await;
        let one = counter.take().len();
        assert!(one > 0);
        town.house.clock.shift(2);
        let crowd = futures::future::join_all((0..30).map(|_| raw(&router, "/opportunities", &[]))).await;
        assert_eq!(counter.take().len(), one);
        assert!(crowd.iter().all(|(status, _, body)| *status == StatusCode::OK && body == &crowd[0].2));
        // What may not be kept makes nobody wait for the others, and everybody gets their answer.
        let crowd = futures::future::join_all((0..30).map(|_| raw(&router, "/events/not-there", &[]))).await;
        assert!(crowd.iter().all(|(status, ..)| *status == StatusCode::NOT_FOUND));
        // Somebody who gives up while they render leaves the place to the next.
        let given_up = tokio::time::timeout(Duration::from_millis(1), raw(&router, "/communities/apex-circle", &[])).await;
        drop(given_up);
        let (status, ..) =
            tokio::time::timeout(Duration::from_secs(20), raw(&router, "/communities/apex-circle", &[])).await.unwrap();
        assert_eq!(status, StatusCode::OK);
    })
    .await;
}

/// The addresses that an answer's `Link` names, each with the rest of what it says of it.
fn named(headers: &HeaderMap) -> Vec<(String, String)> {
    let links = headers.get(header::LINK).map(|value| value.to_str().unwrap()).unwrap_or_default();
    links
        .split(", ")
        .filter_map(|link| link.strip_prefix('<')?.split_once(">; "))
        .map(|(address, rest)| (address.to_owned(), rest.to_owned()))
        .collect()
}

#[tokio::test]
async fn what_a_page_needs_first_is_named_before_it() {
    sequel(async |town| {
        // A site as a build leaves it.
        let site_root = tempfile::tempdir().unwrap();
        let font = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/public/fonts/inter-latin.woff2")).unwrap();
        for (file, bytes) in [("pkg/commdesk.css", &b"body{margin:0}"[..]), ("fonts/inter-latin.woff2", &font[..])] {
            let file = site_root.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
        let mut house = town.second_instance();
        Arc::get_mut(&mut house).expect("nobody else has it").settings.site_root = site_root.path().to_owned();
        let kept = PageCache::new(Arc::clone(&house), Duration::from_secs(1));
        let router = site::router_with(house, kept);

        let mut paths = public(town).await;
        paths.extend(["/sign-in", "/nowhere", "/events/not-there"].map(str::to_owned));
        for path in &paths {
            let (_, headers, body) = raw(&router, path, &[]).await;
            let html = String::from_utf8(body).unwrap();
            let links = named(&headers);
            assert_eq!(links.len(), 2, "{path}: {links:?}");
            for (address, said) in &links {
                assert!(site_root.path().join(address.trim_start_matches('/')).is_file(), "{path} names {address}");
                let (status, answered, _) = raw(&router, address, &[]).await;
                assert_eq!(status, StatusCode::OK, "{address}");
                // The document asks for the same file in the same way, so it is fetched once.
                let mut tags = html.split("<link ").skip(1).filter_map(|rest| rest.split('>').next());
                let tag = tags.find(|tag| tag.contains(&format!("href=\"{address}\""))).expect("in the head, too");
                assert!(said.contains("rel=preload"), "{said}");
                if address.ends_with(".css") {
                    assert!(tag.contains("rel=\"stylesheet\"") && said.contains("as=style"), "{tag} {said}");
                    assert_eq!(answered[header::CONTENT_TYPE], "text/css");
                } else {
                    assert!(tag.contains("as=\"font\"") && said.contains("as=font"), "{tag} {said}");
                    assert!(tag.contains("crossorigin=\"anonymous\"") && said.contains("crossorigin=anonymous"), "{tag} {said}");
                    assert_eq!(answered[header::CONTENT_TYPE], "font/woff2");
                }
                assert!(!answered.contains_key(header::LINK), "a file needs no other");
            }
        }
        // A kept page says it like the first one, and so does the answer that nothing changed.
        let (_, first, _) = raw(&router, "/events", &[]).await;
        let (_, again, _) = raw(&router, "/events", &[("accept-encoding", "br")]).await;
        let tag = first[header::ETAG].to_str().unwrap();
        let (status, unchanged, _) = raw(&router, "/events", &[("if-none-match", tag)]).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED);
        assert_eq!(first[header::LINK], again[header::LINK]);
        assert_eq!(first[header::LINK], unchanged[header::LINK]);
        // No document, nothing to fetch first.
        for path in ["/api/v1/opportunities", "/robots.txt", "/healthz"] {
            assert!(!raw(&router, path, &[]).await.1.contains_key(header::LINK), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn files_are_kept_for_ever_by_name_and_sent_as_small_as_the_build_made_them() {
    story(async |town| {
        // A site as a release leaves it: each file three times. None of them is what a compressor of ours would make.
        let files = [
            ("pkg/commdesk.CCC.css", "text/css", true),
            ("pkg/commdesk.JJJ.js", "text/javascript", true),
            ("pkg/chunk_1.WWW.wasm", "application/wasm", true),
            ("fonts/inter-latin.woff2", "font/woff2", true),
            ("pkg/commdesk.css", "text/css", false),
            ("favicon.svg", "image/svg+xml", false),
        ];
        let whole = |file: &str| format!("the whole of {file} ").repeat(64);
        let site_root = tempfile::tempdir().unwrap();
        for (file, ..) in files {
            let at = site_root.path().join(file);
            std::fs::create_dir_all(at.parent().unwrap()).unwrap();
            std::fs::write(at, whole(file)).unwrap();
            for ending in ["br", "gz"] {
                std::fs::write(site_root.path().join(format!("{file}.{ending}")), format!("{file} as {ending}")).unwrap();
            }
        }
        let mut house = town.second_instance();
        Arc::get_mut(&mut house).expect("nobody else has it").settings.site_root = site_root.path().to_owned();
        let router = site::router(house);

        for (file, kind, for_ever) in files {
            let address = format!("/{file}");
            let life = if for_ever { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
            for (accepted, encoding, body) in [
                ("gzip, deflate, br, zstd", Some("br"), format!("{file} as br")),
                ("gzip", Some("gzip"), format!("{file} as gz")),
                ("identity", None, whole(file)),
            ] {
                let (status, headers, bytes) = raw(&router, &address, &[("accept-encoding", accepted)]).await;
                assert_eq!(status, StatusCode::OK, "{address}");
                let sent_as = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
                assert_eq!((sent_as, String::from_utf8(bytes).unwrap()), (encoding, body), "{address} for {accepted}");
                assert_eq!(headers[header::CACHE_CONTROL], life, "{address}");
                assert_eq!(headers[header::CONTENT_TYPE], kind, "{address}");
                assert_eq!(headers[header::VARY], "accept-encoding", "{address}: whoever keeps it keeps it apart");
                assert_eq!(headers["x-content-type-options"], "nosniff", "{address}");
            }
            // Asked whether it is still the same, the answer says once more how long it is kept.
            let (_, first, _) = raw(&router, &address, &[]).await;
            let since = first[header::LAST_MODIFIED].to_str().unwrap();
            let (status, unchanged, _) = raw(&router, &address, &[("if-modified-since", since)]).await;
            assert_eq!(status, StatusCode::NOT_MODIFIED, "{address}");
            assert_eq!(unchanged[header::CACHE_CONTROL], life, "{address}");
        }
        // What is not there (yet: a page of the next build may ask an instance of this one) is kept by nobody.
        for missing in ["/pkg/commdesk.NEXT.js", "/pkg/chunk_9.NEXT.wasm", "/fonts/nothing.woff2", "/pkg/"] {
            let (status, headers, _) = raw(&router, missing, &[("accept-encoding", "br")]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{missing}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{missing}");
        }
    })
    .await;
}
