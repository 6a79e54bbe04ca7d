//! Segments of other lists, and the industry of ours that each means: a reviewed table. What is not in it is not known.

use crate::kernel::labels::Industry;

/// The segment, and the list's own heading above it where the segment alone says too little.
#[rustfmt::skip]
const KNOWN: &[(&str, &str, Industry)] = &[
    ("", "automation & configuration", Industry::CloudAndInfrastructure),
    ("", "container registry", Industry::CloudAndInfrastructure),
    ("", "key management", Industry::Security),
    ("", "security & compliance", Industry::Security),
    ("", "cloud native network", Industry::CloudAndInfrastructure),
    ("", "cloud native storage", Industry::CloudAndInfrastructure),
    ("", "container runtime", Industry::CloudAndInfrastructure),
    ("", "api gateway", Industry::CloudAndInfrastructure),
    ("", "coordination & service discovery", Industry::CloudAndInfrastructure),
    ("", "remote procedure call", Industry::DeveloperTools),
    ("", "scheduling & orchestration", Industry::CloudAndInfrastructure),
    ("", "service mesh", Industry::CloudAndInfrastructure),
    ("", "service proxy", Industry::CloudAndInfrastructure),
    ("", "application definition & image build", Industry::DeveloperTools),
    ("", "continuous integration & delivery", Industry::DeveloperTools),
    ("", "database", Industry::DataAndDatabases),
    ("", "streaming & messaging", Industry::DataAndDatabases),
    ("", "certified kubernetes - distribution", Industry::CloudAndInfrastructure),
    ("", "certified kubernetes - hosted", Industry::CloudAndInfrastructure),
    ("", "certified kubernetes - installer", Industry::CloudAndInfrastructure),
    ("", "paas/container service", Industry::CloudAndInfrastructure),
    ("", "chaos engineering", Industry::Observability),
    ("", "continuous optimization", Industry::Observability),
    ("", "feature flagging", Industry::DeveloperTools),
    ("ai native infra", "observability", Industry::Observability),
    ("", "observability", Industry::Observability),
    ("", "debugging & observability", Industry::Observability),
    ("serverless", "framework", Industry::DeveloperTools),
    ("serverless", "security", Industry::Security),
    ("serverless", "tools", Industry::DeveloperTools),
    ("", "hosted platform", Industry::CloudAndInfrastructure),
    ("", "hosted platforms", Industry::CloudAndInfrastructure),
    ("", "installable platform", Industry::CloudAndInfrastructure),
    ("", "certified cnfs", Industry::Telecommunications),
    ("", "kubernetes certified service provider", Industry::ConsultingAndServices),
    ("", "kubernetes and cloud native training partner", Industry::Education),
    ("cncf members", "academic", Industry::Education),
    ("cncf members", "nonprofit", Industry::NonprofitAndPublicSector),
    ("wasm", "ai/machine learning", Industry::ArtificialIntelligence),
    ("wasm", "application frameworks", Industry::DeveloperTools),
    ("wasm", "edge/bare metal", Industry::CloudAndInfrastructure),
    ("wasm", "embedded functions", Industry::DeveloperTools),
    ("wasm", "languages", Industry::DeveloperTools),
    ("wasm", "orchestration & management", Industry::CloudAndInfrastructure),
    ("wasm", "packaging, registries & application delivery", Industry::DeveloperTools),
    ("wasm", "runtimes", Industry::DeveloperTools),
    ("wasm", "tooling", Industry::DeveloperTools),
    ("data", "data architecture", Industry::DataAndDatabases),
    ("data", "data science", Industry::DataAndDatabases),
    // Whatever stands below these headings.
    ("ai agent", "", Industry::ArtificialIntelligence),
    ("ai native infra", "", Industry::ArtificialIntelligence),
    ("inference", "", Industry::ArtificialIntelligence),
    ("training", "", Industry::ArtificialIntelligence),
];

/// The industry that a heading and a segment mean: a label of ours as it is, else by the table.
pub fn industry(heading: &str, segment: &str) -> Option<Industry> {
    for text in [heading, segment] {
        if let Some(label) = Industry::ALL.iter().find(|label| label.label().eq_ignore_ascii_case(text.trim())) {
            // A heading of another list may be spelled like a label of ours and mean more; its segment says it better.
            if segment.trim().is_empty() || text == segment {
                return Some(*label);
            }
        }
    }
    let (heading, segment) = (heading.trim().to_lowercase(), segment.trim().to_lowercase());
    let fits = |(above, part, _): &&(&str, &str, Industry)| {
        (above.is_empty() || *above == heading)
            && (part.is_empty() || *part == segment)
            && !(segment.is_empty() && !part.is_empty())
    };
    KNOWN.iter().find(fits).map(|(.., industry)| *industry)
}

/// A row of these is about the company itself: it belongs to the list's owner.
pub fn is_membership(heading: &str, segment: &str) -> bool {
    let folded = |text: &str| text.trim().to_lowercase();
    folded(heading).ends_with("members")
        && ["platinum", "gold", "silver", "academic", "nonprofit", "end user supporter and contributor"]
            .contains(&folded(segment).as_str())
}

/// A row of these is about a company that offers a service, not about a product.
pub fn is_provider(segment: &str) -> bool {
    segment.trim().eq_ignore_ascii_case("kubernetes certified service provider")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_mean_industries_and_others_mean_nothing() {
        assert_eq!(industry("Serverless", "Framework"), Some(Industry::DeveloperTools));
        assert_eq!(industry("Inference", "Framework"), Some(Industry::ArtificialIntelligence));
        assert_eq!(industry("AI Native Infra", "Observability"), Some(Industry::Observability));
        assert_eq!(industry("Provisioning", "Key Management"), Some(Industry::Security));
        assert_eq!(industry("CNCF Members", "Silver"), None);
        assert_eq!(industry("Wasm", "Decentralized Platforms"), None);
        assert_eq!(industry("gaming", ""), Some(Industry::Gaming), "a label of ours, whatever its case");
        assert_eq!(industry("", ""), None);
        assert!(is_membership("CNCF Members", "Silver") && !is_membership("Provisioning", "Silver"));
    }
}
