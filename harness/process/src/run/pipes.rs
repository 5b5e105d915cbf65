//! The pipes of one child: feeding its standard input, keeping the beginning of what it prints.
//!
//! Owns: non-blocking reading and writing, and the bound on what is kept. Leaves to others: the child.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::Captured;

/// Why pumping ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// What was waited for has happened.
    Done,
    /// Whoever waits was woken.
    Woken,
    /// The deadline came.
    Late,
}

#[derive(Debug)]
pub(super) struct Pipes<'a> {
    stdin: Option<ChildStdin>,
    input: &'a [u8],
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    kept: (Captured, Captured),
    limit: usize,
}

impl<'a> Pipes<'a> {
    pub(super) fn of(child: &mut Child, input: &'a [u8], limit: usize) -> io::Result<Self> {
        let pipes = Self {
            stdin: child.stdin.take(),
            input,
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            kept: Default::default(),
            limit,
        };
        for fd in pipes.fds() {
            fcntl_setfl(fd, fcntl_getfl(fd)? | OFlags::NONBLOCK)?;
        }
        Ok(pipes)
    }

    fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let input = self.stdin.as_ref().map(AsFd::as_fd);
        let (out, err) = (self.stdout.as_ref().map(AsFd::as_fd), self.stderr.as_ref().map(AsFd::as_fd));
        input.into_iter().chain(out).chain(err)
    }

    /// Whether the child, and all that it started, have closed their ends of the output pipes.
    pub(super) fn closed(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    pub(super) fn captured(self) -> (Captured, Captured) {
        self.kept
    }

    /// Moves bytes until the process behind `pidfd` has ended (without one: until all output pipes are closed), until
    /// `wake` is ready, or until `deadline`, and says which.
    ///
    /// Time is looked at in every turn, so that a flood cannot hold it up.
    pub(super) fn pump(
        &mut self,
        pidfd: Option<BorrowedFd<'_>>,
        wake: Option<BorrowedFd<'_>>,
        deadline: Instant,
    ) -> io::Result<Turn> {
        loop {
            if pidfd.is_none() && self.closed() {
                return Ok(Turn::Done);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Turn::Late);
            }
            let timeout = Timespec::try_from(left).ok();
            let mut polled: Vec<PollFd<'_>> = Vec::with_capacity(5);
            let ours = [pidfd, wake].into_iter().flatten();
            polled.extend(ours.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
            polled.extend(self.stdin.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
            polled.extend(self.stdout.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
            polled.extend(self.stderr.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
            match poll(&mut polled, timeout.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let ready = |at: usize| polled.get(at).is_some_and(|fd| !fd.revents().is_empty());
            let ended = pidfd.is_some() && ready(0);
            let woken = wake.is_some() && ready(usize::from(pidfd.is_some()));
            drop(polled);
            self.feed();
            read(&mut self.stdout, &mut self.kept.0, self.limit);
            read(&mut self.stderr, &mut self.kept.1, self.limit);
            if ended {
                return Ok(Turn::Done);
            }
            if woken {
                return Ok(Turn::Woken);
            }
        }
    }

    fn feed(&mut self) {
        let Some(pipe) = &mut self.stdin else { return };
        match pipe.write(self.input) {
            Ok(written) => self.input = &self.input[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            // a program that does not read its input is its own affair
            Err(_) => self.input = &[],
        }
        if self.input.is_empty() {
            self.stdin = None;
        }
    }
}

/// Reads at most a pipe's worth, so that no stream starves the other.
fn read(pipe: &mut Option<impl Read>, kept: &mut Captured, limit: usize) {
    let Some(open) = pipe else { return };
    let mut buffer = [0; 65536];
    match open.read(&mut buffer) {
        Ok(0) => *pipe = None,
        Ok(count) => kept.keep(&buffer[..count], limit),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
        Err(_) => *pipe = None,
    }
}
