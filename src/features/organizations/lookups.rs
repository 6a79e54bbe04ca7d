//! What the network says about a website and a mailbox, in the words that `trust` judges: one place for every room that
//! checks applicants. Judges nothing itself, and opens no transaction: answers may take seconds.

use super::trust::{MailRoute, Reach};
use crate::platform::{
    ctx::Ctx,
    dns::{Lookup, Reached, is_public},
};

/// Does the website's name lead anywhere?
pub async fn reach(ctx: &Ctx, host: &str) -> Reach {
    let addresses = match ctx.house.lookups.resolves(host).await {
        Lookup::Found(addresses) => addresses,
        Lookup::Nothing => return Reach::Missing,
        Lookup::CouldNotCheck(why) => return Reach::Unavailable(clause(&why)),
    };
    if !addresses.iter().any(|address| is_public(*address)) {
        return Reach::PrivateOnly;
    }
    match ctx.house.reach.reaches(host).await {
        Reached::Yes(address) => Reach::Found(format!("{} answers", address.ip())),
        // The name is there, and that is what the check asks; a website may be down for an hour.
        Reached::No(why) | Reached::CouldNotCheck(why) => Reach::Found(format!("the name exists; {}", clause(&why))),
    }
}

/// Who takes a domain's mail?
pub async fn mail_route(ctx: &Ctx, domain: &str) -> MailRoute {
    match ctx.house.lookups.mail_exchangers(domain).await {
        Lookup::Found(hosts) => match hosts.into_iter().next().filter(|host| !host.is_empty()) {
            Some(host) => MailRoute::Exchanger(host),
            None => MailRoute::Refused,
        },
        Lookup::CouldNotCheck(why) => MailRoute::Unavailable(clause(&why)),
        // Without an exchanger, mail goes to the domain's own address (RFC 5321, 5.1).
        Lookup::Nothing => match ctx.house.lookups.resolves(domain).await {
            Lookup::Found(_) => MailRoute::AddressOnly,
            Lookup::Nothing => MailRoute::Missing,
            Lookup::CouldNotCheck(why) => MailRoute::Unavailable(clause(&why)),
        },
    }
}

/// Is this text published at the domain?
pub async fn publishes(ctx: &Ctx, domain: &str, text: &str) -> Lookup<bool> {
    match ctx.house.lookups.txt(domain).await {
        // Some consoles put the value between quotation marks, which then are part of it.
        Lookup::Found(texts) => Lookup::Found(texts.iter().any(|found| found.trim().trim_matches('"') == text)),
        Lookup::Nothing => Lookup::Found(false),
        Lookup::CouldNotCheck(why) => Lookup::CouldNotCheck(why),
    }
}

/// A sentence of the network's as it reads after a colon.
fn clause(sentence: &str) -> String {
    let text = sentence.trim_end_matches('.');
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_after_a_colon() {
        assert_eq!(clause("The name service did not answer in time."), "the name service did not answer in time");
        assert_eq!(clause(""), "");
    }
}
