//! What a shop has to answer: its reviews in the order they came, of the shop and of every product, each with the order it
//! is about, which the public never sees.

use serde::{Deserialize, Serialize};

use super::public::{PublicEntry, entries};
use super::store;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ReviewId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::page::{Cursor, CursorError, PageLimit};
use crate::links::Links;
use crate::orders;

/// Which page of the inbox.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    /// Only published reviews without a standing reply.
    pub(crate) unanswered: bool,
    /// Those that wait longest first.
    pub(crate) oldest_first: bool,
    /// How long the page may be.
    pub(crate) limit: PageLimit,
    /// Where the page before ended.
    pub(crate) after: Option<ReviewId>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    oldest_first: bool,
    id: ReviewId,
}

impl Asked {
    /// Goes on from a cursor of the same list.
    pub(crate) fn after_cursor(self, cursor: &str) -> Result<Self, CursorError> {
        let place: Place = Cursor::decode(cursor)?;
        if place.oldest_first != self.oldest_first {
            return Err(CursorError::Malformed);
        }
        Ok(Self { after: Some(place.id), ..self })
    }
}

/// A review and the order it is about.
#[derive(Debug, Serialize)]
pub(crate) struct Received {
    /// `ord_...`
    pub(crate) order: OrderId,
    /// The shop's own number of that order; `null` where the order is gone.
    pub(crate) number: Option<OrderNumber>,
    /// As the world reads it.
    #[serde(flatten)]
    pub(crate) entry: PublicEntry,
}

impl Received {
    /// The same with the addresses of what it shows.
    #[must_use]
    pub(crate) fn with_links(self, links: &Links) -> Self {
        Self { entry: self.entry.with_links(links), ..self }
    }
}

/// A page of the inbox.
#[derive(Debug, Serialize)]
pub(crate) struct Inbox {
    /// Reviews and tombstones.
    pub(crate) reviews: Vec<Received>,
    /// The cursor of the next page; `null` on the last.
    pub(crate) next: Option<String>,
}

/// Reads a page.
pub(crate) fn inbox(conn: &mut Connection, shop: ShopId, asked: Asked) -> db::Result<Inbox> {
    let mut page = store::received(conn, shop, asked)?;
    let more = asked.limit.cut(&mut page);
    let place = |id| Cursor::encode(&Place { oldest_first: asked.oldest_first, id });
    let next = page.last().filter(|_| more).map(|last| place(last.id));
    let about: Vec<OrderId> = page.iter().map(|review| review.order).collect();
    let mut reviews = Vec::with_capacity(page.len());
    for (entry, order) in entries(conn, shop, page)?.into_iter().zip(about) {
        let number = orders::find(conn, shop, order)?.map(|order| order.number);
        reviews.push(Received { order, number, entry });
    }
    Ok(Inbox { reviews, next })
}
