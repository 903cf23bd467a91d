//! The small language of a shop's words, checked before any template engine sees them: values, `date`, `number`, `plural`, `if`,
//! `unless`, `each`. No partials, decorators, raw blocks, comments or other helpers, no block deeper than four, no `each` within an
//! `each`: what passes is rendered in time that its length bounds. Scanned in one pass, without recursion.

use std::borrow::Cow;

use super::variables::{Sort, Variable, nearest};
use crate::mail::template::markup;

/// Deepest nesting of blocks.
const DEPTH: usize = 4;
/// Most tags in one part.
const TAGS: usize = 200;

/// What is wrong, at which byte, and which variable may have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: Cow<'static, str>,
    pub(super) nearest: Option<&'static str>,
}

fn fault<T>(at: usize, what: impl Into<Cow<'static, str>>) -> Result<T, Fault> {
    Err(Fault { at, what: what.into(), nearest: None })
}

/// One `{{…}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag<'a> {
    at: usize,
    end: usize,
    inside: &'a str,
}

/// A word inside a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word<'a> {
    Name(&'a str),
    Literal,
    /// `name="text"`
    Named(&'a str),
    /// `(eq name literal)`
    Equals(&'a str),
}

/// Checks a part that is plain text.
pub(super) fn check_text(source: &str, variables: &[Variable]) -> Result<(), Fault> {
    let tags = scan(source)?;
    Reader::new(variables).read(&tags).map(|_| ())
}

/// Checks a part with markup: variables stand in its text or as the whole address of a link, and each branch closes what it opens.
/// `linked` judges addresses that are written out.
pub(super) fn check_html(
    source: &str,
    variables: &[Variable],
    linked: impl Fn(&str) -> Result<(), String>,
) -> Result<(), Fault> {
    let tags = scan(source)?;
    let blocks = Reader::new(variables).read(&tags)?;
    let blank = blanked(source, &tags);
    let pieces = markup::pieces(&blank).map_err(|flaw| Fault { at: flaw.at, what: flaw.what, nearest: None })?;
    for (at, address) in pieces.iter().filter_map(markup::Piece::link) {
        let written = source.get(at..at + address.len()).unwrap_or_default();
        check_address(at, written, variables, &linked)?;
    }
    check_branches(&blocks, &pieces)
}

/// The source with something harmless in place of each tag, byte for byte.
fn blanked(source: &str, tags: &[Tag<'_>]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut from = 0;
    for tag in tags {
        out.push_str(source.get(from..tag.at).unwrap_or_default());
        // A block leaves no text behind, a value does.
        let fill = if tag.inside.starts_with(['#', '/']) || tag.inside.starts_with("else") { " " } else { "x" };
        out.push_str(&fill.repeat(tag.end - tag.at));
        from = tag.end;
    }
    out.push_str(source.get(from..).unwrap_or_default());
    out
}

fn check_address(
    at: usize,
    written: &str,
    variables: &[Variable],
    linked: &impl Fn(&str) -> Result<(), String>,
) -> Result<(), Fault> {
    if !written.contains("{{") {
        return linked(written).or_else(|what| fault(at, what));
    }
    let name = written.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    let is_link = |name: &str| variables.iter().any(|variable| variable.name == name && variable.kind == Sort::Link);
    match name {
        Some(name) if is_link(name) => Ok(()),
        _ => {
            let links: Vec<&str> = variables.iter().filter(|v| v.kind == Sort::Link).map(|v| v.name).collect();
            fault(at, format!("an address is written out, or is one variable and nothing else: {}", links.join(", ")))
        }
    }
}

/// A branch of a block: from where to where it reaches.
#[derive(Clone, Copy, Debug)]
struct Branch {
    from: usize,
    to: usize,
}

/// Each branch opens and closes the same elements.
fn check_branches(branches: &[Branch], pieces: &[markup::Piece<'_>]) -> Result<(), Fault> {
    for branch in branches {
        let mut open = 0_i64;
        for piece in pieces.iter().filter(|piece| branch.from <= piece.at && piece.at < branch.to) {
            open += i64::from(piece.opens());
            if open < 0 {
                return fault(piece.at, "this branch closes an element that was opened outside of it");
            }
        }
        if open > 0 {
            return fault(branch.to, "this branch leaves an element open; it closes what it opens");
        }
    }
    Ok(())
}

/// Finds the tags, and refuses every sign of anything else.
fn scan(source: &str) -> Result<Vec<Tag<'_>>, Fault> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(at) = source.get(from..).and_then(|rest| rest.find("{{")).map(|found| from + found) {
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
    Ok(tags)
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

/// Reads the tags in order, keeping which blocks are open.
struct Reader<'v, 'a> {
    variables: &'v [Variable],
    open: Vec<Open<'a>>,
    branches: Vec<Branch>,
}

struct Open<'a> {
    name: &'a str,
    from: usize,
    /// `{{else}}` has been read.
    last: bool,
}

impl<'v, 'a> Reader<'v, 'a> {
    fn new(variables: &'v [Variable]) -> Self {
        Self { variables, open: Vec::new(), branches: Vec::new() }
    }

    fn read(mut self, tags: &[Tag<'a>]) -> Result<Vec<Branch>, Fault> {
        for tag in tags {
            match tag.inside.chars().next() {
                Some('#') => self.begin(tag)?,
                Some('/') => self.end(tag)?,
                _ if tag.inside == "else" || tag.inside.starts_with("else ") => self.otherwise(tag)?,
                _ => self.value(tag)?,
            }
        }
        match self.open.last() {
            Some(open) => fault(open.from, format!("`{{{{#{0}}}}}` has no `{{{{/{0}}}}}`", open.name)),
            None => Ok(self.branches),
        }
    }

    fn begin(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        let (name, rest) = split_name(tag.inside.get(1..).unwrap_or_default());
        match name {
            "if" | "unless" => self.condition(tag.at, rest)?,
            "each" => self.each(tag.at, rest)?,
            _ => return fault(tag.at, format!("`#{}` is no block; blocks are if, unless, each", clip(name))),
        }
        if self.open.len() >= DEPTH {
            return fault(tag.at, format!("blocks stand at most {DEPTH} deep"));
        }
        self.open.push(Open { name, from: tag.end, last: false });
        Ok(())
    }

    fn otherwise(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        let rest = tag.inside.get(4..).unwrap_or_default().trim();
        let chained = match split_name(rest) {
            ("", _) => false,
            ("if", condition) => {
                self.condition(tag.at, condition)?;
                true
            }
            _ => return fault(tag.at, "after `else` stands nothing, or `if` with a condition"),
        };
        let Some(open) = self.open.last_mut() else { return fault(tag.at, "`else` stands outside of a block") };
        if open.last || (chained && open.name != "if") {
            return fault(tag.at, "`else` cannot stand here");
        }
        open.last = !chained;
        let from = std::mem::replace(&mut open.from, tag.end);
        self.branches.push(Branch { from, to: tag.at });
        Ok(())
    }

    fn end(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        let name = tag.inside.get(1..).unwrap_or_default().trim();
        match self.open.pop() {
            Some(open) if open.name == name => {
                self.branches.push(Branch { from: open.from, to: tag.at });
                Ok(())
            }
            Some(open) => fault(tag.at, format!("`/{}` closes `#{}`", clip(name), open.name)),
            None => fault(tag.at, format!("`/{}` closes what is not open", clip(name))),
        }
    }

    fn condition(&self, at: usize, rest: &str) -> Result<(), Fault> {
        match words(at, rest)?.as_slice() {
            [Word::Name(name)] => self.find(at, name).map(|_| ()),
            [Word::Equals(name)] => match self.find(at, name)?.kind {
                Sort::Text | Sort::Number => Ok(()),
                _ => fault(at, format!("`eq` compares words or numbers, and `{name}` is neither")),
            },
            _ => fault(at, "a condition is one variable, or (eq variable value)"),
        }
    }

    fn each(&self, at: usize, rest: &str) -> Result<(), Fault> {
        if self.open.iter().any(|open| open.name == "each") {
            return fault(at, "an `each` cannot stand inside another");
        }
        match words(at, rest)?.as_slice() {
            [Word::Name(name)] => match self.find(at, name)?.kind {
                Sort::List => Ok(()),
                _ => fault(at, format!("`each` repeats a list, and `{name}` is none")),
            },
            _ => fault(at, "`each` takes one variable"),
        }
    }

    fn value(&self, tag: &Tag<'a>) -> Result<(), Fault> {
        let words = words(tag.at, tag.inside)?;
        let sort = |name: &str, wanted: Sort, said: &'static str| match self.find(tag.at, name)?.kind {
            found if found == wanted => Ok(()),
            _ => fault(tag.at, format!("`{name}` is no {said}")),
        };
        match words.as_slice() {
            [Word::Name("this")] if self.open.iter().any(|open| open.name == "each") => Ok(()),
            [Word::Name(name)] => match self.find(tag.at, name)?.kind {
                Sort::Text | Sort::Link | Sort::Number => Ok(()),
                Sort::Day => fault(tag.at, format!("`{name}` is a day: write {{{{date {name}}}}}")),
                Sort::List => {
                    fault(tag.at, format!("`{name}` is a list: write {{{{#each {name}}}}}{{{{this}}}}{{{{/each}}}}"))
                }
                Sort::Flag => fault(tag.at, format!("`{name}` is yes or no: ask with {{{{#if {name}}}}}")),
            },
            [Word::Name("date"), Word::Name(name)] => sort(name, Sort::Day, "day"),
            [Word::Name("number"), Word::Name(name)] => sort(name, Sort::Number, "number"),
            [Word::Name("plural"), Word::Name(name), Word::Named("one"), Word::Named("other")] => {
                sort(name, Sort::Number, "number")
            }
            [Word::Name("plural"), ..] => {
                fault(tag.at, "`plural` is written {{plural order.more one=\"# item\" other=\"# items\"}}")
            }
            [Word::Name(name), ..] => {
                fault(tag.at, format!("`{}` is no helper; helpers are date, number, plural", clip(name)))
            }
            _ => fault(tag.at, "a tag begins with the name of a variable or helper"),
        }
    }

    fn find(&self, at: usize, name: &str) -> Result<Variable, Fault> {
        if self.open.iter().any(|open| open.name == "each") {
            return fault(at, format!("inside `each` stands `this`, not `{}`", clip(name)));
        }
        let found = self.variables.iter().find(|variable| variable.name == name);
        found.copied().ok_or_else(|| {
            let what = if name == "this" {
                "`this` stands inside `each`".to_owned()
            } else {
                format!("this mail has no variable `{}`", clip(name))
            };
            Fault { at, what: what.into(), nearest: nearest(self.variables, name) }
        })
    }
}

fn clip(name: &str) -> String {
    name.chars().take(40).collect()
}

fn split_name(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(name, rest)| (name, rest.trim()))
}

/// The words of a tag.
fn words(at: usize, text: &str) -> Result<Vec<Word<'_>>, Fault> {
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
    let unread = || Fault { at, what: "this tag cannot be read".into(), nearest: None };
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
