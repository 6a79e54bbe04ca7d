//! SQL of `opportunity_items`, the mixes that were sent, and the stock that is promised. Whoever claims holds the opportunity.

use super::items::{Item, ItemKind, Mix};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{ItemId, OpportunityId, RequestId},
        labels::BenefitKind,
        money::{Currency, Money},
    },
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use uuid::Uuid;

/// What is offered piece by piece, in order, with what is promised of it.
pub async fn list(conn: impl sqlx::PgExecutor<'_>, id: OpportunityId, currency: Currency) -> AppResult<Vec<Item>> {
    Ok(list_of(conn, &HashMap::from([(id, currency)])).await?.remove(&id).unwrap_or_default())
}

/// The same of several opportunities, each with its currency.
pub async fn list_of(
    conn: impl sqlx::PgExecutor<'_>,
    currencies: &HashMap<OpportunityId, Currency>,
) -> AppResult<HashMap<OpportunityId, Vec<Item>>> {
    let ids: Vec<Uuid> = currencies.keys().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select i.opportunity_id, i.id, i.kind, i.name, i.details, i.benefit, i.price_minor, i.stock, i.package_id,
                  (select count(*) from item_claims k where k.item_id = i.id and k.released_at is null) as "claimed!",
                  array(select case when x.item_id = i.id then x.other_id else x.item_id end from opportunity_item_conflicts x
                        where x.item_id = i.id or x.other_id = i.id) as "conflicts!"
           from opportunity_items i where i.opportunity_id = any($1) and not i.retired order by i.opportunity_id, i.position"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let mut items: HashMap<OpportunityId, Vec<Item>> = HashMap::new();
    for row in rows {
        let opportunity = OpportunityId(row.opportunity_id);
        let Some(&currency) = currencies.get(&opportunity) else { continue };
        items.entry(opportunity).or_default().push(Item {
            id: row.id.into(),
            kind: ItemKind::parse(&row.kind).map_err(broken)?,
            name: row.name,
            details: row.details,
            benefit: BenefitKind::parse(&row.benefit).map_err(broken)?,
            price_minor: row.price_minor,
            price_label: Money { minor: row.price_minor, currency }.format(),
            stock: row.stock,
            claimed: i32::try_from(row.claimed).unwrap_or(i32::MAX),
            package_id: row.package_id.map(ItemId),
            conflicts: row.conflicts.into_iter().map(ItemId).collect(),
        });
    }
    Ok(items)
}

/// The pieces as they are now: old ones keep their rows, and those that are no longer listed are retired, because mixes that
/// were sent name them.
pub async fn write(tx: &mut Tx, id: OpportunityId, items: &[Item]) -> AppResult<()> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.id.0).collect();
    sqlx::query!("update opportunity_items set retired = true where opportunity_id = $1 and not id = any($2)", id.0, &ids)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from opportunity_item_conflicts where item_id in (select i.id from opportunity_items i where i.opportunity_id = $1)", id.0)
        .execute(tx.conn())
        .await?;
    // Packages first: the others point at them.
    for pass in [true, false] {
        for (position, item) in items.iter().enumerate().filter(|(_, item)| (item.kind == ItemKind::Package) == pass) {
            sqlx::query!(
                "insert into opportunity_items (id, opportunity_id, position, kind, name, details, benefit, price_minor, stock, package_id)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 on conflict (id) do update set position = excluded.position, kind = excluded.kind, name = excluded.name,
                     details = excluded.details, benefit = excluded.benefit, price_minor = excluded.price_minor,
                     stock = excluded.stock, package_id = excluded.package_id, retired = false",
                item.id.0,
                id.0,
                i32::try_from(position).unwrap_or(i32::MAX),
                item.kind.label(),
                item.name,
                item.details,
                item.benefit.label(),
                item.price_minor,
                item.stock,
                item.package_id.map(|id| id.0),
            )
            .execute(tx.conn())
            .await?;
        }
    }
    let (firsts, seconds): (Vec<Uuid>, Vec<Uuid>) = items
        .iter()
        .flat_map(|item| item.conflicts.iter().map(|other| (item.id.0, other.0)))
        .filter(|(item, other)| item < other)
        .unzip();
    sqlx::query!(
        "insert into opportunity_item_conflicts (item_id, other_id)
         select s.item, s.other from unnest($1::uuid[], $2::uuid[]) as s (item, other) on conflict do nothing",
        &firsts,
        &seconds,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps the mix of a request as it was priced.
pub async fn insert_mix(tx: &mut Tx, request: RequestId, mix: &Mix) -> AppResult<()> {
    for (position, line) in mix.lines.iter().enumerate() {
        sqlx::query!(
            "insert into request_items (request_id, item_id, position, kind, name, price_minor) values ($1, $2, $3, $4, $5, $6)",
            request.0,
            line.item_id.0,
            i32::try_from(position).unwrap_or(i32::MAX),
            line.kind.label(),
            line.name,
            line.price_minor,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Claims one of every piece of the request's mix that has an end. `Err(name)` names the first one that is sold out; the
/// caller then gives the transaction up.
pub async fn claim(tx: &mut Tx, request: RequestId, at: DateTime<Utc>) -> AppResult<Result<(), String>> {
    let rows = sqlx::query!(
        r#"select i.id, i.name, i.stock as "stock!",
                  (select count(*) from item_claims k where k.item_id = i.id and k.released_at is null) as "claimed!"
           from request_items r join opportunity_items i on i.id = r.item_id
           where r.request_id = $1 and i.stock is not null
             and not exists (select 1 from item_claims k where k.item_id = i.id and k.request_id = $1 and k.released_at is null)
           order by r.position"#,
        request.0,
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        if row.claimed >= i64::from(row.stock) {
            return Ok(Err(row.name));
        }
        sqlx::query!("insert into item_claims (item_id, request_id, claimed_at) values ($1, $2, $3)", row.id, request.0, at)
            .execute(tx.conn())
            .await?;
    }
    Ok(Ok(()))
}

/// What a request had claimed comes back.
pub async fn release(tx: &mut Tx, request: RequestId, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update item_claims set released_at = $2 where request_id = $1 and released_at is null", request.0, at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}
