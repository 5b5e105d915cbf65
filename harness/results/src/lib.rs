//! What a run saw, as values: outcomes, verdicts, results, goldens and reports.
//!
//! Owns: the words for what was observed, the judge, the document that a run leaves, goldens, and everything that is rendered from
//! them. Leaves to others: running tools (`referee-runner`), facts about layouts (`referee-layout`), the terminal.

pub mod cell_id;
pub mod event;
pub mod fate;
pub mod golden;
pub mod judge;
pub mod observation;
pub mod outcome;
pub mod report;
mod results;
mod role;
mod step;
mod verdict;
pub mod vocabulary;

pub use cell_id::{Binding, CellId};
pub use outcome::Outcome;
pub use results::{
    BUILTIN_VERSION, CaseResult, CellResult, Network, Results, ResultsError, SandboxResult, Schema, Status,
    Timing, ToolResult, suite,
};
pub use role::{Role, UnknownRole};
pub use step::{OpName, StepRecord};
pub use verdict::Verdict;
