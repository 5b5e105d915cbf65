//! Tools that are clients of a daemon: the service is asked by commands, the same ones that a tool without a daemon has.
//!
//! Owns: starting the daemon for one step, in that step's sandbox, and running the call beside it. Leaves to others: making
//! the call ready ([`super::call`]), the daemon's life ([`super::service`]).

use std::path::PathBuf;

use referee_process::HarnessError;
use referee_process::service::{Ask, Command, PORT, Ready, Reply};
use referee_results::observation::Answered;

use super::answer::{self, Unreadable};
use super::context::Found;
use super::service::{self, Life};
use super::under_test::ToolUnderTest;
use super::{Attempt, RunContext, Task, call, command};
use crate::driver::{self, Arg};
use crate::operation::{Placeholder, Values};
use crate::state::State;

pub(super) struct Daemon<'a> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) tool: Found<'a>,
    pub(super) daemon: &'a driver::Daemon,
}

/// What a client printed on standard output, and where in it the answer is.
struct Printed {
    text: String,
    cut_off: bool,
    view: String,
}

impl ToolUnderTest for Daemon<'_> {
    const EXACT: bool = false;

    fn prepare(&self, state: &State, task: Task<'_>) -> Result<(), HarnessError> {
        command::write_base(state, task)
    }

    fn run(&self, state: &State, task: Task<'_>) -> Result<Attempt<()>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|_| Ok(())))
    }

    fn ask(&self, state: &State, task: Task<'_>) -> Result<Attempt<Vec<Answered>>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|printed| {
            let answer = if printed.cut_off {
                Err(Unreadable::CutOff)
            } else {
                answer::descriptors(printed.text.as_bytes(), &printed.view)
            };
            answer.map_err(|why| why.of(task.binding.driver()))
        }))
    }
}

impl Daemon<'_> {
    /// Runs the call of a step beside the daemon.
    fn call(&self, state: &State, task: Task<'_>) -> Result<Attempt<Printed>, HarnessError> {
        let driver = self.tool.driver;
        let values = Values::default()
            .with(Placeholder::Socket, state.home().join("socket").display().to_string())
            .with(Placeholder::Port, PORT)
            .with(Placeholder::Home, state.home().display().to_string());
        let prepared = call::prepare(self.context, self.tool, state, task, values.clone())?;
        let call = match prepared.result {
            Ok(call) => call,
            Err(failure) => return Ok(Attempt { record: prepared.record, result: Err(failure) }),
        };
        let words = Arg::expand_all(&driver.service_argv(&self.daemon.argv), &values)
            .and_then(|args| Ok((args, Arg::expand_all(&self.daemon.ready, &values)?)));
        let (args, ready) = match words {
            Ok(words) => words,
            Err(why) => return Ok(Attempt::not_run(task, call::cannot(driver, why))),
        };
        let client = |args: Vec<String>, stdin: Option<PathBuf>| Command {
            program: self.tool.binary.path.clone(),
            args,
            stdin,
        };
        let life = Life {
            program: match &self.daemon.program {
                Some(program) => self.tool.binary.path.with_file_name(program),
                None => self.tool.binary.path.clone(),
            },
            args,
            env: call.env,
            ready: Ready::Command(client(ready, None)),
            asks: vec![Ask::Command(client(call.argv, call.stdin))],
        };
        let view = call.view;
        Ok(service::run(self.context, self.tool, state, task, life)?.and_then(|mut answers| {
            let (text, cut_off) = match answers.pop().map(|answer| answer.reply) {
                Some(Reply::Command { stdout, cut_off, .. }) => (stdout, cut_off),
                _ => (String::new(), false),
            };
            Ok(Printed { text, cut_off, view })
        }))
    }
}
