//! The reports of providers. Bodies are the providers' own (`tests/data/returns/README.md` says where each is from), with the ids of mails that
//! this instance sent. Each with what is forged, too old or told twice.

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

/// A body as its provider documents it.
fn example(name: &str) -> Value {
    serde_json::from_slice(&data(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
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

/// A report of Amazon SES about the mail with this envelope sender.
fn ses(name: &str, source: &str) -> Value {
    let mut report = example(&format!("ses/{name}.json"));
    report["mail"]["source"] = source.into();
    report
}

fn ses_bounce(source: &str) -> Value {
    ses("bounce", source)
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
        let mut complaint = ses("event-complaint", "Sender Name <sender@example.com>");
        let named = json!({ "name": "Message-ID", "value": format!("<{}@reviews.example>", id_of(&mail)) });
        complaint["mail"]["headers"].as_array_mut().unwrap().push(named);
        assert_eq!(scene.ses(&complaint).await, [1, 0, 0]);
        assert_eq!(scene.mail().await, ("complained".to_owned(), "ses".to_owned()));
        // A provider that says no more than that.
        for (number, name, state) in [
            ("#3", "bounce-without-dsn", "bounced"),
            ("#4", "event-bounce", "bounced"),
            ("#5", "complaint-without-report", "complained"),
        ] {
            let mail = scene.sent(number, &format!("{}@example.com", &number[1..])).await;
            assert_eq!(scene.ses(&ses(name, &mail.from)).await, [1, 0, 0], "{name}");
            assert_eq!(scene.mail().await.0, state, "{name}");
        }
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
    let (delivery, delay) = (ses("delivery", &mail.from), ses("event-delivery-delay", &mail.from));
    let stranger = with(&|bounce| bounce["mail"]["source"] = "john@example.com".into());
    let mut not_spam = ses("complaint", &mail.from);
    not_spam["complaint"]["complaintFeedbackType"] = "not-spam".into();
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
async fn what_a_providers_list_keeps_back_ends_the_question_and_marks_nobody() {
    for engine in crate::support::house::ENGINES {
        let Some(scene) = scene(engine).await else { continue };
        for (n, how) in
            ["Suppressed", "OnAccountSuppressionList", "complaint", "mailgun", "sendgrid"].into_iter().enumerate()
        {
            let (number, again) = (format!("#{n}"), format!("#{n}-again"));
            let email = format!("list-{n}@example.com");
            let mail = scene.sent(&number, &email).await;
            let taken = match how {
                "mailgun" => {
                    let mut said = example("mailgun/suppressed.json")["event-data"].clone();
                    said["message"]["headers"]["message-id"] = format!("{}@h", id_of(&mail)).into();
                    scene
                        .taken(
                            "mailgun",
                            &[],
                            mailgun(scene.app.now().seconds(), "listed", said).to_string().as_bytes(),
                        )
                        .await
                }
                "sendgrid" => {
                    let dropped = sendgrid_event("dropped", &mail).to_string();
                    let said = format!("[{dropped}]");
                    let signed = scene.sendgrid(scene.app.now(), said.as_bytes());
                    scene.taken("sendgrid", &signed, said.as_bytes()).await
                }
                "complaint" => {
                    let mut said = ses("complaint-without-report", &mail.from);
                    said["complaint"]["complaintSubType"] = "OnAccountSuppressionList".into();
                    scene.ses(&said).await
                }
                subtype => {
                    let mut said = ses_bounce(&mail.from);
                    said["bounce"]["bounceSubType"] = subtype.into();
                    scene.ses(&said).await
                }
            };
            assert_eq!(taken, [1, 0, 0], "{how}");
            assert_eq!(scene.state(&number).await, ("failed".to_owned(), "soft_bounces".to_owned()), "{how}");
            let before = scene.sink.ledger().len();
            scene.app.advance(4 * DAY);
            scene.app.run_jobs().await;
            assert_eq!(scene.sink.ledger().len(), before, "{how}: the list would keep it back again");
            scene.app.advance(31 * DAY);
            assert_eq!(scene.sent(&again, &email).await.to, [email.as_str()], "{how}: another order is asked about");
        }
    }
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

/// A report of Mailgun about this mail, without its signature.
fn mailgun_event(name: &str, mail: &Received) -> Value {
    let mut event = example(&format!("mailgun/{name}.json"))["event-data"].clone();
    event["message"]["headers"]["message-id"] = format!("{}@reviews.example", id_of(mail)).into();
    event
}

#[tokio::test]
async fn mailgun_reports_under_its_hmac() {
    for engine in crate::support::house::ENGINES {
        let Some(scene) = scene(engine).await else { continue };
        let mail = scene.sent("#1", ADA).await;
        let now = scene.app.now().seconds();
        let bounce = mailgun_event("failed-permanent", &mail);
        let ignored = ["failed-temporary", "delivered"].map(|name| mailgun_event(name, &mail));
        for (n, ignored) in ignored.into_iter().enumerate() {
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
        replayed["event-data"] = mailgun_event("complained", &second);
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

/// A report of Postmark with the metadata of our mail.
fn postmark(name: &str, mail: &Received) -> Value {
    let mut report = example(&format!("postmark/{name}.json"));
    report["Metadata"]["attesta-message"] = id_of(mail).to_string().into();
    report
}

/// A bounce of another kind.
fn postmark_bounce(kind: &str, mail: &Received) -> String {
    let mut report = postmark("bounce", mail);
    report["Type"] = kind.into();
    report.to_string()
}

#[tokio::test]
async fn postmark_reports_behind_its_login() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    let mail = scene.sent("#1", ADA).await;
    let sent = String::from_utf8_lossy(&mail.data).into_owned();
    assert!(sent.starts_with(&format!("X-PM-Metadata-attesta-message: {}\r\n", id_of(&mail))), "{sent}");
    let hard = postmark("bounce", &mail).to_string();
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
        let body = postmark_bounce(ignored, &mail);
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
    let complaint = postmark("spam-complaint", &mail);
    assert_eq!(scene.taken("postmark", &basic(LOGIN), complaint.to_string().as_bytes()).await, [1, 0, 0]);
    assert_eq!(scene.mail().await.0, "complained");
    assert_eq!(scene.report("postmark", &basic(LOGIN), b"{").await.status, 400);
    let mail = scene.sent("#3", "cleo@example.com").await;
    let kept_back = postmark_bounce("ManuallyDeactivated", &mail);
    assert_eq!(scene.taken("postmark", &basic(LOGIN), kept_back.as_bytes()).await, [1, 0, 0]);
    assert_eq!(scene.state("#3").await.1, "soft_bounces", "kept back by the server's list, and nobody is marked");
}

/// The first event of this kind in SendGrid's list of examples, about this mail.
fn sendgrid_event(event: &str, mail: &Received) -> Value {
    let all = example("sendgrid/events.json");
    let known = all.as_array().unwrap().iter().find(|one| one["event"] == event);
    of_sendgrid(known.unwrap_or_else(|| panic!("no {event}")), mail)
}

fn of_sendgrid(event: &Value, mail: &Received) -> Value {
    let mut event = event.clone();
    event["smtp-id"] = format!("<{}@reviews.example>", id_of(mail)).into();
    event
}

#[tokio::test]
async fn sendgrid_reports_in_signed_lists() {
    let scene = scene(Engine::Sqlite).await.expect("SQLite is built in");
    let (first, second) = (scene.sent("#1", ADA).await, scene.sent("#2", "bea@example.com").await);
    let sent = String::from_utf8_lossy(&first.data).into_owned();
    assert!(
        sent.contains(&format!("X-SMTPAPI: {{\"unique_args\":{{\"attesta-message\":\"{}\"}}}}\r\n", id_of(&first)))
    );
    let bounce = of_sendgrid(&example("sendgrid/bounce.json")[0], &first);
    assert_eq!(sendgrid_event("bounce", &first)["reason"], bounce["reason"], "the list leaves its type out");
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
    let blocked = of_sendgrid(&example("sendgrid/blocked.json")[0], &third);
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
