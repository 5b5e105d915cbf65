//! Tools that are registries over a layout: the service is asked by HTTP.
//!
//! Owns: starting with the base content, and reading answers. Leaves to others: which requests an operation is made of
//! ([`crate::operation`]), the service's life ([`super::service`]).

use std::path::Path;

use referee_process::HarnessError;
use referee_process::service::{Answer, Ask, PORT, Ready, Reply, Request};

use super::answer::Printed;
use super::context::Found;
use super::service::{self, Life};
use super::under_test::ToolUnderTest;
use super::{Attempt, RunContext, Task, call};
use crate::driver::{AnswerForm, Arg, Server};
use crate::operation::{self, Answers, Placeholder, Values, pushes};
use crate::state::{Failure, State};
use crate::tools;

pub(super) struct Registry<'a> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) tool: Found<'a>,
    pub(super) server: &'a Server,
}

impl ToolUnderTest for Registry<'_> {
    const EXACT: bool = true;

    /// Nothing: a registry without a layout makes one of what is pushed.
    fn prepare(&self, _: &State, _: Task<'_>) -> Result<(), HarnessError> {
        Ok(())
    }

    fn run(&self, state: &State, task: Task<'_>) -> Result<Attempt<()>, HarnessError> {
        let requests = base(state, task)?;
        Ok(self.serve(state, task, requests)?.and_then(|_| Ok(())))
    }

    fn ask(&self, state: &State, task: Task<'_>) -> Result<Attempt<operation::Answer>, HarnessError> {
        // distribution-spec, Listing Referrers and Listing Tags
        let pointer = match task.step.operation.answer {
            Some(Answers::Words) => "/tags",
            _ => "/manifests",
        };
        Ok(self.serve(state, task, Vec::new())?.and_then(|answers| {
            let bytes = match answers.last().map(|answer| &answer.reply) {
                Some(Reply::Http { body, .. }) => body.clone().into_bytes(),
                _ => Vec::new(),
            };
            let form = AnswerForm::View(pointer.to_owned());
            call::read(task, &Printed { bytes, cut_off: false }, Some(&form))
        }))
    }
}

impl Registry<'_> {
    /// Serves the layout, and makes the requests and then those of the step.
    fn serve(
        &self,
        state: &State,
        task: Task<'_>,
        mut requests: Vec<Request>,
    ) -> Result<Attempt<Vec<Answer>>, HarnessError> {
        let driver = self.tool.driver;
        let of_step = task.step.action.requests(state, task.contents())?;
        if of_step.is_empty() {
            let why = format!("no registry can be asked to {}", task.step.operation);
            return Ok(Attempt::not_run(task, call::cannot(driver, why)));
        }
        requests.extend(of_step);
        let asks = requests.into_iter().map(Ask::Http).collect();
        match life(self.tool, self.server, state, &state.root(), asks)? {
            Ok(life) => service::run(self.context, self.tool, state, task, life),
            Err(failure) => Ok(Attempt::not_run(task, failure)),
        }
    }
}

/// The requests that give a registry the base content, where there is no layout yet.
pub(super) fn base(state: &State, task: Task<'_>) -> Result<Vec<Request>, HarnessError> {
    let mut requests = Vec::new();
    if !state.layout().exists() {
        let base = task.base();
        let nodes = task.contents().nodes().iter();
        for planned in nodes.filter(|node| base.contains(&node.name) && !node.absent) {
            requests.extend(pushes(state, planned)?);
        }
    }
    Ok(requests)
}

/// A life of a registry over the folder `root`; a failure where the driver has no words for it.
pub(super) fn life(
    tool: Found<'_>,
    server: &Server,
    state: &State,
    root: &Path,
    asks: Vec<Ask>,
) -> Result<Result<Life, Failure>, HarnessError> {
    let driver = tool.driver;
    let values = Values::default()
        .with(Placeholder::Root, root.display().to_string())
        .with(Placeholder::Home, state.home().display().to_string())
        .with(Placeholder::Port, PORT);
    let args = Arg::expand_all(&driver.service_argv(&server.argv), &values);
    let words = args.and_then(|args| Ok((args, tools::environment(driver, &state.home(), &values)?)));
    let (args, env) = match words {
        Ok(words) => words,
        Err(why) => return Ok(Err(call::cannot(driver, why))),
    };
    let files = match call::files(driver, &server.file, state, &values)? {
        Ok(files) => files,
        Err(failure) => return Ok(Err(failure)),
    };
    let ready = Ready::Http(server.ready.clone());
    Ok(Ok(Life { program: tool.program(None), args, env, files, ready, asks, readable: Vec::new() }))
}
