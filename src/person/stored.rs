//! What is stored about a person, collected over the rooms: the page shows it, the copy to take along is it. Reads only.

use std::collections::HashSet;

use serde::Serialize;

use super::retention::{self, Kept};
use super::scope::Scope;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Deferred, Personal, Reach, Suppression};
use crate::jobs::Subject;
use crate::kernel::id::{MessageId, OrderId, ReviewId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::mail;
use crate::merchants;
use crate::orders::personal::Record;
use crate::orders::view::{OrderDetail, detail};
use crate::orders::{self, Facts, hashes};
use crate::reviews::model::Status;
use crate::reviews::{self, PublicReview};

/// Mails about an invitation, by their kinds in the outbox.
pub(crate) const ABOUT_INVITATIONS: &[&str] = &["invitation", "reminder", "fresh_link"];
/// Mails about a review, by their kinds in the outbox.
pub(crate) const ABOUT_REVIEWS: &[&str] = &["review_received", "reply_notice", "answer_shown"];
/// Mails about a restriction of a review.
pub(crate) const ABOUT_RESTRICTIONS: &[&str] = &["restriction_statement"];

/// How far a copy reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Extent {
    /// The link's own order, without name and address.
    Order,
    /// One shop.
    Shop,
    /// Every shop of this instance.
    Instance,
}

/// Everything that is stored.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stored {
    /// When this was collected.
    pub(crate) made_at: Timestamp,
    /// Where: the public address of this instance.
    pub(crate) instance: String,
    /// How far it reaches.
    pub(crate) extent: Extent,
    /// By shop.
    pub(crate) shops: Vec<OfShop>,
    /// What stops mail from every shop of this instance.
    pub(crate) wishes: Vec<Wish>,
    /// How long what is kept.
    pub(crate) retention: Vec<Kept>,
}

/// What one shop has.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OfShop {
    /// `shp_...`
    pub(crate) id: ShopId,
    /// Its domain.
    pub(crate) domain: String,
    /// Its name.
    pub(crate) name: String,
    /// Orders with all that hangs on them.
    pub(crate) orders: Vec<OfOrder>,
    /// What stops mail from this shop.
    pub(crate) wishes: Vec<Wish>,
    /// When the person asked to be erased here.
    pub(crate) erased_at: Option<Timestamp>,
}

/// What one order has.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OfOrder {
    /// The order as its shop sees it, with its timeline; the address masked.
    #[serde(flatten)]
    pub(crate) order: OrderDetail,
    /// The name the shop gave, while it is kept.
    pub(crate) customer_name: Option<String>,
    /// Until when name and address are kept, as far as that is known.
    pub(crate) kept_until: Option<Timestamp>,
    /// What was planned and sent.
    pub(crate) invitation: Option<Asked>,
    /// What was written.
    pub(crate) reviews: Vec<Written>,
    /// What was mailed, and what mail servers said to it.
    pub(crate) mails: Vec<Mailed>,
    /// The shop's number, for the page.
    #[serde(skip)]
    pub(crate) number: String,
    /// The wish to be asked later, for the page.
    #[serde(skip)]
    pub(crate) deferred: Option<Deferred>,
    /// The order's facts, for the page.
    #[serde(skip)]
    pub(crate) facts: Facts,
    /// The address, masked, for the page.
    #[serde(skip)]
    pub(crate) address: Option<String>,
}

/// An invitation.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Asked {
    /// When it is, or was, due.
    pub(crate) due_at: Timestamp,
    /// When its mail left.
    pub(crate) sent_at: Option<Timestamp>,
    /// When its reminder left.
    pub(crate) reminded_at: Option<Timestamp>,
    /// When the customer asked to be asked later.
    pub(crate) deferred_at: Option<Timestamp>,
    /// When a fresh link was last asked for.
    pub(crate) fresh_link_at: Option<Timestamp>,
    /// Until when a review can be written.
    pub(crate) submit_until: Timestamp,
    /// When one was.
    pub(crate) reviewed_at: Option<Timestamp>,
    /// Until when the link works.
    pub(crate) link_until: Option<Timestamp>,
}

/// A review, or what is left of one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Written {
    /// `rev_...`
    pub(crate) id: ReviewId,
    /// Where it stands.
    pub(crate) status: Status,
    /// When its author erased it.
    pub(crate) erased_at: Option<Timestamp>,
    /// As everybody sees it, or would were it not restricted, with its dialogue and history; `None` once erased.
    pub(crate) review: Option<Box<PublicReview>>,
}

/// A mail that was to be sent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mailed {
    /// Which mail.
    pub(crate) kind: String,
    /// Where it stands.
    pub(crate) state: String,
    /// Why.
    pub(crate) reason: Option<String>,
    /// When it was first tried.
    pub(crate) created_at: Timestamp,
    /// When a mail server took it.
    pub(crate) sent_at: Option<Timestamp>,
    /// Every attempt.
    pub(crate) attempts: Vec<Attempt>,
    /// What came back of it.
    pub(crate) returned: Vec<CameBack>,
}

/// A bounce or a complaint.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CameBack {
    at: Timestamp,
    kind: &'static str,
    source: &'static str,
    status: Option<String>,
    detail: String,
}

/// One attempt to send.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    at: Timestamp,
    stage: String,
    outcome: String,
    code: Option<i64>,
    reply: String,
}

/// What stops mail.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Wish {
    /// Why.
    pub(crate) reason: &'static str,
    /// Since when.
    pub(crate) at: Timestamp,
}

/// What a link opens.
pub(super) fn behind(conn: &mut Connection, ctx: &Context, scope: &Scope) -> db::Result<Stored> {
    let (shop, order) = (scope.bearer.shop_id, scope.bearer.order_id);
    let mut stored = empty(ctx, if scope.person.is_some() { Extent::Shop } else { Extent::Order });
    let mut wishes = Vec::new();
    let of_shop = if let Some(person) = &scope.person {
        let known = invitations::personal(conn, Some(shop), person)?;
        let of_shop = of_person(conn, ctx, shop, person, &known)?;
        wishes = known.suppressions;
        of_shop
    } else {
        let alone = of_order(conn, ctx, (shop, order), None)?;
        face(conn, shop, alone.into_iter().collect())?
    };
    stored.shops.extend(of_shop);
    stored.wishes = reaching(&wishes, Reach::Instance);
    Ok(stored)
}

/// What every shop of this instance has about a person.
pub(crate) fn everywhere(conn: &mut Connection, ctx: &Context, person: &PersonHash) -> db::Result<Stored> {
    let mut stored = empty(ctx, Extent::Instance);
    let known = invitations::personal(conn, None, person)?;
    for shop in shops_of(conn, person)? {
        stored.shops.extend(of_person(conn, ctx, shop, person, &known)?);
    }
    stored.wishes = reaching(&known.suppressions, Reach::Instance);
    Ok(stored)
}

/// The shops that know a person, or were told to leave them alone, sorted.
pub(super) fn shops_of(conn: &mut Connection, person: &PersonHash) -> db::Result<Vec<ShopId>> {
    let known = invitations::personal(conn, None, person)?;
    let mut shops: Vec<ShopId> = hashes::orders_of(conn, None, person)?.into_iter().map(|(shop, _)| shop).collect();
    shops.extend(hashes::marks_of(conn, None, person)?.into_iter().map(|(shop, _)| shop));
    shops.extend(known.invitations.iter().map(|row| row.shop_id));
    shops.extend(known.suppressions.iter().filter_map(|wish| match wish.reach {
        Reach::Shop(shop) => Some(shop),
        Reach::Instance => None,
    }));
    shops.sort_unstable();
    shops.dedup();
    Ok(shops)
}

fn empty(ctx: &Context, extent: Extent) -> Stored {
    Stored {
        made_at: ctx.now(),
        instance: ctx.links().base().to_string(),
        extent,
        shops: Vec::new(),
        wishes: Vec::new(),
        retention: retention::all(ctx.config()),
    }
}

fn of_person(
    conn: &mut Connection,
    ctx: &Context,
    shop: ShopId,
    person: &PersonHash,
    known: &Personal,
) -> db::Result<Option<OfShop>> {
    let mut all = Vec::new();
    let records = orders::personal::records(conn, ctx.keyring(), Some(shop), person)?;
    let own: HashSet<OrderId> = records.iter().map(|record| record.order).collect();
    for record in records {
        all.extend(of_order(conn, ctx, (shop, record.order), Some(record))?);
    }
    // Also what they were asked about, and wrote, where the order names somebody else since: nothing of whom shows.
    let asked = known.invitations.iter().filter(|row| row.shop_id == shop).map(|row| row.order_id);
    for order in asked.filter(|order| !own.contains(order)) {
        all.extend(of_order(conn, ctx, (shop, order), None)?);
    }
    let mut found = face(conn, shop, all)?;
    if let Some(found) = &mut found {
        found.wishes = reaching(&known.suppressions, Reach::Shop(shop));
        found.erased_at = hashes::marks_of(conn, Some(shop), person)?.first().map(|(_, at)| *at);
    }
    Ok(found)
}

fn face(conn: &mut Connection, shop: ShopId, orders: Vec<OfOrder>) -> db::Result<Option<OfShop>> {
    let shop = merchants::load(conn, shop)?;
    Ok(shop.map(|shop| OfShop {
        id: shop.id,
        domain: shop.domain.to_string(),
        name: shop.name,
        orders,
        wishes: Vec::new(),
        erased_at: None,
    }))
}

fn of_order(
    conn: &mut Connection,
    ctx: &Context,
    (shop, order): (ShopId, OrderId),
    record: Option<Record>,
) -> db::Result<Option<OfOrder>> {
    let Some(found) = orders::find(conn, shop, order)? else { return Ok(None) };
    let Some(seen) = detail(conn, ctx.keyring(), shop, order)? else { return Ok(None) };
    let mut reviews = Vec::new();
    let invitation = invitations::about(conn, shop, order)?;
    let deferred = match &invitation {
        Some(row) => invitations::deferred(conn, ctx, row)?,
        None => None,
    };
    let mails = mails_about(conn, shop, order)?;
    for review in reviews::personal(conn, shop, order)? {
        reviews.push(written(conn, ctx, review)?);
    }
    let named = record.is_some();
    let (personal, kept_until) = record.map(|record| (record.personal, record.kept_until)).unwrap_or_default();
    Ok(Some(OfOrder {
        order: if named { seen } else { seen.without_address() },
        address: personal.email.map(|email| email.to_string()),
        customer_name: personal.name,
        kept_until,
        invitation: invitation.map(asked),
        reviews,
        mails: mails.into_iter().map(mailed).collect(),
        number: found.number.to_string(),
        deferred,
        facts: found.facts(),
    }))
}

/// The mails about an order: its invitation, its reviews, their restrictions.
fn mails_about(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Vec<mail::Listed>> {
    let mut mails = Vec::new();
    if let Some(row) = invitations::about(conn, shop, order)? {
        mails.extend(mail::about(conn, ABOUT_INVITATIONS, Subject::from(row.id))?);
    }
    for review in reviews::personal(conn, shop, order)? {
        mails.extend(mail::about(conn, ABOUT_REVIEWS, Subject::from(review.id))?);
        if let Some(restriction) = review.restriction {
            mails.extend(mail::about(conn, ABOUT_RESTRICTIONS, Subject::from(restriction))?);
        }
    }
    Ok(mails)
}

/// Their ids.
pub(super) fn messages_about(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Vec<MessageId>> {
    Ok(mails_about(conn, shop, order)?.into_iter().map(|mail| mail.message.id).collect())
}

fn written(conn: &mut Connection, ctx: &Context, review: reviews::model::Review) -> db::Result<Written> {
    let (id, status, erased_at) = (review.id, review.status, review.erased_at);
    let review = if status == Status::Erased {
        None
    } else {
        let shown = reviews::whole(conn, review)?.with_links(ctx.links());
        Some(Box::new(PublicReview { status: Status::Published, ..shown }))
    };
    Ok(Written { id, status, erased_at, review })
}

fn asked(row: invitations::Invitation) -> Asked {
    Asked {
        due_at: row.due_at,
        sent_at: row.sent_at,
        reminded_at: row.reminded_at,
        deferred_at: row.deferred_at,
        fresh_link_at: row.fresh_link_at,
        submit_until: row.submit_until,
        reviewed_at: row.reviewed_at,
        link_until: row.token_expires_at,
    }
}

fn mailed(listed: mail::Listed) -> Mailed {
    let attempt = |one: mail::Attempt| Attempt {
        at: one.at,
        stage: one.stage,
        outcome: one.outcome,
        code: one.code,
        reply: one.reply,
    };
    let came_back = |one: mail::returned::Returned| CameBack {
        at: one.at,
        kind: one.kind.as_str(),
        source: one.source.as_str(),
        status: one.status,
        detail: one.detail,
    };
    Mailed {
        kind: listed.kind,
        state: listed.message.state,
        reason: listed.message.reason,
        created_at: listed.created_at,
        sent_at: listed.message.sent_at,
        attempts: listed.message.attempts.into_iter().map(attempt).collect(),
        returned: listed.message.returned.into_iter().map(came_back).collect(),
    }
}

fn reaching(wishes: &[Suppression], reach: Reach) -> Vec<Wish> {
    let here = wishes.iter().filter(|wish| wish.reach == reach);
    here.map(|wish| Wish { reason: wish.reason.as_str(), at: wish.at }).collect()
}
