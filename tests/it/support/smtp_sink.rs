//! A mail server that does as it is told: the outcome is chosen by the recipient's local part, so that each mail carries its own test, or by a
//! fault that is set for the whole server. It keeps a ledger of every message it was given, as received.
//!
//! `ok-*` 250 · `soft2-*` 450 at RCPT twice, then 250 · `hard-*` 550 5.1.1 at RCPT · `full-*` 552 5.2.2 at RCPT · `policy-*` 550 5.7.1 at RCPT ·
//! `gone-*` 550 5.1.1 after DATA · `spam-*` 554 5.7.1 after DATA · `drop-*` stored, then cut off before the answer · `dropfirst-*` so the first
//! time only · `moved-*` 250 once, from then on 550 5.1.1 at RCPT · `hang-*` no answer to RCPT before [`SmtpSink::free`] · `bye-*` 421 at RCPT.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the whole server does wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Mood {
    /// Nothing.
    #[default]
    Good,
    /// Greets with this.
    Greets(&'static str),
    /// Answers EHLO with these lines.
    Ehlo(&'static [&'static str]),
    /// Takes several commands at once (RFC 2920), and does this about DATA for nobody.
    Pipelines(ForNobody),
    /// Takes several commands at once, and answers once it has read them all.
    PipelinesLate,
    /// Answers MAIL with this.
    Mail(&'static str),
    /// Wants a login and answers it with this.
    Auth(&'static str),
    /// Closes every connection at once.
    Deaf,
    /// Keeps each mail, and answers only when told to.
    Silent,
}

/// What a server does about DATA that came together with a recipient it refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ForNobody {
    /// Refuses it.
    Refused,
    /// Waves it through, and refuses what follows.
    Waved,
    /// Answers it only when told to.
    Silent,
}

/// A message as the server received it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// After DATA, dots unstuffed.
    pub(crate) data: Vec<u8>,
}

#[derive(Default)]
struct State {
    mood: Mood,
    ledger: Vec<Received>,
    attempts: HashMap<String, u32>,
    connections: usize,
    commands: Vec<String>,
    /// How many commands had come with others behind them.
    ahead: usize,
    /// What a client sent as a mail to nobody.
    empty: Vec<Vec<u8>>,
    /// Those who hang are answered.
    freed: bool,
    free: Arc<Notify>,
    /// A mail was kept in silence.
    heard: Arc<Notify>,
    /// One of them may be answered.
    told: Arc<Notify>,
}

/// A running server.
pub(crate) struct SmtpSink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl SmtpSink {
    /// Listens on a free port of this machine until the runtime ends.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                state.lock().unwrap().connections += 1;
                tokio::spawn(async move { Dialogue::new(stream, state).run().await.ok() });
            }
        });
        Self { address, state }
    }

    /// For `smtp_url`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// Returns once a silent server has a mail that it did not answer.
    pub(crate) async fn heard(&self) {
        let heard = self.state.lock().unwrap().heard.clone();
        heard.notified().await;
    }

    /// Lets a silent server answer one mail.
    pub(crate) fn speak(&self) {
        self.state.lock().unwrap().told.notify_one();
    }

    /// Answers everybody who hangs, from now on.
    pub(crate) fn free(&self) {
        let mut state = self.state.lock().unwrap();
        state.freed = true;
        state.free.notify_waiters();
    }

    /// Every message received so far.
    pub(crate) fn ledger(&self) -> Vec<Received> {
        self.state.lock().unwrap().ledger.clone()
    }

    /// Connections taken so far.
    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// How many commands came together with the next one.
    pub(crate) fn ahead(&self) -> usize {
        self.state.lock().unwrap().ahead
    }

    /// What was sent after DATA although no recipient was taken.
    pub(crate) fn empty(&self) -> Vec<Vec<u8>> {
        self.state.lock().unwrap().empty.clone()
    }

    /// Every command line so far.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.state.lock().unwrap().commands.clone()
    }
}

struct Dialogue {
    io: BufReader<TcpStream>,
    state: Arc<Mutex<State>>,
    from: String,
    to: Vec<String>,
    /// Answers that are not given yet.
    held: String,
}

enum Next {
    Go,
    End,
}

impl Dialogue {
    fn new(stream: TcpStream, state: Arc<Mutex<State>>) -> Self {
        Self { io: BufReader::new(stream), state, from: String::new(), to: Vec::new(), held: String::new() }
    }

    fn mood(&self) -> Mood {
        self.state.lock().unwrap().mood.clone()
    }

    async fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.held += &format!("{line}\r\n");
        if self.mood() == Mood::PipelinesLate && !self.io.buffer().is_empty() {
            return Ok(());
        }
        let said = std::mem::take(&mut self.held);
        self.io.get_mut().write_all(said.as_bytes()).await
    }

    async fn run(mut self) -> std::io::Result<()> {
        match self.mood() {
            Mood::Deaf => return Ok(()),
            Mood::Greets(line) => self.say(line).await?,
            _ => self.say("220 sink ready").await?,
        }
        let mut line = String::new();
        while self.io.read_line(&mut line).await? > 0 {
            let command = line.trim_end().to_owned();
            {
                let mut state = self.state.lock().unwrap();
                state.commands.push(command.clone());
                state.ahead += usize::from(!self.io.buffer().is_empty());
            }
            if matches!(self.answer(&command).await?, Next::End) {
                return Ok(());
            }
            line.clear();
        }
        Ok(())
    }

    async fn answer(&mut self, command: &str) -> std::io::Result<Next> {
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => self.ehlo().await?,
            "AUTH" => match self.mood() {
                Mood::Auth(line) => self.say(line).await?,
                _ => self.say("235 2.7.0 welcome").await?,
            },
            "MAIL" => {
                self.from = address(command);
                self.to.clear();
                match self.mood() {
                    Mood::Mail(line) => self.say(line).await?,
                    _ => self.say("250 2.1.0 sender ok").await?,
                }
            }
            "RCPT" => return self.rcpt(address(command)).await,
            "DATA" if self.to.is_empty() => return self.nobody().await,
            "DATA" => {
                self.say("354 go on").await?;
                return self.data().await;
            }
            "RSET" | "NOOP" => self.say("250 2.0.0 ok").await?,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Next::End);
            }
            _ => self.say("500 5.5.2 what").await?,
        }
        Ok(Next::Go)
    }

    async fn ehlo(&mut self) -> std::io::Result<()> {
        match self.mood() {
            Mood::Ehlo(lines) => {
                for line in lines {
                    self.say(line).await?;
                }
                Ok(())
            }
            Mood::Pipelines(_) | Mood::PipelinesLate => {
                self.say("250-sink").await?;
                self.say("250 PIPELINING").await
            }
            Mood::Auth(_) => {
                self.say("250-sink").await?;
                self.say("250 AUTH PLAIN LOGIN").await
            }
            _ => self.say("250 sink").await,
        }
    }

    async fn rcpt(&mut self, to: String) -> std::io::Result<Next> {
        let seen = {
            let mut state = self.state.lock().unwrap();
            let seen = state.attempts.entry(to.clone()).or_default();
            *seen += 1;
            *seen
        };
        let line = match script(&to) {
            "moved" if seen > 1 => format!("550 5.1.1 <{to}>: no such user any more"),
            "hard" => format!("550 5.1.1 <{to}>: no such user"),
            "full" => "552 5.2.2 mailbox full".to_owned(),
            "policy" => "550 5.7.1 not from you".to_owned(),
            "soft2" if seen <= 2 => "450 4.2.0 try later".to_owned(),
            "bye" => "421 4.7.0 closing".to_owned(),
            _ => {
                if script(&to) == "hang" {
                    self.hang().await;
                }
                self.to.push(to);
                "250 2.1.5 recipient ok".to_owned()
            }
        };
        self.say(&line).await?;
        Ok(if line.starts_with("421") { Next::End } else { Next::Go })
    }

    async fn hang(&self) {
        let free = self.state.lock().unwrap().free.clone();
        let freed = free.notified();
        if !self.state.lock().unwrap().freed {
            freed.await;
        }
    }

    /// DATA for no recipient.
    async fn nobody(&mut self) -> std::io::Result<Next> {
        match self.mood() {
            Mood::Pipelines(ForNobody::Waved) => {
                self.say("354 go on").await?;
                let data = self.content().await?;
                self.state.lock().unwrap().empty.push(data);
            }
            Mood::Pipelines(ForNobody::Silent) => self.hang().await,
            _ => {}
        }
        self.say("554 5.5.1 no valid recipients").await?;
        Ok(Next::Go)
    }

    /// What comes before the lone dot.
    async fn content(&mut self) -> std::io::Result<Vec<u8>> {
        let mut data = Vec::new();
        while !data.ends_with(b"\r\n.\r\n") && data != b".\r\n" {
            data.push(self.io.read_u8().await?);
        }
        data.truncate(data.len() - 3);
        Ok(data)
    }

    async fn data(&mut self) -> std::io::Result<Next> {
        let data = self.content().await?;
        let to = self.to.first().cloned().unwrap_or_default();
        let received = Received { from: self.from.clone(), to: self.to.clone(), data: unstuffed(&data) };
        let line = match script(&to) {
            "gone" => "550 5.1.1 no such user after all",
            "spam" => "554 5.7.1 looks like spam",
            _ => "250 2.0.0 queued as 1",
        };
        let first = {
            let mut state = self.state.lock().unwrap();
            if line.starts_with("250") {
                state.ledger.push(received);
            }
            state.attempts.get(&to) == Some(&1)
        };
        if self.mood() == Mood::Silent {
            let (heard, told) = {
                let state = self.state.lock().unwrap();
                (state.heard.clone(), state.told.clone())
            };
            heard.notify_one();
            told.notified().await;
        }
        if script(&to) == "drop" || (script(&to) == "dropfirst" && first) {
            return Ok(Next::End);
        }
        self.say(line).await?;
        Ok(Next::Go)
    }
}

fn script(address: &str) -> &str {
    address.split(['-', '@']).next().unwrap_or_default()
}

fn address(command: &str) -> String {
    let inner = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

fn unstuffed(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        out.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    out
}
