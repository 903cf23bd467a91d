//! The token route, for clients that will not read without one: our API keys in the forms of OAuth 2.0 that the other API
//! takes, client credentials and password. The token is the key itself, so that it opens just what the key opens and ends
//! when the key does; nothing is stored. Reading needs none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::context::Context;
use crate::db;
use crate::merchants::keys;

/// How long a client shall keep it before it asks again, in seconds: a key that was replaced lives on for a while.
const LIFETIME: u32 = 3_600;
/// How an API key begins.
const KEY: &str = "atk_";

/// What a client sends.
#[derive(Debug, Default)]
pub(super) struct Request<'a> {
    /// `Authorization`, as it came.
    pub(super) authorization: Option<&'a str>,
    /// The fields of the form.
    pub(super) form: Vec<(String, String)>,
}

/// A token (RFC 6749 5.1). `expires_in` is text, as that API's is.
#[derive(Debug, Serialize)]
pub(super) struct Granted {
    access_token: String,
    token_type: &'static str,
    expires_in: String,
    status: &'static str,
}

/// A refusal (RFC 6749 5.2).
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    error: &'static str,
    error_description: &'static str,
}

/// What became of a request.
pub(super) enum Outcome {
    /// The key is alive.
    Granted(Granted),
    /// No key, or one that opens nothing.
    Unknown(Refused),
    /// A form that we do not answer.
    Unsupported(Refused),
}

/// Answers a request for a token.
///
/// # Errors
/// The database's.
pub(super) async fn grant(ctx: &Context, request: &Request<'_>) -> db::Result<Outcome> {
    let field = |name: &str| request.form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    // Some clients leave the form empty and mean client credentials.
    if !matches!(field("grant_type"), None | Some("client_credentials" | "password")) {
        return Ok(Outcome::Unsupported(Refused {
            error: "unsupported_grant_type",
            error_description: "Send grant_type client_credentials or password, with an API key of the shop.",
        }));
    }
    let basic = request.authorization.and_then(basic);
    let (user, secret) = basic.unwrap_or_default();
    let given =
        [Some(user.as_str()), Some(secret.as_str()), field("client_id"), field("client_secret"), field("password")];
    for key in given.into_iter().flatten().filter(|text| text.starts_with(KEY)) {
        let (presented, now) = (key.to_owned(), ctx.now());
        if ctx.db().read(move |conn| keys::shop_of(conn, &presented, now)).await?.is_some() {
            return Ok(Outcome::Granted(Granted {
                access_token: key.to_owned(),
                token_type: "Bearer",
                expires_in: LIFETIME.to_string(),
                status: "approved",
            }));
        }
    }
    Ok(Outcome::Unknown(Refused {
        error: "invalid_client",
        error_description: "Send a live API key of the shop (atk_...) as key, as secret or as password.",
    }))
}

/// User and password of `Basic` (RFC 7617).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(user, secret)| (user.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reviews::house::House;

    fn asked(house: &House, authorization: Option<&str>, form: &[(&str, &str)]) -> (u8, String) {
        let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(grant(&house.ctx, &Request { authorization, form })).unwrap();
        match outcome {
            Outcome::Granted(granted) => (0, granted.access_token),
            Outcome::Unknown(refused) => (1, refused.error.to_owned()),
            Outcome::Unsupported(refused) => (2, refused.error.to_owned()),
        }
    }

    #[test]
    fn a_live_key_is_granted_wherever_it_stands_and_nothing_else_is() {
        let house = House::new();
        let shop = house.shop();
        let key = {
            let new = keys::new_api_key(&house.ctx);
            house.write(move |tx, _| keys::rotate_api_key(tx, shop.id, new, 0)).text
        };
        let basic = |text: String| format!("Basic {}", STANDARD.encode(text));
        let granted = (0, key.clone());
        assert_eq!(asked(&house, Some(&basic(format!("{key}:"))), &[]), granted);
        assert_eq!(
            asked(&house, Some(&basic(format!("old-key:{key}"))), &[("grant_type", "client_credentials")]),
            granted
        );
        let password = [("grant_type", "password"), ("username", "me@shop.example"), ("password", key.as_str())];
        assert_eq!(asked(&house, Some(&basic("old:secret".to_owned())), &password), granted);
        assert_eq!(asked(&house, None, &[("client_id", &key)]), granted);
        let refused = (1, "invalid_client".to_owned());
        assert_eq!(asked(&house, None, &[]), refused);
        assert_eq!(asked(&house, Some("Basic !!!"), &[("password", "atk_nothing")]), refused);
        assert_eq!(asked(&house, Some(&format!("Bearer {key}")), &[]), refused);
        assert_eq!(asked(&house, None, &[("grant_type", "refresh_token"), ("client_id", &key)]).0, 2);
        let new = keys::new_api_key(&house.ctx);
        let shop = shop.id;
        house.write(move |tx, _| keys::rotate_api_key(tx, shop, new, 0).map(drop));
        assert_eq!(asked(&house, None, &[("client_id", &key)]), refused, "an ended key is granted no more");
    }
}
