//! The story: who applied, who was let in, what they offered each other. Every step is the service that people use, with
//! input as it stands on the wire.

use super::people::{ASHA, Figure, INGRID, KOFI, MALLORY, MEI, RAVI, SARA, TOMAS, activate, actor};
use crate::{
    features::{
        accounts::service as accounts,
        communities::{rules as community_rules, service as communities},
        events::service::{self as events, Then},
        opportunities::service as opportunities,
        organizations::{
            logos,
            rules::{self as organization_rules, application::ApplicationInput},
            service as organizations,
        },
        partners::{rules::Labels, service as partners, views::PartnerInput},
        requests::service as requests,
    },
    kernel::{
        actor::Actor,
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId},
    },
    platform::{
        ctx::Ctx,
        facts::Voice,
        jobs::{self, Registry},
    },
};
use anyhow::Context as _;
use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

fn wire<T: DeserializeOwned>(value: Value) -> anyhow::Result<T> {
    serde_json::from_value(value).context("the demo's input is as on the wire")
}

/// A day from now, as the wire writes dates. No year stands anywhere in the story: `private` tells it anew before it grows old.
fn day(ctx: &Ctx, days: i64) -> String {
    (ctx.now() + TimeDelta::days(days)).format("%Y-%m-%d").to_string()
}

/// Tells the whole story.
pub async fn tell(ctx: &Ctx, registry: &Registry, sara: &Actor, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    say("  companies apply and are verified");
    let acme = apply(
        ctx,
        ASHA,
        ACME_LOGO,
        json!({
            "entityType": "Sponsor", "companyName": "Acme Cloud", "website": "https://acme.example", "officialEmail": ASHA.email,
            "contactName": ASHA.name, "industry": "Cloud and infrastructure", "budgetRange": {"band": "INR:200000-500000"},
            "sponsorshipTypes": ["Cash", "Cloud or API credits", "Mentors and speakers"],
            "shortDescription": "Servers, queues and databases that small teams run without a platform team. We back events where people ship something by Sunday.",
        }),
    )
    .await?;
    let lumen = apply(
        ctx,
        TOMAS,
        LUMEN_LOGO,
        json!({
            "entityType": "Sponsor", "companyName": "Lumen Data", "website": "https://lumen.example", "officialEmail": TOMAS.email,
            "contactName": TOMAS.name, "industry": "Data and databases", "budgetRange": {"band": "INR:500000-2000000"},
            "sponsorshipTypes": ["Cash", "Prizes", "Hiring"],
            "shortDescription": "A columnar database for people who ask questions all day. We hire from the events we support.",
        }),
    )
    .await?;
    let fjord = apply(
        ctx,
        INGRID,
        FJORD_LOGO,
        json!({
            "entityType": "Partner", "companyName": "Fjord Media", "website": "https://fjord.example", "officialEmail": INGRID.email,
            "contactName": INGRID.name, "industry": "Media and marketing", "budgetRange": {"band": "INR:0-50000"},
            "sponsorshipTypes": ["Media", "Food and drinks"],
            "shortDescription": "Recordings, photos and a newsletter that forty thousand developers read on Thursdays.",
        }),
    )
    .await?;
    apply(
        ctx,
        MALLORY,
        GLOBEX_LOGO,
        json!({
            "entityType": "Sponsor", "companyName": "Globex", "website": "https://globex.example", "officialEmail": MALLORY.email,
            "contactName": MALLORY.name, "industry": "Security", "budgetRange": {"band": "USD:2500-10000"},
            "sponsorshipTypes": ["Cash", "Swag"],
            "shortDescription": "Secrets management for small companies.",
        }),
    )
    .await?;
    jobs::drain(ctx, registry).await?;
    for figure in [ASHA, TOMAS, INGRID, MALLORY] {
        activate(ctx, figure).await?;
    }

    say("  communities register and are approved");
    let apex = register(
        ctx,
        RAVI,
        APEX_LOGO,
        json!({
            "name": "Apex Circle", "communityType": "Hackathon organizer", "country": "India", "city": "Pune",
            "bio": "Two hackathons a year and a meetup every month, run by people who like to build things over a weekend.",
            "website": "https://apex.example", "officialEmail": "hello@apex.example", "phone": "+91 98765 43210",
            "socialLinks": {"github": "https://github.com/apex-circle-demo"},
            "owner": {"fullName": RAVI.name, "email": RAVI.email},
        }),
    )
    .await?;
    let harbour = register(
        ctx,
        MEI,
        HARBOUR_LOGO,
        json!({
            "name": "Harbour Devs", "communityType": "Meetup group", "country": "Singapore", "city": "Singapore",
            "bio": "Backend and data people by the water. Talks, a code lab in spring and one conference a year.",
            "website": "https://harbour.example", "officialEmail": "team@harbour.example", "phone": "+65 6123 4567",
            "owner": {"fullName": MEI.name, "email": MEI.email},
        }),
    )
    .await?;
    register(
        ctx,
        KOFI,
        NEWGROVE_LOGO,
        json!({
            "name": "Newgrove", "communityType": "University club", "country": "Ghana", "city": "Accra",
            "bio": "Students who teach each other web development on Saturdays.",
            "website": "https://newgrove.example", "officialEmail": "club@newgrove.example", "phone": "+233 30 212 3456",
            "owner": {"fullName": KOFI.name, "email": KOFI.email},
        }),
    )
    .await?;
    jobs::drain(ctx, registry).await?;
    for figure in [RAVI, MEI, KOFI] {
        activate(ctx, figure).await?;
    }
    jobs::drain(ctx, registry).await?;

    for id in [acme, lumen, fjord] {
        let decision: organization_rules::DecisionInput =
            wire(json!({"decision": "verify", "reason": "Mailbox and website belong together, and a person answered."}))?;
        organizations::decide(ctx, sara, id, decision.parse()?).await?;
    }
    for id in [apex, harbour] {
        let decision: community_rules::DecisionInput =
            wire(json!({"status": "approved", "reason": "Known organizers with past events."}))?;
        let (decision, reason) = decision.parse()?;
        communities::decide(ctx, sara, id, decision, &reason).await?;
    }
    jobs::drain(ctx, registry).await?;

    say("  events, opportunities, requests");
    // Signing in is what makes an approved community active.
    let (ravi, mei) = (actor(ctx, RAVI).await?, actor(ctx, MEI).await?);
    jobs::drain(ctx, registry).await?;
    let (asha, tomas, ingrid) = (actor(ctx, ASHA).await?, actor(ctx, TOMAS).await?, actor(ctx, INGRID).await?);

    let hackfest = event(
        ctx,
        &ravi,
        json!({
            "title": "HackFest", "subtitle": "36 hours, one idea, no slides", "eventType": "Hackathon", "category": "Technology",
            "descriptionMarkdown": "# What it is\n\nFive hundred developers build for a weekend in Pune. Mentors walk the floor, and everything that runs on Sunday counts.\n\n- Teams of two to four\n- Hardware desk and a quiet floor\n- Demos for everybody, not only finalists",
            "format": "In person", "region": "South Asia", "technologies": ["Rust", "TypeScript", "PostgreSQL"],
            "startAt": format!("{}T09:00", day(ctx, 60)), "endAt": format!("{}T21:00", day(ctx, 61)), "timezone": "Asia/Kolkata",
            "venueName": "Agora Hall", "venueAddress": "Baner Road, Pune", "capacity": {"maxAttendees": 500},
            "registrationLink": "https://apex.example/hackfest", "settings": {"publicVisible": true},
        }),
        Then::Publish,
    )
    .await?;
    event(ctx, &ravi, json!({"title": "Autumn demo night", "timezone": "Asia/Kolkata"}), Then::Stay).await?;
    let harbourconf = event(
        ctx,
        &mei,
        json!({
            "title": "HarbourConf", "subtitle": "One day about data that moves", "eventType": "Conference", "category": "Data Science",
            "descriptionMarkdown": "Talks in the morning, workshops in the afternoon, dinner by the water.",
            "format": "Hybrid", "region": "South-East Asia", "technologies": ["PostgreSQL", "Python"],
            "startAt": format!("{}T08:30", day(ctx, 95)), "endAt": format!("{}T18:00", day(ctx, 95)), "timezone": "Asia/Singapore",
            "venueName": "Pier Nine", "venueAddress": "Marina Boulevard, Singapore", "capacity": {"maxAttendees": 320},
            "settings": {"publicVisible": true},
        }),
        Then::Publish,
    )
    .await?;

    let platinum = opportunity(ctx, &ravi, hackfest, "Platinum Sponsor", 200_000, 500_000, 1, 40).await?;
    let gold = opportunity(ctx, &ravi, hackfest, "Gold Sponsor", 80_000, 200_000, 3, 40).await?;
    let media = opportunity(ctx, &ravi, hackfest, "Media Partner", 0, 30_000, 2, 45).await?;
    opportunity(ctx, &mei, harbourconf, "Title Sponsor", 600_000, 1_200_000, 1, 70).await?;
    // Piece by piece, as conferences sell: the one offer of the demo with a price list.
    let pieces = json!([
        {"kind": "Package", "name": "Talk and booth", "price": 90_000, "stock": 2, "details": "Twenty minutes on the main stage, and a table by the coffee."},
        {"kind": "Package only", "name": "Speakers' dinner", "price": 0, "package": "Talk and booth"},
        {"kind": "Add-on", "name": "Logo on the lanyards", "price": 25_000, "stock": 1, "package": "Talk and booth"},
        {"kind": "Standalone", "name": "Breakfast for everybody", "price": 40_000, "stock": 1, "conflicts": ["Drinks in the evening"]},
        {"kind": "Standalone", "name": "Drinks in the evening", "price": 60_000, "stock": 1},
    ]);
    let knowledge = json!({
        "eventId": harbourconf.to_string(), "category": "Knowledge Sponsor", "places": 2, "decisionDeadline": day(ctx, 70),
        "budgetRange": {"min": 40_000, "max": 150_000, "currency": "INR"}, "items": pieces, "status": "Open",
    });
    opportunities::create(ctx, &mei, &wire(knowledge)?).await?;

    let agreed =
        apply_for(ctx, &tomas, gold, "150000", "We would bring two engineers as mentors and a prize for the best use of data.")
            .await?;
    accept(ctx, &ravi, agreed).await?;
    let filmed =
        apply_for(ctx, &ingrid, media, "20000", "We film the demos and put HackFest in the newsletter three weeks before.")
            .await?;
    accept(ctx, &ravi, filmed).await?;
    // Waits for Apex Circle.
    apply_for(ctx, &asha, platinum, "350000", "We want to run the workshop on queues and hand out credits to every team.")
        .await?;
    // Waits for Acme.
    requests::send(
        ctx,
        &mei,
        &wire(json!({
            "organizationId": acme.to_string(), "eventId": harbourconf.to_string(), "amount": "250000", "currency": "INR",
            "category": "Gold Sponsor", "message": "Half of our audience runs what you sell. A booth by the entrance is yours if you like.",
        }))?,
    )
    .await?;
    jobs::drain(ctx, registry).await?;

    past(ctx, &mei, fjord).await?;
    jobs::drain(ctx, registry).await?;
    let _ = lumen;
    Ok(())
}

/// An evening of last season: published in its time, over and put away since.
async fn past(ctx: &Ctx, mei: &Actor, fjord: OrganizationId) -> anyhow::Result<()> {
    let then = Ctx::background(&Arc::new(ctx.house.at_another_time(-160 * 86_400)), super::TRACE);
    let evening = event(
        &then,
        mei,
        json!({
            "title": "Harbour Lights", "subtitle": "An evening of short talks", "eventType": "Meetup", "category": "Data Science",
            "descriptionMarkdown": "Eight talks of ten minutes, then everybody stays for dinner.",
            "format": "In person", "region": "South-East Asia", "technologies": ["PostgreSQL"],
            "startAt": format!("{}T18:00", day(&then, 30)), "endAt": format!("{}T22:00", day(&then, 30)), "timezone": "Asia/Singapore",
            "venueName": "Pier Nine", "venueAddress": "Marina Boulevard, Singapore", "capacity": {"maxAttendees": 90},
            "settings": {"publicVisible": true},
        }),
        Then::Publish,
    )
    .await?;
    let stands: PartnerInput = wire(json!({"organizationId": fjord.to_string(), "category": "Media Partner"}))?;
    partners::add(&then, mei, evening, stands.parse_new(Labels::All)?, None).await?;
    events::complete(ctx, mei, evening).await?;
    events::archive(ctx, mei, evening).await?;
    Ok(())
}

async fn apply(ctx: &Ctx, who: Figure, logo: &str, input: Value) -> anyhow::Result<OrganizationId> {
    let logo = logos::store_logo(ctx, logo.as_bytes().to_vec()).await?;
    let input: ApplicationInput = wire(input)?;
    organizations::apply(ctx, None, input.parse()?, logo).await.context(who.email)
}

async fn register(ctx: &Ctx, who: Figure, logo: &str, input: Value) -> anyhow::Result<CommunityId> {
    let logo = logos::store_logo(ctx, logo.as_bytes().to_vec()).await?;
    let input: community_rules::SignupInput = wire(input)?;
    let view =
        communities::register(ctx, Voice::Visitor { user: None }, None, &input.parse()?, Some(logo)).await.context(who.email)?;
    Ok(view.community_id)
}

async fn event(ctx: &Ctx, who: &Actor, input: Value, then: Then) -> anyhow::Result<EventId> {
    Ok(events::draft(ctx, who, &wire(input)?, then).await?)
}

#[expect(clippy::too_many_arguments, reason = "a line of the story reads like the offer it makes")]
async fn opportunity(
    ctx: &Ctx,
    who: &Actor,
    event: EventId,
    category: &str,
    min: u32,
    max: u32,
    places: u32,
    decides_in: i64,
) -> anyhow::Result<OpportunityId> {
    let id = opportunities::create(
        ctx,
        who,
        &wire(json!({
            "eventId": event.to_string(), "category": category, "places": places, "decisionDeadline": day(ctx, decides_in),
            "budgetRange": {"min": min, "max": max, "currency": "INR"},
        }))?,
    )
    .await?;
    Ok(opportunities::open(ctx, who, id).await?)
}

async fn apply_for(ctx: &Ctx, who: &Actor, id: OpportunityId, amount: &str, message: &str) -> anyhow::Result<RequestId> {
    Ok(requests::apply(ctx, who, id, &wire(json!({"amount": amount, "message": message}))?).await?)
}

async fn accept(ctx: &Ctx, who: &Actor, id: RequestId) -> anyhow::Result<()> {
    let seen = requests::get(ctx, who, id).await?.revision_hash;
    requests::accept(ctx, who, id, &seen).await?;
    Ok(())
}

/// Whose password was set is known to the demo; nobody else's.
pub async fn is_told(ctx: &Ctx) -> anyhow::Result<bool> {
    Ok(accounts::user_of(ctx, &SARA.email()).await?.is_some())
}

// Marks of our own, drawn here, so that the demo needs no file of anybody else's.
const ACME_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><path d="M40 120 L100 30 L160 120 Z" fill="#0f766e"/><path d="M78 120 L100 86 L122 120 Z" fill="#fff"/><rect x="182" y="52" width="100" height="16" rx="8" fill="#0f766e"/><rect x="182" y="92" width="66" height="16" rx="8" fill="#5eada5"/></svg>"##;
const LUMEN_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><circle cx="84" cy="80" r="46" fill="#f59e0b"/><circle cx="102" cy="68" r="36" fill="#fff"/><rect x="164" y="40" width="18" height="80" fill="#78350f"/><rect x="196" y="64" width="18" height="56" fill="#b45309"/><rect x="228" y="86" width="18" height="34" fill="#f59e0b"/></svg>"##;
const FJORD_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><path d="M20 112 L90 40 L130 84 L170 28 L250 112 Z" fill="#1d4ed8"/><path d="M20 122 Q80 106 140 122 T300 122 L300 138 L20 138 Z" fill="#60a5fa"/></svg>"##;
const GLOBEX_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><circle cx="160" cy="80" r="54" fill="none" stroke="#be123c" stroke-width="14"/><path d="M106 80 H214 M160 26 V134" stroke="#be123c" stroke-width="10"/></svg>"##;
const APEX_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><circle cx="80" cy="80" r="64" fill="#4338ca"/><path d="M48 104 L80 48 L112 104 Z" fill="#fff"/></svg>"##;
const HARBOUR_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><rect x="16" y="16" width="128" height="128" rx="28" fill="#0369a1"/><path d="M80 40 V116 M52 92 Q80 132 108 92 M60 60 H100" stroke="#fff" stroke-width="10" fill="none"/></svg>"##;
const NEWGROVE_LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><path d="M80 140 V70" stroke="#166534" stroke-width="12"/><circle cx="80" cy="56" r="36" fill="#16a34a"/><circle cx="52" cy="78" r="22" fill="#22c55e"/><circle cx="108" cy="78" r="22" fill="#22c55e"/></svg>"##;
