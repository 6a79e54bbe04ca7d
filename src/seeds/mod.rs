//! The demo: named people and their story, told by calling the same services that people use, relative to now.

pub mod people;
pub mod private;
mod story;

use crate::{
    features::accounts::service as accounts,
    kernel::actor::Actor,
    platform::{
        cluster::Say,
        ctx::{Ctx, House},
        jobs::{self, Registry},
        web::json_response,
    },
};
use axum::{Router, response::Response, routing::get};
use http::StatusCode;
use people::{ALL, Figure, OMAR, PASSWORD, SARA};
use serde_json::json;
use std::sync::Arc;

/// Every trace of the story begins with it.
const TRACE: &str = "seed";

/// Loads the demo story, once; a database that has it is left as it is.
///
/// # Errors
/// When a step of the story is refused: the demo is held to the same rules as everybody.
pub async fn demo(house: &Arc<House>, registry: &Registry, say: Say<'_>) -> anyhow::Result<()> {
    let ctx = Ctx::background(house, TRACE);
    if story::is_told(&ctx).await? {
        return Ok(());
    }
    say("Loading the demo:");
    let sara = staff(&ctx).await?;
    jobs::drain(&ctx, registry).await?;
    story::tell(&ctx, registry, &sara, say).await?;
    Ok(())
}

/// Staff, each with a second factor; gives the one who reviews, at work.
async fn staff(ctx: &Ctx) -> anyhow::Result<Actor> {
    for (figure, role) in [(SARA, "review"), (OMAR, "admin")] {
        accounts::add_staff(ctx, figure.email, figure.name, role).await?;
        people::activate(ctx, figure).await?;
    }
    people::sign_in_staff(ctx, OMAR).await?;
    people::sign_in_staff(ctx, SARA).await
}

/// Prints the demo people with their roles.
pub fn introduce(say: Say<'_>) {
    say("");
    say(&format!("People of the demo (the password of each is \"{PASSWORD}\"):"));
    for Figure { name, email, role } in ALL {
        say(&format!("  {name:<16} {email:<26} {role}"));
    }
    say("Staff also need a code: /dev/people shows the one of this moment.");
}

/// `/dev/people`: the demo's people, with the code that each staff member's authenticator would show now. Mounted by `dev`
/// alone.
pub fn routes(house: &Arc<House>) -> Router {
    let house = Arc::clone(house);
    Router::new().route("/dev/people", get(move || list(house)))
}

async fn list(house: Arc<House>) -> Response {
    let ctx = Ctx::background(&house, "people");
    let mut all = Vec::new();
    for figure in ALL {
        let code = if figure.is_staff() { accounts::code_for_development(&ctx, figure.email).await.ok() } else { None };
        all.push(json!({"name": figure.name, "email": figure.email, "role": figure.role, "password": PASSWORD, "code": code}));
    }
    json_response(StatusCode::OK, &all)
}
