//! From a case file to a verdict.
//!
//! Owns: cases, plans, the in-crate writer, drivers, processes, the matrix, the judge, events and reports. Leaves
//! to others: facts about layouts (`referee-layout`), the terminal and the environment (the command line).

pub mod case;
pub mod catalogue;
pub mod cell;
pub mod conformance;
pub mod coverage;
pub mod driver;
pub mod event;
pub mod exec;
pub mod golden;
pub mod judge;
pub mod outcome;
pub mod plan;
pub mod process;
pub mod report;
pub mod results;
pub mod sandbox;
pub mod schedule;
pub mod schema;
pub mod session;
pub mod tools;
pub mod usage;
pub mod write;

pub use case::Case;
pub use plan::Plan;
