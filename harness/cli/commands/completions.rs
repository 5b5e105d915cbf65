//! `referee completions`: what makes a shell ask referee itself, and the answer: options, and the ids that fit.
//!
//! Owns: which ids fit where. Leaves to others: what shells want to hear (`clap_complete`).

use std::ffi::OsStr;

use clap::{Command, CommandFactory as _};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _};
use clap_complete::env::Shells;
use referee::results::cell_id::BUILTIN;
use referee::rules::catalogue::rules;
use referee::runner::catalogue::{self, Catalogue};

use super::{explain, names, schema};
use crate::args::Cli;
use crate::exit::{Exit, Failed};

/// The environment variable by which a shell asks.
const ASKS: &str = "COMPLETE";

/// The ids that fit somewhere.
type Ids = fn(&Catalogue) -> Vec<String>;

/// Subcommands with their arguments, what fits there, and whether a file does, too.
const FITS: [(&[&str], &str, Ids, bool); 14] = [
    (&["explain"], "id", everything, false),
    (&["schema"], "name", |_| schema::names().into_iter().map(str::to_owned).collect(), false),
    (&["run"], "filter", cases, false),
    (&["run"], "require", drivers_and_all, false),
    (&["run"], "driver", drivers, true),
    (&["run"], "convention", conventions, true),
    (&["list"], "driver", drivers, true),
    (&["list"], "convention", conventions, true),
    (&["check"], "profile", |_| catalogue::profile_ids(), true),
    (&["check"], "reading", readings, false),
    (&["view"], "convention", conventions, true),
    (&["tools", "list"], "tools", drivers, true),
    (&["tools", "install"], "tools", drivers, true),
    (&["tools", "check"], "tools", drivers, true),
];

pub(super) fn run(shell: clap_complete::Shell) -> Result<Exit, Failed> {
    let shells = Shells::builtins();
    let completer =
        shells.completer(&shell.to_string()).ok_or_else(|| Failed::usage(format!("{shell} is not known")))?;
    let mut text = Vec::new();
    completer.write_registration(ASKS, "referee", "referee", "referee", &mut text)?;
    super::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Success)
}

/// Answers a shell that asks, and ends the program then.
pub(super) fn answer() {
    CompleteEnv::with_factory(command).var(ASKS).bin("referee").completer("referee").complete();
}

/// The command line with what fits where.
fn command() -> Command {
    let mut command = Cli::command();
    for (path, arg, ids, or_file) in FITS {
        command = at(command, path, arg, ids, or_file);
    }
    command
}

fn at(
    command: Command,
    path: &'static [&'static str],
    arg: &'static str,
    ids: Ids,
    or_file: bool,
) -> Command {
    match path {
        [] => command.mut_arg(arg, |arg| {
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| fitting(typed, ids, or_file)))
        }),
        [first, rest @ ..] => command.mut_subcommand(first, |inner| at(inner, rest, arg, ids, or_file)),
    }
}

/// The ids that begin with what is typed, in any case, and files.
fn fitting(typed: &OsStr, ids: Ids, or_file: bool) -> Vec<CompletionCandidate> {
    let begin = typed.to_string_lossy().to_lowercase();
    // a mistake in a shipped file is kept from happening by the tests
    let ids = Catalogue::shipped().map(|catalogue| ids(&catalogue)).unwrap_or_default();
    let fit = ids.into_iter().filter(|id| id.to_lowercase().starts_with(&begin));
    let files = if or_file { PathCompleter::any().complete(typed) } else { Vec::new() };
    fit.map(CompletionCandidate::new).chain(files).collect()
}

fn everything(catalogue: &Catalogue) -> Vec<String> {
    explain::names(catalogue).into_iter().collect()
}

fn cases(catalogue: &Catalogue) -> Vec<String> {
    catalogue.cases.iter().map(|case| case.id.clone()).collect()
}

fn conventions(catalogue: &Catalogue) -> Vec<String> {
    names::conventions(catalogue).map(str::to_owned).collect()
}

fn drivers(catalogue: &Catalogue) -> Vec<String> {
    let ids = catalogue.drivers.iter().map(|driver| driver.id.clone());
    ids.chain([BUILTIN.to_owned()]).collect()
}

fn drivers_and_all(catalogue: &Catalogue) -> Vec<String> {
    drivers(catalogue).into_iter().chain(["all".to_owned()]).collect()
}

/// The readings that a rule depends on.
fn readings(_: &Catalogue) -> Vec<String> {
    let depends = rules().filter_map(|rule| rule.reading);
    let mut all: Vec<String> = depends
        .flat_map(|reading| {
            let answers = reading.error.iter().chain(reading.fine);
            answers.map(|answer| format!("{}={answer}", reading.question)).collect::<Vec<_>>()
        })
        .collect();
    all.sort();
    all.dedup();
    all
}
