//! Backends: the ways in which a step is run, each behind one trait.
//!
//! Owns: which binding is run by which backend, and a step's result as a value. Leaves to others: what a step does
//! ([`crate::operation`]), the layout between steps ([`crate::state`]), the order of cells ([`crate::schedule`]), verdicts.
//!
//! A new kind of tool is a file here, its `mod` line, and its line in `of`.

use std::collections::BTreeSet;
use std::time::Duration;

use referee_process::HarnessError;
use referee_results::StepRecord;
use referee_results::observation::Observation;
use referee_results::{OpName, Outcome, Role};
use referee_writer::{Contents, Name};

use crate::case::Plan;
use crate::driver::Kind;
use crate::operation::{Answer, Step};
use crate::state::{Failure, State};
use referee_results::Binding;

mod answer;
mod builtin;
mod call;
mod command;
mod context;
mod daemon;
mod passage;
mod registry;
mod service;
mod under_test;

use builtin::Builtin;
use command::Command;
pub use context::RunContext;
use daemon::Daemon;
pub use passage::{Passage, pass};
use registry::Registry;
use under_test::UnderTest;

/// A way to run steps. A tool's failure is in the [`Attempt`]; an error is the harness's own trouble.
pub trait Backend {
    /// Runs steps that change the layout, in place, started together if there are several, and holds the layout against what
    /// each had to do. An attempt for each.
    ///
    /// # Errors
    /// The harness's own trouble only.
    fn change(&self, state: &mut State, tasks: &[Task<'_>]) -> Result<Vec<Attempt<()>>, HarnessError>;

    /// Asks a question about the layout, which stays as it is.
    ///
    /// # Errors
    /// The harness's own trouble only.
    fn read(&self, state: &State, task: Task<'_>) -> Result<Attempt<Answer>, HarnessError>;
}

/// The backend of a binding. This is the one place that knows which there are.
fn of<'a>(context: &'a RunContext<'a>, binding: &Binding) -> Box<dyn Backend + 'a> {
    let id = match binding {
        Binding::Builtin(convention) => return Box::new(Builtin::new(context.convention(convention))),
        Binding::Tool(id) => id,
    };
    let tool = context.tool(id);
    match tool.driver.kind() {
        Kind::Command => Box::new(UnderTest { context, tool: Command { context, tool } }),
        Kind::Registry(server) => Box::new(UnderTest { context, tool: Registry { context, tool, server } }),
        Kind::Daemon(daemon) => Box::new(UnderTest { context, tool: Daemon { context, tool, daemon } }),
    }
}

/// Has steps done that change a layout of the cell: one, or several that are started together.
///
/// # Errors
/// The harness's own trouble only.
pub fn change(
    context: &RunContext<'_>,
    state: &mut State,
    tasks: &[Task<'_>],
) -> Result<Vec<Attempt<()>>, HarnessError> {
    let Some(task) = tasks.first() else {
        return Ok(Vec::new());
    };
    state.select(&task.step.layout)?;
    if let Some(to) = &task.step.to {
        state.begin_copy(to)?;
    }
    of(context, task.binding).change(state, tasks)
}

/// Asks a question about a layout of the cell, and compares the answer with what is there.
///
/// # Errors
/// The harness's own trouble only.
pub fn observe(
    context: &RunContext<'_>,
    state: &State,
    task: Task<'_>,
) -> Result<(Observation, StepRecord), HarnessError> {
    let (mut observation, record) = if state.is_at_hand(&task.step.layout) {
        ask(context, state, task)?
    } else {
        let mut other = state.fork(&context.machine.scratch)?;
        other.select(&task.step.layout)?;
        ask(context, &other, task)?
    };
    if task.step.role() == Role::Bystander {
        observation.control = Some(control(context, task)?);
    }
    Ok((observation, record))
}

fn ask(
    context: &RunContext<'_>,
    state: &State,
    task: Task<'_>,
) -> Result<(Observation, StepRecord), HarnessError> {
    let attempt = of(context, task.binding).read(state, task)?;
    let observation = match attempt.result {
        Ok(answer) => task.step.action.observe(state, task.contents(), &answer),
        Err(failure) => failure.observation(),
    };
    Ok((observation, attempt.record))
}

/// What the same call shows where nobody has stored a referrer: what fails there, too, is not disturbed by referrers.
fn control(context: &RunContext<'_>, task: Task<'_>) -> Result<Outcome, HarnessError> {
    let key = format!("{} {} {:?}", task.binding.label(), task.plan.case, task.step.action);
    context.control(key, || {
        let state = State::new(&context.machine.scratch)?;
        state.layout().write(&referee_writer::layout(task.contents(), &task.base(), None))?;
        Ok(ask(context, &state, task)?.0.outcome)
    })
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

impl<'a> Task<'a> {
    /// All content of the case.
    pub fn contents(self) -> &'a Contents {
        &self.plan.contents
    }

    /// What is in the layout before the first step.
    pub fn base(self) -> BTreeSet<Name> {
        self.plan.base()
    }
}

/// What came of one step: its record, and what the tool achieved or how it failed.
#[derive(Debug)]
pub struct Attempt<T> {
    /// What was done.
    pub record: StepRecord,
    /// The result, or the tool's failure.
    pub result: Result<T, Failure>,
}

impl<T> Attempt<T> {
    /// An attempt that did not get as far as running anything.
    fn not_run(task: Task<'_>, failure: Failure) -> Self {
        Self { record: record(task, Vec::new(), Duration::ZERO), result: Err(failure) }
    }

    /// Goes on with the result, which may show a failure, too.
    fn and_then<U>(self, next: impl FnOnce(T) -> Result<U, Failure>) -> Attempt<U> {
        Attempt { record: self.record, result: self.result.and_then(next) }
    }
}

/// A record of a step without anything special.
fn record(task: Task<'_>, argv: Vec<String>, took: Duration) -> StepRecord {
    StepRecord {
        role: task.step.role(),
        op: OpName::new(task.step.operation.name),
        argv,
        earlier: Vec::new(),
        exit: None,
        millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        end: None,
        stderr: None,
        requests: Vec::new(),
        outside: Vec::new(),
        changed: Vec::new(),
        lost: Vec::new(),
        subject: Vec::new(),
        collected: None,
        skipped: false,
        leaked: false,
    }
}
