//! The forms of communities' pages: signing up, and the decision of staff.

use super::{
    rules::{DecisionInput, Network, OwnerInput, SignupInput, SocialLinksInput},
    service,
};
use crate::{
    features::organizations::logos,
    kernel::{error::AppResult, ids::CommunityId},
    platform::web::form::{Done, FormRoute, Posted, Typed},
};
use futures::future::BoxFuture;

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/join", form: "join", handler: join },
        FormRoute { path: "/staff/communities/{id}", form: "decide", handler: decide },
    ]
}

/// What was typed, as REST would send it.
fn signup_input(typed: &Typed) -> SignupInput {
    let mut social_links = SocialLinksInput::default();
    for network in Network::ALL {
        social_links.set(*network, typed.owned(&format!("socialLinks.{}", network.label())));
    }
    SignupInput {
        name: typed.owned("name"),
        bio: typed.owned("bio"),
        website: typed.owned("website"),
        community_type: typed.owned("communityType"),
        country: typed.owned("country"),
        city: typed.owned("city"),
        official_email: typed.owned("officialEmail"),
        phone: typed.owned("phone"),
        social_links,
        owner: OwnerInput { full_name: typed.owned("owner.fullName"), email: typed.owned("owner.email") },
    }
}

fn join(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let signup = signup_input(&posted.typed).parse()?;
        let call = &posted.call;
        // The picture last: a form that is refused for something else keeps nothing.
        let logo = match posted.typed.upload("logo") {
            Some(upload) => Some(logos::store_logo(&call.ctx, upload.bytes.to_vec()).await?),
            None => None,
        };
        service::register(&call.ctx, call.voice(), call.person.as_deref(), &signup, logo).await?;
        Ok(Done::to("/join/sent"))
    })
}

fn decide(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: CommunityId = posted.seg("id")?;
        let input = DecisionInput { status: posted.typed.owned("status"), reason: posted.typed.owned("reason") };
        let (decision, reason) = input.parse()?;
        service::decide(&posted.call.ctx, &actor, id, decision, &reason).await?;
        Ok(Done::to(format!("/staff/communities/{id}")))
    })
}
