//! A review as the world reads it: the wire type, and the tombstone that stays where one was taken from view.
//!
//! Everything public about reviews is built here, in a bounded number of queries a page, so that no surface can show
//! more than another. Certified is not a column: what stands in the reviews table came through a token of an
//! invitation of a signed order, and by no other path.

use serde::Serialize;

use crate::db::{self, Connection};
use crate::kernel::id::{PhotoId, ReplyId, ReviewId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::problem::{Code, Problem};

use super::commitment::{self, Commitment};
use super::model::{Answer, Photo, Reply, ReplyVersion, Restriction, RestrictionReason, Review, Status, Version};
use super::{photos, store};

/// One place in a list: a review, or what is left of one.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum PublicEntry {
    /// A published review.
    Review(Box<PublicReview>),
    /// One that was restricted or erased.
    Tombstone(Tombstone),
}

/// A published review and its dialogue.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicReview {
    /// `rev_...`
    pub(crate) id: ReviewId,
    /// The shop it is about.
    pub(crate) shop: ShopId,
    /// Always `published`.
    pub(crate) status: Status,
    /// 1 to 5.
    pub(crate) stars: i64,
    /// May be empty.
    pub(crate) title: String,
    /// May be empty.
    pub(crate) text: String,
    /// `null` where the author gave no name.
    pub(crate) author: Option<String>,
    /// ISO 639-1.
    pub(crate) language: String,
    /// `null`: the review is about the shop.
    pub(crate) product: Option<PublicProduct>,
    /// First publication.
    pub(crate) published_at: Timestamp,
    /// Last edit by the author.
    pub(crate) edited_at: Option<Timestamp>,
    /// 1, then one more with each edit.
    pub(crate) version: i64,
    /// Always true: a signed order event existed before it and its mail's token wrote it.
    pub(crate) certified: bool,
    /// What was checked, and by whom.
    pub(crate) checked: Proof,
    /// What the author photographed, in the order it came.
    pub(crate) photos: Vec<PublicPhoto>,
    /// The shop's reply, or the trace of one it withdrew.
    pub(crate) reply: Option<PublicReply>,
    /// The customer's answers, oldest first.
    pub(crate) answers: Vec<PublicAnswer>,
    /// What a certificate commits to, with its salt; only where one review is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commitment: Option<Commitment>,
    /// What it said before, oldest first; only where one review is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) earlier: Option<Vec<PublicVersion>>,
}

/// The product a review is about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicProduct {
    /// The shop's own.
    pub(crate) sku: String,
    /// As ordered.
    pub(crate) name: Option<String>,
}

/// A photo of a review.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicPhoto {
    /// `pho_...`
    pub(crate) id: PhotoId,
    /// Where it is; filled where an answer is made that has links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Where its small form is; likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thumbnail_url: Option<String>,
    /// Pixels of its full form.
    pub(crate) width: i64,
    /// Pixels of its full form.
    pub(crate) height: i64,
    /// What it shows; `null` where the author did not say.
    pub(crate) alt: Option<String>,
}

/// The strength of the proof, in facts. Days only: an instant could tell who bought.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Proof {
    /// Always `operator`: strangers cannot check the signature themselves.
    pub(crate) by: &'static str,
    /// `v1` a secret shared with the instance, `v1a` a key only the shop holds.
    pub(crate) signature: &'static str,
    /// UTC day of the order.
    pub(crate) ordered_on: Option<UtcDay>,
    /// UTC day of delivery.
    pub(crate) delivered_on: Option<UtcDay>,
}

/// The shop's reply as everybody reads it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicReply {
    /// `rep_...`
    pub(crate) id: ReplyId,
    /// `null` once withdrawn.
    pub(crate) text: Option<String>,
    /// Which version this is.
    pub(crate) version: i64,
    /// First given.
    pub(crate) created_at: Timestamp,
    /// Last edit.
    pub(crate) edited_at: Option<Timestamp>,
    /// When the shop withdrew it.
    pub(crate) withdrawn_at: Option<Timestamp>,
    /// What it said before, oldest first; only where one review is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) earlier: Option<Vec<PublicReplyVersion>>,
}

/// The customer's answer to one version of the reply.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicAnswer {
    /// What it says.
    pub(crate) text: String,
    /// When.
    pub(crate) at: Timestamp,
    /// The version of the reply it answers.
    pub(crate) reply_version: i64,
}

/// An earlier version; its author may have dropped the words.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicVersion {
    /// 1 is what was first published.
    pub(crate) version: i64,
    /// When it was published.
    pub(crate) at: Timestamp,
    /// 1 to 5.
    pub(crate) stars: i64,
    /// `null` once dropped.
    pub(crate) title: Option<String>,
    /// `null` once dropped.
    pub(crate) text: Option<String>,
    /// When it was dropped.
    pub(crate) dropped_at: Option<Timestamp>,
    /// Salt of its commitment, in base64url; `null` once dropped.
    pub(crate) salt: Option<String>,
}

/// An earlier version of the reply.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicReplyVersion {
    /// 1 is the first reply.
    pub(crate) version: i64,
    /// When it was given.
    pub(crate) at: Timestamp,
    /// `null` once withdrawn.
    pub(crate) text: Option<String>,
}

/// What stays of a review that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Tombstone {
    /// `rev_...`
    pub(crate) id: ReviewId,
    /// The shop it was about.
    pub(crate) shop: ShopId,
    /// `restricted` or `erased`.
    pub(crate) status: Status,
    /// First publication: its place in the list.
    pub(crate) published_at: Timestamp,
    /// Since when it cannot be read.
    pub(crate) date: Timestamp,
    /// A closed restriction reason, or `erased_by_author`.
    pub(crate) reason: &'static str,
    /// `operator` or `author`.
    pub(crate) by: &'static str,
}

impl PublicEntry {
    /// The same with the addresses of what it shows.
    #[must_use]
    pub(crate) fn with_links(self, links: &Links) -> Self {
        match self {
            Self::Review(review) => Self::Review(Box::new(review.with_links(links))),
            stone @ Self::Tombstone(_) => stone,
        }
    }
}

impl PublicReview {
    /// The same with the addresses of what it shows.
    #[must_use]
    pub(crate) fn with_links(mut self, links: &Links) -> Self {
        for photo in &mut self.photos {
            photo.url = Some(links.photo(photo.id));
            photo.thumbnail_url = Some(links.photo_small(photo.id));
        }
        self
    }
}

impl Tombstone {
    /// The reason of a restriction, for pages that put it into words.
    pub(crate) fn restriction(&self) -> Option<RestrictionReason> {
        RestrictionReason::parse(self.reason)
    }

    /// The answer where the review is asked for: that it is gone, by whom, when and why.
    pub(crate) fn problem(&self) -> Problem {
        let detail = match self.restriction() {
            Some(_) => "The operator restricted this review.",
            None => "The author erased this review.",
        };
        Problem::new(Code::Gone, detail)
            .with("id", self.id.to_string())
            .with("shop", self.shop.to_string())
            .with("published_at", self.published_at.to_string())
            .with("date", self.date.to_string())
            .with("reason", self.reason)
            .with("by", self.by)
    }
}

impl PublicEntry {
    /// The shop it is about.
    pub(crate) fn shop(&self) -> ShopId {
        match self {
            Self::Review(review) => review.shop,
            Self::Tombstone(stone) => stone.shop,
        }
    }
}

impl PublicEntry {
    /// `rev_...`
    #[cfg(test)]
    pub(crate) fn id(&self) -> ReviewId {
        match self {
            Self::Review(review) => review.id,
            Self::Tombstone(stone) => stone.id,
        }
    }
}

/// The entries of a page, in the order given.
pub(super) fn entries(conn: &mut Connection, shop: ShopId, page: Vec<Review>) -> db::Result<Vec<PublicEntry>> {
    let ids: Vec<_> = page.iter().filter(|review| review.status == Status::Published).map(|review| review.id).collect();
    let mut replies = if ids.is_empty() { Vec::new() } else { store::replies(conn, shop, &ids)? };
    let answers = if replies.is_empty() { Vec::new() } else { store::answers(conn, shop, &ids)? };
    let photos = if ids.is_empty() { Vec::new() } else { photos::store::of_reviews(conn, shop, &ids)? };
    let decisions: Vec<_> = page.iter().filter_map(|review| review.restriction).collect();
    let decisions = if decisions.is_empty() { Vec::new() } else { store::restrictions(conn, &decisions)? };
    let entry = |review: Review| {
        if let Some(stone) = tombstone(&review, &decisions) {
            return PublicEntry::Tombstone(stone);
        }
        let at = replies.iter().position(|reply| reply.review == review.id);
        let reply = at.map(|at| replies.swap_remove(at));
        let of_it = answers.iter().filter(|answer| answer.review == review.id).map(public_answer).collect();
        let shown = photos.iter().filter(|photo| photo.review == review.id).map(public_photo).collect();
        PublicEntry::Review(Box::new(PublicReview { photos: shown, ..public(review, reply, of_it) }))
    };
    Ok(page.into_iter().map(entry).collect())
}

/// Earlier versions of one review or reply that a list shows; its own page has them all.
const SHOWN_VERSIONS: i64 = 3;

/// Adds what edited reviews and replies of a page said before, as far as a list shows it.
pub(super) fn add_history(conn: &mut Connection, shop: ShopId, entries: &mut [PublicEntry]) -> db::Result<()> {
    for entry in entries {
        let PublicEntry::Review(review) = entry else { continue };
        if review.version > 1 {
            let earlier = store::newest_versions(conn, shop, review.id, SHOWN_VERSIONS)?;
            review.earlier = Some(earlier.into_iter().map(public_version).collect());
        }
        if let Some(reply) = review.reply.as_mut().filter(|reply| reply.version > 1) {
            let earlier = store::newest_reply_versions(conn, shop, review.id, SHOWN_VERSIONS)?;
            reply.earlier = Some(earlier.into_iter().map(public_reply_version).collect());
        }
    }
    Ok(())
}

/// One review with all that it and its reply said before; `None` where the id is nobody's.
pub(crate) fn find(conn: &mut Connection, id: ReviewId) -> db::Result<Option<PublicEntry>> {
    let Some(review) = store::by_id(conn, id)? else { return Ok(None) };
    one(conn, review).map(Some)
}

/// One review at hand, with all that it and its reply said before.
fn one(conn: &mut Connection, review: Review) -> db::Result<PublicEntry> {
    if review.status == Status::Published {
        return Ok(PublicEntry::Review(Box::new(whole(conn, review)?)));
    }
    let mut stones = entries(conn, review.shop, vec![review])?;
    stones.pop().ok_or_else(|| db::Error::corrupt("a page of one review"))
}

/// One review with its whole dialogue and history, whatever its standing: for the public where it is published, else for
/// its author alone.
pub(crate) fn whole(conn: &mut Connection, review: Review) -> db::Result<PublicReview> {
    let (shop, id) = (review.shop, review.id);
    let reply = store::reply(conn, shop, id)?;
    let answers = store::answers(conn, shop, &[id])?.iter().map(public_answer).collect();
    let salt = review.salt.clone();
    let mut all = public(review, reply, answers);
    all.commitment = salt.map(|salt| commitment::of_current(&all, &salt));
    all.photos = photos::store::of_reviews(conn, shop, &[id])?.iter().map(public_photo).collect();
    let versions = store::versions(conn, shop, id)?;
    let of_reply = if all.reply.is_some() { store::reply_versions(conn, shop, id)? } else { Vec::new() };
    tell_history(&mut all, versions, of_reply);
    Ok(all)
}

/// Puts what the review and its reply said before beside what they say now.
pub(super) fn tell_history(review: &mut PublicReview, versions: Vec<Version>, of_reply: Vec<ReplyVersion>) {
    review.earlier = Some(versions.into_iter().map(public_version).collect());
    if let Some(reply) = &mut review.reply {
        reply.earlier = Some(of_reply.into_iter().map(public_reply_version).collect());
    }
}

/// What is left of a review that cannot be read; `None` for one that can.
fn tombstone(review: &Review, decisions: &[Restriction]) -> Option<Tombstone> {
    let decision = decisions.iter().find(|decision| review.restriction == Some(decision.id));
    let (date, reason, by) = match review.status {
        Status::Published => return None,
        Status::Erased => (review.erased_at.unwrap_or(review.changed_at), "erased_by_author", "author"),
        Status::Restricted => {
            let date = decision.map_or(review.changed_at, |decision| decision.at);
            (date, decision.map_or("", |decision| decision.reason.as_str()), "operator")
        }
    };
    let Review { id, shop, status, published_at, .. } = *review;
    Some(Tombstone { id, shop, status, published_at, date, reason, by })
}

fn public(review: Review, reply: Option<Reply>, answers: Vec<PublicAnswer>) -> PublicReview {
    let product = (!review.of_shop()).then(|| PublicProduct { sku: review.sku.clone(), name: review.item.clone() });
    PublicReview {
        id: review.id,
        shop: review.shop,
        status: review.status,
        stars: review.stars.value(),
        title: review.title,
        text: review.body,
        author: Some(review.author).filter(|name| !name.is_empty()),
        language: review.language,
        product,
        published_at: review.published_at,
        edited_at: (review.version > 1).then_some(review.changed_at),
        version: review.version,
        certified: true,
        checked: Proof {
            by: "operator",
            signature: review.checked.as_str(),
            ordered_on: review.ordered_at.map(Timestamp::day),
            delivered_on: review.delivered_at.map(Timestamp::day),
        },
        photos: Vec::new(),
        reply: reply.map(public_reply),
        answers,
        commitment: None,
        earlier: None,
    }
}

fn public_photo(photo: &Photo) -> PublicPhoto {
    let alt = Some(&photo.alt).filter(|alt| !alt.is_empty()).cloned();
    PublicPhoto { id: photo.id, url: None, thumbnail_url: None, width: photo.width, height: photo.height, alt }
}

fn public_reply(reply: Reply) -> PublicReply {
    let edited = reply.changed_at != reply.created_at && reply.stands();
    PublicReply {
        id: reply.id,
        text: reply.withdrawn_at.is_none().then_some(reply.text),
        version: reply.version,
        created_at: reply.created_at,
        edited_at: edited.then_some(reply.changed_at),
        withdrawn_at: reply.withdrawn_at,
        earlier: None,
    }
}

fn public_answer(answer: &Answer) -> PublicAnswer {
    PublicAnswer { text: answer.text.clone(), at: answer.at, reply_version: answer.reply_version }
}

fn public_version(past: Version) -> PublicVersion {
    let Version { version, at, stars, title, text, dropped_at, salt } = past;
    let salt = salt.map(|salt| commitment::spelled(&salt));
    PublicVersion { version, at, stars: stars.value(), title, text, dropped_at, salt }
}

fn public_reply_version(past: ReplyVersion) -> PublicReplyVersion {
    PublicReplyVersion { version: past.version, at: past.at, text: Some(past.text).filter(|text| !text.is_empty()) }
}
