//! The account: who I am here, where I am signed in, my password and address.

use super::door::asked;
use crate::{
    features::accounts::{server_fns, views::SecurityView},
    ui::{
        form::{PostForm, Submit, TextField},
        page::{fetched, shown},
        parts::{Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn AccountPage() -> impl IntoView {
    let loaded = fetched(|| (), |()| server_fns::account());
    view! {
        <Title text="Account and security"/>
        {shown(loaded, |account| view! { <Account account/> })}
    }
}

#[component]
fn Account(account: SecurityView) -> impl IntoView {
    let done = match asked("done").as_str() {
        "password" => Some(("Your password was changed", "Every other session has ended.")),
        "address" => Some((
            "Look into the new mailbox",
            "We mailed a link there. Your address changes when you follow it; we told the old address as well.",
        )),
        "factor-off" => Some(("Your second factor is off", "Your password alone signs you in now. We mailed you about it.")),
        _ => None,
    };
    let (factor_tone, factor_state) = match (account.second_factor, account.is_staff) {
        (true, _) => ("success", "On"),
        (false, true) => ("warning", "Not set up"),
        (false, false) => ("neutral", "Off"),
    };
    let factor_words = if account.is_staff {
        "Staff confirm each sign-in with a code from their phone."
    } else {
        "A code from your phone with each sign-in: a stolen password alone opens nothing."
    };
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title=account.name sub=account.email.clone()/>
            {done.map(|(title, text)| view! { <Notice tone="success" title><p>{text}</p></Notice> })}
            <section class="panel">
                <header class="panel__head">
                    <h2 class="panel__title">"Second factor"</h2>
                    <div class="panel__actions"><Pill text=factor_state tone=factor_tone/></div>
                </header>
                <div class="panel__body"><p>{factor_words}</p></div>
                <footer class="panel__foot"><a class="button" href="/second-factor">"Open second factor"</a></footer>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Where you are signed in"</h2></header>
                <div class="panel__body"><p>{match account.sessions.len() {
                    1 => "Only here.".to_owned(),
                    n => format!("In {n} places, this one included."),
                }}</p></div>
                <footer class="panel__foot">
                    <a class="button" href="/account/sessions">"See every session"</a>
                    <PostForm name="sign_out_everywhere" class="cluster">
                        <button class="button button--danger">"Sign out everywhere"</button>
                    </PostForm>
                </footer>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"What we mail you"</h2></header>
                <div class="panel__body"><p>"At once, once a day or never, by topic; and your quiet hours."</p></div>
                <footer class="panel__foot"><a class="button" href="/notifications/settings">"Choose"</a></footer>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Change your password"</h2></header>
                <div class="panel__body">
                    <PostForm name="change_password">
                        <TextField form="change_password" name="currentPassword" label="Current password" kind="password" autocomplete="current-password"/>
                        <TextField
                            form="change_password"
                            name="password"
                            label="New password"
                            hint="At least 12 characters. Every other session ends."
                            kind="password"
                            autocomplete="new-password"
                        />
                        <div class="form__actions"><Submit label="Change password"/></div>
                    </PostForm>
                </div>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Change your e-mail address"</h2></header>
                <div class="panel__body">
                    <PostForm name="change_email">
                        <TextField
                            form="change_email"
                            name="email"
                            label="New e-mail address"
                            hint="We mail a link there, and a notice to the old address."
                            kind="email"
                            autocomplete="email"
                            inputmode="email"
                        />
                        <TextField form="change_email" name="password" label="Your password" kind="password" autocomplete="current-password"/>
                        <div class="form__actions"><Submit label="Send the link"/></div>
                    </PostForm>
                </div>
            </section>
        </div>
    }
}
