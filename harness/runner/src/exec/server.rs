//! Drivers that are registries over a layout: one session per step.
//!
//! Owns: which requests a step is made of, and reading their answers. Leaves to others: the session
//! ([`referee_process::session`]), which starts the server, asks, and stops it inside one sandbox.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::before::Before;
use super::command::{beginning, described, read_answer};
use super::{Failure, State, Task, World, effect, record};
use crate::case::Op;
use crate::driver::{Arg, Driver, Operation, Placeholder, Values};
use crate::tools::{self, Binary};
use referee_process::HarnessError;
use referee_process::session::{PORT, Request, ServerEnd, Session, Transcript, Trouble};
use referee_process::{End, Limits, Program};
use referee_results::StepRecord;
use referee_results::outcome::{Answered, Outcome};
use referee_writer::ContentNode;

/// The name of the repository: the layout's folder below the served root.
const REPOSITORY: &str = "repo";

impl World<'_> {
    /// Pushes content to the server; a layout that is not there yet gets the base content the same way.
    pub(super) fn push_to_server(
        &self,
        state: &mut State,
        task: Task<'_>,
        driver: &Driver,
        binary: &Binary,
    ) -> Result<Result<(), Failure>, HarnessError> {
        let mut requests = Vec::new();
        if !state.layout().exists() {
            let base = task.plan.base();
            for planned in
                task.plan.contents.nodes().iter().filter(|node| base.contains(&node.name) && !node.absent)
            {
                requests.extend(pushes(state, planned)?);
            }
        }
        if let Op::Attach { content } | Op::Push { content } = &task.step.op {
            let planned =
                task.plan.contents.node(content.as_str()).expect("a plan holds all content of its case");
            requests.extend(pushes(state, planned)?);
        }
        let before = Before::of(state);
        if let Err(failure) = self.session(state, task, driver, binary, requests)? {
            return Ok(Err(failure));
        }
        state.facts.take();
        Ok(effect::check(state, task, &before, true))
    }

    /// Asks the server for the referrers.
    pub(super) fn ask_server(
        &self,
        state: &mut State,
        task: Task<'_>,
        driver: &Driver,
        binary: &Binary,
    ) -> Result<Result<Vec<Answered>, Failure>, HarnessError> {
        let digest = match &task.step.op {
            Op::Discover { subject, .. } => state.digest(task.plan, subject.as_str()),
            _ => None,
        };
        let digest = digest.map_or_else(String::new, |digest| digest.to_string());
        let request = Request::Referrers { repository: REPOSITORY.to_owned(), digest };
        Ok(self.session(state, task, driver, binary, vec![request])?.and_then(|transcript| {
            let body = transcript.answers.last().map_or("", |answer| answer.body.as_str());
            read_answer(body.as_bytes(), "/manifests").map_err(|why| {
                let text = format!("{}'s answer cannot be read: {why}", task.binding.driver());
                Failure::new(Outcome::Garbled, text)
            })
        }))
    }

    fn session(
        &self,
        state: &mut State,
        task: Task<'_>,
        driver: &Driver,
        binary: &Binary,
        requests: Vec<Request>,
    ) -> Result<Result<Transcript, Failure>, HarnessError> {
        let op = Operation::from(&task.step.op);
        let cannot = |why: String| Failure::new(Outcome::Error, format!("{}: {why}", driver.id));
        let show = |path: PathBuf| path.display().to_string();
        let values = Values::default()
            .with(Placeholder::Root, show(state.folder().join("root")))
            .with(Placeholder::Home, show(state.home()))
            .with(Placeholder::Port, PORT);
        let server = driver.server().expect("only drivers with a server have sessions");
        let expanded = Arg::expand_all(&server.argv, &values).map_err(|error| error.to_string());
        let (args, env) = match (expanded, tools::environment(driver, &state.home(), &values)) {
            (Ok(args), Ok(env)) => (args, env),
            (Err(why), _) | (_, Err(why)) => return Ok(Err(cannot(why))),
        };
        if let Some(failure) = self.given_up(driver, op) {
            state.steps.push(StepRecord { skipped: true, ..record(task, args, Duration::ZERO) });
            return Ok(Err(failure));
        }
        let limits = self.limits(driver, op);
        let session = Session {
            program: binary.path.clone(),
            args,
            ready: server.ready,
            deadline: limits.deadline,
            grace: limits.deadline.min(Duration::from_secs(5)),
            requests,
        };
        let trouble = |error| HarnessError::new("run a session", std::io::Error::other(error));
        let program = Program {
            program: self.machine.helper.clone(),
            args: vec!["__session".into()],
            env,
            cwd: state.files(),
            stdin: serde_json::to_vec(&session).map_err(trouble)?,
        };
        // readiness, one request and the end may each take their time; more than that is the session's own hang
        let outer = Limits { deadline: limits.deadline * 3 + Duration::from_secs(5), ..limits };
        let folder = binary.path.parent().unwrap_or(Path::new("/"));
        let sandbox = self.machine.sandbox.with_writable(state.folder()).with_readable(folder);
        let trouble = |error| HarnessError::new(format!("run {}", driver.id), std::io::Error::other(error));
        let finished = referee_process::run(&program, &outer, &sandbox).map_err(trouble)?;
        let words = [driver.manifest.program.as_str()].into_iter();
        let words = words.chain(session.args.iter().map(String::as_str));
        let mut record = described(state.folder(), task, words, &finished);
        let read = match finished.end {
            End::Exited(0) => serde_json::from_slice::<Transcript>(&finished.stdout.bytes).ok(),
            _ => None,
        };
        let Some(transcript) = read else {
            state.steps.push(record);
            if let End::TimedOut { .. } = finished.end {
                self.remember(driver, op, true);
                let reason = format!("{}: the session did not end in time", driver.id);
                return Ok(Err(Failure::new(Outcome::Hang, reason)));
            }
            let text = format!("{}: {}", finished.end, finished.stderr.text());
            // the helper runs beside the server, which may end it or write into its answer
            if let End::Signalled(_) | End::Exited(0) | End::Interrupted = finished.end {
                let reason = format!("{}: broke the session that asks it: {}", driver.id, finished.end);
                return Ok(Err(Failure::new(Outcome::Error, reason)));
            }
            return Err(HarnessError::new("run a session", std::io::Error::other(text)));
        };
        let folder = state.folder().display().to_string();
        let failure = failure(driver, &transcript, limits.deadline.as_secs());
        // the path is another one in every run
        let failure =
            failure.map(|failure| Failure { reason: failure.reason.replace(&folder, "."), ..failure });
        let hung = failure.as_ref().is_some_and(|failure| failure.outcome == Outcome::Hang);
        self.remember(driver, op, hung);
        note(&mut record, state.folder(), &transcript);
        state.steps.push(record);
        Ok(failure.map_or(Ok(transcript), Err))
    }
}

/// The requests that store a node: its blobs, then itself under its digest, then under its tag. Their bodies are
/// written to files.
fn pushes(state: &State, planned: &ContentNode) -> Result<Vec<Request>, HarnessError> {
    let repository = || REPOSITORY.to_owned();
    let save = |name: String, bytes: &[u8]| {
        let written = std::fs::write(state.files().join(&name), bytes);
        written.map_err(|error| HarnessError::new(format!("write {name}"), error))?;
        Ok::<_, HarnessError>(PathBuf::from(name))
    };
    let mut requests = Vec::new();
    for blob in &planned.blobs {
        let file = save(blob.digest.encoded(), &blob.bytes)?;
        requests.push(Request::Blob { repository: repository(), digest: blob.digest.to_string(), file });
    }
    let file = save(planned.digest.encoded(), &planned.bytes)?;
    for reference in [Some(planned.digest.to_string()), planned.tag.clone()].into_iter().flatten() {
        let (media_type, file) = (planned.media_type.to_owned(), file.clone());
        requests.push(Request::Manifest { repository: repository(), reference, media_type, file });
    }
    Ok(requests)
}

/// The failure that a session shows, if any.
fn failure(driver: &Driver, transcript: &Transcript, seconds: u64) -> Option<Failure> {
    let ended = || match transcript.end {
        ServerEnd::Signalled(signal) => (Outcome::Crash, format!("was killed by signal {signal}")),
        ServerEnd::Exited(code) => (Outcome::Error, format!("ended with exit {code}")),
        ServerEnd::Stopped | ServerEnd::Killed | ServerEnd::NotStarted => {
            (Outcome::Error, "ended".to_owned())
        }
    };
    let (outcome, what) = match &transcript.trouble {
        None if transcript.end == ServerEnd::Killed => {
            (Outcome::Hang, "did not stop at SIGTERM and was killed".to_owned())
        }
        None => match transcript.end {
            ServerEnd::Stopped => return None,
            _ => {
                let (outcome, how) = ended();
                (outcome, format!("{how} right after it had answered"))
            }
        },
        Some(Trouble::NotStarted(why)) => (Outcome::Error, format!("did not start: {why}")),
        Some(Trouble::EndedEarly) => {
            let (outcome, how) = ended();
            (outcome, format!("{how} before it was ready: {}", beginning(&transcript.stderr)))
        }
        Some(Trouble::NeverReady) => (Outcome::Hang, format!("was not ready after {seconds} s")),
        Some(Trouble::Died(request)) => {
            let (outcome, how) = ended();
            (outcome, format!("{how} while it served: {request}"))
        }
        Some(Trouble::NoAnswer(request)) => (Outcome::Hang, format!("{request} after {seconds} s")),
        Some(Trouble::Broken(why)) => (Outcome::Garbled, why.clone()),
        Some(Trouble::Status) => {
            let last = transcript.answers.last();
            let (status, request) = last.map_or((0, ""), |last| (last.status, last.request.as_str()));
            let outcome = if (400..500).contains(&status) { Outcome::Refused } else { Outcome::Error };
            let body = last.map_or(String::new(), |last| beginning(&last.body));
            (outcome, format!("{request}: {status}: {body}"))
        }
    };
    Some(Failure::new(outcome, format!("{}: {what}", driver.id)))
}

/// Completes a step's record with what the session says.
fn note(record: &mut StepRecord, folder: &Path, transcript: &Transcript) {
    let answers = transcript.answers.iter();
    record.requests = answers.map(|answer| format!("{}: {}", answer.request, answer.status)).collect();
    record.exit = match transcript.end {
        ServerEnd::Exited(code) => Some(code),
        ServerEnd::Stopped => Some(0),
        _ => None,
    };
    if !matches!((&transcript.trouble, transcript.end), (None, ServerEnd::Stopped)) {
        record.end = Some(match transcript.end {
            ServerEnd::Stopped => "stopped".to_owned(),
            ServerEnd::Killed => "killed, having ignored SIGTERM".to_owned(),
            ServerEnd::Exited(code) => format!("exit {code}"),
            ServerEnd::Signalled(signal) => format!("signal {signal}"),
            ServerEnd::NotStarted => "not started".to_owned(),
        });
        record.stderr = Some(transcript.stderr.replace(&folder.display().to_string(), "."));
    }
}
