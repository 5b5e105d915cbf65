//! A process of a service: the service itself, or a command that asks it.
//!
//! Owns: starting it in a group of its own, what it says, stopping it. Leaves to others: why it runs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::ServiceEnd;

/// How much of standard error is kept.
const STDERR: usize = 4000;

/// How much of standard output is kept.
const STDOUT: usize = 16 << 20;

/// How long whoever holds a pipe of a command that has ended may keep it open.
const LEAK: Duration = Duration::from_millis(100);

/// What becomes of standard output.
#[derive(Clone, Copy)]
pub(super) enum Stdout {
    Discarded,
    Kept,
}

pub(super) struct Child {
    child: std::process::Child,
    stdout: Stream,
    stderr: Stream,
}

impl Child {
    /// Starts a program in the helper's own working directory, and with its environment if none is given.
    pub(super) fn start(
        program: &Path,
        args: &[String],
        env: Option<&BTreeMap<String, String>>,
        stdin: Option<File>,
        stdout: Stdout,
    ) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(stdin.map_or_else(Stdio::null, Stdio::from))
            .stdout(if matches!(stdout, Stdout::Kept) { Stdio::piped() } else { Stdio::null() })
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(env) = env {
            command.env_clear().envs(env);
        }
        let mut child = command.spawn()?;
        let stdout = Stream::of(child.stdout.take(), STDOUT);
        let stderr = Stream::of(child.stderr.take(), STDERR);
        Ok(Self { child, stdout, stderr })
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

    /// Waits for its end; nothing if it has not ended in time.
    pub(super) fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        loop {
            let ended = self.ended();
            if ended.is_some() || Instant::now() >= until {
                return ended;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// What a command that has ended said on standard output, whether that is only its beginning, and the beginning of
    /// standard error.
    pub(super) fn said(&self) -> (String, bool, String) {
        let until = Instant::now() + LEAK;
        let (stdout, cut_off) = self.stdout.text(until);
        (stdout, cut_off, self.stderr.text(until).0)
    }

    /// SIGTERM, then SIGKILL after `grace`; how it ended, and what it said on standard error.
    pub(super) fn stop(mut self, grace: Duration) -> (ServiceEnd, String) {
        let end = match self.ended() {
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => ServiceEnd::Exited(code),
                (None, signal) => ServiceEnd::Signalled(signal.unwrap_or(0)),
            },
            None => self.terminate(grace),
        };
        (end, self.stderr.text(Instant::now()).0)
    }

    fn terminate(&mut self, grace: Duration) -> ServiceEnd {
        let group = Pid::from_child(&self.child);
        // a group that is already gone is what was wanted
        let _ = kill_process_group(group, Signal::TERM);
        if self.wait(grace).is_some() {
            return ServiceEnd::Stopped;
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
        ServiceEnd::Killed
    }
}

/// The beginning of a pipe's content, read by a thread. The thread is not joined: a stray that holds the pipe must not
/// hold up the service.
struct Stream {
    kept: Arc<Mutex<Vec<u8>>>,
    most: usize,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn of(pipe: Option<impl Read + Send + 'static>, most: usize) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&kept);
        let reader = pipe.map(|mut pipe| {
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = pipe.read(&mut buffer) {
                    let mut into = into.lock().unwrap_or_else(PoisonError::into_inner);
                    // one byte more than is kept tells that there was more
                    let room = (most + 1).saturating_sub(into.len()).min(read);
                    into.extend_from_slice(&buffer[..room]);
                }
            })
        });
        Self { kept, most, reader }
    }

    /// What has been read until the pipe's end, or until then; and whether that is only the beginning.
    fn text(&self, until: Instant) -> (String, bool) {
        while self.reader.as_ref().is_some_and(|reader| !reader.is_finished()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let beginning = &kept[..kept.len().min(self.most)];
        (String::from_utf8_lossy(beginning).into_owned(), kept.len() > self.most)
    }
}
