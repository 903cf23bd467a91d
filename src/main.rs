//! The one binary: hands over to the command line.

use std::io::{stderr, stdout};
use std::process::ExitCode;

use attesta::cli;
use attesta::config::Environment;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let code = cli::run(std::env::args_os(), Environment::of_process(), &mut stdout(), &mut stderr());
    ExitCode::from(code)
}
