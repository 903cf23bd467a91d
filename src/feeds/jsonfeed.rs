//! A feed as JSON Feed 1.1. Content is text, never HTML.

use serde_json::{Value, json};

use super::face::{Feed, Item};

/// The whole document.
pub(super) fn write(feed: &Feed) -> String {
    let items: Vec<Value> = feed.items.iter().map(item).collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "language": feed.language,
        "items": items,
    })
    .to_string()
}

fn item(item: &Item) -> Value {
    json!({
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "date_published": item.published,
        "date_modified": item.updated,
        "authors": [{ "name": item.author }],
        "language": item.language,
        "_attesta": { "status": item.status, "stars": item.stars, "reason": item.reason },
    })
}
