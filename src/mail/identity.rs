//! Who a mail is from, as the person reads it: the shop's name, with the instance named as the one who sends; the shop's own address
//! where this instance may sign for its domain, else the instance's, so that From is always a domain that DKIM and DMARC find ours.
//!
//! What a shop wishes is checked when it is set ([`parse_name`], [`parse_address`]): nothing in it can become a header, an encoded word or
//! another address. Pure.

use crate::kernel::email::{EmailAddress, EmailError};
use crate::kernel::text::clean_line;

/// Longest name of a sender, in characters.
pub const NAME_MAX: usize = 80;

/// How a shop wishes to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its name in From; its own name where it has no other wish.
    pub name: Option<String>,
    /// Its address in From.
    pub address: Option<EmailAddress>,
}

/// Why a name is refused: a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing to read.
    #[error("a name has 1 to {NAME_MAX} characters")]
    Length,
    /// A line break, a control character, or one that cannot be seen.
    #[error("a name is one line without control or invisible characters")]
    Invisible,
    /// `=?`: mail programs would decode it.
    #[error("a name may not hold =? or ?=, which mail programs read as an encoded word")]
    Encoded,
    /// It would look like an address of somebody.
    #[error("a name may not hold @, < or >: it would look like an address")]
    Address,
}

/// Reads the name a shop wishes in From. Refuses rather than repairs: what is shown is what was asked for.
pub fn parse_name(text: &str) -> Result<String, NameError> {
    let trimmed = text.trim_matches(' ');
    // Bounds the work on text that is hopeless anyway.
    if trimmed.is_empty() || trimmed.len() > NAME_MAX * 4 || trimmed.chars().count() > NAME_MAX {
        return Err(NameError::Length);
    }
    if trimmed.contains("=?") || trimmed.contains("?=") {
        return Err(NameError::Encoded);
    }
    if trimmed.contains(['@', '<', '>', '\u{FF20}', '\u{FE6B}']) {
        return Err(NameError::Address);
    }
    let cleaned = clean_line(trimmed, NAME_MAX);
    if cleaned.changed && cleaned.value != collapsed(trimmed) {
        return Err(NameError::Invisible);
    }
    Ok(cleaned.value)
}

/// Blanks in a row become one: the only change a name may need.
fn collapsed(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Why an address is refused: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address.
    #[error("{0}")]
    Shape(#[from] EmailError),
    /// Another's domain.
    #[error("the address must be at {0} or below it: the operator can set another")]
    Elsewhere(String),
}

/// Reads the address a shop wishes in From. A shop writes from its own domain or one below it; `own` is `None` for the operator, who
/// may set any.
pub fn parse_address(text: &str, own: Option<&str>) -> Result<EmailAddress, AddressError> {
    let address = EmailAddress::parse(text)?;
    match own {
        Some(own) if !is_within(address.domain(), own) => Err(AddressError::Elsewhere(own.to_owned())),
        _ => Ok(address),
    }
}

fn is_within(domain: &str, own: &str) -> bool {
    domain.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The name in From: `Bottega Ligure (via Attesta)`.
pub(super) fn shown_name(identity: &Identity, shop: &str, instance: &str) -> String {
    let name = identity.name.as_deref().unwrap_or(shop);
    let via = format!(" (via {instance})");
    let room = super::compose::NAME_CHARS.saturating_sub(via.chars().count());
    // What stands there from earlier times was not checked as a wish is.
    let name = clean_line(name, room).value.replace(['<', '>'], " ");
    let name = clean_line(&name, room).value;
    if name.is_empty() { instance.to_owned() } else { format!("{name}{via}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::domain::DomainError;

    #[test]
    fn names_that_could_be_something_else_are_refused() {
        let million = "x".repeat(1_000_000);
        let table = [
            ("", NameError::Length),
            ("   ", NameError::Length),
            (million.as_str(), NameError::Length),
            ("Bottega\r\nBcc: all@example.com", NameError::Address),
            ("Bottega\r\nX: y", NameError::Invisible),
            ("Bottega\nVerdi", NameError::Invisible),
            ("Bottega\0", NameError::Invisible),
            ("Bottega\u{202E}idreV", NameError::Invisible),
            ("Bottega\u{200B}", NameError::Invisible),
            ("=?utf-8?q?Bank?=", NameError::Encoded),
            ("=?utf-8?q?x", NameError::Encoded),
            ("bank@example.com", NameError::Address),
            ("Bank <bank>", NameError::Address),
            ("bank\u{FF20}example.com", NameError::Address),
        ];
        for (text, error) in table {
            assert_eq!(parse_name(text), Err(error), "{}", text.chars().take(40).collect::<String>());
        }
        let longest = "é".repeat(NAME_MAX);
        for name in ["Bottega Ligure", "L'Orto & Figli, \"Srl\"", "山田商店", "👩‍🍳 Ada", "(x)", longest.as_str()]
        {
            assert_eq!(parse_name(name).as_deref(), Ok(name));
        }
        assert_eq!(parse_name("  Bottega   Verdi ").as_deref(), Ok("Bottega Verdi"));
    }

    #[test]
    fn a_shop_writes_from_its_own_domain() {
        let own = Some("bottega.example");
        for text in ["ciao@bottega.example", "ciao@Mail.Bottega.Example"] {
            assert!(parse_address(text, own).is_ok(), "{text}");
        }
        for text in ["ciao@example", "ciao@evilbottega.example", "ciao@bottega.example.evil.example", "a@other.example"]
        {
            assert!(parse_address(text, own).is_err(), "{text}");
        }
        assert!(parse_address("a@other.example", None).is_ok(), "the operator knows what he does");
        let shapes = [
            ("-oProxy@bottega.example", EmailError::Hyphen),
            ("a@bottega.example\r\nBcc: x", EmailError::Domain(DomainError::Malformed)),
            ("a@xn--\u{1F4A9}.example", EmailError::Domain(DomainError::Malformed)),
            ("Anna <anna@bottega.example>", EmailError::LocalPart),
        ];
        for (text, error) in shapes {
            assert_eq!(parse_address(text, own), Err(AddressError::Shape(error)), "{text}");
        }
    }

    #[test]
    fn the_instance_is_named_as_the_one_who_sends() {
        let shown = |name: Option<&str>| {
            shown_name(&Identity { name: name.map(str::to_owned), address: None }, "L'Orto & Figli", "Attesta")
        };
        assert_eq!(shown(None), "L'Orto & Figli (via Attesta)");
        assert_eq!(shown(Some("Bottega Ligure")), "Bottega Ligure (via Attesta)");
        let long = shown(Some(&"é".repeat(200)));
        assert_eq!(long.chars().count(), super::super::compose::NAME_CHARS);
        assert!(long.ends_with("é (via Attesta)"), "a long name never pushes out who sends: {long}");
        assert_eq!(shown(Some("\u{200B}")), "Attesta");
        let own = super::super::trial::own_identity();
        assert_eq!(shown_name(&own, "Attesta", "Attesta"), "Attesta", "what it sends for itself names it once");
    }
}
