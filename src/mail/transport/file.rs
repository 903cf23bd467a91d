//! Writes mails as files, one `.eml` each, whole or not at all. Used by the transport `file:` (where a written file counts as sent: what
//! picks it up is the operator's) and by the captured mailbox.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::super::compose::Composed;
use super::super::outcome::{Fault, Stage, Trouble};
use super::Receipt;

/// A folder of mails.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one mail; a second attempt replaces the first.
    ///
    /// # Errors
    /// A [`Fault`] at [`Stage::Store`].
    pub async fn send(&self, mail: &Composed) -> Result<Receipt, Fault> {
        let (folder, name, bytes) = (self.path.clone(), file_name(mail), mail.bytes.clone());
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
        match written {
            Ok(Ok(())) => Ok(Receipt { stage: Stage::Store, reply: None }),
            Ok(Err(error)) => Err(fault(format!("{}: {error}", self.path.display()))),
            Err(join) => Err(fault(join.to_string())),
        }
    }
}

fn fault(text: String) -> Fault {
    Fault { stage: Stage::Store, trouble: Trouble::Cut(text) }
}

fn file_name(mail: &Composed) -> String {
    format!("{}.eml", mail.id)
}

/// Under another name first, so that whoever watches the folder never sees half a mail.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let half = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half, folder.join(name))?;
    std::fs::File::open(folder)?.sync_all()
}
