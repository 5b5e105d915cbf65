//! JSON documents.

pub(super) mod json_duplicate_name;
pub(super) mod json_not_i_json;
pub(super) mod json_not_utf8;
pub(super) mod json_number_imprecise;
