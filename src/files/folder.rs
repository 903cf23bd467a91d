//! Pictures in a folder: written beside their place, synced, and moved in, so that no reader ever sees half of one.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{FileName, FilesError};

pub(super) async fn put(root: &Path, name: &FileName, bytes: Vec<u8>) -> Result<(), FilesError> {
    let path = root.join(&name.0);
    off_thread(move || write(&path, &bytes)).await
}

pub(super) async fn get(root: &Path, name: &FileName) -> Result<Option<Vec<u8>>, FilesError> {
    let path = root.join(&name.0);
    off_thread(move || match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

pub(super) async fn delete(root: &Path, name: &FileName) -> Result<(), FilesError> {
    let path = root.join(&name.0);
    off_thread(move || match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
    .await
}

fn write(path: &PathBuf, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let beside = path.with_extension("part");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    std::fs::File::open(folder)?.sync_all()
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, FilesError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| FilesError(error.to_string()))?;
    done.map_err(|error| FilesError(format!("the folder: {error}")))
}
