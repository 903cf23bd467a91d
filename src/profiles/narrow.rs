//! From one state of a list to every other: what it is narrowed to, one by one removable, and where each filter, order and
//! page leads. All of it is plain links that can be kept, sent and gone back to.

use crate::kernel::locale::Language;
use crate::kernel::stars::Stars;
use crate::look::review::Entry;
use crate::reviews::Listing;
use crate::reviews::list::Sort;

use super::pages::{Bar, Chip, ChipKind, Choice, Kept, ListFace, Search};
use super::visit::{State, Visit};

/// What a list is of, and where its page is.
pub(super) struct Subject<'a> {
    /// The page's address, without query.
    pub(super) here: &'a str,
    /// Whether the page is one product's: its address says which, so that the query does not.
    pub(super) of_product: bool,
    /// How many of 1, 2, 3, 4 and 5 stars.
    pub(super) histogram: [i64; 5],
    /// Languages that the list can be narrowed to.
    pub(super) languages: &'a [String],
    /// SKU and name of products that the list can be narrowed to.
    pub(super) products: Vec<(&'a str, &'a str)>,
}

/// Writes addresses of one visit.
pub(super) struct Way<'a> {
    subject: &'a Subject<'a>,
    visit: &'a Visit,
    now: State,
}

impl<'a> Way<'a> {
    /// From where the visitor stands.
    pub(super) fn new(subject: &'a Subject<'a>, visit: &'a Visit) -> Self {
        let mut now = State::of(visit);
        if subject.of_product {
            now.sku = None;
        }
        Self { subject, visit, now }
    }

    fn to(&self, state: &State) -> String {
        let mut pairs = state.pairs();
        pairs.push(("lang", self.visit.language.tag().to_owned()));
        // Pairs of plain texts always serialise.
        format!("{}?{}#reviews", self.subject.here, serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// The whole list narrowed to one and two stars.
    pub(super) fn low(&self) -> String {
        self.to(&State { stars: Stars::ALL.into_iter().filter(|stars| stars.is_low()).collect(), ..State::default() })
    }

    /// The same state of the page in another language.
    pub(super) fn in_language(&self, other: Language) -> String {
        let here = State { cursor: self.visit.cursor.clone(), back: self.visit.back.clone(), ..self.now.clone() };
        let mut pairs = here.pairs();
        pairs.push(("lang", other.tag().to_owned()));
        format!("{}?{}", self.subject.here, serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// Five bars, five stars first; the one that is on lets go of itself.
    pub(super) fn bars(&self) -> Vec<Bar> {
        let counts = Stars::ALL.into_iter().zip(self.subject.histogram).rev();
        counts
            .map(|(stars, count)| {
                let on = self.now.stars.contains(&stars);
                let next = if on { self.without(stars) } else { State { stars: vec![stars], ..self.now.clone() } };
                Bar { stars: stars.value(), count, url: self.to(&next), on }
            })
            .collect()
    }

    fn without(&self, stars: Stars) -> State {
        let rest = self.now.stars.iter().copied().filter(|other| *other != stars).collect();
        State { stars: rest, ..self.now.clone() }
    }

    /// The list as the page shows it.
    pub(super) fn face(&self, list: &Listing, entries: Vec<Entry>) -> ListFace {
        let chips = self.chips();
        let shown = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let (matching, more_than) = if chips.is_empty() { (None, None) } else { self.matching(list, shown) };
        ListFace {
            any: self.subject.histogram.iter().sum::<i64>() > 0 || !entries.is_empty() || !chips.is_empty(),
            search: self.search(),
            clear: self.to(&State { sort: self.now.sort, ..State::default() }),
            stars: self.stars(),
            languages: self.languages(),
            replied: self.replied(),
            text: self.text(),
            about: self.about(),
            sorts: self.sorts(),
            chips,
            matching,
            more_than,
            entries,
            newer: self.newer(),
            older: list.next.as_ref().map(|next| {
                self.to(&State { cursor: Some(next.clone()), back: self.visit.cursor.clone(), ..self.now.clone() })
            }),
        }
    }

    /// How many match: from the histogram where only stars are asked for, else known only where one page holds them all.
    fn matching(&self, list: &Listing, shown: i64) -> (Option<i64>, Option<i64>) {
        let State { q, sku, language, replied, with_text, .. } = &self.now;
        if q.is_empty() && sku.is_none() && language.is_none() && replied.is_none() && !with_text {
            let of = |stars: &Stars| self.subject.histogram.get(stars.index()).copied().unwrap_or_default();
            return (Some(self.now.stars.iter().map(of).sum()), None);
        }
        match (&self.visit.cursor, &list.next) {
            (None, None) => (Some(shown), None),
            (None, Some(_)) => (None, Some(shown)),
            (Some(_), _) => (None, None),
        }
    }

    fn search(&self) -> Search {
        let kept = State { q: String::new(), ..self.now.clone() };
        let mut keep: Vec<Kept> = kept.pairs().into_iter().map(|(name, value)| Kept { name, value }).collect();
        keep.push(Kept { name: "lang", value: self.visit.language.tag().to_owned() });
        Search {
            action: format!("{}#reviews", self.subject.here),
            q: self.visit.q.clone(),
            fault: self.visit.fault,
            keep,
        }
    }

    fn chips(&self) -> Vec<Chip> {
        let now = &self.now;
        let mut chips = Vec::new();
        let mut put =
            |kind, n, text: &str, next: State| chips.push(Chip { kind, n, text: text.to_owned(), url: self.to(&next) });
        if !now.q.is_empty() {
            put(ChipKind::Search, 0, &now.q, State { q: String::new(), ..now.clone() });
        }
        if let Some(sku) = &now.sku {
            put(ChipKind::Product, 0, self.name(sku), State { sku: None, ..now.clone() });
        }
        for stars in now.stars.iter().rev() {
            put(ChipKind::Stars, stars.value(), "", self.without(*stars));
        }
        if let Some(language) = &now.language {
            put(ChipKind::Language, 0, language, State { language: None, ..now.clone() });
        }
        if let Some(replied) = now.replied {
            let kind = if replied { ChipKind::Replied } else { ChipKind::Unreplied };
            put(kind, 0, "", State { replied: None, ..now.clone() });
        }
        if now.with_text {
            put(ChipKind::Text, 0, "", State { with_text: false, ..now.clone() });
        }
        chips
    }

    fn name<'b>(&'b self, sku: &'b str) -> &'b str {
        self.subject.products.iter().find(|product| product.0 == sku).map_or(sku, |product| product.1)
    }

    fn choice(&self, code: &str, on: bool, next: &State) -> Choice {
        Choice { code: code.to_owned(), n: 0, url: self.to(next), on }
    }

    fn stars(&self) -> Vec<Choice> {
        let now = &self.now;
        let all = self.choice("all", now.stars.is_empty(), &State { stars: Vec::new(), ..now.clone() });
        let one = |stars: Stars| {
            let next = State { stars: vec![stars], ..now.clone() };
            Choice { n: stars.value(), ..self.choice("", now.stars.contains(&stars), &next) }
        };
        std::iter::once(all).chain(Stars::ALL.into_iter().rev().map(one)).collect()
    }

    fn languages(&self) -> Vec<Choice> {
        let now = &self.now;
        let all = self.choice("all", now.language.is_none(), &State { language: None, ..now.clone() });
        let one = |language: &String| {
            let next = State { language: Some(language.clone()), ..now.clone() };
            self.choice(language, now.language.as_ref() == Some(language), &next)
        };
        let spoken: Vec<Choice> =
            self.subject.languages.iter().filter(|language| !language.is_empty()).map(one).collect();
        if spoken.len() < 2 && now.language.is_none() {
            Vec::new()
        } else {
            std::iter::once(all).chain(spoken).collect()
        }
    }

    fn replied(&self) -> Vec<Choice> {
        let one = |(code, replied): (&str, Option<bool>)| {
            self.choice(code, self.now.replied == replied, &State { replied, ..self.now.clone() })
        };
        [("all", None), ("yes", Some(true)), ("no", Some(false))].map(one).into()
    }

    fn text(&self) -> Vec<Choice> {
        let one = |(code, with_text): (&str, bool)| {
            self.choice(code, self.now.with_text == with_text, &State { with_text, ..self.now.clone() })
        };
        [("all", false), ("yes", true)].map(one).into()
    }

    fn about(&self) -> Vec<Choice> {
        if self.subject.of_product || (self.subject.products.is_empty() && self.now.sku.is_none()) {
            return Vec::new();
        }
        let shop = self.choice("", self.now.sku.is_none(), &State { sku: None, ..self.now.clone() });
        let one = |(sku, name): &(&str, &str)| {
            let next = State { sku: Some((*sku).to_owned()), ..self.now.clone() };
            self.choice(name, self.now.sku.as_deref() == Some(*sku), &next)
        };
        std::iter::once(shop).chain(self.subject.products.iter().map(one)).collect()
    }

    fn sorts(&self) -> Vec<Choice> {
        Sort::WORDS
            .map(|(word, sort)| self.choice(word, self.now.sort == sort, &State { sort, ..self.now.clone() }))
            .into()
    }

    /// One page back is known where the visitor came from it; else it is the first page.
    fn newer(&self) -> Option<String> {
        self.visit.cursor.as_ref()?;
        Some(self.to(&State { cursor: self.visit.back.clone(), ..self.now.clone() }))
    }
}

#[cfg(test)]
mod tests;
