//! Running steps of cells that share all that came before.
//!
//! Owns: going on with the next steps, or with what was seen, once steps are done. Leaves to others: which cells share what
//! ([`super`]), and the steps themselves ([`crate::backend`]).

use std::ops::Range;
use std::sync::Arc;

use rayon::Scope;
use referee_process::HarnessError;
use referee_results::Outcome;
use referee_results::observation::Observation;

use super::Runner;
use crate::backend::{self, Task};
use crate::case::Plan;
use crate::state::State;

impl Runner<'_> {
    /// Runs steps on a registry.
    pub(super) fn pass<'s>(
        &'s self,
        scope: &Scope<'s>,
        plan: &Arc<Plan>,
        state: &State,
        range: Range<usize>,
        cells: &[usize],
    ) -> Result<(), HarnessError> {
        let mut next = state.fork(&self.context.machine.scratch)?;
        let passage = backend::pass(self.context, &mut next, &self.tasks(plan, cells[0], range.clone()))?;
        next.steps.extend(passage.records);
        if referee_process::interrupted() {
            return Ok(());
        }
        let last = range.end == self.run.cells[cells[0]].case.steps.len();
        let observation = match passage.result {
            Ok(_) if !last => {
                self.advance(scope, plan, &Arc::new(next), range.end, cells);
                return Ok(());
            }
            Ok(Some(observation)) => observation,
            Ok(None) => Observation::none(Outcome::Error, "no step asks anything"),
            Err(failure) => failure.observation(),
        };
        for cell in cells {
            self.attempted(*cell, (observation.clone(), next.steps.clone()));
        }
        Ok(())
    }

    pub(super) fn change<'s>(
        &'s self,
        scope: &Scope<'s>,
        plan: &Arc<Plan>,
        state: &State,
        at: usize,
        cells: &[usize],
    ) -> Result<(), HarnessError> {
        let steps = &self.run.cells[cells[0]].case.steps;
        let together = steps.iter().skip(at + 1).take_while(|step| step.at_once).count();
        let range = at..at + 1 + together;
        let mut next = state.fork(&self.context.machine.scratch)?;
        let attempts = backend::change(self.context, &mut next, &self.tasks(plan, cells[0], range.clone()))?;
        let mut failed = None;
        for attempt in attempts {
            next.steps.push(attempt.record);
            failed = failed.or(attempt.result.err());
        }
        if referee_process::interrupted() {
            return Ok(());
        }
        match failed {
            None => self.advance(scope, plan, &Arc::new(next), range.end, cells),
            Some(failure) => {
                for cell in cells {
                    self.attempted(*cell, (failure.observation(), next.steps.clone()));
                }
            }
        }
        Ok(())
    }

    /// Runs the rest of a cell: a reader's questions, each on the same layout.
    pub(super) fn discover(
        &self,
        plan: &Plan,
        state: &State,
        at: usize,
        cells: &[usize],
    ) -> Result<(), HarnessError> {
        let steps = &self.run.cells[cells[0]].case.steps;
        let mut steps_done = state.steps.clone();
        let mut joined: Option<Observation> = None;
        for index in at..steps.len() {
            let (step, binding) = self.bound(cells[0], index);
            let task = Task { plan, step, binding };
            let (observation, record) = backend::observe(self.context, state, task)?;
            // what an interruption has ended was not observed
            if referee_process::interrupted() {
                return Ok(());
            }
            steps_done.push(record);
            joined = Some(match joined {
                Some(before) => before.and(observation),
                None => observation,
            });
        }
        if let Some(observation) = joined {
            for cell in cells {
                self.attempted(*cell, (observation.clone(), steps_done.clone()));
            }
        }
        Ok(())
    }
}
