//! Files on their way in: what a row or a name is taken to mean, and what is asked about before anything is made.

use super::{apply, bring, outcomes, view};
use crate::{
    common::{count, one, who},
    organizations::two_of_the_staff,
    town::{Town, sequel},
};
use commdesk::{
    features::{
        imports::{
            rules::{Choice, State},
            service::{self as imports, Decided},
            views::RowView,
        },
        moderation::merging,
        organizations::rules::merging::MergeInput,
    },
    kernel::{
        actor::Actor,
        ids::{IntakeId, OrganizationId},
    },
    platform::ctx::Ctx,
    seeds::people::RAVI,
};
use uuid::Uuid;

/// Brings a list of few rows, and gives what would become of them.
async fn looked(ctx: &Ctx, actor: &Actor, target: &str, list: &str) -> (IntakeId, Vec<RowView>) {
    let id = bring(ctx, actor, target, list).await;
    (id, view(ctx, actor, id).await.rows)
}

/// Organizations in a directory that has none of them.
async fn made(town: &Town, actor: &Actor, list: &str) {
    let id = bring(&town.ctx(), actor, "organizations", list).await;
    let done = apply(town, actor, id).await;
    assert_eq!((done.state, done.counts.make), (State::Applied, done.counts.all()), "{:#?}", done.rows);
}

async fn merge(town: &Town, staff: &Actor, gone: &str, into: &str) -> OrganizationId {
    let gone = OrganizationId(one(town, &format!("select id from organizations where slug = '{gone}'")).await);
    let input = MergeInput { into: into.into(), decision: String::new(), reason: "One company, here twice.".into() };
    merging::merge(&town.ctx(), staff, gone, input.parse().expect("in order")).await.expect("merged");
    town.drain().await;
    gone
}

#[tokio::test]
async fn a_row_that_nobody_was_asked_about_gives_the_run_up_also_where_another_was_settled() {
    sequel(async |town| {
        let (ctx, staff) = (town.ctx(), two_of_the_staff(town).await.0);
        let list = "name,website\nWidgetworks,widgetworks.dev\nAcme Cluod,acme-cluod.example\nSolid Tools,solid-tools.example\n";
        let (late, rows) = looked(&ctx, &staff, "organizations", list).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "ask"), (4, "make")], "{rows:#?}");
        // Meanwhile the one that waits is added by somebody else, and a name that may be taken for another's.
        let list = "name,website\nWidget Works,widget-works.example\nAcme Cluod,acme-cluod.example\n";
        let early = bring(&ctx, &staff, "organizations", list).await;
        imports::decide(&ctx, &staff, early, &Decided::Rows(vec![(3, Some(Choice::Make))])).await.expect("open");
        assert_eq!(apply(town, &staff, early).await.counts.make, 2);

        let given_up = apply(town, &staff, late).await;
        assert_eq!(outcomes(&given_up.rows), [(2, "ask"), (3, "there"), (4, "make")], "{:#?}", given_up.rows);
        assert_eq!(given_up.state, State::Ready);
        assert!(given_up.note.contains("nothing was imported"), "{}", given_up.note);
        assert_eq!(count(town, "organizations where slug = 'solid-tools'").await, 0, "all of it or nothing");
        // Whoever has seen the question may leave it open.
        assert_eq!(apply(town, &staff, late).await.state, State::Applied);
        assert_eq!(count(town, "organizations where slug in ('solid-tools', 'widgetworks')").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_event_of_which_only_the_start_is_known_is_a_draft_without_an_end() {
    sequel(async |town| {
        let (ctx, staff) = (town.ctx(), two_of_the_staff(town).await.0);
        let list = "title,start,end,city,country,topics\n\
                    Evening Meetup,2027-06-08T18:00,,Berlin,Germany,golang\n\
                    From An Evening On,2027-06-08 18:00,2027-06-10,Berlin,Germany,golang\n\
                    Until Some Noon,2027-06-08,2027-06-10T12:00,Berlin,Germany,golang\n\
                    Somewhere At Six,2027-10-01T18:00,,Springfield,U.S.A.,golang\n\
                    Until Some Day,,2027-06-10,Berlin,Germany,golang\n";
        let (id, rows) = looked(&ctx, &staff, "events", list).await;
        let told: Vec<(&str, &str)> = rows.iter().map(|row| (row.outcome.label(), row.unmapped.as_str())).collect();
        let six = "the time zone of Springfield, U.S.A.: its days stand in the subtitle; the time 18:00: no time zone says which moment it is";
        assert_eq!(
            told,
            [
                ("make", ""),
                ("make", "the time 18:00: its end is only a day"),
                ("make", "the time 12:00: its start is only a day"),
                ("make", six),
                ("make", "")
            ]
        );
        assert_eq!(apply(town, &staff, id).await.state, State::Applied);
        for (title, is_so) in [
            ("Evening Meetup", "not all_day and starts_wall = '2027-06-08 18:00' and ends_wall is null and end_at is null"),
            ("From An Evening On", "all_day and starts_wall = '2027-06-08 00:00' and ends_wall = '2027-06-10 23:59'"),
            ("Until Some Noon", "all_day and starts_wall = '2027-06-08 00:00' and ends_wall = '2027-06-10 23:59'"),
            ("Somewhere At Six", "not all_day and start_at is null and subtitle = '1 October 2027'"),
            ("Until Some Day", "all_day and start_at is null and ends_wall = '2027-06-10 23:59'"),
        ] {
            assert_eq!(count(town, &format!("events where title = '{title}' and status = 'Draft' and {is_so}")).await, 1, "{title}");
        }
        let (_, again) = looked(&ctx, &staff, "events", list).await;
        assert!(again.iter().all(|row| row.outcome.label() == "there"), "no doubling: {again:#?}");
    })
    .await;
}

#[tokio::test]
async fn of_many_names_that_are_spelled_alike_the_likest_is_asked_about() {
    sequel(async |town| {
        let (ctx, staff) = (town.ctx(), two_of_the_staff(town).await.0);
        let names = ["Cloud Fountain", "Cloud Forestry", "Cloud Fortress", "Cloud Fourteen", "Cloud Forty", "Cloud Forum"];
        let mut list = String::from("name,website\n");
        for name in names {
            list.push_str(&format!("{name},{}.example\n", name.to_lowercase().replace(' ', "-")));
        }
        made(town, &staff, &list).await;
        made(town, &staff, "name,website\nCloud Foundry,the-foundry.example\n").await;
        // The very same when read quickly, and one letter beside it.
        for name in ["Cloud Foundry Inc", "Cloud Foundri"] {
            let list = format!("name,website\n{name},another-foundry.example\n");
            let (_, rows) = looked(&ctx, &staff, "organizations", &list).await;
            assert_eq!(outcomes(&rows), [(2, "ask")], "{rows:#?}");
            assert_eq!(rows[0].into_name.as_deref(), Some("Cloud Foundry"), "{rows:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_makes_a_profile_of_an_application_that_went_into_another() {
    sequel(async |town| {
        let ctx = town.ctx();
        let staff = two_of_the_staff(town).await.0;
        let list = "name,website\nNorth Labs,north-labs.example\nSouthgate Works,southgate-works.example\n";
        made(town, &staff, list).await;
        let waits = "update organizations set verification_status = 'Pending Verification'
                     where slug in ('north-labs', 'southgate-works')";
        sqlx::query(waits).execute(&town.owner).await.expect("both wait");
        merge(town, &staff, "north-labs", "southgate-works").await;

        let (_, rows) = looked(&ctx, &staff, "organizations", list).await;
        assert_eq!(outcomes(&rows), [(2, "skip"), (3, "skip")], "{rows:#?}");
        assert_eq!(rows[0].reason, "Somebody of north-labs.example is joining by themselves; their application waits.");
    })
    .await;
}

#[tokio::test]
async fn a_website_leads_to_the_profile_that_its_owner_was_merged_into() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (staff, ravi) = (two_of_the_staff(town).await.0, who(&ctx, RAVI).await);
        made(
            town,
            &staff,
            "name,website\nNorth Labs,north-labs.example\nSouthgate Works,southgate-works.example\nContoso Mesh,contoso-mesh.example\n",
        )
        .await;
        let gone = merge(town, &staff, "north-labs", "southgate-works").await;

        // The list that it came from: its name is there, and what stands on its website is a product of the one that stays.
        let list = "name,website\nNorth Labs,north-labs.example\nNorth Query,north-labs.example/query\n";
        let (id, rows) = looked(&ctx, &staff, "organizations", list).await;
        assert_eq!(outcomes(&rows), [(2, "there"), (3, "merge")], "{rows:#?}");
        assert_eq!(rows[0].reason, "North Labs was merged into Southgate Works, which is here.");
        assert!(rows.iter().all(|row| row.into_name.as_deref() == Some("Southgate Works")), "{rows:#?}");
        assert_eq!(apply(town, &staff, id).await.state, State::Applied);
        assert_eq!(count(town, "organizations where slug = 'southgate-works' and products_text ilike '%north query%'").await, 1);
        assert_eq!(count(town, &format!("organizations where id = '{gone}' and products_text <> ''")).await, 0);
        assert_eq!(outcomes(&looked(&ctx, &staff, "organizations", list).await.1), [(2, "there"), (3, "there")]);

        // Merged once more, into one that its own people keep: a past sponsor by its old name is noted as that one.
        merge(town, &staff, "southgate-works", "acme-cloud").await;
        let (event, title): (Uuid, String) = sqlx::query_as(
            "update events set status = 'Completed'
             where id = (select id from events where community_id = $1 and status = 'Upcoming' limit 1) returning id, title",
        )
        .bind(ravi.community().expect("Apex").0)
        .fetch_one(&town.owner)
        .await
        .expect("an event of Apex");
        let sponsors = format!("sponsor,website,event,tier\nNorth Labs,north-labs.example,{title},Media Partner\n");
        let (id, rows) = looked(&ctx, &ravi, "sponsors", &sponsors).await;
        assert_eq!(outcomes(&rows), [(2, "there")], "{rows:#?}");
        assert_eq!(apply(town, &ravi, id).await.state, State::Applied);
        let noted = format!(
            "event_partners p join organizations o on o.id = p.organization_id
             where p.event_id = '{event}' and not p.visible and o.slug = 'acme-cloud'"
        );
        assert_eq!(count(town, &noted).await, 1);

        // Whoever owns the website by now goes first.
        sqlx::query("update organizations set identity_key = 'north-labs.example' where slug = 'contoso-mesh'")
            .execute(&town.owner)
            .await
            .expect("moved");
        let (_, rows) = looked(&ctx, &staff, "organizations", "name,website\nContoso Mesh,north-labs.example\n").await;
        assert_eq!(rows[0].reason, "Contoso Mesh has a profile already.");
    })
    .await;
}
