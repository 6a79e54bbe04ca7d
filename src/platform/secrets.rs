//! Secrets that are handed out once: random tokens, their hashes, comparing without telling how far one got.
//!
//! Promises: a token has 256 bits from the operating system's generator; only its hash is ever stored; a wrapped secret
//! cannot slip into a log through `{:?}`. Does not do: passwords (people choose those, see `password`), encrypted
//! columns (`crypto`), lifetimes (whoever stores the hash stores when it ends).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Random bytes behind one token.
pub const TOKEN_BYTES: usize = 32;
/// Characters of a token as it stands in a link or a cookie.
pub const TOKEN_CHARS: usize = 43;

/// Holds something that must not be printed. `Debug` shows the word `Secret` and nothing of the content; there is no
/// `Display`, no serialisation, and no `==`: secrets are compared with [`same`].
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The content; the name makes every place that reads it easy to find.
    pub fn expose(&self) -> &T {
        &self.0
    }

    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A new token: 32 random bytes as 43 characters of base64url without padding, fit for links, cookies and headers.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<TOKEN_BYTES>())
}

/// Eight hexadecimal digits that nobody guesses by counting: the tail of an address that very many ask for.
pub fn tail() -> String {
    hex::encode(random::<4>())
}

/// What is stored instead of a token: SHA-256 of its characters. A token has 256 random bits, so a plain hash cannot be
/// searched backwards and needs neither salt nor stretching.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Could this be a token of ours? Spares the look-up of what cannot be one.
pub fn looks_like_token(text: &str) -> bool {
    text.len() == TOKEN_CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Equal? The time taken depends on the lengths only, never on where the first difference is.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// `N` random bytes, unpredictable.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    rand::fill(&mut bytes[..]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn tokens_are_long_distinct_and_safe_in_links() {
        let tokens: BTreeSet<String> = (0..500).map(|_| token()).collect();

        assert_eq!(tokens.len(), 500);
        assert!(tokens.iter().all(|t| looks_like_token(t)));
    }

    #[test]
    fn what_is_not_a_token_is_seen() {
        for text in
            ["", "short", &"a".repeat(44), &"a".repeat(42), &"é".repeat(43), &format!("{}=", "a".repeat(42)), &"/".repeat(43)]
        {
            assert!(!looks_like_token(text), "{text:?}");
        }
    }

    #[test]
    fn the_hash_is_sha_256_of_the_characters() {
        assert_eq!(hex::encode(hash_token("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_ne!(hash_token("abc"), hash_token("abd"));
    }

    #[test]
    fn comparing_needs_every_byte() {
        assert!(same(b"", b""));
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"abcd"));
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new("hunter2".to_owned());

        assert_eq!(format!("{secret:?}"), "Secret");
        assert_eq!(format!("{:?}", Some(&secret)), "Some(Secret)");
        assert_eq!(secret.expose(), "hunter2");
    }
}
