//! Keys that fit the database, keys that do not, and a column key that is taken away.

use crate::{
    common::count,
    planted::SEALED,
    town::{Town, sequel, story},
};
use commdesk::{
    features::sealed,
    platform::{
        config::Environment,
        crypto::{BlindKey, CheckpointKey, Keyring, cell},
        ctx::House,
        facts, keys,
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The town's house with another ring.
fn with(town: &Town, columns: &Keyring) -> House {
    House { columns: columns.clone(), ..town.house.at_another_time(0) }
}

/// What a start says of these keys; nothing when they fit.
async fn said(house: &House) -> String {
    keys::fit(house, sealed::COLUMNS).await.err().map(|error| format!("{error:#}")).unwrap_or_default()
}

#[tokio::test]
async fn keys_are_known_again() {
    story(async |town| {
        let ring = &town.house.columns;
        // The first start may come with any; from then on it is these.
        for _ in 0..2 {
            assert_eq!(said(&town.house).await, "");
        }
        assert_eq!(count(town, "key_proofs").await, 3);
        let other = with(town, &Keyring::generate());
        let refused = said(&other).await;
        assert!(refused.contains("COMMDESK_DATA") && refused.contains("keys.env") && refused.contains("key 1"), "{refused}");
        let blind = House { blind: BlindKey::generate(), ..town.house.at_another_time(0) };
        let refused = said(&blind).await;
        assert!(refused.contains("COMMDESK_DATA") && refused.contains("blind"), "{refused}");
        let signing = House { signing: CheckpointKey::generate(), ..town.house.at_another_time(0) };
        let refused = said(&signing).await;
        assert!(refused.contains("COMMDESK_DATA") && refused.contains("checkpoints"), "{refused}");
        let in_production = |mut house: House| {
            house.settings.environment = Environment::Production;
            house
        };
        let refused = said(&in_production(other)).await;
        assert!(refused.starts_with("COMMDESK_COLUMN_KEYS"), "{refused}");
        let refused = said(&in_production(blind)).await;
        assert!(refused.starts_with("COMMDESK_BLIND_KEY"), "{refused}");
        let refused = said(&in_production(signing)).await;
        assert!(refused.starts_with("COMMDESK_SIGNING_KEY"), "{refused}");

        // A wrong first key beside a new one leaves no trace of the new one.
        let wrong = Keyring::generate().rotated();
        assert!(said(&with(town, &wrong)).await.contains("key 1"));
        assert_eq!(said(&with(town, &ring.rotated())).await, "");
        assert_eq!(count(town, "key_proofs where name = 'column:2'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_database_from_before_is_known_by_what_is_sealed_in_it() {
    sequel(async |town| {
        assert_eq!(count(town, "key_proofs").await, 0);
        let refused = said(&with(town, &Keyring::generate())).await;
        assert!(refused.contains("COMMDESK_DATA") && refused.contains("another"), "{refused}");
        facts::checkpoint(&town.ctx()).await.expect("signed");
        let refused = said(&House { signing: CheckpointKey::generate(), ..town.house.at_another_time(0) }).await;
        assert!(refused.contains("COMMDESK_DATA") && refused.contains("checkpoints"), "{refused}");
        assert_eq!(count(town, "key_proofs").await, 0, "a start that is refused leaves nothing");
        assert_eq!(said(&town.house).await, "");
    })
    .await;
}

#[tokio::test]
async fn an_old_column_key_can_be_taken_away() {
    sequel(async |town| {
        assert_eq!(said(&town.house).await, "");
        let both = town.house.columns.rotated();
        let written = both.format();
        let newest = Keyring::parse(written.rsplit(',').next().expect("the last one")).expect("a ring");
        assert_eq!((newest.ids(), newest.current()), (vec![2], 2));
        let both = with(town, &both);
        assert_eq!(said(&both).await, "");
        let refused = said(&with(town, &newest)).await;
        assert!(refused.contains("key 1 is missing") && refused.contains("commdesk reseal"), "{refused}");

        // More than are read at once, in one column.
        let many = "insert into mails (id, once_key, recipient, recipient_name, template, subject, state, trace_id, created_at)
                    select gen_random_uuid(), 'many-' || n, 'x@acme.example', 'X', 'reset', 'X', 'sent', 'x', $1
                    from generate_series(1, 1200) n";
        sqlx::query(many).bind(town.ctx().now()).execute(&town.owner).await.expect("mails");
        let ids: Vec<Uuid> = sqlx::query_scalar("select id from mails where once_key like 'many-%'")
            .fetch_all(&town.owner)
            .await
            .expect("their ids");
        // Most have lost their words: what is sealed stands between them.
        for id in ids.iter().step_by(2) {
            sqlx::query("update mails set body_text = $2 where id = $1")
                .bind(id)
                .bind(town.house.columns.seal("one of many", &cell("mails", id, "body_text")))
                .execute(&town.owner)
                .await
                .expect("sealed");
        }
        // One that is damaged holds up no other; while it is, no key goes.
        let damaged = ids[0];
        let damage = async |sealed: Option<Vec<u8>>| {
            let written = sqlx::query("update mails set body_html = $2 where id = $1").bind(damaged).bind(sealed);
            written.execute(&town.owner).await.expect("written");
        };
        damage(Some(town.house.columns.seal("of another cell", &cell("mails", damaged, "body_text")))).await;
        let refused = keys::reseal(&both, sealed::COLUMNS).await.expect_err("one is damaged").to_string();
        assert!(refused.contains(&cell("mails", damaged, "body_html")) && refused.contains(" 1 cannot be opened"), "{refused}");
        let again: u64 = refused.split(' ').next().and_then(|count| count.parse().ok()).expect("a number");
        assert!(again > 600, "{again}");
        assert_eq!(count(town, "key_proofs where name = 'column:1'").await, 1);
        damage(None).await;
        assert_eq!(keys::reseal(&both, sealed::COLUMNS).await.expect("nothing is left"), 0);

        assert_eq!(said(&with(town, &newest)).await, "");
        assert_eq!(said(&both).await, "", "nor is it wrong to have it still");
        let mut opened = BTreeSet::new();
        for (table, column) in sealed::COLUMNS {
            let sql = format!("select id, {column} from {table} where {column} is not null");
            let rows: Vec<(Uuid, Vec<u8>)> =
                sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&town.owner).await.expect("what is sealed");
            for (id, sealed) in rows {
                let text = newest.open(&sealed, &cell(table, id, column));
                assert!(text.is_ok(), "{table}.{column} of {id}: {text:?}");
                opened.insert((table, column));
            }
        }
        assert!(opened.len() > 3, "the demo seals more than {opened:?}");
    })
    .await;
}

#[test]
fn every_sealed_column_is_in_the_list() {
    let known: BTreeSet<(&str, &str)> = sealed::COLUMNS.iter().copied().collect();
    let planted: BTreeSet<(&str, &str)> = SEALED.iter().copied().collect();
    let unknown: Vec<_> = planted.difference(&known).collect();
    assert!(unknown.is_empty(), "not in features/sealed.rs: {unknown:?}");
}
