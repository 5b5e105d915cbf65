//! Running one program: in a group of its own, with a deadline, its output bounded, and nothing left behind.
//!
//! Owns: starting, waiting, reading, ending. Leaves to others: what the program may touch ([`crate::Sandbox`]) and
//! what its end means. Whatever a program does is a value; an error is the harness's own trouble.
//!
//! The calling thread waits for the program (by a pidfd) and for its pipes at once, so a run starts no threads. The
//! standard library starts the program with `posix_spawn` as long as its path is absolute and no code runs between fork
//! and exec, so the cost does not grow with the memory of the harness.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::{Captured, End, Finished, HarnessError, Limits, Program, Sandbox};

mod interrupt;
mod pipes;
mod strays;

pub use interrupt::{interrupt, interrupted};
use pipes::{Pipes, Turn};
pub use strays::end_orphans;

/// How long the output pipes may stay open after the program's end before it has left a process behind that holds them.
const PIPE_GRACE: Duration = Duration::from_millis(100);

/// How long the first process of a sandbox may take to end once it is the only one, on a busy machine.
const SANDBOX_EXIT_GRACE: Duration = Duration::from_secs(1);

/// How long the kernel may take to end a program that got SIGKILL.
const SIGKILL_WAIT: Duration = Duration::from_secs(10);

/// How long a program has to end in good order when the user interrupts.
const INTERRUPT_GRACE: Duration = Duration::from_millis(500);

/// Runs a program to its end, or to its deadline.
///
/// # Errors
/// The system refuses pipes, waiting or signals; never what the program does.
pub fn run(program: &Program, limits: &Limits, sandbox: &Sandbox) -> Result<Finished, HarnessError> {
    let begin = Instant::now();
    let not_run = |end: End| {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        Ok(Finished { end, stdout, stderr, took: begin.elapsed(), leaked: false })
    };
    if interrupted() {
        return not_run(End::Interrupted);
    }
    let mark = strays::Mark::new(!sandbox.ends_strays(), sandbox.folders(program));
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
    let mut pipes = Pipes::of(&mut child, &program.stdin, limits.output).map_err(failed("set up pipes"))?;
    let group = Pid::from_child(&child);
    let mut ending = wait(&mut pipes, group, limits)?;
    let took = begin.elapsed();
    let mut leaked = false;
    if sandbox.ends_strays() {
        // `wait` saw bubblewrap end. Its init process in the sandbox holds the pipes until all other processes in there
        // have ended, so pipes that stay open mean that some have not
        let patience = match ending {
            None => SANDBOX_EXIT_GRACE,
            Some(Ending { interrupted: true, .. }) => limits.grace.min(INTERRUPT_GRACE),
            Some(Ending { killed: false, .. }) => limits.grace,
            Some(_) => Duration::ZERO,
        };
        let turn = pipes.pump(None, None, Instant::now() + patience).map_err(failed("wait for a sandbox"))?;
        match &mut ending {
            None => leaked = turn == Turn::Late,
            Some(ending) => ending.killed |= turn == Turn::Late,
        }
    } else {
        leaked = mark.any(group);
    }
    // the program is not reaped yet, so its group's number cannot have been given to another process
    signal(group, Signal::KILL);
    let status = child.wait().map_err(failed("wait for a program"))?;
    leaked |= mark.end(group);
    let turn =
        pipes.pump(None, None, Instant::now() + PIPE_GRACE).map_err(failed("read what a program printed"))?;
    leaked |= turn == Turn::Late;
    let (stdout, stderr) = pipes.captured();
    let end = match ending {
        Some(Ending { interrupted: true, .. }) => End::Interrupted,
        Some(Ending { killed, .. }) => End::TimedOut { killed },
        None => sandbox.decode_exit(end_of(status)),
    };
    Ok(Finished { end, stdout, stderr, took, leaked })
}

/// How a program is ended by the harness.
#[derive(Debug, Clone, Copy)]
struct Ending {
    interrupted: bool,
    killed: bool,
}

/// Waits until the program itself has ended, by itself or ended by us; its pipes may stay open longer.
fn wait(pipes: &mut Pipes<'_>, group: Pid, limits: &Limits) -> Result<Option<Ending>, HarnessError> {
    let pidfd = pidfd_open(group, PidfdFlags::empty()).map_err(failed("open a pidfd"))?;
    let mut ending: Option<Ending> = None;
    let mut until = Instant::now() + limits.deadline;
    loop {
        let wake = if ending.is_none() { interrupt::event() } else { None };
        let turn = pipes.pump(Some(pidfd.as_fd()), wake, until).map_err(failed("wait for a program"))?;
        match (turn, &mut ending) {
            (Turn::Done, _) => return Ok(ending),
            (_, None) => {
                signal(group, Signal::TERM);
                let interrupted = turn == Turn::Woken;
                ending = Some(Ending { interrupted, killed: false });
                until = Instant::now()
                    + if interrupted { limits.grace.min(INTERRUPT_GRACE) } else { limits.grace };
            }
            (_, Some(ending)) if !ending.killed => {
                signal(group, Signal::KILL);
                ending.killed = true;
                until = Instant::now() + SIGKILL_WAIT;
            }
            _ => return Err(HarnessError::new("end a program", io::ErrorKind::TimedOut.into())),
        }
    }
}

fn failed<E: Into<io::Error>>(what: &'static str) -> impl Fn(E) -> HarnessError {
    move |error| HarnessError::new(what, error.into())
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signalled(signal.unwrap_or(0)),
    }
}

/// Sends a signal to a group. That the group is already gone is no error: it was to end.
fn signal(group: Pid, signal: Signal) {
    let _ = kill_process_group(group, signal);
}
