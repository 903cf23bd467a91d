//! Addresses of the facade that is shaped like another service's API (`compat/`). What follows the base is that service's.

use std::fmt::Display;

use super::Links;

/// Path patterns of the facade.
pub mod path {
    /// What a client takes for the address of the API; `/v1/...` follows.
    pub const BASE: &str = "/compat/trustpilot";
    /// A shop by its domain.
    pub const FIND: &str = "/compat/trustpilot/v1/business-units/find";
    /// Shops by words.
    pub const SEARCH: &str = "/compat/trustpilot/v1/business-units/search";
    /// A shop.
    pub const UNIT: &str = "/compat/trustpilot/v1/business-units/{businessUnitId}";
    /// Its reviews.
    pub const UNIT_REVIEWS: &str = "/compat/trustpilot/v1/business-units/{businessUnitId}/reviews";
    /// What it says of itself.
    pub const PROFILE_INFO: &str = "/compat/trustpilot/v1/business-units/{businessUnitId}/profileinfo";
    /// Its pages.
    pub const WEB_LINKS: &str = "/compat/trustpilot/v1/business-units/{businessUnitId}/web-links";
    /// Its pictures.
    pub const IMAGES: &str = "/compat/trustpilot/v1/business-units/{businessUnitId}/images";
    /// A review.
    pub const REVIEW: &str = "/compat/trustpilot/v1/reviews/{reviewId}";
    /// Where the pictures of so many stars are.
    pub const STAR_IMAGES: &str = "/compat/trustpilot/v1/resources/images/stars/{stars}";
    /// So many stars in a word.
    pub const STAR_STRING: &str = "/compat/trustpilot/v1/resources/strings/stars/{stars}";
    /// A picture of so many stars.
    pub const STARS: &str = "/compat/trustpilot/stars/{stars}.svg";
    /// The same as PNG, in a size.
    pub const STARS_PNG: &str = "/compat/trustpilot/stars/{stars}/{size}.png";
    /// Reviews of products, in numbers.
    pub const PRODUCT_SUMMARY: &str = "/compat/trustpilot/v1/product-reviews/business-units/{businessUnitId}";
    /// Reviews of products.
    pub const PRODUCT_REVIEWS: &str = "/compat/trustpilot/v1/product-reviews/business-units/{businessUnitId}/reviews";
    /// Many products at once, in numbers.
    pub const BATCH_SUMMARIES: &str =
        "/compat/trustpilot/v1/product-reviews/business-units/{businessUnitId}/batch-summaries";
    /// A token for an API key.
    pub const TOKEN: &str = "/compat/trustpilot/v1/oauth/oauth-business-users-for-applications/accesstoken";
}

impl Links {
    /// A shop, as the facade names it.
    pub fn compat_unit(&self, unit: impl Display) -> String {
        self.to(path::UNIT, &[&unit])
    }

    /// A review, as the facade names it.
    pub fn compat_review(&self, review: impl Display) -> String {
        self.to(path::REVIEW, &[&review])
    }

    /// A shop's reviews, as the facade lists them.
    pub fn compat_reviews(&self, unit: impl Display) -> String {
        self.to(path::UNIT_REVIEWS, &[&unit])
    }
}
