//! What `/proc/PID/stat` says of a process (proc(5)).
//!
//! Owns: reading that file. Leaves to others: what follows from it.

/// The fields that are used here.
#[derive(Debug)]
pub(crate) struct Stat {
    pub(crate) state: State,
    pub(crate) parent: i32,
    pub(crate) group: i32,
    /// Processor time of the process in clock ticks: in user mode, in the kernel.
    pub(crate) own_ticks: [u64; 2],
    /// The same of its children that were waited for.
    pub(crate) children_ticks: [u64; 2],
}

/// How far a process has got to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It runs.
    Living,
    /// It has given up its memory, and with it its environment, but still has its children.
    Ending,
    /// A zombie.
    Dead,
}

impl Stat {
    /// `None` where there is no such process.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        // the program's name in the second field may have blanks and brackets
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // numbers as in proc(5), where the state is the third field
        let field = |number: usize| fields.get(number - 3).copied();
        let ticks = |number: usize| field(number)?.parse().ok();
        let virtual_memory = field(23)?;
        let state = match (field(3)?, virtual_memory) {
            ("Z" | "X", _) => State::Dead,
            (_, "0") => State::Ending,
            _ => State::Living,
        };
        Some(Self {
            state,
            parent: field(4)?.parse().ok()?,
            group: field(5)?.parse().ok()?,
            own_ticks: [ticks(14)?, ticks(15)?],
            children_ticks: [ticks(16)?, ticks(17)?],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line as proc(5) describes it, of a program whose name is `a) Z (b`.
    fn line(state: &str, memory: &str) -> String {
        format!("7 (a) Z (b) {state} 5 6 4 0 -1 0 1 2 3 4 11 12 13 14 20 0 1 0 99 {memory} 8 0")
    }

    #[test]
    fn fields_are_counted_from_the_end_of_the_name() {
        let stat = Stat::parse(&line("S", "4096")).unwrap();
        assert_eq!((stat.parent, stat.group, stat.state), (5, 6, State::Living));
        assert_eq!((stat.own_ticks, stat.children_ticks), ([11, 12], [13, 14]));
    }

    #[test]
    fn a_process_without_memory_is_ending_and_a_zombie_is_dead() {
        assert_eq!(Stat::parse(&line("R", "0")).unwrap().state, State::Ending);
        assert_eq!(Stat::parse(&line("Z", "0")).unwrap().state, State::Dead);
        assert!(Stat::parse("7 (cut) S 5").is_none());
        assert!(Stat::of(-1).is_none());
    }
}
