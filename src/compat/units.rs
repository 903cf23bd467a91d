//! Business units: our shops in the other API's shape.

use serde::Serialize;

use super::answer::{Counts, Link};
use super::ask::Page;
use super::ids::short;
use super::stars;
use crate::db::{self, Connection};
use crate::kernel::country::Country;
use crate::kernel::locale::Language;
use crate::links::Links;
use crate::links::compat::path;
use crate::merchants::{self, Shop, ShopStatus};
use crate::profiles::{directory, figures};

/// `business-units/{id}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unit {
    links: Vec<Link>,
    id: String,
    display_name: String,
    name: Name,
    website_url: String,
    country: Option<String>,
    number_of_reviews: NumberOfReviews,
    status: &'static str,
    score: Scores,
    bad_fit: bool,
}

#[derive(Debug, Serialize)]
struct Name {
    identifying: String,
    referring: [String; 2],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NumberOfReviews {
    used_for_trust_score_calculation: i64,
    #[serde(flatten)]
    counts: Counts,
}

/// Our score, by our published formula.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Scores {
    trust_score: f64,
    stars: f64,
}

/// A shop with its numbers.
pub(super) fn unit(conn: &mut Connection, shop: &Shop, links: &Links) -> db::Result<Unit> {
    let figures = figures(conn, shop)?;
    let id = short(&shop.id);
    let stars = stars::spelled(figures.score.stars);
    Ok(Unit {
        links: vec![
            Link::get("self", links.compat_unit(&id)),
            Link::get("reviews", links.compat_reviews(&id)),
            Link::get("stars-string", links.to(path::STAR_STRING, &[&stars])),
            Link::get("stars-images", links.to(path::STAR_IMAGES, &[&stars])),
            Link::get("web-links", links.to(path::WEB_LINKS, &[&id])),
            Link::get("profileinfo", links.to(path::PROFILE_INFO, &[&id])),
        ],
        display_name: shop.name.clone(),
        name: name(shop),
        website_url: website(shop),
        country: shop.country.as_ref().map(ToString::to_string),
        number_of_reviews: NumberOfReviews {
            used_for_trust_score_calculation: figures.score.count,
            counts: figures.histogram.into(),
        },
        status: match shop.status {
            ShopStatus::Open => "active",
            ShopStatus::Closed => "closed",
            ShopStatus::Suspended => "suspended",
        },
        score: Scores { trust_score: figures.score.shown, stars: figures.score.stars },
        bad_fit: false,
        id,
    })
}

fn name(shop: &Shop) -> Name {
    let domain = shop.domain.to_string();
    Name { referring: [domain.clone(), format!("www.{domain}")], identifying: domain }
}

fn website(shop: &Shop) -> String {
    format!("https://{}", shop.domain)
}

/// `business-units/{id}/profileinfo`. What a shop cannot say of itself here is `null`, or the plain truth.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProfileInfo {
    links: Vec<Link>,
    company_name: String,
    description: Description,
    address: Address,
    email: Option<String>,
    phone: Option<String>,
    #[serde(rename = "socialmedia")]
    social_media: SocialMedia,
    facebook_page_id: Option<i64>,
    facebook_page_url: Option<String>,
    #[serde(flatten)]
    ways: Ways,
}

/// How the service works, the same for every shop: whatever that API asks with yes or no.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the members are those of the other API")]
struct Ways {
    is_facebook_activated: bool,
    /// A shop is here because it asked for it.
    is_claimed: bool,
    is_subscriber: bool,
    /// A shop may reply.
    is_comments_enabled: bool,
    is_incentivising_users: bool,
    has_subscription: bool,
    is_using_paid_features: bool,
}

const WAYS: Ways = Ways {
    is_facebook_activated: false,
    is_claimed: true,
    is_subscriber: false,
    is_comments_enabled: true,
    is_incentivising_users: false,
    has_subscription: false,
    is_using_paid_features: false,
};

#[derive(Debug, Serialize)]
struct Description {
    header: Option<String>,
    text: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    street: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postcode: Option<String>,
    country: Option<String>,
    country_code: Option<String>,
}

#[derive(Debug, Default, Serialize)]
struct SocialMedia {
    facebook: Option<String>,
    linkedin: Option<String>,
    twitter: Option<String>,
    googleplus: Option<String>,
    youtube: Option<String>,
    instagram: Option<String>,
}

/// What a shop says of itself.
pub(super) fn profile_info(shop: &Shop, links: &Links) -> ProfileInfo {
    let country = shop.country.as_ref().map(ToString::to_string);
    let address = Address {
        street: None,
        city: None,
        state: None,
        postcode: None,
        country: country.clone(),
        country_code: country,
    };
    ProfileInfo {
        links: vec![Link::get("business-unit", links.compat_unit(short(&shop.id)))],
        company_name: shop.name.clone(),
        description: Description { header: shop.category.clone(), text: None },
        address,
        email: shop.contact.clone().filter(|contact| contact.contains('@')),
        phone: None,
        social_media: SocialMedia::default(),
        facebook_page_id: None,
        facebook_page_url: None,
        ways: WAYS,
    }
}

/// `business-units/{id}/web-links`. Nobody reviews without an invitation, so that the addresses for writing say how it is
/// done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebLinks {
    links: Vec<Link>,
    locale: String,
    profile_url: String,
    evaluate_url: String,
    evaluate_embed_url: String,
}

/// A shop's pages, in the language of a locale where we have words in it.
pub(super) fn web_links(shop: &Shop, locale: Option<&str>, links: &Links) -> WebLinks {
    let language = locale.and_then(Language::of_tag);
    let page = links.profile(&shop.domain);
    let profile_url = language.map_or_else(|| page.clone(), |language| format!("{page}?lang={language}"));
    let how = format!("{profile_url}#how");
    WebLinks {
        links: vec![Link::get("business-unit", links.compat_unit(short(&shop.id)))],
        locale: locale.map_or_else(|| shop.locale.as_str().to_owned(), str::to_owned),
        evaluate_url: how.clone(),
        evaluate_embed_url: how,
        profile_url,
    }
}

/// `business-units/{id}/images`: shops have no pictures of their own here; the badge shows their score.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Images {
    links: Vec<Link>,
    logo_url: Option<String>,
    header_url: Option<String>,
    promotion_box_url: Option<String>,
}

/// A shop's pictures.
pub(super) fn images(shop: &Shop, links: &Links) -> Images {
    let unit = Link::get("business-unit", links.compat_unit(short(&shop.id)));
    let badge = Link::get("badge", links.badge(&shop.domain));
    Images { links: vec![unit, badge], logo_url: None, header_url: None, promotion_box_url: None }
}

/// `business-units/search`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    links: Vec<Link>,
    business_units: Vec<Unit>,
}

/// How far a search is read by page number.
pub(super) const SEARCH_DEEPEST: i64 = 1_000;

/// Open shops whose name or domain has the words, by name; of one country where it is given.
pub(super) fn search(
    conn: &mut Connection,
    words: &str,
    country: Option<Country>,
    page: Page,
) -> db::Result<Vec<Shop>> {
    let (skip, take) = (usize::try_from(page.skip()).unwrap_or(usize::MAX), usize::try_from(page.size).unwrap_or(0));
    let cards = directory::list::numbered(conn, (words, country), skip, take)?;
    let shops = cards.iter().map(|card| merchants::load(conn, card.id)).collect::<db::Result<Vec<_>>>()?;
    Ok(shops.into_iter().flatten().collect())
}

/// What a search found, each with its numbers.
pub(super) fn found(conn: &mut Connection, shops: &[Shop], links: &Links) -> db::Result<Found> {
    let units = shops.iter().map(|shop| unit(conn, shop, links)).collect::<db::Result<Vec<_>>>()?;
    Ok(Found { links: Vec::new(), business_units: units })
}
