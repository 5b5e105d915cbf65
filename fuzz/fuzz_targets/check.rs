//! Any bytes as a layout whose documents name each other, held against every shipped profile, twice.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use referee_fuzz::{checkers, hold, lead_somewhere, same, written};
use referee_layout::Layout;
use referee_rules::Checker;

static CHECKERS: LazyLock<Vec<Checker>> = LazyLock::new(|| checkers(None));

fuzz_target!(|bytes: &[u8]| {
    let folder = written(bytes);
    let root = folder.path();
    for checker in CHECKERS.iter() {
        let report = checker.directory(&Layout::open(root).expect("a layout"));
        hold(&report);
        lead_somewhere(&report, root);
        same(&report, &checker.directory(&Layout::open(root).expect("a layout")));
    }
});
