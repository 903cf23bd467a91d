//! Keeps the directory's rows in step with the shops: by state, so that a missed tick heals itself.
//!
//! A row carries the public version it was made from. When the versions of all shops and of all rows add up to the same,
//! nothing moved, and a tick has cost two sums; else the rows of shops that moved are made anew, some at a time.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::fold;
use crate::kernel::id::ShopId;
use crate::merchants::{self, Shop};
use crate::profiles::build;
use crate::profiles::score::score;

use super::store::{self, Row};

/// When the tick comes: each second, so that the directory follows a change as quickly as every other surface.
pub(crate) const TICK: &str = "* * * * * *";
/// Rows made in one transaction.
const BATCH: usize = 100;

/// Makes the rows of shops that moved. Returns how many.
///
/// # Errors
/// The database's.
pub(crate) async fn tick(ctx: &Context) -> db::Result<usize> {
    let moved = ctx.db().read(moved).await?;
    for batch in moved.chunks(BATCH) {
        let batch = batch.to_vec();
        ctx.db().write(move |tx| batch.iter().try_for_each(|shop| renew(tx, *shop))).await?;
    }
    Ok(moved.len())
}

/// Shops whose row is of another version, or missing.
fn moved(conn: &mut Connection) -> db::Result<Vec<ShopId>> {
    if merchants::public_pulse(conn)? == store::pulse(conn)? {
        return Ok(Vec::new());
    }
    let known: std::collections::HashMap<ShopId, i64> = store::versions(conn)?.into_iter().collect();
    let all = merchants::all_public_versions(conn)?.into_iter();
    Ok(all.filter(|(shop, version)| known.get(shop) != Some(version)).map(|(shop, _)| shop).collect())
}

fn renew(tx: &mut Connection, shop: ShopId) -> db::Result<()> {
    let Some(shop) = merchants::load(tx, shop)? else { return Ok(()) };
    let row = row(tx, &shop)?;
    store::save(tx, &row)
}

fn row(conn: &mut Connection, shop: &Shop) -> db::Result<Row> {
    let days = build::days(conn, shop.id, "")?;
    let score = score(&days);
    let (name, domain) = (fold::key(&shop.name), shop.domain.to_unicode());
    Ok(Row {
        shop_id: shop.id,
        version: shop.public_version,
        listed: i64::from(shop.is_open()),
        domain: shop.domain.to_string(),
        name: shop.name.clone(),
        words: [name.as_str(), &fold::key(&domain)].join(" "),
        sort_name: name,
        category: shop.category.clone(),
        kind: shop.category.as_deref().map(fold::key).filter(|kind| !kind.is_empty()),
        country: shop.country.as_ref().map(ToString::to_string),
        reviews: score.count,
        score_tenths: whole(score.shown * 10.0),
        half_stars: whole(score.stars * 2.0),
        newest_day: days.last().map(|day| day.day),
        opened_at: shop.created_at,
    })
}

/// A number from 0 to 50 that is whole but for the last bits.
fn whole(value: f64) -> i64 {
    (0..=50_i32).find(|n| f64::from(*n) + 0.5 > value).map_or(50, i64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_as_shown_become_whole_numbers() {
        for tenths in 0..=50_i32 {
            assert_eq!(whole(f64::from(tenths) / 10.0 * 10.0), i64::from(tenths));
        }
        assert_eq!((whole(4.5 * 2.0), whole(4.3 * 10.0)), (9, 43));
    }
}
