//! The one binary: hands over to the command line.
fn main() {}
