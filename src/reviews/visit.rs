//! What the holder of a link finds behind it: read in one go, shown by `show`. Reads only: a mail scanner may open every
//! link as often as it likes.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Bearer};
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::merchants::{self, Shop, ShopStatus};
use crate::orders::{self, Order};
use crate::sign::token::Purpose;

use super::model::{Restriction, Review, Status};
use super::public::{self, PublicReview};
use super::submit::{self, Offered};
use super::{store, submit::locale};

/// The bearer of a link and all that they may see.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// Who they are.
    pub(super) bearer: Bearer,
    /// The shop they bought from.
    pub(super) shop: Shop,
    /// What they bought.
    pub(super) order: Order,
    /// What they wrote and did not erase: the review of the shop first, then products.
    pub(super) own: Vec<Own>,
    /// When they last erased something.
    pub(super) erased_at: Option<Timestamp>,
    /// The token that stops further mails.
    pub(super) unsubscribe: Option<String>,
}

/// One of the bearer's reviews.
#[derive(Clone, Debug)]
pub(super) struct Own {
    /// As stored.
    pub(super) review: Review,
    /// As everybody would see it were it published.
    pub(super) shown: PublicReview,
    /// The restriction in force.
    pub(super) restriction: Option<Restriction>,
}

/// What a link is good for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing was written, and it may be.
    Open,
    /// A review stands.
    Written,
    /// Everything written was erased.
    Erased,
    /// The time to write is over.
    TooLate,
    /// The shop takes no new reviews.
    ShopClosed,
}

impl Visit {
    /// Reads what stands behind a link; `None` where it opens nothing, whatever the reason.
    pub(super) fn read(conn: &mut Connection, ctx: &Context, token: &str) -> db::Result<Option<Self>> {
        let now = ctx.now();
        match invitations::bearer(conn, ctx.keyring(), token, Purpose::Review, now)? {
            Some(bearer) => Self::of(conn, ctx, bearer),
            None => Ok(None),
        }
    }

    /// What stands behind the link of a bearer; `None` where shop or order is gone.
    pub(super) fn of(conn: &mut Connection, ctx: &Context, bearer: Bearer) -> db::Result<Option<Self>> {
        let Some(shop) = merchants::load(conn, bearer.shop_id)? else { return Ok(None) };
        let Some(order) = orders::find(conn, bearer.shop_id, bearer.order_id)? else { return Ok(None) };
        let reviews = store::of_invitation(conn, bearer.shop_id, bearer.invitation)?;
        let erased_at = reviews.iter().filter_map(|review| review.erased_at).max();
        let mut own = Vec::new();
        for review in reviews.into_iter().filter(|review| review.status != Status::Erased) {
            let restriction = match review.restriction {
                Some(id) => store::restriction(conn, id)?,
                None => None,
            };
            let shown = public::whole(conn, review.clone())?;
            own.push(Own { review, shown, restriction });
        }
        let unsubscribe = invitations::last_links(conn, ctx, bearer.invitation)?.map(|links| links.unsubscribe);
        Ok(Some(Self { bearer, shop, order, own, erased_at, unsubscribe }))
    }

    /// What the link is good for.
    pub(super) fn standing(&self) -> Standing {
        if !self.own.is_empty() {
            return Standing::Written;
        }
        if self.erased_at.is_some() {
            return Standing::Erased;
        }
        match (self.bearer.open, self.shop.status) {
            (_, ShopStatus::Closed) => Standing::ShopClosed,
            (false, _) => Standing::TooLate,
            (true, _) => Standing::Open,
        }
    }

    /// The products the form asks about.
    pub(super) fn offered(&self) -> Vec<Offered> {
        submit::offered(&self.order)
    }

    /// The language of the customer, else of the shop.
    pub(super) fn language(&self) -> Language {
        locale(&self.order, &self.shop).language()
    }
}
