//! What an attempt to send means: the closed list of verdicts and the one table that chooses among them. Pure.
//! Only a server's word about the mailbox suppresses a person; its word about us, the message or the moment never does.

use std::fmt;

use super::mask::masked;

/// Held because the mail server cannot be used at all.
pub const MAIL_SERVER_DOWN: &str = "mail_server_down";
/// The mailbox has no room for now.
pub const MAILBOX_FULL: &str = "mailbox_full";

/// How far a dialogue with a mail server came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Rendering and composing, before anybody was asked.
    Compose,
    /// Name lookup, TCP, and TLS from the start.
    Connect,
    /// Greeting and EHLO.
    Hello,
    /// STARTTLS and the handshake after it.
    StartTls,
    /// Logging in.
    Auth,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// The DATA command, before the message.
    Data,
    /// The reply after the message: the only place where a mail becomes sent.
    Accept,
    /// Writing a file (transports `file:` and capture).
    Store,
}

impl Stage {
    /// The name in the log of attempts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Connect => "connect",
            Self::Hello => "hello",
            Self::StartTls => "starttls",
            Self::Auth => "auth",
            Self::MailFrom => "mail",
            Self::RcptTo => "rcpt",
            Self::Data => "data",
            Self::Accept => "accept",
            Self::Store => "store",
        }
    }
}

/// A reply of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// RFC 3463 class, subject and detail, where the reply has them.
    pub enhanced: Option<(u16, u16, u16)>,
    /// Its text, with addresses masked, at most 500 characters.
    pub text: String,
}

impl Reply {
    /// Takes code and text of a reply; the text is masked and cut here, before anybody can store it.
    pub fn new(code: u16, text: &str) -> Self {
        Self { code, enhanced: enhanced(text), text: masked(text) }
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server said no.
    Reply(Reply),
    /// No answer: cut off, or not understood. The text is ours or the system's.
    Cut(String),
    /// No answer in time. The text is ours.
    Silence(String),
    /// We cannot or may not go on: no TLS where it is required, no way to log in, a message that cannot be written.
    Local(String),
}

/// Where and why an attempt ended without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How far it came.
    pub stage: Stage,
    /// What went wrong there.
    pub trouble: Trouble,
}

impl Fault {
    /// The server's code, where it gave one.
    pub fn code(&self) -> Option<u16> {
        match &self.trouble {
            Trouble::Reply(reply) => Some(reply.code),
            Trouble::Cut(_) | Trouble::Silence(_) | Trouble::Local(_) => None,
        }
    }

    /// The text for the log of attempts: masked, at most 500 characters.
    pub fn text(&self) -> String {
        match &self.trouble {
            Trouble::Reply(reply) => reply.text.clone(),
            Trouble::Cut(text) | Trouble::Silence(text) | Trouble::Local(text) => masked(text),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        match self.code() {
            Some(code) => write!(f, "{}: {code} {text}", self.stage.as_str()),
            None => write!(f, "{}: {text}", self.stage.as_str()),
        }
    }
}

/// What a fault means. Closed: everything that follows is one match over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// For now only: again after a growing wait, five attempts in all.
    Soft,
    /// The message was handed over, and no answer came: as [`Verdict::Soft`], but it may have arrived.
    Unknown,
    /// The server refuses us or this message, not the mailbox: parked, and tried again later.
    Park,
    /// The mailbox does not exist: the person is suppressed.
    Suppress,
    /// The server cannot be used at all: nothing is tried before the hold ends, and no message loses an attempt.
    HoldTransport,
    /// This message can never be written: failed, at once.
    Hopeless,
}

impl Verdict {
    /// The reason code stored with the message.
    pub fn reason(self, fault: &Fault) -> &'static str {
        match self {
            Self::Soft if is_mailbox_full(fault) => MAILBOX_FULL,
            Self::Soft => "temporary_refusal",
            Self::Unknown => "unknown_outcome",
            Self::Park => "refused_by_mail_server",
            Self::Suppress => "hard_bounce",
            Self::HoldTransport => MAIL_SERVER_DOWN,
            Self::Hopeless => "cannot_compose",
        }
    }

    /// The word in the log of attempts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Unknown => "unknown outcome",
            Self::Park => "parked",
            Self::Suppress => "hard",
            Self::HoldTransport => "transport held",
            Self::Hopeless => "hopeless",
        }
    }
}

/// Whether a server asks us to send more slowly: 421 in the middle of a dialogue, or a refusal for now that speaks of a rate. Greylisting
/// is no such wish: there the one mail waits, and no other.
pub fn asks_for_patience(fault: &Fault) -> bool {
    const WORDS: [&str; 6] = ["rate limit", "rate-limit", "ratelimit", "too many", "throttl", "slow down"];
    let in_dialogue = matches!(fault.stage, Stage::MailFrom | Stage::RcptTo | Stage::Data | Stage::Accept);
    match &fault.trouble {
        Trouble::Reply(reply) if in_dialogue && !is_permanent(reply) => {
            let text = reply.text.to_lowercase();
            reply.code == 421 || reply.enhanced == Some((4, 7, 28)) || WORDS.iter().any(|word| text.contains(word))
        }
        Trouble::Reply(_) | Trouble::Cut(_) | Trouble::Silence(_) | Trouble::Local(_) => false,
    }
}

/// The table.
pub fn judge(fault: &Fault) -> Verdict {
    match fault.stage {
        Stage::Compose => Verdict::Hopeless,
        // Store: a full disk is the operator's to mend, like a mail server that is down.
        Stage::Connect | Stage::Hello | Stage::StartTls | Stage::Auth | Stage::Store => Verdict::HoldTransport,
        Stage::MailFrom => judge_sender(&fault.trouble),
        Stage::RcptTo => judge_recipient(&fault.trouble),
        Stage::Data => judge_message(&fault.trouble, Verdict::Soft),
        Stage::Accept => judge_message(&fault.trouble, Verdict::Unknown),
    }
}

/// MAIL speaks of the sender: a refusal there says nothing about the recipient.
fn judge_sender(trouble: &Trouble) -> Verdict {
    match trouble {
        Trouble::Reply(reply) if is_permanent(reply) => Verdict::Park,
        Trouble::Reply(_) | Trouble::Cut(_) | Trouble::Silence(_) => Verdict::Soft,
        Trouble::Local(_) => Verdict::Hopeless,
    }
}

fn judge_recipient(trouble: &Trouble) -> Verdict {
    match trouble {
        Trouble::Reply(reply) => match reply {
            _ if !is_permanent(reply) || is_full(reply) => Verdict::Soft,
            _ if is_policy(reply) || is_about_session(reply) => Verdict::Park,
            _ => Verdict::Suppress,
        },
        Trouble::Cut(_) | Trouble::Silence(_) => Verdict::Soft,
        Trouble::Local(_) => Verdict::Hopeless,
    }
}

/// After RCPT was taken only 5.1.x still speaks of the mailbox.
fn judge_message(trouble: &Trouble, cut: Verdict) -> Verdict {
    match trouble {
        Trouble::Reply(reply) => match reply {
            _ if !is_permanent(reply) || is_full(reply) => Verdict::Soft,
            Reply { enhanced: Some((5, 1, _)), .. } => Verdict::Suppress,
            _ => Verdict::Park,
        },
        Trouble::Cut(_) | Trouble::Silence(_) => cut,
        Trouble::Local(_) => Verdict::Hopeless,
    }
}

fn is_permanent(reply: &Reply) -> bool {
    (500..600).contains(&reply.code)
}

/// 552 and x.2.2: a mailbox that is full today.
fn is_full(reply: &Reply) -> bool {
    reply.code == 552 || matches!(reply.enhanced, Some((_, 2, 2)))
}

fn is_mailbox_full(fault: &Fault) -> bool {
    matches!(&fault.trouble, Trouble::Reply(reply) if is_full(reply))
}

/// x.7.x: security and policy.
fn is_policy(reply: &Reply) -> bool {
    matches!(reply.enhanced, Some((_, 7, _)))
}

/// Syntax, sequence and login: the server complains about the dialogue, whatever the recipient.
fn is_about_session(reply: &Reply) -> bool {
    matches!(reply.code, 500 | 502 | 503 | 504 | 530 | 534 | 535 | 538) && !matches!(reply.enhanced, Some((_, 1, _)))
}

/// The enhanced status code a reply text begins with.
pub(super) fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.').map(|digits| {
        let plain = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u16>().ok()).flatten()
    });
    let code = (parts.next()??, parts.next()??, parts.next()??);
    matches!(code.0, 2 | 4 | 5).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(stage: Stage, code: u16, text: &str) -> Fault {
        Fault { stage, trouble: Trouble::Reply(Reply::new(code, text)) }
    }

    #[test]
    fn every_reply_has_its_verdict() {
        use Stage::{Accept, Auth, Connect, Data, Hello, MailFrom, RcptTo, StartTls};
        use Verdict::{HoldTransport, Park, Soft, Suppress};
        let table = [
            (Connect, 421, "too many connections", HoldTransport),
            (Hello, 554, "5.7.1 no service for you", HoldTransport),
            (Hello, 421, "try later", HoldTransport),
            (StartTls, 454, "4.7.0 TLS not available", HoldTransport),
            (Auth, 535, "5.7.8 wrong password", HoldTransport),
            (Auth, 454, "4.7.0 login not available now", HoldTransport),
            (MailFrom, 550, "5.1.8 sender domain does not exist", Park),
            (MailFrom, 550, "sender refused", Park),
            (MailFrom, 530, "5.7.0 log in first", Park),
            (MailFrom, 451, "4.3.0 later", Soft),
            (MailFrom, 421, "4.3.0 closing", Soft),
            (RcptTo, 550, "5.1.1 no such user", Suppress),
            (RcptTo, 550, "no such user", Suppress),
            (RcptTo, 551, "user not local", Suppress),
            (RcptTo, 553, "5.1.3 bad address", Suppress),
            (RcptTo, 550, "5.2.1 mailbox disabled", Suppress),
            (RcptTo, 501, "5.1.3 bad address", Suppress),
            (RcptTo, 552, "mailbox full", Soft),
            (RcptTo, 552, "5.2.2 mailbox full", Soft),
            (RcptTo, 550, "5.2.2 over quota", Soft),
            (RcptTo, 452, "4.2.2 over quota", Soft),
            (RcptTo, 450, "4.2.0 greylisted", Soft),
            (RcptTo, 421, "4.7.0 slow down", Soft),
            (RcptTo, 550, "5.7.1 listed", Park),
            (RcptTo, 554, "5.7.1 relay access denied", Park),
            (RcptTo, 530, "must log in first", Park),
            (RcptTo, 503, "5.5.1 need MAIL", Park),
            (Data, 451, "later", Soft),
            (Data, 554, "5.5.1 no valid recipients", Park),
            (Data, 550, "5.1.1 no such user", Suppress),
            (Accept, 550, "5.1.1 no such user", Suppress),
            (Accept, 554, "5.7.1 spam", Park),
            (Accept, 554, "5.6.0 content", Park),
            (Accept, 554, "refused", Park),
            (Accept, 552, "5.3.4 too big", Soft),
            (Accept, 552, "5.2.2 full", Soft),
            (Accept, 450, "4.2.0 later", Soft),
        ];
        for (stage, code, text, verdict) in table {
            assert_eq!(judge(&reply(stage, code, text)), verdict, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn silence_is_judged_by_how_far_it_came() {
        let table = [
            (Stage::Connect, Verdict::HoldTransport),
            (Stage::Auth, Verdict::HoldTransport),
            (Stage::MailFrom, Verdict::Soft),
            (Stage::RcptTo, Verdict::Soft),
            (Stage::Data, Verdict::Soft),
            (Stage::Accept, Verdict::Unknown),
            (Stage::Compose, Verdict::Hopeless),
            (Stage::Store, Verdict::HoldTransport),
        ];
        for (stage, verdict) in table {
            for trouble in [Trouble::Cut("cut".to_owned()), Trouble::Silence("no answer".to_owned())] {
                assert_eq!(judge(&Fault { stage, trouble }), verdict, "{stage:?}");
            }
        }
    }

    #[test]
    fn only_mailbox_replies_suppress() {
        let stages =
            [Stage::Connect, Stage::Hello, Stage::StartTls, Stage::Auth, Stage::MailFrom, Stage::Data, Stage::Accept];
        for stage in stages {
            for code in 400..600 {
                for text in ["no", "5.7.1 no", "5.2.2 no", "5.3.0 no", "5.6.0 no"] {
                    assert_ne!(judge(&reply(stage, code, text)), Verdict::Suppress, "{stage:?} {code} {text}");
                }
            }
        }
    }

    #[test]
    fn only_a_wish_for_patience_slows_a_domain() {
        let slow = [
            (Stage::RcptTo, 421, "4.7.0 closing"),
            (Stage::MailFrom, 421, "try later"),
            (Stage::Accept, 421, "4.7.28 unusual rate of mail"),
            (Stage::RcptTo, 450, "4.7.28 too fast"),
            (Stage::RcptTo, 451, "4.7.1 Rate limit exceeded"),
            (Stage::Data, 452, "4.5.3 too many messages"),
        ];
        let others = [
            (Stage::RcptTo, 450, "4.2.0 greylisted, try again in 60 s"),
            (Stage::RcptTo, 451, "4.7.1 greylisting in action"),
            (Stage::RcptTo, 452, "4.2.2 over quota"),
            (Stage::RcptTo, 550, "5.7.1 rate limit"),
            (Stage::Connect, 421, "4.7.0 too many connections"),
        ];
        for (expected, table) in [(true, slow.as_slice()), (false, others.as_slice())] {
            for (stage, code, text) in table {
                assert_eq!(asks_for_patience(&reply(*stage, *code, text)), expected, "{stage:?} {code} {text}");
            }
        }
    }

    #[test]
    fn enhanced_codes_are_read_only_where_they_stand() {
        assert_eq!(enhanced("5.1.1 no such user"), Some((5, 1, 1)));
        assert_eq!(enhanced("4.7.650 greylisted"), Some((4, 7, 650)));
        for text in ["", "no 5.1.1", "5.1 no", "5.1.1234 no", "3.1.1 no", "5.1.x", "192.0.2.1 is listed", "5.1.1.2 x"] {
            assert_eq!(enhanced(text), None, "{text}");
        }
    }
}
