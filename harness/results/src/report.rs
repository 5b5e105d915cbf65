//! Reports: a run shown to people. One file per part or format; none of them prints.
//!
//! Owns: rendering results as text. Leaves to others: where the text goes, colour, progress.

mod alike;
mod axes;
mod cases;
mod causes;
mod growth;
mod habits;
mod image;
pub mod matrix;
pub mod summary;
mod surprises;
mod survival;
mod table;
pub mod unexpected;
pub mod wrap;
