//! Past sponsors, whom a community brings: hidden notes on its events.

use super::{LIST, all_rows, apply, bring, file, outcomes};
use crate::{
    common::{code, count, who},
    town::sequel,
};
use commdesk::{
    features::{
        blocks::service as blocks,
        imports::{rules::State, service as imports},
        partners::service as partners,
    },
    kernel::ids::EventId,
    seeds::people::{MEI, RAVI, TOMAS},
};
use uuid::Uuid;

#[tokio::test]
async fn communities_bring_their_own_past_sponsors() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, mei) = (who(&ctx, RAVI).await, who(&ctx, MEI).await);
        let apex = ravi.community().expect("Apex").0;
        let event: Uuid = sqlx::query_scalar(
            "update events set status = 'Completed' where id = (select id from events where community_id = $1 and status = 'Upcoming' limit 1) returning id",
        )
        .bind(apex)
        .fetch_one(&town.owner)
        .await
        .expect("an event of Apex");
        let title: String = sqlx::query_scalar("select title from events where id = $1").bind(event).fetch_one(&town.owner).await.expect("it");
        let list = format!(
            "sponsor,website,event,tier,email\nNorthwind Data,northwind-data.com,{title},Gold,team@northwind-data.com\nNorthwind Data,northwind-data.com,Some other day,Gold,\nAcme Cloud,https://acme.example,{title},Media Partner,\nOn a host,github.com/somebody,{title},Gold,\n"
        );
        let wall_before = partners::wall(&ctx, EventId(event)).await.expect("a wall");
        let id = bring(&ctx, &ravi, "sponsors", &list).await;
        let rows = all_rows(&ctx, &ravi, id).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "merge"), (4, "there"), (5, "skip")], "{rows:#?}");
        assert!(rows[1].unmapped.contains("Some other day"), "{rows:#?}");
        assert_eq!(apply(town, &ravi, id).await.state, State::Applied);
        let hidden = "event_partners where not visible and removed_at is null";
        assert_eq!(count(town, hidden).await, 2, "a new profile and one that was there");
        assert_eq!(partners::wall(&ctx, EventId(event)).await.expect("a wall"), wall_before, "nobody sees it yet");
        assert_eq!(count(town, "organizations where slug = 'northwind-data' and events_sponsored = 0").await, 1, "and it is no support yet");
        let again = bring(&ctx, &ravi, "sponsors", &list).await;
        apply(town, &ravi, again).await;
        assert_eq!(count(town, hidden).await, 2, "no doubling");

        // Another community's people learn nothing of it.
        assert_eq!(code(imports::view(&ctx, &mei, id, "", 1).await), "NOT_FOUND");
        assert_eq!(code(imports::undo(&ctx, &mei, id).await), "NOT_FOUND");
        assert_eq!(code(imports::bring(&ctx, &ravi, file("organizations", "x.csv", LIST)).await), "VALIDATION_ERROR");
        imports::undo(&ctx, &ravi, id).await.expect("taken back");
        assert_eq!(count(town, hidden).await, 0);
        assert_eq!(count(town, "organizations where slug = 'northwind-data'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_ties_nobody_whom_a_hand_may_not() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, tomas) = (who(&ctx, RAVI).await, who(&ctx, TOMAS).await);
        let apex = ravi.community().expect("Apex").0;
        blocks::block(&ctx, &tomas, apex).await.expect("blocked");
        sqlx::query("update organizations set verification_status = 'Disabled' where slug = 'acme-cloud'")
            .execute(&town.owner)
            .await
            .expect("disabled");
        let title: String = sqlx::query_scalar(
            "update events set status = 'Completed' where id = (select id from events where community_id = $1 and status = 'Upcoming' limit 1) returning title",
        )
        .bind(apex)
        .fetch_one(&town.owner)
        .await
        .expect("an event of Apex");
        let site: String = sqlx::query_scalar("select website from organizations where slug = 'lumen-data'")
            .fetch_one(&town.owner)
            .await
            .expect("Lumen");
        let list = format!(
            "sponsor,website,event,tier\nAcme Cloud,https://acme.example,{title},Gold\nLumen Data,{site},{title},Gold\nNorthwind Data,northwind-data.com,{title},Gold\n"
        );
        let id = bring(&ctx, &ravi, "sponsors", &list).await;
        let rows = all_rows(&ctx, &ravi, id).await;
        assert_eq!(outcomes(&rows), [(2, "skip"), (3, "there"), (4, "make")], "{rows:#?}");
        assert!(rows[0].href.is_none() && rows[1].unmapped.contains("only be added by its name"), "{rows:#?}");
        assert_eq!(apply(town, &ravi, id).await.state, State::Applied);
        assert_eq!(count(town, "event_partners where not visible and removed_at is null").await, 1, "the new one alone");
    })
    .await;
}
