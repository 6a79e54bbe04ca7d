//! What requests do later: an offer expires that nobody answered in time.

use super::service;
use crate::platform::jobs::DeadlineHandler;

/// The handlers of this room's deadlines.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler {
        kind: service::EXPIRY,
        run: |ctx, id| Box::pin(async move { service::expire_due(&ctx, id.into()).await }),
    }]
}
