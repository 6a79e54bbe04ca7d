//! Split points: one lazily loaded piece of wasm for each area of the site, not for each page.

use super::frames;
use crate::{
    features::{accounts, notifications, opportunities, requests},
    ui::browser,
};
use leptos::{LazyViewError, prelude::*};
use leptos_router::ChooseView;

/// A page, by name. Its area decides which piece of wasm it is in, and which frame stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    // public: what strangers read
    Landing,
    ApiDocs,
    Opportunities,
    Opportunity,
    // door: joining and signing in
    SignIn,
    ForgotPassword,
    Link,
    SecondFactor,
    // workspace: what members of an organization or a community do
    Account,
    Notifications,
    ManageOpportunities,
    NewOpportunity,
    EditOpportunity,
    Inbox,
    NewRequest,
    Request,
    // staff: what the platform's people do
}

/// A route's view: fetches the area's code, then shows the page.
#[derive(Debug, Clone, Copy)]
pub struct Area(pub Page);

impl ChooseView for Area {
    async fn choose(self) -> AnyView {
        let loaded = match self.0 {
            Page::SignIn | Page::ForgotPassword | Page::Link | Page::SecondFactor => door(self.0).await,
            Page::Account | Page::Notifications => workspace(self.0).await,
            Page::ManageOpportunities | Page::NewOpportunity | Page::EditOpportunity => workspace(self.0).await,
            Page::Inbox | Page::NewRequest | Page::Request => workspace(self.0).await,
            _ => public(self.0).await,
        };
        match loaded {
            Ok(view) => view,
            // The code could not be fetched (an older page, a lost connection): let the server render it.
            Err(_) => {
                browser::reload();
                ().into_any()
            }
        }
    }

    /// Nothing to do ahead: `choose` fetches the code.
    async fn preload(&self) {}
}

/// Pages that strangers read.
#[lazy(fallible)]
fn public(page: Page) -> Result<AnyView, LazyViewError> {
    Ok(match page {
        Page::Landing => frames::site(|| view! { <super::landing::LandingPage/> }).into_any(),
        Page::ApiDocs => frames::site(|| view! { <super::api_docs::ApiDocsPage/> }).into_any(),
        Page::Opportunities => frames::site(|| view! { <opportunities::ui::browse::OpportunitiesPage/> }).into_any(),
        Page::Opportunity => frames::site(|| view! { <opportunities::ui::detail::OpportunityDetailPage/> }).into_any(),
        _ => ().into_any(),
    })
}

/// Joining and signing in.
#[lazy(fallible)]
fn door(page: Page) -> Result<AnyView, LazyViewError> {
    Ok(match page {
        Page::SignIn => frames::card(|| view! { <accounts::ui::SignInPage/> }).into_any(),
        Page::ForgotPassword => frames::card(|| view! { <accounts::ui::ForgotPage/> }).into_any(),
        Page::Link => frames::card(|| view! { <accounts::ui::LinkPage/> }).into_any(),
        Page::SecondFactor => frames::card(|| view! { <accounts::ui::SecondFactorPage/> }).into_any(),
        _ => ().into_any(),
    })
}

/// What members of an organization or a community do.
#[lazy(fallible)]
fn workspace(page: Page) -> Result<AnyView, LazyViewError> {
    Ok(match page {
        Page::Account => frames::workspace("account", || view! { <accounts::ui::AccountPage/> }).into_any(),
        Page::Notifications => frames::workspace("notifications", || view! { <notifications::ui::NoticesPage/> }).into_any(),
        Page::ManageOpportunities => {
            frames::workspace("opportunities", || view! { <opportunities::ui::manage::ManageOpportunitiesPage/> }).into_any()
        }
        Page::NewOpportunity => frames::workspace("opportunities", || view! { <opportunities::ui::edit::NewOpportunityPage/> }).into_any(),
        Page::EditOpportunity => {
            frames::workspace("opportunities", || view! { <opportunities::ui::edit::EditOpportunityPage/> }).into_any()
        }
        Page::Inbox => frames::workspace("inbox", || view! { <requests::ui::inbox::InboxListPage/> }).into_any(),
        Page::NewRequest => frames::workspace("directory", || view! { <requests::ui::compose::NewRequestPage/> }).into_any(),
        Page::Request => frames::workspace("inbox", || view! { <requests::ui::request::RequestPage/> }).into_any(),
        _ => ().into_any(),
    })
}
