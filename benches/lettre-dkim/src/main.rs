//! What lettre's own two DKIM signatures of a mail cost by themselves: as many threads as the machine has cores sign so many mails of one
//! size, with RSA-2048 and with Ed25519 each. Says when it begins and when it has ended; `mail.py` holds the watch.
//!
//!     lettre-dkim PAIRS BYTES RSA.pem ED25519.base64

use std::env::args;
use std::fs::read_to_string;
use std::io::Write;
use std::thread;

use lettre::Message;
use lettre::message::dkim::{DkimConfig, DkimSigningAlgorithm, DkimSigningKey};

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Fault> {
    let words: Vec<String> = args().skip(1).collect();
    let [pairs, bytes, rsa, ed25519] = words.as_slice() else {
        return Err("PAIRS BYTES RSA.pem ED25519.base64".into());
    };
    let (pairs, bytes): (usize, usize) = (pairs.parse()?, bytes.parse()?);
    let (rsa, ed25519) = (read_to_string(rsa)?, read_to_string(ed25519)?);
    let threads = thread::available_parallelism()?.get();
    say("begins")?;
    thread::scope(|all| {
        let work = || sign(pairs / threads, bytes, &rsa, ed25519.trim());
        let running: Vec<_> = (0..threads).map(|_| all.spawn(work)).collect();
        running.into_iter().try_for_each(|one| one.join().unwrap_or_else(|_| Err("a thread ended early".into())))
    })?;
    say("ended")
}

fn sign(mails: usize, bytes: usize, rsa: &str, ed25519: &str) -> Result<(), Fault> {
    let by = |selector: &str, key: &str, algorithm| -> Result<DkimConfig, Fault> {
        let key = DkimSigningKey::new(key, algorithm)?;
        Ok(DkimConfig::default_config(selector.to_owned(), "reviews.bench.example".to_owned(), key))
    };
    let (first, second) =
        (by("rsa", rsa, DkimSigningAlgorithm::Rsa)?, by("ed25519", ed25519, DkimSigningAlgorithm::Ed25519)?);
    let mail = Message::builder()
        .from("Bottega <reviews@reviews.bench.example>".parse()?)
        .to("cliente@example.com".parse()?)
        .subject("Com'è andato l'ordine?")
        .body("Una riga di testo.\r\n".repeat(bytes / 20))?;
    for _ in 0..mails {
        let mut signed = mail.clone();
        signed.sign(&first);
        signed.sign(&second);
        std::hint::black_box(signed);
    }
    Ok(())
}

/// Whoever reads it through a pipe hears it at once.
fn say(word: &str) -> Result<(), Fault> {
    let mut out = std::io::stdout();
    writeln!(out, "{word}")?;
    Ok(out.flush()?)
}
