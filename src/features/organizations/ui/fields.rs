//! Fields that the application and the profile share.

use crate::{
    features::organizations::{
        rules::application::BudgetInput,
        trust::CheckResult,
        views::{KnownProfile, within},
    },
    kernel::{
        actor::VerificationStatus,
        labels::{Band, Industry, SponsorshipType},
        money::Currency,
        pictures::sources,
    },
    ui::{
        form::{FieldError, FormState, field_id},
        parts::{Icon, Logo, Notice},
    },
};
use leptos::prelude::*;

/// The name of the control that fills a field: pictures are named on the wire by their addresses.
pub fn control_of(field: &str) -> &str {
    if field == "logoUrl" { "logo" } else { field }
}

/// Labels as pairs of value and label.
pub fn industries() -> Vec<(String, String)> {
    Industry::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect()
}

pub fn sponsorship_types() -> Vec<String> {
    SponsorshipType::LABELS.iter().map(|label| (*label).to_owned()).collect()
}

/// The budget: one choice says amount and currency. An amount that is no band (set over the API) stays until another is
/// chosen.
#[component]
pub fn BudgetField(form: &'static str, value: BudgetInput, #[prop(into)] kept_label: Option<String>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let name = "budgetRange.band";
    let id = field_id(form, name);
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let start = state.start(name, &value.band);
    let is_amount = value.band.is_empty() && !value.min.is_empty();
    let described = move || if state.error(name).is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>"Budget range"</label>
            <p class="field__hint" id=format!("{id}-hint")>
                "For a year, in the currency you pay in. Only approved communities see it."
            </p>
            <div class="field__control">
                <select
                    class="select"
                    id=id.clone()
                    name=name
                    aria-required="true"
                    aria-describedby=described
                    aria-invalid=move || state.error(name).is_some().then_some("true")
                >
                    <option value="" selected=start.is_empty()>
                        {if is_amount { format!("Keep {}", kept_label.unwrap_or_default()) } else { "Choose…".to_owned() }}
                    </option>
                    {Currency::ALL
                        .iter()
                        .map(|currency| {
                            view! {
                                <optgroup label=currency.name()>
                                    {Band::of(*currency)
                                        .map(|band| {
                                            let key = band.key();
                                            let chosen = key == start;
                                            view! { <option value=key selected=chosen>{band.label()}</option> }
                                        })
                                        .collect_view()}
                                </optgroup>
                            }
                        })
                        .collect_view()}
                </select>
            </div>
            {is_amount.then(|| view! {
                <input type="hidden" name="budgetRange.currency" value=value.currency.clone()/>
                <input type="hidden" name="budgetRange.min" value=value.min.clone()/>
                <input type="hidden" name="budgetRange.max" value=value.max.clone()/>
            })}
            <FieldError id name=name.to_owned()/>
        </div>
    }
}

/// The logo: the one that is kept, and a file to put in its place.
#[component]
pub fn LogoField(form: &'static str, #[prop(into)] company: String, url: Option<String>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(form, "logo");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = move || if state.error("logo").is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let hint = if url.is_some() {
        "This one is kept. Choose another file to replace it: PNG, JPEG, WebP or SVG, up to 2 MB."
    } else {
        "PNG, JPEG, WebP or SVG, up to 2 MB. It stands on the pages of events that you sponsor."
    };
    let shown = if company.is_empty() { "Your company".to_owned() } else { company };
    view! {
        <div class="field">
            <div class="upload">
                <div class="upload__preview"><Logo name=shown url/></div>
                <div class="upload__body">
                    <label class="field__label" for=id.clone()>"Logo"</label>
                    <p class="field__hint" id=format!("{id}-hint")>{hint}</p>
                    <input
                        class="upload__input"
                        id=id.clone()
                        name="logo"
                        type="file"
                        accept="image/png,image/jpeg,image/webp,image/svg+xml"
                        aria-describedby=described
                        aria-invalid=move || state.error("logo").is_some().then_some("true")
                    />
                </div>
            </div>
            <FieldError id name="logo".to_owned()/>
        </div>
    }
}

/// Another picture of the brand: the one that is kept, a file in its place, or none.
#[component]
pub fn PictureField(
    form: &'static str,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    #[prop(into)] company: String,
    url: Option<String>,
    /// Shown on a dark ground.
    #[prop(optional)]
    dark: bool,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(form, name);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = move || if state.error(name).is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let has_one = url.is_some();
    let remove = format!("{name}.remove");
    let words = label.to_lowercase();
    view! {
        <div class="field">
            <div class="upload">
                <div class="upload__preview"><BrandPicture name=company url dark/></div>
                <div class="upload__body">
                    <label class="field__label" for=id.clone()>{label} " " <span class="field__optional">"optional"</span></label>
                    <p class="field__hint" id=format!("{id}-hint")>{hint}</p>
                    <input
                        class="upload__input"
                        id=id.clone()
                        name=name
                        type="file"
                        accept="image/png,image/jpeg,image/webp,image/svg+xml"
                        aria-describedby=described
                        aria-invalid=move || state.error(name).is_some().then_some("true")
                    />
                    {has_one.then(|| view! {
                        <label class="choice choice--plain">
                            <input class="choice__input" type="checkbox" name=remove value="true"/>
                            <span class="choice__label">{format!("Remove the {words}")}</span>
                        </label>
                    })}
                </div>
            </div>
            <FieldError id name=name.to_owned()/>
        </div>
    }
}

/// A picture of the brand on the ground that it is made for, or initials.
#[component]
pub fn BrandPicture(#[prop(into)] name: String, url: Option<String>, #[prop(optional)] dark: bool) -> impl IntoView {
    let class = if dark { "logo logo--medium logo--dark" } else { "logo logo--medium" };
    match url {
        Some(url) => {
            let (src, srcset) = sources(&url, 128);
            view! {
                <span class=class><img class="logo__image" src=src srcset=srcset alt=format!("{name}, on a {} ground", if dark { "dark" } else { "light" }) width="160" height="80" loading="lazy"/></span>
            }
            .into_any()
        }
        None => view! { <Logo name url=None/> }.into_any(),
    }
}

/// Colours as patches with their codes. The patch is a picture's own fill: styles in pages are not allowed.
#[component]
pub fn Swatches(colors: Vec<String>) -> impl IntoView {
    view! {
        <ul class="swatches">
            {colors
                .into_iter()
                .map(|color| view! {
                    <li class="swatch">
                        <svg class="swatch__patch" viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" fill=color.clone()></rect></svg>
                        <code class="swatch__code">{color}</code>
                    </li>
                })
                .collect_view()}
        </ul>
    }
}

/// The tone of a verification status.
pub const fn tone(status: VerificationStatus) -> &'static str {
    match status {
        VerificationStatus::Verified => "success",
        VerificationStatus::PendingVerification => "warning",
        VerificationStatus::CommunityAdded => "info",
        VerificationStatus::Disabled => "danger",
    }
}

/// The tone, the icon and the word of a check's result.
pub const fn result(result: CheckResult) -> (&'static str, &'static str, &'static str) {
    match result {
        CheckResult::Pass => ("success", "check", "Passed"),
        CheckResult::Warn => ("warning", "alert", "Look at it"),
        CheckResult::Fail => ("danger", "x", "Failed"),
        CheckResult::Unknown => ("neutral", "help", "Could not be checked"),
    }
}

/// The way to the profile that has the applicant's website already.
#[component]
pub fn Known(known: KnownProfile, acting: String) -> impl IntoView {
    view! {
        <Notice tone="info" title="Your organization may be here already">
            <p>{known.words()}</p>
            <p><a class="button button--small" href=within(&known.href, &acting)>{known.label()}</a></p>
        </Notice>
    }
}

/// A list of sentences with one icon.
#[component]
pub fn Sentences(list: Vec<String>, icon: &'static str) -> impl IntoView {
    view! {
        <ul class="benefits">
            {list
                .into_iter()
                .map(|sentence| view! { <li class="benefits__item"><Icon name=icon/><p>{sentence}</p></li> })
                .collect_view()}
        </ul>
    }
}
