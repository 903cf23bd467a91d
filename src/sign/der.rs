//! The little of DER that keys and certificates need here: lengths and tags, written and taken apart.
//!
//! Used by its neighbour [`super::rsa`] and by whoever shows what stands in a certificate. It checks no signature and knows no
//! meaning; what is cut short or has no length reads as `None`, never as a guess.

/// Tag of a whole number.
pub const INTEGER: u8 = 0x02;
/// Tag of a list of different things.
pub const SEQUENCE: u8 = 0x30;
/// Tag of a list of like things.
pub const SET: u8 = 0x31;

/// A value with its tag and length before it.
pub fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(value.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = value.len().to_be_bytes();
            let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7F));
            out.extend_from_slice(&digits);
        }
    }
    out.extend_from_slice(value);
    out
}

/// A whole number of zero or more, from its big-endian bytes.
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let mut value: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    // A first bit that is set would make it negative.
    if value.first().is_none_or(|first| *first >= 0x80) {
        value.insert(0, 0);
    }
    tagged(INTEGER, &value)
}

/// Values that follow one another, not yet read.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads these bytes from the start.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What stands inside the next value, which must have this tag.
    pub fn inside(&mut self, tag: u8) -> Option<Reader<'a>> {
        let (found, value) = self.next()?;
        (found == tag).then_some(Reader::new(value))
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = (u8, &'a [u8]);

    /// The next value and its tag.
    fn next(&mut self) -> Option<Self::Item> {
        let (tag, rest) = self.rest.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = if *first < 0x80 {
            (usize::from(*first), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(*first & 0x7F))?;
            // Nothing we read is longer than 16 MiB, and an endless form (0x80) is no DER.
            if digits.is_empty() || digits.len() > 3 {
                return None;
            }
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((*tag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let value = vec![7; length];
            let written = tagged(SEQUENCE, &value);
            assert_eq!(Reader::new(&written).next(), Some((SEQUENCE, value.as_slice())), "{length}");
        }
        assert_eq!(tagged(SEQUENCE, &[1; 128])[..3], [0x30, 0x81, 0x80]);
        assert_eq!(unsigned(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
    }

    #[test]
    fn what_is_cut_short_is_nothing() {
        for bytes in
            [&[][..], &[0x30], &[0x30, 2, 1], &[0x30, 0x80, 0, 0], &[0x30, 0x84, 0, 0, 0, 1, 9], &[0x30, 0x82, 1]]
        {
            assert_eq!(Reader::new(bytes).next(), None, "{bytes:?}");
        }
        assert!(Reader::new(&unsigned(&[5])).inside(SEQUENCE).is_none());
    }
}
