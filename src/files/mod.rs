//! One storage door for pictures: a folder, or a bucket that speaks S3. Who has a picture keeps its row in the database; here
//! stand only bytes under names that the caller chose. What was put is durable when [`Files::put`] returns; deleting what
//! is not there is no fault, so that a job may do it twice. Nothing here lists, and nothing here is public.
//!
//! Several nodes over one database need one door for all of them: the bucket, or a folder they share and name in
//! `files_url`. A folder of the node's own cannot be told from a shared one, so [`Files::warning`] speaks at start.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::ObjectStore;

use crate::config::Config;
use crate::db::DatabaseUrl;

mod bucket;
mod folder;

/// What went wrong, in words for the operator; never a key or a password.
#[derive(Debug, thiserror::Error)]
#[error("pictures: {0}")]
pub(crate) struct FilesError(String);

/// Where pictures are kept. Cheap to clone; every clone is the same place.
#[derive(Clone)]
pub(crate) struct Files {
    place: Place,
}

#[derive(Clone)]
enum Place {
    Folder(Arc<PathBuf>),
    Bucket(Arc<dyn ObjectStore>, Arc<str>),
}

/// The name of one file: our own letters, digits, dots, dashes and single slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileName(String);

impl FileName {
    /// A name; `None` for anything that could leave its place.
    pub(crate) fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
        name.split('/').all(part).then_some(Self(name))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Files {
    /// The place that the settings name; the folder `files` of the data folder where they name none.
    ///
    /// # Errors
    /// [`FilesError`] for an address that names no place.
    pub(crate) fn open(config: &Config) -> Result<Self, FilesError> {
        let place = match config.files_url.as_ref().map(crate::config::Secret::expose) {
            None => Place::Folder(Arc::new(config.data_dir.join("files"))),
            Some(url) => {
                if let Some(path) = url.strip_prefix("file://") {
                    Place::Folder(Arc::new(PathBuf::from(path)))
                } else {
                    let (bucket, prefix) = bucket::open(url)?;
                    Place::Bucket(bucket, prefix.into())
                }
            }
        };
        Ok(Self { place })
    }

    /// What the operator of several nodes should know at start.
    pub(crate) fn warning(config: &Config) -> Option<&'static str> {
        let shared = config.files_url.is_some() || matches!(config.database_url, DatabaseUrl::Sqlite(_));
        (!shared).then_some(
            "photos are kept in this node's own data folder: with several nodes set files_url to a bucket (s3://...) or to a \
             folder that all of them share (file:///...)",
        )
    }

    /// Keeps these bytes under a name; durable when it returns.
    ///
    /// # Errors
    /// [`FilesError`]; nothing may be counted on then.
    pub(crate) async fn put(&self, name: &FileName, bytes: Vec<u8>) -> Result<(), FilesError> {
        match &self.place {
            Place::Folder(root) => folder::put(root, name, bytes).await,
            Place::Bucket(store, prefix) => bucket::put(&**store, prefix, name, bytes).await,
        }
    }

    /// The bytes under a name; `None` where there are none.
    ///
    /// # Errors
    /// [`FilesError`].
    pub(crate) async fn get(&self, name: &FileName) -> Result<Option<Vec<u8>>, FilesError> {
        match &self.place {
            Place::Folder(root) => folder::get(root, name).await,
            Place::Bucket(store, prefix) => bucket::get(&**store, prefix, name).await,
        }
    }

    /// Deletes what is under a name, if anything is.
    ///
    /// # Errors
    /// [`FilesError`].
    pub(crate) async fn delete(&self, name: &FileName) -> Result<(), FilesError> {
        match &self.place {
            Place::Folder(root) => folder::delete(root, name).await,
            Place::Bucket(store, prefix) => bucket::delete(&**store, prefix, name).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn names_stay_in_their_place() {
        for good in ["photos/8f/pho_01.jpg", "a", "a.b-c_d/e"] {
            assert!(FileName::new(good).is_some(), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "../a", "a/../b", "a/.b", ".", "a b", "a\\b", "é", "a\0"] {
            assert!(FileName::new(bad).is_none(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_folder_keeps_gives_and_forgets() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::for_tests().in_dir(dir.path());
        let files = Files::open(&config).unwrap();
        let name = FileName::new("photos/8f/one.jpg").unwrap();
        assert_eq!(files.get(&name).await.unwrap(), None);
        files.delete(&name).await.unwrap();
        files.put(&name, b"first".to_vec()).await.unwrap();
        files.put(&name, b"second".to_vec()).await.unwrap();
        assert_eq!(files.get(&name).await.unwrap().as_deref(), Some(&b"second"[..]));
        let kept: Vec<_> = std::fs::read_dir(dir.path().join("files/photos/8f")).unwrap().collect();
        assert_eq!(kept.len(), 1, "nothing is left beside it");
        files.delete(&name).await.unwrap();
        files.delete(&name).await.unwrap();
        assert_eq!(files.get(&name).await.unwrap(), None);
    }

    #[test]
    fn several_nodes_are_told_to_share() {
        let own = Config::for_tests();
        assert_eq!(Files::warning(&own), None);
        let database_url = DatabaseUrl::parse("postgres://attesta@db.example/attesta").unwrap();
        let many = Config { database_url, ..own };
        assert!(Files::warning(&many).is_some_and(|text| text.contains("files_url")));
        for shared in ["file:///srv/photos", "s3://k:s@s3.example/photos"] {
            let told = Config { files_url: Some(Secret::new(shared)), ..many.clone() };
            assert_eq!(Files::warning(&told), None);
            assert!(Files::open(&told).is_ok(), "{shared}");
        }
    }
}
