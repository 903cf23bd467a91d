//! What a part spends its length and its work on: its values and repetitions, counted before anything is rendered, and weighed one by one
//! once a proposal has failed, each alone inside the conditions around it. So a refusal names a place.

use serde_json::Value;

use super::grammar::{Tag, scan};
use super::model::{Part, place};
use super::variables::Variable;

/// A value, or a repetition with what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Where it begins.
    pub(super) at: usize,
    end: usize,
    /// Its variable.
    name: &'a str,
    /// It is a repetition of so many tags.
    repeats: Option<usize>,
}

/// What a part consists of beside its own words.
#[derive(Clone, Debug)]
pub(super) struct Anatomy<'a> {
    part: Part<'a>,
    /// Values and repetitions.
    pieces: Vec<Piece<'a>>,
    /// The conditions around them.
    conditions: Vec<Tag<'a>>,
}

/// What is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blame {
    /// The part, as a JSON pointer.
    pub(super) pointer: &'static str,
    /// Line and column of its first piece, or of the part's own words.
    pub(super) place: (usize, usize),
    /// Its variable; none where the part's own words are to blame.
    pub(super) name: Option<String>,
    /// How much it makes.
    pub(super) size: usize,
}

impl<'a> Anatomy<'a> {
    /// Takes a part apart that was checked before.
    pub(super) fn of(part: Part<'a>, variables: &[Variable]) -> Self {
        let mut found = Self { part, pieces: Vec::new(), conditions: Vec::new() };
        let mut open: Option<Piece<'a>> = None;
        for tag in scan(part.source).unwrap_or_default() {
            let begun = open.take();
            open = found.take(tag, begun, variables);
        }
        found
    }

    /// One more tag; gives back the repetition that is open after it.
    fn take(&mut self, tag: Tag<'a>, open: Option<Piece<'a>>, variables: &[Variable]) -> Option<Piece<'a>> {
        let ends = tag.inside.strip_prefix('/').is_some_and(|name| name.trim() == "each");
        match open {
            Some(piece) if ends => {
                self.pieces.push(Piece { end: tag.end, ..piece });
                return None;
            }
            Some(piece) => return Some(Piece { repeats: piece.repeats.map(|tags| tags + 1), ..piece }),
            None => {}
        }
        let name = name_in(tag.inside, variables);
        let begins = tag.inside.strip_prefix('#').is_some_and(|rest| rest.trim_start().starts_with("each"));
        if begins {
            return Some(Piece { at: tag.at, end: tag.end, name, repeats: Some(0) });
        }
        if tag.inside.starts_with(['#', '/']) || tag.inside.starts_with("else") {
            self.conditions.push(tag);
        } else {
            self.pieces.push(Piece { at: tag.at, end: tag.end, name, repeats: None });
        }
        None
    }

    /// How many steps it takes to render: one for each tag, and for those of a repetition as often as it is gone through.
    pub(super) fn steps(&self, visible: &Value) -> usize {
        self.pieces.iter().map(|piece| piece.steps(visible)).sum::<usize>() + self.conditions.len()
    }

    /// The piece that takes the most steps.
    pub(super) fn slowest(&self, visible: &Value) -> Option<Piece<'a>> {
        self.pieces.iter().copied().max_by_key(|piece| piece.steps(visible))
    }

    /// The variable that weighs the most, each of its pieces rendered alone; or the part's own words, where they weigh more than any.
    pub(super) fn heaviest(&self, weigh: impl Fn(&str) -> usize) -> Option<Blame> {
        let part = self.part;
        let mut shares: Vec<Blame> = Vec::new();
        for piece in &self.pieces {
            let size = weigh(&self.only(piece));
            match shares.iter_mut().find(|share| share.name.as_deref() == Some(piece.name)) {
                Some(share) => share.size = share.size.saturating_add(size),
                None if size == 0 => {}
                None => shares.push(Blame {
                    pointer: part.pointer,
                    place: place(part.source, piece.at),
                    name: Some(piece.name.to_owned()),
                    size,
                }),
            }
        }
        shares.push(Blame { pointer: part.pointer, place: (1, 1), name: None, size: weigh(&self.words()) });
        // The first of equals.
        let largest = shares.iter().map(|share| share.size).max().filter(|size| *size > 0)?;
        shares.into_iter().find(|share| share.size == largest)
    }

    /// The first piece or condition: where a part that turns out empty is decided.
    pub(super) fn first(&self) -> (usize, usize) {
        let starts = self.pieces.iter().map(|piece| piece.at).chain(self.conditions.iter().map(|tag| tag.at));
        place(self.part.source, starts.min().unwrap_or_default())
    }

    /// One piece inside the conditions around it, and nothing else.
    fn only(&self, piece: &Piece<'_>) -> String {
        let before = self.conditions.iter().filter(|tag| tag.at < piece.at);
        let after = self.conditions.iter().filter(|tag| tag.at > piece.at);
        let (before, after) = (before.map(|tag| (tag.at, tag.end)), after.map(|tag| (tag.at, tag.end)));
        let kept = before.chain([(piece.at, piece.end)]).chain(after);
        kept.filter_map(|(from, to)| self.part.source.get(from..to)).collect()
    }

    /// What is written out, inside its conditions.
    fn words(&self) -> String {
        let source = self.part.source;
        let mut out = String::with_capacity(source.len());
        let mut from = 0;
        for piece in &self.pieces {
            out.push_str(source.get(from..piece.at).unwrap_or_default());
            from = piece.end;
        }
        out.push_str(source.get(from..).unwrap_or_default());
        out
    }
}

impl<'a> Piece<'a> {
    /// Its variable.
    pub(super) fn name(self) -> &'a str {
        self.name
    }

    fn steps(self, visible: &Value) -> usize {
        let Some(tags) = self.repeats else { return 1 };
        let list = visible.pointer(&format!("/{}", self.name.replace('.', "/"))).and_then(Value::as_array);
        (tags + 1).saturating_mul(list.map_or(1, Vec::len)).saturating_add(1)
    }
}

/// The variable in a tag.
fn name_in<'a>(inside: &'a str, variables: &[Variable]) -> &'a str {
    let mut words = inside.split_whitespace();
    words.find(|word| variables.iter().any(|variable| variable.name == *word)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::own::model::Manner;
    use crate::mail::own::variables;
    use serde_json::json;

    fn taken(source: &str) -> Anatomy<'_> {
        let part = Part { pointer: "/text/opening", manner: Manner::Text, longest: 9_000, source };
        Anatomy::of(part, &variables::of("reply_notice"))
    }

    const SOURCE: &str = "Ciao{{#if customer_name}} {{customer_name}}{{else}} {{shop.name}}{{/if}},\n\
                          {{#each reply}}<{{this}}>{{else}}-{{/each}} {{date review.written}}";

    #[test]
    fn pieces_are_weighed_alone_and_inside_their_conditions() {
        let anatomy = taken(SOURCE);
        let names: Vec<_> = anatomy.pieces.iter().map(|piece| piece.name).collect();
        assert_eq!(names, ["customer_name", "shop.name", "reply", "review.written"]);
        let only: Vec<_> = anatomy.pieces.iter().map(|piece| anatomy.only(piece)).collect();
        assert_eq!(
            only,
            [
                "{{#if customer_name}}{{customer_name}}{{else}}{{/if}}",
                "{{#if customer_name}}{{else}}{{shop.name}}{{/if}}",
                "{{#if customer_name}}{{else}}{{/if}}{{#each reply}}<{{this}}>{{else}}-{{/each}}",
                "{{#if customer_name}}{{else}}{{/if}}{{date review.written}}",
            ]
        );
        assert_eq!(anatomy.words(), "Ciao{{#if customer_name}} {{else}} {{/if}},\n ");
        let blame = anatomy.heaviest(str::len).unwrap();
        assert_eq!((blame.name.as_deref(), blame.place), (Some("reply"), (2, 1)));
        assert_eq!(taken("Solo parole.").heaviest(str::len).unwrap().name, None);
        assert_eq!((anatomy.first(), taken("x").first()), ((1, 5), (1, 1)));
    }

    #[test]
    fn steps_are_counted_before_anything_is_rendered() {
        let three = json!({ "reply": ["a", "b", "c"] });
        assert_eq!(taken("Ciao {{shop.name}}").steps(&three), 1);
        // Two tags inside, and what stands around them, three times; the repetition itself.
        assert_eq!(taken("{{#each reply}}<{{this}}>{{else}}-{{/each}}").steps(&three), 10);
        assert_eq!(taken(SOURCE).steps(&three), 10 + 3 + 3);
        assert_eq!(taken(SOURCE).slowest(&three).unwrap().name(), "reply");
    }
}
