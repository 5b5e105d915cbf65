//! What the rows and columns of a report are, in their order.
//!
//! Owns: telling them from results alone, also from those of an earlier version that does not list them. Leaves to others: which of
//! them a table needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell_id::as_convention;
use crate::results::Results;

/// The axes of all tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Axes {
    /// The titles of the cases that have cells, by id.
    pub(super) cases: BTreeMap<String, String>,
    /// The columns of tools.
    pub(super) tools: Vec<String>,
    /// The labels of conventions.
    pub(super) conventions: Vec<String>,
}

impl Axes {
    pub(super) fn of(results: &Results) -> Self {
        let titles: BTreeMap<&str, &str> =
            results.cases.iter().map(|case| (case.id.as_str(), case.title.as_str())).collect();
        let cases: BTreeSet<&str> = results.cells.iter().map(|cell| cell.id.case()).collect();
        let title = |case| (String::from(case), titles.get(case).copied().unwrap_or_default().to_owned());
        let mut conventions: Vec<&str> = results.conventions.iter().map(String::as_str).collect();
        let mut known: BTreeSet<&str> = conventions.iter().copied().collect();
        for cell in &results.cells {
            for convention in [cell.id.convention(), cell.id.reader()].into_iter().flatten() {
                if known.insert(convention) {
                    conventions.push(convention);
                }
            }
        }
        Self {
            cases: cases.into_iter().map(title).collect(),
            tools: results.tools.iter().map(|tool| tool.id.clone()).collect(),
            conventions: conventions.into_iter().map(as_convention).collect(),
        }
    }
}
