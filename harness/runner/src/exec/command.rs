//! Drivers that are command line programs: one call per step.
//!
//! Owns: the values of a call, and reading its end and its answer. Leaves to others: the command lines
//! ([`crate::driver`]), running ([`referee_process`]).

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use referee_spec::Digest;
use serde_json::Value;

use super::before::Before;
use super::{Failure, State, Task, World, effect, record};
use crate::case::{Address, Op};
use crate::driver::{Arg, Call, Driver, Operation, Placeholder, Values};
use crate::tools::{self, Binary};
use referee_process::HarnessError;
use referee_process::{End, Finished, Program};
use referee_results::StepRecord;
use referee_results::outcome::{Answered, Outcome};
use referee_writer::ContentNode;

/// How much of standard error a result keeps.
const KEPT: usize = 2000;

impl World<'_> {
    /// Runs a step that changes the layout, and holds the disk against it.
    pub(super) fn call(
        &self,
        state: &mut State,
        task: Task<'_>,
        driver: &Driver,
        binary: &Binary,
    ) -> Result<Result<(), Failure>, HarnessError> {
        let before = Before::of(state);
        if let Err(failure) = self.run(state, task, driver, binary)? {
            return Ok(Err(failure));
        }
        state.facts.take();
        if matches!(task.step.op, Op::Copy { .. }) {
            state.take_copy()?;
        }
        Ok(effect::check(state, task, &before, false))
    }

    /// Runs a discovery and reads its answer.
    pub(super) fn ask(
        &self,
        state: &mut State,
        task: Task<'_>,
        driver: &Driver,
        binary: &Binary,
    ) -> Result<Result<Vec<Answered>, Failure>, HarnessError> {
        Ok(self.run(state, task, driver, binary)?.and_then(|(call, finished)| {
            let pointer = call.view.as_deref().unwrap_or("");
            let garbled = |why: String| {
                let text = format!("{}'s answer cannot be read: {why}", task.binding.driver());
                Failure::new(Outcome::Garbled, text)
            };
            if finished.stdout.total > finished.stdout.bytes.len() as u64 {
                return Err(garbled(format!("{} bytes, more than are kept", finished.stdout.total)));
            }
            read_answer(&finished.stdout.bytes, pointer).map_err(garbled)
        }))
    }

    fn run(
        &self,
        state: &mut State,
        task: Task<'_>,
        driver: &Driver,
        binary: &Binary,
    ) -> Result<Result<(Call, Finished), Failure>, HarnessError> {
        let op = Operation::from(&task.step.op);
        let cannot = |why: String| Failure::new(Outcome::Error, format!("{}: {why}", driver.id));
        let Some(call) = driver.call(op, &binary.version) else {
            return Ok(Err(cannot(format!("the driver has no [op.{}]", op.name()))));
        };
        if let Some(failure) = self.given_up(driver, op) {
            state.steps.push(StepRecord { skipped: true, ..record(task, Vec::new(), Duration::ZERO) });
            return Ok(Err(failure));
        }
        let values = self.values(state, task)?;
        let expanded = Arg::expand_all(&call.argv, &values).map_err(|error| error.to_string());
        let env = tools::environment(driver, &state.home(), &values);
        let stdin = call.stdin.as_ref().map(|path| path.expand(&values)).transpose();
        let (argv, env, stdin) = match (expanded, env, stdin) {
            (Ok(argv), Ok(env), Ok(stdin)) => (argv, env, stdin),
            (Err(why), ..) | (_, Err(why), _) => return Ok(Err(cannot(why))),
            (_, _, Err(why)) => return Ok(Err(cannot(why.to_string()))),
        };
        let stdin = match stdin {
            Some(file) => std::fs::read(state.files().join(&file))
                .map_err(|error| HarnessError::new(format!("read {file}"), error))?,
            None => Vec::new(),
        };
        let program = Program {
            program: binary.path.clone(),
            args: argv.iter().map(OsString::from).collect(),
            env,
            cwd: state.files(),
            stdin,
        };
        let limits = self.limits(driver, op);
        let sandbox = self.machine.sandbox.with_writable(state.folder());
        let finished = referee_process::run(&program, &limits, &sandbox)
            .map_err(|error| HarnessError::new(format!("run {}", driver.id), std::io::Error::other(error)))?;
        self.remember(driver, op, matches!(finished.end, End::TimedOut { .. }));
        let words = std::iter::once(driver.manifest.program.as_str()).chain(argv.iter().map(String::as_str));
        state.steps.push(described(state.folder(), task, words, &finished));
        Ok(match failure(driver, task, &finished, limits.deadline.as_secs(), state.folder()) {
            Some(failure) => Err(failure),
            None => Ok((call, finished)),
        })
    }

    /// The values of a call. Files that it names are written.
    fn values(&self, state: &State, task: Task<'_>) -> Result<Values, HarnessError> {
        let show = |path: &Path| path.display().to_string();
        let values = Values::default()
            .with(Placeholder::Layout, show(&state.layout()))
            .with(Placeholder::Out, show(&state.copy_target()))
            .with(Placeholder::Home, show(&state.home()));
        match &task.step.op {
            Op::Attach { content } | Op::Push { content } => {
                let planned =
                    task.plan.contents.node(content.as_str()).expect("a plan holds all content of its case");
                given(values, state, task, planned)
            }
            Op::Copy { tag, .. } => Ok(values.with(Placeholder::Tag, tag)),
            Op::Discover { subject, by, .. } => Ok(address(values, state, task, subject.as_str(), by)),
        }
    }
}

/// What a producer is given; files are written where the tool will run.
fn given(
    values: Values,
    state: &State,
    task: Task<'_>,
    planned: &ContentNode,
) -> Result<Values, HarnessError> {
    let save = |name: &str, bytes: &[u8]| {
        let written = std::fs::write(state.files().join(name), bytes);
        written.map_err(|error| HarnessError::new(format!("write {name}"), error))
    };
    let mut values = values;
    if matches!(task.step.op, Op::Push { .. }) {
        state.put_blobs(planned)?;
        save("manifest.json", &planned.bytes)?;
        let target =
            planned.tag.as_ref().map_or_else(|| format!("@{}", planned.digest), |tag| format!(":{tag}"));
        values = values
            .with(Placeholder::Manifest, "manifest.json")
            .with(Placeholder::MediaType, planned.media_type)
            .with(Placeholder::Target, target);
    } else if let Some(file) = &planned.file {
        save(&file.name, file.text.as_bytes())?;
        values = values.with(Placeholder::File, &file.name).with(Placeholder::MediaType, &file.media_type);
    }
    if let Some(kind) = &planned.artifact_type {
        values = values.with(Placeholder::ArtifactType, kind);
    }
    if let Some(tag) = &planned.tag {
        values = values.with(Placeholder::Tag, tag);
    }
    values.annotations.clone_from(&planned.annotations);
    let subject = planned.subject.as_ref().and_then(|subject| state.digest(task.plan, subject.name.as_str()));
    Ok(match subject {
        Some(digest) => values.with(Placeholder::SubjectDigest, digest.to_string()),
        None => values,
    })
}

/// How the case addresses the subject of a discovery.
fn address(values: Values, state: &State, task: Task<'_>, name: &str, by: &Address) -> Values {
    let digest = state.digest(task.plan, name).map_or_else(String::new, |digest| digest.to_string());
    let values = values.with(Placeholder::SubjectDigest, &digest);
    match by {
        Address::Digest => values.with(Placeholder::Subject, format!("@{digest}")),
        Address::Tag(tag) => values.with(Placeholder::Subject, format!(":{tag}")),
        Address::Platform { tag, platform } => values
            .with(Placeholder::Subject, format!(":{tag}"))
            .with(Placeholder::Platform, platform.to_string()),
    }
}

/// The failure that a call's end shows, if any.
fn failure(
    driver: &Driver,
    task: Task<'_>,
    finished: &Finished,
    seconds: u64,
    folder: &Path,
) -> Option<Failure> {
    let what = format!("{} {}", driver.id, Operation::from(&task.step.op).name());
    let text = finished.stderr.text();
    // the path is another one in every run
    let line = beginning(&text.replace(&folder.display().to_string(), "."));
    Some(match &finished.end {
        End::Exited(0) => return None,
        End::Exited(code) => {
            let refused =
                driver.manifest.refused.as_deref().and_then(|pattern| regex::Regex::new(pattern).ok());
            let outcome = if refused.is_some_and(|pattern| pattern.is_match(&text)) {
                Outcome::Refused
            } else {
                Outcome::Error
            };
            Failure::new(outcome, format!("{what}: exit {code}: {line}"))
        }
        End::Signalled(signal) => Failure::new(Outcome::Crash, format!("{what}: killed by signal {signal}")),
        End::TimedOut { .. } => Failure::new(Outcome::Hang, format!("{what}: not done after {seconds} s")),
        End::Interrupted => Failure::new(Outcome::Error, format!("{what}: interrupted")),
        End::NotStarted(why) => Failure::new(Outcome::Error, format!("{what}: did not start: {why}")),
    })
}

/// The first line that says anything, cut between two words where it is long.
pub(super) fn beginning(text: &str) -> String {
    const LONG: usize = 240;
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let Some((end, _)) = line.char_indices().nth(LONG) else {
        return line.to_owned();
    };
    let whole = line[..end].rfind(char::is_whitespace).unwrap_or(end);
    format!("{} ...", line[..whole].trim_end())
}

/// What a call did, for results. The scratch folder is shown as `.`.
pub(super) fn described<'a>(
    folder: &Path,
    task: Task<'_>,
    words: impl Iterator<Item = &'a str>,
    finished: &Finished,
) -> StepRecord {
    let folder = folder.display().to_string();
    let well = finished.end == End::Exited(0);
    StepRecord {
        exit: match finished.end {
            End::Exited(code) => Some(code),
            _ => None,
        },
        end: (!well).then(|| finished.end.to_string()),
        stderr: (!well)
            .then(|| finished.stderr.text().chars().take(KEPT).collect::<String>().replace(&folder, ".")),
        leaked: finished.leaked,
        ..record(task, words.map(|word| word.replace(&folder, ".")).collect(), finished.took)
    }
}

/// Reads a list of descriptors out of a JSON answer.
pub(super) fn read_answer(bytes: &[u8], pointer: &str) -> Result<Vec<Answered>, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("not JSON: {error}"))?;
    let list = value.pointer(pointer).ok_or_else(|| format!("there is nothing at {pointer}"))?;
    let items = match list {
        Value::Null => &Vec::new(),
        Value::Array(items) => items,
        _ => return Err(format!("no list at {pointer}")),
    };
    let read = |(at, item): (usize, &Value)| {
        let text = |key: &str| {
            item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let digest = text("digest").ok_or_else(|| format!("entry {at} has no digest"))?;
        let annotations = item.get("annotations").and_then(Value::as_object);
        let annotations = annotations.into_iter().flatten();
        Ok(Answered {
            digest: Digest::parse(&digest).map_err(|error| format!("entry {at}: {error}"))?,
            media_type: text("mediaType"),
            size: item.get("size").and_then(Value::as_u64),
            artifact_type: text("artifactType"),
            annotations: annotations
                .map(|(key, value)| (key.clone(), value.as_str().unwrap_or("").to_owned()))
                .collect(),
        })
    };
    items.iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_long_message_is_cut_between_words() {
        assert_eq!(beginning("\n  one line \nanother"), "one line");
        let text = format!("{} manifest", "word ".repeat(48).trim_end());
        assert_eq!(beginning(&text), format!("{} ...", "word ".repeat(48).trim_end()));
        assert_eq!(beginning(&"ä".repeat(300)), format!("{} ...", "ä".repeat(240)));
    }
}
