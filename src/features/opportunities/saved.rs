//! Lists that somebody filtered and named: theirs alone, in the workspace they act for. A bookmark is no fact of the
//! business, so nothing is stated about it. They are saved searches of one more list: `watching` keeps the alert of each.

use super::{
    board::Board,
    store_saved as store,
    views::{SavedView, SavedViewInput, SavedViews},
};
use crate::{
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        fields::{Check, FieldErrors},
        ids::{OrganizationId, SavedViewId},
        text::Line,
    },
    platform::{ctx::Ctx, tx::Tx},
};

/// The most views of one person in one workspace.
const MOST: i64 = 30;
const LONGEST_NAME: usize = 60;

/// The workspace as a view keeps it: by id, because slugs may change.
fn workspace(actor: &Actor) -> String {
    match (actor.organization(), actor.community()) {
        (Some(id), _) => format!("organization:{id}"),
        (_, Some(id)) => format!("community:{id}"),
        _ => String::new(),
    }
}

/// The views that the actor saved in this workspace, by name.
///
/// # Errors
/// When the database is away.
pub async fn list(ctx: &Ctx, actor: &Actor) -> AppResult<SavedViews> {
    Ok(SavedViews { items: store::list(ctx, actor.user().0, &workspace(actor)).await? })
}

/// The lists that people saved in one organization's workspace stand in another's from now on. Gives how many moved.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    store::follow(tx, &format!("organization:{gone}"), &format!("organization:{kept}")).await
}

/// Names the list that a query asks for.
///
/// # Errors
/// 422 beside `name` and `query`; 409 `TOO_MANY_VIEWS`.
pub async fn save(ctx: &Ctx, actor: &Actor, input: &SavedViewInput) -> AppResult<SavedView> {
    let (name, query) = read(input)?;
    let query = query.unwrap_or_default();
    let (id, workspace) = (ctx.id::<SavedViewId>(), workspace(actor));
    let mut tx = ctx.begin().await?;
    if store::count(&mut tx, actor.user().0, &workspace).await? >= MOST {
        return Err(AppError::refused(
            "TOO_MANY_VIEWS",
            format!("You have {MOST} saved views here. Delete one that you no longer use, then save this one."),
        ));
    }
    store::insert(&mut tx, id, (actor.user().0, &workspace), &name, &query, ctx.now()).await?;
    tx.result(id);
    tx.commit_unstated("a person's own bookmark").await?;
    Ok(SavedView { id, name, query })
}

/// Gives a view another name and, where one is given, another query, with which its alert ends.
///
/// # Errors
/// 404 for somebody else's; 422.
pub async fn rename(ctx: &Ctx, actor: &Actor, id: SavedViewId, input: &SavedViewInput) -> AppResult<SavedView> {
    let (name, query) = read(input)?;
    let mut tx = ctx.begin().await?;
    if !store::update(&mut tx, id, (actor.user().0, &workspace(actor)), &name, query.as_deref(), ctx.now()).await? {
        return Err(AppError::NotFound);
    }
    tx.result(id);
    tx.commit_unstated("a person's own bookmark").await?;
    find(ctx, actor, id).await
}

/// Forgets a view.
///
/// # Errors
/// 404 for somebody else's, and for one that is gone.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: SavedViewId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    if !store::delete(&mut tx, id, (actor.user().0, &workspace(actor))).await? {
        return Err(AppError::NotFound);
    }
    tx.result(id);
    tx.commit_unstated("a person's own bookmark").await
}

/// One view of the actor's.
///
/// # Errors
/// 404 for somebody else's.
pub async fn find(ctx: &Ctx, actor: &Actor, id: SavedViewId) -> AppResult<SavedView> {
    list(ctx, actor).await?.items.into_iter().find(|view| view.id == id).ok_or(AppError::NotFound)
}

/// The query is read by the list's own reader and kept as that writes it.
fn read(input: &SavedViewInput) -> Result<(String, Option<String>), FieldErrors> {
    let mut check = Check::default();
    let name = check.take("name", Line::parse(&input.name, 1, LONGEST_NAME, "name"));
    let query = input.query.as_deref().map(Board::read);
    if let Some(Err(wrong)) = query.as_ref().map(Board::ask) {
        for (field, message) in wrong.0 {
            check.add("query", format!("{field}: {message}"));
        }
    }
    check.finish()?;
    let name = name.ok_or_else(|| FieldErrors::one("name", "Name the view."))?;
    Ok((name.into_string(), query.map(|board| board.query())))
}
