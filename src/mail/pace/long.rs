//! Dialogues that take long, whatever their domain.
//!
//! A server that plays for time with some of its recipients (a tarpit) is told from a healthy one only by waiting, and whoever waits holds a
//! turn. So dialogues that take much longer than usual may hold a quarter of all turns, and more only while another quarter is free. One
//! more that does is broken off, as long as nothing of its mail was handed over. The first time it may have been bad luck, and it comes again
//! soon; after that when one of those that take long should have ended: these stand in one line, so that there is no storm of them. Opening
//! a connection is not counted: it says nothing about a recipient. Nor is it long that a server (or this machine) pauses for a moment: others
//! have to be answered meanwhile. One that answers nobody is silent, which is not held against a recipient or a domain: the line may have
//! failed. Only who was broken off before is told at once, whoever is answered: at the end of a dispatch nobody may be left but these.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

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
    /// Since when the server is asked, in ms; 0 while the line is opened.
    asked: AtomicI64,
    /// The mail itself is handed over.
    given: AtomicBool,
    /// What the mail is about, where it may come again.
    about: Option<Subject>,
}

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
        self.given.store(true, Ordering::Relaxed);
    }

    /// Whether the mail itself is handed over, or has been.
    pub(in crate::mail) fn is_given(&self) -> bool {
        self.given.load(Ordering::Relaxed)
    }

    /// How far it has come, as far as anybody who waits can tell: once the mail is being handed over, it may have been taken.
    pub(in crate::mail) fn stage(&self) -> Stage {
        match self.asked() {
            _ if self.is_given() => Stage::Accept,
            Some(_) => Stage::RcptTo,
            None => Stage::Connect,
        }
    }

    /// Since when the server has been asked; `None` while the line is opened.
    pub(super) fn asked(&self) -> Option<Timestamp> {
        Some(self.asked.load(Ordering::Relaxed)).filter(|at| *at > 0).map(Timestamp::from_millis)
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
    /// Nobody is answered: it comes again then, and nothing was learned about it.
    Silent(Timestamp),
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
    /// When the last few came to their ends, as many as there are turns.
    ends: VecDeque<Timestamp>,
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
            ends: VecDeque::new(),
        }
    }

    /// A dialogue begins.
    pub(super) fn begin(&mut self) {
        self.used += 1;
    }

    /// A dialogue came to its end. `held`: it was one of the long ones.
    pub(super) fn ended(&mut self, began: Timestamp, ended: Timestamp, held: bool) {
        let ms = ended.since(began).max(0);
        if self.ends.len() >= self.turns {
            self.ends.pop_front();
        }
        self.ends.push_back(ended);
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
        let Some(asked) = progress.asked().filter(|_| !progress.is_given()) else { return Verdict::Wait(patience) };
        let left = patience - now.since(asked);
        if left > 0 {
            return Verdict::Wait(left.min(patience));
        }
        if self.held < self.few {
            self.held += 1;
            return Verdict::Stay;
        }
        let crowded = self.used + self.few > self.turns;
        let (some, many) = self.answered_since(asked);
        let over = now.since(asked) >= SLOW_MS;
        if !crowded {
            Verdict::Wait(patience)
        } else if many || some && over || self.knows(progress) {
            Verdict::Break(self.again(progress.about, now))
        } else if over {
            Verdict::Silent(now.plus_ms(WAIT_MS.0))
        } else {
            Verdict::Wait(patience)
        }
    }

    /// Whether somebody came to an end since then, and whether as many did as there are turns: all who spoke at that moment could have.
    fn answered_since(&self, asked: Timestamp) -> (bool, bool) {
        let some = self.ends.back().is_some_and(|end| *end > asked);
        let many = self.ends.len() >= self.turns && self.ends.front().is_some_and(|end| *end > asked);
        (some, many)
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
        (0..8).for_each(|n| long.ended(at(n), at(n + 100), false));
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

    /// One turn, and more in use than there are.
    fn alone() -> Long {
        let mut long = Long::new(0, 1);
        (0..2).for_each(|_| long.begin());
        long.ended(at(-100), at(0), false);
        long
    }

    #[test]
    fn a_server_that_answers_nobody_is_silent_and_nobody_is_remembered_for_it() {
        let (mut long, named) = (alone(), Progress::about(Subject::from_bytes([1; 16])));
        named.asks(at(0));
        for time in 1..5 {
            assert_eq!(long.judge(&named, at(SLOW_MS - 1)), Verdict::Wait(400), "time {time}");
            assert_eq!(long.judge(&named, at(SLOW_MS)), Verdict::Silent(at(3_000)), "time {time}");
            assert!(!long.knows(&named), "time {time}");
        }
        long.ended(at(200), at(300), false);
        assert_eq!(long.judge(&named, at(400)), Verdict::Break(at(1_400)), "it answers others");
        assert!(long.knows(&named));
    }

    #[test]
    fn a_pause_that_ends_for_one_before_the_others_breaks_nobody_off() {
        let mut long = crowded();
        let places = [(); 2].map(|()| long.judge(&asking(0), at(400)));
        assert_eq!(places, [Verdict::Stay; 2]);
        let named = Progress::about(Subject::from_bytes([1; 16]));
        named.asks(at(600));
        (0..7).for_each(|n| long.ended(at(900 + n), at(1_000 + n), false));
        assert_eq!(long.judge(&named, at(1_010)), Verdict::Wait(400), "seven of eight were answered after the pause");
        long.ended(at(920), at(1_020), false);
        assert!(matches!(long.judge(&named, at(1_021)), Verdict::Break(_)), "as many as there are turns were");
        let mut few = crowded();
        let places = [(); 2].map(|()| few.judge(&asking(0), at(400)));
        assert_eq!(places, [Verdict::Stay; 2]);
        named.asks(at(150));
        few.ended(at(500), at(600), false);
        assert_eq!(few.judge(&named, at(700)), Verdict::Wait(400));
        assert!(matches!(few.judge(&named, at(150 + SLOW_MS)), Verdict::Break(_)), "one was, and it took very long");
        assert!(matches!(few.judge(&named, at(700)), Verdict::Break(_)), "whoever is known is told again at once");
    }

    #[test]
    fn who_was_broken_off_before_keeps_no_turn_while_nobody_is_answered() {
        let mut long = crowded();
        let places = [(); 2].map(|()| long.judge(&asking(0), at(400)));
        assert_eq!(places, [Verdict::Stay; 2]);
        let named = Progress::about(Subject::from_bytes([1; 16]));
        named.asks(at(0));
        assert_eq!(long.judge(&named, at(400)), Verdict::Break(at(1_400)));
        named.asks(at(1_400));
        assert_eq!(long.judge(&named, at(1_799)), Verdict::Wait(1));
        assert_eq!(long.judge(&named, at(1_800)), Verdict::Break(at(2_800)), "nobody was answered since");
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
