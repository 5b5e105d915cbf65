//! Tools that are clients of a daemon: the service is asked by commands, the same ones that a tool without a daemon has.
//!
//! Owns: starting the daemon for one step, in that step's sandbox, and running the calls beside it. Leaves to others: making
//! them ready ([`super::call`]), the daemon's life ([`super::service`]).

use referee_process::HarnessError;
use referee_process::service::{Ask, Command, PORT, Ready, Reply};

use super::answer::Printed;
use super::call::Call;
use super::context::Found;
use super::service::{self, Life};
use super::under_test::ToolUnderTest;
use super::{Attempt, RunContext, Task, call, command};
use crate::driver::{self, AnswerForm, Arg};
use crate::operation::{Answer, Placeholder, Values};
use crate::state::State;

pub(super) struct Daemon<'a> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) tool: Found<'a>,
    pub(super) daemon: &'a driver::Daemon,
}

impl ToolUnderTest for Daemon<'_> {
    const EXACT: bool = false;

    fn prepare(&self, state: &State, task: Task<'_>) -> Result<(), HarnessError> {
        command::write_base(state, task)
    }

    fn run(&self, state: &State, task: Task<'_>) -> Result<Attempt<()>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|_| Ok(())))
    }

    fn ask(&self, state: &State, task: Task<'_>) -> Result<Attempt<Answer>, HarnessError> {
        Ok(self.call(state, task)?.and_then(|(form, printed)| call::read(task, &printed, form.as_ref())))
    }
}

impl Daemon<'_> {
    /// Runs the calls of a step beside the daemon.
    fn call(
        &self,
        state: &State,
        task: Task<'_>,
    ) -> Result<Attempt<(Option<AnswerForm>, Printed)>, HarnessError> {
        let driver = self.tool.driver;
        let values = Values::default()
            .with(Placeholder::Socket, state.socket().display().to_string())
            .with(Placeholder::Port, PORT)
            .with(Placeholder::Home, state.home().display().to_string());
        let prepared = call::prepare(self.tool, state, task, values.clone())?;
        let ready = match prepared.result {
            Ok(ready) => ready,
            Err(failure) => return Ok(Attempt { record: prepared.record, result: Err(failure) }),
        };
        let words = Arg::expand_all(&driver.service_argv(&self.daemon.argv), &values)
            .and_then(|args| Ok((args, Arg::expand_all(&self.daemon.ready, &values)?)));
        let (args, is_ready) = match words {
            Ok(words) => words,
            Err(why) => return Ok(Attempt::not_run(task, call::cannot(driver, why))),
        };
        let files = match call::files(driver, &self.daemon.file, state, &values)? {
            Ok(files) => files,
            Err(failure) => return Ok(Attempt::not_run(task, failure)),
        };
        let client =
            |call: Call| Command { program: call.program, args: call.argv, env: None, stdin: call.stdin };
        let is_ready = Call { program: self.tool.program(None), argv: is_ready, stdin: None };
        let life = Life {
            program: self.tool.program(self.daemon.program.as_deref()),
            args,
            env: ready.env,
            files,
            ready: Ready::Command(client(is_ready)),
            asks: ready.calls.into_iter().map(|call| Ask::Command(client(call))).collect(),
            readable: Vec::new(),
        };
        let form = ready.answer;
        Ok(service::run(self.context, self.tool, state, task, life)?.and_then(|mut answers| {
            let printed = match answers.pop().map(|answer| answer.reply) {
                Some(Reply::Command { stdout, cut_off, .. }) => {
                    Printed { bytes: stdout.into_bytes(), cut_off }
                }
                _ => Printed { bytes: Vec::new(), cut_off: false },
            };
            Ok((form, printed))
        }))
    }
}
