//! `referee check LAYOUT...`: what is wrong with a layout, and who says so.
//!
//! Owns: which texts are asked, what is opened, the exit code. Leaves to others: the rules ([`referee::rules`]), and the
//! three forms in which findings are printed.

mod human;
mod json;
mod sarif;

use std::path::Path;

use referee::layout::Layout;
use referee::rules::profile::ProfileFile;
use referee::rules::{Checker, Profile, Report, Severity, requirement};
use referee::runner::catalogue;

use super::names;
use crate::args::{CheckArgs, CheckFormat, FailOn};
use crate::exit::{Exit, Failed};
use crate::input::{self, Input};

/// How many bytes of heap a thread gets at once: less than the 32 MiB up to which the C library adapts.
const HEAP: usize = 28 << 20;

/// One layout with what was found in it.
#[derive(Debug)]
struct Checked {
    name: String,
    report: Report,
}

pub(super) fn run(args: &CheckArgs) -> Result<Exit, Failed> {
    let profile = profile(&args.profile, &args.reading)?;
    let checker = Checker::new(profile.clone());
    let threads = args.jobs.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .start_handler(|_| grow_heap())
        .build()
        .map_err(anyhow::Error::from)?;
    let page = crate::machine::page();
    let mut all = Vec::new();
    let mut exit = Exit::Success;
    let least = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
    };
    for (n, path) in args.layouts.iter().enumerate() {
        let is_last = n + 1 == args.layouts.len();
        let report = match pool.install(|| check(&checker, path, is_last)) {
            Ok(report) => report,
            // the others are checked all the same
            Err(failed) => {
                exit = failed.print();
                continue;
            }
        };
        let bad = [Severity::Warning, Severity::Error]
            .into_iter()
            .any(|severity| severity >= least && report.count(severity) > 0);
        if bad && exit == Exit::Success {
            exit = Exit::Findings;
        }
        let checked = Checked { name: input::name(path), report };
        match args.format {
            CheckFormat::Human => super::print(&human::text(&checked, &profile, page))?,
            CheckFormat::Json => super::print_json(&json::document(&checked, &profile))?,
            CheckFormat::Sarif => all.push(checked),
        }
    }
    if args.format == CheckFormat::Sarif {
        super::print_json(&sarif::log(&all, &profile))?;
    }
    Ok(exit)
}

/// The schema of the findings as JSON.
pub(super) fn schema() -> schemars::Schema {
    super::schema::of_output::<json::Document<'_>>()
}

/// Has the C library map memory for a thread's heap at once: otherwise it grows by a page at a time, with a system call for
/// each. Pages that are never written to cost nothing.
fn grow_heap() {
    // the first allocation is mapped by itself; freeing it raises the size up to which the heap is used
    for _ in 0..2 {
        std::hint::black_box(Vec::<u8>::with_capacity(HEAP));
    }
}

fn check(checker: &Checker, path: &Path, is_last: bool) -> Result<Report, Failed> {
    match input::open(path, Layout::open_damaged)? {
        Input::Directory(layout) => {
            let (report, facts) = checker.directory_with_facts(&layout);
            // the process ends soon, and freeing what was read of a large layout takes it a fortieth of its time
            if is_last {
                std::mem::forget(facts);
            }
            Ok(report)
        }
        Input::Archive(from) => checker
            .archive(Path::new(&input::name(path)), from)
            .map_err(|error| Failed::usage(error.to_string())),
    }
}

/// The profile of that id or file, with the readings that are picked.
fn profile(name: &str, readings: &[String]) -> Result<Profile, Failed> {
    let mut profile = if names::is_file(name) {
        let source = catalogue::read(Path::new(name))?;
        let file = ProfileFile::parse(&source).map_err(catalogue::CatalogueError::from)?;
        catalogue::profile(file, &source)?
    } else {
        let known = catalogue::profile_ids();
        let id = names::one_of("profile", name, known.iter().map(String::as_str), names::OR_FILE)?;
        catalogue::shipped_profile(&id)?.ok_or_else(|| Failed::usage("the profile is gone"))?
    };
    for picked in readings {
        let (question, answer) = reading(picked)?;
        profile.readings.insert(question, answer);
    }
    Ok(profile)
}

/// A question and one of its answers, as in `AMB-06=union`.
fn reading(text: &str) -> Result<(String, String), Failed> {
    let (question, answer) = text
        .split_once('=')
        .ok_or_else(|| Failed::usage(format!("`{text}` is no reading, expected one such as AMB-06=union")))?;
    let questions = requirement::ambiguities().iter();
    let question = names::one_of("open question", question, questions.map(|known| known.id.as_str()), "")?;
    let readings = requirement::ambiguity(&question).into_iter().flat_map(|known| &known.readings);
    let of = format!("reading of {question}");
    let answer = names::one_of(&of, answer, readings.map(|reading| reading.id.as_str()), "")?;
    if !decides(&question, &answer) {
        let help = format!("`referee explain {question}` says what is reported");
        return Err(Failed::usage(format!("the reading {text} changes nothing that a rule finds; {help}")));
    }
    Ok((question, answer))
}

/// Whether a rule's findings depend on that reading.
fn decides(question: &str, answer: &str) -> bool {
    let readings = referee::rules::catalogue::rules().filter_map(|rule| rule.reading);
    readings
        .filter(|reading| reading.question == question)
        .any(|reading| reading.error.contains(&answer) || reading.fine.contains(&answer))
}
