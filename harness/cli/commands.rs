//! One file per subcommand.
//!
//! Owns: which file does which, and what several of them need. Leaves to others: everything they do.

mod check;
mod completions;
mod explain;
mod list;
mod run;
mod schema;
mod service_helper;
mod tools;
mod view;

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap::Parser as _;
use referee::runner::catalogue::{self, Catalogue};
use serde::Serialize;

use crate::args::{Cli, Command, Files};
use crate::exit::{Exit, Failed};

/// Reads the command line and does what it says. Clap itself ends the program on a mistake, with code 2.
pub(crate) fn dispatch() -> Result<Exit, Failed> {
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
        selected.conventions.push(convention(&mut catalogue, name)?);
    }
    for name in &files.driver {
        selected.drivers.push(driver(&mut catalogue, name)?);
    }
    for folder in &files.cases {
        if catalogue.add_cases(folder)?.is_empty() {
            return Err(Failed::usage(format!("there is no case in {}: no *.toml file", folder.display())));
        }
    }
    Ok((catalogue, selected))
}

/// The id of a convention that is named by id or by file; a file is added.
fn convention(catalogue: &mut Catalogue, name: &str) -> Result<String, Failed> {
    if is_file(name) {
        return Ok(catalogue.add_convention(&catalogue::read(Path::new(name))?)?);
    }
    if let Some(convention) = catalogue.convention(name) {
        return Ok(convention.id.clone());
    }
    let known: Vec<_> = catalogue.conventions.iter().map(|convention| convention.id.clone()).collect();
    one_of("convention", name, &known)
}

/// The id of a driver that is named by id or by file; a file is added.
fn driver(catalogue: &mut Catalogue, name: &str) -> Result<String, Failed> {
    if is_file(name) {
        return Ok(catalogue.add_driver(&catalogue::read(Path::new(name))?)?);
    }
    let columns = catalogue.drivers.iter().map(|driver| driver.id.clone());
    let known: Vec<_> = columns.chain([referee::results::cell_id::BUILTIN.to_owned()]).collect();
    one_of("driver", name, &known)
}

fn is_file(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "toml")
}

fn one_of(what: &str, name: &str, known: &[String]) -> Result<String, Failed> {
    if known.iter().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let known = known.join(", ");
    Err(Failed::usage(format!("no {what} is named `{name}`; there are {known}, or name a TOML file")))
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
