//! A shop's words with their values in them: rendered part by part ([`super::stage`]) into what the house's templates ask for. What was
//! checked when it was stored is checked once more.

use handlebars::html_escape;
use serde_json::{Value, json};

use super::asks;
use super::model::{Flaw, Manner, Own, Part};
use super::stage::{Measure, Stage, blamed};
use crate::kernel::text::decode_entities;
use crate::mail::context::MailContext;
use crate::mail::template::LocaleSet;

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
        let stage = Stage::new(set, context.template(), all);
        stage.check_steps(self)?;
        let mut said = Said::default();
        for part in self.parts() {
            let text = stage.render(part)?;
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

    /// The same flaw with the place that it comes from, among the parts whose pointers begin so: the longest value, repetition or text.
    pub(in crate::mail) fn placed(&self, flaw: Flaw, set: &LocaleSet, mail: &str, all: &Value) -> Flaw {
        let stage = Stage::new(set, mail, all);
        let below = flaw.pointer.clone();
        let mut parts: Vec<Part<'_>> = self.parts().filter(|part| part.pointer.starts_with(&below)).collect();
        if parts.is_empty() {
            // The HTML was made of the text.
            parts.extend(self.parts().filter(|part| part.manner == Manner::Text));
        }
        let heaviest = parts.iter().filter_map(|part| stage.heaviest(*part, Measure::Chars)).max_by_key(|b| b.size);
        match (heaviest, parts.first()) {
            (Some(blame), _) => blamed(flaw, &blame, "characters"),
            (None, Some(part)) => Flaw { place: Some(stage.first(*part)), ..flaw },
            (None, None) => flaw,
        }
    }
}
