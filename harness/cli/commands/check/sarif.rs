//! SARIF 2.1.0: one run over all layouts, with the rules that found something.
//!
//! Owns: the mapping; severities are `error`, `warning` and `note`, pointers are logical locations. Leaves to others:
//! what is found. Written by hand: the crates for it bring code generators.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use referee::rules::{Finding, Profile, Rule, Severity};
use serde_json::{Value, json};

use super::Checked;

pub(super) fn log(all: &[Checked], profile: &Profile) -> Value {
    let mut rules: BTreeMap<&str, &Rule> = BTreeMap::new();
    for finding in all.iter().flat_map(|checked| &checked.report.findings) {
        rules.insert(finding.rule.id, finding.rule);
    }
    let index = |id: &str| rules.keys().position(|known| *known == id);
    let results: Vec<Value> = all
        .iter()
        .flat_map(|checked| checked.report.findings.iter().map(move |finding| (checked, finding)))
        .map(|(checked, finding)| result(checked, finding, profile, index(finding.rule.id)))
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "referee",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.values().map(|rule| described(rule, profile)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "properties": {"profile": profile.id},
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn described(rule: &Rule, profile: &Profile) -> Value {
    let severity = profile.severity(rule).unwrap_or(Severity::Info);
    let markdown = rule.explanation;
    // what a proposal asks whose sentences the requirements do not have, its profile says
    let (requirements, source) = if profile.is_own(rule) {
        (Vec::new(), profile.source.clone())
    } else {
        (rule.requirements.to_vec(), rule.source())
    };
    let cited = if requirements.is_empty() {
        source.clone()
    } else {
        format!("{source} ({})", requirements.join(", "))
    };
    let link = rule.citations().first().filter(|_| !profile.is_own(rule)).map(|one| one.link());
    let name: String = rule.id.split('-').map(capital).collect();
    json!({
        "id": rule.id,
        "name": name,
        "shortDescription": {"text": format!("{}.", capital(rule.summary))},
        "fullDescription": {"text": format!("{}: {cited}.", capital(rule.summary))},
        "helpUri": link,
        "help": {"text": markdown, "markdown": markdown},
        "defaultConfiguration": {"level": level(severity)},
        "properties": {"requirements": requirements, "source": source},
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

fn result(checked: &Checked, finding: &Finding, profile: &Profile, index: Option<usize>) -> Value {
    let related = finding.related.iter().enumerate();
    let related: Vec<Value> = related
        .map(|(n, other)| {
            let mut place = location(&checked.name, &other.file, &other.pointer, None);
            place["id"] = json!(n + 1);
            place["message"] = json!({"text": format!("{}.", capital(&other.message))});
            place
        })
        .collect();
    let region = finding.excerpt.as_ref().map(|excerpt| {
        let length = excerpt.text[excerpt.place.clone()].chars().count();
        json!({
            "startLine": excerpt.line,
            "startColumn": excerpt.column,
            "endColumn": excerpt.column + length,
        })
    });
    let mut result = json!({
        "ruleId": finding.rule.id,
        "level": level(finding.severity),
        "message": {"text": format!("{}.", capital(&finding.message))},
        "locations": [location(&checked.name, &finding.file, &finding.pointer, region)],
        "partialFingerprints": {
            "place/v1": format!("{}#{}", finding.file, finding.pointer),
        },
        "properties": {"requirements": finding.requirements(profile), "source": finding.source(profile)},
    });
    if let Some(index) = index {
        result["ruleIndex"] = json!(index);
    }
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    result
}

fn location(layout: &str, file: &str, pointer: &str, region: Option<Value>) -> Value {
    let path = if file.is_empty() { Path::new(layout).to_owned() } else { Path::new(layout).join(file) };
    let mut physical = json!({"artifactLocation": {"uri": uri(&path.to_string_lossy())}});
    if let Some(region) = region {
        physical["region"] = region;
    }
    let mut location = json!({"physicalLocation": physical});
    if !pointer.is_empty() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": pointer, "kind": "member"}]);
    }
    location
}

/// A path as a URI reference: everything but the unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
