//! The markup of prose in a mail: a few elements, well nested, and no style, script, picture or comment. What is parsed here can open
//! nothing that it does not close, so that no text hides what stands around it. [`dress`] writes it out again with the styles that mail
//! programs keep and with the classes that turn in the dark.

use std::borrow::Cow;

/// An element that prose may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Element {
    name: &'static str,
    /// Stands on its own lines.
    block: bool,
    /// Has no end.
    void: bool,
}

const fn block(name: &'static str) -> Element {
    Element { name, block: true, void: false }
}

const fn inline(name: &'static str) -> Element {
    Element { name, block: false, void: false }
}

/// Every element there is.
const ELEMENTS: [Element; 16] = [
    block("p"),
    block("ul"),
    block("ol"),
    block("li"),
    block("h2"),
    block("h3"),
    block("blockquote"),
    Element { name: "hr", block: true, void: true },
    Element { name: "br", block: false, void: true },
    inline("a"),
    inline("b"),
    inline("bdi"),
    inline("em"),
    inline("i"),
    inline("strong"),
    inline("u"),
];

/// Deepest nesting.
const DEPTH: usize = 8;

/// What is wrong, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mail) struct MarkupFlaw {
    /// Byte offset.
    pub(in crate::mail) at: usize,
    /// A sentence.
    pub(in crate::mail) what: Cow<'static, str>,
}

fn flaw<T>(at: usize, what: impl Into<Cow<'static, str>>) -> Result<T, MarkupFlaw> {
    Err(MarkupFlaw { at, what: what.into() })
}

/// A piece of prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mail) struct Piece<'a> {
    /// Byte offset.
    pub(in crate::mail) at: usize,
    kind: Kind<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Text(&'a str),
    Open(Element, Attributes<'a>),
    Close(Element),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Attributes<'a> {
    /// Where its value begins, and the value.
    href: Option<(usize, &'a str)>,
    dir: Option<&'a str>,
}

impl<'a> Piece<'a> {
    /// Where a link leads: the offset of the address, and the address.
    pub(in crate::mail) fn link(&self) -> Option<(usize, &'a str)> {
        match &self.kind {
            Kind::Open(_, attributes) => attributes.href,
            Kind::Text(_) | Kind::Close(_) => None,
        }
    }

    /// How the number of open elements changes with it.
    pub(in crate::mail) fn opens(&self) -> i8 {
        match &self.kind {
            Kind::Open(element, _) if !element.void => 1,
            Kind::Close(_) => -1,
            Kind::Text(_) | Kind::Open(..) => 0,
        }
    }

    /// Its words, where it is text.
    pub(in crate::mail) fn text(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Text(text) => Some(text),
            Kind::Open(..) | Kind::Close(_) => None,
        }
    }
}

/// Takes prose apart.
///
/// # Errors
/// The first thing that is not prose.
pub(in crate::mail) fn pieces(source: &str) -> Result<Vec<Piece<'_>>, MarkupFlaw> {
    let mut found = Vec::new();
    let mut open: Vec<Element> = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let text = rest.split('<').next().unwrap_or_default();
        if !text.is_empty() {
            check_text(at, text, &open)?;
            found.push(Piece { at, kind: Kind::Text(text) });
            at += text.len();
            continue;
        }
        let Some(inside) = rest.get(1..).and_then(|rest| rest.split_once('>')).map(|(inside, _)| inside) else {
            return flaw(at, "`<` opens a tag that never ends; write &lt; for the sign itself");
        };
        let kind = tag(at, inside)?;
        follow(at, &kind, &mut open)?;
        found.push(Piece { at, kind });
        at += inside.len() + 2;
    }
    match open.last() {
        Some(element) => flaw(source.len(), format!("<{}> is never closed", element.name)),
        None => Ok(found),
    }
}

fn check_text(at: usize, text: &str, open: &[Element]) -> Result<(), MarkupFlaw> {
    let in_list = open.last().is_some_and(|element| matches!(element.name, "ul" | "ol"));
    let bare = text.trim();
    if in_list && !bare.is_empty() {
        return flaw(at, "text in a list stands inside <li>");
    }
    Ok(())
}

/// What stands between `<` and `>`.
fn tag(at: usize, inside: &str) -> Result<Kind<'_>, MarkupFlaw> {
    let (closing, name_on) = match inside.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, inside),
    };
    let name = name_on.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let Some(element) = ELEMENTS.into_iter().find(|element| element.name == name) else {
        let known: Vec<&str> = ELEMENTS.iter().map(|element| element.name).collect();
        return flaw(at, format!("<{}> cannot stand in a mail; elements are {}", short(inside), known.join(", ")));
    };
    let rest = name_on.get(name.len()..).unwrap_or_default();
    if closing {
        return if rest.trim().is_empty() && !element.void {
            Ok(Kind::Close(element))
        } else {
            flaw(at, format!("</{name}> is not a closing tag"))
        };
    }
    // Only a void element may end as `<br/>`.
    let rest = if element.void { rest.trim_end().trim_end_matches('/') } else { rest };
    let base = at + inside.len() - name_on.len() + 1 + name.len();
    Ok(Kind::Open(element, attributes(base, rest, element)?))
}

fn short(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().chars().take(20).collect()
}

fn attributes(mut at: usize, mut rest: &str, element: Element) -> Result<Attributes<'_>, MarkupFlaw> {
    let mut found = Attributes::default();
    while !rest.trim_start().is_empty() {
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let parts = trimmed.split_once("=\"").and_then(|(name, value)| Some((name, value.split_once('"')?)));
        let Some((name, (value, after))) = parts else {
            return flaw(at, "an attribute is written name=\"value\"");
        };
        match (name, element.name) {
            ("href", "a") if found.href.is_none() => found.href = Some((at + name.len() + 2, value)),
            ("dir", _) if matches!(value, "auto" | "ltr" | "rtl") => found.dir = Some(value),
            _ => {
                return flaw(
                    at,
                    format!("`{}` cannot stand here: links have href, all elements dir; styles are ours", short(name)),
                );
            }
        }
        at += trimmed.len() - after.len();
        rest = after;
    }
    if element.name == "a" && found.href.is_none() {
        return flaw(at, "a link needs its href");
    }
    Ok(found)
}

/// Keeps what is open, and refuses what may not stand in it.
fn follow(at: usize, kind: &Kind<'_>, open: &mut Vec<Element>) -> Result<(), MarkupFlaw> {
    match kind {
        Kind::Text(_) => Ok(()),
        Kind::Close(element) => match open.pop() {
            Some(last) if last == *element => Ok(()),
            Some(last) => flaw(at, format!("</{}> closes <{}>", element.name, last.name)),
            None => flaw(at, format!("</{}> closes what is not open", element.name)),
        },
        Kind::Open(element, _) => {
            let parent = open.last().map_or("", |parent| parent.name);
            let in_list = matches!(parent, "ul" | "ol");
            let in_line = open.iter().any(|parent| !parent.block || matches!(parent.name, "p" | "h2" | "h3"));
            if (element.name == "li") != in_list {
                return flaw(
                    at,
                    format!("<{}> cannot stand here: a list has <li>, and <li> stands in a list", element.name),
                );
            }
            if element.block && in_line {
                return flaw(at, format!("<{}> cannot stand inside a line of text", element.name));
            }
            if element.name == "a" && open.iter().any(|parent| parent.name == "a") {
                return flaw(at, "a link cannot stand inside a link");
            }
            if open.len() >= DEPTH {
                return flaw(at, format!("more than {DEPTH} elements inside one another"));
            }
            if !element.void {
                open.push(*element);
            }
            Ok(())
        }
    }
}

/// Prose with the styles of our mails.
///
/// # Errors
/// As [`pieces`].
pub(super) fn dress(source: &str, accent: &str) -> Result<String, MarkupFlaw> {
    let pieces = pieces(source)?;
    let mut out = String::with_capacity(source.len() * 2);
    let mut quoted = 0_usize;
    for (at, piece) in pieces.iter().enumerate() {
        match &piece.kind {
            Kind::Text(text) => out.push_str(text),
            Kind::Close(element) => {
                quoted = quoted.saturating_sub(usize::from(element.name == "blockquote"));
                out.extend(["</", element.name, ">"]);
            }
            Kind::Open(element, attributes) => {
                let tight = quoted > 0 || leads_a_list(pieces.get(at..).unwrap_or_default());
                open_tag(&mut out, *element, attributes, &style(*element, tight, accent));
                quoted += usize::from(element.name == "blockquote");
            }
        }
    }
    Ok(out)
}

/// Whether a paragraph is followed by a list: it stands close to it.
fn leads_a_list(from: &[Piece<'_>]) -> bool {
    let after = from.iter().skip_while(|piece| !matches!(&piece.kind, Kind::Close(element) if element.name == "p"));
    let mut after = after.skip(1).filter(|piece| piece.text().is_none_or(|text| !text.trim().is_empty()));
    matches!(after.next().map(|piece| &piece.kind), Some(Kind::Open(element, _)) if matches!(element.name, "ul" | "ol"))
}

fn open_tag(out: &mut String, element: Element, attributes: &Attributes<'_>, style: &str) {
    out.extend(["<", element.name]);
    if let Some((_, href)) = attributes.href {
        out.extend([" href=\"", href, "\""]);
    }
    if let Some(dir) = attributes.dir {
        out.extend([" dir=\"", dir, "\""]);
    }
    out.extend([style, ">"]);
}

fn style(element: Element, tight: bool, accent: &str) -> String {
    let fixed = match element.name {
        "p" if tight => " style=\"margin:0 0 8px\"",
        "p" => " style=\"margin:0 0 18px\"",
        "ul" | "ol" => " style=\"margin:0 0 20px;padding:0 0 0 24px\"",
        "li" => " style=\"margin:0 0 4px\"",
        "h2" => {
            " class=\"ink\" style=\"margin:24px 0 12px;font-family:Georgia,'Times New Roman',serif;font-size:22px;line-height:28px;font-weight:bold;color:#16211c\""
        }
        "h3" => {
            " class=\"ink\" style=\"margin:20px 0 8px;font-size:17px;line-height:24px;font-weight:bold;color:#16211c\""
        }
        "hr" => " class=\"rule\" style=\"margin:24px 0;border:0;border-top:1px solid #e3ded2\"",
        "a" => return format!(" class=\"link\" style=\"color:{accent}\""),
        "blockquote" => {
            return format!(
                " class=\"said ink\" style=\"margin:0 0 20px;padding:14px 20px 6px;background:#f6f4ec;border:0 solid {accent};border-left-width:3px;color:#16211c\""
            );
        }
        _ => "",
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_dressed() {
        let dressed = dress(
            "<p>A:</p>\n<ul><li dir=\"auto\">x &amp; y</li></ul><p><a href=\"https://a.example\">b</a><br/></p>",
            "#123456",
        );
        assert_eq!(
            dressed.unwrap(),
            "<p style=\"margin:0 0 8px\">A:</p>\n<ul style=\"margin:0 0 20px;padding:0 0 0 24px\"><li dir=\"auto\" style=\"margin:0 0 4px\">x &amp; y</li></ul>\
             <p style=\"margin:0 0 18px\"><a href=\"https://a.example\" class=\"link\" style=\"color:#123456\">b</a><br></p>"
        );
    }

    #[test]
    fn what_could_hide_the_rest_is_refused_where_it_stands() {
        for (source, at) in [
            ("<p>a", 4),
            ("a</p>", 1),
            ("<p>a</b>", 4),
            ("x<!-- y", 1),
            ("x<!-- y -->", 1),
            ("<style>.foot{display:none}</style>", 0),
            ("<script>a</script>", 0),
            ("<img src=\"x\">", 0),
            ("<p style=\"display:none\">a</p>", 3),
            ("<p class=\"quiet\">a</p>", 3),
            ("<p onclick=\"a\">a</p>", 3),
            ("<a>b</a>", 2),
            ("<a href=\"x\" href=\"y\">b</a>", 12),
            ("<a href=\"x\"><b><a href=\"y\">b</a></b></a>", 15),
            ("<ul>a</ul>", 4),
            ("<ul><p>a</p></ul>", 4),
            ("<li>a</li>", 0),
            ("<p><ul></ul></p>", 3),
            ("<b><p>a</p></b>", 3),
            ("<table>", 0),
            ("<p", 0),
            ("1 < 2", 2),
            ("<P>a</P>", 0),
            ("<a href='x'>b</a>", 3),
        ] {
            assert_eq!(pieces(source).map(|_| ()).map_err(|flaw| flaw.at), Err(at), "{source}");
        }
        let deep = "<b>".repeat(9) + &"</b>".repeat(9);
        assert!(pieces(&deep).is_err());
    }
}
