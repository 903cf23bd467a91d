//! Long answers, made while they are sent: the next batch is read when the reader has taken the one before, so that an
//! answer of any length needs the memory of one batch, and a slow reader holds no connection to the database.

use futures_util::stream::{self, Stream};

use crate::db::{self, Connection, Db};
use crate::http::streams::Place;

/// Something that is read in batches.
pub(super) trait Source: Sized + Send + 'static {
    /// The next piece of the answer; empty where a batch had nothing for it, `None` at the end.
    fn next(&mut self, conn: &mut Connection) -> db::Result<Option<Vec<u8>>>;
}

/// The pieces of an answer, none of them empty. After an error nothing more comes: the reader sees the answer break off. The
/// place is held until the answer is dropped.
pub(super) fn pieces<S: Source>(db: Db, place: Place, source: S) -> impl Stream<Item = db::Result<Vec<u8>>> {
    stream::try_unfold((db, place, source), |(db, place, mut source)| async move {
        loop {
            let read = move |conn: &mut Connection| {
                let piece = source.next(conn)?;
                Ok((piece, source))
            };
            let turn = place.turn().await;
            let (piece, rest) = db.read(read).await?;
            drop(turn);
            match piece {
                None => return Ok(None),
                Some(piece) if piece.is_empty() => source = rest,
                Some(piece) => return Ok(Some((piece, (db, place, rest)))),
            }
        }
    })
}
