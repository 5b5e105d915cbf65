//! Results: a run as a document that others script against (`referee/results/v1`).
//!
//! Owns: its shape; keys are added, never renamed. Leaves to others: how it is shown ([`crate::report`]).

use std::collections::{BTreeMap, BTreeSet};

use referee_source::Source;
use referee_spec::{Algorithm, Digest};
use serde::Serialize;

use crate::golden::{Golden, Goldens, Line};
use crate::judge::Verdict;
use crate::outcome::Outcome;
use crate::role::Role;
use crate::step::StepRecord;

/// The version of the in-crate writer and reader in goldens: counted up when either changes what it means.
pub const BUILTIN_VERSION: &str = "1";

/// A run.
#[derive(Debug, Clone, Serialize)]
pub struct Results {
    /// `referee/results/v1`.
    pub schema: &'static str,
    /// The digest of all cases, conventions and drivers.
    pub suite: Digest,
    /// Whether every cell is done.
    pub complete: bool,
    /// The columns and the programs behind them.
    pub tools: Vec<ToolResult>,
    /// The cells.
    pub cells: Vec<CellResult>,
    /// How long it took.
    pub timing: Timing,
}

/// A column and the program behind it.
#[derive(Debug, Clone, Serialize)]
pub struct ToolResult {
    /// The column.
    pub id: String,
    /// The tool without its variant.
    pub tool: String,
    /// The version that was observed.
    pub version: Option<String>,
    /// The SHA-256 of the program that was observed.
    pub sha256: Option<String>,
    /// `ok` or `unavailable`.
    pub status: &'static str,
    /// Why it is unavailable, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far it was locked in.
    pub sandbox: SandboxResult,
}

/// How far a tool was locked in.
#[derive(Debug, Clone, Serialize)]
pub struct SandboxResult {
    /// `loopback` or `open`.
    pub network: &'static str,
}

/// How long a run took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// From the first cell to the last.
    pub wall_millis: u64,
    /// Processor time of all tools. Unknown (`null`) in a sandbox: bubblewrap ends before its child is waited for.
    pub tools_cpu_millis: Option<u64>,
    /// Processor time of the harness itself.
    pub own_cpu_millis: u64,
    /// Threads that worked.
    pub jobs: usize,
}

/// One cell.
#[derive(Debug, Clone, Serialize)]
pub struct CellResult {
    /// The cell's id.
    pub id: String,
    /// The case.
    pub case: String,
    /// Drivers by role.
    pub roles: BTreeMap<Role, String>,
    /// The convention that the in-crate writer wrote by.
    pub convention: Option<String>,
    /// The convention that the in-crate reader read by.
    pub reader: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// How often each outcome was seen.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The verdict; `null` where the cell did not run.
    pub verdict: Option<Verdict>,
    /// The referrers that were there.
    pub expected: Vec<Digest>,
    /// What the reader answered.
    pub observed: Vec<Digest>,
    /// What the reader answered, by the case's names.
    pub sees: Vec<String>,
    /// Fields that differ, as `name.field`.
    pub altered: Vec<String>,
    /// The names of what an answer lists more than once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<String>,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// The other tools with their versions.
    pub with: BTreeSet<String>,
    /// What was done.
    pub steps: Vec<StepRecord>,
    /// The row of the matrix.
    #[serde(skip)]
    pub row: String,
    /// The column of the matrix.
    #[serde(skip)]
    pub column: String,
    /// What a golden would record.
    #[serde(skip)]
    pub line: Line,
}

impl CellResult {
    /// The column that has the last word.
    pub fn consumer(&self) -> &str {
        self.roles.get(&Role::Consumer).map_or("", String::as_str)
    }

    /// The driver that wrote.
    pub fn producer(&self) -> &str {
        self.roles.get(&Role::Producer).map_or("", String::as_str)
    }
}

impl Results {
    /// Whether a verdict makes the run fail.
    pub fn unexpected(&self) -> impl Iterator<Item = &CellResult> {
        self.cells.iter().filter(|cell| cell.verdict.is_some_and(Verdict::unexpected))
    }

    /// The goldens that this run would record: the known ones with the cells that ran replaced.
    pub fn bless(&self, known: &Goldens) -> Vec<Golden> {
        let mut goldens: BTreeMap<&str, Golden> = BTreeMap::new();
        for cell in self.cells.iter().filter(|cell| cell.outcome.ran()) {
            let tool = cell.consumer();
            let found =
                self.tools.iter().find(|known| known.id == tool).and_then(|tool| tool.version.clone());
            let version = found.unwrap_or_else(|| BUILTIN_VERSION.to_owned());
            let golden = goldens.entry(tool).or_insert_with(|| {
                known.get(tool, &version).cloned().unwrap_or_else(|| Golden {
                    schema: 1,
                    tool: tool.to_owned(),
                    version: version.clone(),
                    cells: BTreeMap::new(),
                })
            });
            golden.cells.insert(cell.id.clone(), cell.line.clone());
        }
        goldens.into_values().collect()
    }
}

/// The digest of a suite: the names and texts of all its files.
pub fn suite(sources: &[Source]) -> Digest {
    let mut sources: Vec<_> = sources.iter().collect();
    sources.sort_by_key(|source| source.name());
    let mut hasher = Algorithm::Sha256.hasher();
    for source in sources {
        for text in [source.stem(), source.text()] {
            hasher.update(&(text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
    }
    hasher.finish()
}
