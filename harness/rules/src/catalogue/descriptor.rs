//! Descriptors and digests.

pub(super) mod artifact_type_differs;
pub(super) mod artifact_type_invalid;
pub(super) mod data_invalid;
pub(super) mod data_mismatch;
pub(super) mod descriptor_field_unknown;
pub(super) mod descriptor_not_object;
pub(super) mod digest_algorithm_unregistered;
pub(super) mod digest_encoding_invalid;
pub(super) mod digest_invalid;
pub(super) mod document_large;
pub(super) mod media_type_invalid;
pub(super) mod size_invalid;
pub(super) mod size_mismatch;
pub(super) mod size_negative;
pub(super) mod url_invalid;
pub(super) mod url_scheme;
