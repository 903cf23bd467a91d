//! What an order is, beside its state: identity, facts, items, contact, and who moves it.
//!
//! Types only. [`Facts`] hold nothing that names a person; name and address are in [`Contact`], which is opened from its
//! seal for the moment of use and never serialized by itself.

use serde::{Deserialize, Serialize};

use super::fold::Fold;
use super::state::State;
use crate::kernel::country::Country;
use crate::kernel::email::EmailAddress;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::merchants::LegalBasis;
use crate::sign::webhook::Scheme;

/// One order of one shop, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// `ord_...`
    pub id: OrderId,
    /// Whose order it is.
    pub shop: ShopId,
    /// The shop's own number for it.
    pub number: OrderNumber,
    /// A test order mails only to capture, never publishes and never counts.
    pub test: bool,
    /// Where it stands.
    pub state: State,
    /// Its trigger was reached and it was not cancelled, refunded or a test: it belongs to the public denominator.
    pub eligible: bool,
    /// An invitation for it was sent.
    pub invited: bool,
    /// When its first event arrived.
    pub first_at: Timestamp,
    /// When an event or a move last changed it.
    pub changed_at: Timestamp,
    /// Everything its events said.
    pub fold: Fold,
}

impl Order {
    /// What is known of the order itself; nothing in it names the customer.
    pub fn facts(&self) -> Facts {
        self.fold.facts()
    }
}

/// What is known of an order: nothing in it names the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When the customer placed it; the time of `order.created` where the shop does not say.
    pub placed_at: Option<Timestamp>,
    /// Currency of all amounts.
    pub currency: Option<Currency>,
    /// Order total in minor units.
    pub total: Option<i64>,
    /// Its lines, in the shop's order.
    pub items: Vec<Item>,
    /// The shop's own labels.
    pub tags: Vec<String>,
    /// The customer's locale, where it was given and known.
    pub locale: Option<Locale>,
    /// Where the customer is.
    pub country: Option<Country>,
    /// The customer's clock.
    pub zone: Option<Zone>,
    /// The basis that the order itself carries.
    pub legal_basis: Option<LegalBasis>,
    /// First `order.paid`.
    pub paid_at: Option<Timestamp>,
    /// When all lines were shipped.
    pub fulfilled_at: Option<Timestamp>,
    /// When all lines were delivered.
    pub delivered_at: Option<Timestamp>,
    /// First `order.cancelled`.
    pub cancelled_at: Option<Timestamp>,
    /// How much was given back.
    pub refund: Refunded,
    /// How the weakest of its events was signed.
    pub checked: Scheme,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The shop's name for the line; refunds and shipments refer to it.
    pub line: String,
    /// The product, as the shop names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Its worldwide number (GTIN), digits as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// Its maker's number for it (MPN).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mpn: Option<String>,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What kind of thing it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its page in the shop (http or https).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its picture (http or https). Never loaded by us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: i64,
    /// Price of one, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
}

/// How much of an order was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refunded {
    /// Nothing.
    None,
    /// Some lines or quantities.
    Partly,
    /// All of it.
    Wholly,
}

/// Name and address of an order's customer while they are kept. Lives outside the fold, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Personal {
    /// Where to write to.
    pub email: Option<EmailAddress>,
    /// How the shop calls the customer.
    pub name: Option<String>,
}

/// Whom a mail about an order goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Where to.
    pub email: EmailAddress,
    /// How the shop calls the customer.
    pub name: Option<String>,
}

/// What is known of an order's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// There is one, sealed.
    Given,
    /// No event carried one, or the last one took it back.
    Missing,
    /// The last one given is no address.
    Invalid,
    /// The customer asked to be erased.
    Erased,
    /// There was one; its time to be kept is over.
    Gone,
}

/// Who moved an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The service itself.
    Attesta,
    /// The shop, by its API key.
    Shop,
    /// The customer, by a link from the mail.
    Customer,
    /// Who runs the instance.
    Operator,
}

impl Actor {
    /// The word in columns and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attesta => "attesta",
            Self::Shop => "shop",
            Self::Customer => "customer",
            Self::Operator => "operator",
        }
    }
}
