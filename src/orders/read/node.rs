//! Reading one value out of a JSON object, with its place: every refusal points at the value and says what is accepted.
//!
//! Three kinds of answer for each field: absent keeps, `null` clears, anything else has to fit.

use serde_json::{Map, Value};

use crate::kernel::text::{clean_line, decode_entities};
use crate::kernel::time::Timestamp;
use crate::orders::event::Change;
use crate::problem::{Code, Problem};

use super::Warning;

/// Result of reading.
pub(super) type Read<T> = Result<T, Problem>;

/// An object in the body and the JSON pointer to it.
pub(super) struct Node<'a> {
    members: &'a Map<String, Value>,
    pub(super) path: String,
}

impl<'a> Node<'a> {
    /// `value` as an object.
    pub(super) fn of(value: &'a Value, path: String) -> Read<Self> {
        match value {
            Value::Object(members) => Ok(Self { members, path }),
            _ => Err(refuse(path, "This has to be an object.")),
        }
    }

    /// The pointer to a member.
    pub(super) fn at(&self, key: &str) -> String {
        format!("{}/{key}", self.path)
    }

    /// A member; absent and `null` are told apart.
    pub(super) fn member(&self, key: &str) -> Change<&'a Value> {
        match self.members.get(key) {
            None => Change::Keep,
            Some(Value::Null) => Change::Clear,
            Some(value) => Change::Set(value),
        }
    }

    /// A member that is an object; `None` when absent or `null`.
    pub(super) fn object(&self, key: &str) -> Read<Option<Node<'a>>> {
        match self.member(key) {
            Change::Set(value) => Node::of(value, self.at(key)).map(Some),
            _ => Ok(None),
        }
    }

    /// A member that has to be there.
    pub(super) fn required(&self, key: &str) -> Read<&'a Value> {
        match self.member(key) {
            Change::Set(value) => Ok(value),
            _ => Err(Problem::new(Code::MissingField, format!("`{key}` is required.")).at(self.at(key))),
        }
    }

    /// Text as it stands.
    pub(super) fn text(&self, key: &str) -> Read<Change<&'a str>> {
        self.read(key, |value| value.as_str().ok_or("This has to be text."))
    }

    /// Text or a whole number, for names that some systems send as numbers.
    pub(super) fn label(&self, key: &str, max: usize) -> Read<Change<String>> {
        self.read(key, |value| label(value, max))
    }

    /// Text made fit to be shown: entities decoded, control characters and line breaks become blanks. Empty text is no text.
    pub(super) fn line(&self, key: &str, max: usize, warnings: &mut Vec<Warning>) -> Read<Change<String>> {
        let cleaned = self.text(key)?.map(|raw| (clean_line(&decode_entities(raw), max).value, raw));
        if matches!(&cleaned, Change::Set((value, raw)) if value != raw) {
            let detail =
                "Entities were decoded, control characters and line breaks became blanks, or the text was shortened.";
            warnings.push(Warning::new("text_cleaned", self.at(key), detail));
        }
        Ok(match cleaned.map(|(value, _)| value) {
            Change::Set(value) if value.is_empty() => Change::Clear,
            other => other,
        })
    }

    /// An amount in minor units, or a quantity: a whole number, zero or more.
    pub(super) fn amount(&self, key: &str) -> Read<Change<i64>> {
        self.member(key).try_map(|value| amount(value).map_err(|problem| problem.at(self.at(key))))
    }

    /// An RFC 3339 time that is not later than `latest`.
    pub(super) fn time(&self, key: &str, latest: Timestamp) -> Read<Change<Timestamp>> {
        self.text(key)?.try_map(|text| {
            let at = Timestamp::parse(text).map_err(|error| refuse(self.at(key), format!("This is {error}.")))?;
            if at <= latest {
                return Ok(at);
            }
            let detail = "This lies more than 300 seconds ahead of the server's time.";
            Err(Problem::new(Code::EventInFuture, detail).at(self.at(key)))
        })
    }

    /// Yes or no; `None` when absent or `null`.
    pub(super) fn flag(&self, key: &str) -> Read<Option<bool>> {
        self.read(key, |value| value.as_bool().ok_or("This has to be true or false.")).map(Change::set)
    }

    /// A list of at most `max` entries.
    pub(super) fn list(&self, key: &str, max: usize) -> Read<Change<&'a [Value]>> {
        let list = self.read(key, |value| value.as_array().map(Vec::as_slice).ok_or("This has to be a list."))?;
        list.try_map(|entries| {
            if entries.len() > max {
                Err(refuse(self.at(key), format!("At most {max} entries are taken.")))
            } else {
                Ok(entries)
            }
        })
    }

    fn read<T>(&self, key: &str, read: impl FnOnce(&'a Value) -> Result<T, &'static str>) -> Read<Change<T>> {
        self.member(key).try_map(|value| read(value).map_err(|detail| refuse(self.at(key), detail)))
    }
}

/// Text of 1 to `max` characters, or a whole number.
pub(super) fn label(value: &Value, max: usize) -> Result<String, &'static str> {
    let text = match value {
        Value::String(text) => clean_line(text, usize::MAX).value,
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return Err("This has to be text or a whole number."),
    };
    match text.chars().count() {
        0 => Err("This may not be empty."),
        n if n > max => Err("This is too long."),
        _ => Ok(text),
    }
}

fn amount(value: &Value) -> Read<i64> {
    let Value::Number(number) = value else {
        return Err(Problem::new(
            Code::InvalidField,
            "This has to be a whole number of minor units, such as 4990 for 49.90.",
        ));
    };
    match number.as_i64() {
        Some(amount) if amount >= 0 => Ok(amount),
        Some(_) => Err(Problem::new(Code::NegativeAmount, "This is negative.")),
        None if number.as_f64().is_some_and(|float| float < 0.0) => {
            Err(Problem::new(Code::NegativeAmount, "This is negative."))
        }
        None => {
            Err(Problem::new(Code::InvalidField, "This has to be a whole number between 0 and 9223372036854775807."))
        }
    }
}

/// A value that is not accepted.
pub(super) fn refuse(path: impl Into<String>, detail: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidField, detail).at(path)
}
