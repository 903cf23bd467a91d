//! From the name of a mail server to a connection that is protected and logged in: resolve, connect, TLS, EHLO, AUTH, each a step that can be
//! followed. Hands no mail over.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Starttls;
use lettre::transport::smtp::extension::Extension;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::super::dialogue::{Broke, Watch, said_of};
use super::super::outcome::{Fault, Stage, Trouble};
use super::pool::Line;
use super::smtp::{Smtp, fault, words};
use super::tls::Tls;
use super::url::{Login, Security};
use super::wire::{self, Heard, Wire};

/// What a server offers that takes several commands at once (RFC 2920).
const PIPELINING: &str = "PIPELINING";
/// How long one address of the server may take to answer, so that there is time for another.
const ONE_ADDRESS: Duration = Duration::from_secs(10);

impl Smtp {
    /// Connects, protects the line, logs in.
    pub(super) async fn open(&self, watch: Watch<'_>) -> Result<Line, Fault> {
        let mut line = self.protected(watch).await?;
        if let Some(login) = &self.server.login {
            self.log_in(&mut line.smtp, login, watch).await?;
        }
        Ok(line)
    }

    /// Connects, protects the line, greets.
    pub(super) async fn protected(&self, watch: Watch<'_>) -> Result<Line, Fault> {
        let stream = self.connect(watch).await?;
        match (&self.tls, self.server.security) {
            (Some(tls), Security::Implicit) => {
                let stream = self.handshake(tls, Stage::Connect, stream, watch).await?;
                self.greet(Wire::protected(stream), watch).await
            }
            (Some(tls), _) => self.upgrade(tls, stream, watch).await,
            (None, _) => self.greet(Wire::plain(stream), watch).await,
        }
    }

    /// The first address of the server that answers.
    async fn connect(&self, watch: Watch<'_>) -> Result<TcpStream, Fault> {
        let place = (self.server.host.as_str(), self.server.port);
        let looked = self.line_step(Stage::Connect, tokio::net::lookup_host(place), watch).await;
        let addresses: Vec<SocketAddr> = match looked {
            Ok(found) => found.collect(),
            Err(error) => {
                watch.saw("resolve", || (self.server.host.clone(), said_of(&error)));
                watch.broke(Broke::Name);
                return Err(error);
            }
        };
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        let list = || match addresses.as_slice() {
            [] => text_of(&failure),
            some => some.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", "),
        };
        watch.saw("resolve", || (self.server.host.clone(), list()));
        for address in &addresses {
            let one = tokio::time::timeout(self.timeout.min(ONE_ADDRESS), TcpStream::connect(address)).await;
            match one.unwrap_or_else(|_elapsed| Err(io::Error::from(io::ErrorKind::TimedOut))) {
                Ok(stream) => {
                    watch.saw("connect", || (address.to_string(), "connected".to_owned()));
                    // What is sent is whole, and waits for an answer: nothing is gained by holding it back.
                    let _kept_as_it_is = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => {
                    watch.saw("connect", || (address.to_string(), text_of(&error)));
                    failure = error;
                }
            }
        }
        Err(broken(Stage::Connect, &failure, watch))
    }

    /// Greeting and EHLO.
    async fn greet(&self, wire: Wire, watch: Watch<'_>) -> Result<Line, Fault> {
        let heard = Heard::default();
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire.heard_by(&heard)), &self.hello);
        let smtp = self.step(Stage::Connect, greeting).await?;
        let pipelines = heard.ends().is_some_and(|said| offers_pipelining(&said));
        watch.saw("hello", || (format!("EHLO {}", self.hello), offers(&smtp, pipelines)));
        Ok(Line::new(smtp, pipelines))
    }

    /// STARTTLS, where it is offered. The connection before it is dropped with whatever it may have read: what somebody slipped in
    /// before the handshake is never taken for an answer after it.
    async fn upgrade(&self, tls: &Tls, stream: TcpStream, watch: Watch<'_>) -> Result<Line, Fault> {
        let shared = Arc::new(Mutex::new(stream));
        let mut line = self.greet(Wire::lent(&shared), watch).await?;
        if !line.smtp.can_starttls() {
            if self.server.security == Security::Opportunistic {
                return Ok(line);
            }
            let text = "the server offers no STARTTLS, and nothing is sent without it (see ?tls= in smtp_url)";
            return Err(fault(Stage::StartTls, Trouble::Local(text.to_owned())));
        }
        let begun = self.step(Stage::StartTls, line.smtp.command(Starttls)).await?;
        watch.saw("starttls", || ("STARTTLS".to_owned(), words(&begun)));
        drop(line);
        let taken = || fault(Stage::StartTls, Trouble::Local("the line could not be taken back".to_owned()));
        let stream = wire::take_back(shared).ok_or_else(taken)?;
        let stream = self.handshake(tls, Stage::StartTls, stream, watch).await?;
        self.greet(Wire::upgraded(stream), watch).await
    }

    async fn handshake(
        &self,
        tls: &Tls,
        stage: Stage,
        stream: TcpStream,
        watch: Watch<'_>,
    ) -> Result<TlsStream<TcpStream>, Fault> {
        let said = || format!("handshake with {}", self.server.host);
        let ended = self.line_step(stage, tls.protect(stream), watch).await;
        let (stream, shown) = ended.inspect_err(|error| watch.saw("tls", || (said(), said_of(error))))?;
        let checked = if shown.checked { "checked" } else { "not checked" };
        let heard = || format!("{}, certificate issued by {} ({checked})", shown.version, shown.issuer);
        watch.saw("tls", || (said(), heard()));
        Ok(stream)
    }

    async fn log_in(&self, smtp: &mut AsyncSmtpConnection, login: &Login, watch: Watch<'_>) -> Result<(), Fault> {
        let credentials = Credentials::new(login.user.clone(), login.password.clone());
        let mechanism = smtp.server_info().get_auth_mechanism(DEFAULT_MECHANISMS);
        let how = mechanism.map(|mechanism| format!(" {mechanism}")).unwrap_or_default();
        let said = || format!("AUTH{how} (user and password are not shown)");
        let ended = self.step(Stage::Auth, smtp.auth(DEFAULT_MECHANISMS, &credentials)).await;
        let answered = ended.inspect_err(|error| watch.saw("auth", || (said(), said_of(error))))?;
        watch.saw("auth", || (said(), words(&answered)));
        Ok(())
    }

    /// A step before the server speaks.
    async fn line_step<T>(
        &self,
        stage: Stage,
        work: impl Future<Output = io::Result<T>>,
        watch: Watch<'_>,
    ) -> Result<T, Fault> {
        let ended = tokio::time::timeout(self.timeout, work).await;
        let ended = ended.unwrap_or_else(|_elapsed| Err(io::Error::from(io::ErrorKind::TimedOut)));
        ended.map_err(|error| broken(stage, &error, watch))
    }
}

/// A line that could not be had or protected.
fn broken(stage: Stage, error: &io::Error, watch: Watch<'_>) -> Fault {
    watch.broke(Broke::of(error));
    let trouble = match error.kind() {
        io::ErrorKind::TimedOut => Trouble::Silence(text_of(error)),
        _ => Trouble::Cut(text_of(error)),
    };
    fault(stage, trouble)
}

fn text_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "no answer in time".to_owned(),
        _ => error.to_string(),
    }
}

/// What a server offers, in its own words.
fn offers(smtp: &AsyncSmtpConnection, pipelines: bool) -> String {
    let info = smtp.server_info();
    let known = [
        Extension::StartTls,
        Extension::EightBitMime,
        Extension::SmtpUtfEight,
        Extension::Authentication(Mechanism::Plain),
        Extension::Authentication(Mechanism::Login),
    ];
    let named = known.into_iter().filter(|one| info.supports_feature(*one)).map(|one| one.to_string());
    let offered: Vec<_> = named.chain(pipelines.then(|| PIPELINING.to_owned())).collect();
    let offered = if offered.is_empty() { "nothing that is used here".to_owned() } else { offered.join(", ") };
    format!("{} offers {offered}", info.name())
}

/// Whether one of the lines of an answer to EHLO says so. lettre reads them, and keeps only what it uses itself.
fn offers_pipelining(said: &[u8]) -> bool {
    let offer =
        |line: &[u8]| line.get(4..).is_some_and(|offer| offer.trim_ascii().eq_ignore_ascii_case(PIPELINING.as_bytes()));
    said.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"250") && offer(line))
}
