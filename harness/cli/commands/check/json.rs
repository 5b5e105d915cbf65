//! The contract `referee/check/v1`.
//!
//! Owns: its keys. Leaves to others: what is found.

use referee::rules::{Finding, Profile, Severity};
use schemars::JsonSchema;
use serde::Serialize;

use super::Checked;

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "referee check, version 1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "referee/check/v1"))]
    schema: &'static str,
    layout: &'a str,
    profile: &'a str,
    findings: Vec<One<'a>>,
    summary: Summary,
}

#[derive(Debug, Serialize, JsonSchema)]
struct One<'a> {
    rule: &'static str,
    requirements: Vec<&'static str>,
    #[schemars(extend("enum" = ["must", "should", "may", "convention"]))]
    level: &'static str,
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    file: &'a str,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: &'a str,
    source: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Other<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Other<'a> {
    file: &'a str,
    pointer: &'a str,
    message: &'a str,
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
        findings: report.findings.iter().map(|finding| one(finding, profile)).collect(),
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

fn one<'a>(finding: &'a Finding, profile: &Profile) -> One<'a> {
    let related = finding.related.iter();
    One {
        rule: finding.rule.id,
        requirements: finding.requirements(profile),
        level: finding.level.word(),
        severity: finding.severity.word(),
        file: &finding.file,
        pointer: &finding.pointer,
        line: finding.excerpt.as_ref().map(|excerpt| excerpt.line),
        column: finding.excerpt.as_ref().map(|excerpt| excerpt.column),
        message: &finding.message,
        source: finding.source(profile),
        related: related
            .map(|other| Other { file: &other.file, pointer: &other.pointer, message: &other.message })
            .collect(),
    }
}
