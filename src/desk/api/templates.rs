//! A shop's own words in its mails, mail by mail and language by language.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::desk::templates::{self, At, Which};
use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::mail::Mailer;
use crate::mail::own::{self, Flaw, Kept, Own, Proposal, Rule, Sight};
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::problem::{Code, Problem};

type Answer = Result<HttpResponse, Problem>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const LIST: &str = "/v1/shops/{shop}/templates";
    const ONE: &str = "/v1/shops/{shop}/templates/{mail}/{language}";
    const VERSIONS: &str = "/v1/shops/{shop}/templates/{mail}/{language}/versions";
    const DIFFERENCE: &str = "/v1/shops/{shop}/templates/{mail}/{language}/difference";
    const RESTORE: &str = "/v1/shops/{shop}/templates/{mail}/{language}/restore";
    const PREVIEW: &str = "/v1/shops/{shop}/templates/{mail}/{language}/preview";
    table.add(Method::GET, LIST, "list_templates", Audience::Private, || web::get().to(list_templates));
    table.add(Method::GET, ONE, "read_template", Audience::Private, || web::get().to(read_template));
    table.add(Method::PUT, ONE, "put_template", Audience::Write, || web::put().to(put_template));
    table.add(Method::GET, VERSIONS, "list_template_versions", Audience::Private, || web::get().to(list_versions));
    table.add(Method::GET, DIFFERENCE, "compare_templates", Audience::Private, || web::get().to(compare_templates));
    table.add(Method::POST, RESTORE, "restore_template", Audience::Write, || web::post().to(restore_template));
    table.add(Method::POST, PREVIEW, "preview_template", Audience::Private, || web::post().to(preview_template));
}

/// The mail and language in the path.
fn which(request: &HttpRequest) -> Result<Which, Problem> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let mail = own::is_mail(part("mail")).ok_or_else(|| Problem::not_found("mail with words of a shop"))?;
    let language = Language::parse(part("language")).map_err(|_unknown| Problem::not_found("language"))?;
    Ok(Which { mail, language })
}

fn number(name: &str, text: Option<&str>) -> Result<Option<i64>, Problem> {
    let parse = |text: &str| text.parse::<i64>().ok().filter(|number| (0..1_000_000_000).contains(number));
    let refused =
        || Problem::new(Code::InvalidFilter, format!("`{name}` is the number of a version, 0 for the house's own."));
    text.map(|text| parse(text).ok_or_else(refused)).transpose()
}

fn no_version() -> Problem {
    Problem::not_found("version")
}

/// Every mail in every language, with the version in use.
async fn list_templates(request: HttpRequest, shops: web::Data<Shops>, bearer: ShopBearer) -> Answer {
    let shop = bearer.shop();
    let rows = shops.context().db().read(move |conn| templates::list(conn, shop)).await?;
    http::listed(&request, &rows, None)
}

#[derive(Deserialize)]
struct VersionQuery {
    version: Option<String>,
}

/// The words in use, or those of one version, beside the house's own and the variables there are.
async fn read_template(
    request: HttpRequest,
    shops: web::Data<Shops>,
    Then(bearer, query): Then<ShopBearer, web::Query<VersionQuery>>,
) -> Answer {
    let (shop, which) = (bearer.shop(), which(&request)?);
    let version = number("version", query.version.as_deref())?;
    let found = shops.context().db().read(move |conn| templates::read(conn, shop, which, version)).await?;
    Ok(http::json(&templates::view(which, found.ok_or_else(no_version)?)))
}

/// Checks the words with every case there is, and stores them as the next version.
async fn put_template(
    request: HttpRequest,
    shops: web::Data<Shops>,
    mailer: web::Data<Mailer>,
    Then(writer, body): Then<ShopWriter, StrictJson<Map<String, Value>>>,
) -> Answer {
    let which = which(&request)?;
    let own: Own = http::json::typed(Value::Object(body.0))?;
    let domain = writer.entry.shop.domain.to_string();
    let own = check(&mailer, which, domain, own.tidied(), "").await?;
    store(shops.context(), &writer, which, own).await
}

/// Tries the words with every case, on a thread that may take its time; `below` is where they stand in the body.
async fn check(
    mailer: &web::Data<Mailer>,
    which: Which,
    domain: String,
    own: Own,
    below: &str,
) -> Result<Own, Problem> {
    let mailer = web::Data::clone(mailer);
    let tried = web::block(move || {
        let Which { mail, language } = which;
        own::check(mailer.composer().templates(), Proposal { mail, language, domain: &domain, own: &own }).map(|()| own)
    });
    tried.await.map_err(Problem::internal)?.map_err(|flaw| refused(flaw, below))
}

async fn store(ctx: &Context, writer: &ShopWriter, which: Which, own: Own) -> Answer {
    let (shop, inner) = (writer.shop(), ctx.clone());
    let stored = ctx.db().write(move |tx| templates::store(tx, &inner, shop, which, &own)).await?;
    let raced = || Problem::new(Code::Conflict, "Another version was stored at the same moment. Read it, then repeat.");
    Ok(http::json(&templates::view(which, At::of(Some(stored.ok_or_else(raced)?)))))
}

/// A flaw as the API says it; `below` is where the words stand in the body.
fn refused(flaw: Flaw, below: &str) -> Problem {
    let code = match flaw.rule {
        Rule::Usable => Code::TemplateRefused,
        Rule::NoAsk => Code::AsksForPraise,
    };
    let mut problem = Problem::new(code, flaw.what).at(format!("{below}{}", flaw.pointer));
    if let Some((line, column)) = flaw.place {
        problem = problem.with("line", line).with("column", column);
    }
    if let Some(nearest) = flaw.nearest {
        problem = problem.with("nearest", nearest);
    }
    match flaw.case {
        Some(case) => problem.with("case", case),
        None => problem,
    }
}

#[derive(Serialize)]
struct VersionView {
    version: i64,
    changed_at: Timestamp,
    own: Own,
}

/// Every version, newest first.
async fn list_versions(request: HttpRequest, shops: web::Data<Shops>, bearer: ShopBearer) -> Answer {
    let (shop, which) = (bearer.shop(), which(&request)?);
    let kept = shops.context().db().read(move |conn| own::versions(conn, shop, which.mail, which.language)).await?;
    let view = |kept: Kept| VersionView { version: kept.version, changed_at: kept.at, own: kept.own };
    let versions: Vec<VersionView> = kept.into_iter().map(view).collect();
    http::listed(&request, &versions, None)
}

#[derive(Deserialize)]
struct DifferenceQuery {
    from: Option<String>,
    to: Option<String>,
}

/// What two versions say differently: the house's own and the one in use, unless asked otherwise.
async fn compare_templates(
    request: HttpRequest,
    shops: web::Data<Shops>,
    Then(bearer, query): Then<ShopBearer, web::Query<DifferenceQuery>>,
) -> Answer {
    let (shop, which) = (bearer.shop(), which(&request)?);
    let from = number("from", query.from.as_deref())?.unwrap_or(0);
    let to = number("to", query.to.as_deref())?;
    let both = shops.context().db().read(move |conn| {
        Ok((templates::read(conn, shop, which, Some(from))?, templates::read(conn, shop, which, to)?))
    });
    let (before, after) = both.await?;
    let (before, after) = (before.ok_or_else(no_version)?, after.ok_or_else(no_version)?);
    let parts = templates::difference(which, &before.own, &after.own);
    Ok(http::json(&json!({ "from": before.version, "to": after.version, "parts": parts })))
}

#[derive(Deserialize)]
struct Restore {
    version: i64,
}

/// Stores what a version said as the next version, after checking it as the rules are today. 0 restores the house's own.
async fn restore_template(
    request: HttpRequest,
    shops: web::Data<Shops>,
    mailer: web::Data<Mailer>,
    Then(writer, body): Then<ShopWriter, StrictJson<Restore>>,
) -> Answer {
    let (shop, which, version) = (writer.shop(), which(&request)?, body.0.version);
    let found = shops.context().db().read(move |conn| templates::read(conn, shop, which, Some(version))).await?;
    let own = found.ok_or_else(no_version)?.own;
    let own = check(&mailer, which, writer.entry.shop.domain.to_string(), own, "").await?;
    store(shops.context(), &writer, which, own).await
}

#[derive(Deserialize)]
struct Preview {
    own: Option<Own>,
    case: Option<String>,
    #[serde(default)]
    width: Width,
    #[serde(default)]
    scheme: Scheme,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Width {
    Phone,
    #[default]
    Desktop,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Scheme {
    #[default]
    Light,
    Dark,
}

/// Renders a draft, or the words in use, with one case, or one of the last orders or reviews. Nothing is stored and nothing is sent.
async fn preview_template(
    request: HttpRequest,
    shops: web::Data<Shops>,
    mailer: web::Data<Mailer>,
    Then(bearer, body): Then<ShopBearer, StrictJson<Preview>>,
) -> Answer {
    let (shop, which) = (bearer.shop(), which(&request)?);
    let Preview { own: draft, case, width, scheme } = body.0;
    let domain = bearer.entry.shop.domain.to_string();
    let draft = match draft {
        Some(draft) => Some(check(&mailer, which, domain, draft.tidied(), "/own").await?),
        None => None,
    };
    let (inner, entry) = (shops.context().clone(), bearer.entry.clone());
    let read = move |conn: &mut crate::db::Connection| {
        Ok((templates::read(conn, shop, which, None)?, templates::last(conn, &inner, &entry.shop, which.mail)?))
    };
    let (kept, last) = shops.context().db().read(read).await?;
    let own = draft.or(kept.map(|at| at.own));
    let place = templates::place(shops.context(), &bearer.entry.shop);
    let cases = own::preview_cases(which.mail, &place, &last);
    let names: Vec<&str> = cases.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = case.as_deref().unwrap_or("plain");
    let unknown = || {
        let detail = format!("`case` is one of: {}.", names.join(", "));
        Problem::new(Code::InvalidField, detail).at("/case")
    };
    let (name, context) = cases.iter().find(|(name, _)| name == wanted).ok_or_else(unknown)?;
    let sight = Sight { phone: width == Width::Phone, dark: scheme == Scheme::Dark };
    let seen = own::preview(mailer.composer().templates(), which.language, context, own.as_ref(), sight);
    let seen = seen.map_err(Problem::internal)?;
    let loads: Vec<&str> = own.as_ref().and_then(|own| own::loads(own, &place.shop.domain)).into_iter().collect();
    Ok(http::json(&json!({
        "case": name, "cases": names, "width": width, "scheme": scheme, "loads": loads,
        "subject": seen.subject, "text": seen.text, "html": seen.html, "html_bytes": seen.html.len(),
    })))
}
