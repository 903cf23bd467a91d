//! The operator's decisions: one row each.

use diesel::prelude::*;

use crate::db::schema::restrictions;
use crate::db::{self, Connection};
use crate::kernel::id::{RestrictionId, ReviewId, ShopId};
use crate::kernel::time::Timestamp;

use crate::reviews::model::{Restriction, RestrictionReason};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = restrictions)]
struct Row {
    id: RestrictionId,
    shop_id: ShopId,
    review_id: ReviewId,
    reason: String,
    statement: String,
    at: Timestamp,
    lifted_at: Option<Timestamp>,
}

impl Row {
    fn of(restriction: &Restriction) -> Self {
        Self {
            id: restriction.id,
            shop_id: restriction.shop,
            review_id: restriction.review,
            reason: restriction.reason.as_str().to_owned(),
            statement: restriction.statement.clone(),
            at: restriction.at,
            lifted_at: restriction.lifted_at,
        }
    }

    fn restriction(self) -> db::Result<Restriction> {
        Ok(Restriction {
            id: self.id,
            shop: self.shop_id,
            review: self.review_id,
            reason: RestrictionReason::parse(&self.reason).ok_or_else(|| db::Error::corrupt("restrictions.reason"))?,
            statement: self.statement,
            at: self.at,
            lifted_at: self.lifted_at,
        })
    }
}

/// Stores a decision. The schema refuses a second one in force on the same review.
pub(in crate::reviews) fn add_restriction(tx: &mut Connection, restriction: &Restriction) -> db::Result<()> {
    diesel::insert_into(restrictions::table).values(&Row::of(restriction)).execute(tx)?;
    Ok(())
}

/// Ends a decision.
pub(in crate::reviews) fn lift(tx: &mut Connection, id: RestrictionId, now: Timestamp) -> db::Result<()> {
    diesel::update(restrictions::table.find(id)).set(restrictions::lifted_at.eq(Some(now))).execute(tx)?;
    Ok(())
}

/// One decision by its id.
pub(in crate::reviews) fn restriction(conn: &mut Connection, id: RestrictionId) -> db::Result<Option<Restriction>> {
    let row = restrictions::table.find(id).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::restriction).transpose()
}

/// The decisions behind a page of tombstones.
pub(in crate::reviews) fn restrictions(conn: &mut Connection, ids: &[RestrictionId]) -> db::Result<Vec<Restriction>> {
    let rows = restrictions::table.filter(restrictions::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::restriction).collect()
}
