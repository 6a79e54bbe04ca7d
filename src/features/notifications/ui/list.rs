//! `/notifications`: what happened, newest first, each one step from where it leads.

use crate::{
    features::notifications::{
        server_fns,
        views::{NoticeCount, NoticeView, NoticesView},
    },
    ui::{
        form::PostForm,
        page::{Shape, fetched, shown_as},
        parts::{Empty, Icon, More, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    unread: bool,
    workspace: Option<String>,
}

impl Asked {
    /// The address of this list, on a later page.
    fn href(&self, cursor: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if self.unread {
            query.append_pair("unread", "true");
        }
        if let Some(workspace) = &self.workspace {
            query.append_pair("workspace", workspace);
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let query = query.finish();
        if query.is_empty() { "/notifications".to_owned() } else { format!("/notifications?{query}") }
    }
}

/// `/notifications`.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            unread: query.get("unread").is_some_and(|unread| unread == "true"),
            workspace: query.get("workspace"),
        })
    });
    let cursor = move || query.with(|query| query.get("cursor"));
    let loaded =
        fetched(move || (asked.get(), cursor()), |(asked, cursor)| server_fns::notices(asked.unread, asked.workspace, cursor));
    view! {
        <Title text="Notifications"/>
        {shown_as(Shape::Rows, loaded, move |notices| view! { <Notices notices asked=asked.get_untracked()/> })}
    }
}

#[component]
fn Notices(notices: NoticesView, asked: Asked) -> impl IntoView {
    let title = match notices.unread {
        0 => "Nothing new".to_owned(),
        1 => "One thing is new".to_owned(),
        n => format!("{n} things are new"),
    };
    if notices.all == 0 {
        return view! {
            <Empty only=true title="No notices yet" text="When something happens that concerns you, it stands here, and in your mailbox." icon="bell">
                <a class="button button--primary" href="/dashboard">"Go to your workspace"</a>
                <a class="button button--quiet" href="/notifications/settings">"Choose what is mailed"</a>
            </Empty>
        }
        .into_any();
    }
    let (shown, total) = (notices.items.len(), notices.total);
    let next = notices.next_cursor.map(|cursor| asked.href(Some(&cursor)));
    let here = notices.workspaces.iter().filter(|count| asked.workspace.as_ref().is_none_or(|key| *key == count.workspace));
    let (unread_here, all_here) = here.fold((0, 0), |(unread, all), count| (unread + count.unread, all + count.total));
    let tab = |unread: bool, label: &'static str, count: i64| {
        let href = Asked { unread, ..asked.clone() }.href(None);
        let current = (asked.unread == unread).then_some("page");
        view! { <a class="tabs__tab" href=href aria-current=current>{label} " " <span class="badge num">{count}</span></a> }
    };
    let several = notices.workspaces.len() > 1;
    let workspace = asked.workspace.clone();
    view! {
        <div class="center center--narrow stack">
            <PageHead title sub="Everything that concerned you, newest first.">
                {(unread_here > 0).then(|| view! {
                    <PostForm name="read_all" class="cluster">
                        {workspace.map(|key| view! { <input type="hidden" name="workspace" value=key/> })}
                        <button class="button">"Mark all as read"</button>
                    </PostForm>
                })}
                <a class="button button--quiet" href="/notifications/settings">"Choose what is mailed"</a>
            </PageHead>
            <nav class="tabs" aria-label="Which notices">
                {tab(true, "Unread", unread_here)}
                {tab(false, "All", all_here)}
            </nav>
            {several.then(|| view! { <Workspaces counts=notices.workspaces.clone() asked=asked.clone()/> })}
            {if shown == 0 {
                let elsewhere = Asked { unread: false, ..asked.clone() }.href(None);
                view! {
                    <Empty title="You have read everything" text="What is new will stand here." icon="check-circle">
                        <a class="button" href=elsewhere>"See what you have read"</a>
                    </Empty>
                }
                .into_any()
            } else {
                view! {
                    <ul class="list">{notices.items.into_iter().map(|notice| view! { <Row notice named=several/> }).collect_view()}</ul>
                    <More count=format!("Showing {shown} of {total}") next/>
                }
                .into_any()
            }}
        </div>
    }
    .into_any()
}

/// One link for each workspace, with how many of it are new.
#[component]
fn Workspaces(counts: Vec<NoticeCount>, asked: Asked) -> impl IntoView {
    let link = |workspace: Option<String>, name: String, unread: i64| {
        let current = (asked.workspace == workspace).then_some("page");
        let href = Asked { workspace, ..asked.clone() }.href(None);
        view! {
            <a class="tabs__tab" href=href aria-current=current>
                <bdi>{name}</bdi> {(unread > 0).then(|| view! { " " <span class="badge num">{unread}</span> })}
            </a>
        }
    };
    let all = counts.iter().map(|count| count.unread).sum();
    view! {
        <nav class="tabs" aria-label="By workspace">
            {link(None, "All workspaces".to_owned(), all)}
            {counts.into_iter().map(|count| link(Some(count.workspace), count.name, count.unread)).collect_view()}
        </nav>
    }
}

/// A new notice is opened by a form, which marks it as read; an old one is a plain link.
#[component]
fn Row(notice: NoticeView, named: bool) -> impl IntoView {
    let of = (named && !notice.workspace_name.is_empty()).then(|| view! { <bdi>{notice.workspace_name.clone()}</bdi> ", " });
    let when = view! { <p class="list__sub">{of}<time datetime=notice.at.to_rfc3339()>{notice.at_label}</time></p> };
    if notice.is_new {
        let (opened, read) = (notice.id.to_string(), notice.id.to_string());
        view! {
            <li class="list__row">
                <Icon name="bell"/>
                <div class="list__body"><p><strong>{notice.title.clone()}</strong></p>{when}</div>
                <div class="list__end">
                    <Pill text="New" tone="accent"/>
                    <PostForm name="open" class="cluster" one=("notice", opened)>
                        <input type="hidden" name="href" value=notice.href/>
                        <button class="button button--small">"Open"</button>
                    </PostForm>
                    <PostForm name="read" class="cluster" one=("notice", read)>
                        <button class="icon-button" aria-label=format!("Mark as read: {}", notice.title)><Icon name="check"/></button>
                    </PostForm>
                </div>
            </li>
        }
        .into_any()
    } else {
        view! {
            <li class="list__row">
                <Icon name="check"/>
                <div class="list__body"><a class="list__link" dir="ltr" href=notice.href>{notice.title}</a>{when}</div>
            </li>
        }
        .into_any()
    }
}
