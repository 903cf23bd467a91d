//! Does together what several would have done one after the other: whoever comes first works for all who wait, and meanwhile the next ones
//! gather by themselves. Nobody waits for company. Knows nothing of what is done.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Where those gather who want the same kind of thing done.
pub(super) struct Gather<In, Out> {
    waiting: Mutex<VecDeque<(In, oneshot::Sender<Out>)>>,
    working: tokio::sync::Mutex<()>,
}

impl<In, Out> Default for Gather<In, Out> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), working: tokio::sync::Mutex::default() }
    }
}

impl<In, Out> Gather<In, Out> {
    /// Has `item` done with at most `most` of those who wait; `work` answers them in their order. `None`: whoever did the work broke off.
    pub(super) async fn join<F>(&self, item: In, most: usize, work: impl FnOnce(Vec<In>) -> F) -> Option<Out>
    where
        F: Future<Output = Vec<Out>>,
    {
        let (answer, mut answered) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back((item, answer));
        let turn = tokio::select! {
            biased;
            out = &mut answered => return out.ok(),
            turn = self.working.lock() => turn,
        };
        // Whoever was woken together with this one has mostly come by then.
        tokio::task::yield_now().await;
        // Whoever is not answered takes a turn, and each takes the oldest: nobody is left over.
        let (items, answers): (Vec<_>, Vec<_>) = self.take(most).into_iter().unzip();
        if !items.is_empty() {
            for (answer, out) in answers.into_iter().zip(work(items).await) {
                // Whoever went away has nothing left to do.
                drop(answer.send(out));
            }
        }
        drop(turn);
        answered.await.ok()
    }

    fn take(&self, most: usize) -> Vec<(In, oneshot::Sender<Out>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let many = waiting.len().min(most);
        waiting.drain(..many).collect()
    }
}

#[cfg(test)]
impl<In, Out> Gather<In, Out> {
    /// Keeps everybody waiting until this is dropped.
    pub(super) async fn closed(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.working.lock().await
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.lock().unwrap().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_is_left_over_when_a_worker_breaks_off() {
        let gather = Gather::<u8, u8>::default();
        let somebody = gather.closed().await;
        let broke = gather.join(1, 1, |_items| async { Vec::new() });
        let went = gather.join(2, 8, |items| async move { items.iter().map(|item| item * 10).collect() });
        let opened = async {
            tokio::task::yield_now().await;
            drop(somebody);
        };
        let (broke, went, ()) = tokio::join!(broke, went, opened);
        assert_eq!((broke, went), (None, Some(20)), "the first got no answer, the second its own");
        assert_eq!(gather.waiting(), 0);
    }
}
