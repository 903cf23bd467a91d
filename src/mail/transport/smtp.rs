//! Speaks SMTP, answer by answer, so that a failure names the stage at which it happened. Built on lettre's connection type (its ready-made
//! transport hides the stage). Where the server offers it (RFC 2920), DATA goes together with the recipient, else one command at a time. No
//! step waits longer than the timeout, and no answer of a server can panic past this file.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::time::Clock;

use super::super::compose::Composed;
use super::super::dialogue::{Notes, Watch};
use super::super::outcome::{Fault, Reply, Stage, Trouble};
use super::super::pace::Progress;
use super::Receipt;
use super::pool::{Line, Pool};
use super::tls::Tls;
use super::url::{MailUrlError, Server};

/// At most this many dialogues at once, whatever the settings say.
const MOST: usize = 16;
/// How long the last answer may take: servers look at the mail before they take it.
const ACCEPT: Duration = Duration::from_mins(1);
/// How long a dialogue may take in all, from opening the line to the last answer.
const WHOLE: Duration = Duration::from_mins(1);
/// How long a server that could not be used may take to greet.
const GREETING: Duration = Duration::from_secs(4);
/// How long a waiting connection may take to say that it lives, or an answer that is still to come.
const ALIVE: Duration = Duration::from_secs(5);

/// A mail server with its open connections.
pub struct Smtp {
    pub(super) server: Server,
    pub(super) tls: Option<Tls>,
    pub(super) hello: ClientId,
    pub(super) timeout: Duration,
    turns: Semaphore,
    pool: Pool,
    clock: Arc<dyn Clock>,
}

/// How to speak with a server.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Our name in EHLO; the machine's own name where this is no domain.
    pub hello: String,
    /// Dialogues at once.
    pub connections: usize,
    /// How long one answer may take, at most 60 s.
    pub timeout: Duration,
}

impl Smtp {
    /// Prepares TLS; connects to nobody.
    ///
    /// # Errors
    /// A sentence, where TLS cannot be prepared for this host.
    pub fn new(server: Server, manners: &Manners, clock: Arc<dyn Clock>) -> Result<Self, MailUrlError> {
        Ok(Self {
            tls: Tls::new(&server)?,
            hello: client_id(&manners.hello),
            timeout: manners.timeout.min(ACCEPT),
            turns: Semaphore::new(manners.connections.clamp(1, MOST)),
            pool: Pool::default(),
            server,
            clock,
        })
    }

    /// The name of this transport in the table of holds.
    pub fn name(&self) -> String {
        self.server.name()
    }

    /// Whether the server is this machine.
    pub fn is_loopback(&self) -> bool {
        self.server.is_loopback()
    }

    /// Hands one mail over. `Ok` means that the server answered 250 to the message.
    ///
    /// # Errors
    /// The [`Fault`] with the stage at which it ended.
    pub async fn send(&self, mail: &Composed) -> Result<Receipt, Fault> {
        let _turn = self.turn().await;
        self.send_followed(mail, &Progress::default()).await
    }

    /// The right to a dialogue, of which there are as many as connections. Whoever has one sends soon: others wait for it.
    pub(in super::super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // Never closed.
        self.turns.acquire().await.ok()
    }

    /// Hands one mail over, for whoever has a turn; `progress` is told how far it has come.
    pub(in super::super) async fn send_followed(&self, mail: &Composed, progress: &Progress) -> Result<Receipt, Fault> {
        in_all(progress, Box::pin(self.send_on_a_line(mail, progress))).await
    }

    /// Whether the server gives a greeting: no login is tried, no mail handed over.
    pub(in super::super) async fn greets(&self) -> bool {
        match tokio::time::timeout(GREETING, self.protected(Watch(None))).await {
            Ok(Ok(line)) => {
                line.close();
                true
            }
            Ok(Err(_)) | Err(_) => false,
        }
    }

    async fn send_on_a_line(&self, mail: &Composed, progress: &Progress) -> Result<Receipt, Fault> {
        loop {
            progress.opens();
            let (mut line, waited) = self.line().await?;
            // One that waited answers at once, or is taken for dead.
            let patience = if waited { ALIVE.min(self.timeout) } else { self.timeout };
            progress.asks(self.clock.now());
            let ended = self.hand_over(&mut line, mail, patience, (Watch(None), progress)).await;
            // It had died while it waited: nothing was said on it, so another takes its place.
            if waited
                && matches!(
                    &ended,
                    Err(Fault { stage: Stage::MailFrom, trouble: Trouble::Cut(_) | Trouble::Silence(_) })
                )
            {
                continue;
            }
            if is_good_for_more(&ended) {
                self.pool.put(line, ended.is_ok(), self.clock.now());
            }
            return ended;
        }
    }

    /// Hands one mail over on a connection of its own, and notes every step.
    ///
    /// # Errors
    /// The [`Fault`] with the stage at which it ended.
    pub(in super::super) async fn send_noting(&self, mail: &Composed, notes: &Notes) -> Result<Receipt, Fault> {
        let _turn = self.turn().await;
        let (watch, progress) = (Watch(Some(notes)), Progress::default());
        let dialogue = async {
            let mut line = self.open(watch).await?;
            progress.asks(self.clock.now());
            let ended = self.hand_over(&mut line, mail, self.timeout, (watch, &progress)).await;
            line.close();
            ended
        };
        in_all(&progress, Box::pin(dialogue)).await
    }

    /// An open line, and whether it waited in the pool. Only one whose last mail was refused is reset first: after a mail that was taken
    /// the server is where it was after the greeting.
    async fn line(&self) -> Result<(Line, bool), Fault> {
        while let Some(mut line) = self.pool.take(self.clock.now()) {
            if line.is_clean() {
                return Ok((line, true));
            }
            if self.begin_anew(&mut line).await {
                return Ok((line, true));
            }
        }
        Ok((self.open(Watch(None)).await?, false))
    }

    async fn hand_over(
        &self,
        line: &mut Line,
        mail: &Composed,
        patience: Duration,
        (watch, progress): (Watch<'_>, &Progress),
    ) -> Result<Receipt, Fault> {
        let content = content(mail)?;
        self.ask(line, mail, patience, watch).await?;
        progress.gives();
        let taken = within(ACCEPT, Stage::Accept, line.smtp.command(content)).await?;
        if !taken.has_code(250) {
            return Err(fault(Stage::Accept, Trouble::Cut(format!("answered {} instead of 250", taken.code()))));
        }
        watch.saw("accept", || (format!("the mail, {} bytes", mail.bytes.len()), words(&taken)));
        Ok(receipt(&taken))
    }

    /// MAIL, RCPT and DATA. A server may keep its answers to what came together until it has all of them, so MAIL goes alone: its answer
    /// tells that the line lives, long before anybody knows about the recipient.
    async fn ask(&self, line: &mut Line, mail: &Composed, patience: Duration, watch: Watch<'_>) -> Result<(), Fault> {
        let from = Mail::new(Some(mail.from.clone()), vec![]);
        let answered = within(patience, Stage::MailFrom, line.smtp.command(from)).await?;
        watch.saw("mail", || (format!("MAIL FROM:<{}>", mail.from), words(&answered)));
        let to = Rcpt::new(mail.to.clone(), vec![]);
        if line.pipelines {
            line.owes = true;
            let answered = self.step(Stage::RcptTo, line.smtp.command(format!("{to}{Data}"))).await?;
            watch.saw("rcpt", || (format!("RCPT TO:<{}>", mail.to), words(&answered)));
            let ready = self.step(Stage::Data, line.smtp.read_response()).await;
            line.owes = false;
            return asked_for(&ready?, watch);
        }
        let answered = self.step(Stage::RcptTo, line.smtp.command(to)).await?;
        watch.saw("rcpt", || (format!("RCPT TO:<{}>", mail.to), words(&answered)));
        asked_for(&self.step(Stage::Data, line.smtp.command(Data)).await?, watch)
    }

    /// Brings a line whose last mail was refused to where it was after the greeting. Whether that went well.
    async fn begin_anew(&self, line: &mut Line) -> bool {
        if line.owes {
            match within(ALIVE, Stage::Data, line.smtp.read_response()).await {
                // It would take a mail all the same: it gets none (RFC 2920, 3.1).
                Ok(ready) if ready.has_code(354) => {
                    if !is_answered(&within(ALIVE, Stage::Data, line.smtp.command(END)).await) {
                        return false;
                    }
                }
                answer if is_answered(&answer) => {}
                _ => return false,
            }
            line.owes = false;
        }
        within(ALIVE, Stage::MailFrom, line.smtp.command(Rset)).await.is_ok()
    }

    pub(super) async fn step<T>(
        &self,
        stage: Stage,
        work: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, Fault> {
        within(self.timeout, stage, work).await
    }
}

/// What ends a mail (RFC 5321, 4.1.1.4).
const END: &str = ".\r\n";

/// The mail as it goes over the line: a dot that begins a line is doubled (RFC 5321, 4.5.2), a lone one ends it.
fn content(mail: &Composed) -> Result<String, Fault> {
    let ours = |error: std::str::Utf8Error| fault(Stage::Compose, Trouble::Local(error.to_string()));
    let text = std::str::from_utf8(&mail.bytes).map_err(ours)?;
    let mut content = String::with_capacity(text.len() + text.len() / 64);
    for line in text.split_inclusive('\n') {
        if line.starts_with('.') {
            content.push('.');
        }
        content.push_str(line);
    }
    if !text.ends_with("\r\n") {
        content.push_str("\r\n");
    }
    content.push_str(END);
    Ok(content)
}

/// Whether the answer to DATA asks for the mail.
fn asked_for(ready: &Response, watch: Watch<'_>) -> Result<(), Fault> {
    if !ready.has_code(354) {
        return Err(fault(Stage::Data, Trouble::Cut(format!("answered {} instead of 354", ready.code()))));
    }
    watch.saw("data", || ("DATA".to_owned(), words(ready)));
    Ok(())
}

/// Whether the server said something, be it a refusal.
fn is_answered(answer: &Result<Response, Fault>) -> bool {
    matches!(answer, Ok(_) | Err(Fault { trouble: Trouble::Reply(_), .. }))
}

/// Code and text of an answer.
pub(super) fn words(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))
}

/// A dialogue within its time, however little each of its steps takes.
async fn in_all(progress: &Progress, dialogue: impl Future<Output = Result<Receipt, Fault>>) -> Result<Receipt, Fault> {
    let text = || format!("the dialogue did not end within {} s", WHOLE.as_secs());
    let ended = tokio::time::timeout(WHOLE, dialogue).await;
    ended.unwrap_or_else(|_elapsed| Err(fault(progress.stage(), Trouble::Silence(text()))))
}

/// One step of the dialogue. lettre can panic on a malformed EHLO answer; that ends the connection, not the worker.
async fn within<T>(
    limit: Duration,
    stage: Stage,
    work: impl Future<Output = Result<T, SmtpError>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(Ok(done))) => Ok(done),
        Ok(Ok(Err(error))) => Err(fault_of(stage, &error)),
        Ok(Err(_panic)) => Err(fault(stage, Trouble::Cut("the server's answer could not be understood".to_owned()))),
        Err(_elapsed) => Err(fault(stage, Trouble::Silence(format!("no answer within {} s", limit.as_secs())))),
    }
}

/// 421 is a goodbye; after any other reply the dialogue can go on with RSET.
fn is_good_for_more(ended: &Result<Receipt, Fault>) -> bool {
    match ended {
        Ok(_) => true,
        Err(Fault { trouble: Trouble::Reply(reply), .. }) => reply.code != 421,
        Err(Fault { trouble: Trouble::Cut(_) | Trouble::Silence(_) | Trouble::Local(_), .. }) => false,
    }
}

pub(super) fn fault(stage: Stage, trouble: Trouble) -> Fault {
    Fault { stage, trouble }
}

fn fault_of(stage: Stage, error: &SmtpError) -> Fault {
    // Connecting ends with greeting and EHLO: an answer there means that the line itself stood.
    let stage =
        if stage == Stage::Connect && (error.status().is_some() || error.is_response()) { Stage::Hello } else { stage };
    let source = std::error::Error::source(error).map(ToString::to_string);
    match error.status() {
        Some(code) => fault(stage, Trouble::Reply(Reply::new(code.into(), source.as_deref().unwrap_or_default()))),
        None if error.is_client() => fault(stage, Trouble::Local(source.unwrap_or_else(|| error.to_string()))),
        None => fault(stage, Trouble::Cut(error.to_string())),
    }
}

fn receipt(taken: &Response) -> Receipt {
    let text = taken.message().collect::<Vec<_>>().join(" ");
    Receipt { stage: Stage::Accept, reply: Some(Reply::new(250, &text)) }
}

fn client_id(name: &str) -> ClientId {
    let domain = name.contains('.')
        && name.parse::<std::net::IpAddr>().is_err()
        && name.bytes().all(|byte| byte.is_ascii_graphic());
    if domain { ClientId::Domain(name.to_owned()) } else { ClientId::default() }
}
