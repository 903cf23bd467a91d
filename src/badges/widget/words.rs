//! What a widget says, put into words once for the script and the markup alike. Pure.

use serde::Serialize;

use crate::look::badge::{as_of, capital};
use crate::look::words as say;
use crate::merchants::ShopStatus;

use super::asked::Asked;
use super::data::About;

/// What every kind says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Words {
    /// What stands in the place of the score where there is none to show: closed, suspended, no reviews yet.
    pub(crate) state: Option<String>,
    /// `4,3`
    pub(crate) score: String,
    /// `4,3 su 5`
    pub(crate) out_of: String,
    /// `Eccellente`; empty without a review.
    pub(crate) verdict: String,
    /// `128 recensioni certificate`
    pub(crate) count: String,
    /// `al 22 novembre 2026`
    pub(crate) as_of: String,
    /// `Recensioni certificate di Bottega Verdi`
    pub(crate) certified: String,
    /// All of it in one sentence, for who hears it.
    pub(crate) label: String,
    /// The link to how reviews are collected.
    pub(crate) how: &'static str,
    /// The link to the reviews.
    pub(crate) read: &'static str,
    /// The collector's question.
    pub(crate) collect_title: String,
    /// And its answer.
    pub(crate) collect: &'static str,
    /// What the kinds with reviews say besides.
    #[serde(flatten)]
    pub(crate) stream: Option<StreamWords>,
}

/// What the kinds with reviews say besides.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StreamWords {
    /// What the list is narrowed to, as a sentence; a widget that narrows must show it.
    pub(crate) filter: Option<String>,
    /// The name of the list.
    pub(crate) latest: &'static str,
    /// The link to all of them.
    pub(crate) all: &'static str,
    /// The link to the whole of one.
    pub(crate) read_on: &'static str,
    /// Before the shop's answer.
    pub(crate) reply: String,
    /// Where a list is empty.
    pub(crate) none: &'static str,
    /// Any number of stars.
    pub(crate) any: &'static str,
    /// One star to five.
    pub(crate) by_stars: Vec<String>,
    /// Buttons.
    pub(crate) previous: &'static str,
    /// Buttons.
    pub(crate) next: &'static str,
    /// Buttons.
    pub(crate) pause: &'static str,
    /// Buttons.
    pub(crate) play: &'static str,
    /// Buttons.
    pub(crate) show: &'static str,
    /// Buttons.
    pub(crate) close: &'static str,
}

impl Words {
    /// Without what is said of reviews.
    pub(super) fn of(about: &About<'_>) -> Self {
        let (language, score) = (about.language, about.score);
        let glossary = say::of(language);
        let state = match about.shop.status {
            ShopStatus::Closed => Some(glossary.badge.closed),
            ShopStatus::Suspended => Some(glossary.badge.suspended),
            ShopStatus::Open if score.count == 0 => Some(glossary.badge.none),
            ShopStatus::Open => None,
        };
        let figure = say::score(language, score.shown);
        let out_of = say::fill(glossary.common.out_of_five, &[("n", &figure)]);
        let verdict = if score.count == 0 { "" } else { say::verdict(language, score.stars) };
        let count =
            say::fill(glossary.widget.count.of(language, score.count), &[("n", &say::number(language, score.count))]);
        let day = say::date(language, &about.as_of.to_string()).unwrap_or_default();
        let as_of = as_of(language, &day);
        let said = state.map_or_else(|| format!("{out_of}, {verdict}, {count}"), str::to_owned);
        Self {
            state: state.map(capital),
            score: figure,
            out_of,
            verdict: capital(verdict),
            count,
            label: format!("{}: {said}, {as_of}", about.name),
            as_of,
            certified: say::fill(glossary.widget.certified_of, &[("name", &about.name)]),
            how: glossary.widget.how,
            read: glossary.widget.read,
            collect_title: say::fill(glossary.widget.collect_title, &[("shop", &about.shop.name)]),
            collect: glossary.widget.collect,
            stream: None,
        }
    }
}

impl StreamWords {
    /// For a list narrowed as asked.
    pub(super) fn of(about: &About<'_>, asked: &Asked) -> Self {
        let glossary = say::of(about.language);
        let widget = &glossary.widget;
        let by_stars = (1..=5)
            .map(|n| say::fill(glossary.profile.n_stars.of(about.language, n), &[("n", &n.to_string())]))
            .collect();
        Self {
            filter: narrowed(about, asked),
            latest: widget.latest,
            all: widget.all_reviews,
            read_on: widget.read_on,
            reply: say::fill(glossary.review.reply_of, &[("shop", &about.shop.name)]),
            none: if about.score.count == 0 { glossary.profile.no_reviews } else { glossary.list.none_match },
            any: widget.any,
            by_stars,
            previous: widget.previous,
            next: widget.next,
            pause: widget.pause,
            play: widget.play,
            show: widget.show,
            close: widget.close,
        }
    }
}

/// `Solo recensioni da 4 e 5 stelle. Solo recensioni in italiano.`
fn narrowed(about: &About<'_>, asked: &Asked) -> Option<String> {
    let words = &say::of(about.language).widget;
    let stars = asked.stars.split_last().map(|(last, before)| {
        let before: Vec<String> = before.iter().map(ToString::to_string).collect();
        let all =
            if before.is_empty() { last.to_string() } else { format!("{} {} {last}", before.join(", "), words.and) };
        let phrase = words.only_stars.of(about.language, if before.is_empty() { *last } else { 2 });
        say::fill(phrase, &[("n", &all)])
    });
    let spoken = asked.spoken.as_deref().map(|code| {
        let language = say::word(about.language, "languages", code);
        say::fill(words.only_language, &[("language", &language)])
    });
    let said: Vec<String> = stars.into_iter().chain(spoken).map(|sentence| format!("{sentence}.")).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
