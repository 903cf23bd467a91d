//! Hostile and broken documents, and where each fault is pointed at.
use serde::Deserialize;

use super::*;

fn refused(text: &str) -> (Code, Option<String>) {
    let problem = parse_strict(text.as_bytes()).unwrap_err();
    assert_eq!(problem.status(), 400, "{text}");
    (problem.code(), problem.field().map(str::to_owned))
}

#[test]
fn good_documents_pass_unchanged() {
    for text in [r#"{"a":[1,-0,2.5,null,true,"é \" \\ \n 😀"],"b":{}}"#, "[]", "7", r#""x""#, " { } "] {
        assert_eq!(parse_strict(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
    let long = r#"{"stars":99999999999999999999}"#;
    assert_eq!(parse_strict(long.as_bytes()).unwrap()["stars"], 1e20, "too large for a star, fine as a number");
}

#[test]
fn hostile_documents_are_refused_with_their_place() {
    let at = |place: &str| Some(place.to_owned());
    assert_eq!(refused(r#"{"a":1,"a":2}"#), (Code::DuplicateKey, at("/a")));
    assert_eq!(refused(r#"{"x":[{"a":1},{"b":1,"b":1}]}"#), (Code::DuplicateKey, at("/x/1/b")));
    assert_eq!(refused(r#"{"data":{"total":1e400}}"#), (Code::NumberOutOfRange, at("/data/total")));
    assert_eq!(refused(r#"{"data":{"name":"a\u0000b"}}"#), (Code::InvalidText, at("/data/name")));
    assert_eq!(refused(r#"{"data":{"name":"\ud800"}}"#), (Code::InvalidText, at("/data/name")));
    assert_eq!(refused(r#"{"data":{"name":"\udc00x"}}"#), (Code::InvalidText, at("/data/name")));
    assert_eq!(refused(r#"{"data":{"name":"\ud800A"}}"#), (Code::InvalidText, at("/data/name")));
    assert_eq!(refused(r#"{"a\u0000":1}"#).0, Code::InvalidText);
    assert_eq!(refused(r#"{"a~/b":[1e999]}"#), (Code::NumberOutOfRange, at("/a~0~1b/0")));
}

#[test]
fn broken_documents_are_invalid_json() {
    for text in ["", "  ", "{", r#"{"a":"#, r#"{"a":1}x"#, "{a:1}", "[1,]", "NaN", "\"a\u{1}\"", "\u{feff}{}", "'a'"] {
        assert_eq!(refused(text).0, Code::InvalidJson, "{text:?}");
    }
    assert!(parse_strict(b"\"\xff\xfe\"").is_err(), "not UTF-8");
}

#[test]
fn depth_is_bounded_and_brackets_in_strings_do_not_count() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(parse_strict(nested(64).as_bytes()).is_ok());
    assert_eq!(refused(&nested(65)).0, Code::InvalidJson);
    assert_eq!(refused(&"[".repeat(100_000)).0, Code::InvalidJson);
    assert_eq!(refused(&r#"{"a":"#.repeat(100_000)).0, Code::InvalidJson);
    assert!(parse_strict(format!("\"\\\"{}\"", "[".repeat(1000)).as_bytes()).is_ok());
}

#[test]
fn a_long_string_is_read_flat() {
    let text = format!("\"{}\"", "x".repeat(1_000_000));
    assert_eq!(parse_strict(text.as_bytes()).unwrap().as_str().map(str::len), Some(1_000_000));
}

#[derive(Debug, Deserialize)]
struct Wire {
    #[expect(dead_code, reason = "only its type matters")]
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    #[expect(dead_code, reason = "only its type matters")]
    lines: Vec<u8>,
}

#[test]
fn types_are_named_by_pointer() {
    let wrong = parse_as::<Wire>(br#"{"data":{"lines":[1,"x"]},"more":1}"#).unwrap_err();
    assert_eq!((wrong.code(), wrong.field()), (Code::InvalidField, Some("/data/lines/1")));
    let missing = parse_as::<Wire>(br#"{"data":{}}"#).unwrap_err();
    assert_eq!((missing.code(), missing.field()), (Code::MissingField, Some("/data/lines")));
}
