//! What search engines read of a list: everything that is public, by id, in pages that begin after an id. A room says what of
//! its own is public; whoever makes the pages knows where each of them begins.

use crate::kernel::{error::AppResult, page::Listed};
use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

/// A list, in the words of its query.
pub struct Listing {
    pub id: &'static str,
    /// The end of a page's address, as text.
    pub tail: &'static str,
    pub updated_at: &'static str,
    /// The tables, and the conditions under which everybody may see a row.
    pub public: &'static str,
}

impl Listing {
    /// Its rows in the order of their ids, after one of them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn page(&self, db: &PgPool, after: Option<Uuid>, limit: i64) -> AppResult<Vec<Listed>> {
        let Self { id, tail, updated_at, .. } = self;
        let mut sql = QueryBuilder::<Postgres>::new(format!("select {id}, {tail}, {updated_at} from "));
        self.narrow(&mut sql, after, limit);
        let rows = sql.build_query_as::<(Uuid, String, DateTime<Utc>)>().fetch_all(db).await?;
        Ok(rows.into_iter().map(|(id, tail, updated_at)| Listed { id, tail, updated_at }).collect())
    }

    /// The id that ends a full page of them; nothing when what is left fills no page.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn end(&self, db: &PgPool, after: Option<Uuid>, limit: i64) -> AppResult<Option<Uuid>> {
        let mut sql = QueryBuilder::<Postgres>::new(format!(
            "select count(*), (array_agg(page.id order by page.id desc))[1] from (select {} as id from ",
            self.id
        ));
        self.narrow(&mut sql, after, limit);
        sql.push(") page");
        let (count, last) = sql.build_query_as::<(i64, Option<Uuid>)>().fetch_one(db).await?;
        Ok(last.filter(|_| count == limit))
    }

    fn narrow(&self, sql: &mut QueryBuilder<Postgres>, after: Option<Uuid>, limit: i64) {
        let Self { id, public, .. } = self;
        sql.push(format!("{public} and {id} > ")).push_bind(after.unwrap_or_default());
        sql.push(format!(" order by {id} limit ")).push_bind(limit);
    }
}
