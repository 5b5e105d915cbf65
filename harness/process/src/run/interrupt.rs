//! Ending all running programs at once.
//!
//! Owns: the one flag, and what wakes those who wait. Leaves to others: signals of the terminal, and what is still
//! worth writing. There is one harness in a process, so there is one flag.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{EventfdFlags, eventfd};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Ends every program that runs, with its group, and lets none start any more. Whoever waits for one gets
/// [`super::End::Interrupted`].
pub fn interrupt() {
    ASKED.store(true, Ordering::SeqCst);
    if let Some(fd) = event() {
        // it is never read, so it stays ready; were it full, it would be ready too
        let _ = rustix::io::write(fd, &1_u64.to_ne_bytes());
    }
}

/// Whether [`interrupt`] was called.
pub fn interrupted() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Ready for reading from the interruption on; `None` where the system gives out no event.
pub(super) fn event() -> Option<BorrowedFd<'static>> {
    static EVENT: OnceLock<Option<OwnedFd>> = OnceLock::new();
    let event = EVENT.get_or_init(|| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok());
    event.as_ref().map(|event| event.as_fd())
}
