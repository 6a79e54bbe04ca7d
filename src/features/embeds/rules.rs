//! Which sites may frame a community's embeds. Promises that what goes into the `frame-ancestors` of an answer is `*` or a
//! list of https origins, and nothing else.

use crate::kernel::{
    error::Refusal,
    fact::{Fact, Statement},
    fields::FieldErrors,
    ids::CommunityId,
};
use serde_json::json;

/// The most sites of one community.
pub const MOST_SITES: usize = 20;

/// Where embeds may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sites {
    Everywhere,
    /// Origins: `https://apex.example`.
    Only(Vec<String>),
}

impl Sites {
    /// Reads one site a line (or between commas); `*` alone, or nothing, is everywhere.
    ///
    /// # Errors
    /// Names the line that is no https origin.
    pub fn parse(text: &str) -> Result<Self, FieldErrors> {
        let words: Vec<&str> = text.split(['\n', ',', ' ', '\r', '\t']).map(str::trim).filter(|word| !word.is_empty()).collect();
        if words.is_empty() || words == ["*"] {
            return Ok(Self::Everywhere);
        }
        let mut origins: Vec<String> = Vec::new();
        for word in words {
            let origin = origin(word).ok_or_else(|| {
                FieldErrors::one(
                    "sites",
                    format!("“{word}” is no site. Write one a line, like https://apex.example, or * alone."),
                )
            })?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        if origins.len() > MOST_SITES {
            return Err(FieldErrors::one("sites", format!("Name at most {MOST_SITES} sites, or * for all.")));
        }
        Ok(Self::Only(origins))
    }

    /// From what is stored.
    pub fn of(stored: Option<Vec<String>>) -> Self {
        match stored {
            Some(origins) if !origins.is_empty() && origins != ["*"] => Self::Only(origins),
            _ => Self::Everywhere,
        }
    }

    /// As it is stored.
    pub fn stored(&self) -> Vec<String> {
        match self {
            Self::Everywhere => vec!["*".to_owned()],
            Self::Only(origins) => origins.clone(),
        }
    }

    /// The sources of `frame-ancestors`.
    pub fn ancestors(&self) -> String {
        self.stored().join(" ")
    }

    /// As a form shows it: one a line.
    pub fn text(&self) -> String {
        self.stored().join("\n")
    }
}

/// The origin of an https address; nothing for anything that could end a directive or name another scheme.
fn origin(word: &str) -> Option<String> {
    let url = url::Url::parse(word).or_else(|_| url::Url::parse(&format!("https://{word}"))).ok()?;
    let host = url.host_str()?;
    let plain =
        !host.is_empty() && host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let bare = url.username().is_empty() && url.password().is_none() && matches!(url.path(), "" | "/") && url.query().is_none();
    (url.scheme() == "https" && plain && bare && url.fragment().is_none()).then(|| match url.port() {
        Some(port) => format!("https://{host}:{port}"),
        None => format!("https://{host}"),
    })
}

/// A community chose where its embeds may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitesChosen {
    community: CommunityId,
    from_version: i32,
    sites: Sites,
}

/// Chooses the sites; nothing when they are those already. `seen` is the version that the editor had before them.
///
/// # Errors
/// `VERSION_CONFLICT`.
pub fn choose(community: CommunityId, seen: i32, version: i32, old: &Sites, new: Sites) -> Result<Option<SitesChosen>, Refusal> {
    if seen != version {
        return Err(Refusal::new(
            "VERSION_CONFLICT",
            "Somebody changed the sites after you opened this page. Nothing was overwritten: load the page again and compare.",
        ));
    }
    Ok((*old != new).then_some(SitesChosen { community, from_version: version, sites: new }))
}

impl SitesChosen {
    pub fn community(&self) -> CommunityId {
        self.community
    }

    pub fn from_version(&self) -> i32 {
        self.from_version
    }

    pub fn sites(&self) -> &Sites {
        &self.sites
    }
}

impl Fact for SitesChosen {
    fn statement(&self) -> Statement {
        let everywhere = self.sites == Sites::Everywhere;
        Statement {
            room: "embeds",
            name: "embed_sites_chosen",
            subject: self.community.into(),
            about: vec![],
            payload: json!({"everywhere": everywhere, "count": self.sites.stored().len(), "version": self.from_version + 1}),
            private: Some(json!({"sites": self.sites.stored()})),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn only_https_origins_reach_the_header() {
        let sites = Sites::parse("https://Apex.example/\nwww.apex.example, https://apex.example:8443 https://apex.example")
            .expect("in order");
        assert_eq!(sites.ancestors(), "https://apex.example https://www.apex.example https://apex.example:8443");
        assert_eq!(Sites::parse(" * ").expect("all"), Sites::Everywhere);
        assert_eq!(Sites::parse("").expect("all").ancestors(), "*");
        for bad in [
            "http://apex.example",
            "javascript:alert(1)",
            "https://apex.example/path",
            "https://a.example;script-src",
            "'self'",
            "https://*.example",
            "data:text/html,x",
            "localhost",
            "* https://apex.example",
        ] {
            assert!(Sites::parse(bad).is_err(), "{bad}");
        }
        let many = (0..30).map(|n| format!("https://s{n}.example")).collect::<Vec<_>>().join("\n");
        assert!(Sites::parse(&many).is_err());
    }

    #[test]
    fn a_choice_is_a_fact_once() {
        let community = CommunityId(Uuid::from_u128(1));
        let only = Sites::parse("https://apex.example").expect("in order");
        let chosen =
            choose(community, 3, 3, &Sites::Everywhere, only.clone()).expect("the newest").expect("a change").statement();
        assert!(!chosen.payload.to_string().contains("apex"));
        assert!(choose(community, 3, 3, &only, only.clone()).expect("the newest").is_none());
        assert_eq!(choose(community, 2, 3, &Sites::Everywhere, only).expect_err("old").code, "VERSION_CONFLICT");
    }
}
