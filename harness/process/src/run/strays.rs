//! Processes that a program leaves behind.
//!
//! Owns: adopting, finding and ending them where no sandbox does. Leaves to others: reporting them.
//!
//! The harness is a child subreaper (`PR_SET_CHILD_SUBREAPER`, prctl(2)): a process whose parent has ended becomes its
//! child, so its own children are the only ones to look at. A child belongs to a run if it is in the run's process
//! group, has the run's variable in its environment, or has its working directory in one of the run's folders. It can
//! change each of these; one that changed all three is found by [`end_orphans`] only. A zombie has neither environment
//! nor working directory, so whose it was is unknown, and it may have started another process before it ended: a look
//! that meets a new zombie is inconclusive and is repeated.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpgid, waitpid,
};

use crate::stat::{Stat, State};

const VARIABLE: &str = "REFEREE_RUN";

/// For how long processes are looked for and ended: a program may start new ones faster than they are found.
const END_WAIT: Duration = Duration::from_secs(2);

/// How many looks in a row have to find nothing.
const LOOKS: u32 = 3;

/// How many programs run.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// What the processes of one run have in common: a variable in their environment, and working directories.
#[derive(Debug)]
pub(super) struct Mark {
    variable: Option<String>,
    folders: Vec<PathBuf>,
}

impl Mark {
    /// A new mark for a program that works in these folders. Where a sandbox ends what it leaves behind, nothing is
    /// looked for and it is given no variable.
    pub(super) fn new(looked_for: bool, folders: Vec<PathBuf>) -> Self {
        static ADOPT: Once = Once::new();
        // where this fails, orphans become children of the machine's init process, and only the group is ended
        ADOPT.call_once(|| {
            let _ = set_child_subreaper(Some(getpid()));
        });
        static COUNT: AtomicU64 = AtomicU64::new(0);
        RUNNING.fetch_add(1, Ordering::SeqCst);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let variable = looked_for.then(|| format!("{}-{count}", std::process::id()));
        let folders = folders.into_iter().map(|folder| folder.canonicalize().unwrap_or(folder)).collect();
        Self { variable, folders }
    }

    pub(super) fn env(&self) -> BTreeMap<&'static str, &str> {
        self.variable.iter().map(|mark| (VARIABLE, mark.as_str())).collect()
    }

    /// Whether any process of this run lives beside the leader of its group, which has ended but is not reaped yet.
    pub(super) fn any(&self, leader: Pid) -> bool {
        let mut dead = HashSet::from([leader]);
        let until = Instant::now() + END_WAIT;
        loop {
            match self.look(leader, &mut dead) {
                Look::Found { .. } => return true,
                Look::Unsure if Instant::now() < until => {}
                Look::Unsure | Look::Clean => return false,
            }
        }
    }

    /// Ends all processes of this run, once its group got SIGKILL and its leader was reaped; waits until they are gone,
    /// and says whether any was outside of the group.
    pub(super) fn end(&self, group: Pid) -> bool {
        let until = Instant::now() + END_WAIT;
        let (mut any, mut clean, mut dead) = (false, 0, HashSet::new());
        while clean < LOOKS && Instant::now() < until {
            let left = reap(group);
            // a sandbox's init process was in the group, and the kernel has ended all others in there with it
            let look = if self.variable.is_some() { self.look(group, &mut dead) } else { Look::Clean };
            match look {
                Look::Clean if !left => clean += 1,
                Look::Clean | Look::Unsure => clean = 0,
                Look::Found { pid, in_group } => {
                    end(pid);
                    any |= !in_group;
                    clean = 0;
                }
            }
        }
        any
    }

    /// Looks for the newest living process of this run among the children that are not known to be dead.
    fn look(&self, group: Pid, dead: &mut HashSet<Pid>) -> Look {
        let mut look = Look::Clean;
        for pid in children() {
            if dead.contains(&pid) {
                continue;
            }
            match self.whose(pid, group) {
                // ended at once, before it can start another and end by itself
                Whose::Run { in_group } => return Look::Found { pid, in_group },
                Whose::Other => {}
                Whose::Ending => look = Look::Unsure,
                Whose::Dead => {
                    look = Look::Unsure;
                    dead.insert(pid);
                }
            }
        }
        look
    }

    /// Whose process this is.
    fn whose(&self, pid: Pid, group: Pid) -> Whose {
        let number = pid.as_raw_pid();
        let wanted = format!("{VARIABLE}={}", self.variable.as_deref().unwrap_or_default());
        let environment = fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
        let marked = environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes());
        let cwd = fs::read_link(format!("/proc/{number}/cwd")).unwrap_or_default();
        let inside = self.folders.iter().any(|folder| cwd.starts_with(folder));
        // read last: a process that still has its memory now had it when environment and folder were read above
        let Some(stat) = Stat::of(number) else { return Whose::Other };
        let in_group = stat.group == group.as_raw_pid();
        match stat.state {
            // it was alive when its environment and folder were read
            _ if marked || inside => Whose::Run { in_group },
            State::Dead => Whose::Dead,
            _ if in_group => Whose::Run { in_group },
            State::Ending => Whose::Ending,
            State::Living => Whose::Other,
        }
    }
}

/// What one look at the children of the harness showed.
enum Look {
    /// A living process of the run, and whether it is in the run's group.
    Found { pid: Pid, in_group: bool },
    /// None found, but the owner of some zombies is unknown, and they may have started another process.
    Unsure,
    /// None.
    Clean,
}

/// Whose a process is.
enum Whose {
    /// The run's, and whether it is in the run's group.
    Run { in_group: bool },
    /// Another run's, or already gone.
    Other,
    /// Unknown: it is ending, and its children are not yet children of the harness.
    Ending,
    /// Unknown: it is a zombie, and its children are children of the harness.
    Dead,
}

impl Drop for Mark {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Ends all remaining children of this process: orphans that changed group, environment and folder, so that it is
/// unknown which run they belong to. Does nothing while a program runs, as a child may be that program.
pub fn end_orphans() {
    let until = Instant::now() + END_WAIT;
    while RUNNING.load(Ordering::SeqCst) == 0 && Instant::now() < until {
        let found = children();
        if found.is_empty() {
            return;
        }
        found.into_iter().for_each(end);
    }
}

/// SIGKILL, and up to 100 ms for the kernel to end the process; it is reaped.
fn end(pid: Pid) {
    let _ = kill_process(pid, Signal::KILL);
    let until = Instant::now() + Duration::from_millis(100);
    while let Ok(None) = waitpid(Some(pid), WaitOptions::NOHANG)
        && Instant::now() < until
    {
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Reaps the zombies of a group, and says whether it still has living processes.
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

/// All children of this process, zombies too, the newest first. The lists are read twice: the kernel may leave some out
/// of a list that changes while it is read (proc(5), `/proc/pid/task/tid/children`).
fn children() -> Vec<Pid> {
    let numbers: BTreeSet<i32> = match (listed(), listed()) {
        (Ok(first), Ok(second)) => first.into_iter().chain(second).collect(),
        // a kernel without these lists
        _ => {
            let own = getpid().as_raw_pid();
            pids().filter(|pid| Stat::of(*pid).is_some_and(|stat| stat.parent == own)).collect()
        }
    };
    numbers.into_iter().rev().filter_map(Pid::from_raw).collect()
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

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
