//! How a page is passed on: plain links to the large networks and messengers, e-mail, the link itself, a QR code. No
//! script, picture or counter of theirs: nothing of a visit reaches them before somebody follows a link.

use std::fmt::Write as _;

use serde::Serialize;

/// The share links of one page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Share {
    /// The address that is passed on.
    url: String,
    /// What it is, in a few words.
    title: String,
    /// Networks and messengers, by their own names.
    networks: Vec<Network>,
    /// A mail about it.
    email: String,
    /// Its QR code as SVG.
    code: Option<String>,
    /// The same to print.
    code_print: Option<String>,
    /// Whether it is shown unfolded.
    open: bool,
    /// It is the reader's own review.
    yours: bool,
}

/// A network or messenger.
#[derive(Debug, Clone, Serialize)]
struct Network {
    name: &'static str,
    url: String,
}

/// Name and address of each, as its own documentation says; `{u}` is the page, `{t}` its title, `{b}` both.
const NETWORKS: [(&str, &str); 6] = [
    ("WhatsApp", "https://wa.me/?text={b}"),
    ("Telegram", "https://t.me/share/url?url={u}&text={t}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={u}"),
    ("X", "https://x.com/intent/post?url={u}&text={t}"),
    ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={u}"),
    // A fragment: the page that helps to find one's own server learns nothing.
    ("Mastodon", "https://share.joinmastodon.org/#text={b}"),
];

impl Share {
    /// The links of a page.
    pub(crate) fn of(url: &str, title: &str) -> Self {
        let (u, t) = (encode(url), encode(title));
        let address =
            |pattern: &str| pattern.replace("{b}", &format!("{t}%20{u}")).replace("{u}", &u).replace("{t}", &t);
        Self {
            url: url.to_owned(),
            title: title.to_owned(),
            networks: NETWORKS.map(|(name, pattern)| Network { name, url: address(pattern) }).into(),
            email: format!("mailto:?subject={t}&body={u}"),
            code: None,
            code_print: None,
            open: false,
            yours: false,
        }
    }

    /// With a QR code, as SVG and as what is printed.
    #[must_use]
    pub(crate) fn with_code(self, svg: String, print: String) -> Self {
        Self { code: Some(svg), code_print: Some(print), ..self }
    }

    /// Shown to the author of the review, unfolded.
    #[must_use]
    pub(crate) fn yours(self) -> Self {
        Self { open: true, yours: true, ..self }
    }
}

/// Percent-encodes everything outside RFC 3986 `unreserved`, blanks too: `+` is a plus in a mail and in a fragment.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_people_stay_in_their_place() {
        let share = Share::of("https://x.example/shops/s.example", "A&B \"#{u}\" +1\n<è>");
        let title = "A%26B%20%22%23%7Bu%7D%22%20%2B1%0A%3C%C3%A8%3E";
        let page = "https%3A%2F%2Fx.example%2Fshops%2Fs.example";
        let urls: Vec<&str> = share.networks.iter().map(|network| network.url.as_str()).collect();
        assert_eq!(
            urls,
            [
                format!("https://wa.me/?text={title}%20{page}"),
                format!("https://t.me/share/url?url={page}&text={title}"),
                format!("https://www.facebook.com/sharer/sharer.php?u={page}"),
                format!("https://x.com/intent/post?url={page}&text={title}"),
                format!("https://www.linkedin.com/sharing/share-offsite/?url={page}"),
                format!("https://share.joinmastodon.org/#text={title}%20{page}"),
            ]
        );
        assert_eq!(share.email, format!("mailto:?subject={title}&body={page}"));
    }
}
