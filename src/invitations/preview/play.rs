//! One policy at play: which orders it asks about, given those it asked about before, and whom it reminds.

use std::collections::HashMap;

use super::read::{Known, Outlook, Past};
use super::{Course, NoReminder, Reminder};
use crate::invitations::model::SuppressionReason;
use crate::invitations::policy::{self, Ask, Decision};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::orders::{Reason, State};

/// One policy at play.
pub(super) struct Play<'a> {
    pub(super) cap_days: i64,
    pub(super) past: &'a Past,
    pub(super) now: Timestamp,
}

impl Play<'_> {
    /// What becomes of each order, in the order given; judged in the order in which their clocks started.
    pub(super) fn all(&self, outlook: impl Fn(&Known) -> &Outlook) -> Vec<Course> {
        let mut orders: Vec<(usize, &Known)> = self.past.orders.iter().enumerate().collect();
        orders.sort_by_key(|(place, order)| (outlook(order).judged_at, std::cmp::Reverse(*place)));
        let mut mails: HashMap<PersonHash, Vec<Timestamp>> = HashMap::new();
        let mut courses: Vec<(usize, Course)> = Vec::with_capacity(orders.len());
        for (place, order) in orders {
            courses.push((place, self.course(order, outlook(order), &mut mails)));
        }
        courses.sort_by_key(|(place, _)| *place);
        courses.into_iter().map(|(_, course)| course).collect()
    }

    fn course(&self, order: &Known, outlook: &Outlook, mails: &mut HashMap<PersonHash, Vec<Timestamp>>) -> Course {
        let no_mail = |invitation| Course { invitation, reminder: Reminder::Not(NoReminder::NotInvited) };
        let ask = match outlook.decision {
            Decision::Wait(reason) => return no_mail(State::Waiting(reason)),
            Decision::Skip(reason) => return no_mail(State::Skipped(reason)),
            Decision::Ask(ask) => ask,
        };
        if let Some(reason) = order.person.and_then(|person| self.against(&person, &ask, mails.get(&person))) {
            return no_mail(State::Skipped(reason));
        }
        if let Some(person) = order.person {
            mails.entry(person).or_default().push(ask.due_at);
        }
        if outlook.partly && ask.trigger_at > self.now {
            return no_mail(State::Waiting(Reason::PartlyShipped));
        }
        Course { invitation: State::Scheduled(ask.due_at), reminder: self.reminder(order, &ask, outlook.remind_at) }
    }

    /// What the person had said by then, and whether they are written to too often.
    fn against(&self, person: &PersonHash, ask: &Ask, planned: Option<&Vec<Timestamp>>) -> Option<Reason> {
        if let Some(wish) = self.wish(person, ask.due_at) {
            return Some(wish.skips_with());
        }
        let real = self.past.mails.get(person).into_iter().flatten();
        let mails = real.chain(planned.into_iter().flatten()).copied();
        policy::is_capped(self.cap_days, ask.due_at, mails).then_some(Reason::FrequencyCap)
    }

    /// The gravest that a person had said by then.
    fn wish(&self, person: &PersonHash, by: Timestamp) -> Option<SuppressionReason> {
        let said = self.past.wishes.get(person).into_iter().flatten();
        said.filter(|wish| wish.at <= by).map(|wish| wish.reason).max()
    }

    fn reminder(&self, order: &Known, ask: &Ask, due: Option<Timestamp>) -> Reminder {
        let Some(at) = due else { return Reminder::Not(NoReminder::Off) };
        if order.wrote_after.is_some_and(|after| ask.due_at.plus_ms(after) <= at) {
            return Reminder::Not(NoReminder::Reviewed);
        }
        let wish = order.person.and_then(|person| self.wish(&person, at));
        match policy::objection(wish, ask.submit_until, at) {
            Some(reason) => Reminder::Not(NoReminder::Stopped(reason)),
            None => Reminder::At(at),
        }
    }
}
