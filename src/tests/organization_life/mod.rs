//! The later life of organizations: `pictures` through the upload door, what a `profile` shows, addresses and websites that
//! change (`moves`), profiles that a community adds and their people claim (`claims`), requests that wait for them (`waiting`),
//! a text in the DNS that proves who leads (`proofs`), and what `staff` do, some of it only together. Services and doors, races
//! included.

mod claims;
mod moves;
mod pictures;
mod profile;
mod proofs;
mod staff;
mod waiting;

use crate::town::{Answer, Browser, Chosen, Town};
use commdesk::{
    features::{
        organizations::rules::{claims::AddInput, moves::AnswerInput},
        requests::service as requests,
    },
    kernel::{actor::Actor, ids::OrganizationId},
    platform::ctx::Ctx,
};
use serde_json::json;
use uuid::Uuid;

async fn organization(town: &Town, slug: &str) -> OrganizationId {
    let id: Uuid = sqlx::query_scalar("select id from organizations where slug = $1")
        .bind(slug)
        .fetch_one(&town.owner)
        .await
        .expect("the demo has it");
    OrganizationId(id)
}

fn answer(id: Uuid, decision: &str) -> AnswerInput {
    AnswerInput { id: id.to_string(), decision: decision.into(), reason: "Seen in the company register.".into() }
}

/// The newest one-time link that was mailed to an address.
async fn mailed_link(town: &Town, to: &str) -> String {
    town.drain().await;
    let letters = town.post.letters();
    let mut words = letters.iter().rev().filter(|letter| letter.to == to).flat_map(|letter| letter.text.split_whitespace());
    let link = words.find(|word| word.contains("/link/")).unwrap_or_else(|| panic!("no link was mailed to {to}"));
    link.rsplit("/link/").next().unwrap_or_default().to_owned()
}

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#225588"/><circle cx="50" cy="50" r="30" fill="#ffffff"/></svg>"##;

/// Sends a file to the upload door as programs do.
async fn upload(browser: &mut Browser, name: &str, kind: &str, bytes: &[u8]) -> Answer {
    browser.submit_file("/api/v1/uploads/logos", &[], &Chosen { field: "logo", name, kind, bytes }).await
}

fn northwind() -> AddInput {
    AddInput {
        display_name: "Northwind Labs".into(),
        website: "https://northwind.example".into(),
        entity_type: "Sponsor".into(),
        industry: "Security".into(),
        short_description: "They audit what students ship.".into(),
        contact_email: "hello@northwind.example".into(),
        confirm: false,
    }
}

async fn ask_for_support(town: &Town, ctx: &Ctx, ravi: &Actor, id: OrganizationId) -> commdesk::kernel::ids::RequestId {
    let event: Uuid =
        sqlx::query_scalar("select id from events where title like 'HackFest%'").fetch_one(&town.owner).await.unwrap();
    let input = serde_json::from_value(json!({
        "organizationId": id.to_string(), "eventId": event.to_string(), "amount": 20000, "currency": "INR",
        "category": "Bronze Sponsor", "message": "Would you judge the security track?",
    }))
    .expect("as on the wire");
    let request = requests::send(ctx, ravi, &input).await.expect("it is kept");
    town.drain().await;
    request
}

/// The seats of an organization: whose, and as what.
async fn seats(town: &Town, id: OrganizationId) -> Vec<(String, String)> {
    sqlx::query_as(
        "select u.email, m.role from organization_members m join users u on u.id = m.user_id
         where m.organization_id = $1 order by u.email",
    )
    .bind(id.0)
    .fetch_all(&town.owner)
    .await
    .expect("seats")
}
