//! Any text as each kind of file that people write: every mistake has a place, and what is right can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referee_convention::Convention;
use referee_fixtures::{Base, Conformance};
use referee_results::golden::Golden;
use referee_rules::profile::ProfileFile;
use referee_runner::driver::Driver;
use referee_runner::{Case, Plan};
use referee_source::{Source, SourceError};

/// The value if there is one; the mistake is looked at.
fn look<T>(result: Result<T, SourceError>) -> Option<T> {
    let error = match result {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let lines = error.source_file.text().matches('\n').count() + 1;
    assert!((1..=lines).contains(&error.line()) && error.column() > 0, "{error}");
    assert!(error.source_file.text().get(error.span.clone()).is_some(), "{:?} of {error}", error.span);
    None
}

fuzz_target!(|text: &str| {
    // an id has to be the file's stem
    let id = |line: &str| {
        let rest = line.strip_prefix("id").or_else(|| line.strip_prefix("rule"))?;
        Some(rest.split('"').nth(1)?.to_owned())
    };
    let stem = text.lines().find_map(id).unwrap_or_else(|| "some".to_owned());
    let source = Source::new(format!("{stem}.toml"), text);
    if let Some(case) = look(Case::parse(&source)) {
        Plan::compile(&case).base();
    }
    look(Conformance::parse(&source));
    look(Base::parse(&source));
    look(Driver::load(&source));
    look(Golden::parse(&source));
    let convention = look(Convention::parse(&source));
    if let Some(profile) = look(ProfileFile::parse(&source)) {
        let _ = profile.with(convention);
    }
});
