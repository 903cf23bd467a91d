//! The letters by kind: which room means something with a mail of this kind.

use std::sync::Arc;

use crate::mail::Letter;

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
    pub(super) fn of(&self, kind: &str) -> Option<&dyn Letter> {
        self.all.iter().map(AsRef::as_ref).find(|letter| letter.kind() == kind)
    }
}
