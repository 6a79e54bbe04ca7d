//! Packages, add-ons and what stands alone.

use crate::{
    common::{Cast, code, count, signed_in, told, wire},
    town::sequel,
};
use commdesk::{
    features::{
        opportunities::service as opportunities,
        requests::{service as requests, views::ApplyInput},
    },
    kernel::{error::AppError, ids::OpportunityId},
    seeds::people::ASHA,
};
use http::{Method, StatusCode};
use serde_json::json;

/// Gold (1,000.50) brings a keynote (500); a dinner (200) on top of Gold; a workshop (50) on top of any; a booth (300, one
/// left) alone, not together with the keynote; Small (10).
async fn with_items(cast: &Cast, places: u32) -> (OpportunityId, Vec<(String, String)>) {
    let id = cast
        .offer(json!({"places": places, "items": [
            {"kind": "Package", "name": "Gold", "price": "1000.50"},
            {"kind": "Package only", "name": "Keynote", "price": 500, "package": "Gold", "benefit": "Keynote slot"},
            {"kind": "Add-on", "name": "Dinner", "price": 200, "package": "gold"},
            {"kind": "Add-on", "name": "Workshop", "price": 50, "benefit": "Workshop slot"},
            {"kind": "Standalone", "name": "Booth", "price": 300, "stock": 1, "conflicts": ["Keynote"], "benefit": "Booth"},
            {"kind": "Package", "name": "Small", "price": 10},
        ]}))
        .await;
    let it = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs");
    (id, it.items.into_iter().map(|item| (item.name, item.id.to_string())).collect())
}

fn ids(items: &[(String, String)], names: &[&str]) -> Vec<String> {
    names.iter().map(|name| items.iter().find(|(known, _)| known == name).expect(name).1.clone()).collect()
}

#[tokio::test]
async fn a_mix_is_priced_by_the_service_and_an_illegal_one_is_refused() {
    sequel(async |town| {
        let cast = told(town).await;
        let (opportunity, items) = with_items(&cast, 3).await;
        let apply = async |chosen: Vec<String>, amount: &str| {
            let input: ApplyInput = wire(json!({"items": chosen, "amount": amount}));
            requests::apply(&cast.ctx, &cast.asha, opportunity, &input).await
        };
        for (names, refusal) in [
            (&["Keynote"][..], "PACKAGE_ONLY"),
            (&["Dinner"], "PACKAGE_MISSING"),
            (&["Dinner", "Small"], "PACKAGE_MISSING"),
            (&["Workshop"], "PACKAGE_MISSING"),
            (&["Gold", "Small"], "ONE_PACKAGE"),
            (&["Gold", "Booth"], "ITEMS_CONFLICT"),
        ] {
            assert_eq!(code(apply(ids(&items, names), "").await), refusal, "{names:?}");
        }
        assert_eq!(code(apply(vec![uuid::Uuid::from_u128(7).to_string()], "").await), "ITEM_UNKNOWN");
        assert_eq!(code(apply(vec!["gold".into()], "").await), "ITEM_UNKNOWN");
        assert_eq!(code(apply(ids(&items, &["Gold", "Dinner"]), "1700.49").await), "WRONG_TOTAL");
        assert_eq!(count(town, &format!("requests where opportunity_id = '{opportunity}'")).await, 0);

        // The price is public, and the same through the API.
        let chosen = ids(&items, &["Gold", "Dinner"]);
        let mut visitor = town.visitor();
        let priced =
            visitor.api(Method::GET, &format!("/opportunities/{opportunity}/price?items={}", chosen.join(",")), None).await;
        assert_eq!((&priced.data()["totalMinor"], priced.data()["lines"].as_array().map(Vec::len)), (&json!(170_050), Some(3)));

        let id = apply(chosen, "1,700.50").await.expect("applied");
        let request = requests::get(&cast.ctx, &cast.asha, id).await.expect("theirs");
        assert_eq!(request.amount_minor, 170_050);
        let words: Vec<&str> = request.benefits.iter().map(|line| line.text.as_str()).collect();
        for line in ["Package: Gold", "Keynote", "Dinner"] {
            assert!(words.contains(&line), "{line} of {words:?}");
        }
        assert_eq!(count(town, &format!("request_items where request_id = '{id}'")).await, 3);

        // Prices that change later are not hers.
        let version = opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs").version;
        cast.patch(opportunity, json!({"version": version, "items": [{"kind": "Standalone", "name": "Other", "price": 1}]}))
            .await
            .expect("saved");
        let request = requests::get(&cast.ctx, &cast.asha, id).await.expect("theirs");
        assert_eq!(request.amount_minor, 170_050);
        let it = opportunities::get(&cast.ctx, None, opportunity).await.expect("public");
        assert_eq!(it.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["Other"]);
        let moved =
            cast.patch(opportunity, json!({"version": it.version, "budgetRange": {"min": 1, "max": 2, "currency": "USD"}})).await;
        assert!(
            matches!(moved, Err(AppError::Invalid(e)) if e.get("items").is_some()),
            "prices are never reread in another currency"
        );
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_total_is_seen_before_anything_is_sent() {
    sequel(async |town| {
        let cast = told(town).await;
        let (opportunity, items) = with_items(&cast, 3).await;
        let chosen = ids(&items, &["Gold", "Workshop"]);
        let mut asha = signed_in(town, ASHA).await;
        let path = format!("/opportunities/{opportunity}");
        let page = asha.open(&path).await;
        assert!(page.text.contains("Choose what you want") && page.text.contains("Comes with Gold"));
        let fields = [("currency", "INR"), ("items", chosen[0].as_str()), ("items", chosen[1].as_str()), ("message", "Us!")];

        let first = asha.submit(&path, "apply", &fields).await;

        assert_eq!(first.status, StatusCode::CONFLICT);
        assert!(
            first.text.contains("₹1,550.50") && first.text.contains("name=\"total\" value=\"1550.50\""),
            "the total is shown"
        );
        assert!(first.text.contains("Us!"), "and what was typed is kept");
        let both = asha.submit(&path, "apply", &[&fields[..], &[("total", "1550.50"), ("amount", "5")]].concat()).await;
        assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sent = asha.submit(&path, "apply", &[&fields[..], &[("total", "1550.50")]].concat()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    })
    .await;
}

#[tokio::test]
async fn the_last_piece_in_stock_goes_to_one_of_two() {
    sequel(async |town| {
        let cast = told(town).await;
        let (opportunity, items) = with_items(&cast, 3).await;
        let booth = ids(&items, &["Booth"]);
        let mut sent = Vec::new();
        for who in [&cast.asha, &cast.tomas] {
            let input: ApplyInput = wire(json!({"items": booth}));
            let id = requests::apply(&cast.ctx, who, opportunity, &input).await.expect("applied");
            let seen = requests::get(&cast.ctx, &cast.ravi, id).await.expect("ours").revision_hash;
            sent.push((id, seen));
        }
        let (one, other) = (town.ctx(), town.ctx());

        let (a, b) = tokio::join!(
            requests::accept(&one, &cast.ravi, sent[0].0, &sent[0].1),
            requests::accept(&other, &cast.ravi, sent[1].0, &sent[1].1)
        );

        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "ITEM_SOLD_OUT");
        assert_eq!(count(town, "item_claims where released_at is null").await, 1);
        assert_eq!(count(town, "place_claims k join opportunity_places p on p.id = k.place_id join opportunities o on o.id = p.opportunity_id where o.category = 'Silver Sponsor'").await, 1, "nothing of the loser is left");
        let late: ApplyInput = wire(json!({"items": booth}));
        let refused = requests::apply(&cast.ctx, &cast.tomas, opportunity, &late).await;
        assert!(matches!(code(refused), "ITEM_SOLD_OUT" | "DUPLICATE_REQUEST"));
        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs");
        let item = it.items.iter().find(|item| item.name == "Booth").expect("offered");
        assert_eq!((item.claimed, item.stock_label().as_str()), (1, "Sold out"));
    })
    .await;
}
