//! PNG of our SVGs, kept by what they say: the same drawing is drawn once, whoever asks for it and by whatever address.
//!
//! Drawing takes tens of milliseconds of a processor, so it happens off the threads that answer, a few at a time. Who
//! asks for a picture that is being drawn waits for that one; past [`QUEUE`] drawings in line, the next is told to come
//! back. Memory is bounded: what was not asked for during a whole generation goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OnceCell, Semaphore};

use crate::http::stored::{Manner, Stored};
use crate::look::raster::{self, NotDrawn};
use crate::problem::{Code, Problem};

/// Drawings in line at most.
const QUEUE: usize = 64;
/// Places of a generation at most, drawn or not.
const PLACES: usize = 4_096;

/// The tag of the SVG and the scale.
type Key = (Box<str>, u8);
/// Drawn once by whoever comes first.
type Place = Arc<OnceCell<Arc<Stored>>>;

/// All pictures held. Cheap to clone; every clone holds the same ones.
#[derive(Clone)]
pub(crate) struct Pictures {
    inner: Arc<Inner>,
}

struct Inner {
    budget: usize,
    queue: Semaphore,
    hands: Semaphore,
    held: Mutex<Held>,
}

/// What was asked for in this generation, and in the one before.
#[derive(Default)]
struct Held {
    young: HashMap<Key, Place>,
    old: HashMap<Key, Place>,
}

impl Pictures {
    /// None yet; about `budget` bytes at most.
    pub(crate) fn new(budget: usize) -> Self {
        // One processor is always left to those who answer.
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let hands = Semaphore::new((processors / 2).max(1));
        Self { inner: Arc::new(Inner { budget, queue: Semaphore::new(QUEUE), hands, held: Mutex::default() }) }
    }

    /// What an SVG says as PNG, under the same status.
    ///
    /// # Errors
    /// `not_found` where this build draws nothing, `busy` where too many wait already.
    pub(crate) async fn of(
        &self,
        svg: &Stored,
        scale: u8,
        cache_control: &'static str,
    ) -> Result<Arc<Stored>, Problem> {
        let place = self.place(svg, scale);
        if let Some(drawn) = place.get() {
            return Ok(Arc::clone(drawn));
        }
        let drawn = place.get_or_try_init(|| self.draw(svg, scale, cache_control)).await?;
        Ok(Arc::clone(drawn))
    }

    fn place(&self, svg: &Stored, scale: u8) -> Place {
        let mut held = self.inner.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.place((svg.tag().into(), scale), self.inner.budget / 2)
    }

    async fn draw(&self, svg: &Stored, scale: u8, cache_control: &'static str) -> Result<Arc<Stored>, Problem> {
        let _in_line = self.inner.queue.try_acquire().map_err(|_full| busy())?;
        let _hand = self.inner.hands.acquire().await.map_err(Problem::internal)?;
        let (text, status) = (String::from_utf8_lossy(svg.bytes()).into_owned(), svg.status());
        let drawn = tokio::task::spawn_blocking(move || raster::png(&text, scale)).await.map_err(Problem::internal)?;
        let png = drawn.map_err(|why| match why {
            NotDrawn::NotBuilt => Problem::not_found("picture"),
            NotDrawn::Unfit => Problem::internal(why),
        })?;
        let manner = Manner { content_type: "image/png", cache_control, vary: "", language: None, policy: None };
        Ok(Arc::new(Stored::packed(png, &manner).with_status(status)))
    }
}

fn busy() -> Problem {
    Problem::new(Code::Busy, "Too many pictures are waiting to be drawn. Repeat the request in a second.")
        .retry_after(1)
}

impl Held {
    fn place(&mut self, key: Key, budget: usize) -> Place {
        if let Some(place) = self.young.get(&key) {
            return Arc::clone(place);
        }
        if self.young.len() >= PLACES || self.bytes() > budget {
            self.old = std::mem::take(&mut self.young);
        }
        let place = self.old.remove(&key).unwrap_or_default();
        self.young.insert(key, Arc::clone(&place));
        place
    }

    fn bytes(&self) -> usize {
        self.young.values().filter_map(|place| place.get()).map(|stored| stored.size()).sum()
    }
}

#[cfg(test)]
#[cfg(feature = "cards")]
mod tests {
    use super::*;

    const KEPT: &str = "public, max-age=60";

    fn svg(fill: &str) -> Stored {
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\" fill=\"{fill}\"/></svg>"
        );
        let manner =
            Manner { content_type: "image/svg+xml", cache_control: KEPT, vary: "", language: None, policy: None };
        Stored::packed(text.into_bytes(), &manner)
    }

    #[tokio::test]
    async fn the_same_drawing_is_drawn_once() {
        let pictures = Pictures::new(1 << 20);
        let first = pictures.of(&svg("red"), 2, KEPT).await.unwrap();
        assert!(Arc::ptr_eq(&first, &pictures.of(&svg("red"), 2, KEPT).await.unwrap()));
        for other in
            [pictures.of(&svg("red"), 1, KEPT).await.unwrap(), pictures.of(&svg("blue"), 2, KEPT).await.unwrap()]
        {
            assert_ne!(first.tag(), other.tag());
        }
        let gone = svg("green").with_status(404);
        assert_eq!(pictures.of(&gone, 1, KEPT).await.unwrap().status(), 404);
    }

    #[tokio::test]
    async fn who_asks_at_once_waits_for_one_drawing() {
        let pictures = Pictures::new(1 << 20);
        let asked = (0..200).map(|_| async { pictures.of(&svg("red"), 3, KEPT).await.unwrap() });
        let all = futures_util::future::join_all(asked).await;
        assert!(all.iter().all(|one| Arc::ptr_eq(one, &all[0])));
    }

    #[tokio::test]
    async fn a_full_line_is_told_to_come_back() {
        let pictures = Pictures::new(1 << 20);
        let all = pictures.inner.queue.acquire_many(64).await.unwrap();
        let refused = pictures.of(&svg("red"), 1, KEPT).await.err().unwrap();
        assert_eq!((refused.status(), refused.retry_after_seconds()), (503, Some(1)));
        drop(all);
        assert!(pictures.of(&svg("red"), 1, KEPT).await.is_ok(), "a refusal is not kept");
    }

    #[tokio::test]
    async fn memory_is_bounded_and_what_is_asked_for_stays() {
        let size = Pictures::new(1 << 20).of(&svg("#000001"), 1, KEPT).await.unwrap().size();
        let pictures = Pictures::new(size * 20);
        let kept = pictures.of(&svg("red"), 1, KEPT).await.unwrap();
        for n in 0..100 {
            pictures.of(&svg(&format!("#0000{n:02}")), 1, KEPT).await.unwrap();
            let again = pictures.of(&svg("red"), 1, KEPT).await.unwrap();
            assert!(Arc::ptr_eq(&kept, &again), "{n}");
        }
        let held = pictures.inner.held.lock().unwrap();
        let bytes =
            held.bytes() + held.old.values().filter_map(|place| place.get()).map(|one| one.size()).sum::<usize>();
        assert!(bytes <= size * 24, "{bytes} of {size} each");
    }
}
