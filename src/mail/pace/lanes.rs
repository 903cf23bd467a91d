//! How many dialogues a domain holds in this process: as many as its limit says, and a quarter of the turns while it is slow to answer or
//! nobody knows yet how fast it is, so that no domain ever takes the turns of all the others. What single recipients of a quick domain keep
//! waiting is bounded by [`Long`].

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::kernel::pace::{Bound, Limit};
use crate::kernel::time::{Clock, SECOND, Timestamp};

use super::long::{Lengths, Long, Progress, Verdict};
use super::shops::Held;

/// A dialogue that takes longer is slow, in ms.
pub(super) const SLOW_MS: i64 = 2 * SECOND;
/// The least time between two looks at a dialogue that runs.
const LOOK_MS: u64 = 5;
/// The least wait before a mail asks again, in ms.
const LEAST_MS: i64 = 50;
/// How long a mail that waits for a turn may be sent away at most, in ms.
pub(in crate::mail) const MOST_MS: i64 = 300 * SECOND;

/// Domains whose speed is remembered while nothing is sent there.
const KNOWN: usize = 1_000;

/// Why a mail does not get a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mail) enum Wait {
    /// The first dialogues with this domain will soon tell how fast it is.
    Soon,
    /// It shall ask again then.
    Until(Timestamp),
    /// It shall ask again then, because of this limit of the shop's own.
    Own(Timestamp, Limit),
}

/// The next place in a line of those who ask again, one `gap` (ms) after the other; `next` is the place after that.
pub(super) fn line_up(next: &mut Option<Timestamp>, gap: i64, now: Timestamp) -> Timestamp {
    let place = next.unwrap_or(now).max(now.plus_ms(LEAST_MS)).min(now.plus_ms(MOST_MS));
    *next = Some(place.plus_ms(gap.max(1)));
    place
}

/// The dialogues of every domain.
pub(super) struct Lanes {
    limits: Vec<(String, usize)>,
    /// Dialogues at once of a domain that is slow or unknown.
    few: usize,
    open: Mutex<Open>,
}

struct Open {
    lanes: HashMap<String, Lane>,
    long: Long,
    /// A domain is quick again that others were sent away from.
    quick_again: bool,
}

#[derive(Default)]
struct Lane {
    /// Since when the server is asked in the dialogues that run, but for the long ones; none while the line is opened.
    running: Vec<Option<Timestamp>>,
    /// Dialogues that hold a place of those that may take long.
    long: usize,
    /// How long the last ones took.
    lengths: Lengths,
    /// When the next one that waits may ask again.
    next: Option<Timestamp>,
    /// Some were sent away because it is slow.
    sent_away: bool,
}

/// Why a dialogue was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// It took long, and enough others did.
    Long,
    /// Nobody was answered, which says nothing about the domain.
    Silent,
}

/// The right to one dialogue; ends when dropped.
pub(in crate::mail) struct Pass<'a> {
    lanes: &'a Lanes,
    domain: String,
    /// Since when the server is known to be asked.
    asked: Option<Timestamp>,
    /// From when on its length counts; none where the line never stood, which says nothing about the domain.
    began: Option<Timestamp>,
    ended: Option<Timestamp>,
    /// It holds a place of those that may take long.
    long: bool,
    broken: Option<Broken>,
    /// About somebody who was broken off before, which says nothing more about the domain.
    known: bool,
    /// The place under the shop's own limits.
    own: Option<Held<'a>>,
}

impl<'a> Pass<'a> {
    /// With the place that it holds under the shop's own limits.
    pub(super) fn of_shop(mut self, own: Option<Held<'a>>) -> Self {
        self.own = own;
        self
    }
}

impl Pass<'_> {
    /// Follows a dialogue to its end, or breaks it off where it takes long and enough others do: then it comes again at that time.
    pub(in crate::mail) async fn follow<T>(
        &mut self,
        clock: &dyn Clock,
        progress: &Progress,
        dialogue: impl Future<Output = T>,
    ) -> Result<T, Timestamp> {
        let mut dialogue = std::pin::pin!(dialogue);
        let done = loop {
            let look = match self.lanes.judge(self, progress, clock.now()) {
                Verdict::Wait(ms) => Duration::from_millis(u64::try_from(ms).unwrap_or(0).max(LOOK_MS)),
                Verdict::Break(again) => {
                    self.broken = Some(Broken::Long);
                    return Err(again);
                }
                Verdict::Silent(again) => {
                    self.broken = Some(Broken::Silent);
                    return Err(again);
                }
                Verdict::Stay => break dialogue.await,
            };
            if let Ok(done) = tokio::time::timeout(look, &mut dialogue).await {
                break done;
            }
        };
        if progress.asked().is_some() || !progress.is_given() {
            self.began = progress.asked();
        }
        if self.known {
            self.lanes.open().long.forget(progress);
        }
        Ok(done)
    }

    /// When the dialogue ended, so that its length is known.
    pub(in crate::mail) fn end(mut self, now: Timestamp) {
        self.ended = Some(now);
        if let Some(own) = self.own.take() {
            own.end(now);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.lanes.leave(self);
    }
}

impl Lanes {
    /// `connections` at once, of which `turns` are ever used.
    pub(super) fn new(limits: &[Limit], connections: usize, turns: usize) -> Self {
        let limits = limits.iter().filter_map(|limit| match (limit.bound, &limit.to) {
            (Bound::Connections(many), Some(domain)) => Some((domain.clone(), many)),
            _ => None,
        });
        let few = (connections / 4).max(1);
        let open = Mutex::new(Open { lanes: HashMap::new(), long: Long::new(few, turns), quick_again: false });
        Self { limits: limits.collect(), few, open }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a domain is quick again that mails were sent away from because it was slow; says so once.
    pub(super) fn are_quick_again(&self) -> bool {
        std::mem::take(&mut self.open().quick_again)
    }

    /// What becomes of a dialogue that runs. One that may take long holds no other turn of its domain any more.
    fn judge(&self, pass: &mut Pass<'_>, progress: &Progress, now: Timestamp) -> Verdict {
        let mut open = self.open();
        pass.known |= open.long.knows(progress);
        let verdict = open.long.judge(progress, now);
        let Some(lane) = open.lanes.get_mut(&pass.domain) else { return verdict };
        if verdict == Verdict::Stay {
            pass.long = true;
            lane.end(pass.asked);
            lane.long += 1;
        } else if pass.asked != progress.asked() {
            lane.end(pass.asked);
            pass.asked = progress.asked();
            lane.running.push(pass.asked);
        }
        verdict
    }

    pub(super) fn enter(&self, domain: &str, now: Timestamp) -> Result<Pass<'_>, Wait> {
        let most = self.limits.iter().filter(|(to, _)| to == domain).map(|(_, many)| *many).min();
        let mut open = self.open();
        let lane = open.lanes.entry(domain.to_owned()).or_default();
        let all = lane.running.len() + lane.long;
        let full = most.is_some_and(|most| all >= most);
        let usual = lane.lengths.usual();
        let unknown = usual.is_none();
        let seems_slow = || lane.long >= self.few || lane.waits_since(now) > SLOW_MS;
        let slow = usual.map_or_else(seems_slow, |usual| usual > SLOW_MS);
        // Of a domain that is slow, those that take long are no exception.
        let running = if slow { all } else { lane.running.len() };
        if !full && (running < self.few || !slow && !unknown) {
            lane.running.push(None);
            open.long.begin();
            return Ok(Pass {
                lanes: self,
                domain: domain.to_owned(),
                asked: None,
                began: Some(now),
                ended: None,
                long: false,
                broken: None,
                known: false,
                own: None,
            });
        }
        if !full && !slow {
            return Err(Wait::Soon);
        }
        lane.sent_away |= slow;
        let width = if full { most.unwrap_or(1) } else { self.few };
        let usual = usual.unwrap_or(0).max(if slow { SLOW_MS } else { 1 });
        Err(Wait::Until(line_up(&mut lane.next, usual / i64::try_from(width.max(1)).unwrap_or(1), now)))
    }

    fn leave(&self, pass: &Pass<'_>) {
        let span = pass.began.zip(pass.ended);
        let took = span.map(|(began, ended)| ended.since(began).max(0));
        let mut open = self.open();
        if let Some((began, ended)) = span.filter(|_| pass.broken.is_none()) {
            open.long.ended(began, ended, pass.long);
        }
        open.long.leave(pass.long);
        let Some(lane) = open.lanes.get_mut(&pass.domain) else { return };
        if pass.long {
            lane.long = lane.long.saturating_sub(1);
        } else {
            lane.end(pass.asked);
        }
        let length = match (pass.broken, took) {
            // Nobody knows how long one would have taken that was broken off: a domain where most are is a slow one.
            (Some(Broken::Long), Some(ms)) if !pass.known => Some(ms.max(SLOW_MS + 1)),
            (Some(Broken::Long | Broken::Silent), _) => None,
            (None, took) => took,
        };
        if let Some(ms) = length {
            lane.lengths.add(ms);
        }
        if lane.sent_away && lane.lengths.usual().is_some_and(|usual| usual <= SLOW_MS) {
            (lane.sent_away, lane.next) = (false, None);
            open.quick_again = true;
        }
        // There are as many domains as people have.
        if open.lanes.len() > KNOWN {
            open.lanes.retain(|_, lane| !lane.running.is_empty() || lane.long > 0);
        }
    }
}

impl Lane {
    /// How long the server has been asked in the longest of those that run, in ms.
    fn waits_since(&self, now: Timestamp) -> i64 {
        self.running.iter().flatten().map(|asked| now.since(*asked)).max().unwrap_or(0)
    }

    /// One runs no more in which the server was asked since then, or became a long one.
    fn end(&mut self, asked: Option<Timestamp>) {
        if let Some(place) = self.running.iter().position(|at| *at == asked) {
            self.running.swap_remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Subject;
    use crate::kernel::time::SteppedClock;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    #[test]
    fn a_domain_holds_as_many_dialogues_as_it_may() {
        let limits = [Limit::parse("2 connections to a.example").unwrap()];
        let lanes = Lanes::new(&limits, 8, 8);
        let (one, _two) = (lanes.enter("a.example", at(0)).unwrap(), lanes.enter("a.example", at(0)).unwrap());
        let wait = |ms| lanes.enter("a.example", at(ms)).err();
        let (first, second) = (wait(0), wait(0));
        assert!(first > Some(Wait::Until(at(0))) && second > first, "one after the other: {first:?} {second:?}");
        assert!(lanes.enter("b.example", at(0)).is_ok(), "others are not touched");
        one.end(at(100));
        assert!(lanes.enter("a.example", at(100)).is_ok());
    }

    #[test]
    fn a_domain_shows_how_fast_it_is_before_it_gets_all_turns() {
        let lanes = Lanes::new(&[], 8, 8);
        let first = lanes.enter("new.example", at(0)).unwrap();
        let _second = lanes.enter("new.example", at(0)).unwrap();
        assert_eq!(lanes.enter("new.example", at(0)).err(), Some(Wait::Soon));
        first.end(at(40));
        let running: Vec<_> = (0..7).map(|_| lanes.enter("new.example", at(50)).unwrap()).collect();
        assert_eq!(running.len(), 7);
    }

    #[tokio::test]
    async fn a_domain_that_answers_nobody_in_time_is_slow() {
        let (lanes, clock) = (Lanes::new(&[], 8, 8), SteppedClock::new(at(0)));
        for _ in 0..8 {
            lanes.enter("quick.example", at(0)).unwrap().end(at(5));
        }
        let _talking: Vec<_> = (0..6).map(|_| lanes.enter("quick.example", at(0)).unwrap()).collect();
        // Two hold the places of those that may take long; whoever comes then is broken off.
        let progress = Progress::default();
        progress.asks(at(0));
        clock.advance(1_000);
        let mut held: Vec<_> = (0..2).map(|_| lanes.enter("tarpit.example", at(0)).unwrap()).collect();
        assert!(held.iter_mut().all(|pass| lanes.judge(pass, &progress, at(1_000)) == Verdict::Stay));
        assert!(
            matches!(lanes.enter("tarpit.example", at(1_000)).err(), Some(Wait::Until(_))),
            "none has ended, two take long"
        );
        lanes.open().lanes.clear();
        let mut third = lanes.enter("tarpit.example", at(0)).unwrap();
        progress.asks(at(-100));
        assert!(third.follow(&clock, &progress, std::future::pending::<()>()).await.is_err(), "it is broken off");
        third.end(at(1_000));
        let one = lanes.enter("tarpit.example", at(1_000));
        let two = lanes.enter("tarpit.example", at(1_000));
        assert!(one.is_ok() && two.is_ok());
        assert!(
            matches!(lanes.enter("tarpit.example", at(1_000)).err(), Some(Wait::Until(_))),
            "a quarter, as a slow domain"
        );
    }

    #[tokio::test]
    async fn who_is_known_to_take_long_does_not_make_a_domain_slow() {
        let (lanes, clock) = (Lanes::new(&[], 8, 8), SteppedClock::new(at(1_000)));
        for _ in 0..9 {
            lanes.enter("quick.example", at(0)).unwrap().end(at(5));
        }
        let progress = Progress::about(Subject::from_bytes([1; 16]));
        progress.asks(at(0));
        let mut held: Vec<_> = (0..2).map(|_| lanes.enter("tarpit.example", at(0)).unwrap()).collect();
        assert!(held.iter_mut().all(|pass| lanes.judge(pass, &progress, at(1_000)) == Verdict::Stay));
        let _talking: Vec<_> = (0..6).map(|_| lanes.enter("quick.example", at(0)).unwrap()).collect();
        for time in 1..10 {
            let mut late = lanes.enter("quick.example", at(1_000)).ok();
            let late = late.as_mut().unwrap_or_else(|| panic!("the domain is as quick as before, after {time} times"));
            assert!(late.follow(&clock, &progress, std::future::pending::<()>()).await.is_err(), "it is broken off");
            late.ended = Some(at(1_000));
        }
        assert!(lanes.open().long.knows(&progress));
        let mut answered = lanes.enter("quick.example", at(1_000)).unwrap();
        progress.gives();
        assert_eq!(answered.follow(&clock, &progress, std::future::ready(250)).await, Ok(250));
        assert!(!lanes.open().long.knows(&progress), "whose mail was taken is nobody to remember");
    }

    #[tokio::test]
    async fn a_line_that_opens_late_or_never_does_not_make_a_domain_slow() {
        let (lanes, clock) = (Lanes::new(&[], 8, 8), SteppedClock::new(at(0)));
        let mut never = lanes.enter("quick.example", at(0)).unwrap();
        let mut late = lanes.enter("quick.example", at(0)).unwrap();
        clock.set(at(15_000));
        never.follow(&clock, &Progress::default(), std::future::ready(())).await.unwrap();
        never.end(clock.now());
        let _next = lanes.enter("quick.example", clock.now()).unwrap();
        assert_eq!(lanes.enter("quick.example", clock.now()).err(), Some(Wait::Soon), "nobody was answered yet");
        let progress = Progress::default();
        progress.asks(clock.now());
        clock.advance(5);
        late.follow(&clock, &progress, std::future::ready(())).await.unwrap();
        late.end(clock.now());
        let running: Vec<_> = (0..8).map_while(|_| lanes.enter("quick.example", clock.now()).ok()).collect();
        assert_eq!(running.len(), 8, "who was answered was answered in 5 ms");
    }

    #[test]
    fn a_slow_domain_holds_a_quarter_of_the_turns() {
        let lanes = Lanes::new(&[], 8, 8);
        let mut running: Vec<_> = (0..2).map(|_| lanes.enter("tarpit.example", at(0)).unwrap()).collect();
        let progress = Progress::default();
        progress.asks(at(0));
        assert!(running.iter_mut().all(|pass| lanes.judge(pass, &progress, at(1)) == Verdict::Wait(SLOW_MS - 1)));
        assert_eq!(lanes.enter("tarpit.example", at(SLOW_MS)).err(), Some(Wait::Soon));
        assert!(matches!(lanes.enter("tarpit.example", at(SLOW_MS + 1)).err(), Some(Wait::Until(_))));
        assert!(lanes.enter("quick.example", at(SLOW_MS + 1)).is_ok());
        for pass in running {
            pass.end(at(30_000));
        }
        let _few: Vec<_> = (0..2).map(|_| lanes.enter("tarpit.example", at(30_001)).unwrap()).collect();
        assert!(lanes.enter("tarpit.example", at(30_001)).is_err(), "what was slow is slow");
    }

    #[test]
    fn who_was_sent_away_from_a_slow_domain_is_called_back_once_it_is_quick() {
        let lanes = Lanes::new(&[], 8, 8);
        let turn = |begin: i64, end: i64| lanes.enter("d.example", at(begin)).unwrap().end(at(end));
        turn(0, 15_000);
        let both: Vec<_> = (0..2).map(|_| lanes.enter("d.example", at(15_000)).unwrap()).collect();
        assert!(matches!(lanes.enter("d.example", at(15_000)).err(), Some(Wait::Until(_))));
        assert!(!lanes.are_quick_again());
        drop(both);
        turn(15_000, 15_005);
        assert!(!lanes.are_quick_again(), "one that is quick is not enough");
        turn(15_005, 15_010);
        assert!(lanes.are_quick_again());
        assert!(!lanes.are_quick_again(), "said once");
        turn(15_010, 15_015);
        assert!(!lanes.are_quick_again(), "nobody was sent away since");
    }
}
