//! E-mail addresses: one exact spelling for each person, masked wherever it is printed.
//!
//! The spelling is the address with its domain lower-cased and in ASCII (IDNA) and its local part lower-cased,
//! nothing else: dots and `+tags` mean what the mail server says they mean. Only [`EmailAddress::expose`] gives the
//! whole address; whoever calls it answers for where it goes. There is no serde on purpose.

use super::domain::{DomainError, ascii_host};
use std::fmt;

/// An address that a mail can be sent to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    text: String,
    /// Where the `@` stands.
    at: usize,
}

/// Why a text is no address we can write to.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EmailError {
    /// Nothing there.
    #[error("the address is empty")]
    Empty,
    /// No `@`, or nothing before it.
    #[error("an address is name@domain")]
    Shape,
    /// Blanks, control characters, brackets, quotes, commas, or dots where none may stand.
    #[error("the part before the @ has characters or dots that may not stand there")]
    LocalPart,
    /// Starts with a hyphen: mail programs would take it for an option.
    #[error("an address may not start with a hyphen")]
    Hyphen,
    /// More than 254 characters, or 64 before the `@`.
    #[error("the address is too long (254 characters, 64 before the @)")]
    TooLong,
    /// Letters beyond ASCII before the `@` need SMTPUTF8.
    #[error("letters beyond ASCII before the @ are not supported (SMTPUTF8)")]
    Unicode,
    /// What follows the `@`.
    #[error("after the @: {0}")]
    Domain(#[from] DomainError),
}

impl EmailAddress {
    /// Reads a bare address, without a display name and without blanks around it.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        // The last @: a quoted local part could hold another one, and is refused as such below.
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Shape)?;
        check_local(local)?;
        let domain = ascii_host(domain)?;
        let text = format!("{}@{domain}", local.to_ascii_lowercase());
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        Ok(Self { at: local.len(), text })
    }

    /// The whole address, for the mail itself, for sealing and for hashing. Never for a log or a page.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// The domain, in ASCII.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }
}

/// RFC 5321 dot-string: atoms with single dots between them.
fn check_local(local: &str) -> Result<(), EmailError> {
    if local.is_empty() {
        return Err(EmailError::Shape);
    }
    if local.starts_with('-') {
        return Err(EmailError::Hyphen);
    }
    if local.chars().any(|letter| !letter.is_ascii() && letter.is_alphanumeric()) {
        return Err(EmailError::Unicode);
    }
    if local.len() > 64 {
        return Err(EmailError::TooLong);
    }
    let atoms = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom));
    if atoms { Ok(()) } else { Err(EmailError::LocalPart) }
}

fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.text.chars().next().unwrap_or('•');
        write!(f, "{first}•••@{}", self.domain())
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_spelling_for_each_person() {
        for (text, spelled) in [
            ("Anna.Rossi@Example.COM", "anna.rossi@example.com"),
            ("a+tag@example.com", "a+tag@example.com"),
            ("o'neil@example.com", "o'neil@example.com"),
            ("info@MÜNCHEN.example", "info@xn--mnchen-3ya.example"),
            ("root@localhost", "root@localhost"),
            ("x@example.com.", "x@example.com"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().expose(), spelled, "{text}");
        }
    }

    #[test]
    fn dots_and_tags_make_another_person() {
        let plain = EmailAddress::parse("anna@example.com").unwrap();
        for other in ["an.na@example.com", "anna+x@example.com", "anna@www.example.com"] {
            assert_ne!(EmailAddress::parse(other).unwrap(), plain);
        }
    }

    #[test]
    fn refuses_what_cannot_be_written_to() {
        for (text, error) in [
            ("", EmailError::Empty),
            ("anna", EmailError::Shape),
            ("@example.com", EmailError::Shape),
            ("-oProxy@example.com", EmailError::Hyphen),
            ("an na@example.com", EmailError::LocalPart),
            (" anna@example.com", EmailError::LocalPart),
            ("anna\n@example.com", EmailError::LocalPart),
            ("anna\0@example.com", EmailError::LocalPart),
            ("\"\"@example.com", EmailError::LocalPart),
            ("a@b@example.com", EmailError::LocalPart),
            (".anna@example.com", EmailError::LocalPart),
            ("anna.@example.com", EmailError::LocalPart),
            ("an..na@example.com", EmailError::LocalPart),
            ("Anna <anna@example.com>", EmailError::LocalPart),
            ("a,b@example.com", EmailError::LocalPart),
            ("a\u{202E}b@example.com", EmailError::LocalPart),
            ("nicolò@example.com", EmailError::Unicode),
            ("anna@example", EmailError::Domain(DomainError::NoDot)),
            ("anna@", EmailError::Domain(DomainError::Empty)),
            ("anna@exam ple.com", EmailError::Domain(DomainError::Malformed)),
            ("anna@example.com ", EmailError::Domain(DomainError::Malformed)),
            ("anna@example.com\r\nBcc: x", EmailError::Domain(DomainError::Malformed)),
            ("anna@[127.0.0.1]", EmailError::Domain(DomainError::Malformed)),
            ("anna@127.0.0.1", EmailError::Domain(DomainError::Malformed)),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(error), "{text:?}");
        }
        let local = "a".repeat(64);
        assert!(EmailAddress::parse(&format!("{local}@example.com")).is_ok());
        assert_eq!(EmailAddress::parse(&format!("a{local}@example.com")), Err(EmailError::TooLong));
        let domain = format!("{0}.{0}.{0}.example", "d".repeat(60));
        assert_eq!(EmailAddress::parse(&format!("{local}@{domain}")), Err(EmailError::TooLong));
    }

    #[test]
    fn print_is_masked() {
        let address = EmailAddress::parse("Anna.Rossi@example.com").unwrap();
        assert_eq!(format!("{address} {address:?}"), "a•••@example.com a•••@example.com");
        assert_eq!((address.local_part(), address.domain()), ("anna.rossi", "example.com"));
    }

    proptest! {
        #[test]
        fn never_panics_and_settles(text in r"[a-zA-Z0-9.@+\- \PC]{0,40}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.expose()), Ok(address.clone()));
                prop_assert!(address.expose().is_ascii() && address.expose().len() <= 254);
            }
        }
    }
}
