//! Running the steps of a cell, each on its own copy of the layout.
//!
//! Owns: the state between steps, and turning what a process did into values. Leaves to others: processes
//! ([`crate::process`]), postconditions ([`effect`]), the order of cells ([`crate::schedule`]), verdicts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use referee_layout::{Digest, Facts, Layout, Referrer};
use serde::Serialize;

use crate::case::{Name, Op, Role, Step};
use crate::cell::Binding;
use crate::driver::Operation;
use crate::outcome::{Observation, Outcome};
use crate::plan::{Plan, PlannedNode};
use crate::write;

mod builtin;
mod command;
pub mod effect;
mod server;
mod world;

pub use world::World;

/// A layout between two steps.
#[derive(Debug)]
pub struct State {
    folder: tempfile::TempDir,
    /// The referrers that the steps so far have left, by the case's names.
    pub there: BTreeMap<String, Referrer>,
    /// What was done so far.
    pub steps: Vec<StepRecord>,
    facts: OnceLock<Result<Facts, String>>,
}

/// What one step did, for results.
#[derive(Debug, Clone, Serialize)]
pub struct StepRecord {
    /// The role.
    pub role: Role,
    /// The operation.
    pub op: Operation,
    /// The command line, with the scratch folder as `.`; empty for the in-crate writer and reader.
    pub argv: Vec<String>,
    /// The exit code; `null` where there is none.
    pub exit: Option<i32>,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// How it ended, in words, where that is not exit code 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// The beginning of standard error, where it did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
    /// What a server was asked, with the status of each answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<String>,
    /// What it wrote beside its layout, as paths from the cell's folder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// A process was left behind, and ended by the harness.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub leaked: bool,
}

/// Why a cell ended before its last step: the outcome and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, naming the step.
    pub reason: String,
}

/// The harness's own trouble: no disk space, no permission. Never a tool's misbehaviour.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {error}")]
pub struct ExecError {
    /// What could not be done.
    pub what: String,
    /// What the system said.
    pub error: std::io::Error,
}

impl ExecError {
    pub(crate) fn new(what: impl Into<String>, error: std::io::Error) -> Self {
        Self { what: what.into(), error }
    }
}

impl Failure {
    pub(crate) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into() }
    }

    /// The failure of the cell's step, as an observation.
    pub fn observation(&self) -> Observation {
        Observation::none(self.outcome, self.reason.clone())
    }
}

/// What a step was asked to do, with everything that it needs.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The plan of the case.
    pub plan: &'a Plan,
    /// The step.
    pub step: &'a Step,
    /// Who plays the role.
    pub binding: &'a Binding,
}

impl State {
    /// An empty folder to begin with.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    pub fn new(scratch: &Path) -> Result<Self, ExecError> {
        let folder = tempfile::Builder::new().prefix("cell-").tempdir_in(scratch);
        let folder = folder.map_err(|error| ExecError::new("make a scratch folder", error))?;
        for name in ["files", "home", "root"] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path)
                .map_err(|error| ExecError::new(format!("make {}", path.display()), error))?;
        }
        Ok(Self { folder, there: BTreeMap::new(), steps: Vec::new(), facts: OnceLock::new() })
    }

    /// A state with its own copy of this one's layout.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    pub fn fork(&self, scratch: &Path) -> Result<Self, ExecError> {
        let fork = Self::new(scratch)?;
        copy_tree(&self.layout(), &fork.layout())?;
        Ok(Self { there: self.there.clone(), steps: self.steps.clone(), ..fork })
    }

    /// The cell's folder; everything a tool may write to is below it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The layout: the repository `repo` of the folder that a server serves.
    pub fn layout(&self) -> PathBuf {
        self.folder.path().join("root").join("repo")
    }

    /// The tool's private home.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The tool's working directory, with the files that it is given.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Where a copy goes to.
    pub fn copy_target(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Puts the copy in the place of the layout: the next step works on it.
    fn take_copy(&mut self) -> Result<(), ExecError> {
        let (layout, out) = (self.layout(), self.copy_target());
        let fail = |error| ExecError::new("put the copy in place", error);
        if layout.exists() {
            std::fs::remove_dir_all(&layout).map_err(fail)?;
        }
        if out.exists() {
            std::fs::rename(&out, &layout).map_err(fail)?;
        }
        Ok(())
    }

    /// Puts the blobs that a manifest needs into the layout: `push` is about the manifest.
    fn put_blobs(&self, planned: &PlannedNode) -> Result<(), ExecError> {
        for blob in &planned.blobs {
            let (digest, bytes) = (&blob.digest, &blob.bytes);
            let folder = self.layout().join("blobs").join(digest.algorithm());
            let path = folder.join(digest.encoded());
            let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, bytes));
            written.map_err(|error| ExecError::new("write a blob", error))?;
        }
        Ok(())
    }

    /// What the layout holds; read once. An error is what makes it no layout.
    pub fn facts(&self) -> Result<&Facts, &str> {
        let facts = self.facts.get_or_init(|| read(&self.layout()));
        facts.as_ref().map_err(String::as_str)
    }

    /// The digest that a node of the plan has in this layout: a tool makes its own bytes of what it attaches.
    pub fn digest(&self, plan: &Plan, name: &str) -> Option<Digest> {
        let made = self.there.get(name).map(|referrer| referrer.digest.clone());
        made.or_else(|| plan.node(name).map(|node| node.digest.clone()))
    }
}

fn read(layout: &Path) -> Result<Facts, String> {
    let layout = Layout::open(layout).map_err(|error| error.to_string())?;
    Ok(layout.facts(&referee_layout::Limits::default()))
}

/// Copies a tree of folders and files; what is neither (a tool may leave anything) is not copied.
fn copy_tree(from: &Path, to: &Path) -> Result<(), ExecError> {
    let fail = |path: &Path| {
        let what = format!("copy {}", path.display());
        move |error| ExecError::new(what, error)
    };
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to).map_err(fail(to))?;
    for entry in std::fs::read_dir(from).map_err(fail(from))? {
        let entry = entry.map_err(fail(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(fail(&source))?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_file() {
            std::fs::copy(&source, &target).map_err(fail(&source))?;
        }
    }
    Ok(())
}

impl World<'_> {
    /// Runs a step that changes the layout, in place; a tool's failure is a value.
    ///
    /// # Errors
    /// The harness's own trouble only.
    pub fn change(&self, state: &mut State, task: Task<'_>) -> Result<Result<(), Failure>, ExecError> {
        let id = match task.binding {
            Binding::Builtin(convention) => return self.write(state, task, convention),
            Binding::Tool(id) => id,
        };
        let done = self.change_by(id, state, task)?;
        let outside = effect::outside(state);
        if let Some(record) = state.steps.last_mut() {
            record.outside = outside;
        }
        Ok(done)
    }

    fn change_by(
        &self,
        id: &str,
        state: &mut State,
        task: Task<'_>,
    ) -> Result<Result<(), Failure>, ExecError> {
        let (driver, binary) = self.tool(id);
        if driver.manifest.server.is_some() {
            return self.push_to_server(state, task, driver, binary);
        }
        if !state.layout().exists() {
            let files = write::layout(task.plan, &task.plan.base(), None);
            let saved = files.save(&state.layout());
            saved.map_err(|error| ExecError::new("write the base layout", error))?;
        }
        self.call(state, task, driver, binary)
    }

    /// Runs a step that reads the layout: on a copy, since readers may write.
    ///
    /// # Errors
    /// The harness's own trouble only.
    pub fn discover(&self, state: &State, task: Task<'_>) -> Result<(Observation, StepRecord), ExecError> {
        match task.binding {
            Binding::Builtin(convention) => Ok(self.view(state, task, convention)),
            Binding::Tool(id) => {
                let mut copy = state.fork(&self.machine.scratch)?;
                let (driver, binary) = self.tool(id);
                let answer = if driver.manifest.server.is_some() {
                    self.ask_server(&mut copy, task, driver, binary)?
                } else {
                    self.ask(&mut copy, task, driver, binary)?
                };
                let gone = !copy.layout().join("index.json").exists();
                let observation = match answer {
                    Ok(_) if gone => {
                        let reason = format!("{id} deleted the layout that it was to read");
                        Observation::none(Outcome::Error, reason)
                    }
                    Ok(answer) => Observation::compare(&expected(state, task), answer.as_slice()),
                    Err(failure) => failure.observation(),
                };
                let record = copy.steps.pop().unwrap_or_else(|| record(task, Vec::new(), Duration::ZERO));
                let record = StepRecord { outside: effect::outside(&copy), ..record };
                Ok((observation, record))
            }
        }
    }
}

/// The referrers that a discovery should find: those of the case's names that the steps left.
fn expected(state: &State, task: Task<'_>) -> BTreeMap<String, Referrer> {
    let Op::Discover { expect, .. } = &task.step.op else {
        return BTreeMap::new();
    };
    let there = |name: &Name| Some((name.to_string(), state.there.get(name.as_str())?.clone()));
    expect.iter().filter_map(there).collect()
}

fn record(task: Task<'_>, argv: Vec<String>, took: Duration) -> StepRecord {
    StepRecord {
        role: task.step.role,
        op: (&task.step.op).into(),
        argv,
        exit: None,
        millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        end: None,
        stderr: None,
        requests: Vec::new(),
        outside: Vec::new(),
        leaked: false,
    }
}
