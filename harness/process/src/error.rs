//! The harness's own trouble.
//!
//! Owns: saying what could not be done. A program's misbehaviour is never one of these.

/// The harness's own trouble: no disk space, no permission. Never a tool's misbehaviour.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {error}")]
pub struct HarnessError {
    /// What could not be done.
    pub what: String,
    /// What the system said.
    pub error: std::io::Error,
}

impl HarnessError {
    /// What could not be done, and what the system said.
    pub fn new(what: impl Into<String>, error: std::io::Error) -> Self {
        Self { what: what.into(), error }
    }
}
