//! How domain types stand in columns: ids as sixteen bytes, times as milliseconds. Kept here so that
//! the kernel stays free of diesel.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Nullable};

use crate::kernel::id::{Id, Kind};
use crate::kernel::time::Timestamp;

macro_rules! column {
    ([$($g:tt)*] $ty:ty => $sql:ty) => {
        impl<$($g)*> AsExpression<$sql> for $ty {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<$($g)*> AsExpression<$sql> for &$ty {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<$($g)*> AsExpression<Nullable<$sql>> for $ty {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<$($g)*> AsExpression<Nullable<$sql>> for &$ty {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

/// What is not null in a column that may be.
macro_rules! nullable {
    ([$($g:tt)*] $ty:ty => $sql:ty) => {
        impl<$($g)* DB: Backend> ToSql<Nullable<$sql>, DB> for $ty
        where
            $ty: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <$ty as ToSql<$sql, DB>>::to_sql(self, out)
            }
        }
    };
}

nullable!([K: Kind,] Id<K> => Binary);
nullable!([] Timestamp => BigInt);
column!([K: Kind] Id<K> => Binary);
column!([] Timestamp => BigInt);

impl<K: Kind, DB: Backend> ToSql<Binary, DB> for Id<K>
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <[u8] as ToSql<Binary, DB>>::to_sql(self.as_bytes().as_slice(), out)
    }
}

impl<K: Kind, DB: Backend> FromSql<Binary, DB> for Id<K>
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, DB>>::from_sql(bytes)?;
        Self::from_slice(&bytes).ok_or_else(|| "an id must have sixteen bytes".into())
    }
}

impl<K: Kind, DB: Backend> Queryable<Binary, DB> for Id<K>
where
    Self: FromSql<Binary, DB>,
{
    type Row = Self;
    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Timestamp
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <i64 as ToSql<BigInt, DB>>::to_sql(self.as_ref(), out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Timestamp
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, DB>>::from_sql(bytes).map(Self::from_millis)
    }
}

impl<DB: Backend> Queryable<BigInt, DB> for Timestamp
where
    Self: FromSql<BigInt, DB>,
{
    type Row = Self;
    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}
