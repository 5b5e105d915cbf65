//! Tools that are command line programs: a call, or several, for each step.
//!
//! Owns: running calls, and reading their ends. Leaves to others: making it ready ([`super::call`]), the
//! process ([`referee_process`]).

use std::collections::BTreeMap;
use std::ffi::OsString;

use referee_process::{End, Finished, HarnessError, Program};
use referee_results::Outcome;
use referee_results::StepRecord;

use super::answer::Printed;
use super::call::{self, Call};
use super::context::Found;
use super::under_test::ToolUnderTest;
use super::{Attempt, RunContext, Task, record};
use crate::driver::AnswerForm;
use crate::operation::{Answer, Values};
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

    fn ask(&self, state: &State, task: Task<'_>) -> Result<Attempt<Answer>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|(form, printed)| call::read(task, &printed, form.as_ref())))
    }
}

impl Command<'_> {
    /// Runs the calls of a step; gives what the last one printed, and how to read it.
    fn call(
        &self,
        state: &State,
        task: Task<'_>,
    ) -> Result<Attempt<(Option<AnswerForm>, Printed)>, HarnessError> {
        let prepared = call::prepare(self.tool, state, task, Values::default())?;
        let ready = match prepared.result {
            Ok(ready) => ready,
            Err(failure) => return Ok(Attempt { record: prepared.record, result: Err(failure) }),
        };
        let mut record = prepared.record;
        let mut printed = Printed { bytes: Vec::new(), cut_off: false };
        for call in ready.calls {
            let (next, result) = self.one(state, task, call, &ready.env)?;
            record = joined(&record, next);
            match result {
                Ok(said) => printed = said,
                Err(failure) => return Ok(Attempt { record, result: Err(failure) }),
            }
        }
        Ok(Attempt { record, result: Ok((ready.answer, printed)) })
    }

    /// Runs one call.
    fn one(
        &self,
        state: &State,
        task: Task<'_>,
        call: Call,
        env: &BTreeMap<String, OsString>,
    ) -> Result<(StepRecord, Result<Printed, Failure>), HarnessError> {
        let driver = self.tool.driver;
        let stdin = match &call.stdin {
            Some(file) => std::fs::read(state.files().join(file))
                .map_err(|error| HarnessError::new(format!("read {}", file.display()), error))?,
            None => Vec::new(),
        };
        let program = Program {
            program: call.program,
            args: call.argv.iter().map(OsString::from).collect(),
            env: env.clone(),
            cwd: state.files(),
            stdin,
        };
        let operation = task.step.operation;
        let limits = self.context.limits(driver, operation);
        let sandbox = self.context.machine.sandbox.with_writable(state.folder());
        let finished = referee_process::run(&program, &limits, &sandbox)
            .map_err(|error| HarnessError::new(format!("run {}", driver.id), std::io::Error::other(error)))?;
        self.context.remember(driver, operation, matches!(finished.end, End::TimedOut { .. }));
        let name = if program.program == self.tool.binary.path {
            driver.file.program.clone()
        } else {
            call::name(&program.program)
        };
        let words = [name.as_str()].into_iter().chain(call.argv.iter().map(String::as_str));
        let record = described(state, task, words, &finished);
        let result = match self.failure(state, task, &finished, limits.deadline.as_secs()) {
            Some(failure) => Err(failure),
            None => {
                let cut_off = finished.stdout.total > finished.stdout.bytes.len() as u64;
                Ok(Printed { bytes: finished.stdout.bytes, cut_off })
            }
        };
        Ok((record, result))
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

/// The record of two calls of one step.
fn joined(before: &StepRecord, next: StepRecord) -> StepRecord {
    let mut earlier = before.earlier.clone();
    earlier.extend(Some(&before.argv).filter(|argv| !argv.is_empty()).cloned());
    let (millis, leaked) = (before.millis + next.millis, before.leaked || next.leaked);
    let stderr = next.stderr.clone().or_else(|| before.stderr.clone());
    StepRecord { earlier, millis, leaked, stderr, ..next }
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
    let said = finished.stderr.text();
    let stderr = || said.chars().take(KEPT).collect::<String>();
    StepRecord {
        exit: match finished.end {
            End::Exited(code) => Some(code),
            _ => None,
        },
        end: (!well).then(|| finished.end.to_string()),
        stderr: (!well || call::warns(&said)).then(|| state.without_folder(&stderr())),
        leaked: finished.leaked,
        ..record(task, words.map(|word| state.without_folder(word)).collect(), finished.took)
    }
}
