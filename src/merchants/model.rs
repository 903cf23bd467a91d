//! What a merchant and a shop are: identity, settings, invitation policy and standing.
//!
//! Pure types and decisions, readable by every room after this one. Nothing here reads a clock, a database or a request;
//! text becomes one of these types at the edge and is never checked again inside.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kernel::country::Country;
use crate::kernel::delay::Delay;
use crate::kernel::domain::ShopDomain;
use crate::kernel::email::EmailAddress;
use crate::kernel::id::{MerchantId, ShopId};
use crate::kernel::locale::Locale;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::mail::identity::Identity;

use super::moment::PolicyException;

/// A closed list of words: one spelling in columns, JSON and on the command line.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that columns, JSON and the command line use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value for a word; `None` for any other text.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }

            /// All words, for a message: `created, paid, ...`.
            pub fn list() -> String {
                Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Which event starts the clock of an invitation, in the order in which a purchase meets them.
    Trigger {
        /// The order was placed.
        Created = "created",
        /// It was paid.
        Paid = "paid",
        /// All of its lines were shipped or handed over.
        Fulfilled = "fulfilled",
        /// All of its lines arrived.
        Delivered = "delivered",
    }
}

words! {
    /// The trade a shop is in, where a law sets rules of its own.
    Sector {
        /// No special rules.
        General = "general",
        /// Restaurants and tourism in Italy: a review belongs within 30 days of the visit.
        TourismIt = "tourism_it",
    }
}

words! {
    /// Why the shop may write to its customers, as the operator declared it.
    LegalBasis {
        /// Own similar goods, opt-out offered when the address was collected and in every mail.
        SoftOptIn = "soft_opt_in",
        /// The customer agreed.
        Consent = "consent",
        /// Nothing declared: an order must carry a basis of its own, else no mail goes out.
        None = "none",
    }
}

words! {
    /// Whether a shop takes part. Only the operator changes it.
    ShopStatus {
        /// It pushes, invites, replies.
        Open = "open",
        /// It left: its profile stays readable, nothing new comes in.
        Closed = "closed",
        /// The operator stopped it: reading is all it may do.
        Suspended = "suspended",
    }
}

words! {
    /// Why a shop's weekly mail ended without its settings.
    WeeklyEnd {
        /// The mailbox does not exist.
        HardBounce = "hard_bounce",
        /// It was reported as unwanted.
        Complaint = "complaint",
        /// Its link was followed.
        Unsubscribed = "unsubscribed",
    }
}

/// That the weekly mail ended without the shop's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WeeklyStop {
    /// Why.
    pub reason: WeeklyEnd,
    /// When.
    pub at: Timestamp,
}

/// The account that owns shops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// `mer_...`
    pub id: MerchantId,
    /// As people call it.
    pub name: String,
    /// When the operator made it.
    pub created_at: Timestamp,
}

/// One storefront with a domain, a locale, a time zone and a public profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// `shp_...`
    pub id: ShopId,
    /// The account that owns it.
    pub merchant_id: MerchantId,
    /// Unique on this instance; the profile's address.
    pub domain: ShopDomain,
    /// As its customers know it.
    pub name: String,
    /// The language a mail or page falls back to.
    pub locale: Locale,
    /// Where days and hours are counted when the customer gives no zone.
    pub zone: Zone,
    /// Where it is established.
    pub country: Option<Country>,
    /// What it sells, in its own words.
    pub category: Option<String>,
    /// Public contact: an address or a page.
    pub contact: Option<String>,
    /// Its name in the From of mails, where it is another than its own.
    pub mail_name: Option<String>,
    /// The address it wishes to write from.
    pub mail_from: Option<EmailAddress>,
    /// Rules of its trade.
    pub sector: Sector,
    /// Declared ground for writing to customers.
    pub legal_basis: LegalBasis,
    /// Whether it takes part.
    pub status: ShopStatus,
    /// The shop itself stopped its invitations for a while: they are held, none is lost.
    pub paused: bool,
    /// When and how often it asks.
    pub policy: Policy,
    /// Grows with every change of settings, policy, keys or standing.
    pub settings_version: i64,
    /// Grows with every change of public bytes.
    pub public_version: i64,
    /// When the operator made it.
    pub created_at: Timestamp,
    /// Whether it gets its numbers by mail once a week.
    pub weekly_mail: bool,
    /// Why it does not, where the settings did not end it.
    pub weekly_stop: Option<WeeklyStop>,
}

impl Default for Policy {
    /// A week after everything was shipped, one invitation per person and month, any hour, no reminder.
    fn default() -> Self {
        Self {
            invite_on: Trigger::Fulfilled,
            invite_after: Delay::days(7),
            hours: None,
            cap_days: 30,
            min_total: None,
            remind_after: None,
            exceptions: Vec::new(),
        }
    }
}

impl Shop {
    /// Whether the shop takes in events and may change anything: open, neither closed nor suspended.
    pub fn is_open(&self) -> bool {
        self.status == ShopStatus::Open
    }

    /// How it wishes to appear as the sender of mails.
    pub fn identity(&self) -> Identity {
        Identity { name: self.mail_name.clone(), address: self.mail_from.clone() }
    }

    /// Where answers to its mails go: its contact, where that is an address.
    pub fn reply_to(&self) -> Option<EmailAddress> {
        self.contact.as_deref().and_then(|contact| EmailAddress::parse(contact).ok())
    }

    /// Where its weekly mail goes; else why there is none, in a sentence for whoever looks at its settings.
    pub fn weekly_mail_to(&self) -> Result<EmailAddress, &'static str> {
        if !self.is_open() {
            return Err("No weekly mail is sent: the shop is not open.");
        }
        if !self.weekly_mail {
            return Err(match self.weekly_stop.map(|stop| stop.reason) {
                None => "No weekly mail is sent: `weekly_mail` is off.",
                Some(WeeklyEnd::Unsubscribed) => "No weekly mail is sent: the link in it was followed, which ends it.",
                Some(WeeklyEnd::HardBounce) => {
                    "No weekly mail is sent: the mailbox of `contact` does not exist. Another `contact` starts it again."
                }
                Some(WeeklyEnd::Complaint) => {
                    "No weekly mail is sent: it was reported as unwanted. Another `contact`, or `weekly_mail`, starts it again."
                }
            });
        }
        self.reply_to().ok_or(if self.contact.is_some() {
            "No weekly mail is sent: it goes to `contact`, and that is not an e-mail address."
        } else {
            "No weekly mail is sent: it goes to `contact`, and there is none."
        })
    }
}

/// When a shop invites, within which hours, and whom it leaves alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The event that starts the clock: the first one whose rank is at least this.
    pub invite_on: Trigger,
    /// How long after it.
    pub invite_after: Delay,
    /// Local hours in which mails leave, `(from, to)` with `from < to`, 0-24; `None`: any hour.
    pub hours: Option<(u8, u8)>,
    /// One invitation per person in this many days; 0: every order.
    pub cap_days: i64,
    /// Orders below this total, in minor units of their own currency, are skipped.
    pub min_total: Option<i64>,
    /// One reminder, this long after the invitation.
    pub remind_after: Option<Delay>,
    /// What is otherwise for some countries and kinds of goods; see [`Policy::moment`].
    pub exceptions: Vec<PolicyException>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for trigger in Trigger::ALL {
            assert_eq!(Trigger::parse(trigger.as_str()), Some(*trigger));
        }
        assert_eq!(Trigger::parse("Fulfilled"), None);
        assert_eq!(Sector::list(), "general, tourism_it");
        assert!(Trigger::Created < Trigger::Paid && Trigger::Fulfilled < Trigger::Delivered);
    }
}
