//! What the network knows about a name: does it resolve, who takes its mail, what does it publish, does its website answer.
//!
//! Promises: an answer within a few seconds; "there is none" and "we could not find out" are told apart, because the
//! second must never count against anybody; nothing is ever connected to inside our own network, however its address is
//! spelled. Does not do: judging (the rules of the rooms do), reading pages (a connection is opened and closed).

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::RData;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Addresses of one name that are tried.
const ADDRESSES: usize = 4;

/// The answer to a question about a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It is there; never empty.
    Found(T),
    /// The network says that there is none.
    Nothing,
    /// Nobody could be asked, or nobody answered: in words, no judgement.
    CouldNotCheck(String),
}

/// Questions to the domain name system. Names are ASCII (punycode), without a trailing dot.
pub trait Lookups: Send + Sync {
    /// The addresses of a host, both families.
    fn resolves<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Lookup<Vec<IpAddr>>>;

    /// The hosts that take mail for a domain, the preferred one first. The only one is empty, the root, when the domain says
    /// that it takes none (RFC 7505). A domain without any may still receive mail at its own address (RFC 5321, 5.1).
    fn mail_exchangers<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>>;

    /// The texts published at a name, each put together from its parts.
    fn txt<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>>;
}

/// Does the website answer?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// Somebody accepted a connection here.
    Yes(SocketAddr),
    /// It does not, and why, in words.
    No(String),
    /// No judgement.
    CouldNotCheck(String),
}

/// Tries whether a website answers.
pub trait Reach: Send + Sync {
    /// `host` as it stands in the address of the website: a name, or an address in any spelling.
    fn reaches<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Reached>;
}

/// The resolver that this machine is configured with.
#[derive(Debug, Clone)]
pub struct SystemLookups {
    resolver: TokioResolver,
}

impl SystemLookups {
    /// Reads the machine's resolver configuration.
    ///
    /// # Errors
    /// There is none that can be read; use [`Offline`] then.
    pub fn new() -> anyhow::Result<Self> {
        let mut builder = TokioResolver::builder_tokio().context("the machine's resolver configuration cannot be read")?;
        let options = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = 1;
        Ok(Self { resolver: builder.build().context("the resolver cannot be started")? })
    }
}

impl Lookups for SystemLookups {
    fn resolves<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Lookup<Vec<IpAddr>>> {
        Box::pin(async move {
            answer(timeout(PATIENCE, self.resolver.lookup_ip(absolute(host))).await, |found| found.iter().collect())
        })
    }

    fn mail_exchangers<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>> {
        Box::pin(async move {
            answer(timeout(PATIENCE, self.resolver.mx_lookup(absolute(domain))).await, |found| {
                let hosts = found
                    .answers()
                    .iter()
                    .filter_map(|record| match &record.data {
                        RData::MX(mx) => Some((mx.preference, mx.exchange.to_ascii().trim_end_matches('.').to_ascii_lowercase())),
                        _ => None,
                    })
                    .collect();
                preferred_first(hosts)
            })
        })
    }

    fn txt<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>> {
        Box::pin(async move {
            answer(timeout(PATIENCE, self.resolver.txt_lookup(absolute(domain))).await, |found| {
                found
                    .answers()
                    .iter()
                    .filter_map(|record| match &record.data {
                        RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
                        _ => None,
                    })
                    .collect()
            })
        })
    }
}

/// Hosts by their preference. Beside others the root, which takes no mail, means nothing.
fn preferred_first(mut hosts: Vec<(u16, String)>) -> Vec<String> {
    if hosts.iter().any(|(_, host)| !host.is_empty()) {
        hosts.retain(|(_, host)| !host.is_empty());
    }
    hosts.sort();
    hosts.into_iter().map(|(_, host)| host).collect()
}

/// With the dot, so that the machine's search domains are not tried after it.
fn absolute(name: &str) -> String {
    match name.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => format!("{}.", name.trim_end_matches('.')),
    }
}

fn answer<R, T>(
    asked: Result<Result<R, NetError>, tokio::time::error::Elapsed>,
    read: impl FnOnce(R) -> Vec<T>,
) -> Lookup<Vec<T>> {
    match asked {
        Ok(Ok(found)) => {
            let found = read(found);
            if found.is_empty() { Lookup::Nothing } else { Lookup::Found(found) }
        }
        Ok(Err(problem)) if problem.is_no_records_found() => Lookup::Nothing,
        // A name that cannot be written in the protocol does not exist.
        Ok(Err(NetError::Proto(_))) => Lookup::Nothing,
        Ok(Err(NetError::Timeout)) | Err(_) => Lookup::CouldNotCheck("The name service did not answer in time.".into()),
        Ok(Err(_)) => Lookup::CouldNotCheck("The name service could not be asked.".into()),
    }
}

/// Opens a connection to the website's ports and closes it again.
#[derive(Clone)]
pub struct DirectReach {
    lookups: Arc<dyn Lookups>,
}

impl DirectReach {
    pub fn new(lookups: Arc<dyn Lookups>) -> Self {
        Self { lookups }
    }

    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Reached> {
        let nothing = || Reached::No("This name leads nowhere. Check how it is spelled.".into());
        match url::Host::parse(host.trim()) {
            Ok(url::Host::Ipv4(address)) => Ok(vec![address.into()]),
            Ok(url::Host::Ipv6(address)) => Ok(vec![address.into()]),
            Ok(url::Host::Domain(name)) if is_inside_name(&name) => Err(inside()),
            Ok(url::Host::Domain(name)) => match self.lookups.resolves(&name).await {
                Lookup::Found(addresses) => Ok(addresses),
                Lookup::Nothing => Err(nothing()),
                Lookup::CouldNotCheck(why) => Err(Reached::CouldNotCheck(why)),
            },
            Err(_) => Err(nothing()),
        }
    }
}

impl Reach for DirectReach {
    fn reaches<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Reached> {
        Box::pin(async move {
            let addresses = match self.addresses(host).await {
                Ok(addresses) => addresses,
                Err(answer) => return answer,
            };
            // One inside address is enough to refuse: a name that leads both ways is trying something.
            if addresses.is_empty() || !addresses.iter().all(|address| is_public(*address)) {
                return inside();
            }
            let doors =
                addresses.into_iter().take(ADDRESSES).flat_map(|address| [443, 80].map(|port| SocketAddr::new(address, port)));
            knock(doors.collect()).await
        })
    }
}

fn inside() -> Reached {
    Reached::No("This leads to a private address, which nobody outside can open. Give the public address of the website.".into())
}

/// Tries all doors side by side. The connection goes to the address that was checked, never to
/// the name again: a second look-up could answer differently.
async fn knock(doors: Vec<SocketAddr>) -> Reached {
    let mut tries: FuturesUnordered<_> =
        doors.into_iter().map(|to| async move { (to, timeout(PATIENCE, TcpStream::connect(to)).await) }).collect();
    let mut refused = false;
    let mut late = false;
    while let Some((to, tried)) = tries.next().await {
        match tried {
            Ok(Ok(_)) => return Reached::Yes(to),
            Ok(Err(problem)) => refused |= matches!(problem.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset),
            Err(_) => late = true,
        }
    }
    if refused {
        Reached::No("The name exists, but no website answers there.".into())
    } else if late {
        // A firewall on our side looks exactly like a dead website, so that silence is not held against anybody.
        Reached::CouldNotCheck("The website did not answer within 3 seconds.".into())
    } else {
        Reached::CouldNotCheck("There is no way to the website from here.".into())
    }
}

/// Names that never lead outside (RFC 6761, RFC 6762, RFC 8375, and `internal`, which ICANN reserved).
fn is_inside_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    ["localhost", "local", "internal", "home.arpa", "test", "invalid", "onion"]
        .iter()
        .any(|inside| name == *inside || name.strip_suffix(inside).is_some_and(|rest| rest.ends_with('.')))
}

/// Is this an address of the public internet? False for everything in the IANA special-purpose registries that is not
/// globally reachable, and for IPv6 addresses that carry an IPv4 address within them.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const INSIDE: &[([u8; 4], u8)] = &[
        ([0, 0, 0, 0], 8),       // this network
        ([10, 0, 0, 0], 8),      // private
        ([100, 64, 0, 0], 10),   // carrier-grade NAT
        ([127, 0, 0, 0], 8),     // loopback
        ([169, 254, 0, 0], 16),  // link-local, and the clouds' metadata services
        ([172, 16, 0, 0], 12),   // private
        ([192, 0, 0, 0], 24),    // protocol assignments
        ([192, 0, 2, 0], 24),    // documentation
        ([192, 88, 99, 0], 24),  // 6to4 relays, retired
        ([192, 168, 0, 0], 16),  // private
        ([198, 18, 0, 0], 15),   // benchmarks
        ([198, 51, 100, 0], 24), // documentation
        ([203, 0, 113, 0], 24),  // documentation
        ([224, 0, 0, 0], 4),     // multicast
        ([240, 0, 0, 0], 4),     // reserved, and broadcast
    ];
    let bits = u32::from(address);
    !INSIDE.iter().any(|(network, length)| (bits ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    const INSIDE: &[(u128, u8)] = &[
        (0x2001 << 112, 23),     // protocol assignments: Teredo, ORCHID, benchmarks
        (0x2001_0db8 << 96, 32), // documentation
        (0x2002 << 112, 16),     // 6to4: an IPv4 address in disguise
        (0x3fff << 112, 20),     // documentation
    ];
    let bits = u128::from(address);
    // Only 2000::/3 is handed out. That leaves out loopback, mapped and compatible IPv4, NAT64, discard, unique local,
    // link-local, site-local, segment routing and multicast.
    bits >> 125 == 0b001 && !INSIDE.iter().any(|(network, length)| (bits ^ network) >> (128 - length) == 0)
}

/// There is no network, and it says so: for machines that shall not ask anybody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

const OFFLINE: &str = "This server works without a network, so that it could not be looked up.";

impl Lookups for Offline {
    fn resolves<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, Lookup<Vec<IpAddr>>> {
        Box::pin(async { Lookup::CouldNotCheck(OFFLINE.into()) })
    }

    fn mail_exchangers<'a>(&'a self, _domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>> {
        Box::pin(async { Lookup::CouldNotCheck(OFFLINE.into()) })
    }

    fn txt<'a>(&'a self, _domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>> {
        Box::pin(async { Lookup::CouldNotCheck(OFFLINE.into()) })
    }
}

impl Reach for Offline {
    fn reaches<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, Reached> {
        Box::pin(async { Reached::CouldNotCheck(OFFLINE.into()) })
    }
}

/// A network of known names, for tests and the demo: what is not put in does not exist.
#[derive(Debug, Clone, Default)]
pub struct Fixed {
    hosts: BTreeMap<String, Vec<IpAddr>>,
    exchangers: BTreeMap<String, Vec<String>>,
    texts: BTreeMap<String, Vec<String>>,
    websites: BTreeMap<String, Reached>,
}

impl Fixed {
    pub fn new() -> Self {
        Self::default()
    }

    /// An ordinary company: its name resolves, takes mail and has a website.
    pub fn company(self, domain: &str) -> Self {
        let address = IpAddr::from([93, 184, 215, 14]);
        self.host(domain, [address])
            .mail(domain, [&format!("mx.{domain}")])
            .website(domain, Reached::Yes(SocketAddr::new(address, 443)))
    }

    pub fn host(mut self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.hosts.insert(name.to_ascii_lowercase(), addresses.into_iter().collect());
        self
    }

    pub fn mail<'h>(mut self, domain: &str, hosts: impl IntoIterator<Item = &'h (impl AsRef<str> + ?Sized + 'h)>) -> Self {
        self.exchangers.insert(domain.to_ascii_lowercase(), hosts.into_iter().map(|h| h.as_ref().to_owned()).collect());
        self
    }

    pub fn text(mut self, domain: &str, text: &str) -> Self {
        self.texts.entry(domain.to_ascii_lowercase()).or_default().push(text.to_owned());
        self
    }

    pub fn website(mut self, host: &str, answer: Reached) -> Self {
        self.websites.insert(host.to_ascii_lowercase(), answer);
        self
    }

    fn known<T: Clone>(map: &BTreeMap<String, Vec<T>>, name: &str) -> Lookup<Vec<T>> {
        match map.get(&name.trim_end_matches('.').to_ascii_lowercase()) {
            Some(found) if !found.is_empty() => Lookup::Found(found.clone()),
            _ => Lookup::Nothing,
        }
    }
}

impl Lookups for Fixed {
    fn resolves<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Lookup<Vec<IpAddr>>> {
        Box::pin(async move { Self::known(&self.hosts, host) })
    }

    fn mail_exchangers<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>> {
        Box::pin(async move { Self::known(&self.exchangers, domain) })
    }

    fn txt<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Lookup<Vec<String>>> {
        Box::pin(async move { Self::known(&self.texts, domain) })
    }
}

impl Reach for Fixed {
    fn reaches<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Reached> {
        Box::pin(async move {
            let known = self.websites.get(&host.to_ascii_lowercase()).cloned();
            known.unwrap_or_else(|| Reached::No("This name leads nowhere. Check how it is spelled.".into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use tokio::net::TcpListener;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap_or_else(|_| panic!("{text} is an address")))
    }

    #[test]
    fn inside_addresses_are_told_from_public_ones_at_every_edge() {
        for inside in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "ffff::1",
            "4000::1",
            "1fff::1",
        ] {
            assert!(!public(inside), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "3ffe::1",
            "3fff:1000::1",
        ] {
            assert!(public(outside), "{outside}");
        }
    }

    #[tokio::test]
    async fn no_spelling_of_an_inside_host_is_knocked_at() {
        let reach = DirectReach::new(Arc::new(Fixed::new()));
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "printer.local",
            "db.internal",
            "nas.home.arpa",
            "x.test",
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "0177.0.0.1",
            "0x7f.0.0.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0",
            "0.0.0.0",
            "10.1",
            "192.168.257",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:7f00:0001]",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::127.0.0.1]",
            "[2002:7f00:1::]",
            "１２７.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "127.0.0.1.",
            "ⓛocalhost",
        ] {
            assert_eq!(reach.reaches(host).await, inside(), "{host}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_even_when_it_also_leads_outside() {
        let network = Fixed::new()
            .host("inside.example", [IpAddr::from([10, 0, 0, 7])])
            .host("both.example", [IpAddr::from([8, 8, 8, 8]), IpAddr::from([127, 0, 0, 1])])
            .host("mapped.example", ["::ffff:10.0.0.1".parse().expect("an address")]);
        let reach = DirectReach::new(Arc::new(network));

        for host in ["inside.example", "both.example", "mapped.example"] {
            assert_eq!(reach.reaches(host).await, inside(), "{host}");
        }
        assert!(matches!(reach.reaches("missing.example").await, Reached::No(_)));
        for broken in ["", " ", "a b", "http://x", "user@x", "[::1", "x/y", "256.256.256.256"] {
            assert!(matches!(reach.reaches(broken).await, Reached::No(_)), "{broken:?}");
        }
    }

    #[tokio::test]
    async fn without_a_network_nothing_is_held_against_anybody() {
        let reach = DirectReach::new(Arc::new(Offline));

        assert!(matches!(reach.reaches("acme.example").await, Reached::CouldNotCheck(_)));
        assert!(matches!(Offline.reaches("acme.example").await, Reached::CouldNotCheck(_)));
        assert!(matches!(Offline.txt("acme.example").await, Lookup::CouldNotCheck(_)));
        assert!(matches!(Offline.mail_exchangers("acme.example").await, Lookup::CouldNotCheck(_)));
    }

    #[tokio::test]
    async fn an_open_door_is_found_and_a_shut_one_told() {
        let open = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let shut = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (open_at, shut_at) = (open.local_addr().expect("its address"), shut.local_addr().expect("its address"));
        drop(shut);

        assert_eq!(knock(vec![shut_at, open_at]).await, Reached::Yes(open_at));
        assert!(matches!(knock(vec![shut_at]).await, Reached::No(_)));
        assert!(matches!(knock(vec![]).await, Reached::CouldNotCheck(_)));
    }

    #[tokio::test]
    async fn a_silent_name_server_is_no_judgement() {
        use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
        use hickory_resolver::net::runtime::TokioRuntimeProvider;

        let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let mut udp = ConnectionConfig::udp();
        udp.port = silent.local_addr().expect("its address").port();
        let server = NameServerConfig::new(IpAddr::from([127, 0, 0, 1]), true, vec![udp]);
        let config = ResolverConfig::from_parts(None, vec![], vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().timeout = Duration::from_millis(50);
        builder.options_mut().attempts = 1;
        let lookups = SystemLookups { resolver: builder.build().expect("a resolver") };

        assert!(matches!(lookups.resolves("acme.example").await, Lookup::CouldNotCheck(_)));
        assert!(matches!(lookups.mail_exchangers("acme.example").await, Lookup::CouldNotCheck(_)));
        assert!(matches!(lookups.txt("acme.example").await, Lookup::CouldNotCheck(_)));
        assert_eq!(lookups.resolves(&"x".repeat(80)).await, Lookup::Nothing);
    }

    #[tokio::test]
    async fn a_fixed_network_knows_what_it_was_told() {
        let network = Fixed::new().company("acme.example").text("acme.example", "commdesk=1").text("acme.example", "v=spf1 -all");

        assert!(matches!(network.resolves("ACME.example").await, Lookup::Found(_)));
        assert_eq!(network.mail_exchangers("acme.example").await, Lookup::Found(vec!["mx.acme.example".into()]));
        assert_eq!(network.txt("acme.example").await, Lookup::Found(vec!["commdesk=1".into(), "v=spf1 -all".into()]));
        assert!(matches!(network.reaches("acme.example").await, Reached::Yes(_)));
        assert_eq!(network.resolves("other.example").await, Lookup::Nothing);
        assert!(matches!(network.reaches("other.example").await, Reached::No(_)));
    }

    #[test]
    fn the_root_alone_takes_no_mail() {
        let of = |hosts: &[(u16, &str)]| preferred_first(hosts.iter().map(|(rank, host)| (*rank, (*host).to_owned())).collect());
        assert_eq!(of(&[(0, "")]), [""]);
        assert_eq!(of(&[(20, "b.example"), (0, ""), (10, "c.example")]), ["c.example", "b.example"]);
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn names_are_asked_for_as_they_stand() {
        assert_eq!(absolute("acme.example"), "acme.example.");
        assert_eq!(absolute("acme.example."), "acme.example.");
        assert_eq!(absolute("8.8.8.8"), "8.8.8.8");
    }

    proptest! {
        #[test]
        fn an_ipv4_address_carried_in_ipv6_is_never_public(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            let low = u128::from(bits);
            for prefix in [0u128, 0xffff << 32, 0xffff << 48, 0x0064_ff9b << 96, 0x0064_ff9b_0001u128 << 80] {
                prop_assert!(!is_public(Ipv6Addr::from(prefix | low).into()), "{v4}");
            }
            prop_assert!(!is_public(Ipv6Addr::from((0x2002u128 << 112) | (low << 80)).into()));
            prop_assert!(!is_public(Ipv6Addr::from((0x2001u128 << 112) | low).into()));
        }

        #[test]
        fn whatever_the_standard_library_calls_inside_is_not_public(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_broadcast() || v4.is_documentation() || v4.is_multicast() || v4.is_unspecified() {
                prop_assert!(!is_public(v4.into()));
            }
        }

        #[test]
        fn every_spelling_of_an_address_is_judged_as_the_address(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            let [a, b, c, d] = v4.octets();
            for spelled in [format!("{bits}"), format!("0x{bits:x}"), format!("0{bits:o}"), format!("{a}.{}", bits & 0xff_ffff), format!("0x{a:x}.0{b:o}.{c}.{d}")] {
                let parsed = url::Host::parse(&spelled);
                prop_assert_eq!(parsed, Ok(url::Host::Ipv4(v4)), "{}", spelled);
            }
        }
    }
}
