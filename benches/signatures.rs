//! What the two signatures of a mail cost by themselves: as many threads as the machine has cores sign so many texts of the size of a mail's
//! signed headers, once with RSA-2048 and once with Ed25519 each. Says when it begins and when it has ended; `mail.py` holds the watch.

use std::io::Write;
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Arc;

use attesta::kernel::random::{self, SeededRandom};
use attesta::sign::rsa;
use ed25519_dalek::Signer;
use sha2::{Digest, Sha256};

/// Bytes of the headers that one signature covers.
const TEXT: [u8; 1_200] = [b'a'; 1_200];

fn main() -> ExitCode {
    let pairs = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_usize);
    let random = SeededRandom::new(1);
    let Some(rsa) = rsa::generate(&random).ok().and_then(|key| rsa::SigningKey::open(&key).ok()) else {
        return ExitCode::FAILURE;
    };
    let keys = Arc::new((rsa, ed25519_dalek::SigningKey::from_bytes(&random::bytes(&random))));
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    say("begins");
    let work = || {
        let keys = Arc::clone(&keys);
        std::thread::spawn(move || (0..pairs / threads).all(|_| keys.0.sign(&TEXT).is_ok() & sign(&keys.1)))
    };
    let running: Vec<_> = (0..threads).map(|_| work()).collect();
    let signed = running.into_iter().all(|one| matches!(one.join(), Ok(true)));
    say("ended");
    if signed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn sign(key: &ed25519_dalek::SigningKey) -> bool {
    std::hint::black_box(key.sign(&Sha256::digest(TEXT))).to_bytes() != [0; 64]
}

/// Whoever reads it through a pipe hears it at once.
fn say(word: &str) {
    let mut out = std::io::stdout();
    drop(writeln!(out, "{word}").and_then(|()| out.flush()));
}
