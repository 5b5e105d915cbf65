//! `referee run`: cells of all cases, and who finds what.
//!
//! Owns: selection, tools, interruption, where results go. Leaves to others: running and rendering.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::Context as _;
use referee::convention::{Convention, Status};
use referee::process::HarnessError;
use referee::process::cpu_time;
use referee::results::golden::Goldens;
use referee::results::report::summary;
use referee::results::{self, CaseResult, CellId, Outcome, Results, Schema, Timing, Verdict};
use referee::runner::backend::RunContext;
use referee::runner::case::Case;
use referee::runner::case::cell::Cell;
use referee::runner::catalogue::{self, Catalogue};
use referee::runner::driver::Driver;
use referee::runner::schedule::{self, Run};
use referee::runner::tools::{Machine, Tool};

use super::{Selected, names, selection};
use crate::args::{Builds, Deny, Format, RunArgs};
use crate::exit::{Exit, Failed};
use crate::progress::Progress;
use crate::sink::{self, Sink};
use crate::{interrupt, machine};

/// The tag of cases that ask how the time grows with the number of referrers.
const GROWS: &str = "scale";

pub(super) fn run(args: &RunArgs) -> Result<Exit, Failed> {
    let stop = interrupt::watch()?;
    let (catalogue, selected) = super::catalogue(&args.files)?;
    let require = args.require.iter().map(|id| match id.as_str() {
        "all" => Ok(id.clone()),
        id => names::driver(&catalogue, id, "and those of --driver"),
    });
    let require = require.collect::<Result<Vec<_>, _>>()?;
    let cells = match selection::select(&catalogue, &selected, &args.filter, args.readers.into()) {
        Ok(cells) => cells,
        Err(nothing) => {
            super::say(&nothing);
            return Ok(Exit::NothingSelected);
        }
    };
    let report = args.report.as_deref().map(Sink::open).transpose()?;
    args.bless.as_deref().map(sink::folder).transpose()?;
    let machine = machine::machine(args.cache.as_deref())?;
    let wanted: BTreeSet<&str> =
        cells.iter().flat_map(|cell| cell.id.roles()).map(|(_, binding)| binding.driver()).collect();
    if let Some(builds) = args.install {
        let chosen = |driver: &Driver| {
            wanted.contains(driver.id.as_str()) && (builds == Builds::All || !driver.is_large())
        };
        super::tools::install(&machine, &catalogue, &chosen, false);
    }
    let drivers = catalogue.drivers.iter().filter(|driver| wanted.contains(driver.id.as_str()));
    let tools: BTreeMap<String, Tool> =
        drivers.map(|driver| (driver.id.clone(), machine.locate(driver, args.install.is_some()))).collect();
    if interrupt::came() {
        return Ok(Exit::Interrupted);
    }
    if let Some(missing) = missing(&require, &catalogue, &tools) {
        super::say(&missing);
        return Ok(Exit::ToolMissing);
    }
    let goldens = catalogue::goldens()?;
    let (results, trouble) = results(args, &catalogue, &goldens, &machine, &cells, &tools, stop)?;
    // a run is dear: what can be written is, even where something else cannot
    let written = [
        report.map_or(Ok(()), |mut report| report.write(&results.to_json())),
        args.bless.as_deref().map_or(Ok(()), |folder| bless(folder, args, &catalogue, &goldens, &results)),
        match args.format {
            Format::Json => super::print_json(&results),
            Format::Human => super::print(&summary::render(machine::page(), &results)),
        },
    ];
    written.into_iter().collect::<Result<(), Failed>>()?;
    if let Some(trouble) = trouble {
        let what = "the run broke off, and what was finished by then is written, marked incomplete";
        return Err(anyhow::Error::from(trouble).context(what).into());
    }
    let new =
        args.deny.contains(&Deny::New) && results.cells.iter().any(|cell| cell.verdict == Some(Verdict::New));
    let nothing = !results.cells.iter().any(|cell| cell.outcome.ran());
    let missing = results.cells.iter().any(|cell| cell.outcome == Outcome::Unavailable);
    Ok(if interrupt::came() {
        Exit::Interrupted
    } else if nothing && missing {
        super::say(&nothing_ran(&selected, &tools));
        Exit::ToolMissing
    } else if results.unexpected().next().is_some() || new {
        Exit::Unexpected
    } else {
        Exit::Success
    })
}

fn missing(require: &[String], catalogue: &Catalogue, tools: &BTreeMap<String, Tool>) -> Option<String> {
    let all = require.iter().any(|id| id == "all");
    let installable = |driver: &Driver| driver.pinned().is_some() || driver.file.debian.is_some();
    let installable = catalogue.drivers.iter().filter(|driver| all && installable(driver));
    let required: BTreeSet<&str> = require
        .iter()
        .map(String::as_str)
        .filter(|id| *id != "all")
        .chain(installable.map(|driver| driver.id.as_str()))
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
) -> Result<(Results, Option<HarnessError>), Failed> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(cores * 2, usize::from);
    let context = RunContext::new(machine, &catalogue.conventions, tools);
    let run = Run { cells, repeat: usize::from(args.repeat), jobs, goldens, stop };
    let progress = Progress::new();
    let date = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (begin, before) = (Instant::now(), cpu_time::now());
    let done = schedule::run(&context, &run, &|event| progress.event(event)).map_err(anyhow::Error::from)?;
    let used = cpu_time::now() - before;
    let order = catalogue.drivers.iter().filter_map(|driver| tools.get(&driver.id));
    let results = Results {
        schema: Schema::V1,
        suite: results::suite(&catalogue.sources),
        referee: Some(env!("CARGO_PKG_VERSION").to_owned()),
        date: Some(date),
        complete: done.complete,
        cases: cases(catalogue, cells),
        conventions: conventions(catalogue, cells, |_| true),
        proposed: conventions(catalogue, cells, |convention| convention.status == Status::Proposed),
        tools: order.map(|tool| tool.result(&machine.sandbox)).collect(),
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

/// The cases of these cells, in order of their ids.
fn cases(catalogue: &Catalogue, cells: &[Cell]) -> Vec<CaseResult> {
    let ids: BTreeSet<&str> = cells.iter().map(|cell| cell.id.case()).collect();
    let cases = catalogue.cases.iter().filter(|case| ids.contains(case.id.as_str()));
    let cases = cases.map(|case| (&case.id, case_result(case)));
    cases.collect::<BTreeMap<_, _>>().into_values().collect()
}

fn case_result(case: &Case) -> CaseResult {
    let grows = case.tags.iter().any(|tag| tag == GROWS);
    let referrers = case.content.iter().filter(|content| content.subject.is_some()).count();
    let absent = case.content.iter().filter(|content| content.absent);
    CaseResult {
        id: case.id.clone(),
        title: case.title.clone(),
        absent: absent.map(|content| content.name.as_str().to_owned()).collect(),
        size: grows.then_some(referrers as u64),
    }
}

/// The conventions of these cells of which this is true, in the order of the catalogue.
fn conventions(catalogue: &Catalogue, cells: &[Cell], is: impl Fn(&Convention) -> bool) -> Vec<String> {
    let ids: BTreeSet<&str> =
        cells.iter().flat_map(|cell| [cell.id.convention(), cell.id.reader()]).flatten().collect();
    let all = catalogue.conventions.iter().filter(|convention| ids.contains(convention.id.as_str()));
    all.filter(|convention| is(convention)).map(|convention| convention.id.clone()).collect()
}

/// Why nothing ran: the tools that the user named, or else that none is there.
fn nothing_ran(selected: &Selected, tools: &BTreeMap<String, Tool>) -> String {
    let is_named = |driver: &Driver| {
        let mut ids = selected.drivers.iter();
        ids.any(|id| *id == driver.id || id == driver.tool())
    };
    let named = tools.values().filter(|tool| is_named(&tool.driver));
    let why = named.filter_map(|tool| Some(format!("{}: {}", tool.driver.id, tool.found.as_ref().err()?)));
    match why.collect::<Vec<_>>().as_slice() {
        [] => "error: nothing ran, since no selected tool is available".to_owned(),
        why => format!("error: nothing ran: {}", why.join("; ")),
    }
}

fn bless(
    folder: &Path,
    args: &RunArgs,
    catalogue: &Catalogue,
    goldens: &Goldens,
    results: &Results,
) -> Result<(), Failed> {
    let cells = selection::all(catalogue, args.readers.into()).filter(|cell| !cell.case.races());
    let exist: BTreeSet<CellId> = cells.map(|cell| cell.id).collect();
    for golden in goldens.bless(results, |id| exist.contains(id)) {
        let path = folder.join(golden.file_name());
        std::fs::write(&path, golden.render()).with_context(|| format!("cannot write {}", path.display()))?;
        super::say(&format!("wrote {}", path.display()));
    }
    Ok(())
}
