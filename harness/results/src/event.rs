//! Events: the only thing that whoever shows a run's progress sees.
//!
//! Owns: their list. Leaves to others: showing them.

use crate::results::CellResult;

/// Something happened in a run.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The run begins.
    Started {
        /// How many cells will run.
        cells: usize,
        /// How many cells cannot run.
        skipped: usize,
    },
    /// A cell is done, or could not be run.
    CellFinished(&'a CellResult),
    /// The run is over, or was interrupted.
    Finished {
        /// Whether all cells are done.
        complete: bool,
    },
}
