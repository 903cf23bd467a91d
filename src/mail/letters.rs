//! The letters by kind: which room means something with a mail of this kind. `app` puts them together; doors and commands that look at all
//! mail are handed them.

use std::sync::Arc;

use super::letter::Letter;

/// Every kind of mail. Cheap to clone.
#[derive(Clone)]
pub struct Letters {
    all: Arc<[Arc<dyn Letter>]>,
}

impl Letters {
    /// These letters.
    pub fn new(all: impl IntoIterator<Item = Arc<dyn Letter>>) -> Self {
        Self { all: all.into_iter().collect() }
    }

    /// The letter of this kind.
    pub fn of(&self, kind: &str) -> Option<&dyn Letter> {
        self.all().find(|letter| letter.kind() == kind)
    }

    /// Every letter.
    pub fn all(&self) -> impl Iterator<Item = &dyn Letter> {
        self.all.iter().map(AsRef::as_ref)
    }

    /// The kinds for which somebody waits: neither quiet hours nor the brake of a shop hold them.
    pub fn awaited(&self) -> Vec<&'static str> {
        self.all().filter(|letter| letter.is_awaited()).map(Letter::kind).collect()
    }
}
