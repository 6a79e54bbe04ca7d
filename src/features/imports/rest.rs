//! `POST /imports`; `GET /imports/{importId}` and its report; `POST …/apply` and `POST …/undo`.

use super::{
    policy,
    rules::Target,
    service, sheets,
    views::{ApplyInput, ImportView},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::IntakeId,
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, UNKEEPABLE, created, form::Typed, ok, once::Once},
};
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::header;
use serde::Deserialize;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(bring))
        .routes(routes!(get))
        .routes(routes!(report))
        .routes(routes!(apply))
        .routes(routes!(undo))
}

/// A file, and what to make of it.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it documents which fields `bring` reads of a form")]
struct ImportFileInput {
    /// CSV in UTF-8, XLSX, or a JSON list of objects; up to 3 MB and 5,000 rows.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    #[schema(schema_with = target_schema)]
    target: String,
    /// The short name of the community whose events staff bring.
    #[schema(required = false)]
    community: String,
    /// Of a workbook with several sheets, what the one is called that shall be read.
    #[schema(required = false)]
    sheet: String,
    /// A JSON object of field and heading, where the columns shall not be guessed; remembered for the next file with these
    /// headings, if it names all that is needed.
    #[schema(required = false)]
    mapping: String,
}

fn target_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("What it holds: organizations or events for staff, sponsors or events for a community."))
        .enum_values(Some(Target::LABELS.iter().copied()))
        .build()
}

/// Bring a file
///
/// As `multipart/form-data`: the file in `file` (CSV in UTF-8, XLSX, or a JSON list of objects; up to 3 MB and 5,000 rows), what
/// it holds in `target` (`organizations` and `events` for staff, `sponsors` and `events` for a community), for events that
/// staff bring the community's short name in `community`, of a workbook with several sheets which one in `sheet` (else the first
/// that people see and that holds a list; `sheets` of the answer names all), and the columns in `mapping`, a JSON object of field
/// and heading, where they shall not be guessed. A sheet that was named is remembered for the next file like it, and so are
/// columns that hold all that is needed. Nothing is imported yet: the answer says what would become of each row.
#[utoipa::path(
    post, path = "/imports", tag = "imports",
    request_body(content = ImportFileInput, content_type = "multipart/form-data"),
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "Read and looked at; `missing` names needed fields that no column holds", body = ImportView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Neither staff nor somebody who manages a community's partners; NOT_APPROVED"),
        (status = 409, description = "IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "No file, or one that cannot be read or is hostile; `file` says which"),
        (status = 429, description = "Too many files of one community"),
    )
)]
async fn bring(call: Call, once: Once, request: Request) -> ApiResult {
    let actor = call.actor()?;
    policy::may_import(&actor)?;
    let typed = Typed::read(request).await?;
    if let Some(field) = typed.unkeepable() {
        return Err(AppError::invalid(field, UNKEEPABLE));
    }
    let upload = typed.upload("file").cloned().ok_or_else(|| {
        AppError::invalid("file", "Send multipart/form-data with the file in the field `file`: CSV, XLSX or JSON.")
    })?;
    let mapping = match typed.text("mapping").trim() {
        "" => None,
        text => Some(
            serde_json::from_str(text)
                .map_err(|_| AppError::invalid("mapping", "Send a JSON object: {\"displayName\": \"Company\"}."))?,
        ),
    };
    let file = service::File {
        target: typed.owned("target"),
        name: upload.name.clone(),
        bytes: upload.within(sheets::LARGEST, sheets::TOO_LARGE)?.to_vec(),
        community: typed.owned("community"),
        sheet: typed.owned("sheet"),
        mapping,
    };
    let (body, actor) = (typed.fingerprint(), &actor);
    let id = once.make(&call, "POST /imports", &body, |ctx| async move { service::bring(&ctx, actor, file).await }).await?;
    Ok(created(&service::view(&call.ctx, actor, id, "", 1).await?))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct RowParams {
    /// `all` (also when absent), `problems`, `duplicates`, `unmapped` or an outcome.
    filter: Option<String>,
    /// From 1; a page has a hundred rows.
    page: Option<u32>,
}

/// What becomes, or became, of a file
#[utoipa::path(
    get, path = "/imports/{importId}", tag = "imports",
    params(("importId" = String, Path), RowParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "With a page of its rows", body = ImportView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Neither staff nor somebody who manages a community's partners"),
        (status = 404, description = "No such import of yours"),
        (status = 422, description = "No such filter"),
    )
)]
async fn get(call: Call, Seg(id): Seg<IntakeId>, Params(params): Params<RowParams>) -> ApiResult {
    let filter = params.filter.unwrap_or_default();
    Ok(ok(&service::view(&call.ctx, &call.actor()?, id, filter.trim(), params.page.unwrap_or(1)).await?))
}

/// The report as a spreadsheet
#[utoipa::path(
    get, path = "/imports/{importId}/report", tag = "imports",
    params(("importId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "A line for every row and picture", body = String, content_type = "text/csv"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Neither staff nor somebody who manages a community's partners"),
        (status = 404, description = "No such import of yours"),
    )
)]
async fn report(call: Call, Seg(id): Seg<IntakeId>) -> AppResult<Response> {
    let text = service::report(&call.ctx, &call.actor()?, id).await?;
    let name = format!("attachment; filename=\"import-{id}.csv\"");
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

/// Carry an import out
///
/// All of it or nothing, by a job: ask for the import until its `state` is `applied`, or `ready` again with the reason in `note`.
#[utoipa::path(
    post, path = "/imports/{importId}/apply", tag = "imports", request_body = ApplyInput,
    params(
        ("importId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Begun", body = ImportView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Neither staff nor somebody who manages a community's partners; NOT_APPROVED"),
        (status = 404, description = "No such import of yours"),
        (status = 409, description = "IMPORT_NOT_READY, TOO_MANY_PROFILES, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "A choice for no line, or one that is none"),
        (status = 429, description = "Too many imports of one community"),
    )
)]
async fn apply(call: Call, once: Once, Seg(id): Seg<IntakeId>, body: Body<ApplyInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = &call.actor()?;
    policy::may_import(actor)?;
    let choices = value.parse()?;
    once.change(&call, &format!("POST /imports/{id}/apply"), &raw, |ctx| async move {
        service::apply(&ctx, actor, id, &choices).await
    })
    .await?;
    Ok(ok(&service::view(&call.ctx, actor, id, "", 1).await?))
}

/// Take an import back
///
/// What it made goes, as far as nothing depends on it yet; of what stays `undoRefused` says why.
#[utoipa::path(
    post, path = "/imports/{importId}/undo", tag = "imports",
    params(
        ("importId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Taken back", body = ImportView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Neither staff nor somebody who manages a community's partners"),
        (status = 404, description = "No such import of yours"),
        (status = 409, description = "IMPORT_NOT_APPLIED, IDEMPOTENCY_KEY_REUSED"),
    )
)]
async fn undo(call: Call, once: Once, Seg(id): Seg<IntakeId>) -> ApiResult {
    let actor = &call.actor()?;
    once.change(&call, &format!("POST /imports/{id}/undo"), b"", |ctx| async move { service::undo(&ctx, actor, id).await })
        .await?;
    Ok(ok(&service::view(&call.ctx, actor, id, "", 1).await?))
}
