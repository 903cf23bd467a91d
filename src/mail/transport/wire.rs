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

/// A line, as lettre takes it.
pub(super) struct Wire {
    way: Way,
    /// Read before anything of the server's.
    first: &'static [u8],
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
        Self { way: Way::Plain(stream), first: &[] }
    }

    /// A line that is protected later: [`take_back`] gives it back once this is dropped.
    pub(super) fn lent(stream: &Arc<Mutex<TcpStream>>) -> Self {
        Self { way: Way::Lent(Arc::clone(stream)), first: &[] }
    }

    /// A line that was protected before the server said anything.
    pub(super) fn protected(stream: TlsStream<TcpStream>) -> Self {
        Self { way: Way::Protected(Box::new(stream)), first: &[] }
    }

    /// A line that was protected after STARTTLS.
    pub(super) fn upgraded(stream: TlsStream<TcpStream>) -> Self {
        Self { first: GREETING, ..Self::protected(stream) }
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
        self.with(|line| line.poll_read(cx, buffer))
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
