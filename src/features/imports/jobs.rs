//! What imports do later: carry out a file that somebody looked at, give up what has lost its job, forget files that nobody
//! carried out, and the cells of those that were.

use super::service;
use crate::platform::{
    ctx::Ctx,
    jobs::{Consumer, DeadlineHandler, Job, MAX_ATTEMPTS, Periodic},
};
use anyhow::Context as _;
use futures::future::BoxFuture;
use std::time::Duration;

/// The job that carries an import out; enqueued by hand.
pub const RUN: &str = "import-run";

pub fn consumers() -> Vec<Consumer> {
    vec![Consumer { name: RUN, wants: |_| false, run }]
}

fn run(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let id = job.payload["importId"].as_str().and_then(|text| text.parse().ok()).context("a run names its import")?;
        let done = service::run(&ctx, id).await;
        if done.is_err() && job.attempt >= MAX_ATTEMPTS {
            service::give_up_failed(&ctx, id).await?;
        }
        Ok(done?)
    })
}

pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler {
        kind: service::FORGET_CELLS,
        run: |ctx, id| Box::pin(async move { service::forget_cells(&ctx, id.into()).await }),
    }]
}

/// Files that nobody carried out, and those that were taken back, a month later.
pub fn forget_imports() -> Periodic {
    Periodic {
        name: "forget-imports",
        every: Duration::from_secs(86_400),
        run: |ctx| Box::pin(async move { Ok(service::forget(&ctx).await?) }),
    }
}

/// Files whose run was lost with its workers: nobody would get them out of "Being imported".
pub fn give_up_stranded() -> Periodic {
    Periodic {
        name: "give-up-imports",
        every: Duration::from_secs(300),
        run: |ctx| Box::pin(async move { Ok(service::give_up_stranded(&ctx).await?) }),
    }
}
