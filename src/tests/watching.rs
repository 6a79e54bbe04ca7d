//! Saved searches, what they tell, and what people watch.

use crate::{
    common::{at_work, count, one, signed_in, who},
    town::{Browser, Town, sequel},
};
use commdesk::{
    features::{
        blocks::service as blocks,
        communities::index::Communities,
        events::{
            rules::{EventInput, SettingsInput},
            service::{self as events, Then},
        },
        opportunities::service as opportunities,
        organizations::index::Directory,
        profiles::service as profiles,
        watching::{
            alerts,
            rules::List,
            service,
            views::{SavedSearchView, SearchInput},
        },
    },
    kernel::actor::Actor,
    platform::{ctx::Ctx, index},
    seeds::people::{ASHA, Figure, KOFI, MEI, OMAR, RAVI, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Longer than what is found is gathered.
const LATER: i64 = 6 * 60;

async fn id_of(town: &Town, table: &str, slug: &str) -> Uuid {
    one(town, &format!("select id from {table} where slug = '{slug}'")).await
}

/// As the owner of the database: where a row stands is another room's test.
async fn set(town: &Town, statement: &str) {
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
        .execute(&town.owner)
        .await
        .unwrap_or_else(|e| panic!("{e}: {statement}"));
}

async fn save(ctx: &Ctx, actor: &Actor, list: List, query: &str, alerts: bool) -> SavedSearchView {
    let input = SearchInput { name: format!("About {query}"), query: query.to_owned(), alerts };
    service::save(ctx, actor, list, &input).await.expect("saved")
}

/// Subjects of alerts that were mailed to somebody.
fn alerts_to(town: &Town, figure: Figure) -> Vec<String> {
    let letters = town.post.letters().into_iter().filter(|letter| letter.to == figure.email && letter.subject.contains("newly"));
    letters.map(|letter| letter.subject).collect()
}

#[tokio::test]
async fn a_search_is_saved_renamed_and_deleted_on_pages_without_scripts() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let page = ravi.open("/directory?q=servers&cursor=&as=community:apex-circle").await;
        assert!(page.text.contains("Save this search"), "{}", page.text);
        assert!(!town.visitor().open("/directory?q=servers").await.text.contains("Save this search"));
        assert!(!ravi.open("/directory").await.text.contains("Save this search"), "everything is no search");

        let fields = [("name", "Servers"), ("query", "q=servers&sort=relevance&x=1"), ("alerts", "true")];
        let answer = ravi.submit("/directory?q=servers", "save-search", &fields).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/directory?q=servers"));
        let page = ravi.open(answer.location()).await;
        assert!(page.text.contains("Saved searches") && page.text.contains(">Servers<"), "{}", page.text);
        assert!(!page.text.contains("Save this search"), "it is saved");

        // Twice is refused in words, on the page, with what was typed.
        let twin = ravi.submit("/directory?q=servers", "save-search", &[("name", "Again"), ("query", "q=servers")]).await;
        assert_eq!(twin.status, StatusCode::CONFLICT);
        assert!(twin.text.contains("You saved this search already, as “Servers”"), "{}", twin.text);
        let name = ravi.submit("/directory?q=db", "save-search", &[("name", "servers"), ("query", "q=db")]).await;
        assert_eq!(name.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(name.text.contains("You have a search of this name already"), "{}", name.text);
        let all = ravi.submit("/directory", "save-search", &[("name", "All"), ("query", "")]).await;
        assert_eq!(all.status, StatusCode::CONFLICT);

        let id: Uuid = sqlx::query_scalar("select id from saved_views where board = 'organizations'")
            .fetch_one(&town.owner)
            .await
            .expect("one");
        let id = id.to_string();
        let page = ravi.open("/searches").await;
        assert!(page.text.contains("Alert on") && page.text.contains("Sponsors and partners: servers"), "{}", page.text);
        // Nobody else's.
        let mut mei = signed_in(town, MEI).await;
        for form in ["rename", "alerts", "delete"] {
            let answer = mei.submit("/searches", form, &[("search", &id), ("name", "Mine"), ("alerts", "off")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{form}");
        }
        assert_eq!(ravi.submit("/searches", "rename", &[("search", &id), ("name", "Hosts")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ravi.submit("/searches", "alerts", &[("search", &id), ("alerts", "off")]).await.status, StatusCode::SEE_OTHER);
        let page = ravi.open("/searches").await;
        assert!(page.text.contains("Hosts") && page.text.contains("No alert"), "{}", page.text);
        assert_eq!(ravi.submit("/searches", "delete", &[("search", &id)]).await.status, StatusCode::SEE_OTHER);
        assert!(ravi.open("/searches").await.text.contains("Nothing is saved yet"));
        assert_eq!(count(town, "saved_view_hits").await, 0, "what it found goes with it");
    })
    .await;
}

#[tokio::test]
async fn a_person_saves_so_many_and_no_more() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        for n in 0..30 {
            save(&ctx, &ravi, List::Communities, &format!("q=word{n}"), false).await;
        }
        let input = SearchInput { name: "One more".into(), query: "q=more".into(), alerts: false };
        let refused = service::save(&ctx, &ravi, List::Communities, &input).await.expect_err("too many");
        assert_eq!(refused.code(), "TOO_MANY_SEARCHES");
        save(&ctx, &ravi, List::Organizations, "q=more", false).await;
    })
    .await;
}

#[tokio::test]
async fn an_alert_tells_once_of_what_comes_to_fit_and_never_of_what_was_there() {
    sequel(async |town| {
        let ctx = town.ctx();
        index::fill::<Directory>(&ctx).await.expect("filled");
        let ravi = who(&ctx, RAVI).await;
        save(&ctx, &ravi, List::Organizations, "technology=Rust", true).await;
        let known = save(&ctx, &ravi, List::Organizations, "industry=Cloud+and+infrastructure", true).await;
        assert_eq!(count(town, &format!("saved_view_hits where view_id = '{}' and settled_at is not null", known.id)).await, 1);

        // Acme says that it works with Rust: through the door that everybody uses, and so by its fact.
        let acme = id_of(town, "organizations", "acme-cloud").await;
        let mut asha = signed_in(town, ASHA).await;
        let path = format!("/sponsors/{acme}");
        let version = asha.api(Method::GET, &path, None).await.data()["version"].clone();
        let edit = json!({"version": version, "technologies": ["Rust"]});
        let answer = asha.api(Method::PATCH, &path, Some(edit)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        town.drain().await;
        assert!(alerts_to(town, RAVI).is_empty(), "it is gathered first");
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, RAVI), ["1 organization newly fits “About technology=Rust”"]);
        let letter = town.post.letters().into_iter().find(|letter| letter.subject.contains("newly")).expect("a letter");
        assert!(letter.text.contains("Acme Cloud"), "{}", letter.text);
        assert!(letter.text.contains("/directory?technology=Rust&as=community%3Aapex-circle"), "{}", letter.text);
        let one_click = letter.headers.iter().any(|(name, value)| name == "List-Unsubscribe" && value.contains("~watching~"));
        assert!(one_click, "{:?}", letter.headers);
        assert_eq!(count(town, "facts where name = 'search_matched'").await, 1);

        // It changes again, goes away and comes back; jobs run twice: nobody hears of it again.
        for _ in 0..2 {
            alerts::changed(&ctx, List::Organizations, acme).await.expect("matched");
            town.shift(LATER).await;
        }
        set(town, "update organizations set technologies = '{}' where slug = 'acme-cloud'").await;
        alerts::changed(&ctx, List::Organizations, acme).await.expect("matched");
        set(town, "update organizations set technologies = '{Rust}' where slug = 'acme-cloud'").await;
        alerts::changed(&ctx, List::Organizations, acme).await.expect("matched");
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, RAVI).len(), 1);

        // Two that come together are one mail.
        set(town, "update organizations set technologies = '{Rust}' where slug in ('lumen-data', 'fjord-media')").await;
        for slug in ["lumen-data", "fjord-media"] {
            let row = id_of(town, "organizations", slug).await;
            alerts::changed(&ctx, List::Organizations, row).await.expect("matched");
        }
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, RAVI).len(), 2);
        assert_eq!(alerts_to(town, RAVI)[1], "2 organizations newly fit “About technology=Rust”");
    })
    .await;
}

#[tokio::test]
async fn an_alert_by_words_tells_of_whoever_has_them_whole() {
    sequel(async |town| {
        let ctx = town.ctx();
        index::fill::<Directory>(&ctx).await.expect("filled");
        let ravi = who(&ctx, RAVI).await;
        // Nobody has any of these yet. Some technologies have names of several words.
        save(&ctx, &ravi, List::Organizations, "q=granite", true).await;
        save(&ctx, &ravi, List::Organizations, "q=large+language+models", true).await;
        let (acme, lumen) = (id_of(town, "organizations", "acme-cloud").await, id_of(town, "organizations", "lumen-data").await);
        set(town, "update organizations set short_description = 'Granites of all kinds' where slug = 'lumen-data'").await;
        set(
            town,
            "update organizations set short_description = 'Servers on granite', technologies = '{LLMs}' where slug = 'acme-cloud'",
        )
        .await;
        for row in [acme, lumen] {
            alerts::changed(&ctx, List::Organizations, row).await.expect("matched");
        }
        town.shift(LATER).await;
        let mut told = alerts_to(town, RAVI);
        told.sort();
        assert_eq!(
            told,
            ["1 organization newly fits “About q=granite”", "1 organization newly fits “About q=large+language+models”"]
        );
        let letters: Vec<_> = town.post.letters().into_iter().filter(|letter| letter.subject.contains("newly")).collect();
        assert!(letters.iter().all(|letter| letter.text.contains("Acme Cloud") && !letter.text.contains("Lumen")), "{letters:?}");
        // The list shows the same.
        index::follow::<Directory>(&ctx).await.expect("followed");
        let page = town.visitor().open("/directory?q=granite").await.text;
        assert!(page.contains("1 organization") && page.contains("Acme Cloud") && !page.contains("Nobody has"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn an_alert_is_refused_where_the_list_takes_words_for_others() {
    sequel(async |town| {
        let ctx = town.ctx();
        index::fill::<Directory>(&ctx).await.expect("filled");
        index::fill::<Communities>(&ctx).await.expect("filled");
        let mut ravi = signed_in(town, RAVI).await;
        for (list, path, query, shows, refused) in [
            (
                "organizations",
                "/directory",
                "q=lum",
                "Nobody has the words “lum”. 1 organization with words that begin so",
                "No organization has the words “lum”",
            ),
            ("organizations", "/directory", "q=lumne", "1 organization with “lumen”", "Search for “lumen” and save that"),
            // One word of each kind: the other word that is shown is no question for an alert either.
            (
                "organizations",
                "/directory",
                "q=lum+dtaa",
                "Nobody has the words “lum dtaa”. 1 organization with “data” and words that begin with “lum”",
                "the list shows “data” and words that begin with “lum” instead",
            ),
            (
                "communities",
                "/communities",
                "q=harb",
                "None has the words “harb”. 1 community with words that begin so",
                "No community has the words “harb”",
            ),
        ] {
            let address = format!("{path}?{query}");
            let page = ravi.open(&address).await;
            assert!(page.text.contains(shows), "{query}: {}", page.text);
            // On the page, with what was typed, and over the API.
            let fields = [("name", "Mine"), ("query", query), ("alerts", "true")];
            let answer = ravi.submit(&address, "save-search", &fields).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{query}");
            assert!(answer.text.contains(refused) && answer.text.contains("value=\"Mine\""), "{query}: {}", answer.text);
            let body = json!({"list": list, "name": "Mine", "query": query, "alerts": true});
            let answer = ravi.api(Method::POST, "/searches", Some(body)).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "NOBODY_HAS_THE_WORDS"), "{query}");
            // Without an alert it is kept, and none can be switched on later.
            let quiet = json!({"list": list, "name": query, "query": query});
            let made = ravi.api(Method::POST, "/searches", Some(quiet)).await;
            assert_eq!(made.status, StatusCode::CREATED, "{query}: {}", made.text);
            let one = format!("/searches/{}", made.data()["id"].as_str().expect("an id"));
            let on = ravi.api(Method::PATCH, &one, Some(json!({"alerts": true}))).await;
            assert_eq!((on.status, on.code().as_str()), (StatusCode::CONFLICT, "NOBODY_HAS_THE_WORDS"), "{query}");
            assert_eq!(ravi.api(Method::GET, &one, None).await.data()["alerts"], false, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_what_they_may_not_see() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = id_of(town, "organizations", "lumen-data").await;
        let (ravi, mei, asha) = (who(&ctx, RAVI).await, who(&ctx, MEI).await, who(&ctx, ASHA).await);
        let kofi = who(&ctx, KOFI).await;
        for actor in [&ravi, &mei, &asha, &kofi] {
            save(&ctx, actor, List::Organizations, "technology=Rust", true).await;
        }
        // What they give is for approved communities: by it Kofi's community and Acme find nobody, Ravi's does.
        for actor in [&ravi, &asha, &kofi] {
            save(&ctx, actor, List::Organizations, "eventType=Hackathon&sponsorshipType=Hiring", true).await;
        }
        // Lumen and Harbour want nothing to do with each other.
        let tomas = who(&ctx, TOMAS).await;
        blocks::block(&ctx, &tomas, mei.community().expect("Harbour").0).await.expect("blocked");
        set(
            town,
            "update organizations set technologies = '{Rust}', preferred_event_types = '{Hackathon}' where slug = 'lumen-data'",
        )
        .await;
        alerts::changed(&ctx, List::Organizations, lumen).await.expect("matched");
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, RAVI).len(), 2);
        assert_eq!(alerts_to(town, MEI).len(), 0, "a block is silent");
        assert_eq!(alerts_to(town, ASHA), ["1 organization newly fits “About technology=Rust”"]);
        assert_eq!(alerts_to(town, KOFI), ["1 organization newly fits “About technology=Rust”"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_or_unwanted_meanwhile_is_not_told() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = id_of(town, "organizations", "lumen-data").await;
        let (ravi, mei) = (who(&ctx, RAVI).await, who(&ctx, MEI).await);
        save(&ctx, &ravi, List::Organizations, "technology=Rust", true).await;
        let meis = save(&ctx, &mei, List::Organizations, "technology=Rust", true).await;
        set(town, "update organizations set technologies = '{Rust}' where slug = 'lumen-data'").await;
        alerts::changed(&ctx, List::Organizations, lumen).await.expect("matched");
        // Disabled before anybody is told; and Mei does not want to hear of it any more.
        set(town, "update organizations set verification_status = 'Disabled' where slug = 'lumen-data'").await;
        service::set_alerts(&ctx, &mei, meis.id, false).await.expect("off");
        town.shift(LATER).await;
        assert!(alerts_to(town, RAVI).is_empty() && alerts_to(town, MEI).is_empty());
        // Back again: it was not told, so it is told now; Mei, who wants to hear again, knows it by then.
        set(town, "update organizations set verification_status = 'Verified' where slug = 'lumen-data'").await;
        service::set_alerts(&ctx, &mei, meis.id, true).await.expect("on");
        alerts::changed(&ctx, List::Organizations, lumen).await.expect("matched");
        town.shift(LATER).await;
        assert_eq!((alerts_to(town, RAVI).len(), alerts_to(town, MEI).len()), (1, 0));

        // Stated, but hidden before the letter is written: the letter asks again.
        let fjord = id_of(town, "organizations", "fjord-media").await;
        set(town, "update organizations set technologies = '{Rust}' where slug = 'fjord-media'").await;
        alerts::changed(&ctx, List::Organizations, fjord).await.expect("matched");
        let search: Uuid =
            sqlx::query_scalar("select subject_id from deadlines where kind = 'search-alert' order by subject_id limit 1")
                .fetch_one(&town.owner)
                .await
                .expect("it is due");
        town.house.clock.shift(LATER);
        alerts::tell(&ctx, search.into()).await.expect("stated");
        set(town, "update organizations set verification_status = 'Disabled' where slug = 'fjord-media'").await;
        town.shift(LATER).await;
        assert_eq!((alerts_to(town, RAVI).len(), alerts_to(town, MEI).len()), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_the_seat_or_chose_otherwise_is_mailed_nothing() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = id_of(town, "organizations", "lumen-data").await;
        let (ravi, mei) = (who(&ctx, RAVI).await, who(&ctx, MEI).await);
        save(&ctx, &ravi, List::Organizations, "technology=Rust", true).await;
        save(&ctx, &mei, List::Organizations, "technology=Rust", true).await;
        set(
            town,
            "update members set status = 'Suspended' where user_id = (select id from users where email = 'mei@harbour.example')",
        )
        .await;
        let mut browser = signed_in(town, RAVI).await;
        let answer = browser.api(Method::PATCH, "/notifications/preferences", Some(json!({"pace": {"watching": "off"}}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        set(town, "update organizations set technologies = '{Rust}' where slug = 'lumen-data'").await;
        alerts::changed(&ctx, List::Organizations, lumen).await.expect("matched");
        town.shift(LATER).await;
        assert!(alerts_to(town, RAVI).is_empty() && alerts_to(town, MEI).is_empty());
        assert_eq!(count(town, "notices where title like '%newly fits%'").await, 1, "Ravi reads it in the house");
    })
    .await;
}

#[tokio::test]
async fn communities_are_searched_and_told_of_too() {
    sequel(async |town| {
        let ctx = town.ctx();
        index::fill::<Communities>(&ctx).await.expect("filled");
        let asha = who(&ctx, ASHA).await;
        save(&ctx, &asha, List::Communities, "country=Ghana", true).await;
        let newgrove = id_of(town, "communities", "newgrove").await;
        alerts::changed(&ctx, List::Communities, newgrove).await.expect("matched");
        town.shift(LATER).await;
        assert!(alerts_to(town, ASHA).is_empty(), "it is not on the marketplace");
        set(town, "update communities set status = 'approved' where slug = 'newgrove'").await;
        alerts::changed(&ctx, List::Communities, newgrove).await.expect("matched");
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, ASHA), ["1 community newly fits “About country=Ghana”"]);
    })
    .await;
}

#[tokio::test]
async fn communities_are_told_of_by_what_their_events_are_about() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (asha, ravi) = (who(&ctx, ASHA).await, who(&ctx, RAVI).await);
        let hackfest = id_of(town, "events", "hackfest").await;
        save(&ctx, &asha, List::Communities, "technology=Elixir&eventType=Hackathon", true).await;
        set(town, "update events set technologies = '{Elixir}', public_visible = false where slug = 'hackfest'").await;
        // Whatever happens to one of its events, its community is looked at by itself.
        events::duplicate(&ctx, &ravi, hackfest.into()).await.expect("a draft");
        town.drain().await;
        town.shift(LATER).await;
        assert!(alerts_to(town, ASHA).is_empty(), "nobody else sees the event, and the other one is a draft");
        set(town, "update events set public_visible = true where slug = 'hackfest'").await;
        for _ in 0..2 {
            events::duplicate(&ctx, &ravi, hackfest.into()).await.expect("a draft");
            town.drain().await;
            town.shift(LATER).await;
            assert_eq!(alerts_to(town, ASHA), ["1 community newly fits “About technology=Elixir&eventType=Hackathon”"]);
        }
    })
    .await;
}

/// What the searches below look for.
const OFFER: &str = "category=Media+Partner&currency=USD";

/// Apex opens one of those at HackFest.
async fn offer(town: &Town, ravi: &Actor) -> Uuid {
    let event = id_of(town, "events", "hackfest").await;
    let day = (town.ctx().now() + chrono::TimeDelta::days(30)).format("%Y-%m-%d").to_string();
    let input = json!({
        "eventId": event.to_string(), "category": "Media Partner", "places": 1, "decisionDeadline": day, "status": "Open",
        "budgetRange": {"min": 3000, "max": 9000, "currency": "USD"},
    });
    let input = serde_json::from_value(input).expect("as on the wire");
    let id = opportunities::create(&town.ctx(), ravi, &input).await.expect("open");
    town.drain().await;
    id.0
}

#[tokio::test]
async fn opportunities_are_told_of_once_to_whom_they_are_open() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, asha, tomas, mei) =
            (who(&ctx, RAVI).await, who(&ctx, ASHA).await, who(&ctx, TOMAS).await, who(&ctx, MEI).await);
        let apex = ravi.community().expect("Apex");
        let first = offer(town, &ravi).await;
        for actor in [&asha, &tomas, &mei] {
            save(&ctx, actor, List::Opportunities, OFFER, true).await;
        }
        save(&ctx, &asha, List::Opportunities, "category=Media+Partner&currency=EUR", true).await;
        blocks::block(&ctx, &tomas, apex.0).await.expect("blocked");
        alerts::changed(&ctx, List::Opportunities, first).await.expect("matched");
        town.shift(LATER).await;
        assert!(alerts_to(town, ASHA).is_empty(), "what was there is known");

        // Opening one wakes the searches by itself.
        let second = offer(town, &ravi).await;
        town.shift(LATER).await;
        let said = format!("1 opportunity newly fits “About {OFFER}”");
        assert_eq!(alerts_to(town, ASHA), [said.as_str()]);
        assert_eq!(alerts_to(town, MEI), [said.as_str()]);
        assert!(alerts_to(town, TOMAS).is_empty(), "a block is silent");
        let letter =
            town.post.letters().into_iter().find(|letter| letter.to == ASHA.email && letter.subject == said).expect("mailed");
        assert!(letter.text.contains("Media Partner at HackFest"), "{}", letter.text);
        assert!(letter.text.contains(&format!("/opportunities?{OFFER}&as=organization%3Aacme-cloud")), "{}", letter.text);
        assert!(letter.headers.iter().any(|(name, value)| name == "List-Unsubscribe" && value.contains("~watching~")));

        // Whatever happens to them afterwards, nobody hears of them again.
        for row in [first, second] {
            alerts::changed(&ctx, List::Opportunities, row).await.expect("matched");
        }
        alerts::offers_changed(&ctx, None, Some(apex)).await.expect("matched");
        town.shift(LATER).await;
        assert_eq!((alerts_to(town, ASHA).len(), alerts_to(town, MEI).len()), (1, 1));

        // Taken off the marketplace before it is told; shown again, it is told after all.
        let third = offer(town, &ravi).await;
        set(town, &format!("update opportunities set hidden_reason = 'x' where id = '{third}'")).await;
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, ASHA).len(), 1);
        set(town, &format!("update opportunities set hidden_reason = null where id = '{third}'")).await;
        let event = id_of(town, "events", "hackfest").await;
        alerts::offers_changed(&ctx, Some(event.into()), None).await.expect("matched");
        town.shift(LATER).await;
        assert_eq!((alerts_to(town, ASHA).len(), alerts_to(town, TOMAS).len()), (2, 0));
    })
    .await;
}

#[tokio::test]
async fn a_saved_view_is_a_saved_search() {
    sequel(async |town| {
        let mut asha = signed_in(town, ASHA).await;
        let fields = [("name", "Media"), ("query", OFFER), ("alerts", "true")];
        let saved = asha.submit("/opportunities", "save-view", &fields).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, format!("/opportunities?{OFFER}").as_str()));
        let page = asha.open("/searches").await;
        assert!(page.text.contains("Opportunities: Role: Media Partner · Currency: USD"), "{}", page.text);
        assert!(page.text.contains("Alert on"), "{}", page.text);

        // An order of everything is worth a name, and no alert.
        let all = [("name", "New ones"), ("query", "sort=newest"), ("alerts", "true")];
        assert_eq!(asha.submit("/opportunities", "save-view", &all).await.status, StatusCode::CONFLICT);
        assert_eq!(asha.submit("/opportunities", "save-view", &all[..2]).await.status, StatusCode::SEE_OTHER);
        let twin = [("name", "Media again"), ("query", OFFER)];
        let twin = asha.submit(&format!("/opportunities?{OFFER}"), "save-view", &twin).await;
        assert_eq!(twin.status, StatusCode::CONFLICT);
        assert!(twin.text.contains("You saved this search already, as “Media”"), "{}", twin.text);
        let wrong = [("name", "Odd"), ("query", "sort=best")];
        assert_eq!(asha.submit("/opportunities", "save-view", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        // With another question the alert ends: nobody has said what of it is known.
        let id: Uuid =
            sqlx::query_scalar("select id from saved_views where name = 'Media'").fetch_one(&town.owner).await.expect("one");
        let path = format!("/opportunities/views/{id}");
        let same = asha.api(Method::PATCH, &path, Some(json!({"name": "Media partners"}))).await;
        assert_eq!(same.status, StatusCode::OK, "{}", same.text);
        assert_eq!(count(town, "saved_views where alerts").await, 1);
        let other = asha.api(Method::PATCH, &path, Some(json!({"name": "Media partners", "query": "region=Europe"}))).await;
        assert_eq!(other.status, StatusCode::OK, "{}", other.text);
        assert_eq!(count(town, "saved_views where alerts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_schedulers_and_two_jobs_tell_once() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = id_of(town, "organizations", "lumen-data").await;
        let ravi = who(&ctx, RAVI).await;
        let search = save(&ctx, &ravi, List::Organizations, "technology=Rust", true).await;
        set(town, "update organizations set technologies = '{Rust}' where slug = 'lumen-data'").await;
        let (one, two) =
            tokio::join!(alerts::changed(&ctx, List::Organizations, lumen), alerts::changed(&ctx, List::Organizations, lumen),);
        one.and(two).expect("both");
        town.house.clock.shift(LATER);
        let (one, two) = tokio::join!(alerts::tell(&ctx, search.id), alerts::tell(&ctx, search.id));
        one.and(two).expect("both");
        town.shift(LATER).await;
        assert_eq!(alerts_to(town, RAVI).len(), 1);
        assert_eq!(count(town, "facts where name = 'search_matched'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_watched_is_listed_while_it_may_be_seen() {
    sequel(async |town| {
        let ctx = town.ctx();
        let mut ravi = signed_in(town, RAVI).await;
        let (acme, lumen) = (id_of(town, "organizations", "acme-cloud").await, id_of(town, "organizations", "lumen-data").await);
        let harbour = id_of(town, "communities", "harbour-devs").await;
        let globex = id_of(town, "organizations", "globex").await;
        for page in ["/directory", "/directory/acme-cloud", "/communities", "/communities/harbour-devs"] {
            assert!(ravi.open(page).await.text.contains("Watch"), "{page}");
            assert!(!town.visitor().open(page).await.text.contains("Watch"), "{page} for nobody");
        }
        let watch = async |ravi: &mut Browser, list: &str, id: Uuid, wanted: &str, back: &str| {
            let id = id.to_string();
            let fields = [("list", list), ("id", id.as_str()), ("watch", wanted), ("back", back)];
            ravi.submit("/directory", "watch", &fields).await
        };
        let answer = watch(&mut ravi, "organizations", acme, "yes", "/directory?q=cloud").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/directory?q=cloud"));
        let answer = watch(&mut ravi, "organizations", acme, "yes", "https://evil.example").await;
        assert_eq!(answer.location(), "/watchlist", "twice is once, and no other site is led to");
        for (list, id) in [("organizations", lumen), ("communities", harbour)] {
            assert_eq!(watch(&mut ravi, list, id, "yes", "/watchlist").await.status, StatusCode::SEE_OTHER);
        }
        // Not verified: not there.
        assert_eq!(watch(&mut ravi, "organizations", globex, "yes", "/").await.status, StatusCode::NOT_FOUND);
        assert_eq!(watch(&mut ravi, "communities", acme, "yes", "/").await.status, StatusCode::NOT_FOUND);

        let mut mei = signed_in(town, MEI).await;
        for page in ["/directory/acme-cloud", "/communities/harbour-devs"] {
            assert!(ravi.open(page).await.text.contains("Stop watching"), "{page}");
            assert!(!mei.open(page).await.text.contains("Stop watching"), "{page} for somebody else");
        }
        // On a list a button belongs to a form of the page, and says which row it is.
        for (page, watched, name) in [("/directory", acme, "Acme Cloud"), ("/communities", harbour, "Harbour Devs")] {
            let button = |form: &str, word: &str| {
                format!("type=\"submit\" form=\"{form}\" name=\"id\" value=\"{watched}\" aria-label=\"{word}: {name}\">")
            };
            let (hers, his) = (mei.open(page).await.text, ravi.open(page).await.text);
            assert!(hers.contains(&button("start-watching", "Watch")), "{page}: {hers}");
            assert!(his.contains(&button("stop-watching", "Stop watching")), "{page}: {his}");
            for (form, wanted) in [("start-watching", "yes"), ("stop-watching", "no")] {
                let (_, rest) = his.split_once(&format!("id=\"{form}\"")).unwrap_or_else(|| panic!("{page} has no {form}"));
                let (inside, _) = rest.split_once("</form>").expect("its end");
                let field = format!("name=\"watch\" value=\"{wanted}\"");
                assert!(inside.contains("name=\"_form\" value=\"watch\"") && inside.contains(&field), "{inside}");
                assert!(inside.contains(&format!("name=\"back\" value=\"{page}\"")), "{inside}");
                // One form asks for many rows: a second one is no repetition of the first.
                assert!(!inside.contains("name=\"_key\"") && inside.contains("name=\"at\" value=\"row\""), "{inside}");
            }
        }
        set(town, "update organizations set updated_at = updated_at + interval '9 days' where slug = 'lumen-data'").await;
        let actor = who(&ctx, RAVI).await;
        let names = async || {
            let list = service::watchlist(&town.ctx(), &actor).await.expect("a list");
            list.items.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        let list = names().await;
        assert_eq!((list.len(), list[0].as_str()), (3, "Lumen Data"), "what changed last comes first");
        let page = ravi.open("/watchlist").await;
        assert!(page.text.contains("Acme Cloud") && page.text.contains("Harbour Devs"), "{}", page.text);
        assert!(mei.open("/watchlist").await.text.contains("You watch nobody yet"));

        set(town, "update organizations set verification_status = 'Disabled' where slug = 'acme-cloud'").await;
        let tomas = who(&ctx, TOMAS).await;
        blocks::block(&ctx, &tomas, actor.community().expect("Apex").0).await.expect("blocked");
        assert_eq!(names().await, ["Harbour Devs"]);
        assert_eq!(watch(&mut ravi, "communities", harbour, "no", "/watchlist").await.status, StatusCode::SEE_OTHER);
        assert!(names().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_watches_a_community_hears_of_its_events() {
    sequel(async |town| {
        let ctx = town.ctx();
        let apex = id_of(town, "communities", "apex-circle").await;
        let (asha, tomas) = (who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        service::watch(&ctx, &asha, List::Communities, apex).await.expect("watched");
        service::watch(&ctx, &tomas, List::Communities, apex).await.expect("watched");
        blocks::block(&ctx, &tomas, apex).await.expect("blocked");
        let ravi = who(&ctx, RAVI).await;
        crate::events::published(town, &ravi, "Borrow checkers", 240).await;
        let heard = |figure: Figure| {
            town.post
                .letters()
                .into_iter()
                .filter(|letter| letter.to == figure.email && letter.subject.contains(" published "))
                .count()
        };
        assert_eq!((heard(ASHA), heard(TOMAS), heard(RAVI)), (1, 0, 0));

        // What is for the community's own people is told to nobody else.
        let private = EventInput {
            settings: Some(SettingsInput { public_visible: Some(false) }),
            ..crate::events::event(town, "Unannounced summit", 300)
        };
        events::draft(&ctx, &ravi, &private, Then::Publish).await.expect("complete");
        town.drain().await;
        assert_eq!((heard(ASHA), heard(TOMAS), heard(RAVI)), (1, 0, 0));
        assert!(!signed_in(town, ASHA).await.open("/notifications").await.text.contains("Unannounced summit"));
    })
    .await;
}

#[tokio::test]
async fn searches_are_saved_over_the_api() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let body = json!({"list": "organizations", "name": "Rust", "query": "technology=Rust&x=1", "alerts": true});
        let once = [("idempotency-key", "a search")];
        let made = ravi.api_with(Method::POST, "/searches", Some(body.clone()), &once).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let again = ravi.api_with(Method::POST, "/searches", Some(body), &once).await;
        assert_eq!((again.status, again.data()), (StatusCode::CREATED, made.data()));
        let other = json!({"list": "communities", "name": "Rust", "query": "country=Ghana"});
        assert_eq!(ravi.api_with(Method::POST, "/searches", Some(other), &once).await.code(), "IDEMPOTENCY_KEY_REUSED");
        let search = made.data();
        assert_eq!((search["query"].as_str(), search["alerts"].as_bool()), (Some("technology=Rust"), Some(true)));

        for (list, name, query, status, code) in [
            ("people", "Somebody", "q=a", 422, "VALIDATION_ERROR"),
            ("organizations", "", "q=a", 422, "VALIDATION_ERROR"),
            ("organizations", "rust", "q=a", 422, "VALIDATION_ERROR"),
            ("opportunities", "Odd", "sort=best", 422, "VALIDATION_ERROR"),
            ("organizations", "All", "sort=name", 409, "NOTHING_NARROWED"),
            ("organizations", "Twin", "technology=Rust", 409, "SEARCH_SAVED_ALREADY"),
        ] {
            let body = json!({"list": list, "name": name, "query": query});
            let answer = ravi.api(Method::POST, "/searches", Some(body)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (status, code),
                "{list} {name} {query}: {}",
                answer.text
            );
        }
        let body = json!({"list": "opportunities", "name": "Media", "query": OFFER});
        assert_eq!(ravi.api(Method::POST, "/searches", Some(body)).await.status, StatusCode::CREATED);

        // A page at a time, each once; a cursor of somebody's own making is none.
        let first = ravi.api(Method::GET, "/searches?limit=1", None).await.data();
        assert_eq!(first["items"][0]["id"], search["id"]);
        let cursor = first["nextCursor"].as_str().expect("there is another");
        let second = ravi.api(Method::GET, &format!("/searches?limit=1&cursor={cursor}"), None).await.data();
        assert_eq!((second["items"][0]["list"].as_str(), second["nextCursor"].as_str()), (Some("opportunities"), None));
        assert_eq!(ravi.api(Method::GET, "/searches?cursor=ff", None).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        let path = format!("/searches/{}", search["id"].as_str().expect("an id"));
        let mut mei = signed_in(town, MEI).await;
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            let body = (method == Method::PATCH).then(|| json!({"name": "Mine"}));
            assert_eq!(mei.api(method.clone(), &path, body).await.status, StatusCode::NOT_FOUND, "{method} of somebody else's");
        }
        let changed = ravi.api(Method::PATCH, &path, Some(json!({"name": "Crabs", "alerts": false}))).await.data();
        assert_eq!((changed["name"].as_str(), changed["alerts"].as_bool()), (Some("Crabs"), Some(false)));
        assert_eq!(ravi.api(Method::PATCH, &path, Some(json!({}))).await.data(), changed, "what is absent stays");
        // Another question: its alert ends, unless it is asked for anew.
        let asked = ravi.api(Method::PATCH, &path, Some(json!({"query": "technology=Go&x=1", "alerts": true}))).await.data();
        assert_eq!((asked["query"].as_str(), asked["alerts"].as_bool()), (Some("technology=Go"), Some(true)));
        let asked = ravi.api(Method::PATCH, &path, Some(json!({"query": "technology=Rust"}))).await.data();
        assert_eq!(asked, changed);
        let all = ravi.api(Method::PATCH, &path, Some(json!({"query": "sort=name"}))).await;
        assert_eq!(all.code(), "NOTHING_NARROWED");
        assert_eq!(ravi.api(Method::GET, &path, None).await.data(), changed);

        // A program sees them by its own permission, and changes them by another.
        let key = json!({"name": "A watcher", "scopes": ["watch:read"]});
        let key = ravi.api(Method::POST, "/api-keys", Some(key)).await.data();
        let bearer = format!("Bearer {}", key["secret"].as_str().expect("a secret"));
        let bearer = [("authorization", bearer.as_str())];
        let mut program = town.visitor();
        let seen = program.api_with(Method::GET, "/searches", None, &bearer).await.data();
        assert_eq!(seen["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(program.api_with(Method::DELETE, &path, None, &bearer).await.code(), "KEY_SCOPE");

        let left = ravi.api(Method::DELETE, &path, None).await.data();
        assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(ravi.api(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_watchlist_over_the_api() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let (acme, globex) = (id_of(town, "organizations", "acme-cloud").await, id_of(town, "organizations", "globex").await);
        let harbour = id_of(town, "communities", "harbour-devs").await;
        for path in [format!("/watchlist/organizations/{acme}"), format!("/watchlist/communities/{harbour}")] {
            for _ in 0..2 {
                let answer = ravi.api(Method::PUT, &path, None).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            }
        }
        assert_eq!(count(town, "watches").await, 2, "twice is once");
        for path in [format!("/watchlist/organizations/{globex}"), format!("/watchlist/communities/{acme}")] {
            assert_eq!(ravi.api(Method::PUT, &path, None).await.status, StatusCode::NOT_FOUND, "{path} is not listed");
        }
        set(town, "update organizations set updated_at = updated_at + interval '9 days' where slug = 'acme-cloud'").await;
        let first = ravi.api(Method::GET, "/watchlist?limit=1", None).await.data();
        assert_eq!(
            (first["items"][0]["list"].as_str(), first["items"][0]["slug"].as_str()),
            (Some("organizations"), Some("acme-cloud"))
        );
        let cursor = first["nextCursor"].as_str().expect("there is another");
        let second = ravi.api(Method::GET, &format!("/watchlist?limit=1&cursor={cursor}"), None).await.data();
        assert_eq!((second["items"][0]["slug"].as_str(), second["nextCursor"].as_str()), (Some("harbour-devs"), None));
        assert_eq!(ravi.api(Method::GET, "/watchlist?cursor=ff", None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(town.visitor().api(Method::GET, "/watchlist", None).await.status, StatusCode::UNAUTHORIZED);

        let path = format!("/watchlist/communities/{harbour}");
        for _ in 0..2 {
            let left = ravi.api(Method::DELETE, &path, None).await.data();
            assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
        }
    })
    .await;
}

#[tokio::test]
async fn four_stand_side_by_side() {
    sequel(async |town| {
        let path = "/directory/compare?o=acme-cloud&o=lumen-data&o=nobody-here&o=globex&o=fjord-media";
        let page = town.visitor().open(path).await;
        assert_eq!(page.status, StatusCode::OK);
        for there in [
            "Acme Cloud",
            "Lumen Data",
            "There is no room for fjord-media",
            "Nobody is listed at nobody-here, globex",
            "<th scope=\"row\"",
        ] {
            assert!(page.text.contains(there), "{there}: {}", page.text);
        }
        assert!(!page.text.contains("Budget"), "what they give is for approved communities");
        let page = signed_in(town, RAVI).await.open(path).await;
        assert!(page.text.contains("Budget") && page.text.contains("Gives"), "{}", page.text);
        assert!(town.visitor().open("/directory/compare").await.text.contains("Nobody stands here yet"));
        let list = town.visitor().open("/directory").await;
        assert!(list.text.contains("Choose up to 4 to compare."), "{}", list.text);
    })
    .await;
}

#[tokio::test]
async fn four_communities_stand_side_by_side() {
    sequel(async |town| {
        let ctx = town.ctx();
        // Newgrove still waits for staff.
        let path = "/communities/compare?o=harbour-devs&o=apex-circle&o=nobody-here&o=newgrove&o=a-fifth";
        let page = town.visitor().open(path).await;
        assert_eq!(page.status, StatusCode::OK);
        for there in [
            "Harbour Devs",
            "Pune, India",
            "Sponsors and partners so far",
            "There is no room for a-fifth",
            "Nobody is listed at nobody-here, newgrove",
            "<th scope=\"row\"",
        ] {
            assert!(page.text.contains(there), "{there}: {}", page.text);
        }
        assert!(town.visitor().open("/communities/compare").await.text.contains("Nobody stands here yet"));
        let list = town.visitor().open("/communities").await;
        assert!(list.text.contains("Choose up to 4 to compare."), "{}", list.text);

        // Whom one compares stays chosen where a search is saved.
        let mut ravi = signed_in(town, RAVI).await;
        let fields = [("name", "Ours"), ("query", "q=apex"), ("o", "apex-circle"), ("o", "harbour-devs")];
        let answer = ravi.submit("/communities?q=apex", "save-search", &fields).await;
        assert_eq!(answer.location(), "/communities?q=apex&o=apex-circle&o=harbour-devs");
        assert!(ravi.open(answer.location()).await.text.contains("Compare 2 of at most 4"));

        // How one stands is for its own people and for staff; the line stands where it can be said of all.
        let both = "/communities/compare?o=apex-circle&o=harbour-devs";
        let is_said = async |browser: &mut Browser, path: &str| browser.open(path).await.text.contains(">Standing<");
        assert!(!is_said(&mut town.visitor(), both).await, "nobody sees it");
        assert!(!is_said(&mut ravi, both).await, "of his own alone");
        assert!(is_said(&mut ravi, "/communities/compare?o=apex-circle").await);
        assert!(is_said(&mut at_work(town, OMAR).await, both).await, "staff see it of all");

        // Whoever a block hides from the list is nobody here either.
        let (tomas, mei) = (who(&ctx, TOMAS).await, who(&ctx, MEI).await);
        blocks::block(&ctx, &tomas, mei.community().expect("Harbour").0).await.expect("blocked");
        let page = signed_in(town, TOMAS).await.open(path).await;
        assert!(page.text.contains("Nobody is listed at harbour-devs, nobody-here, newgrove"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn what_is_compared_of_communities_is_what_their_pages_show() {
    sequel(async |town| {
        let ctx = town.ctx();
        let many = |count: usize| i64::try_from(count).expect("few");
        let compare = async || {
            let found = profiles::compare_communities(&ctx, None, "o=apex-circle&o=harbour-devs").await.expect("both");
            assert_eq!(found.items.len(), 2);
            for it in &found.items {
                let slug = &it.card.slug;
                let page = profiles::community_page(&ctx, None, slug).await.expect("a page");
                let shown = (many(page.ahead.len()), many(page.past.len()), many(page.supporters.len()));
                assert_eq!((it.ahead, it.past, it.supporters), shown, "{slug}");
                let events = || page.ahead.iter().chain(&page.past);
                let technologies: BTreeSet<String> = events().flat_map(|event| event.technologies.clone()).collect();
                assert_eq!(it.technologies.iter().cloned().collect::<BTreeSet<_>>(), technologies, "{slug}");
                let kinds: BTreeSet<&str> = events().filter_map(|event| event.event_type).map(|kind| kind.label()).collect();
                assert_eq!(it.event_types.iter().map(String::as_str).collect::<BTreeSet<_>>(), kinds, "{slug}");
                let (card, it) = (&it.card, &page.community);
                assert_eq!((&card.place_label, &card.answers_label), (&it.place_label, &it.answers_label), "{slug}");
            }
            found.items.into_iter().next().expect("Apex Circle")
        };
        let before = compare().await;
        assert!(before.ahead > 0 && before.supporters > 0 && !before.technologies.is_empty(), "there is something to compare");
        set(town, "update events set hidden_reason = 'Spam' where slug = 'hackfest'").await;
        let after = compare().await;
        assert!(after.ahead < before.ahead && after.supporters < before.supporters, "{before:?}, then {after:?}");
    })
    .await;
}
