//! Who a mail is from, and what the world can check of it: keys that sign only once their records stand, a shop's own address only while
//! we may sign for it.

use attesta::config::{Config, Returns as Settings};
use attesta::kernel::email::EmailAddress;
use attesta::kernel::time::{DAY, HOUR};
use attesta::mail::dns::{self, Kind, Proof, Report, Resolver, State, Verdict};
use attesta::mail::identity::Identity;
use attesta::mail::{Fate, Mail, dkim};

use super::bench::{Bench, benches, mail_to, public};
use crate::support::dns::{Dns, Record};
use crate::support::smtp_sink::SmtpSink;

const OWN: &str = "reviews.example";

impl Bench {
    async fn check(&self, dns: &Dns, domain: &str) -> Report {
        let resolver = Resolver::new(&[dns.address()]).unwrap();
        dns::check(&self.ctx, &self.mailer, &resolver, domain).await.unwrap()
    }
}

/// Publishes what a report asks for.
fn publish(dns: &Dns, report: &Report) {
    for record in report.records.iter().filter(|record| record.kind != Kind::Mx) {
        dns.txt(&record.name, &record.publish);
    }
}

fn verdicts(report: &Report) -> Vec<(Kind, Verdict)> {
    report.records.iter().map(|record| (record.kind, record.verdict)).collect()
}

/// The unfolded fields of a message with this name.
fn fields(message: &[u8], name: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(message).replace("\r\n ", " ");
    let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    head.split("\r\n").filter_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned())).collect()
}

fn tag(field: &str, name: &str) -> String {
    let parts = field.split(';').filter_map(|part| part.trim().split_once('='));
    parts.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

fn of_shop(to: &str, address: &str) -> Mail {
    let identity =
        Identity { name: Some("Bottega Ligure".to_owned()), address: Some(EmailAddress::parse(address).unwrap()) };
    Mail { identity, reply_to: EmailAddress::parse("ciao@orto.example").ok(), ..mail_to(to) }
}

#[tokio::test]
async fn a_domain_signs_once_its_records_stand() {
    let (dns, sink) = (Dns::start().await, SmtpSink::start().await);
    for bench in benches(public(Some(&sink.url()))) {
        let first = bench.check(&dns, OWN).await;
        assert_eq!(first.state, State::Waiting, "{first:?}");
        use Kind::{Dkim, Dmarc, Spf};
        use Verdict::{Missing, Right, Wrong};
        assert_eq!(verdicts(&first), [(Dkim, Missing), (Dkim, Missing), (Spf, Missing), (Dmarc, Missing)]);
        assert_eq!(first.records[2].publish, "v=spf1 a:reviews.example ~all", "the mail server is this machine");
        assert_eq!(bench.send(1, "ok-1@e.example").await, Fate::Sent);
        let unsigned = sink.ledger().pop().unwrap();
        assert!(fields(&unsigned.data, "DKIM-Signature").is_empty(), "nobody could check a signature yet");

        // a record that lost its end, and one that is right
        publish(&dns, &first);
        dns.set(OWN, &[Record::Txt(first.records[2].publish.clone()), Record::Address("127.0.0.1".parse().unwrap())]);
        dns.txt(&first.records[0].name, &first.records[0].publish[..100]);
        let second = bench.check(&dns, OWN).await;
        assert_eq!(verdicts(&second), [(Dkim, Wrong), (Dkim, Right), (Spf, Right), (Dmarc, Right)], "{second:?}");
        publish(&dns, &first);
        dns.set(OWN, &[Record::Txt(first.records[2].publish.clone()), Record::Address("127.0.0.1".parse().unwrap())]);
        let third = bench.check(&dns, OWN).await;
        assert!(third.is_right() && third.checked_at.is_some(), "{third:?}");
        let known = dns::known(&bench.ctx, &bench.mailer, OWN).await.unwrap();
        assert_eq!(known, third, "what was found is kept");

        assert_eq!(bench.send(2, "ok-2@e.example").await, Fate::Sent);
        let signed = sink.ledger().pop().unwrap();
        let signatures = fields(&signed.data, "DKIM-Signature");
        let algorithms: Vec<_> = signatures.iter().map(|one| tag(one, "a")).collect();
        assert_eq!(algorithms, ["rsa-sha256", "ed25519-sha256"]);
        for (signature, record) in signatures.iter().zip(&third.records) {
            assert_eq!(format!("{}._domainkey.{OWN}", tag(signature, "s")), record.name);
            assert_eq!((tag(signature, "d").as_str(), tag(signature, "c").as_str()), (OWN, "relaxed/relaxed"));
            let covered: Vec<_> = tag(signature, "h").split(':').map(|name| name.trim().to_owned()).collect();
            for name in
                ["from", "to", "subject", "date", "message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post"]
            {
                assert_eq!(
                    covered.iter().filter(|one| *one == name).count(),
                    2,
                    "{name} once, and no second one: {covered:?}"
                );
            }
        }
        let from = fields(&signed.data, "From");
        assert_eq!(from, ["\"L'Orto & Figli (via Attesta)\" <reviews@reviews.example>"]);
        assert!(dns.questions().1 > 0 || third.records[0].publish.len() < 1_000, "what is long comes by TCP");

        dns.remove(&first.records[0].name);
        dns.set(&first.records[1].name, &[Record::Silence]);
        let gone = bench.check(&dns, OWN).await;
        assert_eq!((verdicts(&gone)[0].1, verdicts(&gone)[1].1), (Missing, Verdict::Unknown));
        assert_eq!(gone.state, State::Waiting, "the record that every receiver reads is gone");
        // the mail server is one of the domain's exchangers, and may send
        let spf = [
            Record::Txt("v=spf1 mx -all".to_owned()),
            Record::Exchanger("mx.reviews.example"),
            Record::Address("127.0.0.1".parse().unwrap()),
        ];
        dns.set(OWN, &spf);
        dns.set("mx.reviews.example", &[Record::Address("127.0.0.1".parse().unwrap())]);
        assert_eq!(verdicts(&bench.check(&dns, OWN).await)[2], (Spf, Right));
        bench.send(3, "ok-3@e.example").await;
        let left: Vec<_> =
            fields(&sink.ledger().pop().unwrap().data, "DKIM-Signature").iter().map(|one| tag(one, "a")).collect();
        assert_eq!(left, ["ed25519-sha256"], "a silent resolver changes nothing that was known");
        for record in &first.records {
            dns.remove(&record.name);
        }
    }
}

#[tokio::test]
async fn a_shop_writes_from_its_own_address_while_we_may_sign_for_it() {
    let (dns, sink) = (Dns::start().await, SmtpSink::start().await);
    for bench in benches(public(Some(&sink.url()))) {
        let mail = |n: u8| of_shop(&format!("ok-{n}@e.example"), "ciao@orto.example");
        bench.post_mail(1, mail(1)).await;
        bench.run().await;
        let before = sink.ledger().pop().unwrap();
        let ours = "\"Bottega Ligure (via Attesta)\" <reviews@reviews.example>";
        assert_eq!(fields(&before.data, "From"), [ours], "nobody may check yet that the shop's address is ours to use");
        assert_eq!(fields(&before.data, "Reply-To"), ["\"L'Orto & Figli\" <ciao@orto.example>"]);

        let waiting = bench.check(&dns, "orto.example").await;
        assert_eq!((waiting.alignment.return_domain.as_str(), &*waiting.alignment.by), (OWN, &[Proof::Dkim][..]));
        assert!(waiting.records.iter().all(|record| record.kind != Kind::Spf), "the envelope is the instance's");
        publish(&dns, &waiting);
        assert!(bench.check(&dns, "orto.example").await.is_right());
        bench.post_mail(2, mail(2)).await;
        bench.run().await;
        let own = sink.ledger().pop().unwrap();
        assert_eq!(fields(&own.data, "From"), ["\"Bottega Ligure (via Attesta)\" <ciao@orto.example>"]);
        let domains: Vec<_> = fields(&own.data, "DKIM-Signature").iter().map(|one| tag(one, "d")).collect();
        assert_eq!(domains, ["orto.example", "orto.example"], "aligned with From");
        assert!(own.from.ends_with("@reviews.example"), "bounces come back here: {}", own.from);

        // another shop's domain does not follow from this one's
        bench.post_mail(3, of_shop("ok-3@e.example", "ciao@other.example")).await;
        bench.run().await;
        assert_eq!(fields(&sink.ledger().pop().unwrap().data, "From"), [ours]);

        for record in &waiting.records {
            dns.remove(&record.name);
        }
        assert_eq!(bench.check(&dns, "orto.example").await.state, State::Waiting);
        bench.post_mail(4, mail(4)).await;
        bench.run().await;
        assert_eq!(fields(&sink.ledger().pop().unwrap().data, "From"), [ours], "a record that is gone ends it");
    }
}

#[tokio::test]
async fn a_rotation_loses_no_signature() {
    let (dns, sink) = (Dns::start().await, SmtpSink::start().await);
    for bench in benches(public(Some(&sink.url()))) {
        let selectors = || {
            fields(&sink.ledger().pop().unwrap().data, "DKIM-Signature")
                .iter()
                .map(|one| tag(one, "s"))
                .collect::<Vec<_>>()
        };
        let old = bench.check(&dns, OWN).await;
        publish(&dns, &old);
        bench.check(&dns, OWN).await;
        bench.send(1, "ok-1@e.example").await;
        let before = selectors();
        bench.clock.advance(DAY);
        assert_eq!(
            dkim::rotate(&bench.ctx, Some("nowhere.example")).await.unwrap_err().to_string(),
            "nowhere.example is no sending domain of this instance"
        );
        assert_eq!(dkim::rotate(&bench.ctx, None).await.unwrap(), [OWN]);
        let both = bench.check(&dns, OWN).await;
        assert_eq!(both.records.iter().filter(|record| record.kind == Kind::Dkim).count(), 4, "{both:?}");
        bench.send(2, "ok-2@e.example").await;
        assert_eq!(selectors(), before, "the new keys wait for their records");

        publish(&dns, &both);
        let after = bench.check(&dns, OWN).await;
        bench.send(3, "ok-3@e.example").await;
        let now = selectors();
        assert!(now.len() == 2 && now.iter().all(|one| !before.contains(one)), "{now:?} after {before:?}");
        let retired: Vec<_> = after.retired.iter().map(|one| one.name.split('.').next().unwrap().to_owned()).collect();
        assert!(before.iter().all(|one| retired.contains(one)), "{after:?}");
        assert_eq!(
            after.retired[0].removable_at.since(bench.ctx.now()),
            7 * DAY,
            "mails on their way are checked late"
        );
        bench.clock.advance(7 * DAY + HOUR);
        let later = bench.check(&dns, OWN).await;
        assert!(later.retired.is_empty() && later.state == State::Signing, "{later:?}");
        for record in old.records.iter().chain(&both.records) {
            dns.remove(&record.name);
        }
    }
}

#[tokio::test]
async fn another_node_learns_of_keys_and_domains() {
    let (dns, sink) = (Dns::start().await, SmtpSink::start().await);
    for bench in benches(public(Some(&sink.url()))) {
        let report = bench.check(&dns, OWN).await;
        publish(&dns, &report);
        let clock = bench.ctx.clock();
        let neighbour = attesta::mail::Mailer::new(bench.ctx.config(), clock).unwrap();
        neighbour.refresh_signing(&bench.ctx).await.unwrap();
        assert!(!neighbour.signs_for(OWN));
        bench.check(&dns, OWN).await;
        neighbour.refresh_signing(&bench.ctx).await.unwrap();
        assert!(neighbour.signs_for(OWN));
        for record in &report.records {
            dns.remove(&record.name);
        }
    }
}

#[tokio::test]
async fn domains_are_looked_at_again_when_their_time_has_come() {
    let dns = Dns::start().await;
    for bench in benches(public(Some("smtp://127.0.0.1:9"))) {
        let resolver = Resolver::new(&[dns.address()]).unwrap();
        let look = || dns::look_again(&bench.ctx, &bench.mailer, &resolver);
        assert_eq!(look().await.unwrap(), 1, "its own domain got its keys");
        assert_eq!(look().await.unwrap(), 0);
        bench.clock.advance(HOUR);
        assert_eq!(look().await.unwrap(), 1, "what waits is looked at often");
        publish(&dns, &dns::known(&bench.ctx, &bench.mailer, OWN).await.unwrap());
        bench.clock.advance(HOUR);
        assert_eq!(look().await.unwrap(), 1);
        assert!(bench.mailer.signs_for(OWN));
        bench.clock.advance(HOUR);
        assert_eq!(look().await.unwrap(), 0, "what stands is looked at now and then");
        bench.clock.advance(6 * HOUR);
        assert_eq!(look().await.unwrap(), 1);
        for record in dns::known(&bench.ctx, &bench.mailer, OWN).await.unwrap().records {
            dns.remove(&record.name);
        }
    }
}

#[tokio::test]
async fn the_return_address_needs_records_at_its_own_domain() {
    const BACK: &str = "bounces.reviews.example";
    let dns = Dns::start().await;
    let settings = Settings {
        mailbox: EmailAddress::parse("returns@bounces.reviews.example").ok(),
        listen: Some("0.0.0.0:25".parse().unwrap()),
        ..Settings::default()
    };
    let config = |config: &mut Config| {
        public(Some("smtp://127.0.0.1:9"))(config);
        config.returns = settings.clone();
    };
    for bench in benches(config) {
        use Kind::{Dkim, Dmarc, Mx, Spf};
        use Verdict::{Missing, Right, Wrong};
        let here = Record::Address("127.0.0.1".parse().unwrap());
        dns.set(OWN, std::slice::from_ref(&here));
        let first = bench.check(&dns, OWN).await;
        assert_eq!(
            verdicts(&first),
            [(Dkim, Missing), (Dkim, Missing), (Spf, Missing), (Mx, Missing), (Dmarc, Missing)]
        );
        let (spf, mx) = (&first.records[2], &first.records[3]);
        assert_eq!((spf.name.as_str(), spf.publish.as_str()), (BACK, "v=spf1 a:reviews.example ~all"));
        assert_eq!((mx.name.as_str(), mx.publish.as_str()), (BACK, "10 reviews.example"));
        assert_eq!(first.alignment.by, [Proof::Dkim, Proof::Spf], "below the domain in From: {:?}", first.alignment);

        publish(&dns, &first);
        dns.set(OWN, &[here.clone(), Record::Txt(spf.publish.clone())]);
        dns.set("mx.elsewhere.example", &[Record::Address("192.0.2.1".parse().unwrap())]);
        dns.set(BACK, &[Record::Txt("v=spf1 -all".to_owned()), Record::Exchanger("mx.elsewhere.example")]);
        let second = bench.check(&dns, OWN).await;
        assert_eq!(
            verdicts(&second)[2..4],
            [(Spf, Wrong), (Mx, Wrong)],
            "what stands at From does not help: {second:?}"
        );
        assert!(!second.is_right());
        dns.set(BACK, &[Record::Txt(spf.publish.clone()), Record::Exchanger("reviews.example")]);
        let third = bench.check(&dns, OWN).await;
        assert!(third.is_right() && verdicts(&third)[2..4] == [(Spf, Right), (Mx, Right)], "{third:?}");
        assert_eq!(dns::known(&bench.ctx, &bench.mailer, OWN).await.unwrap(), third, "what was found is kept");

        dns.txt("_dmarc.reviews.example", "v=DMARC1; p=reject; aspf=s");
        let strict = bench.check(&dns, OWN).await;
        assert_eq!(strict.alignment.by, [Proof::Dkim]);
        assert!(strict.alignment.detail.contains("aspf=s"), "{:?}", strict.alignment);
        let shop = bench.check(&dns, "orto.example").await;
        assert!(shop.records.iter().all(|record| !matches!(record.kind, Spf | Mx)), "the envelope is the instance's");
        assert_eq!((shop.alignment.return_domain.as_str(), &*shop.alignment.by), (BACK, &[Proof::Dkim][..]));
        for record in &first.records {
            dns.remove(&record.name);
        }
    }
}
