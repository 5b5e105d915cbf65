//! The built-in writer and reader as a backend.
//!
//! Owns: nothing but the wiring of writer and reader to steps. Leaves to others: both of them
//! ([`referee_writer`], [`referee_layout::view`]).

use std::collections::BTreeSet;
use std::time::Instant;

use referee_convention::{Convention, ListedIn};
use referee_layout::{Referrer, view};
use referee_process::HarnessError;
use referee_results::Outcome;
use referee_results::StepRecord;
use referee_results::cell_id::BUILTIN;
use referee_results::observation::Answered;
use referee_spec::Digest;
use referee_writer::ContentNode;

use super::{Attempt, Backend, Task, record};
use crate::operation::Answer;
use crate::state::{After, Before, Failure, State};

pub(super) struct Builtin<'a> {
    convention: &'a Convention,
}

impl<'a> Builtin<'a> {
    pub(super) fn new(convention: &'a Convention) -> Self {
        Self { convention }
    }
}

impl Backend for Builtin<'_> {
    fn change(&self, state: &mut State, tasks: &[Task<'_>]) -> Result<Vec<Attempt<()>>, HarnessError> {
        tasks.iter().map(|task| self.write(state, *task)).collect()
    }

    /// Reads the layout by the convention. The reader writes nothing, so it needs no copy.
    fn read(&self, state: &State, task: Task<'_>) -> Result<Attempt<Answer>, HarnessError> {
        let begin = Instant::now();
        let subject = task.step.question().and_then(|question| {
            let subject = question.subject.as_str();
            state.digest(task.contents(), subject)
        });
        let result = match (state.facts(), subject) {
            (Ok(facts), Some(subject)) => {
                let answer = view::answer(facts, &subject, self.convention);
                let found = answer.referrers.iter().filter(|found| !self.ignores(state, task, &found.digest));
                Ok(Answer::Referrers(found.map(answered).collect()))
            }
            (Err(why), _) => Err(Failure::new(Outcome::Refused, format!("not a layout: {why}"))),
            (_, None) => Err(Failure::new(Outcome::Error, "the step names no subject")),
        };
        let record = StepRecord { exit: Some(0), ..record(task, Vec::new(), begin.elapsed()) };
        Ok(Attempt { record, result })
    }
}

impl Builtin<'_> {
    /// A reader that looks at blobs that nothing leads to does not mind that one is still there which was deleted, and not
    /// collected yet.
    fn ignores(&self, state: &State, task: Task<'_>, found: &Digest) -> bool {
        let looks_at_blobs = self.convention.carriers.iter().any(|carrier| carrier.place == ListedIn::Blob);
        let mut removed = task.plan.removed.iter();
        looks_at_blobs
            && removed.any(|name| state.digest(task.contents(), name.as_str()).as_ref() == Some(found))
    }

    /// Writes the whole layout at the producer's first step on it; its further steps are then done.
    fn write(&self, state: &mut State, task: Task<'_>) -> Result<Attempt<()>, HarnessError> {
        let begin = Instant::now();
        let contents = task.contents();
        if !state.layout().exists() {
            state.layout().write(&referee_writer::layout(
                contents,
                &task.plan.of(&task.step.layout),
                Some(self.convention),
            ))?;
        }
        let result = written(state, task);
        let record = StepRecord { exit: Some(0), ..record(task, Vec::new(), begin.elapsed()) };
        Ok(Attempt { record, result })
    }
}

/// Holds the layout against what the built-in writer was asked for, and binds the names of all referrers.
fn written(state: &mut State, task: Task<'_>) -> Result<(), Failure> {
    let contents = task.contents();
    let (base, before) = (BTreeSet::new(), Before::default());
    let after =
        After { who: BUILTIN, state, contents, base: &base, before: &before, exact: true, own: false };
    let facts = after.facts()?;
    let mut made = Vec::new();
    let here = task.plan.of(&task.step.layout);
    for planned in contents.nodes().iter().filter(|node| node.subject.is_some() && here.contains(&node.name))
    {
        let referrer = match facts.node(&planned.digest) {
            Some(node) => node.referrer(),
            None if planned.absent => planned_referrer(planned),
            None => return Err(after.missing(planned)),
        };
        made.push((planned.name.to_string(), referrer));
    }
    state.referrers.extend(made);
    Ok(())
}

/// The descriptor of a referrer that is listed but not there.
fn planned_referrer(planned: &ContentNode) -> Referrer {
    Referrer {
        digest: planned.digest.clone(),
        media_type: planned.media_type.clone(),
        size: planned.bytes.len() as u64,
        artifact_type: planned.artifact_type.clone(),
        annotations: planned.annotations.clone().into(),
    }
}

fn answered(referrer: &Referrer) -> Answered {
    Answered {
        digest: referrer.digest.clone(),
        media_type: Some(referrer.media_type.clone()),
        size: Some(referrer.size),
        artifact_type: referrer.artifact_type.clone(),
        annotations: referrer.annotations.to_map(),
        only_digest: false,
    }
}
