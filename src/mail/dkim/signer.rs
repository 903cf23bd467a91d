//! Signs a composed message for a domain: one `DKIM-Signature` (RFC 6376) for each of its keys, RSA and Ed25519 (RFC 8463) side by side,
//! so that whoever knows only one of them finds it. The same message, keys and time give the same bytes. Secret halves never print.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use sha2::{Digest, Sha256};

use super::Algorithm;
use super::canon::{self, Field};
use crate::kernel::time::{SECOND, Timestamp};
use crate::sign::rsa;

/// What is signed: whatever a person reads or a mail program acts upon. RFC 8058 wants both `List-Unsubscribe` fields among them.
const SIGNED: [&str; 14] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
    "mime-version",
    "content-type",
    "sender",
    "cc",
];
/// What stands before the value.
const FIELD: &str = "DKIM-Signature:";
/// Width of a folded line, which mail servers like.
const WIDTH: usize = 76;

/// The secret half of a key.
pub(super) enum Secret {
    /// RSA-2048.
    Rsa(rsa::SigningKey),
    /// Ed25519.
    Ed25519(ed25519_dalek::SigningKey),
}

/// A key with the name it is published under.
pub(super) struct Key {
    pub(super) selector: String,
    pub(super) secret: Secret,
}

impl Key {
    pub(super) fn algorithm(&self) -> Algorithm {
        match self.secret {
            Secret::Rsa(_) => Algorithm::Rsa,
            Secret::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, rsa::Unusable> {
        match &self.secret {
            Secret::Rsa(key) => key.sign(text),
            Secret::Ed25519(key) => Ok(key.sign(&Sha256::digest(text)).to_bytes().to_vec()),
        }
    }
}

/// What signs for one domain.
pub(in super::super) struct Signer {
    pub(super) domain: String,
    pub(super) keys: Vec<std::sync::Arc<Key>>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("domain", &self.domain)
            .field("selectors", &self.selectors())
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// Whether receivers that know only RSA can check what this signs: all of them do.
    pub(in super::super) fn is_universal(&self) -> bool {
        self.keys.iter().any(|key| key.algorithm() == Algorithm::Rsa)
    }

    /// The names of the keys in use.
    pub(in super::super) fn selectors(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.selector.clone()).collect()
    }

    /// The message with its signatures before it.
    pub(in super::super) fn sign(&self, message: &[u8], at: Timestamp) -> Result<Vec<u8>, rsa::Unusable> {
        let (fields, body) = canon::take_apart(message);
        let hash = STANDARD.encode(Sha256::digest(canon::body(body)));
        let (names, headers) = covered(&fields);
        let mut signed = Vec::with_capacity(message.len() + 1_500);
        for key in &self.keys {
            let unsigned = self.unsigned(key, &names, &hash, at);
            let mut text = headers.clone();
            text.extend_from_slice(&canon::header((b"dkim-signature", unsigned.as_bytes())));
            let signature = STANDARD.encode(key.sign(&text)?);
            signed.extend_from_slice(FIELD.as_bytes());
            signed.extend_from_slice(unsigned.as_bytes());
            signed.extend_from_slice(folded(&signature).as_bytes());
            signed.extend_from_slice(b"\r\n");
        }
        signed.extend_from_slice(message);
        Ok(signed)
    }

    /// The value of the field with an empty signature, folded.
    fn unsigned(&self, key: &Key, names: &[&str], hash: &str, at: Timestamp) -> String {
        let mut line = Folding { text: String::new(), width: FIELD.len() };
        line.word(&format!("v=1; a={}-sha256; c=relaxed/relaxed;", key.algorithm()));
        line.word(&format!("d={};", self.domain));
        line.word(&format!("s={};", key.selector));
        line.word(&format!("t={};", at.millis() / SECOND));
        let last = names.len().saturating_sub(1);
        for (at, name) in names.iter().enumerate() {
            let (start, end) = (if at == 0 { "h=" } else { "" }, if at == last { ";" } else { ":" });
            line.word(&format!("{start}{name}{end}"));
        }
        line.word(&format!("bh={hash};"));
        line.text.push_str("\r\n b=");
        line.text
    }
}

/// The names that are signed, each once more than it stands there, so that none can be added on the way; and their fields as they are
/// signed. Fields of one name are taken from the bottom up.
fn covered(fields: &[Field<'_>]) -> (Vec<&'static str>, Vec<u8>) {
    let (mut names, mut headers) = (Vec::new(), Vec::new());
    for name in SIGNED {
        for field in fields.iter().rev().filter(|(found, _)| found.trim_ascii().eq_ignore_ascii_case(name.as_bytes())) {
            names.push(name);
            headers.extend_from_slice(&canon::header(*field));
            headers.extend_from_slice(b"\r\n");
        }
        names.push(name);
    }
    (names, headers)
}

/// Words on lines that are not too long.
struct Folding {
    text: String,
    width: usize,
}

impl Folding {
    fn word(&mut self, word: &str) {
        if self.width + word.len() + 1 > WIDTH && !self.text.is_empty() {
            self.text.push_str("\r\n");
            self.width = 0;
        }
        self.text.push(' ');
        self.text.push_str(word);
        self.width += word.len() + 1;
    }
}

/// Base64 over as many lines as it needs.
fn folded(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + 16);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % (WIDTH - 4) == 0 {
            out.push_str("\r\n ");
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// RFC 8463 A.2: the key of the example, and the message it signed.
    const RFC_8463_SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

    fn ed25519() -> (Key, ed25519_dalek::VerifyingKey) {
        let seed: [u8; 32] = STANDARD.decode(RFC_8463_SEED).unwrap().try_into().unwrap();
        let secret = ed25519_dalek::SigningKey::from_bytes(&seed);
        let public = secret.verifying_key();
        assert_eq!(STANDARD.encode(public.as_bytes()), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "RFC 8463 A.2");
        (Key { selector: "brisbane".to_owned(), secret: Secret::Ed25519(secret) }, public)
    }

    const MESSAGE: &[u8] = b"From: Joe <joe@football.example.com>\r\nTo: Suzie <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341@football.example.com>\r\n\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

    fn signed() -> String {
        let (key, _) = ed25519();
        let signer = Signer { domain: "football.example.com".to_owned(), keys: vec![Arc::new(key)] };
        String::from_utf8(signer.sign(MESSAGE, Timestamp::from_millis(1_528_637_909_500)).unwrap()).unwrap()
    }

    #[test]
    fn the_body_hash_is_that_of_the_standard() {
        assert!(signed().contains("bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;"), "{}", signed());
    }

    #[test]
    fn a_signature_is_one_of_the_fields_it_names() {
        let text = signed();
        let (fields, _) = canon::take_apart(text.as_bytes());
        let (_, value) = fields[0];
        let value = String::from_utf8(value.to_vec()).unwrap();
        let (before, digits) = value.rsplit_once("b=").unwrap();
        let digits: String = digits.split_whitespace().collect();
        let (_, mut data) = covered(&fields[1..]);
        data.extend_from_slice(&canon::header((b"DKIM-Signature", format!("{before}b=").as_bytes())));
        let signature = ed25519_dalek::Signature::from_slice(&STANDARD.decode(digits).unwrap()).unwrap();
        ed25519().1.verify_strict(&Sha256::digest(&data), &signature).unwrap();
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        assert!(
            value.contains("h=from:from:") || value.contains("h=from: from:"),
            "one From, and never another: {value}"
        );
        assert!(text.ends_with(std::str::from_utf8(MESSAGE).unwrap()), "the message itself stays as it was");
        assert_eq!(text, signed());
    }
}
