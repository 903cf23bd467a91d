//! Amazon SNS: messages signed with a certificate that the message itself names. Whoever may name the certificate may sign anything, so the
//! name is pinned: TLS, the host `sns.<region>.amazonaws.com` of the region of the one topic that is set, a `.pem`. Only then is it fetched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;

use super::{Fetch, Refusal, is_timely, text};
use crate::kernel::time::Timestamp;

/// Certificates kept; SNS has one a region and changes it about once a year.
const KEPT: usize = 8;

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something was published.
    Notification,
    /// The topic asks whether we want it.
    SubscriptionConfirmation,
    /// Somebody ended the subscription.
    UnsubscribeConfirmation,
}

/// Fetches certificates and keeps their keys. Cheap to clone.
#[derive(Clone)]
pub(super) struct Certificates {
    fetch: Arc<dyn Fetch>,
    keys: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Certificates {
    pub(super) fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, keys: Arc::default() }
    }

    /// Checks that this message comes from the topic, and says what it is.
    pub(super) async fn prove(&self, topic: &str, message: &Value, now: Timestamp) -> Result<Kind, Refusal> {
        if text(message, "/TopicArn") != topic {
            return Err(Refusal::Unproven("the message is not of the topic that is set"));
        }
        let kind = match text(message, "/Type") {
            "Notification" => Kind::Notification,
            "SubscriptionConfirmation" => Kind::SubscriptionConfirmation,
            "UnsubscribeConfirmation" => Kind::UnsubscribeConfirmation,
            _ => return Err(Refusal::Unproven("`Type` is none of SNS")),
        };
        let scheme: &RsaParameters = match text(message, "/SignatureVersion") {
            "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            _ => return Err(Refusal::Unproven("`SignatureVersion` is neither 1 nor 2")),
        };
        let at = Timestamp::parse(text(message, "/Timestamp")).ok();
        if !at.is_some_and(|at| is_timely(at, now)) {
            return Err(Refusal::Unproven("the message is too old, or its time lies ahead"));
        }
        let url = text(message, "/SigningCertURL");
        if !is_of_sns(topic, url, |url| is_pem(url) && url.query().is_none()) {
            return Err(Refusal::Unproven("`SigningCertURL` is not of SNS in the topic's region"));
        }
        let key = self.key(url).await?;
        let signature = STANDARD.decode(text(message, "/Signature")).unwrap_or_default();
        let fits = UnparsedPublicKey::new(scheme, key).verify(signed(message, kind).as_bytes(), &signature).is_ok();
        if fits { Ok(kind) } else { Err(Refusal::Unproven("the signature does not fit the message")) }
    }

    /// Says yes to a topic that asks. The message was proven before.
    pub(super) async fn confirm(&self, topic: &str, message: &Value) -> Result<(), Refusal> {
        let url = text(message, "/SubscribeURL");
        let confirms = |url: &reqwest::Url| {
            let is = |name: &str, value: &str| url.query_pairs().any(|(n, v)| n == name && v == value);
            is("Action", "ConfirmSubscription") && is("TopicArn", topic)
        };
        if !is_of_sns(topic, url, confirms) {
            return Err(Refusal::Unproven("`SubscribeURL` is not of SNS, or of another topic"));
        }
        match self.fetch.get(url).await {
            Ok(_) => {
                tracing::info!(topic, "the SNS topic was confirmed: Amazon SES reports here from now on");
                Ok(())
            }
            Err(error) => Err(Refusal::Later(format!("SNS could not be answered: {error}"))),
        }
    }

    async fn key(&self, url: &str) -> Result<Vec<u8>, Refusal> {
        let known = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if let Some(key) = known {
            return Ok(key);
        }
        let pem = self.fetch.get(url).await;
        let pem = pem.map_err(|error| Refusal::Later(format!("the certificate of SNS cannot be fetched: {error}")))?;
        let key = key_of(&pem).ok_or(Refusal::Unproven("the certificate cannot be read"))?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEPT {
            keys.clear();
        }
        keys.insert(url.to_owned(), key.clone());
        Ok(key)
    }
}

/// Whether an address is of SNS in the topic's region, and what else must be true of it.
fn is_of_sns(topic: &str, url: &str, and: impl Fn(&reqwest::Url) -> bool) -> bool {
    let mut parts = topic.split(':');
    let (partition, region) = (parts.nth(1), parts.nth(1));
    let (Some(partition), Some(region), Ok(url)) = (partition, region, reqwest::Url::parse(url)) else { return false };
    let top = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let host = format!("sns.{region}.{top}");
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    url.scheme() == "https" && url.host_str() == Some(host.as_str()) && plain && and(&url)
}

fn is_pem(url: &reqwest::Url) -> bool {
    std::path::Path::new(url.path()).extension().is_some_and(|ending| ending == "pem")
}

/// What is signed: these members, each with its name, where they are there.
fn signed(message: &Value, kind: Kind) -> String {
    let names: &[&str] = match kind {
        Kind::Notification => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        Kind::SubscriptionConfirmation | Kind::UnsubscribeConfirmation => {
            &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        }
    };
    let members = names.iter().filter_map(|name| Some([*name, message.get(*name)?.as_str()?]));
    members.flatten().flat_map(|text| [text, "\n"]).collect()
}

/// The RSA key of a certificate, as PKCS #1.
fn key_of(pem: &[u8]) -> Option<Vec<u8>> {
    let der = CertificateDer::from_pem_slice(pem).ok()?;
    let certificate = webpki::EndEntityCert::try_from(&der).ok()?;
    let info = certificate.subject_public_key_info();
    // SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE, key BIT STRING }
    let (inside, _) = element(0x30, info.as_ref())?;
    let (_algorithm, rest) = element(0x30, inside)?;
    let (bits, _) = element(0x03, rest)?;
    let (unused, key) = bits.split_first()?;
    (*unused == 0).then(|| key.to_vec())
}

/// The content of a DER element with this tag, and what follows it.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    (*found == tag).then(|| rest.split_at_checked(length)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:attesta";

    #[test]
    fn only_the_host_of_the_topics_region_is_believed() {
        let pem = |url: &str| is_of_sns(TOPIC, url, is_pem);
        assert!(pem("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"));
        for url in [
            "http://sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
            "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
            "https://evil@sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
            "https://sns.eu-west-1.amazonaws.com/a.txt",
            "https://sns-eu-west-1.amazonaws.com/a.pem",
            "https://x.sns.eu-west-1.amazonaws.com/a.pem",
            "https://s3.eu-west-1.amazonaws.com/a.pem",
            "file:///sns.eu-west-1.amazonaws.com/a.pem",
            "",
        ] {
            assert!(!pem(url), "{url}");
        }
        let china = "arn:aws-cn:sns:cn-north-1:123456789012:attesta";
        assert!(is_of_sns(china, "https://sns.cn-north-1.amazonaws.com.cn/a.pem", |_| true));
        assert!(!is_of_sns(china, "https://sns.cn-north-1.amazonaws.com/a.pem", |_| true));
    }

    #[test]
    fn der_is_read_within_its_bounds() {
        assert_eq!(element(0x30, &[0x30, 2, 1, 2, 3]), Some((&[1, 2][..], &[3][..])));
        assert_eq!(element(0x30, &[0x30, 0x81, 1, 7]), Some((&[7][..], &[][..])));
        for bytes in [&[][..], &[0x30], &[0x30, 3, 1], &[0x31, 0], &[0x30, 0x84, 0, 0, 0, 0], &[0x30, 0x82, 1]] {
            assert_eq!(element(0x30, bytes), None, "{bytes:?}");
        }
        assert_eq!(key_of(b"no certificate"), None);
    }
}
