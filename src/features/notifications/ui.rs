//! The page of notices: what happened, newest first, each one step from where it leads.

use super::{
    server_fns,
    views::{NoticeView, NoticesView},
};
use crate::ui::{
    form::PostForm,
    page::shown,
    parts::{Empty, Icon, More, PageHead, Pill},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn NoticesPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = move || query.with(|query| query.get("cursor"));
    let loaded = Resource::new_blocking(cursor, server_fns::notices);
    view! {
        <Title text="Notifications"/>
        {shown(loaded, |notices| view! { <Notices notices/> })}
    }
}

#[component]
fn Notices(notices: NoticesView) -> impl IntoView {
    let title = match notices.unread {
        0 => "Nothing new".to_owned(),
        1 => "One thing is new".to_owned(),
        100.. => "More than 99 things are new".to_owned(),
        n => format!("{n} things are new"),
    };
    let shown = notices.items.len();
    let next = notices.next_cursor.map(|cursor| format!("/notifications?cursor={cursor}"));
    if shown == 0 {
        return view! {
            <Empty title="No notices yet" text="When something happens that concerns you, it stands here, and in your mailbox." icon="bell">
                <a class="button button--primary" href="/dashboard">"Go to your workspace"</a>
            </Empty>
        }
        .into_any();
    }
    view! {
        <div class="center center--narrow stack">
            <PageHead title sub="Everything that concerned you, newest first.">
                {(notices.unread > 0).then(|| view! {
                    <PostForm name="read_all" class="cluster" summary=false>
                        <button class="button">"Mark all as read"</button>
                    </PostForm>
                })}
            </PageHead>
            <ul class="list">{notices.items.into_iter().map(|notice| view! { <Row notice/> }).collect_view()}</ul>
            <More count=format!("Showing {shown}") next/>
        </div>
    }
    .into_any()
}

/// A new notice is opened by a form, which marks it as read; an old one is a plain link.
#[component]
fn Row(notice: NoticeView) -> impl IntoView {
    let when = view! { <p class="list__sub"><time datetime=notice.at.to_rfc3339()>{notice.at_label}</time></p> };
    if notice.is_new {
        view! {
            <li class="list__row">
                <Icon name="bell"/>
                <div class="list__body"><p><strong>{notice.title}</strong></p>{when}</div>
                <div class="list__end">
                    <Pill text="New" tone="accent"/>
                    <PostForm name="open" class="cluster" summary=false>
                        <input type="hidden" name="notice" value=notice.id.to_string()/>
                        <input type="hidden" name="href" value=notice.href/>
                        <button class="button button--small">"Open"</button>
                    </PostForm>
                </div>
            </li>
        }
        .into_any()
    } else {
        view! {
            <li class="list__row">
                <Icon name="check"/>
                <div class="list__body"><a class="list__link" href=notice.href>{notice.title}</a>{when}</div>
            </li>
        }
        .into_any()
    }
}
