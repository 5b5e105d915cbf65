//! Running one program: in a group of its own, with a deadline, its output bounded, and nothing left behind.
//!
//! Owns: starting, waiting, reading, ending. Leaves to others: what the program may touch ([`crate::sandbox`]) and
//! what its end means. Whatever a program does is a value; an error is the harness's own trouble.
//!
//! One thread waits for the program (by a pidfd) and for its pipes at once, so a run costs no threads. The
//! standard library starts it with `posix_spawn` as long as the path is absolute and no code runs between fork and
//! exec: the size of the harness does not matter.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::sandbox::Sandbox;

mod pipes;
mod strays;

pub use pipes::Captured;
use pipes::Pipes;

/// How long a stray child may hold a pipe open before it counts as left behind.
const LEAK: Duration = Duration::from_millis(100);

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

/// The harness's own trouble with a process.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {error}")]
pub struct ProcessError {
    what: &'static str,
    error: io::Error,
}

fn trouble<E: Into<io::Error>>(what: &'static str) -> impl Fn(E) -> ProcessError {
    move |error| ProcessError { what, error: error.into() }
}

/// Runs a program to its end, or to its deadline.
///
/// # Errors
/// The system refuses pipes, waiting or signals; never what the program does.
pub fn run(program: &Program, limits: &Limits, sandbox: &Sandbox) -> Result<Finished, ProcessError> {
    let begin = Instant::now();
    let mark = strays::Mark::new(sandbox);
    let program = sandbox.wrap(program);
    let mut command = Command::new(&program.program);
    command
        .args(&program.args)
        .env_clear()
        .envs(&program.env)
        .envs(mark.env())
        .current_dir(&program.cwd)
        .stdin(if program.stdin.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let why = format!("{}: {error}", program.program.display());
            let (stdout, stderr) = (Captured::default(), Captured::default());
            return Ok(Finished {
                end: End::NotStarted(why),
                stdout,
                stderr,
                took: begin.elapsed(),
                leaked: false,
            });
        }
    };
    let mut pipes = Pipes::of(&mut child, &program.stdin, limits.output).map_err(trouble("set up pipes"))?;
    let group = Pid::from_child(&child);
    let pidfd = pidfd_open(group, PidfdFlags::empty()).map_err(trouble("open a pidfd"))?;
    let mut timed_out = None;
    let mut until = begin + limits.deadline;
    // until the program itself ends; its pipes may stay open longer
    while !pipes.pump(Some(pidfd.as_fd()), until).map_err(trouble("wait for a program"))? {
        match timed_out {
            None => {
                signal(group, Signal::TERM);
                timed_out = Some(false);
                until = Instant::now() + limits.grace;
            }
            Some(false) => {
                signal(group, Signal::KILL);
                timed_out = Some(true);
                until = Instant::now() + limits.grace;
            }
            Some(true) => {
                return Err(ProcessError { what: "end a program", error: io::ErrorKind::TimedOut.into() });
            }
        }
    }
    let took = begin.elapsed();
    // while the program is not yet waited for, nobody else can have its group's number
    let mut leaked = mark.in_group(group);
    signal(group, Signal::KILL);
    let status = child.wait().map_err(trouble("wait for a program"))?;
    leaked |= mark.end_strays();
    let patience = Instant::now() + LEAK;
    while !pipes.closed() && !pipes.pump(None, patience).map_err(trouble("read what a program printed"))? {}
    leaked |= !pipes.closed();
    let (stdout, stderr) = pipes.captured();
    let end = match timed_out {
        Some(killed) => End::TimedOut { killed },
        None => sandbox.unwrap(ended(status)),
    };
    Ok(Finished { end, stdout, stderr, took, leaked })
}

fn ended(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signalled(signal.unwrap_or(0)),
    }
}

/// A group that is already gone is what was wanted.
fn signal(group: Pid, signal: Signal) {
    let _ = kill_process_group(group, signal);
}
