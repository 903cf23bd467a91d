//! The line to a mail server: plain, protected from the first byte, or plain first and then protected. What lettre speaks over; it never
//! sees a certificate, and nothing it read before STARTTLS outlives the handshake.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// What the server would greet with if it did so again after STARTTLS: it does not, and lettre waits for it.
const GREETING: &[u8] = b"220 protected\r\n";
/// So much of a greeting is kept.
const MOST: usize = 8 << 10;

/// A line, as lettre takes it.
pub(super) struct Wire {
    way: Way,
    /// Read before anything of the server's.
    first: &'static [u8],
    heard: Heard,
}

/// What a server says until somebody has heard enough. No more than [`MOST`] bytes are kept.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Option<Vec<u8>>>>);

impl Heard {
    fn begins(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// What was said so far; from here on nothing is kept.
    pub(super) fn ends(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn hear(&self, bytes: &[u8]) {
        if let Some(said) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            said.extend(bytes.iter().take(MOST - said.len().min(MOST)));
        }
    }
}

enum Way {
    Plain(TcpStream),
    /// To be taken back for the handshake.
    Lent(Arc<Mutex<TcpStream>>),
    Protected(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// A line that stays as it is.
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self { way: Way::Plain(stream), first: &[], heard: Heard::default() }
    }

    /// A line that is protected later: [`take_back`] gives it back once this is dropped.
    pub(super) fn lent(stream: &Arc<Mutex<TcpStream>>) -> Self {
        Self { way: Way::Lent(Arc::clone(stream)), first: &[], heard: Heard::default() }
    }

    /// A line that was protected before the server said anything.
    pub(super) fn protected(stream: TlsStream<TcpStream>) -> Self {
        Self { way: Way::Protected(Box::new(stream)), first: &[], heard: Heard::default() }
    }

    /// A line that was protected after STARTTLS.
    pub(super) fn upgraded(stream: TlsStream<TcpStream>) -> Self {
        Self { first: GREETING, ..Self::protected(stream) }
    }

    /// The same line, of which `heard` hears what the server says.
    pub(super) fn heard_by(self, heard: &Heard) -> Self {
        heard.begins();
        Self { heard: heard.clone(), ..self }
    }

    fn with<T>(&mut self, act: impl FnOnce(Pin<&mut dyn Line>) -> T) -> T {
        match &mut self.way {
            Way::Plain(stream) => act(Pin::new(stream)),
            Way::Lent(stream) => act(Pin::new(&mut *stream.lock().unwrap_or_else(PoisonError::into_inner))),
            Way::Protected(stream) => act(Pin::new(&mut **stream)),
        }
    }
}

/// The stream that was lent, once nobody else holds it.
pub(super) fn take_back(stream: Arc<Mutex<TcpStream>>) -> Option<TcpStream> {
    Arc::into_inner(stream).map(|stream| stream.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// What every way can do.
trait Line: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Line for T {}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (now, later) = self.first.split_at(self.first.len().min(buffer.remaining()));
        if !now.is_empty() {
            buffer.put_slice(now);
            self.first = later;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = self.with(|line| line.poll_read(cx, buffer));
        self.heard.hear(buffer.filled().get(before..).unwrap_or_default());
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.with(|line| line.poll_write(cx, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|line| line.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|line| line.poll_shutdown(cx))
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.way {
            Way::Plain(stream) => stream.peer_addr(),
            Way::Lent(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).peer_addr(),
            Way::Protected(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}
