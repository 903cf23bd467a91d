//! What the brake of a shop is, and the numbers that put it on. Pure.

use serde::Serialize;

use crate::kernel::time::{DAY, Timestamp};

/// Held because the shop's sending pauses.
pub const SENDING_PAUSED: &str = "sending_paused";
/// Held because the shop's sending was stopped.
pub const SENDING_STOPPED: &str = "sending_stopped";
/// Held because the operator stopped the shop's mail by hand.
pub const STOPPED_BY_OPERATOR: &str = "stopped_by_operator";
/// How long a pause lasts, in ms.
pub const PAUSE_MS: i64 = DAY;

/// What came of a shop's mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Mails that left, and those that were refused for good at once.
    pub sent: i64,
    /// Hard bounces among them.
    pub hard_bounces: i64,
    /// Complaints among them.
    pub complaints: i64,
}

/// What came back too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// People said that they do not want these mails.
    Complaints,
    /// Addresses do not exist.
    Bounces,
    /// The operator stopped it by hand.
    Operator,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 3] = [Self::Complaints, Self::Bounces, Self::Operator];
    /// Those that numbers decide.
    pub const COUNTED: [Self; 2] = [Self::Complaints, Self::Bounces];

    /// The word in the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complaints => "complaints",
            Self::Bounces => "bounces",
            Self::Operator => "operator",
        }
    }

    /// From how many mails on it is judged.
    pub const fn least_sent(self) -> i64 {
        match self {
            Self::Complaints => 1_000,
            Self::Bounces => 200,
            Self::Operator => i64::MAX,
        }
    }

    /// How many of a thousand mails pause a shop's sending.
    pub const fn pauses_at(self) -> i64 {
        match self {
            Self::Complaints => 1,
            Self::Bounces => 20,
            Self::Operator => i64::MAX,
        }
    }

    /// How many of a thousand stop it.
    pub const fn stops_at(self) -> i64 {
        match self {
            Self::Complaints => 3,
            Self::Bounces => 50,
            Self::Operator => i64::MAX,
        }
    }

    /// How many of these there are.
    pub const fn of(self, counts: &Counts) -> i64 {
        match self {
            Self::Complaints => counts.complaints,
            Self::Bounces => counts.hard_bounces,
            Self::Operator => 0,
        }
    }

    fn reaches(self, counts: &Counts, of_thousand: i64) -> bool {
        let many = self.of(counts);
        many > 0
            && counts.sent >= self.least_sent()
            && many.saturating_mul(1_000) >= counts.sent.saturating_mul(of_thousand)
    }
}

/// What holds a shop's sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// Until this time.
    Paused(Timestamp),
    /// Until the operator lets go.
    Stopped,
}

/// A brake that is on, with the numbers that put it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brake {
    /// How it holds.
    pub grip: Grip,
    /// Why.
    pub cause: Cause,
    /// Mails counted.
    pub sent: i64,
    /// How many of them came back that way.
    pub counted: i64,
    /// Since when it is on.
    pub at: Timestamp,
}

impl Brake {
    /// The reason code of what it holds.
    pub const fn reason(&self) -> &'static str {
        match (self.grip, self.cause) {
            (Grip::Paused(_), _) => SENDING_PAUSED,
            (Grip::Stopped, Cause::Operator) => STOPPED_BY_OPERATOR,
            (Grip::Stopped, Cause::Bounces | Cause::Complaints) => SENDING_STOPPED,
        }
    }
}

/// The brake that these numbers put on: since the last stop was ended, and since the last pause was.
pub fn judge(since_stop: &Counts, since_pause: &Counts, now: Timestamp) -> Option<Brake> {
    let brake = |grip, cause: Cause, counts: &Counts| Brake {
        grip,
        cause,
        sent: counts.sent,
        counted: cause.of(counts),
        at: now,
    };
    let stop = Cause::COUNTED.into_iter().find(|cause| cause.reaches(since_stop, cause.stops_at()));
    let pause = || Cause::COUNTED.into_iter().find(|cause| cause.reaches(since_pause, cause.pauses_at()));
    match stop {
        Some(cause) => Some(brake(Grip::Stopped, cause, since_stop)),
        None => pause().map(|cause| brake(Grip::Paused(now.plus_ms(PAUSE_MS)), cause, since_pause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sent: i64, hard_bounces: i64, complaints: i64) -> Counts {
        Counts { sent, hard_bounces, complaints }
    }

    #[test]
    fn brakes_go_on_at_their_shares_and_not_before() {
        let now = Timestamp::from_millis(1_000);
        let grip = |counts: Counts| judge(&counts, &counts, now).map(|brake| (brake.grip, brake.cause));
        let paused = Grip::Paused(now.plus_ms(PAUSE_MS));
        let table = [
            (counts(199, 199, 0), None),
            (counts(200, 3, 0), None),
            (counts(200, 4, 0), Some((paused, Cause::Bounces))),
            (counts(200, 9, 0), Some((paused, Cause::Bounces))),
            (counts(200, 10, 0), Some((Grip::Stopped, Cause::Bounces))),
            (counts(999, 0, 999), None),
            (counts(1_000, 0, 0), None),
            (counts(1_000, 0, 1), Some((paused, Cause::Complaints))),
            (counts(1_001, 0, 1), None),
            (counts(1_000, 0, 2), Some((paused, Cause::Complaints))),
            (counts(1_000, 0, 3), Some((Grip::Stopped, Cause::Complaints))),
            (counts(1_000, 50, 1), Some((Grip::Stopped, Cause::Bounces))),
            (counts(0, 0, 0), None),
        ];
        for (counts, expected) in table {
            assert_eq!(grip(counts), expected, "{counts:?}");
        }
    }

    #[test]
    fn what_was_ended_counts_once() {
        let now = Timestamp::from_millis(1_000);
        let (all, fresh) = (counts(200, 8, 0), counts(20, 8, 0));
        assert_eq!(judge(&all, &fresh, now), None, "too few since the pause was ended");
        let worse = counts(300, 15, 0);
        assert_eq!(judge(&worse, &fresh, now).map(|brake| brake.grip), Some(Grip::Stopped), "a stop looks at all");
    }
}
