//! SARIF 2.1.0: one run over all layouts, with the rules that found something.
//!
//! Owns: the mapping; severities are `error`, `warning` and `note`, pointers are logical locations. Leaves to others:
//! what is found. Written by hand: the crates for it bring code generators.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use referee::rules::{Finding, Profile, Rule, Severity, catalogue};
use serde::Serialize;
use serde::ser::{SerializeSeq as _, Serializer};
use serde_json::{Value, json};

use super::Checked;

/// A log, with its keys in the order in which they are written.
#[derive(Debug, Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    column_kind: &'static str,
    properties: Value,
    results: Each<'a>,
}

/// All findings in all layouts, of which one at a time is made and written.
#[derive(Debug)]
struct Each<'a> {
    all: &'a [Checked],
    profile: &'a Profile,
    /// The ids of the rules that found something, in order.
    rules: Vec<&'static str>,
}

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut results = to.serialize_seq(None)?;
        for checked in self.all {
            for finding in checked.report.findings() {
                let index = self.rules.binary_search(&finding.rule.id).ok();
                results.serialize_element(&result(checked, &finding, self.profile, index))?;
            }
        }
        results.end()
    }
}

pub(super) fn log<'a>(all: &'a [Checked], profile: &'a Profile) -> Log<'a> {
    let counts = all.iter().flat_map(|checked| checked.report.counts());
    let found: BTreeSet<&str> = counts.map(|((id, _), _)| id).collect();
    let mut rules: Vec<&Rule> = catalogue::rules().filter(|rule| found.contains(rule.id)).collect();
    rules.sort_by_key(|rule| rule.id);
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({"driver": {
                "name": "referee",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| described(rule, profile)).collect::<Vec<_>>(),
            }}),
            column_kind: "unicodeCodePoints",
            properties: json!({"profile": profile.id}),
            results: Each { all, profile, rules: rules.iter().map(|rule| rule.id).collect() },
        }],
    }
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
