//! What an opportunity's page says to machines: schema.org's `Offer` of a service by the community, between two prices. Only what
//! is known is said.

use crate::{
    features::opportunities::views::{OpportunityStatus, OpportunityView},
    ui::found::{breadcrumbs, graph},
};
use serde_json::{Map, Value, json};

/// The offer, and where its page stands.
pub fn offer(it: &OpportunityView, origin: &str) -> Value {
    let path = format!("/opportunities/{}", it.id);
    let here = format!("{origin}{path}");
    let community = format!("{origin}/communities/{}", it.community.slug);
    let community =
        json!({"@type": "Organization", "@id": format!("{community}#community"), "name": it.community.name, "url": community});
    let name = format!("{} of {}", it.category, it.event.title);
    // What a sponsor buys is no product and no place at the event, but what the community does for them.
    let mut service = Map::new();
    service.insert("@type".to_owned(), json!("Service"));
    service.insert("name".to_owned(), json!(name));
    service.insert("serviceType".to_owned(), json!("Event sponsorship"));
    service.insert("category".to_owned(), json!(it.category.label()));
    service.insert("provider".to_owned(), community.clone());
    if !it.description.is_empty() {
        service.insert("description".to_owned(), json!(it.description));
    }
    if let Some(region) = it.event.region.as_ref().filter(|region| !region.is_empty()) {
        service.insert("areaServed".to_owned(), json!(region));
    }
    let range = &it.budget_range;
    let mut offer = json!({
        "@type": "Offer",
        "@id": format!("{here}#offer"),
        "url": here,
        "name": name,
        "image": format!("{origin}/og/opportunities/{}.png", it.id),
        "offeredBy": community,
        "itemOffered": service,
        "priceSpecification": {
            "@type": "PriceSpecification",
            "priceCurrency": it.currency.code(),
            "minPrice": range.min.amount,
            "maxPrice": range.max.amount,
        },
        "availabilityEnds": it.decision_at,
        "inventoryLevel": {"@type": "QuantitativeValue", "value": it.places_left.max(0), "unitText": "places"},
    });
    let availability = match it.status {
        OpportunityStatus::Open if it.places_left > 0 => Some("InStock"),
        OpportunityStatus::Open | OpportunityStatus::Filled => Some("SoldOut"),
        OpportunityStatus::Closed => Some("Discontinued"),
        OpportunityStatus::Draft => None,
    };
    if let Some(word) = availability {
        offer["availability"] = json!(format!("https://schema.org/{word}"));
    }
    let crumbs = [("Opportunities", "/opportunities"), (it.event.title.as_str(), path.as_str())];
    graph(vec![offer, breadcrumbs(origin, &crumbs)])
}
