//! The forms of saved searches and of watching: they stand on the lists and on profiles, and on the two pages of their own.

use super::{rules::List, service, views::SearchInput};
use crate::{
    features::organizations::views::within,
    kernel::{
        compare::{COMPARED, MOST_COMPARED},
        error::{AppError, AppResult},
        ids::SavedViewId,
    },
    platform::web::{
        form::{Done, FormRoute, Posted},
        safe_path,
    },
};
use url::form_urlencoded;
use uuid::Uuid;

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/directory", form: "save-search", handler: |posted| Box::pin(save(posted, List::Organizations)) },
        FormRoute { path: "/communities", form: "save-search", handler: |posted| Box::pin(save(posted, List::Communities)) },
        FormRoute { path: "/opportunities", form: "save-view", handler: |posted| Box::pin(save(posted, List::Opportunities)) },
        FormRoute { path: "/opportunities", form: "rename-view", handler: |posted| Box::pin(rename_view(posted)) },
        FormRoute { path: "/opportunities", form: "delete-view", handler: |posted| Box::pin(delete_view(posted)) },
        FormRoute { path: "/searches", form: "rename", handler: |posted| Box::pin(rename(posted)) },
        FormRoute { path: "/searches", form: "alerts", handler: |posted| Box::pin(alerts(posted)) },
        FormRoute { path: "/searches", form: "delete", handler: |posted| Box::pin(delete(posted)) },
        FormRoute { path: "/directory", form: "watch", handler: |posted| Box::pin(watch(posted)) },
        FormRoute { path: "/directory/{slug}", form: "watch", handler: |posted| Box::pin(watch(posted)) },
        FormRoute { path: "/communities", form: "watch", handler: |posted| Box::pin(watch(posted)) },
        FormRoute { path: "/communities/{slug}", form: "watch", handler: |posted| Box::pin(watch(posted)) },
        FormRoute { path: "/watchlist", form: "watch", handler: |posted| Box::pin(watch(posted)) },
    ]
}

/// A path for the workspace that the call names.
fn here(posted: &Posted, path: &str) -> Done {
    Done::to(within(path, posted.call.workspace.as_deref().unwrap_or_default()))
}

async fn save(posted: Posted, list: List) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    let typed = &posted.typed;
    let input = SearchInput { name: typed.owned("name"), query: typed.owned("query"), alerts: typed.ticked("alerts") };
    let search = service::save(&posted.call.ctx, &actor, list, &input).await?;
    Ok(at_list(&posted, list, &search.query))
}

/// The list as a question shows it. Whom somebody compares there stays chosen.
fn at_list(posted: &Posted, list: List, query: &str) -> Done {
    let compared = match list {
        List::Organizations | List::Communities => posted.typed.all(COMPARED),
        List::Opportunities => Vec::new(),
    };
    let mut all = form_urlencoded::Serializer::new(query.to_owned());
    all.extend_pairs(compared.iter().take(MOST_COMPARED).map(|slug| (COMPARED, slug)));
    let all = all.finish();
    let path = if all.is_empty() { list.path().to_owned() } else { format!("{}?{all}", list.path()) };
    here(posted, &path)
}

fn view_id(posted: &Posted) -> AppResult<SavedViewId> {
    posted.typed.text("view").parse().map_err(|_| AppError::NotFound)
}

async fn rename_view(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    let view = service::search_of(&posted.call.ctx, &actor, List::Opportunities, view_id(&posted)?).await?;
    service::rename(&posted.call.ctx, &actor, view.id, posted.typed.text("name")).await?;
    Ok(at_list(&posted, view.list, &view.query))
}

async fn delete_view(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    let view = service::search_of(&posted.call.ctx, &actor, List::Opportunities, view_id(&posted)?).await?;
    service::delete(&posted.call.ctx, &actor, view.id).await?;
    // The list stays as it is shown; only its name is gone.
    Ok(at_list(&posted, view.list, &view.list.canonical(posted.typed.text("query"))))
}

fn search_id(posted: &Posted) -> AppResult<SavedViewId> {
    posted.typed.text("search").parse().map_err(|_| AppError::NotFound)
}

async fn rename(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    service::rename(&posted.call.ctx, &actor, search_id(&posted)?, posted.typed.text("name")).await?;
    Ok(here(&posted, "/searches"))
}

async fn alerts(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    let on = posted.typed.text("alerts") == "on";
    service::set_alerts(&posted.call.ctx, &actor, search_id(&posted)?, on).await?;
    Ok(here(&posted, "/searches"))
}

async fn delete(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    service::delete(&posted.call.ctx, &actor, search_id(&posted)?).await?;
    Ok(here(&posted, "/searches"))
}

/// Watches, or stops; then back to where the button stood: on a list at its row.
async fn watch(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.viewer()?;
    let typed = &posted.typed;
    let list = List::parse(typed.text("list")).map_err(|_| AppError::NotFound)?;
    let row: Uuid = typed.text("id").parse().map_err(|_| AppError::NotFound)?;
    if typed.text("watch") == "no" {
        service::unwatch(&posted.call.ctx, &actor, list, row).await?;
    } else {
        service::watch(&posted.call.ctx, &actor, list, row).await?;
    }
    let back = safe_path(typed.text("back"));
    let at_row = |back: &str| if typed.text("at") == "row" { format!("{back}#watch-{row}") } else { back.to_owned() };
    Ok(back.map_or_else(|| here(&posted, "/watchlist"), |back| Done::to(at_row(back))))
}
