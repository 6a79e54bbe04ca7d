//! Where in the world an address is, as a list of places says: a file in MaxMind's format, as DB-IP Lite and GeoLite2 are. Nobody
//! is asked over the network, and nothing is kept; without a list, no place is known.

use anyhow::Context as _;
use maxminddb::{PathElement, Reader};
use std::{net::IpAddr, path::Path, sync::Arc};

/// The list of places, if there is one. It lies in memory, once; cheap to clone.
#[derive(Clone, Default)]
pub struct Places(Option<Arc<Reader<Vec<u8>>>>);

impl Places {
    /// Reads the list.
    ///
    /// # Errors
    /// Names the file that cannot be read, or is no such list.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let list = Reader::from_source(bytes)
            .with_context(|| format!("{} is no list of places in MaxMind's format (.mmdb)", path.display()))?;
        Ok(Self(Some(Arc::new(list))))
    }

    /// Did the operator name a list?
    pub fn has_list(&self) -> bool {
        self.0.is_some()
    }

    /// "Pune, India", or what of it is known.
    pub fn find(&self, address: IpAddr) -> Option<String> {
        let found = self.0.as_ref()?.lookup(address).ok()?;
        let name = |what| {
            let path = [PathElement::Key(what), PathElement::Key("names"), PathElement::Key("en")];
            found.decode_path::<String>(&path).ok().flatten().filter(|name| !name.trim().is_empty())
        };
        let known: Vec<String> = ["city", "country"].into_iter().filter_map(name).collect();
        (!known.is_empty()).then(|| known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_is_named_and_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("places.mmdb");
        let refused = |path: &Path| format!("{:#}", Places::open(path).err().expect("refused"));
        assert!(refused(&path).contains("places.mmdb cannot be read"));
        std::fs::write(&path, "Pune,India").expect("written");
        assert!(refused(&path).contains("places.mmdb is no list of places"));
    }

    #[test]
    fn without_a_list_no_place_is_known() {
        assert_eq!(Places::default().find("203.0.113.7".parse().expect("an address")), None);
        assert!(!Places::default().has_list());
    }
}
