//! What comes due in this room.

use super::{inbox, service};
use crate::{kernel::actor::Side, platform::jobs::DeadlineHandler};

/// The handlers of this room's deadlines.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![
        DeadlineHandler {
            kind: service::EXPIRY,
            run: |ctx, id| Box::pin(async move { service::expire_due(&ctx, id.into()).await }),
        },
        DeadlineHandler {
            kind: inbox::WAKE_COMMUNITY,
            run: |ctx, id| Box::pin(async move { inbox::wake_due(&ctx, id.into(), Side::Community).await }),
        },
        DeadlineHandler {
            kind: inbox::WAKE_ORGANIZATION,
            run: |ctx, id| Box::pin(async move { inbox::wake_due(&ctx, id.into(), Side::Organization).await }),
        },
        DeadlineHandler {
            kind: inbox::WELCOME,
            run: |ctx, id| Box::pin(async move { inbox::welcome_due(&ctx, id.into()).await }),
        },
    ]
}
