//! `/directory` and `/directory/:slug`: who sponsors and partners, for everybody.

use super::fields::{BrandPicture, Swatches, tone};
use crate::{
    features::organizations::{
        rules::products::Product,
        server_fns,
        views::{DirectoryView, OrganizationCard, OrganizationView, within},
    },
    kernel::{ids::OrganizationId, labels::Industry},
    ui::{
        browser,
        form::{PostForm, Submit, TextField},
        page::{acting, shown},
        parts::{Empty, Icon, Logo, More, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::{use_params_map, use_query_map};

/// The address of the directory with this search, in the workspace that it is looked at from; parts that are empty are
/// left out.
fn address(text: &str, industry: &str, cursor: &str, acting: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("q", text), ("industry", industry), ("cursor", cursor), ("as", acting)] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { "/directory".to_owned() } else { format!("/directory?{query}") }
}

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    text: String,
    industry: String,
    cursor: String,
    acting: String,
}

#[component]
pub fn DirectoryPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let of = |name: &str| query.get(name).unwrap_or_default();
        Asked { text: of("q"), industry: of("industry"), cursor: of("cursor"), acting: of("as") }
    });
    let loaded =
        Resource::new_blocking(move || asked.get(), |asked| server_fns::directory(asked.text, asked.industry, asked.cursor));
    view! {
        <Title text="Sponsors and partners"/>
        <Meta name="description" content="Verified sponsors and partners of developer communities, with what they work on and what they have supported."/>
        <div class="center stack">
            <PageHead title="Sponsors and partners" sub="Who stands behind developer events. Every profile was checked by a person, or added by a community.">
                <a class="button button--primary" href="/become-sponsor">"Become a sponsor"</a>
                {move || {
                    let acting = asked.get().acting;
                    acting.starts_with("community:").then(|| view! { <a class="button" href=within("/directory/add", &acting)>"Add one that is missing"</a> })
                }}
            </PageHead>
            <Search asked/>
            {shown(loaded, move |found: DirectoryView| view! { <Results found asked=asked.get_untracked()/> })}
        </div>
    }
}

#[component]
fn Search(asked: Memo<Asked>) -> impl IntoView {
    view! {
        <form class="search search--large" role="search" action="/directory" method="get">
            <label class="visually-hidden" for="q">"Search sponsors"</label>
            <Icon name="search"/>
            <input
                class="input search__input"
                id="q"
                name="q"
                type="search"
                value=move || asked.get().text
                placeholder="Company, technology or industry"
                maxlength="100"
            />
            {move || {
                let Asked { industry, acting, .. } = asked.get();
                let kept = [("industry", industry), ("as", acting)].into_iter().filter(|(_, value)| !value.is_empty());
                kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
            }}
            <button class="button button--primary search__go">"Search"</button>
        </form>
        <div class="filters" role="group" aria-label="Filters">
            {move || {
                let Asked { text, industry, acting, .. } = asked.get();
                let all = Industry::LABELS
                    .iter()
                    .map(|label| {
                        let here = (*label == industry).then_some("true");
                        view! { <a class="menu__item" href=address(&text, label, "", &acting) aria-current=here>{*label}</a> }
                    })
                    .collect_view();
                let chosen = (!industry.is_empty()).then(|| {
                    view! {
                        <a class="chip" aria-current="true" href=address(&text, "", "", &acting)>
                            {industry.clone()}
                            <Icon name="x" small=true/>
                            <span class="visually-hidden">", remove"</span>
                        </a>
                    }
                });
                let clear = (!industry.is_empty() || !text.is_empty()).then(|| view! { <a class="filters__clear" href=within("/directory", &acting) rel="external">"Clear all"</a> });
                view! {
                    <details class="menu">
                        <summary class="chip">"Industry"<Icon name="chevron-down" small=true/></summary>
                        <div class="menu__panel">{all}</div>
                    </details>
                    {chosen}
                    {clear}
                }
            }}
        </div>
    }
}

#[component]
fn Results(found: DirectoryView, asked: Asked) -> impl IntoView {
    let Asked { text, industry, cursor, acting } = asked;
    if found.items.is_empty() {
        let (title, words) = if text.is_empty() && industry.is_empty() {
            ("Nobody is listed yet", "The first verified sponsor will stand here. It could be you.".to_owned())
        } else {
            ("Nobody fits this search", "Try fewer words, another spelling, or a technology instead of a name.".to_owned())
        };
        return view! {
            <Empty title text=words icon="building">
                <a class="button button--primary" href=within("/directory", &acting)>"Show everybody"</a>
                <a class="button" href=within("/directory/add", &acting)>"Add it for your community"</a>
            </Empty>
        }
        .into_any();
    }
    let count = if found.total_capped { "1,000+".to_owned() } else { found.total.to_string() };
    let noun = if found.total == 1 && !found.total_capped { "organization" } else { "organizations" };
    let said = if found.similar {
        format!("Nobody has the words \"{text}\". Spelled alike: {count}")
    } else {
        format!("{count} {noun}")
    };
    let shown = found.items.len();
    let next = found.next_cursor.map(|next| address(&text, &industry, &next, &acting));
    let more = (next.is_some() || !cursor.is_empty()).then(|| {
        let count =
            if cursor.is_empty() { format!("Showing {shown} of {count}") } else { format!("Showing {shown} more of {count}") };
        view! { <More count next/> }
    });
    view! {
        <p class="results-count" role="status">{said}</p>
        <ul class="results">{found.items.into_iter().map(|card| view! { <Row card acting=acting.clone()/> }).collect_view()}</ul>
        {more}
    }
    .into_any()
}

#[component]
fn Row(card: OrganizationCard, acting: String) -> impl IntoView {
    let tags: Vec<String> = std::iter::once(card.industry).chain(card.technologies.into_iter().take(4)).collect();
    let events = match card.events_sponsored_count {
        0 => "No event yet".to_owned(),
        1 => "1 event".to_owned(),
        many => format!("{many} events"),
    };
    view! {
        <li class="result">
            <Logo name=card.display_name.clone() url=card.logo_url/>
            <div class="result__body">
                <h2 class="result__name"><a class="card__link" href=within(&format!("/directory/{}", card.slug), &acting)>{card.display_name}</a></h2>
                {(!card.short_description.is_empty()).then(|| view! { <p class="result__text">{card.short_description}</p> })}
                <ul class="tags">{tags.into_iter().map(|tag| view! { <li class="tag">{tag}</li> }).collect_view()}</ul>
            </div>
            <dl class="result__facts">
                <div><dt>"Joined as"</dt><dd>{card.entity_type}</dd></div>
                <div><dt>"Supports"</dt><dd>{events}</dd></div>
            </dl>
        </li>
    }
}

/// What a room below shows on an organization's page.
type Slot = fn(OrganizationId) -> AnyView;

/// One organization; `support` shows the events that it supports, which are known downstream.
#[component]
pub fn OrganizationPage(
    support: Slot,
    /// The way to asking to join, from the room below; by slug and the acting workspace's key.
    join: fn(String, String) -> AnyView,
) -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let slug = move || params.with(|params| params.get("slug").unwrap_or_default());
    let loaded =
        Resource::new_blocking(move || (slug(), acting.get()), |(slug, workspace)| server_fns::organization(slug, workspace));
    view! {
        {shown(loaded, move |organization: OrganizationView| {
            if organization.slug != params.with_untracked(|params| params.get("slug").unwrap_or_default()) {
                // A former address: the page has moved for good.
                let acting = acting.get_untracked().unwrap_or_default();
                browser::moved(&within(&format!("/directory/{}", organization.slug), &acting));
            }
            view! { <Organization organization support join/> }
        })}
    }
}

#[component]
fn Organization(organization: OrganizationView, support: Slot, join: fn(String, String) -> AnyView) -> impl IntoView {
    let o = organization;
    let acting = acting();
    let (added, invited) = use_query_map().with_untracked(|query| (query.get("added").is_some(), query.get("invited").is_some()));
    let events = support(o.id);
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
    let claim = o.can.claim.then(|| view! { <Claimable name=o.display_name.clone() slug=o.slug.clone()/> });
    let invite = o.can.invite.then(|| view! { <Invite website=o.website_label.clone() acting=acting_key.clone()/> });
    let paragraphs: Vec<String> =
        o.long_description.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    view! {
        <Title text=o.display_name.clone()/>
        <Meta name="description" content=o.short_description.clone()/>
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
                        <li class="meta__item">
                            <Icon name="globe" small=true/>
                            <a href=o.website rel="noopener nofollow external">{o.website_label}</a>
                        </li>
                        <li class="meta__item"><a href=within(&format!("/report?kind=organization&id={}", o.id), &acting) rel="nofollow">"Report"</a></li>
                    </ul>
                </div>
                <div class="profile-head__actions">{request}{edit}{join(o.slug.clone(), acting.clone())}</div>
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
                    {events}
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
                </aside>
            </div>
        </div>
    }
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
                <p class="notice__title">{format!("Nobody of {name} is here yet")}</p>
                <p>"A community or our staff added this profile. Nobody of theirs has looked at this profile yet. Requests to it wait until somebody has taken it over."</p>
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
