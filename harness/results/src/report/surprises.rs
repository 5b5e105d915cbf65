//! What a tool does that a person would not think of, and what it says that it will not do.
//!
//! Owns: telling surprises from what is none: a refusal says what it is, a bystander that does the same without referrers is
//! not surprised by them, and nobody need list what is not there. Leaves to others: tables ([`super::matrix`]), and habits of tools
//! ([`super::habits`]).

use std::collections::{BTreeMap, BTreeSet};

use referee_source::counted;

use super::causes::{Causes, paragraph, whose};
use super::unexpected::then;
use super::wrap::Page;
use crate::cell_id::{Binding, CellId, RAW};
use crate::fate;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::role::Role;
use crate::vocabulary::Surprise;

/// What a tool does that a person would not think of.
pub(super) fn surprises(page: Page, results: &Results) -> String {
    let mut causes = Causes::default();
    let mut leaks: BTreeMap<&str, BTreeSet<&CellId>> = BTreeMap::new();
    for cell in &results.cells {
        if let Some((who, what)) = surprise(results, cell) {
            let was = cell.was.as_ref().map(|was| format!("; it was {}", then(was, cell)));
            causes.add(cell.outcome, &who, what + &was.unwrap_or_default(), cell);
        }
        for step in cell.steps.iter().filter(|step| step.leaked) {
            leaks.entry(cell.id.driver(step.role)).or_default().insert(&cell.id);
        }
    }
    let mut text = String::new();
    for (driver, paths) in outside(results) {
        let paths: Vec<_> = paths.into_iter().collect();
        let what = format!("{driver} wrote beside its layout: {}", paths.join(", "));
        text.push_str(&paragraph(page, Surprise::Outside, &what));
    }
    text.push_str(&causes.render(page));
    for (kind, what) in super::habits::lines(results) {
        text.push_str(&paragraph(page, kind, &what));
    }
    for (driver, cells) in &leaks {
        let cells = counted(cells.len(), "cell");
        let what = format!("{driver} left a process behind in {cells}; it was ended");
        text.push_str(&paragraph(page, Surprise::Leak, &what));
    }
    if text.is_empty() { text } else { format!("Surprises\n\n{text}\n") }
}

/// What tools said that they cannot or will not do, in their own words.
pub(super) fn refusals(page: Page, results: &Results) -> String {
    let mut causes = Causes::default();
    for cell in results.cells.iter().filter(|cell| cell.outcome == Outcome::Refused && !is_as_always(cell)) {
        let (who, what) = whose(&cell.id, cell.reason.as_deref().unwrap_or_default());
        causes.add(cell.outcome, &who, what.to_owned(), cell);
    }
    let text = causes.render(page);
    if text.is_empty() { text } else { format!("Refused, in the tools' own words\n\n{text}\n") }
}

/// Who surprises in a cell, and by what.
fn surprise(results: &Results, cell: &CellResult) -> Option<(String, String)> {
    if is_as_always(cell) {
        return None;
    }
    let by_reader = |what: String| Some((cell.id.column(), what));
    match cell.outcome {
        Outcome::Crash | Outcome::Hang | Outcome::Garbled | Outcome::Error => {
            let (who, what) = whose(&cell.id, cell.reason.as_deref()?);
            Some((who, what.to_owned()))
        }
        Outcome::Flaky => {
            Some((who_differs(results, cell)?, format!("differs from run to run: {}", counts(cell))))
        }
        // what a convention's reader cannot know is no surprise about a tool
        _ if matches!(cell.id.last(), Some(Binding::Builtin(_))) => None,
        Outcome::Altered => {
            let fields: BTreeSet<_> =
                cell.altered.iter().filter_map(|field| field.rsplit('.').next()).collect();
            let fields: Vec<_> = fields.into_iter().collect();
            by_reader(format!("answers with another {}", fields.join(", ")))
        }
        Outcome::Partial if lacks_only_the_absent(results, cell) => None,
        Outcome::Partial => by_reader("finds some of what is there and leaves out the rest".to_owned()),
        Outcome::Extra if cell.control.is_some() => by_reader(cell.reason.clone()?),
        Outcome::Extra => by_reader("lists something that is not to be listed".to_owned()),
        Outcome::Refused | Outcome::Seen | Outcome::Missed | Outcome::Unsupported | Outcome::Unavailable => {
            None
        }
    }
}

/// Who differs from run to run: those before the last, where the built-in reader, which does not, sees what they left differ, or where
/// a registry answers itself. Other readers of that layout are not to blame, and say nothing new.
fn who_differs(results: &Results, cell: &CellResult) -> Option<String> {
    if told_by(results, cell) || matches!(cell.id.roles().last(), Some((Role::Registry, _))) {
        return Some(cell.id.row());
    }
    let mut flaky = results.cells.iter().filter(|other| other.outcome == Outcome::Flaky);
    let is_told = flaky
        .any(|other| other.case == cell.case && other.id.row() == cell.id.row() && told_by(results, other));
    let is_builtin = matches!(cell.id.last(), Some(Binding::Builtin(_)));
    if is_told || is_builtin { None } else { Some(cell.id.column()) }
}

/// Whether the built-in reader read by the convention of the writer, or, where that is not known, looked at all blobs.
fn told_by(results: &Results, cell: &CellResult) -> bool {
    let stored = cell.id.binding(Role::Producer).and_then(|writer| fate::stores(results, writer));
    let reader = cell.id.reader();
    reader.is_some() && (reader == stored || stored.is_none() && reader == Some(RAW))
}

/// Whether a bystander does the same where the image has no referrers.
fn is_as_always(cell: &CellResult) -> bool {
    cell.control == Some(cell.outcome)
}

/// Whether all that an answer leaves out is content that is listed and has no bytes.
fn lacks_only_the_absent(results: &Results, cell: &CellResult) -> bool {
    let case = results.cases.iter().find(|case| case.id == cell.id.case());
    let absent = case.map_or(&[][..], |case| &case.absent);
    let listed = cell.sees.iter().filter(|name| !absent.contains(name)).count();
    listed == cell.sees.len() && listed + absent.len() == cell.expected.len()
}

/// How often each outcome was seen.
pub(super) fn counts(cell: &CellResult) -> String {
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
