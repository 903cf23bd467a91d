//! The faces of a shop that this room makes from stored bytes: pictures and widgets, in all their variants.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::look::Broken;
use crate::look::badge::Theme;
use crate::merchants::Shop;
use crate::profiles::cache::Surface;

use super::render::{self, Look};
use super::widget::asked::Asked;
use super::widget::kind::Kind;
use super::widget::{data, markup};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// `GET /badges/{shop}.svg`.
    Picture(Look),
    /// `GET /w/{shop}/summary.json`.
    Summary(Asked),
    /// `GET /w/{shop}/reviews.json`.
    Reviews(Asked),
    /// `GET /w/{shop}/{kind}.html`.
    Fragment(Kind, Asked),
    /// `GET /w/{shop}/{kind}/frame`.
    Frame(Kind, Theme, Asked),
}

/// How long others may keep a widget's answer: a minute, and an hour more while they ask again.
pub(super) const JSON: Manner = Manner {
    content_type: "application/json",
    cache_control: "public, max-age=60, stale-while-revalidate=3600",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

impl Surface for Face {
    /// All of them say which day they speak of.
    fn dated(self) -> bool {
        true
    }

    fn make(self, conn: &mut Connection, ctx: &Context, shop: &Shop) -> db::Result<Stored> {
        match self {
            Self::Picture(look) => render::picture(conn, ctx, shop, &look),
            Self::Summary(asked) => json(&data::read(conn, ctx, shop, &asked, false)?),
            Self::Reviews(asked) => json(&data::read(conn, ctx, shop, &asked, true)?),
            Self::Fragment(kind, asked) => {
                let data = data::read(conn, ctx, shop, &asked, kind.reads_reviews())?;
                drawn(markup::fragment(kind, &data))
            }
            Self::Frame(kind, theme, asked) => {
                let data = data::read(conn, ctx, shop, &asked, kind.reads_reviews())?;
                drawn(markup::frame(kind, theme, &data))
            }
        }
    }
}

fn json(data: &data::Data) -> db::Result<Stored> {
    let bytes = serde_json::to_vec(data).map_err(|error| db::Error::Corrupt(error.to_string()))?;
    Ok(Stored::new(bytes, &JSON))
}

fn drawn(stored: Result<Stored, Broken>) -> db::Result<Stored> {
    stored.map_err(|broken| db::Error::Corrupt(broken.to_string()))
}
