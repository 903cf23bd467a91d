//! Cards as they are drawn: whole, within their frame, small, and without boxes whatever people wrote.
use super::super::raster;
use super::*;

fn quote<'a>(title: &'a str, text: &'a str) -> Quote<'a> {
    Quote { stars: 4, title, text, author: "Ada R.", item: "" }
}

fn card<'a>(domain: &'a ShopDomain, subject: Subject<'a>) -> Card<'a> {
    Card { shop: "Bottega Ligure", domain, day: UtcDay::from_number(20_779), language: Language::It, subject }
}

fn domain() -> ShopDomain {
    ShopDomain::parse("bottega-ligure.example").expect("a domain")
}

/// The drawing with plain blanks in its dates.
fn draw(card: &Card<'_>) -> String {
    super::draw(card).replace('\u{a0}', " ")
}

/// The texts of the drawing, in order.
fn texts(svg: &str) -> Vec<&str> {
    svg.split("<text ")
        .skip(1)
        .filter_map(|part| part.split_once('>')?.1.split_once("</text>"))
        .map(|(text, _)| text)
        .collect()
}

const RATED: State = State::Rated { score: 4.3, stars: 4.5, count: 128 };

#[test]
fn a_review_says_what_was_said_and_by_whom() {
    let domain = domain();
    let svg = draw(&card(&domain, Subject::Review(quote("Come nelle foto", "Tutto intero."))));
    assert_eq!(
        texts(&svg),
        [
            "Recensione certificata",
            "22 novembre 2026",
            "4 su 5 · Buona",
            "«Come nelle foto»",
            "Tutto intero.",
            "Ada R.",
            "Bottega Ligure",
            "bottega-ligure.example"
        ]
    );
    let long = "Ordinato lunedì, arrivato mercoledì. ".repeat(9);
    let cut = draw(&card(&domain, Subject::Review(quote("", &long))));
    assert!(texts(&cut).iter().any(|text| text.ends_with("…»")), "{:?}", texts(&cut));
    let bare = draw(&card(&domain, Subject::Review(Quote { author: "", item: "Tazza", ..quote("", "") })));
    let said = texts(&bare);
    assert!(said.contains(&"Un cliente, su Tazza") && !bare.contains('«'), "{said:?}");
}

#[test]
fn a_shop_and_a_product_say_their_score() {
    let domain = domain();
    let shop = draw(&card(&domain, Subject::Shop(RATED)));
    for text in ["Bottega Ligure", "4,3", "Eccellente · 128 recensioni", "al 22 novembre 2026"] {
        assert!(texts(&shop).contains(&text), "{text}: {:?}", texts(&shop));
    }
    let product = draw(&card(&domain, Subject::Product("Tazza in gres", RATED)));
    assert!(texts(&product).contains(&"Tazza in gres") && texts(&product).contains(&"Bottega Ligure"));
    for (state, said) in [(State::New, "Ancora nessuna recensione"), (State::Suspended, "Negozio sospeso")] {
        let svg = draw(&card(&domain, Subject::Shop(state)));
        assert!(texts(&svg).contains(&said), "{:?}", texts(&svg));
        assert!(!svg.contains("4,3"));
    }
}

#[test]
fn what_cannot_be_written_gives_way() {
    let domain = ShopDomain::parse("日本の店.example").unwrap();
    let at = Card { shop: "日本の陶器", ..card(&domain, Subject::Review(quote("とても良い", "Very good"))) };
    let said = draw(&at);
    assert!(texts(&said).contains(&"«Very good»"), "the text speaks for the title: {:?}", texts(&said));
    assert!(texts(&said).iter().any(|text| text.starts_with("xn--")), "the domain in ASCII for the name");
    let mute = draw(&Card { subject: Subject::Review(Quote { author: "さくら", ..quote("😀", "很好") }), ..at });
    assert!(texts(&mute).contains(&"Un cliente") && !mute.contains('«'), "{:?}", texts(&mute));
    let product = draw(&Card { subject: Subject::Product("茶碗", RATED), ..at });
    for svg in [&said, &mute, &product] {
        let all = texts(svg).concat();
        assert!(all.chars().all(raster::covers), "{all}");
    }
}

#[test]
fn every_card_is_whole_and_small() {
    let (domain, long) = (domain(), "Wörter <&\"'> über ]]> alles ".repeat(40));
    let longest = Quote { stars: 1, title: &long, text: &long, author: &long, item: &long };
    let states = [RATED, State::New, State::Closed, State::Suspended];
    let subjects = [Subject::Review(longest), Subject::Review(quote("", &long)), Subject::Review(quote("", ""))];
    let shops = states.map(Subject::Shop);
    let products = states.map(|state| Subject::Product(&long, state));
    for subject in subjects.into_iter().chain(shops).chain(products) {
        for (shop, language) in [("B", Language::En), (long.as_str(), Language::It)] {
            let svg = draw(&Card { shop, language, ..card(&domain, subject) });
            let png = raster::png(&svg, 1).unwrap();
            assert!((5_000..100_000).contains(&png.len()), "{} bytes", png.len());
            let lines = svg.split("<text ").skip(1).filter_map(|part| {
                let y = part.split("y=\"").nth(1)?.split('"').next()?;
                y.parse::<u16>().ok()
            });
            assert!(lines.into_iter().all(|y| (60..=HEIGHT - 20).contains(&y)), "{svg}");
        }
    }
}

#[test]
fn it_is_told_in_one_sentence() {
    assert_eq!(told(Language::En, "Bottega", RATED), "Bottega: 4.3 out of 5, excellent, 128 reviews");
    assert_eq!(told_review(Language::It, "Bottega", 1), "Bottega: Recensione certificata, 1 su 5 · Pessima");
}
