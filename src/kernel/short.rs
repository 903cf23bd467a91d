//! The short code of a shop: the last eight letters of its id, which are the 40 bits of it that chance chose. It needs no
//! table, never changes, and is short enough to be printed, typed and drawn as a small QR code.

use super::id::ShopId;
use std::fmt;

/// Eight letters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShortCode {
    letters: String,
    bytes: [u8; 5],
}

const LETTERS: usize = 8;
/// Crockford's alphabet, as ids have it.
const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";

impl ShortCode {
    /// The code of a shop.
    pub fn of(shop: ShopId) -> Self {
        let text = shop.to_string();
        let letters = text.get(text.len().saturating_sub(LETTERS)..).unwrap_or_default().to_owned();
        let bytes = shop.as_bytes().last_chunk().copied().unwrap_or_default();
        Self { letters, bytes }
    }

    /// Reads a code as people type it: capitals are letters, and `o`, `i`, `l` the digits they look like.
    pub fn parse(text: &str) -> Option<Self> {
        let one = |c: char| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        };
        let letters: String = text.chars().take(LETTERS + 1).map(one).collect();
        if letters.len() != LETTERS {
            return None;
        }
        let mut value = 0_u64;
        for c in letters.chars() {
            value = (value << 5) | u64::try_from(ALPHABET.find(c)?).ok()?;
        }
        let [_, _, _, bytes @ ..] = value.to_be_bytes();
        Some(Self { letters, bytes })
    }

    /// The last five bytes of the shop's id.
    pub fn bytes(&self) -> &[u8; 5] {
        &self.bytes
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_end_of_an_id() {
        let shop = ShopId::from_bytes([0x01, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 1, 2, 0xfe, 0xdc, 0xba, 0x98, 0x76]);
        let code = ShortCode::of(shop);
        assert_eq!(code.bytes(), &[0xfe, 0xdc, 0xba, 0x98, 0x76]);
        assert!(shop.to_string().ends_with(&code.to_string()));
        assert_eq!(ShortCode::parse(&code.to_string()), Some(code.clone()));
        assert_eq!(ShortCode::parse(&code.to_string().to_uppercase()), Some(code));
    }

    #[test]
    fn typed_letters_are_taken_for_what_they_look_like() {
        assert_eq!(ShortCode::parse("OIL00000"), ShortCode::parse("01100000"));
        for bad in ["", "0123456", "012345678", "0123456u", "0123456é", "01234 67", "ÀÀÀÀ"] {
            assert_eq!(ShortCode::parse(bad), None, "{bad}");
        }
    }
}
