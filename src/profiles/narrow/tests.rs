//! Every state of a list has an address, and leads to every other.

use super::*;
use crate::look::review::Entry;
use crate::profiles::pages::SearchFault;
use crate::profiles::visit::{self, PageParams};

const HERE: &str = "https://x.example/shops/s.example";

fn asked(query: &str) -> PageParams {
    serde_urlencoded::from_str(query).unwrap()
}

fn visit(query: &str) -> Visit {
    Visit::read(asked(query), Language::It).unwrap()
}

fn subject(languages: &[String]) -> Subject<'_> {
    Subject {
        here: HERE,
        of_product: false,
        histogram: [1, 2, 0, 4, 30],
        languages,
        products: vec![("cup", "Tazza"), ("b&l", "Ciotola <>")],
    }
}

fn face(query: &str, shown: usize, next: Option<&str>) -> ListFace {
    let languages = ["de".to_owned(), "it".to_owned()];
    let (subject, visit) = (subject(&languages), visit(query));
    let entries = vec![Entry::Erased { id: "rev_1".to_owned(), at: crate::kernel::time::Timestamp::EPOCH }; shown];
    Way::new(&subject, &visit).face(&Listing { entries: Vec::new(), next: next.map(str::to_owned) }, entries)
}

/// The query of an address of this list.
fn query(url: &str) -> &str {
    url.strip_prefix(HERE)
        .and_then(|rest| rest.strip_prefix('?'))
        .and_then(|rest| rest.strip_suffix("#reviews"))
        .unwrap()
}

#[test]
fn the_first_page_is_known_by_its_address() {
    for (query, first) in
        [("", true), ("lang=it", true), ("stars=&q=", true), ("back=C", true), ("sort=newest", false), ("q=x", false)]
    {
        assert_eq!(visit::is_first(&asked(query)), first, "{query}");
    }
}

#[test]
fn filters_stay_from_page_to_page_and_go_one_by_one() {
    let asked = "q=tazza+verde&stars=1%2C2&language=de&replied=true&with_text=true&sku=b%26l&sort=lowest&cursor=&back=";
    let list = face(asked, 20, Some("C2"));
    let all = "q=tazza+verde&sku=b%26l&stars=1%2C2&language=de&replied=true&with_text=true&sort=lowest";
    assert_eq!(query(list.older.as_ref().unwrap()), format!("{all}&cursor=C2&lang=it"));
    assert_eq!(list.newer, None);
    let gone: Vec<(ChipKind, String)> =
        list.chips.iter().map(|chip| (chip.kind, query(&chip.url).replace("&lang=it", ""))).collect();
    let without = |part: &str, instead: &str| all.replace(part, instead).trim_start_matches('&').to_owned();
    assert_eq!(
        gone,
        [
            (ChipKind::Search, without("q=tazza+verde", "")),
            (ChipKind::Product, without("&sku=b%26l", "")),
            (ChipKind::Stars, without("1%2C2", "1")),
            (ChipKind::Stars, without("1%2C2", "2")),
            (ChipKind::Language, without("&language=de", "")),
            (ChipKind::Replied, without("&replied=true", "")),
            (ChipKind::Text, without("&with_text=true", "")),
        ]
    );
    assert_eq!(list.chips[1].text, "Ciotola <>");
    assert_eq!((list.matching, list.more_than), (None, Some(20)));
    assert_eq!(query(&list.clear), "sort=lowest&lang=it");
    let kept: Vec<_> = list.search.keep.iter().map(|kept| kept.name).collect();
    assert_eq!(kept, ["sku", "stars", "language", "replied", "with_text", "sort", "lang"]);
}

#[test]
fn counts_are_said_where_they_are_known() {
    let counts = |query: &str, shown, next| {
        let list = face(query, shown, next);
        (list.matching, list.more_than)
    };
    assert_eq!(counts("sort=oldest", 20, Some("C")), (None, None), "nothing is narrowed");
    assert_eq!(counts("stars=2,4", 6, None), (Some(6), None), "from the histogram");
    assert_eq!(counts("replied=false", 3, None), (Some(3), None));
    assert_eq!(counts("replied=false", 20, Some("C")), (None, Some(20)));
}

#[test]
fn pages_lead_back_to_the_one_before() {
    let languages = Vec::new();
    let subject = subject(&languages);
    let mut visit = visit("stars=5");
    (visit.cursor, visit.back) = (Some("C1".to_owned()), Some("C0".to_owned()));
    let way = Way::new(&subject, &visit);
    let list = way.face(&Listing { entries: Vec::new(), next: Some("C2".to_owned()) }, Vec::new());
    assert_eq!(query(&list.older.unwrap()), "stars=5&cursor=C2&back=C1&lang=it");
    assert_eq!(query(&list.newer.unwrap()), "stars=5&cursor=C0&lang=it");
    assert_eq!(way.in_language(Language::En), format!("{HERE}?stars=5&cursor=C1&back=C0&lang=en"));
    assert_eq!(query(&way.low()), "stars=1%2C2&lang=it");
    visit.back = None;
    let list = Way::new(&subject, &visit).face(&Listing { entries: Vec::new(), next: None }, Vec::new());
    assert_eq!(query(&list.newer.unwrap()), "stars=5&lang=it");
}

#[test]
fn bars_narrow_and_let_go() {
    let languages = Vec::new();
    let (subject, visit) = (subject(&languages), visit("stars=4&replied=false"));
    let bars = Way::new(&subject, &visit).bars();
    let told: Vec<_> = bars.iter().map(|bar| (bar.stars, bar.count, bar.on, query(&bar.url))).collect();
    assert_eq!(told[0], (5, 30, false, "stars=5&replied=false&lang=it"));
    assert_eq!(told[1], (4, 4, true, "replied=false&lang=it"));
}

#[test]
fn a_search_that_cannot_be_read_is_said_on_the_page() {
    let long = format!("q={}", "x".repeat(101));
    for (query, fault) in [
        ("q=%3F%21", SearchFault::NoWord),
        ("q=a+b+c+d+e+f+g+h+i&stars=5", SearchFault::TooMany),
        (&long, SearchFault::TooLong),
    ] {
        let list = face(query, 20, None);
        assert_eq!(list.search.fault, Some(fault));
        assert!(!list.search.q.is_empty() && list.chips.iter().all(|chip| chip.kind != ChipKind::Search));
    }
    assert!(Visit::read(asked("stars=9"), Language::It).is_err());
    assert!(Visit::read(asked("q=%3F&stars=9"), Language::It).is_err());
}

#[test]
fn a_product_page_does_not_say_again_which_product() {
    let languages = ["it".to_owned()];
    let subject = Subject { of_product: true, products: Vec::new(), ..subject(&languages) };
    let mut visit = visit("stars=5");
    visit.query.filter.sku = Some("cup".to_owned());
    let list =
        Way::new(&subject, &visit).face(&Listing { entries: Vec::new(), next: Some("C".to_owned()) }, Vec::new());
    assert_eq!(query(&list.older.unwrap()), "stars=5&cursor=C&lang=it");
    assert!(list.about.is_empty() && list.languages.is_empty() && list.chips.len() == 1);
}
