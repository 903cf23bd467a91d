//! What became of a shop's orders, day by day: as JSON, and as a table for spreadsheets.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::desk::accounting::{self, Cohort, Numbers};
use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::id::ShopId;
use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::path;
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, Then};
use crate::problem::{Code, Problem};

/// Days of an answer that asks for no other.
const USUAL: i64 = 30;
/// Most days of an answer.
const MOST: i64 = 366;
const CSV: &str = "text/csv";

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const JSON: &str = path::V1_ACCOUNTING;
    const TABLE: &str = path::V1_ACCOUNTING_CSV;
    table.add(Method::GET, JSON, "read_accounting", Audience::Private, || web::get().to(read_accounting));
    table.add(Method::GET, TABLE, "export_accounting", Audience::Private, || web::get().to(export_accounting));
}

#[derive(Deserialize)]
struct Query {
    from: Option<String>,
    to: Option<String>,
}

type Asked = Then<ShopBearer, web::Query<Query>>;

/// Days of one shop, both included.
struct Span {
    shop: ShopId,
    from: UtcDay,
    to: UtcDay,
}

impl Query {
    fn span(&self, shop: ShopId, today: UtcDay) -> Result<Span, Problem> {
        let wrong = |detail: &str| Problem::new(Code::InvalidFilter, detail);
        let day = |text: &Option<String>| text.as_deref().map(UtcDay::parse).transpose();
        let [from, to] = [&self.from, &self.to].map(day);
        let to = to.map_err(|error| wrong(&format!("`to` is {error}.")))?.unwrap_or(today);
        let from = from.map_err(|error| wrong(&format!("`from` is {error}.")))?.unwrap_or(to.plus(1 - USUAL));
        if from > to {
            return Err(wrong("`from` is a day after `to`."));
        }
        if to.number() - from.number() >= MOST {
            return Err(wrong(&format!("At most {MOST} days are given at once; ask for the rest separately.")));
        }
        Ok(Span { shop, from, to })
    }
}

async fn days(shops: &Shops, span: &Span) -> Result<Vec<Cohort>, Problem> {
    let Span { shop, from, to } = *span;
    Ok(shops.context().db().read(move |conn| accounting::days(conn, shop, from, to)).await?)
}

#[derive(Serialize)]
struct Answer {
    from: UtcDay,
    to: UtcDay,
    total: View,
    data: Vec<DayView>,
}

#[derive(Serialize)]
struct DayView {
    day: UtcDay,
    as_of: Option<Timestamp>,
    #[serde(flatten)]
    numbers: View,
}

#[derive(Serialize)]
struct View {
    orders: i64,
    eligible: i64,
    invited: i64,
    #[serde(flatten)]
    places: BTreeMap<&'static str, i64>,
    bounced: i64,
    form_started: i64,
    reasons: BTreeMap<&'static str, BTreeMap<String, i64>>,
}

impl View {
    fn of(numbers: Numbers) -> Self {
        let Numbers { orders, eligible, invited, bounced, form_started, .. } = numbers;
        let places = numbers.places().into_iter().collect();
        let reasons = [
            ("waiting", numbers.waiting),
            ("held", numbers.held),
            ("skipped", numbers.skipped),
            ("failed", numbers.failed),
        ];
        Self { orders, eligible, invited, places, bounced, form_started, reasons: reasons.into_iter().collect() }
    }
}

/// Whether a table is asked for rather than JSON.
fn wants_table(req: &HttpRequest) -> bool {
    let accept = req.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    first.into_iter().find(|kind| [CSV, "application/json", "*/*"].contains(kind)) == Some(CSV)
}

/// The last 30 days, or those asked for.
async fn read_accounting(
    req: HttpRequest,
    shops: web::Data<Shops>,
    Then(bearer, query): Asked,
) -> Result<HttpResponse, Problem> {
    let span = query.span(bearer.shop(), shops.context().now().day())?;
    let days = days(&shops, &span).await?;
    if wants_table(&req) {
        return table(&bearer, &span, &days);
    }
    let total = View::of(accounting::total(&days));
    let data =
        days.into_iter().map(|Cohort { day, as_of, numbers }| DayView { day, as_of, numbers: View::of(numbers) });
    let mut answer = http::json(&Answer { from: span.from, to: span.to, total, data: data.collect() });
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(answer)
}

/// The same days as a table.
async fn export_accounting(shops: web::Data<Shops>, Then(bearer, query): Asked) -> Result<HttpResponse, Problem> {
    let span = query.span(bearer.shop(), shops.context().now().day())?;
    let days = days(&shops, &span).await?;
    table(&bearer, &span, &days)
}

fn table(bearer: &ShopBearer, span: &Span, days: &[Cohort]) -> Result<HttpResponse, Problem> {
    let bytes = accounting::table(days).map_err(|error| Problem::internal(&error))?;
    let name = format!("accounting-{}-{}-{}.csv", bearer.entry.shop.domain, span.from, span.to);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::VARY, "accept"))
        .body(bytes))
}
