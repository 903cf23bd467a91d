//! The instance's keys: random, one set per purpose, wrapped in the database by the one master key.
//!
//! Purposes: `token` (links in mails), `address` (sealed e-mail addresses), `lookup` (keyed hash of a person),
//! `secret` (webhook secrets), `certificate`, `dkim` (secret halves of the keys that sign mail). Every one but the look-up key can be rotated: a new key is used from then
//! on, the old ones still open what they closed. A node that holds another master key than the database's refuses to
//! start. Keys live in memory only here; they never print.

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::db::{self, Db};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::InvitationId;
use crate::kernel::random::Random;
use crate::kernel::time::Timestamp;
use crate::sign::{derive, seal, token};

mod certificates;
pub mod master;
mod return_path;
mod rotate;
mod set;
mod store;

pub use certificates::CertificateKey;
pub use master::{MasterKey, MasterSource};
pub use rotate::{Rotation, rotate, rotate_master};
use set::KeySet;
pub use set::Purpose;

/// A person as the database knows them: the keyed hash of an exact e-mail address.
pub type PersonHash = [u8; 32];

/// Something sealed, and the key that opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which key.
    pub kid: i64,
    /// Version, nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

/// What a checked link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The invitation it was made for.
    pub invitation: InvitationId,
    /// What it may be used for.
    pub purpose: token::Purpose,
    /// When it stops working.
    pub expires: Timestamp,
}

/// Why a link was refused. People see one page for all of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a token of ours.
    #[error("malformed or forged")]
    Forged,
    /// Ours, but its time is over, or its key was retired; the invitation is named so that a fresh link can be sent to
    /// the address that got the order. Whoever holds a leaked key gains no more by it than that mail.
    #[error("expired")]
    Expired(InvitationId),
}

/// The keys in use. Cheap to clone; every clone sees a refresh.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<RwLock<Arc<KeySet>>>,
    random: Arc<dyn Random>,
}

impl Keyring {
    /// Opens the keyring of a database, making its keys on the first start.
    ///
    /// # Errors
    /// [`KeyringError::OtherMaster`] when the database belongs to another master key.
    pub fn open(db: &Db, master: MasterKey, random: Arc<dyn Random>, now: Timestamp) -> Result<Self, KeyringError> {
        store::prepare(db, &master, &*random, now)?;
        let keys = KeySet::load(db, master)?;
        Ok(Self { keys: Arc::new(RwLock::new(Arc::new(keys))), random })
    }

    /// Reads the keys again: a rotation by another process is seen from then on. Called by a tick.
    ///
    /// # Errors
    /// As [`Keyring::open`]; the keys held before stay in use.
    pub async fn refresh(&self, db: &Db) -> Result<(), KeyringError> {
        let held = self.keys();
        let generation = held.generation;
        if db.read(store::generation).await? == generation {
            return Ok(());
        }
        let rows = db.read(store::load).await?;
        let keys = KeySet::open(rows, held.master.clone())?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keyed hash under which a person is known.
    pub fn person(&self, address: &EmailAddress) -> PersonHash {
        derive::mac(self.keys().lookup(), &[address.expose().as_bytes()])
    }

    /// Seals an address; `context` binds it to its place (the same must be shown to open it).
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] when no address key is in use.
    pub fn seal_address(&self, context: &[u8], plain: &[u8]) -> Result<Sealed, KeyringError> {
        self.seal(Purpose::Address, context, plain)
    }

    /// Opens a sealed address. `None`: another key, another place, or altered bytes.
    pub fn open_address(&self, context: &[u8], kid: i64, bytes: &[u8]) -> Option<Vec<u8>> {
        seal::open(self.keys().find(Purpose::Address, kid)?, context, bytes).ok()
    }

    /// Whether this key is the one addresses are sealed with now.
    pub fn is_current_address_key(&self, kid: i64) -> bool {
        self.keys().current(Purpose::Address).is_some_and(|(current, _)| current == kid)
    }

    /// Seals a secret of a shop (webhook key).
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] when no secret key is in use.
    pub fn seal_secret(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
        self.seal_for(Purpose::Secret, context, plain)
    }

    /// Opens a sealed secret.
    pub fn open_secret(&self, context: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        self.open_for(Purpose::Secret, context, bytes)
    }

    /// Seals the secret half of a DKIM key; `context` is the name it is published under.
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] when no such key is in use.
    pub fn seal_dkim(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
        self.seal_for(Purpose::Dkim, context, plain)
    }

    /// Opens the secret half of a DKIM key.
    pub fn open_dkim(&self, context: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.open_for(Purpose::Dkim, context, bytes).map(Zeroizing::new)
    }

    /// The number of the key, then what it sealed.
    fn seal_for(&self, purpose: Purpose, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
        let sealed = self.seal(purpose, context, plain)?;
        let mut bytes = sealed.kid.to_be_bytes().to_vec();
        bytes.extend_from_slice(&sealed.bytes);
        Ok(bytes)
    }

    fn open_for(&self, purpose: Purpose, context: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        let (kid, sealed) = bytes.split_first_chunk::<8>()?;
        seal::open(self.keys().find(purpose, i64::from_be_bytes(*kid))?, context, sealed).ok()
    }

    fn seal(&self, purpose: Purpose, context: &[u8], plain: &[u8]) -> Result<Sealed, KeyringError> {
        let keys = self.keys();
        let (kid, key) = keys.current(purpose).ok_or(KeyringError::NoKey(purpose))?;
        let mut nonce = [0; 24];
        self.random.fill(&mut nonce);
        let bytes = seal::seal(key, &nonce, context, plain).map_err(|_refused| KeyringError::NoKey(purpose))?;
        Ok(Sealed { kid, bytes })
    }

    /// Makes the token of a link. The same invitation, purpose, expiry and key give the same token, so that a reminder
    /// carries the link of its invitation. `kid` `None`: the key in use now; the answer says which.
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] when that key is gone.
    pub fn mint(&self, link: &Link, kid: Option<i64>) -> Result<(String, i64), KeyringError> {
        let keys = self.keys();
        let (kid, key) = match kid {
            Some(kid) => (kid, keys.find(Purpose::Token, kid).ok_or(KeyringError::NoKey(Purpose::Token))?),
            None => keys.current(Purpose::Token).ok_or(KeyringError::NoKey(Purpose::Token))?,
        };
        let claims = token::Claims {
            kid,
            invitation: *link.invitation.as_bytes(),
            purpose: link.purpose,
            expires: link.expires,
        };
        Ok((token::mint(key, &claims), kid))
    }

    /// Checks the token of a link.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn check(&self, text: &str, now: Timestamp) -> Result<Link, LinkError> {
        let keys = self.keys();
        // An unknown key costs the same work as a known one.
        let kid = token::peek(text).ok_or(LinkError::Forged)?;
        let live = keys.find(Purpose::Token, kid);
        let key = live.or_else(|| keys.retired_token(kid));
        let checked = token::verify(key.unwrap_or(&[0; 32]), text);
        let claims = checked.ok().filter(|_| key.is_some()).ok_or(LinkError::Forged)?;
        let invitation = InvitationId::from_bytes(claims.invitation);
        if live.is_none() || claims.expired(now) {
            return Err(LinkError::Expired(invitation));
        }
        Ok(Link { invitation, purpose: claims.purpose, expires: claims.expires })
    }
}

/// What is wrong with the keys, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The database was made with another master key.
    #[error(
        "this database belongs to another master key. Start with the master key it was made with \
         (master_key_file), or use an empty database"
    )]
    OtherMaster,
    /// A stored key does not open.
    #[error("key {0} does not open with this master key")]
    Damaged(i64),
    /// No key for this purpose.
    #[error("no {0} key is in use")]
    NoKey(Purpose),
    /// The master key's file.
    #[error("the master key: {0}")]
    Master(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}
