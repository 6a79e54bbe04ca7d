//! The forms of organizations' pages: the steps of an application, the profile, an answer to staff, decisions, adding an
//! organization, claiming one.

use super::{
    claims, drafts, life, logos,
    rules::{
        DecisionInput,
        application::{self, ApplicationStep, BudgetInput},
        claims::AddInput,
        moves::AnswerInput,
        profile::ProfileInput,
    },
    service::{self, LogoChange, OrganizationRef, Pictures},
    views::within,
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{LogoId, OrganizationId},
    },
    platform::web::form::{Done, FormRoute, Posted},
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
        FormRoute { path: "/dashboard", form: "seat", handler: |posted| Box::pin(answer_seat(posted)) },
        FormRoute { path: "/staff/organizations/{id}", form: "decide", handler: |posted| Box::pin(decide(posted)) },
        FormRoute { path: "/staff/organizations/{id}", form: "checks", handler: |posted| Box::pin(ask_checks(posted)) },
        FormRoute { path: "/staff/organizations/{id}", form: "website", handler: |posted| Box::pin(answer_website(posted)) },
        FormRoute { path: "/staff/organizations/{id}", form: "claim", handler: |posted| Box::pin(answer_claim(posted)) },
        FormRoute { path: "/organization/profile", form: "address", handler: |posted| Box::pin(change_slug(posted)) },
        FormRoute { path: "/organization/profile", form: "withdraw", handler: |posted| Box::pin(withdraw_website(posted)) },
        FormRoute { path: "/organization/domain", form: "ask", handler: |posted| Box::pin(ask_proof(posted)) },
        FormRoute { path: "/organization/domain", form: "check", handler: |posted| Box::pin(check_proof(posted)) },
        FormRoute { path: "/directory/add", form: "add", handler: |posted| Box::pin(add(posted)) },
        FormRoute { path: "/directory/{slug}", form: "invite", handler: |posted| Box::pin(invite(posted)) },
        FormRoute { path: "/claim/{slug}", form: "mailbox", handler: |posted| Box::pin(claim_by_mailbox(posted)) },
        FormRoute { path: "/claim/{slug}", form: "dns", handler: |posted| Box::pin(claim_by_dns(posted)) },
        FormRoute { path: "/claim/{slug}", form: "check", handler: |posted| Box::pin(check_claim(posted)) },
    ]
}

/// Keeps the step in the draft, also when it has problems; goes on when it has none.
async fn step(posted: Posted, step: ApplicationStep) -> AppResult<Done> {
    let ctx = &posted.call.ctx;
    let known = drafts::token(&posted.headers);
    let draft = drafts::load(ctx, known.as_deref()).await?;
    let input = draft.input.with(&posted.typed, step);
    // The words first: a bad picture must not cost them.
    if let Some(token) = &known {
        drafts::save(ctx, token, &input, None).await?;
    }
    let mut problems = application::problems(&posted.typed, step, draft.logo.is_some());
    let logo = chosen(&posted, "logo", &mut problems).await?;
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

/// Makes an application of the draft. Where a step still needs something, the way leads back to it.
async fn send(posted: Posted) -> AppResult<Done> {
    let ctx = &posted.call.ctx;
    let token = drafts::token(&posted.headers);
    let draft = drafts::load(ctx, token.as_deref()).await?;
    let (Ok(application), Some(logo)) = (draft.input.parse(), draft.logo) else {
        let open = draft.input.first_open_step(draft.logo.is_some());
        return Ok(Done::to(format!("/become-sponsor?step={open}")));
    };
    let id = service::apply(ctx, posted.call.fully_signed_in()?, application, logo).await?;
    // It is sent: what fails from here on is no problem of the applicant's.
    let known = service::known_profile(ctx, id).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "who has the website of an application could not be read");
        None
    });
    if let Some(token) = &token
        && let Err(error) = drafts::end(ctx, token).await
    {
        // It is sent; the draft ends by itself in two weeks.
        tracing::warn!(%error, "a draft could not be ended");
    }
    let sent = service::sent_cookie(ctx, known.map(|_| id));
    Ok(Done::to("/become-sponsor?step=sent").cookie(drafts::no_cookie(&ctx.house.settings)).cookie(sent))
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
        budget_range: BudgetInput::typed(typed),
        available_sponsorship_types: typed.all("availableSponsorshipTypes"),
        primary_email: typed.owned("primaryEmail"),
        business_email: typed.owned("businessEmail"),
        dev_rel_email: typed.owned("devRelEmail"),
        hiring_email: typed.owned("hiringEmail"),
        billing_email: typed.owned("billingEmail"),
        phone: typed.owned("phone"),
        brand_colors: typed.all("brandColors"),
        boilerplate: typed.owned("boilerplate"),
        products: super::rules::products::typed(typed.text("products")),
        version: typed.text("version").parse().unwrap_or_default(),
    };
    super::policy::may_edit(&actor)?;
    let mut problems = input.parse().err().unwrap_or_default();
    let mut pictures = Pictures::default();
    for (field, picture) in
        [("logo", &mut pictures.logo), ("logoOnDark", &mut pictures.logo_on_dark), ("wordmark", &mut pictures.wordmark)]
    {
        *picture = change_of(&posted, field, &mut problems).await?;
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    service::edit_profile(&call.ctx, &actor, &input, pictures).await?;
    Ok(Done::to(here(&posted, "/organization/profile?saved=yes")))
}

/// What becomes of a picture: the one that was chosen takes its place, it shall go, or it stays.
async fn change_of(posted: &Posted, field: &str, problems: &mut FieldErrors) -> AppResult<LogoChange> {
    if posted.typed.upload(field).is_none() && posted.typed.ticked(&format!("{field}.remove")) {
        return Ok(LogoChange::Remove);
    }
    Ok(chosen(posted, field, problems).await?.map_or(LogoChange::Keep, LogoChange::Replace))
}

/// The picture that was chosen, if one was; its problem joins those of the other fields.
async fn chosen(posted: &Posted, field: &str, problems: &mut FieldErrors) -> AppResult<Option<LogoId>> {
    match logos::store_chosen(&posted.call.ctx, &posted.typed, field).await {
        Err(AppError::Invalid(wrong)) => {
            for message in wrong.0.into_values() {
                problems.add(field, message);
            }
            Ok(None)
        }
        stored => stored,
    }
}

async fn answer(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    service::resubmit(&posted.call.ctx, &actor, posted.typed.text("answer")).await?;
    Ok(Done::to(here(&posted, "/dashboard?answered=yes")))
}

async fn answer_seat(posted: Posted) -> AppResult<Done> {
    let person = posted.call.person()?;
    let id: OrganizationId = posted.typed.text("organizationId").parse().map_err(|_| AppError::NotFound)?;
    let takes = match posted.typed.text("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(AppError::invalid("answer", "Say whether the application is yours.")),
    };
    let workspace = service::answer_seat(&posted.call.ctx, person, id, takes).await?;
    // Into the new workspace; after a no, back to where the question was.
    Ok(Done::to(if takes { within("/dashboard", &workspace) } else { here(&posted, "/dashboard") }))
}

async fn decide(posted: Posted) -> AppResult<Done> {
    let id: OrganizationId = posted.seg("id")?;
    let actor = posted.call.actor()?;
    super::policy::may_review(&actor)?;
    let decision = DecisionInput { decision: posted.typed.owned("decision"), reason: posted.typed.owned("reason") }.parse()?;
    service::decide(&posted.call.ctx, &actor, id, decision).await?;
    Ok(Done::to(here(&posted, &format!("/staff/organizations/{id}?decided=yes"))))
}

async fn ask_checks(posted: Posted) -> AppResult<Done> {
    let id: OrganizationId = posted.seg("id")?;
    life::ask_checks(&posted.call.ctx, &posted.call.actor()?, id).await?;
    Ok(Done::to(here(&posted, &format!("/staff/organizations/{id}?checks=yes"))))
}

fn answer_of(posted: &Posted) -> AnswerInput {
    let typed = &posted.typed;
    AnswerInput { id: typed.owned("id"), decision: typed.owned("decision"), reason: typed.owned("reason") }
}

async fn answer_website(posted: Posted) -> AppResult<Done> {
    let id: OrganizationId = posted.seg("id")?;
    let actor = posted.call.actor()?;
    super::policy::may_review(&actor)?;
    life::answer_website(&posted.call.ctx, &actor, id, answer_of(&posted).parse()?).await?;
    Ok(Done::to(here(&posted, &format!("/staff/organizations/{id}?decided=yes"))))
}

async fn answer_claim(posted: Posted) -> AppResult<Done> {
    let id: OrganizationId = posted.seg("id")?;
    let actor = posted.call.actor()?;
    super::policy::may_review(&actor)?;
    claims::answer(&posted.call.ctx, &actor, id, answer_of(&posted).parse()?).await?;
    Ok(Done::to(here(&posted, &format!("/staff/organizations/{id}?decided=yes"))))
}

/// The workspace is named by its slug, so that the page after it names the new one.
async fn change_slug(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let slug = life::change_slug(&posted.call.ctx, &actor, posted.typed.text("slug")).await?;
    Ok(Done::to(within("/organization/profile?moved=yes", &format!("organization:{slug}"))))
}

async fn withdraw_website(posted: Posted) -> AppResult<Done> {
    life::withdraw_website(&posted.call.ctx, &posted.call.actor()?).await?;
    Ok(Done::to(here(&posted, "/organization/profile?saved=yes")))
}

async fn ask_proof(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = super::policy::may_edit(&actor)?;
    claims::ask_proof(&posted.call.ctx, &actor.person, &OrganizationRef::Id(id)).await?;
    Ok(Done::to(here(&posted, "/organization/domain")))
}

async fn check_proof(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = super::policy::may_edit(&actor)?;
    claims::check_proof(&posted.call.ctx, &actor.person, &OrganizationRef::Id(id)).await?;
    Ok(Done::to(here(&posted, "/organization/domain")))
}

async fn add(posted: Posted) -> AppResult<Done> {
    let (call, typed) = (&posted.call, &posted.typed);
    let actor = call.actor()?;
    let input = AddInput {
        display_name: typed.owned("displayName"),
        website: typed.owned("website"),
        entity_type: typed.owned("entityType"),
        industry: typed.owned("industry"),
        short_description: typed.owned("shortDescription"),
        contact_email: typed.owned("contactEmail"),
        confirm: typed.ticked("confirm"),
    };
    let view = claims::add(&call.ctx, &actor, &input).await?;
    Ok(Done::to(here(&posted, &format!("/directory/{}?added=yes", view.slug))))
}

async fn invite(posted: Posted) -> AppResult<Done> {
    let (call, slug) = (&posted.call, posted.seg::<String>("slug")?);
    let actor = call.actor()?;
    let id = service::get_by(&call.ctx, Some(&actor), &OrganizationRef::Slug(slug.clone())).await?.id;
    claims::invite(&call.ctx, &actor, id, posted.typed.text("email")).await?;
    Ok(Done::to(here(&posted, &format!("/directory/{slug}?invited=yes"))))
}

async fn claim_by_mailbox(posted: Posted) -> AppResult<Done> {
    let slug: String = posted.seg("slug")?;
    let (call, by) = (&posted.call, OrganizationRef::Slug(slug.clone()));
    claims::ask(&call.ctx, call.voice(), &by, posted.typed.text("email")).await?;
    Ok(Done::to(format!("/claim/{slug}?sent=yes")))
}

async fn claim_by_dns(posted: Posted) -> AppResult<Done> {
    let slug: String = posted.seg("slug")?;
    let (call, by) = (&posted.call, OrganizationRef::Slug(slug.clone()));
    claims::ask_proof(&call.ctx, call.person()?, &by).await?;
    Ok(Done::to(format!("/claim/{slug}#dns")))
}

async fn check_claim(posted: Posted) -> AppResult<Done> {
    let slug: String = posted.seg("slug")?;
    let (call, by) = (&posted.call, OrganizationRef::Slug(slug.clone()));
    claims::check_proof(&call.ctx, call.person()?, &by).await?;
    Ok(Done::to(format!("/claim/{slug}?proven=yes")))
}

/// A page of ours in the same workspace.
fn here(posted: &Posted, path: &str) -> String {
    within(path, posted.call.workspace.as_deref().unwrap_or_default())
}
