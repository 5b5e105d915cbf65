use fluent_uri::Uri;
use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a url of a descriptor is not a URI
    ///
    /// ## What it does
    /// Finds items of `urls` that are no strings, or no URIs by RFC 3986.
    ///
    /// ## Why it matters
    /// The content cannot be fetched from there.
    ///
    /// ## Example
    /// ```json
    /// {"urls": ["not a uri %%"]}
    /// ```
    ///
    /// ## What to do
    /// Write a whole URI, percent-encoded.
    {
        check: Check::Document(check),
        requirements: &["DESC-006"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let Some(urls) = place.value.get("urls") else { continue };
        if urls.kind() != Kind::Array {
            findings.at(doc, urls, "urls is not an array of strings");
        }
        for url in urls.items().filter(|_| urls.kind() == Kind::Array) {
            if url.as_str().is_none_or(|text| Uri::parse(&*text).is_err()) {
                findings.at(doc, url, "this is not a URI by RFC 3986");
            }
        }
    }
}
