//! `referee completions`: shell completions, made from the arguments' definitions.

use clap::CommandFactory as _;

use crate::args::Cli;
use crate::exit::{Exit, Failed};

pub(super) fn run(shell: clap_complete::Shell) -> Result<Exit, Failed> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "referee", &mut text);
    super::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Success)
}
