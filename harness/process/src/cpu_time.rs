//! Processor time, as the kernel counts it.
//!
//! Owns: reading it. Where there is no /proc, all figures are zero.

use std::ops::Sub;

use rustix::process::getpid;

use crate::stat::Stat;

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
    // the kernel counts in hundredths of a second on every Linux
    let millis = |ticks: [u64; 2]| ticks.iter().sum::<u64>() * 10;
    Stat::of(getpid().as_raw_pid()).map_or(Usage::default(), |stat| Usage {
        own_millis: millis(stat.own_ticks),
        children_millis: millis(stat.children_ticks),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_process_uses_is_its_own() {
        let begin = std::time::Instant::now();
        let before = now();
        while (now() - before).own_millis < 20 {
            assert!(begin.elapsed().as_secs() < 60, "time stands still");
        }
        let used = now() - before;
        assert!(used.own_millis >= 20 && used.children_millis == 0, "{used:?}");
        assert_eq!(before - now(), Usage::default());
    }
}
