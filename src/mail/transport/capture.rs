//! The captured mailbox: mails that never leave this instance, for trying things out and for test orders. A folder of `.eml` files, of
//! which the newest are kept; read back as a mail program would. A captured mail never counts as sent. It holds its address in clear, so
//! that whoever erases a person erases here too ([`Mailbox::erase`]).

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use mail_parser::{Message, MessageParser};

use crate::kernel::email::EmailAddress;
use crate::kernel::id::MessageId;
use crate::kernel::time::Timestamp;

use super::super::compose::Composed;
use super::super::outcome::Fault;
use super::Receipt;
use super::file::Folder;

/// Mails kept; older ones go.
pub const KEPT: usize = 500;

/// The mailbox of an instance.
#[derive(Clone, Debug)]
pub struct Mailbox {
    folder: Folder,
}

/// A captured mail, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which message.
    pub id: MessageId,
    /// Its `Date`.
    pub date: Option<Timestamp>,
    /// Name or address in `From`.
    pub from: String,
    /// Name or address in `To`.
    pub to: String,
    /// Its subject.
    pub subject: String,
}

/// Whom a captured mail went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// Which message.
    pub id: MessageId,
    /// The address in `To`.
    pub to: EmailAddress,
    /// Its `Date`.
    pub date: Option<Timestamp>,
}

/// A captured mail, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What a list shows.
    pub entry: Entry,
    /// Every header in order, unfolded but as written.
    pub headers: Vec<(String, String)>,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The whole file.
    pub raw: Vec<u8>,
}

impl Mailbox {
    /// The mailbox in `{data_dir}/captured`.
    pub fn new(data_dir: &Path) -> Self {
        Self { folder: Folder::new(data_dir.join("captured")) }
    }

    /// Keeps one mail.
    ///
    /// # Errors
    /// A [`Fault`] at [`Stage::Store`](super::super::outcome::Stage::Store).
    pub async fn send(&self, mail: &Composed) -> Result<Receipt, Fault> {
        let receipt = self.folder.send(mail).await?;
        let mailbox = self.clone();
        let pruned = tokio::task::spawn_blocking(move || mailbox.prune()).await;
        if let Ok(Err(error)) = pruned {
            tracing::warn!(%error, "old captured mails could not be removed");
        }
        Ok(receipt)
    }

    /// The mails, newest first. A file that does not read as a mail is left out.
    ///
    /// # Errors
    /// The file system's.
    pub fn list(&self) -> io::Result<Vec<Entry>> {
        let files = self.files()?;
        Ok(files
            .into_iter()
            .filter_map(|(id, path, _)| open(id, std::fs::read(path).ok()?))
            .map(|mail| mail.entry)
            .collect())
    }

    /// One mail, if it is still kept.
    ///
    /// # Errors
    /// The file system's.
    pub fn read(&self, id: MessageId) -> io::Result<Option<Opened>> {
        match std::fs::read(self.folder.path().join(format!("{id}.eml"))) {
            Ok(raw) => Ok(open(id, raw)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whom every mail went to. A file that names nobody is left out.
    ///
    /// # Errors
    /// The file system's.
    pub fn addressed(&self) -> io::Result<Vec<Addressed>> {
        let files = self.files()?;
        Ok(files.into_iter().filter_map(|(id, path, _)| addressed(id, &std::fs::read(path).ok()?)).collect())
    }

    /// Deletes these mails. Tells how many there were.
    ///
    /// # Errors
    /// The file system's.
    pub fn erase(&self, ids: impl IntoIterator<Item = MessageId>) -> io::Result<usize> {
        let mut erased = 0;
        for id in ids {
            erased += usize::from(remove(&self.folder.path().join(format!("{id}.eml")))?);
        }
        Ok(erased)
    }

    /// Newest first, by the time of writing.
    fn files(&self) -> io::Result<Vec<(MessageId, PathBuf, SystemTime)>> {
        let entries = match std::fs::read_dir(self.folder.path()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files: Vec<_> = entries.filter_map(|entry| captured(&entry.ok()?)).collect();
        files.sort_by(|(a, _, a_time), (b, _, b_time)| (b_time, b).cmp(&(a_time, a)));
        Ok(files)
    }

    fn prune(&self) -> io::Result<()> {
        for (_, path, _) in self.files()?.into_iter().skip(KEPT) {
            remove(&path)?;
        }
        Ok(())
    }
}

/// False: another hand was faster.
fn remove(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn addressed(id: MessageId, raw: &[u8]) -> Option<Addressed> {
    let mail = MessageParser::default().parse_headers(raw)?;
    let to = EmailAddress::parse(mail.to()?.first()?.address()?).ok()?;
    Some(Addressed { id, to, date: mail.date().map(|date| Timestamp::from_seconds(date.to_timestamp())) })
}

fn captured(entry: &std::fs::DirEntry) -> Option<(MessageId, PathBuf, SystemTime)> {
    let name = entry.file_name();
    let id = MessageId::parse(name.to_str()?.strip_suffix(".eml")?).ok()?;
    Some((id, entry.path(), entry.metadata().ok()?.modified().ok()?))
}

fn open(id: MessageId, raw: Vec<u8>) -> Option<Opened> {
    let mail = MessageParser::default().parse(&raw)?;
    let entry = Entry {
        id,
        date: mail.date().map(|date| Timestamp::from_seconds(date.to_timestamp())),
        from: correspondent(mail.from()),
        to: correspondent(mail.to()),
        subject: mail.subject().unwrap_or_default().to_owned(),
    };
    let headers = mail.headers_raw().map(|(name, value)| (name.to_owned(), unfolded(value))).collect();
    let (text, html) = (body(&mail, false), body(&mail, true));
    Some(Opened { entry, headers, text, html, raw })
}

fn body(mail: &Message<'_>, html: bool) -> String {
    let part = if html { mail.body_html(0) } else { mail.body_text(0) };
    part.map(|text| text.replace("\r\n", "\n")).unwrap_or_default()
}

/// `Name <address>`, as a mail program shows it.
fn correspondent(address: Option<&mail_parser::Address<'_>>) -> String {
    let first = address.and_then(mail_parser::Address::first);
    match first.map(|first| (first.name(), first.address().unwrap_or_default())) {
        Some((Some(name), address)) => format!("{name} <{address}>"),
        Some((None, address)) => address.to_owned(),
        None => String::new(),
    }
}

fn unfolded(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}
