//! The cache behind every public surface of a shop: bytes made once, given until the shop's public version moves.
//!
//! Bytes are held by the shop's name in the path, then by surface (which carries language, theme and the like). A read of
//! fresh bytes takes two read locks and clones one `Arc`: no database, no text made. When the poll interval
//! (`public_poll_ms`) has passed, the first reader asks the database for the shop's public version while the others are
//! served for half an interval more; when the version moved, one makes the bytes anew and the others wait for them. So
//! every node shows a change within one and a half intervals of its commit, whoever made it. Names that lead to no shop
//! are remembered just as shortly. Memory is bounded: past its budget the cache drops what was not read since it last
//! had to. When the database fails, bytes that were once right are served on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::shortcut::{Fresh, within};
use crate::http::stored::Stored;
use crate::kernel::domain::ShopRef;
use crate::kernel::time::Timestamp;
use crate::merchants::{self, Shop};

/// Names held at most, those of no shop included.
const NAMES: usize = 20_000;

/// One public face of a shop: what its bytes are made of, and how.
pub(crate) trait Surface: Clone + Eq + Send + Sync + 'static {
    /// Whether the bytes say which day it is, so that they are made anew at midnight UTC.
    fn dated(self) -> bool;

    /// Makes the bytes, from one moment of the data.
    fn make(self, conn: &mut Connection, ctx: &Context, shop: &Shop) -> db::Result<Stored>;
}

/// Bytes as they were made.
struct Made {
    version: i64,
    day: i64,
    stored: Arc<Stored>,
}

/// All that is held under one name.
struct Slot<S> {
    /// The public version last seen; below 0 there is no such shop.
    version: AtomicI64,
    checked_at: AtomicI64,
    asking: AtomicBool,
    used: AtomicBool,
    made: RwLock<Vec<(S, Made)>>,
    turn: tokio::sync::Mutex<()>,
}

/// No such shop.
const NOBODY: i64 = -1;
/// Never asked.
const NEVER: i64 = i64::MIN / 2;

/// What a read finds without asking anybody.
enum Look {
    Fresh(Fresh),
    Nobody,
    /// Not made yet, or to be checked.
    Ask,
}

/// What asking the database brought.
enum Asked {
    Same(i64),
    New(i64, Box<Stored>),
    Nobody,
}

/// The cache of one family of surfaces. Cheap to clone; every clone is the same cache.
pub(crate) struct Cache<S> {
    inner: Arc<Inner<S>>,
}

impl<S> Clone for Cache<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

struct Inner<S> {
    ctx: Context,
    poll_ms: i64,
    budget: usize,
    held: AtomicUsize,
    names: RwLock<HashMap<Box<str>, Arc<Slot<S>>>>,
}

impl<S: Surface> Cache<S> {
    /// An empty cache that holds about `budget` bytes of bodies at most.
    pub(crate) fn new(ctx: Context, budget: usize) -> Self {
        let poll_ms = ctx.config().public_poll_ms;
        let inner = Inner { ctx, poll_ms, budget, held: AtomicUsize::new(0), names: RwLock::default() };
        Self { inner: Arc::new(inner) }
    }

    /// The context the cache was built with.
    pub(crate) fn context(&self) -> &Context {
        &self.inner.ctx
    }

    /// The answer of a surface of the shop that a path segment names; `None` where it names no shop.
    ///
    /// # Errors
    /// The database's, where nothing is held that could be served on.
    pub(crate) async fn get(&self, name: &str, surface: S) -> db::Result<Option<Fresh>> {
        match self.look(name, &surface) {
            Look::Fresh(stored) => return Ok(Some(stored)),
            Look::Nobody => return Ok(None),
            Look::Ask => {}
        }
        // Held by the one spelling of each name, so that a shop has two names at most: by id and by domain.
        let Ok(shop) = ShopRef::parse(name) else { return Ok(None) };
        self.ask(&shop, surface).await
    }

    fn look(&self, name: &str, surface: &S) -> Look {
        let names = self.inner.names.read().unwrap_or_else(PoisonError::into_inner);
        match names.get(name) {
            Some(slot) => {
                let (now, poll_ms) = (self.inner.ctx.now(), self.inner.poll_ms);
                slot.look(surface, now, slot.trust(now, poll_ms).or_else(|| slot.may_wait(now, poll_ms)))
            }
            None => Look::Ask,
        }
    }

    async fn ask(&self, shop: &ShopRef, surface: S) -> db::Result<Option<Fresh>> {
        let slot = self.slot(&shop.to_string());
        let _turn = slot.turn.lock().await;
        let now = self.inner.ctx.now();
        // Who waited for a turn may find the work done; who was sent to ask asks.
        let poll_ms = self.inner.poll_ms;
        match slot.look(&surface, now, slot.trust(now, poll_ms)) {
            Look::Fresh(stored) => return Ok(Some(stored)),
            Look::Nobody => return Ok(None),
            Look::Ask => {}
        }
        let held = slot.held(&surface, now);
        let (ctx, wanted, seen) = (self.inner.ctx.clone(), shop.clone(), held.as_ref().map(|held| held.0));
        let (face, dated) = (surface.clone(), surface.clone().dated());
        let fresh = |stored| Some(Fresh::new(stored, within(now, poll_ms, dated)));
        let asked = self.inner.ctx.db().read(move |conn| ask(conn, &ctx, &wanted, face, seen)).await;
        match (asked, held) {
            (Ok(Asked::Same(version)), Some((_, stored))) => {
                slot.checked(version, now);
                Ok(fresh(stored))
            }
            (Ok(Asked::New(version, stored)), _) => {
                let stored =
                    self.keep(&slot, surface, Made { version, day: now.day().number(), stored: Arc::from(stored) });
                slot.checked(version, now);
                Ok(fresh(stored))
            }
            (Ok(_), _) => {
                slot.nobody(now);
                Ok(None)
            }
            (Err(error), Some((version, stored))) => {
                tracing::warn!(%error, "public bytes could not be checked; the last ones are served on");
                slot.checked(version, now);
                Ok(fresh(stored))
            }
            (Err(error), None) => Err(error),
        }
    }

    fn slot(&self, name: &str) -> Arc<Slot<S>> {
        let mut names = self.inner.names.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = names.get(name) {
            return Arc::clone(slot);
        }
        if names.len() >= NAMES {
            self.tidy(&mut names, self.inner.budget / 2);
        }
        let slot = Arc::new(Slot::default());
        names.insert(name.into(), Arc::clone(&slot));
        slot
    }

    fn keep(&self, slot: &Slot<S>, surface: S, made: Made) -> Arc<Stored> {
        let stored = Arc::clone(&made.stored);
        let (size, mut gone) = (stored.size(), 0);
        {
            let mut all = slot.made.write().unwrap_or_else(PoisonError::into_inner);
            match all.iter_mut().find(|(of, _)| *of == surface) {
                Some((_, old)) => {
                    gone = old.stored.size();
                    *old = made;
                }
                None => all.push((surface, made)),
            }
        }
        let held = self.inner.held.fetch_add(size, Ordering::Relaxed) + size;
        self.inner.held.fetch_sub(gone, Ordering::Relaxed);
        if held > self.inner.budget {
            let mut names = self.inner.names.write().unwrap_or_else(PoisonError::into_inner);
            self.tidy(&mut names, self.inner.budget / 2);
        }
        stored
    }

    /// Drops what was not read since the last time; where that is not enough, everything. Whoever still has a dropped slot
    /// in hand finishes with it, and its bytes are made again for the next.
    fn tidy(&self, names: &mut HashMap<Box<str>, Arc<Slot<S>>>, keep: usize) {
        names.retain(|_, slot| slot.used.swap(false, Ordering::Relaxed));
        let held = |names: &HashMap<Box<str>, Arc<Slot<S>>>| names.values().map(|slot| slot.size()).sum::<usize>();
        if names.len() > NAMES / 2 || held(names) > keep {
            names.clear();
        }
        // Counted anew: what a dropped slot still got is in no account.
        self.inner.held.store(held(names), Ordering::Relaxed);
    }

    /// Bytes in the account.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.inner.held.load(Ordering::Relaxed)
    }
}

impl<S> Default for Slot<S> {
    fn default() -> Self {
        Self {
            version: AtomicI64::new(0),
            checked_at: AtomicI64::new(NEVER),
            asking: AtomicBool::new(false),
            used: AtomicBool::new(true),
            made: RwLock::new(Vec::new()),
            turn: tokio::sync::Mutex::new(()),
        }
    }
}

impl<S: Surface> Slot<S> {
    fn look(&self, surface: &S, now: Timestamp, trusted: Option<i64>) -> Look {
        let version = self.version.load(Ordering::Acquire);
        let Some(left) = trusted else { return Look::Ask };
        if version == NOBODY {
            return Look::Nobody;
        }
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        let fresh = |made: &&(S, Made)| {
            made.1.version == version && !(made.0.clone().dated() && made.1.day != now.day().number())
        };
        match made.iter().find(|(of, _)| of == surface).filter(fresh) {
            Some((_, made)) => {
                // Written only when it changes: a line of memory that nobody writes is shared by all cores.
                if !self.used.load(Ordering::Relaxed) {
                    self.used.store(true, Ordering::Relaxed);
                }
                Look::Fresh(Fresh::new(Arc::clone(&made.stored), within(now, left, surface.clone().dated())))
            }
            None => Look::Ask,
        }
    }

    /// How many milliseconds of the poll are left to a version that was asked for within it.
    fn trust(&self, now: Timestamp, poll_ms: i64) -> Option<i64> {
        let age = self.age(now);
        (0..poll_ms).contains(&age).then(|| poll_ms - age)
    }

    /// When a version comes of age, the first to notice asks the database and the others go on for half a poll, each for
    /// this one answer.
    fn may_wait(&self, now: Timestamp, poll_ms: i64) -> Option<i64> {
        let others = (poll_ms..poll_ms + poll_ms / 2).contains(&self.age(now));
        (others && self.asking.swap(true, Ordering::Relaxed)).then_some(0)
    }

    fn age(&self, now: Timestamp) -> i64 {
        now.millis().saturating_sub(self.checked_at.load(Ordering::Relaxed))
    }

    /// What is held of a surface, whether right or not; bytes of another day count as version below any.
    fn held(&self, surface: &S, now: Timestamp) -> Option<(i64, Arc<Stored>)> {
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        let (_, made) = made.iter().find(|(of, _)| of == surface)?;
        let old = surface.clone().dated() && made.day != now.day().number();
        Some((if old { NOBODY } else { made.version }, Arc::clone(&made.stored)))
    }

    fn size(&self) -> usize {
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        made.iter().map(|(_, made)| made.stored.size()).sum()
    }

    /// The database said which version it has. A version never goes back: of two answers the later one stands.
    fn checked(&self, version: i64, now: Timestamp) {
        self.version.fetch_max(version, Ordering::AcqRel);
        self.checked_at.store(now.millis(), Ordering::Relaxed);
        self.asking.store(false, Ordering::Relaxed);
    }

    fn nobody(&self, now: Timestamp) {
        self.version.store(NOBODY, Ordering::Release);
        self.checked_at.store(now.millis(), Ordering::Relaxed);
        self.asking.store(false, Ordering::Relaxed);
    }
}

/// In one moment of the data: whether the bytes of version `seen` are still right, else new ones.
fn ask<S: Surface>(
    conn: &mut Connection,
    ctx: &Context,
    name: &ShopRef,
    surface: S,
    seen: Option<i64>,
) -> db::Result<Asked> {
    let Some(shop) = merchants::find(conn, name)? else { return Ok(Asked::Nobody) };
    if seen == Some(shop.public_version) {
        return Ok(Asked::Same(shop.public_version));
    }
    let stored = surface.make(conn, ctx, &shop)?;
    Ok(Asked::New(shop.public_version, Box::new(stored)))
}
