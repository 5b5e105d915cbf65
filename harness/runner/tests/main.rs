//! The tests of plans, cases and the writer by conventions, in one binary.

mod carriers;
mod generate;
mod mistakes;
mod roundtrip;
mod writer;
