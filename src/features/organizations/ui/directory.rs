//! `/directory` and what `/directory/:slug` shows of an organization: who sponsors and partners, for everybody.

use super::fields::{BrandPicture, Swatches, tone};
use crate::{
    features::{
        blocks::ui::BlockThem,
        organizations::{
            rules::{
                products::Product,
                search::{DirectoryFacet, DirectoryQuery},
            },
            server_fns,
            views::{DirectoryView, OrganizationCard, OrganizationView, within},
        },
    },
    kernel::{
        actor::VerificationStatus,
        labels::Region,
        markup::Markup,
        text::{few, isolated},
    },
    ui::{
        compare::{self, Comparing},
        form::{PostForm, Submit, TextField},
        found::{Described, LinkedData, breadcrumbs, graph},
        page::{Show, acting, fetched, shown_over_with},
        parts::{Icon, Logo, Notice, PageHead, Pill, put_icon, put_logo},
        search::{
            Along, Beside, Keeps, ListFound, Listed, Nothing, OnRow, Page, Searching, Suggested, Total, address, asked,
            search_field,
        },
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde_json::{Value, json};
use std::sync::Arc;

const PATH: &str = "/directory";
const SEARCHING: Searching = Searching { path: PATH, label: "Search sponsors", placeholder: "Company, technology or industry" };
const NOTHING: Nothing = Nothing {
    fits: ("Nobody fits this search", "Try fewer words, another spelling, or a technology instead of a name."),
    is_there: ("Nobody is listed yet", "The first verified sponsor will stand here. It could be you."),
    icon: "building",
};
pub const COMPARING: Comparing = Comparing {
    path: PATH,
    list: "the directory",
    many: "Sponsors and partners",
    about: "What sponsors and partners work on, where, and what they have supported.",
    icon: NOTHING.icon,
};

#[component]
pub fn DirectoryPage(
    /// What the reader keeps: their searches, and whom they watch.
    beside: fn() -> Keeps,
) -> impl IntoView {
    let acting = acting();
    let beside = beside();
    let asked = asked::<DirectoryFacet>();
    let along = compare::along(acting);
    let pressed = compare::choosing(along);
    let loaded =
        fetched(move || (asked.get().query(), acting.get()), |(query, workspace)| server_fns::directory(query, workspace));
    view! {
        <Title text="Sponsors and partners"/>
        <Described path="/directory" title="Sponsors and partners" text="Verified sponsors and partners of developer communities, with what they work on and what they have supported."/>
        <div class="center stack" on:click=pressed>
            <PageHead title="Sponsors and partners" sub="Who stands behind developer events. Every profile was checked by a person, or added by a community.">
                <a class="button button--primary" href="/become-sponsor">"Become a sponsor"</a>
                {move || {
                    let acting = acting.get().unwrap_or_default();
                    acting.starts_with("community:").then(|| view! { <a class="button" href=within("/directory/add", &acting)>"Add one that is missing"</a> })
                }}
            </PageHead>
            {search_field(SEARCHING, asked, along, suggest)}
            {shown_over_with(loaded, move || beside(), move |found: Arc<DirectoryView>, beside| {
                view! { <Results found along beside/> }
            })}
        </div>
    }
}

fn suggest(text: String, workspace: Option<String>) -> Suggested {
    Box::pin(server_fns::suggest(text, workspace))
}

impl Listed for DirectoryView {
    type Facet = DirectoryFacet;
    type Row = OrganizationCard;

    fn found(&self) -> ListFound<'_, OrganizationCard> {
        ListFound {
            query: &self.query,
            facets: &self.facets,
            items: &self.items,
            total: Total { count: self.total, is_capped: self.total_capped },
            said_instead: self.said_instead.as_deref(),
            said_begun: &self.said_begun,
            without: &self.without,
            previous: self.previous_cursor.as_deref(),
            next: self.next_cursor.as_deref(),
        }
    }
}

fn shown(page: &Page<DirectoryView>, along: &Along) -> AnyView {
    let list = page.list(along);
    if list.is_empty() {
        let ways = view! {
            <a class="button button--primary" href=address(PATH, &DirectoryQuery::default(), along)>"Show everybody"</a>
            <a class="button" href=within("/directory/add", &along.acting)>"Add it for your community"</a>
        };
        return list.nothing(NOTHING, ways.into_any());
    }
    let said = if page.found.similar && page.found.said_instead.is_none() {
        format!("Nobody has the words “{}”. Spelled alike: {}", page.query.text, list.found.total.label())
    } else {
        list.said("organization", "organizations", "Nobody")
    };
    let question = page.query.query();
    let put = |to: &mut Markup, card: &OrganizationCard, first: bool, keeps: Option<&OnRow>| {
        put_row(to, card, first, &question, along, keeps);
    };
    list.shown(said, Some(COMPARING.tools(&question, along)), put)
}

#[component]
fn Results(
    found: Arc<DirectoryView>,
    along: Memo<Along>,
    /// For whoever keeps something.
    beside: Option<Beside>,
) -> impl IntoView {
    let closed = (!found.closed.is_empty()).then(|| {
        view! {
            <Notice tone="info" title="Not everything that was asked for is open to you">
                <p>"What organizations give, and how much, is for approved communities. Sign in for yours to narrow by it."</p>
            </Notice>
        }
    });
    let page = Page::new(PATH, found, beside);
    let now = along.get_untracked();
    let list = page.list(&now);
    let (narrowing, above) = (list.narrowing(along), list.above(along));
    view! {
        {narrowing}
        {above}
        {closed}
        // Whom one compares is chosen on the page that is there: nothing is asked for again.
        {move || shown(&page, &along.get())}
    }
}

/// A row of the list that a question shows, with what stands on it for whoever keeps something.
fn put_row(to: &mut Markup, card: &OrganizationCard, first: bool, question: &str, along: &Along, keeps: Option<&OnRow>) {
    to.put(r#"<li class="result" id="row-{}">"#, &[&card.slug]);
    put_logo(to, &card.display_name, card.logo_url.as_deref(), first);
    to.put(r#"<div class="result__body"><h2 class="result__name">"#, &[]);
    put_name(to, card, &along.acting);
    to.put("</h2>", &[]);
    if !card.short_description.is_empty() {
        to.put(r#"<p class="result__text" dir="auto">{}</p>"#, &[&card.short_description]);
    }
    to.put(r#"<ul class="tags">"#, &[]);
    put_tags(to, card);
    to.put(r#"</ul><div class="result__tools">"#, &[]);
    COMPARING.put_choice(to, &card.slug, &card.display_name, question, along);
    if let Some(keeps) = keeps {
        keeps(to, card.id.0, &card.display_name);
    }
    to.put(r#"</div></div><dl class="result__facts">"#, &[]);
    put_facts(to, card);
    to.put("</dl></li>", &[]);
}

fn put_name(to: &mut Markup, card: &OrganizationCard, acting: &str) {
    let href = within(&format!("{PATH}/{}", card.slug), acting);
    to.put(r#"<a class="card__link" href="{}"><bdi>{}</bdi></a>"#, &[&href, &card.display_name]);
    if card.verification_status == VerificationStatus::Verified {
        to.put(r#"<span class="result__mark tone-success">"#, &[]);
        put_icon(to, "check-circle", true);
        to.put("Verified</span>", &[]);
    }
}

fn put_tags(to: &mut Markup, card: &OrganizationCard) {
    const MOST: usize = 5;
    for tag in std::iter::once(&card.industry).chain(card.technologies.iter().take(MOST)) {
        to.put(r#"<li class="tag"><bdi>{}</bdi></li>"#, &[tag]);
    }
    let more = card.technologies.len().saturating_sub(MOST);
    if more > 0 {
        to.put(r#"<li class="tag">+{}</li>"#, &[&more.to_string()]);
    }
}

fn put_facts(to: &mut Markup, card: &OrganizationCard) {
    let supports = match (card.events_sponsored_count, card.communities_supported_count) {
        (0, _) => "No event yet".to_owned(),
        (1, _) => "1 event".to_owned(),
        (events, 1) => format!("{events} events of 1 community"),
        (events, communities) => format!("{events} events of {communities} communities"),
    };
    let regions = if card.supported_regions.iter().any(|region| region == Region::Global.label()) {
        "Anywhere".to_owned()
    } else {
        few(&card.supported_regions, 2)
    };
    let gives: Vec<&str> = card.available_sponsorship_types.iter().flatten().map(|kind| kind.label()).collect();
    let gives = few(&gives, 2);
    let budget = card.budget_range.as_ref().map(|budget| budget.label.as_str()).unwrap_or_default();
    for (term, text) in [
        ("Supports", supports.as_str()),
        ("Works in", regions.as_str()),
        ("Gives", gives.as_str()),
        ("Budget", budget),
        ("Joined as", card.entity_type.as_str()),
    ] {
        if !text.is_empty() {
            to.put("<div><dt>{}</dt><dd>{}</dd></div>", &[term, text]);
        }
    }
}

/// What a reader may see of an organization. The page around it (with what it supports) is the partners room's.
#[component]
pub fn OrganizationProfile(
    organization: OrganizationView,
    /// The events that it supports.
    support: AnyView,
    /// The way to asking to join; by slug.
    join: Show<String>,
    /// The button that watches it.
    watch: AnyView,
) -> impl IntoView {
    let o = organization;
    let acting = acting();
    let (added, invited) = use_query_map().with_untracked(|query| (query.get("added").is_some(), query.get("invited").is_some()));
    let list = |title: &'static str, words: Vec<String>| {
        (!words.is_empty()).then(|| {
            view! {
                <section class="section">
                    <div class="section__head"><h2 class="section__title">{title}</h2></div>
                    <ul class="tags">{words.into_iter().map(|word| view! { <li class="tag">{word}</li> }).collect_view()}</ul>
                </section>
            }
        })
    };
    let labels = |list: Vec<&'static str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let supported = match (o.events_sponsored_count, o.communities_supported_count) {
        (0, _) => "No event on CommDesk yet".to_owned(),
        (1, _) => "1 event".to_owned(),
        (events, 1) => format!("{events} events of 1 community"),
        (events, communities) => format!("{events} events of {communities} communities"),
    };
    // "New" until both sides say how it was.
    let reputation = o.reputation_score.map_or_else(|| "New".to_owned(), |score| score.to_string());
    let reached = o.developers_reached_count.map_or_else(|| "Not counted yet".to_owned(), |count| format!("up to {count}"));
    let acting = acting.get_untracked().unwrap_or_default();
    let acting_key = acting.clone();
    let request = o.can.request.then(|| {
        let href = within(&format!("/requests/new?organization={}", o.slug), &acting);
        view! { <a class="button button--primary" href=href>"Send a request"</a> }
    });
    let edit =
        o.can.edit.then(|| view! { <a class="button" href=within("/organization/profile", &acting)>"Edit the profile"</a> });
    let email = |label: &'static str, address: Option<String>| {
        address.map(|address| {
            view! { <div class="definition__row"><dt>{label}</dt><dd><a href=format!("mailto:{address}")>{address.clone()}</a></dd></div> }
        })
    };
    let has_contacts = o.primary_email.is_some();
    let (brand_name, brand_logo) = (o.display_name.clone(), o.logo_url.clone());
    let review = o.can.review.then(|| {
        let href = within(&format!("/staff/organizations/{}", o.id), &acting);
        view! { <a class="button" href=href>"Review"</a> }
    });
    let block =
        o.can.block.then(|| view! { <BlockThem name=o.display_name.clone() workspace=o.id.to_string() acting=acting.clone()/> });
    let join = (!o.can.claim && !o.can.review).then(|| join(o.slug.clone()));
    let claim = o.can.claim.then(|| view! { <Claimable name=o.display_name.clone() slug=o.slug.clone()/> });
    let invite = o.can.invite.then(|| view! { <Invite website=o.website_label.clone() acting=acting_key.clone()/> });
    let paragraphs: Vec<String> =
        o.long_description.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    view! {
        <Title text=o.display_name.clone()/>
        <Introduced o=o.clone()/>
        <div class="center stack stack--loose">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=within("/directory", &acting)>"Sponsors and partners"</a></li>
                    <li><span aria-current="page">{o.display_name.clone()}</span></li>
                </ol>
            </nav>
            <header class="profile-head">
                <Logo name=o.display_name.clone() url=o.logo_url size="large"/>
                <div class="profile-head__text">
                    <h1 class="profile-head__name">{o.display_name.clone()}</h1>
                    {(!o.short_description.is_empty()).then(|| view! { <p class="profile-head__sub">{o.short_description}</p> })}
                    <ul class="meta">
                        <li class="meta__item"><Pill text=o.verification_status.label() tone=tone(o.verification_status)/></li>
                        <li class="meta__item"><Icon name="briefcase" small=true/>{o.industry.label()}</li>
                        <li class="meta__item"><Icon name="handshake" small=true/>{o.entity_type.label()}</li>
                        {(!o.website.is_empty()).then(|| view! {
                            <li class="meta__item">
                                <Icon name="globe" small=true/>
                                <a href=o.website.clone() rel="noopener nofollow external">{o.website_label.clone()}</a>
                            </li>
                        })}
                        <li class="meta__item"><a href=within(&format!("/report?kind=organization&id={}", o.id), &acting) rel="nofollow">"Report"</a></li>
                    </ul>
                </div>
                <div class="profile-head__actions">{request}{edit}{watch}{review}{join}</div>
            </header>
            {added.then(|| view! { <Notice tone="success" title="It stands in the directory"><p>"Send a request now: we then ask the mailbox that you named to take the profile over, and the request waits for them."</p></Notice> })}
            {invited.then(|| view! { <Notice tone="success" title="They are invited"><p>"We wrote to the mailbox, unless we did so a few days ago."</p></Notice> })}
            {claim}
            <div class="sidebar">
                <div class="stack stack--sections">
                    {(!paragraphs.is_empty()).then(|| view! {
                        <section class="section">
                            <div class="section__head"><h2 class="section__title">"About"</h2></div>
                            <div class="stack measure">{paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</div>
                        </section>
                    })}
                    {support}
                    <Products products=o.products/>
                    {list("Technologies", o.technologies)}
                    {list("Developer tools", o.developer_tools)}
                    {list("Event types they look for", labels(o.preferred_event_types.iter().map(|label| label.label()).collect()))}
                    {list("Communities they support", labels(o.supported_community_types.iter().map(|label| label.label()).collect()))}
                    {list("Regions", labels(o.supported_regions.iter().map(|label| label.label()).collect()))}
                    {o.available_sponsorship_types.map(|types| list("What they can give", labels(types.iter().map(|label| label.label()).collect())))}
                    <BrandKit name=brand_name logo=brand_logo on_dark=o.logo_on_dark_url wordmark=o.wordmark_url colors=o.brand_colors boilerplate=o.boilerplate/>
                </div>
                <aside class="stack">
                    <section class="panel" aria-labelledby="support">
                        <header class="panel__head"><h2 class="panel__title" id="support">"At a glance"</h2></header>
                        <div class="panel__body">
                            <dl class="definition">
                                <div class="definition__row"><dt>"Has supported"</dt><dd>{supported}</dd></div>
                                <div class="definition__row"><dt>"Reputation"</dt><dd>{reputation}</dd></div>
                                <div class="definition__row"><dt>"Developers reached"</dt><dd>{reached}</dd></div>
                                {o.budget_range.map(|budget| view! {
                                    <div class="definition__row"><dt>"Budget range"</dt><dd>{budget.label}</dd></div>
                                })}
                                {(!o.legal_name.is_empty()).then(|| view! {
                                    <div class="definition__row"><dt>"Legal name"</dt><dd>{o.legal_name}</dd></div>
                                })}
                            </dl>
                        </div>
                    </section>
                    {invite}
                    {has_contacts.then(|| view! {
                        <section class="panel" aria-labelledby="contacts">
                            <header class="panel__head"><h2 class="panel__title" id="contacts">"Contacts"</h2></header>
                            <div class="panel__body">
                                <dl class="definition">
                                    {email("Official", o.primary_email)}
                                    {email("Business", o.business_email)}
                                    {email("DevRel", o.dev_rel_email)}
                                    {email("Hiring", o.hiring_email)}
                                    {email("Billing", o.billing_email)}
                                    {o.phone.map(|phone| view! { <div class="definition__row"><dt>"Phone"</dt><dd>{phone}</dd></div> })}
                                </dl>
                            </div>
                            <footer class="panel__foot"><p class="text-soft text-small">"Only approved communities, the organization and staff see these."</p></footer>
                        </section>
                    })}
                    {block}
                </aside>
            </div>
        </div>
    }
}

/// What the page says to search engines and to other sites.
#[component]
fn Introduced(o: OrganizationView) -> impl IntoView {
    let path = format!("/directory/{}", o.slug);
    let text = if o.short_description.is_empty() {
        format!("{}: {}. What it supports, and how to approach it.", o.display_name, o.industry)
    } else {
        o.short_description.clone()
    };
    view! {
        <Described path=path title=o.display_name.clone() text picture=format!("organizations/{}", o.slug) kind="profile"/>
        <LinkedData make=move |origin: &str| linked(&o, origin)/>
    }
}

/// The organization as schema.org has it.
fn linked(o: &OrganizationView, origin: &str) -> Value {
    let path = format!("/directory/{}", o.slug);
    let mut known = json!({
        "@type": "Organization",
        "@id": format!("{origin}{path}#organization"),
        "mainEntityOfPage": format!("{origin}{path}"),
        "name": o.display_name,
    });
    if !o.website.is_empty() {
        known["url"] = json!(o.website);
    }
    if !o.legal_name.is_empty() {
        known["legalName"] = json!(o.legal_name);
    }
    if !o.short_description.is_empty() {
        known["description"] = json!(o.short_description);
    }
    if let Some(logo) = &o.logo_url {
        known["logo"] = json!(format!("{origin}{logo}"));
    }
    graph(vec![known, breadcrumbs(origin, &[("Sponsors and partners", "/directory"), (&o.display_name, &path)])])
}

/// What it makes, each with its own page.
#[component]
fn Products(products: Vec<Product>) -> impl IntoView {
    (!products.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="products">
                <div class="section__head"><h2 class="section__title" id="products">"Products"</h2></div>
                <ul class="product-list">
                    {products
                        .into_iter()
                        .map(|it| {
                            let name = if it.url.is_empty() {
                                view! { <span class="product-list__name">{it.name}</span> }.into_any()
                            } else {
                                view! { <a class="product-list__name" href=it.url rel="noopener nofollow external">{it.name}</a> }.into_any()
                            };
                            view! { <li class="product-list__item">{name} <span class="text-soft text-small">{it.segment}</span></li> }
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    })
}

/// Nobody of it is here: whoever reads this may be.
#[component]
fn Claimable(name: String, slug: String) -> impl IntoView {
    view! {
        <div class="notice tone-info" role="status">
            <Icon name="info"/>
            <div class="notice__body">
                <p class="notice__title">{format!("Nobody of {} is here yet", isolated(&name))}</p>
                <p>"A community or our staff added this profile, and none of its people have looked at it. Requests wait until one of them takes it over."</p>
            </div>
            <a class="button button--small notice__action" href=format!("/claim/{slug}")>"Is this yours? Claim it"</a>
        </div>
    }
}

/// Another mailbox of theirs.
#[component]
fn Invite(website: String, acting: String) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="invite-title">
            <header class="panel__head"><h2 class="panel__title" id="invite-title">"Whom to ask"</h2></header>
            <div class="panel__body stack">
                <p class="text-soft">"We invite the mailbox that was named when you send a request. Do you know a better one?"</p>
                <PostForm name="invite" acting>
                    <TextField form="invite" name="email" label="Mailbox" hint=format!("At the domain of {website}.") kind="email" inputmode="email"/>
                    <div class="form__actions"><Submit label="Invite it" class="button"/></div>
                </PostForm>
            </div>
        </section>
    }
}

/// What communities need when they name the organization. The logo alone is no kit.
#[component]
fn BrandKit(
    name: String,
    logo: Option<String>,
    on_dark: Option<String>,
    wordmark: Option<String>,
    colors: Vec<String>,
    boilerplate: String,
) -> impl IntoView {
    let is_there = on_dark.is_some() || wordmark.is_some() || !colors.is_empty() || !boilerplate.is_empty();
    let pictures: Vec<(&'static str, bool, String)> =
        [("Logo", false, logo), ("Logo on dark", true, on_dark), ("Wordmark", false, wordmark)]
            .into_iter()
            .filter_map(|(title, dark, url)| url.map(|url| (title, dark, url)))
            .collect();
    is_there.then(|| {
        view! {
            <section class="section" aria-labelledby="brand-kit">
                <div class="section__head"><h2 class="section__title" id="brand-kit">"Brand kit"</h2></div>
                <div class="stack">
                    <ul class="brand-kit">
                        {pictures
                            .into_iter()
                            .map(|(title, dark, url)| view! {
                                <li class="brand-kit__item">
                                    <BrandPicture name=name.clone() url=Some(url.clone()) dark/>
                                    <a href=url download="" rel="external">{title}<span class="visually-hidden">", download"</span></a>
                                </li>
                            })
                            .collect_view()}
                    </ul>
                    {(!colors.is_empty()).then(|| view! { <Swatches colors/> })}
                    {(!boilerplate.is_empty()).then(|| view! { <blockquote class="timeline__quote measure">{boilerplate}</blockquote> })}
                </div>
            </section>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_a_card_says_and_holds_what_is_kept() {
        let card = |technologies: &[&str], words: &str, status: &str| -> OrganizationCard {
            serde_json::from_value(json!({
                "id": "018cc252-de60-70b3-8fd6-5bb847e99303",
                "slug": "acme-cloud",
                "displayName": "Acme <Cloud>",
                "entityType": "Sponsor",
                "logoUrl": null,
                "website": "https://acme.example/",
                "industry": "Cloud and infrastructure",
                "shortDescription": words,
                "technologies": technologies,
                "supportedRegions": ["Europe", "Africa", "Oceania"],
                "verificationStatus": status,
                "eventsSponsoredCount": 3,
                "communitiesSupportedCount": 2,
                "availableSponsorshipTypes": ["Cash"],
            }))
            .expect("a card")
        };
        let row = |card: &OrganizationCard, keeps: Option<&OnRow>| {
            let along = Along::acting("community:apex");
            Markup::made(|to| put_row(to, card, true, "", &along, keeps)).into_string()
        };
        let full = card(&["Rust", "Go", "C", "C++", "Python", "Ruby"], "Says <b>.", "Verified");
        let text = row(&full, None);
        for there in [
            "<a class=\"card__link\" href=\"/directory/acme-cloud?as=community%3Aapex\"><bdi>Acme &lt;Cloud&gt;</bdi></a>",
            "Verified</span>",
            "<p class=\"result__text\" dir=\"auto\">Says &lt;b&gt;.</p>",
            "<li class=\"tag\">+1</li>",
            "<dd>3 events of 2 communities</dd>",
            "<dd>Europe, Africa +1</dd>",
        ] {
            assert!(text.contains(there), "{there}: {text}");
        }
        let bare = row(&card(&[], "", "Community Added"), None);
        assert!(!bare.contains("result__text") && !bare.contains("Verified") && !bare.contains("+1</li>"), "{bare}");

        // Whoever keeps something reads the same row, with one thing more on it.
        let button = "<button name=\"id\" value=\"018cc252-de60-70b3-8fd6-5bb847e99303\">Acme &lt;Cloud&gt;</button>";
        let keeps: OnRow = Arc::new(|to: &mut Markup, id: uuid::Uuid, name: &str| {
            to.put(r#"<button name="id" value="{}">{}</button>"#, &[&id.to_string(), name]);
        });
        let kept = row(&full, Some(&keeps));
        assert!(kept.contains(&format!("{button}</div></div><dl class=\"result__facts\">")), "{kept}");
        assert_eq!(kept.replace(button, ""), text);
    }
}
