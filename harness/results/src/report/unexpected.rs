//! What makes a run fail, and what it was before.
//!
//! Owns: sentences on unexpected verdicts, and on what no driver claims. Leaves to others: giving verdicts ([`crate::judge`]).

use super::causes::{Causes, whose, without_digests};
use super::surprises::counts;
use super::wrap::Page;
use crate::observation::Recorded;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::verdict::Verdict;

/// The verdicts that make the run fail.
pub(super) fn unexpected(page: Page, results: &Results) -> String {
    let mut causes = Causes::default();
    for cell in results.unexpected() {
        if let Some((verdict, what)) = sentence(cell) {
            causes.add(verdict, &cell.id.column(), what, cell);
        }
    }
    if causes.is_empty() {
        return String::new();
    }
    let more =
        if causes.are_shared() { "\n`--format json` and `--report FILE` have every cell.\n" } else { "" };
    format!("Unexpected\n\n{}{more}\n", causes.render(page))
}

/// What is unexpected of a cell, such as `was seen, now missed`.
pub fn sentence(cell: &CellResult) -> Option<(Verdict, String)> {
    let verdict = cell.verdict.filter(|verdict| verdict.unexpected())?;
    let seen = seen(cell);
    let what = match (verdict, &cell.was, cell.specified) {
        (Verdict::Changed, Some(was), _) => format!("was {}, now {seen}", then(was, cell)),
        (Verdict::Fixed, ..) => format!("{seen}; a declared deviation is gone: remove it from the driver"),
        (_, _, Some(specified)) => format!("is to be {specified}, is {seen}"),
        (_, _, None) => seen,
    };
    Some((verdict, what))
}

/// What was seen.
fn seen(cell: &CellResult) -> String {
    let outcome = cell.outcome;
    let listed = cell.was.as_ref().is_some_and(|was| was.outcome == outcome && was.altered == cell.altered);
    match (outcome, &cell.reason) {
        (Outcome::Flaky, _) => format!("{outcome}: {}", counts(cell)),
        (Outcome::Altered, _) => format!("{outcome}: {}", cell.altered.join(", ")),
        (_, Some(reason)) => format!("{outcome}: {}", without_digests(reason)),
        (_, None) if listed => format!("{outcome} (listing {})", list(&cell.sees)),
        (Outcome::Partial, None) => format!("{outcome}: {}", cell.sees.join(", ")),
        (_, None) => outcome.to_string(),
    }
}

/// What was seen before, with what tells it from what is seen now.
pub(super) fn then(was: &Recorded, cell: &CellResult) -> String {
    let outcome = was.outcome;
    match outcome {
        Outcome::Flaky => {
            let among: Vec<_> = was.among.iter().map(ToString::to_string).collect();
            format!("{outcome} among {}", among.join(", "))
        }
        _ if outcome != cell.outcome => outcome.to_string(),
        _ if was.altered != cell.altered => format!("{outcome} ({})", was.altered.join(", ")),
        _ => format!("{outcome} (listing {})", list(&was.sees)),
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// What no cell could show, because a driver does not say that its tool can do it.
pub(super) fn unclaimed(page: Page, results: &Results) -> String {
    let mut causes = Causes::default();
    for cell in results.cells.iter().filter(|cell| cell.outcome == Outcome::Unsupported) {
        let (who, what) = whose(&cell.id, cell.reason.as_deref().unwrap_or_default());
        causes.add(cell.outcome, &who, what.to_owned(), cell);
    }
    if causes.is_empty() {
        return String::new();
    }
    format!("Not run: the driver does not claim it\n\n{}\n", causes.counts(page))
}
