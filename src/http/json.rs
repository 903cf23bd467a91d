//! JSON from outside, read strictly. [`parse_strict`] takes bytes and answers a value or a [`Problem`] that points at
//! the fault; the intake calls it on signed bytes, [`StrictJson`] on ordinary bodies. It never recurses deeper than
//! 64 levels, never panics and never keeps a text that a database would refuse. Unknown fields are ignored.
use std::fmt;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::body::read_body;
use crate::problem::{Code, Problem};

/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// Reads one JSON document.
///
/// # Errors
/// `invalid_json`, `duplicate_key`, `invalid_text` (NUL, lone surrogates) or `number_out_of_range`, each with a JSON
/// pointer where the place is known.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(Code::InvalidJson, "The body is empty; a JSON document is expected."));
    }
    check_depth(bytes)?;
    let mut fault = Fault::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Node { fault: &mut fault }.deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => Err(fault.into_problem(&error)),
    }
}

/// Turns a value into a wire type.
///
/// # Errors
/// `missing_field` or `invalid_field`, with a JSON pointer.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = pointer_of(error.path());
        let said = error.inner().to_string();
        let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match missing {
            Some(name) => {
                push(&mut pointer, name);
                Problem::new(Code::MissingField, format!("`{name}` is required.")).at(pointer)
            }
            None => Problem::new(Code::InvalidField, format!("The value is not accepted: {said}.")).at(pointer),
        }
    })
}

/// [`parse_strict`], then [`typed`].
///
/// # Errors
/// Those of both.
pub fn parse_as<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    typed(parse_strict(bytes)?)
}

/// A JSON body of type `T`: refuses other content types, too much, and all that [`parse_strict`] refuses.
#[derive(Debug)]
pub struct StrictJson<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for StrictJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            require_json(&req)?;
            let bytes = read_body(&req, payload).await?;
            parse_as(&bytes).map(StrictJson)
        })
    }
}

/// Refuses a body that does not say it is JSON.
///
/// # Errors
/// `unsupported_media_type`.
pub fn require_json(req: &HttpRequest) -> Result<(), Problem> {
    let given = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    let said = if essence.is_empty() { "none was sent".to_owned() } else { format!("{essence} was sent") };
    Err(Problem::new(Code::UnsupportedMediaType, format!("Send Content-Type: application/json; {said}.")))
}

/// Looks only at brackets outside strings: a bomb of 100,000 levels is refused at its 65th byte.
fn check_depth(bytes: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => depth = depth.saturating_add(1),
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let detail = format!("The body is nested deeper than {MAX_DEPTH} levels.");
            return Err(Problem::new(Code::InvalidJson, detail));
        }
    }
    Ok(())
}

/// What went wrong and where; filled while the reader unwinds, so that good bodies pay nothing.
#[derive(Default)]
struct Fault {
    found: Option<(Code, String)>,
    /// Keys and indexes, innermost first.
    place: Vec<String>,
}

impl Fault {
    fn set(&mut self, code: Code, detail: String) {
        self.found = Some((code, detail));
    }

    fn into_problem(self, error: &serde_json::Error) -> Problem {
        let (code, detail) = self.found.unwrap_or_else(|| worded(error));
        let problem = Problem::new(code, detail);
        if self.place.is_empty() {
            return problem;
        }
        let mut pointer = String::new();
        self.place.iter().rev().for_each(|segment| push(&mut pointer, segment));
        problem.at(pointer)
    }
}

/// The reader's own errors, as ours.
fn worded(error: &serde_json::Error) -> (Code, String) {
    let said = error.to_string();
    if error.is_eof() {
        return (Code::InvalidJson, format!("The JSON ends in the middle, at line {}.", error.line()));
    }
    if said.starts_with("number out of range") {
        return (Code::NumberOutOfRange, format!("A number is out of range, at line {}.", error.line()));
    }
    if said.contains("surrogate") || said.contains("unexpected end of hex escape") {
        return (Code::InvalidText, "A text has half of a surrogate pair, which is no character.".to_owned());
    }
    (Code::InvalidJson, format!("The JSON cannot be read: {said}."))
}

/// Appends one segment to a JSON pointer (RFC 6901).
fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Map { key } => push(&mut pointer, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// Reads one value.
struct Node<'f> {
    fault: &'f mut Fault,
}

impl Node<'_> {
    fn checked<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            self.fault.set(Code::InvalidText, "A text contains NUL, which cannot be kept.".to_owned());
            return Err(E::custom("NUL"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| {
            self.fault.set(Code::NumberOutOfRange, "A number is out of range.".to_owned());
            E::custom("number")
        })
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.checked(value).map(|()| Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.checked(&value).map(|()| Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        loop {
            match seq.next_element_seed(Node { fault: &mut *self.fault }) {
                Ok(Some(value)) => all.push(value),
                Ok(None) => return Ok(Value::Array(all)),
                Err(error) => {
                    self.fault.place.push(all.len().to_string());
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            Node { fault: &mut *self.fault }.checked(&key)?;
            match map.next_value_seed(Node { fault: &mut *self.fault }) {
                Ok(value) => drop_duplicate(&mut object, key, value, self.fault)?,
                Err(error) => {
                    self.fault.place.push(key);
                    return Err(error);
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// Keeps a member, or says that its key was there before.
fn drop_duplicate<E: serde::de::Error>(
    object: &mut Map<String, Value>,
    key: String,
    value: Value,
    fault: &mut Fault,
) -> Result<(), E> {
    if object.contains_key(&key) {
        fault.set(Code::DuplicateKey, format!("`{key}` stands twice in the same object."));
        fault.place.push(key);
        return Err(E::custom("duplicate key"));
    }
    object.insert(key, value);
    Ok(())
}

#[cfg(test)]
mod tests;
