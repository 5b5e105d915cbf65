//! `referee tools list | install | check`.
//!
//! Owns: showing what is on this machine. Leaves to others: finding, building, probing.

use std::fmt::Write as _;

use referee::results::ToolResult;
use referee::runner::catalogue::Catalogue;
use referee::runner::driver::Driver;
use referee::runner::tools::install::{self, Installed};
use referee::runner::tools::probe::{self, Probe};
use referee::runner::tools::{Machine, Tool};
use serde::Serialize;

use crate::args::{Format, ToolsArgs, ToolsCommand};
use crate::exit::{Exit, Failed};
use crate::{interrupt, machine};

pub(super) fn run(command: &ToolsCommand) -> Result<Exit, Failed> {
    match command {
        ToolsCommand::List(args) => list(args),
        ToolsCommand::Install(args) => {
            interrupt::watch()?;
            let (catalogue, selected, machine) = open(args)?;
            let all = install(&machine, &catalogue, &|driver| chosen(driver, &selected), true)?;
            Ok(if interrupt::came() {
                Exit::Interrupted
            } else if all {
                Exit::Success
            } else {
                Exit::ToolMissing
            })
        }
        ToolsCommand::Check(args) => check(args),
    }
}

fn open(args: &ToolsArgs) -> Result<(Catalogue, Vec<String>, Machine), Failed> {
    let mut catalogue = Catalogue::shipped()?;
    let names = args.tools.iter().map(|name| super::driver(&mut catalogue, name));
    let selected = names.collect::<Result<Vec<_>, _>>()?;
    Ok((catalogue, selected, machine::machine(args.cache.as_deref())?))
}

fn chosen(driver: &Driver, selected: &[String]) -> bool {
    selected.is_empty() || selected.iter().any(|id| driver.id == *id || driver.tool() == id)
}

fn located(catalogue: &Catalogue, selected: &[String], machine: &Machine) -> Vec<Tool> {
    let drivers = catalogue.drivers.iter().filter(|driver| chosen(driver, selected));
    drivers.map(|driver| machine.locate(driver, false)).collect()
}

fn list(args: &ToolsArgs) -> Result<Exit, Failed> {
    let (catalogue, selected, machine) = open(args)?;
    let tools = located(&catalogue, &selected, &machine);
    let results: Vec<ToolResult> = tools.iter().map(|tool| tool.result(&machine.sandbox)).collect();
    if args.format == Format::Json {
        super::print_json(&results)?;
        return Ok(Exit::Success);
    }
    let mut text = String::new();
    for tool in &tools {
        let (id, name) = (&tool.driver.id, &tool.driver.file.name);
        let _ = match &tool.found {
            Ok(binary) => {
                writeln!(text, "{id:13} {:9} {name}\n{:13} {}", binary.version, "", binary.path.display())
            }
            Err(why) => writeln!(text, "{id:13} {:9} {name}\n{:13} {why}", "-", ""),
        };
    }
    super::print(&text)?;
    Ok(Exit::Success)
}

/// Builds the pinned releases of the chosen columns; says on standard error what it does, and with `all` also what there
/// was nothing to do for. Gives whether all are there now.
pub(super) fn install(
    machine: &Machine,
    catalogue: &Catalogue,
    chosen: &dyn Fn(&Driver) -> bool,
    all: bool,
) -> Result<bool, Failed> {
    let mut there = true;
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for driver in catalogue.drivers.iter().filter(|driver| chosen(driver)) {
        let Some((recipe, release)) = driver.file.install.as_ref().zip(driver.release()) else {
            if all {
                super::say(&format!("{} has no [install], so there is nothing to build", driver.id));
            }
            continue;
        };
        if seen.contains(&(driver.tool(), &release.version)) {
            continue;
        }
        seen.push((driver.tool(), &release.version));
        if interrupt::came() {
            return Ok(false);
        }
        let what = format!("{} {}", driver.tool(), release.version);
        if !machine.cached(driver.tool(), release, &driver.file.program).is_file() {
            super::say(&format!("building {what} ..."));
        }
        match install::install(machine, driver.tool(), &driver.file.program, recipe, release) {
            Ok(Installed::Cached(path)) if all => {
                super::say(&format!("{what} is installed: {}", path.display()));
            }
            Ok(Installed::Cached(_)) => {}
            Ok(Installed::Built(_, took)) => {
                super::say(&format!("built {what} in {:.0} s", took.as_secs_f64()));
            }
            Err(error) => {
                there = false;
                super::say(&format!("cannot build {what}: {error}"));
            }
        }
    }
    Ok(there)
}

#[derive(Serialize)]
struct Checked {
    #[serde(rename = "id")]
    id: String,
    version: Option<String>,
    reason: Option<String>,
    probes: Vec<Probe>,
}

fn check(args: &ToolsArgs) -> Result<Exit, Failed> {
    let (catalogue, selected, machine) = open(args)?;
    let mut checked = Vec::new();
    for tool in located(&catalogue, &selected, &machine) {
        let found = tool.found.as_ref();
        let probes = match found {
            Ok(_) => probe::check(&machine, &catalogue.conventions, &tool).map_err(anyhow::Error::from)?,
            Err(_) => Vec::new(),
        };
        checked.push(Checked {
            id: tool.driver.id.clone(),
            version: found.ok().map(|binary| binary.version.clone()),
            reason: found.err().map(ToString::to_string),
            probes,
        });
    }
    let wrong = checked.iter().flat_map(|tool| &tool.probes).any(|probe| !probe.ok);
    let absent = checked.iter().any(|tool| tool.version.is_none());
    if args.format == Format::Json {
        super::print_json(&checked)?;
    } else {
        let mut text = String::new();
        for tool in &checked {
            let version = tool.version.as_deref().or(tool.reason.as_deref()).unwrap_or("");
            let _ = writeln!(text, "{} {version}", tool.id);
            for probe in &tool.probes {
                let mark = if probe.ok { "ok" } else { "WRONG" };
                let _ = writeln!(text, "  {mark:6} {:18} {}", probe.what, probe.detail);
            }
        }
        super::print(&text)?;
    }
    Ok(if wrong {
        Exit::Unexpected
    } else if absent {
        Exit::ToolMissing
    } else {
        Exit::Success
    })
}
