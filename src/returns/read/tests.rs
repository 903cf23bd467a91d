//! Reports of every form. The bounces in `tests/data/returns/flufl` are from flufl.bounce, whose own tests say which are for good or of
//! today; here a mail can be tried again, so a full mailbox counts as today as well.

use std::path::Path;

use super::*;

/// Every sample that has words about the mailbox, or a status that means them.
const HARD: &str = "bounce_02 dsn_04 dsn_09 dsn_10 dsn_11 dsn_12 dsn_13 dsn_14 dsn_16 dsn_18 exim_01 groupwise_02 microsoft_01 \
    microsoft_02 microsoft_04 qmail_03 qmail_04 qmail_05 simple_05 simple_06 simple_08 simple_12 simple_13 simple_15 simple_19 \
    simple_23 simple_25 simple_26 simple_27 simple_29 simple_30 simple_33 simple_34 simple_36 simple_39 simple_41 smtp32_04 \
    smtp32_06 smtp32_07 yahoo_03 yahoo_05 yahoo_06 yahoo_07 yahoo_09 yahoo_10 yahoo_11 yahoo_13";
/// Full mailboxes, policy, networks, and those that do not say why.
const SOFT: &str = "aol_01 caiwireless_01 dsn_01 dsn_03 dsn_15 newmailru_01 postfix_02 qmail_01 qmail_02 qmail_06 qmail_07 simple_02 \
    simple_07 simple_09 simple_10 simple_14 simple_16 simple_17 simple_18 simple_24 simple_31 simple_32 simple_37 simple_42 \
    simple_44 simple_45 sina_01 smtp32_01 smtp32_02 smtp32_03 smtp32_05 yahoo_01 yahoo_02 yahoo_04 yahoo_12";
/// Warnings: somebody still tries.
const DELAY: &str = "dsn_05 dsn_06 dsn_07 dsn_08 dsn_17 simple_03 simple_21 simple_28 simple_35 simple_40";
/// A filter's receipt and an automatic answer.
const AUTOMATIC: &str = "qmail_08 simple_38";
/// A few lines of a gateway that say neither who nor why, and a subject that cannot be decoded.
const OTHER: &str = "simple_20 simple_22";

fn sample(name: &str) -> Option<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/returns/flufl");
    std::fs::read(dir.join(format!("{name}.txt"))).ok()
}

/// The verdict in a word.
fn word(report: &Report) -> &'static str {
    match report {
        Report::Bounce(bounce) if bounce.kind == ReturnKind::HardBounce => "hard",
        Report::Bounce(_) => "soft",
        Report::Delay => "delay",
        Report::Complaint(_) => "complaint",
        Report::Automatic => "automatic",
        Report::Other => "other",
    }
}

#[test]
fn bounces_of_many_systems_are_read() {
    let mut read_in_all = 0;
    for (expected, names) in
        [("hard", HARD), ("soft", SOFT), ("delay", DELAY), ("automatic", AUTOMATIC), ("other", OTHER)]
    {
        for name in names.split_whitespace() {
            // Not every sample is kept in this repository.
            let Some(raw) = sample(name) else { continue };
            assert_eq!(word(&read(&raw, true)), expected, "{name}");
            read_in_all += 1;
        }
    }
    assert!(read_in_all > 90, "{read_in_all} samples");
}

#[test]
fn words_alone_are_no_bounce_where_no_signed_address_asked_for_them() {
    for name in ["qmail_03", "simple_27", "yahoo_10", "exim_01"] {
        assert_eq!(word(&read(&sample(name).unwrap(), false)), "other", "{name}");
    }
    for name in ["dsn_11", "dsn_14"] {
        assert_eq!(word(&read(&sample(name).unwrap(), false)), "hard", "{name} says what it is");
    }
}

/// A report as Postfix writes it.
fn dsn(fields: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{fields}\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Out of office\r\n\r\n--b--\r\n"
    )
}

#[test]
fn a_report_says_its_gravest_and_keeps_the_servers_words() {
    let failed = dsn("Final-Recipient: rfc822; ada@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <ada@b.example>:\r\n user unknown");
    let Report::Bounce(bounce) = read(failed.as_bytes(), false) else { panic!("a bounce") };
    let expected = Bounce {
        kind: ReturnKind::HardBounce,
        status: Some("5.1.1".to_owned()),
        detail: "550 5.1.1 <ada@b.example>: user unknown".to_owned(),
    };
    assert_eq!(bounce, expected);
    for (fields, expected) in [
        ("Action: failed\r\nStatus: 4.4.7", "soft"),
        ("Action: failed\r\nStatus: 5.2.2", "soft"),
        ("Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 5.7.1 not today", "soft"),
        ("Action: delayed\r\nStatus: 4.4.1", "delay"),
        ("Action: delivered\r\nStatus: 2.0.0", "automatic"),
        ("Action: relayed", "automatic"),
        ("Action: delayed\r\n\r\nAction: failed\r\nStatus: 5.1.1", "hard"),
        ("Action: FAILED (boxes)\r\nStatus: 5.1.1 (gone)", "hard"),
    ] {
        assert_eq!(word(&read(dsn(fields).as_bytes(), false)), expected, "{fields}");
    }
}

#[test]
fn complaints_are_those_of_people() {
    let arf = |kind: &str| {
        format!(
            "From: <abuse@mail.example>\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n\
             --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: SomeFBL/1.0\r\nVersion: 1\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: how was it\r\n\r\nhello\r\n--b--\r\n"
        )
    };
    for (kind, expected) in [
        ("abuse", "complaint"),
        ("Fraud", "complaint"),
        ("opt-out", "complaint"),
        ("not-spam", "automatic"),
        ("auth-failure", "automatic"),
        ("virus", "automatic"),
        ("other", "automatic"),
        ("", "automatic"),
    ] {
        assert_eq!(word(&read(arf(kind).as_bytes(), false)), expected, "{kind}");
    }
    assert_eq!(read(arf("abuse").as_bytes(), true), Report::Complaint("abuse, by SomeFBL/1.0".to_owned()));
}

#[test]
fn automatic_answers_are_told_apart() {
    let mail =
        |headers: &str, text: &str| format!("{headers}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n");
    let away = "From: Ada <ada@b.example>\r\n";
    for (headers, expected) in [
        (format!("{away}Auto-Submitted: auto-replied\r\nSubject: Re: how was it"), "automatic"),
        (format!("{away}Auto-Submitted: auto-replied (vacation)\r\nSubject: x"), "automatic"),
        (format!("{away}X-Autoreply: yes\r\nSubject: x"), "automatic"),
        (format!("{away}Precedence: auto_reply\r\nSubject: x"), "automatic"),
        (format!("{away}Subject: Automatic reply: how was it"), "automatic"),
        (format!("{away}Subject: Risposta automatica: com'era"), "automatic"),
        (format!("{away}Subject: Abwesenheitsnotiz: wie war es"), "automatic"),
        (format!("{away}Subject: =?utf-8?q?R=C3=A9ponse_automatique?="), "automatic"),
        (format!("{away}Subject: Respuesta =?utf-8?q?autom=C3=A1tica=3A?="), "automatic"),
        (format!("{away}Subject: Fuori sede fino a lunedì"), "automatic"),
        (format!("{away}Subject: thank you, all went well"), "other"),
        (format!("{away}Subject: about the delivery of my parcel"), "other"),
        (
            "From: Mail Delivery System <Mailer-Daemon@b.example>\r\nAuto-Submitted: auto-replied\r\n\
          X-Failed-Recipients: ada@b.example\r\nSubject: Mail delivery failed: returning message to sender"
                .to_owned(),
            "soft",
        ),
    ] {
        assert_eq!(word(&read(mail(&headers, "I am on holiday.").as_bytes(), true)), expected, "{headers}");
    }
    let exim = mail(
        "From: Mail Delivery System <Mailer-Daemon@b.example>\r\nAuto-Submitted: auto-replied\r\nSubject: Mail delivery failed",
        "  ada@b.example\r\n    host mx.b.example [192.0.2.1]\r\n    SMTP error from remote mail server after RCPT TO:<ada@b.example>:\r\n\
         \x20   550 5.1.1 no such user",
    );
    assert_eq!(word(&read(exim.as_bytes(), true)), "hard");
    let quoted = mail(
        "From: <mailer-daemon@b.example>\r\nSubject: failure notice",
        "It did not work.\r\n--- Below this line is a copy of the message.\r\n550 5.1.1 user unknown",
    );
    assert_eq!(word(&read(quoted.as_bytes(), true)), "soft", "what is quoted says nothing");
    let receipt = "From: ada@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n";
    assert_eq!(word(&read(receipt.as_bytes(), true)), "automatic");
}

#[test]
fn nonsense_is_nothing_and_harms_nobody() {
    let deep = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(5_000);
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(5_000);
    let long = format!("Subject: {}\r\n\r\n", "a".repeat(1 << 20));
    let fields = dsn(&"Action: failed\r\n\r\n".repeat(20_000));
    for raw in [&b""[..], b"\0\0\0", b"\r\n.\r\n", deep.as_bytes(), nested.as_bytes(), long.as_bytes(), &[0xFF; 4_096]]
    {
        assert_ne!(word(&read(raw, true)), "hard");
    }
    assert_eq!(word(&read(fields.as_bytes(), true)), "soft");
    for cut in (0..sample("dsn_14").unwrap().len()).step_by(97) {
        let raw = sample("dsn_14").unwrap();
        let _any = read(&raw[..cut], true);
    }
}
