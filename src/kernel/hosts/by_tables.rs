use super::Host;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use url::Url;

/// An address with a scheme.
pub struct Address(Url);

impl Address {
    pub fn parse(text: &str) -> Option<Self> {
        Url::parse(text).ok().map(Self)
    }

    pub fn host(&self) -> Host {
        match self.0.host() {
            Some(url::Host::Domain(name)) => Host::Name(name.to_owned()),
            Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => Host::Number,
            None => Host::Name(String::new()),
        }
    }

    /// The same address at this host.
    pub fn at(mut self, host: &str) -> Option<String> {
        self.0.set_host(Some(host)).ok()?;
        Some(self.0.into())
    }
}

/// A name in lower-case ASCII, of letters, digits and dashes between them, as long as the name system allows.
pub fn ascii(host: &str) -> Option<String> {
    let ascii = Uts46::new()
        .to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::VerifyAllowRootDot)
        .ok()?;
    Some(ascii.into_owned())
}
