//! What every tool under test is held against, whatever kind of program it is.
//!
//! Owns: the layout before and after a step, a reader's own copy of it, and what a tool wrote where it had no business.
//! Leaves to others: running the tool ([`ToolUnderTest`]), and what each operation must leave ([`crate::operation`]).

use referee_process::HarnessError;
use referee_results::{Outcome, Role, StepRecord};

use super::{Attempt, Backend, RunContext, Task};
use crate::operation::{Answer, ResultIn};
use crate::state::{After, Before, Failure, State};

/// A kind of program. What it says about what it did is not believed.
pub(super) trait ToolUnderTest: Sync {
    /// Whether it is given the bytes of all manifests, and has none to make.
    const EXACT: bool;

    /// Makes ready what a step changes: a tool that cannot begin with nothing gets a layout with the base content.
    fn prepare(&self, state: &State, task: Task<'_>) -> Result<(), HarnessError>;

    /// Has the tool do a step.
    fn run(&self, state: &State, task: Task<'_>) -> Result<Attempt<()>, HarnessError>;

    /// Has the tool answer a question.
    fn ask(&self, state: &State, task: Task<'_>) -> Result<Attempt<Answer>, HarnessError>;
}

/// A tool, with everything that it is held against.
pub(super) struct UnderTest<'a, T> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) tool: T,
}

impl<T: ToolUnderTest> Backend for UnderTest<'_, T> {
    fn change(&self, state: &mut State, tasks: &[Task<'_>]) -> Result<Vec<Attempt<()>>, HarnessError> {
        let Some(first) = tasks.first() else {
            return Ok(Vec::new());
        };
        if let Some(skipped) = self.given_up(*first) {
            return Ok(vec![skipped]);
        }
        self.tool.prepare(state, *first)?;
        let before = Before::of(state);
        let snapshot = (first.step.role() == Role::Mutator).then(|| state.layout().snapshot());
        let mut attempts = self.run(state, tasks)?;
        state.changed();
        for (attempt, task) in attempts.iter_mut().zip(tasks) {
            self.finish(state, *task, &before, attempt)?;
            if let (Ok(()), Some(snapshot)) = (&attempt.result, &snapshot) {
                task.step.action.note(state, snapshot, &mut attempt.record);
            }
        }
        Ok(attempts)
    }

    fn read(&self, state: &State, task: Task<'_>) -> Result<Attempt<Answer>, HarnessError> {
        if let Some(skipped) = self.given_up(task) {
            return Ok(skipped);
        }
        let copy = state.fork(&self.context.machine.scratch)?;
        let mut attempt = self.tool.ask(&copy, task)?.and_then(|answer| {
            if copy.layout().has_index() {
                return Ok(answer);
            }
            let reason = format!("{} deleted the layout that it was to read", task.binding.driver());
            Err(Failure::new(Outcome::Error, reason))
        });
        attempt.record.outside = copy.outside();
        attempt.record.changed = state.snapshot().changes(&copy.layout().snapshot());
        Ok(attempt)
    }
}

impl<T: ToolUnderTest> UnderTest<'_, T> {
    /// Has the tool do steps, started together if there are several.
    fn run(&self, state: &State, tasks: &[Task<'_>]) -> Result<Vec<Attempt<()>>, HarnessError> {
        if let [task] = tasks {
            return Ok(vec![self.tool.run(state, *task)?]);
        }
        std::thread::scope(|scope| {
            let start = |task| scope.spawn(move || self.tool.run(state, task));
            let running: Vec<_> = tasks.iter().copied().map(start).collect();
            let lost =
                |_| Err(HarnessError::new("run steps at once", std::io::Error::other("a thread was lost")));
            running.into_iter().map(|one| one.join().unwrap_or_else(lost)).collect()
        })
    }

    /// Holds the layout against what a step had to do.
    fn finish(
        &self,
        state: &mut State,
        task: Task<'_>,
        before: &Before,
        attempt: &mut Attempt<()>,
    ) -> Result<(), HarnessError> {
        if attempt.result.is_ok() {
            let out = if task.step.operation.result == ResultIn::Out { state.take_out()? } else { Ok(()) };
            attempt.result = match out {
                Ok(()) => {
                    attempt.record.lost = before.not_in(state, task.contents());
                    let checked = check(self.context, state, task, before, T::EXACT);
                    if let Some(made) = task.step.adds.as_ref().filter(|_| checked.is_ok()) {
                        attempt.record.subject = state.says_of_subject(made.as_str());
                    }
                    checked
                }
                Err(why) => {
                    let reason = format!("{} ended well, but {why}", task.binding.driver());
                    Err(Failure::new(Outcome::Error, reason))
                }
            };
        }
        attempt.record.outside = state.outside();
        Ok(())
    }
    /// The attempt of a tool that is not even tried any more, as it has hung again and again.
    fn given_up<U>(&self, task: Task<'_>) -> Option<Attempt<U>> {
        let driver = self.context.tool(task.binding.driver()).driver;
        let failure = self.context.given_up(driver, task.step.operation)?;
        let attempt = Attempt::not_run(task, failure);
        Some(Attempt { record: StepRecord { skipped: true, ..attempt.record }, ..attempt })
    }
}

/// Holds the layout against what a tool was asked for; binds the names of the referrers that it made.
fn check(
    context: &RunContext<'_>,
    state: &mut State,
    task: Task<'_>,
    before: &Before,
    exact: bool,
) -> Result<(), Failure> {
    let who = task.binding.driver();
    if let Some(what) = state.layout().unreadable() {
        let reason = format!("{who} ended well, but left what cannot be read: {what}");
        return Err(Failure::new(Outcome::Error, reason));
    }
    let base = task.base();
    let own = context.tool(who).driver.makes_its_own(task.step.operation);
    let after = After { who, state, contents: task.contents(), base: &base, before, exact, own };
    let made = task.step.action.check(&after)?;
    state.referrers.extend(made.into_iter().map(|(name, referrer)| (name.to_string(), referrer)));
    Ok(())
}
