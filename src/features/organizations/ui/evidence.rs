//! What the checks found, as staff see it before they decide: on organizations, and on communities.

use super::fields::result;
use crate::{
    features::organizations::{
        trust::{FullTrust, TrustBand},
        views::CheckView,
    },
    ui::parts::Icon,
};
use leptos::prelude::*;

/// The score, the newest run, and what earlier runs found.
#[component]
pub fn Checks(trust: FullTrust, checks: Vec<CheckView>, earlier: Vec<CheckView>) -> impl IntoView {
    let before = earlier.len();
    view! {
        <Score trust/>
        {if checks.is_empty() {
            view! { <p class="text-soft">"The checks have not run yet. Load the page again in a minute."</p> }.into_any()
        } else {
            view! { <Evidence checks/> }.into_any()
        }}
        {(before > 0).then(|| view! {
            <details class="disclosure">
                <summary class="button button--small">{format!("{before} earlier checks")}</summary>
                <div class="disclosure__body"><Evidence checks=earlier/></div>
            </details>
        })}
    }
}

#[component]
fn Score(trust: FullTrust) -> impl IntoView {
    let title = match trust.band {
        TrustBand::High => "Strong signals",
        TrustBand::Medium => "Mixed signals",
        TrustBand::Low => "Weak signals",
    };
    view! {
        <div class=format!("score tone-{}", trust.band.tone())>
            <p class="score__value"><span class="score__number">{trust.score}</span><span class="score__of">"of 100"</span></p>
            <div class="score__body">
                <p class="score__title">{title}</p>
                {trust.cap.map(|cap| view! { <p class="text-soft text-small">{cap}</p> })}
                <ul class="score__reasons">
                    {trust
                        .reasons
                        .into_iter()
                        .map(|reason| {
                            let (tone, icon, word) = result(reason.result);
                            view! {
                                <li class=format!("score__reason tone-{tone}")>
                                    <Icon name=icon small=true/>
                                    {reason.title}
                                    <span class="visually-hidden">{format!(": {word}")}</span>
                                    <span class="score__points num">{format!("{} of {}", reason.points, reason.weight)}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </div>
        </div>
    }
}

/// Checks, each with its result and when it ran.
#[component]
pub fn Evidence(checks: Vec<CheckView>) -> impl IntoView {
    view! {
        <ul class="evidence">
            {checks
                .into_iter()
                .map(|check| {
                    let (tone, icon, word) = result(check.result);
                    view! {
                        <li class=format!("evidence__row tone-{tone}")>
                            <span class="evidence__mark"><Icon name=icon small=true/></span>
                            <div class="evidence__body">
                                <p class="evidence__name">{check.title}</p>
                                <p class="evidence__text">{check.evidence}</p>
                            </div>
                            <p class="evidence__end">
                                <span class="evidence__result">{word}</span>
                                <time datetime=check.checked_at.to_rfc3339()>{check.checked_label}</time>
                            </p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
