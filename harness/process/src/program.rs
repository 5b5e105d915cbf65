//! A program to run, and what a run of it was like.
//!
//! Owns: the words for both. Leaves to others: running ([`crate::run()`]).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// What to run. The environment is the whole environment.
#[derive(Debug, Clone)]
pub struct Program {
    /// An absolute path.
    pub program: PathBuf,
    /// The arguments after the program's name.
    pub args: Vec<OsString>,
    /// All environment variables.
    pub env: BTreeMap<String, OsString>,
    /// The working directory.
    pub cwd: PathBuf,
    /// What the program reads from standard input.
    pub stdin: Vec<u8>,
}

/// How patient to be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After this the group gets SIGTERM.
    pub deadline: Duration,
    /// After this much more, SIGKILL.
    pub grace: Duration,
    /// How many bytes of each stream are kept; the rest is read and counted.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(20), grace: Duration::from_secs(1), output: 16 << 20 }
    }
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal that the harness did not send.
    Signalled(i32),
    /// At its deadline.
    TimedOut {
        /// Whether it took SIGKILL: it ignored SIGTERM.
        killed: bool,
    },
    /// The user interrupted.
    Interrupted,
    /// It could not be started, and why.
    NotStarted(String),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit {code}"),
            Self::Signalled(signal) => write!(f, "signal {signal}"),
            Self::TimedOut { killed: false } => f.write_str("ended at its deadline"),
            Self::TimedOut { killed: true } => f.write_str("killed at its deadline, having ignored SIGTERM"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::NotStarted(why) => write!(f, "not started: {why}"),
        }
    }
}

/// What a run of a program was like.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How it ended.
    pub end: End,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// From start to end.
    pub took: Duration,
    /// Whether a process that it started outlived it. It was ended.
    pub leaked: bool,
}

/// The beginning of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// What was kept.
    pub bytes: Vec<u8>,
    /// How many bytes there were in all.
    pub total: u64,
}

impl Captured {
    /// What was kept, as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// Keeps what of `bytes` has room below `limit`, and counts all.
    pub(crate) fn keep(&mut self, bytes: &[u8], limit: usize) {
        self.total += bytes.len() as u64;
        let room = limit.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}
