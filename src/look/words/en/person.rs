//! English: what a customer reads about their own data, and the page about privacy.

use crate::look::words::glossary::{Counted, Kept, MailKinds, MailStates, Mine, Privacy, Stays, Until, Wishes};

pub(super) const MINE: Mine = Mine {
    heading: "What is stored about you",
    lead: "This is everything that {shop} has in this service about the address your link was sent to.",
    lead_order: "This link opens one order of {shop}. Name and address do not show: they are no longer stored, or the order names another address.",
    others: "What other shops know does not show here: the links in their own e-mails open it.",
    order: "Order {number}",
    placed: "Ordered on",
    bought: "What you bought",
    name: "Name",
    address: "E-mail address",
    masked: "stored encrypted; partly hidden here",
    gone: "Name and address are no longer stored.",
    kept: "Kept until",
    kept_open: "as long as an e-mail about this order may still be sent",
    mails: "E-mails",
    written: "What you wrote",
    written_on: "Review of {date}",
    written_gone: "Review erased",
    stops: "What stops e-mails",
    stops_here: "from {shop}",
    stops_everywhere: "from every shop that uses this service",
    since: "since",
    take: "Take it with you",
    take_more: "All of this, with every attempt to send and every version, in one file that programs can read.",
    download: "Download (JSON)",
    erase: "Erase everything",
    erase_more: "Name, address, reviews and photos disappear, and {shop} writes to you from here no more. You confirm first.",
    erase_go: "Go to the confirmation",
    your_review: "Your review",
    sure: "Erase everything?",
    sure_lead: "This is about everything {shop} has here about you. It cannot be undone.",
    goes: "What goes",
    goes_name: "name and e-mail address",
    goes_words: "what you wrote, with photos, earlier versions, replies and its place in the score",
    goes_mail: "invitations and reminders that were still to be sent",
    remains: "What stays, and why",
    go: "Erase everything for good",
    back: "Go back",
    done: "Erased",
    done_lead: "{shop} no longer has your name or address here, and writes to you from this service no more.",
    done_none: "There was nothing left to erase.",
    n_orders: Counted { one: "{n} order", many: "{n} orders" },
    n_reviews: Counted { one: "{n} review", many: "{n} reviews" },
    n_photos: Counted { one: "{n} photo", many: "{n} photos" },
    n_captured: Counted { one: "{n} e-mail kept on this machine", many: "{n} e-mails kept on this machine" },
};

pub(super) const STAYS: Stays = Stays {
    orders: "The order without name and address: a shop has to account for each of its orders.",
    tombstones: "In the place of a review, that its author erased it and when: so that no review disappears unseen.",
    mail_log: "Which e-mails were sent and what mail servers answered, with addresses hidden: it explains failures.",
    marks: "A fingerprint of the address, from which the address cannot be read: it keeps us from writing to you again and from taking your data back in when the shop sends it again.",
};

pub(super) const MAIL_KINDS: MailKinds = MailKinds {
    invitation: "Invitation",
    reminder: "Reminder",
    fresh_link: "Fresh link",
    reply_notice: "Notice of a reply",
    review_received: "Review received",
    answer_shown: "Answer shown",
    restriction_statement: "Reasons for a restriction",
};

pub(super) const MAIL_STATES: MailStates = MailStates {
    queued: "queued",
    sent: "sent",
    captured: "kept on this machine",
    held: "held",
    failed: "failed",
    parked: "put off",
    cancelled: "cancelled",
};

pub(super) const WISHES: Wishes = Wishes {
    unsubscribed: "You asked for no more e-mails about reviews",
    complaint: "An e-mail was reported as unwanted",
    erased: "You asked to be erased",
    operator: "The operator of the service decided so",
    hard_bounce: "The address takes no mail",
};

pub(super) const KEPT: Kept = Kept {
    address: "Name and e-mail address of an order without a review",
    address_with_review: "Name and e-mail address of an order with a review",
    hash: "Fingerprint of the address beside an order",
    order: "What was ordered and when, without name and address",
    order_with_review: "The same for an order with a review",
    review: "Reviews, photos and answers",
    mail_log: "Which e-mails were sent and what mail servers answered, with addresses hidden",
    captured: "E-mails that did not leave this machine, such as those of test orders, with their address",
    event_ids: "Ids of the signed messages from shops, with a fingerprint of the content",
    refused: "Traces of refused messages from shops, without the content",
    wishes: "Fingerprints of those who want no more e-mails or were erased",
};

pub(super) const UNTIL: Until = Until {
    days_after_last_mail: "{length} after the last e-mail, or after the last news from the shop if none was sent",
    years_of_the_link: "as long as the link in the e-mail works: {length}",
    review_and_years_of_the_link: "as long as the review stands, and as long as the link works: {length}",
    erased_by_author: "until their author erases them, at any time",
    days_after_arrival: "{length} after they arrived",
    newest_of_shop: "the newest {n} of each shop",
    newest_here: "the newest {n}, and never after an erasure",
    with_the_shop: "as long as the shop uses this service, and {length} after that",
    with_the_shop_and_review: "as long as the shop uses this service, and as long as the review stands",
    no_end: "without end: without them we would write again",
    years: Counted { one: "{n} year", many: "{n} years" },
    days: Counted { one: "{n} day", many: "{n} days" },
};

pub(super) const PRIVACY: Privacy = Privacy {
    title: "Privacy",
    lead: "What this service knows about you, what it is for, when it goes, and what you can do.",
    who: "Who answers for your data",
    who_more: "The shop you bought from. {operator} collects reviews on its behalf and uses your data for nothing else.",
    who_contact: "How to reach whoever runs {operator}:",
    what: "What comes in and what it is for",
    what_order: "The shop tells of each order: number, products, dates, country, your name and e-mail address. They serve to ask you once about your experience, with one reminder at most.",
    what_address: "Name and address are stored encrypted, and only while they are needed. Beside the order stays a fingerprint of the address: who reads it cannot tell the address.",
    what_review: "The review is public, under the name you choose or without one.",
    what_not: "No cookies, no advertising, no counting of who opens e-mails or links, no data handed to others.",
    how_long: "How long it stays",
    what_column: "What",
    until_column: "Until when",
    rights: "What you can do",
    right_stop: "At the end of each invitation is a link to get no more e-mails, from that shop or from all: one click, no account. It also puts the next one off by a week.",
    right_see: "The link to your review also shows what is stored about you, lets you download it and erases it.",
    right_change: "The same link edits or erases the review, whenever you like.",
    right_lost: "Lost the link, or is it about other shops? Write to the shop, or to whoever runs {operator}: they can look up and erase your address. You may also turn to the data protection authority.",
    shops: "For shops: a ready paragraph",
    shops_more: "To be copied into the shop's own notice. Each order also needs the hint, before the purchase, that one may object.",
    shops_text: "After your purchase we write to you once, with one reminder at most, to ask about your experience. For this we tell {operator}, who works on our behalf, the number of the order, the products, the dates, your name and your e-mail address. You may object now, or with one click in each e-mail. What is kept and for how long: {url}",
};
