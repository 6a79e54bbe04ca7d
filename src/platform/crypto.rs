//! Keys at work: encrypted columns, blind indexes over them, and the signature under a checkpoint.
//!
//! Promises: a value opens only in the cell it was sealed for (table, row and column are authenticated), any changed bit
//! is noticed, old keys keep opening while the last key of the ring seals. Equal values seal differently; whoever must
//! look a value up stores its blind index beside it. Does not do: fetching keys (configuration hands them in), passwords,
//! hiding how long a value is.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::secrets;

/// Layout of a sealed value: version (1), key id (4, big endian), nonce (24), ciphertext with its 16-byte tag.
const VERSION: u8 = 1;
const HEADER: usize = 1 + 4;
const NONCE: usize = 24;
const TAG: usize = 16;

/// Why a key could not be read or a value not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// Too short, changed, or sealed for another cell.
    #[error("the sealed value is damaged or belongs to another row")]
    Damaged,
    /// Sealed by a later version of the program.
    #[error("the sealed value has format {0}, which this version does not know")]
    UnknownVersion(u8),
    /// Sealed with a key that the ring no longer holds.
    #[error("the keyring has no key {0}; put it back before the current one")]
    UnknownKey(u32),
    /// The configured text is not a keyring; says which part and what is expected. Never repeats the key itself.
    #[error("{0}")]
    BadKey(String),
}

/// The keys of encrypted columns: the last one seals, all of them open.
#[derive(Clone)]
pub struct Keyring {
    keys: BTreeMap<u32, [u8; 32]>,
    current: u32,
}

impl Keyring {
    /// A ring with one new random key, id 1.
    pub fn generate() -> Self {
        Self { keys: BTreeMap::from([(1, secrets::random())]), current: 1 }
    }

    /// The same ring with one more random key, which becomes current. Values sealed before still open.
    pub fn rotated(&self) -> Self {
        let id = self.keys.keys().next_back().copied().unwrap_or(0) + 1;
        let mut keys = self.keys.clone();
        keys.insert(id, secrets::random());
        Self { keys, current: id }
    }

    /// From `1:BASE64,2:BASE64`: each key 32 bytes, ids distinct, the last one current.
    ///
    /// # Errors
    /// [`CryptoError::BadKey`] names the place, not the content.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let mut keys = BTreeMap::new();
        let mut current = None;
        for (index, part) in text.split(',').map(str::trim).enumerate() {
            let place = index + 1;
            let (id, key) = part
                .split_once(':')
                .ok_or_else(|| CryptoError::BadKey(format!("Key {place} of the keyring is not written as id:base64.")))?;
            let id: u32 = id
                .trim()
                .parse()
                .map_err(|_| CryptoError::BadKey(format!("The id of key {place} of the keyring is not a whole number.")))?;
            let key = key_bytes(key, &format!("Key {place} of the keyring"))?;
            if keys.insert(id, key).is_some() {
                return Err(CryptoError::BadKey(format!("The keyring names the id {id} twice.")));
            }
            current = Some(id);
        }
        let current = current.ok_or_else(|| CryptoError::BadKey("The keyring is empty.".into()))?;
        Ok(Self { keys, current })
    }

    /// The text that [`Keyring::parse`] reads. It is the secret itself: for the configuration file only.
    pub fn format(&self) -> String {
        let one = |(id, key): (&u32, &[u8; 32])| format!("{id}:{}", STANDARD.encode(key));
        let older = self.keys.iter().filter(|(id, _)| **id != self.current).map(one);
        let current = self.keys.iter().filter(|(id, _)| **id == self.current).map(one);
        older.chain(current).collect::<Vec<_>>().join(",")
    }

    /// Which key seals now.
    pub fn current(&self) -> u32 {
        self.current
    }

    /// Every key, by its id.
    pub fn ids(&self) -> Vec<u32> {
        self.keys.keys().copied().collect()
    }

    /// The ring as it is with this key as the current one, which must be in it.
    #[must_use]
    pub fn sealing_with(&self, id: u32) -> Self {
        debug_assert!(self.keys.contains_key(&id), "a key of this ring");
        Self { keys: self.keys.clone(), current: id }
    }

    /// What everything begins with that the current key has sealed.
    pub fn mark(&self) -> Vec<u8> {
        let mut mark = vec![VERSION];
        mark.extend_from_slice(&self.current.to_be_bytes());
        mark
    }

    /// Encrypts for one cell (see [`cell`]). A fresh 192-bit nonce each time, so that random ones never meet.
    pub fn seal(&self, plaintext: &str, aad: &str) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(HEADER + NONCE + plaintext.len() + TAG);
        sealed.extend_from_slice(&self.mark());
        let bound = bound(&sealed, aad);
        let nonce: [u8; NONCE] = secrets::random();
        sealed.extend_from_slice(&nonce);
        let key = self.keys.get(&self.current).expect("every constructor puts the current key into the ring");
        let ciphertext = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plaintext.as_bytes(), aad: &bound })
            .expect("only a text of 256 GiB is too long for the cipher");
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    /// Decrypts what [`Keyring::seal`] made for the same cell.
    ///
    /// # Errors
    /// A value that was changed, moved to another cell, or sealed with a key or format that is not known here.
    pub fn open(&self, sealed: &[u8], aad: &str) -> Result<String, CryptoError> {
        let (version, id) = header(sealed)?;
        if version != VERSION {
            return Err(CryptoError::UnknownVersion(version));
        }
        let key = self.keys.get(&id).ok_or(CryptoError::UnknownKey(id))?;
        if sealed.len() < HEADER + NONCE + TAG {
            return Err(CryptoError::Damaged);
        }
        let (head, rest) = sealed.split_at(HEADER);
        let (nonce, ciphertext) = rest.split_at(NONCE);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| CryptoError::Damaged)?;
        let plaintext = XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: &bound(head, aad) })
            .map_err(|_| CryptoError::Damaged)?;
        String::from_utf8(plaintext).map_err(|_| CryptoError::Damaged)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("ids", &self.keys.keys().collect::<Vec<_>>()).field("current", &self.current).finish()
    }
}

/// The name of one cell, `table:row:column`: what a sealed value is bound to.
pub fn cell(table: &str, row: impl fmt::Display, column: &str) -> String {
    format!("{table}:{row}:{column}")
}

fn header(sealed: &[u8]) -> Result<(u8, u32), CryptoError> {
    match sealed {
        [version, a, b, c, d, ..] => Ok((*version, u32::from_be_bytes([*a, *b, *c, *d]))),
        _ => Err(CryptoError::Damaged),
    }
}

/// The header is authenticated with the cell, so that a value cannot be relabelled to another key.
fn bound(header: &[u8], aad: &str) -> Vec<u8> {
    [header, aad.as_bytes()].concat()
}

fn key_bytes(text: &str, what: &str) -> Result<[u8; 32], CryptoError> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| CryptoError::BadKey(format!("{what} is not base64.")))?;
    bytes.try_into().map_err(|_| CryptoError::BadKey(format!("{what} does not have 32 bytes.")))
}

/// The key of blind indexes. It never changes while there are rows: a new one means writing every index again.
#[derive(Clone)]
pub struct BlindKey([u8; 32]);

impl BlindKey {
    pub fn generate() -> Self {
        Self(secrets::random())
    }

    /// From base64 of 32 bytes.
    ///
    /// # Errors
    /// [`CryptoError::BadKey`], without the content.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        key_bytes(text, "The blind index key").map(Self)
    }

    /// The text that [`BlindKey::parse`] reads; for the configuration file only.
    pub fn format(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// HMAC-SHA-256 over the index's name and the value. Equal values give equal answers within one index only. The
    /// caller normalises (an address in lower case) the same way when it writes and when it looks up.
    pub fn blind(&self, index: &str, normalised: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        // The length goes first, so that no two pairs of name and value run together into the same bytes.
        mac.update(&(index.len() as u64).to_be_bytes());
        mac.update(index.as_bytes());
        mac.update(normalised.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for BlindKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindKey")
    }
}

/// The Ed25519 key that signs checkpoints over the fact chains.
#[derive(Clone)]
pub struct CheckpointKey(SigningKey);

impl CheckpointKey {
    pub fn generate() -> Self {
        Self(SigningKey::from_bytes(&secrets::random()))
    }

    /// From a PKCS#8 PEM, or from base64 of the 32-byte seed (one line, fit for an environment variable).
    ///
    /// # Errors
    /// [`CryptoError::BadKey`], without the content.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let text = text.trim();
        if text.starts_with("-----BEGIN") {
            return SigningKey::from_pkcs8_pem(text)
                .map(Self)
                .map_err(|_| CryptoError::BadKey("The checkpoint key is not an Ed25519 PKCS#8 PEM.".into()));
        }
        key_bytes(text, "The checkpoint key").map(|seed| Self(SigningKey::from_bytes(&seed)))
    }

    /// Base64 of the seed; for the configuration file only.
    pub fn format(&self) -> String {
        STANDARD.encode(self.0.to_bytes())
    }

    /// The same key as a PKCS#8 PEM, which OpenSSL reads.
    pub fn to_pem(&self) -> String {
        let pem = self.0.to_pkcs8_pem(LineEnding::LF).expect("a signing key always has a PKCS#8 form");
        pem.to_string()
    }

    /// Base64 of the 32-byte public key: what is published for others to verify with.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().to_bytes())
    }

    /// 64 bytes.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CheckpointKey").field(&self.public()).finish()
    }
}

/// Did the owner of this public key (base64) sign exactly this message? Anything malformed is simply no.
pub fn verify_signature(public: &str, message: &[u8], signature: &[u8]) -> bool {
    let Ok(public) = key_bytes(public, "The public key") else { return false };
    let Ok(public) = VerifyingKey::from_bytes(&public) else { return false };
    let Ok(signature) = Signature::from_slice(signature) else { return false };
    public.verify_strict(message, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    const CELL: &str = "organizations:0190:billing_email";

    #[test]
    fn a_sealed_value_opens_in_its_own_cell_only() {
        let ring = Keyring::generate();
        let sealed = ring.seal("billing@acme.example", CELL);

        assert_eq!(ring.open(&sealed, CELL), Ok("billing@acme.example".into()));
        assert_eq!(ring.open(&sealed, "organizations:0191:billing_email"), Err(CryptoError::Damaged));
        assert_eq!(ring.open(&sealed, "organizations:0190:hiring_email"), Err(CryptoError::Damaged));
        assert_eq!(Keyring::generate().open(&sealed, CELL), Err(CryptoError::Damaged));
    }

    #[test]
    fn equal_values_seal_differently() {
        let ring = Keyring::generate();

        assert_ne!(ring.seal("same", CELL), ring.seal("same", CELL));
    }

    #[test]
    fn every_changed_bit_and_every_cut_is_noticed() {
        let ring = Keyring::generate();
        let sealed = ring.seal("x", CELL);

        for index in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[index] ^= 1 << bit;
                assert!(ring.open(&changed, CELL).is_err(), "byte {index}, bit {bit}");
            }
            assert!(ring.open(&sealed[..index], CELL).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn relabelling_to_another_key_is_noticed_even_when_both_keys_are_equal() {
        let key = STANDARD.encode([7u8; 32]);
        let ring = Keyring::parse(&format!("1:{key},2:{key}")).expect("a ring");
        let mut sealed = ring.seal("x", CELL);

        sealed[4] = 1;

        assert_eq!(ring.open(&sealed, CELL), Err(CryptoError::Damaged));
    }

    #[test]
    fn old_keys_open_and_what_they_sealed_is_told_apart() {
        let old = Keyring::generate();
        let sealed = old.seal("kept", CELL);
        let new = old.rotated();

        assert_eq!(new.current(), 2);
        assert_eq!(new.open(&sealed, CELL), Ok("kept".into()));
        assert!(!sealed.starts_with(&new.mark()));
        assert!(new.seal("kept", CELL).starts_with(&new.mark()));
        assert!(new.sealing_with(1).seal("kept", CELL).starts_with(&old.mark()));
        assert_eq!(old.open(&new.seal("kept", CELL), CELL), Err(CryptoError::UnknownKey(2)));
    }

    #[test]
    fn another_format_is_named() {
        let ring = Keyring::generate();
        let mut sealed = ring.seal("x", CELL);
        sealed[0] = 9;

        assert_eq!(ring.open(&sealed, CELL), Err(CryptoError::UnknownVersion(9)));
    }

    #[test]
    fn a_keyring_survives_its_text_and_the_last_key_is_current() {
        let ring = Keyring::generate().rotated().rotated();
        let sealed = ring.seal("x", CELL);

        let read = Keyring::parse(&ring.format()).expect("its own text");

        assert_eq!(read.current(), 3);
        assert_eq!(read.open(&sealed, CELL), Ok("x".into()));
        let (a, b) = (STANDARD.encode([1u8; 32]), STANDARD.encode([2u8; 32]));
        let reversed = Keyring::parse(&format!("5:{a}, 2:{b}")).expect("a ring");
        assert_eq!(reversed.current(), 2);
        assert_eq!(Keyring::parse(&reversed.format()).expect("a ring").current(), 2);
    }

    #[test]
    fn bad_keyrings_are_refused_without_repeating_them() {
        let key = STANDARD.encode([1u8; 32]);
        for text in ["", "1", "x:AAAA", "1:AAAA", "1:?secret?", &format!("1:{key},1:{key}"), &format!("1:{key},")] {
            let problem = Keyring::parse(text).expect_err(text).to_string();
            assert!(!problem.contains(&key) && !problem.contains("?secret?"), "{problem}");
        }
    }

    #[test]
    fn keys_do_not_print_themselves() {
        let ring = Keyring::generate();
        let printed = format!("{ring:?} {:?} {:?}", BlindKey([7; 32]), CheckpointKey::parse(&STANDARD.encode([7u8; 32])));

        assert!(!printed.contains(ring.format().trim_start_matches("1:")));
        assert!(!printed.contains(&STANDARD.encode([7u8; 32])));
    }

    #[test]
    fn a_blind_index_finds_equals_within_one_index_only() {
        let key = BlindKey::generate();

        assert_eq!(key.blind("a", "x"), key.blind("a", "x"));
        assert_ne!(key.blind("a", "x"), key.blind("b", "x"));
        assert_ne!(key.blind("ab", "c"), key.blind("a", "bc"));
        assert_ne!(key.blind("a", "x"), BlindKey::generate().blind("a", "x"));
        assert_eq!(BlindKey::parse(&key.format()).expect("its own text").blind("a", "x"), key.blind("a", "x"));
    }

    #[test]
    fn a_checkpoint_verifies_with_the_public_key_and_nothing_else() {
        let key = CheckpointKey::generate();
        let signature = key.sign(b"head 42");

        assert!(verify_signature(&key.public(), b"head 42", &signature));
        assert!(!verify_signature(&key.public(), b"head 43", &signature));
        assert!(!verify_signature(&CheckpointKey::generate().public(), b"head 42", &signature));
        assert!(!verify_signature("not a key", b"head 42", &signature));
        assert!(!verify_signature(&key.public(), b"head 42", &signature[..63]));
    }

    #[test]
    fn a_checkpoint_key_survives_both_of_its_texts() {
        let key = CheckpointKey::generate();

        for text in [key.format(), key.to_pem()] {
            assert_eq!(CheckpointKey::parse(&text).expect("its own text").public(), key.public());
        }
        assert!(CheckpointKey::parse("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_err());
        assert!(CheckpointKey::parse("AAAA").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_sealed_comes_back(text in any::<String>(), aad in any::<String>()) {
            let ring = Keyring::generate();
            assert_eq!(ring.open(&ring.seal(&text, &aad), &aad), Ok(text));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
            assert!(Keyring::generate().open(&bytes, CELL).is_err());
        }
    }
}
