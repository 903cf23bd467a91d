//! Dialogues that take long, whatever their domain.
//!
//! A server that plays for time with some of its recipients (a tarpit) is told from a healthy one only by waiting, and whoever waits holds a
//! turn. So dialogues that take much longer than usual may hold a quarter of all turns, and more only while another quarter is free. One
//! more that does is broken off, as long as nothing of its mail was handed over. The first time it may have been bad luck, and it comes again
//! soon; after that when one of those that take long should have ended: these stand in one line, so that there is no storm of them. Opening
//! a connection is not counted: it says nothing about a recipient. Nor does a server that answers nobody for a moment, unless that moment
//! becomes long itself.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};

use crate::jobs::Subject;
use crate::kernel::time::{HOUR, SECOND, Timestamp};

use super::super::outcome::Stage;
use super::lanes::SLOW_MS;

/// So many times the usual length is long.
const TIMES: i64 = 4;
/// What is never long, in ms: a machine that has much to do may keep a quick dialogue as long.
const SHORT_MS: i64 = 10;
/// How long a long one is thought to take before one has ended, in ms.
const UNKNOWN_MS: i64 = 10 * SECOND;
/// The least wait of what was broken off, and the longest, in ms.
const WAIT_MS: (i64, i64) = (SECOND, HOUR);
/// So many are remembered that were broken off.
const KNOWN: usize = 10_000;

/// How long the last few dialogues took. Their middle is not moved by the few that take very long.
#[derive(Default)]
pub(super) struct Lengths(VecDeque<i64>);

/// So many are remembered.
const REMEMBERED: usize = 9;

impl Lengths {
    pub(super) fn add(&mut self, ms: i64) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(ms);
    }

    /// How long one usually takes, in ms, once one has ended.
    pub(super) fn usual(&self) -> Option<i64> {
        let mut sorted: Vec<i64> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    }
}

/// How far a dialogue has come: written by who speaks, read by who waits.
#[derive(Debug, Default)]
pub(in crate::mail) struct Progress {
    asked: AtomicI64,
    /// What the mail is about, where it may come again.
    about: Option<Subject>,
}

/// Stands for a mail that is being handed over.
const GIVEN: i64 = i64::MAX;

impl Progress {
    /// Of the mail about this.
    pub(in crate::mail) fn about(subject: Subject) -> Self {
        Self { about: Some(subject), ..Self::default() }
    }

    /// A line is opened.
    pub(in crate::mail) fn opens(&self) {
        self.asked.store(0, Ordering::Relaxed);
    }

    /// The line stands; from now on the server is asked about this mail.
    pub(in crate::mail) fn asks(&self, now: Timestamp) {
        self.asked.store(now.millis(), Ordering::Relaxed);
    }

    /// The mail itself is handed over: nobody may break off any more.
    pub(in crate::mail) fn gives(&self) {
        self.asked.store(GIVEN, Ordering::Relaxed);
    }

    /// Whether the mail itself is handed over, or has been.
    pub(in crate::mail) fn is_given(&self) -> bool {
        self.asked.load(Ordering::Relaxed) == GIVEN
    }

    /// How far it has come, as far as anybody who waits can tell: once the mail is being handed over, it may have been taken.
    pub(in crate::mail) fn stage(&self) -> Stage {
        match self.asked.load(Ordering::Relaxed) {
            0 => Stage::Connect,
            GIVEN => Stage::Accept,
            _ => Stage::RcptTo,
        }
    }

    /// Since when the server has been asked; `None` while the line is opened and once the mail is handed over.
    fn asked(&self) -> Option<Timestamp> {
        Some(self.asked.load(Ordering::Relaxed)).filter(|at| (1..GIVEN).contains(at)).map(Timestamp::from_millis)
    }
}

/// What is to be done about a dialogue that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Look again in so many ms.
    Wait(i64),
    /// It may take as long as it takes.
    Stay,
    /// There are enough of these: it comes again then.
    Break(Timestamp),
}

/// All dialogues that take long.
pub(super) struct Long {
    /// Turns for these alone, and for all others alone.
    few: usize,
    /// All turns.
    turns: usize,
    /// Turns in use, and how many of these as one of the long ones.
    used: usize,
    held: usize,
    all: Lengths,
    took: Lengths,
    next: Option<Timestamp>,
    /// Broken off, and to be put in the line the next time.
    known: HashSet<Subject>,
    /// When one last came to its end.
    ended: Option<Timestamp>,
}

impl Long {
    pub(super) fn new(few: usize, turns: usize) -> Self {
        Self {
            few,
            turns,
            used: 0,
            held: 0,
            all: Lengths::default(),
            took: Lengths::default(),
            next: None,
            known: HashSet::new(),
            ended: None,
        }
    }

    /// A dialogue begins.
    pub(super) fn begin(&mut self) {
        self.used += 1;
    }

    /// A dialogue came to its end. `held`: it was one of the long ones.
    pub(super) fn ended(&mut self, began: Timestamp, ended: Timestamp, held: bool) {
        let ms = ended.since(began).max(0);
        self.ended = self.ended.max(Some(ended));
        self.all.add(ms);
        if held {
            self.took.add(ms);
        }
    }

    /// Gives back a turn. `held`: it was that of one of the long ones.
    pub(super) fn leave(&mut self, held: bool) {
        self.used = self.used.saturating_sub(1);
        self.held = self.held.saturating_sub(usize::from(held));
    }

    /// What becomes of a dialogue that has come so far. [`Verdict::Stay`] holds a place.
    pub(super) fn judge(&mut self, progress: &Progress, now: Timestamp) -> Verdict {
        let patience = self.all.usual().map_or(SLOW_MS, |usual| (usual * TIMES).clamp(SHORT_MS, SLOW_MS));
        let Some(asked) = progress.asked() else { return Verdict::Wait(patience) };
        let left = patience - now.since(asked);
        if left > 0 {
            return Verdict::Wait(left.min(patience));
        }
        if self.held < self.few {
            self.held += 1;
            return Verdict::Stay;
        }
        // Who was told once is told again, whether or not the server answers others meanwhile.
        let answers = self.knows(progress) || self.ended.is_some_and(|ended| ended > asked);
        let crowded = self.used + self.few > self.turns;
        if crowded && (answers || now.since(asked) >= SLOW_MS) {
            Verdict::Break(self.again(progress.about, now))
        } else {
            Verdict::Wait(patience)
        }
    }

    /// Whether this one was broken off before.
    pub(super) fn knows(&self, progress: &Progress) -> bool {
        progress.about.is_some_and(|about| self.known.contains(&about))
    }

    /// Their mail came to an end: they need not be remembered.
    pub(super) fn forget(&mut self, progress: &Progress) {
        if let Some(about) = progress.about {
            self.known.remove(&about);
        }
    }

    /// When what is broken off comes again.
    fn again(&mut self, about: Option<Subject>, now: Timestamp) -> Timestamp {
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        let first = about.is_some_and(|about| self.known.insert(about));
        if first { now.plus_ms(WAIT_MS.0) } else { self.line_up(now) }
    }

    fn line_up(&mut self, now: Timestamp) -> Timestamp {
        // As many as there are at most, when nobody else needs a turn: one too early costs little, one too late a turn that was free.
        let most = self.turns.saturating_sub(self.few).max(1);
        let gap = self.took.usual().unwrap_or(UNKNOWN_MS) / i64::try_from(most).unwrap_or(1);
        let next = self.next.unwrap_or(now).max(now.plus_ms(WAIT_MS.0)).min(now.plus_ms(WAIT_MS.1));
        self.next = Some(next.plus_ms(gap.max(1)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    fn asking(since: i64) -> Progress {
        let progress = Progress::default();
        progress.asks(at(since));
        progress
    }

    #[test]
    fn a_few_that_take_very_long_do_not_change_what_is_usual() {
        let mut lengths = Lengths::default();
        assert_eq!(lengths.usual(), None);
        for ms in [10, 30_000, 12, 11, 30_000, 9, 10, 30_000, 11, 10] {
            lengths.add(ms);
        }
        assert_eq!(lengths.usual(), Some(11));
        (0..5).for_each(|_| lengths.add(9_000));
        assert_eq!(lengths.usual(), Some(9_000), "but most of them do");
    }

    /// Eight turns, all in use, where a dialogue usually takes 100 ms.
    fn crowded() -> Long {
        let mut long = Long::new(2, 8);
        (0..5).for_each(|n| long.ended(at(n), at(n + 100), false));
        (0..8).for_each(|_| long.begin());
        long
    }

    #[test]
    fn a_quarter_may_take_long_and_the_others_come_again_one_after_the_other() {
        let mut long = crowded();
        assert_eq!(long.judge(&asking(0), at(399)), Verdict::Wait(1));
        let (one, two) = (long.judge(&asking(0), at(400)), long.judge(&asking(0), at(400)));
        assert_eq!((one, two), (Verdict::Stay, Verdict::Stay));
        let waits: Vec<_> = (0..3).map(|_| long.judge(&asking(0), at(400))).collect();
        assert_eq!(waits, [1_400, 3_066, 4_732].map(|ms| Verdict::Break(at(ms))));
        long.leave(true);
        long.begin();
        long.ended(at(-29_500), at(500), true);
        assert_eq!(long.judge(&asking(0), at(500)), Verdict::Stay, "whose place was left");
        assert_eq!(long.judge(&asking(0), at(500)), Verdict::Break(at(6_398)));
        assert_eq!(long.judge(&asking(0), at(500)), Verdict::Break(at(11_398)), "as long as they usually take");
    }

    #[test]
    fn who_is_broken_off_for_the_first_time_comes_again_soon() {
        let mut long = crowded();
        let places = [(); 2].map(|()| long.judge(&asking(0), at(400)));
        assert_eq!(places, [Verdict::Stay; 2]);
        let named = Progress::about(Subject::from_bytes([1; 16]));
        named.asks(at(0));
        let waits = [(); 2].map(|()| long.judge(&asking(0), at(400)));
        assert_eq!(waits, [1_400, 3_066].map(|ms| Verdict::Break(at(ms))));
        let first = long.judge(&named, at(400));
        assert_eq!(first, Verdict::Break(at(1_400)), "it may have been bad luck");
        assert_eq!(long.judge(&named, at(400)), Verdict::Break(at(4_732)), "in line with the others");
    }

    #[test]
    fn nobody_is_broken_off_while_there_are_turns_for_others() {
        let mut long = crowded();
        let places = [(); 2].map(|()| long.judge(&asking(0), at(400)));
        assert_eq!(places, [Verdict::Stay; 2]);
        assert!(matches!(long.judge(&asking(0), at(400)), Verdict::Break(_)));
        long.leave(false);
        assert!(matches!(long.judge(&asking(0), at(400)), Verdict::Break(_)), "one is free, and two are kept free");
        long.leave(false);
        assert_eq!(long.judge(&asking(0), at(400)), Verdict::Wait(400));
    }

    #[test]
    fn a_server_that_answers_nobody_for_a_moment_is_waited_for() {
        let mut long = Long::new(0, 1);
        long.begin();
        long.begin();
        long.ended(at(-100), at(0), false);
        assert_eq!(long.judge(&asking(0), at(SLOW_MS - 1)), Verdict::Wait(400));
        assert!(matches!(long.judge(&asking(0), at(SLOW_MS)), Verdict::Break(_)));
        let named = Progress::about(Subject::from_bytes([1; 16]));
        named.asks(at(0));
        assert_eq!(long.judge(&named, at(400)), Verdict::Wait(400));
        assert!(matches!(long.judge(&named, at(SLOW_MS)), Verdict::Break(_)));
        assert!(matches!(long.judge(&named, at(400)), Verdict::Break(_)), "it was waited for once");
        long.ended(at(200), at(300), false);
        assert!(matches!(long.judge(&asking(0), at(400)), Verdict::Break(_)), "it answers others");
    }

    #[test]
    fn neither_opening_a_line_nor_handing_over_is_broken_off() {
        let mut long = crowded();
        let places = [(); 2].map(|()| long.judge(&asking(0), at(400)));
        assert_eq!(places, [Verdict::Stay; 2]);
        assert_eq!(long.judge(&Progress::default(), at(90_000)), Verdict::Wait(400));
        let given = asking(0);
        given.gives();
        assert_eq!(long.judge(&given, at(90_000)), Verdict::Wait(400));
        assert!(matches!(long.judge(&asking(0), at(SLOW_MS)), Verdict::Break(_)));
    }
}
