//! Reads the setting `smtp_url`. Every refusal is a sentence an operator can act on; the password is in none of them, and prints nowhere.
//!
//! - `smtps://user:password@host:465`: TLS from the start.
//! - `smtp://host:587?tls=required|opportunistic|none`: STARTTLS, or none. Without `tls=`: required, but none on this machine itself.
//! - `file:///folder`: one `.eml` file a mail. `capture:`: nothing leaves, mails stand in the mailbox of the data folder.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailUrl {
    /// To a mail server.
    Smtp(Server),
    /// Into a folder, as files.
    File(PathBuf),
    /// Into the captured mailbox.
    Capture,
}

/// A mail server and how to speak with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the line is protected.
    pub security: Security,
    /// Who we are to it.
    pub login: Option<Login>,
}

/// How the line is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, or nothing is sent.
    Required,
    /// STARTTLS where it is offered, with any certificate.
    Opportunistic,
    /// None.
    Plain,
}

/// A name and a password. Prints neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(•••)")
    }
}

/// Why the setting is not accepted: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MailUrlError(pub String);

const SHAPE: &str =
    "expected smtps://USER:PASSWORD@HOST:465, smtp://USER:PASSWORD@HOST:587, file:///FOLDER or capture:";

impl MailUrl {
    /// Reads the setting; blanks around it are dropped.
    pub fn parse(text: &str) -> Result<Self, MailUrlError> {
        let (scheme, rest) = text.trim().split_once(':').ok_or_else(|| refused(SHAPE))?;
        match scheme.to_ascii_lowercase().as_str() {
            "smtp" => server(rest, false).map(Self::Smtp),
            "smtps" => server(rest, true).map(Self::Smtp),
            "file" => folder(rest).map(Self::File),
            "capture" if rest.is_empty() => Ok(Self::Capture),
            _ => Err(refused(SHAPE)),
        }
    }
}

impl Server {
    /// Whether the server is this machine, so that no byte crosses a network.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The name of this transport in the table of holds; without the login.
    pub fn name(&self) -> String {
        format!("smtp:{}:{}", self.host, self.port)
    }
}

fn refused(sentence: &str) -> MailUrlError {
    MailUrlError(sentence.to_owned())
}

fn folder(rest: &str) -> Result<PathBuf, MailUrlError> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    let path = PathBuf::from(decode(path, "the folder")?);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(refused("a folder for mail files is named from the root: file:///var/mail/attesta"))
    }
}

fn server(rest: &str, implicit: bool) -> Result<Server, MailUrlError> {
    let rest = rest.strip_prefix("//").ok_or_else(|| refused(SHAPE))?;
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '#']) {
        return Err(refused(
            "nothing follows the host and port but ?tls=; in a password write / as %2F, # as %23 and ? as %3F",
        ));
    }
    // The last @: an address as user name may stand there with its own.
    let (login, place) = match authority.rsplit_once('@') {
        Some((login, place)) => (Some(self::login(login)?), place),
        None => (None, authority),
    };
    let (host, port) = host_and_port(place)?;
    let security = security(query, implicit, is_loopback(&host))?;
    if login.is_some() && !is_loopback(&host) && !matches!(security, Security::Implicit | Security::Required) {
        return Err(refused(
            "a password would cross the network in the clear: use smtps:// or ?tls=required (tls=none and tls=opportunistic are for servers on this machine)",
        ));
    }
    Ok(Server { host, port: port.unwrap_or(if implicit { 465 } else { 587 }), security, login })
}

fn login(text: &str) -> Result<Login, MailUrlError> {
    let (user, password) =
        text.split_once(':').ok_or_else(|| refused("there is a user but no password: write USER:PASSWORD@HOST"))?;
    let login = Login { user: decode(user, "the user")?, password: decode(password, "the password")? };
    if login.user.is_empty() || login.password.is_empty() {
        return Err(refused("user and password may not be empty: write USER:PASSWORD@HOST, or only the HOST"));
    }
    Ok(login)
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), MailUrlError> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, tail) =
                rest.split_once(']').ok_or_else(|| refused("an IPv6 address stands in brackets: [2001:db8::1]:587"))?;
            host.parse::<std::net::Ipv6Addr>().map_err(|e| refused(&format!("[{host}] is no IPv6 address: {e}")))?;
            (host, tail.strip_prefix(':').or((!tail.is_empty()).then_some(tail)))
        }
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    if host.is_empty() || !host.bytes().all(plain) {
        return Err(refused("the host is a name or an address, in ASCII; in a password write @ as %40 and : as %3A"));
    }
    let port = port.map(|port| {
        port.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| refused("the port is a number from 1 to 65535"))
    });
    Ok((host.to_ascii_lowercase(), port.transpose()?))
}

fn security(query: &str, implicit: bool, loopback: bool) -> Result<Security, MailUrlError> {
    let mut chosen = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        chosen = Some(match pair.split_once('=') {
            Some(("tls", "required")) if implicit => Security::Implicit,
            Some(("tls", _)) if implicit => return Err(refused("smtps:// is TLS from the start: leave ?tls= out")),
            Some(("tls", "required")) => Security::Required,
            Some(("tls", "opportunistic")) => Security::Opportunistic,
            Some(("tls", "none")) => Security::Plain,
            _ => return Err(refused("after ? only tls=required, tls=opportunistic or tls=none is known")),
        });
    }
    Ok(chosen.unwrap_or(match (implicit, loopback) {
        (true, _) => Security::Implicit,
        (false, true) => Security::Plain,
        (false, false) => Security::Required,
    }))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn decode(text: &str, what: &str) -> Result<String, MailUrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let pair = digit(rest.next()).zip(digit(rest.next()));
        let value = pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes.push(value.ok_or_else(|| refused(&format!("{what} has a % that is no code: write % as %25")))?);
    }
    let decoded = String::from_utf8(bytes)
        .map_err(|_bytes| refused(&format!("{what} is not UTF-8 after decoding its % codes")))?;
    if decoded.chars().any(char::is_control) {
        return Err(refused(&format!("{what} has a control character")));
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(text: &str) -> Server {
        match MailUrl::parse(text) {
            Ok(MailUrl::Smtp(server)) => server,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn servers_are_read() {
        let table = [
            ("smtps://u:p@mail.example", "mail.example", 465, Security::Implicit),
            ("SMTPS://u:p@Mail.Example:2465/", "mail.example", 2465, Security::Implicit),
            ("smtps://u:p@mail.example?tls=required", "mail.example", 465, Security::Implicit),
            (" smtp://u:p@mail.example ", "mail.example", 587, Security::Required),
            ("smtp://u:p@mail.example:25?tls=required", "mail.example", 25, Security::Required),
            ("smtp://mail.example?tls=none", "mail.example", 587, Security::Plain),
            ("smtp://mail.example?tls=opportunistic", "mail.example", 587, Security::Opportunistic),
            ("smtp://u:p@localhost:1025", "localhost", 1025, Security::Plain),
            ("smtp://127.0.0.1:1025?tls=required", "127.0.0.1", 1025, Security::Required),
            ("smtp://u:p@[::1]:25", "::1", 25, Security::Plain),
            ("smtp://u:p@[2001:db8::1]", "2001:db8::1", 587, Security::Required),
        ];
        for (text, host, port, security) in table {
            let server = smtp(text);
            assert_eq!((server.host.as_str(), server.port, server.security), (host, port, security), "{text}");
        }
    }

    #[test]
    fn logins_are_decoded_and_never_printed() {
        let table = [
            ("smtps://anna%40example.com:p%2Fa%3As%25s@h", "anna@example.com", "p/a:s%s"),
            ("smtps://anna@example.com:secret@h", "anna@example.com", "secret"),
            ("smtps://u:p:q@h", "u", "p:q"),
            ("smtps://%C3%A8:%e2%82%ac@h", "è", "€"),
        ];
        for (text, user, password) in table {
            let server = smtp(text);
            let login = server.login.unwrap();
            assert_eq!(format!("{login:?}"), "Login(•••)");
            assert_eq!((login.user.as_str(), login.password.as_str()), (user, password), "{text}");
        }
    }

    #[test]
    fn a_password_never_crosses_the_network_in_the_clear() {
        for text in ["smtp://u:geheim@mail.example?tls=none", "smtp://u:geheim@192.0.2.1:25?tls=opportunistic"] {
            let error = MailUrl::parse(text).unwrap_err().0;
            assert!(error.contains("tls=required") && !error.contains("geheim"), "{error}");
        }
        assert_eq!(smtp("smtp://u:p@127.0.0.1?tls=none").security, Security::Plain);
    }

    #[test]
    fn files_and_capture_are_read() {
        assert_eq!(MailUrl::parse("file:///var/my%20mail"), Ok(MailUrl::File(PathBuf::from("/var/my mail"))));
        assert_eq!(MailUrl::parse("file:/var/mail"), Ok(MailUrl::File(PathBuf::from("/var/mail"))));
        assert_eq!(MailUrl::parse("capture:"), Ok(MailUrl::Capture));
    }

    #[test]
    fn what_is_not_accepted_says_why_without_the_password() {
        let table = [
            "",
            "mail.example",
            "http://mail.example",
            "smtp:mail.example",
            "smtp://",
            "smtp://u@h",
            "smtp://u:@h",
            "smtp://:geheim@h",
            "smtp://u:geheim@h:0",
            "smtp://u:geheim@h:x",
            "smtp://u:geheim@h:70000",
            "smtp://u:gehe/im@h",
            "smtp://u:geheim%@h",
            "smtp://u:geheim%zz@h",
            "smtp://u:geheim%ff@h",
            "smtp://u:geheim%0d%0a@h",
            "smtp://h?tls=yes",
            "smtp://h?ssl=1",
            "smtps://h?tls=none",
            "smtp://[::1",
            "smtp://[mail.example]:25",
            "smtp://h/path",
            "smtp://u:geheim@h#x",
            "smtp://mäil.example",
            "file://relative",
            "file:",
            "capture:x",
            "smtp://[::1]25x",
        ];
        for text in table {
            let error = MailUrl::parse(text).expect_err(text).0;
            assert!(!error.contains("geheim") && error.len() > 20, "{text}: {error}");
        }
    }
}
