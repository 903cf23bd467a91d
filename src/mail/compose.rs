//! Writes a mail as RFC 5322: the same message gives the same bytes on every attempt. Names and subjects are cleaned and go through typed
//! headers, both parts are quoted-printable, so that nothing a person wrote can become a header, a boundary or a line with a lone dot.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Date, Header, HeaderName, HeaderValue, MessageId as MessageIdHeader,
};
use lettre::message::{Attachment, Body, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use crate::jobs::Subject;
use crate::kernel::email::EmailAddress;
use crate::kernel::id::MessageId;
use crate::kernel::text::clean_line;
use crate::kernel::time::Timestamp;
use crate::links;

use super::addressed::{InFrom, InReplyTo, InTo, addressed};
use super::context::Picture;
use super::dkim::Signing;
use super::identity::{self, Identity};
use super::letter::Mail;
use super::outcome::{Fault, Stage, Trouble};
use super::own::Own;
use super::template::{Rendered, Templates};

/// Longest name of a sender or recipient, in characters.
pub(super) const NAME_CHARS: usize = 120;
/// Longest subject, in characters.
const SUBJECT_CHARS: usize = 180;

/// A mail ready to be handed over.
#[derive(Clone)]
pub struct Composed {
    /// Which message it is.
    pub id: MessageId,
    /// Envelope sender.
    pub(super) from: Address,
    /// Envelope recipient.
    pub(super) to: Address,
    /// The whole message, CRLF lines, ASCII.
    pub bytes: Vec<u8>,
}

/// Who writes every mail of an instance.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Sends every mail, and stands in From where a shop has no address of its own that we may sign for.
    pub from: EmailAddress,
    /// The name of this instance in From, after the shop's.
    pub name: String,
    /// Names this instance in Message-ID and List-Id.
    pub host: String,
    /// Where people may unsubscribe by mail.
    pub unsubscribe: Option<EmailAddress>,
}

/// Templates, sender and keys of an instance.
#[derive(Debug)]
pub struct Composer {
    templates: Templates,
    sender: Sender,
    signing: Arc<Signing>,
}

impl Composer {
    /// What writes the mails of this sender.
    pub(super) fn new(templates: Templates, sender: Sender, signing: Arc<Signing>) -> Self {
        Self { templates, sender, signing }
    }

    /// Who writes the mails.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The address in From: the shop's own while we may sign for its domain, else the instance's.
    pub(super) fn author<'a>(&'a self, identity: &'a Identity) -> &'a EmailAddress {
        let own = identity.address.as_ref().filter(|address| self.signing.may(address.domain()));
        own.unwrap_or(&self.sender.from)
    }

    /// Composes one message. `date` is the time of the first attempt.
    ///
    /// # Errors
    /// A [`Fault`] at [`Stage::Compose`] for a context no template can take or an address no header can carry.
    pub fn compose(&self, mail: &Mail, id: MessageId, date: Timestamp) -> Result<Composed, Fault> {
        self.compose_own(mail, None, id, date)
    }

    /// The same with the shop's own words. Where these cannot be said after all, the house's are: a mail never fails because of them.
    pub(super) fn compose_own(
        &self,
        mail: &Mail,
        own: Option<&Own>,
        id: MessageId,
        date: Timestamp,
    ) -> Result<Composed, Fault> {
        let rendered = self.rendered(mail, own)?;
        let frame = mail.context.frame();
        let host = &self.sender.host;
        let (from, to) = (address(&self.sender.from)?, address(&mail.to)?);
        let author = self.author(&mail.identity);
        let name = identity::shown_name(&mail.identity, mail.context.sender_name(), &self.sender.name);
        let builder = Message::builder().header(Date::new(system_time(date)));
        let builder = addressed::<InFrom>(builder, named(Some(&name)), address(author)?);
        let mut builder = addressed::<InTo>(builder, named(frame.customer_name.as_deref()), to.clone())
            .subject(header_text(&rendered.subject, SUBJECT_CHARS))
            .header(MessageIdHeader::from(format!("<{id}@{host}>")))
            .header(plain::<ListId>(format!("<{}.{}>", frame.shop.domain, list_host(host)))?)
            .header(plain::<AutoSubmitted>("auto-generated".to_owned())?);
        if let Some(reply_to) = &mail.reply_to {
            builder = addressed::<InReplyTo>(builder, named(Some(&frame.shop.name)), address(reply_to)?);
        }
        if let Some(url) = mail.context.unsubscribe_url() {
            builder = builder.header(plain::<ListUnsubscribe>(self.ways_out(url))?);
            // RFC 8058, 3.1: only where one of the ways is an https URL.
            if url.starts_with("https://") {
                builder = builder.header(plain::<ListUnsubscribePost>("List-Unsubscribe=One-Click".to_owned())?);
            }
        }
        let body = MultiPart::alternative()
            .boundary(format!("=_{id}"))
            .singlepart(part(ContentType::TEXT_PLAIN, &rendered.text));
        let html = part(ContentType::TEXT_HTML, &rendered.html);
        let body = match mail.context.picture() {
            Some(picture) => body.multipart(shown(html, picture, id)?),
            None => body.singlepart(html),
        };
        // Else lettre would read its own headers again to find out.
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(local)?;
        let message = builder.envelope(envelope).multipart(body).map_err(local)?.formatted();
        let bytes = match self.signing.of(author.domain()) {
            Some(signer) => signer.sign(&message, date).map_err(local)?,
            None => message,
        };
        Ok(Composed { id, from, to, bytes })
    }

    fn rendered(&self, mail: &Mail, own: Option<&Own>) -> Result<Rendered, Fault> {
        if let Some(own) = own {
            match self.templates.render_own(mail.language.tag(), &mail.context, Some(own)) {
                Ok(rendered) => return Ok(rendered),
                Err(error) => {
                    tracing::warn!(shop = %mail.shop_id, %error, "a shop's own words failed, the house's were sent");
                }
            }
        }
        self.templates.render(mail.language.tag(), &mail.context).map_err(local)
    }

    /// The templates.
    pub(crate) fn templates(&self) -> &Templates {
        &self.templates
    }

    /// The ways to unsubscribe, the link first (RFC 2369 takes several).
    fn ways_out(&self, url: &str) -> String {
        match &self.sender.unsubscribe {
            Some(mailbox) => format!("<{url}>,<{}>", links::mailto(mailbox, url)),
            None => format!("<{url}>"),
        }
    }
}

/// The id of a message: the same for the same kind, subject and edition, on every node and after every crash, so that a mail that
/// had to be handed over twice has one Message-ID. Sorted by the subject's own time, like every id.
pub fn message_id(kind: &str, subject: Subject, edition: i64) -> MessageId {
    let mut hash = Sha256::new();
    hash.update(b"attesta message\0");
    hash.update(kind.as_bytes());
    hash.update([0]);
    hash.update(subject.as_bytes());
    hash.update(edition.to_be_bytes());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    for (to, from) in bytes.iter_mut().zip(subject.as_bytes().iter().take(6)) {
        *to = *from;
    }
    // RFC 9562: version 7, variant 10.
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = 0x70 | (*version & 0x0F);
    *variant = 0x80 | (*variant & 0x3F);
    MessageId::from_bytes(bytes)
}

/// Quoted-printable always: no long line, no bare CR or LF, nothing that looks like the boundary (`=_` cannot occur in it).
fn part(content_type: ContentType, body: &str) -> SinglePart {
    let encoding = ContentTransferEncoding::QuotedPrintable;
    // Encoded here: lettre would first move the whole text for every line that it ends with CRLF, and look which encoding is best.
    let encoded = quoted_printable::encode(with_crlf(body));
    SinglePart::builder().header(content_type).body(Body::dangerous_pre_encoded(encoded, encoding))
}

/// Lines that end with CRLF, however they ended.
fn with_crlf(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 32);
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) => lines.extend([line.strip_suffix('\r').unwrap_or(line), "\r\n"]),
            None => lines.push_str(line),
        }
    }
    lines
}

/// The HTML part with the picture that it shows.
fn shown(html: SinglePart, picture: &Picture, id: MessageId) -> Result<MultiPart, Fault> {
    let png = ContentType::parse("image/png").map_err(local)?;
    let picture = Attachment::new_inline(picture.id.clone()).body(picture.png.clone(), png);
    Ok(MultiPart::related().boundary(format!("=r_{id}")).singlepart(html).singlepart(picture))
}

fn address(address: &EmailAddress) -> Result<Address, Fault> {
    Address::new(address.local_part(), address.domain()).map_err(local)
}

fn named(name: Option<&str>) -> Option<String> {
    name.map(|name| header_text(name, NAME_CHARS)).filter(|name| !name.is_empty())
}

/// One line of text for a header. `=?` would be read as an encoded word by mail programs, also where it was typed by a person.
fn header_text(text: &str, max_chars: usize) -> String {
    clean_line(text, max_chars).value.replace("=?", "= ?")
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or_default())
}

/// RFC 2919 wants a name of ours, or `localhost`.
fn list_host(host: &str) -> &str {
    if host.parse::<std::net::IpAddr>().is_ok() { "localhost" } else { host }
}

fn local(error: impl std::fmt::Display) -> Fault {
    Fault { stage: Stage::Compose, trouble: Trouble::Local(error.to_string()) }
}

/// A header of ours whose value is ASCII without blanks or breaks; it is not folded, because readers of `List-*` headers want their
/// URL in one piece.
#[derive(Clone)]
struct Plain<N> {
    value: String,
    name: PhantomData<N>,
}

fn plain<N: PlainName>(value: String) -> Result<Plain<N>, Fault> {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Plain { value, name: PhantomData })
    } else {
        Err(local(format!("{} cannot carry what it was given", N::NAME)))
    }
}

trait PlainName: Clone {
    const NAME: &'static str;
}

macro_rules! plain_names {
    ($($name:ident $text:literal;)*) => {$(
        #[derive(Clone)]
        enum $name {}
        impl PlainName for $name {
            const NAME: &'static str = $text;
        }
    )*};
}

plain_names! {
    ListId "List-Id";
    ListUnsubscribe "List-Unsubscribe";
    ListUnsubscribePost "List-Unsubscribe-Post";
    AutoSubmitted "Auto-Submitted";
}

impl<N: PlainName> Header for Plain<N> {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(N::NAME)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self { value: text.to_owned(), name: PhantomData })
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.value.clone(), self.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_one_id_wherever_and_whenever_it_is_sent() {
        let subject = |n: u8| Subject::from_bytes([1, 2, 3, 4, 5, 6, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n]);
        let id = message_id("invitation", subject(1), 0);
        assert_eq!(id, message_id("invitation", subject(1), 0));
        let others = [("reminder", 1, 0), ("invitation", 2, 0), ("invitation", 1, 1), ("invitation", 1, -1)];
        for (kind, n, edition) in others {
            assert_ne!(id, message_id(kind, subject(n), edition), "{kind} {n} {edition}");
        }
        assert_eq!(id.as_bytes()[..6], [1, 2, 3, 4, 5, 6], "sorted by the subject's time");
        assert_eq!((id.as_bytes()[6] >> 4, id.as_bytes()[8] >> 6), (7, 2), "a UUIDv7");
    }

    #[test]
    fn every_line_ends_with_crlf_however_it_ended() {
        for (text, expected) in
            [("", ""), ("a", "a"), ("a\nb", "a\r\nb"), ("\n\n", "\r\n\r\n"), ("a\r\nb\r", "a\r\nb\r")]
        {
            assert_eq!(with_crlf(text), expected, "{text:?}");
        }
    }

    #[test]
    fn header_text_is_one_line_and_no_encoded_word() {
        assert_eq!(header_text("a\r\nBcc: b", 100), "a Bcc: b");
        assert_eq!(header_text("=?utf-8?q?x?=", 100), "= ?utf-8?q?x?=");
        assert_eq!(header_text("abc", 2), "ab");
        assert_eq!(list_host("127.0.0.1"), "localhost");
    }
}
