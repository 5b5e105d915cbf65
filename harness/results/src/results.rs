//! Results: a run as a document that others script against (`referee/results/v1`).
//!
//! Owns: its shape, written and read; keys are added, never renamed. Leaves to others: verdicts ([`crate::judge`]), and how it is
//! shown ([`crate::report`]). A reader passes over keys that it does not know, since a later version may have written them.

use std::collections::{BTreeMap, BTreeSet};

use referee_source::Source;
use referee_spec::{Algorithm, Digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cell_id::CellId;
use crate::observation::grouped;
use crate::observation::{Recorded, Summary};
use crate::outcome::Outcome;
use crate::role::Role;
use crate::step::StepRecord;
use crate::verdict::Verdict;

/// The version of the built-in writer and reader in goldens: counted up when either changes what it means.
pub const BUILTIN_VERSION: &str = "1";

/// A run: who could see whose referrers, with what was run to find out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "referee results, version 1")]
pub struct Results {
    /// The version of this format.
    pub schema: Schema,
    /// The digest of all cases, conventions and drivers.
    #[schemars(with = "String")]
    pub suite: Digest,
    /// The version of referee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referee: Option<String>,
    /// When the run began: UTC, as ISO 8601 has it, to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Whether every cell is done.
    pub complete: bool,
    /// The cases of the cells, in the order of reports.
    #[serde(default)]
    pub cases: Vec<CaseResult>,
    /// The ids of the conventions of the cells, in the order of reports.
    #[serde(default)]
    pub conventions: Vec<String>,
    /// Which of the conventions somebody proposes, and no released tool writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<String>,
    /// The columns and the programs behind them, in the order of reports.
    pub tools: Vec<ToolResult>,
    /// The cells.
    pub cells: Vec<CellResult>,
    /// How long it took.
    pub timing: Timing,
}

/// The version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Schema {
    /// The first.
    #[default]
    #[serde(rename = "referee/results/v1")]
    V1,
}

/// A case of some cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// Its id.
    pub id: String,
    /// The question as one sentence.
    pub title: String,
    /// The names of its content that is listed and has no bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// Of a case that asks how the time grows: how many referrers there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// A column and the program behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToolResult {
    /// The column.
    pub id: String,
    /// The tool without its variant.
    pub tool: String,
    /// The version that was observed.
    pub version: Option<String>,
    /// The SHA-256 of the program that was observed.
    pub sha256: Option<String>,
    /// The SHA-256 of the programs that belong to it, such as a daemon, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beside: BTreeMap<String, String>,
    /// Whether there is a program.
    pub status: Status,
    /// Why it is unavailable, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether referee can build it.
    #[serde(default)]
    pub installable: bool,
    /// Whether building it takes long, so that `run --install=all` does and `run --install` does not.
    #[serde(default)]
    pub large: bool,
    /// The id of the convention by which the tool stores referrers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stores: Option<String>,
    /// How far it was locked in.
    pub sandbox: SandboxResult,
}

/// Whether there is a program behind a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It was found, and told its version.
    Ok,
    /// It was not.
    Unavailable,
}

/// How far a tool was locked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SandboxResult {
    /// What it could reach.
    pub network: Network,
}

/// What network a tool could reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Its own loopback alone.
    Loopback,
    /// That of the machine: there was no sandbox.
    Open,
}

/// How long a run took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CellResult {
    /// The cell's id. `case`, `roles`, `convention` and `reader` are its parts, for those who script against them.
    pub id: CellId,
    /// The case.
    pub case: String,
    /// Drivers by role.
    pub roles: BTreeMap<Role, String>,
    /// The convention that the built-in writer wrote by.
    pub convention: Option<String>,
    /// The convention that the built-in reader read by.
    pub reader: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// How often each outcome was seen.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The verdict; `null` where the cell did not run.
    pub verdict: Option<Verdict>,
    /// The outcome that a specification, or the convention itself, asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specified: Option<Outcome>,
    /// The outcome that a driver declares instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Outcome>,
    /// With the verdict `changed`: what was seen before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Recorded>,
    /// Of a bystander: the outcome of the same call where the image has no referrers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Outcome>,
    /// The referrers that were there.
    #[schemars(with = "Vec<String>")]
    pub expected: Vec<Digest>,
    /// What the reader answered.
    #[schemars(with = "Vec<String>")]
    pub observed: Vec<Digest>,
    /// What the reader answered, by the case's names.
    pub sees: Vec<String>,
    /// Fields that differ, as `name.field`.
    pub altered: Vec<String>,
    /// The names of what an answer lists more than once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<String>,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// The other tools with their versions, as `oras@1.3.6`.
    pub with: BTreeSet<String>,
    /// What was done.
    pub steps: Vec<StepRecord>,
}

/// Why a text is no results.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// It is not JSON, or of another shape.
    #[error("not results: {0}")]
    Json(#[from] serde_json::Error),
    /// The parts beside an id are not those of the id.
    #[error("`case`, `roles`, `convention` or `reader` of {0} are not those of its id")]
    Parts(CellId),
}

impl CellResult {
    /// Puts together what was seen in a cell, without a verdict.
    pub fn new(id: CellId, summary: Summary, with: BTreeSet<String>, steps: Vec<StepRecord>) -> Self {
        Self {
            case: id.case().to_owned(),
            roles: id.roles().iter().map(|(role, binding)| (*role, binding.driver().to_owned())).collect(),
            convention: id.convention().map(str::to_owned),
            reader: id.reader().map(str::to_owned),
            id,
            outcome: summary.outcome,
            outcomes: summary.outcomes,
            verdict: None,
            specified: None,
            declared: None,
            was: None,
            control: summary.shown.control,
            expected: summary.shown.expected.into_keys().collect(),
            observed: summary.shown.observed,
            sees: grouped(summary.shown.sees),
            altered: grouped(summary.shown.altered),
            repeated: grouped(summary.shown.repeated),
            reason: summary.shown.reason,
            with,
            steps,
        }
    }

    /// What a golden keeps of it. Of runs that differ, their outcomes alone.
    pub fn recorded(&self) -> Recorded {
        if self.outcome == Outcome::Flaky {
            let among = self.outcomes.keys().copied().collect();
            return Recorded { outcome: self.outcome, sees: Vec::new(), altered: Vec::new(), among };
        }
        let (sees, altered) = (self.sees.clone(), self.altered.clone());
        Recorded { outcome: self.outcome, sees, altered, among: BTreeSet::new() }
    }

    /// The driver that has the last word.
    pub fn consumer(&self) -> &str {
        self.id.driver(Role::Consumer)
    }

    /// The driver that wrote.
    pub fn producer(&self) -> &str {
        self.id.driver(Role::Producer)
    }

    fn has_parts_of_id(&self) -> bool {
        let id = &self.id;
        let roles = id.roles().iter().map(|(role, binding)| (*role, binding.driver()));
        self.case == id.case()
            && self.convention.as_deref() == id.convention()
            && self.reader.as_deref() == id.reader()
            && roles.collect::<BTreeMap<_, _>>()
                == self.roles.iter().map(|(role, driver)| (*role, driver.as_str())).collect()
    }
}

impl Results {
    /// Reads the JSON that a run wrote.
    ///
    /// # Errors
    /// It is not JSON, not of this version, or a cell contradicts its id.
    pub fn from_json(text: &str) -> Result<Self, ResultsError> {
        let results: Self = serde_json::from_str(text)?;
        match results.cells.iter().find(|cell| !cell.has_parts_of_id()) {
            Some(cell) => Err(ResultsError::Parts(cell.id.clone())),
            None => Ok(results),
        }
    }

    /// The document, with a line feed at its end.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("results are plain JSON") + "\n"
    }

    /// The cells whose verdict makes the run fail.
    pub fn unexpected(&self) -> impl Iterator<Item = &CellResult> {
        self.cells.iter().filter(|cell| cell.verdict.is_some_and(Verdict::unexpected))
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
