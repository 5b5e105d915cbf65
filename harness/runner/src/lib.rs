//! From a case file to a verdict.
//!
//! Owns: cases, plans, the in-crate writer, drivers, processes, the matrix, the judge, events and reports. Leaves
//! to others: facts about layouts (`referee-layout`), the terminal and the environment (the command line).

pub mod case;
pub mod catalogue;
pub mod cell;
pub mod driver;
pub mod event;
pub mod exec;
pub mod golden;
pub mod judge;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod results;
pub mod schedule;
pub mod tools;

pub use case::Case;
pub use plan::Plan;
