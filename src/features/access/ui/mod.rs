//! Pages of a workspace's security: its API keys, and for what it asks a second factor.

mod keys;
mod security;

pub use keys::ApiKeysPage;
pub use security::WorkspaceSecurityPage;
