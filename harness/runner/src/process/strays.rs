//! Processes that a program leaves behind.
//!
//! Owns: finding and ending them where no sandbox does. Leaves to others: saying so. In a sandbox with process ids
//! of its own the kernel ends whatever is left; without one, what stays in the group is seen by its number, and
//! what left for a session of its own by a mark in its environment.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Pid, Signal, kill_process};

use crate::sandbox::Sandbox;

const VARIABLE: &str = "REFEREE_RUN";

/// A mark that every process of one run inherits.
#[derive(Debug)]
pub(super) struct Mark(Option<String>);

impl Mark {
    /// A new mark; none where a sandbox makes it needless.
    pub(super) fn new(sandbox: &Sandbox) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self((!sandbox.ends_strays()).then(|| format!("{}-{count}", std::process::id())))
    }

    pub(super) fn env(&self) -> BTreeMap<&'static str, &str> {
        self.0.iter().map(|mark| (VARIABLE, mark.as_str())).collect()
    }

    /// Whether the group of a program that has ended, but was not waited for, has living members.
    pub(super) fn in_group(&self, group: Pid) -> bool {
        self.0.is_some() && in_group(group)
    }

    /// Ends all processes with this mark, and says whether there were any.
    pub(super) fn end_strays(&self) -> bool {
        let Some(mark) = &self.0 else { return false };
        let wanted = format!("{VARIABLE}={mark}");
        let mut any = false;
        for pid in pids() {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let marked = environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes());
            if let Some(pid) = Pid::from_raw(pid).filter(|_| marked) {
                any |= kill_process(pid, Signal::KILL).is_ok();
            }
        }
        any
    }
}

/// Whether a group has living members beside its leader, which has ended but was not waited for.
fn in_group(group: Pid) -> bool {
    let number = group.as_raw_pid();
    pids().filter(|pid| *pid != number).any(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let mut fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
        let (state, its_group) = (fields.next(), fields.nth(1));
        !matches!(state, Some("Z" | "X") | None) && its_group == Some(&number.to_string())
    })
}

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
