//! A shop's words with their values in them. What was checked when it was stored is checked once more and rendered here, with the variables
//! of its mail only, and into a writer that has an end.

use std::io;

use handlebars::{RenderErrorReason, html_escape};
use serde_json::{Map, Value, json};

use super::asks;
use super::check::flawed;
use super::grammar;
use super::model::{Flaw, Manner, Own, Part};
use super::variables;
use crate::kernel::text::decode_entities;
use crate::mail::context::MailContext;
use crate::mail::template::LocaleSet;

/// Most bytes of one rendered part.
const BYTES: usize = 32 << 10;
/// Most writes of one rendered part: the work that a template may cost.
const WRITES: usize = 10_000;

/// A shop's words, rendered for one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::mail) struct Said {
    /// The subject line.
    pub(in crate::mail) subject: Option<String>,
    heading: Option<String>,
    preheader: Option<String>,
    opening_text: Option<String>,
    closing_text: Option<String>,
    opening_html: Option<String>,
    closing_html: Option<String>,
}

impl Said {
    /// What the text part asks for.
    pub(in crate::mail) fn text(&self) -> Value {
        self.value(self.opening_text.clone(), self.closing_text.clone())
    }

    /// What the HTML part asks for: where the shop wrote only text, the text as paragraphs.
    pub(in crate::mail) fn html(&self) -> Value {
        let or_text =
            |html: &Option<String>, text: &Option<String>| html.clone().or_else(|| text.as_deref().map(paragraphs));
        self.value(or_text(&self.opening_html, &self.opening_text), or_text(&self.closing_html, &self.closing_text))
    }

    /// Every part as its reader reads it, for the search for asks.
    pub(super) fn readable(&self) -> Vec<(&'static str, String)> {
        let parts = [
            ("/subject", &self.subject),
            ("/heading", &self.heading),
            ("/preheader", &self.preheader),
            ("/text/opening", &self.opening_text),
            ("/text/closing", &self.closing_text),
            ("/html/opening", &self.opening_html),
            ("/html/closing", &self.closing_html),
        ];
        let said = parts.into_iter().filter_map(|(pointer, text)| Some((pointer, text.as_deref()?)));
        said.map(|(pointer, text)| (pointer, decode_entities(&asks::readable(text)).into_owned())).collect()
    }

    fn value(&self, opening: Option<String>, closing: Option<String>) -> Value {
        json!({"heading": self.heading, "preheader": self.preheader, "opening": opening, "closing": closing})
    }
}

/// Text as paragraphs of HTML.
fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    let lines = paragraphs.map(|text| ["<p>", &html_escape(text).replace('\n', "<br>\n"), "</p>\n"].concat());
    lines.collect()
}

impl Own {
    /// Renders every part for this mail.
    ///
    /// # Errors
    /// The first part that cannot be.
    pub(in crate::mail) fn say(&self, set: &LocaleSet, context: &MailContext, all: &Value) -> Result<Said, Flaw> {
        let mail = context.template();
        let (variables, visible) = (variables::of(mail), visible(mail, all));
        let mut said = Said::default();
        for part in self.parts() {
            // Also what was checked when it was stored: an older version may have known another language, and one template that calls
            // itself ends the process.
            grammar::check_text(part.source, &variables).map_err(|fault| flawed(part, fault))?;
            let text = render(set, part, &visible)?;
            let place = match part.pointer {
                "/subject" => &mut said.subject,
                "/heading" => &mut said.heading,
                "/preheader" => &mut said.preheader,
                "/text/opening" => &mut said.opening_text,
                "/text/closing" => &mut said.closing_text,
                "/html/opening" => &mut said.opening_html,
                _ => &mut said.closing_html,
            };
            *place = Some(text);
        }
        Ok(said)
    }
}

fn render(set: &LocaleSet, part: Part<'_>, visible: &Value) -> Result<String, Flaw> {
    let rendered = set.render_text(part.source, visible, part.manner == Manner::Html);
    let text = rendered.map_err(|error| {
        let what = match error.reason() {
            RenderErrorReason::IOError(_) => {
                format!("It becomes too long: it may have {BYTES} bytes when its values are in.")
            }
            other => format!("{other}."),
        };
        Flaw { place: error.line_no.zip(error.column_no), ..Flaw::of(part.pointer, what) }
    })?;
    match part.manner {
        Manner::Line if text.contains(char::is_control) => {
            Err(Flaw::of(part.pointer, "A value brought a line break into a line."))
        }
        _ => Ok(text),
    }
}

/// The variables of the mail that a shop may see, and no others.
fn visible(mail: &str, all: &Value) -> Value {
    let mut seen = Map::new();
    for variable in variables::of(mail) {
        let Some(value) = all.pointer(&format!("/{}", variable.name.replace('.', "/"))) else { continue };
        match variable.name.split_once('.') {
            Some((parent, name)) => {
                let inner = seen.entry(parent).or_insert_with(|| Value::Object(Map::new()));
                if let Some(inner) = inner.as_object_mut() {
                    inner.insert(name.to_owned(), value.clone());
                }
            }
            None => {
                seen.insert(variable.name.to_owned(), value.clone());
            }
        }
    }
    Value::Object(seen)
}

/// A writer that refuses to go on for ever.
#[derive(Debug, Default)]
pub(in crate::mail) struct Bounded {
    bytes: Vec<u8>,
    writes: usize,
}

impl Bounded {
    /// What was written.
    pub(in crate::mail) fn into_text(self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        if self.writes > WRITES || self.bytes.len() + bytes.len() > BYTES {
            return Err(io::Error::other("it becomes too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
