//! SQLite: one writer thread with group commit, and a pool of readers.
//!
//! The writer opens a transaction with the first waiting job and keeps taking jobs while they come (a savepoint each),
//! commits, and only then answers. After any error it checks that the outer transaction still exists (FULL and IOERR
//! can roll it back): if not, nothing of the batch is answered as done.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::r2d2::Pool;
use diesel::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::pool::{self, Manager};
use super::{Connection, Error, Result, Sizes};

/// Jobs that one transaction takes at most.
const BATCH: usize = 512;

/// Settings of every connection. FULL: a commit that was answered survives a power loss. What is deleted is overwritten, so
/// that an erasure is one.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 1000; PRAGMA temp_store = MEMORY;";

/// The embedded engine.
pub struct Store {
    writer: mpsc::Sender<Job>,
    readers: Pool<Manager>,
}

/// Runs in a savepoint (or learns why it cannot); returns how to answer once the fate of the batch is known.
type Job = Box<dyn FnOnce(Result<&mut Connection>) -> Done + Send>;

/// Tells the caller; `Some` is why the whole batch was lost.
type Answer = Box<dyn FnOnce(Option<&Error>) + Send>;

struct Done {
    keep: bool,
    answer: Answer,
}

impl Store {
    /// Opens (and creates) the file, and starts its writer thread.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be opened.
    pub fn open(path: &Path, sizes: Sizes) -> Result<Self> {
        let file = path.to_string_lossy().into_owned();
        let mut conn = connect(&file)?;
        let (writer, mut jobs) = mpsc::channel::<Job>(sizes.queue.max(1));
        std::thread::Builder::new()
            .name("attesta-writer".to_owned())
            .spawn(move || while next_batch(&mut conn, &mut jobs) {})
            .map_err(|error| Error::Unavailable(format!("the writer thread did not start: {error}")))?;
        let readers = pool::build(Manager::new(move || reader(&file)), sizes.readers);
        Ok(Self { writer, readers })
    }

    /// Runs `f` outside any transaction of ours (migrations open their own).
    pub(super) fn raw<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        f(&mut pool::take(&self.readers)?.conn)
    }

    /// Runs `f` on a snapshot.
    pub(super) fn read<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut seat = pool::take(&self.readers)?;
        run(&mut seat.conn, "BEGIN")?;
        seat.broken = true;
        let result = f(&mut seat.conn);
        seat.broken = run(&mut seat.conn, "ROLLBACK").is_err();
        result
    }

    /// Hands `f` to the writer and waits for the commit.
    pub(super) async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        self.submit(f, move |result| drop(tell.send(result)))?;
        told.await.unwrap_or_else(|_closed| Err(stopped()))
    }

    /// Hands `f` to the writer and blocks until the commit.
    pub(super) fn write_now<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.submit(f, move |result| drop(tell.send(result)))?;
        told.recv().unwrap_or_else(|_closed| Err(stopped()))
    }

    fn submit<T, F, A>(&self, f: F, answer: A) -> Result<()>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
        T: Send + 'static,
    {
        let job: Job = Box::new(move |stage| {
            let result = stage.and_then(|conn| contained(f, conn));
            Done {
                keep: result.is_ok(),
                // A caller that went away does not undo its write: the closed channel is ignored.
                answer: Box::new(move |lost| answer(lost.map_or(result, |error| Err(error.echo())))),
            }
        });
        self.writer.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".to_owned())
}

/// A connection that only reads. Its own cache is small: a count of a whole day would fill a large one in every reader, and
/// what is read often lies in the system's memory anyway.
fn reader(file: &str) -> Result<Connection> {
    let mut conn = connect(file)?;
    run(&mut conn, "PRAGMA cache_size = -2048")?;
    Ok(conn)
}

fn connect(file: &str) -> Result<Connection> {
    let mut conn = SqliteConnection::establish(file).map_err(|error| Error::Unavailable(format!("{file}: {error}")))?;
    conn.batch_execute(PRAGMAS)?;
    Ok(Connection::Sqlite(conn))
}

fn run(conn: &mut Connection, sql: &str) -> Result<()> {
    conn.batch_execute(sql).map_err(Error::from)
}

/// A panic inside a job is an error of that job, not the end of the writer.
fn contained<T>(f: impl FnOnce(&mut Connection) -> Result<T>, conn: &mut Connection) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f(conn)))
        .unwrap_or_else(|_panic| Err(Error::Unavailable("a write panicked; nothing of it is stored".to_owned())))
}

/// Waits for a job, runs what has come as one transaction, answers. False when the store was dropped.
fn next_batch(conn: &mut Connection, jobs: &mut mpsc::Receiver<Job>) -> bool {
    let Some(first) = jobs.blocking_recv() else { return false };
    if let Err(error) = run(conn, "BEGIN IMMEDIATE") {
        (first(Err(error)).answer)(None);
        return true;
    }
    let mut done = Vec::new();
    let mut next = Some(first);
    let mut lost = None;
    while let Some(job) = next {
        match savepoint(conn, job) {
            Ok(one) => done.push(one),
            Err((one, error)) => {
                done.push(one);
                lost = Some(error);
                break;
            }
        }
        next = if done.len() < BATCH { jobs.try_recv().ok() } else { None };
    }
    let lost = lost.or_else(|| run(conn, "COMMIT").err());
    if lost.is_some() {
        // Fails where the engine has rolled back already: then there is nothing left to undo.
        drop(run(conn, "ROLLBACK"));
    }
    for one in done {
        // A refused job's own error is the answer, whatever became of the batch.
        (one.answer)(lost.as_ref().filter(|_| one.keep));
    }
    true
}

/// One job in its savepoint. `Err` when the outer transaction is gone.
fn savepoint(conn: &mut Connection, job: Job) -> std::result::Result<Done, (Done, Error)> {
    if let Err(error) = run(conn, "SAVEPOINT job") {
        return Err((job(Err(error.echo())), error));
    }
    let done = job(Ok(conn));
    let end = if done.keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    match run(conn, end) {
        Ok(()) => Ok(done),
        Err(error) => Err((done, error)),
    }
}
