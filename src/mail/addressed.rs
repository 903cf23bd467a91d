//! Names and addresses in From, To and Reply-To. A name in ASCII stands there quoted, as it is: encoded without need, as the typed headers of
//! lettre would have it, it costs points with spam filters. A name with other letters is an encoded word, which is lettre's to write.

use std::marker::PhantomData;

use lettre::Address;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};

/// Where an address stands.
pub(super) trait Place: Clone {
    const NAME: &'static str;

    /// As lettre writes it.
    fn typed(builder: MessageBuilder, mailbox: Mailbox) -> MessageBuilder;
}

macro_rules! places {
    ($($place:ident $name:literal $typed:ident;)*) => {$(
        #[derive(Clone)]
        pub(super) enum $place {}

        impl Place for $place {
            const NAME: &'static str = $name;

            fn typed(builder: MessageBuilder, mailbox: Mailbox) -> MessageBuilder {
                builder.$typed(mailbox)
            }
        }
    )*};
}

places! {
    InFrom "From" from;
    InTo "To" to;
    InReplyTo "Reply-To" reply_to;
}

/// Puts an address with its name into a message. The name has been cleaned: it is one line.
pub(super) fn addressed<P: Place + 'static>(
    builder: MessageBuilder,
    name: Option<String>,
    address: Address,
) -> MessageBuilder {
    match name.as_deref().and_then(quoted) {
        Some(name) => builder.header(Quoted::<P> { value: format!("{name} <{address}>"), place: PhantomData }),
        None => P::typed(builder, Mailbox::new(name, address)),
    }
}

/// A name between quotes; `None` for one that needs none, and for one with other letters than ASCII's.
fn quoted(name: &str) -> Option<String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (!plain && name.bytes().all(|byte| matches!(byte, 0x20..0x7F))).then_some(())?;
    Some(format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[derive(Clone)]
struct Quoted<P> {
    value: String,
    place: PhantomData<P>,
}

impl<P: Place> Header for Quoted<P> {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(P::NAME)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self { value: text.to_owned(), place: PhantomData })
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.value.clone(), self.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::Message;

    #[test]
    fn names_are_quoted_where_they_can_be_and_cannot_end_the_quotes() {
        let table = [
            ("Bottega (via Attesta)", "From: \"Bottega (via Attesta)\" <a@b.example>\r\n"),
            ("L'Orto & Figli, Srl; x", "From: \"L'Orto & Figli, Srl; x\" <a@b.example>\r\n"),
            ("a\" <eve@c.example>, \"b\\", "From: \"a\\\" <eve@c.example>, \\\"b\\\\\" <a@b.example>\r\n"),
            ("Caffè", "From: =?utf-8?b?Q2FmZsOo?= <a@b.example>\r\n"),
            ("Giulia", "From: Giulia <a@b.example>\r\n"),
            ("tab\there", "From: "),
        ];
        for (name, expected) in table {
            let address: Address = "a@b.example".parse().unwrap();
            let builder = addressed::<InFrom>(Message::builder(), Some(name.to_owned()), address.clone());
            let message = addressed::<InTo>(builder, None, address).body(String::new()).unwrap();
            let text = String::from_utf8(message.formatted()).unwrap();
            assert!(text.contains(expected), "{name}: {text}");
            assert_eq!(message.envelope().from().map(ToString::to_string).as_deref(), Some("a@b.example"), "{name}");
            assert!(!text.contains('\t'), "{name}: {text}");
        }
    }
}
