//! Blocking the workspace that a page is about: a profile, a community, a request.

use crate::{
    kernel::text::isolated,
    ui::form::{PostForm, Submit, came_back},
};
use leptos::prelude::*;

/// The way to block somebody, in words that promise what a block does. `workspace` is the other's id.
#[component]
pub fn BlockThem(#[prop(into)] name: String, workspace: String, acting: String) -> impl IntoView {
    let name = isolated(&name).into_owned();
    let words = format!(
        "You no longer stand in each other\u{2019}s lists, and {name} can neither write to you nor put you on its events. They are \
         not told, and what everybody may read they still may. Open requests stay open."
    );
    view! {
        <details class="disclosure" open=came_back(&["block"])>
            <summary class="button button--quiet">{format!("Block {name}")}</summary>
            <div class="disclosure__body">
                <PostForm name="block" acting>
                    <input type="hidden" name="workspaceId" value=workspace/>
                    <p>{words}</p>
                    <div class="form__actions"><Submit label="Block them" class="button button--danger"/></div>
                </PostForm>
            </div>
        </details>
    }
}
