//! Ctrl-C.
//!
//! Owns: the handler, and the flag that stops a schedule. Leaves to others: ending programs
//! ([`referee::process`]), and what is still written.

use std::sync::atomic::{AtomicBool, Ordering};

use referee::process;

use crate::exit::Failed;

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on an interruption (SIGINT, SIGTERM, SIGHUP) ends all running programs at once and sets the flag, and
/// the command goes on to write what is done. To be called once.
pub(crate) fn watch() -> Result<&'static AtomicBool, Failed> {
    ctrlc::set_handler(|| {
        STOP.store(true, Ordering::SeqCst);
        process::interrupt();
    })
    .map_err(anyhow::Error::from)?;
    Ok(&STOP)
}

/// Whether an interruption came.
pub(crate) fn came() -> bool {
    STOP.load(Ordering::SeqCst)
}
