//! An order as its shop sees it: facts, where it stands and why, and its timeline. The address is masked here too: the shop
//! has it, its log files need not.

use serde::Serialize;

use super::model::{Address, Item, Order, Refunded};
use super::personal;
use super::store::SealedContact;
use super::store::list::{self, Filter};
use super::timeline::{Entry, Standing, timeline};
use crate::db::{self, Connection};
use crate::kernel::country::Country;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::page::PageLimit;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::keyring::Keyring;
use crate::merchants::LegalBasis;

/// An order in a list.
#[derive(Clone, Debug, Serialize)]
pub struct OrderView {
    id: OrderId,
    number: OrderNumber,
    test: bool,
    #[serde(flatten)]
    standing: Standing,
    eligible: bool,
    invited: bool,
    first_at: Timestamp,
    changed_at: Timestamp,
    placed_at: Option<Timestamp>,
    paid_at: Option<Timestamp>,
    fulfilled_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    refund: Refunded,
    currency: Option<Currency>,
    total: Option<i64>,
    legal_basis: Option<LegalBasis>,
    items: Vec<Item>,
    tags: Vec<String>,
    customer: CustomerView,
    checked: &'static str,
}

/// What is shown of a customer.
#[derive(Clone, Debug, Serialize)]
struct CustomerView {
    /// Whether there is an address: `given`, `missing`, `invalid`, `erased` or `gone`.
    address: Address,
    /// Masked.
    email: Option<String>,
    locale: Option<Locale>,
    country: Option<Country>,
    time_zone: Option<Zone>,
}

/// An order with its timeline.
#[derive(Clone, Debug, Serialize)]
pub struct OrderDetail {
    #[serde(flatten)]
    order: OrderView,
    timeline: Vec<Entry>,
}

impl OrderDetail {
    /// The same without a trace of its customer's address, nor of where they live and what they speak: for who cannot be told whose it is.
    #[must_use]
    pub(crate) fn without_address(mut self) -> Self {
        let address = self.order.customer.address;
        self.order.customer = CustomerView { address, email: None, locale: None, country: None, time_zone: None };
        self
    }

    /// With more lines in its timeline, each at its time.
    #[must_use]
    pub fn with(mut self, lines: impl IntoIterator<Item = Entry>) -> Self {
        self.timeline.extend(lines);
        // Stable: what happened at one moment keeps its order.
        self.timeline.sort_by_key(Entry::at);
        self
    }
}

/// A page of orders, newest first.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// The orders.
    pub data: Vec<OrderView>,
    /// The last order of this page, when another follows.
    pub last: Option<OrderId>,
}

/// A page of this shop's orders, before the order `before`.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Connection, keyring: &Keyring, shop: ShopId, asked: &Asked) -> db::Result<OrderPage> {
    let mut rows = list::page(conn, shop, &asked.filter, asked.before, asked.limit.probe())?;
    let more = asked.limit.cut(&mut rows);
    let last = rows.last().filter(|_| more).map(|(order, _)| order.id);
    let data = rows.into_iter().map(|(order, contact)| view(keyring, order, &contact)).collect();
    Ok(OrderPage { data, last })
}

/// What a preview of a mail shows of an order.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    /// The order.
    pub(crate) order: Order,
    /// The customer's name, where it is still kept.
    pub(crate) customer: Option<String>,
}

/// A shop's newest orders, each with the customer's name where it is still kept.
///
/// # Errors
/// The database's.
pub(crate) fn newest(conn: &mut Connection, keyring: &Keyring, shop: ShopId, limit: i64) -> db::Result<Vec<Sketch>> {
    let rows = list::page(conn, shop, &Filter::default(), None, limit)?;
    let sketch = |(order, contact): (Order, SealedContact)| {
        let customer = personal::open(keyring, order.shop, order.id, &contact).name;
        Sketch { order, customer }
    };
    Ok(rows.into_iter().map(sketch).collect())
}

/// Which page of which list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Which orders.
    pub filter: Filter,
    /// Where the last page ended.
    pub before: Option<OrderId>,
    /// How many.
    pub limit: PageLimit,
}

/// One order with its timeline.
///
/// # Errors
/// The database's.
pub fn detail(
    conn: &mut Connection,
    keyring: &Keyring,
    shop: ShopId,
    order: OrderId,
) -> db::Result<Option<OrderDetail>> {
    let Some(found) = super::find(conn, shop, order)? else { return Ok(None) };
    let contact = super::store::sealed_contact(conn, shop, order)?.unwrap_or_default();
    let timeline = timeline(conn, shop, order)?;
    Ok(Some(OrderDetail { order: view(keyring, found, &contact), timeline }))
}

fn view(keyring: &Keyring, order: Order, contact: &SealedContact) -> OrderView {
    let facts = order.facts();
    let email = personal::open(keyring, order.shop, order.id, contact).email;
    OrderView {
        id: order.id,
        test: order.test,
        standing: Standing::new(order.state.word(), order.state.reason(), order.state.at()),
        eligible: order.eligible,
        invited: order.invited,
        first_at: order.first_at,
        changed_at: order.changed_at,
        placed_at: facts.placed_at,
        paid_at: facts.paid_at,
        fulfilled_at: facts.fulfilled_at,
        delivered_at: facts.delivered_at,
        cancelled_at: facts.cancelled_at,
        refund: facts.refund,
        currency: facts.currency,
        total: facts.total,
        legal_basis: facts.legal_basis,
        items: facts.items,
        tags: facts.tags,
        customer: CustomerView {
            address: order.fold.address(email.is_some()),
            email: email.map(|email| email.to_string()),
            locale: facts.locale,
            country: facts.country,
            time_zone: facts.zone,
        },
        checked: facts.checked.as_str(),
        number: order.number,
    }
}
