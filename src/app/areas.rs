//! Every page, in one table: its name, its frame, its view. An area is a split point: one lazily loaded piece of wasm for
//! each area of the site, not for each page.

use super::{api_docs::ApiDocsPage, frames, landing::LandingPage, session::Me};
use crate::{
    features::{
        access::ui::{ApiKeysPage, WorkspaceSecurityPage},
        accounts::ui::{
            AccountPage, ForgotPage, LinkPage, SecondFactorPage, SessionsPage, SignInPage, StaffPeoplePage, StaffPersonPage,
        },
        communities::ui::{
            edit::EditCommunityPage,
            join::{JoinPage, JoinSentPage},
            list::CommunitiesPage,
            staff::{QueuePageView as StaffCommunitiesPage, ReviewPage as StaffCommunityPage},
        },
        decisions::ui::{decisions::DecisionsPage, place::PlacePanel},
        embeds::ui::{EmbedPanel, EmbedsPageView},
        events::ui::{
            editor::{EditEventPage, NewEventPage},
            list::EventsPage,
            manage::{MyEventPage, MyEventsPage},
        },
        events::views::EventView,
        exports::ui::ExportPage,
        imports::ui::{ImportOnePage, ImportsPage},
        members::ui::{
            door::InvitationDoor,
            import::ImportPage,
            join::{AskToJoin, JoinDecisionDoor, JoinOrganizationPage},
            member::MemberPage,
            people::PeoplePage,
        },
        moderation::ui::{MergePage, ReportPage, ReportsPage},
        notifications::ui::{MailSettingsPage, NoticesPage, UnsubscribePage},
        opportunities::ui::{
            browse::OpportunitiesPage,
            detail::OpportunityDetailPage,
            edit::{EditOpportunityPage, NewOpportunityPage},
            manage::ManageOpportunitiesPage,
            offers::{CommunityOffers, EventOffers},
        },
        organizations::ui::{
            AddOrganizationPage, BecomeSponsorPage, ClaimPage, ComparePage, DirectoryPage, DomainPage, ProfilePage,
            StaffChangesPage, StaffOrganizationPage, StaffOrganizationsPage,
        },
        partners::ui::{
            edit::{EditPartnerPage, NewPartnerPage},
            panel::{self, PartnersPanel},
        },
        profiles::ui::{
            community::CommunityPage, compare::CompareCommunitiesPage, event::EventPublicPage, organization::OrganizationPage,
        },
        requests::ui::{
            compose::NewRequestPage,
            dashboard::DashboardPage,
            held::HeldPage,
            inbox::InboxListPage,
            request::RequestPage,
            rules::RulesPage,
            standing::{StandingPage, quota_line},
        },
        watching::ui::{SearchesPage, WatchlistPage, beside_communities, beside_directory},
    },
    ui::{
        browser,
        page::{PageError, Problem, Show, acting},
    },
};
use leptos::{LazyViewError, prelude::*};
use leptos_router::ChooseView;
use std::sync::Arc;

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
                browser::awake();
                match loaded {
                    Ok(view) => view,
                    // The code could not be fetched. Of an older page: the server renders it, once. Without a connection, or when
                    // that did not help: the page says so.
                    Err(_) if browser::reload_once() => ().into_any(),
                    Err(_) => frames::site(|| view! { <Problem error=PageError::cut_off()/> }).into_any(),
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
fn below_event() -> Show<EventView> {
    let loaded = panel::load();
    Arc::new(move |event| {
        view! {
            <PartnersPanel loaded/>
            <EmbedPanel event loaded/>
        }
        .into_any()
    })
}

/// Asking to join, for whoever is signed in and does not belong to the organization.
fn way_to_join() -> Show<String> {
    let (me, workspace) = (expect_context::<Me>().0, acting());
    Arc::new(move |slug: String| {
        view! {
            <Suspense strict=true>
                {move || {
                    let (slug, acting) = (slug.clone(), workspace.get_untracked().unwrap_or_default());
                    Suspend::new(async move {
                        let me = me.await.ok().flatten()?;
                        let belongs = me.workspaces.iter().any(|w| w.kind == "organization" && w.slug == slug);
                        (!belongs).then(|| view! { <AskToJoin slug acting/> })
                    })
                }}
            </Suspense>
        }
        .into_any()
    })
}

/// A route's view: fetches the area's code, then shows the page.
#[derive(Debug, Clone, Copy)]
pub struct Area(pub Page);

areas! {
    /// What strangers read. One area: with an area a room a page weighed a sixth to two fifths less, but came in 160 files, most of them
    /// tiny, because every set of areas that share code has a file of its own.
    public {
        Landing => frames::site(|| view! { <LandingPage/> });
        Opportunities => frames::site(|| view! { <OpportunitiesPage/> });
        Opportunity => frames::site(|| view! { <OpportunityDetailPage limits=quota_line/> });
        Directory => frames::site(|| view! { <DirectoryPage beside=beside_directory/> });
        Compare => frames::site(|| view! { <ComparePage/> });
        Organization => frames::site(|| view! { <OrganizationPage join=way_to_join/> });
        Events => frames::site(|| view! { <EventsPage/> });
        Event => frames::site(|| view! {
            <EventPublicPage/>
            <EventOffers/>
        });
        Communities => frames::site(|| view! { <CommunitiesPage beside=beside_communities/> });
        CompareCommunities => frames::site(|| view! { <CompareCommunitiesPage/> });
        Community => frames::site(|| view! {
            <CommunityPage/>
            <CommunityOffers/>
        });
        ApiDocs => frames::site(|| view! { <ApiDocsPage/> });
    }
    /// Joining and signing in.
    door {
        BecomeSponsor => frames::site(|| view! { <BecomeSponsorPage/> });
        Claim => frames::site(|| view! { <ClaimPage/> });
        Join => frames::site(|| view! { <JoinPage/> });
        JoinSent => frames::site(|| view! { <JoinSentPage/> });
        SignIn => frames::card(|| view! { <SignInPage/> });
        ForgotPassword => frames::card(|| view! { <ForgotPage/> });
        Link => frames::card(|| view! { <LinkPage/> });
        SecondFactor => frames::card(|| view! { <SecondFactorPage/> });
        Unsubscribe => frames::card(|| view! { <UnsubscribePage/> });
        Invitation => frames::card(|| view! { <InvitationDoor/> });
        JoinDecision => frames::card(|| view! { <JoinDecisionDoor/> });
        JoinOrganization => frames::site(|| view! { <JoinOrganizationPage/> });
    }
    /// What members of an organization or a community do every day: what waits, and what is answered.
    desk {
        Dashboard => frames::workspace("home", || view! { <DashboardPage/> });
        Inbox => frames::workspace("inbox", || view! { <InboxListPage/> });
        Report => frames::workspace("report", || view! { <ReportPage/> });
        InboxRules => frames::workspace("inbox", || view! { <RulesPage/> });
        Standing => frames::workspace("inbox", || view! { <StandingPage/> });
        Request => frames::workspace("inbox", || view! { <RequestPage/> <PlacePanel/> });
        NewRequest => frames::workspace("directory", || view! { <NewRequestPage/> });
        Searches => frames::workspace("searches", || view! { <SearchesPage/> });
        Watchlist => frames::workspace("watchlist", || view! { <WatchlistPage/> });
        Notifications => frames::workspace("notifications", || view! { <NoticesPage/> });
    }
    /// What a community writes: its events, their partners, what it offers.
    authoring {
        MyEvents => frames::workspace("events", || view! { <MyEventsPage/> });
        NewEvent => frames::workspace("events", || view! { <NewEventPage/> });
        MyEvent => frames::workspace("events", || view! { <MyEventPage below=below_event/> });
        NewPartner => frames::workspace("events", || view! { <NewPartnerPage/> });
        EditPartner => frames::workspace("events", || view! { <EditPartnerPage/> });
        EditEvent => frames::workspace("events", || view! { <EditEventPage/> });
        ManageOpportunities => frames::workspace("opportunities", || view! { <ManageOpportunitiesPage/> });
        NewOpportunity => frames::workspace("opportunities", || view! { <NewOpportunityPage/> });
        EditOpportunity => frames::workspace("opportunities", || view! { <EditOpportunityPage/> });
        Embeds => frames::workspace("profile", || view! { <EmbedsPageView/> });
        Decisions => frames::workspace("opportunities", || view! { <DecisionsPage/> });
    }
    /// What a workspace and a person are: profiles, people, keys, how one signs in.
    settings {
        CommunityProfile => frames::workspace("profile", || view! { <EditCommunityPage/> });
        AddOrganization => frames::workspace("directory", || view! { <AddOrganizationPage/> });
        OrganizationDomain => frames::workspace("profile", || view! { <DomainPage/> });
        OrganizationProfile => frames::workspace("profile", || view! { <ProfilePage/> });
        People => frames::workspace("people", || view! { <PeoplePage/> });
        ImportMembers => frames::workspace("people", || view! { <ImportPage/> });
        Imports => frames::workspace("imports", || view! { <ImportsPage/> });
        Import => frames::workspace("imports", || view! { <ImportOnePage/> });
        Member => frames::workspace("people", || view! { <MemberPage/> });
        Account => frames::workspace("account", || view! { <AccountPage/> });
        Sessions => frames::workspace("account", || view! { <SessionsPage/> });
        ApiKeys => frames::workspace("security", || view! { <ApiKeysPage/> });
        Export => frames::workspace("security", || view! { <ExportPage/> });
        WorkspaceSecurity => frames::workspace("security", || view! { <WorkspaceSecurityPage/> });
        MailSettings => frames::workspace("notifications", || view! { <MailSettingsPage/> });
    }
    /// What the platform's people do.
    staff {
        StaffOrganizations => frames::workspace("staff-organizations", || view! { <StaffOrganizationsPage/> });
        StaffOrganization => frames::workspace("staff-organizations", || view! { <StaffOrganizationPage/> });
        StaffMerge => frames::workspace("staff-organizations", || view! { <MergePage/> });
        StaffChanges => frames::workspace("staff-organizations", || view! { <StaffChangesPage/> });
        StaffCommunities => frames::workspace("staff-communities", || view! { <StaffCommunitiesPage/> });
        StaffCommunity => frames::workspace("staff-communities", || view! { <StaffCommunityPage/> });
        StaffReports => frames::workspace("staff-reports", || view! { <ReportsPage/> });
        StaffRequests => frames::workspace("staff-requests", || view! { <HeldPage/> });
        StaffPeople => frames::workspace("staff-people", || view! { <StaffPeoplePage/> });
        StaffPerson => frames::workspace("staff-people", || view! { <StaffPersonPage/> });
    }
}
