//! Samples for the pages of this door: both sides of every condition of their templates.

use super::{ConfirmPage, ErasedPage, MailLine, MinePage, OrderSheet, ReviewLine, Said, WishLine};
use crate::invitations::Deferred;
use crate::kernel::locale::Language;
use crate::kernel::time::{DAY, Timestamp};
use crate::look::page::Frame;
use crate::person::erase::Stays;

/// 22 November 2026, 05:00 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_323_600);
const SHOP: &str = "Bottega Ligure";
const HERE: &str = "https://attesta.example/me/token";

fn frame() -> Frame {
    Frame::new(Language::It, "https://attesta.example", HERE)
}

fn order() -> OrderSheet {
    let mail = |kind: &str, state: &str, ago| MailLine {
        kind: kind.to_owned(),
        state: state.to_owned(),
        at: NOW.minus_ms(ago * DAY),
    };
    OrderSheet {
        number: "#1042".to_owned(),
        placed_at: Some(NOW.minus_ms(20 * DAY)),
        items: vec!["Tazza in gres verde".to_owned(), "Ciotola in gres, 18 cm".to_owned()],
        name: Some("Giulia Ferri".to_owned()),
        address: Some("g•••@posta.example".to_owned()),
        kept: true,
        kept_until: Some(NOW.plus_ms(30 * DAY)),
        deferred: Some(Deferred { asked_at: NOW.minus_ms(DAY), next: Some(NOW.plus_ms(6 * DAY)) }),
        mails: vec![mail("invitation", "sent", 12), mail("reminder", "queued", 2)],
        reviews: vec![
            ReviewLine {
                said: Some(Said {
                    stars: 4,
                    item: Some("Tazza in gres verde".to_owned()),
                    title: "Bella".to_owned(),
                    text: "Colore come in foto.".to_owned(),
                    author: Some("Giulia".to_owned()),
                }),
                at: Some(NOW.minus_ms(3 * DAY)),
            },
            ReviewLine {
                said: Some(Said { stars: 2, item: None, title: String::new(), text: String::new(), author: None }),
                at: None,
            },
            ReviewLine { said: None, at: Some(NOW) },
            ReviewLine { said: None, at: None },
        ],
    }
}

/// A person with two orders; one order alone, bare; nothing at all.
pub(super) fn mine() -> Vec<MinePage> {
    let bare = OrderSheet {
        number: "#7".to_owned(),
        placed_at: None,
        items: Vec::new(),
        name: None,
        address: None,
        kept: false,
        kept_until: None,
        deferred: None,
        mails: Vec::new(),
        reviews: Vec::new(),
    };
    let asked = Deferred { asked_at: NOW, next: None };
    let open =
        OrderSheet { deferred: Some(asked), kept: true, name: None, kept_until: None, reviews: Vec::new(), ..order() };
    let nameless = OrderSheet { address: None, ..order() };
    let whole = MinePage {
        frame: frame(),
        shop_name: SHOP.to_owned(),
        whole: true,
        orders: vec![order(), open, nameless, bare.clone()],
        wishes: vec![
            WishLine { reason: "unsubscribed", everywhere: false, at: NOW },
            WishLine { reason: "hard_bounce", everywhere: true, at: NOW },
        ],
        download_url: "/me/token/data.json".to_owned(),
        erase_url: "/me/token/erase".to_owned(),
        review_url: "https://attesta.example/r/token".to_owned(),
    };
    let alone = MinePage { whole: false, orders: vec![bare], wishes: Vec::new(), ..whole.clone() };
    let nothing = MinePage { orders: Vec::new(), wishes: Vec::new(), ..whole.clone() };
    vec![whole, alone, nothing]
}

pub(super) fn confirm() -> Vec<ConfirmPage> {
    let some = ConfirmPage {
        frame: frame(),
        shop_name: SHOP.to_owned(),
        orders: vec!["#1042".to_owned(), "#7".to_owned()],
        reviews: 2,
        stays: Stays::ALL.to_vec(),
        action: "/me/token/erase".to_owned(),
        back_url: HERE.to_owned(),
    };
    vec![some.clone(), ConfirmPage { orders: Vec::new(), reviews: 0, ..some }]
}

pub(super) fn erased() -> Vec<ErasedPage> {
    let some = ErasedPage {
        frame: Frame::fixed(Language::It, "https://attesta.example", HERE),
        shop_name: SHOP.to_owned(),
        orders: 2,
        reviews: 1,
        photos: 3,
        captured: 2,
        stays: Stays::ALL.to_vec(),
        back_url: HERE.to_owned(),
    };
    vec![some.clone(), ErasedPage { orders: 0, reviews: 0, photos: 0, captured: 0, ..some }]
}
