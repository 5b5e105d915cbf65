//! What all cells of a run share: the machine, the tools, the conventions, and how patient to be.
//!
//! Owns: lookups, the shorter deadline of a tool that has hung before, and giving it up. Leaves to others: everything done
//! with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use referee_convention::Convention;
use referee_process::{HarnessError, Limits};
use referee_results::Outcome;

use crate::driver::Driver;
use crate::operation::Operation;
use crate::state::Failure;
use crate::tools::{Binary, Machine, Tool};

/// After so many hangs of one operation without one that ended, the deadline is cut.
const HANGS_BEFORE_CUT: u32 = 3;

/// After so many, the operation is given up: a run has to end.
const GIVEN_UP: u32 = 5;

/// What all cells of a run share.
#[derive(Debug)]
pub struct RunContext<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// All conventions.
    pub conventions: &'a [Convention],
    /// Tools by column.
    pub tools: &'a BTreeMap<String, Tool>,
    hangs: Mutex<BTreeMap<(String, &'static Operation), u32>>,
    controls: Mutex<BTreeMap<String, Outcome>>,
}

/// A column with the program that was found behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) driver: &'a Driver,
    pub(super) binary: &'a Binary,
}

impl Found<'_> {
    /// A program of the tool: its own, or one beside it.
    pub(super) fn program(&self, name: Option<&str>) -> PathBuf {
        name.map_or_else(|| self.binary.path.clone(), |name| self.binary.path.with_file_name(name))
    }
}

impl<'a> RunContext<'a> {
    /// The context of a run in which no tool has hung yet.
    pub fn new(
        machine: &'a Machine,
        conventions: &'a [Convention],
        tools: &'a BTreeMap<String, Tool>,
    ) -> Self {
        Self { machine, conventions, tools, hangs: Mutex::default(), controls: Mutex::default() }
    }

    /// The column and its program. Cells whose tool is not there are never run.
    pub(super) fn tool(&self, id: &str) -> Found<'a> {
        let tool = self.tools.get(id).expect("cells are made of the tools of this run");
        let binary = tool.found.as_ref().expect("cells of a missing tool are not run");
        Found { driver: &tool.driver, binary }
    }

    /// The convention with this id.
    pub(super) fn convention(&self, id: &str) -> &'a Convention {
        let mut conventions = self.conventions.iter();
        conventions.find(|known| known.id == id).expect("cells are made of the conventions of this run")
    }

    /// The outcome of a control, which is run once for all cells that share it.
    ///
    /// # Errors
    /// Those of running it.
    pub(super) fn control(
        &self,
        key: String,
        run: impl FnOnce() -> Result<Outcome, HarnessError>,
    ) -> Result<Outcome, HarnessError> {
        let known = self.controls.lock().ok().and_then(|controls| controls.get(&key).copied());
        if let Some(outcome) = known {
            return Ok(outcome);
        }
        let outcome = run()?;
        if let Ok(mut controls) = self.controls.lock() {
            controls.insert(key, outcome);
        }
        Ok(outcome)
    }

    fn hangs(&self, driver: &Driver, op: &'static Operation) -> u32 {
        self.hangs.lock().map_or(0, |hangs| hangs.get(&(driver.id.clone(), op)).copied().unwrap_or(0))
    }

    /// The failure of a call that is not even tried: the tool hung five times in this operation, and never ended
    /// between them.
    pub(super) fn given_up(&self, driver: &Driver, op: &'static Operation) -> Option<Failure> {
        (self.hangs(driver, op) >= GIVEN_UP).then(|| {
            let reason = format!(
                "{} {op}: not run, having hung {GIVEN_UP} times without once ending between",
                driver.id
            );
            Failure::new(Outcome::Hang, reason)
        })
    }

    /// The limits of one call. A tool that hung three times is not waited for as long the next time.
    pub(super) fn limits(&self, driver: &Driver, op: &'static Operation) -> Limits {
        let full = Duration::from_secs(driver.file.timeout);
        let deadline = if self.hangs(driver, op) >= HANGS_BEFORE_CUT { full / 10 } else { full };
        Limits { deadline, ..Limits::default() }
    }

    /// Remembers whether a call ended in time.
    pub(super) fn remember(&self, driver: &Driver, op: &'static Operation, hung: bool) {
        if let Ok(mut hangs) = self.hangs.lock() {
            let count = hangs.entry((driver.id.clone(), op)).or_insert(0);
            *count = if hung { *count + 1 } else { 0 };
        }
    }
}
