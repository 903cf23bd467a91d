//! Speaks SMTP, answer by answer, so that a failure names the stage at which it happened. Built on lettre's connection type (its ready-made
//! transport hides the stage). Who the mail is from and for is asked at once where the server offers it (RFC 2920), else one command at a
//! time. No step waits longer than the timeout, and no answer of a server can panic past this file.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::AsyncSmtpConnection;
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
/// How long a waiting connection may take to say that it lives.
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
            if line.in_step && is_good_for_more(&ended) {
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
            let alive = tokio::time::timeout(ALIVE, AssertUnwindSafe(line.smtp.command(Rset)).catch_unwind()).await;
            if matches!(alive, Ok(Ok(Ok(_)))) {
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
        let asked = if line.pipelines {
            self.ask_at_once(line, mail, patience, watch).await
        } else {
            self.ask(&mut line.smtp, mail, patience, watch).await
        };
        asked?;
        progress.gives();
        let taken = within(ACCEPT, Stage::Accept, line.smtp.command(content)).await?;
        if !taken.has_code(250) {
            return Err(fault(Stage::Accept, Trouble::Cut(format!("answered {} instead of 250", taken.code()))));
        }
        watch.saw("accept", || (format!("the mail, {} bytes", mail.bytes.len()), words(&taken)));
        Ok(receipt(&taken))
    }

    /// MAIL, RCPT and DATA, each once the one before it is answered.
    async fn ask(
        &self,
        smtp: &mut AsyncSmtpConnection,
        mail: &Composed,
        patience: Duration,
        watch: Watch<'_>,
    ) -> Result<(), Fault> {
        let [from, to, data] = envelope(mail);
        let answered = within(patience, Stage::MailFrom, smtp.command(&from)).await?;
        watch.saw("mail", || (from.trim_end().to_owned(), words(&answered)));
        let answered = self.step(Stage::RcptTo, smtp.command(&to)).await?;
        watch.saw("rcpt", || (to.trim_end().to_owned(), words(&answered)));
        let ready = self.step(Stage::Data, smtp.command(&data)).await.and_then(expected)?;
        watch.saw("data", || (data.trim_end().to_owned(), words(&ready)));
        Ok(())
    }

    /// MAIL, RCPT and DATA in one piece. Each has its answer; where one is refused, those behind it are heard as well, so that the line
    /// can carry the next mail.
    async fn ask_at_once(
        &self,
        line: &mut Line,
        mail: &Composed,
        patience: Duration,
        watch: Watch<'_>,
    ) -> Result<(), Fault> {
        let [from, to, data] = envelope(mail);
        line.in_step = false;
        let all = [from.as_str(), &to, &data].concat();
        let answered = within(patience, Stage::MailFrom, line.smtp.command(all)).await;
        let answered = self.unless_refused(line, answered, 2).await?;
        watch.saw("mail", || (from.trim_end().to_owned(), words(&answered)));
        let answered = self.step(Stage::RcptTo, line.smtp.read_response()).await;
        let answered = self.unless_refused(line, answered, 1).await?;
        watch.saw("rcpt", || (to.trim_end().to_owned(), words(&answered)));
        let ready = self.step(Stage::Data, line.smtp.read_response()).await;
        let ready = self.unless_refused(line, ready, 0).await.and_then(expected)?;
        watch.saw("data", || (data.trim_end().to_owned(), words(&ready)));
        line.in_step = true;
        Ok(())
    }

    /// An answer that is no refusal. After one that is, `more` answers are still to come, the last of them to DATA: a server that would take
    /// a mail all the same gets none (RFC 2920, 3.1).
    async fn unless_refused(
        &self,
        line: &mut Line,
        answer: Result<Response, Fault>,
        more: usize,
    ) -> Result<Response, Fault> {
        if !matches!(&answer, Err(Fault { trouble: Trouble::Reply(reply), .. }) if reply.code != 421) {
            return answer;
        }
        let mut last = Err(());
        for _ in 0..more {
            last = match within(ALIVE, Stage::Data, line.smtp.read_response()).await {
                Ok(positive) => Ok(positive),
                Err(Fault { trouble: Trouble::Reply(_), .. }) => Err(()),
                Err(_) => return answer,
            };
        }
        if last.is_ok_and(|answer| answer.has_code(354)) {
            let nothing = within(ALIVE, Stage::Data, line.smtp.command(END)).await;
            line.in_step = matches!(nothing, Ok(_) | Err(Fault { trouble: Trouble::Reply(_), .. }));
        } else {
            line.in_step = true;
        }
        answer
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

/// The three commands that say who the mail is from, who it is for, and that it follows.
fn envelope(mail: &Composed) -> [String; 3] {
    let (from, to) = (Mail::new(Some(mail.from.clone()), vec![]), Rcpt::new(mail.to.clone(), vec![]));
    [from.to_string(), to.to_string(), Data.to_string()]
}

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

/// An answer to DATA that asks for the mail.
fn expected(ready: Response) -> Result<Response, Fault> {
    if ready.has_code(354) {
        return Ok(ready);
    }
    Err(fault(Stage::Data, Trouble::Cut(format!("answered {} instead of 354", ready.code()))))
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
