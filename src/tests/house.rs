//! What holds for the house as a whole: ids, headers, errors, origins, probes.

use crate::town::story;
use axum::body::Body;
use http::{Method, StatusCode};

#[tokio::test]
async fn every_answer_carries_an_id_and_the_safe_headers() {
    story(async |town| {
        let mut visitor = town.visitor();
        for path in ["/", "/nowhere", "/api/v1/nowhere", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"] {
            let answer = visitor.open(path).await;
            for name in ["x-request-id", "x-content-type-options", "referrer-policy", "content-security-policy", "cache-control"]
            {
                assert!(answer.headers.contains_key(name), "{path} lacks {name}");
            }
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
            assert!(!answer.text.contains(" style=\""), "{path} has a style attribute");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_404_in_the_doors_own_language() {
    story(async |town| {
        let mut visitor = town.visitor();
        let page = visitor.open("/nowhere").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text.contains("There is nothing here"));
        let api = visitor.open("/api/v1/nowhere").await;
        assert_eq!((api.status, api.code().as_str()), (StatusCode::NOT_FOUND, "NOT_FOUND"));
    })
    .await;
}

#[tokio::test]
async fn another_site_changes_nothing() {
    story(async |town| {
        let mut visitor = town.visitor();
        let forged = [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:3999")],
        ];
        for headers in forged {
            let answer = visitor.send(Method::POST, "/theme", &headers, Body::from("theme=dark")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
            assert_eq!(answer.code(), "CROSS_ORIGIN");
            assert!(visitor.cookie("theme").is_none());
        }
        let answer = visitor.submit("/theme", "theme", &[("theme", "dark")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(visitor.open("/").await.text.contains("data-theme=\"dark\""));
    })
    .await;
}
