//! `/people`: who belongs to the workspace, who is invited, who asks; the same page for both kinds of workspace.

use crate::{
    features::members::{
        rules::{InvitationState, MemberStatus},
        server_fns,
        views::{InvitationView, JoinView, MemberView, PeopleScreen, within},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, SelectField, Submit, TextArea, TextField, came_back, came_back_as},
        page::{Shape, acting, fetched, shown_as},
        parts::{Address, Empty, Icon, More, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("status").unwrap_or_default(), query.get("cursor").unwrap_or_default()))
    });
    let loaded = fetched(
        move || (asked.get(), acting.get()),
        |((status, cursor), workspace)| server_fns::people(status, cursor, workspace),
    );
    let done = query.with_untracked(|query| query.get("done").unwrap_or_default());
    view! {
        <Title text="People"/>
        {shown_as(Shape::Rows, loaded, move |screen| view! { <People screen done=done.clone()/> })}
    }
}

/// Pairs of value and label that are one.
pub(super) fn choices(labels: &[String]) -> Vec<(String, String)> {
    labels.iter().map(|label| (label.clone(), label.clone())).collect()
}

fn said(done: &str) -> Option<(&'static str, &'static str)> {
    Some(match done {
        "invited" => ("Invited", "The mail is on its way. Its link works for seven days."),
        "resent" => ("Sent again", "A new mail is on its way. The link in the old one is dead."),
        "revoked" => ("Taken back", "The link in the mail opens nothing any more."),
        "added" => ("On the list", "They get a mail with a link, and are active once they follow it."),
        "imported" => ("Imported", "Everybody new gets a mail with a link, and is active once they follow it."),
        "decided" => ("Decided", "They get a mail that says so."),
        "removed" => ("Taken out", "They can do nothing here from now on."),
        _ => return None,
    })
}

#[component]
fn People(screen: PeopleScreen, done: String) -> impl IntoView {
    let PeopleScreen { acting, kind, workspace_name, members, status, invitations, joins, roles, manages, cannot_invite } =
        screen;
    let is_community = kind == "community";
    let count = if members.total_capped { "1,000+".to_owned() } else { members.total.to_string() };
    let title = match (members.total, status.as_str()) {
        (1, "") => format!("One person is in {}", isolated(&workspace_name)),
        (_, "") => format!("{count} people are in {}", isolated(&workspace_name)),
        (1, status) => format!("One person is {status}"),
        (_, status) => format!("{count} people are {status}"),
    };
    let sub = match invitations.len() {
        0 if manages => "Nobody waits for an answer.".to_owned(),
        0 => "They see what you see; some may do more.".to_owned(),
        1 => "One invitation is open.".to_owned(),
        many => format!("{many} invitations are open."),
    };
    let shown = members.items.len();
    let next = members
        .next_cursor
        .as_ref()
        .map(|cursor| within(&format!("/people?status={}&cursor={cursor}", status.replace(' ', "+")), &acting));
    let can_invite = manages && cannot_invite.is_none();
    let import = (can_invite && is_community).then(|| {
        view! { <a class="button" href=within("/people/import", &acting)><Icon name="upload" small=true/>"Import a list"</a> }
    });
    let tabs = is_community.then(|| view! { <StatusTabs status=status.clone() acting=acting.clone()/> });
    let list = if members.items.is_empty() {
        let everybody = within("/people", &acting);
        view! {
            <Empty title="Nobody stands here" text="Nobody has this status now. Look at everybody instead." icon="users">
                <a class="button" href=everybody>"Show everybody"</a>
            </Empty>
        }
        .into_any()
    } else {
        let rows =
            members.items.into_iter().map(|member| view! { <Row member acting=acting.clone() is_community/> }).collect_view();
        view! {
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"People"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Role"</th>
                            {is_community.then(|| view! { <th scope="col">"Status"</th> })}
                            <th scope="col">"Since"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <More count=format!("Showing {shown} of {count}") next/>
        }
        .into_any()
    };
    let main = view! {
        {(!joins.is_empty()).then(|| view! { <Joins joins roles=roles.clone() acting=acting.clone()/> })}
        <section class="section" aria-labelledby="people">
            <div class="section__head"><h2 class="section__title" id="people">"People"</h2></div>
            {tabs}
            {list}
        </section>
        {(!invitations.is_empty()).then(|| view! { <Invitations invitations acting=acting.clone() can_send=can_invite/> })}
    };
    let aside = manages.then(|| match cannot_invite {
        Some(why) => view! { <Notice tone="info" title="You cannot invite yet"><p>{why}</p></Notice> }.into_any(),
        None => view! {
            <Invite roles=roles.clone() acting=acting.clone()/>
            {is_community.then(|| view! { <Add roles acting/> })}
        }
        .into_any(),
    });
    let said = said(&done).map(|(title, text)| view! { <Notice tone="success" title><p>{text}</p></Notice> });
    view! {
        <div class="stack">
            <PageHead title sub>{import}</PageHead>
            {said}
            {match aside {
                Some(aside) => view! {
                    <div class="sidebar"><div class="stack stack--sections">{main}</div><aside class="stack">{aside}</aside></div>
                }
                .into_any(),
                None => view! { <div class="stack stack--sections">{main}</div> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn StatusTabs(status: String, acting: String) -> impl IntoView {
    let tab = |value: &'static str, label: &'static str| {
        let here = (value == status).then_some("page");
        let path = if value.is_empty() { "/people".to_owned() } else { format!("/people?status={}", value.replace(' ', "+")) };
        view! { <a class="tabs__tab" href=within(&path, &acting) aria-current=here>{label}</a> }
    };
    view! {
        <nav class="tabs" aria-label="By status">
            {tab("", "Everybody")}
            {MemberStatus::ALL.iter().map(|status| tab(status.label(), status.label())).collect_view()}
        </nav>
    }
}

#[component]
fn Row(member: MemberView, acting: String, is_community: bool) -> impl IntoView {
    let href = within(&format!("/people/{}", member.member_id), &acting);
    let powers = match (member.signatory, member.finance) {
        (true, true) => Some("signs and moves money"),
        (true, false) => Some("signs"),
        (false, true) => Some("moves money"),
        (false, false) => None,
    };
    view! {
        <tr>
            <td class="table__main">
                <a class="table__link" href=href><bdi>{member.name}</bdi>{member.is_you.then_some(" (you)")}</a>
                {member.email.map(|email| view! { <span class="table__sub"><Address text=email/></span> })}
            </td>
            <td data-label="Role">{member.role}{powers.map(|powers| view! { <span class="table__sub">{powers}</span> })}</td>
            {is_community.then(|| view! { <td data-label="Status"><Pill text=member.status.label() tone=member.tone/></td> })}
            <td data-label="Since"><time datetime=member.since>{member.since_label}</time></td>
        </tr>
    }
}

#[component]
fn Invitations(invitations: Vec<InvitationView>, acting: String, can_send: bool) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="invited">
            <div class="section__head"><h2 class="section__title" id="invited">"Invited"</h2></div>
            <ul class="list">
                {invitations
                    .into_iter()
                    .map(|invitation| {
                        let is_late = invitation.state == InvitationState::Expired;
                        let (pill, tone) = if is_late {
                            ("Expired".to_owned(), "warning")
                        } else {
                            (format!("Ends {}", invitation.expires_label), "info")
                        };
                        let id = invitation.invitation_id.to_string();
                        let name = (!invitation.name.is_empty()).then(|| view! { <bdi>{invitation.name.clone()}</bdi> ", " });
                        let again = format!("Send again to {}", invitation.email);
                        let back = format!("Take back the invitation of {}", invitation.email);
                        view! {
                            <li class="list__row">
                                <div class="list__body">
                                    <p>{name}<Address text=invitation.email/></p>
                                    <p class="list__sub">{format!("{}, invited by {}, sent {}", invitation.role, isolated(&invitation.invited_by), invitation.sent_label)}</p>
                                </div>
                                <div class="list__end">
                                    <Pill text=pill tone/>
                                    {can_send.then(|| view! {
                                        <PostForm name="resend" acting=acting.clone() one=("invitationId", id.clone()) class="">
                                            <button class="button button--small" aria-label=again>"Send again"</button>
                                        </PostForm>
                                    })}
                                    <PostForm name="revoke" acting=acting.clone() one=("invitationId", id) class="">
                                        <button class="button button--quiet button--small" aria-label=back>"Take back"</button>
                                    </PostForm>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Joins(joins: Vec<JoinView>, roles: Vec<String>, acting: String) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="asking">
            <div class="section__head"><h2 class="section__title" id="asking">"Asking to join"</h2></div>
            <ul class="list">
                {joins
                    .into_iter()
                    .map(|join| {
                        let id = join.join_request_id.to_string();
                        let is_open = came_back_as("decide_join", "joinRequestId", &id);
                        let options = choices(&roles);
                        view! {
                            <li class="list__row">
                                <div class="list__body">
                                    <p><bdi>{join.name}</bdi></p>
                                    <p class="list__sub"><Address text=join.email/>{format!(", asked {}", join.asked_label)}</p>
                                    {(!join.message.is_empty()).then(|| view! { <blockquote class="timeline__quote">{join.message}</blockquote> })}
                                </div>
                                <div class="list__end">
                                    <details class="disclosure" open=is_open>
                                        <summary class="button button--small">"Decide"</summary>
                                        <div class="disclosure__body stack">
                                            <PostForm name="decide_join" acting=acting.clone() one=("joinRequestId", id)>
                                                <SelectField form="decide_join" name="role" label="Role" hint="What they may do depends on it." options/>
                                                <div class="form__actions"><Submit label="Accept" name="decision" value="accept"/></div>
                                                <TextArea form="decide_join" name="reason" label="If you decline: why" optional=true rows=2 maxlength=500u32/>
                                                <div class="form__actions">
                                                    <Submit label="Decline" name="decision" value="decline" class="button button--danger"/>
                                                </div>
                                            </PostForm>
                                        </div>
                                    </details>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Invite(roles: Vec<String>, acting: String) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="invite">
            <header class="panel__head"><h2 class="panel__title" id="invite">"Invite somebody"</h2></header>
            <div class="panel__body">
                <PostForm name="invite" acting>
                    <TextField form="invite" name="email" label="E-mail" kind="email" inputmode="email" autocomplete="off"/>
                    <SelectField form="invite" name="role" label="Role" options=choices(&roles)/>
                    <TextField form="invite" name="name" label="Name" hint="They can say it themselves." optional=true autocomplete="off" maxlength=100u32/>
                    <div class="form__actions"><Submit label="Send the invitation"/></div>
                </PostForm>
            </div>
            <footer class="panel__foot"><p class="text-soft text-small">"The link in the mail works for seven days. Ten invitations a minute."</p></footer>
        </section>
    }
}

#[component]
fn Add(roles: Vec<String>, acting: String) -> impl IntoView {
    view! {
        <details class="disclosure" open=came_back(&["add"])>
            <summary class="button">"Put somebody on the list"</summary>
            <div class="disclosure__body stack">
                <p class="text-soft">"They stand on the list as On Boarding at once, and are active when they follow the link in their mail."</p>
                <PostForm name="add" acting>
                    <TextField form="add" name="firstName" label="First name" autocomplete="off" maxlength=60u32/>
                    <TextField form="add" name="lastName" label="Last name" optional=true autocomplete="off" maxlength=60u32/>
                    <TextField form="add" name="email" label="E-mail" kind="email" inputmode="email" autocomplete="off"/>
                    <SelectField form="add" name="role" label="Role" options=choices(&roles)/>
                    <div class="form__actions"><Submit label="Put on the list"/></div>
                </PostForm>
            </div>
        </details>
    }
}
