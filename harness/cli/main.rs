//! The command line. Owns: printing, exit codes, the environment. Leaves to others: everything else.

mod args;
mod commands;
mod diagnostic;
mod exit;
mod input;
mod interrupt;
mod machine;
mod progress;
mod sink;

use std::process::ExitCode;

fn main() -> ExitCode {
    exit::code(commands::dispatch())
}
