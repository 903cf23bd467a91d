//! What of a list a visitor looks at, as the address says it: read from one, written into one.

use serde::Deserialize;

use crate::kernel::locale::Language;
use crate::kernel::stars::Stars;
use crate::kernel::text::clean_line;
use crate::reviews::ListQuery;
use crate::reviews::list::Sort;
use crate::reviews::params::{self, BadParam, ListParams};

use super::pages::SearchFault;

/// Characters of a search that a page gives back, so that who typed too many can shorten them.
const TYPED_MAX: usize = 300;

/// The query of a page: what its links and forms send.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct PageParams {
    pub(super) lang: Option<String>,
    q: Option<String>,
    sku: Option<String>,
    stars: Option<String>,
    language: Option<String>,
    replied: Option<String>,
    with_text: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
    back: Option<String>,
}

/// What of the list a visitor looks at, and in which language.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// Language of the page.
    pub(super) language: Language,
    /// Whether the address names it, or the reader's browser does.
    pub(super) chosen: bool,
    /// What is read.
    pub(super) query: ListQuery,
    /// What was searched for, as typed.
    pub(super) q: String,
    /// Why nothing was searched for.
    pub(super) fault: Option<SearchFault>,
    /// Cursor of this page; none on the first.
    pub(super) cursor: Option<String>,
    /// Cursor of the page before, where the visitor came from one.
    pub(super) back: Option<String>,
}

impl Visit {
    /// The first page, all reviews, in the shop's own language.
    pub(super) fn first(language: Language) -> Self {
        Self {
            language,
            chosen: false,
            query: ListQuery::default(),
            q: String::new(),
            fault: None,
            cursor: None,
            back: None,
        }
    }

    /// What the address asks for. A search that cannot be read is no reason to show nothing: the page says what is wrong.
    pub(super) fn read(params: PageParams, language: Language) -> Result<Self, BadParam> {
        let PageParams { lang, q, sku, stars, language: spoken, replied, with_text, sort, cursor, back } = params;
        let chosen = lang.as_deref().and_then(Language::of_tag).is_some();
        let kept = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (q, at, back) = (clean_line(&q.unwrap_or_default(), TYPED_MAX).value, kept(&cursor), kept(&back));
        let asked = ListParams {
            q: Some(q.clone()),
            sku,
            stars,
            language: spoken,
            replied,
            with_text,
            sort,
            cursor,
            ..ListParams::default()
        };
        match asked.read() {
            Ok(query) => Ok(Self { language, chosen, query, q, fault: None, cursor: at, back }),
            Err(bad) if bad.name == "q" => {
                let query = ListParams { q: None, cursor: None, ..asked }.read()?;
                Ok(Self { language, chosen, query, q, fault: Some(fault(bad.detail)), cursor: None, back: None })
            }
            Err(bad) => Err(bad),
        }
    }

    /// The product whose reviews are looked at on the shop's page.
    pub(super) fn sku(&self) -> Option<&str> {
        self.query.filter.sku.as_deref()
    }
}

fn fault(detail: &str) -> SearchFault {
    match detail {
        params::TOO_LONG => SearchFault::TooLong,
        params::TOO_MANY => SearchFault::TooMany,
        _ => SearchFault::NoWord,
    }
}

/// Whether an address asks for nothing but the first page of everything.
pub(super) fn is_first(params: &PageParams) -> bool {
    let PageParams { lang: _, q, sku, stars, language, replied, with_text, sort, cursor, back: _ } = params;
    [q, sku, stars, language, replied, with_text, sort, cursor]
        .into_iter()
        .all(|part| part.as_deref().is_none_or(str::is_empty))
}

/// A state of the list: what an address says of it.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) q: String,
    pub(super) sku: Option<String>,
    pub(super) stars: Vec<Stars>,
    pub(super) language: Option<String>,
    pub(super) replied: Option<bool>,
    pub(super) with_text: bool,
    pub(super) sort: Sort,
    pub(super) cursor: Option<String>,
    pub(super) back: Option<String>,
}

impl State {
    /// The visitor's, at the start of the list.
    pub(super) fn of(visit: &Visit) -> Self {
        let filter = visit.query.filter.clone();
        Self {
            q: if visit.fault.is_some() { String::new() } else { visit.q.clone() },
            sku: filter.sku,
            stars: filter.stars,
            language: filter.language,
            replied: filter.replied,
            with_text: filter.with_text,
            sort: visit.query.sort,
            cursor: None,
            back: None,
        }
    }

    /// The query that asks for it, without the page's language.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let stars: Vec<String> = self.stars.iter().map(ToString::to_string).collect();
        let sort = Sort::WORDS.iter().find(|pair| pair.1 == self.sort && self.sort != Sort::default());
        let yes_or_no = |yes: bool| yes.to_string();
        let all = [
            ("q", Some(self.q.clone())),
            ("sku", self.sku.clone()),
            ("stars", Some(stars.join(","))),
            ("language", self.language.clone()),
            ("replied", self.replied.map(yes_or_no)),
            ("with_text", self.with_text.then(|| yes_or_no(true))),
            ("sort", sort.map(|pair| pair.0.to_owned())),
            ("cursor", self.cursor.clone()),
            ("back", self.back.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.filter(|text| !text.is_empty())?))).collect()
    }
}
