//! The server's process inside a session.
//!
//! Owns: starting it in a group of its own, its standard error, stopping it. Leaves to others: asking it.

use std::io::{self, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::ServerEnd;

/// How much of standard error is kept.
const KEPT: usize = 4000;

pub(super) struct Child {
    child: std::process::Child,
    stderr: Arc<Mutex<Vec<u8>>>,
}

impl Child {
    /// Starts a server with the helper's own environment and working directory.
    pub(super) fn start(program: &Path, args: &[String]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn()?;
        let stderr = Arc::new(Mutex::new(Vec::new()));
        if let Some(mut pipe) = child.stderr.take() {
            let kept = Arc::clone(&stderr);
            // not joined: a stray that holds the pipe must not hold up the session
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = pipe.read(&mut buffer) {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    let room = KEPT.saturating_sub(kept.len()).min(read);
                    kept.extend_from_slice(&buffer[..room]);
                }
            });
        }
        Ok(Self { child, stderr })
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        // a connection that is cut comes a moment before the end of the process that cut it
        (0..10).any(|_| {
            let ended = self.ended().is_some();
            if !ended {
                std::thread::sleep(Duration::from_millis(1));
            }
            ended
        })
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// SIGTERM, then SIGKILL after `grace`; how it ended, and what it said on standard error.
    pub(super) fn stop(mut self, grace: Duration) -> (ServerEnd, String) {
        let end = match self.ended() {
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => ServerEnd::Exited(code),
                (None, signal) => ServerEnd::Signalled(signal.unwrap_or(0)),
            },
            None => self.terminate(grace),
        };
        let stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        (end, String::from_utf8_lossy(&stderr).into_owned())
    }

    fn terminate(&mut self, grace: Duration) -> ServerEnd {
        let group = Pid::from_child(&self.child);
        // a group that is already gone is what was wanted
        let _ = kill_process_group(group, Signal::TERM);
        let until = Instant::now() + grace;
        while Instant::now() < until {
            if self.ended().is_some() {
                return ServerEnd::Stopped;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
        ServerEnd::Killed
    }
}
