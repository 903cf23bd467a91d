//! Whether a shop's words can be kept: form, signs, markup, colours, what they ask for, and how every case turns out.

use std::collections::HashSet;

use super::asks;
use super::cases::trials;
use super::grammar::{self, Fault};
use super::model::{Flaw, Manner, Own, OwnLogo, Part, Rule, place};
use super::{colours, variables};
use crate::kernel::locale::Language;
use crate::kernel::text::clean_line;
use crate::mail::template::{Rendered, Templates};

/// Largest HTML part, in bytes: mail programs cut what is larger.
const HTML_BYTES: usize = 60 << 10;
/// Longest rendered subject, in characters.
const SUBJECT_CHARS: usize = 180;
/// Widths of a logo, in CSS pixels.
const LOGO_WIDTHS: std::ops::RangeInclusive<i64> = 32..=320;
/// As much of a name as is read for asks: no shop has a longer one.
const NAME_CHARS: usize = 200;

/// What a shop wants to say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposal<'a> {
    /// In which mail.
    pub(crate) mail: &'static str,
    /// In which language.
    pub(crate) language: Language,
    /// The shop's domain: links lead there.
    pub(crate) domain: &'a str,
    /// The words.
    pub(crate) own: &'a Own,
}

/// Checks a proposal.
///
/// # Errors
/// The first flaw, with its place.
pub(crate) fn check(templates: &Templates, what: Proposal<'_>) -> Result<(), Flaw> {
    let own = what.own;
    for part in own.parts() {
        check_signs(part)?;
    }
    check_shape(own)?;
    check_colours(own)?;
    if let Some(logo) = &own.logo {
        check_logo(logo, what.domain)?;
    }
    let variables = variables::of(what.mail);
    for part in own.parts() {
        let checked = match part.manner {
            Manner::Html => grammar::check_html(part.source, &variables, |address| check_link(address, what.domain)),
            Manner::Line | Manner::Text => grammar::check_text(part.source, &variables),
        };
        checked.map_err(|fault| flawed(part, fault))?;
        check_addresses(part, what.domain)?;
        check_asks(part)?;
    }
    check_cases(templates, what)
}

pub(super) fn flawed(part: Part<'_>, fault: Fault) -> Flaw {
    let Fault { at, what, nearest, case } = fault;
    let hint = nearest.map_or_else(String::new, |nearest| format!(" The nearest is `{nearest}`."));
    let sentence = format!("{}.{hint}", uppercase(&what));
    Flaw { nearest: nearest.map(str::to_owned), case, ..Flaw::at(part, at, sentence) }
}

fn uppercase(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Nothing in a part may become another line, another header, or something that cannot be seen.
fn check_signs(part: Part<'_>) -> Result<(), Flaw> {
    let count = part.source.chars().count();
    if count > part.longest {
        let longest = part.longest;
        return Err(Flaw::of(part.pointer, format!("It has {count} characters; {longest} is the most.")));
    }
    if part.source.trim().is_empty() {
        return Err(Flaw::of(part.pointer, "It is empty. Leave the field out, and the house's own words stand there."));
    }
    let odd = part.source.char_indices().find(|(_, c)| match c {
        '\n' => part.manner == Manner::Line,
        '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{AD}' => true,
        other => other.is_control(),
    });
    if let Some((at, found)) = odd {
        let code = u32::from(found);
        let what = match found {
            '\n' | '\r' => "A line break cannot stand here.".to_owned(),
            _ => format!("The sign U+{code:04X} cannot be seen, and cannot stand here."),
        };
        return Err(Flaw::at(part, at, what));
    }
    match part.source.find("=?") {
        Some(at) if part.manner == Manner::Line => {
            Err(Flaw::at(part, at, "`=?` begins an encoded word in a header, and cannot stand here."))
        }
        _ => Ok(()),
    }
}

fn check_shape(own: &Own) -> Result<(), Flaw> {
    let pairs = [
        ("/text/opening", &own.html.opening, &own.text.opening),
        ("/text/closing", &own.html.closing, &own.text.closing),
    ];
    for (pointer, html, text) in pairs {
        if html.is_some() && text.is_none() {
            return Err(Flaw::of(pointer, "Who reads without HTML must read the same: this part is missing as text."));
        }
    }
    Ok(())
}

fn check_colours(own: &Own) -> Result<(), Flaw> {
    type Check = fn(&str) -> Result<(), String>;
    let colours: [(&str, &Option<String>, Check); 3] = [
        ("/colours/accent", &own.colours.accent, colours::check_accent),
        ("/colours/accent_dark", &own.colours.accent_dark, colours::check_accent_dark),
        ("/colours/paper", &own.colours.paper, colours::check_paper),
    ];
    for (pointer, colour, check) in colours {
        colour.as_deref().map_or(Ok(()), check).map_err(|what| Flaw::of(pointer, what))?;
    }
    Ok(())
}

/// A logo is the one thing that a mail loads from elsewhere: nobody but the shop may learn of it, and not of whom.
fn check_logo(logo: &OwnLogo, domain: &str) -> Result<(), Flaw> {
    let plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\'))
    };
    if logo.url.len() > 500 || !plain(&logo.url) || logo.url.contains("{{") || logo.url.contains(['?', '#']) {
        return Err(Flaw::of(
            "/logo/url",
            "The address of a logo is https, at most 500 characters, without `?` and `#`, and the same for everybody.",
        ));
    }
    if !leads_to(&logo.url, domain) {
        let what = format!(
            "A logo lies at https://{domain} or an address below it: from anywhere else, others would learn that a mail was opened."
        );
        return Err(Flaw::of("/logo/url", what));
    }
    let alt = Part { pointer: "/logo/alt", manner: Manner::Line, longest: 80, source: &logo.alt };
    check_signs(alt)?;
    if logo.alt.contains("{{") {
        return Err(Flaw::of("/logo/alt", "The words of a logo are the same for everybody."));
    }
    check_asks(alt)?;
    if LOGO_WIDTHS.contains(&logo.width) {
        return Ok(());
    }
    Err(Flaw::of("/logo/width", format!("A logo is {} to {} pixels wide.", LOGO_WIDTHS.start(), LOGO_WIDTHS.end())))
}

fn is_host(host: &str) -> bool {
    host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

/// Links lead to the shop.
fn check_link(address: &str, domain: &str) -> Result<(), String> {
    let refused = || format!("links lead to https://{domain}, to an address below it, or are variables");
    if leads_to(address, domain) { Ok(()) } else { Err(refused()) }
}

/// Whether an address is the shop's own, or below it.
pub(in crate::mail) fn leads_to(address: &str, domain: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let below = host.strip_suffix(domain).is_some_and(|front| front.is_empty() || front.ends_with('.'));
    below && is_host(&host) && address.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An address that is written out as text becomes a link in many mail programs.
fn check_addresses(part: Part<'_>, domain: &str) -> Result<(), Flaw> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')' | '{');
    for (at, found) in part.source.match_indices("://").chain(part.source.match_indices("www.")) {
        let before = part.source.get(..at).unwrap_or_default();
        let written_out = found == "://";
        if !written_out && before.ends_with(|c: char| is_word(c) || c == '/') {
            continue;
        }
        let scheme = before.len() - before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
        let start = if written_out { at - scheme } else { at };
        let address = part.source.get(start..).unwrap_or_default();
        let address = address.split(ends).next().unwrap_or_default().trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let address = if written_out { address.to_owned() } else { format!("https://{address}") };
        check_link(&address, domain).map_err(|what| Flaw::at(part, start, format!("{}.", uppercase(&what))))?;
    }
    Ok(())
}

/// Asks in the words as they are written: a value may be anything, and asks for nothing.
fn check_asks(part: Part<'_>) -> Result<(), Flaw> {
    match asks::find(&asks::readable(part.source)) {
        Some(ask) => Err(Flaw { rule: Rule::NoAsk, ..Flaw::at(part, ask.at, asked(&ask.words)) }),
        None => Ok(()),
    }
}

/// Checks what a shop calls itself: it stands in From, heading and subject of every mail, where nothing may ask either. A name that only
/// holds stars asks for none. The first call learns for a moment: not for a thread that others wait for.
///
/// # Errors
/// What it asks for, in a sentence.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let read = clean_line(name, NAME_CHARS).value;
    asks::find(&read).map_or(Ok(()), |ask| Err(asked(&ask.words)))
}

fn asked(words: &str) -> String {
    format!("No mail may ask for stars, praise or kindness: \"{words}\". Ask for the experience, good or bad.")
}

/// Renders every case, and reads it as its reader would.
fn check_cases(templates: &Templates, what: Proposal<'_>) -> Result<(), Flaw> {
    let language = what.language.tag();
    // Most parts read the same in many cases: each is judged once.
    let mut judged = HashSet::new();
    for (case, context) in trials(what.mail) {
        let failed = |flaw: Flaw| Flaw { case: Some(case), ..flaw };
        let said = templates.try_own(language, &context, what.own).map_err(failed)?;
        let rendered = templates.render_own(language, &context, Some(what.own));
        let rendered = rendered.map_err(|fault| Flaw::of("/html", format!("{}.", uppercase(&fault.message))));
        let checked = rendered.and_then(|mail| check_rendered(&mail));
        checked.map_err(|flaw| failed(templates.placed(language, &context, (what.own, flaw))))?;
        for (pointer, text) in said.readable() {
            if judged.contains(&text) {
                continue;
            }
            if let Some(ask) = asks::find(&text) {
                let place = place_of(what.own, pointer, &ask.words);
                return Err(failed(Flaw { rule: Rule::NoAsk, place, ..Flaw::of(pointer, asked(&ask.words)) }));
            }
            judged.insert(text);
        }
    }
    Ok(())
}

/// Where an ask stands that only the rendered text asks: its longest word that is written out.
fn place_of(own: &Own, pointer: &str, words: &str) -> Option<(usize, usize)> {
    let part = own.parts().find(|part| part.pointer == pointer)?;
    let longest = words.split_whitespace().filter_map(|word| Some((word.len(), part.source.find(word)?))).max();
    Some(place(part.source, longest.map_or(0, |(_, at)| at)))
}

fn check_rendered(mail: &Rendered) -> Result<(), Flaw> {
    let subject = mail.subject.chars().count();
    if mail.subject.trim().is_empty() {
        return Err(Flaw::of("/subject", "The subject becomes empty."));
    }
    if subject > SUBJECT_CHARS {
        let what = format!("The subject becomes {subject} characters long; {SUBJECT_CHARS} is the most.");
        return Err(Flaw::of("/subject", what));
    }
    if mail.html.len() > HTML_BYTES {
        let size = mail.html.len();
        return Err(Flaw::of("/html", format!("The HTML part becomes {size} bytes large; {HTML_BYTES} is the most.")));
    }
    Ok(())
}
