//! The application: what pages share, the frames around pages, and the table of routes. `document` is what stands around it.

#[cfg(feature = "ssr")]
pub mod again;
pub mod api_docs;
mod areas;
#[cfg(feature = "ssr")]
pub mod document;
mod frames;
#[cfg(feature = "ssr")]
pub mod hashes;
#[cfg(feature = "ssr")]
pub mod kit;
pub mod landing;
#[cfg(feature = "ssr")]
mod landing_data;
#[cfg(feature = "ssr")]
mod me;
#[cfg(feature = "ssr")]
pub mod plain;
pub mod session;

use crate::ui::{
    browser,
    form::{Outcome, Refused},
    page::{PageError, Problem},
    parts::Heads,
};
use areas::{Area, Page};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The application: provides what pages share and picks the page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let outcome = SharedValue::new(|| use_context::<Option<Outcome>>().flatten());
    provide_context(Refused(outcome.into_inner()));
    provide_context(Heads::default());
    provide_context(session::load());
    view! {
        <Title formatter=|title: String| browser::title_text(&if title.is_empty() { "CommDesk".to_owned() } else { format!("{title} · CommDesk") })/>
        <Router>
            <Routes fallback=|| {
                browser::awake();
                frames::site(|| view! { <Problem error=PageError::not_found()/> })
            }>
                <Route path=path!("/") view=Area(Page::Landing) ssr=SsrMode::Async/>
                <Route path=path!("/opportunities") view=Area(Page::Opportunities) ssr=SsrMode::Async/>
                <Route path=path!("/opportunities/:id") view=Area(Page::Opportunity) ssr=SsrMode::Async/>
                <Route path=path!("/directory") view=Area(Page::Directory) ssr=SsrMode::Async/>
                <Route path=path!("/directory/add") view=Area(Page::AddOrganization) ssr=SsrMode::Async/>
                <Route path=path!("/directory/compare") view=Area(Page::Compare) ssr=SsrMode::Async/>
                <Route path=path!("/directory/:slug") view=Area(Page::Organization) ssr=SsrMode::Async/>
                <Route path=path!("/events") view=Area(Page::Events) ssr=SsrMode::Async/>
                <Route path=path!("/events/:slug") view=Area(Page::Event) ssr=SsrMode::Async/>
                <Route path=path!("/communities") view=Area(Page::Communities) ssr=SsrMode::Async/>
                <Route path=path!("/communities/compare") view=Area(Page::CompareCommunities) ssr=SsrMode::Async/>
                <Route path=path!("/communities/:slug") view=Area(Page::Community) ssr=SsrMode::Async/>
                <Route path=path!("/api/docs") view=Area(Page::ApiDocs) ssr=SsrMode::Async/>
                <Route path=path!("/claim/:slug") view=Area(Page::Claim) ssr=SsrMode::Async/>
                <Route path=path!("/become-sponsor") view=Area(Page::BecomeSponsor) ssr=SsrMode::Async/>
                <Route path=path!("/join") view=Area(Page::Join) ssr=SsrMode::Async/>
                <Route path=path!("/join/sent") view=Area(Page::JoinSent) ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=Area(Page::SignIn) ssr=SsrMode::Async/>
                <Route path=path!("/forgot-password") view=Area(Page::ForgotPassword) ssr=SsrMode::Async/>
                <Route path=path!("/link/:token") view=Area(Page::Link) ssr=SsrMode::Async/>
                <Route path=path!("/second-factor") view=Area(Page::SecondFactor) ssr=SsrMode::Async/>
                <Route path=path!("/dashboard") view=Area(Page::Dashboard) ssr=SsrMode::Async/>
                <Route path=path!("/inbox") view=Area(Page::Inbox) ssr=SsrMode::Async/>
                <Route path=path!("/inbox/rules") view=Area(Page::InboxRules) ssr=SsrMode::Async/>
                <Route path=path!("/inbox/standing") view=Area(Page::Standing) ssr=SsrMode::Async/>
                <Route path=path!("/requests/new") view=Area(Page::NewRequest) ssr=SsrMode::Async/>
                <Route path=path!("/requests/:id") view=Area(Page::Request) ssr=SsrMode::Async/>
                <Route path=path!("/manage/events") view=Area(Page::MyEvents) ssr=SsrMode::Async/>
                <Route path=path!("/manage/events/new") view=Area(Page::NewEvent) ssr=SsrMode::Async/>
                <Route path=path!("/manage/events/:id") view=Area(Page::MyEvent) ssr=SsrMode::Async/>
                <Route path=path!("/manage/events/:id/edit") view=Area(Page::EditEvent) ssr=SsrMode::Async/>
                <Route path=path!("/manage/events/:id/partners/new") view=Area(Page::NewPartner) ssr=SsrMode::Async/>
                <Route path=path!("/manage/events/:id/partners/:link") view=Area(Page::EditPartner) ssr=SsrMode::Async/>
                <Route path=path!("/manage/opportunities") view=Area(Page::ManageOpportunities) ssr=SsrMode::Async/>
                <Route path=path!("/manage/opportunities/new") view=Area(Page::NewOpportunity) ssr=SsrMode::Async/>
                <Route path=path!("/manage/opportunities/:id") view=Area(Page::EditOpportunity) ssr=SsrMode::Async/>
                <Route path=path!("/community/embeds") view=Area(Page::Embeds) ssr=SsrMode::Async/>
                <Route path=path!("/community/profile") view=Area(Page::CommunityProfile) ssr=SsrMode::Async/>
                <Route path=path!("/manage/opportunities/:id/decisions") view=Area(Page::Decisions) ssr=SsrMode::Async/>
                <Route path=path!("/organization/profile") view=Area(Page::OrganizationProfile) ssr=SsrMode::Async/>
                <Route path=path!("/organization/domain") view=Area(Page::OrganizationDomain) ssr=SsrMode::Async/>
                <Route path=path!("/people") view=Area(Page::People) ssr=SsrMode::Async/>
                <Route path=path!("/people/import") view=Area(Page::ImportMembers) ssr=SsrMode::Async/>
                <Route path=path!("/imports") view=Area(Page::Imports) ssr=SsrMode::Async/>
                <Route path=path!("/imports/:id") view=Area(Page::Import) ssr=SsrMode::Async/>
                <Route path=path!("/people/:id") view=Area(Page::Member) ssr=SsrMode::Async/>
                <Route path=path!("/invitations/:token") view=Area(Page::Invitation) ssr=SsrMode::Async/>
                <Route path=path!("/directory/:slug/join") view=Area(Page::JoinOrganization) ssr=SsrMode::Async/>
                <Route path=path!("/join-requests/:token") view=Area(Page::JoinDecision) ssr=SsrMode::Async/>
                <Route path=path!("/account") view=Area(Page::Account) ssr=SsrMode::Async/>
                <Route path=path!("/account/sessions") view=Area(Page::Sessions) ssr=SsrMode::Async/>
                <Route path=path!("/api-keys") view=Area(Page::ApiKeys) ssr=SsrMode::Async/>
                <Route path=path!("/export") view=Area(Page::Export) ssr=SsrMode::Async/>
                <Route path=path!("/workspace/security") view=Area(Page::WorkspaceSecurity) ssr=SsrMode::Async/>
                <Route path=path!("/searches") view=Area(Page::Searches) ssr=SsrMode::Async/>
                <Route path=path!("/watchlist") view=Area(Page::Watchlist) ssr=SsrMode::Async/>
                <Route path=path!("/notifications") view=Area(Page::Notifications) ssr=SsrMode::Async/>
                <Route path=path!("/notifications/settings") view=Area(Page::MailSettings) ssr=SsrMode::Async/>
                <Route path=path!("/unsubscribe/:token") view=Area(Page::Unsubscribe) ssr=SsrMode::Async/>
                <Route path=path!("/staff/organizations") view=Area(Page::StaffOrganizations) ssr=SsrMode::Async/>
                <Route path=path!("/staff/organizations/:id") view=Area(Page::StaffOrganization) ssr=SsrMode::Async/>
                <Route path=path!("/staff/organizations/:id/merge") view=Area(Page::StaffMerge) ssr=SsrMode::Async/>
                <Route path=path!("/staff/changes") view=Area(Page::StaffChanges) ssr=SsrMode::Async/>
                <Route path=path!("/staff/communities") view=Area(Page::StaffCommunities) ssr=SsrMode::Async/>
                <Route path=path!("/staff/communities/:id") view=Area(Page::StaffCommunity) ssr=SsrMode::Async/>
                <Route path=path!("/report") view=Area(Page::Report) ssr=SsrMode::Async/>
                <Route path=path!("/staff/reports") view=Area(Page::StaffReports) ssr=SsrMode::Async/>
                <Route path=path!("/staff/people") view=Area(Page::StaffPeople) ssr=SsrMode::Async/>
                <Route path=path!("/staff/people/:id") view=Area(Page::StaffPerson) ssr=SsrMode::Async/>
                <Route path=path!("/staff/requests") view=Area(Page::StaffRequests) ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
