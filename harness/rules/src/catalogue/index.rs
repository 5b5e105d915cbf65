//! Image indexes, index.json among them.

pub(super) mod document_invalid;
pub(super) mod index_child_missing;
pub(super) mod index_entry_type_foreign;
pub(super) mod index_json_entry_type;
pub(super) mod index_json_is_referrer;
pub(super) mod manifests_invalid;
pub(super) mod media_type_absent;
pub(super) mod media_type_wrong;
pub(super) mod platform_features_reserved;
pub(super) mod platform_invalid;
pub(super) mod platform_missing;
pub(super) mod platform_missing_in_index_json;
pub(super) mod platform_unknown;
pub(super) mod platform_value_unknown;
pub(super) mod ref_name_duplicate;
pub(super) mod schema_version_invalid;
pub(super) mod subject_also_child;
