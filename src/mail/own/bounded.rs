//! A writer that comes to an end: a shop's words are rendered into it, so that no template, whatever let it through, writes for ever.

use std::fmt;
use std::io;

use handlebars::{RenderError, RenderErrorReason};

/// Most bytes of one rendered part.
pub(super) const BYTES: usize = 32 << 10;
/// Most writes of one rendered part: twice the steps that a whole mail may take.
const WRITES: usize = 20_000;

/// What came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mail) enum Overrun {
    /// More bytes than there may be.
    Bytes,
    /// More writes than there may be.
    Writes,
}

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it becomes too long")
    }
}

impl std::error::Error for Overrun {}

/// Whether a rendering was ended by its writer.
pub(in crate::mail) fn overrun(error: &RenderError) -> Option<Overrun> {
    let RenderErrorReason::IOError(error) = error.reason() else { return None };
    error.get_ref().and_then(|inner| inner.downcast_ref::<Overrun>()).copied()
}

/// A writer that refuses to go on for ever.
#[derive(Debug, Default)]
pub(in crate::mail) struct Bounded {
    bytes: Vec<u8>,
    writes: usize,
}

impl Bounded {
    /// What was written.
    pub(in crate::mail) fn into_text(self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        if self.writes > WRITES {
            return Err(io::Error::other(Overrun::Writes));
        }
        if self.bytes.len() + bytes.len() > BYTES {
            return Err(io::Error::other(Overrun::Bytes));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
