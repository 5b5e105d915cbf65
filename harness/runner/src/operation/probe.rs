//! The cases of `tools check`: each capability used once.
//!
//! Owns: what all probes share. Leaves to others: each capability's own content and steps, and running them
//! ([`crate::tools::probe`]).

use super::Capability;

/// An image with a tag.
pub(super) const IMAGE: &str = r#"
[[content]]
name = "image"
kind = "image"
tag = "v1"
"#;

/// A referrer of it.
pub(super) const SBOM: &str = r#"
[[content]]
name = "sbom"
kind = "artifact"
subject = "image"
artifact-type = "application/vnd.example.sbom"
annotations = { "com.example.k" = "v" }
"#;

/// The referrer is attached.
pub(super) const ATTACH: &str = r#"
[[step]]
role = "producer"
op = "attach"
content = "sbom"
"#;

/// The referrer is attached in a registry.
pub(super) const REGISTRY_ATTACH: &str = r#"
[[step]]
role = "producer"
op = "registry-attach"
content = "sbom"
"#;

/// The image is uploaded.
pub(super) const UPLOAD: &str = r#"
[[step]]
role = "copier"
op = "upload"
source = "image"
"#;

/// The registry tells what it holds.
pub(super) const ANSWER: &str = r#"
[[step]]
role = "registry"
op = "answer"
subject = "image"
expect = ["sbom"]
"#;

const HEAD: &str = r#"
schema = 1
id = "probe"
title = "A probe"
status = "stable"
level = "info"
req = ["REF-01"]
"#;

/// The whole case of a capability.
pub(super) fn case(capability: &Capability) -> String {
    [HEAD].iter().chain(capability.probe).copied().collect()
}
