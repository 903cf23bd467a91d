//! The reports of providers. Bodies have the form of the providers' own documentation, with the ids of mails that this instance sent:
//! Amazon SES Developer Guide ("Amazon SNS notification examples"), Mailgun ("Webhook payloads"), Postmark ("Webhooks"), SendGrid
//! ("Event Webhook reference"). Each with what is forged, too old or told twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use attesta::config::{Config, Secret};
use attesta::db::Engine;
use attesta::kernel::time::{DAY, HOUR, Timestamp};
use attesta::returns::Fetch;
use attesta::sign::derive::mac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use super::bench::{ADA, id_of, returnable};
use crate::support::app::{Answer, TestApp, TestShop, fulfilled};
use crate::support::smtp_sink::{Received, SmtpSink};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:attesta";
const CERTIFICATE: &str =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem";
const MAILGUN_KEY: &str = "a-webhook-signing-key";
const LOGIN: &str = "postmark:a password of some length";

/// A web with a few pages.
#[derive(Default)]
struct Pages {
    pages: HashMap<String, Vec<u8>>,
    asked: Mutex<Vec<String>>,
}

impl Fetch for Pages {
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, String>> {
        self.asked.lock().unwrap().push(url.to_owned());
        let page = self.pages.get(url).cloned().ok_or_else(|| "answered 404".to_owned());
        std::future::ready(page).boxed()
    }
}

fn data(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/returns").join(name)).unwrap()
}

/// An instance with every provider set, and a mail that left.
struct Scene {
    app: TestApp,
    shop: TestShop,
    sink: SmtpSink,
    web: Arc<Pages>,
    sendgrid: EcdsaKeyPair,
}

async fn scene(engine: Engine) -> Option<Scene> {
    let sink = SmtpSink::start().await;
    let subscribe = serde_json::from_slice::<Value>(&data("sns/subscription.json")).unwrap();
    let subscribe = subscribe["SubscribeURL"].as_str().unwrap().to_owned();
    let pages = [(CERTIFICATE.to_owned(), data("sns/certificate.pem")), (subscribe, b"<ok/>".to_vec())];
    let web = Arc::new(Pages { pages: pages.into(), asked: Mutex::default() });
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let sendgrid = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap();
    // SubjectPublicKeyInfo of a P-256 key, up to the point.
    let head = STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=").unwrap();
    let public = STANDARD.encode([&head, sendgrid.public_key().as_ref()].concat());
    let url = Secret::new(sink.url());
    let settings = |config: &mut Config| {
        returnable(config);
        config.returns.listen = None;
        config.smtp_url = Some(url);
        config.returns.ses_topic = Some(TOPIC.to_owned());
        config.returns.mailgun_key = Some(Secret::new(MAILGUN_KEY));
        config.returns.postmark_login = Some(Secret::new(LOGIN));
        config.returns.sendgrid_key = Some(public);
    };
    let fetch: Arc<dyn Fetch> = web.clone();
    let app = TestApp::start_as(engine, settings, |rooms| rooms.with_fetch(fetch)).await?;
    let shop = app.shop("bottega.example").await;
    Some(Scene { app, shop, sink, web, sendgrid })
}

impl Scene {
    /// The invitation of a new order, as the mail server was given it.
    async fn sent(&self, number: &str, email: &str) -> Received {
        self.app.advance(1_000);
        self.app.post_event(&self.shop, &fulfilled(number, email, self.app.now())).await.expect(202, "taken");
        self.app.run_jobs().await;
        self.sink.ledger().last().expect("a mail").clone()
    }

    async fn report(&self, provider: &str, headers: &[(&str, String)], body: &[u8]) -> Answer {
        self.app.post_raw(&self.app.url(&format!("/v1/returns/{provider}")), headers, body).await
    }

    /// recorded, known, ignored.
    async fn taken(&self, provider: &str, headers: &[(&str, String)], body: &[u8]) -> [i64; 3] {
        let summary = self.report(provider, headers, body).await.expect(200, "the report is taken");
        ["recorded", "known", "ignored"].map(|name| summary[name].as_i64().expect("a number"))
    }

    async fn state(&self, number: &str) -> (String, String) {
        let order = self.app.order(&self.shop, number).await;
        let word = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
        (word("state"), word("reason"))
    }

    /// The state of the newest mail, and who said why.
    async fn mail(&self) -> (String, String) {
        let list = self.app.get_as(&self.shop, "/messages").await.expect(200, "mails are listed");
        let mail = &list["data"][0];
        (
            mail["state"].as_str().unwrap().to_owned(),
            mail["returns"][0]["source"].as_str().unwrap_or_default().to_owned(),
        )
    }

    /// An SNS message around this notification, signed (version 2).
    fn sns(&self, notification: &Value) -> Value {
        let mut message = json!({
            "Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": TOPIC,
            "Subject": "Amazon SES Email Event Notification", "Message": notification.to_string(),
            "Timestamp": self.app.now(), "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
            "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
        });
        sign(&mut message);
        message
    }

    async fn ses(&self, notification: &Value) -> [i64; 3] {
        self.taken("ses", &[], self.sns(notification).to_string().as_bytes()).await
    }

    /// The headers of a signed list of events.
    fn sendgrid(&self, at: Timestamp, body: &[u8]) -> Vec<(&'static str, String)> {
        let time = at.seconds().to_string();
        let signed = [time.as_bytes(), body].concat();
        let signature = self.sendgrid.sign(&SystemRandom::new(), &signed).unwrap();
        vec![
            ("x-twilio-email-event-webhook-signature", STANDARD.encode(signature.as_ref())),
            ("x-twilio-email-event-webhook-timestamp", time),
        ]
    }
}

fn sign(message: &mut Value) {
    let names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    let signed: String = names.iter().map(|name| format!("{name}\n{}\n", message[name].as_str().unwrap())).collect();
    let key = RsaKeyPair::from_pkcs8(&data("sns/key.pk8")).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    message["Signature"] = STANDARD.encode(signature).into();
}

/// As the Developer Guide shows it.
fn ses_bounce(source: &str) -> Value {
    json!({
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent", "reportingMTA": "dns; email.example.com",
            "bouncedRecipients": [{ "emailAddress": "jane@example.com", "status": "5.1.1", "action": "failed",
                "diagnosticCode": "smtp; 550 5.1.1 <jane@example.com>... User" }],
            "bounceSubType": "General", "timestamp": "2016-01-27T14:59:38.237Z",
            "feedbackId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa068a-000000", "remoteMtaIp": "127.0.2.0",
        },
        "mail": {
            "timestamp": "2016-01-27T14:59:38.237Z", "source": source,
            "sourceArn": "arn:aws:ses:us-east-1:888888888888:identity/example.com", "sourceIp": "127.0.3.0",
            "sendingAccountId": "123456789012",
            "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
            "destination": ["jane@example.com"], "headersTruncated": false,
            "headers": [{ "name": "From", "value": "\"John Doe\" <john@example.com>" }],
            "commonHeaders": { "from": ["John Doe <john@example.com>"], "messageId": "custom-message-ID" },
        },
    })
}

#[tokio::test]
async fn amazon_ses_reports_through_sns() {
    for engine in crate::support::house::ENGINES {
        let Some(scene) = scene(engine).await else { continue };
        let mail = scene.sent("#1", ADA).await;
        assert_eq!(scene.ses(&ses_bounce(&mail.from)).await, [1, 0, 0]);
        assert_eq!(scene.mail().await, ("bounced".to_owned(), "ses".to_owned()));
        assert_eq!(scene.state("#1").await, ("failed".to_owned(), "hard_bounce".to_owned()));
        assert_eq!(scene.ses(&ses_bounce(&mail.from)).await, [0, 1, 0], "told twice, counted once");
        // An event of a configuration set, the message named by its own Message-ID.
        let mail = scene.sent("#2", "bea@example.com").await;
        let complaint = json!({
            "eventType": "Complaint",
            "complaint": { "userAgent": "ANY User Agent", "complainedRecipients": [{ "emailAddress": "richard@example.com" }],
                "complaintFeedbackType": "abuse", "arrivalDate": "2016-01-27T14:59:38.237Z",
                "timestamp": "2016-01-27T14:59:38.237Z", "feedbackId": "000001378603177f-18c07c78-fa81-4a58-9dd1-fedc3cb8f49a-000000" },
            "mail": { "timestamp": "2016-01-27T14:59:38.237Z", "source": "john@example.com",
                "headers": [{ "name": "Message-ID", "value": format!("<{}@reviews.example>", id_of(&mail)) }],
                "commonHeaders": { "messageId": "0000013786031775-163e3910-53eb-4c8e-a04a-f29debf88a84-000000" } },
        });
        assert_eq!(scene.ses(&complaint).await, [1, 0, 0]);
        assert_eq!(scene.mail().await, ("complained".to_owned(), "ses".to_owned()));
        let asked = scene.web.asked.lock().unwrap().clone();
        assert_eq!(asked, [CERTIFICATE], "one certificate, fetched once");
    }
}

#[tokio::test]
async fn what_ses_says_of_today_is_tried_again_and_what_arrived_is_ignored() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    let mail = scene.sent("#1", ADA).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut bounce = ses_bounce(&mail.from);
        change(&mut bounce);
        bounce
    };
    let auto_answer = with(&|bounce| {
        bounce["bounce"]["bounceType"] = "Transient".into();
        bounce["bounce"]["bouncedRecipients"] = json!([{ "emailAddress": "jane@example.com" }]);
    });
    let delivery = json!({ "notificationType": "Delivery", "mail": { "source": mail.from }, "delivery": { "smtpResponse": "250 ok" } });
    let delay = json!({ "eventType": "DeliveryDelay", "mail": { "source": mail.from } });
    let stranger = with(&|bounce| bounce["mail"]["source"] = "john@example.com".into());
    let not_spam = json!({ "notificationType": "Complaint", "complaint": { "complaintFeedbackType": "not-spam" }, "mail": { "source": mail.from } });
    for said in [auto_answer, delivery, delay, stranger, not_spam, json!("Successfully validated SNS topic"), json!([])]
    {
        assert_eq!(scene.ses(&said).await, [0, 0, 1], "{said}");
    }
    assert_eq!(scene.state("#1").await.0, "sent");
    let full = with(&|bounce| {
        bounce["bounce"]["bounceType"] = "Transient".into();
        bounce["bounce"]["bounceSubType"] = "MailboxFull".into();
        bounce["bounce"]["bouncedRecipients"][0]["status"] = "5.2.2".into();
    });
    assert_eq!(scene.ses(&full).await, [1, 0, 0]);
    assert_eq!(scene.state("#1").await, ("failed".to_owned(), "soft_bounces".to_owned()));
}

#[tokio::test]
async fn forged_messages_of_sns_are_refused_before_anything_is_fetched() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    let mail = scene.sent("#1", ADA).await;
    let good = scene.sns(&ses_bounce(&mail.from));
    let with = |name: &str, value: &str| {
        let mut message = good.clone();
        message[name] = value.into();
        message
    };
    let signed = |name: &str, value: &str| {
        let mut message = with(name, value);
        sign(&mut message);
        message
    };
    let old = scene.app.now().minus_ms(4 * DAY).to_string();
    let ahead = scene.app.now().plus_ms(HOUR).to_string();
    let refused = [
        signed("TopicArn", "arn:aws:sns:eu-west-1:210987654321:attesta"),
        signed("SigningCertURL", "https://evil.example/SimpleNotificationService.pem"),
        signed("SigningCertURL", "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"),
        signed("SigningCertURL", "https://sns.us-east-1.amazonaws.com/a.pem"),
        signed("SigningCertURL", "http://sns.eu-west-1.amazonaws.com/a.pem"),
        signed("Timestamp", &old),
        signed("Timestamp", &ahead),
        signed("Timestamp", "yesterday"),
        signed("Type", "Anything"),
        with("SignatureVersion", "3"),
        json!({}),
        json!(7),
    ];
    for message in refused {
        let answer = scene.report("ses", &[], message.to_string().as_bytes()).await;
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("unproven_report")), "{message}");
    }
    assert!(scene.web.asked.lock().unwrap().is_empty(), "nobody was asked for a forged message");
    for (name, value) in [
        ("Message", "{}"),
        ("Subject", "another"),
        ("MessageId", "another"),
        ("Signature", "AAAA"),
        ("Signature", "not base64"),
        ("SignatureVersion", "1"),
    ] {
        let answer = scene.report("ses", &[], with(name, value).to_string().as_bytes()).await;
        assert_eq!(answer.status, 401, "{name}");
    }
    let missing = signed("SigningCertURL", "https://sns.eu-west-1.amazonaws.com/gone.pem");
    let answer = scene.report("ses", &[], missing.to_string().as_bytes()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "60"), "SNS tries again");
    assert_eq!(scene.state("#1").await.0, "sent");
    assert_eq!(scene.taken("ses", &[], good.to_string().as_bytes()).await, [1, 0, 0]);
}

#[tokio::test]
async fn a_topic_that_asks_is_answered_at_amazons_address_only() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    // Signed beforehand with version 1 (SHA-1), as topics do until they are told otherwise.
    let ask: Value = serde_json::from_slice(&data("sns/subscription.json")).unwrap();
    assert_eq!(scene.taken("ses", &[], ask.to_string().as_bytes()).await, [0, 0, 0]);
    let url = ask["SubscribeURL"].as_str().unwrap();
    assert_eq!(*scene.web.asked.lock().unwrap(), [CERTIFICATE, url]);
    for (name, value) in [("SubscribeURL", "https://evil.example/"), ("Token", "another"), ("Message", "another")] {
        let mut forged = ask.clone();
        forged[name] = value.into();
        assert_eq!(scene.report("ses", &[], forged.to_string().as_bytes()).await.status, 401, "{name}");
    }
    assert_eq!(scene.web.asked.lock().unwrap().len(), 2, "no other address was asked for");
}

fn mailgun(at: i64, token: &str, event: Value) -> Value {
    let signature = mac(MAILGUN_KEY.as_bytes(), &[at.to_string().as_bytes(), token.as_bytes()]);
    let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "signature": { "timestamp": at.to_string(), "token": token, "signature": signature }, "event-data": event })
}

/// As Mailgun documents a permanent failure.
fn mailgun_failure(mail: &Received, severity: &str, reason: &str, code: i64, words: &str) -> Value {
    json!({
        "account": { "id": "1234567890303a4bd1f33898" }, "domain": { "name": "sample.mailgun.com" },
        "event": "failed", "severity": severity, "reason": reason, "id": "G9Bn5sl1TC6nu79C8C0bwg", "log-level": "error",
        "timestamp": 1_521_233_195.375_624,
        "delivery-status": { "attempt-no": 1, "code": code, "description": "", "message": words, "session-seconds": 0.05 },
        "envelope": { "sender": mail.from, "targets": "recipient@sample.mailgun.com", "transport": "smtp" },
        "flags": { "is-authenticated": true, "is-test-mode": false },
        "message": { "headers": { "from": "Sample Sender <sender@sample.mailgun.com>",
            "message-id": format!("{}@reviews.example", id_of(mail)), "subject": "Sample webhook payload",
            "to": "recipient@sample.mailgun.com" }, "size": 341 },
        "recipient": "recipient@sample.mailgun.com", "recipient-domain": "sample.mailgun.com", "user-variables": [],
    })
}

#[tokio::test]
async fn mailgun_reports_under_its_hmac() {
    for engine in crate::support::house::ENGINES {
        let Some(scene) = scene(engine).await else { continue };
        let mail = scene.sent("#1", ADA).await;
        let now = scene.app.now().seconds();
        let bounce = mailgun_failure(
            &mail,
            "permanent",
            "bounce",
            550,
            "5.1.1 The email account that you tried to reach does not exist",
        );
        let delay = mailgun_failure(&mail, "temporary", "generic", 450, "4.2.0 try again");
        let opened =
            json!({ "event": "opened", "message": { "headers": { "message-id": format!("{}@h", id_of(&mail)) } } });
        for (n, ignored) in [delay, opened].into_iter().enumerate() {
            let body = mailgun(now, &format!("{n}"), ignored).to_string();
            assert_eq!(scene.taken("mailgun", &[], body.as_bytes()).await, [0, 0, 1]);
        }
        // Forged, changed, too old.
        let good = mailgun(now, "651869375b9df3c98fc15c4889b102119add1235c38fc92824", bounce.clone());
        let changed = |pointer: &str, value: &str| {
            let mut body = good.clone();
            *body.pointer_mut(pointer).unwrap() = value.into();
            body
        };
        for body in [
            changed("/signature/signature", &"0".repeat(64)),
            changed("/signature/signature", ""),
            changed("/signature/signature", "é"),
            changed("/signature/token", "another"),
            changed("/signature/token", ""),
            changed("/signature/timestamp", &(now - 1).to_string()),
            mailgun(now - 4 * 86_400, "old", bounce.clone()),
            mailgun(now + 3_600, "ahead", bounce.clone()),
            json!({ "event-data": bounce }),
        ] {
            assert_eq!(scene.report("mailgun", &[], body.to_string().as_bytes()).await.status, 401, "{body}");
        }
        assert_eq!(scene.taken("mailgun", &[], good.to_string().as_bytes()).await, [1, 0, 0]);
        assert_eq!(scene.mail().await, ("bounced".to_owned(), "mailgun".to_owned()));
        assert_eq!(scene.state("#1").await.1, "hard_bounce");
        assert_eq!(scene.taken("mailgun", &[], good.to_string().as_bytes()).await, [0, 1, 0]);
        // The signature does not cover the event: whoever caught one cannot use it for another.
        let second = scene.sent("#2", "bea@example.com").await;
        let mut replayed = good.clone();
        replayed["event-data"] = json!({ "event": "complained", "message": { "headers": { "message-id": format!("{}@h", id_of(&second)) } } });
        assert_eq!(scene.taken("mailgun", &[], replayed.to_string().as_bytes()).await, [0, 1, 0]);
        assert_eq!(scene.mail().await.0, "sent");
        let honest = mailgun(now, "fresh", replayed["event-data"].clone());
        assert_eq!(scene.taken("mailgun", &[], honest.to_string().as_bytes()).await, [1, 0, 0]);
        assert_eq!(scene.mail().await.0, "complained");
    }
}

fn basic(login: &str) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Basic {}", STANDARD.encode(login)))]
}

/// As Postmark documents its bounce webhook, with the metadata of our mail.
fn postmark(kind: &str, mail: &Received) -> Value {
    json!({
        "RecordType": "Bounce", "ID": 42, "Type": kind, "TypeCode": 1, "Name": "Hard bounce", "Tag": "Test",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "ServerID": 23, "MessageStream": "outbound",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.", "Email": "john@example.com",
        "From": "sender@example.com", "BouncedAt": "2014-08-01T13:28:10.2735393-04:00", "DumpAvailable": true, "Inactive": true,
        "CanActivate": true, "Subject": "Test subject", "Metadata": { "attesta-message": id_of(mail).to_string() },
    })
}

#[tokio::test]
async fn postmark_reports_behind_its_login() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    let mail = scene.sent("#1", ADA).await;
    let sent = String::from_utf8_lossy(&mail.data).into_owned();
    assert!(sent.starts_with(&format!("X-PM-Metadata-attesta-message: {}\r\n", id_of(&mail))), "{sent}");
    let hard = postmark("HardBounce", &mail).to_string();
    for headers in [
        vec![],
        basic("postmark:another password here"),
        basic(""),
        vec![("authorization", format!("Bearer {LOGIN}"))],
        vec![("authorization", "Basic ???".to_owned())],
        vec![("authorization", format!("Basic {LOGIN}"))],
    ] {
        assert_eq!(scene.report("postmark", &headers, hard.as_bytes()).await.status, 401, "{headers:?}");
    }
    for ignored in ["Transient", "AutoResponder", "Subscribe", "AddressChange", "OpenRelayTest"] {
        let body = postmark(ignored, &mail).to_string();
        assert_eq!(scene.taken("postmark", &basic(LOGIN), body.as_bytes()).await, [0, 0, 1], "{ignored}");
    }
    let opened =
        json!({ "RecordType": "Open", "Metadata": { "attesta-message": id_of(&mail).to_string() } }).to_string();
    assert_eq!(scene.taken("postmark", &basic(LOGIN), opened.as_bytes()).await, [0, 0, 1]);
    assert_eq!(scene.state("#1").await.0, "sent");
    assert_eq!(scene.taken("postmark", &basic(LOGIN), hard.as_bytes()).await, [1, 0, 0]);
    assert_eq!(scene.taken("postmark", &basic(LOGIN), hard.as_bytes()).await, [0, 1, 0]);
    assert_eq!(scene.mail().await, ("bounced".to_owned(), "postmark".to_owned()));
    let mail = scene.sent("#2", "bea@example.com").await;
    let mut complaint = postmark("SpamComplaint", &mail);
    complaint["RecordType"] = "SpamComplaint".into();
    assert_eq!(scene.taken("postmark", &basic(LOGIN), complaint.to_string().as_bytes()).await, [1, 0, 0]);
    assert_eq!(scene.mail().await.0, "complained");
    assert_eq!(scene.report("postmark", &basic(LOGIN), b"{").await.status, 400);
}

/// As SendGrid documents its events.
fn sendgrid_event(event: &str, mail: &Received) -> Value {
    json!({
        "email": "example@test.com", "timestamp": 1_513_299_569, "smtp-id": format!("<{}@reviews.example>", id_of(mail)),
        "event": event, "category": "cat facts", "sg_event_id": "sg_event_id", "sg_message_id": "sg_message_id",
    })
}

#[tokio::test]
async fn sendgrid_reports_in_signed_lists() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    let (first, second) = (scene.sent("#1", ADA).await, scene.sent("#2", "bea@example.com").await);
    let sent = String::from_utf8_lossy(&first.data).into_owned();
    assert!(
        sent.contains(&format!("X-SMTPAPI: {{\"unique_args\":{{\"attesta-message\":\"{}\"}}}}\r\n", id_of(&first)))
    );
    let mut bounce = sendgrid_event("bounce", &first);
    bounce["reason"] = "500 unknown recipient".into();
    bounce["status"] = "5.0.0".into();
    bounce["type"] = "bounce".into();
    let mut spam = sendgrid_event("spamreport", &second);
    spam["smtp-id"] = "<14c5d75ce93.dfd.64b469@ismtpd-555>".into();
    spam["attesta-message"] = id_of(&second).to_string().into();
    let deferred = sendgrid_event("deferred", &first);
    let body = json!([sendgrid_event("processed", &first), deferred, bounce, spam, sendgrid_event("open", &second)])
        .to_string();
    let now = scene.app.now();
    let good = scene.sendgrid(now, body.as_bytes());
    for headers in [
        vec![],
        vec![good[0].clone()],
        vec![good[1].clone()],
        vec![("x-twilio-email-event-webhook-signature", "AAAA".to_owned()), good[1].clone()],
        vec![good[0].clone(), ("x-twilio-email-event-webhook-timestamp", (now.seconds() + 1).to_string())],
        scene.sendgrid(now, b"[]"),
        scene.sendgrid(now.minus_ms(4 * DAY), body.as_bytes()),
        scene.sendgrid(now.plus_ms(HOUR), body.as_bytes()),
    ] {
        assert_eq!(scene.report("sendgrid", &headers, body.as_bytes()).await.status, 401, "{headers:?}");
    }
    assert_eq!(scene.taken("sendgrid", &good, body.as_bytes()).await, [2, 0, 3]);
    assert_eq!(scene.taken("sendgrid", &good, body.as_bytes()).await, [0, 2, 3], "told twice, counted once");
    assert_eq!((scene.state("#1").await.1, scene.state("#2").await.0), ("hard_bounce".to_owned(), "sent".to_owned()));
    let third = scene.sent("#3", "cleo@example.com").await;
    let mut blocked = sendgrid_event("bounce", &third);
    blocked["type"] = "blocked".into();
    blocked["reason"] = "550 5.7.1 not today".into();
    let body = json!([blocked]).to_string();
    assert_eq!(scene.taken("sendgrid", &scene.sendgrid(now, body.as_bytes()), body.as_bytes()).await, [1, 0, 0]);
    assert_eq!(scene.state("#3").await.1, "soft_bounces");
}

#[tokio::test]
async fn a_provider_that_is_not_set_does_not_exist() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    for provider in ["ses", "mailgun", "postmark", "sendgrid", "sparkpost"] {
        let answer = app.post_raw(&app.url(&format!("/v1/returns/{provider}")), &basic(LOGIN), b"{}").await;
        assert_eq!(answer.status, 404, "{provider}");
    }
}
