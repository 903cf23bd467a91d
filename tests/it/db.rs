//! The ground under every promise: what `Db::write` answered is stored, and a neighbour's failure changes nothing.

use attesta::db::{Connection, DatabaseUrl, Db, Error, Sizes, migrate};
use attesta::jobs::{self, Subject};
use attesta::kernel::time::Timestamp;
use diesel::connection::SimpleConnection as _;
use futures_util::future::join_all;

use crate::support::postgres;

const KIND: &str = "probe";

/// A migrated database of each engine that is installed, and what keeps it alive.
fn engines() -> Vec<(Db, Option<tempfile::TempDir>)> {
    let dir = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", dir.path().join("a.db").display());
    let mut urls = vec![(file, Some(dir))];
    urls.extend(postgres::fresh_database().map(|url| (url, None)));
    urls.into_iter()
        .map(|(url, dir)| {
            let db = Db::open(&DatabaseUrl::parse(&url).unwrap(), Sizes::default()).unwrap();
            migrate::run(&db).unwrap();
            (db, dir)
        })
        .collect()
}

fn subject(n: u8) -> Subject {
    Subject::from_bytes([n; 16])
}

fn put(tx: &mut Connection, n: u8) -> attesta::db::Result<()> {
    jobs::enqueue(tx, KIND, subject(n), Timestamp::from_millis(i64::from(n)))
}

async fn stored(db: &Db, n: u8) -> bool {
    db.read(move |conn| jobs::due_of(conn, KIND, subject(n))).await.unwrap().is_some()
}

#[tokio::test]
async fn a_failing_write_takes_nothing_of_its_neighbours_along() {
    for (db, _dir) in engines() {
        let writes = (0..60_u8).map(|n| {
            db.write(move |tx| {
                put(tx, n)?;
                if n % 3 == 0 { Err(Error::corrupt("on purpose")) } else { Ok(n) }
            })
        });
        let answers = join_all(writes).await;
        for (n, answer) in (0..60_u8).zip(answers) {
            let kept = n % 3 != 0;
            assert_eq!(answer.is_ok(), kept, "write {n} is answered by its own result on {:?}", db.engine());
            assert_eq!(
                stored(&db, n).await,
                kept,
                "exactly the writes that were answered Ok are stored, {n} on {:?}",
                db.engine()
            );
        }
    }
}

#[tokio::test]
async fn a_panicking_write_is_an_error_and_the_next_one_works() {
    for (db, _dir) in engines() {
        let answer = db
            .write(|tx| -> attesta::db::Result<()> {
                put(tx, 1)?;
                panic!("a bug in a room")
            })
            .await;
        assert!(answer.is_err(), "the caller of a panicking write is told, on {:?}", db.engine());
        assert!(!stored(&db, 1).await, "nothing of it is stored, on {:?}", db.engine());
        db.write(|tx| put(tx, 2)).await.unwrap();
        assert!(stored(&db, 2).await, "the writer lives on, on {:?}", db.engine());
    }
}

#[tokio::test]
async fn a_lost_outer_transaction_is_never_answered_as_done() {
    let (db, _dir) = engines().remove(0);
    let (good, bad) = tokio::join!(
        db.write(|tx| put(tx, 1)),
        // What SQLite does by itself on FULL and IOERR: the whole transaction is gone, not only the savepoint.
        db.write(|tx| {
            put(tx, 2)?;
            tx.batch_execute("ROLLBACK")?;
            Ok(())
        }),
    );
    assert!(bad.is_err(), "a write whose transaction vanished is not stored, and says so");
    assert_eq!(good.is_ok(), stored(&db, 1).await, "its neighbour is stored if and only if it was told so");
    assert!(!stored(&db, 2).await, "nothing is half there");
    db.write(|tx| put(tx, 3)).await.unwrap();
    assert!(stored(&db, 3).await, "and the writer goes on");
}

#[tokio::test]
async fn a_full_queue_says_busy_instead_of_growing() {
    let dir = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::parse(&format!("sqlite:{}", dir.path().join("a.db").display())).unwrap();
    let db = Db::open(&url, Sizes { queue: 2, ..Sizes::default() }).unwrap();
    migrate::run(&db).unwrap();
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel();
    let blocker = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(move |_tx| {
                tell.send(()).unwrap();
                held.recv().ok();
                Ok(())
            })
            .await
        }
    });
    tokio::task::spawn_blocking(move || told.recv().unwrap()).await.unwrap();
    let waiting: Vec<_> = (1..=5_u8)
        .map(|n| {
            tokio::spawn({
                let db = db.clone();
                async move { db.write(move |tx| put(tx, n)).await }
            })
        })
        .collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    hold.send(()).unwrap();
    blocker.await.unwrap().unwrap();
    let answers: Vec<_> = join_all(waiting).await.into_iter().map(Result::unwrap).collect();
    let busy = answers.iter().filter(|answer| matches!(answer, Err(Error::Busy))).count();
    assert_eq!(busy, 3, "two places in the queue: three of five callers are told to come back, {answers:?}");
}

#[tokio::test]
async fn a_read_cannot_write() {
    for (db, _dir) in engines() {
        let answer = db.read(|conn| put(conn, 1)).await;
        assert!(
            answer.is_err() || !stored(&db, 1).await,
            "what a read writes is refused or gone, on {:?}",
            db.engine()
        );
    }
}
