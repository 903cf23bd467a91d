//! The signed part of return addresses. Its key is derived from the key of links: it lives, is rotated and retired with them, and needs
//! no key of its own in databases that are there already. A derived key serves no other purpose.

use zeroize::Zeroizing;

use super::{Keyring, KeyringError, Purpose};
use crate::kernel::id::MessageId;
use crate::sign::derive::derive;
use crate::sign::return_path::{self, Claims};

/// The label of the derived key.
const LABEL: &str = "return-path";

impl Keyring {
    /// The signed part of the address to which this message comes back.
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] when no key of links is in use.
    pub fn mint_return(&self, message: MessageId) -> Result<String, KeyringError> {
        let keys = self.keys();
        let current = keys.current(Purpose::Token);
        let named = current.and_then(|(kid, key)| Some((u16::try_from(kid).ok()?, key)));
        let (kid, key) = named.ok_or(KeyringError::NoKey(Purpose::Token))?;
        Ok(return_path::mint(&derived(key), &Claims { kid, message: *message.as_bytes() }))
    }

    /// The message that a signed part names; `None`: not signed here, or with a key that was retired.
    pub fn check_return(&self, part: &str) -> Option<MessageId> {
        let keys = self.keys();
        let kid = return_path::peek(part)?;
        // An unknown key costs the same work as a known one.
        let key = keys.find(Purpose::Token, i64::from(kid));
        let claims = return_path::verify(&derived(key.unwrap_or(&[0; 32])), part)?;
        key.map(|_known| MessageId::from_bytes(claims.message))
    }
}

fn derived(key: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(derive(key, LABEL))
}
