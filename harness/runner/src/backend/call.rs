//! One call of a command line, made ready: what tools that are commands share with clients of a daemon.
//!
//! Owns: the words, the environment and the input of a call, and what its end means. Leaves to others: the command lines
//! ([`crate::driver`]), the values of each operation ([`crate::operation`]), running it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use referee_process::HarnessError;
use referee_results::Outcome;
use referee_results::StepRecord;

use super::answer::beginning;
use super::context::Found;
use super::{Attempt, RunContext, Task};
use crate::driver::{Arg, Driver, NoValue};
use crate::operation::{Placeholder, Values};
use crate::state::{Failure, State};
use crate::tools;

/// A call, ready to be run.
#[derive(Debug)]
pub(super) struct Call {
    /// The arguments.
    pub(super) argv: Vec<String>,
    /// The whole environment.
    pub(super) env: BTreeMap<String, OsString>,
    /// A file for standard input, in the working directory.
    pub(super) stdin: Option<PathBuf>,
    /// Where in the answer the list of descriptors is.
    pub(super) view: String,
}

/// Makes the call of a step ready. It is a failure where the tool was given up in this operation, or its driver has no
/// words for it.
pub(super) fn prepare(
    context: &RunContext<'_>,
    tool: Found<'_>,
    state: &State,
    task: Task<'_>,
    values: Values,
) -> Result<Attempt<Call>, HarnessError> {
    let driver = tool.driver;
    let operation = task.step.operation;
    if let Some(failure) = context.given_up(driver, operation) {
        return Ok(skipped(task, failure));
    }
    let Some(call) = driver.call(operation, &tool.binary.version) else {
        return Ok(Attempt::not_run(task, cannot(driver, format!("the driver has no [op.{operation}]"))));
    };
    let values = values
        .with(Placeholder::Layout, state.layout().path().display().to_string())
        .with(Placeholder::Out, state.copy_target().path().display().to_string())
        .with(Placeholder::Home, state.home().display().to_string());
    let values = task.step.action.values(state, task.contents(), values)?;
    let words = || {
        Ok::<_, NoValue>(Call {
            argv: Arg::expand_all(&call.argv, &values)?,
            env: tools::environment(driver, &state.home(), &values)?,
            stdin: call.stdin.as_ref().map(|path| path.expand(&values)).transpose()?.map(PathBuf::from),
            view: call.view.clone().unwrap_or_default(),
        })
    };
    let record = super::record(task, Vec::new(), std::time::Duration::ZERO);
    Ok(Attempt { record, result: words().map_err(|why| cannot(driver, why.to_string())) })
}

/// The attempt of a tool that is not even tried any more.
pub(super) fn skipped<T>(task: Task<'_>, failure: Failure) -> Attempt<T> {
    let attempt = Attempt::not_run(task, failure);
    Attempt { record: StepRecord { skipped: true, ..attempt.record }, ..attempt }
}

/// The driver does not say how.
pub(super) fn cannot(driver: &Driver, why: impl std::fmt::Display) -> Failure {
    Failure::new(Outcome::Error, format!("{}: {why}", driver.id))
}

/// The failure of a call that ended with an exit code other than 0. `stderr` is without the cell's folder.
pub(super) fn exit_failure(driver: &Driver, task: Task<'_>, code: i32, stderr: &str) -> Failure {
    let refused = driver.file.refused.as_deref().and_then(|pattern| regex::Regex::new(pattern).ok());
    let is_refusal = refused.is_some_and(|pattern| pattern.is_match(stderr));
    let outcome = if is_refusal { Outcome::Refused } else { Outcome::Error };
    let what = format!("{} {}", driver.id, task.step.operation);
    Failure::new(outcome, format!("{what}: exit {code}: {}", beginning(stderr)))
}
