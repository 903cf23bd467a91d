//! What was said between this instance and a mail server, step by step, and what a failure means: one cause and one next action for each
//! class of failure. The steps come from the same code that carries every mail ([`super::transport::smtp`] notes them when asked to); no
//! password, and no whole address, is in them.

use std::io;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::mask::masked;
use super::outcome::{Fault, Reply, Stage, Trouble};

/// One step: what we did, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// `compose`, `resolve`, `connect`, `tls`, `hello`, `starttls`, `auth`, `mail`, `rcpt`, `data`, `accept` or `store`.
    pub step: &'static str,
    /// What we said or looked for.
    pub said: String,
    /// The answer.
    pub heard: String,
}

/// Steps as they happen, and why the line broke where it did.
#[derive(Debug, Default)]
pub(super) struct Notes {
    steps: Mutex<Vec<Step>>,
    broke: Mutex<Option<Broke>>,
}

impl Notes {
    pub(super) fn add(&self, step: &'static str, said: &str, heard: &str) {
        let step = Step { step, said: masked(said), heard: masked(heard) };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }

    pub(super) fn broke(&self, why: Broke) {
        *self.broke.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    /// Everything that was noted.
    pub(super) fn take(self) -> (Vec<Step>, Option<Broke>) {
        let steps = self.steps.into_inner().unwrap_or_else(PoisonError::into_inner);
        (steps, self.broke.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Who follows a dialogue: nobody, for all but a trial.
#[derive(Clone, Copy)]
pub(super) struct Watch<'a>(pub(super) Option<&'a Notes>);

impl Watch<'_> {
    /// Notes a step; costs nothing where nobody follows.
    pub(super) fn saw(self, step: &'static str, words: impl FnOnce() -> (String, String)) {
        if let Some(notes) = self.0 {
            let (said, heard) = words();
            notes.add(step, &said, &heard);
        }
    }

    pub(super) fn broke(self, why: Broke) {
        if let Some(notes) = self.0 {
            notes.broke(why);
        }
    }
}

/// Why a line could not be had or protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broke {
    Name,
    Refused,
    Unreachable,
    TimedOut,
    Expired,
    OtherName,
    UnknownIssuer,
    Handshake,
}

impl Broke {
    /// What the system or the handshake said.
    pub(super) fn of(error: &io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match (tls, error.kind()) {
            (Some(rustls::Error::InvalidCertificate(why)), _) => Self::of_certificate(why),
            (Some(_), _) | (None, io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => Self::Handshake,
            (None, io::ErrorKind::ConnectionRefused) => Self::Refused,
            (None, io::ErrorKind::TimedOut) => Self::TimedOut,
            (None, _) => Self::Unreachable,
        }
    }

    fn of_certificate(why: &rustls::CertificateError) -> Self {
        use rustls::CertificateError as Why;
        match why {
            Why::Expired | Why::ExpiredContext { .. } | Why::NotValidYet | Why::NotValidYetContext { .. } => {
                Self::Expired
            }
            Why::NotValidForName | Why::NotValidForNameContext { .. } => Self::OtherName,
            Why::UnknownIssuer => Self::UnknownIssuer,
            _ => Self::Handshake,
        }
    }
}

/// Classes of failure, each with its cause and next action.
macro_rules! classes {
    ($($name:ident $cause:literal $next:literal;)+) => {
        /// What kind of failure it was.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Class { $(#[doc = $cause] $name,)+ }

        impl Class {
            /// Every class.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The cause, in a sentence.
            pub fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause,)+ }
            }

            /// What to do next, in a sentence.
            pub fn next(self) -> &'static str {
                match self { $(Self::$name => $next,)+ }
            }
        }
    };
}

classes! {
    NoPublicUrl "No mail leaves, because the instance does not know under which address the world reaches it." "Set public_url, so that the links in mails lead somewhere.";
    NoServer "No mail leaves, because no mail server is set." "Set smtp_url to your mail server, such as smtps://USER:PASSWORD@mail.example.";
    Captured "The mail stays on this instance: it is kept in the captured mailbox, and nothing was sent." "To send it, set smtp_url to your mail server.";
    Filed "The mail was written to a folder: no mail server was asked." "To send it, set smtp_url to your mail server.";
    Unwritable "The mail could not be written." "Correct what the last step names: an address, a name or a template.";
    Storage "The mail could not be stored." "Look at the folder's permissions and at the space on its disk.";
    NoSuchHost "The mail server's name leads to no address." "Correct the host in smtp_url, or ask whoever runs your DNS.";
    Refused "Nobody listens at the mail server's port." "Correct the port in smtp_url (587 and 465 are for sending, 25 is for servers), and see that the server runs.";
    Unreachable "The mail server cannot be reached from here." "See that this machine may connect outwards: many providers block port 25, so use 587 or 465.";
    NoAnswer "The mail server does not answer." "A firewall may drop the connection, or the port may be another: many providers block 25, so use 587 or 465.";
    NotMail "What answers there does not speak as a mail server." "Correct the port in smtp_url; for TLS from the start write smtps:// and port 465, else smtp:// and 587.";
    TurnedAway "The mail server takes no mail from this machine." "Its words in the last step say why; ask whoever runs it, or use another.";
    NoStartTls "The mail server offers no TLS, and nothing is sent without." "Use smtps:// with port 465, or another server. Only for a server in your own network: ?tls=none.";
    CertificateExpired "The mail server's certificate has expired, or this machine's clock is wrong." "Compare the clock; then ask whoever runs the server to renew the certificate.";
    CertificateName "The mail server's certificate is made out to another name." "Write the name that the certificate has in smtp_url.";
    CertificateIssuer "The mail server's certificate is signed by nobody this machine trusts." "Use a certificate of a known authority, or add your own authority to the trusted ones of this machine.";
    TlsFailed "The line to the mail server could not be protected." "For TLS from the start write smtps:// and port 465, else smtp:// and 587; the server must speak TLS 1.2 or 1.3.";
    NoLogin "The mail server offers no way to log in that is known here." "It must offer AUTH PLAIN or LOGIN after TLS; without a login, leave user and password out of smtp_url.";
    WrongLogin "The mail server does not accept user and password." "Correct them in smtp_url (write @ as %40 and : as %3A); some providers want a password made for programs.";
    LoginLater "The mail server cannot check logins at the moment." "Try again in some minutes; mail that is due is held and goes out by itself.";
    LoginWanted "The mail server wants a login." "Put user and password into smtp_url.";
    SenderRefused "The mail server does not send for this sender." "Register the sender's domain at the provider, or set mail_from to an address that it knows.";
    NoSuchMailbox "The recipient's mailbox does not exist." "Correct the address. In earnest, such a person gets no further mail.";
    MailboxFull "The recipient's mailbox is full." "Try another recipient; in earnest, it is tried again for most of an hour.";
    RelayDenied "The mail server does not take mail for this recipient from us." "Log in (user and password in smtp_url), or let the server relay for this machine; its words in the last step may name a list.";
    Later "The mail server wants the mail later." "Nothing to do: it is tried again, after growing waits. A server that has not met you before often answers so.";
    TooLarge "The mail is larger than the mail server takes." "Raise its limit; mails of this instance are small.";
    MessageRefused "The mail server refuses what the mail says or how it is signed." "Look at DKIM, SPF and DMARC (attesta mail verify), and at the server's words in the last step.";
    CutOff "The mail server broke off in the middle." "Try again; if it repeats, raise mail.timeout_seconds or ask whoever runs the server.";
    NoOutcome "The mail was handed over, and the mail server did not say whether it took it." "Look whether it arrived before you send it again.";
}

/// The class of a failure.
pub(super) fn class(fault: &Fault, broke: Option<Broke>) -> Class {
    match (fault.stage, &fault.trouble) {
        (Stage::Store, _) => Class::Storage,
        (Stage::Connect | Stage::StartTls | Stage::Hello, Trouble::Reply(_)) => Class::TurnedAway,
        (Stage::StartTls, Trouble::Local(_)) => Class::NoStartTls,
        (Stage::Connect | Stage::StartTls, _) => broke.map_or(Class::NotMail, of_line),
        (Stage::Hello, _) => Class::NotMail,
        (Stage::Auth, Trouble::Local(_)) => Class::NoLogin,
        (Stage::Auth, Trouble::Reply(reply)) if reply.code < 500 => Class::LoginLater,
        (Stage::Auth, Trouble::Reply(_)) => Class::WrongLogin,
        (Stage::Compose, _) | (_, Trouble::Local(_)) => Class::Unwritable,
        (Stage::Accept, Trouble::Cut(_) | Trouble::Silence(_)) => Class::NoOutcome,
        (_, Trouble::Cut(_) | Trouble::Silence(_)) => Class::CutOff,
        (_, Trouble::Reply(Reply { code: 530, .. })) => Class::LoginWanted,
        (Stage::MailFrom, Trouble::Reply(reply)) => {
            if reply.code < 500 {
                Class::Later
            } else {
                Class::SenderRefused
            }
        }
        (Stage::RcptTo, Trouble::Reply(reply)) => of_recipient(reply),
        (Stage::Data | Stage::Accept, Trouble::Reply(reply)) => of_message(reply),
    }
}

fn of_line(broke: Broke) -> Class {
    match broke {
        Broke::Name => Class::NoSuchHost,
        Broke::Refused => Class::Refused,
        Broke::Unreachable => Class::Unreachable,
        Broke::TimedOut => Class::NoAnswer,
        Broke::Expired => Class::CertificateExpired,
        Broke::OtherName => Class::CertificateName,
        Broke::UnknownIssuer => Class::CertificateIssuer,
        Broke::Handshake => Class::TlsFailed,
    }
}

fn of_recipient(reply: &Reply) -> Class {
    match (reply.code, reply.enhanced) {
        (_, Some((_, 2, 2))) | (552, _) => Class::MailboxFull,
        (..500, _) => Class::Later,
        (_, Some((_, 7, _))) | (502..=504, _) => Class::RelayDenied,
        _ => Class::NoSuchMailbox,
    }
}

fn of_message(reply: &Reply) -> Class {
    match (reply.code, reply.enhanced) {
        (_, Some((_, 2, 2))) => Class::MailboxFull,
        (552, _) | (_, Some((_, 3, 4) | (_, 2, 3))) => Class::TooLarge,
        (..500, _) => Class::Later,
        (_, Some((5, 1, _))) => Class::NoSuchMailbox,
        _ => Class::MessageRefused,
    }
}

/// A signature that a mail carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// For which domain.
    pub domain: String,
    /// Under which name its key is published.
    pub selector: String,
}

/// One mail that was sent to see what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dialogue {
    /// Whether a mail server took it (250).
    pub sent: bool,
    /// Where it went: `smtp:mail.example:587`.
    pub server: String,
    /// Name and address in From.
    pub from: String,
    /// The DKIM signatures it carries.
    pub signatures: Vec<Signature>,
    /// Everything that happened, in order; the last step is where it ended.
    pub steps: Vec<Step>,
    /// Why it was not sent.
    pub cause: Option<&'static str>,
    /// What to do about that.
    pub next: Option<&'static str>,
}

/// The text of a failure as its step shows it.
pub(super) fn said_of(fault: &Fault) -> String {
    match fault.code() {
        Some(code) => format!("{code} {}", fault.text()),
        None => fault.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(stage: Stage, code: u16, text: &str) -> Class {
        class(&Fault { stage, trouble: Trouble::Reply(Reply::new(code, text)) }, None)
    }

    #[test]
    fn every_failure_has_its_class() {
        use Stage::{Accept, Auth, Connect, Data, Hello, MailFrom, RcptTo, StartTls};
        let replies = [
            (Hello, 554, "5.7.1 no service", Class::TurnedAway),
            (Connect, 421, "busy", Class::TurnedAway),
            (StartTls, 454, "not now", Class::TurnedAway),
            (Auth, 535, "5.7.8 wrong", Class::WrongLogin),
            (Auth, 454, "4.7.0 later", Class::LoginLater),
            (MailFrom, 530, "5.7.0 log in", Class::LoginWanted),
            (MailFrom, 550, "5.1.8 who", Class::SenderRefused),
            (MailFrom, 451, "later", Class::Later),
            (RcptTo, 550, "5.1.1 nobody", Class::NoSuchMailbox),
            (RcptTo, 550, "nobody", Class::NoSuchMailbox),
            (RcptTo, 552, "full", Class::MailboxFull),
            (RcptTo, 452, "4.2.2 full", Class::MailboxFull),
            (RcptTo, 450, "4.2.0 greylisted", Class::Later),
            (RcptTo, 554, "5.7.1 relay access denied", Class::RelayDenied),
            (RcptTo, 530, "log in", Class::LoginWanted),
            (Data, 451, "later", Class::Later),
            (Accept, 554, "5.7.1 spam", Class::MessageRefused),
            (Accept, 552, "5.3.4 too big", Class::TooLarge),
            (Accept, 550, "5.1.1 nobody after all", Class::NoSuchMailbox),
            (Accept, 450, "4.2.0 later", Class::Later),
        ];
        for (stage, code, text, expected) in replies {
            assert_eq!(reply(stage, code, text), expected, "{stage:?} {code} {text}");
        }
        let cut = |stage, broke| class(&Fault { stage, trouble: Trouble::Cut("cut".to_owned()) }, broke);
        let local = |stage| class(&Fault { stage, trouble: Trouble::Local("ours".to_owned()) }, None);
        assert_eq!(cut(Hello, None), Class::NotMail);
        assert_eq!(cut(Connect, None), Class::NotMail);
        assert_eq!((cut(RcptTo, None), cut(Accept, None)), (Class::CutOff, Class::NoOutcome));
        assert_eq!((local(StartTls), local(Auth)), (Class::NoStartTls, Class::NoLogin));
        assert_eq!((local(Stage::Compose), cut(Stage::Store, None)), (Class::Unwritable, Class::Storage));
        let lines = [
            (Broke::Name, Class::NoSuchHost),
            (Broke::Refused, Class::Refused),
            (Broke::Unreachable, Class::Unreachable),
            (Broke::TimedOut, Class::NoAnswer),
            (Broke::Expired, Class::CertificateExpired),
            (Broke::OtherName, Class::CertificateName),
            (Broke::UnknownIssuer, Class::CertificateIssuer),
            (Broke::Handshake, Class::TlsFailed),
        ];
        for (broke, expected) in lines {
            assert_eq!(cut(Connect, Some(broke)), expected);
            assert_eq!(cut(StartTls, Some(broke)), expected);
        }
    }

    #[test]
    fn what_the_system_says_is_told_apart() {
        use io::ErrorKind;
        use rustls::CertificateError as Why;
        let tls = |why: Why| io::Error::new(ErrorKind::InvalidData, rustls::Error::InvalidCertificate(why));
        let table = [
            (io::Error::from(ErrorKind::ConnectionRefused), Broke::Refused),
            (io::Error::from(ErrorKind::TimedOut), Broke::TimedOut),
            (io::Error::from(ErrorKind::NetworkUnreachable), Broke::Unreachable),
            (io::Error::from(ErrorKind::UnexpectedEof), Broke::Handshake),
            (tls(Why::Expired), Broke::Expired),
            (tls(Why::NotValidYet), Broke::Expired),
            (tls(Why::NotValidForName), Broke::OtherName),
            (tls(Why::UnknownIssuer), Broke::UnknownIssuer),
            (tls(Why::BadSignature), Broke::Handshake),
            (io::Error::new(ErrorKind::InvalidData, rustls::Error::DecryptError), Broke::Handshake),
        ];
        for (error, expected) in table {
            assert_eq!(Broke::of(&error), expected, "{error}");
        }
    }

    #[test]
    fn causes_and_actions_are_sentences_of_their_own() {
        let mut causes: Vec<_> = Class::ALL.iter().map(|class| class.cause()).collect();
        for class in Class::ALL {
            assert!(class.cause().ends_with('.') && class.next().ends_with('.'), "{class:?}");
        }
        causes.sort_unstable();
        causes.dedup();
        assert_eq!(causes.len(), Class::ALL.len());
    }

    #[test]
    fn notes_hold_no_whole_address() {
        let notes = Notes::default();
        notes.add("rcpt", "RCPT TO:<anna.rossi@example.com>", "550 5.1.1 <anna.rossi@example.com> unknown");
        let (steps, broke) = notes.take();
        assert_eq!(steps[0].said, "RCPT TO:<a•••@example.com>");
        assert!(!steps[0].heard.contains("rossi") && broke.is_none(), "{steps:?}");
    }
}
