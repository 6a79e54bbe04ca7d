//! The form on which a community chooses its sites.

use super::{rules::Sites, service};
use crate::{
    kernel::error::AppResult,
    platform::web::form::{Done, FormRoute, Posted},
};
use futures::future::BoxFuture;

pub fn forms() -> Vec<FormRoute> {
    vec![FormRoute { path: "/community/embeds", form: "sites", handler: choose }]
}

fn choose(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        super::policy::may_choose(&actor)?;
        let sites = Sites::parse(posted.typed.text("sites"))?;
        let seen = posted.typed.text("version").parse().unwrap_or_default();
        service::choose(&posted.call.ctx, &actor, seen, sites).await?;
        let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
        Ok(Done::to(format!("/community/embeds?as={workspace}&saved=1")))
    })
}
