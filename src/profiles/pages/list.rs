//! A list of reviews as the pages show it: what it is narrowed to, one by one removable; where every other part of it is;
//! the reviews themselves. Every state is a plain address.

use serde::Serialize;

use crate::look::review::Entry;

/// The reviews of a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ListFace {
    /// Whether there is anything to narrow.
    pub(crate) any: bool,
    /// The field to search with.
    pub(crate) search: Search,
    /// What the list is narrowed to; each address lets go of one.
    pub(crate) chips: Vec<Chip>,
    /// The whole list.
    pub(crate) clear: String,
    /// All, five stars, and so on to one.
    pub(crate) stars: Vec<Choice>,
    /// Languages to choose from; empty where there is only one.
    pub(crate) languages: Vec<Choice>,
    /// All, answered, unanswered.
    pub(crate) replied: Vec<Choice>,
    /// All, only those with a text.
    pub(crate) text: Vec<Choice>,
    /// What the reviews are about: the shop or one of its products; empty on a product's page.
    pub(crate) about: Vec<Choice>,
    /// The four orders.
    pub(crate) sorts: Vec<Choice>,
    /// How many match, where the list is narrowed and it is known.
    pub(crate) matching: Option<i64>,
    /// More than this many match, where that is all that is known.
    pub(crate) more_than: Option<i64>,
    /// Reviews and tombstones.
    pub(crate) entries: Vec<Entry>,
    /// The page before.
    pub(crate) newer: Option<String>,
    /// The page after.
    pub(crate) older: Option<String>,
}

impl ListFace {
    /// Whether it is less than the whole list from its start, in the usual order.
    pub(crate) fn is_part(&self) -> bool {
        let usual = self.sorts.iter().all(|sort| sort.on == (sort.code == "newest"));
        !self.chips.is_empty() || !usual || self.newer.is_some() || self.search.fault.is_some()
    }
}

/// The field to search with, and what its form keeps.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Search {
    /// Where the form is sent.
    pub(crate) action: String,
    /// What was searched for.
    pub(crate) q: String,
    /// What is wrong with it.
    pub(crate) fault: Option<SearchFault>,
    /// Filters that stay.
    pub(crate) keep: Vec<Kept>,
}

/// A filter that a form hands on.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Kept {
    /// Query key.
    pub(crate) name: &'static str,
    /// Its value.
    pub(crate) value: String,
}

/// Why nothing was searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SearchFault {
    /// More characters than are read.
    TooLong,
    /// More words than are read.
    TooMany,
    /// No word in it.
    NoWord,
}

/// A filter in force.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Chip {
    /// What it is about.
    pub(crate) kind: ChipKind,
    /// Stars.
    pub(crate) n: i64,
    /// Words, language or product.
    pub(crate) text: String,
    /// The list without it.
    pub(crate) url: String,
}

/// What a filter in force is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChipKind {
    /// Words searched for.
    Search,
    /// A product of the shop.
    Product,
    /// A number of stars.
    Stars,
    /// A language.
    Language,
    /// With a reply.
    Replied,
    /// Without a reply.
    Unreplied,
    /// With a text.
    Text,
}

/// One of several states of the list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    /// What it is: a code of ours, a language or a product's name.
    pub(crate) code: String,
    /// Stars.
    pub(crate) n: i64,
    /// The list in that state.
    pub(crate) url: String,
    /// It is in that state.
    pub(crate) on: bool,
}
