//! Whether a mail about an invitation may still leave: the last question, asked in one place for invitation and reminder alike, of one or of
//! many that are about to leave together. Reads only.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::letter::Subject;
use super::model::{Reach, Suppression};
use super::plan::{PlanItem, case};
use super::{policy, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs;
use crate::kernel::id::{InvitationId, ShopId};
use crate::kernel::time::{DAY, Timestamp};
use crate::keyring::PersonHash;
use crate::mail::letter::Draft;
use crate::merchants::ShopStatus;
use crate::orders::Reason;

/// An invitation that a mail is due about, with what its person wished.
pub(super) struct Asked {
    pub(super) subject: Subject,
    wishes: Vec<Suppression>,
}

impl Asked {
    /// Why nobody may be asked any more about this order.
    pub(super) fn refusal(&self, now: Timestamp) -> Option<Reason> {
        let Subject { row, shop, order, contact, .. } = &self.subject;
        match shop.status {
            ShopStatus::Open => {}
            ShopStatus::Closed => return Some(Reason::ShopClosed),
            ShopStatus::Suspended => return Some(Reason::ShopSuspended),
        }
        let item = PlanItem { shop, order, kept: contact.is_some(), person: None, known: true };
        let reaching =
            |wish: &&Suppression| matches!(wish.reach, Reach::Instance) || wish.reach == Reach::Shop(shop.id);
        let wish = self.wishes.iter().filter(reaching).map(|wish| wish.reason).max();
        policy::never(shop, &case(&item, Some(row))).or_else(|| policy::objection(wish, row.submit_until, now))
    }
}

/// Reads these invitations; those of which something is gone are left out.
pub(super) fn read_all(
    conn: &mut Connection,
    ctx: &Context,
    subjects: &[jobs::Subject],
) -> db::Result<HashMap<InvitationId, Asked>> {
    let ids: Vec<InvitationId> = subjects.iter().map(|subject| subject.id()).collect();
    let read = Subject::read_all(conn, ctx, &ids)?;
    let mut people: Vec<(ShopId, PersonHash)> =
        read.iter().filter_map(|subject| Some((subject.shop.id, subject.person?))).collect();
    people.sort_unstable_by_key(|(_, person)| *person);
    people.dedup_by_key(|(_, person)| *person);
    let wishes = store::suppressed(conn, &people)?;
    let asked = |subject: Subject| {
        let mine = wishes.iter().filter(|wish| Some(wish.person) == subject.person).copied().collect();
        (subject.row.id, Asked { subject, wishes: mine })
    };
    Ok(read.into_iter().map(asked).collect())
}

/// Which of these would come within the shop's cap after another invitation that went to the same person, or goes before it: several that
/// are due are not sent at once.
pub(super) fn capped(conn: &mut Connection, asked: &[&Asked], now: Timestamp) -> db::Result<HashSet<InvitationId>> {
    let mut by_span: BTreeMap<i64, Vec<(ShopId, PersonHash)>> = BTreeMap::new();
    for Asked { subject, .. } in asked {
        if let (Some(person), days @ 1..) = (subject.row.person, subject.shop.policy.cap_days) {
            by_span.entry(days).or_default().push((subject.shop.id, person));
        }
    }
    let mut before = Vec::new();
    for (days, mut people) in by_span {
        people.sort_unstable();
        people.dedup();
        let counted = store::counted(conn, &people, now.minus_ms(days.saturating_mul(DAY)))?;
        before.extend(counted.into_iter().filter(|other| other.sent || other.at <= now));
    }
    let is_capped = |subject: &Subject| {
        let mine = (subject.row.due_at, subject.order.id);
        let others = before.iter().filter(|other| {
            let same = other.shop_id == subject.shop.id && Some(other.person) == subject.row.person;
            same && other.order_id != subject.order.id && other.is_before(mine)
        });
        policy::is_capped(subject.shop.policy.cap_days, now, others.filter_map(|other| other.leaves_at(now)))
    };
    Ok(asked.iter().map(|one| &one.subject).filter(|one| is_capped(one)).map(|one| one.row.id).collect())
}

/// What each of these subjects wants, in their order: nothing where it is gone.
pub(super) fn each(
    subjects: &[jobs::Subject],
    asked: &HashMap<InvitationId, Asked>,
    draft: impl Fn(&Asked) -> db::Result<Draft>,
) -> db::Result<Vec<Draft>> {
    subjects.iter().map(|subject| asked.get(&subject.id()).map_or(Ok(Draft::Gone), &draft)).collect()
}

/// The only one of them.
pub(super) fn only(mut drafts: Vec<Draft>) -> Draft {
    drafts.pop().unwrap_or(Draft::Gone)
}
