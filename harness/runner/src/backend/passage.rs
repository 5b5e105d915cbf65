//! Steps on a registry: all that follow each other are done in one life of it.
//!
//! Owns: the registry as a way station, what the clients and the harness ask it, and telling which answer belongs to which
//! step. Leaves to others: the calls of the clients ([`super::call`]), the life ([`super::registry`]), what each step had to
//! do ([`crate::operation`]).

use std::path::PathBuf;
use std::time::Duration;

use referee_process::HarnessError;
use referee_process::service::{Answer, Ask, Command, PORT, Reply, Transcript, Trouble};
use referee_results::observation::Observation;
use referee_results::{Outcome, Role, StepRecord};

use super::answer::Printed;
use super::context::Found;
use super::service::{self, Life};
use super::{RunContext, Task, call, record, registry};
use crate::driver::{AnswerForm, Kind};
use crate::operation::{Placeholder, ResultIn, Values};
use crate::state::{After, Arrived, Before, Failure, REPOSITORY, State};

/// What came of steps on a registry.
#[derive(Debug)]
pub struct Passage {
    /// What was done, a record for each step that was begun.
    pub records: Vec<StepRecord>,
    /// What the last role saw, if it asks; or the failure that ended the steps.
    pub result: Result<Option<Observation>, Failure>,
}

/// What is asked, each with the steps that its answers belong to, in order; the harness's own preparations belong to none.
#[derive(Debug, Default)]
struct Script {
    asks: Vec<Ask>,
    of: Vec<Vec<usize>>,
    forms: Vec<Option<AnswerForm>>,
}

/// Runs steps on a registry.
///
/// # Errors
/// The harness's own trouble only.
pub fn pass(
    context: &RunContext<'_>,
    state: &mut State,
    tasks: &[Task<'_>],
) -> Result<Passage, HarnessError> {
    let station = tasks.iter().find(|task| task.step.role() == Role::Registry);
    let station = station.map(|task| (*task, context.tool(task.binding.driver())));
    let Some((task, tool)) = station else {
        return Ok(failed(
            Vec::new(),
            Failure::new(Outcome::Error, "no step of the case names the registry"),
        ));
    };
    let Kind::Registry(server) = tool.driver.kind() else {
        return Ok(failed(Vec::new(), call::cannot(tool.driver, "the driver has no [server]")));
    };
    state.select(&task.step.layout)?;
    let mut script = Script::default();
    if let Some(failure) = script.write(context, state, tasks)? {
        return Ok(failed(Vec::new(), failure));
    }
    let life = match registry::life(tool, server, state, &state.station(), script.asks.clone())? {
        Ok(life) => Life { readable: folders(context, tasks), ..life },
        Err(failure) => return Ok(failed(Vec::new(), failure)),
    };
    let lived = service::live(context, tool, state, task, life)?;
    let transcript = match lived.transcript {
        Ok(transcript) => transcript,
        Err(failure) => return Ok(failed(vec![lived.record], failure)),
    };
    let mut records = records(state, tasks, &script, &transcript, &lived.record);
    let seconds = context.limits(tool.driver, task.step.operation).deadline.as_secs();
    let (blamed, task) = blamed(context, tasks, &script, &transcript, (tool, task));
    let failure = service::failure(blamed.driver, task, state, &transcript, seconds);
    let hung = failure.as_ref().is_some_and(|failure| failure.outcome == Outcome::Hang);
    context.remember(blamed.driver, task.step.operation, hung);
    let result = match failure {
        Some(failure) => Err(failure),
        None => {
            let before = Before::of(state);
            let result = judge(context, state, tasks, &script, &transcript, &before)?;
            // all steps were begun, so that each has its record
            for (record, _) in records.iter_mut().zip(tasks).filter(|(_, task)| takes_out(task)) {
                record.lost = before.not_in(state, task.contents());
            }
            result
        }
    };
    Ok(Passage { records, result })
}

/// Whether a step takes content out of the registry.
fn takes_out(task: &Task<'_>) -> bool {
    task.step.operation.result == ResultIn::Out
}

fn failed(records: Vec<StepRecord>, failure: Failure) -> Passage {
    Passage { records, result: Err(failure) }
}

impl Script {
    fn add(&mut self, ask: Ask, of: &[usize]) {
        self.asks.push(ask);
        self.of.push(of.to_vec());
    }

    /// A command of a step; if the step is started together with the one before it, then with that one's last command.
    fn command(&mut self, command: Command, at: usize, at_once: bool) {
        let before = if at_once { self.asks.pop().zip(self.of.pop()) } else { None };
        match before {
            Some((Ask::Command(before), mut of)) => {
                of.push(at);
                self.add(Ask::Together(vec![before, command]), &of);
            }
            Some((Ask::Together(mut before), mut of)) => {
                before.push(command);
                of.push(at);
                self.add(Ask::Together(before), &of);
            }
            Some((other, of)) => {
                self.add(other, &of);
                self.add(Ask::Command(command), &[at]);
            }
            None => self.add(Ask::Command(command), &[at]),
        }
    }

    /// Writes down what all steps ask. It is a failure where a driver has no words for its step.
    fn write(
        &mut self,
        context: &RunContext<'_>,
        state: &State,
        tasks: &[Task<'_>],
    ) -> Result<Option<Failure>, HarnessError> {
        if let Some(task) = tasks.first() {
            for request in registry::base(state, *task)? {
                self.add(Ask::Http(request), &[]);
            }
        }
        for (at, task) in tasks.iter().enumerate() {
            let mut form = None;
            if task.step.role() != Role::Registry {
                let tool = context.tool(task.binding.driver());
                if let Some(failure) = context.given_up(tool.driver, task.step.operation) {
                    return Ok(Some(failure));
                }
                let values = Values::default()
                    .with(Placeholder::Registry, format!("127.0.0.1:{PORT}"))
                    .with(Placeholder::Repository, REPOSITORY);
                let ready = match call::prepare(tool, state, *task, values)?.result {
                    Ok(ready) => ready,
                    Err(failure) => return Ok(Some(failure)),
                };
                let text = |value: &std::ffi::OsString| value.to_string_lossy().into_owned();
                let env = ready.env.iter().map(|(name, value)| (name.clone(), text(value))).collect();
                for call in ready.calls {
                    let (program, args, stdin) = (call.program, call.argv, call.stdin);
                    let env = Some(std::collections::BTreeMap::clone(&env));
                    self.command(Command { program, args, env, stdin }, at, task.step.at_once);
                }
                form = ready.answer;
            }
            self.forms.push(form);
            // what is started together is over before the registry is asked about any of it
            if tasks.get(at + 1).is_some_and(|next| next.step.at_once) {
                continue;
            }
            let first = (0..=at).rev().find(|at| !tasks[*at].step.at_once).unwrap_or(at);
            for (at, task) in tasks.iter().enumerate().take(at + 1).skip(first) {
                for request in task.step.action.afterwards(state, task.contents()) {
                    self.add(Ask::Http(request), &[at]);
                }
            }
        }
        Ok(None)
    }
}

/// The folders of the clients' programs, which have to be readable beside the registry's own.
fn folders(context: &RunContext<'_>, tasks: &[Task<'_>]) -> Vec<PathBuf> {
    let clients = tasks.iter().filter(|task| task.step.role() != Role::Registry);
    let programs = clients.map(|task| &context.tool(task.binding.driver()).binary.path);
    programs.filter_map(|program| Some(program.parent()?.to_owned())).collect()
}

/// Who failed, if anybody did: whoever was asked last, or the registry.
fn blamed<'a>(
    context: &'a RunContext<'_>,
    tasks: &[Task<'a>],
    script: &Script,
    transcript: &Transcript,
    station: (Found<'a>, Task<'a>),
) -> (Found<'a>, Task<'a>) {
    let asked = matches!(transcript.trouble, Some(Trouble::Unsuccessful | Trouble::NoAnswer(_)));
    let at = transcript.begun.checked_sub(1).and_then(|last| script.of.get(last)?.first().copied());
    match at.and_then(|at| tasks.get(at)).filter(|task| asked && task.step.role() != Role::Registry) {
        Some(task) => (context.tool(task.binding.driver()), *task),
        None => station,
    }
}

/// The answers of one step.
fn answers<'a>(script: &Script, transcript: &'a Transcript, at: usize) -> Vec<&'a Answer> {
    let mut before = None;
    let mut nth = 0;
    let mut own = Vec::new();
    for answer in &transcript.answers {
        nth = if before == Some(answer.at) { nth + 1 } else { 0 };
        before = Some(answer.at);
        let of = script.of.get(answer.at).map(Vec::as_slice).unwrap_or_default();
        let owner = if of.len() > 1 { of.get(nth) } else { of.first() };
        if owner == Some(&at) {
            own.push(answer);
        }
    }
    own
}

/// A record for each step that was begun; that of the registry is given.
fn records(
    state: &State,
    tasks: &[Task<'_>],
    script: &Script,
    transcript: &Transcript,
    station: &StepRecord,
) -> Vec<StepRecord> {
    let mut records = Vec::new();
    for (at, task) in tasks.iter().enumerate() {
        let answers = answers(script, transcript, at);
        let mut one = if task.step.role() == Role::Registry {
            station.clone()
        } else if answers.is_empty() && !begun(script, transcript, at) {
            continue;
        } else {
            client(state, *task, &answers)
        };
        let shown = answers.iter().filter(|answer| matches!(answer.reply, Reply::Http { .. }));
        one.requests = shown.map(|answer| state.without_folder(&service::shown(answer))).collect();
        records.push(one);
    }
    records
}

fn begun(script: &Script, transcript: &Transcript, at: usize) -> bool {
    script.of.iter().take(transcript.begun).any(|of| of.contains(&at))
}

/// The record of a client's step.
fn client(state: &State, task: Task<'_>, answers: &[&Answer]) -> StepRecord {
    let words = |answer: &&Answer| -> Vec<String> {
        state.without_folder(&answer.ask).split(' ').map(str::to_owned).collect()
    };
    let commands: Vec<&&Answer> =
        answers.iter().filter(|answer| matches!(answer.reply, Reply::Command { .. })).collect();
    let took = Duration::from_millis(commands.iter().map(|answer| answer.millis).sum());
    let mut argv: Vec<Vec<String>> = commands.iter().map(|answer| words(answer)).collect();
    let mut one = record(task, argv.pop().unwrap_or_default(), took);
    one.earlier = argv;
    if let Some(Reply::Command { exit, stderr, .. }) = commands.last().map(|answer| &answer.reply) {
        one.exit = *exit;
        if *exit != Some(0) {
            one.end =
                Some(exit.map_or_else(|| "killed by a signal".to_owned(), |code| format!("exit {code}")));
        }
        if *exit != Some(0) || call::warns(stderr) {
            one.stderr = Some(state.without_folder(stderr));
        }
    }
    one
}

/// Holds the registry, and what was taken from it, against what the steps had to do.
fn judge(
    context: &RunContext<'_>,
    state: &mut State,
    tasks: &[Task<'_>],
    script: &Script,
    transcript: &Transcript,
    before: &Before,
) -> Result<Result<Option<Observation>, Failure>, HarnessError> {
    let last = tasks.last().map(|task| task.step.role());
    let mut seen: Option<Observation> = None;
    for (at, task) in tasks.iter().enumerate() {
        let who = task.binding.driver();
        let (contents, answers) = (task.contents(), answers(script, transcript, at));
        let action = &task.step.action;
        let own = context.tool(who).driver.makes_its_own(task.step.operation);
        let made = action.arrived(&Arrived { who, state, contents, own, answers: answers.clone() });
        let made = match made {
            Ok(made) => made,
            Err(failure) => return Ok(Err(failure)),
        };
        state.referrers.extend(made.into_iter().map(|(name, referrer)| (name.to_string(), referrer)));
        if takes_out(task) {
            if let Err(why) = state.take_out()? {
                return Ok(Err(Failure::new(Outcome::Error, format!("{who} ended well, but {why}"))));
            }
            let base = task.base();
            let after = After { who, state, contents, base: &base, before, exact: false, own };
            if let Err(failure) = action.check(&after) {
                return Ok(Err(failure));
            }
        }
        if task.step.operation.reads() && Some(task.step.role()) == last {
            let answer = printed(state, *task, &answers, script.forms.get(at).and_then(Option::as_ref));
            let one = match answer {
                Ok(answer) => action.observe(state, contents, &answer),
                Err(failure) => failure.observation(),
            };
            seen = Some(match seen {
                Some(before) => before.and(one),
                None => one,
            });
        }
    }
    Ok(Ok(seen))
}

/// The answer of a step that asks: what the client printed, or what the registry lists.
fn printed(
    state: &State,
    task: Task<'_>,
    answers: &[&Answer],
    form: Option<&AnswerForm>,
) -> Result<crate::operation::Answer, Failure> {
    if task.step.role() == Role::Registry {
        let arrived = Arrived {
            who: task.binding.driver(),
            state,
            contents: task.contents(),
            own: false,
            answers: answers.to_vec(),
        };
        let listing = arrived.listing().unwrap_or(r#"{"manifests":[]}"#);
        let printed = Printed { bytes: listing.as_bytes().to_vec(), cut_off: false };
        return call::read(task, &printed, Some(&AnswerForm::View("/manifests".to_owned())));
    }
    let printed = answers.iter().rev().find_map(|answer| match &answer.reply {
        Reply::Command { stdout, cut_off, .. } => {
            Some(Printed { bytes: stdout.clone().into_bytes(), cut_off: *cut_off })
        }
        Reply::Http { .. } => None,
    });
    let printed = printed.unwrap_or(Printed { bytes: Vec::new(), cut_off: false });
    call::read(task, &printed, form)
}
