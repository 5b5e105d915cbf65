//! The tests of all rules at once, in one binary.

mod hostile;
mod imports;
mod second_opinion;
