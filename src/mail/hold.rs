//! When the mail server itself refuses or its line fails: counts both in a row, and says how long nothing is tried. Keeps no rows (see
//! [`super::store`]) and sends nothing; [`super::recovery`] ends a hold early.

use std::sync::{Mutex, PoisonError};

use crate::kernel::id::MessageId;
use crate::kernel::random::{self, Random};
use crate::kernel::time::{DAY, HOUR, MINUTE, SECOND};

use super::outcome::{Fault, MAILBOX_FULL, Stage, Trouble};

/// Distinct recipient domains in a row whose mails were refused before the fault is taken to be ours.
const DOMAINS: usize = 5;
/// Distinct mails in a row that were cut off before the fault is taken to be the line's.
const CUTS: usize = 3;
/// So often in a row a line that cuts mails off is tried again as soon as it gives a greeting, for five minutes in all. After that only time
/// ends a hold: each trial costs a few mails an entry in their log.
const TRIALS: i64 = 150;
/// Between two such trials, in ms.
const TRIAL_MS: i64 = 2 * SECOND;
/// The same where it was cut while a login was under way: fewer and slower, for a little more than a minute. A server may take offence at
/// who logs in again and again.
const LOGINS: i64 = 25;
/// Between two of these, in ms.
const LOGIN_MS: i64 = 3 * SECOND;

/// Attempts at a message that is refused for now, all told.
const SOFT_ATTEMPTS: i64 = 5;
/// Of these, where the mailbox is full: three more after the first.
const FULL_ATTEMPTS: i64 = 4;
/// Attempts at a message that the server refuses as such, all told.
pub(super) const PARKED_ATTEMPTS: i64 = 5;

/// Attempts at a message that is refused for now for this reason, all told.
pub(super) fn soft_attempts(reason: &str) -> i64 {
    if reason == MAILBOX_FULL { FULL_ATTEMPTS } else { SOFT_ATTEMPTS }
}

/// How the line to a held mail server failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Line {
    /// It did not: the server spoke, or nobody was asked.
    #[default]
    Stands,
    /// No greeting was had.
    Closed,
    /// It was cut in the middle of dialogues.
    Cut,
    /// It was cut while a login was under way.
    Login,
}

impl Line {
    pub(super) fn of(fault: &Fault) -> Self {
        match (&fault.trouble, fault.stage) {
            (Trouble::Cut(_) | Trouble::Silence(_), Stage::Connect | Stage::Hello | Stage::StartTls) => Self::Closed,
            (Trouble::Cut(_), Stage::MailFrom | Stage::RcptTo | Stage::Data | Stage::Accept)
            | (Trouble::Silence(_), Stage::MailFrom) => Self::Cut,
            (Trouble::Cut(_) | Trouble::Silence(_), Stage::Auth) => Self::Login,
            // Silence about a recipient or a mail may be meant for that one.
            (Trouble::Silence(_), Stage::RcptTo | Stage::Data | Stage::Accept)
            | (Trouble::Cut(_) | Trouble::Silence(_), Stage::Compose | Stage::Store)
            | (Trouble::Reply(_) | Trouble::Local(_), _) => Self::Stands,
        }
    }

    /// The word in the table of holds.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "",
            Self::Closed => "closed",
            Self::Cut => "cut",
            Self::Login => "login",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Stands, Self::Closed, Self::Cut, Self::Login].into_iter().find(|line| line.as_str() == word)
    }

    /// Whether the server is asked for its greeting before the hold ends by itself: after so many holds in a row, and so many ms.
    pub(super) fn is_asked(self, refusals: i64, ms: i64) -> bool {
        match self {
            Self::Stands => false,
            Self::Closed => true,
            Self::Cut => refusals <= TRIALS && ms >= TRIAL_MS,
            Self::Login => refusals <= LOGINS && ms >= LOGIN_MS,
        }
    }

    /// How long the transport is held after this many holds in a row, in ms, if nothing ends the hold before.
    pub(super) fn hold_ms(self, refusals: i64) -> i64 {
        match self {
            Self::Stands | Self::Closed => hold_ms(refusals),
            Self::Cut => hold_ms(refusals - TRIALS),
            Self::Login => hold_ms(refusals - LOGINS),
        }
    }
}

/// Faults in a row on this node since it started, each counted once by what it is about.
#[derive(Debug)]
struct Streak {
    most: usize,
    about: Mutex<Vec<String>>,
}

impl Streak {
    fn new(most: usize) -> Self {
        Self { most, about: Mutex::default() }
    }

    /// One more; true when there are enough, and the count starts anew.
    fn add(&self, about: &str) -> bool {
        let mut all = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.iter().any(|known| known == about) {
            all.push(about.to_owned());
        }
        let full = all.len() >= self.most;
        if full {
            all.clear();
        }
        full
    }

    fn clear(&self) {
        self.about.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What speaks against the mail server itself.
#[derive(Debug)]
pub(super) struct Streaks {
    refusals: Streak,
    cuts: Streak,
}

impl Default for Streaks {
    fn default() -> Self {
        Self { refusals: Streak::new(DOMAINS), cuts: Streak::new(CUTS) }
    }
}

impl Streaks {
    /// A mail to this domain was refused; true when the transport must be held.
    pub(super) fn refused(&self, domain: &str) -> bool {
        self.cuts.clear();
        self.refusals.add(domain)
    }

    /// This mail was cut off; true when the transport must be held.
    pub(super) fn cut(&self, id: MessageId) -> bool {
        self.cuts.add(&id.to_string())
    }

    /// The server said that it wants a mail later: the line stands.
    pub(super) fn put_off(&self) {
        self.cuts.clear();
    }

    /// The server took a mail, or spoke about a mailbox: it does work for us.
    pub(super) fn taken(&self) {
        self.refusals.clear();
        self.cuts.clear();
    }
}

/// A minute, doubled each time, at most an hour: in ms.
fn hold_ms(refusals: i64) -> i64 {
    growing(MINUTE, 2, refusals, HOUR)
}

/// Wait before the next attempt at a message that was refused for now, in ms: at least a minute, so that greylisting has passed.
pub(super) fn soft_ms(attempts: i64, random: &dyn Random) -> i64 {
    jittered(growing(MINUTE, 6, attempts, 6 * HOUR), random)
}

/// Wait before the next attempt at a message whose dialogue broke off, in ms: a few seconds the first time, since nobody asked for patience.
pub(super) fn cut_ms(attempts: i64, random: &dyn Random) -> i64 {
    if attempts <= 1 { jittered(3 * SECOND, random) } else { soft_ms(attempts - 1, random) }
}

/// Wait before the next attempt at a message that the server refuses as such, in ms.
pub(super) fn parked_ms(attempts: i64, random: &dyn Random) -> i64 {
    jittered(growing(15 * MINUTE, 6, attempts, DAY), random)
}

/// `first`, then `factor` times as much for each further failure, at most `most`.
fn growing(first: i64, factor: i64, failures: i64, most: i64) -> i64 {
    let steps = u32::try_from(failures.saturating_sub(1).clamp(0, 30)).unwrap_or_default();
    first.saturating_mul(factor.saturating_pow(steps)).min(most)
}

/// A little longer than a moment for which many wait, in ms: up to a quarter of a minute.
pub(super) fn spread_ms(random: &dyn Random) -> i64 {
    jittered(MINUTE, random) - MINUTE
}

/// Up to a quarter more, so that what failed together does not come back together.
fn jittered(ms: i64, random: &dyn Random) -> i64 {
    let share = i64::from(u16::from_be_bytes(random::bytes::<2>(random)));
    ms + ms / 4 * share / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Reply;
    use super::*;
    use crate::kernel::random::SeededRandom;

    #[test]
    fn five_distinct_domains_in_a_row_hold_the_transport() {
        let streaks = Streaks::default();
        for domain in ["a", "b", "a", "c", "b", "d", "d"] {
            assert!(!streaks.refused(domain), "{domain}");
        }
        assert!(streaks.refused("e"));
        assert!(!streaks.refused("e"), "the count starts anew");
        for domain in ["a", "b", "c"] {
            assert!(!streaks.refused(domain), "{domain}");
        }
        streaks.taken();
        assert!(!streaks.refused("d"), "a mail that was taken breaks the row");
    }

    #[test]
    fn three_distinct_mails_cut_off_in_a_row_hold_the_transport() {
        let (streaks, id) = (Streaks::default(), |n| MessageId::from_bytes([n; 16]));
        for n in [1, 1, 2, 1, 2] {
            assert!(!streaks.cut(id(n)), "one that is cut off again and again may be the one that is wrong: {n}");
        }
        assert!(streaks.cut(id(3)));
        let spoke: [fn(&Streaks); 3] = [Streaks::taken, Streaks::put_off, |all| assert!(!all.refused("a"))];
        for speaks in spoke {
            assert!(!streaks.cut(id(1)) && !streaks.cut(id(2)));
            speaks(&streaks);
            assert!(!streaks.cut(id(3)), "whoever spoke has a line that stands");
            streaks.taken();
        }
    }

    #[test]
    fn only_a_line_that_failed_is_asked_about() {
        let cut = |stage| Line::of(&Fault { stage, trouble: Trouble::Cut("cut".to_owned()) });
        assert_eq!([cut(Stage::Connect), cut(Stage::Hello), cut(Stage::StartTls)], [Line::Closed; 3]);
        assert_eq!([cut(Stage::MailFrom), cut(Stage::Accept)], [Line::Cut; 2]);
        assert_eq!([cut(Stage::Auth), cut(Stage::Store)], [Line::Login, Line::Stands]);
        let silent = |stage| Line::of(&Fault { stage, trouble: Trouble::Silence("no answer".to_owned()) });
        assert_eq!([silent(Stage::Connect), silent(Stage::MailFrom)], [Line::Closed, Line::Cut]);
        assert_eq!([silent(Stage::RcptTo), silent(Stage::Accept)], [Line::Stands; 2], "a tarpit holds nobody else");
        let said = Trouble::Reply(Reply::new(421, "busy"));
        assert_eq!(Line::of(&Fault { stage: Stage::Hello, trouble: said }), Line::Stands);
        for line in [Line::Stands, Line::Closed, Line::Cut, Line::Login] {
            assert_eq!(Line::parse(line.as_str()), Some(line));
        }
        assert!(Line::Closed.is_asked(1_000, 0), "a server may be down for days");
        assert!(Line::Cut.is_asked(TRIALS, TRIAL_MS) && !Line::Cut.is_asked(TRIALS + 1, HOUR), "trials have an end");
        assert!(!Line::Cut.is_asked(1, TRIAL_MS - 1), "a trial has its pause");
        assert!(Line::Login.is_asked(LOGINS, LOGIN_MS) && !Line::Login.is_asked(LOGINS + 1, HOUR), "logins are fewer");
        assert!(!Line::Login.is_asked(1, TRIAL_MS), "and slower");
        assert!(!Line::Stands.is_asked(1, HOUR), "who was told to wait waits");
        let holds = [Line::Cut.hold_ms(TRIALS + 2), Line::Login.hold_ms(LOGINS + 2), Line::Closed.hold_ms(2)];
        assert_eq!(holds, [2 * MINUTE; 3]);
    }

    #[test]
    fn waits_grow_and_end() {
        let holds: Vec<i64> = (1..=9).map(|n| hold_ms(n) / MINUTE).collect();
        assert_eq!(holds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let random = SeededRandom::new(3);
        for attempts in 1..SOFT_ATTEMPTS {
            let wait = soft_ms(attempts, &random);
            assert!(wait >= MINUTE && wait < soft_ms(attempts + 1, &random), "{attempts}: {wait}");
        }
        for attempts in 1..50 {
            assert!((15 * MINUTE..=DAY + DAY / 4).contains(&parked_ms(attempts, &random)), "{attempts}");
        }
        assert_ne!(soft_ms(1, &random), soft_ms(1, &random), "jitter");
        assert!((3 * SECOND..4 * SECOND).contains(&cut_ms(1, &random)), "the first cut is mended at once");
        assert!((MINUTE..2 * MINUTE).contains(&cut_ms(2, &random)), "then as where one is asked for patience");
    }
}
