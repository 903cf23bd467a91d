//! Why an order is where it is: the closed list of reason codes, each with a sentence for people.
//!
//! A code is a promise: it may be added, never renamed or removed. Every room that moves an order names one of these;
//! free text about a single case belongs in the note of the move, not here.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal: $sentence:literal,)+) => {
        /// A reason code of an order's state.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason { $($(#[$doc])* #[serde(rename = $code)] $variant),+ }

        impl Reason {
            /// Every reason, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code on the wire and in columns.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What it means, in one English sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),+ }
            }
        }
    };
}

reasons! {
    // waiting
    /// The event that starts the clock has not come.
    NotTriggered = "not_triggered": "The event that starts the clock has not arrived yet.",
    /// Some lines are still to be shipped.
    PartlyShipped = "partly_shipped": "Some lines are still to be shipped; the clock starts with the last one, or 14 days after the first.",
    // held
    /// The shop stopped its invitations for a while.
    ShopPaused = "shop_paused": "The shop has paused its invitations; this one goes out when it resumes.",
    /// Links cannot be made.
    NoPublicUrl = "no_public_url": "This instance has no public address yet, so no link can be made.",
    /// There is no way to send mail.
    NoMailServer = "no_mail_server": "This instance has no mail server yet.",
    /// The mail server refuses everything for now.
    TransportHeld = "transport_held": "The mail server refuses mail at the moment; sending resumes by itself.",
    /// Too many mails came back; it goes on by itself.
    SendingPaused = "sending_paused": "Too many of the shop's mails bounced or were reported as unwanted; this one goes out when sending resumes.",
    /// Far too many came back; the operator looks at it.
    SendingStopped = "sending_stopped": "Far too many of the shop's mails bounced or were reported as unwanted; this one goes out when the operator resumes sending.",
    /// The operator stopped the shop's mail by hand.
    StoppedByOperator = "stopped_by_operator": "The operator has stopped the shop's mail; this one goes out when the operator lets it go.",
    /// The operator holds all mail.
    InstancePaused = "instance_paused": "The operator holds all mail of this instance; this one goes out when it resumes.",
    // skipped: by the order
    /// No address came with the order.
    NoEmail = "no_email": "The order carries no e-mail address.",
    /// The address cannot be written to.
    InvalidEmail = "invalid_email": "The order's e-mail address is not valid.",
    /// The address was removed when its time to be kept was over.
    AddressGone = "address_gone": "The e-mail address was deleted when its retention period ended.",
    /// The shop's event said so.
    OrderCancelled = "order_cancelled": "The order was cancelled.",
    /// Everything was refunded.
    OrderRefunded = "order_refunded": "The order was refunded in full.",
    /// The customer asked to be erased.
    CustomerErased = "customer_erased": "The customer asked for their data to be erased.",
    /// The trigger was long past when it arrived.
    TooOld = "too_old": "The order was already more than 90 days past its trigger when it arrived.",
    /// Nobody declared why the shop may write.
    NoLegalBasis = "no_legal_basis": "No legal basis for writing to this customer was declared.",
    /// Worth less than the shop's minimum.
    BelowMinimum = "below_minimum": "The order's total is below the minimum set by the shop.",
    /// Nothing of the order is left that a review could be about.
    NothingToReview = "nothing_to_review": "Nothing of this order is left to review.",
    // skipped: by the person
    /// The person does not want invitations.
    Unsubscribed = "unsubscribed": "The customer has unsubscribed.",
    /// The address is known not to exist.
    AddressBounced = "address_bounced": "Earlier mail to this address bounced for good.",
    /// The person called our mail spam.
    Complained = "complained": "The customer reported earlier mail as unwanted.",
    /// The operator put the person on the list.
    SuppressedByOperator = "suppressed_by_operator": "The operator has stopped mail to this address.",
    /// Asked too recently.
    FrequencyCap = "frequency_cap": "This customer was invited by the shop recently; the frequency cap applies.",
    // skipped: by the shop or the operator
    /// The shop withdrew this invitation.
    CancelledByShop = "cancelled_by_shop": "The shop cancelled this invitation.",
    /// The shop left.
    ShopClosed = "shop_closed": "The shop has closed its account.",
    /// The operator stopped the shop.
    ShopSuspended = "shop_suspended": "The operator has suspended the shop.",
    /// The time for writing a review is over.
    WindowClosed = "window_closed": "The time in which a review can be written is over.",
    // failed
    /// The mailbox does not exist.
    HardBounce = "hard_bounce": "The mail server says that this address does not exist.",
    /// The server refuses this message.
    MailRefused = "mail_refused": "The mail server refused the message.",
    /// The server is not ready to take it.
    MailDelayed = "mail_delayed": "The mail server could not take the message yet; it is tried again.",
    /// The mailbox could not take it, again and again.
    SoftBounces = "soft_bounces": "The mailbox could not take the message, however often it was tried.",
    /// The connection broke when the message was on its way.
    UnknownOutcome = "unknown_outcome": "The connection broke before the mail server confirmed the message; it is tried again.",
    /// The mail could not be made.
    MailNotBuilt = "mail_not_built": "The message could not be put together.",
}

impl Reason {
    /// The reason with this code; `None` for any other text.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_as_the_reason_it_names() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(*reason));
            assert!(reason.sentence().ends_with('.'), "{reason}");
        }
        assert_eq!(Reason::parse("because"), None);
    }
}
