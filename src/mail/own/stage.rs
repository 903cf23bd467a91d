//! Where the parts of one mail are rendered, with the variables of that mail and no others; and where it is found out what went wrong.
//!
//! The work is bounded, and not by a clock: how many steps a mail takes is counted before anything is rendered, so that the same words are
//! taken or refused on every machine, however busy. The writer counts as well, should the counting ever be wrong.

use handlebars::RenderError;
use serde_json::{Map, Value};

use super::blame::{Anatomy, Blame};
use super::bounded::{BYTES, overrun};
use super::check::flawed;
use super::grammar;
use super::model::{Flaw, Manner, Own, Part, place};
use super::variables::{self, Variable};
use crate::mail::template::LocaleSet;

/// Most steps of all parts of a mail: its tags, those in a repetition as often as it is gone through.
const STEPS: usize = 10_000;

/// What is weighed when something is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Bytes.
    Bytes,
    /// Characters.
    Chars,
    /// Line breaks and other control characters.
    Breaks,
}

/// Where parts of one mail are rendered.
pub(super) struct Stage<'a> {
    set: &'a LocaleSet,
    variables: Vec<Variable>,
    visible: Value,
}

impl<'a> Stage<'a> {
    /// For this mail, whose variables these are among.
    pub(super) fn new(set: &'a LocaleSet, mail: &str, all: &Value) -> Self {
        Self { set, variables: variables::of(mail), visible: visible(mail, all) }
    }

    /// Also what was checked when it was stored is checked: an older version may have known another language, and one template that calls
    /// itself ends the process.
    pub(super) fn check_steps(&self, own: &Own) -> Result<(), Flaw> {
        let mut steps = 0;
        for part in own.parts() {
            grammar::check_text(part.source, &self.variables).map_err(|fault| flawed(part, fault))?;
            let anatomy = Anatomy::of(part, &self.variables);
            steps += anatomy.steps(&self.visible);
            if steps > STEPS {
                let slowest = anatomy.slowest(&self.visible);
                let (at, name) = slowest.map_or((0, ""), |piece| (piece.at, piece.name()));
                let what = format!(
                    "Up to here the mail takes {steps} steps to write; {STEPS} is the most. Repeat `{name}` less."
                );
                return Err(Flaw { nearest: Some(name.to_owned()), ..Flaw::at(part, at, what) });
            }
        }
        Ok(())
    }

    /// Renders one part.
    pub(super) fn render(&self, part: Part<'_>) -> Result<String, Flaw> {
        let html = part.manner == Manner::Html;
        let rendered = self.set.render_text(part.source, &self.visible, html);
        let text = rendered.map_err(|error| self.unsaid(part, &error))?.into_text();
        match part.manner {
            Manner::Line if text.contains(char::is_control) => {
                let flaw = Flaw::of(part.pointer, "A value brought a line break into a line.");
                Err(self.heaviest(part, Measure::Breaks).map_or(flaw.clone(), |blame| blamed(flaw, &blame, "")))
            }
            _ => Ok(text),
        }
    }

    /// Why a part could not be rendered, and where.
    fn unsaid(&self, part: Part<'_>, error: &RenderError) -> Flaw {
        let there = error.line_no.zip(error.column_no);
        if overrun(error).is_some() {
            let what = format!("It becomes too long: it may have {BYTES} bytes when its values are in.");
            let flaw = Flaw { place: there, ..Flaw::of(part.pointer, what) };
            return self.heaviest(part, Measure::Bytes).map_or(flaw.clone(), |blame| blamed(flaw, &blame, "bytes"));
        }
        let tags = grammar::scan(part.source).unwrap_or_default();
        let failed = there.and_then(|there| tags.into_iter().rfind(|tag| place(part.source, tag.at) <= there));
        let words = failed.map(|tag| tag.inside).unwrap_or_default();
        let named = words.split_whitespace().find(|word| self.variables.iter().any(|known| known.name == *word));
        let what = format!("{}.", error.reason());
        Flaw { place: there, nearest: named.map(str::to_owned), ..Flaw::of(part.pointer, what) }
    }

    /// Where a part that turns out empty is decided.
    pub(super) fn first(&self, part: Part<'_>) -> (usize, usize) {
        Anatomy::of(part, &self.variables).first()
    }

    /// What of a part weighs the most.
    pub(super) fn heaviest(&self, part: Part<'_>, by: Measure) -> Option<Blame> {
        let html = part.manner == Manner::Html;
        let weigh = |source: &str| match self.set.render_text(source, &self.visible, html) {
            Ok(out) => {
                let text = out.into_text();
                match by {
                    Measure::Bytes => text.len(),
                    Measure::Chars => text.chars().count(),
                    Measure::Breaks => text.matches(char::is_control).count(),
                }
            }
            Err(error) if overrun(&error).is_some() => usize::MAX,
            Err(_) => 0,
        };
        Anatomy::of(part, &self.variables).heaviest(weigh)
    }
}

/// The flaw with the piece that it comes from; `of` is what its size counts.
pub(super) fn blamed(flaw: Flaw, blame: &Blame, of: &str) -> Flaw {
    let size = match blame.size {
        _ if of.is_empty() => String::new(),
        usize::MAX => ", more than there may be".to_owned(),
        size => format!(", {size} {of}"),
    };
    let from = match &blame.name {
        Some(name) if of.is_empty() => format!("It comes from `{name}`."),
        Some(name) => format!("The largest share comes from `{name}`{size}."),
        None => format!("The largest share is written out{size}."),
    };
    Flaw {
        pointer: blame.pointer.to_owned(),
        place: Some(blame.place),
        what: format!("{} {from}", flaw.what),
        nearest: blame.name.clone(),
        ..flaw
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
