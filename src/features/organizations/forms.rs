//! The forms of organizations' pages: the steps of an application, the profile, an answer to staff, a decision.

use super::{
    drafts, logos,
    rules::{
        DecisionInput,
        application::{ApplicationInput, ApplicationStep, BudgetInput},
        profile::ProfileInput,
    },
    service::{self, LogoChange},
    views::within,
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{LogoId, OrganizationId},
    },
    platform::web::form::{Done, FormRoute, Posted, Typed},
};

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute {
            path: "/become-sponsor",
            form: "company",
            handler: |posted| Box::pin(step(posted, ApplicationStep::Company)),
        },
        FormRoute { path: "/become-sponsor", form: "offer", handler: |posted| Box::pin(step(posted, ApplicationStep::Offer)) },
        FormRoute { path: "/become-sponsor", form: "send", handler: |posted| Box::pin(send(posted)) },
        FormRoute { path: "/organization/profile", form: "profile", handler: |posted| Box::pin(save_profile(posted)) },
        FormRoute { path: "/dashboard", form: "answer", handler: |posted| Box::pin(answer(posted)) },
        FormRoute { path: "/staff/organizations/{id}", form: "decide", handler: |posted| Box::pin(decide(posted)) },
    ]
}

/// Keeps the step in the draft, also when it has problems; goes on when it has none.
async fn step(posted: Posted, step: ApplicationStep) -> AppResult<Done> {
    let ctx = &posted.call.ctx;
    let known = drafts::token(&posted.headers);
    let draft = drafts::load(ctx, known.as_deref()).await?;
    let input = filled(draft.input, &posted.typed, step);
    // The words first: a bad picture must not cost them.
    if let Some(token) = &known {
        drafts::save(ctx, token, &input, None).await?;
    }
    let mut problems = input.check_step(step).err().unwrap_or_default();
    let logo = match posted.typed.upload("logo") {
        Some(upload) => match logos::store_logo(ctx, upload.bytes.to_vec()).await {
            Ok(logo) => Some(logo),
            Err(AppError::Invalid(wrong)) => {
                add_all(&mut problems, wrong);
                None
            }
            Err(other) => return Err(other),
        },
        None => None,
    };
    if step == ApplicationStep::Company && logo.is_none() && draft.logo.is_none() {
        problems.add("logo", "Choose a logo: a PNG, JPEG, WebP or SVG file.");
    }
    if !problems.is_empty() {
        if let (Some(token), Some(_)) = (&known, logo) {
            drafts::save(ctx, token, &input, logo).await?;
        }
        return Err(problems.into());
    }
    let token = known.unwrap_or_else(drafts::fresh_token);
    drafts::save(ctx, &token, &input, logo).await?;
    let next = step.next().unwrap_or(step);
    Ok(Done::to(format!("/become-sponsor?step={next}")).cookie(drafts::cookie(&ctx.house.settings, &token)))
}

fn add_all(problems: &mut FieldErrors, more: FieldErrors) {
    for (path, message) in more.0 {
        problems.add(path, message);
    }
}

/// The draft with what this step asks for as it was typed.
fn filled(draft: ApplicationInput, typed: &Typed, step: ApplicationStep) -> ApplicationInput {
    match step {
        ApplicationStep::Company => ApplicationInput {
            entity_type: typed.owned("entityType"),
            company_name: typed.owned("companyName"),
            website: typed.owned("website"),
            official_email: typed.owned("officialEmail"),
            contact_name: typed.owned("contactName"),
            industry: typed.owned("industry"),
            ..draft
        },
        ApplicationStep::Offer => ApplicationInput {
            budget_range: budget(typed),
            sponsorship_types: typed.all("sponsorshipTypes"),
            short_description: typed.owned("shortDescription"),
            ..draft
        },
        ApplicationStep::Send => draft,
    }
}

fn budget(typed: &Typed) -> BudgetInput {
    BudgetInput {
        band: typed.owned("budgetRange.band"),
        currency: typed.owned("budgetRange.currency"),
        min: typed.owned("budgetRange.min"),
        max: typed.owned("budgetRange.max"),
    }
}

/// Makes an application of the draft. Where a step still needs something, the way leads back to it.
async fn send(posted: Posted) -> AppResult<Done> {
    let ctx = &posted.call.ctx;
    let token = drafts::token(&posted.headers);
    let draft = drafts::load(ctx, token.as_deref()).await?;
    let (Ok(application), Some(logo)) = (draft.input.parse(), draft.logo) else {
        let open = draft.input.first_open_step(draft.logo.is_some());
        return Ok(Done::to(format!("/become-sponsor?step={open}")));
    };
    service::apply(ctx, application, logo).await?;
    if let Some(token) = &token
        && let Err(error) = drafts::end(ctx, token).await
    {
        // It is sent; the draft ends by itself in two weeks.
        tracing::warn!(%error, "a draft could not be ended");
    }
    Ok(Done::to("/become-sponsor?step=sent").cookie(drafts::no_cookie(&ctx.house.settings)))
}

async fn save_profile(posted: Posted) -> AppResult<Done> {
    let (call, typed) = (&posted.call, &posted.typed);
    let actor = call.actor()?;
    let input = ProfileInput {
        entity_type: typed.owned("entityType"),
        display_name: typed.owned("displayName"),
        legal_name: typed.owned("legalName"),
        website: typed.owned("website"),
        industry: typed.owned("industry"),
        short_description: typed.owned("shortDescription"),
        long_description: typed.owned("longDescription"),
        technologies: typed.all("technologies"),
        developer_tools: typed.all("developerTools"),
        supported_regions: typed.all("supportedRegions"),
        preferred_event_types: typed.all("preferredEventTypes"),
        supported_community_types: typed.all("supportedCommunityTypes"),
        budget_range: budget(typed),
        available_sponsorship_types: typed.all("availableSponsorshipTypes"),
        primary_email: typed.owned("primaryEmail"),
        business_email: typed.owned("businessEmail"),
        dev_rel_email: typed.owned("devRelEmail"),
        hiring_email: typed.owned("hiringEmail"),
        billing_email: typed.owned("billingEmail"),
        phone: typed.owned("phone"),
        version: typed.text("version").parse().unwrap_or_default(),
    };
    super::policy::may_edit(&actor)?;
    let problems = input.parse().err().unwrap_or_default();
    let logo = uploaded(&posted, problems).await?;
    service::edit_profile(&call.ctx, &actor, &input, logo.map_or(LogoChange::Keep, LogoChange::Replace)).await?;
    Ok(Done::to(here(&posted, "/organization/profile?saved=yes")))
}

/// The logo that was chosen, if one was; its problem joins those of the other fields.
async fn uploaded(posted: &Posted, mut problems: FieldErrors) -> AppResult<Option<LogoId>> {
    let logo = match posted.typed.upload("logo") {
        Some(upload) => match logos::store_logo(&posted.call.ctx, upload.bytes.to_vec()).await {
            Ok(logo) => Some(logo),
            Err(AppError::Invalid(wrong)) => {
                add_all(&mut problems, wrong);
                None
            }
            Err(other) => return Err(other),
        },
        None => None,
    };
    if problems.is_empty() { Ok(logo) } else { Err(problems.into()) }
}

async fn answer(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    service::resubmit(&posted.call.ctx, &actor, posted.typed.text("answer")).await?;
    Ok(Done::to(here(&posted, "/dashboard?answered=yes")))
}

async fn decide(posted: Posted) -> AppResult<Done> {
    let id: OrganizationId = posted.seg("id")?;
    let actor = posted.call.actor()?;
    super::policy::may_review(&actor)?;
    let decision = DecisionInput { decision: posted.typed.owned("decision"), reason: posted.typed.owned("reason") }.parse()?;
    service::decide(&posted.call.ctx, &actor, id, decision).await?;
    Ok(Done::to(here(&posted, &format!("/staff/organizations/{id}?decided=yes"))))
}

/// A page of ours in the same workspace.
fn here(posted: &Posted, path: &str) -> String {
    within(path, posted.call.workspace.as_deref().unwrap_or_default())
}
