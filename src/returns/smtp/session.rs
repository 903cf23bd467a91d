//! The state of a dialogue (RFC 5321, RFC 2033): a command in, an answer out. No I/O; who may be written to is asked through a function.

use crate::config::Protocol;
use crate::returns::post::{Addressee, Verdict};

/// Recipients of one mail: a bounce has one.
const RECIPIENTS: usize = 10;
/// Mails of one dialogue.
const MAILS: usize = 200;
/// Commands of one dialogue.
const COMMANDS: usize = 2_000;
/// Commands that were not understood, or recipients that are not ours, before the dialogue ends.
const FAULTS: usize = 10;

/// What a dialogue is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Say this.
    Say(String),
    /// Say this, then close.
    Close(String),
    /// Say this, then start TLS.
    StartTls(String),
    /// Say this, then read a mail for these.
    Data(String, Vec<Addressee>),
}

/// How this side speaks.
#[derive(Clone, Debug)]
pub(super) struct Manners {
    pub(super) protocol: Protocol,
    /// Our name.
    pub(super) host: String,
    /// Largest mail, in bytes.
    pub(super) limit: usize,
    /// STARTTLS is offered.
    pub(super) tls: bool,
}

/// A dialogue.
pub(super) struct Session {
    manners: Manners,
    greeted: bool,
    mail: bool,
    to: Vec<Addressee>,
    mails: usize,
    commands: usize,
    faults: usize,
}

impl Session {
    pub(super) fn new(manners: Manners) -> Self {
        Self { manners, greeted: false, mail: false, to: Vec::new(), mails: 0, commands: 0, faults: 0 }
    }

    /// The first line.
    pub(super) fn greeting(&self) -> String {
        let name = match self.manners.protocol {
            Protocol::Smtp => "ESMTP",
            Protocol::Lmtp => "LMTP",
        };
        format!("220 {} {name} for bounces and complaints only\r\n", self.manners.host)
    }

    /// The dialogue is protected now and begins anew.
    pub(super) fn protected(&mut self) {
        self.manners.tls = false;
        self.greeted = false;
        self.reset();
    }

    /// One command.
    pub(super) fn line(&mut self, line: &[u8], addressee: &dyn Fn(&str) -> Option<Addressee>) -> Step {
        self.commands += 1;
        if self.commands > COMMANDS {
            return Step::Close(format!("421 4.7.0 {} too many commands\r\n", self.manners.host));
        }
        let Some(text) = std::str::from_utf8(line).ok().filter(|text| !text.chars().any(char::is_control)) else {
            return self.fault("500 5.5.2 this cannot be read");
        };
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        match (verb.to_ascii_uppercase().as_str(), self.manners.protocol) {
            ("EHLO", Protocol::Smtp) | ("LHLO", Protocol::Lmtp) => self.extended(rest),
            ("HELO", Protocol::Smtp) => self.hello(rest),
            ("EHLO" | "HELO", Protocol::Lmtp) => self.fault("500 5.5.1 this is LMTP: say LHLO"),
            ("LHLO", Protocol::Smtp) => self.fault("500 5.5.1 this is SMTP: say EHLO"),
            ("STARTTLS", _) => self.start_tls(rest),
            ("MAIL", _) => self.sender(rest),
            ("RCPT", _) => self.recipient(rest, addressee),
            ("DATA", _) => self.data(rest),
            ("RSET", _) => {
                self.reset();
                say("250 2.0.0 forgotten")
            }
            ("NOOP", _) => say("250 2.0.0 here"),
            ("QUIT", _) => Step::Close("221 2.0.0 goodbye\r\n".to_owned()),
            ("VRFY" | "EXPN", _) => say("252 2.5.0 nobody is told about anybody here"),
            ("AUTH", _) => self.fault("502 5.5.1 nobody logs in here"),
            _ => self.fault("500 5.5.2 no such command"),
        }
    }

    /// What is answered to a mail that was read; one line, in LMTP one for each recipient.
    pub(super) fn after_mail(&mut self, verdicts: &[Option<Verdict>]) -> String {
        self.reset();
        match self.manners.protocol {
            Protocol::Lmtp => verdicts.iter().map(|verdict| answer(*verdict)).collect(),
            Protocol::Smtp => {
                // One answer for all: later, if one must be asked again; taken, if one was.
                let gravest = verdicts.iter().copied().min_by_key(|verdict| match verdict {
                    None => 0,
                    Some(Verdict::Taken | Verdict::Known | Verdict::Ignored) => 1,
                    Some(Verdict::NotForUs | Verdict::Unsigned | Verdict::Stranger) => 2,
                });
                answer(gravest.flatten())
            }
        }
    }

    /// What is answered to a mail that was too large.
    pub(super) fn after_large(&mut self, recipients: usize) -> String {
        self.reset();
        let line = format!("552 5.3.4 a mail may have {} bytes here\r\n", self.manners.limit);
        match self.manners.protocol {
            Protocol::Smtp => line,
            Protocol::Lmtp => line.repeat(recipients),
        }
    }

    fn reset(&mut self) {
        self.mail = false;
        self.to.clear();
    }

    fn fault(&mut self, text: &str) -> Step {
        self.faults += 1;
        if self.faults >= FAULTS {
            return Step::Close(format!("421 4.7.0 {} too many faults; the last one: {text}\r\n", self.manners.host));
        }
        say(text)
    }

    fn hello(&mut self, name: &str) -> Step {
        if name.trim().is_empty() {
            return self.fault("501 5.5.4 say who you are");
        }
        self.reset();
        self.greeted = true;
        say(&format!("250 {}", self.manners.host))
    }

    fn extended(&mut self, name: &str) -> Step {
        match self.hello(name) {
            Step::Say(first) if first.starts_with("250") => {
                let tls = if self.manners.tls { "250-STARTTLS\r\n" } else { "" };
                let (host, limit) = (&self.manners.host, self.manners.limit);
                Step::Say(format!(
                    "250-{host}\r\n250-PIPELINING\r\n250-8BITMIME\r\n{tls}250-ENHANCEDSTATUSCODES\r\n250 SIZE {limit}\r\n"
                ))
            }
            refused => refused,
        }
    }

    fn start_tls(&mut self, rest: &str) -> Step {
        if !self.manners.tls {
            return self.fault("502 5.5.1 TLS is not offered here");
        }
        if !rest.is_empty() {
            return self.fault("501 5.5.4 STARTTLS stands alone");
        }
        Step::StartTls("220 2.0.0 go ahead\r\n".to_owned())
    }

    fn sender(&mut self, rest: &str) -> Step {
        if !self.greeted {
            return self.fault("503 5.5.1 greet first");
        }
        if self.mail {
            return self.fault("503 5.5.1 one sender at a time");
        }
        let Some((_sender, parameters)) = path(rest, "FROM:") else {
            return self.fault("501 5.5.4 MAIL FROM:<address> was expected");
        };
        let size = parameters.split(' ').find_map(|one| {
            let (name, value) = one.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().unwrap_or(usize::MAX))
        });
        if size.is_some_and(|size| size > self.manners.limit) {
            return self.fault(&format!("552 5.3.4 a mail may have {} bytes here", self.manners.limit));
        }
        self.mails += 1;
        if self.mails > MAILS {
            return Step::Close(format!("421 4.7.0 {} too many mails in one dialogue\r\n", self.manners.host));
        }
        self.mail = true;
        say("250 2.1.0 whoever you are")
    }

    fn recipient(&mut self, rest: &str, addressee: &dyn Fn(&str) -> Option<Addressee>) -> Step {
        if !self.mail {
            return self.fault("503 5.5.1 MAIL comes first");
        }
        let Some((address, _)) = path(rest, "TO:") else {
            return self.fault("501 5.5.4 RCPT TO:<address> was expected");
        };
        if self.to.len() >= RECIPIENTS {
            return self.fault("452 4.5.3 a bounce has fewer recipients");
        }
        match addressee(address) {
            Some(to) => {
                self.to.push(to);
                say("250 2.1.5 go on")
            }
            None => self.fault("550 5.1.1 no return address of ours: only bounces and complaints are taken here"),
        }
    }

    fn data(&mut self, rest: &str) -> Step {
        if !rest.is_empty() {
            return self.fault("501 5.5.4 DATA stands alone");
        }
        if self.to.is_empty() {
            // RFC 2033: without a recipient there is nobody to answer for.
            return self.fault("503 5.5.1 nobody here to take it");
        }
        Step::Data("354 end with a dot on a line of its own\r\n".to_owned(), std::mem::take(&mut self.to))
    }
}

fn say(text: &str) -> Step {
    Step::Say(format!("{text}\r\n"))
}

fn answer(verdict: Option<Verdict>) -> String {
    let text = match verdict {
        Some(Verdict::Taken) => "250 2.0.0 taken",
        Some(Verdict::Known) => "250 2.0.0 known already",
        Some(Verdict::Ignored) => "250 2.0.0 no bounce and no complaint: ignored",
        Some(Verdict::NotForUs) => "550 5.7.1 nobody reads this address: it takes bounces and complaints only",
        Some(Verdict::Unsigned) => "550 5.7.1 this names no mail of ours",
        Some(Verdict::Stranger) => "550 5.7.1 this is about no mail that left here in the last 90 days",
        None => "451 4.3.0 it cannot be kept at the moment, try again later",
    };
    format!("{text}\r\n")
}

/// `FROM:<address> parameters`, as RFC 5321 writes it; blanks before the address are forgiven, source routes dropped.
fn path<'l>(rest: &'l str, keyword: &str) -> Option<(&'l str, &'l str)> {
    let (head, tail) = rest.trim_start().split_at_checked(keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, parameters) = tail.trim_start().strip_prefix('<')?.split_once('>')?;
    let address = match address.strip_prefix('@') {
        Some(route) => route.split_once(':').map_or("", |(_, address)| address),
        None => address,
    };
    let plain = !address.chars().any(|c| c.is_whitespace() || c == '<');
    plain.then_some((address, parameters.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::MessageId;

    const OURS: Addressee = Addressee::Message(MessageId::from_bytes([1; 16]));

    fn session(protocol: Protocol) -> Session {
        Session::new(Manners { protocol, host: "bounces.example".to_owned(), limit: 1_000, tls: true })
    }

    fn ask(session: &mut Session, line: &str) -> Step {
        session.line(line.as_bytes(), &|address| (address == "r+ok@bounces.example").then_some(OURS))
    }

    /// The code of the answer.
    fn code(session: &mut Session, line: &str) -> String {
        match ask(session, line) {
            Step::Say(text) | Step::Close(text) | Step::StartTls(text) | Step::Data(text, _) => {
                text.chars().take(3).collect()
            }
        }
    }

    #[test]
    fn a_dialogue_in_order() {
        let mut s = session(Protocol::Smtp);
        assert!(s.greeting().starts_with("220 bounces.example ESMTP"));
        let Step::Say(hello) = ask(&mut s, "ehlo mx.example") else { panic!("said") };
        assert!(
            hello.contains("250-PIPELINING\r\n")
                && hello.contains("250-STARTTLS\r\n")
                && hello.ends_with("250 SIZE 1000\r\n")
        );
        for (line, expected) in [
            ("MAIL FROM:<> SIZE=999 BODY=8BITMIME", "250"),
            ("MAIL FROM:<>", "503"),
            ("DATA", "503"),
            ("RCPT TO:<other@bounces.example>", "550"),
            ("rcpt to: <r+ok@bounces.example> NOTIFY=NEVER", "250"),
            ("RCPT TO:<@relay.example:r+ok@bounces.example>", "250"),
        ] {
            assert_eq!(code(&mut s, line), expected, "{line}");
        }
        assert_eq!(
            ask(&mut s, "DATA"),
            Step::Data("354 end with a dot on a line of its own\r\n".to_owned(), vec![OURS, OURS])
        );
        assert_eq!(s.after_mail(&[Some(Verdict::Stranger), Some(Verdict::Taken)]), "250 2.0.0 taken\r\n");
        assert!(s.after_mail(&[Some(Verdict::Taken), None]).starts_with("451"));
        assert_eq!(code(&mut s, "RCPT TO:<r+ok@bounces.example>"), "503", "a mail begins anew");
        assert!(matches!(ask(&mut s, "QUIT"), Step::Close(text) if text.starts_with("221")));
    }

    #[test]
    fn lmtp_answers_for_each_recipient() {
        let mut s = session(Protocol::Lmtp);
        assert_eq!((code(&mut s, "EHLO a"), code(&mut s, "LHLO a")), ("500".to_owned(), "250".to_owned()));
        assert_eq!(s.after_mail(&[Some(Verdict::Taken), Some(Verdict::Unsigned)]).matches("\r\n").count(), 2);
        assert_eq!(s.after_large(3).matches("552").count(), 3);
    }

    #[test]
    fn out_of_order_and_malformed_is_refused() {
        for (line, expected) in [
            ("MAIL FROM:<>", "503"),
            ("RCPT TO:<r+ok@bounces.example>", "503"),
            ("EHLO", "501"),
            ("EHLO  ", "501"),
            ("STARTTLS now", "501"),
            ("FROB", "500"),
            ("", "500"),
            ("MAIL\tFROM:<>", "500"),
            ("AUTH PLAIN AAAA", "502"),
            ("VRFY ada", "252"),
            ("NOOP", "250"),
            ("LHLO a", "500"),
        ] {
            assert_eq!(code(&mut session(Protocol::Smtp), line), expected, "{line}");
        }
        let mut s = session(Protocol::Smtp);
        ask(&mut s, "EHLO a");
        for (line, expected) in [
            ("MAIL FROM:<> SIZE=1001", "552"),
            ("MAIL FROM:<> SIZE=x", "552"),
            ("MAIL FROM:", "501"),
            ("MAIL FROM:<a b@c>", "501"),
            ("MAIL TO:<a@b>", "501"),
        ] {
            assert_eq!(code(&mut s, line), expected, "{line}");
        }
    }

    #[test]
    fn who_is_over_a_limit_is_let_go() {
        let mut s = session(Protocol::Smtp);
        let ended = (0..FAULTS).map(|_| ask(&mut s, "FROB")).filter(|step| matches!(step, Step::Close(_))).count();
        assert_eq!(ended, 1);
        let mut s = session(Protocol::Smtp);
        let ended = (0..=COMMANDS).map(|_| ask(&mut s, "NOOP")).filter(|step| matches!(step, Step::Close(_))).count();
        assert_eq!(ended, 1);
        let mut s = session(Protocol::Smtp);
        ask(&mut s, "EHLO a");
        ask(&mut s, "MAIL FROM:<>");
        let taken = (0..20).filter(|_| code(&mut s, "RCPT TO:<r+ok@bounces.example>") == "250").count();
        assert_eq!(taken, RECIPIENTS);
    }

    #[test]
    fn after_starttls_everything_is_said_again() {
        let mut s = session(Protocol::Smtp);
        ask(&mut s, "EHLO a");
        ask(&mut s, "MAIL FROM:<>");
        assert!(matches!(ask(&mut s, "STARTTLS"), Step::StartTls(_)));
        s.protected();
        assert_eq!(code(&mut s, "MAIL FROM:<>"), "503");
        let Step::Say(hello) = ask(&mut s, "EHLO a") else { panic!("said") };
        assert!(!hello.contains("STARTTLS"));
        assert_eq!(code(&mut s, "STARTTLS"), "502");
    }
}
