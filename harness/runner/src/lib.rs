//! From a case file to a verdict.
//!
//! Owns: cases, plans, the table of operations, drivers, tools, backends, steps and their postconditions, the order of work. Leaves to others: what is said of what was seen
//! (`referee-results`), facts about layouts (`referee-layout`), the terminal and the environment (the command line).

pub mod backend;
pub mod case;
pub mod catalogue;
pub mod driver;
pub mod operation;
pub mod schedule;
pub mod state;
pub mod tools;

pub use case::{Case, Plan};
