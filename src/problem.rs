//! The closed catalogue of errors that the outside may see, and the RFC 9457 body they travel in.
//! Verbs and handlers make a [`Problem`]; `http/` turns it into an answer, `cli/` into a line. It knows no web server.
//! A detail is a sentence a developer can act on. It never carries a secret, a token, an address or the text of an
//! inner error.
use std::fmt;

use serde_json::{Map, Value, json};

use crate::db;

/// Writes the enum, its names, statuses, titles and the list of all, so that none can be forgotten.
macro_rules! catalogue {
    ($($variant:ident $status:literal $name:literal $title:literal $meaning:literal;)+) => {
        /// Every error that the API can answer. The list only grows; a code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// All codes, in the order of the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// HTTP status of the answer.
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)+ }
            }

            /// The code as it stands in the answer, in the address of its description and in metrics.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// Short title, the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)+ }
            }

            /// What it means and what to do about it, for the catalogue.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)+ }
            }
        }
    };
}

catalogue! {
    InvalidJson 400 "invalid_json" "The body is not valid JSON" "The body cannot be read as JSON. The detail says where reading stopped.";
    DuplicateKey 400 "duplicate_key" "A key stands twice in the body" "An object names the same key twice, so nobody can say which value counts. `field` points at it.";
    InvalidText 400 "invalid_text" "A text contains characters that cannot be kept" "A string or key contains NUL or half of a surrogate pair. `field` points at it.";
    NumberOutOfRange 400 "number_out_of_range" "A number is too large to be kept" "A number such as 1e400 fits no machine number. `field` points at it.";
    TruncatedBody 400 "truncated_body" "The body ended too early" "The connection ended before the announced length was read. Send the request again.";
    InvalidRequest 400 "invalid_request" "The request cannot be understood" "A part of the address or a header has the wrong form. The detail names it.";
    InvalidCursor 400 "invalid_cursor" "The cursor is not one of ours" "Cursors are opaque: take them from `next` or the Link header, unchanged, with the same filters.";
    InvalidFilter 400 "invalid_filter" "A filter has an unknown value" "A query parameter has a value that is not accepted. The detail lists what is.";
    Unauthorized 401 "unauthorized" "An API key is missing or unknown" "Send `Authorization: Bearer atk_...` with a live key of this shop.";
    MissingHeader 401 "missing_header" "A signature header is missing" "Signed requests carry webhook-id, webhook-timestamp and webhook-signature. The detail names the missing one.";
    BadTimestamp 401 "bad_timestamp" "The signature's time is not a number" "webhook-timestamp is a whole number of seconds since 1970-01-01 UTC.";
    TimestampOutOfWindow 401 "timestamp_out_of_window" "The signature's time is too far from ours" "webhook-timestamp may differ from the server's time by 300 seconds at most. Compare `server_time` with your clock.";
    SignatureMismatch 401 "signature_mismatch" "The signature does not fit" "No signature of the request fits the bytes received under any live key. Sign exactly the bytes you send.";
    UnknownShopOrSignature 401 "unknown_shop_or_signature" "Unknown shop, or the signature does not fit" "Either no such shop exists here or none of its live keys made this signature. Both are answered alike.";
    UnprovenReport 401 "unproven_report" "The report does not prove where it comes from" "Reports of a mail provider carry its signature or login. The detail says which check failed.";
    ShopSuspended 403 "shop_suspended" "The shop is suspended" "The operator has suspended this shop: it can be read, but takes nothing in.";
    ShopClosed 403 "shop_closed" "The shop is closed" "The shop has been closed: its page remains, but it takes nothing in.";
    NotFound 404 "not_found" "Nothing is here" "No such thing exists at this address, or it does not belong to this shop.";
    LinkUnknown 404 "link_unknown" "This link does not open anything" "The link is incomplete, was not made here or has expired. A fresh one can be asked for.";
    MethodNotAllowed 405 "method_not_allowed" "This method is not possible here" "The address exists, but not for this method. `allow` lists the ones that work.";
    RequestTimeout 408 "request_timeout" "The request took too long to arrive" "The body did not arrive in time. Send it again.";
    WebhookIdReused 409 "webhook_id_reused" "This webhook-id came before with another body" "A webhook-id stands for one message. Use a new one for another body, the same one to repeat.";
    AlreadySent 409 "already_sent" "The invitation has already been sent" "A mail that has left cannot be cancelled, postponed or sent again.";
    OrderFinal 409 "order_final" "The order is final" "The order has been cancelled, refunded or finished in another way: nothing more is sent for it.";
    SendingStopped 409 "sending_stopped" "Sending was stopped" "The operator stopped the shop's mail or holds all mail of the instance, or too many of the shop's mails bounced or were reported as unwanted. Only the operator can resume it.";
    Conflict 409 "conflict" "Something changed in the meantime" "The thing was changed by someone else. Read it again, then repeat.";
    Gone 410 "gone" "It was here and has been removed" "The review was erased by its author or restricted by the operator. The answer says by whom and when.";
    PayloadTooLarge 413 "payload_too_large" "The body is too large" "A body may have 1 MiB unless the operator set another limit. The detail names it.";
    UnsupportedMediaType 415 "unsupported_media_type" "The body has the wrong content type" "Send `Content-Type: application/json`, without a content encoding.";
    InvalidField 422 "invalid_field" "A value is not accepted" "The field that `field` points at has a value that is not accepted. The detail says what is.";
    MissingField 422 "missing_field" "A required field is missing" "`field` points at what is missing.";
    UnknownCurrency 422 "unknown_currency" "The currency is unknown" "Currencies are three-letter ISO 4217 codes.";
    NegativeAmount 422 "negative_amount" "An amount is negative" "Amounts are whole numbers of minor units, zero or more.";
    EventInFuture 422 "event_in_future" "The event lies in the future" "The `timestamp` of an event may be at most 300 seconds ahead of the server's time.";
    TestMismatch 422 "test_mismatch" "Test and real cannot be mixed" "`test` belongs to the order and was set by its first event.";
    PostponeLimit 422 "postpone_limit" "It cannot be postponed further" "An invitation can be postponed by 30 days in all.";
    TemplateRefused 422 "template_refused" "The words of a mail cannot be used" "The subject, text, markup, colours or logo of a mail are not accepted. `field` names the part, `line` and `column` the place, `nearest` the variable that may have been meant or is to blame, `case` the case it failed with.";
    AsksForPraise 422 "asks_for_praise" "A mail may not ask for stars or kindness" "Mails ask for the experience, good or bad: never for stars, praise or mercy, never only those who are content, never for a reward. `field`, `line` and `column` say where.";
    RateLimited 429 "rate_limited" "Too many requests" "Wait as long as Retry-After says. The `RateLimit` header tells what is left.";
    Internal 500 "internal" "Something went wrong on our side" "The server failed and has written down why. Nothing was kept of this request; it can be sent again.";
    FormatUnknown 501 "format_unknown" "The format is not offered" "The answer cannot be given in the format asked for. The detail names those that can.";
    Busy 503 "busy" "The server has too much to do" "The queue is full. Nothing was kept of this request: repeat it after Retry-After.";
    Unavailable 503 "unavailable" "The server is not ready" "The server is starting, stopping or has lost its database. Repeat it after Retry-After.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One error on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    code: Code,
    detail: String,
    field: Option<String>,
    extra: Map<String, Value>,
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with a sentence for this occurrence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, extra: Map::new(), retry_after: None }
    }

    /// Nothing at this address; says so without telling whether it ever existed.
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what} here."))
    }

    /// A failure of ours. The cause is logged here, once; the answer carries none of it.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Code::Internal, "The cause has been logged. The request can be sent again.")
    }

    /// Points at the field in question with a JSON pointer (RFC 6901), such as `/data/number`.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.field = Some(pointer.into());
        self
    }

    /// Adds a member to the body. The members of RFC 9457 and `code`, `field` cannot be replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Sets `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence for this occurrence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The field it points at, as a JSON pointer.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Further members of the body.
    pub fn extra(&self) -> &Map<String, Value> {
        &self.extra
    }

    /// Seconds after which to try again.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after
    }

    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// The body of `application/problem+json`; `catalogue` is the address of the page that explains all codes.
    pub fn body(&self, catalogue: &str) -> Value {
        let mut body = self.extra.clone();
        body.insert("type".into(), format!("{catalogue}#{}", self.code).into());
        body.insert("title".into(), self.code.title().into());
        body.insert("status".into(), self.status().into());
        body.insert("code".into(), self.code.name().into());
        body.insert("detail".into(), self.detail.clone().into());
        if let Some(field) = &self.field {
            body.insert("field".into(), field.clone().into());
        }
        Value::Object(body)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Problem {}

/// A full queue is the caller's to repeat; everything else is ours, and is logged here, once.
impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Busy => {
                Problem::new(Code::Busy, "The write queue is full. Repeat the request in a second.").retry_after(1)
            }
            db::Error::Unavailable(cause) => {
                tracing::error!(%cause, "the database is not reachable");
                Problem::new(Code::Unavailable, "The database is not reachable. Repeat the request in a few seconds.")
                    .retry_after(5)
            }
            other => Problem::internal(other),
        }
    }
}

/// The whole catalogue, as `GET /v1/problems` answers it.
pub fn catalogue(address: &str) -> Value {
    let entry = |code: &Code| {
        json!({
            "type": format!("{address}#{code}"), "code": code.name(), "status": code.status(),
            "title": code.title(), "meaning": code.meaning(),
        })
    };
    json!({ "data": Code::ALL.iter().map(entry).collect::<Vec<_>>(), "next": null })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_statuses_are_errors() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|c| c.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{code}");
            assert!(code.name().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
            assert!(code.meaning().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn body_is_a_problem_document() {
        let problem = Problem::new(Code::InvalidField, "It is empty.").at("/data/number").with("skew_ms", 5);
        let body = problem.body("https://x.example/problems");
        assert_eq!(
            body,
            json!({"type": "https://x.example/problems#invalid_field", "title": "A value is not accepted", "status": 422,
                "code": "invalid_field", "detail": "It is empty.", "field": "/data/number", "skew_ms": 5})
        );
    }

    #[test]
    fn extra_members_cannot_replace_the_standard_ones() {
        let problem = Problem::new(Code::NotFound, "d").with("status", 200).with("code", "x");
        let body = problem.body("/problems");
        assert_eq!(body["status"], 404);
        assert_eq!(body["code"], "not_found");
    }

    #[test]
    fn a_full_queue_asks_to_come_back() {
        let problem = Problem::from(db::Error::Busy);
        assert_eq!((problem.status(), problem.retry_after_seconds()), (503, Some(1)));
    }
}
