//! For good or for now: weighs what a server said about a mailbox. Pure, and careful: only words about the mailbox are for good; what
//! speaks of us, of the message, of policy or of today is for now.

use crate::mail::returned::ReturnKind;

/// What a server said, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::returns) struct Said<'a> {
    /// RFC 3463.
    pub(in crate::returns) status: Option<(u16, u16, u16)>,
    /// RFC 5321.
    pub(in crate::returns) code: Option<u16>,
    /// The words.
    pub(in crate::returns) text: &'a str,
}

impl<'a> Said<'a> {
    /// Finds status and code in the words themselves.
    pub(in crate::returns) fn of(text: &'a str) -> Self {
        Self { status: status_in(text), code: code_in(text), text }
    }

    /// With the status of a field of its own, which counts unless it says nothing.
    pub(in crate::returns) fn with_status(self, field: Option<&str>) -> Self {
        let given = field.and_then(status_in);
        let telling = given.filter(|(_, subject, _)| *subject != 0);
        Self { status: telling.or(self.status).or(given), ..self }
    }

    /// The status as text.
    pub(in crate::returns) fn status_text(&self) -> Option<String> {
        self.status.map(|(class, subject, detail)| format!("{class}.{subject}.{detail}"))
    }

    /// Whether anything at all says how grave it is.
    pub(super) fn is_evident(&self) -> bool {
        self.status.is_some() || self.code.is_some() || speaks_of_mailbox(self.text)
    }
}

/// The verdict.
pub(in crate::returns) fn weigh(said: &Said<'_>) -> ReturnKind {
    let hard = match (said.status, said.code) {
        // 5.1.7 and 5.1.8 are of the sender; of 5.2 only 5.2.1 is for good.
        (Some((4, ..) | (5, 1, 7 | 8) | (5, 2, 0 | 2..)), _) => false,
        (Some((5, 1, _) | (5, 2, 1) | (5, 4, 4)), _) => true,
        (Some((5, 0, 0)), _) | (None, Some(550 | 551 | 553)) => !speaks_of_today(said.text),
        _ => speaks_of_mailbox(said.text) && !speaks_of_today(said.text),
    };
    if hard { ReturnKind::HardBounce } else { ReturnKind::SoftBounce }
}

/// The verdict on what a provider calls a refusal for good without saying why: for good, unless the server's own words are about something
/// else than the mailbox.
pub(in crate::returns) fn weigh_refusal(said: &Said<'_>) -> ReturnKind {
    let elsewhere = matches!(said.status, Some((4, ..) | (5, 1, 7 | 8) | (5, 2, 2..) | (5, 3 | 6 | 7, _)));
    if elsewhere || speaks_of_today(said.text) { ReturnKind::SoftBounce } else { ReturnKind::HardBounce }
}

/// Phrases by which servers say that there is no such mailbox.
const NO_MAILBOX: [&str; 51] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "unknown address",
    "unknown account",
    "unknown local part",
    "no such user",
    "no such mailbox",
    "no such recipient",
    "no such address",
    "no such person",
    "no such account",
    "no mailbox here by that name",
    "no account by that name",
    "doesn't have a",
    "does not have an account",
    "not have a yahoo",
    "not listed in",
    "not a known user",
    "not known at this site",
    "not a valid mailbox",
    "is not a valid user",
    "invalid recipient",
    "invalid mailbox",
    "invalid user",
    "invalid address",
    "recipient not found",
    "user not found",
    "mailbox not found",
    "account has been disabled",
    "account is disabled",
    "mailbox is inactive",
    "unrouteable mail domain",
    "host unknown",
    "host not found",
    "addressee unknown",
    "user not known",
    "no longer valid",
    "not a valid user",
    "invalid final delivery userid",
    "recipient name is not recognized",
    "utente sconosciuto",
    "casella inesistente",
    "non esiste",
    "existiert nicht",
    "unbekannter empf",
    "n'existe pas",
    "utilisateur inconnu",
    "no existe",
    "usuario desconocido",
    "domain does not exist",
];
/// The same, as two words in one line.
const NO_MAILBOX_PAIRS: [(&str, &str); 6] = [
    ("does not exist", ""),
    ("doesn't exist", ""),
    ("recipient", "address rejected"),
    ("mailbox", "unavailable"),
    ("name or domain", "not found"),
    ("could not be found", ""),
];
/// Words that speak of today, of policy or of the message.
const TODAY: [&str; 21] = [
    "quota",
    "mailbox is full",
    "mailbox full",
    "over limit",
    "insufficient",
    "out of storage",
    "too large",
    "spam",
    "blocked",
    "blacklist",
    "block list",
    "blocklist",
    "reputation",
    "policy",
    "greylist",
    "graylist",
    "try again",
    "temporar",
    "rate limit",
    "dmarc",
    "suspicious",
];

/// Whether the words say that the mailbox is not there.
pub(super) fn speaks_of_mailbox(text: &str) -> bool {
    let text = folded(text);
    NO_MAILBOX.iter().any(|phrase| text.contains(phrase))
        || text.lines().any(|line| NO_MAILBOX_PAIRS.iter().any(|(a, b)| line.contains(a) && line.contains(b)))
}

fn speaks_of_today(text: &str) -> bool {
    let text = folded(text);
    TODAY.iter().any(|word| text.contains(word))
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace(['’', '`'], "'")
}

/// The first `5.1.1` of a text that is no address of a machine.
fn status_in(text: &str) -> Option<(u16, u16, u16)> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.map(|word| word.trim_matches('.')).find_map(|word| {
        let mut parts = word.split('.').map(|part| part.parse::<u16>().ok().filter(|_| part.len() <= 3));
        let code = (parts.next()??, parts.next()??, parts.next()??);
        let whole = parts.next().is_none();
        (whole && matches!(code.0, 4 | 5) && code.1 <= 7).then_some(code)
    })
}

/// The first three digits that are a reply of refusal.
fn code_in(text: &str) -> Option<u16> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    let codes = words.filter(|word| word.len() == 3).filter_map(|word| word.parse::<u16>().ok());
    codes.into_iter().find(|code| (421..=599).contains(code) && (code / 100 == 5 || code / 100 == 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_about_the_mailbox_are_for_good() {
        use ReturnKind::{HardBounce, SoftBounce};
        let table = [
            ("550 5.1.1 <a@b.example>: user unknown", HardBounce),
            ("smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", HardBounce),
            ("550 5.2.1 mailbox disabled", HardBounce),
            ("550 5.4.4 host not found", HardBounce),
            ("550 Requested action not taken: mailbox unavailable", HardBounce),
            ("553 sorry, no mailbox here by that name", HardBounce),
            ("550 5.4.1 Recipient address rejected: Access denied", HardBounce),
            ("554 5.7.1 spam, user unknown to us", SoftBounce),
            ("552 5.2.2 mailbox full", SoftBounce),
            ("550 5.7.1 blocked by policy", SoftBounce),
            ("550 message blocked as spam", SoftBounce),
            ("451 4.7.1 greylisted", SoftBounce),
            ("5.4.7 message expired", SoftBounce),
            ("554 transaction failed", SoftBounce),
            ("550 5.1.8 sender domain not found", SoftBounce),
            ("connection to 5.1.1.2 timed out", SoftBounce),
            ("", SoftBounce),
        ];
        for (text, verdict) in table {
            assert_eq!(weigh(&Said::of(text)), verdict, "{text}");
        }
    }

    #[test]
    fn a_field_that_tells_more_counts() {
        let said = |field, text| Said::of(text).with_status(Some(field)).status_text();
        assert_eq!(said("5.0.0", "smtp; 550 5.1.1 no").as_deref(), Some("5.1.1"));
        assert_eq!(said("5.2.2", "smtp; 550 5.1.1 no").as_deref(), Some("5.2.2"));
        assert_eq!(said("5.0.0", "smtp; 550 no").as_deref(), Some("5.0.0"));
        assert_eq!(said("nonsense", "no").as_deref(), None);
        assert_eq!(Said::of("at 12:550 and 10.550.1").code, Some(550));
    }
}
