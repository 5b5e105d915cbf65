//! What needs a sentence, by cause: cells that share one share a paragraph.
//!
//! Owns: surprises, unexpected verdicts, and what was not run because no driver claims it. Leaves to others: tables
//! ([`super::matrix`]), and tools that are not there ([`super::summary`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::wrap::wrapped;
use crate::cell_id::BUILTIN;
use crate::judge::Verdict;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};

/// Cells by cause. A cause is a word and a sentence.
struct Causes<'a, K>(BTreeMap<(K, String), Vec<&'a CellResult>>);

impl<'a, K: Copy + Ord> Causes<'a, K> {
    fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn add(&mut self, word: K, sentence: String, cell: &'a CellResult) {
        self.0.entry((word, sentence)).or_default().push(cell);
    }

    fn render(&self, word: impl Fn(K) -> &'static str) -> String {
        let mut text = String::new();
        for ((head, sentence), cells) in &self.0 {
            text.push_str(&paragraph(word(*head), sentence));
            let first = cells.first().map_or("", |cell| cell.id.as_str());
            let count =
                if cells.len() > 1 { format!("{} cells, first ", cells.len()) } else { String::new() };
            text.push_str(&paragraph("", &format!("{count}{first}")));
        }
        text
    }
}

/// What a tool does that a person would not think of.
pub(super) fn surprises(results: &Results) -> String {
    let mut causes = Causes::new();
    let mut leaks: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for cell in &results.cells {
        if let Some(what) = surprise(cell) {
            causes.add(cell.outcome, what, cell);
        }
        for step in cell.steps.iter().filter(|step| step.leaked) {
            let role = cell.roles.get(&step.role).map_or("", String::as_str);
            leaks.entry(role).or_default().insert(&cell.id);
        }
    }
    let mut text = String::new();
    for (driver, paths) in outside(results) {
        let paths: Vec<_> = paths.into_iter().collect();
        let what = format!("{driver} wrote beside its layout: {}", paths.join(", "));
        text.push_str(&paragraph("outside", &what));
    }
    text.push_str(&causes.render(Outcome::word));
    for (kind, what) in super::habits::lines(results) {
        text.push_str(&paragraph(kind, &what));
    }
    for (driver, cells) in &leaks {
        let what = format!("{driver} left a process behind in {} cells; it was ended", cells.len());
        text.push_str(&paragraph("leak", &what));
    }
    if text.is_empty() { text } else { format!("Surprises\n\n{text}\n") }
}

fn surprise(cell: &CellResult) -> Option<String> {
    match cell.outcome {
        Outcome::Crash | Outcome::Hang | Outcome::Garbled | Outcome::Error | Outcome::Refused => {
            cell.reason.as_deref().map(without_digests)
        }
        Outcome::Flaky => Some(format!("{} reading {}: {}", cell.column, cell.row, counts(cell))),
        // what a convention's reader cannot know is no surprise about a tool
        _ if cell.consumer() == BUILTIN => None,
        Outcome::Altered => {
            let fields: BTreeSet<_> =
                cell.altered.iter().filter_map(|field| field.rsplit('.').next()).collect();
            let fields: Vec<_> = fields.into_iter().collect();
            Some(format!("{} answers with another {}", cell.column, fields.join(", ")))
        }
        Outcome::Partial => {
            Some(format!("{} finds some of the referrers and leaves out others", cell.column))
        }
        Outcome::Extra => Some(format!("{} lists something that is no referrer of the subject", cell.column)),
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
            let driver = cell.roles.get(&step.role).map_or("", String::as_str);
            found.entry(driver).or_default().extend(step.outside.iter().map(String::as_str));
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
        let advice = match verdict {
            Verdict::Changed => "not what its golden says",
            Verdict::Fixed => "a declared deviation is gone: remove it from the driver",
            _ => "not what its source says",
        };
        causes.add(verdict, format!("{} ({advice})", seen(cell)), cell);
    }
    let text = causes.render(Verdict::word);
    if text.is_empty() {
        return text;
    }
    let several = causes.0.values().any(|cells| cells.len() > 1);
    let more = if several { "\n`--format json` and `--report FILE` have every cell.\n" } else { "" };
    format!("Unexpected\n\n{text}{more}\n")
}

/// What was seen, and of whom.
fn seen(cell: &CellResult) -> String {
    let (column, outcome) = (&cell.column, cell.outcome);
    match (outcome, &cell.reason) {
        (Outcome::Flaky, _) => format!("{column}: flaky, {}", counts(cell)),
        (Outcome::Altered, _) => format!("{column}: altered, {}", cell.altered.join(", ")),
        (Outcome::Extra, Some(reason)) => format!("{column}: extra, {reason}"),
        (_, Some(reason)) => format!("{outcome}: {}", without_digests(reason)),
        (_, None) => format!("{column}: {outcome}"),
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
    let cells = |count: usize| if count == 1 { "cell" } else { "cells" };
    let line = |(reason, count): (&&str, &usize)| format!("{reason}: {count} {}\n", cells(*count));
    format!("Not run: the driver does not claim it\n\n{}\n", counts.iter().map(line).collect::<String>())
}

/// A word and what it is about, in two columns.
fn paragraph(head: &str, body: &str) -> String {
    wrapped(&format!("{head:8} "), body, 9)
}

/// A sentence with its digests, paths of blobs and fallback tags cut short, so that one cause reads the same in all cells.
pub(super) fn without_digests(text: &str) -> String {
    DIGEST.replace_all(text, "$1$2...").into_owned()
}

static DIGEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(sha256|sha512|blake3)([:/-])[0-9a-f]{12,}").expect("the pattern is a constant")
});
