//! Tools that are command line programs: one call per step.
//!
//! Owns: running a call, and reading its end and its answer. Leaves to others: making it ready ([`super::call`]), the
//! process ([`referee_process`]).

use std::ffi::OsString;

use referee_process::{End, Finished, HarnessError, Program};
use referee_results::Outcome;
use referee_results::StepRecord;
use referee_results::observation::Answered;

use super::answer::{self, Unreadable};
use super::context::Found;
use super::under_test::ToolUnderTest;
use super::{Attempt, RunContext, Task, call, record};
use crate::operation::Values;
use crate::state::{Failure, State};

/// How much of standard error a result keeps.
const KEPT: usize = 2000;

pub(super) struct Command<'a> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) tool: Found<'a>,
}

impl ToolUnderTest for Command<'_> {
    const EXACT: bool = false;

    fn prepare(&self, state: &State, task: Task<'_>) -> Result<(), HarnessError> {
        write_base(state, task)
    }

    fn run(&self, state: &State, task: Task<'_>) -> Result<Attempt<()>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|_| Ok(())))
    }

    fn ask(&self, state: &State, task: Task<'_>) -> Result<Attempt<Vec<Answered>>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|(view, finished)| {
            let (kept, total) = (&finished.stdout.bytes, finished.stdout.total);
            let answer = if total > kept.len() as u64 {
                Err(Unreadable::TooLong(total))
            } else {
                answer::descriptors(kept, &view)
            };
            answer.map_err(|why| why.of(task.binding.driver()))
        }))
    }
}

impl Command<'_> {
    /// Runs the call of a step; gives where the answer is in what it printed.
    fn call(&self, state: &State, task: Task<'_>) -> Result<Attempt<(String, Finished)>, HarnessError> {
        let driver = self.tool.driver;
        let prepared = call::prepare(self.context, self.tool, state, task, Values::default())?;
        let call = match prepared.result {
            Ok(call) => call,
            Err(failure) => return Ok(Attempt { record: prepared.record, result: Err(failure) }),
        };
        let stdin = match &call.stdin {
            Some(file) => std::fs::read(state.files().join(file))
                .map_err(|error| HarnessError::new(format!("read {}", file.display()), error))?,
            None => Vec::new(),
        };
        let program = Program {
            program: self.tool.binary.path.clone(),
            args: call.argv.iter().map(OsString::from).collect(),
            env: call.env,
            cwd: state.files(),
            stdin,
        };
        let operation = task.step.operation;
        let limits = self.context.limits(driver, operation);
        let sandbox = self.context.machine.sandbox.with_writable(state.folder());
        let finished = referee_process::run(&program, &limits, &sandbox)
            .map_err(|error| HarnessError::new(format!("run {}", driver.id), std::io::Error::other(error)))?;
        self.context.remember(driver, operation, matches!(finished.end, End::TimedOut { .. }));
        let words = [driver.file.program.as_str()].into_iter().chain(call.argv.iter().map(String::as_str));
        let record = described(state, task, words, &finished);
        let result = match self.failure(state, task, &finished, limits.deadline.as_secs()) {
            Some(failure) => Err(failure),
            None => Ok((call.view, finished)),
        };
        Ok(Attempt { record, result })
    }

    /// The failure that a call's end shows, if any.
    fn failure(&self, state: &State, task: Task<'_>, finished: &Finished, seconds: u64) -> Option<Failure> {
        let driver = self.tool.driver;
        let what = format!("{} {}", driver.id, task.step.operation);
        let (outcome, how) = match &finished.end {
            End::Exited(0) => return None,
            End::Exited(code) => {
                let stderr = state.without_folder(&finished.stderr.text());
                return Some(call::exit_failure(driver, task, *code, &stderr));
            }
            End::Signalled(signal) => (Outcome::Crash, format!("killed by signal {signal}")),
            End::TimedOut { .. } => (Outcome::Hang, format!("not done after {seconds} s")),
            End::Interrupted => (Outcome::Error, "interrupted".to_owned()),
            End::NotStarted(why) => (Outcome::Error, format!("did not start: {why}")),
        };
        Some(Failure::new(outcome, format!("{what}: {how}")))
    }
}

/// Writes the base content as a layout where there is none, for tools that cannot begin with nothing.
pub(super) fn write_base(state: &State, task: Task<'_>) -> Result<(), HarnessError> {
    if state.layout().exists() {
        return Ok(());
    }
    state.layout().write(&referee_writer::layout(task.contents(), &task.base(), None))
}

/// What a call did, for results. The scratch folder is shown as `.`.
pub(super) fn described<'a>(
    state: &State,
    task: Task<'_>,
    words: impl Iterator<Item = &'a str>,
    finished: &Finished,
) -> StepRecord {
    let well = finished.end == End::Exited(0);
    let stderr = || finished.stderr.text().chars().take(KEPT).collect::<String>();
    StepRecord {
        exit: match finished.end {
            End::Exited(code) => Some(code),
            _ => None,
        },
        end: (!well).then(|| finished.end.to_string()),
        stderr: (!well).then(|| state.without_folder(&stderr())),
        leaked: finished.leaked,
        ..record(task, words.map(|word| state.without_folder(word)).collect(), finished.took)
    }
}
