//! `referee run`: cells of all cases, and who finds what.
//!
//! Owns: selection, tools, interruption, where results go. Leaves to others: running and rendering.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::Context as _;
use referee::runner::catalogue::{self, Catalogue};
use referee::runner::cell::{self, Binding, Cell};
use referee::runner::exec::{ExecError, World};
use referee::runner::golden::Goldens;
use referee::runner::judge::Verdict;
use referee::runner::report::summary;
use referee::runner::results::{self, Results, Timing, ToolResult};
use referee::runner::schedule::{self, Run};
use referee::runner::tools::{Machine, Tool};
use referee::runner::usage;

use super::Selected;
use crate::args::{Deny, Format, RunArgs};
use crate::exit::{Exit, Failed};
use crate::progress::Progress;
use crate::{interrupt, machine};

pub(super) fn run(args: &RunArgs) -> Result<Exit, Failed> {
    let stop = interrupt::watch()?;
    let (catalogue, selected) = super::catalogue(&args.files)?;
    let cells = select(&catalogue, &selected, &args.filter);
    if cells.is_empty() {
        super::say("error: no cell matches; `referee list cells` shows all");
        return Ok(Exit::NothingSelected);
    }
    let machine = machine::machine(args.cache.as_deref())?;
    let wanted: BTreeSet<&str> =
        cells.iter().flat_map(|cell| &cell.roles).map(|(_, binding)| binding.driver()).collect();
    if args.install {
        super::tools::install(&machine, &catalogue, &|driver| wanted.contains(driver.id.as_str()))?;
    }
    let drivers = catalogue.drivers.iter().filter(|driver| wanted.contains(driver.id.as_str()));
    let tools: BTreeMap<String, Tool> =
        drivers.map(|driver| (driver.id.clone(), machine.locate(driver, args.install))).collect();
    if interrupt::came() {
        return Ok(Exit::Interrupted);
    }
    if let Some(missing) = missing(&args.require, &catalogue, &tools) {
        super::say(&missing);
        return Ok(Exit::ToolMissing);
    }
    let goldens = catalogue::goldens()?;
    let (results, trouble) = results(args, &catalogue, &goldens, &machine, &cells, &tools, stop)?;
    if let Some(path) = &args.report {
        let text = serde_json::to_string_pretty(&results).map_err(anyhow::Error::from)?;
        std::fs::write(path, text + "\n").with_context(|| format!("write {}", path.display()))?;
    }
    if let Some(folder) = &args.bless {
        bless(folder, &goldens, &results)?;
    }
    match args.format {
        Format::Json => super::print_json(&results)?,
        Format::Human => super::print(&human(&catalogue, &results))?,
    }
    if let Some(trouble) = trouble {
        let what = "the run broke off, and what was finished by then is written, marked incomplete";
        return Err(anyhow::Error::from(trouble).context(what).into());
    }
    let new =
        args.deny.contains(&Deny::New) && results.cells.iter().any(|cell| cell.verdict == Some(Verdict::New));
    Ok(if interrupt::came() {
        Exit::Interrupted
    } else if results.unexpected().next().is_some() || new {
        Exit::Unexpected
    } else {
        Exit::Success
    })
}

/// The cells that the user's words select.
pub(super) fn select(catalogue: &Catalogue, selected: &Selected, filter: &[String]) -> Vec<Cell> {
    // `[` stands for itself: cell ids are full of it
    let patterns: Vec<String> = filter.iter().map(|pattern| pattern.replace('[', "\\[")).collect();
    let globs = cell::globs(&patterns);
    let named = |cell: &Cell| filter.is_empty() || globs.is_match(&cell.id) || globs.is_match(&cell.case.id);
    let involves = |cell: &Cell, drivers: &[String]| {
        let mut bound = cell.roles.iter().map(|(_, binding)| binding.driver());
        drivers.is_empty()
            || bound.any(|id| drivers.iter().any(|one| id == one || id.split('+').next() == Some(one)))
    };
    let follows = |cell: &Cell, conventions: &[String]| {
        let mut bound = cell.roles.iter().map(|(_, binding)| binding);
        let is = |binding: &Binding| matches!(binding, Binding::Builtin(id) if conventions.contains(id));
        conventions.is_empty() || bound.any(is)
    };
    let cases = catalogue.cases.iter().map(|case| Arc::new(case.clone()));
    let cells = cases.flat_map(|case| cell::expand(&case, &catalogue.drivers, &catalogue.conventions));
    let cells = cells.filter(|cell| named(cell));
    cells.filter(|cell| involves(cell, &selected.drivers) && follows(cell, &selected.conventions)).collect()
}

fn missing(require: &[String], catalogue: &Catalogue, tools: &BTreeMap<String, Tool>) -> Option<String> {
    let all = require.iter().any(|id| id == "all");
    let pinned = catalogue.drivers.iter().filter(|driver| all && driver.release().is_some());
    let required: BTreeSet<&str> = require
        .iter()
        .map(String::as_str)
        .filter(|id| *id != "all")
        .chain(pinned.map(|d| d.id.as_str()))
        .collect();
    let why = |id: &str| match tools.get(id) {
        None => Some(format!("error: required tool `{id}` is in no selected cell")),
        Some(tool) => tool.found.as_ref().err().map(|why| format!("error: required tool `{id}`: {why}")),
    };
    let lines: Vec<String> = required.into_iter().filter_map(why).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn results(
    args: &RunArgs,
    catalogue: &Catalogue,
    goldens: &Goldens,
    machine: &Machine,
    cells: &[Cell],
    tools: &BTreeMap<String, Tool>,
    stop: &AtomicBool,
) -> Result<(Results, Option<ExecError>), Failed> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.unwrap_or(cores * 2);
    let world = World::new(machine, &catalogue.conventions, tools);
    let run = Run { cells, repeat: usize::from(args.repeat), jobs, goldens, stop };
    let progress = Progress::new();
    let (begin, before) = (Instant::now(), usage::now());
    let done = schedule::run(&world, &run, &|event| progress.event(event)).map_err(anyhow::Error::from)?;
    let used = usage::now() - before;
    let network = machine.sandbox.network();
    let order = catalogue.drivers.iter().filter_map(|driver| tools.get(&driver.id));
    let results = Results {
        schema: "referee/results/v1",
        suite: results::suite(&catalogue.sources),
        complete: done.complete,
        tools: order.map(|tool| ToolResult::new(tool, network)).collect(),
        cells: done.cells,
        timing: Timing {
            wall_millis: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            tools_cpu_millis: machine.sandbox.reason().map(|_| used.children_millis),
            own_cpu_millis: used.own_millis,
            jobs,
        },
    };
    Ok((results, done.trouble))
}

fn bless(folder: &Path, goldens: &Goldens, results: &Results) -> Result<(), Failed> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    for golden in results.bless(goldens) {
        let path = folder.join(golden.file_name());
        std::fs::write(&path, golden.render()).with_context(|| format!("write {}", path.display()))?;
        super::say(&format!("wrote {}", path.display()));
    }
    Ok(())
}

fn human(catalogue: &Catalogue, results: &Results) -> String {
    let titles = catalogue.cases.iter().map(|case| (case.id.clone(), case.title.clone())).collect();
    let tools: Vec<String> = catalogue.drivers.iter().map(|driver| driver.id.clone()).collect();
    let conventions: Vec<String> =
        catalogue.conventions.iter().map(|convention| cell::as_convention(&convention.id)).collect();
    summary::render(results, &titles, &tools, &conventions)
}
