//! Tools that are services, whoever asks them: one life of the service per step.
//!
//! Owns: having the helper start it, ask it and stop it inside one sandbox, and what its life shows. Leaves to others: what
//! to ask ([`super::registry`], [`super::daemon`]), the life itself ([`referee_process::service`]).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use referee_process::service::{Answer, Ask, Ready, Reply, Service, ServiceEnd, Transcript, Trouble};
use referee_process::{End, HarnessError, Limits, Program};
use referee_results::Outcome;
use referee_results::StepRecord;

use super::answer::beginning;
use super::command::described;
use super::context::Found;
use super::{Attempt, RunContext, Task, call};
use crate::driver::Driver;
use crate::state::{Failure, State};

/// A service, and what it is asked in one step.
pub(super) struct Life {
    /// The service's program.
    pub(super) program: PathBuf,
    /// Its arguments.
    pub(super) args: Vec<String>,
    /// The whole environment of the service and of commands that ask it.
    pub(super) env: BTreeMap<String, OsString>,
    /// Files in the working directory that name the port.
    pub(super) files: Vec<PathBuf>,
    /// How it shows that it is ready.
    pub(super) ready: Ready,
    /// What it is asked.
    pub(super) asks: Vec<Ask>,
    /// Folders that have to be readable, besides its own: those of other programs that ask it.
    pub(super) readable: Vec<PathBuf>,
}

/// Runs a service for one step. The answers are all that were asked for, each a success.
pub(super) fn run(
    context: &RunContext<'_>,
    tool: Found<'_>,
    state: &State,
    task: Task<'_>,
    life: Life,
) -> Result<Attempt<Vec<Answer>>, HarnessError> {
    let driver = tool.driver;
    let seconds = context.limits(driver, task.step.operation).deadline.as_secs();
    let Lived { mut record, transcript } = live(context, tool, state, task, life)?;
    let transcript = match transcript {
        Ok(transcript) => transcript,
        Err(failure) => return Ok(Attempt { record, result: Err(failure) }),
    };
    let failure = failure(driver, task, state, &transcript, seconds);
    let hung = failure.as_ref().is_some_and(|failure| failure.outcome == Outcome::Hang);
    context.remember(driver, task.step.operation, hung);
    record.requests = transcript.answers.iter().map(|answer| state.without_folder(&shown(answer))).collect();
    Ok(Attempt { record, result: failure.map_or(Ok(transcript.answers), Err) })
}

/// One life of a service, in which it may have failed.
pub(super) struct Lived {
    /// What was done; without the requests.
    pub(super) record: StepRecord,
    /// What happened, or why the helper could not tell.
    pub(super) transcript: Result<Transcript, Failure>,
}

/// Has the helper run a service.
pub(super) fn live(
    context: &RunContext<'_>,
    tool: Found<'_>,
    state: &State,
    task: Task<'_>,
    life: Life,
) -> Result<Lived, HarnessError> {
    let driver = tool.driver;
    let operation = task.step.operation;
    let limits = context.limits(driver, operation);
    let service = Service {
        program: life.program,
        args: life.args,
        files: life.files,
        ready: life.ready,
        deadline: limits.deadline,
        grace: limits.deadline.min(Duration::from_secs(5)),
        asks: life.asks,
    };
    let trouble = |error| HarnessError::new("run a service", std::io::Error::other(error));
    let program = Program {
        program: context.machine.helper.clone(),
        args: vec!["__service".into()],
        env: life.env,
        cwd: state.files(),
        stdin: serde_json::to_vec(&service).map_err(trouble)?,
    };
    // readiness, each command and the end may take their time; more than that is a hang of the whole
    let commands = service.asks.iter().filter(|ask| matches!(ask, Ask::Command(_))).count().max(1);
    let commands = u32::try_from(commands).unwrap_or(u32::MAX);
    let deadline = limits.deadline * (commands + 2) + Duration::from_secs(5);
    // answers travel as JSON, in which a byte may take six
    let outer = Limits { deadline, output: limits.output * 8, ..limits };
    let folder = tool.binary.path.parent().unwrap_or(Path::new("/"));
    let mut sandbox = context.machine.sandbox.with_writable(state.folder()).with_readable(folder);
    for folder in &life.readable {
        sandbox = sandbox.with_readable(folder);
    }
    let trouble = |error| HarnessError::new(format!("run {}", driver.id), std::io::Error::other(error));
    let finished = referee_process::run(&program, &outer, &sandbox).map_err(trouble)?;
    let name = if service.program == tool.binary.path {
        driver.file.program.clone()
    } else {
        call::name(&service.program)
    };
    let words = [name.as_str()].into_iter().chain(service.args.iter().map(String::as_str));
    let mut record = described(state, task, words, &finished);
    let read = match finished.end {
        End::Exited(0) => serde_json::from_slice::<Transcript>(&finished.stdout.bytes).ok(),
        _ => None,
    };
    let Some(transcript) = read else {
        let failure = match finished.end {
            End::TimedOut { .. } => {
                context.remember(driver, operation, true);
                Failure::new(Outcome::Hang, format!("{}: the session did not end in time", driver.id))
            }
            // the helper runs beside the service, which may end it or write into its answer
            End::Signalled(_) | End::Exited(0) | End::Interrupted => {
                let what = format!("{}: broke the session that asks it: {}", driver.id, finished.end);
                Failure::new(Outcome::Error, what)
            }
            End::Exited(_) | End::NotStarted(_) => {
                let text = format!("{}: {}", finished.end, finished.stderr.text());
                return Err(HarnessError::new("run a service", std::io::Error::other(text)));
            }
        };
        return Ok(Lived { record, transcript: Err(failure) });
    };
    note(&mut record, state, &transcript);
    Ok(Lived { record, transcript: Ok(transcript) })
}

/// The failure that a service's life shows, if any.
pub(super) fn failure(
    driver: &Driver,
    task: Task<'_>,
    state: &State,
    transcript: &Transcript,
    seconds: u64,
) -> Option<Failure> {
    let ended = || match transcript.end {
        ServiceEnd::Signalled(signal) => (Outcome::Crash, format!("was killed by signal {signal}")),
        ServiceEnd::Exited(code) => (Outcome::Error, format!("ended with exit {code}")),
        ServiceEnd::Stopped | ServiceEnd::Killed | ServiceEnd::NotStarted => {
            (Outcome::Error, "ended".to_owned())
        }
    };
    let (outcome, what) = match &transcript.trouble {
        None if transcript.end == ServiceEnd::Killed => {
            (Outcome::Hang, "did not stop at SIGTERM and was killed".to_owned())
        }
        None if transcript.end == ServiceEnd::Stopped => return None,
        None => {
            let (outcome, how) = ended();
            (outcome, format!("{how} right after it had answered"))
        }
        Some(Trouble::NotStarted(why)) => (Outcome::Error, format!("did not start: {why}")),
        Some(Trouble::EndedEarly) => {
            let (outcome, how) = ended();
            (outcome, format!("{how} before it was ready: {}", beginning(&transcript.stderr)))
        }
        Some(Trouble::NeverReady) => (Outcome::Hang, format!("was not ready after {seconds} s")),
        Some(Trouble::Died(ask)) => {
            let (outcome, how) = ended();
            (outcome, format!("{how} while it served: {ask}"))
        }
        Some(Trouble::NoAnswer(ask)) => (Outcome::Hang, format!("{ask} after {seconds} s")),
        Some(Trouble::Broken(why)) => (Outcome::Garbled, why.clone()),
        Some(Trouble::Unsuccessful) => {
            match transcript.answers.last().map(|answer| (answer, &answer.reply)) {
                Some((answer, Reply::Http { status, body })) => {
                    let outcome = if (400..500).contains(status) { Outcome::Refused } else { Outcome::Error };
                    (outcome, format!("{}: {status}: {}", answer.ask, beginning(body)))
                }
                Some((_, Reply::Command { exit: Some(code), stderr, .. })) => {
                    return Some(call::exit_failure(driver, task, *code, &state.without_folder(stderr)));
                }
                Some((answer, Reply::Command { .. })) => {
                    (Outcome::Crash, format!("{}: killed by a signal", answer.ask))
                }
                None => (Outcome::Error, "answered without success".to_owned()),
            }
        }
    };
    // the path is another one in every run
    Some(Failure::new(outcome, state.without_folder(&format!("{}: {what}", driver.id))))
}

/// What was asked and how it was answered, in a line.
pub(super) fn shown(answer: &Answer) -> String {
    match &answer.reply {
        Reply::Http { status, .. } => format!("{}: {status}", answer.ask),
        Reply::Command { exit: Some(code), .. } => format!("{}: exit {code}", answer.ask),
        Reply::Command { exit: None, .. } => format!("{}: killed by a signal", answer.ask),
    }
}

/// Completes a step's record with what the service's life was like.
fn note(record: &mut StepRecord, state: &State, transcript: &Transcript) {
    record.exit = match transcript.end {
        ServiceEnd::Exited(code) => Some(code),
        ServiceEnd::Stopped => Some(0),
        _ => None,
    };
    if !matches!((&transcript.trouble, transcript.end), (None, ServiceEnd::Stopped)) {
        record.end = Some(match transcript.end {
            ServiceEnd::Stopped => "stopped".to_owned(),
            ServiceEnd::Killed => "killed, having ignored SIGTERM".to_owned(),
            ServiceEnd::Exited(code) => format!("exit {code}"),
            ServiceEnd::Signalled(signal) => format!("signal {signal}"),
            ServiceEnd::NotStarted => "not started".to_owned(),
        });
        record.stderr = Some(state.without_folder(&transcript.stderr));
    }
}
