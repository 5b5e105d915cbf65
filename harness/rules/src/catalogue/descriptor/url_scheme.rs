use fluent_uri::Uri;
use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a url of a descriptor is neither http nor https
    ///
    /// ## What it does
    /// Finds URIs in `urls` with another scheme than http and https.
    ///
    /// ## Why it matters
    /// Few readers fetch from anywhere else.
    ///
    /// ## Example
    /// ```json
    /// {"urls": ["file:///layer.tar"]}
    /// ```
    ///
    /// ## What to do
    /// Serve the content over https.
    {
        check: Check::Document(check),
        requirements: &["DESC-007"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let Some(urls) = place.value.get("urls").filter(|urls| urls.kind() == Kind::Array) else { continue };
        for url in urls.items() {
            let Some(text) = url.as_str() else { continue };
            if let Ok(uri) = Uri::parse(&*text)
                && !["http", "https"].iter().any(|scheme| uri.scheme().as_str().eq_ignore_ascii_case(scheme))
            {
                findings.at(doc, url, format!("{} is neither http nor https", uri.scheme()));
            }
        }
    }
}
