use super::Host;
use web_sys::Url;

/// An address with a scheme.
pub struct Address(Url);

impl Address {
    pub fn parse(text: &str) -> Option<Self> {
        Url::new(text).ok().map(Self)
    }

    pub fn host(&self) -> Host {
        let host = self.0.hostname();
        // Of a name the last part is never a number: the standard reads that as an IP address.
        let is_number = host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if is_number && !host.is_empty() { Host::Number } else { Host::Name(host) }
    }

    /// The same address at this host.
    pub fn at(self, host: &str) -> Option<String> {
        self.0.set_hostname(host);
        (self.0.hostname() == host).then(|| self.0.href())
    }
}

/// A name in lower-case ASCII, of letters, digits and dashes between them, as long as the name system allows.
pub fn ascii(host: &str) -> Option<String> {
    // What would end a host in an address, or is decoded there, stands in no name; nor do dashes around its parts.
    let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let is_part = |part: &str| !part.starts_with('-') && !part.ends_with('-');
    if host.is_empty() || !host.chars().all(plain) || !host.split('.').all(is_part) {
        return None;
    }
    let name = Url::new(&format!("https://{host}/")).ok()?.hostname();
    let parts = name.strip_suffix('.').unwrap_or(&name);
    let fits = |part: &str| {
        (1..=63).contains(&part.len()) && is_part(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (parts.len() <= 253 && parts.split('.').all(fits)).then_some(name)
}
