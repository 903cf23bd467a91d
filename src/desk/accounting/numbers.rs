//! The numbers of a cohort, and how they add up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::orders::Census;

/// How many, by closed reason code.
pub(crate) type ByReason = BTreeMap<String, i64>;

/// What became of the orders of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Numbers {
    /// Orders that arrived first on this day.
    pub(crate) orders: i64,
    /// Of these, those whose trigger was reached while they were neither cancelled nor refunded.
    pub(crate) eligible: i64,
    /// Of these, those whose customer was asked: the mail server took the invitation.
    pub(crate) invited: i64,
    /// Something has to happen first.
    pub(crate) waiting: ByReason,
    /// To be asked at a set time.
    pub(crate) scheduled: i64,
    /// Would be asked, but the shop or the instance is in the way.
    pub(crate) held: ByReason,
    /// Asked, without a review so far.
    pub(crate) sent: i64,
    /// Asked, and reviewed.
    pub(crate) reviewed: i64,
    /// Not to be asked.
    pub(crate) skipped: ByReason,
    /// The mail did not arrive.
    pub(crate) failed: ByReason,
    /// Orders of whose invitation, reminder or fresh link one came back for good, wherever the order stands.
    pub(crate) bounced: i64,
    /// Orders about which a form was posted that could not be taken, whether or not a better one followed.
    pub(crate) form_started: i64,
}

impl Numbers {
    /// Takes in the orders that stand in one place.
    pub(super) fn add(&mut self, row: &Census) {
        self.orders += row.orders;
        self.eligible += row.eligible;
        self.invited += row.invited;
        let reason = row.reason.clone().unwrap_or_default();
        let of = match row.state.as_str() {
            "scheduled" => return self.scheduled += row.orders,
            "sent" => return self.sent += row.orders,
            "reviewed" => return self.reviewed += row.orders,
            "waiting" => &mut self.waiting,
            "held" => &mut self.held,
            "failed" => &mut self.failed,
            _ => &mut self.skipped,
        };
        *of.entry(reason).or_default() += row.orders;
    }

    /// Both together.
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        let plain = [
            (&mut self.orders, other.orders),
            (&mut self.eligible, other.eligible),
            (&mut self.invited, other.invited),
            (&mut self.scheduled, other.scheduled),
            (&mut self.sent, other.sent),
            (&mut self.reviewed, other.reviewed),
            (&mut self.bounced, other.bounced),
            (&mut self.form_started, other.form_started),
        ];
        for (sum, more) in plain {
            *sum += more;
        }
        let reasons = [
            (&mut self.waiting, &other.waiting),
            (&mut self.held, &other.held),
            (&mut self.skipped, &other.skipped),
            (&mut self.failed, &other.failed),
        ];
        for (sum, more) in reasons {
            for (reason, n) in more {
                *sum.entry(reason.clone()).or_default() += n;
            }
        }
        self
    }

    /// The four states that have reasons, with their words.
    pub(crate) fn by_reason(&self) -> [(&'static str, &ByReason); 4] {
        [("waiting", &self.waiting), ("held", &self.held), ("skipped", &self.skipped), ("failed", &self.failed)]
    }

    /// The seven places an order can be in, with their words: together they are all orders.
    pub(crate) fn places(&self) -> [(&'static str, i64); 7] {
        let sum = |by: &ByReason| by.values().sum();
        [
            ("waiting", sum(&self.waiting)),
            ("scheduled", self.scheduled),
            ("held", sum(&self.held)),
            ("sent", self.sent),
            ("reviewed", self.reviewed),
            ("skipped", sum(&self.skipped)),
            ("failed", sum(&self.failed)),
        ]
    }
}
