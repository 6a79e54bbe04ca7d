//! "When this becomes true, that follows, later": all later work, gathered from the rooms' `jobs.rs`, where it stands which
//! fact wakes what. A consumer runs at least once for each fact and is idempotent by the fact's id; a deadline's handler finds
//! out under the lock whether it is still due.

use super::*;
use crate::platform::{
    facts,
    jobs::{self, Periodic, Registry},
    limits,
    web::once,
};
use std::time::Duration;

/// All work of the house.
pub fn registry() -> Registry {
    Registry {
        consumers: Vec::new()
            .into_iter()
            .chain(communities::jobs::consumers())
            .chain(organizations::jobs::consumers())
            .chain(partners::jobs::consumers())
            .chain(watching::jobs::consumers())
            .chain(requests::jobs::consumers())
            .chain(decisions::jobs::consumers())
            .chain(imports::jobs::consumers())
            // one line a room: .chain(room::jobs::consumers())
            .chain(notifications::jobs::consumers())
            .collect(),
        patient: vec![notifications::service::MAIL_JOB],
        deadlines: Vec::new()
            .into_iter()
            .chain(opportunities::jobs::deadlines())
            .chain(requests::jobs::deadlines())
            .chain(events::jobs::deadlines())
            .chain(watching::jobs::deadlines())
            .chain(imports::jobs::deadlines())
            .chain(notifications::jobs::deadlines())
            .chain(decisions::jobs::deadlines())
            // one line a room: .chain(room::jobs::deadlines())
            .collect(),
        periodic: vec![
            Periodic {
                name: "checkpoint",
                every: Duration::from_secs(60),
                run: |ctx| Box::pin(async move { facts::checkpoint(&ctx).await }),
            },
            Periodic {
                name: "forget-keys",
                every: Duration::from_secs(3600),
                run: |ctx| Box::pin(async move { once::forget(&ctx).await }),
            },
            Periodic {
                name: "forget-sessions",
                every: Duration::from_secs(3600),
                run: |ctx| Box::pin(async move { accounts::service::forget(&ctx).await }),
            },
            organizations::jobs::forget_drafts(),
            members::roster::forget_imports(),
            imports::jobs::forget_imports(),
            imports::jobs::give_up_stranded(),
            Periodic {
                name: "forget-digests",
                every: Duration::from_secs(86_400),
                run: |ctx| Box::pin(async move { notifications::service::forget_digests(&ctx).await }),
            },
            Periodic {
                name: "forget-jobs",
                every: Duration::from_secs(600),
                run: |ctx| Box::pin(async move { jobs::forget(&ctx).await }),
            },
            Periodic {
                name: "forget-letters",
                every: Duration::from_secs(3600),
                run: |ctx| Box::pin(async move { notifications::service::forget_letters(&ctx).await }),
            },
            Periodic {
                name: "forget-limits",
                every: Duration::from_secs(3600),
                run: |ctx| Box::pin(async move { limits::forget(&ctx).await }),
            },
        ],
    }
}
