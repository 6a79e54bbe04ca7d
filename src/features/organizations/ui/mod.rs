//! Pages of sponsors and partners: joining, the directory, a profile, its editing, the dashboard's panel, the staff's desk.

mod become_sponsor;
mod claim;
mod compare;
pub mod dashboard;
mod directory;
mod evidence;
mod fields;
mod profile;
mod staff;
mod waiting;

pub use become_sponsor::BecomeSponsorPage;
pub use claim::{AddOrganizationPage, ClaimPage, DomainPage, NoneOfThese};
pub use compare::ComparePage;
pub use dashboard::OrganizationPanel;
pub use directory::{DirectoryPage, OrganizationProfile};
pub use evidence::Checks;
pub use fields::{LogoField, PictureField};
pub use profile::ProfilePage;
pub use staff::{StaffOrganizationPage, StaffOrganizationsPage};
pub use waiting::StaffChangesPage;
