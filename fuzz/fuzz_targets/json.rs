//! Any bytes through the JSON parser, and every value that comes of them looked at.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referee_layout::json::{Tree, Value};

fn look(value: Value<'_>) {
    let _ = (value.span(), value.text(), value.as_str(), value.pointer(), value.duplicate_names());
    value.items().for_each(look);
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok((tree, text)) = Tree::parse(bytes) {
        look(tree.root(text));
    }
});
