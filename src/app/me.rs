//! The server's half of `session`: who looks at the page, made from what the middleware already loaded.

use crate::{
    app::session::{MeView, WorkspaceCan, WorkspaceView},
    kernel::{
        actor::{Capability, Workspace},
        error::AppResult,
    },
    platform::web::Call,
};

/// # Errors
/// When the database is away.
pub async fn view(call: &Call) -> AppResult<Option<MeView>> {
    let Some(person) = call.maybe_person()? else { return Ok(None) };
    let workspaces = person
        .memberships
        .iter()
        .map(|membership| WorkspaceView {
            key: membership.key(),
            kind: match membership.workspace {
                Workspace::Organization { .. } => "organization",
                Workspace::Community { .. } => "community",
                Workspace::Staff { .. } => "staff",
            }
            .to_owned(),
            slug: membership.slug.clone(),
            name: membership.name.clone(),
            role: membership.role_label().to_owned(),
            can: WorkspaceCan {
                see_requests: membership.capabilities.has(Capability::SeeRequests),
                edit_events: membership.capabilities.has(Capability::EditEvents),
                manage_opportunities: membership.capabilities.has(Capability::ManageOpportunities),
                edit_profile: membership.capabilities.has(Capability::EditProfile),
                manage_members: membership.capabilities.has(Capability::ManageMembers),
                administer: membership.capabilities.has(Capability::Administer),
                manage_security: membership.capabilities.has(Capability::ManageSecurity),
                wants_second_factor: !person.second_factor_given && membership.capabilities.any_guarded(),
            },
        })
        .collect();
    Ok(Some(MeView {
        name: person.name.clone(),
        email: person.email.clone(),
        workspaces,
        current: person.default_workspace.clone(),
        second_factor_due: person.owes_second_factor(),
        unread: match call.unread {
            Some(unread) => unread,
            // Loaded by a browser that is on a page already, or right after a session began.
            None => crate::features::notifications::service::unread(&call.ctx, person.user).await?,
        },
    }))
}
