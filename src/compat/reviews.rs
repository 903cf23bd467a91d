//! Service reviews: our reviews of shops in the other API's shape.

use serde::Serialize;

use super::answer::Link;
use super::ids::short;
use super::stars;
use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::links::compat::path;
use crate::look::words;
use crate::merchants::Shop;
use crate::reviews::PublicReview;
use crate::reviews::public::PublicReply;

/// A review.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Review {
    links: Vec<Link>,
    id: String,
    consumer: Consumer,
    business_unit: Unit,
    location: Option<String>,
    stars: i64,
    title: String,
    text: String,
    language: String,
    created_at: Timestamp,
    /// When it arrived, else when it was ordered: a day, since an instant could tell who bought.
    experienced_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    company_reply: Option<CompanyReply>,
    is_verified: bool,
    source: &'static str,
    number_of_likes: i64,
    status: &'static str,
    report_data: Option<String>,
    compliance_labels: [String; 0],
    counts_towards_trust_score: bool,
    counts_towards_location_trust_score: Option<bool>,
    invitation: Option<String>,
    business_unit_history: [String; 0],
    #[serde(rename = "reviewVerificationLevel")]
    verification: &'static str,
}

/// Who wrote. Nobody is followed from one review to the next: each has a consumer of its own, with the review's id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Consumer {
    links: [Link; 0],
    id: String,
    display_name: String,
    display_location: Option<String>,
    number_of_reviews: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Unit {
    links: Vec<Link>,
    id: String,
    identifying_name: String,
    display_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CompanyReply {
    text: String,
    author_business_user_id: Option<String>,
    author_business_user_name: String,
    created_at: Timestamp,
    updated_at: Option<Timestamp>,
}

/// `business-units/{id}/reviews`.
#[derive(Debug, Serialize)]
pub(super) struct Reviews {
    links: Vec<Link>,
    reviews: Vec<Review>,
}

/// Who wrote a review, as far as they said.
pub(super) fn consumer(review: &PublicReview, shop: &Shop) -> Consumer {
    let nobody = words::of(shop.locale.language()).review.a_customer;
    Consumer {
        links: [],
        id: short(&review.id),
        display_name: review.author.clone().unwrap_or_else(|| nobody.to_owned()),
        display_location: None,
        number_of_reviews: 1,
    }
}

/// A review of a shop.
pub(super) fn review(review: PublicReview, shop: &Shop, links: &Links) -> Review {
    let (id, unit) = (short(&review.id), short(&shop.id));
    let images = links.to(path::STAR_IMAGES, &[&stars::spelled(whole(review.stars))]);
    let day = review.checked.delivered_on.or(review.checked.ordered_on);
    Review {
        links: vec![
            Link::get("self", links.compat_review(&id)),
            Link::get("business-unit", links.compat_unit(&unit)),
            Link::get("stars-images", images),
            Link::get("web", links.review(review.id)),
        ],
        consumer: consumer(&review, shop),
        business_unit: Unit {
            links: vec![Link::get("self", links.compat_unit(&unit))],
            id: unit,
            identifying_name: shop.domain.to_string(),
            display_name: shop.name.clone(),
        },
        company_reply: review.reply.and_then(|reply| company_reply(reply, shop)),
        id,
        location: None,
        stars: review.stars,
        title: review.title,
        text: review.text,
        language: review.language,
        created_at: review.published_at,
        experienced_at: day.map(UtcDay::start),
        updated_at: review.edited_at,
        is_verified: true,
        source: "InvitationLinkApi",
        number_of_likes: 0,
        status: "active",
        report_data: None,
        compliance_labels: [],
        counts_towards_trust_score: true,
        counts_towards_location_trust_score: None,
        invitation: None,
        business_unit_history: [],
        verification: "verified",
    }
}

fn company_reply(reply: PublicReply, shop: &Shop) -> Option<CompanyReply> {
    Some(CompanyReply {
        text: reply.text?,
        author_business_user_id: None,
        author_business_user_name: shop.name.clone(),
        created_at: reply.created_at,
        updated_at: reply.edited_at,
    })
}

fn whole(stars: i64) -> f64 {
    f64::from(i32::try_from(stars).unwrap_or(0))
}

/// A page of a shop's reviews; `next` is the query of the page after it.
pub(super) fn reviews((size, next): (i64, &str), all: Vec<PublicReview>, shop: &Shop, links: &Links) -> Reviews {
    let unit = short(&shop.id);
    let mut more = vec![Link::get("business-unit", links.compat_unit(&unit))];
    if i64::try_from(all.len()).is_ok_and(|n| n == size) {
        more.push(Link::get("next-page", format!("{}?{next}", links.compat_reviews(&unit))));
    }
    Reviews { links: more, reviews: all.into_iter().map(|one| review(one, shop, links)).collect() }
}
