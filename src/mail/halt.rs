//! Whether this process was asked to stop. Whoever then waits for a mail server and has not begun to hand its mail over breaks off, and the
//! mail is due at once for whoever works next; what is being handed over is waited for.

use tokio::sync::watch;

use super::pace::Progress;

/// The word that ends dialogues; never taken back.
pub(super) struct Halt(watch::Sender<bool>);

impl Default for Halt {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Halt {
    /// Says the word.
    pub(super) fn call(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was said.
    pub(super) fn is_called(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends once the word is said, if the mail has not been handed over by then; never otherwise. Whoever waits for this must not let the
    /// dialogue go on meanwhile: wait for both in one task.
    pub(super) async fn before(&self, progress: &Progress) {
        // Whoever says it lives as long as whoever waits.
        let said = self.0.subscribe().wait_for(|said| *said).await.is_ok();
        if !said || progress.is_given() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn only_what_is_not_handed_over_breaks_off() {
        let (halt, asking, given) = (Halt::default(), Progress::default(), Progress::default());
        given.gives();
        assert!(halt.before(&asking).now_or_never().is_none(), "nobody has said anything");
        halt.call();
        assert!(halt.is_called());
        assert!(halt.before(&asking).now_or_never().is_some(), "it breaks off");
        assert!(halt.before(&given).now_or_never().is_none(), "the mail server has it, or soon will");
    }
}
