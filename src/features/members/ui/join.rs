//! Asking to join an organization (`/directory/{slug}/join`), the way there from its public page, and the page behind the
//! link with which a mailbox at its domain decides (`/join-requests/{token}`).

use super::people::choices;
use crate::{
    features::members::{
        server_fns,
        views::{JoinDecisionPage as Decision, JoinScreen, JoinStep, within},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, SelectField, Submit, TextArea, TextField},
        page::{fetched, shown},
        parts::{Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The way to asking, for the public page of an organization. `acting` is the reader's workspace, empty when unknown.
#[component]
pub fn AskToJoin(slug: String, acting: String) -> impl IntoView {
    view! { <a class="button" href=within(&format!("/directory/{slug}/join"), &acting)>"Ask to join"</a> }
}

#[component]
pub fn JoinOrganizationPage() -> impl IntoView {
    let params = use_params_map();
    let acting = crate::ui::page::acting();
    let slug = move || params.with(|params| params.get("slug").unwrap_or_default());
    let loaded = fetched(move || (slug(), acting.get()), |(slug, workspace)| server_fns::join(slug, workspace));
    view! {
        <Title text="Ask to join"/>
        {shown(loaded, |screen| view! { <Join screen/> })}
    }
}

#[component]
fn Join(screen: JoinScreen) -> impl IntoView {
    let JoinScreen { organization_name: name, slug, acting, belongs, step } = screen;
    let said = isolated(&name).into_owned();
    let leads = belongs && !matches!(step, JoinStep::Member | JoinStep::Claim | JoinStep::Apply);
    let (title, sub) = if leads {
        (format!("Lead {said}"), "Nobody leads it any more. Ask only if you speak for it.")
    } else {
        (format!("Join {said}"), "Ask only if you work for it.")
    };
    let back = within(&format!("/directory/{slug}"), &acting);
    let message = || {
        view! {
            <TextArea form="ask" name="message" label="Message" hint="What do you do there? Who knows you?" optional=true rows=4 maxlength=500u32/>
        }
    };
    let body = match step {
        JoinStep::AskAdmins => view! {
            <p>{format!("The admins of {said} decide, and choose your role. You get a mail when they do.")}</p>
            <PostForm name="ask" acting>
                {message()}
                <div class="form__actions"><Submit label="Ask to join"/></div>
            </PostForm>
        }
        .into_any(),
        JoinStep::AskMailbox { domain } => view! {
            <p>{format!("{said} has nobody on CommDesk to ask. Name a mailbox at {domain}: we mail a link there, and whoever reads it decides.")}</p>
            <p class="text-soft">"No mailbox there? "<a href=format!("/claim/{slug}#dns")>{format!("Publish a text in the DNS of {domain}")}</a>" instead."</p>
            <PostForm name="ask" acting>
                <TextField form="ask" name="mailbox" label=format!("A mailbox at {domain}") kind="email" inputmode="email" autocomplete="off" placeholder=format!("office@{domain}")/>
                {message()}
                <div class="form__actions"><Submit label="Send the mail"/></div>
            </PostForm>
        }
        .into_any(),
        JoinStep::Waiting { by_mailbox } => {
            let text = if by_mailbox {
                "A mail with a link is at the mailbox that you named. Whoever reads it there has seven days to decide."
            } else {
                "The admins were told. You get a mail when they decide."
            };
            view! { <Notice tone="info" title="You have asked"><p>{text}</p></Notice> }.into_any()
        }
        JoinStep::Member => view! {
            <Notice tone="success" title=format!("You belong to {said}")><p>"Choose it in the switcher at the top of your workspace."</p></Notice>
        }
        .into_any(),
        JoinStep::Claim => view! {
            <p>{format!("A community added {said}, and nobody of theirs is here yet. If you speak for it, claim the profile: by a mailbox at its domain, or by a text in the domain's DNS. Our staff then decide; approved, you are its admin and can invite the others.")}</p>
            <div class="form__actions"><a class="button button--primary" href=format!("/claim/{slug}")>{format!("Claim {said}")}</a></div>
        }
        .into_any(),
        JoinStep::Apply => {
            let text = format!(
                "A community added {said}, and so far only its name is known here. If it is yours, join as a sponsor or partner: \
                 our staff then make the two profiles one."
            );
            view! {
                <Notice tone="info" title="Nobody has said which website is theirs">
                    <p>{text}</p>
                    <a class="button" href="/become-sponsor">"Join"</a>
                </Notice>
            }
            .into_any()
        }
        JoinStep::Nobody { why } => view! { <Notice tone="warning" title="Nobody can decide here"><p>{why}</p></Notice> }.into_any(),
    };
    view! {
        <div class="center center--narrow stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=back>{name.clone()}</a></li>
                    <li><span aria-current="page">"Ask to join"</span></li>
                </ol>
            </nav>
            <PageHead title sub/>
            {body}
        </div>
    }
}

#[component]
pub fn JoinDecisionDoor() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token").unwrap_or_default());
    let loaded = fetched(token, server_fns::decision);
    view! {
        <Title text="Somebody asks to join"/>
        {shown(loaded, |decision| view! { <Decide decision/> })}
    }
}

#[component]
fn Decide(decision: Decision) -> impl IntoView {
    let Decision { organization_name: organization, name, email, message, mailbox, belongs_as, roles, problem } = decision;
    let (name, organization) = (isolated(&name), isolated(&organization));
    let (title, said) = match belongs_as {
        Some(role) => (
            format!("May {name} lead {organization}?"),
            format!(
                "{name} ({email}) is {role} of {organization}, and nobody leads it any more. You decide because you read {mailbox}."
            ),
        ),
        None => (
            format!("May {name} join {organization}?"),
            format!("{name} ({email}) says that they work for {organization}. You decide because you read {mailbox}."),
        ),
    };
    let body = match problem {
        Some(problem) => view! {
            <Notice tone="info" title="Nothing is left to decide"><p>{problem}</p></Notice>
            <div class="form__actions"><a class="button" href="/">"Start page"</a></div>
        }
        .into_any(),
        None => {
            let first = roles.first().cloned().unwrap_or_default();
            view! {
                <p class="auth__lead">{said}</p>
                {(!message.is_empty()).then(|| view! { <blockquote class="timeline__quote">{message}</blockquote> })}
                <PostForm name="decide">
                    <SelectField form="decide" name="role" label="Role" hint="Whoever is accepted can speak for the organization." value=first options=choices(&roles)/>
                    <div class="form__actions"><Submit label="Accept" name="decision" value="accept"/></div>
                    <TextArea form="decide" name="reason" label="If you decline: why" optional=true rows=2 maxlength=500u32/>
                    <div class="form__actions"><Submit label="Decline" name="decision" value="decline" class="button button--danger"/></div>
                </PostForm>
            }
            .into_any()
        }
    };
    view! {
        <h1 class="auth__title">{title}</h1>
        {body}
    }
}
