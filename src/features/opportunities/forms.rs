//! The forms of opportunities' pages: a draft, opening and closing; and how a whole opportunity and its lines are read. Edits are
//! the decisions room's, since places go to whoever waits.

use super::{
    items::ItemInput,
    service,
    views::{BudgetInput, NumberText, OpportunityInput},
};
use crate::{
    features::partners::views::BenefitInput,
    kernel::error::{AppError, AppResult},
    platform::web::form::{Done, FormRoute, Posted, Typed},
};

/// The forms of `/manage/opportunities/…`.
pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/manage/opportunities/new", form: "save", handler: |posted| Box::pin(create(posted)) },
        FormRoute { path: "/manage/opportunities/{id}", form: "open", handler: |posted| Box::pin(open(posted)) },
        FormRoute { path: "/manage/opportunities/{id}", form: "close", handler: |posted| Box::pin(close(posted)) },
    ]
}

async fn create(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let mut input = read(&posted.typed)?;
    if posted.typed.text("_action") == "open" {
        input.status = "Open".into();
    }
    let id = service::create(&posted.call.ctx, &actor, &input).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn open(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = service::open(&posted.call.ctx, &actor, posted.seg("id")?).await?;
    Ok(Done::to(address(&posted, id)))
}

async fn close(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = service::close(&posted.call.ctx, &actor, posted.seg("id")?).await?;
    Ok(Done::to(address(&posted, id)))
}

/// Where the community looks after one.
pub fn address(posted: &Posted, id: crate::kernel::ids::OpportunityId) -> String {
    match &posted.call.workspace {
        Some(workspace) => format!("/manage/opportunities/{id}?as={workspace}"),
        None => format!("/manage/opportunities/{id}"),
    }
}

/// The button that adds a line, pressed without scripts: the page comes back with everything typed and one line more.
///
/// # Errors
/// 409 `LINE_ADDED` when it was that button.
pub fn line_wanted(typed: &Typed) -> AppResult<()> {
    if typed.text("_action") == "add-line" {
        return Err(AppError::refused("LINE_ADDED", "There is one more line for a benefit now. Nothing was sent yet."));
    }
    if typed.text("_action") == "add-item" {
        return Err(AppError::refused("LINE_ADDED", "There is one more piece to fill in now. Nothing was sent yet."));
    }
    Ok(())
}

/// The typed form of a whole opportunity.
///
/// # Errors
/// 409 `LINE_ADDED`.
pub fn read(typed: &Typed) -> AppResult<OpportunityInput> {
    line_wanted(typed)?;
    Ok(OpportunityInput {
        event_id: typed.owned("eventId"),
        title: typed.owned("title"),
        description: typed.owned("description"),
        category: typed.owned("category"),
        budget_range: BudgetInput {
            min: NumberText(typed.owned("budgetRange.min")),
            max: NumberText(typed.owned("budgetRange.max")),
            currency: typed.owned("budgetRange.currency"),
        },
        benefits: Some(read_lines(typed)),
        places: NumberText(typed.owned("places")),
        decision_deadline: typed.owned("decisionDeadline"),
        items: Some(read_items(typed)),
        status: String::new(),
    })
}

/// The nested list `items[0].kind`, `items[0].name`, …; conflicts are names with commas between them.
fn read_items(typed: &Typed) -> Vec<ItemInput> {
    typed
        .rows("items")
        .into_iter()
        .map(|mut row| {
            let mut text = |name: &str| row.remove(name).unwrap_or_default();
            ItemInput {
                id: text("id"),
                kind: text("kind"),
                name: text("name"),
                details: text("details"),
                benefit: text("benefit"),
                price: NumberText(text("price")),
                stock: NumberText(text("stock")),
                package: text("package"),
                conflicts: text("conflicts")
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty())
                    .collect(),
            }
        })
        .collect()
}

/// The nested list `benefits[0].kind`, `benefits[0].text`, `benefits[0].id`.
pub fn read_lines(typed: &Typed) -> Vec<BenefitInput> {
    typed
        .rows("benefits")
        .into_iter()
        .map(|mut row| BenefitInput {
            id: row.remove("id").unwrap_or_default(),
            kind: row.remove("kind").unwrap_or_default(),
            text: row.remove("text").unwrap_or_default(),
        })
        .collect()
}
