//! What a shop tells about an order, typed: the input of the fold.
//!
//! Made by [`read`](super::read) from a signed body whose every value was checked; nothing inside re-checks it. Holds the
//! address and name that the event carried, so it is never logged, stored or serialized as a whole.

use super::model::Item;
use crate::kernel::country::Country;
use crate::kernel::email::EmailAddress;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::merchants::LegalBasis;

/// One signed message of a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// About one order.
    Order(Box<OrderEvent>),
    /// A customer asks to be erased.
    CustomerErased {
        /// When they asked.
        at: Timestamp,
        /// Who.
        email: EmailAddress,
    },
    /// A type that means nothing here: stored, without effect.
    Other {
        /// The type as sent.
        kind: String,
        /// Its time, if it had one.
        at: Option<Timestamp>,
    },
}

impl Event {
    /// The type as it came.
    pub fn kind(&self) -> &str {
        match self {
            Self::Order(event) => event.kind.name(),
            Self::CustomerErased { .. } => CUSTOMER_ERASED,
            Self::Other { kind, .. } => kind,
        }
    }
}

/// Type of a request for erasure.
pub const CUSTOMER_ERASED: &str = "customer.erased";

/// What happened to an order, by rank: of two events at one time the higher rank is the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It was placed.
    Created,
    /// It was paid.
    Paid,
    /// It, or some of its lines, were shipped or handed over.
    Fulfilled,
    /// It, or some of its lines, arrived.
    Delivered,
    /// Something about it changed.
    Updated,
    /// Money was given back.
    Refunded,
    /// It was cancelled.
    Cancelled,
}

impl EventKind {
    /// Every kind, by rank.
    pub const ALL: [Self; 7] =
        [Self::Created, Self::Paid, Self::Fulfilled, Self::Delivered, Self::Updated, Self::Refunded, Self::Cancelled];

    /// The type on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "order.created",
            Self::Paid => "order.paid",
            Self::Fulfilled => "order.fulfilled",
            Self::Delivered => "order.delivered",
            Self::Updated => "order.updated",
            Self::Refunded => "order.refunded",
            Self::Cancelled => "order.cancelled",
        }
    }

    /// The kind of a wire type; `None` for one that is not about orders.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Place among events of one time.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Created => 0,
            Self::Paid => 1,
            Self::Fulfilled => 2,
            Self::Delivered => 3,
            Self::Updated => 4,
            Self::Refunded => 5,
            Self::Cancelled => 6,
        }
    }

    /// Whether `items` are the lines that moved, rather than the whole order.
    pub const fn names_moved_lines(self) -> bool {
        matches!(self, Self::Fulfilled | Self::Delivered)
    }
}

/// What an event says about one field.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// Nothing: what was known stays.
    #[default]
    Keep,
    /// It was `null`: what was known goes.
    Clear,
    /// This.
    Set(T),
}

impl<T> Change<T> {
    /// The same, by reference.
    pub const fn as_ref(&self) -> Change<&T> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(value),
        }
    }

    /// Turns what is set into something else.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(f(value)),
        }
    }

    /// Turns what is set into something else, or refuses it.
    ///
    /// # Errors
    /// What `f` returns.
    pub fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Change<U>, E> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(f(value)?),
        })
    }

    /// What is set, if anything.
    pub fn set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

/// The address as an event carried it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mailbox {
    /// One that can be written to.
    Valid(EmailAddress),
    /// A text that is no address; it is not kept.
    Invalid,
}

/// What was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundScope {
    /// Everything.
    All,
    /// These lines, with how many of each; without a number, the whole line.
    Lines(Vec<(String, Option<i64>)>),
}

/// One event about one order. Fields that the event does not mention are [`Change::Keep`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEvent {
    /// What happened.
    pub kind: EventKind,
    /// When, by the shop's clock.
    pub at: Timestamp,
    /// To which order.
    pub number: OrderNumber,
    /// Whether it is a test; `None` when the event does not say.
    pub test: Option<bool>,
    /// When the customer placed it.
    pub placed_at: Change<Timestamp>,
    /// Currency of all amounts.
    pub currency: Change<Currency>,
    /// Total in minor units.
    pub total: Change<i64>,
    /// Address of the customer.
    pub email: Change<Mailbox>,
    /// Name of the customer, cleaned.
    pub name: Change<String>,
    /// Locale of the customer.
    pub locale: Change<Locale>,
    /// Country of the customer.
    pub country: Change<Country>,
    /// Zone of the customer.
    pub zone: Change<Zone>,
    /// Basis for writing that the order itself carries.
    pub legal_basis: Change<LegalBasis>,
    /// The shop's labels.
    pub tags: Change<Vec<String>>,
    /// Lines: the whole order, or those that moved; `None` when absent.
    pub items: Option<Vec<Item>>,
    /// For `order.refunded`: what was given back.
    pub refund: Option<RefundScope>,
}

impl OrderEvent {
    /// An event that says nothing but that it happened.
    pub fn bare(kind: EventKind, number: OrderNumber, at: Timestamp) -> Self {
        Self {
            kind,
            at,
            number,
            test: None,
            placed_at: Change::Keep,
            currency: Change::Keep,
            total: Change::Keep,
            email: Change::Keep,
            name: Change::Keep,
            locale: Change::Keep,
            country: Change::Keep,
            zone: Change::Keep,
            legal_basis: Change::Keep,
            tags: Change::Keep,
            items: None,
            refund: (kind == EventKind::Refunded).then_some(RefundScope::All),
        }
    }
}
