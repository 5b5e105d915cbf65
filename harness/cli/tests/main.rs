//! The tests of the command line, in one binary. `cargo test NAME` runs the tests of one file.

mod check;
mod cli;
mod conformance;
mod docs;
mod install;
mod interop;
mod interrupt;
mod mutators;
mod registries;
mod schemas;
mod structure;
mod support;
mod trust;
mod views;
