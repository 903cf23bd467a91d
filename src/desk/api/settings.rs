//! Settings, invitation policy, pause: what a shop decides about itself.

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value};

use crate::db;
use crate::desk::answers::changed;
use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::mail::own;
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::merchants::settings::{self, Flaw, Hand};
use crate::merchants::{self, Policy, Shop, Shops};
use crate::problem::{Code, Problem};

type Answer = Result<HttpResponse, Problem>;
type Change = Then<ShopWriter, StrictJson<Map<String, Value>>>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const SETTINGS: &str = "/v1/shops/{shop}/settings";
    const POLICY: &str = "/v1/shops/{shop}/policy";
    table.add(Method::GET, SETTINGS, "read_settings", Audience::Private, || web::get().to(read_settings));
    table.add(Method::PATCH, SETTINGS, "update_settings", Audience::Write, || web::patch().to(update_settings));
    table.add(Method::GET, POLICY, "read_policy", Audience::Private, || web::get().to(read_policy));
    table.add(Method::PUT, POLICY, "replace_policy", Audience::Write, || web::put().to(replace_policy));
    table.add(Method::POST, "/v1/shops/{shop}/pause", "pause_shop", Audience::Write, || web::post().to(pause_shop));
    table.add(Method::POST, "/v1/shops/{shop}/resume", "resume_shop", Audience::Write, || web::post().to(resume_shop));
}

/// The settings as they are stored now.
async fn read_settings(shops: web::Data<Shops>, bearer: ShopBearer) -> Answer {
    Ok(http::json(&settings::view(&stored(&shops, &bearer).await?)))
}

/// Changes the given fields; absent ones stay.
async fn update_settings(shops: web::Data<Shops>, Then(writer, body): Change) -> Answer {
    let fields = names_checked(body.0).await?;
    let shop = change(&shops, &writer, move |shop| settings::patch(shop, &fields, Hand::Shop)).await?;
    Ok(http::json(&settings::view(&shop)))
}

/// A name stands in mails, and no mail asks for stars. Tried on a thread that may take its time.
async fn names_checked(fields: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let tried = web::block(move || {
        for name in settings::NAME_FIELDS {
            if let Some(Err(what)) = fields.get(*name).and_then(Value::as_str).map(own::check_name) {
                return Err(Problem::new(Code::AsksForPraise, what).at(format!("/{name}")));
            }
        }
        Ok(fields)
    });
    tried.await.map_err(Problem::internal)?
}

/// The policy as it is stored now.
async fn read_policy(shops: web::Data<Shops>, bearer: ShopBearer) -> Answer {
    Ok(http::json(&settings::view_policy(&stored(&shops, &bearer).await?.policy)))
}

/// Replaces the policy: absent fields take their defaults. Scheduled invitations are planned again within seconds.
async fn replace_policy(shops: web::Data<Shops>, Then(writer, body): Change) -> Answer {
    let fields = body.0;
    let replace = move |shop: &mut Shop| {
        let mut policy = Policy::default();
        settings::patch_policy(&mut policy, &fields)?;
        shop.policy = policy;
        Ok(())
    };
    let shop = change(&shops, &writer, replace).await?;
    Ok(http::json(&settings::view_policy(&shop.policy)))
}

/// Holds the shop's invitations from now on. None is lost: see `resume_shop`.
async fn pause_shop(shops: web::Data<Shops>, writer: ShopWriter) -> Answer {
    set_paused(&shops, &writer, true).await
}

/// Lets invitations go out again, those that were held included.
async fn resume_shop(shops: web::Data<Shops>, writer: ShopWriter) -> Answer {
    set_paused(&shops, &writer, false).await
}

async fn set_paused(shops: &Shops, writer: &ShopWriter, paused: bool) -> Answer {
    let pause = move |shop: &mut Shop| {
        shop.paused = paused;
        Ok(())
    };
    Ok(http::json(&settings::view(&change(shops, writer, pause).await?)))
}

async fn stored(shops: &Shops, bearer: &ShopBearer) -> Result<Shop, Problem> {
    let id = bearer.shop();
    let shop: Option<Shop> = shops.context().db().read(move |conn| merchants::load(conn, id)).await?;
    shop.ok_or_else(|| Problem::not_found("shop"))
}

async fn change<F>(shops: &Shops, writer: &ShopWriter, edit: F) -> Result<Shop, Problem>
where
    F: FnOnce(&mut Shop) -> Result<(), Flaw> + Send + 'static,
{
    let id = writer.shop();
    let outcome: db::Result<_> = shops.context().db().write(move |tx| merchants::change(tx, id, edit)).await;
    shops.forget(id);
    changed(outcome?)
}
