//! A feed as Atom (RFC 4287). All text is of type `text`: nothing in it is markup, whatever it looks like.

use std::fmt::Write as _;

use uuid::Uuid;

use super::face::{Feed, Item};
use super::xml::{close, element, escaped, open};

/// The whole document.
pub(super) fn write(feed: &Feed) -> String {
    let mut out = String::with_capacity(1024 + feed.items.len() * 1024);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open(&mut out, &format!("feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\"", feed.language));
    element(&mut out, "id", &urn(feed.shop.as_bytes()));
    element(&mut out, "title", &feed.title);
    element(&mut out, "updated", &feed.updated.to_string());
    link(&mut out, "self", "application/atom+xml", &feed.own);
    link(&mut out, "alternate", "text/html", &feed.page);
    element(&mut out, &format!("generator uri=\"{}\"", escaped(&feed.root)), "Attesta");
    for item in &feed.items {
        out.push('\n');
        entry(&mut out, item);
    }
    out.push('\n');
    close(&mut out, "feed");
    out
}

fn entry(out: &mut String, item: &Item) {
    open(out, "entry");
    element(out, "id", &urn(item.id.as_bytes()));
    element(out, "title", &item.title);
    link(out, "alternate", "text/html", &item.url);
    element(out, "published", &item.published.to_string());
    element(out, "updated", &item.updated.to_string());
    open(out, "author");
    element(out, "name", &item.author);
    close(out, "author");
    if let Some(stars) = item.stars {
        // Writing to a String cannot fail.
        let _ = write!(out, "<category scheme=\"https://schema.org/ratingValue\" term=\"{stars}\"/>");
    }
    element(out, &format!("content type=\"text\" xml:lang=\"{}\"", escaped(&item.language)), &item.text);
    close(out, "entry");
}

fn link(out: &mut String, rel: &str, kind: &str, url: &str) {
    let _ = write!(out, "<link rel=\"{rel}\" type=\"{kind}\" href=\"{}\"/>", escaped(url));
}

/// An id that outlives every address.
fn urn(bytes: &[u8; 16]) -> String {
    Uuid::from_bytes(*bytes).urn().to_string()
}
