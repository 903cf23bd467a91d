//! Connections to the mail server that wait for the next mail. Knows how long one may wait, not how to open or use one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;

use crate::kernel::time::{MINUTE, SECOND, Timestamp};

/// Connections kept open without work once a burst is over.
const IDLE: usize = 4;
/// How long a burst may pause, in ms.
const BURST_MS: i64 = 5 * SECOND;
/// How long one may wait, in ms: less than servers wait before they hang up.
const IDLE_MS: i64 = MINUTE;
/// Mails over one connection; many servers stop at a hundred.
const MAILS: u32 = 90;
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// An open connection, greeted.
pub(super) struct Line {
    /// lettre's side of it.
    pub(super) smtp: AsyncSmtpConnection,
    /// Several commands may be sent at once (RFC 2920).
    pub(super) pipelines: bool,
    /// DATA went out together with the recipient, and its answer was not heard.
    pub(super) owes: bool,
    /// Mails it carried.
    mails: u32,
    /// The last one was taken.
    clean: bool,
}

impl Line {
    pub(super) fn new(smtp: AsyncSmtpConnection, pipelines: bool) -> Self {
        Self { smtp, pipelines, owes: false, mails: 0, clean: true }
    }

    /// Whether the server waits for the next mail and for nothing else.
    pub(super) fn is_clean(&self) -> bool {
        self.clean
    }

    /// Says goodbye in the background; nobody waits for it.
    pub(super) fn close(mut self) {
        tokio::spawn(async move { tokio::time::timeout(GOODBYE, self.smtp.quit()).await.is_ok() });
    }
}

/// The waiting connections, the freshest last.
#[derive(Default)]
pub(super) struct Pool {
    waiting: Mutex<Vec<(Line, Timestamp)>>,
}

impl Pool {
    /// The freshest connection that has not waited too long. The caller finds out whether it still lives.
    pub(super) fn take(&self, now: Timestamp) -> Option<Line> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        close_older(&mut waiting, now, IDLE_MS, 0);
        waiting.pop().map(|(line, _)| line)
    }

    /// Keeps a connection that carried a mail (`taken`: to its 250), unless it has had enough. There are never more than dialogues at once.
    pub(super) fn put(&self, mut line: Line, taken: bool, now: Timestamp) {
        (line.mails, line.clean) = (line.mails + 1, taken);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if line.mails < MAILS {
            waiting.push((line, now));
        } else {
            line.close();
        }
        close_older(&mut waiting, now, BURST_MS, IDLE);
    }
}

/// Closes the longest waiting ones, as long as they have waited more than `ms` and more than `keep` wait.
fn close_older(waiting: &mut Vec<(Line, Timestamp)>, now: Timestamp, ms: i64, keep: usize) {
    let spare = waiting.len().saturating_sub(keep);
    let stale = waiting.iter().take(spare).take_while(|(_, since)| now.since(*since) > ms).count();
    for (line, _) in waiting.drain(..stale) {
        line.close();
    }
}
