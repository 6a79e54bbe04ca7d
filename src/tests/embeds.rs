//! What other sites show of an event and an opportunity: without scripts, cached, and framed only where the community says.

use crate::{
    common::{one, signed_in, who},
    town::sequel,
};
use commdesk::seeds::people::{KOFI, RAVI};
use http::{Method, StatusCode, header};

const WALL: &str = "/embed/events/hackfest/sponsors";

#[tokio::test]
async fn the_wall_stands_on_other_sites_without_scripts() {
    sequel(async |town| {
        let mut visitor = town.visitor();
        let wall = visitor.open(&format!("{WALL}?theme=dark")).await;
        assert_eq!(wall.status, StatusCode::OK, "{}", wall.text);
        assert!(
            wall.text.contains("Lumen Data") && wall.text.contains("Fjord Media") && wall.text.contains("data-theme=\"dark\"")
        );
        assert!(!wall.text.contains("<script") && !wall.text.contains("style="), "no scripts, no inline style");
        let policy = wall.header("content-security-policy");
        assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
        assert!(wall.headers.get(header::X_FRAME_OPTIONS).is_none(), "it would forbid what the policy allows");
        assert!(wall.header("cache-control").starts_with("public, max-age=300"));
        assert!(wall.headers.get(header::SET_COOKIE).is_none());
        let tag = wall.header("etag").to_owned();
        let again =
            visitor.send(Method::GET, &format!("{WALL}?theme=dark"), &[("if-none-match", &tag)], axum::body::Body::empty()).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        let style =
            wall.text.split("href=\"/embed/style.css").nth(1).and_then(|rest| rest.split('"').next()).expect("a style sheet");
        let style = visitor.open(&format!("/embed/style.css{style}")).await;
        assert!(style.status == StatusCode::OK && style.text.contains("--accent"));

        let json = visitor.open(&format!("{WALL}.json")).await;
        assert_eq!(json.header("access-control-allow-origin"), "*");
        let groups = json.json()["groups"].as_array().expect("groups").len();
        assert_eq!(groups, 2, "{}", json.text);
        assert!(json.json()["groups"][0]["sponsors"][0]["imageUrl"].as_str().is_some_and(|url| url.starts_with("http")));

        // To paste, and for whoever builds a site: whole, with logos that other sites may load, and for no frame.
        let plain = visitor.open(&format!("{WALL}.html")).await;
        assert_eq!((plain.status, plain.header("access-control-allow-origin")), (StatusCode::OK, "*"));
        assert!(plain.header("cache-control").starts_with("public, max-age=300") && !plain.header("etag").is_empty());
        assert!(plain.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(plain.text.contains("alt=\"Lumen Data\"") && plain.text.contains("<section"), "{}", plain.text);
        for no in ["<script", "style=", "src=\"/", "href=\"/", "onerror"] {
            assert!(!plain.text.contains(no), "{no}: {}", plain.text);
        }
        let logo = plain.text.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a logo");
        // In the size of its box, and for dense screens; on the frame's page too, and in what programs read.
        let small = &logo[logo.find("/media/").expect("ours")..];
        assert!(small.starts_with("/media/logos/256/") && small.ends_with(".webp"), "{small}");
        let dense = small.replace("/256/", "/512/");
        let said = json.json();
        let first = &said["groups"][0]["sponsors"][0];
        assert_eq!(first["imageSrc"], logo);
        assert!(first["imageSrcset"].as_str().is_some_and(|both| both.ends_with(&format!("{dense} 2x"))), "{first}");
        assert!(wall.text.contains(&format!("{small} 1x")) && !wall.text.contains(".png"), "{}", wall.text);
        for path in [small, dense.as_str()] {
            let logo = visitor.open(path).await;
            assert_eq!((logo.status, logo.header("cross-origin-resource-policy")), (StatusCode::OK, "cross-origin"), "{path}");
            assert_eq!(logo.header("content-type"), "image/webp");
        }
        let whole = first["imageUrl"].as_str().and_then(|url| url.find("/media/").map(|at| &url[at..])).expect("ours");
        let whole = visitor.open(whole).await;
        assert_eq!((whole.status, whole.header("cross-origin-resource-policy")), (StatusCode::OK, "cross-origin"));

        // Everything else may stand in no frame, and what nobody may see is not there.
        let page = visitor.open("/events/hackfest").await;
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        for hidden in ["sponsors.html", "sponsors.json"] {
            let hidden = visitor.open(&format!("/embed/events/autumn-demo-night/{hidden}")).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        }
        let draft = visitor.open("/embed/events/autumn-demo-night/sponsors").await;
        assert_eq!((draft.status, draft.header("x-frame-options")), (StatusCode::NOT_FOUND, "DENY"));
        // Nor for its own people: the answer is the same for everybody, since it is cached.
        let mut ravi = signed_in(town, RAVI).await;
        assert_eq!(ravi.open("/embed/events/autumn-demo-night/sponsors").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_badge_tells_of_an_opportunity_and_a_community_says_where() {
    sequel(async |town| {
        let id = one(town, "select id from opportunities where status = 'Open' and category = 'Platinum Sponsor'").await;
        let path = format!("/embed/opportunities/{id}/badge");
        let mut visitor = town.visitor();
        let badge = visitor.open(&path).await;
        assert_eq!(badge.status, StatusCode::OK, "{}", badge.text);
        assert!(badge.text.contains("Platinum Sponsor") && badge.text.contains("HackFest") && badge.text.contains("Apply by"));
        assert_eq!(visitor.open(&format!("{path}.json")).await.json()["open"], true);
        assert_eq!(visitor.open("/embed/opportunities/nonsense/badge").await.status, StatusCode::NOT_FOUND);

        let mut ravi = signed_in(town, RAVI).await;
        let manage =
            ravi.open(&format!("/manage/events/{}", one(town, "select id from events where slug = 'hackfest'").await)).await;
        assert!(manage.text.contains("Embed") && manage.text.contains(WALL), "the snippet is there to copy");
        assert!(manage.text.contains("Plain HTML to paste") && manage.text.contains("commdesk-sponsors"), "and so is plain HTML");
        // Taken off the marketplace by staff, there is nothing to paste.
        sqlx::query("update events set hidden_reason = 'A test of it.' where slug = 'hackfest'")
            .execute(&town.owner)
            .await
            .expect("hidden");
        let hidden =
            ravi.open(&format!("/manage/events/{}", one(town, "select id from events where slug = 'hackfest'").await)).await;
        assert!(hidden.text.contains("nothing can be embedded") && !hidden.text.contains(&format!("{WALL}.json")));
        sqlx::query("update events set hidden_reason = null where slug = 'hackfest'").execute(&town.owner).await.expect("shown");
        let page = ravi.open("/community/embeds").await;
        assert!(page.text.contains(&path), "{}", page.text);
        assert!(page.text.contains("commdesk-badge") && page.text.contains(&format!("{path}.json")));
        let plain = visitor.open(&format!("{path}.html")).await;
        assert!(plain.status == StatusCode::OK && plain.text.contains("<strong>Platinum Sponsor</strong> at HackFest"));
        let wrong =
            ravi.submit("/community/embeds", "sites", &[("sites", "http://apex.example; script-src *"), ("version", "0")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let saved = ravi
            .submit("/community/embeds", "sites", &[("sites", "https://apex.example\nwww.apex.example"), ("version", "0")])
            .await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let stale = ravi.submit("/community/embeds", "sites", &[("sites", "*"), ("version", "0")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        for path in [WALL, &path] {
            let framed = visitor.open(path).await;
            let policy = framed.header("content-security-policy").to_owned();
            assert!(policy.ends_with("frame-ancestors https://apex.example https://www.apex.example"), "{policy}");
        }
        let kofi = who(&town.ctx(), KOFI).await;
        let foreign = commdesk::features::embeds::service::page(&town.ctx(), &kofi).await.expect("his own");
        assert!(foreign.badges.is_empty() && foreign.sites == "*");
    })
    .await;
}
