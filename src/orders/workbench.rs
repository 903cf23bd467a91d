//! Orders taken off the shelf for one batch of events, worked on, and put back: at most one trip to the database for each
//! kind of row, however many events there are.
//!
//! Called by the intake, inside its transaction. Events of one order are folded one after the other; planning is done by
//! the caller between folding and putting back, because it belongs to a later room.

use std::collections::HashMap;

use super::decide;
use super::event::{Change, Mailbox, OrderEvent};
use super::fold::{Fold, Stamp};
use super::model::{Order, Personal};
use super::personal;
use super::reason::Reason;
use super::state::State;
use super::store::SealedContact;
use super::store::fetch;
pub(crate) use super::store::keep::NewEvent;
use super::store::keep::{self, NewContact, NewOrder};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::{Keyring, PersonHash};
use crate::merchants::Shop;
use crate::sign::webhook::Scheme;

/// How long name and address are kept after planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// As it was.
    AsBefore,
    /// As long as a mail is still to be sent.
    Open,
    /// Until then.
    Until(Timestamp),
}

/// An event about one order, ready to be folded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work<'a> {
    /// Whose order.
    pub(crate) shop: &'a Shop,
    /// What happened.
    pub(crate) event: &'a OrderEvent,
    /// Its webhook id.
    pub(crate) webhook_id: &'a str,
    /// When it arrived.
    pub(crate) received: Timestamp,
    /// How it was signed.
    pub(crate) checked: Scheme,
    /// The person whose address it carries.
    pub(crate) person: Option<PersonHash>,
}

/// One order on the bench.
pub(crate) struct Piece<'a> {
    /// Its shop.
    pub(crate) shop: &'a Shop,
    /// The order, its fold up to date.
    pub(crate) order: Order,
    /// Its person, where an address was ever given.
    pub(crate) person: Option<PersonHash>,
    /// Whether it stood here before this batch.
    pub(crate) known: bool,
    /// Whether its customer was erased from it before this batch.
    forgotten: bool,
    /// Name and address, opened.
    personal: Personal,
    before: Personal,
    stored: SealedContact,
    contact: SealedContact,
    changed: bool,
}

impl Piece<'_> {
    /// Whether its address is still stored.
    pub(crate) fn kept(&self) -> bool {
        self.personal.email.is_some()
    }

    /// Whether these events showed that it began before its customer asked to be erased: what other rooms know of that
    /// customer by it has to go.
    pub(crate) fn forgets(&self) -> bool {
        self.known && !self.forgotten && self.order.fold.is_erased()
    }
}

/// The orders of one batch.
pub(crate) struct Workbench<'a> {
    pieces: Vec<Piece<'a>>,
    places: HashMap<(ShopId, &'a str), usize>,
    marks: HashMap<(ShopId, PersonHash), Timestamp>,
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folded {
    /// Taken in, by the piece at this place.
    In(usize),
    /// The order is a test and the event is not, or the other way round.
    TestMismatch {
        /// What the order is.
        test: bool,
    },
}

impl<'a> Workbench<'a> {
    /// Takes the orders of these events off the shelf, locked until the end of the transaction.
    pub(crate) fn fetch(tx: &mut Connection, keyring: &Keyring, work: &[Work<'a>]) -> db::Result<Self> {
        let mut keys: Vec<(ShopId, &str)> =
            work.iter().map(|work| (work.shop.id, work.event.number.as_str())).collect();
        keys.sort_unstable();
        keys.dedup();
        let stored = if keys.is_empty() { Vec::new() } else { fetch::load(tx, &keys)? };
        let mut stored: HashMap<(ShopId, String), (Order, SealedContact)> =
            stored.into_iter().map(|row| ((row.0.shop, row.0.number.as_str().to_owned()), row)).collect();
        let mut bench = Self {
            pieces: Vec::with_capacity(keys.len()),
            places: HashMap::with_capacity(keys.len()),
            marks: HashMap::new(),
        };
        for one in work {
            let key = (one.shop.id, one.event.number.as_str());
            if let Some((order, contact)) = stored.remove(&(key.0, key.1.to_owned())) {
                bench.put(key, Piece::known(one.shop, keyring, order, contact));
            }
        }
        let mut people: Vec<(ShopId, PersonHash)> =
            work.iter().filter_map(|work| Some((work.shop.id, work.person?))).collect();
        people.sort_unstable();
        people.dedup();
        bench.marks = fetch::erased(tx, &people)?.into_iter().map(|(shop, person, at)| ((shop, person), at)).collect();
        Ok(bench)
    }

    /// Folds one event into its order, which begins with it if there is none.
    pub(crate) fn fold(&mut self, ctx: &Context, work: &Work<'a>) -> Folded {
        let key = (work.shop.id, work.event.number.as_str());
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => self.put(key, Piece::new(work, ctx.ids().next())),
        };
        let mark = work.person.and_then(|person| self.marks.get(&(work.shop.id, person)).copied());
        let Some(piece) = self.pieces.get_mut(place) else { return Folded::In(place) };
        if work.event.test.is_some_and(|test| test != piece.order.test) {
            return Folded::TestMismatch { test: piece.order.test };
        }
        piece.take(work, mark);
        Folded::In(place)
    }

    /// The orders on the bench that took an event in.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Piece<'a>> {
        self.pieces.iter().filter(|piece| piece.changed)
    }

    /// The order at a place.
    pub(crate) fn order(&self, place: usize) -> Option<&Order> {
        self.pieces.get(place).map(|piece| &piece.order)
    }

    /// Sets where an order stands from now on.
    pub(crate) fn settle(&mut self, order: OrderId, state: State, keep: Keep) {
        let Some(piece) = self.pieces.iter_mut().find(|piece| piece.order.id == order) else { return };
        piece.order.state = state;
        match keep {
            Keep::AsBefore => {}
            Keep::Open => piece.contact.purge_at = None,
            Keep::Until(at) => piece.contact.purge_at = Some(at),
        }
    }

    /// Puts everything back. Rows are written sorted, so that batches that meet do not block each other.
    pub(crate) fn put_back(&mut self, tx: &mut Connection, keyring: &Keyring) -> db::Result<()> {
        let mut changed: Vec<&mut Piece<'a>> = self.pieces.iter_mut().filter(|piece| piece.changed).collect();
        changed.sort_unstable_by(|a, b| (a.order.shop, &a.order.number).cmp(&(b.order.shop, &b.order.number)));
        if changed.is_empty() {
            return Ok(());
        }
        let mut contacts = Vec::new();
        for piece in &mut changed {
            contacts.extend(piece.contact_to_keep(keyring)?);
        }
        let rows = changed.iter().map(|piece| piece.row()).collect::<db::Result<Vec<_>>>()?;
        keep::save_orders(tx, &rows)?;
        contacts.sort_unstable_by_key(|row| (row.shop, row.order));
        keep::save_contacts(tx, &contacts)?;
        super::store::dirt::touch_all(tx, changed.iter().map(|piece| (piece.order.shop, piece.order.id)))
    }

    fn put(&mut self, key: (ShopId, &'a str), piece: Piece<'a>) -> usize {
        let place = self.pieces.len();
        self.pieces.push(piece);
        self.places.insert(key, place);
        place
    }
}

impl<'a> Piece<'a> {
    fn known(shop: &'a Shop, keyring: &Keyring, order: Order, contact: SealedContact) -> Self {
        let personal = personal::open(keyring, order.shop, order.id, &contact);
        let (before, stored) = (personal.clone(), contact.clone());
        let (person, forgotten) = (contact.person, order.fold.is_erased());
        Self { shop, person, known: true, forgotten, before, personal, stored, contact, changed: false, order }
    }

    fn new(work: &Work<'a>, id: OrderId) -> Self {
        let order = Order {
            id,
            shop: work.shop.id,
            number: work.event.number.clone(),
            test: work.event.test.unwrap_or(false),
            state: State::Waiting(Reason::NotTriggered),
            eligible: false,
            invited: false,
            first_at: work.received,
            changed_at: work.received,
            fold: Fold::default(),
        };
        Self {
            shop: work.shop,
            order,
            person: None,
            known: false,
            forgotten: false,
            personal: Personal::default(),
            before: Personal::default(),
            stored: SealedContact::default(),
            contact: SealedContact::default(),
            changed: false,
        }
    }

    fn take(&mut self, work: &Work<'_>, mark: Option<Timestamp>) {
        let stamp = Stamp {
            webhook_id: work.webhook_id.to_owned(),
            received: work.received,
            checked: work.checked,
            erased: mark,
        };
        self.order.fold.apply(work.event, &stamp, &mut self.personal);
        // A hash that an erasure took off does not come back with a late event.
        let unknown = self.person.is_none() && !self.order.fold.is_erased();
        if let Change::Set(Mailbox::Valid(email)) = &work.event.email
            && (unknown || self.personal.email.as_ref() == Some(email))
        {
            self.person = work.person;
        }
        let on = decide::moment(self.shop, &self.order.fold).invite_on;
        let order = &mut self.order;
        order.eligible = order.invited || decide::is_eligible(&order.fold, on, order.test, work.received);
        self.order.changed_at = self.order.changed_at.max(work.received);
        self.changed = true;
    }

    fn row(&self) -> db::Result<NewOrder<'_>> {
        let fold =
            serde_json::to_string(&self.order.fold).map_err(|_error| db::Error::corrupt("a fold about to be kept"))?;
        Ok(NewOrder { order: &self.order, fold, known: self.known })
    }

    /// The contact as it has to be kept; `None` when that is how it is kept already.
    fn contact_to_keep(&mut self, keyring: &Keyring) -> db::Result<Option<NewContact>> {
        let (shop, order) = (self.order.shop, self.order.id);
        if self.personal != self.before {
            let sealed = personal::seal(keyring, shop, order, &self.personal)?;
            self.contact.kid = sealed.as_ref().map(|sealed| sealed.kid);
            self.contact.sealed = sealed.map(|sealed| sealed.bytes);
        }
        self.contact.person = self.person;
        if self.contact.sealed.is_none() {
            self.contact.purge_at = None;
        }
        let changed = self.contact != self.stored;
        Ok(changed.then(|| NewContact { shop, order, contact: self.contact.clone(), known: self.known }))
    }
}

/// An event that came before, with the answer it got.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// SHA-256 of its body.
    pub(crate) body_hash: Vec<u8>,
    /// What was answered, as stored.
    pub(crate) answer: String,
}

/// What a batch touches, for [`lock`].
#[derive(Default)]
pub(crate) struct Touched<'a> {
    /// Orders, by number.
    pub(crate) orders: Vec<(ShopId, &'a str)>,
    /// Events, by webhook id.
    pub(crate) events: Vec<(ShopId, &'a str)>,
    /// People whose address came along.
    pub(crate) people: Vec<(ShopId, PersonHash)>,
}

/// Waits until no other node works on these; given back with the transaction.
pub(crate) fn lock(tx: &mut Connection, touched: &Touched<'_>) -> db::Result<()> {
    let orders = touched.orders.iter().map(|(shop, number)| lock_key(b'o', *shop, number.as_bytes()));
    let events = touched.events.iter().map(|(shop, id)| lock_key(b'e', *shop, id.as_bytes()));
    let people = touched.people.iter().map(|(shop, person)| lock_key(b'p', *shop, person));
    fetch::lock(tx, orders.chain(events).chain(people).collect())
}

/// FNV-1a: the same number on every node. Two keys with one number only wait for each other.
fn lock_key(kind: u8, shop: ShopId, rest: &[u8]) -> i64 {
    let bytes = std::iter::once(&kind).chain(shop.as_bytes()).chain(rest);
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    i64::from_be_bytes(hash.to_be_bytes())
}

/// The answers to those of these webhook ids that came before.
pub(crate) fn answered(
    conn: &mut Connection,
    keys: &[(ShopId, &str)],
) -> db::Result<HashMap<(ShopId, String), Answered>> {
    let rows = fetch::answered(conn, keys)?.into_iter();
    Ok(rows
        .map(|row| ((row.shop, row.webhook_id), Answered { body_hash: row.body_hash, answer: row.answer }))
        .collect())
}

/// Keeps these events, of which none came before.
pub(crate) fn keep_events(tx: &mut Connection, mut events: Vec<NewEvent<'_>>) -> db::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    events.sort_unstable_by_key(|event| (event.shop, event.webhook_id));
    keep::insert_events(tx, &events)
}
