//! The tags of a part and the words inside them.

use super::{Fault, fault};

/// Most tags in one part.
const TAGS: usize = 200;

/// One `{{…}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mail::own) struct Tag<'a> {
    pub(in crate::mail::own) at: usize,
    pub(in crate::mail::own) end: usize,
    pub(in crate::mail::own) inside: &'a str,
}

/// A word inside a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'a> {
    Name(&'a str),
    Literal,
    /// `name="text"`
    Named(&'a str),
    /// `(eq name literal)`
    Equals(&'a str),
}

/// Finds the tags, and refuses every sign of anything else.
pub(in crate::mail::own) fn scan(source: &str) -> Result<Vec<Tag<'_>>, Fault> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(at) = source.get(from..).and_then(|rest| rest.find("{{")).map(|found| from + found) {
        refuse_end(from, source.get(from..at).unwrap_or_default())?;
        if source.get(..at).is_some_and(|before| before.ends_with(['\\', '{'])) {
            return fault(at, "`{{` cannot be escaped or stand behind another bracket");
        }
        let rest = source.get(at + 2..).unwrap_or_default();
        refuse_sign(at, rest)?;
        let Some(inside) = rest.split_once("}}").map(|(inside, _)| inside) else {
            return fault(at, "`{{` is never closed by `}}`");
        };
        if let Some(bracket) = inside.find(['{', '}', '\\', '`', '[', '\n']) {
            return fault(at + 2 + bracket, "only names, numbers and texts in double quotes stand inside `{{…}}`");
        }
        let end = at + inside.len() + 4;
        tags.push(Tag { at, end, inside: inside.trim() });
        if tags.len() > TAGS {
            return fault(at, format!("more than {TAGS} tags"));
        }
        from = end;
    }
    refuse_end(from, source.get(from..).unwrap_or_default())?;
    Ok(tags)
}

/// Outside of tags there is no `}}`, and none has a third bracket.
fn refuse_end(from: usize, between: &str) -> Result<(), Fault> {
    if from > 0 && between.starts_with('}') {
        return fault(from, "a tag ends with two brackets: leave out the third");
    }
    match between.find("}}") {
        Some(at) => fault(from + at, "`}}` ends a tag that never began: write `{{` before the name, or leave it out"),
        None => Ok(()),
    }
}

fn refuse_sign(at: usize, rest: &str) -> Result<(), Fault> {
    let what = match rest.trim_start().chars().next() {
        Some('{') => "values are always escaped: write two brackets, not three or four",
        Some('&') => "values are always escaped: leave out `&`",
        Some('>') => "there are no partials here",
        Some('!') => "there are no comments here",
        Some('*') => "there are no decorators here",
        Some('~') => "leave out `~`: a block on a line of its own leaves no line behind",
        Some('^') => "write `{{else}}`",
        Some('@' | '.' | '/') if !rest.trim_start().starts_with('/') => "there are no such variables here",
        Some('#') => match rest.trim_start().get(1..).and_then(|after| after.chars().next()) {
            Some('>') => "there are no partials here",
            Some('*') => "there are no inline partials or decorators here",
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    fault(at, what)
}

pub(super) fn clip(name: &str) -> String {
    name.chars().take(40).collect()
}

pub(super) fn split_name(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(name, rest)| (name, rest.trim()))
}

/// The words of a tag.
pub(super) fn words(at: usize, text: &str) -> Result<Vec<Word<'_>>, Fault> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = word(at, rest)?;
        found.push(word);
        rest = after.trim_start();
        if found.len() > 6 {
            return fault(at, "too many words in one tag");
        }
    }
    Ok(found)
}

fn word(at: usize, rest: &str) -> Result<(Word<'_>, &str), Fault> {
    let unread = || Fault::new(at, "this tag cannot be read");
    if let Some(inner) = rest.strip_prefix('(') {
        let (inner, after) = inner.split_once(')').ok_or_else(unread)?;
        let (eq, compared) = split_name(inner);
        return match words_flat(compared).as_deref() {
            Some([Word::Name(name), Word::Literal]) if eq == "eq" => Ok((Word::Equals(name), after)),
            _ => fault(at, "inside brackets stands (eq variable value)"),
        };
    }
    if let Some(after) = literal(rest) {
        return Ok((Word::Literal, after));
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end).ok_or_else(unread)?;
    if name.is_empty() || name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(unread());
    }
    match after.strip_prefix('=').map(literal) {
        Some(Some(after)) => Ok((Word::Named(name), after)),
        Some(None) => fault(at, format!("`{}=` is followed by a text in double quotes", clip(name))),
        None if after.is_empty() || after.starts_with(char::is_whitespace) => Ok((Word::Name(name), after)),
        None => Err(unread()),
    }
}

/// A name and a literal, as `eq` compares them.
fn words_flat(text: &str) -> Option<Vec<Word<'_>>> {
    let (name, value) = split_name(text);
    (literal(value)?.is_empty()).then(|| vec![Word::Name(name), Word::Literal])
}

/// What follows a text in double quotes or a whole number.
fn literal(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('"') {
        return rest.split_once('"').map(|(_, after)| after);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(digits..)?;
    (digits > 0 && digits < 10 && !after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')))
        .then_some(after)
}
