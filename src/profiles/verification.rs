//! How the reviews of a shop are collected and verified, in facts and in words, as directive 2005/29/EC, article 7(6),
//! asks of whoever shows reviews. The facts are the service's own rules and the shop's settings; the words are those of
//! the profile page. Nothing here is set by a shop.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::kernel::delay::Delay;
use crate::kernel::locale::Language;
use crate::links::Links;
use crate::look::words;
use crate::merchants::{Shop, settings};
use crate::reviews::model::RestrictionReason;

/// The answer to "whether and how".
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Verification {
    /// Only reviews written with the link of an invitation are published.
    only_certified: bool,
    /// What certified means, step by step.
    checks: Checks,
    /// Whom the shop has asked, and when.
    invitations: Invitations,
    /// Who may change or remove a review.
    moderation: Moderation,
    /// The same in words: one sentence a step, in each language of the pages.
    explanation: BTreeMap<Language, [&'static str; 5]>,
    /// Where people read it.
    policy_url: String,
    /// The rule it answers.
    legal: &'static str,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Checks {
    /// Each order event is signed by the shop.
    order: &'static str,
    /// Who checked the signature: strangers cannot.
    checked_by: &'static str,
    /// Who may write.
    author: &'static str,
    /// What no check can show.
    not_proven: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Invitations {
    sent_by: &'static str,
    /// Does an order's chance of an invitation depend on how content its customer seems?
    depends_on_sentiment: bool,
    /// Event that starts the clock.
    invite_on: &'static str,
    /// How long after it.
    invite_after: Delay,
    /// Local hours in which mails leave; none: any hour.
    hours: Option<Value>,
    /// One reminder after this long.
    remind_after: Option<Delay>,
    /// At most one invitation per person in so many days; 0: every order.
    cap_days: i64,
    /// Orders below this total are left out, in minor units of their currency.
    min_total: Option<i64>,
    /// What is otherwise for some countries and kinds of goods.
    exceptions: Vec<Value>,
}

#[derive(Clone, Debug, Serialize)]
struct Moderation {
    /// A review is public the moment it is written.
    published: &'static str,
    /// What the shop may do.
    shop: [&'static str; 1],
    /// What the author may do.
    author: [&'static str; 3],
    /// What the operator may do.
    operator: [&'static str; 1],
    /// For which reasons alone.
    operator_reasons: Vec<&'static str>,
}

/// For a shop as it is set now.
pub(crate) fn verification(shop: &Shop, links: &Links) -> Verification {
    let policy = &shop.policy;
    Verification {
        only_certified: true,
        checks: Checks {
            order: "signed_by_shop",
            checked_by: "operator",
            author: "holder_of_the_mail_for_this_order",
            not_proven: "that_the_shop_did_not_order_from_itself",
        },
        invitations: Invitations {
            sent_by: "attesta_by_email",
            depends_on_sentiment: false,
            invite_on: policy.invite_on.as_str(),
            invite_after: policy.invite_after,
            hours: policy.hours.map(settings::view_hours),
            remind_after: policy.remind_after,
            cap_days: policy.cap_days,
            min_total: policy.min_total,
            exceptions: settings::view_exceptions(policy),
        },
        moderation: Moderation {
            published: "at_once",
            shop: ["reply"],
            author: ["edit_with_history", "erase", "answer"],
            operator: ["restrict_with_public_trace"],
            operator_reasons: RestrictionReason::ALL.iter().map(|reason| reason.as_str()).collect(),
        },
        explanation: Language::ALL.iter().map(|language| (*language, sentences(*language))).collect(),
        policy_url: format!("{}#how", links.profile(&shop.domain)),
        legal: "Directive 2005/29/EC, article 7(6)",
    }
}

fn sentences(language: Language) -> [&'static str; 5] {
    let words = &words::of(language).profile;
    [words.how_1, words.how_2, words.how_3, words.how_4, words.how_not]
}
