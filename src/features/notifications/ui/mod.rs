//! Pages of notices, of what is mailed, and of stopping it.

mod list;
mod settings;
mod unsubscribe;

pub use list::NoticesPage;
pub use settings::MailSettingsPage;
pub use unsubscribe::UnsubscribePage;
