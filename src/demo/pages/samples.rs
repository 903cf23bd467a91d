//! Samples for the demo's pages: both sides of every condition of their templates.

use super::{DemoShopPage, MailHeader, MailLink, MailPage, MailRow, MailboxPage, Placed, Product, Step, TourPage};
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::look::page::Frame;

/// 22 November 2026, 05:00 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_323_600);
const ROOT: &str = "http://127.0.0.1:8080";

fn frame(path: &str) -> Frame {
    Frame::new(Language::It, ROOT, &format!("{ROOT}{path}"))
}

fn step(what: &str) -> Step {
    Step { at: NOW, what: what.into(), url: format!("{ROOT}/somewhere") }
}

/// Untouched, half way, and all four lit.
pub(super) fn tours() -> Vec<TourPage> {
    let untouched = TourPage {
        frame: frame("/"),
        shop_name: "Bottega Ligure".into(),
        shop_url: format!("{ROOT}/demo/shop"),
        mailbox_url: format!("{ROOT}/demo/mailbox"),
        profile_url: format!("{ROOT}/shops/bottega-ligure.example"),
        json_url: format!("{ROOT}/v1/shops/bottega-ligure.example"),
        badge_url: format!("{ROOT}/badges/bottega-ligure.example.svg"),
        ordered: None,
        invited: None,
        reviewed: None,
        shown: None,
        data_dir: "./attesta-demo".into(),
    };
    let half = TourPage {
        ordered: Some(step("D-1026")),
        invited: Some(step("La tua esperienza con Bottega Ligure")),
        ..untouched.clone()
    };
    let all = TourPage { reviewed: Some(step("Imballo perfetto")), shown: Some(step("26")), ..half.clone() };
    vec![untouched, half, all]
}

/// As opened, with an error, after an order.
pub(super) fn shops() -> Vec<DemoShopPage> {
    let product = |sku: &str, name: &str, about: &str, cents, picture: &str| Product {
        sku: sku.into(),
        name: name.into(),
        about: about.into(),
        cents,
        picture: picture.into(),
    };
    let opened = DemoShopPage {
        frame: frame("/demo/shop"),
        shop_name: "Bottega Ligure".into(),
        profile_url: format!("{ROOT}/shops/bottega-ligure.example"),
        badge_url: format!("{ROOT}/badges/bottega-ligure.example.svg"),
        products: vec![
            product("cup-1", "Tazza in gres", "Verde salvia, 25 cl", 2_400, "cup"),
            product("bowl-1", "Ciotola", "18 cm, fatta al tornio", 3_200, "bowl"),
            product("vase-1", "Vaso", "Alto 24 cm", 5_800, "vase"),
            product("plate-1", "Piatto piano", "27 cm", 2_900, "plate"),
        ],
        action: format!("{ROOT}/demo/orders"),
        name: "Giulia Rossi".into(),
        email: "giulia@example.com".into(),
        chosen: Some("cup-1".into()),
        tour_url: ROOT.into(),
        error: None,
        placed: None,
    };
    let wrong = DemoShopPage { chosen: None, error: Some("Controlla l'indirizzo e-mail.".into()), ..opened.clone() };
    let placed = Placed {
        number: "D-1026".into(),
        answer: "{\n  \"order\": \"ord_01kaamjsk0e8xv2f9b4d6h1j3k\",\n  \"state\": \"scheduled\"\n}".into(),
        request: "POST /v1/shops/bottega-ligure.example/events\nwebhook-id: msg_1\n\n{\"type\":\"order.fulfilled\"}"
            .into(),
    };
    vec![opened.clone(), wrong, DemoShopPage { placed: Some(placed), ..opened }]
}

/// Empty and not.
pub(super) fn mailboxes() -> Vec<MailboxPage> {
    let row = MailRow {
        url: format!("{ROOT}/demo/mailbox/1"),
        to: "giulia@example.com".into(),
        subject: "La tua esperienza con Bottega Ligure".into(),
        at: NOW,
    };
    let empty = MailboxPage { frame: frame("/demo/mailbox"), mails: Vec::new(), tour_url: ROOT.into() };
    vec![empty.clone(), MailboxPage { mails: vec![row.clone(), row], ..empty }]
}

/// With links and without.
pub(super) fn mails() -> Vec<MailPage> {
    let header = |name: &str, value: &str| MailHeader { name: name.into(), value: value.into() };
    let full = MailPage {
        frame: frame("/demo/mailbox/1"),
        mailbox_url: format!("{ROOT}/demo/mailbox"),
        subject: "La tua esperienza con Bottega Ligure".into(),
        from: "Bottega Ligure <inviti@localhost>".into(),
        to: "giulia@example.com".into(),
        at: NOW,
        html_url: format!("{ROOT}/demo/mailbox/1/html"),
        text: "Ciao Giulia,\n\ncom'è andata?\n".into(),
        headers: vec![
            header("Subject", "La tua esperienza"),
            header("List-Unsubscribe", "<http://127.0.0.1:8080/u/token>"),
        ],
        links: vec![MailLink { label: "5 su 5: ottima".into(), url: format!("{ROOT}/r/token/5") }],
    };
    vec![full.clone(), MailPage { links: Vec::new(), ..full }]
}
