//! Everything that can be read of a shop, as a file: a line of JSON per review, or a table. docs/export.md is the schema.
//!
//! Reviews of the shop and of its products, in the order of publication, each as the API gives it with all it said before;
//! tombstones in their places. The table has the same rows and the words that fit a table.

use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::reviews::public::Tombstone;
use crate::reviews::{PublicEntry, PublicReview, walk};

use super::cells::{rows_of, sheet};
use super::stream::Source;

/// Reviews read at once.
const BATCH: i64 = 100;

/// The columns of the table. New ones are added at the end.
pub(super) const COLUMNS: [&str; 24] = [
    "id",
    "status",
    "about",
    "sku",
    "product",
    "stars",
    "title",
    "text",
    "author",
    "language",
    "published_at",
    "edited_at",
    "version",
    "signature",
    "ordered_on",
    "delivered_on",
    "reply",
    "replied_at",
    "reply_edited_at",
    "answers",
    "gone_since",
    "gone_reason",
    "gone_by",
    "photos",
];

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A line of JSON per review.
    Lines,
    /// Comma-separated values.
    Table,
}

/// An export under way.
pub(super) struct Export {
    links: Links,
    shop: ShopId,
    form: Form,
    batch: i64,
    stage: Stage,
}

enum Stage {
    Begin,
    After(Option<ReviewId>),
    End,
}

impl Export {
    pub(super) fn new(links: Links, shop: ShopId, form: Form) -> Self {
        Self { links, shop, form, batch: BATCH, stage: Stage::Begin }
    }

    /// The same in other batches.
    #[cfg(test)]
    pub(super) fn in_batches(self, batch: i64) -> Self {
        Self { batch, ..self }
    }
}

impl Source for Export {
    fn next(&mut self, conn: &mut Connection) -> db::Result<Option<Vec<u8>>> {
        let after = match self.stage {
            Stage::Begin if self.form == Form::Table => {
                self.stage = Stage::After(None);
                return head().map(Some);
            }
            Stage::Begin => None,
            Stage::After(after) => after,
            Stage::End => return Ok(None),
        };
        let (entries, last) = walk::entries(conn, self.shop, after, self.batch)?;
        let entries: Vec<_> = entries.into_iter().map(|entry| entry.with_links(&self.links)).collect();
        self.stage = if last.is_some() { Stage::After(last) } else { Stage::End };
        match self.form {
            Form::Lines => lines(&entries),
            Form::Table => table(entries.iter().map(row)),
        }
        .map(Some)
    }
}

/// The first bytes of the table: a mark by which spreadsheets know UTF-8, and the names of the columns.
fn head() -> db::Result<Vec<u8>> {
    sheet(std::iter::once(COLUMNS.map(str::to_owned))).map_err(db::Error::Corrupt)
}

fn lines(entries: &[PublicEntry]) -> db::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(entries.len() * 1024);
    for entry in entries {
        serde_json::to_writer(&mut bytes, entry).map_err(|error| db::Error::Corrupt(error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn table(rows: impl Iterator<Item = [String; COLUMNS.len()]>) -> db::Result<Vec<u8>> {
    rows_of(rows).map_err(db::Error::Corrupt)
}

fn row(entry: &PublicEntry) -> [String; COLUMNS.len()] {
    match entry {
        PublicEntry::Review(review) => of_review(review),
        PublicEntry::Tombstone(stone) => of_stone(stone),
    }
}

fn of_review(review: &PublicReview) -> [String; COLUMNS.len()] {
    let (about, sku, product) = match &review.product {
        Some(product) => ("product", product.sku.clone(), product.name.clone().unwrap_or_default()),
        None => ("shop", String::new(), String::new()),
    };
    let reply = review.reply.as_ref();
    let photos: Vec<&str> = review.photos.iter().filter_map(|photo| photo.url.as_deref()).collect();
    let answers: Vec<&str> = review.answers.iter().map(|answer| answer.text.as_str()).collect();
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let day = |day: Option<UtcDay>| day.map(|day| day.to_string()).unwrap_or_default();
    let standing = reply.filter(|reply| reply.text.is_some());
    [
        review.id.to_string(),
        review.status.to_string(),
        about.to_owned(),
        sku,
        product,
        review.stars.to_string(),
        review.title.clone(),
        review.text.clone(),
        review.author.clone().unwrap_or_default(),
        review.language.clone(),
        review.published_at.to_string(),
        time(review.edited_at),
        review.version.to_string(),
        review.checked.signature.to_owned(),
        day(review.checked.ordered_on),
        day(review.checked.delivered_on),
        standing.and_then(|reply| reply.text.clone()).unwrap_or_default(),
        time(standing.map(|reply| reply.created_at)),
        time(standing.and_then(|reply| reply.edited_at)),
        answers.join("\n\n"),
        String::new(),
        String::new(),
        String::new(),
        photos.join(" "),
    ]
}

/// Nothing but that it was there, and why it is gone; not even what it was about.
fn of_stone(stone: &Tombstone) -> [String; COLUMNS.len()] {
    let mut row = [const { String::new() }; COLUMNS.len()];
    let known = [
        ("id", stone.id.to_string()),
        ("status", stone.status.to_string()),
        ("published_at", stone.published_at.to_string()),
        ("gone_since", stone.date.to_string()),
        ("gone_reason", stone.reason.to_owned()),
        ("gone_by", stone.by.to_owned()),
    ];
    for (name, text) in known {
        let column = COLUMNS.iter().position(|column| *column == name);
        if let Some(place) = column.and_then(|at| row.get_mut(at)) {
            *place = text;
        }
    }
    row
}
