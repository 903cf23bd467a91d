//! Statements that stay prepared on their connection. diesel prepares every UPDATE, every upsert and everything written out as SQL anew at
//! each use, because it cannot know how many texts there will be. What is written here has one text for all that is bound to it.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::connection::Connection;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// A statement with one text: see [`prepared`].
#[must_use = "a statement does nothing until it is run"]
pub(crate) struct Prepared<'a, DB> {
    text: &'static str,
    values: Vec<Box<dyn QueryFragment<DB> + 'a>>,
}

/// A statement that stays prepared for its next use on the same connection. Each `?` stands for a value, in the order in which they are
/// bound, on either engine.
pub(crate) fn prepared<'a, DB>(text: &'static str) -> Prepared<'a, DB> {
    Prepared { text, values: Vec::new() }
}

/// One column of many rows, to be bound as an array.
pub(crate) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

impl<'a, DB: Backend> Prepared<'a, DB> {
    /// Binds the next value.
    pub(crate) fn bind<ST, T>(mut self, value: T) -> Self
    where
        DB: HasSqlType<ST>,
        ST: 'a,
        T: ToSql<ST, DB> + 'a,
    {
        self.values.push(Box::new(Value { value, as_type: PhantomData }));
        self
    }
}

/// One bound value.
struct Value<ST, T> {
    value: T,
    as_type: PhantomData<ST>,
}

impl<ST, T, DB> QueryFragment<DB> for Value<ST, T>
where
    DB: Backend + HasSqlType<ST>,
    T: ToSql<ST, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_bind_param(&self.value)
    }
}

impl<DB: Backend> QueryFragment<DB> for Prepared<'_, DB> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut values = self.values.iter();
        for (at, part) in self.text.split('?').enumerate() {
            if at > 0
                && let Some(value) = values.next()
            {
                value.walk_ast(pass.reborrow())?;
            }
            pass.push_sql(part);
        }
        Ok(())
    }
}

impl<DB> QueryId for Prepared<'_, DB> {
    type QueryId = ();

    // Found again by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> Query for Prepared<'_, DB> {
    type SqlType = Untyped;
}

impl<Conn: Connection> RunQueryDsl<Conn> for Prepared<'_, Conn::Backend> {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{InstrumentationEvent, SimpleConnection};
    use diesel::prelude::*;
    use diesel::sql_types::{BigInt, Text};

    use super::*;

    #[derive(QueryableByName, Debug, PartialEq)]
    struct Line {
        #[diesel(sql_type = BigInt)]
        n: i64,
        #[diesel(sql_type = Text)]
        word: String,
    }

    #[test]
    fn a_statement_stays_prepared_and_keeps_its_values_in_order() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute("CREATE TABLE lines (n INTEGER, word TEXT); INSERT INTO lines VALUES (1, 'a'), (2, 'b')")
            .unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        for n in 1..=2 {
            let moved =
                prepared("UPDATE lines SET word = ? || word WHERE n = ?").bind::<Text, _>("x").bind::<BigInt, _>(n);
            assert_eq!(moved.execute(&mut conn).unwrap(), 1);
        }
        assert_eq!(count.load(Ordering::Relaxed), 1, "one text, prepared once");
        let lines: Vec<Line> =
            prepared("SELECT n, word FROM lines WHERE n > ?").bind::<BigInt, _>(1).load(&mut conn).unwrap();
        assert_eq!(lines, [Line { n: 2, word: "xb".to_owned() }]);
    }
}
