//! The demo's pages: tour, shop, mailbox, one mail.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::MessageId;
use crate::kernel::locale::Language;
use crate::kernel::text::clean_line;
use crate::links::path;
use crate::look;
use crate::look::page::{Frame, View};
use crate::mail::transport::capture::Opened;
use crate::problem::Problem;

use super::browser::{Failed, Sent};
use super::event::{self, DemoOrder};
use super::pages::{DemoShopPage, MailHeader, MailLink, MailPage, MailRow, MailboxPage, Placed, Product, TourPage};
use super::story::PRODUCTS;
use super::{Demo, Latest, NAME, tour};

/// The demo shop's page.
pub(super) const SHOP: &str = "/demo/shop";
/// The captured mails.
const MAILBOX: &str = "/demo/mail";
/// The HTML part of one mail, shown in a sandboxed frame.
const MAIL_HTML: &str = "/demo/mail/{id}/html";

/// Adds the demo's routes; its [`Demo`] must be in the application's data.
pub fn routes(table: &mut RouteTable) {
    let (get, post) = (Method::GET, Method::POST);
    table.add(get.clone(), path::HOME, "demo_tour", Audience::Page, || web::get().to(show_tour));
    table.add(get.clone(), SHOP, "demo_shop", Audience::Page, || web::get().to(show_shop));
    table.add(post, SHOP, "demo_order", Audience::Page, || web::post().to(place_order));
    table.add(get.clone(), MAILBOX, "demo_mailbox", Audience::Page, || web::get().to(show_mailbox));
    table.add(get.clone(), tour::MAIL, "demo_mail", Audience::Page, || web::get().to(show_mail));
    table.add(get, MAIL_HTML, "demo_mail_html", Audience::Page, || web::get().to(show_mail_html));
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        Self::internal(failed)
    }
}

fn frame(demo: &Demo, req: &HttpRequest, path: &str) -> Frame {
    let links = demo.ctx.links();
    let asked = web::Query::<Asked>::from_query(req.query_string()).ok().and_then(|query| query.lang.clone());
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let language = Language::from_header(asked.as_deref().unwrap_or(accepted));
    Frame::new(language, &links.base().to_string(), &links.to(path, &[]))
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

fn rendered<V: View>(view: &V) -> Result<HttpResponse, Problem> {
    let html = look::render(view).map_err(Problem::internal)?;
    Ok(http::private(http::page(html)))
}

async fn show_tour(demo: web::Data<Demo>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let links = demo.ctx.links();
    let progress = tour::progress(&demo).await?;
    rendered(&TourPage {
        frame: frame(&demo, &req, path::HOME),
        shop_name: NAME.to_owned(),
        shop_url: links.to(SHOP, &[]),
        mailbox_url: links.to(MAILBOX, &[]),
        profile_url: links.profile(super::DOMAIN),
        json_url: links.api_shop(super::DOMAIN),
        // The browser may keep a badge for a minute; a new number is a new address.
        badge_url: format!("{}?n={}", links.badge(super::DOMAIN), progress.reviews),
        ordered: progress.ordered,
        invited: progress.invited,
        reviewed: progress.reviewed,
        shown: progress.shown,
        data_dir: demo.ctx.config().data_dir.display().to_string(),
    })
}

/// What the order form posts.
#[derive(Deserialize)]
struct OrderForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    product: String,
}

async fn show_shop(demo: web::Data<Demo>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let first = PRODUCTS[0].0.to_owned();
    let form = OrderForm { name: "Ada Rossi".to_owned(), email: "ada@example.com".to_owned(), product: first };
    rendered(&shop_page(&demo, &req, form, Ok(None)))
}

fn shop_page(demo: &Demo, req: &HttpRequest, form: OrderForm, outcome: Result<Option<Placed>, String>) -> DemoShopPage {
    let links = demo.ctx.links();
    let products = PRODUCTS.iter().map(|(sku, name, about, cents, picture)| Product {
        sku: (*sku).to_owned(),
        name: (*name).to_owned(),
        about: (*about).to_owned(),
        cents: *cents,
        picture: (*picture).to_owned(),
    });
    let (placed, error) = match outcome {
        Ok(placed) => (placed, None),
        Err(error) => (None, Some(error)),
    };
    DemoShopPage {
        frame: frame(demo, req, SHOP),
        shop_name: NAME.to_owned(),
        profile_url: links.profile(super::DOMAIN),
        badge_url: links.badge(super::DOMAIN),
        products: products.collect(),
        action: links.to(SHOP, &[]),
        name: form.name,
        email: form.email,
        chosen: Some(form.product).filter(|sku| !sku.is_empty()),
        tour_url: links.to(path::HOME, &[]),
        error,
        placed,
    }
}

async fn place_order(
    demo: web::Data<Demo>,
    req: HttpRequest,
    form: web::Form<OrderForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let outcome = match EmailAddress::parse(form.email.trim()) {
        Ok(email) => order(&demo, &req, &form, &email).await.map(Some).map_err(|failed| failed.0),
        Err(error) => Err(error.to_string()),
    };
    rendered(&shop_page(&demo, &req, form, outcome))
}

/// What the shop's own server does when an order is placed and packed: sign, post, remember.
async fn order(demo: &Demo, req: &HttpRequest, form: &OrderForm, email: &EmailAddress) -> Result<Placed, Failed> {
    let now = demo.ctx.now();
    let order = DemoOrder {
        number: format!("#{}", now.seconds() % 10_000_000),
        name: clean_line(&form.name, 60).value,
        email: email.expose().to_owned(),
        locale: frame(demo, req, SHOP).language.to_string(),
        country: None,
        product: PRODUCTS.iter().position(|(sku, ..)| *sku == form.product).unwrap_or(0),
    };
    let reviews_before = demo.review_count().await?;
    let sent = demo.browser.post_event(&event::fulfilled(&order, now)).await?;
    demo.remember(Latest { at: now, number: order.number.clone(), email: order.email, reviews_before });
    Ok(Placed { number: order.number, answer: pretty(&sent.answer), request: as_sent(demo, &sent) })
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The request as it went over the wire; the secret is in none of it.
fn as_sent(demo: &Demo, sent: &Sent) -> String {
    let url = demo.ctx.links().events(&demo.browser.shop);
    let headers: Vec<String> = sent.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let headers = headers.join("\n");
    let body = serde_json::from_str(&sent.body).map_or_else(|_unreadable| sent.body.clone(), |value| pretty(&value));
    format!("POST {url}\n{headers}\n\n{body}\n\n{} Accepted", sent.status)
}

async fn show_mailbox(demo: web::Data<Demo>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let links = demo.ctx.links();
    let mails = demo.mailbox.list().map_err(Problem::internal)?;
    let rows = mails.into_iter().map(|mail| MailRow {
        url: links.to(tour::MAIL, &[&mail.id]),
        to: mail.to,
        subject: mail.subject,
        at: mail.date.unwrap_or_else(|| demo.ctx.now()),
    });
    rendered(&MailboxPage {
        frame: frame(&demo, &req, MAILBOX),
        mails: rows.collect(),
        tour_url: links.to(path::HOME, &[]),
    })
}

fn opened(demo: &Demo, id: &str) -> Result<(MessageId, Opened), Problem> {
    let id = MessageId::parse(id).or(Err(Problem::not_found("mail")))?;
    let mail = demo.mailbox.read(id).map_err(Problem::internal)?;
    mail.map(|mail| (id, mail)).ok_or_else(|| Problem::not_found("mail"))
}

async fn show_mail(demo: web::Data<Demo>, req: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (id, mail) = opened(&demo, &id)?;
    let links = demo.ctx.links();
    let found = mail_links(&mail.text);
    rendered(&MailPage {
        frame: frame(&demo, &req, MAILBOX),
        mailbox_url: links.to(MAILBOX, &[]),
        subject: mail.entry.subject,
        from: mail.entry.from,
        to: mail.entry.to,
        at: mail.entry.date.unwrap_or_else(|| demo.ctx.now()),
        html_url: links.to(MAIL_HTML, &[&id]),
        text: mail.text,
        headers: mail.headers.into_iter().map(|(name, value)| MailHeader { name, value }).collect(),
        links: found,
    })
}

/// The links of the text part, each with the words before it on its line.
fn mail_links(text: &str) -> Vec<MailLink> {
    let mut last = String::new();
    let mut links = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once("http") {
            Some((before, rest)) => {
                let url = rest.split_whitespace().next().unwrap_or_default();
                let words = before.trim().trim_end_matches([':', '(', '<']).trim();
                let label = if words.is_empty() { last.trim_end_matches(':') } else { words };
                links.push(MailLink {
                    label: label.to_owned(),
                    url: format!("http{}", url.trim_end_matches(['>', ')'])),
                });
            }
            None => line.clone_into(&mut last),
        }
    }
    links
}

/// Mails carry their style inline; this page is theirs alone, in a frame without scripts.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

async fn show_mail_html(demo: web::Data<Demo>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (_, mail) = opened(&demo, &id)?;
    let mut response = http::private(http::page(mail.html));
    let policy = header::HeaderValue::from_static(MAIL_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_with_their_words() {
        let links = mail_links("Com'è andata?\n\n5 stelle: http://h/r/abc/5\nDisiscriviti:\nhttp://h/u/abc\n");
        let found: Vec<_> = links.iter().map(|link| (link.label.as_str(), link.url.as_str())).collect();
        assert_eq!(
            found,
            [("5 stelle", "http://h/r/abc/5"), ("Disiscriviti", "http://h/u/abc")],
            "a visitor sees what each link is"
        );
    }
}
