//! Results, goldens and reports of runs that never were.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod readback;
mod reports;
mod support;
mod surprises;
