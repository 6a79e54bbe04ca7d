//! Split points: one lazily loaded piece of wasm for each area of the site, not for each page.

use super::frames;
use crate::{
    features::{accounts, notifications, organizations},
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
    Directory,
    Organization,
    // door: joining and signing in
    SignIn,
    ForgotPassword,
    Link,
    SecondFactor,
    BecomeSponsor,
    // workspace: what members of an organization or a community do
    Account,
    Notifications,
    OrganizationProfile,
    // staff: what the platform's people do
    StaffOrganizations,
    StaffOrganization,
}

/// A route's view: fetches the area's code, then shows the page.
#[derive(Debug, Clone, Copy)]
pub struct Area(pub Page);

impl ChooseView for Area {
    async fn choose(self) -> AnyView {
        let loaded = match self.0 {
            Page::SignIn | Page::ForgotPassword | Page::Link | Page::SecondFactor | Page::BecomeSponsor => door(self.0).await,
            Page::Account | Page::Notifications | Page::OrganizationProfile => workspace(self.0).await,
            Page::StaffOrganizations | Page::StaffOrganization => staff(self.0).await,
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
        Page::Directory => frames::site(|| view! { <organizations::ui::DirectoryPage/> }).into_any(),
        Page::Organization => frames::site(|| view! { <organizations::ui::OrganizationPage/> }).into_any(),
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
        Page::BecomeSponsor => frames::site(|| view! { <organizations::ui::BecomeSponsorPage/> }).into_any(),
        _ => ().into_any(),
    })
}

/// What members of an organization or a community do.
#[lazy(fallible)]
fn workspace(page: Page) -> Result<AnyView, LazyViewError> {
    Ok(match page {
        Page::Account => frames::workspace("account", || view! { <accounts::ui::AccountPage/> }).into_any(),
        Page::Notifications => frames::workspace("notifications", || view! { <notifications::ui::NoticesPage/> }).into_any(),
        Page::OrganizationProfile => frames::workspace("profile", || view! { <organizations::ui::ProfilePage/> }).into_any(),
        _ => ().into_any(),
    })
}

/// What the platform's people do.
#[lazy(fallible)]
fn staff(page: Page) -> Result<AnyView, LazyViewError> {
    Ok(match page {
        Page::StaffOrganizations => {
            frames::workspace("staff-organizations", || view! { <organizations::ui::StaffOrganizationsPage/> }).into_any()
        }
        Page::StaffOrganization => {
            frames::workspace("staff-organizations", || view! { <organizations::ui::StaffOrganizationPage/> }).into_any()
        }
        _ => ().into_any(),
    })
}
