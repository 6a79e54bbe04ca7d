//! The mailbox of development: every mail that was written, with its links. Mounted nowhere else.

use super::service::{self, DevMail};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::MailId,
    },
    platform::{
        ctx::{Ctx, House},
        web::{Params, Seg, json_response},
    },
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;

/// `/dev/mail`, `/dev/mail/{id}`, `/dev/mail/{id}/html` and `/dev/mail.json`; empty outside development.
pub fn routes(house: &Arc<House>) -> Router<Arc<House>> {
    if !house.settings.is_development() {
        return Router::new();
    }
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail.json", get(json))
        .route("/dev/mail/{id}", get(one))
        .route("/dev/mail/{id}/html", get(alone))
}

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "dev/mailbox.html")]
struct Mailbox {
    to: String,
    mails: Vec<DevMail>,
}

#[derive(Template)]
#[template(path = "dev/mail.html")]
struct Mail {
    mail: DevMail,
}

async fn list(State(house): State<Arc<House>>, Params(filter): Params<Filter>) -> AppResult<Response> {
    let mails = service::mailbox(&ctx(&house), filter.to.as_deref()).await?;
    page(&Mailbox { to: filter.to.unwrap_or_default(), mails })
}

async fn json(State(house): State<Arc<House>>, Params(filter): Params<Filter>) -> AppResult<Response> {
    Ok(json_response(StatusCode::OK, &service::mailbox(&ctx(&house), filter.to.as_deref()).await?))
}

async fn one(State(house): State<Arc<House>>, Seg(id): Seg<MailId>) -> AppResult<Response> {
    page(&Mail { mail: service::mail(&ctx(&house), id).await? })
}

async fn alone(State(house): State<Arc<House>>, Seg(id): Seg<MailId>) -> AppResult<Response> {
    Ok(Html(service::mail(&ctx(&house), id).await?.html).into_response())
}

fn ctx(house: &Arc<House>) -> Ctx {
    Ctx::background(house, "dev-mail")
}

fn page(template: &impl Template) -> AppResult<Response> {
    let html = template.render().map_err(|error| AppError::broken(format!("the mailbox could not be shown: {error}")))?;
    Ok(Html(html).into_response())
}
