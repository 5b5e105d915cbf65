//! How the time grows with the number of referrers, for each tool that reads.
//!
//! Owns: the table, and telling `linear` from `quadratic`. Leaves to others: which cases have a size. Times are figures of one
//! machine and one run, and no verdict comes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::axes::Axes;
use super::table::Table;
use super::wrap::Page;
use crate::cell_id::Binding;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::vocabulary::{Growth, Word};

/// Less than this is the start of a program rather than its work.
const START_MILLIS: u64 = 10;

/// The exponent from which growth counts as quadratic: half way from 1 to 2.
const QUADRATIC: f64 = 1.5;

/// What was seen of a reader at one size.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// How long each took that found everything.
    millis: Vec<u64>,
    /// How often each outcome was seen.
    outcomes: BTreeMap<Outcome, usize>,
}

/// The table, with the words that it has.
pub(super) fn table(page: Page, results: &Results, axes: &Axes) -> (String, BTreeSet<Word>) {
    let sizes: BTreeMap<&str, u64> =
        results.cases.iter().filter_map(|case| Some((case.id.as_str(), case.size?))).collect();
    let mut all: BTreeMap<(&str, String), BTreeMap<u64, Seen>> = BTreeMap::new();
    for cell in results.cells.iter().filter(|cell| cell.outcome.ran()) {
        let (Some(size), Some(Binding::Tool(reader))) = (sizes.get(cell.id.case()), cell.id.last()) else {
            continue;
        };
        let by_size = all.entry((family(cell.id.case()), reader.clone())).or_default();
        let seen = by_size.entry(*size).or_default();
        *seen.outcomes.entry(cell.outcome).or_default() += 1;
        if cell.outcome.discovered() {
            seen.millis.push(millis(cell));
        }
    }
    if all.is_empty() {
        return (String::new(), BTreeSet::new());
    }
    let columns: BTreeSet<u64> = sizes.values().copied().collect();
    let mut words = BTreeSet::new();
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for case in all.keys().map(|(case, _)| *case).collect::<BTreeSet<_>>() {
        rows.push((case.to_owned(), Vec::new()));
        for reader in &axes.tools {
            let Some(by_size) = all.get(&(case, reader.clone())) else { continue };
            let growth = grows(by_size).map(Word::Growth);
            words.extend(growth);
            let at = |size: &u64| by_size.get(size).map_or_else(String::new, |seen| shown(seen, &mut words));
            let mut line: Vec<String> = columns.iter().map(at).collect();
            line.push(growth.map_or("", Word::text).to_owned());
            rows.push((format!(" {reader}"), line));
        }
    }
    let heads = columns.iter().map(u64::to_string).chain(["grows".to_owned()]);
    let heads = heads.map(|head| (head, String::new())).collect();
    let table = Table { corner: String::new(), heads, rows, least: 4 };
    let title = "How the time grows: milliseconds by the number of referrers, where a tool found all of them";
    (format!("{}\n{}", page.wrapped("", title, 2), table.render(page, "")), words)
}

/// The id of a case without its number.
fn family(case: &str) -> &str {
    case.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-')
}

/// How long the one with the last word took.
fn millis(cell: &CellResult) -> u64 {
    let last = cell.id.roles().last().map(|(role, _)| *role);
    cell.steps.iter().filter(|step| Some(step.role) == last).map(|step| step.millis).sum()
}

/// The middle of all times; where nothing was found, what was seen most often.
fn shown(seen: &Seen, words: &mut BTreeSet<Word>) -> String {
    if let Some(millis) = middle(seen) {
        return millis.to_string();
    }
    let most = seen.outcomes.iter().max_by_key(|(_, count)| **count);
    let word = most.map_or(Word::Nothing, |(outcome, _)| Word::from(*outcome));
    words.insert(word);
    word.text().to_owned()
}

fn middle(seen: &Seen) -> Option<u64> {
    let mut millis = seen.millis.clone();
    millis.sort_unstable();
    millis.get(millis.len() / 2).copied()
}

/// How the time grows, from the smallest number, the largest and the one before it. The time of the smallest is that of everything
/// else, so only what comes on top of it is compared.
fn grows(by_size: &BTreeMap<u64, Seen>) -> Option<Growth> {
    let times: Vec<(u64, u64)> =
        by_size.iter().filter_map(|(size, seen)| Some((*size, middle(seen)?))).collect();
    let ([(_, base), ..], [.., before, last]) = (times.as_slice(), times.as_slice()) else {
        return None;
    };
    if last.1 <= 2 * base.max(&START_MILLIS) {
        return Some(Growth::Flat);
    }
    if times.len() < 3 {
        return None;
    }
    let on_top = |time: u64| time.saturating_sub(*base).max(1) as f64;
    let exponent = (on_top(last.1) / on_top(before.1)).ln() / (last.0 as f64 / before.0 as f64).ln();
    Some(if exponent < QUADRATIC { Growth::Linear } else { Growth::Quadratic })
}
