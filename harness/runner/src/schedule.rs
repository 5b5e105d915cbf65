//! The schedule: every cell once, steps that cells share only once, on a bounded number of threads.
//!
//! Owns: the order of work, sharing, repetition, interruption. Leaves to others: steps ([`crate::backend`]) and
//! verdicts ([`referee_results::judge`]).
//!
//! Cells of one case that begin with the same bound steps share them: what `oras` attached is read by all
//! readers, each from its own copy. Repetitions share nothing.

mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rayon::Scope;

use crate::backend::{RunContext, Task};
use crate::case::Plan;
use crate::case::cell::Cell;
use crate::driver::Kind;
use crate::operation::Step;
use crate::state::State;
use referee_process::HarnessError;
use referee_results::StepRecord;
use referee_results::event::Event;
use referee_results::golden::Goldens;
use referee_results::judge::judge;
use referee_results::observation::{Observation, Summary};
use referee_results::{BUILTIN_VERSION, Binding, CellResult, Outcome, Verdict};

/// What to run, and how.
#[derive(Debug)]
pub struct Run<'a> {
    /// The cells.
    pub cells: &'a [Cell],
    /// How often each cell runs.
    pub repeat: usize,
    /// How many threads work; a thread that waits for a tool uses no processor.
    pub jobs: usize,
    /// What was seen before.
    pub goldens: &'a Goldens,
    /// Set from outside to stop after the steps that are under way.
    pub stop: &'a AtomicBool,
}

/// What came of a run.
#[derive(Debug)]
pub struct Done {
    /// The cells that are done, in the order of the cells.
    pub cells: Vec<CellResult>,
    /// Whether all are.
    pub complete: bool,
    /// The harness's own trouble, which ended the run: no disk space, no permission. What tools do is in the results.
    pub trouble: Option<HarnessError>,
}

/// One run of one cell.
type Attempt = (Observation, Vec<StepRecord>);

struct Runner<'a> {
    context: &'a RunContext<'a>,
    run: &'a Run<'a>,
    attempts: Mutex<BTreeMap<usize, Vec<Attempt>>>,
    done: Mutex<BTreeMap<usize, CellResult>>,
    trouble: Mutex<Option<HarnessError>>,
    events: &'a (dyn Fn(Event<'_>) + Sync),
}

/// Runs all cells.
///
/// # Errors
/// No threads can be started. Any later trouble of the harness is in [`Done::trouble`], beside what was done by then.
pub fn run(
    context: &RunContext<'_>,
    run: &Run<'_>,
    events: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Done, HarnessError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(run.jobs.max(1)).build();
    let threads =
        threads.map_err(|error| HarnessError::new("start threads", std::io::Error::other(error)))?;
    let runner = Runner {
        context,
        run,
        attempts: Mutex::default(),
        done: Mutex::default(),
        trouble: Mutex::default(),
        events,
    };
    let (able, unable): (Vec<usize>, Vec<usize>) =
        (0..run.cells.len()).partition(|at| runner.obstacle(&run.cells[*at]).is_none());
    events(Event::Started { cells: able.len(), skipped: unable.len() });
    for at in unable {
        if let Some(observation) = runner.obstacle(&run.cells[at]) {
            runner.finish(at, vec![(observation, Vec::new())]);
        }
    }
    threads.scope(|scope| {
        for cells in by(&able, |at| Arc::as_ptr(&run.cells[at].case)) {
            for _ in 0..runner.repeat(cells[0]) {
                let cells = cells.clone();
                let runner = &runner;
                scope.spawn(move |scope| runner.case(scope, &cells));
            }
        }
    });
    referee_process::end_orphans();
    let trouble = runner.trouble.into_inner().unwrap_or_default();
    let cells: Vec<CellResult> = runner.done.into_inner().unwrap_or_default().into_values().collect();
    let complete = cells.len() == run.cells.len();
    events(Event::Finished { complete });
    Ok(Done { cells, complete, trouble })
}

/// Groups in the order of first appearance.
fn by<K: PartialEq>(cells: &[usize], key: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
    let mut groups: Vec<(K, Vec<usize>)> = Vec::new();
    for &at in cells {
        let key = key(at);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(at),
            None => groups.push((key, vec![at])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

impl<'a> Runner<'a> {
    /// Why a cell cannot run.
    fn obstacle(&self, cell: &Cell) -> Option<Observation> {
        if let Some(reason) = cell.obstacles.first() {
            return Some(Observation::none(Outcome::Unsupported, reason));
        }
        cell.id.roles().iter().find_map(|(_, binding)| match binding {
            Binding::Builtin(_) => None,
            Binding::Tool(id) => {
                let reason = self.context.tools.get(id)?.found.as_ref().err()?;
                Some(Observation::none(Outcome::Unavailable, format!("{id}: {reason}")))
            }
        })
    }

    fn case<'s>(&'s self, scope: &Scope<'s>, cells: &[usize]) {
        let Some(case) = cells.first().map(|at| Arc::clone(&self.run.cells[*at].case)) else {
            return;
        };
        let plan = Arc::new(Plan::compile(&case));
        match State::new(&self.context.machine.scratch) {
            Ok(state) => self.advance(scope, &plan, &Arc::new(state), 0, cells),
            Err(error) => self.give_up(error),
        }
    }

    /// Takes all cells that share the steps so far one step further.
    fn advance<'s>(
        &'s self,
        scope: &Scope<'s>,
        plan: &Arc<Plan>,
        state: &Arc<State>,
        at: usize,
        cells: &[usize],
    ) {
        let Some(step) = cells.first().and_then(|cell| self.run.cells[*cell].case.steps.get(at)) else {
            return;
        };
        let count = self.on_registry(cells[0], at);
        if count > 0 {
            let steps = &self.run.cells[cells[0]].case.steps[at..at + count];
            let bound = |cell: usize| -> Vec<Option<Binding>> {
                steps.iter().map(|step| self.run.cells[cell].binding(step.role()).cloned()).collect()
            };
            for group in by(cells, bound) {
                let (plan, state) = (Arc::clone(plan), Arc::clone(state));
                scope.spawn(move |scope| {
                    if self.run.stop.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Err(error) = self.pass(scope, &plan, &state, at..at + count, &group) {
                        self.give_up(error);
                    }
                });
            }
            return;
        }
        for group in by(cells, |cell| self.run.cells[cell].binding(step.role()).cloned()) {
            let (plan, state) = (Arc::clone(plan), Arc::clone(state));
            let reads_only = step.operation.reads();
            let first = &self.run.cells[group[0]];
            let quick = reads_only && matches!(first.binding(step.role()), Some(Binding::Builtin(_)));
            let work = move |scope: &Scope<'s>| {
                if self.run.stop.load(Ordering::Relaxed) {
                    return;
                }
                let result = if reads_only {
                    self.discover(&plan, &state, at, &group)
                } else {
                    self.change(scope, &plan, &state, at, &group)
                };
                if let Err(error) = result {
                    self.give_up(error);
                }
            };
            if quick { work(scope) } else { scope.spawn(work) }
        }
    }

    /// How many steps from this one on are done on a registry, in one life of it.
    fn on_registry(&self, cell: usize, at: usize) -> usize {
        let steps = self.run.cells[cell].case.steps.iter().skip(at);
        steps.take_while(|step| step.operation.on_registry()).count()
    }

    fn bound(&self, cell: usize, at: usize) -> (&'a Step, &'a Binding) {
        let cell = &self.run.cells[cell];
        let step = &cell.case.steps[at];
        (step, cell.binding(step.role()).expect("every role of a case is bound in its cells"))
    }

    fn tasks<'t>(&'t self, plan: &'t Plan, cell: usize, range: Range<usize>) -> Vec<Task<'t>> {
        let task = |at| {
            let (step, binding) = self.bound(cell, at);
            Task { plan, step, binding }
        };
        range.map(task).collect()
    }

    /// How often a cell runs.
    fn repeat(&self, cell: usize) -> usize {
        self.run.repeat.max(self.run.cells[cell].case.repeat).max(1)
    }

    fn attempted(&self, cell: usize, attempt: Attempt) {
        let mut attempts = self.attempts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let runs = attempts.entry(cell).or_default();
        runs.push(attempt);
        if runs.len() < self.repeat(cell) {
            return;
        }
        let runs = attempts.remove(&cell).unwrap_or_default();
        drop(attempts);
        self.finish(cell, runs);
    }

    fn finish(&self, at: usize, runs: Vec<Attempt>) {
        let cell = &self.run.cells[at];
        let (observations, steps): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        let Some(summary) = Summary::of(observations) else {
            return;
        };
        let steps = steps.into_iter().next_back().unwrap_or_default();
        let mut result = CellResult::new(cell.id.clone(), summary, self.others(cell), steps);
        if result.outcome.ran() {
            self.judge(cell, &mut result);
        }
        (self.events)(Event::CellFinished(&result));
        self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(at, result);
    }

    fn judge(&self, cell: &Cell, result: &mut CellResult) {
        if cell.case.races() {
            // what a race gives today it need not give tomorrow
            result.verdict = Some(Verdict::Recorded);
            return;
        }
        let tools = self.context.tools;
        let is_server =
            |id: &str| tools.get(id).is_some_and(|tool| matches!(tool.driver.kind(), Kind::Registry(_)));
        result.specified = cell.specified(is_server);
        result.declared = result.specified.and_then(|_| {
            let mut bound = cell.id.roles().iter().filter_map(|(_, binding)| tools.get(binding.driver()));
            bound.find_map(|tool| tool.known(&cell.id))
        });
        let reader = cell.id.last().map_or("", Binding::driver);
        let golden = self.run.goldens.get(reader, &self.version(reader));
        judge(result, golden.and_then(|golden| golden.get(&cell.id, &result.with)));
    }

    fn version(&self, id: &str) -> String {
        let binary = self.context.tools.get(id).and_then(|tool| tool.found.as_ref().ok());
        binary.map_or_else(|| BUILTIN_VERSION.to_owned(), |binary| binary.version.clone())
    }

    /// The other tools of a cell, with their versions.
    fn others(&self, cell: &Cell) -> BTreeSet<String> {
        cell.id.others().map(|id| format!("{id}@{}", self.version(id))).collect()
    }

    fn give_up(&self, error: HarnessError) {
        self.run.stop.store(true, Ordering::Relaxed);
        self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::cell::Readers;
    use crate::catalogue::Catalogue;
    use crate::tools::Machine;

    /// The results that are there must not be lost with the rest.
    #[test]
    fn trouble_ends_a_run_but_what_is_done_stays() {
        let catalogue = Catalogue::shipped().unwrap();
        let case = catalogue.cases.iter().find(|case| case.id == "attach-discover").unwrap();
        let (case, readers) = (Arc::new(case.clone()), Readers::Few);
        let cells = crate::case::cell::expand(&case, &catalogue.drivers, &catalogue.conventions, readers);
        let machine = Machine {
            env: BTreeMap::new(),
            path: Vec::new(),
            cache: "/nonexistent".into(),
            sandbox: referee_process::Sandbox::open("not needed"),
            helper: "/nonexistent".into(),
            scratch: "/nonexistent".into(),
        };
        let tools = catalogue.drivers.iter().map(|driver| (driver.id.clone(), machine.locate(driver, true)));
        let tools = tools.collect();
        let context = RunContext::new(&machine, &catalogue.conventions, &tools);
        let (goldens, stop) = (Goldens::default(), AtomicBool::new(false));
        let plan = Run { cells: &cells, repeat: 1, jobs: 1, goldens: &goldens, stop: &stop };
        let done = run(&context, &plan, &|_| {}).unwrap();
        assert!(done.trouble.unwrap().to_string().contains("make a scratch folder"));
        assert!(!done.complete);
        assert!(!done.cells.is_empty() && done.cells.iter().all(|cell| !cell.outcome.ran()));
    }
}
