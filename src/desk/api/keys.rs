//! The keys of a shop: told by their last four characters, rotated with an overlap, shown once when made.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::http::json::{parse_as, require_json};
use crate::http::{self, Audience, Method, RawBody, RouteTable, StrictJson};
use crate::kernel::delay::Delay;
use crate::kernel::id::KeyId;
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::merchants::keys::{self, DEFAULT_OVERLAP_MS, MAX_OVERLAP_MS};
use crate::problem::{Code, Problem};
use crate::sign::webhook::PublicKey;

type Answer = Result<HttpResponse, Problem>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const WEBHOOK: &str = "/v1/shops/{shop}/keys/webhook/rotate";
    const API: &str = "/v1/shops/{shop}/keys/api/rotate";
    const PUBLIC: &str = "/v1/shops/{shop}/keys/ed25519";
    table.add(Method::GET, "/v1/shops/{shop}/keys", "list_keys", Audience::Private, || web::get().to(list_keys));
    table
        .add(Method::POST, WEBHOOK, "rotate_webhook_secret", Audience::Write, || web::post().to(rotate_webhook_secret));
    table.add(Method::POST, API, "rotate_api_key", Audience::Write, || web::post().to(rotate_api_key));
    table.add(Method::PUT, PUBLIC, "register_public_key", Audience::Write, || web::put().to(register_public_key));
    table.add(Method::DELETE, PUBLIC, "remove_public_key", Audience::Write, || web::delete().to(remove_public_key));
}

/// The live keys; never a key itself.
async fn list_keys(shops: web::Data<Shops>, bearer: ShopBearer) -> Answer {
    let (shop, now) = (bearer.shop(), shops.context().now());
    let keys = shops.context().db().read(move |conn| keys::list(conn, shop, now)).await?;
    Ok(http::json(&keys))
}

#[derive(Deserialize)]
struct Rotation {
    overlap: Option<String>,
}

/// How long the key before lives on. A body is not needed; `{"overlap": "0h"}` ends it at once.
fn overlap_ms(request: &HttpRequest, body: &RawBody) -> Result<i64, Problem> {
    if body.0.is_empty() {
        return Ok(DEFAULT_OVERLAP_MS);
    }
    require_json(request)?;
    let rotation: Rotation = parse_as(&body.0)?;
    let Some(text) = rotation.overlap else { return Ok(DEFAULT_OVERLAP_MS) };
    let wanted = Delay::parse(&text).ok().map(Delay::nominal_ms);
    wanted.filter(|ms| (0..=MAX_OVERLAP_MS).contains(ms)).ok_or_else(|| {
        Problem::new(Code::InvalidField, "This must be a delay like 24h, from 0h to 30d.").at("/overlap")
    })
}

/// A new webhook secret, shown in this answer and never again.
async fn rotate_webhook_secret(
    shops: web::Data<Shops>,
    Then(writer, body): Then<ShopWriter, RawBody>,
    request: HttpRequest,
) -> Answer {
    let (shop, ctx, overlap) = (writer.shop(), shops.context(), overlap_ms(&request, &body)?);
    let new = keys::new_secret(ctx, shop).map_err(Problem::internal)?;
    let issued = ctx.db().write(move |tx| keys::rotate_secret(tx, shop, new, overlap)).await?;
    shops.forget(shop);
    Ok(http::json(&json!({ "webhook_secret": issued.text, "previous_until": issued.previous_until })))
}

/// A new API key, shown in this answer and never again.
async fn rotate_api_key(
    shops: web::Data<Shops>,
    Then(writer, body): Then<ShopWriter, RawBody>,
    request: HttpRequest,
) -> Answer {
    let (shop, ctx, overlap) = (writer.shop(), shops.context(), overlap_ms(&request, &body)?);
    let new = keys::new_api_key(ctx);
    let issued = ctx.db().write(move |tx| keys::rotate_api_key(tx, shop, new, overlap)).await?;
    shops.forget(shop);
    Ok(http::json(&json!({ "api_key": issued.text, "previous_until": issued.previous_until })))
}

#[derive(Deserialize)]
struct Registration {
    public_key: String,
}

/// Registers the shop's Ed25519 key in place of the one before. The shop keeps the secret half.
async fn register_public_key(
    shops: web::Data<Shops>,
    Then(writer, body): Then<ShopWriter, StrictJson<Registration>>,
) -> Answer {
    let (shop, ctx) = (writer.shop(), shops.context());
    let key = PublicKey::parse(&body.0.public_key).map_err(|error| {
        Problem::new(Code::InvalidField, format!("This is not an Ed25519 public key (whpk_...): {error}."))
            .at("/public_key")
    })?;
    let (id, now): (KeyId, _) = (ctx.ids().next(), ctx.now());
    let keys = ctx
        .db()
        .write(move |tx| {
            keys::set_public_key(tx, shop, &key, id, now)?;
            keys::list(tx, shop, now)
        })
        .await?;
    shops.forget(shop);
    Ok(http::json(&keys))
}

/// Removes the Ed25519 key: what it signs is refused from now on.
async fn remove_public_key(shops: web::Data<Shops>, writer: ShopWriter) -> Answer {
    let shop = writer.shop();
    let removed = shops.context().db().write(move |tx| keys::remove_public_key(tx, shop)).await?;
    shops.forget(shop);
    if removed { Ok(HttpResponse::NoContent().finish()) } else { Err(Problem::not_found("key")) }
}
