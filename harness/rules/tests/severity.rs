//! An error has a MUST behind it and a warning a SHOULD, or the rule says why not, in the one place for it.

use referee_rules::catalogue::rules;
use referee_rules::{Level, Severity};

use crate::places::profile;

#[test]
fn every_severity_is_that_of_its_level_or_has_a_reason() {
    let profiles = ["image-spec", "image-spec-head", "strict", "pr-1171"].map(profile);
    for rule in rules() {
        if let Some((_, why)) = rule.severity {
            let fragment = !why.starts_with(char::is_uppercase) && !why.is_empty() && !why.ends_with('.');
            assert!(fragment, "{}: it is a warning since {why}", rule.id);
        }
        for word in ["is a warning", "is an error", "is an info", "is only an info"] {
            let twice = rule.explanation.contains(word);
            assert!(!twice, "{}: the reason stands beside the severity, and not in the text", rule.id);
        }
        for profile in &profiles {
            let Some((severity, level)) = profile.severity(rule).zip(profile.level(rule)) else { continue };
            let usual = if level == Level::Should { profile.should } else { level.severity() };
            // of an open question nothing is an error
            let open = rule.reading.is_some() && severity == usual.min(Severity::Warning);
            let said = severity == usual || open || rule.severity.is_some();
            assert!(said, "{} under {}: {severity}", rule.id, profile.id);
        }
    }
}
