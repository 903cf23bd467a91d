//! The room's story on a real database: streams that never hold more than a batch, feeds that follow what happens, lists
//! of addresses that are cut where they should be.

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use serde_json::Value;

use super::export::{COLUMNS, Export, Form};
use super::face::{Face, read};
use super::google::Google;
use super::sitemap::{self, Part, Sitemap};
use super::stream::{Source, pieces};
use super::{atom, jsonfeed};
use crate::db::{self, Connection};
use crate::http::streams::Place;
use crate::kernel::id::ReviewId;
use crate::links::{Base, Links};
use crate::merchants::{self, Shop, ShopStatus};
use crate::profiles::directory;
use crate::reviews::erase::erase;
use crate::reviews::house::{House, said, said_of};
use crate::reviews::model::{ItemSubmission, Submission};
use crate::reviews::reply::reply;

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}

/// All pieces of a source.
fn taken<S: Source>(house: &House, source: S) -> Vec<Vec<u8>> {
    let pieces = pieces(house.ctx.db().clone(), Place::alone(), source);
    block(async move { std::pin::pin!(pieces).map(Result::unwrap).collect().await })
}

fn text(pieces: Vec<Vec<u8>>) -> String {
    String::from_utf8(pieces.concat()).unwrap()
}

/// A customer says this of one product.
fn product(house: &House, shop: &Shop, sku: &str, words: &str) {
    let item = ItemSubmission { text: words.to_owned(), ..said_of(sku, 4).items.remove(0) };
    house.submit(&house.customer(shop), &Submission { items: vec![item], ..said(5) });
    house.clock.advance(1_000);
}

fn replied(house: &House, shop: &Shop, id: ReviewId, words: &'static str) {
    let shop = shop.clone();
    house.write(move |tx, ctx| reply(tx, ctx, &shop, id, words).map(drop));
}

fn follow(house: &House) {
    block(directory::tick(&house.ctx)).unwrap();
}

/// Counts how often it is asked.
struct Counter(usize);

impl Source for Counter {
    fn next(&mut self, _: &mut Connection) -> db::Result<Option<Vec<u8>>> {
        self.0 += 1;
        match self.0 {
            1 | 4 => Ok(Some(vec![b'x'])),
            2 | 3 => Ok(Some(Vec::new())),
            5 => Err(db::Error::corrupt("a row")),
            n => panic!("asked {n} times"),
        }
    }
}

#[test]
fn a_stream_reads_when_it_is_read_and_stops_at_an_error() {
    let house = House::new();
    let pieces = pieces(house.ctx.db().clone(), Place::alone(), Counter(0));
    block(async move {
        let mut pieces = std::pin::pin!(pieces);
        assert_eq!(pieces.next().await.unwrap().unwrap(), b"x");
        assert_eq!(pieces.next().await.unwrap().unwrap(), b"x", "empty pieces are passed over");
        assert!(pieces.next().await.unwrap().is_err());
        assert!(pieces.next().await.is_none(), "after an error nothing comes, and nobody is asked");
    });
}

#[test]
fn an_export_of_thousands_comes_in_batches_and_is_whole() {
    let house = House::new();
    let shop = house.shop();
    let ids: Vec<String> = (0..3_000).map(|n| house.publish(&house.customer(&shop), 1 + n % 5).to_string()).collect();
    for form in [Form::Lines, Form::Table] {
        let pieces = taken(&house, Export::new(house.ctx.links().clone(), shop.id, form));
        let largest = pieces.iter().map(Vec::len).max().unwrap();
        assert!(pieces.len() >= 30 && largest < 100 * 2_048, "{} pieces, the largest of {largest}", pieces.len());
        let all = text(pieces);
        let found: Vec<String> = match form {
            Form::Lines => all.lines().map(|line| line_of(line)["id"].as_str().unwrap().to_owned()).collect(),
            Form::Table => records(&all).into_iter().map(|record| record[0].clone()).collect(),
        };
        assert_eq!(found, ids, "{form:?}: each once, in the order of publication");
    }
}

fn line_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// The rows below the head, as a reader of RFC 4180 sees them.
fn records(table: &str) -> Vec<Vec<String>> {
    let table = table.strip_prefix('\u{FEFF}').unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn exports_hold_dialogue_history_and_tombstones_and_no_formula() {
    let house = House::new();
    let shop = house.shop();
    let hostile = Submission {
        title: "=1+1".to_owned(),
        text: "@SUM(A1)\n=cmd|' /C calc'!A0, \"quoted\"".to_owned(),
        name: "'t Hart".to_owned(),
        ..said(2)
    };
    let bearer = house.customer(&shop);
    house.submit(&bearer, &hostile);
    let gone = house.customer(&shop);
    house.publish(&gone, 3);
    let gone_id: ReviewId = house.all(&gone)[0].id;
    let id = house.all(&bearer)[0].id;
    house.write(move |tx, ctx| erase(tx, ctx, &gone, gone_id).map(drop));
    replied(&house, &shop, id, "+39 055 1234");
    let lines = text(taken(&house, Export::new(house.ctx.links().clone(), shop.id, Form::Lines).in_batches(1)));
    let lines: Vec<Value> = lines.lines().map(line_of).collect();
    assert_eq!((lines[0]["title"].as_str(), lines[0]["earlier"].as_array().map(Vec::len)), (Some("=1+1"), Some(0)));
    assert_eq!(lines[0]["reply"]["text"], "+39 055 1234");
    assert_eq!((lines[1]["status"].as_str(), lines[1].get("stars")), (Some("erased"), None));
    let rows =
        records(&text(taken(&house, Export::new(house.ctx.links().clone(), shop.id, Form::Table).in_batches(1))));
    let cell = |row: usize, name: &str| rows[row][COLUMNS.iter().position(|column| *column == name).unwrap()].as_str();
    assert_eq!((cell(0, "title"), cell(0, "author"), cell(0, "reply")), ("'=1+1", "''t Hart", "'+39 055 1234"));
    assert_eq!(cell(0, "text").strip_prefix('\''), Some(hostile.text.as_str()));
    assert_eq!((cell(1, "gone_reason"), cell(1, "text"), cell(1, "about")), ("erased_by_author", "", ""));
    for risky in rows.iter().flatten() {
        assert!(!risky.starts_with(['=', '+', '-', '@', '\t', '\r']), "{risky}");
    }
}

#[test]
fn the_google_feed_holds_products_with_words_and_nothing_else() {
    let house = House::new();
    let shop = house.shop();
    house.publish(&house.customer(&shop), 5);
    let empty = text(taken(&house, Google::new(shop.clone(), house.ctx.links().clone())));
    assert!(!empty.contains("<reviews>") && empty.ends_with("</feed>\n"), "{empty}");
    product(&house, &shop, "TEA-1", "Profumato & <b>buono</b>.");
    product(&house, &shop, "CUP", "");
    product(&house, &shop, "CUP", "Si è rotta ]]>");
    for batch in [1, 2, 100] {
        let feed = text(taken(&house, Google::new(shop.clone(), house.ctx.links().clone()).in_batches(batch)));
        assert_eq!((feed.matches("<review>").count(), feed.matches("</reviews>").count()), (2, 1), "{feed}");
        assert!(feed.contains("<content>Profumato &amp; &lt;b&gt;buono&lt;/b&gt;.</content>"), "{feed}");
        assert!(
            feed.contains("<skus><sku>TEA-1</sku></skus>") && feed.contains("<product_name>Tè verde</product_name>")
        );
        assert!(feed.contains("<collection_method>post_fulfillment</collection_method>") && !feed.contains("TEST"));
        assert!(feed.contains("<name>Bottega &lt;Verde&gt;</name>"));
    }
}

#[test]
fn feeds_say_what_happened_last() {
    let house = House::new();
    let shop = house.shop();
    let (kept, gone) = (house.customer(&shop), house.customer(&shop));
    let id = house.publish(&kept, 4);
    house.clock.advance(1_000);
    let gone_id = house.publish(&gone, 1);
    let feed = |face| house.read(|conn| read(conn, &shop, house.ctx.links(), face));
    let before = feed(Face::Atom);
    assert_eq!(before.items.len(), 2);
    house.clock.advance(60_000);
    house.write(move |tx, ctx| erase(tx, ctx, &gone, gone_id).map(drop));
    house.clock.advance(60_000);
    replied(&house, &shop, id, "Grazie <b>");
    let after = feed(Face::Json);
    assert_eq!(after.updated, house.ctx.now(), "the reply is the last that was said");
    let stone = after.items.iter().find(|item| item.id == gone_id).unwrap();
    assert_eq!((stone.stars, stone.status, stone.reason), (None, "erased", Some("erased_by_author")));
    assert!(!stone.text.contains("pacco") && stone.updated > before.updated, "its words are replaced by newer ones");
    let json: Value = serde_json::from_str(&jsonfeed::write(&after)).unwrap();
    let text = json["items"][1]["content_text"].as_str().unwrap();
    assert!(text.contains("Risposta di Bottega <Verde>:\nGrazie <b>"), "{text}");
    let atom = atom::write(&feed(Face::Atom));
    assert!(atom.contains("Grazie &lt;b&gt;") && !atom.contains("Grazie <b>"), "{atom}");
    assert_eq!(atom.matches("<id>urn:uuid:").count(), 3, "the feed and its entries");
}

#[test]
fn sitemaps_are_cut_where_they_are_full() {
    let house = House::new();
    let (open, other) = (house.shop(), house.shop());
    for n in 0..5 {
        product(&house, if n < 4 { &open } else { &other }, ["TEA-1", "CUP"][n % 2], "x");
    }
    follow(&house);
    let links = Links::new(Base::parse("https://x.example/a").unwrap());
    for part in [1, 2, 3, 10, 1_000] {
        let parts = house.read(|conn| sitemap::parts(conn, part));
        let (mut all, mut products) = (Vec::new(), BTreeSet::new());
        for from in parts {
            let document = text(taken(&house, Sitemap::new(from.clone(), links.clone(), part)));
            let urls: Vec<String> =
                document.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
            assert!(document.starts_with("<?xml") && document.ends_with("</urlset>\n") && !urls.is_empty());
            let fixed = if from == Part::Shops(None) { 2 } else { 0 };
            assert!(urls.len() <= part + fixed, "{from:?} has {} of {part}", urls.len());
            products.extend(urls.iter().filter(|url| url.contains("/products/")).cloned());
            all.extend(urls);
        }
        let reviews = all.iter().filter(|url| url.contains("/reviews/")).count();
        let shops = all.iter().filter(|url| url.contains("/shops/") && !url.contains("/products/")).count();
        assert_eq!((shops, products.len(), reviews), (2, 3, 10), "in parts of {part}: {all:?}");
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "no address comes twice");
    }
    // A shop that is closed takes everything of its own along.
    let id = other.id;
    house.write(move |tx, _| {
        merchants::change(tx, id, |shop| {
            shop.status = ShopStatus::Closed;
            Ok(())
        })
    });
    follow(&house);
    let parts = house.read(|conn| sitemap::parts(conn, 1_000));
    let all: String =
        parts.into_iter().map(|from| text(taken(&house, Sitemap::new(from, links.clone(), 1_000)))).collect();
    assert_eq!((all.matches("/reviews/").count(), all.contains(other.domain.as_str())), (8, false));
}

#[test]
fn parts_are_named_by_where_they_begin() {
    let house = House::new();
    let links = house.ctx.links().clone();
    assert_eq!(house.read(|conn| sitemap::parts(conn, 10)), [Part::Shops(None)]);
    let index = sitemap::index(&[Part::Reviews(None)], &links);
    assert!(index.contains("/sitemaps/reviews/first.xml</loc>"), "{index}");
    for (list, from) in [("reviews", "nonsense"), ("", "first"), ("shops", ""), ("products", "AXt9")] {
        assert_eq!(Part::parse(list, from), None, "{list} {from}");
    }
    let empty = text(taken(&house, Sitemap::new(Part::Reviews(None), links, 10)));
    assert_eq!(empty.matches("<url>").count(), 1, "a sitemap without an address would be none: {empty}");
}
