//! Reads what a browser posts: urlencoded fields, strictly decoded, cleaned and measured once, here.
//!
//! Nothing typed is lost: every error comes back with the form filled and names its field. NUL and bytes that are no
//! text are refused, control and invisible characters become blanks. Fields: `stars title text name`, and for each
//! product of the order `stars.KEY` and `text.KEY`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::stars::Stars;
use crate::kernel::text::{clean_line, clean_paragraphs, has_nul};

use super::answer::AnswerText;
use super::edit::Edit;
use super::model::{ItemSubmission, NAME_MAX, Submission, TEXT_MAX, TITLE_MAX};
use super::pages::{FieldError, FieldFault, Fields, ItemFields};
use super::submit::Offered;

/// More fields than any form of ours has.
const FIELDS_MAX: usize = 64;

/// A posted form.
#[derive(Clone, Debug, Default)]
pub(super) struct Posted {
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    value: String,
    /// It held NUL or bytes that are no text, or its name came twice.
    unreadable: bool,
}

impl Posted {
    /// Reads a body; whatever cannot be read is marked, not dropped.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut posted = Self::default();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).take(FIELDS_MAX) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let (name, _) = decode(halves.next().unwrap_or_default());
            let (value, unreadable) = decode(halves.next().unwrap_or_default());
            match posted.fields.iter_mut().find(|field| field.name == name) {
                Some(twice) => twice.unreadable |= twice.value != value,
                None => posted.fields.push(Field { name, value, unreadable }),
            }
        }
        posted
    }

    /// A field's value; empty where it did not come.
    pub(super) fn get(&self, name: &str) -> &str {
        self.field(name).map_or("", |field| field.value.as_str())
    }

    /// Whether it came, and can be read.
    pub(super) fn has(&self, name: &str) -> bool {
        self.field(name).is_some_and(|field| !field.unreadable)
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    fn unreadable(&self, name: &str) -> bool {
        self.field(name).is_some_and(|field| field.unreadable)
    }
}

/// Percent-decoding as browsers encode; true where the bytes hold NUL or are no UTF-8.
fn decode(encoded: &[u8]) -> (String, bool) {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) << 4 | hex(*low));
                rest = tail;
            }
            _ => bytes.push(*byte),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if has_nul(&text) => (text.replace('\0', ""), true),
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).replace('\0', ""), true),
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10),
    }
}

/// What stands after the dot in the field names of a product: its SKU, spelled so that it may stand in a name and an id.
pub(super) fn key(sku: &str) -> String {
    let plain = sku.len() <= 40 && sku.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if plain { sku.to_owned() } else { format!("~{}", URL_SAFE_NO_PAD.encode(sku)) }
}

/// One to five, as one digit.
pub(super) fn one_digit(text: &str) -> Option<Stars> {
    match text.as_bytes() {
        [digit] => Stars::new(i64::from(digit.wrapping_sub(b'0'))),
        _ => None,
    }
}

/// Reads fields and collects what is wrong with them.
struct Reader<'a> {
    posted: &'a Posted,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    fn new(posted: &'a Posted) -> Self {
        Self { posted, errors: Vec::new() }
    }

    fn wrong(&mut self, field: &str, code: FieldFault) {
        self.errors.push(FieldError { field: field.to_owned(), code });
    }

    fn stars(&mut self, name: &str) -> Option<Stars> {
        let text = self.posted.get(name);
        let stars = one_digit(text).filter(|_| !self.posted.unreadable(name));
        if stars.is_none() && (!text.is_empty() || self.posted.unreadable(name)) {
            self.wrong(name, FieldFault::StarsInvalid);
        }
        stars
    }

    fn words(&mut self, name: &str, max: usize, lines: bool) -> String {
        let typed = self.posted.get(name);
        let clean = if lines { clean_paragraphs(typed, usize::MAX) } else { clean_line(typed, usize::MAX) };
        if self.posted.unreadable(name) {
            self.wrong(name, FieldFault::Unreadable);
        } else if clean.value.chars().count() > max {
            self.wrong(name, FieldFault::TooLong);
        }
        clean.value
    }

    /// The required stars.
    fn required_stars(&mut self) -> Option<Stars> {
        if self.posted.get("stars").is_empty() && !self.posted.unreadable("stars") {
            self.wrong("stars", FieldFault::StarsMissing);
        }
        self.stars("stars")
    }

    fn item(&mut self, offered: &Offered) -> Option<ItemSubmission> {
        let key = key(&offered.sku);
        let stars = self.stars(&format!("stars.{key}"));
        let text = self.words(&format!("text.{key}"), TEXT_MAX, true);
        if stars.is_none() && !text.is_empty() && self.posted.get(&format!("stars.{key}")).is_empty() {
            self.wrong(&format!("stars.{key}"), FieldFault::ItemStarsMissing);
        }
        Some(ItemSubmission { sku: offered.sku.clone(), stars: stars?, text })
    }

    /// Products that are not (or no longer) in the order.
    fn foreign_items(&mut self, offered: &[Offered]) {
        let known: Vec<String> = offered.iter().map(|item| key(&item.sku)).collect();
        for field in &self.posted.fields {
            let of = field.name.strip_prefix("stars.").or_else(|| field.name.strip_prefix("text."));
            if of.is_some_and(|of| !known.iter().any(|key| key == of)) && !field.value.is_empty() {
                self.errors.push(FieldError { field: field.name.clone(), code: FieldFault::Unreadable });
            }
        }
    }
}

/// What the author publishes, or everything that has to be put right.
pub(super) fn submission(posted: &Posted, offered: &[Offered]) -> Result<Submission, Vec<FieldError>> {
    let mut reader = Reader::new(posted);
    let stars = reader.required_stars();
    let title = reader.words("title", TITLE_MAX, false);
    let text = reader.words("text", TEXT_MAX, true);
    let name = reader.words("name", NAME_MAX, false);
    let items = offered.iter().filter_map(|item| reader.item(item)).collect();
    reader.foreign_items(offered);
    match stars {
        Some(stars) if reader.errors.is_empty() => Ok(Submission { stars, title, text, name, items }),
        _ => Err(reader.errors),
    }
}

/// What the author's review shall say, or everything that has to be put right.
pub(super) fn edit(posted: &Posted) -> Result<Edit, Vec<FieldError>> {
    let mut reader = Reader::new(posted);
    let stars = reader.required_stars();
    let title = reader.words("title", TITLE_MAX, false);
    let text = reader.words("text", TEXT_MAX, true);
    let name = reader.words("name", NAME_MAX, false);
    match stars {
        Some(stars) if reader.errors.is_empty() => Ok(Edit { stars, title, text, name }),
        _ => Err(reader.errors),
    }
}

/// The author's answer, or what is wrong with it.
pub(super) fn answer(posted: &Posted, reply_version: Option<i64>) -> Result<AnswerText, FieldFault> {
    let mut reader = Reader::new(posted);
    let text = reader.words("text", TEXT_MAX, true);
    match reader.errors.first() {
        Some(error) => Err(error.code),
        None if text.is_empty() => Err(FieldFault::Empty),
        None => Ok(AnswerText { reply_version, text }),
    }
}

/// What was typed, for the form that comes back.
pub(super) fn typed(posted: &Posted) -> Fields {
    Fields {
        stars: one_digit(posted.get("stars")).map(Stars::value),
        title: posted.get("title").to_owned(),
        text: posted.get("text").to_owned(),
        name: posted.get("name").to_owned(),
    }
}

/// The form's part about each product, filled with what was typed.
pub(super) fn items(posted: &Posted, offered: &[Offered]) -> Vec<ItemFields> {
    let item = |item: &Offered| {
        let key = key(&item.sku);
        ItemFields {
            stars: one_digit(posted.get(&format!("stars.{key}"))).map(Stars::value),
            text: posted.get(&format!("text.{key}")).to_owned(),
            name: item.name.clone().unwrap_or_else(|| item.sku.clone()),
            key,
        }
    };
    offered.iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Vec<Offered> {
        ["TEA-1", "a b/c"].map(|sku| Offered { sku: sku.to_owned(), name: None }).to_vec()
    }

    fn faults(body: &str) -> Vec<(String, FieldFault)> {
        let errors = submission(&Posted::read(body.as_bytes()), &offered()).unwrap_err();
        errors.into_iter().map(|error| (error.field, error.code)).collect()
    }

    #[test]
    fn a_full_form_is_read() {
        let body = "stars=4&title=Bene%20%F0%9F%91%8D&text=Uno%0D%0A%0D%0A%0D%0ADue&name=Ada+L.&stars.TEA-1=5&text.TEA-1=ok\
                    &stars.~YSBiL2M=1&text.~YSBiL2M=";
        let read = submission(&Posted::read(body.as_bytes()), &offered()).unwrap();
        assert_eq!((read.stars.value(), read.title.as_str(), read.name.as_str()), (4, "Bene 👍", "Ada L."));
        assert_eq!(read.text, "Uno\n\nDue");
        let items: Vec<_> =
            read.items.iter().map(|item| (item.sku.as_str(), item.stars.value(), &*item.text)).collect();
        assert_eq!(items, [("TEA-1", 5, "ok"), ("a b/c", 1, "")]);
    }

    #[test]
    fn stars_are_the_only_required_field() {
        assert!(submission(&Posted::read(b"stars=1"), &[]).is_ok());
        assert_eq!(faults("text=hello"), [("stars".to_owned(), FieldFault::StarsMissing)]);
    }

    #[test]
    fn stars_outside_one_to_five_are_refused() {
        for bad in ["0", "6", "99999999999999999999", "-1", "4.5", "1e400", "five", "+5", "05", "%00", "5%00", "%FF"] {
            assert_eq!(faults(&format!("stars={bad}")), [("stars".to_owned(), FieldFault::StarsInvalid)], "{bad}");
        }
    }

    #[test]
    fn text_that_cannot_be_kept_is_refused_and_comes_back() {
        for bad in ["a%00b", "%ED%A0%80", "%C3%28"] {
            let body = format!("stars=5&text={bad}");
            assert_eq!(faults(&body), [("text".to_owned(), FieldFault::Unreadable)], "{bad}");
            assert!(!typed(&Posted::read(body.as_bytes())).text.contains('\0'));
        }
        assert_eq!(faults("stars=5&name=a&name=b"), [("name".to_owned(), FieldFault::Unreadable)]);
    }

    #[test]
    fn limits_are_in_characters() {
        let fits = format!("stars=5&title={}&text={}&name={}", "è".repeat(120), "è".repeat(5000), "è".repeat(60));
        assert!(submission(&Posted::read(fits.as_bytes()), &[]).is_ok());
        for (name, n) in [("title", 121), ("text", 5001), ("name", 61)] {
            let body = format!("stars=5&{name}={}", "è".repeat(n));
            assert_eq!(faults(&body), [(name.to_owned(), FieldFault::TooLong)]);
        }
    }

    #[test]
    fn control_characters_are_cleaned() {
        let read = submission(&Posted::read(b"stars=5&name=Ada%0D%0ABcc:%1B%5B31m&title=a%E2%80%AEb"), &[]).unwrap();
        assert_eq!((read.name.as_str(), read.title.as_str()), ("Ada Bcc: [31m", "a b"));
    }

    #[test]
    fn an_item_with_text_needs_stars_and_must_be_in_the_order() {
        assert_eq!(faults("stars=5&text.TEA-1=good"), [("stars.TEA-1".to_owned(), FieldFault::ItemStarsMissing)]);
        assert_eq!(faults("stars=5&stars.OTHER=5"), [("stars.OTHER".to_owned(), FieldFault::Unreadable)]);
        assert_eq!(faults("stars=5&stars.TEA-1=9"), [("stars.TEA-1".to_owned(), FieldFault::StarsInvalid)]);
    }
}
