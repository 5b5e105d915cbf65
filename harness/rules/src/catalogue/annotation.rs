//! Annotations.

pub(super) mod annotation_duplicate;
pub(super) mod annotation_key_plain;
pub(super) mod annotation_key_proposed;
pub(super) mod annotation_key_reserved;
pub(super) mod annotation_pulled_up;
pub(super) mod annotations_invalid;
pub(super) mod base_digest_invalid;
pub(super) mod created_invalid;
pub(super) mod ref_name_characters;
pub(super) mod ref_name_grammar;
pub(super) mod ref_name_misplaced;
pub(super) mod repositories_several;
