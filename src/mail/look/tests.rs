//! One letter that cannot be read keeps no other, and what mails share is asked for once.

use std::sync::Mutex;

use super::*;
use crate::kernel::id::ShopId;
use crate::mail::letter::{Settled, Stop};
use crate::mail::together::tests::context;

const WHO: ShopId = ShopId::from_bytes([9; 16]);

fn subject(n: u8) -> Subject {
    Subject::from_bytes([n; 16])
}

/// Remembers which subjects were read together; the one that is marked cannot be.
#[derive(Default)]
struct Crowd {
    read: Mutex<Vec<Vec<Subject>>>,
    broken: Option<Subject>,
}

impl Letter for Crowd {
    fn kind(&self) -> &'static str {
        "crowd"
    }

    fn draft(&self, _conn: &mut Connection, _ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let stop = Draft::Drop(Stop { shop_id: WHO, edition: i64::from(subject.as_bytes()[0]), reason: "on purpose" });
        if self.broken == Some(subject) { Err(db::Error::corrupt("on purpose")) } else { Ok(stop) }
    }

    fn drafts(&self, conn: &mut Connection, ctx: &Context, subjects: &[Subject]) -> db::Result<Vec<Draft>> {
        self.read.lock().unwrap().push(subjects.to_vec());
        subjects.iter().map(|subject| self.draft(conn, ctx, *subject)).collect()
    }

    fn settle(&self, _tx: &mut Connection, _ctx: &Context, _subject: Subject, _what: &Settled) -> db::Result<()> {
        Ok(())
    }
}

/// The editions that so many see who look at the same time.
async fn crowd(letter: &Arc<Crowd>, many: u8) -> Vec<Option<i64>> {
    let (ctx, _dir) = std::thread::spawn(context).join().unwrap();
    let mailer = Arc::new(Mailer::new(ctx.config(), ctx.clock()).unwrap());
    let (eyes, looks) = (Eyes { ctx, letter: letter.clone(), mailer }, Looks::default());
    let somebody = looks.0.closed().await;
    let all = futures_util::future::join_all((0..many).map(|n| looks.look(&eyes, subject(n))));
    let opened = async {
        tokio::task::yield_now().await;
        assert_eq!(looks.0.waiting(), usize::from(many), "they gather");
        drop(somebody);
    };
    let (looked, ()) = tokio::join!(all, opened);
    let edition = |look: db::Result<Look>| match look {
        Ok((Draft::Drop(stop), _)) => Some(stop.edition),
        _ => None,
    };
    looked.into_iter().map(edition).collect()
}

#[tokio::test]
async fn who_waits_is_read_by_who_comes_first() {
    let letter = Arc::new(Crowd::default());
    assert_eq!(crowd(&letter, 20).await, (0..20).map(Some).collect::<Vec<_>>(), "each gets its own");
    let read: Vec<usize> = letter.read.lock().unwrap().iter().map(Vec::len).collect();
    assert_eq!(read, [MOST, 20 - MOST], "two reads for twenty letters");
}

#[tokio::test]
async fn one_that_cannot_be_read_keeps_no_other() {
    let letter = Arc::new(Crowd { broken: Some(subject(3)), ..Crowd::default() });
    assert_eq!(crowd(&letter, 5).await, [Some(0), Some(1), Some(2), None, Some(4)]);
    let read: Vec<usize> = letter.read.lock().unwrap().iter().map(Vec::len).collect();
    assert_eq!(read, [5, 1, 1, 1, 1, 1], "together first, then each by itself");
}

#[tokio::test]
async fn what_was_asked_once_is_known() {
    let (mut known, mut asked) = (HashMap::new(), 0);
    for key in ["a", "b", "a"] {
        let value = once(&mut known, key, |key| {
            asked += 1;
            Ok(key.len())
        });
        assert_eq!(value.unwrap(), 1);
    }
    assert_eq!(asked, 2);
    assert!(once(&mut known, "c", |_| Err(db::Error::corrupt("on purpose"))).is_err());
    assert_eq!(once(&mut known, "c", |_| Ok(7)).unwrap(), 7, "an error is not remembered");
}
