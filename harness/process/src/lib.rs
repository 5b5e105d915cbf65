//! Running programs that nobody vouches for: their sandbox, their deadline, their strays, their scratch folders, and
//! servers that are started, asked and stopped.
//!
//! Owns: processes and what they leave on disk. Leaves to others: which program, why, and what its answer means. It knows
//! no case and no driver. Whatever a program does is a value; an error is the harness's own trouble.

pub mod cpu_time;
mod detect;
mod error;
mod program;
mod run;
mod sandbox;
pub mod service;
mod stat;
pub mod tree;

pub use error::HarnessError;
pub use program::{Captured, End, Finished, Limits, Program};
pub use run::{end_orphans, interrupt, interrupted, run};
pub use sandbox::{Sandbox, scratch_root};
