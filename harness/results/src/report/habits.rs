//! What tools do besides what they were asked for, one line per tool and habit.
//!
//! Owns: readers that change what they read, and answers that list something twice. Leaves to others: the surprises
//! beside them (`causes`).

use std::collections::{BTreeMap, BTreeSet};

use super::causes::without_digests;
use crate::results::Results;

/// Pairs of a kind and a sentence, such as `changed` and what changed.
pub fn lines(results: &Results) -> Vec<(&'static str, String)> {
    let mut changed: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    let mut repeated: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for cell in &results.cells {
        for step in cell.steps.iter().filter(|step| !step.changed.is_empty()) {
            let driver = cell.roles.get(&step.role).map_or("", String::as_str);
            let what: BTreeSet<String> = step.changed.iter().map(|change| without_digests(change)).collect();
            let what = what.into_iter().collect::<Vec<_>>().join(", ");
            changed.entry((driver, what)).or_default().insert(&cell.id);
        }
        if !cell.repeated.is_empty() {
            repeated.entry(cell.column.as_str()).or_default().insert(&cell.id);
        }
    }
    let changed = changed.into_iter().map(|((driver, what), cells)| {
        ("changed", format!("{driver} was to read a layout, and {what} ({})", counted(&cells)))
    });
    let repeated = repeated.into_iter().map(|(column, cells)| {
        ("twice", format!("{column} lists a referrer more than once ({})", counted(&cells)))
    });
    changed.chain(repeated).collect()
}

fn counted(cells: &BTreeSet<&str>) -> String {
    let first = cells.first().copied().unwrap_or_default();
    match cells.len() {
        1 => first.to_owned(),
        many => format!("{many} cells, first {first}"),
    }
}
