//! `/people/{id}`: one of the workspace's people, with what the reader may change.

use super::people::choices;
use crate::{
    features::members::{
        rules::{MemberStatus, Place},
        server_fns,
        views::{MemberScreen, MemberView, interest_label, within},
    },
    kernel::{labels::MemberInterest, text::isolated},
    ui::{
        form::{FieldError, PostForm, SelectField, Submit, TextArea, TextField, TickField, came_back, field_id},
        page::{acting, fetched, shown},
        parts::{Address, Icon, Logo, Notice, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn MemberPage() -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let loaded = fetched(move || (id(), acting.get()), |(id, workspace)| server_fns::member(id, workspace));
    let saved = use_query_map().with_untracked(|query| query.get("done").is_some());
    view! { {shown(loaded, move |screen| view! { <Member screen saved/> })} }
}

#[component]
fn Member(screen: MemberScreen, saved: bool) -> impl IntoView {
    let MemberScreen { acting, kind, workspace_name, member } = screen;
    let is_community = kind == "community";
    let m = member.clone();
    let links: Vec<(&'static str, String)> = Place::ALL
        .iter()
        .filter_map(|place| member.links.get(place.label()).map(|address| (place.name(), address.clone())))
        .collect();
    let changes = !m.can.roles.is_empty() || !m.can.statuses.is_empty() || m.can.leave || m.can.remove;
    let about = view! {
        {(!m.bio.is_empty()).then(|| view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">"About"</h2></div>
                <div class="stack measure">{m.bio.split("\n\n").map(|text| view! { <p>{text.to_owned()}</p> }).collect_view()}</div>
            </section>
        })}
        {(!m.interests.is_empty()).then(|| view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">"Wants to help with"</h2></div>
                <ul class="tags">{m.interests.iter().map(|interest| view! { <li class="tag">{interest_label(*interest)}</li> }).collect_view()}</ul>
            </section>
        })}
        {(!links.is_empty()).then(|| view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">"Elsewhere"</h2></div>
                <ul class="meta">
                    {links.into_iter().map(|(name, address)| view! {
                        <li class="meta__item"><Icon name="link" small=true/><a href=address rel="noopener nofollow external">{name}</a></li>
                    }).collect_view()}
                </ul>
            </section>
        })}
        {(is_community && m.bio.is_empty() && m.interests.is_empty() && !m.can.edit_profile).then(|| view! {
            <p class="text-soft">{format!("{} has not written anything yet.", isolated(&m.name))}</p>
        })}
        {m.can.edit_profile.then(|| view! { <About member=m.clone() acting=acting.clone()/> })}
        {(!is_community && !changes).then(|| view! {
            <p class="text-soft">"Admins of the organization change roles and take people out."</p>
        })}
    };
    view! {
        <Title text=member.name.clone()/>
        <div class="stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=within("/people", &acting)>{format!("People of {}", isolated(&workspace_name))}</a></li>
                    <li><span aria-current="page">{member.name.clone()}</span></li>
                </ol>
            </nav>
            <header class="profile-head">
                <Logo name=member.name.clone() url=member.photo_url.clone() size="large"/>
                <div class="profile-head__text">
                    <h1 class="profile-head__name">{member.name.clone()}</h1>
                    <ul class="meta">
                        <li class="meta__item"><Icon name="briefcase" small=true/>{member.role.clone()}</li>
                        {is_community.then(|| view! { <li class="meta__item"><Pill text=member.status.label() tone=member.tone.clone()/></li> })}
                        {member.signatory.then(|| view! { <li class="meta__item"><Icon name="edit" small=true/>"Signs"</li> })}
                        {member.finance.then(|| view! { <li class="meta__item"><Icon name="wallet" small=true/>"Moves money"</li> })}
                        <li class="meta__item"><Icon name="clock" small=true/>"Since " <time datetime=member.since.clone()>{member.since_label.clone()}</time></li>
                        {member.email.clone().map(|email| view! {
                            <li class="meta__item"><Icon name="mail" small=true/><a href=format!("mailto:{email}")><Address text=email.clone()/></a></li>
                        })}
                    </ul>
                </div>
            </header>
            {saved.then(|| view! { <Notice tone="success" title="Saved"><p>"It holds from the next page on."</p></Notice> })}
            {member.status_reason.clone().map(|reason| view! {
                <Notice tone="warning" title=format!("Why they are {}", member.status)><p>{reason}</p></Notice>
            })}
            {if changes {
                view! {
                    <div class="sidebar">
                        <div class="stack stack--sections">{about}</div>
                        <aside class="stack"><Change member acting is_community/></aside>
                    </div>
                }
                .into_any()
            } else {
                view! { <div class="stack stack--sections">{about}</div> }.into_any()
            }}
        </div>
    }
}

#[component]
fn Change(member: MemberView, acting: String, is_community: bool) -> impl IntoView {
    let version = member.version;
    let can = member.can;
    let (for_role, for_status, for_end) = (acting.clone(), acting.clone(), acting);
    let statuses: Vec<(String, String)> = can
        .statuses
        .iter()
        .map(|status| {
            let label = match status {
                MemberStatus::OnBoarding => "On Boarding: invite again",
                other => other.label(),
            };
            (status.label().to_owned(), label.to_owned())
        })
        .collect();
    view! {
        {(!can.roles.is_empty()).then(|| view! {
            <section class="panel" aria-labelledby="seat">
                <header class="panel__head"><h2 class="panel__title" id="seat">"Role"</h2></header>
                <div class="panel__body">
                    <PostForm name="seat" acting=for_role>
                        <input type="hidden" name="version" value=version/>
                        <SelectField form="seat" name="role" label="Role" value=member.role.clone() options=choices(&can.roles)/>
                        {can.give_powers.then(|| view! {
                            <input type="hidden" name="asksPowers" value="true"/>
                            <TickField form="seat" name="signatory" label="May sign for it" value=member.signatory/>
                            <TickField form="seat" name="finance" label="May move its money" value=member.finance/>
                        })}
                        <div class="form__actions"><Submit label="Save the role"/></div>
                    </PostForm>
                </div>
            </section>
        })}
        {(!statuses.is_empty()).then(|| view! {
            <section class="panel" aria-labelledby="status">
                <header class="panel__head"><h2 class="panel__title" id="status">"Status"</h2></header>
                <div class="panel__body">
                    <PostForm name="status" acting=for_status>
                        <input type="hidden" name="version" value=version/>
                        <SelectField form="status" name="status" label="Make them" options=statuses/>
                        <TextArea form="status" name="reason" label="Reason" hint="Needed to suspend or ban. They are told." optional=true rows=3 maxlength=500u32/>
                        <div class="form__actions"><Submit label="Change the status"/></div>
                    </PostForm>
                </div>
                <footer class="panel__foot"><p class="text-soft text-small">"Only active members act. It holds from their next page on."</p></footer>
            </section>
        })}
        {(can.leave || can.remove).then(|| {
            let (title, text, label) = match (can.leave, is_community) {
                (true, true) => ("Leave", "You become inactive and can do nothing for the community any more.", "Leave the community"),
                (true, false) => ("Leave", "You can do nothing for the organization any more.", "Leave the organization"),
                (false, _) => ("Take out", "They can do nothing for the organization any more, from their next page on.", "Take them out"),
            };
            view! {
                <details class="disclosure" open=came_back(&["take_out"])>
                    <summary class="button">{title}</summary>
                    <div class="disclosure__body stack">
                        <p>{text}</p>
                        <PostForm name="take_out" acting=for_end>
                            <div class="form__actions"><Submit label class="button button--danger"/></div>
                        </PostForm>
                    </div>
                </details>
            }
        })}
    }
}

#[component]
fn About(member: MemberView, acting: String) -> impl IntoView {
    const FORM: &str = "about";
    let chosen: Vec<String> = member.interests.iter().map(|interest| interest.label().to_owned()).collect();
    let photo_id = field_id(FORM, "photo");
    let has_photo = member.photo_url.is_some();
    view! {
        <section class="panel" aria-labelledby="edit">
            <header class="panel__head"><h2 class="panel__title" id="edit">"What you say about yourself"</h2></header>
            <div class="panel__body">
                <PostForm name=FORM acting files=true>
                    <input type="hidden" name="version" value=member.version/>
                    <div class="upload">
                        <Logo name=member.name.clone() url=member.photo_url.clone()/>
                        <div class="upload__body">
                            <label class="field__label" for=photo_id.clone()>"Photo"</label>
                            <p class="field__hint" id=format!("{photo_id}-hint")>"PNG, JPEG or WebP, up to 2 MB."</p>
                            <input
                                class="upload__input"
                                id=photo_id.clone()
                                name="photo"
                                type="file"
                                accept="image/png,image/jpeg,image/webp"
                                aria-describedby=format!("{photo_id}-hint")
                            />
                            <FieldError id=photo_id name="photo".to_owned()/>
                        </div>
                    </div>
                    {has_photo.then(|| view! { <TickField form=FORM name="removePhoto" label="Remove the photo"/> })}
                    <TextArea form=FORM name="bio" label="About you" value=member.bio optional=true rows=4 maxlength=600u32/>
                    <Interests chosen/>
                    <div class="form__row">
                        {Place::ALL.iter().take(2).map(|place| link_field(FORM, *place, &member.links)).collect_view()}
                    </div>
                    <div class="form__row">
                        {Place::ALL.iter().skip(2).map(|place| link_field(FORM, *place, &member.links)).collect_view()}
                    </div>
                    <div class="form__actions"><Submit label="Save"/></div>
                </PostForm>
            </div>
        </section>
    }
}

fn link_field(form: &'static str, place: Place, links: &std::collections::BTreeMap<String, String>) -> impl IntoView + use<> {
    let value = links.get(place.label()).cloned().unwrap_or_default();
    view! { <TextField form name=format!("links.{place}") label=place.name() value kind="url" inputmode="url" optional=true/> }
}

/// Interests as chips; the value is the list's own label, what is read is quieter.
#[component]
fn Interests(chosen: Vec<String>) -> impl IntoView {
    let state = expect_context::<crate::ui::form::FormState>();
    let start = state.start_all("interests", &chosen);
    view! {
        <fieldset class="fieldset" id=field_id("about", "interests") tabindex="-1">
            <legend class="fieldset__legend">"What do you want to help with?"</legend>
            <div class="choices choices--chips">
                {MemberInterest::ALL
                    .iter()
                    .map(|interest| {
                        let chosen = start.iter().any(|label| label == interest.label());
                        view! {
                            <label class="choice choice--chip">
                                <input class="choice__input" type="checkbox" name="interests" value=interest.label() checked=chosen/>
                                <span class="choice__label">{interest_label(*interest)}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <FieldError id=field_id("about", "interests") name="interests".to_owned()/>
        </fieldset>
    }
}
