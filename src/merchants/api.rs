//! Who may use a shop's own API: the holder of one of its live API keys, `Authorization: Bearer atk_...`.
//!
//! [`ShopBearer`] may read, [`ShopWriter`] may also change; a handler that takes neither can do neither. An unknown shop, a
//! key of another shop and a key that ended are answered alike, so that a key tells nothing about other shops. A closed or
//! suspended shop still reads.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::keys::API_KEY_PREFIX;
use super::model::ShopStatus;
use super::shops::{ShopEntry, Shops};
use crate::http;
use crate::kernel::domain::ShopRef;
use crate::kernel::id::ShopId;
use crate::problem::{Code, Problem};

/// The right to read everything of the shop in the path.
pub struct ShopBearer {
    /// The shop, as this node knows it.
    pub entry: Arc<ShopEntry>,
}

/// The right to change the shop in the path: it is open.
pub struct ShopWriter {
    /// The shop, as this node knows it.
    pub entry: Arc<ShopEntry>,
}

impl ShopBearer {
    /// The shop.
    pub fn shop(&self) -> ShopId {
        self.entry.shop.id
    }

    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let shops = request
            .app_data::<web::Data<Shops>>()
            .ok_or_else(|| Problem::internal("no shops are registered with the server"))?;
        let key = bearer(request)?;
        let name = request.match_info().get("shop").and_then(|text| ShopRef::parse(text).ok());
        let name = name.ok_or_else(refused)?;
        let entry = shops.find(&name).await?.ok_or_else(refused)?;
        let now = shops.context().now();
        let digest = entry.opened_by(&key, now).ok_or_else(refused)?;
        shops.api_key_used(entry.shop.id, digest);
        http::count_shop(request, entry.shop.id.as_bytes())?;
        Ok(Self { entry })
    }

    fn writer(self) -> Result<ShopWriter, Problem> {
        match self.entry.shop.status {
            ShopStatus::Open => Ok(ShopWriter { entry: self.entry }),
            ShopStatus::Closed => {
                Err(Problem::new(Code::ShopClosed, "This shop is closed. It can be read, but nothing can be changed."))
            }
            ShopStatus::Suspended => Err(Problem::new(
                Code::ShopSuspended,
                "The operator suspended this shop. It can be read, but nothing can be changed.",
            )),
        }
    }
}

impl ShopWriter {
    /// The shop.
    pub fn shop(&self) -> ShopId {
        self.entry.shop.id
    }
}

/// One sentence for an unknown shop, a foreign key and a dead one.
fn refused() -> Problem {
    Problem::new(Code::Unauthorized, "There is no such shop, or this API key does not open it.")
}

fn bearer(request: &HttpRequest) -> Result<String, Problem> {
    let value = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, key)| scheme.eq_ignore_ascii_case("bearer") && key.starts_with(API_KEY_PREFIX));
    key.map(|(_, key)| key.trim().to_owned()).ok_or_else(|| {
        Problem::new(Code::Unauthorized, "Send the shop's API key as Authorization: Bearer atk_... with this request.")
    })
}

/// First an authority, then what it may ask: nothing of `B` is read or judged before `A` is granted, so that a stranger
/// learns nothing from it. The framework runs extractors that stand side by side at the same time.
pub struct Then<A, B>(pub A, pub B);

impl<A, B> FromRequest for Then<A, B>
where
    A: FromRequest + 'static,
    B: FromRequest + 'static,
{
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let authority = A::from_request(&request, &mut Payload::None).await.map_err(Into::into)?;
            let asked = B::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(authority, asked))
        })
    }
}

impl FromRequest for ShopBearer {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

impl FromRequest for ShopWriter {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { ShopBearer::of(&request).await?.writer() })
    }
}
