//! The query of a request, read as that API's clients write them: names in any case, lists repeated or with commas, pages
//! by number.

use crate::kernel::country::Country;
use crate::kernel::stars::Stars;
use crate::problem::{Code, Problem};
use crate::reviews::numbered::{DEEPEST, Numbered, Order};

/// Reviews a page where nothing is said.
const PER_PAGE: i64 = 20;
/// Most reviews a page.
const PER_PAGE_MOST: i64 = 100;
/// The last page that has a number.
const PAGE_LAST: i64 = 2_147_483_647;

/// A query.
pub(super) struct Ask {
    pairs: Vec<(String, String)>,
}

/// Where in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// From 1.
    pub(super) number: i64,
    /// How many entries each page has.
    pub(super) size: i64,
}

impl Page {
    /// Entries before this page.
    pub(super) fn skip(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }
}

fn refused(name: &str, wanted: &str) -> Problem {
    Problem::new(Code::InvalidFilter, format!("`{name}` cannot be read: {wanted}.")).with("parameter", name)
}

impl Ask {
    /// Takes a query string apart. `apikey` is among the names that nobody asks for.
    pub(super) fn of(query: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        Self { pairs: pairs.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect() }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let same = move |pair: &&(String, String)| pair.0.eq_ignore_ascii_case(name) && !pair.1.is_empty();
        self.pairs.iter().filter(same).map(|(_, value)| value.as_str())
    }

    /// A value that may stand there once.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        if self.pairs.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).count() > 1 {
            return Err(refused(name, "send it once"));
        }
        Ok(self
            .pairs
            .iter()
            .find(|(known, value)| known.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.as_str()))
    }

    /// A value without which there is no answer.
    pub(super) fn needed(&self, name: &str) -> Result<&str, Problem> {
        self.one(name)?.ok_or_else(|| refused(name, "it is required"))
    }

    /// A country.
    pub(super) fn country(&self) -> Result<Option<Country>, Problem> {
        let read =
            |text: &str| Country::parse(text).map_err(|_none| refused("country", "send two letters, such as IT"));
        self.one("country")?.map(read).transpose()
    }

    /// Values that may stand there several times.
    pub(super) fn many(&self, name: &str) -> Vec<String> {
        self.all(name).map(str::to_owned).collect()
    }

    /// The same query for another page, without what opens nothing.
    pub(super) fn turned(&self, to: Page) -> String {
        let mut pairs: Vec<(&str, &str)> =
            self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.retain(|(name, _)| !["page", "perpage", "apikey"].contains(name));
        let (number, size) = (to.number.to_string(), to.size.to_string());
        pairs.extend([("page", number.as_str()), ("perpage", size.as_str())]);
        // Pairs of plain texts always serialise.
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// Which page.
    pub(super) fn page(&self) -> Result<Page, Problem> {
        let number = |name: &str, usual: i64, most: i64| match self.one(name)? {
            None => Ok(usual),
            Some(text) => whole(text)
                .filter(|n| (1..=most).contains(n))
                .ok_or_else(|| refused(name, &format!("send a whole number from 1 to {most}"))),
        };
        Ok(Page { number: number("page", 1, PAGE_LAST)?, size: number("perPage", PER_PAGE, PER_PAGE_MOST)? })
    }

    /// Which reviews: `stars`, `language`, `responded`, `orderBy`, `page`, `perPage`.
    pub(super) fn reviews(&self, sku: &str) -> Result<(Page, Numbered), Problem> {
        let page = self.page()?;
        let language = match self.one("language")? {
            None => None,
            Some(text) if (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Some(text.to_ascii_lowercase())
            }
            Some(_) => return Err(refused("language", "send one language of two letters, such as it")),
        };
        let replied = match self.one("responded")? {
            None => None,
            Some(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Some(_) => return Err(refused("responded", "send true or false")),
        };
        let numbered = Numbered {
            sku: sku.to_owned(),
            stars: self.stars()?,
            language,
            replied,
            order: self.order()?,
            skip: page.skip(),
            take: page.size,
        };
        Ok((page, numbered))
    }

    fn stars(&self) -> Result<Vec<Stars>, Problem> {
        let one = |text: &str| whole(text.trim()).and_then(Stars::new);
        let all: Option<Vec<Stars>> = self.all("stars").flat_map(|text| text.split(',')).map(one).collect();
        all.ok_or_else(|| refused("stars", "send 1 to 5, several times or with commas"))
    }

    fn order(&self) -> Result<Order, Problem> {
        let Some(text) = self.one("orderBy")? else { return Ok(Order::default()) };
        match text.to_ascii_lowercase().as_str() {
            "createdat.desc" => Ok(Order::Newest),
            "createdat.asc" => Ok(Order::Oldest),
            "stars.desc" => Ok(Order::Highest),
            "stars.asc" => Ok(Order::Lowest),
            _ => Err(refused("orderBy", "send createdat.asc, createdat.desc, stars.asc or stars.desc")),
        }
    }
}

/// A whole number in digits alone.
fn whole(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The page lies where nobody counts.
pub(super) fn too_deep() -> Problem {
    let detail = format!(
        "Lists narrowed by `language` or `responded` are read up to their {DEEPEST}th review here. Without these filters every \
         page can be read; /v1/shops/{{shop}}/reviews reads on without end."
    );
    Problem::new(Code::InvalidFilter, detail).with("parameter", "page")
}

/// A search is read no further by number.
pub(super) fn searched_too_far(most: i64) -> Problem {
    let detail = format!("A search is read up to its {most}th shop here; /v1/shops reads on without end.");
    Problem::new(Code::InvalidFilter, detail).with("parameter", "page")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(Page, Numbered), Problem> {
        Ask::of(query).reviews("")
    }

    #[test]
    fn queries_of_many_clients_are_understood() {
        let (page, plain) = read("").unwrap();
        assert_eq!((page, plain.skip, plain.take), (Page { number: 1, size: 20 }, 0, 20));
        for stars in ["stars=4&stars=5", "stars=4,5", "Stars=4&stars=5&apikey=x&page="] {
            assert_eq!(read(stars).unwrap().1.stars, [Stars::new(4).unwrap(), Stars::new(5).unwrap()], "{stars}");
        }
        let (page, all) = read("page=3&perpage=100&orderBy=stars.ASC&language=IT&responded=True").unwrap();
        assert_eq!((page.number, all.skip, all.order), (3, 200, Order::Lowest));
        assert_eq!((all.language.as_deref(), all.replied), (Some("it"), Some(true)));
        assert_eq!(read("page=2147483647&perPage=100").unwrap().1.skip, 214_748_364_600);
    }

    #[test]
    fn the_next_page_keeps_the_filters_and_drops_the_key() {
        let ask = Ask::of("Stars=4&stars=5&apikey=secret&page=2&orderBy=stars.asc");
        let next = ask.turned(Page { number: 3, size: 20 });
        assert_eq!(next, "stars=4&stars=5&orderby=stars.asc&page=3&perpage=20");
        assert_eq!(Ask::of(&next).reviews("").map(|(page, _)| page.number), Ok(3));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (query, name) in [
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=2147483648", "page"),
            ("page=1&page=1", "page"),
            ("perPage=101", "perPage"),
            ("perPage=+5", "perPage"),
            ("stars=6", "stars"),
            ("stars=4,", "stars"),
            ("language=italiano", "language"),
            ("language=it&language=en", "language"),
            ("orderBy=createdat", "orderBy"),
            ("responded=1", "responded"),
        ] {
            let problem = read(query).err().unwrap_or_else(|| panic!("{query} was taken"));
            assert_eq!(problem.extra()["parameter"], name, "{query}");
        }
    }
}
