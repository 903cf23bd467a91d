//! Where an order stands, as everybody sees it: seven states, each with what belongs to it.
//!
//! Every order ends in exactly one of these. The columns `state`, `reason` and `at` hold nothing else.

use super::reason::Reason;
use crate::kernel::time::Timestamp;

/// The visible state of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Something has to happen first.
    Waiting(Reason),
    /// The invitation goes out at this time.
    Scheduled(Timestamp),
    /// It would go out, but something of the shop or the instance is in the way; never lost, sent when that ends.
    Held(Reason),
    /// The mail server took the invitation.
    Sent,
    /// The customer wrote a review.
    Reviewed,
    /// No invitation goes out.
    Skipped(Reason),
    /// The mail did not arrive; with a time, it is tried again then.
    Failed(Reason, Option<Timestamp>),
}

/// The words of the seven states.
pub const WORDS: [&str; 7] = ["waiting", "scheduled", "held", "sent", "reviewed", "skipped", "failed"];

impl State {
    /// The state's word on the wire and in columns.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Scheduled(_) => "scheduled",
            Self::Held(_) => "held",
            Self::Sent => "sent",
            Self::Reviewed => "reviewed",
            Self::Skipped(_) => "skipped",
            Self::Failed(..) => "failed",
        }
    }

    /// Why, where a state has a reason.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Waiting(reason) | Self::Held(reason) | Self::Skipped(reason) | Self::Failed(reason, _) => {
                Some(reason)
            }
            Self::Scheduled(_) | Self::Sent | Self::Reviewed => None,
        }
    }

    /// When the next thing happens: the mail is due, or is tried again.
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::Scheduled(at) | Self::Failed(_, Some(at)) => Some(at),
            _ => None,
        }
    }

    /// Whether the invitation has left: from here on no event brings the order back.
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Sent | Self::Reviewed)
    }

    /// Reads the three columns; `None` when they do not fit together.
    pub fn from_columns(word: &str, reason: Option<&str>, at: Option<Timestamp>) -> Option<Self> {
        let reason = match reason {
            Some(code) => Some(Reason::parse(code)?),
            None => None,
        };
        Some(match word {
            "waiting" => Self::Waiting(reason?),
            "scheduled" => Self::Scheduled(at?),
            "held" => Self::Held(reason?),
            "sent" => Self::Sent,
            "reviewed" => Self::Reviewed,
            "skipped" => Self::Skipped(reason?),
            "failed" => Self::Failed(reason?, at),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_give_the_state_back() {
        let at = Timestamp::from_millis(1_795_305_600_000);
        let states = [
            State::Waiting(Reason::NotTriggered),
            State::Scheduled(at),
            State::Held(Reason::ShopPaused),
            State::Sent,
            State::Reviewed,
            State::Skipped(Reason::NoEmail),
            State::Failed(Reason::MailRefused, Some(at)),
            State::Failed(Reason::HardBounce, None),
        ];
        for state in states {
            let read = State::from_columns(state.word(), state.reason().map(Reason::code), state.at());
            assert_eq!(read, Some(state));
            assert!(WORDS.contains(&state.word()));
        }
        assert_eq!(State::from_columns("scheduled", None, None), None);
        assert_eq!(State::from_columns("gone", None, None), None);
    }
}
