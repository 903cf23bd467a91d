//! Samples for the customer's pages: both sides of every condition of their templates.

use super::{
    About, ConfirmErasePage, Droppable, FieldError, FieldFault, Fields, FormPage, FreshLinkPage, ItemFields, Notice,
    NoticePage, OwnPhoto, OwnReview, PhotoFault, PhotoNotice, PhotosPage, Restricted, ReviewPage, ThanksPage,
    YoursPage,
};
use crate::kernel::locale::Language;
use crate::kernel::time::{DAY, Timestamp};
use crate::look::changes::changes;
use crate::look::page::Frame;
use crate::look::review::{AnswerCard, Change, Entry, PhotoCard, ReplyCard, ReviewCard, StarsChange};
use crate::look::share::Share;

/// 22 November 2026, 05:00 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_323_600);
const SHOP: &str = "Bottega Ligure";
const HERE: &str = "https://attesta.example/r/token";
const MINE: &str = "https://attesta.example/me/token";
const PROFILE: &str = "https://attesta.example/shops/bottega-ligure.example";

fn frame() -> Frame {
    Frame::new(Language::It, "https://attesta.example", HERE)
}

/// Fresh from a star link; come back with every fault; without items, a test order.
pub(super) fn forms() -> Vec<FormPage> {
    let item = |key: &str, name: &str, stars, text: &str| ItemFields {
        key: key.into(),
        name: name.into(),
        stars,
        text: text.into(),
    };
    let fresh = FormPage {
        frame: frame(),
        shop_name: SHOP.into(),
        profile_url: PROFILE.into(),
        action: HERE.into(),
        ordered_at: Some(NOW.minus_ms(12 * DAY)),
        test: false,
        values: Fields { stars: Some(4), name: "Giulia".into(), ..Fields::default() },
        items: vec![item("0", "Tazza in gres verde", None, ""), item("1", "Ciotola in gres, 18 cm", None, "")],
        errors: Vec::new(),
        trouble: false,
        submit_until: Some(NOW.plus_ms(160 * DAY)),
        unsubscribe_url: "https://attesta.example/u/token".into(),
        data_url: MINE.into(),
    };
    let fault = |field: &str, code| FieldError { field: field.into(), code };
    let returned = FormPage {
        values: Fields {
            stars: None,
            title: "Buono".into(),
            text: "Tutto arrivato in tempo.".into(),
            name: "G".into(),
        },
        items: vec![item("0", "Tazza in gres verde", None, "Bella."), item("1", "Ciotola in gres, 18 cm", Some(5), "")],
        errors: vec![
            fault("stars", FieldFault::StarsMissing),
            fault("title", FieldFault::TooLong),
            fault("text", FieldFault::TooLong),
            fault("name", FieldFault::TooLong),
            fault("stars.0", FieldFault::ItemStarsMissing),
            fault("stars.1", FieldFault::StarsInvalid),
            fault("text.1", FieldFault::TooLong),
        ],
        ..fresh.clone()
    };
    let test = FormPage {
        ordered_at: None,
        test: true,
        items: Vec::new(),
        submit_until: None,
        values: Fields::default(),
        ..fresh.clone()
    };
    let busy = FormPage { trouble: true, ..fresh.clone() };
    vec![fresh, returned, test, busy]
}

fn card() -> ReviewCard {
    ReviewCard {
        id: "rev_01kaamjsk0e8xv2f9b4d6h1j3k".into(),
        url: None,
        stars: 4,
        title: "Imballo perfetto".into(),
        text: "Arrivato in tre giorni, tutto intero.".into(),
        author: "Giulia R.".into(),
        language: "it".into(),
        published_at: NOW.minus_ms(4 * DAY),
        edited_at: Some(NOW),
        history: vec![Change {
            at: NOW,
            before: NOW.minus_ms(4 * DAY),
            stars: Some(StarsChange { from: 3, to: 4 }),
            title: Vec::new(),
            text: changes("Manca una tazza.", "Arrivato in tre giorni, tutto intero."),
            dropped: None,
        }],
        longer: false,
        photos: vec![photo(""), photo("La tazza verde")],
        item: None,
        item_url: None,
        ordered_at: None,
        checked: "v1".into(),
        reply: None,
        withdrawn_at: None,
        answers: Vec::new(),
    }
}

/// Published, and accepted for a test order.
pub(super) fn thanks() -> Vec<ThanksPage> {
    let live = ThanksPage {
        frame: Frame::fixed(Language::It, "https://attesta.example", HERE),
        shop_name: SHOP.into(),
        live_url: PROFILE.into(),
        yours_url: HERE.into(),
        photos_url: Some(HERE.into()),
        review: ReviewCard { edited_at: None, history: Vec::new(), ..card() },
        test: false,
        share: Some(Share::of("https://attesta.example/reviews/rev_1", "Bottega Ligure: 4 su 5").yours()),
    };
    vec![live.clone(), ThanksPage { test: true, share: None, photos_url: None, ..live }]
}

fn own() -> OwnReview {
    OwnReview {
        card: ReviewCard {
            reply: Some(ReplyCard {
                shop: SHOP.into(),
                text: "La tazza mancante parte oggi.".into(),
                at: NOW.minus_ms(3 * DAY),
                edited_at: None,
                history: Vec::new(),
                longer: false,
            }),
            ..card()
        },
        restricted: None,
        edit_action: format!("{HERE}/edit"),
        photos_url: Some(HERE.into()),
        erase_url: format!("{HERE}/erase"),
        values: Fields {
            stars: Some(4),
            title: "Imballo perfetto".into(),
            text: "Arrivato in tre giorni.".into(),
            name: "Giulia R.".into(),
        },
        errors: Vec::new(),
        droppable: vec![Droppable {
            at: NOW.minus_ms(4 * DAY),
            stars: 3,
            text: "Manca una tazza.".into(),
            action: format!("{HERE}/versions/1/drop"),
        }],
        answer_action: Some(format!("{HERE}/answer")),
        answer_text: String::new(),
        answer_error: None,
    }
}

/// With everything to do; after an error; restricted; each notice.
pub(super) fn yours() -> Vec<YoursPage> {
    let page = YoursPage {
        frame: frame(),
        shop_name: SHOP.into(),
        live_url: PROFILE.into(),
        notice: None,
        reviews: vec![own()],
        data_url: MINE.into(),
    };
    let faulty = OwnReview {
        errors: vec![FieldError { field: "stars".into(), code: FieldFault::StarsMissing }],
        answer_error: Some(FieldFault::Empty),
        ..own()
    };
    let restricted = OwnReview {
        restricted: Some(Restricted {
            at: NOW,
            reason: "personal_data".into(),
            statement: "Il testo conteneva il numero di telefono di una persona.".into(),
        }),
        card: ReviewCard {
            id: "rev_01kaamjsk0e8xv2f9b4d6h1j3m".into(),
            item: Some("Tazza in gres verde".into()),
            answers: vec![AnswerCard { text: "Grazie.".into(), at: NOW }],
            ..own().card
        },
        droppable: Vec::new(),
        answer_action: None,
        ..own()
    };
    let mut pages = vec![page.clone(), YoursPage { reviews: vec![faulty, restricted], ..page.clone() }];
    for notice in [Notice::Edited, Notice::VersionDropped, Notice::Answered, Notice::Erased] {
        pages.push(YoursPage { notice: Some(notice), ..page.clone() });
    }
    pages
}

/// The offer, and the answer that is always the same.
pub(super) fn fresh_links() -> Vec<FreshLinkPage> {
    let offer = FreshLinkPage { frame: frame(), action: format!("{HERE}/fresh"), asked: false };
    vec![offer.clone(), FreshLinkPage { asked: true, ..offer }]
}

/// The question.
pub(super) fn confirm_erase() -> Vec<ConfirmErasePage> {
    let (action, back_url) = (format!("{HERE}/erase"), HERE.to_owned());
    vec![ConfirmErasePage { frame: frame(), shop_name: SHOP.into(), review: card(), action, back_url }]
}

/// One of each.
pub(super) fn notices() -> Vec<NoticePage> {
    [About::Erased, About::TooLate, About::OrderGone, About::ShopClosed]
        .into_iter()
        .zip([Some(NOW), Some(NOW), None, None])
        .chain([(About::Erased, None), (About::TooLate, None)])
        .map(|(about, at)| NoticePage {
            frame: frame(),
            shop_name: SHOP.into(),
            profile_url: PROFILE.into(),
            about,
            at,
            data_url: MINE.into(),
        })
        .collect()
}

/// Standing, with either signature; restricted; erased; edited where the versions are not at hand.
pub(super) fn single() -> Vec<ReviewPage> {
    let id = card().id;
    let standing = ReviewPage {
        frame: frame(),
        shop_name: SHOP.into(),
        profile_url: PROFILE.into(),
        json_url: "https://attesta.example/v1/reviews/rev_1".into(),
        entry: Entry::Review(Box::new(card())),
        certified: true,
        own_key: false,
        ordered_at: Some(NOW.minus_ms(12 * DAY)),
        delivered_at: Some(NOW.minus_ms(9 * DAY)),
        written_at: Some(NOW),
        certificate_url: "https://attesta.example/v1/reviews/rev_1/certificate".into(),
        verify_url: "https://attesta.example/verify?review=rev_1".into(),
        share: Some(Share::of("https://attesta.example/reviews/rev_1", "Bottega Ligure: 4 su 5")),
    };
    let reply = ReplyCard {
        shop: SHOP.into(),
        text: "Grazie.".into(),
        at: NOW,
        edited_at: Some(NOW),
        history: Vec::new(),
        longer: false,
    };
    let brief = ReviewCard { history: Vec::new(), reply: Some(reply), ..card() };
    let linked = ReviewCard { url: Some(PROFILE.into()), ..brief.clone() };
    let with = |entry| ReviewPage { entry, certified: false, share: None, ..standing.clone() };
    let restricted = Entry::Restricted { id: id.clone(), published_at: NOW, at: NOW, reason: "court_order".into() };
    vec![
        standing.clone(),
        ReviewPage {
            own_key: true,
            ordered_at: None,
            delivered_at: None,
            written_at: None,
            entry: Entry::Review(Box::new(brief)),
            ..standing.clone()
        },
        ReviewPage { entry: Entry::Review(Box::new(linked)), ..standing.clone() },
        with(restricted),
        with(Entry::Erased { id, at: NOW }),
    ]
}

fn photo(alt: &str) -> PhotoCard {
    PhotoCard {
        url: "https://attesta.example/photos/pho_1.jpg".into(),
        small_url: "https://attesta.example/photos/pho_1/small.jpg".into(),
        width: 320,
        height: 240,
        alt: alt.into(),
    }
}

/// Two photos and room for more; none, and everything that can be wrong; as many as there can be.
pub(super) fn photos() -> Vec<PhotosPage> {
    let own = |alt: &str| OwnPhoto {
        id: "pho_1".into(),
        card: photo(alt),
        describe_action: HERE.into(),
        remove_action: HERE.into(),
    };
    let two = PhotosPage {
        frame: frame(),
        shop_name: SHOP.into(),
        item: None,
        notice: Some(PhotoNotice::Added),
        faults: Vec::new(),
        photos: vec![own(""), own("La tazza verde sul tavolo")],
        left: 3,
        action: HERE.into(),
        back_url: HERE.into(),
    };
    let faults = vec![
        PhotoFault::None,
        PhotoFault::Unknown,
        PhotoFault::Broken,
        PhotoFault::Animated,
        PhotoFault::TooLarge,
        PhotoFault::TooHeavy,
        PhotoFault::TooMany,
    ];
    let item = Some("Tazza in gres".to_owned());
    let wrong = PhotosPage { photos: Vec::new(), left: 5, notice: None, faults, item, ..two.clone() };
    let full = PhotosPage { notice: Some(PhotoNotice::Removed), photos: vec![own(""); 5], left: 0, ..two.clone() };
    vec![two, wrong, full]
}
