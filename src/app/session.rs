//! Who looks at the page and in which theme, for the frames: the view that crosses the wire, loaded once. `me` makes it.

use crate::ui::page::{Loaded, PageError, fetched};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

/// Who is signed in, and which workspaces they have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeView {
    pub name: String,
    pub email: String,
    pub workspaces: Vec<WorkspaceView>,
    /// The workspace that pages show when none is named.
    pub current: Option<String>,
    /// A second factor has yet to be given.
    pub second_factor_due: bool,
    pub unread: i64,
}

/// One workspace in the switcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceView {
    /// `organization:acme`: what `?as=` holds.
    pub key: String,
    /// `organization`, `community` or `staff`.
    pub kind: String,
    pub slug: String,
    pub name: String,
    pub role: String,
    pub can: WorkspaceCan,
}

/// What the navigation shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceCan {
    pub see_requests: bool,
    pub edit_events: bool,
    pub manage_opportunities: bool,
    pub edit_profile: bool,
    pub manage_members: bool,
    pub manage_security: bool,
    /// Looks accounts up, and suspends them.
    pub administer: bool,
    /// The workspace asks for a second factor that was not given in this session.
    pub wants_second_factor: bool,
}

/// Shared by every frame.
#[derive(Clone, Copy)]
pub struct Me(pub Loaded<Option<MeView>>);

/// Starts loading who looks.
pub fn load() -> Me {
    Me(fetched(|| (), |()| me()))
}

/// The workspace that pages of this load act for: `?as=`, else the remembered one.
pub fn current(me: &MeView, named: Option<&str>) -> Option<WorkspaceView> {
    let find = |key: &str| me.workspaces.iter().find(|w| w.key == key || w.slug == key);
    named.and_then(find).or_else(|| me.current.as_deref().and_then(find)).or_else(|| me.workspaces.first()).cloned()
}

#[server(name = LoadMe, prefix = "/rpc", endpoint = "me", input = GetUrl)]
pub async fn me() -> Result<Option<MeView>, PageError> {
    Ok(super::me::view(&crate::ui::door::of_page()?).await?)
}

/// `data-theme` of the document: what the reader chose, or nothing for the system's choice.
pub fn theme() -> Option<&'static str> {
    crate::ui::browser::cookie("theme").and_then(|theme| match theme.as_str() {
        "dark" => Some("dark"),
        "light" => Some("light"),
        _ => None,
    })
}
