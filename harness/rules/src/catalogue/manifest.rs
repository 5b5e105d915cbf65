//! Image manifests.

pub(super) mod artifact_type_required;
pub(super) mod artifact_with_image_config;
pub(super) mod config_missing;
pub(super) mod config_type_vendor;
pub(super) mod empty_descriptor_wrong;
pub(super) mod layer_empty;
pub(super) mod layers_empty;
pub(super) mod layers_invalid;
pub(super) mod subject_absent;
pub(super) mod subject_mismatch;
