//! Which variables a shop's words may use, mail by mail. Links that carry a token are not among them: a shop can neither preselect stars
//! nor lead a customer anywhere in their place.

use serde::Serialize;

/// What a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// Words: `{{x}}`.
    Text,
    /// An address: `{{x}}`, or the whole `href` of a link.
    Link,
    /// A whole number: `{{x}}`, `{{number x}}`, `{{plural x one="…" other="…"}}`.
    Number,
    /// A day: `{{date x}}`.
    Day,
    /// Several texts: `{{#each x}}{{this}}{{/each}}`.
    List,
    /// Yes or no: `{{#if x}}`.
    Flag,
}

/// A variable of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Variable {
    /// As it is written.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) kind: Sort,
    /// It may be absent: ask with `{{#if}}`.
    pub(crate) optional: bool,
}

const fn always(name: &'static str, kind: Sort) -> Variable {
    Variable { name, kind, optional: false }
}

const fn maybe(name: &'static str, kind: Sort) -> Variable {
    Variable { name, kind, optional: true }
}

const FRAME: [Variable; 5] = [
    always("shop.name", Sort::Text),
    always("shop.domain", Sort::Text),
    always("shop.profile_url", Sort::Link),
    maybe("customer_name", Sort::Text),
    always("operator", Sort::Text),
];

const ORDER: [Variable; 5] = [
    always("order.number", Sort::Text),
    maybe("order.placed", Sort::Day),
    maybe("order.items", Sort::List),
    maybe("order.more", Sort::Number),
    always("write_until", Sort::Day),
];

const REVIEW: [Variable; 4] = [
    always("review.stars", Sort::Number),
    maybe("review.title", Sort::Text),
    always("review.written", Sort::Day),
    always("review.url", Sort::Link),
];

/// The variables of a mail.
pub(crate) fn of(mail: &str) -> Vec<Variable> {
    let own: &[&[Variable]] = match mail {
        "invitation" => &[&ORDER],
        "reminder" => &[&ORDER, &[always("first_asked", Sort::Day)]],
        "review_received" => &[&REVIEW],
        "reply_notice" => &[&REVIEW, &[always("reply", Sort::List), maybe("edited", Sort::Flag)]],
        "answer_shown" => &[&REVIEW, &[always("answer", Sort::List)]],
        "fresh_link" => {
            &[&[always("order_number", Sort::Text), maybe("reviewed", Sort::Flag), maybe("write_until", Sort::Day)]]
        }
        _ => &[],
    };
    FRAME.into_iter().chain(own.iter().flat_map(|part| part.iter().copied())).collect()
}

/// The name that may have been meant.
pub(super) fn nearest(variables: &[Variable], name: &str) -> Option<&'static str> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let whole = |name: &str| name.replace('.', "_").to_ascii_lowercase();
    let like = |known: &str| {
        strsim::jaro_winkler(&whole(known), &whole(name)).max(strsim::jaro_winkler(&last(known), &last(name)) * 0.99)
    };
    let scored = variables.iter().map(|variable| (like(variable.name), variable.name));
    scored.filter(|(score, _)| *score > 0.6).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}
