//! One dialogue from greeting to goodbye: reads a line, asks the session, does what it says.

use tokio::net::TcpStream;

use super::session::{Manners, Session, Step};
use super::wire::{Broken, Mail, Wire};
use super::{Letters, tls};
use crate::context::Context;
use crate::returns::post::{self, Addressee, Verdict};

/// A whole dialogue may take so many times as long as a line.
const WHOLE: u32 = 10;
/// Answers held back while the other side has sent more, in bytes.
const TOGETHER: usize = 4 << 10;

/// What dialogues are led with.
pub(super) struct Door {
    pub(super) ctx: Context,
    pub(super) letters: Letters,
}

/// A dialogue that goes on, or its end.
enum Next {
    On(Wire),
    End,
}

impl Door {
    /// Leads one dialogue. Whatever happens in it ends with it.
    pub(super) async fn speak(&self, stream: TcpStream) {
        let timeout = self.ctx.config().returns.timeout;
        let wire = Wire::new(Box::new(stream), timeout);
        if tokio::time::timeout(timeout.saturating_mul(WHOLE), self.dialogue(wire)).await.is_err() {
            tracing::info!("a dialogue about bounces took too long and was ended");
        }
    }

    async fn dialogue(&self, mut wire: Wire) {
        let mut session = Session::new(self.manners());
        if wire.say(&session.greeting()).await.is_err() {
            return;
        }
        let mut held = String::new();
        loop {
            let line = match wire.line().await {
                Ok(line) => line,
                Err(broken) => return farewell(wire, &held, &broken).await,
            };
            let step = session.line(&line, &|address| post::addressee(&self.ctx, address));
            match self.act(wire, &mut session, step, &mut held).await {
                Ok(Next::On(next)) => wire = next,
                Ok(Next::End) | Err(_) => return,
            }
        }
    }

    async fn act(&self, mut wire: Wire, session: &mut Session, step: Step, held: &mut String) -> Result<Next, Broken> {
        match step {
            Step::Say(text) => {
                held.push_str(&text);
                // Pipelining (RFC 2920): what was asked together is answered together.
                if !wire.has_line() || held.len() > TOGETHER {
                    wire.say(&std::mem::take(held)).await?;
                }
                Ok(Next::On(wire))
            }
            Step::Close(text) => {
                held.push_str(&text);
                wire.say(held).await?;
                wire.close().await;
                Ok(Next::End)
            }
            Step::Data(text, to) => {
                held.push_str(&text);
                wire.say(&std::mem::take(held)).await?;
                self.mail(wire, session, &to).await
            }
            Step::StartTls(text) => {
                held.push_str(&text);
                self.protect(wire, session, &std::mem::take(held)).await
            }
        }
    }

    async fn mail(&self, mut wire: Wire, session: &mut Session, to: &[Addressee]) -> Result<Next, Broken> {
        let answer = match wire.mail(self.ctx.config().returns.message_limit).await {
            Ok(Mail::Whole(raw)) => session.after_mail(&self.take(to, &raw).await),
            Ok(Mail::TooLarge) => session.after_large(to.len()),
            Err(broken) => {
                farewell(wire, "", &broken).await;
                return Ok(Next::End);
            }
        };
        wire.say(&answer).await?;
        Ok(Next::On(wire))
    }

    /// What becomes of a mail, for each recipient; `None` where it could not be kept.
    async fn take(&self, to: &[Addressee], raw: &[u8]) -> Vec<Option<Verdict>> {
        let mut verdicts = Vec::with_capacity(to.len());
        for addressee in to {
            let taken = post::take(&self.ctx, &self.letters, *addressee, raw).await;
            if let Err(error) = &taken {
                tracing::warn!(%error, "a bounce could not be kept; its sender is asked to try again");
            }
            verdicts.push(taken.ok());
        }
        verdicts
    }

    async fn protect(&self, mut wire: Wire, session: &mut Session, text: &str) -> Result<Next, Broken> {
        let Some(files) = self.ctx.config().returns.tls.clone() else { return Ok(Next::End) };
        let read = tokio::task::spawn_blocking(move || tls::acceptor(&files)).await;
        let acceptor = match read.map_err(|error| error.to_string()).and_then(|read| read) {
            Ok(acceptor) => acceptor,
            Err(error) => {
                tracing::warn!(%error, "TLS could not be offered for bounces");
                wire.say("454 4.7.0 TLS is not available at the moment\r\n").await?;
                return Ok(Next::On(wire));
            }
        };
        wire.say(text).await?;
        let timeout = self.ctx.config().returns.timeout;
        let Some(stream) = wire.into_stream() else { return Ok(Next::End) };
        match tokio::time::timeout(timeout, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => {
                session.protected();
                Ok(Next::On(Wire::new(Box::new(stream), timeout)))
            }
            Ok(Err(_)) | Err(_) => Ok(Next::End),
        }
    }

    fn manners(&self) -> Manners {
        let returns = &self.ctx.config().returns;
        let host = returns.mailbox.as_ref().map_or("localhost", |mailbox| mailbox.domain()).to_owned();
        Manners { protocol: returns.protocol, host, limit: returns.message_limit, tls: returns.tls.is_some() }
    }
}

/// Says why the line is cut, as far as anybody listens.
async fn farewell(mut wire: Wire, held: &str, broken: &Broken) {
    let why = match broken {
        Broken::Gone => return,
        Broken::Slow => "421 4.4.2 this takes too long",
        Broken::Malformed => "500 5.5.2 a line ends with CRLF and has 1000 characters at most; goodbye",
        Broken::TooLarge => "552 5.3.4 this is far too large; goodbye",
    };
    let _anybody = wire.say(&format!("{held}{why}\r\n")).await;
    wire.close().await;
}
