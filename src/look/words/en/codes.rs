//! English words for closed codes: reasons, restrictions, findings, faults, notices, languages.

use super::super::glossary::{
    Faults, Findings, FindingsMore, Languages, Notices, PhotoFaults, PhotoNotices, Reasons, Restrictions,
};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "Waiting for shipment",
    partly_shipped: "Shipped only in part",
    shop_paused: "Invitations paused",
    no_public_url: "Service without a public address",
    no_mail_server: "Service without a mail server",
    transport_held: "Mail held for now",
    sending_paused: "Sending pauses: too much of the shop's mail came back",
    sending_stopped: "Sending stopped: too much of the shop's mail came back",
    stopped_by_operator: "The shop's mail stopped by whoever runs the service",
    instance_paused: "Mail held by whoever runs the service",
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
    unsubscribed: "The customer wants none of these e-mails",
    address_bounced: "Address does not exist",
    complained: "The customer reported these e-mails as unwanted",
    suppressed_by_operator: "Address excluded by the operator",
    frequency_cap: "Customer invited recently",
    cancelled_by_shop: "Invitation cancelled by the shop",
    shop_closed: "Shop closed",
    shop_suspended: "Shop suspended",
    window_closed: "Time to write is over",
    hard_bounce: "Mailbox does not exist",
    mail_refused: "E-mail refused by the mail server",
    mail_delayed: "Delayed by the mail server",
    soft_bounces: "Mailbox takes no mail",
    unknown_outcome: "Unclear whether it was delivered",
    mail_not_built: "E-mail could not be written",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "illegal content",
    personal_data: "somebody's personal data",
    hate_or_threat: "hate or threats",
    not_about_the_purchase: "not about the purchase",
    conflict_of_interest: "conflict of interest",
    court_order: "court order",
};

pub(super) const FINDINGS: Findings = Findings {
    stands: "The certificate is genuine",
    edited_since: "The certificate is genuine; the review was edited",
    words_dropped: "The certificate is genuine; the text is gone",
    words_differ: "The review does not match the certificate",
    restricted: "The certificate is genuine; the review is restricted",
    erased: "The certificate is genuine; the review was erased",
    review_missing: "The certificate is genuine; the review is missing",
    not_a_certificate: "This is not a certificate",
    other_algorithm: "This is not signed as a certificate is",
    other_type: "This is not the certificate of a review",
    foreign_issuer: "This certificate is not ours",
    unknown_key: "The key is not ours",
    bad_signature: "Forged or altered certificate",
    unreadable_claims: "Unreadable certificate",
    not_yet_valid: "The certificate is not valid yet",
    expired: "The certificate has expired",
};

pub(super) const FINDINGS_MORE: FindingsMore = FindingsMore {
    stands: "We issued it, nobody altered it, and the review that is published today is the one that was certified.",
    edited_since: "Its author edited the review after it was issued. The certified version can still be read among the earlier ones, and is the same.",
    words_dropped: "Its author edited the review after it was issued and removed the certified text: it can no longer be compared.",
    words_differ: "We issued it and nobody altered it, but what is published today is not what was certified. The operator of this service has to explain why.",
    restricted: "We issued it and nobody altered it. The operator has since restricted the review, which cannot be read.",
    erased: "We issued it and nobody altered it. Its author has since erased the review, as is their right.",
    review_missing: "We issued it and nobody altered it, but the review is not here. The operator of this service has to explain why.",
    not_a_certificate: "A certificate is a text of three parts with dots between them that begins with eyJ. Copy all of it from the page of the review.",
    other_algorithm: "Certificates are signed in one way only (EdDSA). This says that it is signed in another way, or not at all: it proves nothing.",
    other_type: "It is a text signed for another purpose: here it proves nothing.",
    foreign_issuer: "It names another service as its issuer. Only that service can say whether it is genuine: verify it there.",
    unknown_key: "It was not signed with one of our keys, or that key has been withdrawn: it proves nothing.",
    bad_signature: "The signature does not fit the content: somebody made it up or changed it. It proves nothing.",
    unreadable_claims: "The content does not have the shape of a certificate: it proves nothing.",
    not_yet_valid: "It says that it is valid from a date in the future: for now it proves nothing.",
    expired: "It says itself that it is no longer valid.",
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

pub(super) const PHOTO_FAULTS: PhotoFaults = PhotoFaults {
    none: "No photo was chosen.",
    unknown: "One of the files is not a photo in JPEG, PNG or WebP.",
    broken: "One of the photos is damaged or did not arrive whole.",
    animated: "Moving pictures cannot be added.",
    too_large: "One of the photos has more than 40 megapixels.",
    too_heavy: "The photos are too large to be sent in one go. Send them one at a time.",
    too_many: "A review can have five photos: not all of those you chose were added.",
};

pub(super) const PHOTO_NOTICES: PhotoNotices = PhotoNotices {
    added: "The photos are public.",
    removed: "The photo has been removed.",
    described: "The description is public.",
};
