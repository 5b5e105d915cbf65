//! Processes that a program leaves behind.
//!
//! Owns: adopting, finding and ending them where no sandbox does. Leaves to others: saying so.
//!
//! Whoever outlives its parent becomes a child of the harness, which is why looking at its own children is enough.
//! Whose it was is told by its group, by a mark in its environment, or by its working directory: a process may leave
//! each of them, and hardly leaves all three. The dead cannot be told, but they may have started the next: a look that
//! meets one that it has not met before says nothing, and is repeated.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpgid, waitpid,
};

use crate::Sandbox;

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
        let mut dead = HashSet::from([leader]);
        let until = Instant::now() + PATIENCE;
        loop {
            match self.look(leader, &mut dead) {
                Look::Found { .. } => return true,
                Look::Unsure if Instant::now() < until => {}
                Look::Unsure | Look::Clean => return false,
            }
        }
    }

    /// Ends everything of this run once its group got SIGKILL and its leader was waited for, waits until it is gone,
    /// and says whether there was anything beside that group.
    pub(super) fn end(&self, group: Pid) -> bool {
        let until = Instant::now() + PATIENCE;
        let (mut any, mut clean, mut dead) = (false, 0, HashSet::new());
        while clean < LOOKS && Instant::now() < until {
            let left = reap(group);
            // in a sandbox the first process was in the group, and the kernel ends the others with it
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
                // it may live for a moment only: the others can wait
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
        // last: who has its memory now had its environment and its folder when they were read
        let Some(stat) = Stat::of(number) else { return Whose::Other };
        let in_group = stat.group == group.as_raw_pid();
        match stat.state {
            // it lived a moment ago
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
    /// None, but whose some are cannot be told any more: they may have started the next.
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
    /// Cannot be told any more; what it started is not a child of the harness yet.
    Ending,
    /// Cannot be told any more.
    Dead,
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

/// All children of this process, living and dead, the newest first. The lists are read twice, as one that changes
/// meanwhile, because another run's program ends, may lack some.
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

/// What `/proc/PID/stat` says of a process (proc(5)).
struct Stat {
    parent: i32,
    group: i32,
    state: State,
}

enum State {
    Living,
    /// It has given up its memory, and with it its environment, but still has its children.
    Ending,
    Dead,
}

impl Stat {
    /// Nothing where there is no such process.
    fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // the name before it may have spaces and brackets
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        let state = match (*fields.first()?, *fields.get(20)?) {
            ("Z" | "X", _) => State::Dead,
            (_, "0") => State::Ending,
            _ => State::Living,
        };
        Some(Self { parent: fields.get(1)?.parse().ok()?, group: fields.get(2)?.parse().ok()?, state })
    }
}

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
