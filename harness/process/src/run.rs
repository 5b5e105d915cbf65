//! Running one program: in a group of its own, with a deadline, its output bounded, and nothing left behind.
//!
//! Owns: starting, waiting, reading, ending. Leaves to others: what the program may touch ([`crate::Sandbox`]) and
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

use crate::Sandbox;

mod interrupt;
mod pipes;
mod strays;

pub use interrupt::{interrupt, interrupted};
pub use pipes::Captured;
use pipes::{Pipes, Turn};
pub use strays::end_orphans;

/// How long a stray child may hold a pipe open before it counts as left behind.
const LEAK: Duration = Duration::from_millis(100);

/// How long the first process of a sandbox may take to end after the last other one, on a busy machine.
const EMPTY: Duration = Duration::from_secs(1);

/// How long the kernel may take to end a program that got SIGKILL.
const KILLED: Duration = Duration::from_secs(10);

/// How long a program has to end in good order when the user interrupts.
const HURRY: Duration = Duration::from_millis(500);

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
    let not_run = |end: End| {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        Ok(Finished { end, stdout, stderr, took: begin.elapsed(), leaked: false })
    };
    if interrupted() {
        return not_run(End::Interrupted);
    }
    let mark = strays::Mark::new(sandbox, sandbox.folders(program));
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
        Err(error) => return not_run(End::NotStarted(format!("{}: {error}", program.program.display()))),
    };
    let mut pipes = Pipes::of(&mut child, &program.stdin, limits.output).map_err(trouble("set up pipes"))?;
    let group = Pid::from_child(&child);
    let mut ending = wait(&mut pipes, group, limits)?;
    let took = begin.elapsed();
    let mut leaked = false;
    if sandbox.ends_strays() {
        // what ended is bubblewrap; its first process inside holds the pipes until all others in there have ended
        let patience = match ending {
            None => EMPTY,
            Some(Ending { interrupted: true, .. }) => limits.grace.min(HURRY),
            Some(Ending { killed: false, .. }) => limits.grace,
            Some(_) => Duration::ZERO,
        };
        let turn =
            pipes.pump(None, None, Instant::now() + patience).map_err(trouble("wait for a sandbox"))?;
        match &mut ending {
            None => leaked = turn == Turn::Late,
            Some(ending) => ending.killed |= turn == Turn::Late,
        }
    } else {
        leaked = mark.any(group);
    }
    // while the program is not yet waited for, nobody else can have its group's number
    signal(group, Signal::KILL);
    let status = child.wait().map_err(trouble("wait for a program"))?;
    leaked |= mark.end(group);
    let turn =
        pipes.pump(None, None, Instant::now() + LEAK).map_err(trouble("read what a program printed"))?;
    leaked |= turn == Turn::Late;
    let (stdout, stderr) = pipes.captured();
    let end = match ending {
        Some(Ending { interrupted: true, .. }) => End::Interrupted,
        Some(Ending { killed, .. }) => End::TimedOut { killed },
        None => sandbox.unwrap(ended(status)),
    };
    Ok(Finished { end, stdout, stderr, took, leaked })
}

/// How a program is ended by the harness.
#[derive(Debug, Clone, Copy)]
struct Ending {
    interrupted: bool,
    killed: bool,
}

/// Waits until the program itself has ended, by itself or because it has to; its pipes may stay open longer.
fn wait(pipes: &mut Pipes<'_>, group: Pid, limits: &Limits) -> Result<Option<Ending>, ProcessError> {
    let pidfd = pidfd_open(group, PidfdFlags::empty()).map_err(trouble("open a pidfd"))?;
    let mut ending: Option<Ending> = None;
    let mut until = Instant::now() + limits.deadline;
    loop {
        let wake = if ending.is_none() { interrupt::event() } else { None };
        let turn = pipes.pump(Some(pidfd.as_fd()), wake, until).map_err(trouble("wait for a program"))?;
        match (turn, &mut ending) {
            (Turn::Done, _) => return Ok(ending),
            (_, None) => {
                signal(group, Signal::TERM);
                let interrupted = turn == Turn::Woken;
                ending = Some(Ending { interrupted, killed: false });
                until = Instant::now() + if interrupted { limits.grace.min(HURRY) } else { limits.grace };
            }
            (_, Some(ending)) if !ending.killed => {
                signal(group, Signal::KILL);
                ending.killed = true;
                until = Instant::now() + KILLED;
            }
            _ => return Err(ProcessError { what: "end a program", error: io::ErrorKind::TimedOut.into() }),
        }
    }
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
