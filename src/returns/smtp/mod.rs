//! The listener for mail that comes back: SMTP to the world or LMTP to a mail server that hands over. Off until an address is set.
//!
//! Written for this one purpose and kept small: it relays nothing, knows no users, and takes mail for return addresses only. There is no
//! maintained server side that could be had without a queue or a mail store around it; the dialogue is a [`session`] without I/O, the
//! bytes are a [`wire`] that never holds more than its limits, and MIME is read by a parser of its own elsewhere.
//!
//! Limits: bytes of a mail, dialogues at once (and from one address), commands, faults and mails of a dialogue, the time of a line and of a
//! dialogue. Whoever is over one is told so and let go.

mod dialogue;
mod session;
mod tls;
mod wire;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::Letters;
use crate::config::Protocol;
use crate::context::Context;
use dialogue::Door;

/// Of all dialogues, one in so many may be with one address: whoever floods leaves room for the others.
const SHARE: usize = 5;
/// How long dialogues may go on after a stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the listener does not stand, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ListenerError {
    /// The address.
    #[error("returns.listen: {0} cannot be listened on: {1}")]
    Address(SocketAddr, io::Error),
    /// Certificate or key.
    #[error("returns.certificate: {0}")]
    Tls(String),
}

/// A running listener.
pub struct Listener {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Listener {
    /// Starts listening, if the settings ask for it. Call it within the runtime.
    ///
    /// # Errors
    /// [`ListenerError`].
    pub async fn start(ctx: &Context, letters: Letters) -> Result<Option<Self>, ListenerError> {
        let returns = &ctx.config().returns;
        let Some(listen) = returns.listen else { return Ok(None) };
        // Read once now, so that a wrong file is said at the start and not to the first client.
        if let Some(files) = &returns.tls {
            tls::acceptor(files).map_err(ListenerError::Tls)?;
        }
        let listener = TcpListener::bind(listen).await.map_err(|error| ListenerError::Address(listen, error))?;
        let address = listener.local_addr().map_err(|error| ListenerError::Address(listen, error))?;
        let (stop, stopped) = watch::channel(false);
        let guard = Guard::new(returns.connections, returns.protocol);
        let door = Arc::new(Door { ctx: ctx.clone(), letters });
        tracing::info!(%address, protocol = ?returns.protocol, "listening for bounces and complaints");
        let running = tokio::spawn(accept(listener, door, guard, stopped));
        Ok(Some(Self { address, stop, running }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more dialogues and gives those that run a few seconds.
    pub async fn stop(self) {
        let _nobody_left = self.stop.send(true);
        if let Err(error) = self.running.await {
            tracing::warn!(%error, "the listener for bounces ended badly");
        }
    }
}

async fn accept(listener: TcpListener, door: Arc<Door>, guard: Arc<Guard>, mut stopped: watch::Receiver<bool>) {
    let mut dialogues = JoinSet::new();
    loop {
        let arrived = tokio::select! {
            arrived = listener.accept() => arrived,
            Some(_) = dialogues.join_next() => continue,
            _ = stopped.changed() => break,
        };
        match arrived {
            Ok((stream, peer)) => match guard.admit(peer.ip()) {
                Some(place) => {
                    let door = Arc::clone(&door);
                    dialogues.spawn(async move {
                        door.speak(stream).await;
                        drop(place);
                    });
                }
                None => turn_away(&stream),
            },
            Err(error) => {
                // Out of file handles: without a pause this would be a busy loop.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    let ended = async { while dialogues.join_next().await.is_some() {} };
    if tokio::time::timeout(PATIENCE, ended).await.is_err() {
        tracing::warn!("some dialogues about bounces were cut off; their senders try again");
    }
}

/// Says why, if that can be said without waiting.
fn turn_away(stream: &TcpStream) {
    let _as_far_as_it_goes = stream.try_write(b"421 4.7.0 too many connections, try again later\r\n");
}

/// Counts dialogues.
struct Guard {
    all: Arc<Semaphore>,
    each: usize,
    from: Mutex<HashMap<IpAddr, usize>>,
}

/// A place in the count; given back when dropped.
struct Place {
    guard: Arc<Guard>,
    address: IpAddr,
    _turn: tokio::sync::OwnedSemaphorePermit,
}

impl Guard {
    fn new(connections: usize, protocol: Protocol) -> Arc<Self> {
        let each = match protocol {
            Protocol::Smtp => (connections / SHARE).max(1),
            // One mail server hands over everything.
            Protocol::Lmtp => connections,
        };
        Arc::new(Self { all: Arc::new(Semaphore::new(connections)), each, from: Mutex::default() })
    }

    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let turn = Arc::clone(&self.all).try_acquire_owned().ok()?;
        let mut from = self.from.lock().unwrap_or_else(PoisonError::into_inner);
        let count = from.entry(address).or_default();
        if *count >= self.each {
            return None;
        }
        *count += 1;
        drop(from);
        Some(Place { guard: Arc::clone(self), address, _turn: turn })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut from = self.guard.from.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = from.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                from.remove(&self.address);
            }
        }
    }
}
