use referee_spec::annotation::REF_NAME;

use crate::declare::{Canonical, Check, DECLARED};
use crate::doc::{Doc, DocKind, Slot};
use crate::finding::Findings;

declare_rule! {
    /// ref.name does not match the grammar of image-spec
    ///
    /// ## What it does
    /// Finds names in index.json that are not components of letters and digits, joined by one of `-._:@+` or by
    /// `--`, with `/` between them. The text gives the grammar and no longer demands it; the fallback tags of some
    /// digests do not fit it.
    ///
    /// ## Why it matters
    /// Some readers refuse such names.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "a__b"}}
    /// ```
    ///
    /// ## What to do
    /// Choose another name, if you can.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-022", "ANNOT-024", "ANNOT-025"],
        levels: DECLARED,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in doc.annotations().filter(|annotation| annotation.is(REF_NAME)) {
        let entry = doc.kind == DocKind::IndexJson && matches!(annotation.slot, Some(Slot::Entry(_)));
        let Some(name) = annotation.value.as_str().filter(|_| entry) else { continue };
        let charset = name.chars().all(|c| c.is_ascii_alphanumeric() || "-._:@/+".contains(c));
        if charset && !name.split('/').all(is_component) {
            findings.at(
                doc,
                annotation.value,
                format!("{name:?} is not of the form that image-spec gives for names"),
            );
        }
    }
}

/// Letters and digits, joined by one separator or by `--`.
fn is_component(text: &str) -> bool {
    let joined = text.replace("--", "-");
    // three dashes are not two separators
    !text.contains("---") && joined.split(['-', '.', '_', ':', '@', '+']).all(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_component;

    #[test]
    fn vectors() {
        for good in ["v1.0", "a--b", "alpine:3.11", "sha256-b64u-LCa0", "1@2"] {
            assert!(is_component(good), "{good}");
        }
        for bad in ["", "a__b", "v1.", "@sha256:a", "a---b", "sha256-b64-abcd-", "sha256-b64-_abc", "a-.b"] {
            assert!(!is_component(bad), "{bad}");
        }
    }
}
