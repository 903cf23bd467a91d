//! What a branch has asked for: inside `{{#if x}}`, `x` is there. A value that may be absent is printed nowhere else.

use super::Fault;
use super::tags::Tag;

/// What is known inside of a branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    name: &'a str,
    there: bool,
}

impl<'a> Asked<'a> {
    /// The branch is read where `name` is there.
    pub(super) fn there(name: &'a str) -> Self {
        Self { name, there: true }
    }

    /// The branch is read where `name` is absent.
    pub(super) fn absent(name: &'a str) -> Self {
        Self { name, there: false }
    }

    /// What the `{{else}}` of this branch knows.
    pub(super) fn otherwise(self) -> Self {
        Self { there: !self.there, ..self }
    }

    /// Whether this is there.
    pub(super) fn has(self, name: &str) -> bool {
        self.there && self.name == name
    }
}

/// The fault of a value that nobody asked for, and what to write in its place.
pub(super) fn not_asked_for(source: &str, tag: &Tag<'_>, name: &str) -> Fault {
    let before = source.get(..tag.at).unwrap_or_default();
    let (space, with) = if before.ends_with(' ') { (" ", ", with the space before it inside") } else { ("", "") };
    let inside = tag.inside;
    let what = format!(
        "`{name}` is not there in every mail, and the words around it would then read badly: \
         write `{{{{#if {name}}}}}{space}{{{{{inside}}}}}{{{{/if}}}}`{with}"
    );
    let case = if name == "customer_name" { "no_name" } else { "bare" };
    Fault { case: Some(case), ..Fault::new(tag.at, what) }
}
