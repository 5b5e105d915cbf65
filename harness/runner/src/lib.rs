//! From a case file to a verdict.
//!
//! Owns: cases, plans, drivers, tools, steps and their postconditions, the order of work. Leaves to others: what is said of what was seen
//! (`referee-results`), facts about layouts (`referee-layout`), the terminal and the environment (the command line).

pub mod case;
pub mod catalogue;
pub mod cell;
pub mod driver;
pub mod exec;
pub mod plan;
pub mod schedule;
pub mod tools;

pub use case::Case;
pub use plan::Plan;
