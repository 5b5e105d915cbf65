//! Processes that a program leaves behind.
//!
//! Owns: adopting, finding and ending them where no sandbox does. Leaves to others: saying so.
//!
//! Whoever outlives its parent becomes a child of the harness, which is why looking at its own children is enough.
//! Whose it was is told by its group, by a mark in its environment, or by its working directory: a process may leave
//! each of them, and hardly leaves all three.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpgid, waitpid,
};

use crate::sandbox::Sandbox;

const VARIABLE: &str = "REFEREE_RUN";

/// How long ending what is left may take: a process may start others faster than they are found.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many looks in a row have to find nothing.
const LOOKS: u32 = 3;

/// How many programs run.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// What every process of one run inherits, and few give up.
#[derive(Debug)]
pub(super) struct Mark {
    variable: Option<String>,
    folders: Vec<PathBuf>,
}

impl Mark {
    /// A new mark for a program in these folders. In a sandbox the program is not given the variable.
    pub(super) fn new(sandbox: &Sandbox, folders: Vec<PathBuf>) -> Self {
        static ADOPT: Once = Once::new();
        // without it, orphans go to the first process of the machine, and only their group is ended
        ADOPT.call_once(|| {
            let _ = set_child_subreaper(Some(getpid()));
        });
        static COUNT: AtomicU64 = AtomicU64::new(0);
        RUNNING.fetch_add(1, Ordering::SeqCst);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let variable = (!sandbox.ends_strays()).then(|| format!("{}-{count}", std::process::id()));
        let folders = folders.into_iter().map(|folder| folder.canonicalize().unwrap_or(folder)).collect();
        Self { variable, folders }
    }

    pub(super) fn env(&self) -> BTreeMap<&'static str, &str> {
        self.variable.iter().map(|mark| (VARIABLE, mark.as_str())).collect()
    }

    /// Whether anything of this run lives beside the leader of its group, which has ended but was not waited for.
    pub(super) fn any(&self, leader: Pid) -> bool {
        children().into_iter().any(|pid| pid != leader && self.has(pid, leader))
    }

    /// Ends everything of this run once its group got SIGKILL and its leader was waited for, waits until it is gone,
    /// and says whether there was anything beside that group.
    pub(super) fn end(&self, group: Pid) -> bool {
        let until = Instant::now() + PATIENCE;
        let mut any = false;
        // several times, since one may start the next and end before it is looked at
        let mut clean = 0;
        while clean < LOOKS && Instant::now() < until {
            let left = reap(group);
            // in a sandbox the first process was in the group, and the kernel ends the others with it
            let found: Vec<Pid> = match &self.variable {
                Some(_) => children().into_iter().filter(|pid| self.has(*pid, group)).collect(),
                None => Vec::new(),
            };
            if found.is_empty() && !left {
                clean += 1;
                continue;
            }
            clean = 0;
            for pid in found {
                any |= number_of_group(pid) != Some(group.as_raw_pid());
                end(pid);
            }
        }
        any
    }

    /// Whether this is a living process of the run. Only the living have an environment and a folder.
    fn has(&self, pid: Pid, group: Pid) -> bool {
        let number = pid.as_raw_pid();
        let marked = || {
            let wanted = format!("{VARIABLE}={}", self.variable.as_deref().unwrap_or_default());
            let environment = fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        };
        let inside = || {
            let cwd = fs::read_link(format!("/proc/{number}/cwd")).unwrap_or_default();
            self.folders.iter().any(|folder| cwd.starts_with(folder))
        };
        marked() || inside() || (number_of_group(pid) == Some(group.as_raw_pid()) && lives(pid))
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Ends the orphans that gave up every mark of the run that they were of. Nothing happens while a program runs: they
/// may be its own.
pub fn end_orphans() {
    let until = Instant::now() + PATIENCE;
    while RUNNING.load(Ordering::SeqCst) == 0 && Instant::now() < until {
        let found = children();
        if found.is_empty() {
            return;
        }
        found.into_iter().for_each(end);
    }
}

/// SIGKILL, and a moment for the kernel to be done with it.
fn end(pid: Pid) {
    let _ = kill_process(pid, Signal::KILL);
    let until = Instant::now() + Duration::from_millis(100);
    while let Ok(None) = waitpid(Some(pid), WaitOptions::NOHANG)
        && Instant::now() < until
    {
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Takes the dead of a group, and says whether it has others.
fn reap(group: Pid) -> bool {
    loop {
        match waitpgid(group, WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => {
                std::thread::sleep(Duration::from_micros(100));
                return true;
            }
            Err(_) => return false,
        }
    }
}

/// All children of this process, living and dead. The lists are read twice, as one that changes meanwhile, because
/// another run's program ends, may lack some.
fn children() -> Vec<Pid> {
    let numbers: BTreeSet<i32> = match (listed(), listed()) {
        (Ok(first), Ok(second)) => first.into_iter().chain(second).collect(),
        // a kernel without these lists
        _ => {
            let own = std::process::id().to_string();
            pids().filter(|pid| stat(*pid).is_some_and(|[_, parent, _]| parent == own)).collect()
        }
    };
    numbers.into_iter().filter_map(Pid::from_raw).collect()
}

fn listed() -> std::io::Result<Vec<i32>> {
    const GONE: i32 = rustix::io::Errno::SRCH.raw_os_error();
    let mut numbers = Vec::new();
    for thread in fs::read_dir("/proc/self/task")?.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(list) => numbers.extend(list.split_whitespace().flat_map(str::parse::<i32>)),
            Err(error) if error.raw_os_error() == Some(GONE) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(numbers)
}

fn lives(pid: Pid) -> bool {
    stat(pid.as_raw_pid()).is_some_and(|[state, ..]| !matches!(state.as_str(), "Z" | "X"))
}

fn number_of_group(pid: Pid) -> Option<i32> {
    stat(pid.as_raw_pid())?[2].parse().ok()
}

/// The state, parent and group of a process (proc(5)).
fn stat(pid: i32) -> Option<[String; 3]> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().map(str::to_owned);
    Some([fields.next()?, fields.next()?, fields.next()?])
}

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
