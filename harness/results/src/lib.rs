//! What a run saw, as values: outcomes, verdicts, results, goldens and reports.
//!
//! Owns: the words for what was observed, the judge, the document that a run leaves, goldens, and everything that is rendered from
//! them. Leaves to others: running tools (`referee-runner`), facts about layouts (`referee-layout`), the terminal.

pub mod cell_id;
pub mod event;
pub mod golden;
pub mod judge;
pub mod outcome;
pub mod report;
mod results;
pub mod role;
pub mod step;

pub use results::{BUILTIN_VERSION, CellResult, Results, SandboxResult, Timing, ToolResult, suite};
pub use role::Role;
pub use step::StepRecord;
