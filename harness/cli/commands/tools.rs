//! `referee tools list | install | check`.
//!
//! Owns: showing what is on this machine. Leaves to others: finding, building, probing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use referee::results::ToolResult;
use referee::runner::catalogue::Catalogue;
use referee::runner::driver::Driver;
use referee::runner::tools::install;
use referee::runner::tools::probe::{self, Probe};
use referee::runner::tools::{Machine, Tool};
use schemars::JsonSchema;
use serde::Serialize;

use crate::args::{Format, ToolsArgs, ToolsCommand};
use crate::exit::{Exit, Failed};
use crate::progress::Wait;
use crate::{interrupt, machine};

pub(super) fn run(command: &ToolsCommand) -> Result<Exit, Failed> {
    match command {
        ToolsCommand::List(args) => list(args),
        ToolsCommand::Install { all, args } => install_chosen(args, *all),
        ToolsCommand::Check(args) => check(args),
    }
}

fn open(args: &ToolsArgs) -> Result<(Catalogue, Vec<String>, Machine), Failed> {
    let mut catalogue = Catalogue::shipped()?;
    let names = args.tools.iter().map(|name| super::names::driver_or_file(&mut catalogue, name));
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
    let width = tools.iter().map(|tool| tool.driver.id.len()).max().unwrap_or(0);
    let page = machine::page();
    let mut text = String::new();
    for tool in &tools {
        let (version, rest) = match &tool.found {
            Ok(binary) => (binary.version.as_str(), binary.path.display().to_string()),
            Err(why) => ("-", why.to_string()),
        };
        let head = format!("{:width$} {version:9} ", tool.driver.id);
        text.push_str(&page.row(&head, &tool.driver.name(), head.len()));
        // a path or a command to copy is not broken
        let _ = writeln!(text, "{:width$} {rest}", "");
    }
    super::print(&text)?;
    Ok(Exit::Success)
}

fn install_chosen(args: &ToolsArgs, all: bool) -> Result<Exit, Failed> {
    interrupt::watch()?;
    let (catalogue, selected, machine) = open(args)?;
    let named = !selected.is_empty();
    let is_chosen = |driver: &Driver| chosen(driver, &selected) && (named || all || !driver.is_large());
    let mut there = install(&machine, &catalogue, &is_chosen, true);
    if interrupt::came() {
        return Ok(Exit::Interrupted);
    }
    // of what cannot be built, what is named has to be there
    let plain = catalogue.drivers.iter().filter(|driver| driver.id == driver.tool());
    for driver in plain.filter(|driver| driver.pinned().is_none() && is_chosen(driver)) {
        match machine.locate(driver, false).found {
            Ok(binary) => {
                super::say(&format!(
                    "{} {} is installed: {}",
                    driver.id,
                    binary.version,
                    binary.path.display()
                ));
            }
            Err(why) => {
                there &= !named;
                super::say(&format!("{} is not built by referee: {why}", driver.id));
            }
        }
    }
    let left = catalogue.drivers.iter().filter(|driver| driver.is_large() && !is_chosen(driver));
    let left: BTreeSet<&str> =
        left.filter(|driver| machine.built(driver).is_none()).map(Driver::tool).collect();
    if !named && !left.is_empty() {
        let left = left.into_iter().collect::<Vec<_>>().join(", ");
        super::say(&format!("`referee tools install --all` builds the large ones, too: {left}"));
    }
    Ok(if there { Exit::Success } else { Exit::ToolMissing })
}

/// Builds the pinned releases of the chosen columns; says on standard error what it does, and if `verbose` also what
/// there was nothing to do for. Gives whether all are there now.
pub(super) fn install(
    machine: &Machine,
    catalogue: &Catalogue,
    chosen: &dyn Fn(&Driver) -> bool,
    verbose: bool,
) -> bool {
    let mut releases = BTreeMap::new();
    for driver in catalogue.drivers.iter().filter(|driver| chosen(driver)) {
        if let Some((install, release)) = driver.pinned() {
            // the small ones first: they are there soon
            let key = (driver.is_large(), driver.tool(), &release.version);
            releases.entry(key).or_insert((driver, install, release));
        }
    }
    let (cached, wanted): (Vec<_>, Vec<_>) =
        releases.into_iter().partition(|(_, (driver, ..))| machine.built(driver).is_some());
    for ((_, tool, version), (driver, ..)) in cached.iter().filter(|_| verbose) {
        let path = machine.built(driver).unwrap_or_default();
        super::say(&format!("{tool} {version} is installed: {}", path.display()));
    }
    let mut there = true;
    let count = wanted.len();
    for (at, ((_, tool, version), (driver, recipe, release))) in wanted.into_iter().enumerate() {
        if interrupt::came() {
            return false;
        }
        let wait = Wait::new(format!("building {tool} {version}, {} of {count}", at + 1));
        let built = install::install(machine, driver, recipe, release);
        drop(wait);
        match built {
            Ok(took) => super::say(&format!("built {tool} {version} in {:.0} s", took.as_secs_f64())),
            Err(error) => {
                there = false;
                super::say(&format!("cannot build {tool} {version}: {error}"));
            }
        }
    }
    there
}

/// What came of the probes of a column.
#[derive(Serialize, JsonSchema)]
struct Checked {
    id: String,
    version: Option<String>,
    /// Why there is no program.
    reason: Option<String>,
    probes: Vec<Probe>,
}

/// The schema of what `tools check` prints as JSON.
pub(super) fn schema_of_check() -> schemars::Schema {
    super::schema::of_output::<[Checked]>()
}

fn check(args: &ToolsArgs) -> Result<Exit, Failed> {
    let (catalogue, selected, machine) = open(args)?;
    let mut checked = Vec::new();
    let all = located(&catalogue, &[], &machine);
    for tool in located(&catalogue, &selected, &machine) {
        let found = tool.found.as_ref();
        let probes = match found {
            Ok(_) => {
                probe::check(&machine, &catalogue.conventions, &tool, &all).map_err(anyhow::Error::from)?
            }
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
                let head = format!("  {mark:6} {:18} ", probe.what);
                text.push_str(&machine::page().row(&head, &probe.detail, head.len()));
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
