//! What a profile shows: its brand kit, and what it supports and has supported.

use super::{LOGO, organization, upload};
use crate::{
    common::{signed_in, who},
    town::sequel,
};
use commdesk::{features::organizations::service, seeds::people::ASHA};
use http::{Method, StatusCode};
use serde_json::{Value, json};

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
