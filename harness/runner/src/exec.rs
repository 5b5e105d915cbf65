//! Running the steps of a cell, each on its own copy of the layout.
//!
//! Owns: turning what a process did into values. Leaves to others: the layout between steps ([`State`]), processes
//! ([`referee_process`]), postconditions ([`effect`]), the order of cells ([`crate::schedule`]), verdicts.

use std::collections::BTreeMap;
use std::time::Duration;

use referee_layout::Referrer;

use crate::case::{Op, Step};
use crate::cell::Binding;
use crate::driver::Operation;
use crate::plan::Plan;

use referee_process::HarnessError;
use referee_process::tree::Snapshot;
use referee_results::outcome::{Descriptor, Observation, Outcome};
use referee_results::step::{OpName, StepRecord};
use referee_writer::Name;

mod before;
mod builtin;
mod command;
pub mod effect;
mod server;
mod state;
mod world;

pub use state::State;
pub use world::World;

/// Why a cell ended before its last step: the outcome and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, naming the step.
    pub reason: String,
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

impl World<'_> {
    /// Runs a step that changes the layout, in place; a tool's failure is a value.
    ///
    /// # Errors
    /// The harness's own trouble only.
    pub fn change(&self, state: &mut State, task: Task<'_>) -> Result<Result<(), Failure>, HarnessError> {
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
    ) -> Result<Result<(), Failure>, HarnessError> {
        let (driver, binary) = self.tool(id);
        if driver.manifest.server.is_some() {
            return self.push_to_server(state, task, driver, binary);
        }
        if !state.layout().exists() {
            let files = referee_writer::layout(&task.plan.contents, &task.plan.base(), None);
            let saved = files.save(&state.layout());
            saved.map_err(|error| HarnessError::new("write the base layout", error))?;
        }
        self.call(state, task, driver, binary)
    }

    /// Runs a step that reads the layout: on a copy, since readers may write.
    ///
    /// # Errors
    /// The harness's own trouble only.
    pub fn discover(&self, state: &State, task: Task<'_>) -> Result<(Observation, StepRecord), HarnessError> {
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
                let changed = state.contents().changes(&Snapshot::of(&copy.layout()));
                let record = StepRecord { outside: effect::outside(&copy), changed, ..record };
                Ok((observation, record))
            }
        }
    }
}

/// The referrers that a discovery should find: those of the case's names that the steps left.
fn expected(state: &State, task: Task<'_>) -> BTreeMap<String, Descriptor> {
    let Op::Discover { expect, .. } = &task.step.op else {
        return BTreeMap::new();
    };
    let there = |name: &Name| Some((name.to_string(), descriptor(state.there.get(name.as_str())?)));
    expect.iter().filter_map(there).collect()
}

/// A referrer as results know it.
fn descriptor(referrer: &Referrer) -> Descriptor {
    Descriptor {
        media_type: referrer.media_type.clone(),
        digest: referrer.digest.clone(),
        size: referrer.size,
        artifact_type: referrer.artifact_type.clone(),
        annotations: referrer.annotations.to_map(),
    }
}

fn record(task: Task<'_>, argv: Vec<String>, took: Duration) -> StepRecord {
    StepRecord {
        role: task.step.role,
        op: OpName::new(Operation::from(&task.step.op).name()),
        argv,
        exit: None,
        millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        end: None,
        stderr: None,
        requests: Vec::new(),
        outside: Vec::new(),
        changed: Vec::new(),
        skipped: false,
        leaked: false,
    }
}
