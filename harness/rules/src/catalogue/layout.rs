//! The directory: `oci-layout`, index.json, blobs, and archives of them.

pub(super) mod archive_broken;
pub(super) mod archive_member_odd;
pub(super) mod blob_digest_mismatch;
pub(super) mod blob_link_outside;
pub(super) mod blob_missing;
pub(super) mod blob_name_invalid;
pub(super) mod blob_not_a_file;
pub(super) mod blob_path_stray;
pub(super) mod blobs_missing;
pub(super) mod file_unreadable;
pub(super) mod index_json_invalid;
pub(super) mod index_json_missing;
pub(super) mod layout_version_unknown;
pub(super) mod oci_layout_invalid;
pub(super) mod oci_layout_missing;
