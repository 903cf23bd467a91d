//! The one binary: hands over to the command line.

use std::io::{stderr, stdout};
use std::process::ExitCode;

use attesta::cli;
use attesta::config::Environment;

fn main() -> ExitCode {
    // One crypto provider for all TLS of the process. A second installation, impossible here, would change nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let code = cli::run(std::env::args_os(), Environment::of_process(), &mut stdout(), &mut stderr());
    ExitCode::from(code)
}
