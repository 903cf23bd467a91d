//! How a shop appears as the sender of mails: name and address, the DNS records its own domain needs and what was found of them, and one
//! mail to an address to see what happens.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::invitations;
use crate::kernel::email::EmailAddress;
use crate::kernel::locale::{Language, Locale};
use crate::mail::brake::{self, Cause, Grip};
use crate::mail::context::Frame;
use crate::mail::dkim::DkimError;
use crate::mail::dns::{self, Report, Resolver};
use crate::mail::{Mail, Mailer, trial};
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::merchants::{Shop, Shops, settings};
use crate::problem::{Code, Problem};

type Answer = Result<HttpResponse, Problem>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const SENDER: &str = "/v1/shops/{shop}/mail";
    const CHECK: &str = "/v1/shops/{shop}/mail/check";
    const TEST: &str = "/v1/shops/{shop}/mail/test";
    table.add(Method::GET, SENDER, "read_mail_sender", Audience::Private, || web::get().to(read_mail_sender));
    table.add(Method::POST, CHECK, "check_mail_sender", Audience::Write, || web::post().to(check_mail_sender));
    table.add(Method::POST, TEST, "send_test_mail", Audience::Write, || web::post().to(send_test_mail));
}

/// Name and address in the From of the shop's mails, and what its own domain still needs.
async fn read_mail_sender(shops: web::Data<Shops>, mailer: web::Data<Mailer>, bearer: ShopBearer) -> Answer {
    let shop = &bearer.entry.shop;
    let domain = match &shop.mail_from {
        Some(address) => Some(dns::known(shops.context(), &mailer, address.domain()).await?),
        None => None,
    };
    Ok(http::json(&view(shop, &mailer, domain.as_ref())))
}

/// Looks at the DNS now, and lets the shop's own address stand in From if its records are right.
async fn check_mail_sender(shops: web::Data<Shops>, mailer: web::Data<Mailer>, writer: ShopWriter) -> Answer {
    let (ctx, shop) = (shops.context(), &writer.entry.shop);
    let Some(address) = &shop.mail_from else { return Ok(http::json(&view(shop, &mailer, None))) };
    let resolver = Resolver::new(&ctx.config().dns.resolvers).map_err(Problem::internal)?;
    let report = dns::check(ctx, &mailer, &resolver, address.domain()).await.map_err(|error| match error {
        DkimError::Db(error) => error.into(),
        other => Problem::internal(other),
    })?;
    Ok(http::json(&view(shop, &mailer, Some(&report))))
}

fn view(shop: &Shop, mailer: &Mailer, domain: Option<&Report>) -> Value {
    let (name, address) = mailer.shown_sender(&shop.identity(), &shop.name);
    json!({
        "name": name, "address": address,
        "wished": shop.mail_from.as_ref().map(settings::plain),
        "reply_to": shop.reply_to().as_ref().map(settings::plain),
        "domain": domain,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    to: String,
    language: Option<String>,
}

/// Sends one mail now and tells every step; whether it left or not, the answer is 200.
async fn send_test_mail(
    shops: web::Data<Shops>,
    mailer: web::Data<Mailer>,
    Then(writer, asked): Then<ShopWriter, StrictJson<Asked>>,
) -> Answer {
    let (ctx, shop) = (shops.context(), &writer.entry.shop);
    let to = EmailAddress::parse(&asked.0.to).map_err(|error| {
        Problem::new(Code::InvalidField, format!("This is no address a mail can be sent to: {error}.")).at("/to")
    })?;
    let language = asked.0.language.as_deref().map(language).transpose()?;
    refuse_stopped(&shops, shop).await?;
    refuse_suppressed(&shops, shop, &to).await?;
    mailer.allow_trial(shop.id, ctx.now()).map_err(|seconds| {
        let detail = format!("{} test mails an hour may be sent. Wait as long as Retry-After says.", trial::AN_HOUR);
        Problem::new(Code::RateLimited, detail).retry_after(seconds)
    })?;
    let language = language.unwrap_or(shop.locale.language());
    let frame = Frame::new(ctx.links(), (&shop.name, shop.domain.as_str()), None, true);
    let context = trial::sample(&frame, language).ok_or_else(|| Problem::internal("no sample of an invitation"))?;
    let (identity, reply_to) = (shop.identity(), shop.reply_to());
    let mail =
        Mail { shop_id: shop.id, edition: 0, to, identity, reply_to, language, zone: shop.zone, hours: None, context };
    Ok(http::json(&Arc::clone(&mailer).try_out(ctx, &mail).await?))
}

/// What only the operator ends holds a shop's tests too; a pause that the shop may end itself does not.
async fn refuse_stopped(shops: &Shops, shop: &Shop) -> Result<(), Problem> {
    let id = shop.id;
    let standing = move |conn: &mut _| Ok((brake::pause(conn)?, brake::standing(conn, id)?.brake));
    let (paused, on) = shops.context().db().read(standing).await?;
    let cause = on.filter(|brake| brake.grip == Grip::Stopped).map(|brake| brake.cause);
    let detail = match (paused, cause) {
        (Some(_), _) => "The operator holds all mail of this instance. Only the operator can resume it.",
        (None, Some(Cause::Operator)) => "The operator stopped the shop's mail. Only the operator can resume it.",
        (None, Some(Cause::Bounces | Cause::Complaints)) => {
            "Too many of the shop's mails bounced or were reported as unwanted. Only the operator can resume its mail."
        }
        (None, None) => return Ok(()),
    };
    Err(Problem::new(Code::SendingStopped, detail))
}

/// Who asked for no more mail gets none, not even a test.
async fn refuse_suppressed(shops: &Shops, shop: &Shop, to: &EmailAddress) -> Result<(), Problem> {
    let (person, id) = (shops.context().keyring().person(to), shop.id);
    let wish = shops.context().db().read(move |conn| invitations::is_suppressed(conn, id, &person)).await?;
    match wish {
        Some(_) => Err(Problem::new(Code::InvalidField, "This person gets no mail from here any more.").at("/to")),
        None => Ok(()),
    }
}

fn language(text: &str) -> Result<Language, Problem> {
    let known = Locale::parse(text).ok().map(|locale| locale.language()).filter(|known| known.tag() == text);
    known.ok_or_else(|| Problem::new(Code::InvalidField, "This must be it, en, de, fr or es.").at("/language"))
}
