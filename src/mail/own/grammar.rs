//! The small language of a shop's words, checked before any template engine sees them: values, `date`, `number`, `plural`, `if`,
//! `unless`, `each`. No partials, decorators, raw blocks, comments or other helpers, no block deeper than four, no `each` within an
//! `each`: what passes takes as many steps as can be counted beforehand. What may be absent is printed only where the words around it have asked
//! for it ([`asked`]), so that no mail reads "Ciao ,". Scanned in one pass, without recursion.

mod asked;
mod tags;

use std::borrow::Cow;

use self::asked::Asked;
pub(super) use self::tags::{Tag, scan};
use self::tags::{Word, clip, split_name, words};
use super::variables::{Sort, Variable, nearest};
use crate::mail::template::markup;

/// Deepest nesting of blocks.
const DEPTH: usize = 4;

/// What is wrong, at which byte, which variable may have been meant, and which case shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: Cow<'static, str>,
    pub(super) nearest: Option<&'static str>,
    pub(super) case: Option<&'static str>,
}

impl Fault {
    fn new(at: usize, what: impl Into<Cow<'static, str>>) -> Self {
        Self { at, what: what.into(), nearest: None, case: None }
    }
}

fn fault<T>(at: usize, what: impl Into<Cow<'static, str>>) -> Result<T, Fault> {
    Err(Fault::new(at, what))
}

/// Checks a part that is plain text.
pub(super) fn check_text(source: &str, variables: &[Variable]) -> Result<(), Fault> {
    let tags = scan(source)?;
    Reader::new(source, variables).read(&tags).map(|_| ())
}

/// Checks a part with markup: variables stand in its text or as the whole address of a link, and each branch closes what it opens.
/// `linked` judges addresses that are written out.
pub(super) fn check_html(
    source: &str,
    variables: &[Variable],
    linked: impl Fn(&str) -> Result<(), String>,
) -> Result<(), Fault> {
    let tags = scan(source)?;
    let blocks = Reader::new(source, variables).read(&tags)?;
    let blank = blanked(source, &tags);
    let pieces = markup::pieces(&blank).map_err(|flaw| Fault::new(flaw.at, flaw.what))?;
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

/// Reads the tags in order, keeping which blocks are open.
struct Reader<'v, 'a> {
    source: &'a str,
    variables: &'v [Variable],
    open: Vec<Open<'a>>,
    branches: Vec<Branch>,
}

struct Open<'a> {
    name: &'a str,
    from: usize,
    /// `{{else}}` has been read.
    last: bool,
    /// What the branch that is open has asked for.
    asked: Asked<'a>,
}

impl<'v, 'a> Reader<'v, 'a> {
    fn new(source: &'a str, variables: &'v [Variable]) -> Self {
        Self { source, variables, open: Vec::new(), branches: Vec::new() }
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
        let asked = match name {
            "if" => Asked::there(self.condition(tag.at, rest)?),
            "unless" => Asked::absent(self.condition(tag.at, rest)?),
            "each" => {
                self.each(tag.at, rest)?;
                Asked::default()
            }
            _ => return fault(tag.at, format!("`#{}` is no block; blocks are if, unless, each", clip(name))),
        };
        if self.open.len() >= DEPTH {
            return fault(tag.at, format!("blocks stand at most {DEPTH} deep"));
        }
        self.open.push(Open { name, from: tag.end, last: false, asked });
        Ok(())
    }

    fn otherwise(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        let rest = tag.inside.get(4..).unwrap_or_default().trim();
        let chained = match split_name(rest) {
            ("", _) => None,
            ("if", condition) => Some(Asked::there(self.condition(tag.at, condition)?)),
            _ => return fault(tag.at, "after `else` stands nothing, or `if` with a condition"),
        };
        let Some(open) = self.open.last_mut() else { return fault(tag.at, "`else` stands outside of a block") };
        if open.last || (chained.is_some() && open.name != "if") {
            return fault(tag.at, "`else` cannot stand here");
        }
        open.last = chained.is_none();
        open.asked = chained.unwrap_or_else(|| open.asked.otherwise());
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

    /// The variable that is asked for.
    fn condition(&self, at: usize, rest: &'a str) -> Result<&'a str, Fault> {
        match words(at, rest)?.as_slice() {
            [Word::Name(name)] => self.find(at, name).map(|_| *name),
            [Word::Equals(name)] => match self.find(at, name)?.kind {
                Sort::Text | Sort::Number => Ok(name),
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
            found if found == wanted => self.asked_for(tag, name),
            _ => fault(tag.at, format!("`{name}` is no {said}")),
        };
        match words.as_slice() {
            [Word::Name("this")] if self.open.iter().any(|open| open.name == "each") => Ok(()),
            [Word::Name(name)] => match self.find(tag.at, name)?.kind {
                Sort::Text | Sort::Link | Sort::Number => self.asked_for(tag, name),
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

    /// What may be absent is printed where a branch around it has asked for it.
    fn asked_for(&self, tag: &Tag<'a>, name: &str) -> Result<(), Fault> {
        let optional = self.find(tag.at, name)?.optional;
        if !optional || self.open.iter().any(|open| open.asked.has(name)) {
            return Ok(());
        }
        Err(asked::not_asked_for(self.source, tag, name))
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
            Fault { nearest: nearest(self.variables, name), ..Fault::new(at, what) }
        })
    }
}
