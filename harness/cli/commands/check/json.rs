//! The contract `referee/check/v1`.
//!
//! Owns: its keys. Leaves to others: what is found.

use referee::rules::{Finding, Profile, Related, Report, Severity};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::Checked;

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "referee check, version 1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "referee/check/v1"))]
    schema: &'static str,
    layout: &'a str,
    profile: &'a str,
    #[schemars(with = "Vec<One>")]
    findings: Each<'a>,
    summary: Summary,
}

/// All findings, of which one at a time is made and written.
#[derive(Debug)]
struct Each<'a>(&'a Report, &'a Profile);

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.findings().map(|finding| one(finding, self.1)))
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct One {
    rule: &'static str,
    requirements: Vec<&'static str>,
    #[schemars(extend("enum" = ["must", "should", "may", "convention"]))]
    level: &'static str,
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    file: String,
    pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: String,
    source: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Other>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Other {
    file: String,
    pointer: String,
    message: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    error: usize,
    warning: usize,
    info: usize,
    blobs: usize,
    verified: usize,
    bytes: u64,
}

pub(super) fn document<'a>(checked: &'a Checked, profile: &'a Profile) -> Document<'a> {
    let report = &checked.report;
    Document {
        schema: "referee/check/v1",
        layout: &checked.name,
        profile: &profile.id,
        findings: Each(report, profile),
        summary: Summary {
            error: report.count(Severity::Error),
            warning: report.count(Severity::Warning),
            info: report.count(Severity::Info),
            blobs: report.blobs,
            verified: report.verified,
            bytes: report.bytes,
        },
    }
}

fn one(finding: Finding, profile: &Profile) -> One {
    let (requirements, source) = (finding.requirements(profile), finding.source(profile));
    let related = finding.related.into_iter();
    One {
        rule: finding.rule.id,
        requirements,
        level: finding.level.word(),
        severity: finding.severity.word(),
        file: finding.file,
        pointer: finding.pointer,
        line: finding.excerpt.as_ref().map(|excerpt| excerpt.line),
        column: finding.excerpt.as_ref().map(|excerpt| excerpt.column),
        message: finding.message,
        source,
        related: related.map(|Related { file, pointer, message }| Other { file, pointer, message }).collect(),
    }
}
