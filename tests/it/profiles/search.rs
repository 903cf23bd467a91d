//! Search over HTTP: the same answer on both engines, and what is published, edited or gone is found or not at once.

use std::collections::BTreeMap;

use attesta::db::Engine;
use attesta::kernel::time::HOUR;
use serde_json::Value;

use crate::support::app::{TestApp, TestShop};
use crate::support::house::ENGINES;

/// Title, text and stars, oldest first.
const SAID: [(&str, &str, &str); 18] = [
    ("Perché no", "L'ordine è arrivato all'alba, tutto intero. Qualità ottima!", "5"),
    ("Größe passt", "Die Straße war gesperrt, trotzdem schön schnell. Überraschung!", "4"),
    ("Un été réussi", "Qu'il est beau, ce cœur de crème ! Reçu aujourd'hui.", "5"),
    ("Corazón", "El niño está feliz. ¿Dónde compro más?", "3"),
    ("Don't bother", "The cup's handle broke; James O'Neill agreed. E-mail unanswered.", "1"),
    ("日本のお茶", "これは日本茶です。とても美味しい。", "5"),
    ("배송이 빨라요", "포장이 꼼꼼해요.", "4"),
    ("Ελλάδα", "ΛΌΓΟΣ και τιμή.", "4"),
    ("Ёлка", "Быстрая доставка, ёлка целая.", "5"),
    ("", "", "2"),
    ("😀🎉", "!!! ... ---", "3"),
    ("Taglia 3.5", "Ordine n. 12-34, taglia 3,5 cm", "2"),
    ("<b>rotta</b>", "' OR 1=1 -- \" AND tazza NEAR tazze *", "1"),
    ("TAZZA TAZZA", "Tazza verde, tazze verdi, tazzina.", "5"),
    ("Verde", "La tazza è rotta", "2"),
    ("Ordini", "Prezzemolo e prezzi.", "4"),
    ("Prezzo", "Il prezzo dell’ordine è giusto", "4"),
    ("naïve façade", "Œuvre d'art, Æsir, Łódź, Þór, ﬁne", "5"),
];

/// What is looked for, and the titles that must be found, newest first.
const ASKED: [(&str, &[&str]); 30] = [
    ("ordine", &["Prezzo", "Taglia 3.5", "Perché no"]),
    ("l'ordine", &["Prezzo", "Taglia 3.5", "Perché no"]),
    ("ordin", &["Prezzo", "Ordini", "Taglia 3.5", "Perché no"]),
    ("PERCHE", &["Perché no"]),
    ("qualita ottim", &["Perché no"]),
    ("prezzo", &["Prezzo"]),
    ("prezz", &["Prezzo", "Ordini"]),
    ("grosse", &["Größe passt"]),
    ("GROESSE", &["Größe passt"]),
    ("strasse schoen", &["Größe passt"]),
    ("überrasch", &["Größe passt"]),
    ("d'ete", &["Un été réussi"]),
    ("COEUR recu", &["Un été réussi"]),
    ("nino donde", &["Corazón"]),
    ("o'neill", &["Don't bother"]),
    ("e-mail", &["Don't bother"]),
    ("日本", &["日本のお茶"]),
    ("茶", &["日本のお茶"]),
    ("本日", &[]),
    ("배송", &["배송이 빨라요"]),
    ("ελλαδα λογος", &["Ελλάδα"]),
    ("елка достав", &["Ёлка"]),
    ("3.5", &["Taglia 3.5"]),
    ("\" AND tazza", &["<b>rotta</b>"]),
    ("tazza rotta", &["Verde", "<b>rotta</b>"]),
    ("tazz", &["Verde", "TAZZA TAZZA", "<b>rotta</b>"]),
    ("naive FACADE", &["naïve façade"]),
    ("oeuvre lodz thor fine", &["naïve façade"]),
    ("aesir", &["naïve façade"]),
    ("unfindable", &[]),
];

async fn told(engine: Engine) -> Option<(TestApp, TestShop)> {
    let app = TestApp::start(engine).await?;
    let shop = app.shop("bottega.example").await;
    for (n, (title, text, stars)) in SAID.into_iter().enumerate() {
        let link = app.invited(&shop, &format!("#{n}"), &format!("c{n}@example.com")).await;
        let posted = app.post_form(&link, &[("stars", stars), ("title", title), ("text", text), ("name", "")]).await;
        assert!(posted.status < 400, "{}: {}", posted.status, posted.text);
        app.advance(HOUR);
    }
    Some((app, shop))
}

/// Titles of everything that a query finds, read two at a time.
async fn found(app: &TestApp, shop: &TestShop, query: &[(&str, &str)]) -> Vec<String> {
    let (mut titles, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut pairs: Vec<(&str, &str)> = query.to_vec();
        pairs.push(("limit", "2"));
        pairs.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let query = serde_urlencoded::to_string(pairs).unwrap();
        let page = app.get(&format!("/v1/shops/{}/reviews?{query}", shop.domain)).await.expect(200, &query);
        titles.extend(page["data"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return titles,
        }
    }
}

/// Every question with every way to narrow and sort.
async fn answers(engine: Engine) -> Option<BTreeMap<String, Vec<String>>> {
    let (app, shop) = told(engine).await?;
    let mut all = BTreeMap::new();
    for (q, titles) in ASKED {
        assert_eq!(found(&app, &shop, &[("q", q)]).await, titles, "{q} on {}", engine.name());
        for more in
            [("sort", "oldest"), ("sort", "highest"), ("sort", "lowest"), ("stars", "1,2,5"), ("with_text", "true")]
        {
            all.insert(format!("{q} {more:?}"), found(&app, &shop, &[("q", q), more]).await);
        }
    }
    Some(all)
}

#[tokio::test]
async fn both_engines_give_the_same_answer_to_the_same_question() {
    let sqlite = answers(Engine::Sqlite).await.expect("SQLite is always there");
    assert!(sqlite.values().filter(|titles| titles.len() > 1).count() > 20, "the questions find something");
    if let Some(postgres) = answers(Engine::Postgres).await {
        assert_eq!(sqlite, postgres);
    }
}

async fn follows(engine: Engine) {
    let Some((app, shop)) = told(engine).await else { return };
    let find = async |q: &str| found(&app, &shop, &[("q", q)]).await;
    let link = app.review_link("c14@example.com");
    assert_eq!(find("rotta verde").await, ["Verde"]);
    app.post_form(&format!("{link}/edit"), &[("stars", "5"), ("title", "Verde"), ("text", "Sostituita subito")]).await;
    assert_eq!((find("rotta verde").await, find("sostituita").await), (vec![], vec!["Verde".to_owned()]));
    let page = async |q: &str| app.get(&format!("/shops/{}?q={q}&lang=it", shop.domain)).await.text;
    assert!(page("sostituita").await.contains("1 recensione con questi filtri"), "{}", page("sostituita").await);
    app.post_form(&format!("{link}/erase"), &[]).await;
    assert_eq!(find("sostituita").await, Vec::<String>::new());
    assert!(page("sostituita").await.contains("Nessuna recensione con questi filtri"));
    // On a product's list, among that product's reviews.
    let product: Value =
        app.get(&format!("/v1/shops/{}/products/moka-3/reviews?q=tazza", shop.domain)).await.expect(200, "");
    assert_eq!(product["data"], serde_json::json!([]));
    for (q, said) in
        [("a+b+c+d+e+f+g+h+i", "8 words"), (&*"x".repeat(101), "100 characters"), ("%3F%21", "letter or digit")]
    {
        let refused = app.get(&format!("/v1/shops/{}/reviews?q={q}", shop.domain)).await.expect(400, "too much");
        assert_eq!((&refused["code"], &refused["parameter"]), (&"invalid_filter".into(), &"q".into()), "{refused}");
        assert!(refused["detail"].as_str().unwrap().contains(said), "{refused}");
        let shown = app.get(&format!("/shops/{}?q={q}&lang=en", shop.domain)).await;
        assert!(
            shown.status == 200 && shown.text.contains("role=\"alert\"") && shown.text.contains("naïve"),
            "{}",
            shown.text
        );
    }
}

#[tokio::test]
async fn a_search_follows_every_change() {
    for engine in ENGINES {
        follows(engine).await;
    }
}
