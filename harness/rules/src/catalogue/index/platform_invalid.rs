use referee_layout::json::{Kind, Value};

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a platform lacks architecture or os, or a field is of another type
    ///
    /// ## What it does
    /// Finds `platform` objects without the strings `architecture` and `os`, with another optional field of the wrong
    /// type, and platforms that are no objects.
    ///
    /// ## Why it matters
    /// Both are required as soon as there is a platform, and many readers refuse a whole document for one field.
    ///
    /// ## Example
    /// ```json
    /// {"platform": {"architecture": "amd64"}}
    /// ```
    ///
    /// ## What to do
    /// Write both, and the others as image-spec has them; or leave the platform out.
    {
        check: Check::Document(check),
        requirements: &["INDEX-012"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let Some(platform) = place.value.get("platform") else { continue };
        let lacks = |name: &&&str| platform.get(name).is_none_or(|value| value.kind() != Kind::String);
        if let Some(name) = ["architecture", "os"].iter().find(lacks) {
            findings.at(doc, platform, format!("this platform has no {name} that is a string"));
            continue;
        }
        for name in ["variant", "os.version"] {
            if let Some(value) = platform.get(name).filter(|value| value.kind() != Kind::String) {
                findings.at(doc, value, format!("{name} is not a string"));
            }
        }
        let strings = |list: &Value<'_>| {
            list.kind() == Kind::Array && list.items().all(|item| item.kind() == Kind::String)
        };
        if let Some(value) = platform.get("os.features").filter(|value| !strings(value)) {
            findings.at(doc, value, "os.features is not an array of strings");
        }
    }
}
