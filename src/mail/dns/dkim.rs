//! Whether the record of a key is the one that lets receivers check what it signed (RFC 6376 3.6.1).

use super::super::dkim::Algorithm;
use super::super::dkim::store::StoredKey;
use super::{Answer, Finding, Kind, Resolver, Verdict, tags};

/// The name and text of a key's record.
pub(super) fn record(key: &StoredKey) -> (String, String) {
    let name = format!("{}._domainkey.{}", key.selector, key.domain);
    (name, format!("v=DKIM1; k={}; p={}", key.algorithm, key.public))
}

pub(super) async fn look(resolver: &Resolver, key: &StoredKey) -> Finding {
    let (name, publish) = record(key);
    let (found, (verdict, detail)) = match resolver.txt(&name).await {
        Answer::Found(found) => {
            let said = judge(&found, key.algorithm, &key.public);
            (found, said)
        }
        Answer::Nothing => (Vec::new(), (Verdict::Missing, "There is no TXT record: publish it.".to_owned())),
        Answer::Silent(why) => (Vec::new(), (Verdict::Unknown, format!("Nothing is known: {why}."))),
    };
    Finding { kind: Kind::Dkim, name, publish, found, verdict, detail }
}

fn judge(found: &[String], algorithm: Algorithm, public: &str) -> (Verdict, String) {
    let wrong =
        |detail: &str| (Verdict::Wrong, format!("{detail} Publish the record as it is given here, and no other."));
    let [text] = found else { return wrong("Several TXT records stand at this name.") };
    let Some(tags) = tags::parse(text) else { return wrong("The record is no list of tags.") };
    let get = |name: &str| tags::get(&tags, name);
    if get("v").is_some_and(|version| version != "DKIM1") {
        return wrong("The record begins with another version than v=DKIM1.");
    }
    let key: String = get("p").unwrap_or_default().split_whitespace().collect();
    if key.is_empty() {
        return wrong("The record has no key (p=), which means that the key was withdrawn.");
    }
    if key != public {
        return wrong("The record holds another key, or a part of it was lost.");
    }
    if get("k").unwrap_or("rsa") != algorithm.as_str() {
        return wrong("The record names another kind of key (k=).");
    }
    let lists = |name: &str, word: &str| {
        get(name).is_none_or(|list| list.split(':').any(|one| matches!(one.trim(), "*") || one.trim() == word))
    };
    if !lists("s", "email") || get("h").is_some_and(|list| !list.split(':').any(|one| one.trim() == "sha256")) {
        return wrong("The record forbids the key for mail (s=) or for SHA-256 (h=).");
    }
    let testing = get("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y"));
    let detail = if testing {
        "The key is there; t=y tells receivers to ignore it: take that out."
    } else {
        "The key is there."
    };
    (if testing { Verdict::Wrong } else { Verdict::Right }, detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_right_in_many_spellings_and_wrong_in_more() {
        let said = |texts: &[&str]| {
            let found: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            judge(&found, Algorithm::Ed25519, "KEY+/=").0
        };
        for text in [
            "v=DKIM1; k=ed25519; p=KEY+/=",
            "v=DKIM1;k=ed25519;p=KEY+/=;",
            "k=ed25519; p=KE Y+/=",
            "v=DKIM1; k=ed25519; h=sha1:sha256; s=email; t=s; n=note; p=KEY+/=",
        ] {
            assert_eq!(said(&[text]), Verdict::Right, "{text}");
        }
        for text in [
            "",
            "v=DKIM1; k=ed25519; p=",
            "v=DKIM1; k=ed25519; p=KEY",
            "v=DKIM1; p=KEY+/=",
            "v=DKIM1; k=rsa; p=KEY+/=",
            "v=DKIM2; k=ed25519; p=KEY+/=",
            "v=DKIM1; k=ed25519; s=tlsrpt; p=KEY+/=",
            "v=DKIM1; k=ed25519; h=sha1; p=KEY+/=",
            "v=DKIM1; k=ed25519; t=y; p=KEY+/=",
            "v=DKIM1 k=ed25519",
        ] {
            assert_eq!(said(&[text]), Verdict::Wrong, "{text}");
        }
        let right = "v=DKIM1; k=ed25519; p=KEY+/=";
        assert_eq!(said(&[right, right]), Verdict::Wrong, "receivers take either, and we cannot know which");
    }
}
