//! Processor time, as the kernel counts it.
//!
//! Owns: reading it. Where there is no /proc, all figures are zero.

use std::ops::Sub;

/// Processor time used so far, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// By this process.
    pub own_millis: u64,
    /// By all children that have ended, and theirs.
    pub children_millis: u64,
}

impl Sub for Usage {
    type Output = Self;
    fn sub(self, before: Self) -> Self {
        Self {
            own_millis: self.own_millis.saturating_sub(before.own_millis),
            children_millis: self.children_millis.saturating_sub(before.children_millis),
        }
    }
}

/// Processor time used so far.
pub fn now() -> Usage {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // the second field is the program's name, which may hold blanks: count from its closing bracket (proc(5))
    let fields: Vec<u64> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let field = |number: usize| fields.get(number - 3).copied().unwrap_or(0);
    // the kernel counts in hundredths of a second on every Linux
    Usage { own_millis: (field(14) + field(15)) * 10, children_millis: (field(16) + field(17)) * 10 }
}
