//! Pages of people and access: signing in, mailed links, the account, the second factor; what admins see of a login.

mod account;
mod door;
mod second_factor;
mod sessions;
mod staff;

pub use account::AccountPage;
pub use door::{ForgotPage, LinkPage, SignInPage};
pub use second_factor::SecondFactorPage;
pub use sessions::SessionsPage;
pub use staff::{StaffPeoplePage, StaffPersonPage};
