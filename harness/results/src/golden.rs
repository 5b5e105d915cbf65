//! Goldens: what was seen of a reader in a certain version, and approved.
//!
//! Owns: which cells a golden holds, of which versions, and adding to it. Leaves to others: its file (`file`), its grids
//! (`grid`), and holding a cell against it ([`crate::judge`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::cell_id::{BUILTIN, CellId};
use crate::observation::Recorded;
use crate::outcome::Outcome;
use crate::results::{BUILTIN_VERSION, CellResult, Results};

mod file;
mod grid;
mod words;

/// All goldens, by column and version of the tool that has the last word in a cell.
#[derive(Debug, Clone, Default)]
pub struct Goldens(BTreeMap<(String, String), Golden>);

/// What was seen of one column in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Golden {
    tool: String,
    version: String,
    /// The versions of the other tools of the cells: one of each.
    with: BTreeMap<String, String>,
    cells: BTreeMap<CellId, Recorded>,
}

impl Golden {
    /// A golden without cells. A column such as `regctl+slow`, and the version of its tool.
    pub fn new(tool: impl Into<String>, version: impl Into<String>) -> Self {
        let (tool, version) = (tool.into(), version.into());
        Self { tool, version, with: BTreeMap::new(), cells: BTreeMap::new() }
    }

    /// The column.
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// The tool's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = (&CellId, &Recorded)> {
        self.cells.iter()
    }

    /// What was seen in a cell together with these versions of the other tools, such as `oras@1.3.6`.
    pub fn get(&self, id: &CellId, with: &BTreeSet<String>) -> Option<&Recorded> {
        self.cells.get(id).filter(|_| self.with(id).as_ref() == Some(with))
    }

    /// Records a cell. Other cells of a tool that comes with another version now are forgotten: they were seen of a
    /// version that this golden no longer speaks of.
    pub fn insert(&mut self, id: CellId, with: &BTreeSet<String>, recorded: Recorded) {
        for (tool, version) in with.iter().filter_map(|with| with.split_once('@')) {
            if tool == self.tool {
                continue;
            }
            let before = self.with.insert(tool.to_owned(), version.to_owned());
            if before.is_some_and(|before| before != version) {
                self.cells.retain(|id, _| !id.others().any(|other| other == tool));
            }
        }
        self.cells.insert(id, recorded);
    }

    /// Forgets the cells of which this is not true.
    pub fn retain(&mut self, is: impl Fn(&CellId) -> bool) {
        self.cells.retain(|id, _| is(id));
        let used: BTreeSet<&str> = self.cells.keys().flat_map(CellId::others).collect();
        self.with.retain(|tool, _| used.contains(tool.as_str()));
    }

    /// Whether every other tool of a cell has a version here.
    fn has_versions_for(&self, id: &CellId) -> bool {
        id.others().all(|tool| tool == self.tool || self.with.contains_key(tool))
    }

    /// The other tools of a cell with their versions here; `None` where one has none.
    fn with(&self, id: &CellId) -> Option<BTreeSet<String>> {
        let version = |tool: &str| if tool == self.tool { Some(&self.version) } else { self.with.get(tool) };
        id.others().map(|tool| Some(format!("{tool}@{}", version(tool)?))).collect()
    }
}

impl Goldens {
    /// Adds a golden; one of the same column and version is replaced.
    pub fn insert(&mut self, golden: Golden) {
        self.0.insert((golden.tool.clone(), golden.version.clone()), golden);
    }

    /// What was seen of `tool` at `version`.
    pub fn get(&self, tool: &str, version: &str) -> Option<&Golden> {
        self.0.get(&(tool.to_owned(), version.to_owned()))
    }

    /// What tools made of what the built-in writer had stored by a convention, in a case of one writer and one reader: each column with its
    /// version.
    pub fn of_convention(&self, case: &str, convention: &str) -> Vec<(&str, &str, Outcome)> {
        let seen = self.iter().filter_map(|golden| {
            let id = format!("{case}[producer={BUILTIN},consumer={},convention={convention}]", golden.tool);
            let recorded = golden.cells.get(&id.parse().ok()?)?;
            Some((golden.tool.as_str(), golden.version.as_str(), recorded.outcome))
        });
        seen.collect()
    }

    /// All goldens in order.
    pub fn iter(&self) -> impl Iterator<Item = &Golden> {
        self.0.values()
    }

    /// The goldens that a run would record: these, with the cells that ran replaced, and without cells that do not exist any
    /// more.
    pub fn bless(&self, results: &Results, exists: impl Fn(&CellId) -> bool) -> Vec<Golden> {
        let mut blessed: BTreeMap<&str, Golden> = BTreeMap::new();
        for cell in results.cells.iter().filter(|cell| cell.outcome.ran()) {
            let tool = reader(cell);
            let golden = blessed.entry(tool).or_insert_with(|| {
                let found = results.tools.iter().find(|known| known.id == tool);
                let version = found.and_then(|tool| tool.version.as_deref()).unwrap_or(BUILTIN_VERSION);
                self.get(tool, version).cloned().unwrap_or_else(|| Golden::new(tool, version))
            });
            golden.insert(cell.id.clone(), &cell.with, cell.recorded());
        }
        let mut blessed: Vec<Golden> = blessed.into_values().collect();
        for golden in &mut blessed {
            golden.retain(&exists);
        }
        blessed
    }
}

/// The column in whose golden a cell is.
fn reader(cell: &CellResult) -> &str {
    cell.id.last().map_or(BUILTIN, |binding| binding.driver())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> CellId {
        text.parse().unwrap()
    }

    fn with(versions: &[&str]) -> BTreeSet<String> {
        versions.iter().map(|&one| one.to_owned()).collect()
    }

    fn seen() -> Recorded {
        Recorded {
            outcome: Outcome::Seen,
            sees: vec!["sbom".to_owned()],
            altered: Vec::new(),
            among: BTreeSet::new(),
        }
    }

    #[test]
    fn a_cell_is_only_known_with_the_versions_it_was_seen_with() {
        let mut golden = Golden::new("oras", "1.3.6");
        let (by_regctl, by_itself) =
            (id("a[producer=regctl,consumer=oras]"), id("a[producer=oras,consumer=oras]"));
        golden.insert(by_regctl.clone(), &with(&["regctl@1.0.0"]), seen());
        golden.insert(by_itself.clone(), &with(&["oras@1.3.6"]), seen());
        assert_eq!(golden.get(&by_regctl, &with(&["regctl@1.0.0"])), Some(&seen()));
        assert_eq!(golden.get(&by_regctl, &with(&["regctl@2.0.0"])), None);
        assert_eq!(golden.get(&by_regctl, &with(&[])), None);
        assert_eq!(golden.get(&by_itself, &with(&["oras@1.3.6"])), Some(&seen()));
    }

    #[test]
    fn what_tools_made_of_a_convention_is_looked_up_by_case() {
        let mut golden = Golden::new("oras", "1.3.6");
        golden.insert(id("a[producer=builtin,consumer=oras,convention=x]"), &with(&[]), seen());
        let mut goldens = Goldens::default();
        goldens.insert(golden);
        assert_eq!(goldens.of_convention("a", "x"), [("oras", "1.3.6", Outcome::Seen)]);
        assert_eq!(goldens.of_convention("b", "x"), []);
        assert_eq!(goldens.of_convention("a", "y"), []);
    }

    #[test]
    fn blessing_some_cells_keeps_the_others() {
        use crate::observation::{Observation, Summary};
        use crate::results::{Schema, Timing, suite};
        let mut golden = Golden::new(BUILTIN, BUILTIN_VERSION);
        let (kept, gone) = (id("a[producer=builtin,consumer=builtin,convention=x,reader=x]"), id("b"));
        let again = id("a[producer=builtin,copier=oras,consumer=builtin,convention=x,reader=x]");
        for cell in [&kept, &gone] {
            golden.insert(cell.clone(), &with(&[]), seen());
        }
        golden.insert(again.clone(), &with(&["oras@1.3.6"]), seen());
        let mut goldens = Goldens::default();
        goldens.insert(golden);
        let summary = Summary::of(vec![Observation::none(Outcome::Missed, "")]).unwrap();
        let results = Results {
            schema: Schema::V1,
            suite: suite(&[]),
            referee: None,
            date: None,
            complete: true,
            cases: Vec::new(),
            conventions: Vec::new(),
            proposed: Vec::new(),
            tools: Vec::new(),
            cells: vec![CellResult::new(again.clone(), summary, with(&["oras@1.3.6"]), Vec::new())],
            timing: Timing::default(),
        };
        let blessed = goldens.bless(&results, |id| *id != gone);
        let [golden] = blessed.as_slice() else { panic!("{blessed:?}") };
        assert_eq!(golden.get(&again, &with(&["oras@1.3.6"])).unwrap().outcome, Outcome::Missed);
        assert_eq!(golden.get(&kept, &with(&[])), Some(&seen()));
        assert_eq!(golden.get(&gone, &with(&[])), None);
    }

    #[test]
    fn another_version_of_a_tool_replaces_what_was_seen_with_the_former() {
        let mut golden = Golden::new("oras", "1.3.6");
        for case in ["a", "b"] {
            let cell = id(&format!("{case}[producer=regctl,consumer=oras]"));
            golden.insert(cell, &with(&["regctl@1.0.0"]), seen());
        }
        golden.insert(id("a[producer=builtin,consumer=oras,convention=raw]"), &with(&[]), seen());
        golden.insert(id("a[producer=regctl,consumer=oras]"), &with(&["regctl@2.0.0"]), seen());
        let left: Vec<String> = golden.cells().map(|(id, _)| id.to_string()).collect();
        assert_eq!(
            left,
            ["a[producer=regctl,consumer=oras]", "a[producer=builtin,consumer=oras,convention=raw]"]
        );
        golden.retain(|id| id.driver(crate::Role::Producer) != "regctl");
        assert!(golden.with.is_empty());
    }
}
