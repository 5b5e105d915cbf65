//! One file per subcommand.
//!
//! Owns: which file does which, and what several of them need. Leaves to others: everything they do.

mod check;
mod completions;
mod explain;
mod list;
mod names;
mod run;
mod schema;
mod selection;
mod service_helper;
mod tools;
mod view;

use std::io::Write as _;

use anyhow::Context as _;
use clap::Parser as _;
use referee::runner::catalogue::Catalogue;
use serde::Serialize;

use crate::args::{Cli, Command, Files};
use crate::exit::{Exit, Failed};

/// Answers a shell that completes a line, or reads the command line and does what it says. Clap itself ends the program on a mistake, with code 2.
pub(crate) fn dispatch() -> Result<Exit, Failed> {
    completions::answer();
    match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::run(&args),
        Command::View(args) => view::run(&args),
        Command::Explain { id } => explain::run(&id),
        Command::List { what, files, format } => list::run(what, &files, format),
        Command::Tools { command } => tools::run(&command),
        Command::Schema { name } => schema::run(&name),
        Command::Completions { shell } => completions::run(shell),
        Command::Service => service_helper::run(),
    }
}

/// What the user's files select: ids of drivers' tools or columns, and of conventions. Empty means everything.
#[derive(Debug, Default)]
struct Selected {
    drivers: Vec<String>,
    conventions: Vec<String>,
}

/// The shipped catalogue with the user's files.
fn catalogue(files: &Files) -> Result<(Catalogue, Selected), Failed> {
    let mut catalogue = Catalogue::shipped()?;
    let mut selected = Selected::default();
    for name in &files.convention {
        selected.conventions.push(names::convention(&mut catalogue, name)?);
    }
    for name in &files.driver {
        selected.drivers.push(names::driver_or_file(&mut catalogue, name)?);
    }
    for folder in &files.cases {
        if catalogue.add_cases(folder)?.is_empty() {
            return Err(Failed::usage(format!("there is no case in {}: no *.toml file", folder.display())));
        }
    }
    Ok((catalogue, selected))
}

/// What is said where standard output takes nothing.
const NO_OUTPUT: &str = "cannot write to standard output";

/// Writes data to standard output.
fn print(text: &str) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(written.context(NO_OUTPUT)?)
}

/// Writes a JSON document to standard output.
fn print_json(value: &impl Serialize) -> Result<(), Failed> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from);
    Ok(written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()).context(NO_OUTPUT)?)
}

/// Says something beside the data, on standard error.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
