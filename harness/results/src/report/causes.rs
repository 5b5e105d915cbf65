//! What needs a sentence, by cause: cells that share one share a paragraph.
//!
//! Owns: surprises, unexpected verdicts, and what was not run because no driver claims it. Leaves to others: tables
//! ([`super::matrix`]), and tools that are not there ([`super::summary`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::wrap::{counted, wrapped};
use crate::cell_id::{BUILTIN, CellId};
use crate::observation::Recorded;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::verdict::Verdict;
use crate::vocabulary::{Surprise, Word};

/// Below the sentences.
const INDENT: &str = "         ";

/// Cells by cause. A cause is a word and a sentence.
struct Causes<'a>(BTreeMap<(Word, String), Vec<&'a CellResult>>);

impl<'a> Causes<'a> {
    fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn add(&mut self, word: impl Into<Word>, sentence: String, cell: &'a CellResult) {
        self.0.entry((word.into(), sentence)).or_default().push(cell);
    }

    fn render(&self) -> String {
        let mut text = String::new();
        for ((head, sentence), cells) in &self.0 {
            text.push_str(&paragraph(*head, sentence));
            let first = cells.first().map(|cell| cell.id.to_string()).unwrap_or_default();
            let count =
                if cells.len() > 1 { format!("{} cells, first ", cells.len()) } else { String::new() };
            text.push_str(&wrapped(INDENT, &format!("{count}{first}"), INDENT.len()));
        }
        text
    }
}

/// What a tool does that a person would not think of.
pub(super) fn surprises(results: &Results) -> String {
    let mut causes = Causes::new();
    let mut leaks: BTreeMap<&str, BTreeSet<&CellId>> = BTreeMap::new();
    for cell in &results.cells {
        if let Some(what) = surprise(cell) {
            causes.add(cell.outcome, what, cell);
        }
        for step in cell.steps.iter().filter(|step| step.leaked) {
            leaks.entry(cell.id.driver(step.role)).or_default().insert(&cell.id);
        }
    }
    let mut text = String::new();
    for (driver, paths) in outside(results) {
        let paths: Vec<_> = paths.into_iter().collect();
        let what = format!("{driver} wrote beside its layout: {}", paths.join(", "));
        text.push_str(&paragraph(Surprise::Outside, &what));
    }
    text.push_str(&causes.render());
    for (kind, what) in super::habits::lines(results) {
        text.push_str(&paragraph(kind, &what));
    }
    for (driver, cells) in &leaks {
        let what =
            format!("{driver} left a process behind in {}; it was ended", counted(cells.len(), "cell"));
        text.push_str(&paragraph(Surprise::Leak, &what));
    }
    if text.is_empty() { text } else { format!("Surprises\n\n{text}\n") }
}

fn surprise(cell: &CellResult) -> Option<String> {
    match cell.outcome {
        Outcome::Crash | Outcome::Hang | Outcome::Garbled | Outcome::Error | Outcome::Refused => {
            cell.reason.as_deref().map(without_digests)
        }
        Outcome::Flaky => Some(format!("{} reading {}: {}", cell.id.column(), cell.id.row(), counts(cell))),
        // what a convention's reader cannot know is no surprise about a tool
        _ if cell.consumer() == BUILTIN => None,
        Outcome::Altered => {
            let fields: BTreeSet<_> =
                cell.altered.iter().filter_map(|field| field.rsplit('.').next()).collect();
            let fields: Vec<_> = fields.into_iter().collect();
            Some(format!("{} answers with another {}", cell.id.column(), fields.join(", ")))
        }
        Outcome::Partial => {
            Some(format!("{} finds some of the referrers and leaves out others", cell.id.column()))
        }
        Outcome::Extra => {
            Some(format!("{} lists something that is no referrer of the subject", cell.id.column()))
        }
        Outcome::Seen | Outcome::Missed | Outcome::Unsupported | Outcome::Unavailable => None,
    }
}

fn counts(cell: &CellResult) -> String {
    let counts: Vec<_> = cell.outcomes.iter().map(|(outcome, n)| format!("{outcome} {n}x")).collect();
    counts.join(", ")
}

/// What each tool wrote beside its layout.
fn outside(results: &Results) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for cell in &results.cells {
        for step in cell.steps.iter().filter(|step| !step.outside.is_empty()) {
            found
                .entry(cell.id.driver(step.role))
                .or_default()
                .extend(step.outside.iter().map(String::as_str));
        }
    }
    found
}

/// The verdicts that make the run fail.
pub(super) fn unexpected(results: &Results) -> String {
    let mut causes = Causes::new();
    for cell in results.unexpected() {
        let Some(verdict) = cell.verdict else {
            continue;
        };
        let seen = seen(cell);
        let sentence = match (verdict, &cell.was, cell.specified) {
            (Verdict::Changed, Some(was), _) => {
                format!("{} was {}, now {seen}", cell.id.column(), then(was, cell))
            }
            (Verdict::Fixed, ..) => {
                format!(
                    "{}: {seen}; a declared deviation is gone: remove it from the driver",
                    cell.id.column()
                )
            }
            (_, _, Some(specified)) => format!("{} is to be {specified}, is {seen}", cell.id.column()),
            (_, _, None) => format!("{}: {seen}", cell.id.column()),
        };
        causes.add(verdict, sentence, cell);
    }
    let text = causes.render();
    if text.is_empty() {
        return text;
    }
    let several = causes.0.values().any(|cells| cells.len() > 1);
    let more = if several { "\n`--format json` and `--report FILE` have every cell.\n" } else { "" };
    format!("Unexpected\n\n{text}{more}\n")
}

/// What was seen.
fn seen(cell: &CellResult) -> String {
    let outcome = cell.outcome;
    match (outcome, &cell.reason) {
        (Outcome::Flaky, _) => format!("{outcome}: {}", counts(cell)),
        (Outcome::Altered, _) => format!("{outcome}: {}", cell.altered.join(", ")),
        (_, Some(reason)) => format!("{outcome}: {}", without_digests(reason)),
        (Outcome::Partial, None) => format!("{outcome}: {}", cell.sees.join(", ")),
        (_, None) => outcome.to_string(),
    }
}

/// What was seen before, with what tells it from what is seen now.
fn then(was: &Recorded, cell: &CellResult) -> String {
    let outcome = was.outcome;
    match outcome {
        Outcome::Flaky => {
            let among: Vec<_> = was.among.iter().map(ToString::to_string).collect();
            format!("{outcome} among {}", among.join(", "))
        }
        _ if outcome != cell.outcome => outcome.to_string(),
        _ if was.altered != cell.altered => format!("{outcome} ({})", was.altered.join(", ")),
        _ => format!(
            "{outcome} (listing {})",
            if was.sees.is_empty() { "nothing".to_owned() } else { was.sees.join(", ") }
        ),
    }
}

/// What no cell could show, because a driver does not say that its tool can do it.
pub(super) fn unclaimed(results: &Results) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in results.cells.iter().filter(|cell| cell.outcome == Outcome::Unsupported) {
        *counts.entry(cell.reason.as_deref().unwrap_or("")).or_insert(0) += 1;
    }
    if counts.is_empty() {
        return String::new();
    }
    let line = |(reason, count): (&&str, &usize)| format!("{reason}: {}\n", counted(*count, "cell"));
    format!("Not run: the driver does not claim it\n\n{}\n", counts.iter().map(line).collect::<String>())
}

/// A word and what it is about, in two columns.
fn paragraph(head: impl Into<Word>, body: &str) -> String {
    wrapped(&format!("{:width$}", head.into().text(), width = INDENT.len()), body, INDENT.len())
}

/// A sentence with its digests, paths of blobs and fallback tags cut short, so that one cause reads the same in all cells.
pub(super) fn without_digests(text: &str) -> String {
    DIGEST.replace_all(text, "$1$2...").into_owned()
}

static DIGEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(sha256|sha512|blake3)([:/-])[0-9a-f]{12,}").expect("the pattern is a constant")
});
