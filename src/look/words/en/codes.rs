//! English words for closed codes: reasons, restrictions, faults, notices, languages.

use super::super::glossary::{Faults, Languages, Notices, Reasons, Restrictions};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "Waiting for shipment",
    partly_shipped: "Shipped only in part",
    shop_paused: "Invitations paused",
    no_public_url: "Service without a public address",
    no_mail_server: "Service without a mail server",
    transport_held: "Mail held for now",
    no_email: "No e-mail address",
    invalid_email: "E-mail address not valid",
    address_gone: "Address already deleted",
    order_cancelled: "Order cancelled",
    order_refunded: "Order refunded",
    customer_erased: "The customer asked for erasure",
    too_old: "Order announced too late",
    no_legal_basis: "No legal basis for writing",
    below_minimum: "Below the minimum set by the shop",
    nothing_to_review: "Nothing to review",
    unsubscribed: "The customer wants no invitations",
    address_bounced: "Address does not exist",
    complained: "The customer reported these e-mails as unwanted",
    suppressed_by_operator: "Address excluded by the operator",
    frequency_cap: "Customer invited recently",
    cancelled_by_shop: "Invitation cancelled by the shop",
    shop_closed: "Shop closed",
    shop_suspended: "Shop suspended",
    window_closed: "Time to write is over",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "illegal content",
    personal_data: "somebody's personal data",
    hate_or_threat: "hate or threats",
    not_about_the_purchase: "not about the purchase",
    conflict_of_interest: "conflict of interest",
    court_order: "court order",
};

pub(super) const FAULTS: Faults = Faults {
    stars_missing: "Choose how it was: nothing else is required.",
    stars_invalid: "Choose 1 to 5 stars.",
    too_long: "This is too long: shorten it a little.",
    item_stars_missing: "You wrote about this product: choose how it is as well.",
    empty: "Write something before publishing.",
    unreadable: "This text contains characters that we cannot save: please write it again.",
};

pub(super) const NOTICES: Notices = Notices {
    edited: "Changes published.",
    version_dropped: "The text of that version was removed.",
    answered: "Your answer is public.",
    erased: "The review was erased.",
};

pub(super) const LANGUAGES: Languages = Languages {
    it: "Italian",
    en: "English",
    de: "German",
    fr: "French",
    es: "Spanish",
    pt: "Portuguese",
    nl: "Dutch",
    pl: "Polish",
    und: "another language",
};
