//! The bytes of a dialogue: lines and mails, each with its limits, whatever the other side sends and however slowly. Lines end with CRLF and
//! mails with CRLF.CRLF, nothing else: where two programs see different ends, one can be made to say what it never said.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longest line of a command, without its end (RFC 5321: 512 for a command, more with parameters).
const LINE: usize = 1_000;
/// Bytes asked for at a time.
const CHUNK: usize = 8 << 10;
/// How much more than the limit of a mail is read, to tell its sender so, before the line is cut.
const PATIENCE: usize = 8;

/// A connection, plain or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Why nothing more can be read.
#[derive(Debug)]
pub(super) enum Broken {
    /// The other side is gone.
    Gone,
    /// It took too long.
    Slow,
    /// A line without CRLF, or too long.
    Malformed,
    /// A mail far beyond the limit.
    TooLarge,
}

impl From<io::Error> for Broken {
    fn from(_any: io::Error) -> Self {
        Self::Gone
    }
}

/// A mail as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mail {
    /// Whole, dots unstuffed.
    Whole(Vec<u8>),
    /// Larger than the limit; read to its end and thrown away.
    TooLarge,
}

/// A connection with what was read ahead.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    ahead: Vec<u8>,
    timeout: Duration,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>, timeout: Duration) -> Self {
        Self { stream, ahead: Vec::new(), timeout }
    }

    /// The connection itself, if nothing was sent ahead: what was said in the clear must not be read as if it had been protected.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        self.ahead.is_empty().then_some(self.stream)
    }

    /// Whether the other side has sent more already: answers can wait and go out together.
    pub(super) fn has_line(&self) -> bool {
        self.ahead.contains(&b'\n')
    }

    /// The next line, without its end.
    pub(super) async fn line(&mut self) -> Result<Vec<u8>, Broken> {
        loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.ahead.drain(..=end).collect();
                line.truncate(end);
                let whole = line.pop() == Some(b'\r') && line.len() <= LINE && !line.contains(&b'\r');
                return if whole { Ok(line) } else { Err(Broken::Malformed) };
            }
            if self.ahead.len() > LINE + 2 {
                return Err(Broken::Malformed);
            }
            self.more().await?;
        }
    }

    /// A mail, up to the line with a single dot.
    pub(super) async fn mail(&mut self, limit: usize) -> Result<Mail, Broken> {
        let mut mail = Vec::new();
        let (mut read, mut starts, mut too_large) = (0_usize, true, false);
        loop {
            let (taken, ends) = match find_end(&self.ahead) {
                Some(at) => (at, true),
                // The last byte may be half an end.
                None if self.ahead.len() > CHUNK => (self.ahead.len() - 1, false),
                None => {
                    self.more().await?;
                    continue;
                }
            };
            let line: Vec<u8> = self.ahead.drain(..taken).collect();
            if ends {
                self.ahead.drain(..2);
            }
            if starts && ends && line == b"." {
                return Ok(if too_large { Mail::TooLarge } else { Mail::Whole(mail) });
            }
            let text = if starts { line.strip_prefix(b".").unwrap_or(&line) } else { &line };
            read = read.saturating_add(line.len() + 2);
            too_large |= mail.len() + text.len() + 2 > limit;
            if read > limit.saturating_mul(PATIENCE) {
                return Err(Broken::TooLarge);
            }
            if too_large {
                mail = Vec::new();
            } else {
                mail.extend_from_slice(text);
                mail.extend_from_slice(if ends { b"\r\n" } else { b"" });
            }
            starts = ends;
        }
    }

    /// Sends lines.
    pub(super) async fn say(&mut self, text: &str) -> Result<(), Broken> {
        let sending = async {
            self.stream.write_all(text.as_bytes()).await?;
            self.stream.flush().await
        };
        match tokio::time::timeout(self.timeout, sending).await {
            Ok(sent) => Ok(sent?),
            Err(_elapsed) => Err(Broken::Slow),
        }
    }

    /// Says goodbye to the connection.
    pub(super) async fn close(mut self) {
        let _gone = tokio::time::timeout(self.timeout, self.stream.shutdown()).await;
    }

    async fn more(&mut self) -> Result<(), Broken> {
        let mut chunk = [0; CHUNK];
        match tokio::time::timeout(self.timeout, self.stream.read(&mut chunk)).await {
            Err(_elapsed) => Err(Broken::Slow),
            Ok(Err(_) | Ok(0)) => Err(Broken::Gone),
            Ok(Ok(read)) => {
                self.ahead.extend_from_slice(chunk.get(..read).unwrap_or_default());
                Ok(())
            }
        }
    }
}

fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair == b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn wire(sent: &[u8]) -> Wire {
        let (mut client, server) = tokio::io::duplex(1 << 20);
        client.write_all(sent).await.unwrap();
        drop(client);
        Wire::new(Box::new(server), Duration::from_secs(5))
    }

    #[tokio::test]
    async fn lines_end_with_crlf_and_nothing_else() {
        let mut good = wire(b"EHLO a\r\n\r\nMAIL").await;
        assert_eq!(good.line().await.unwrap(), b"EHLO a");
        assert_eq!(good.line().await.unwrap(), b"");
        assert!(matches!(good.line().await, Err(Broken::Gone)));
        for bad in [&b"EHLO a\n"[..], b"EHLO\ra\r\n", b"\n", &[b'a'; 3_000]] {
            assert!(matches!(wire(bad).await.line().await, Err(Broken::Malformed)), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn a_mail_ends_with_a_dot_on_a_line_of_its_own_and_nothing_else() {
        let mut whole = wire(b"a\r\n..b\r\n.\n\r\n.\rc\r\n.\r\nQUIT\r\n").await;
        assert_eq!(whole.mail(1_000).await.unwrap(), Mail::Whole(b"a\r\n.b\r\n\n\r\n\rc\r\n".to_vec()));
        assert_eq!(whole.line().await.unwrap(), b"QUIT");
        let smuggled = wire(b"a\n.\nMAIL FROM:<x@y.example>\r\n").await.mail(1_000).await;
        assert!(matches!(smuggled, Err(Broken::Gone)));
    }

    #[tokio::test]
    async fn long_lines_and_large_mails_keep_to_the_limit() {
        let mut long = vec![b'x'; 40_000];
        long.extend_from_slice(b"\r\n.\r\n");
        let Mail::Whole(mail) = wire(&long).await.mail(50_000).await.unwrap() else { panic!("it fits") };
        assert_eq!(mail.len(), 40_002);
        let mut large = wire(&[&long, &b"NOOP\r\n"[..]].concat()).await;
        assert_eq!(large.mail(20_000).await.unwrap(), Mail::TooLarge);
        assert_eq!(large.line().await.unwrap(), b"NOOP");
        assert!(matches!(wire(&long).await.mail(1_000).await, Err(Broken::TooLarge)));
    }
}
