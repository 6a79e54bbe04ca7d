//! The frames around pages: the public site, a workspace, a narrow card.

use super::session::{self, Me, MeView, WorkspaceView};
use crate::{
    kernel::{markup::Markup, text::isolated},
    ui::{
        browser,
        form::{PostForm, Unplaced},
        keys::{Key, KeysDialog},
        page::acting,
        parts::{Icon, Pill, put_icon, written},
    },
};
use leptos::prelude::*;

/// The public site around a page.
pub fn site<V: IntoView + 'static>(page: impl FnOnce() -> V) -> impl IntoView {
    let page = page();
    view! {
        <div class="site">
            <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
            <header class="site__header">
                <div class="site__bar">
                    <Brand/>
                    <nav class="site__nav" aria-label="Main">
                        <NavLink class="site__link" href="/opportunities" label="Opportunities"/>
                        <NavLink class="site__link" href="/directory" label="Sponsors"/>
                        <NavLink class="site__link" href="/events" label="Events"/>
                        <NavLink class="site__link" href="/communities" label="Communities"/>
                    </nav>
                    <SiteSearch class="search site__search"/>
                    <div class="site__tools">
                        <ThemeSwitch/>
                        <SiteTools/>
                    </div>
                </div>
            </header>
            <main class="site__main" id="main" tabindex="-1"><Unplaced/>{page}</main>
            <Footer/>
        </div>
    }
}

/// One narrow card: joining, signing in.
pub fn card<V: IntoView + 'static>(page: impl FnOnce() -> V) -> impl IntoView {
    let page = page();
    view! {
        <div class="auth">
            <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
            <header class="auth__brand"><Brand/></header>
            <main class="auth__card" id="main" tabindex="-1"><Unplaced/>{page}</main>
            <footer class="auth__foot">
                "New here? " <a href="/become-sponsor">"Become a sponsor"</a> " or " <a href="/join">"bring your community"</a>
            </footer>
        </div>
    }
}

/// A workspace around a page; `here` is the navigation's entry that is lit.
pub fn workspace<V: IntoView + 'static>(here: &'static str, page: impl FnOnce() -> V) -> impl IntoView {
    let page = page();
    let me = expect_context::<Me>().0;
    let acting = acting();
    view! {
        <div class="workspace">
            <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
            <header class="workspace__bar">
                <Brand/>
                <Suspense strict=true>
                    {move || Suspend::new(async move {
                        let me = me.await.ok().flatten()?;
                        let current = session::current(&me, acting.get_untracked().as_deref());
                        Some(view! { <Switcher me=me.clone() current/> })
                    })}
                </Suspense>
                <SiteSearch class="search workspace__search"/>
                <div class="workspace__tools">
                    <ThemeSwitch/>
                    <Suspense strict=true>
                        {move || Suspend::new(async move {
                            let me = me.await.ok().flatten()?;
                            let current = session::current(&me, acting.get_untracked().as_deref());
                            Some(view! { <Account me current/> })
                        })}
                    </Suspense>
                </div>
            </header>
            <nav class="workspace__nav" aria-label="Workspace">
                <Suspense strict=true>
                    {move || Suspend::new(async move {
                        let me = me.await.ok().flatten()?;
                        let current = session::current(&me, acting.get_untracked().as_deref())?;
                        Some(view! { <WorkspaceNav current here/> })
                    })}
                </Suspense>
                <div class="workspace__keys"><SiteKeys/></div>
            </nav>
            <main class="workspace__main" id="main" tabindex="-1">
                <Unplaced/>
                <Suspense strict=true>
                    {move || Suspend::new(async move {
                        let me = me.await.ok().flatten()?;
                        let current = session::current(&me, acting.get_untracked().as_deref())?;
                        current.can.wants_second_factor.then(|| view! { <WantsSecondFactor name=current.name.clone()/> })
                    })}
                </Suspense>
                {page}
            </main>
        </div>
    }
}

/// Some things are shut until a second factor is given: said on every page of the workspace, with the way there.
#[component]
fn WantsSecondFactor(name: String) -> impl IntoView {
    let path = leptos_router::hooks::use_location().pathname.get_untracked();
    let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    view! {
        <div class="center">
            <div class="notice tone-info" role="status">
                <Icon name="shield-check"/>
                <div class="notice__body">
                    <p class="notice__title">{format!("{} asks for a second factor", isolated(&name))}</p>
                    <p>"Some of what you may do here is open only after a code from your phone."</p>
                </div>
                <a class="button button--small notice__action" href=format!("/second-factor?next={next}")>"Confirm it"</a>
            </div>
        </div>
    }
}

#[component]
pub fn Brand() -> impl IntoView {
    let shown = Markup::of(
        r#"<svg class="brand__mark" aria-hidden="true"><use href="/icons.svg#brand"></use></svg><span class="brand__name">CommDesk</span>"#,
        &[],
    );
    written("a", &[("class", "brand"), ("href", "/")], shown)
}

/// A link that knows whether it is where we are.
#[component]
fn NavLink(class: &'static str, href: &'static str, label: &'static str) -> impl IntoView {
    let path = leptos_router::hooks::use_location().pathname;
    let here = move || path.with(|path| path == href || path.starts_with(&format!("{href}/"))).then_some("page");
    view! { <a class=class href=href aria-current=here>{label}</a> }
}

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let mut buttons = Markup::default();
    for (theme, icon) in [("dark", "moon"), ("light", "sun")] {
        buttons.put(
            r#"<button class="icon-button theme-switch__to-{}" name="theme" value="{}" aria-label="Use the {} theme">"#,
            &[theme, theme, theme],
        );
        put_icon(&mut buttons, icon, false);
        buttons.put("</button>", &[]);
    }
    written("form", &[("class", "theme-switch"), ("method", "post"), ("action", "/theme")], buttons)
}

/// Sign in, or the way to one's workspace.
#[component]
fn SiteTools() -> impl IntoView {
    let me = expect_context::<Me>().0;
    let acting = acting();
    view! {
        <Suspense strict=true>
            {move || Suspend::new(async move {
                match me.await.ok().flatten() {
                    Some(me) => {
                        let current = session::current(&me, acting.get_untracked().as_deref());
                        view! {
                            <a class="button button--small" href="/dashboard">"Your workspace"</a>
                            <Account me current/>
                        }
                        .into_any()
                    }
                    None => view! {
                        <a class="button button--quiet button--small" href="/sign-in">"Sign in"</a>
                        <a class="button button--primary button--small site__cta" href="/become-sponsor">"Become a sponsor"</a>
                    }
                    .into_any(),
                }
            })}
        </Suspense>
    }
}

/// A search of the directory from every page; hidden where the page has a search of its own, and on narrow screens.
#[component]
pub fn SiteSearch(class: &'static str) -> impl IntoView {
    let field = Markup::of(
        r#"<label class="visually-hidden" for="site-q">Search sponsors and partners</label><svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg><input class="input search__input" id="site-q" name="q" type="search" placeholder="Search sponsors" maxlength="100"><kbd class="search__key" aria-hidden="true">/</kbd>"#,
        &[],
    );
    let form = [
        ("class", class),
        ("role", "search"),
        ("method", "get"),
        ("action", "/directory"),
        ("aria-label", "Sponsors and partners"),
    ];
    written("form", &form, field)
}

/// The keys that every page answers to, and the dialog that says which. A page with keys of its own shows its own dialog. What a
/// key closes is closed by a press beside it, too, and by going on: on a page that sleeps, once it is awake.
#[component]
fn SiteKeys() -> impl IntoView {
    const KEYS: &str = "site-keys";
    Effect::new(|_| {
        browser::close_beside("details.menu[open]");
        browser::on_key_of_site(|key| match key {
            "/" => browser::focus_first(&["main [type=search]", "header [type=search]"]),
            "?" => {
                browser::press("[popovertarget=site-keys]:not([popovertargetaction])");
                true
            }
            // Dialogs and popovers close by themselves; a menu is a `details`.
            "Escape" => {
                const OPEN: &str = "details.menu[open] > summary";
                let is_open = browser::focus_first(&[OPEN]);
                if is_open {
                    browser::press(OPEN);
                }
                is_open
            }
            _ => false,
        });
    });
    let of = |keys, meaning| Key { keys, meaning };
    let keys = vec![
        of(&["/"], "Search"),
        of(&["?"], "This list"),
        of(&["Esc"], "Close what is open"),
        of(&["Tab"], "Next link, button or field; the first of a page leads past its head"),
    ];
    view! { <KeysDialog id=KEYS title="Keys of every page" keys/> }
}

/// The account menu; its links keep the workspace that the page acts for.
#[component]
fn Account(me: MeView, current: Option<WorkspaceView>) -> impl IntoView {
    let unread = me.unread;
    let at = |path: &str| match &current {
        Some(workspace) => format!("{path}?as={}", workspace.key),
        None => path.to_owned(),
    };
    let (people, searches, watchlist) = (at("/people"), at("/searches"), at("/watchlist"));
    let brings = current.as_ref().is_some_and(|it| it.kind == "staff" || (it.kind == "community" && it.can.manage_opportunities));
    let imports = brings.then(|| at("/imports"));
    let guarded = current.as_ref().is_some_and(|it| it.can.manage_security).then(|| (at("/workspace/security"), at("/export")));
    let label = if unread > 0 { format!("Notifications, {unread} new") } else { "Notifications".to_owned() };
    view! {
        <a class="icon-button" href="/notifications" aria-label=label>
            <Icon name="bell"/>
            {(unread > 0).then(|| view! { <span class="icon-button__count" aria-hidden="true">{unread.min(99)}</span> })}
        </a>
        <details class="menu menu--end">
            <summary class="icon-button">
                <span class="avatar avatar--small" aria-hidden="true">{crate::kernel::text::initials(&me.name)}</span>
                <span class="visually-hidden">"Account"</span>
            </summary>
            <div class="menu__panel">
                <p class="menu__label">{me.email}</p>
                <a class="menu__item" href="/dashboard"><Icon name="home"/>"Your workspace"</a>
                <a class="menu__item" href=people><Icon name="users"/>"People"</a>
                <a class="menu__item" href=searches><Icon name="search"/>"Saved searches"</a>
                <a class="menu__item" href=watchlist><Icon name="eye"/>"Watchlist"</a>
                {imports.map(|href| view! { <a class="menu__item" href=href><Icon name="upload"/>"Imports"</a> })}
                <a class="menu__item" href="/account"><Icon name="settings"/>"Account and security"</a>
                {guarded.map(|(security, export)| view! {
                    <a class="menu__item" href=security><Icon name="shield-check"/>"Workspace security"</a>
                    <a class="menu__item" href=export><Icon name="download"/>"Export"</a>
                })}
                <hr class="menu__rule"/>
                <PostForm name="sign_out" action="/account" class="menu__form">
                    <button class="menu__item"><Icon name="log-out"/>"Sign out"</button>
                </PostForm>
            </div>
        </details>
    }
}

/// Which workspace we act for, and the way to the others.
#[component]
fn Switcher(me: MeView, current: Option<WorkspaceView>) -> impl IntoView {
    let current = current.unwrap_or_else(|| WorkspaceView {
        key: String::new(),
        kind: String::new(),
        slug: String::new(),
        name: me.name.clone(),
        role: String::new(),
        can: session::WorkspaceCan::default(),
    });
    let (here, whole) = (current.key.clone(), current.name.clone());
    // What the bottom bar of a phone has no room for.
    let profile = (current.kind == "community").then(|| {
        view! {
            <hr class="menu__rule"/>
            <a class="menu__item" href=format!("/community/profile?as={}", current.key) rel="external"><Icon name="edit"/>"Community profile"</a>
        }
    });
    view! {
        <details class="menu switcher">
            <summary class="switcher__current">
                <span class="avatar avatar--small" aria-hidden="true">{crate::kernel::text::initials(&current.name)}</span>
                <span class="switcher__name" title=whole>{current.name}</span>
                <Icon name="chevrons-up-down" small=true/>
            </summary>
            <div class="menu__panel">
                <p class="menu__label">"Act for"</p>
                {me.workspaces
                    .into_iter()
                    .map(|workspace| {
                        let is_here = (workspace.key == here).then_some("true");
                        let home = if workspace.kind == "staff" { "/staff/organizations" } else { "/dashboard" };
                        let whole = workspace.name.clone();
                        view! {
                            <a class="menu__item" href=format!("{home}?as={}", workspace.key) aria-current=is_here rel="external">
                                <span class="truncate" title=whole>{workspace.name}</span>
                                <Pill text=workspace.role tone="neutral"/>
                            </a>
                        }
                    })
                    .collect_view()}
                {profile}
            </div>
        </details>
    }
}

#[component]
fn WorkspaceNav(current: WorkspaceView, here: &'static str) -> impl IntoView {
    // name, address, icon, label, only on wide screens
    let mut entries: Vec<(&'static str, String, &'static str, &'static str, bool)> = Vec::new();
    let at = |path: &str| format!("{path}?as={}", current.key);
    match current.kind.as_str() {
        "staff" => {
            entries.push(("staff-organizations", at("/staff/organizations"), "building", "Sponsors", false));
            entries.push(("staff-communities", at("/staff/communities"), "users", "Communities", false));
            entries.push(("staff-requests", at("/staff/requests"), "inbox", "Held", false));
            entries.push(("staff-reports", at("/staff/reports"), "megaphone", "Reports", false));
            if current.can.administer {
                entries.push(("staff-people", at("/staff/people"), "shield-check", "Accounts", false));
            }
            entries.push(("imports", at("/imports"), "upload", "Imports", true));
        }
        "community" => {
            entries.push(("home", at("/dashboard"), "home", "Home", false));
            if current.can.see_requests {
                entries.push(("inbox", at("/inbox"), "inbox", "Inbox", false));
            }
            entries.push(("events", at("/manage/events"), "calendar", "Events", false));
            if current.can.manage_opportunities {
                entries.push(("opportunities", at("/manage/opportunities"), "tag", "Opportunities", false));
            }
            entries.push(("directory", at("/directory"), "building", "Sponsors", false));
            entries.push(("profile", at("/community/profile"), "edit", "Profile", true));
            if current.can.manage_opportunities {
                entries.push(("imports", at("/imports"), "upload", "Imports", true));
            }
            if current.can.manage_security {
                entries.push(("security", at("/workspace/security"), "shield-check", "Security", true));
            }
            entries.push(("people", at("/people"), "users", "People", true));
        }
        _ => {
            entries.push(("home", at("/dashboard"), "home", "Home", false));
            if current.can.see_requests {
                entries.push(("inbox", at("/inbox"), "inbox", "Inbox", false));
            }
            entries.push(("opportunities", at("/opportunities"), "tag", "Opportunities", false));
            entries.push(("profile", at("/organization/profile"), "edit", "Profile", false));
            if current.can.manage_security {
                entries.push(("security", at("/workspace/security"), "shield-check", "Security", true));
            }
            entries.push(("people", at("/people"), "users", "People", false));
        }
    }
    view! {
        <ul class="workspace__nav-list">
            {entries
                .into_iter()
                .map(|(name, href, icon, label, wide)| {
                    let lit = (name == here).then_some("page");
                    view! {
                        <li class=wide.then_some("workspace__nav-wide")>
                            <a class="nav-link" href=href aria-current=lit><Icon name=icon/><span class="nav-link__label">{label}</span></a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="site__footer">
            <div class="site__footer-inner">
                <nav class="site__footer-links" aria-label="Footer">
                    <a href="/become-sponsor">"Become a sponsor"</a>
                    <a href="/join">"Bring your community"</a>
                    <a href="/opportunities">"Opportunities"</a>
                    <a href="/directory">"Sponsors"</a>
                    <a href="/communities">"Communities"</a>
                    <a href="/api/docs" rel="external">"API"</a>
                </nav>
                <p class="site__footer-note">"CommDesk. Where sponsors and developer communities meet."</p>
                <SiteKeys/>
            </div>
        </footer>
    }
}
