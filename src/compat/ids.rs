//! Our ids in 24 hexadecimal digits, which clients of the other API keep in fields of that form and check.
//!
//! An id of ours has sixteen bytes: six of time, then chance. The short form is the first six and the last six of them. It
//! leads back without a table: ids of one millisecond stand together in the index of ids, and of those few the last six
//! bytes tell which. (Two ids of one process in one millisecond differ in their last bytes by how they are made.)

use crate::db::{self, Connection};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::{Id, ReviewId, ShopId};
use crate::merchants::{self, Shop};
use crate::reviews::numbered;

/// The short form of an id.
pub(super) fn short<K>(id: &Id<K>) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    ends(id).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn ends<K>(id: &Id<K>) -> [u8; 12] {
    let mut ends = [0; 12];
    let (head, tail) = ends.split_at_mut(6);
    let bytes = id.as_bytes();
    for (to, from) in head.iter_mut().zip(bytes) {
        *to = *from;
    }
    for (to, from) in tail.iter_mut().zip(bytes.iter().skip(10)) {
        *to = *from;
    }
    ends
}

fn parse(text: &str) -> Option<[u8; 12]> {
    if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 12];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The first and the last id of the millisecond.
fn range<K>(short: &[u8; 12]) -> (Id<K>, Id<K>) {
    let with = |rest: u8| {
        let mut bytes = [rest; 16];
        for (to, from) in bytes.iter_mut().zip(short.iter().take(6)) {
            *to = *from;
        }
        Id::from_bytes(bytes)
    };
    (with(0), with(u8::MAX))
}

fn choose<K>(short: &[u8; 12], ids: Vec<Id<K>>) -> Option<Id<K>> {
    ids.into_iter().find(|id| ends(id) == *short)
}

/// The shop that a client names: by its short form, its own id or its domain.
pub(super) fn shop(conn: &mut Connection, text: &str) -> db::Result<Option<Shop>> {
    if let Some(short) = parse(text) {
        let (first, last): (ShopId, ShopId) = range(&short);
        let id = choose(&short, merchants::ids_between(conn, first, last)?);
        return id.map_or(Ok(None), |id| merchants::load(conn, id));
    }
    ShopRef::parse(text).map_or(Ok(None), |name| merchants::find(conn, &name))
}

/// The review that a client names: by its short form or its own id.
pub(super) fn review(conn: &mut Connection, text: &str) -> db::Result<Option<ReviewId>> {
    if let Some(short) = parse(text) {
        let (first, last) = range(&short);
        return Ok(choose(&short, numbered::ids_between(conn, first, last)?));
    }
    Ok(ReviewId::parse(text).ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::reviews::house::House;

    #[test]
    fn short_forms_lead_back() {
        let house = House::new();
        let made: Vec<ReviewId> = (0..5_000).map(|_| house.ctx.ids().next()).collect();
        let shorts: BTreeSet<String> = made.iter().map(short).collect();
        assert_eq!(shorts.len(), made.len(), "thousands in one millisecond are told apart");
        for id in &made {
            let text = short(id);
            assert!(
                text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
            );
            let short = parse(&text).unwrap();
            let (first, last) = range(&short);
            assert!(first <= *id && *id <= last);
            assert_eq!(choose(&short, made.clone()), Some(*id));
        }
        for odd in [
            "",
            "0123456789abcdef0123456",
            "0123456789abcdef0123456g",
            "+123456789abcdef01234567",
            "é23456789abcdef0123456",
        ] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn shops_and_reviews_are_found_by_every_name() {
        let house = House::new();
        let known = house.shop();
        let id = house.publish(&house.customer(&known), 4);
        for name in [short(&known.id), short(&known.id).to_uppercase(), known.id.to_string(), known.domain.to_string()]
        {
            assert_eq!(house.read(|conn| shop(conn, &name)).map(|found| found.id), Some(known.id), "{name}");
        }
        for name in [short(&id), id.to_string()] {
            assert_eq!(house.read(|conn| review(conn, &name)), Some(id), "{name}");
        }
        for stranger in ["507f191e810c19729de860ea", "nowhere.example", "\0", "rev_x", ""] {
            assert!(house.read(|conn| shop(conn, stranger)).is_none());
            assert!(house.read(|conn| review(conn, stranger)).is_none());
        }
    }
}
