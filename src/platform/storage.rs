//! Files: logos, documents, checkpoints. A folder today; anything that `object_store` speaks to tomorrow.
//!
//! Promises: an object is written whole or not at all; a key cannot leave the store, whatever a caller puts together; what
//! is private is read through a link that expires. Does not do: looking into files (`pictures` does), deciding who may
//! have a link, deleting.

use std::path::Path as FolderPath;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as ObjectPath;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt as _, PutOptions};
use sha2::{Digest as _, Sha256};

use super::secrets::{self, Secret};

/// What may be stored, by the ending of its key. A folder keeps no types, so that the ending is the type.
const TYPES: &[(&str, &str)] = &[
    ("bin", "application/octet-stream"),
    ("csv", "text/csv; charset=utf-8"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain; charset=utf-8"),
    ("webp", "image/webp"),
    ("zip", "application/zip"),
];
const MAX_KEY: usize = 200;

/// The name of an object: lower-case segments of letters, digits, `.`, `-` and `_`, none beginning with a dot, the last
/// one ending in a known type. `logos/ab/abcdef….png`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// The text is not a key. Nothing is read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a name of a stored file")]
pub struct BadKey;

impl Key {
    /// # Errors
    /// [`BadKey`] for everything that a key of ours never looks like: traversal, empty segments, percent signs, capitals.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let fine = |segment: &str| {
            segment.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                && segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
                && !segment.contains("..")
                && !segment.ends_with('.')
        };
        let key = Self(text.to_owned());
        if text.len() <= MAX_KEY && text.split('/').all(fine) && type_of(text).is_some() { Ok(key) } else { Err(BadKey) }
    }

    /// The key of content under its own hash: equal bytes have one key, other bytes another, so that a stored object
    /// never changes and may be cached for ever.
    ///
    /// # Errors
    /// [`BadKey`] when folder or ending are not what a key allows.
    pub fn of_content(folder: &str, bytes: &[u8], ending: &str) -> Result<Self, BadKey> {
        Self::of_hash(folder, &hex::encode(Sha256::digest(bytes)), ending)
    }

    /// The same from a SHA-256 in hex that is known already.
    ///
    /// # Errors
    /// [`BadKey`], also when the hash is not 64 lower-case hex digits.
    pub fn of_hash(folder: &str, sha256_hex: &str, ending: &str) -> Result<Self, BadKey> {
        if sha256_hex.len() != 64 || !sha256_hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(BadKey);
        }
        Self::parse(&format!("{folder}/{}/{sha256_hex}.{ending}", &sha256_hex[..2]))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The media type that the ending stands for.
    pub fn content_type(&self) -> &'static str {
        type_of(&self.0).expect("parsing refuses unknown endings")
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn type_of(key: &str) -> Option<&'static str> {
    let (_, ending) = key.rsplit_once('.')?;
    TYPES.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
}

/// One object as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub bytes: Bytes,
    pub content_type: &'static str,
}

/// Why a link does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefusal {
    #[error("This link has expired. Open the page that you had it from and follow it again.")]
    Expired,
    #[error("This link is not complete. Open the page that you had it from and follow it again.")]
    Forged,
}

/// Does the place behind the store keep a media type with each object?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Types {
    ByEnding,
    WithObject,
}

/// The store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    types: Types,
    link_key: Secret<[u8; 32]>,
}

impl Store {
    /// A folder on this machine, made when it is missing. Files are written beside their place, synced, and renamed.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn local(folder: &FolderPath, link_key: Secret<[u8; 32]>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("the files folder {} cannot be made", folder.display()))?;
        let objects = LocalFileSystem::new_with_prefix(folder)
            .with_context(|| format!("the files folder {} cannot be opened", folder.display()))?
            .with_fsync(true);
        Ok(Self { objects: Arc::new(objects), types: Types::ByEnding, link_key })
    }

    /// Keeps everything in memory: for tests.
    pub fn memory(link_key: Secret<[u8; 32]>) -> Self {
        Self::bucket(Arc::new(InMemory::new()), link_key)
    }

    /// Any other place that `object_store` speaks to and that keeps media types, a bucket for one.
    pub fn bucket(objects: Arc<dyn ObjectStore>, link_key: Secret<[u8; 32]>) -> Self {
        Self { objects, types: Types::WithObject, link_key }
    }

    /// Writes an object whole. Writing the same key again replaces it.
    ///
    /// # Errors
    /// The declared type is not the one of the key's ending, or the place refuses.
    pub async fn put(&self, key: &Key, bytes: impl Into<Bytes>, content_type: &str) -> anyhow::Result<()> {
        let bare = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        anyhow::ensure!(
            bare(content_type) == bare(key.content_type()),
            "{key} is to be written as {content_type}, but its ending stands for {}",
            key.content_type()
        );
        let mut options = PutOptions::default();
        if self.types == Types::WithObject {
            options.attributes = Attributes::from_iter([(Attribute::ContentType, key.content_type())]);
        }
        let bytes: Bytes = bytes.into();
        self.objects.put_opts(&at(key)?, bytes.into(), options).await.with_context(|| format!("{key} cannot be written"))?;
        Ok(())
    }

    /// The object, or `None` when there is none.
    ///
    /// # Errors
    /// The place cannot be read.
    pub async fn get(&self, key: &Key) -> anyhow::Result<Option<Stored>> {
        let found = match self.objects.get(&at(key)?).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(other) => return Err(other).with_context(|| format!("{key} cannot be read")),
        };
        let bytes = found.bytes().await.with_context(|| format!("{key} cannot be read"))?;
        Ok(Some(Stored { bytes, content_type: key.content_type() }))
    }

    /// # Errors
    /// The place cannot be asked.
    pub async fn exists(&self, key: &Key) -> anyhow::Result<bool> {
        match self.objects.head(&at(key)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(other) => Err(other).with_context(|| format!("{key} cannot be looked up")),
        }
    }

    /// Path and query of a private object, good until `expires_at` (whole seconds): `/files/KEY?expires=…&signature=…`.
    pub fn signed_url(&self, key: &Key, expires_at: DateTime<Utc>) -> String {
        let expires = expires_at.timestamp();
        format!("/files/{key}?expires={expires}&signature={}", hex::encode(self.signature(key, expires)))
    }

    /// Is this a link of ours, for this object, that is still good at `now`?
    ///
    /// # Errors
    /// Says which of the two it is not. A changed expiry is a forgery, not an expired link.
    pub fn verify(&self, key: &Key, expires: i64, signature: &str, now: DateTime<Utc>) -> Result<(), LinkRefusal> {
        let given = hex::decode(signature).map_err(|_| LinkRefusal::Forged)?;
        if !secrets::same(&given, &self.signature(key, expires)) {
            return Err(LinkRefusal::Forged);
        }
        if now.timestamp() >= expires { Err(LinkRefusal::Expired) } else { Ok(()) }
    }

    fn signature(&self, key: &Key, expires: i64) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.link_key.expose()).expect("HMAC takes a key of any length");
        // A key holds no line break, so that the two parts cannot run into one another.
        mac.update(format!("file-link\n{key}\n{expires}").as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn at(key: &Key) -> anyhow::Result<ObjectPath> {
    ObjectPath::parse(key.as_str()).with_context(|| format!("{key} is not a path of the object store"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_oneof, proptest};

    fn key(text: &str) -> Key {
        Key::parse(text).expect("a key")
    }

    /// A folder that goes away with the test.
    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("commdesk-storage-{}", hex::encode(secrets::random::<8>()))))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000, 0).expect("a time")
    }

    #[test]
    fn keys_that_leave_the_store_or_hide_something_are_refused() {
        for bad in [
            "",
            "/",
            "a",
            "png",
            ".png",
            "/a.png",
            "a.png/",
            "a//b.png",
            "../a.png",
            "a/../b.png",
            "a/./b.png",
            "..png",
            "a..b.png",
            "a/.hidden.png",
            "A.png",
            "a b.png",
            "a%2fb.png",
            "a\\b.png",
            "a\0.png",
            "a\n.png",
            "é.png",
            "a.exe",
            "a.html",
            "a.svg",
            "c:/a.png",
            "~/a.png",
            "a.png#1",
            "a?.png",
            "-a.png",
            "_a.png",
        ] {
            assert_eq!(Key::parse(bad), Err(BadKey), "{bad:?}");
        }
        assert!(Key::parse(&format!("{}.png", "a".repeat(MAX_KEY))).is_err());
        for good in ["a.png", "logos/ab/abcdef.png", "facts/2026/checkpoint-1.json", "a.b_c-d/e.pdf"] {
            assert!(Key::parse(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_content_key_is_the_hash() {
        let key = Key::of_content("logos", b"abc", "png").expect("a key");

        assert_eq!(key.as_str(), "logos/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.png");
        assert_eq!(key.content_type(), "image/png");
        assert!(Key::of_hash("logos", "../../etc/passwd", "png").is_err());
        assert!(Key::of_hash("..", &"a".repeat(64), "png").is_err());
    }

    #[tokio::test]
    async fn a_folder_and_a_bucket_keep_what_they_are_given() {
        let folder = Scratch::new();
        let local = Store::local(&folder.0.join("files"), Secret::new([1; 32])).expect("a store");
        for store in [local, Store::memory(Secret::new([1; 32]))] {
            let logo = key("logos/ab/abcdef.png");
            assert!(!store.exists(&logo).await.expect("asked"));
            assert_eq!(store.get(&logo).await.expect("asked"), None);

            store.put(&logo, b"first".to_vec(), "image/png").await.expect("written");
            store.put(&logo, b"second".to_vec(), "image/png").await.expect("written");

            assert!(store.exists(&logo).await.expect("asked"));
            let stored = store.get(&logo).await.expect("read").expect("there");
            assert_eq!((stored.bytes.as_ref(), stored.content_type), (b"second".as_slice(), "image/png"));
        }
        let left: Vec<_> = std::fs::read_dir(folder.0.join("files/logos/ab")).expect("read").collect();
        assert_eq!(left.len(), 1, "nothing half written stays behind");
    }

    #[tokio::test]
    async fn a_type_that_contradicts_the_ending_is_refused() {
        let store = Store::memory(Secret::new([1; 32]));

        assert!(store.put(&key("a.png"), Vec::new(), "text/html").await.is_err());
        assert!(store.put(&key("a.txt"), Vec::new(), "text/plain").await.is_ok());
        assert!(!store.exists(&key("a.png")).await.expect("asked"));
    }

    #[test]
    fn a_link_is_good_for_its_object_until_it_expires() {
        let store = Store::memory(Secret::new([1; 32]));
        let (contract, other) = (key("contracts/a.pdf"), key("contracts/b.pdf"));
        let ends = noon() + TimeDelta::minutes(10);
        let url = store.signed_url(&contract, ends);
        let (_, signature) = url.split_once("&signature=").expect("signed");
        assert!(url.starts_with(&format!("/files/contracts/a.pdf?expires={}&", ends.timestamp())));

        let at = ends.timestamp();
        assert_eq!(store.verify(&contract, at, signature, noon()), Ok(()));
        assert_eq!(store.verify(&contract, at, signature, ends - TimeDelta::seconds(1)), Ok(()));
        assert_eq!(store.verify(&contract, at, signature, ends), Err(LinkRefusal::Expired));
        assert_eq!(store.verify(&contract, at + 1, signature, noon()), Err(LinkRefusal::Forged));
        assert_eq!(store.verify(&other, at, signature, noon()), Err(LinkRefusal::Forged));
        assert_eq!(store.verify(&contract, at, "", noon()), Err(LinkRefusal::Forged));
        assert_eq!(store.verify(&contract, at, "zz", noon()), Err(LinkRefusal::Forged));
        let stranger = Store::memory(Secret::new([2; 32]));
        assert_eq!(stranger.verify(&contract, at, signature, noon()), Err(LinkRefusal::Forged));
    }

    /// Keys, what is nearly one, and anything at all.
    fn nearly_a_key() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec!["logos", "ab", "7", "/", "/", ".", "-", "_", "..", "A", "é", "%2e", "\\"]);
        let name = prop::collection::vec(pieces, 1..6).prop_map(|pieces| pieces.concat());
        let ending = prop::sample::select(vec![".png", ".json", ".exe", ""]);
        prop_oneof![(name, ending).prop_map(|(name, ending)| format!("{name}{ending}")), any::<String>()]
    }

    proptest! {
        #[test]
        fn whatever_parses_stays_below_the_folder(text in nearly_a_key()) {
            if let Ok(key) = Key::parse(&text) {
                let path = FolderPath::new(key.as_str());
                prop_assert!(path.components().all(|c| matches!(c, std::path::Component::Normal(_))));
                prop_assert!(at(&key).is_ok_and(|p| p.as_ref() == text));
            }
        }
    }
}
