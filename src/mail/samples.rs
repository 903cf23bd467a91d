//! Sample contexts for every mail: both sides of every condition a template can ask about.
//! Rendered at each start by [`super::template::Templates::load`], and in the snapshots; they never reach a person.

use super::context::{
    AnswerShown, Day, Frame, FreshLink, Invitation, MailContext, OwnReview, Picture, Purchase, ReasonCount, Reminder,
    ReplyNotice, RestrictionReason, RestrictionStatement, ReviewReceived, ShopFace, StarLinks, WeekCount, WeekNumbers,
    WeeklyNumbers,
};

/// A mail's name with its samples.
pub type Samples = (&'static str, Vec<MailContext>);

/// Every mail with its samples.
pub fn all() -> Vec<Samples> {
    vec![
        ("invitation", invitations()),
        ("reminder", reminders()),
        ("reply_notice", reply_notices()),
        ("restriction_statement", restriction_statements()),
        ("fresh_link", fresh_links()),
        ("review_received", reviews_received()),
        ("answer_shown", answers_shown()),
        ("weekly_numbers", weekly_numbers()),
    ]
}

fn day(day: u32, month: u32) -> Day {
    Day { day, month, year: 2026 }
}

fn frame(customer_name: Option<&str>, test: bool) -> Frame {
    Frame {
        shop: ShopFace {
            name: "L'Orto & Figli".to_owned(),
            domain: "orto.example".to_owned(),
            profile_url: "https://reviews.example/shops/orto.example".to_owned(),
        },
        customer_name: customer_name.map(str::to_owned),
        operator: "reviews.example".to_owned(),
        privacy_url: "https://reviews.example/privacy".to_owned(),
        test,
    }
}

fn stars() -> StarLinks {
    let link = |tail: &str| format!("https://reviews.example/r/AQxTb2tlbg{tail}");
    StarLinks {
        form: link(""),
        one: link("/1"),
        two: link("/2"),
        three: link("/3"),
        four: link("/4"),
        five: link("/5"),
    }
}

/// Where the samples' links lead: to no form, out of no mail, and to no review.
pub(super) fn links() -> (StarLinks, String, String) {
    (stars(), unsubscribe(), review("", 1).url)
}

fn purchase(placed: Option<Day>, items: usize) -> Purchase {
    let names = [
        "Olio extravergine 5 l",
        "Miele di castagno",
        "Farro <bio>",
        "Ceci neri",
        "Passata \"rustica\"",
        "Vino",
        "Pane",
    ];
    Purchase::new("#1001/A".to_owned(), placed, names.iter().take(items).map(|name| (*name).to_owned()).collect())
}

fn unsubscribe() -> String {
    "https://reviews.example/u/AgxTb2tlbg".to_owned()
}

/// Name or none, date or none, no item, one, many, one more, several more; a test order; every month.
fn invitations() -> Vec<MailContext> {
    let one = |frame: Frame, order: Purchase| {
        MailContext::Invitation(Invitation {
            frame,
            order,
            stars: stars(),
            write_until: day(1, 5),
            unsubscribe_url: unsubscribe(),
        })
    };
    let mut samples = vec![
        one(frame(Some("Giulia"), false), purchase(Some(day(8, 11)), 3)),
        one(frame(None, false), purchase(None, 1)),
        one(frame(None, true), purchase(Some(day(1, 3)), 0)),
        one(frame(Some("Giulia"), false), purchase(Some(day(21, 4)), 6)),
        one(frame(Some("Giulia"), true), purchase(None, 7)),
    ];
    samples.extend((1..=12).map(|month| one(frame(None, false), purchase(Some(day(28, month)), 1))));
    samples
}

fn reminders() -> Vec<MailContext> {
    let one = |frame: Frame, order: Purchase| {
        MailContext::Reminder(Reminder {
            frame,
            order,
            stars: stars(),
            first_asked: day(15, 11),
            write_until: day(7, 5),
            unsubscribe_url: unsubscribe(),
        })
    };
    vec![
        one(frame(Some("Giulia"), false), purchase(Some(day(8, 11)), 2)),
        one(frame(None, false), purchase(None, 1)),
        one(frame(None, true), purchase(None, 0)),
        one(frame(None, false), purchase(Some(day(8, 11)), 6)),
        one(frame(Some("Giulia"), false), purchase(None, 7)),
    ]
}

fn review(title: &str, stars: i64) -> OwnReview {
    OwnReview {
        stars,
        title: title.to_owned(),
        written: day(20, 11),
        url: "https://reviews.example/reviews/rev_01jd0000000000000000000000".to_owned(),
    }
}

fn reply_notices() -> Vec<MailContext> {
    let one = |frame: Frame, review: OwnReview, reply: &[&str], edited: bool| {
        MailContext::ReplyNotice(ReplyNotice {
            frame,
            review,
            reply: reply.iter().map(|paragraph| (*paragraph).to_owned()).collect(),
            edited,
            answer_url: stars().form,
            unsubscribe_url: unsubscribe(),
        })
    };
    vec![
        one(frame(Some("Giulia"), false), review("Tutto bene", 4), &["Grazie, Giulia.", "Alla prossima."], false),
        one(
            frame(None, false),
            review("", 1),
            &["Ci dispiace: il corriere ha perso il pacco.\nLo rispediamo <oggi>."],
            true,
        ),
        one(frame(None, true), review("", 1), &["Prova."], false),
    ]
}

fn restriction_statements() -> Vec<MailContext> {
    let one = |frame: Frame, title: &str, reason: RestrictionReason, statement: &[&str], contact: Option<&str>| {
        MailContext::RestrictionStatement(RestrictionStatement {
            frame,
            review: review(title, 2),
            reason,
            statement: statement.iter().map(|paragraph| (*paragraph).to_owned()).collect(),
            restricted: day(22, 11),
            contact: contact.map(str::to_owned),
            edit_url: stars().form,
        })
    };
    let mut samples: Vec<_> =
        RestrictionReason::ALL.into_iter().map(|reason| one(frame(None, false), "", reason, &[], None)).collect();
    let words = ["La recensione contiene un numero di telefono.", "Puoi toglierlo e pubblicarla di nuovo."];
    let contact = Some("reclami@reviews.example");
    samples.insert(0, one(frame(Some("Giulia"), false), "Mai più", RestrictionReason::PersonalData, &words, contact));
    samples.push(one(frame(Some("Giulia"), true), "", RestrictionReason::CourtOrder, &[], contact));
    samples
}

fn fresh_links() -> Vec<MailContext> {
    let one = |frame: Frame, reviewed: bool, write_until: Option<Day>| {
        MailContext::FreshLink(FreshLink {
            frame,
            order_number: "#1001/A".to_owned(),
            form_url: stars().form,
            reviewed,
            write_until,
        })
    };
    vec![
        one(frame(Some("Giulia"), false), false, Some(day(7, 5))),
        one(frame(None, false), true, None),
        one(frame(None, false), false, None),
        one(frame(None, true), false, Some(day(1, 1))),
    ]
}

fn reviews_received() -> Vec<MailContext> {
    let one = |frame: Frame, review: OwnReview| {
        MailContext::ReviewReceived(ReviewReceived {
            frame,
            review,
            manage_url: stars().form,
            unsubscribe_url: unsubscribe(),
        })
    };
    vec![
        one(frame(Some("Giulia"), false), review("Tutto bene", 4)),
        one(frame(None, false), review("", 1)),
        one(frame(None, true), review("", 5)),
    ]
}

fn answers_shown() -> Vec<MailContext> {
    let one = |frame: Frame, review: OwnReview, answer: &[&str]| {
        MailContext::AnswerShown(AnswerShown {
            frame,
            review,
            answer: answer.iter().map(|paragraph| (*paragraph).to_owned()).collect(),
            manage_url: stars().form,
            unsubscribe_url: unsubscribe(),
        })
    };
    vec![
        one(frame(Some("Giulia"), false), review("Tutto bene", 4), &["Grazie a voi.", "Il pacco è arrivato oggi."]),
        one(frame(None, false), review("", 1), &["Il rimborso non è ancora arrivato."]),
        one(frame(None, true), review("", 1), &["Prova."]),
    ]
}

/// The numbers of a week: two digits each, or none at all.
fn week(n: i64) -> WeekNumbers {
    let number = |k: i64| (n * k).to_string();
    WeekNumbers {
        orders: number(36),
        eligible: number(30),
        invited: number(24),
        waiting: number(3),
        scheduled: number(2),
        held: number(1),
        sent: number(15),
        reviewed: number(9),
        skipped: number(5),
        failed: number(1),
        bounced: number(1),
        form_started: number(4),
    }
}

/// Eight weeks, newest first.
const MONDAYS: [&str; 8] =
    ["2026-11-16", "2026-11-09", "2026-11-02", "2026-10-26", "2026-10-19", "2026-10-12", "2026-10-05", "2026-09-28"];

/// With a plot and reasons, and with neither.
fn weekly_numbers() -> Vec<MailContext> {
    let one = |reasons: Vec<ReasonCount>, plot: Option<Picture>, n: i64| {
        let row = |(i, day): (i64, &str)| WeekCount {
            day: day.to_owned(),
            short: day.to_owned(),
            orders: (n * (36 - i)).to_string(),
            invited: (n * (24 - i)).to_string(),
            reviewed: (n * (9 - i)).to_string(),
        };
        MailContext::WeeklyNumbers(Box::new(WeeklyNumbers {
            frame: frame(None, false),
            from: "2026-11-16".to_owned(),
            to: "2026-11-22".to_owned(),
            week: week(n),
            before: week(n * 2),
            reasons,
            weeks: (0..).zip(MONDAYS).map(row).collect(),
            plot,
            unsubscribe_url: "https://reviews.example/weekly/AgxTb2tlbg".to_owned(),
        }))
    };
    let reason = |reason: &str, count: &str| ReasonCount { reason: reason.to_owned(), count: count.to_owned() };
    let picture = Picture { id: "plot@reviews.example".to_owned(), png: vec![0x89, b'P', b'N', b'G'] };
    vec![
        one(vec![reason("Già & invitato", "4"), reason("Senza <e-mail>", "1")], Some(picture), 1),
        one(vec![], None, 0),
    ]
}
