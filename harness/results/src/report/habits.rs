//! What tools do besides what they were asked for, one line per tool and habit.
//!
//! Owns: readers that change what they read, and answers that list something twice. Leaves to others: the surprises
//! beside them (`surprises`).

use std::collections::{BTreeMap, BTreeSet};

use super::causes::without_digests;
use crate::cell_id::CellId;
use crate::results::Results;
use crate::vocabulary::Surprise;

/// Pairs of a surprise and a sentence on it.
pub(super) fn lines(results: &Results) -> Vec<(Surprise, String)> {
    let mut changed: BTreeMap<(&str, String), BTreeSet<&CellId>> = BTreeMap::new();
    let mut repeated: BTreeMap<String, BTreeSet<&CellId>> = BTreeMap::new();
    for cell in &results.cells {
        for step in cell.steps.iter().filter(|step| !step.changed.is_empty()) {
            let driver = cell.id.driver(step.role);
            let what: BTreeSet<String> = step.changed.iter().map(|change| without_digests(change)).collect();
            let what = what.into_iter().collect::<Vec<_>>().join(", ");
            changed.entry((driver, what)).or_default().insert(&cell.id);
        }
        if !cell.repeated.is_empty() {
            repeated.entry(cell.id.column()).or_default().insert(&cell.id);
        }
    }
    let changed = changed.into_iter().map(|((driver, what), cells)| {
        (Surprise::Changed, format!("{driver} was to read a layout, and {what} ({})", counted(&cells)))
    });
    let repeated = repeated.into_iter().map(|(column, cells)| {
        (Surprise::Repeated, format!("{column} lists a referrer more than once ({})", counted(&cells)))
    });
    changed.chain(repeated).collect()
}

fn counted(cells: &BTreeSet<&CellId>) -> String {
    let smallest = cells.iter().min_by_key(|id| id.smallness()).map(ToString::to_string).unwrap_or_default();
    match cells.len() {
        1 => smallest,
        many => format!("{many} cells, smallest {smallest}"),
    }
}
