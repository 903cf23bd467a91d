//! Fills the directory's page. Reads one moment of the data; decides only what the page links to.

use crate::db::{self, Connection};
use crate::kernel::locale::Language;
use crate::links::{Links, path};
use crate::look::page::Frame;
use crate::look::words;
use crate::look::{self, Broken};
use crate::profiles::pages::ScoreFace;

use super::list::{self, Card, Found, Group, Params, Query, Sort, given};
use super::page::{Choice, DirectoryPage, Found as Narrowed, ShopCard};

/// What of the directory a visitor looks at, and in which language.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) language: Language,
    /// Whether the address names it.
    pub(super) chosen: bool,
    pub(super) params: Params,
}

/// All that the page shows.
pub(super) struct Sight {
    query: Query,
    found: Found,
    shops: i64,
    categories: Vec<Group>,
    countries: Vec<Group>,
}

impl Sight {
    /// Reads it: five queries along indexes, whatever is asked.
    pub(super) fn read(conn: &mut Connection, query: Query) -> db::Result<Self> {
        let found = list::find(conn, &query)?;
        let shops = list::count(conn, &query)?;
        Ok(Self { found, shops, categories: list::categories(conn)?, countries: list::countries(conn)?, query })
    }

    /// The category it is narrowed to, as shops write it.
    fn category(&self) -> Option<&Group> {
        let kind = self.query.kind.as_ref()?;
        self.categories.iter().find(|group| group.key == *kind)
    }
}

/// The page as a document.
pub(super) fn page(visit: &Visit, sight: &Sight, links: &Links) -> Result<String, Broken> {
    look::render(&view(visit, sight, links))
}

fn view(visit: &Visit, sight: &Sight, links: &Links) -> DirectoryPage {
    let (all, language) = (links.to(path::SHOPS, &[]), visit.language);
    let here = match sight.category() {
        Some(group) => format!("{all}?{}", written(&[("category", &group.key)])),
        None => all.clone(),
    };
    let frame = Frame::new(language, &links.base().to_string(), &here);
    let text = |part: &Option<String>| given(part.as_ref()).unwrap_or_default().to_owned();
    DirectoryPage {
        frame: if visit.chosen { frame.chosen() } else { frame },
        action: all.clone(),
        q: text(&visit.params.q),
        category: sight.category().map(|group| group.label.clone()),
        narrowed: narrowed(sight),
        sort: sight.query.sort.word(),
        shops: sight.shops,
        categories: sight
            .categories
            .iter()
            .map(|group| choice(group, sight.query.kind.as_deref(), &all, language))
            .collect(),
        countries: sight.countries.iter().map(|group| country(group, sight, language)).collect(),
        cards: sight.found.cards.iter().map(|card| shop(card, links, language)).collect(),
        first: given(visit.params.cursor.as_ref()).map(|_| address(visit, &all, None)),
        more: sight.found.next.as_ref().map(|next| address(visit, &all, Some(next))),
    }
}

/// By what else than a category the list is narrowed, or whether it is read on: search engines leave such pages out.
fn narrowed(sight: &Sight) -> Narrowed {
    let Query { words, kind, country, sort, after, .. } = &sight.query;
    let odd = !words.is_empty() || country.is_some() || *sort != Sort::Name || after.is_some();
    let unknown = kind.is_some() && sight.category().is_none();
    Narrowed { any: odd || kind.is_some(), unlisted: odd || unknown }
}

fn choice(group: &Group, chosen: Option<&str>, all: &str, language: Language) -> Choice {
    Choice {
        key: group.key.clone(),
        label: group.label.clone(),
        shops: group.shops,
        url: format!("{all}?{}", written(&[("category", &group.key), ("lang", language.tag())])),
        current: chosen == Some(group.key.as_str()),
    }
}

fn country(group: &Group, sight: &Sight, language: Language) -> Choice {
    let current = sight.query.country.as_ref().is_some_and(|country| country.as_str() == group.key);
    Choice {
        key: group.key.clone(),
        label: country_name(&group.key, language),
        shops: group.shops,
        url: String::new(),
        current,
    }
}

/// A country's name, or its code where the glossary has none.
fn country_name(code: &str, language: Language) -> String {
    let small = code.to_ascii_lowercase();
    let name = words::word(language, "countries", &small);
    if name == small { code.to_owned() } else { name }
}

fn shop(card: &Card, links: &Links, language: Language) -> ShopCard {
    ShopCard {
        name: card.name.clone(),
        domain: crate::kernel::domain::ShopDomain::parse(&card.domain)
            .map_or_else(|_odd| card.domain.clone(), |domain| domain.to_unicode()),
        url: format!("{}?lang={language}", links.profile(&card.domain)),
        category: card.category.clone(),
        country: card.country.as_deref().map(|code| country_name(code, language)),
        score: (card.reviews > 0).then(|| ScoreFace { value: card.score(), stars: card.stars() }),
        review_count: card.reviews,
    }
}

/// The page with the same filters at another place of the list.
fn address(visit: &Visit, all: &str, cursor: Option<&String>) -> String {
    let Params { q, category, country, sort, .. } = &visit.params;
    let parts = [("q", q), ("category", category), ("country", country), ("sort", sort)];
    let mut query: Vec<(&str, &str)> =
        parts.into_iter().filter_map(|(name, value)| Some((name, given(value.as_ref())?))).collect();
    if let Some(cursor) = cursor {
        query.push(("cursor", cursor));
    }
    query.push(("lang", visit.language.tag()));
    format!("{all}?{}", written(&query))
}

fn written(pairs: &[(&str, &str)]) -> String {
    // Pairs of plain texts always serialise.
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}
