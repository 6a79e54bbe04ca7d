//! Canonical JSON (RFC 8785) and its SHA-256: the text that both sides agree on is stored word for word and hashed.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The canonical text of a value (RFC 8785: sorted keys, no spaces, shortest numbers).
///
/// Amounts go in as integers of minor units, never as floats, so that the text has one spelling.
pub fn text<T: Serialize>(value: &T) -> String {
    serde_json_canonicalizer::to_string(value).expect("our own types have string keys and finite numbers")
}

/// SHA-256 of the text, 64 lower-case hex digits.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// SHA-256 of the text, 32 bytes.
pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_spaces_gone() {
        assert_eq!(super::text(&json!({"b": 1, "a": {"d": "₹", "c": [1, 2]}})), r#"{"a":{"c":[1,2],"d":"₹"},"b":1}"#);
    }

    #[test]
    fn the_hash_is_the_texts() {
        assert_eq!(super::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
