//! Every page, in one table: its name, its frame, its view. An area is a split point: one lazily loaded piece of wasm for
//! each area of the site, not for each page.

use super::{api_docs::ApiDocsPage, frames, landing::LandingPage};
use crate::{
    features::{
        access::ui::{ApiKeysPage, WorkspaceSecurityPage},
        accounts::ui::{AccountPage, ForgotPage, LinkPage, SecondFactorPage, SessionsPage, SignInPage},
        communities::ui::{
            join::{JoinPage, JoinSentPage},
            staff::{QueuePageView as StaffCommunitiesPage, ReviewPage as StaffCommunityPage},
        },
        decisions::ui::{decisions::DecisionsPage, place::PlacePanel},
        events::ui::{
            community::CommunityPage,
            editor::{EditEventPage, NewEventPage},
            list::EventsPage,
            manage::{MyEventPage, MyEventsPage},
            public::EventPublicPage,
        },
        events::views::EventView,
        moderation::ui::{ReportPage, ReportsPage},
        notifications::ui::NoticesPage,
        opportunities::ui::{
            browse::OpportunitiesPage,
            detail::OpportunityDetailPage,
            edit::{EditOpportunityPage, NewOpportunityPage},
            manage::ManageOpportunitiesPage,
        },
        organizations::ui::{
            BecomeSponsorPage, DirectoryPage, OrganizationPage, ProfilePage, StaffOrganizationPage, StaffOrganizationsPage,
        },
        partners::ui::{
            edit::{EditPartnerPage, NewPartnerPage},
            panel::PartnersPanel,
            wall::EventWall,
        },
        requests::ui::{
            compose::NewRequestPage, dashboard::DashboardPage, held::HeldPage, inbox::InboxListPage, request::RequestPage,
            rules::RulesPage, standing::StandingPage,
        },
    },
    ui::browser,
};
use leptos::{LazyViewError, prelude::*};
use leptos_router::ChooseView;

/// One line a page: `Name => frame, view`, under its area.
macro_rules! areas {
    ($($(#[$doc:meta])* $area:ident { $($page:ident => $view:expr;)* })*) => {
        /// A page, by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Page {
            $($($page,)*)*
        }

        impl ChooseView for Area {
            async fn choose(self) -> AnyView {
                let loaded = match self.0 {
                    $($(Page::$page)|* => $area(self.0).await,)*
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

        $(
            $(#[$doc])*
            #[lazy(fallible)]
            fn $area(page: Page) -> Result<AnyView, LazyViewError> {
                Ok(match page {
                    $(Page::$page => $view.into_any(),)*
                    // The table above sends no page of another area here.
                    _ => ().into_any(),
                })
            }
        )*
    };
}

/// What the rooms below show on the page where a community manages an event.
fn below_event(event: EventView) -> AnyView {
    view! { <PartnersPanel event=event.id/> }.into_any()
}

/// A route's view: fetches the area's code, then shows the page.
#[derive(Debug, Clone, Copy)]
pub struct Area(pub Page);

areas! {
    /// What strangers read.
    public {
        Landing => frames::site(|| view! { <LandingPage/> });
        Opportunities => frames::site(|| view! { <OpportunitiesPage/> });
        Opportunity => frames::site(|| view! { <OpportunityDetailPage/> });
        Directory => frames::site(|| view! { <DirectoryPage/> });
        Organization => frames::site(|| view! { <OrganizationPage/> });
        Events => frames::site(|| view! { <EventsPage/> });
        Event => frames::site(|| view! { <EventPublicPage wall=|event| view! { <EventWall event/> }.into_any()/> });
        Community => frames::site(|| view! { <CommunityPage/> });
        ApiDocs => frames::site(|| view! { <ApiDocsPage/> });
    }
    /// Joining and signing in.
    door {
        BecomeSponsor => frames::site(|| view! { <BecomeSponsorPage/> });
        Join => frames::site(|| view! { <JoinPage/> });
        JoinSent => frames::site(|| view! { <JoinSentPage/> });
        SignIn => frames::card(|| view! { <SignInPage/> });
        ForgotPassword => frames::card(|| view! { <ForgotPage/> });
        Link => frames::card(|| view! { <LinkPage/> });
        SecondFactor => frames::card(|| view! { <SecondFactorPage/> });
    }
    /// What members of an organization or a community do.
    workspace {
        Dashboard => frames::workspace("home", || view! { <DashboardPage/> });
        Inbox => frames::workspace("inbox", || view! { <InboxListPage/> });
        Request => frames::workspace("inbox", || view! { <RequestPage/> <PlacePanel/> });
        Request => frames::workspace("inbox", || view! { <RequestPage/> });
        Report => frames::workspace("report", || view! { <ReportPage/> });
        InboxRules => frames::workspace("inbox", || view! { <RulesPage/> });
        Standing => frames::workspace("inbox", || view! { <StandingPage/> });
        NewRequest => frames::workspace("directory", || view! { <NewRequestPage/> });
        MyEvents => frames::workspace("events", || view! { <MyEventsPage/> });
        NewEvent => frames::workspace("events", || view! { <NewEventPage/> });
        MyEvent => frames::workspace("events", || view! { <MyEventPage below=below_event/> });
        NewPartner => frames::workspace("events", || view! { <NewPartnerPage/> });
        EditPartner => frames::workspace("events", || view! { <EditPartnerPage/> });
        EditEvent => frames::workspace("events", || view! { <EditEventPage/> });
        ManageOpportunities => frames::workspace("opportunities", || view! { <ManageOpportunitiesPage/> });
        NewOpportunity => frames::workspace("opportunities", || view! { <NewOpportunityPage/> });
        EditOpportunity => frames::workspace("opportunities", || view! { <EditOpportunityPage/> });
        Decisions => frames::workspace("opportunities", || view! { <DecisionsPage/> });
        OrganizationProfile => frames::workspace("profile", || view! { <ProfilePage/> });
        Account => frames::workspace("account", || view! { <AccountPage/> });
        Sessions => frames::workspace("account", || view! { <SessionsPage/> });
        ApiKeys => frames::workspace("security", || view! { <ApiKeysPage/> });
        WorkspaceSecurity => frames::workspace("security", || view! { <WorkspaceSecurityPage/> });
        Notifications => frames::workspace("notifications", || view! { <NoticesPage/> });
    }
    /// What the platform's people do.
    staff {
        StaffOrganizations => frames::workspace("staff-organizations", || view! { <StaffOrganizationsPage/> });
        StaffOrganization => frames::workspace("staff-organizations", || view! { <StaffOrganizationPage/> });
        StaffCommunities => frames::workspace("staff-communities", || view! { <StaffCommunitiesPage/> });
        StaffCommunity => frames::workspace("staff-communities", || view! { <StaffCommunityPage/> });
        StaffReports => frames::workspace("staff-reports", || view! { <ReportsPage/> });
        StaffRequests => frames::workspace("staff-requests", || view! { <HeldPage/> });
    }
}
