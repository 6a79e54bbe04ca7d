//! `/notifications/settings`: what is mailed, how soon, and when not.

use crate::{
    features::notifications::{
        rules::{Pace, Topic},
        server_fns,
        views::MailSettingsView,
    },
    ui::{
        form::{PostForm, SelectField, Submit},
        page::{fetched, shown},
        parts::{Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

const FORM: &str = "save";

/// `/notifications/settings`.
#[component]
pub fn MailSettingsPage() -> impl IntoView {
    let loaded = fetched(|| (), |()| server_fns::settings());
    view! {
        <Title text="What we mail you"/>
        {shown(loaded, |settings| view! { <Settings settings/> })}
    }
}

#[component]
fn Settings(settings: MailSettingsView) -> impl IntoView {
    let saved = use_query_map().with_untracked(|query| query.get("done").is_some_and(|done| done == "saved"));
    let paces: Vec<(String, String)> = Pace::ALL.iter().map(|pace| (pace.label().to_owned(), pace.words().to_owned())).collect();
    let hours: Vec<(String, String)> = (0..24).map(|hour| (hour.to_string(), format!("{hour:02}:00"))).collect();
    let zones: Vec<(String, String)> = settings.zones.into_iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    let always: Vec<&str> = Topic::ALL.iter().filter(|topic| topic.is_always_instant()).map(|topic| topic.words()).collect();
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title="What we mail you" sub=format!("To {}. Everything stands under Notifications as well, whatever you choose here.", settings.email)>
                <a class="button button--quiet" href="/notifications">"Notifications"</a>
            </PageHead>
            {saved.then(|| view! { <Notice tone="success" title="Saved"><p>"It holds from now on."</p></Notice> })}
            <PostForm name=FORM>
                <section class="panel">
                    <header class="panel__head"><h2 class="panel__title">"By topic"</h2></header>
                    <div class="panel__body stack">
                        {settings
                            .choices
                            .into_iter()
                            .map(|choice| view! {
                                <SelectField
                                    form=FORM
                                    name=format!("pace.{}", choice.topic)
                                    label=choice.topic.words()
                                    value=choice.pace.label()
                                    options=paces.clone()
                                />
                            })
                            .collect_view()}
                        <p class="form__note">{format!("{}: always at once.", always.join(", "))}</p>
                    </div>
                </section>
                <section class="panel">
                    <header class="panel__head"><h2 class="panel__title">"When"</h2></header>
                    <div class="panel__body stack">
                        <SelectField form=FORM name="zone" label="Your time zone" value=settings.zone options=zones/>
                        <div class="form__row">
                            <SelectField form=FORM name="quietFrom" label="Quiet from" value=settings.quiet_from.to_string() options=hours.clone()/>
                            <SelectField form=FORM name="quietUntil" label="Quiet until" value=settings.quiet_until.to_string() options=hours.clone()/>
                        </div>
                        <p class="form__note">"Mails wait until quiet hours end. The same hour twice: no quiet hours."</p>
                        <SelectField form=FORM name="digestAt" label="Daily digest at" value=settings.digest_at.to_string() options=hours/>
                    </div>
                </section>
                <div class="form__actions"><Submit label="Save"/></div>
            </PostForm>
        </div>
    }
}
