//! The in-crate writer and reader as a driver.
//!
//! Owns: nothing but the wiring of writer and reader to steps. Leaves to others: both of them
//! ([`crate::write`], [`referee_layout::view`]).

use std::time::Instant;

use referee_layout::view;

use super::{Failure, State, Task, World, effect, expected, record};
use crate::case::Op;
use referee_process::HarnessError;
use referee_results::StepRecord;
use referee_results::outcome::{Answered, Observation, Outcome};

impl World<'_> {
    /// Writes the whole layout at the producer's first step; its further steps are then done.
    pub(super) fn write(
        &self,
        state: &mut State,
        task: Task<'_>,
        convention: &str,
    ) -> Result<Result<(), Failure>, HarnessError> {
        let begin = Instant::now();
        if !state.layout().exists() {
            let files = referee_writer::layout(
                &task.plan.contents,
                &task.plan.contents.names(),
                Some(self.convention(convention)),
            );
            files.save(&state.layout()).map_err(|error| HarnessError::new("write a layout", error))?;
        }
        let done = effect::written(state, task);
        state.steps.push(StepRecord { exit: Some(0), ..record(task, Vec::new(), begin.elapsed()) });
        Ok(done)
    }

    /// Reads the layout by one convention.
    pub(super) fn view(&self, state: &State, task: Task<'_>, convention: &str) -> (Observation, StepRecord) {
        let begin = Instant::now();
        let subject = match &task.step.op {
            Op::Discover { subject, .. } => state.digest(task.plan, subject.as_str()),
            _ => None,
        };
        let observation = match (state.facts(), subject) {
            (Ok(facts), Some(subject)) => {
                let answer = view::answer(facts, &subject, self.convention(convention));
                let answer: Vec<_> = answer.referrers.iter().map(answered).collect();
                Observation::compare(&expected(state, task), &answer)
            }
            (Err(why), _) => {
                let why = why.replace(&state.layout().display().to_string(), "the folder");
                Observation::none(Outcome::Refused, format!("not a layout: {why}"))
            }
            (_, None) => Observation::none(Outcome::Error, "the step names no subject"),
        };
        (observation, StepRecord { exit: Some(0), ..record(task, Vec::new(), begin.elapsed()) })
    }
}

fn answered(referrer: &referee_layout::Referrer) -> Answered {
    Answered {
        digest: referrer.digest.clone(),
        media_type: Some(referrer.media_type.clone()),
        size: Some(referrer.size),
        artifact_type: referrer.artifact_type.clone(),
        annotations: referrer.annotations.to_map(),
    }
}
