//! One order as the documentation says it: what is known of it, where it stands, and what follows from its own facts.

use attesta::kernel::time::{DAY, HOUR, Timestamp};

use super::steps::{Kind, On, Terms, has_nonsense, is_german, person_of, total_of};

/// How old a trigger may be when it is heard of, and how long after a mail left its return is believed.
const OLD: i64 = 90 * DAY;
/// For how long after the trigger a review may be written.
const WRITTEN_WITHIN: i64 = 180 * DAY;

/// Where an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Place {
    #[default]
    Waiting,
    Scheduled(Timestamp),
    Held(&'static str),
    Sent,
    Reviewed,
    Skipped(&'static str),
    Failed(&'static str, Option<Timestamp>),
}

impl Place {
    /// Something is still to be sent, at this time or when a pause ends.
    pub(super) fn is_pending(self) -> bool {
        matches!(self, Self::Scheduled(_) | Self::Held(_) | Self::Failed(_, Some(_)))
    }

    /// What a change of the shop's settings may move.
    pub(super) fn is_planned_again(self) -> bool {
        matches!(self, Self::Waiting | Self::Scheduled(_) | Self::Held(_))
    }

    pub(super) fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Waiting => ("waiting", Some("not_triggered")),
            Self::Scheduled(_) => ("scheduled", None),
            Self::Held(why) => ("held", Some(why)),
            Self::Sent => ("sent", None),
            Self::Reviewed => ("reviewed", None),
            Self::Skipped(why) => ("skipped", Some(why)),
            Self::Failed(why, _) => ("failed", Some(why)),
        }
    }
}

/// When a question is asked, and until when it may be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) trigger: Timestamp,
    pub(super) due: Timestamp,
    pub(super) until: Timestamp,
}

/// How a mail came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    ForGood,
    ForNow,
    Unwanted,
}

/// Something happened: when, and when that was heard.
type Mark = (Timestamp, Timestamp);

#[derive(Debug, Default)]
pub(super) struct Order {
    /// How many orders were known before it.
    pub(super) nth: usize,
    /// The day of its first event.
    pub(super) day: String,
    /// The earliest time that an event of it is about.
    began: Option<Timestamp>,
    /// When its customer last asked to be erased.
    pub(super) erased: Option<Timestamp>,
    /// Its invitation says no more whom it went to.
    pub(super) forgotten: bool,
    pub(super) place: Place,
    /// The earliest news of each kind.
    created: Option<Mark>,
    shipped: Option<Mark>,
    cancelled: Option<Timestamp>,
    refunded: Option<Timestamp>,
    returned: [Option<Timestamp>; 2],
    /// An event told its lines.
    listed: bool,
    pub(super) plan: Option<Plan>,
    /// By how much shop and customer moved the question, in ms; how often the shop did.
    pub(super) moved: i64,
    pub(super) postponed: usize,
    pub(super) hastened: bool,
    pub(super) withdrawn: bool,
    /// Its customer wanted to be asked later.
    pub(super) deferred: bool,
    /// When its mail last left, what came back of it since, and whether it is to leave again.
    pub(super) left: Option<Timestamp>,
    told: Vec<News>,
    pub(super) again: bool,
    /// How often it came back for now.
    soft: usize,
    pub(super) wrote: Option<Timestamp>,
    pub(super) eligible: bool,
    pub(super) asked: bool,
    pub(super) bounced: bool,
    pub(super) started: bool,
}

fn earliest<T: Ord + Copy>(held: &mut Option<T>, news: T) {
    *held = Some(held.map_or(news, |held| held.min(news)));
}

impl Order {
    pub(super) fn first_heard_of(nth: usize, now: Timestamp) -> Self {
        Self { nth, day: now.day().to_string(), ..Self::default() }
    }

    /// Since when everything was given back.
    fn given_back(&self) -> Option<Timestamp> {
        let [first, second] = self.returned;
        let by_lines = first.zip(second).filter(|_| self.listed).map(|(a, b)| a.max(b));
        self.refunded.into_iter().chain(by_lines).min()
    }

    pub(super) fn hear(&mut self, kind: Kind, at: Timestamp, now: Timestamp) {
        earliest(&mut self.began, at);
        self.listed |= matches!(kind, Kind::Created | Kind::Shipped);
        match kind {
            Kind::Created => earliest(&mut self.created, (at, now)),
            Kind::Shipped => earliest(&mut self.shipped, (at, now)),
            Kind::Cancelled => earliest(&mut self.cancelled, at),
            Kind::Refunded => earliest(&mut self.refunded, at),
            Kind::Returned(line) => earliest(&mut self.returned[line], at),
        }
    }

    /// The event of the policy, or the first later one.
    fn trigger(&self, on: On) -> Option<Mark> {
        match on {
            On::Created => self.created.into_iter().chain(self.shipped).min(),
            On::Shipped => self.shipped,
        }
    }

    /// Its trigger was reached while it was neither cancelled nor refunded, or its customer was asked.
    pub(super) fn reckon(&mut self, on: On) {
        let stood = |at: Timestamp, end: Option<Timestamp>| end.is_none_or(|end| end >= at);
        let by_events = |at| stood(at, self.cancelled) && stood(at, self.given_back());
        self.eligible = self.asked || self.trigger(on).is_some_and(|(at, _)| by_events(at));
    }

    /// The purchase did not last.
    pub(super) fn ended(&self) -> Option<&'static str> {
        let refunded = || self.given_back().map(|_| "order_refunded");
        let erased = || self.is_erased().then_some("customer_erased");
        self.cancelled.map(|_| "order_cancelled").or_else(refunded).or_else(erased)
    }

    /// Its customer asked to be erased, and it began no later than they did.
    pub(super) fn is_erased(&self) -> bool {
        self.began.zip(self.erased).is_some_and(|(began, erased)| began <= erased)
    }

    /// Its customer asks to be erased: nobody is asked about it any more. What was asked or written stays counted.
    pub(super) fn erase(&mut self, at: Timestamp) {
        let before = self.erased;
        self.erased = before.max(Some(at));
        if self.erased == before || !self.is_erased() {
            return;
        }
        self.forgotten = true;
        if !self.withdrawn && !matches!(self.place, Place::Sent | Place::Reviewed) {
            self.place = self.ended().map_or(self.place, Place::Skipped);
        }
    }

    /// What speaks against asking, whatever the clock says.
    pub(super) fn never(&self, number: usize, terms: &Terms) -> Option<&'static str> {
        let address = || match person_of(number) {
            Some(_) => None,
            None if has_nonsense(number) => Some("invalid_email"),
            None => Some("no_email"),
        };
        let basis = || is_german(number).then_some("no_legal_basis");
        let small = || terms.min_total.is_some_and(|least| total_of(number) < least).then_some("below_minimum");
        self.ended().or_else(address).or_else(basis).or_else(small)
    }

    /// When it would be asked about; else where it stands by its own facts.
    pub(super) fn decide(&self, number: usize, terms: &Terms, now: Timestamp) -> Result<Plan, Place> {
        if self.withdrawn {
            return Err(Place::Skipped("cancelled_by_shop"));
        }
        if let Some(why) = self.never(number, terms) {
            return Err(Place::Skipped(why));
        }
        let (trigger, heard) = self.trigger(terms.on).ok_or(Place::Waiting)?;
        let until = trigger.plus_ms(WRITTEN_WITHIN);
        if heard.since(trigger) > OLD {
            return Err(Place::Skipped("too_old"));
        }
        if until <= now {
            return Err(Place::Skipped("window_closed"));
        }
        // Never before the time to which it was moved.
        let floor = self.plan.filter(|_| self.moved > 0).map_or(now, |plan| plan.due);
        let due = trigger.plus_ms(terms.after_hours * HOUR + self.moved).max(floor).max(now);
        Ok(Plan { trigger, due, until })
    }

    /// Whether a plan is the one that stands already. What is due keeps its time.
    pub(super) fn is_planned(&self, plan: &Plan, now: Timestamp) -> bool {
        let same = |held: &Plan| held.trigger == plan.trigger && (held.due == plan.due || held.due <= now);
        self.place.is_pending() && self.plan.as_ref().is_some_and(same)
    }

    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.plan.is_some_and(|plan| now < plan.until)
    }

    /// What was planned and then dropped for its customer's sake is not planned again, also where they take their word back.
    pub(super) fn dropped_for_good(&self) -> Option<&'static str> {
        let Place::Skipped(why @ ("unsubscribed" | "complained" | "address_bounced")) = self.place else { return None };
        self.plan.map(|_| why)
    }

    /// Still to be sent, and not too late for it.
    pub(super) fn may_leave(&self, now: Timestamp) -> bool {
        self.place.is_pending() && self.is_open(now)
    }

    pub(super) fn is_leaving(&self, now: Timestamp) -> bool {
        matches!(self.place, Place::Scheduled(_)) && self.plan.is_some_and(|plan| plan.due <= now)
    }

    pub(super) fn is_due(&self, now: Timestamp) -> Option<Timestamp> {
        match self.place {
            Place::Scheduled(due) | Place::Failed(_, Some(due)) => Some(due).filter(|due| *due <= now),
            _ => None,
        }
    }

    pub(super) fn move_to(&mut self, due: Timestamp) {
        if let Some(plan) = &mut self.plan {
            self.moved += due.since(plan.due);
            plan.due = due;
        }
        self.place = Place::Scheduled(due);
    }

    pub(super) fn leave(&mut self, now: Timestamp) {
        (self.place, self.asked, self.left) = (Place::Sent, true, Some(now));
        (self.eligible, self.again) = (true, false);
        self.told.clear();
    }

    /// Each piece of news counts once for every time the mail left, for 90 days.
    pub(super) fn is_new(&mut self, news: News, now: Timestamp) -> bool {
        let fresh = self.left.is_some_and(|left| now.since(left) <= OLD) && !self.told.contains(&news);
        if fresh {
            self.told.push(news);
        }
        fresh
    }

    /// The mail came back, for good or for now.
    pub(super) fn come_back(&mut self, for_good: bool, now: Timestamp) {
        self.bounced |= for_good;
        self.soft += usize::from(!for_good);
        match self.place {
            Place::Reviewed | Place::Skipped(_) | Place::Waiting => {}
            _ if for_good => self.place = Place::Failed("hard_bounce", None),
            Place::Failed(_, None) => {}
            _ => {
                // A day later, then three, at its hour but not within half a day; then never.
                let days = [1, 3].get(self.soft - 1);
                let again = days.zip(self.left).map(|(days, left)| {
                    let at = |n: i64| left.plus_ms((days + n) * DAY);
                    (0..).map(at).find(|at| at.since(now) >= 12 * HOUR).expect("a later day")
                });
                self.again = again.is_some();
                self.place = Place::Failed("soft_bounces", again);
            }
        }
    }

    pub(super) fn post(&mut self, whole: bool, now: Timestamp) {
        if self.left.is_none() || self.place == Place::Reviewed || !self.is_open(now) {
            return;
        }
        if whole {
            (self.place, self.wrote) = (Place::Reviewed, Some(now));
        } else {
            self.started = true;
        }
    }
}
