//! The calls of a step, made ready: what tools that are commands share with clients of a daemon.
//!
//! Owns: the words, the environment and the input of calls, reading the answer, and what an exit code means. Leaves to others: the command lines
//! ([`crate::driver`]), the values of each operation ([`crate::operation`]), running it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use referee_process::HarnessError;
use referee_results::Outcome;

use super::answer::{Printed, beginning};
use super::context::Found;
use super::{Attempt, Task};
use crate::driver::{self, AnswerForm, Arg, Driver, NoValue, Text};
use crate::operation::{Answer, Placeholder, Values, save};
use crate::state::{Failure, State};
use crate::tools;

/// The calls of a step, ready to be run.
#[derive(Debug)]
pub(super) struct Calls {
    /// All of them, in order.
    pub(super) calls: Vec<Call>,
    /// The whole environment.
    pub(super) env: BTreeMap<String, OsString>,
    /// How the answer is read out of what the last one prints.
    pub(super) answer: Option<AnswerForm>,
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    /// The program's absolute path.
    pub(super) program: PathBuf,
    /// The arguments.
    pub(super) argv: Vec<String>,
    /// A file for standard input, in the working directory.
    pub(super) stdin: Option<PathBuf>,
}

/// Makes the calls of a step ready, and the archive that they read. It is a failure where the driver has no words for them.
pub(super) fn prepare(
    tool: Found<'_>,
    state: &State,
    task: Task<'_>,
    values: Values,
) -> Result<Attempt<Calls>, HarnessError> {
    let driver = tool.driver;
    let operation = task.step.operation;
    let Some(calls) = driver.calls(operation, &tool.binary.version) else {
        return Ok(Attempt::not_run(task, cannot(driver, format!("the driver has no [op.{operation}]"))));
    };
    if calls.iter().any(|call| call.argv.iter().any(|arg| arg.placeholders().contains(&Placeholder::Archive)))
    {
        state.pack()?;
    }
    let values = values
        .with(Placeholder::Layout, state.layout().path().display().to_string())
        .with(Placeholder::Out, state.copy_target().path().display().to_string())
        .with(Placeholder::Archive, state.archive().display().to_string())
        .with(Placeholder::OutArchive, state.archive_target().display().to_string())
        .with(Placeholder::Home, state.home().display().to_string());
    let values = task.step.action.values(state, task.contents(), values)?;
    let one = |call: &driver::Call| {
        Ok::<_, NoValue>(Call {
            program: tool.program(call.program.as_deref()),
            argv: Arg::expand_all(&call.argv, &values)?,
            stdin: call.stdin.as_ref().map(|path| path.expand(&values)).transpose()?.map(PathBuf::from),
        })
    };
    let words = || {
        Ok::<_, NoValue>(Calls {
            calls: calls.iter().map(one).collect::<Result<_, _>>()?,
            env: tools::environment(driver, &state.home(), &values)?,
            answer: calls.last().answer(),
        })
    };
    let record = super::record(task, Vec::new(), std::time::Duration::ZERO);
    Ok(Attempt { record, result: words().map_err(|why| cannot(driver, why.to_string())) })
}

/// Writes the files that a service needs, and gives their names; a failure where a word has no value.
pub(super) fn files(
    driver: &Driver,
    files: &BTreeMap<String, Text>,
    state: &State,
    values: &Values,
) -> Result<Result<Vec<PathBuf>, Failure>, HarnessError> {
    for (name, text) in files {
        match text.expand(values) {
            Ok(text) => save(state, name, text.as_bytes())?,
            Err(why) => return Ok(Err(cannot(driver, why))),
        }
    }
    Ok(Ok(files.keys().map(PathBuf::from).collect()))
}

/// The name of a program, as results show it.
pub(super) fn name(program: &Path) -> String {
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads what the last call of a step printed.
pub(super) fn read(task: Task<'_>, printed: &Printed, form: Option<&AnswerForm>) -> Result<Answer, Failure> {
    let who = task.binding.driver();
    match (form, task.step.operation.answer) {
        (Some(form), Some(answers)) => printed.read(form, answers, who),
        _ => Err(Failure::new(
            Outcome::Error,
            format!("{who}: the driver does not say how to read the answer"),
        )),
    }
}

/// The driver does not say how.
pub(super) fn cannot(driver: &Driver, why: impl std::fmt::Display) -> Failure {
    Failure::new(Outcome::Error, format!("{}: {why}", driver.id))
}

/// Whether a tool says on standard error that something is not as it should be. It may say other things there, too.
pub(super) fn warns(stderr: &str) -> bool {
    stderr.to_ascii_lowercase().contains("warn")
}

/// The failure of a call that ended with an exit code other than 0. `stderr` is without the cell's folder.
pub(super) fn exit_failure(driver: &Driver, task: Task<'_>, code: i32, stderr: &str) -> Failure {
    let refused = driver.file.refused.as_deref().and_then(|pattern| regex::Regex::new(pattern).ok());
    let is_refusal = refused.is_some_and(|pattern| pattern.is_match(stderr));
    let outcome = if is_refusal { Outcome::Refused } else { Outcome::Error };
    let what = format!("{} {}", driver.id, task.step.operation);
    Failure::new(outcome, format!("{what}: exit {code}: {}", beginning(stderr)))
}
