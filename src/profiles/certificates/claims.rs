//! What a certificate says, and the making of one. Names are for ever: members may be added, none renamed or removed.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::keyring::KeyringError;
use crate::merchants::Shop;
use crate::reviews::PublicReview;
use crate::reviews::commitment::SCHEME;

/// The type in the header: a certificate is taken for no other token, and no other token for a certificate (RFC 8725
/// 3.11).
pub(super) const TYPE: &str = "attesta-review+jwt";

/// What no check can show, and no certificate claims.
const NOT_CHECKED: [&str; 3] =
    ["who_the_author_is", "whether_the_text_is_true", "that_the_shop_did_not_order_from_itself"];

/// The claims. There is no `exp`: what was so at `iat` stays so; whether the review still stands is asked of the issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Public address of the instance.
    pub(super) iss: String,
    /// The review.
    pub(super) sub: ReviewId,
    /// When the version was written, or the key was made if that was later: the same version and key give the same bytes.
    pub(super) iat: i64,
    /// As `iat`.
    pub(super) nbf: i64,
    /// Never set by us; one that stands there is kept to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exp: Option<i64>,
    pub(super) review: Stated,
    pub(super) shop: StatedShop,
    pub(super) checked: Checked,
    /// What no check can show.
    pub(super) not_checked: Vec<String>,
    pub(super) commitment: Committed,
}

/// What it says of the review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stated {
    /// 1, then one more with each edit.
    pub(super) version: i64,
    /// 1 to 5.
    pub(super) stars: i64,
    /// The product; `null`: it is about the shop.
    pub(super) sku: Option<String>,
    /// First publication.
    pub(super) published_at: Timestamp,
    /// When this version was written.
    pub(super) written_at: Timestamp,
}

/// The shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StatedShop {
    pub(super) id: ShopId,
    pub(super) domain: String,
}

/// What was checked before the review could be written, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checked {
    /// `operator`: strangers cannot check it themselves.
    pub(super) by: String,
    /// `signed_by_shop`: an order event with the shop's signature came first.
    pub(super) order: String,
    /// `v1` a secret shared with the instance, `v1a` a key only the shop holds.
    pub(super) signature: String,
    /// `holder_of_the_mail_for_this_order`.
    pub(super) author: String,
    /// UTC day, where an event said so.
    pub(super) ordered_on: Option<UtcDay>,
    /// UTC day, where an event said so.
    pub(super) delivered_on: Option<UtcDay>,
}

/// The commitment to the words, without its salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Committed {
    pub(super) scheme: String,
    /// In base64url.
    pub(super) sha256: String,
}

/// The certificate of the version that stands; `None` where the review has no commitment.
///
/// # Errors
/// The keyring's, when it has no key for it.
pub(super) fn certificate(ctx: &Context, review: &PublicReview, shop: &Shop) -> Result<Option<String>, KeyringError> {
    let Some(commitment) = &review.commitment else { return Ok(None) };
    let issuer = ctx.links().base().to_string();
    let signed =
        ctx.keyring().sign_certificate(TYPE, |since| claims(review, shop, issuer, (since, &commitment.sha256)));
    signed.map(Some)
}

fn claims(review: &PublicReview, shop: &Shop, iss: String, (since, sha256): (Timestamp, &str)) -> Claims {
    let written_at = review.edited_at.unwrap_or(review.published_at);
    let iat = written_at.max(since).seconds();
    let proof = &review.checked;
    Claims {
        iss,
        sub: review.id,
        iat,
        nbf: iat,
        exp: None,
        review: Stated {
            version: review.version,
            stars: review.stars,
            sku: review.product.as_ref().map(|product| product.sku.clone()),
            published_at: review.published_at,
            written_at,
        },
        shop: StatedShop { id: shop.id, domain: shop.domain.to_string() },
        checked: Checked {
            by: proof.by.to_owned(),
            order: "signed_by_shop".to_owned(),
            signature: proof.signature.to_owned(),
            author: "holder_of_the_mail_for_this_order".to_owned(),
            ordered_on: proof.ordered_on,
            delivered_on: proof.delivered_on,
        },
        not_checked: NOT_CHECKED.map(str::to_owned).to_vec(),
        commitment: Committed { scheme: SCHEME.to_owned(), sha256: sha256.to_owned() },
    }
}
