//! The tests of all rules at once, in one binary.

mod cites;
mod hostile;
mod imports;
mod places;
mod second_opinion;
mod severity;
