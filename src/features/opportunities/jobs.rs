//! What opportunities do later: one closes when the day of its decision is over.

use super::service;
use crate::platform::jobs::DeadlineHandler;

/// The handlers of this room's deadlines.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler {
        kind: service::DECISION,
        run: |ctx, id| Box::pin(async move { service::close_due(&ctx, id.into()).await }),
    }]
}
