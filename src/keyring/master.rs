//! The master key: 32 random bytes in a file that only its owner may read, shared by the nodes of an instance. It wraps
//! the other keys and is used for nothing else.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{KeyringError, store};
use crate::db::Db;
use crate::kernel::random::Random;
use crate::sign::derive::derive;

/// Where the master key comes from.
#[derive(Clone)]
pub enum MasterSource {
    /// Given in the settings.
    Given(MasterKey),
    /// A file; made on the first start of an empty database.
    File(PathBuf),
}

impl MasterSource {
    /// The key; a file that is missing is made only for a database that has no keys yet.
    ///
    /// # Errors
    /// A sentence for the operator when the file is missing but the database has its keys.
    pub fn obtain(&self, db: &Db, random: &dyn Random) -> Result<MasterKey, KeyringError> {
        let file = match self {
            Self::Given(key) => return Ok(key.clone()),
            Self::File(file) => file,
        };
        if let Some(key) = MasterKey::read(file)? {
            return Ok(key);
        }
        if db.read_now(store::is_prepared)? {
            return Err(KeyringError::Master(format!(
                "{} is missing, and the database has its keys already: put the file back (a backup of the data folder has it)",
                file.display()
            )));
        }
        let key = MasterKey::generate(random);
        key.write(file)?;
        Ok(key)
    }
}

/// The master key. Never prints.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A new random key.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut());
        Self(bytes)
    }

    /// Parses the base64 of 32 bytes.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).unwrap_or_default());
        let bytes = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_length| KeyringError::Master("must be the base64 of exactly 32 bytes".to_owned()))?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn read(file: &Path) -> Result<Option<Self>, KeyringError> {
        match fs::read_to_string(file) {
            Ok(text) => Self::parse(&Zeroizing::new(text)).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeyringError::Master(format!("{}: {error}", file.display()))),
        }
    }

    /// Writes the key to a file that must not exist yet, readable by its owner only.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn write(&self, file: &Path) -> Result<(), KeyringError> {
        let failed = |error: std::io::Error| KeyringError::Master(format!("{}: {error}", file.display()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut handle = options.open(file).map_err(failed)?;
        let text = Zeroizing::new(STANDARD.encode(self.0.as_slice()) + "\n");
        handle.write_all(text.as_bytes()).and_then(|()| handle.sync_all()).map_err(failed)
    }

    /// What a database remembers of its master key: not the key, but enough to tell another one.
    pub fn fingerprint(&self) -> [u8; 32] {
        derive(&self.0, "attesta/master/fingerprint")
    }

    /// The key that wraps the keyring.
    pub(super) fn wrapping(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(derive(&self.0, "attesta/master/wrap"))
    }
}
