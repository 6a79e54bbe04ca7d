//! The use cases of partners on event pages: assigning one in another room's transaction, an event's wall and list, and the
//! events that an organization supports. Does not decide who becomes a partner: the requests room does.

use super::{
    policy,
    rules::{self, Assignment, Display, Link, NewPartner, PartnerEdit, Whom},
    store,
    views::{
        AssignmentPage, AssignmentView, EditorView, FoundOrganization, PanelView, PartnerPage, PartnerView, PartnerWall,
        SupportedEvent,
    },
};
use crate::{
    features::{
        blocks::service as blocks,
        communities::service as communities,
        events::{rules::EventStatus, service as events, views::EventBrief},
        organizations::{
            claims,
            logos::logo_url,
            service::{self as organizations, Meant},
            views::OrganizationBrief,
        },
    },
    kernel::{
        actor::{Actor, Capability, Side, VerificationStatus},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, EventId, LogoId, OrganizationId, PartnerLinkId, RequestId},
        labels::{Category, EntityType},
        page::{Page, PageRequest, cursor, uncursor},
        text::{Paragraph, WebUrl, isolated},
    },
    platform::{ctx::Ctx, dates, facts::Voice, tx::Tx},
};
use uuid::Uuid;

/// The most entries of one wall and of one profile's list.
const WALL_LIMIT: i64 = 200;

/// Puts an organization on an event's page as both sides agreed, in the caller's transaction. Where its community had put it
/// (or its name alone) there by hand with this category, the agreement stands in that place of the order, with the picture that
/// the community chose if the organization has none; what was written by hand is kept until the place is given back. The caller
/// holds the event. `side` is who reads a refusal.
///
/// # Errors
/// 409 `ALREADY_ON_EVENT` when it stands there with this category by another agreement.
pub async fn assign_in(
    tx: &mut Tx,
    voice: impl Into<Voice>,
    side: Side,
    organization: OrganizationId,
    mut assignment: Assignment,
) -> AppResult<PartnerLinkId> {
    let (link, now) = (tx.ctx().id(), tx.ctx().now());
    let category = assignment.category;
    let agreed_already = rules::agreed_already(side, &assignment.name, category);
    let standing = store::find_standing(tx, assignment.event, (organization, assignment.name.as_str()), category).await?;
    let mut order = None;
    let assigned = match standing {
        Some(row) if row.is_agreed => return Err(agreed_already.into()),
        Some(row) => {
            order = Some(row.display_order);
            assignment.logo_key = assignment.logo_key.or(row.logo_key_snapshot);
            store::apply_replaced(tx, row.id.into(), now).await?;
            rules::assign(link, assignment).instead_of(row.id.into())
        }
        None => rules::assign(link, assignment),
    };
    // Nothing is put there by hand while this shares the event: if the same stands there after all, another acceptance, which
    // shares it too, was quicker.
    store::apply_assigned(tx, &assigned, true, order, now).await.map_err(|error| match error {
        AppError::Refused(refusal) if refusal.code == agreed_already.code => agreed_already.into(),
        other => other,
    })?;
    tx.state(voice, &assigned);
    Ok(link)
}

/// Notes whom a community worked with at a past event, hidden until the community shows it. The caller holds the event, and
/// has looked at who stands there.
///
/// # Errors
/// 409 `ALREADY_ON_EVENT`.
pub async fn note_in(tx: &mut Tx, voice: impl Into<Voice>, assignment: Assignment) -> AppResult<PartnerLinkId> {
    let (link, now) = (tx.ctx().id(), tx.ctx().now());
    let noted = rules::assign(link, assignment).noted();
    store::apply_assigned(tx, noted.assigned(), false, None, now).await?;
    tx.state(voice, &noted);
    Ok(link)
}

/// Takes notes of past events back, where they are as they were written and nobody has seen them. Gives those that stay.
///
/// # Errors
/// When the database is away.
pub async fn unnote_in(tx: &mut Tx, voice: &Voice, notes: &[(EventId, PartnerLinkId)]) -> AppResult<Vec<PartnerLinkId>> {
    let mut kept = Vec::new();
    for (event, id) in notes {
        let row = match store::hold(tx, *event, *id).await {
            Err(AppError::NotFound) => continue,
            other => other?,
        };
        if row.visible || row.version != 1 {
            kept.push(*id);
            continue;
        }
        let assignment = Assignment {
            event: *event,
            community: row.community_id.into(),
            organization: row.organization_id.map(Into::into),
            request: None,
            event_title: String::new(),
            event_slug: String::new(),
            name: row.name_snapshot,
            logo_key: row.logo_key_snapshot,
            website: row.website_snapshot,
            category: category(&row.display_category)?,
            benefits: Vec::new(),
        };
        store::delete_noted(tx, *id).await?;
        tx.state(voice.clone(), &rules::assign(*id, assignment).noted().undone());
    }
    Ok(kept)
}

/// Which organizations stand on these events, hidden or not, and as what.
///
/// # Errors
/// When the database is away.
pub async fn standing_on(
    conn: &mut sqlx::PgConnection,
    events: &[EventId],
) -> AppResult<Vec<(EventId, OrganizationId, Category)>> {
    let rows = store::list_standing(conn, events).await?;
    rows.into_iter().map(|(event, organization, label)| Ok((event.into(), organization.into(), category(&label)?))).collect()
}

/// What an event's page shows, by tier. The caller has decided that the event may be seen.
///
/// # Errors
/// When the database is away.
pub async fn wall(ctx: &Ctx, event: EventId) -> AppResult<PartnerWall> {
    let rows = store::list(ctx, event, None, None, None, 0, WALL_LIMIT).await?;
    Ok(PartnerWall::of(rows.into_iter().map(view).collect::<AppResult<Vec<_>>>()?))
}

/// The public events that show an organization, newest first, at most 200.
///
/// # Errors
/// When the database is away.
pub async fn supported_by(ctx: &Ctx, organization: OrganizationId) -> AppResult<Vec<SupportedEvent>> {
    let rows = store::list_supported(ctx, organization, WALL_LIMIT).await?;
    rows.into_iter()
        .map(|row| {
            let category = category(&row.display_category)?;
            Ok(SupportedEvent {
                event_id: row.event_id.into(),
                event_slug: row.event_slug,
                event_title: row.event_title,
                community_name: row.community_name,
                community_slug: row.community_slug,
                display_category: category,
                hue: category.hue(),
                when_label: match (row.start_at, row.end_at) {
                    (Some(start), Some(end)) => dates::days(start, end, dates::zone(&row.timezone)),
                    _ => String::new(),
                },
                is_over: row.is_over,
            })
        })
        .collect()
}

/// Whose support something may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    One(OrganizationId),
    /// Everybody who stands on its page.
    Event(EventId),
    /// Everybody who stands on one of its events' pages.
    Community(CommunityId),
}

/// Counts anew what organizations support: the public events that show them now. However often this runs, and in whichever
/// order, the count is that of the last one.
///
/// # Errors
/// When the database is away.
pub async fn count_support(ctx: &Ctx, whose: Whose) -> AppResult<()> {
    let concerned = match whose {
        Whose::One(id) => vec![id],
        Whose::Event(id) => store::list_concerned(ctx, Some(id), None).await?,
        Whose::Community(id) => store::list_concerned(ctx, None, Some(id)).await?,
    };
    for id in concerned {
        let mut tx = ctx.begin().await?;
        // Held first, so that of two counts the later one sees what the earlier one saw, and more.
        let id = organizations::hold_supporter_in(&mut tx, id).await?;
        let events = store::list_shown_in(&mut tx, id).await?;
        organizations::keep_support_in(&mut tx, id, &events).await?;
        tx.commit_unstated("a count that follows what stands on public pages").await?;
    }
    Ok(())
}

// ── Managing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Puts somebody on the page of one of the community's events, by hand. `picture` is a logo that was uploaded with it.
///
/// # Errors
/// 404 outside the community; 403 by role; 422 by field; 409 `ALREADY_ON_EVENT`, `EVENT_ARCHIVED`,
/// `ORGANIZATION_DISABLED`.
pub async fn add(ctx: &Ctx, actor: &Actor, event: EventId, new: NewPartner, picture: Option<LogoId>) -> AppResult<PartnerLinkId> {
    let may = policy::may_manage(actor);
    let logo_key = picture_key(ctx, new.logo.as_deref(), picture).await?;
    if let (Whom::Named(name), Ok(_), false) = (&new.whom, &may, new.confirm) {
        claims::nothing_like(ctx, name.as_str(), new.website.as_ref(), actor.community()).await?;
    }
    let mut tx = ctx.begin().await?;
    // Locks in the order of the house: community, organization, event.
    if let Some(community) = actor.community() {
        communities::brief_in(&mut tx, community).await?;
    }
    let organization = match whom(&mut tx, actor, &new).await? {
        Meant::Known(brief) => Some(brief),
        Meant::NameOnly => None,
        Meant::Nobody => newcomer(&mut tx, actor, &new).await?,
    };
    let event = hold_event(&mut tx, actor, event).await?;
    may?;
    let (name, logo, website) = match (&organization, new.whom) {
        (Some(it), _) => (it.name.clone(), it.logo_key.clone(), it.website.clone()),
        (None, Whom::Named(name)) => (name.into_string(), None, String::new()),
        (None, Whom::Known(_)) => return Err(AppError::NotFound),
    };
    let assignment = Assignment {
        event: event.id,
        community: event.community_id,
        organization: organization.map(|it| it.id),
        request: None,
        event_title: event.title,
        event_slug: event.slug,
        name,
        logo_key: logo_key.or(logo),
        website: new.website.map_or(website, WebUrl::into_string),
        category: new.category,
        benefits: rules::settle_lines(new.benefits, &[], || ctx.id()),
    };
    let link = ctx.id();
    let assigned = rules::assign(link, assignment);
    store::apply_assigned(&mut tx, &assigned, new.visible, None, ctx.now()).await?;
    tx.state(actor, &assigned);
    tx.result(link);
    tx.commit().await?;
    Ok(link)
}

/// The organization that is meant: one of the directory by its id, or whoever has the name or the website that was typed.
async fn whom(tx: &mut Tx, actor: &Actor, new: &NewPartner) -> AppResult<Meant> {
    match &new.whom {
        Whom::Named(name) => organizations::meant_in(tx, name.as_str(), new.website.as_ref(), actor.community()).await,
        Whom::Known(id) => {
            let unknown = || AppError::invalid("organizationId", "The directory has no such organization. Search for its name.");
            let brief = match organizations::brief_in(tx, *id).await {
                Err(AppError::NotFound) => return Err(unknown()),
                other => other?,
            };
            if is_blocked(tx, actor, &brief).await? {
                return Err(unknown());
            }
            match brief.status {
                VerificationStatus::Verified | VerificationStatus::CommunityAdded => Ok(Meant::Known(brief)),
                VerificationStatus::PendingVerification | VerificationStatus::Disabled => Err(unknown()),
            }
        }
    }
}

/// Does a block of either side stand between the acting community and an organization?
async fn is_blocked(tx: &mut Tx, actor: &Actor, organization: &OrganizationBrief) -> AppResult<bool> {
    match actor.community() {
        Some(community) => blocks::stands_in(tx, community, organization.id).await,
        None => Ok(false),
    }
}

/// Somebody whom the directory does not have, added to it. Of a community that may not add anybody yet, a name stands on the
/// page and nowhere else.
async fn newcomer(tx: &mut Tx, actor: &Actor, new: &NewPartner) -> AppResult<Option<OrganizationBrief>> {
    let Whom::Named(name) = &new.whom else { return Ok(None) };
    let entity_type = if new.category.is_sponsor() { EntityType::Sponsor } else { EntityType::Partner };
    match claims::named_in(tx, actor, name, (new.website.as_ref(), new.contact.as_ref()), entity_type).await? {
        Some(id) => Ok(Some(organizations::brief_in(tx, id).await?)),
        None => Ok(None),
    }
}

async fn picture_key(ctx: &Ctx, file: Option<&str>, picture: Option<LogoId>) -> AppResult<Option<String>> {
    match (picture, file) {
        (Some(id), _) => organizations::logo_key(ctx, id).await,
        (None, Some(file)) => match organizations::logo_key_of_file(ctx, file).await? {
            Some(key) => Ok(Some(key)),
            None => Err(AppError::invalid("imageUrl", "This picture is not kept here. Upload it on the partner's page.")),
        },
        (None, None) => Ok(None),
    }
}

/// The event, held for a change of who stands on its page.
async fn hold_event(tx: &mut Tx, actor: &Actor, event: EventId) -> AppResult<EventBrief> {
    let event = events::hold_in(tx, actor.scope(), event).await?;
    if event.status == EventStatus::Archived {
        return Err(AppError::refused("EVENT_ARCHIVED", format!("{} is archived and stays as it was.", isolated(&event.title))));
    }
    Ok(event)
}

async fn hold_link(tx: &mut Tx, actor: &Actor, event: EventId, id: PartnerLinkId) -> AppResult<Link> {
    let may = policy::may_manage(actor);
    let event = hold_event(tx, actor, event).await?;
    let row = store::hold(tx, event.id, id).await?;
    may?;
    Ok(Link {
        id,
        event: event.id,
        community: row.community_id.into(),
        organization: row.organization_id.map(Into::into),
        request: row.request_id.map(Into::into),
        event_title: event.title,
        event_slug: event.slug,
        visible: row.visible,
        version: row.version,
        display: Display {
            name: row.name_snapshot,
            logo_key: row.logo_key_snapshot,
            website: row.website_snapshot,
            category: category(&row.display_category)?,
            benefits: lines(row.benefits)?,
        },
    })
}

/// Changes how somebody stands on an event's page. What is absent stays. `picture` is a logo that was uploaded with it.
///
/// # Errors
/// 404 outside the community; 403 by role; 422 by field; 409 `VERSION_CONFLICT`, `AGREED`, `ALREADY_ON_EVENT`,
/// `CANNOT_STAND`, `EVENT_ARCHIVED`.
pub async fn edit(
    ctx: &Ctx,
    actor: &Actor,
    event: EventId,
    id: PartnerLinkId,
    edit: PartnerEdit,
    picture: Option<LogoId>,
) -> AppResult<()> {
    let logo = match (picture, &edit.logo) {
        (None, None) => None,
        (picture, named) => Some(picture_key(ctx, named.as_ref().and_then(Option::as_deref), picture).await?),
    };
    let mut tx = ctx.begin().await?;
    let mut link = hold_link(&mut tx, actor, event, id).await?;
    link.same_version(edit.version)?;
    let old = &link.display;
    let display = Display {
        name: edit.name.map_or_else(|| old.name.clone(), |name| name.into_string()),
        logo_key: logo.unwrap_or_else(|| old.logo_key.clone()),
        website: match edit.website {
            Some(website) => website.map(WebUrl::into_string).unwrap_or_default(),
            None => old.website.clone(),
        },
        category: edit.category.unwrap_or(old.category),
        benefits: match edit.benefits {
            Some(drafts) => rules::settle_lines(drafts, &old.benefits, || ctx.id()),
            None => old.benefits.clone(),
        },
    };
    if let Some(edited) = link.edit(display)? {
        store::apply_edited(&mut tx, &edited).await?;
        tx.state(actor, &edited);
        link = edited.after();
    }
    if edit.visible == Some(true) {
        may_stand(&mut tx, &link).await?;
    }
    if let Some(shown) = edit.visible.and_then(|visible| link.show(visible)) {
        store::apply_shown(&mut tx, &shown).await?;
        tx.state(actor, &shown);
        link = shown.after();
    }
    if let Some(to) = edit.display_order {
        place_held(&mut tx, actor, &link, To::Place(to)).await?;
    }
    tx.result(id);
    tx.commit_unstated("an edit that changes nothing is no fact").await
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Up,
    Down,
    /// Within its tier, from 0.
    Place(usize),
}

/// Moves somebody within their tier.
///
/// # Errors
/// 404 outside the community; 403 by role; 409 `EVENT_ARCHIVED`.
pub async fn place(ctx: &Ctx, actor: &Actor, event: EventId, id: PartnerLinkId, to: To) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let link = hold_link(&mut tx, actor, event, id).await?;
    place_held(&mut tx, actor, &link, to).await?;
    tx.result(id);
    tx.commit_unstated("it stood there already").await
}

async fn place_held(tx: &mut Tx, actor: &Actor, link: &Link, to: To) -> AppResult<()> {
    let order = store::list_tier(tx, link.event, link.display.category.tier()).await?;
    let from = order.iter().position(|id| *id == link.id).unwrap_or_default();
    let to = match to {
        To::Up => from.saturating_sub(1),
        To::Down => from + 1,
        To::Place(to) => to,
    };
    if let Some(moved) = link.place(&order, to) {
        store::apply_moved(tx, &moved).await?;
        tx.state(actor, &moved);
    }
    Ok(())
}

/// Hides somebody from the public page, or shows them again.
///
/// # Errors
/// 404 outside the community; 403 by role; 409 `CANNOT_STAND`, `EVENT_ARCHIVED`.
pub async fn show(ctx: &Ctx, actor: &Actor, event: EventId, id: PartnerLinkId, visible: bool) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let link = hold_link(&mut tx, actor, event, id).await?;
    if visible {
        may_stand(&mut tx, &link).await?;
    }
    if let Some(shown) = link.show(visible) {
        store::apply_shown(&mut tx, &shown).await?;
        tx.state(actor, &shown);
    }
    tx.result(id);
    tx.commit_unstated("it was so already").await
}

/// Whoever a block stands between, or whom staff took off the marketplace, is not put (back) on a page, also not from a note or
/// from before it, and nothing tells the one from the other; what both sides agreed on stays theirs to show, and what is shown
/// already stays. For that reason the organization need not be held: what is shown while staff take it off was shown before. And
/// it cannot be, because the event and the link are.
async fn may_stand(tx: &mut Tx, link: &Link) -> AppResult<()> {
    let Some(organization) = link.organization.filter(|_| !link.visible && link.request.is_none()) else { return Ok(()) };
    let is_away = organizations::brief_unheld_in(tx, organization).await?.status == VerificationStatus::Disabled;
    if is_away || blocks::stands_in(tx, link.community, organization).await? {
        return Err(AppError::refused(
            "CANNOT_STAND",
            format!("{} cannot be shown here at the moment. Leave it hidden, or remove it.", isolated(&link.display.name)),
        ));
    }
    Ok(())
}

/// Takes somebody off an event's page. What both sides agreed on stays on record, with the reason.
///
/// # Errors
/// 404 outside the community; 403 by role; 422 on `reason`; 409 `EVENT_ARCHIVED`.
pub async fn remove(ctx: &Ctx, actor: &Actor, event: EventId, id: PartnerLinkId, reason: Option<&Paragraph>) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let link = hold_link(&mut tx, actor, event, id).await?;
    let removed = link.remove(reason)?;
    store::apply_removed(&mut tx, &removed, ctx.now()).await?;
    tx.state(actor, &removed);
    tx.result(id);
    tx.commit().await
}

/// What one organization has on events' pages belongs to another from now on. Where both stand on one page in the same
/// category, one stays; the other is removed for this reason, which both sides read. What the pages show was written down when
/// it was agreed, and stays. The caller holds both organizations. Gives how many moved, and what was removed: event, category.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(
    tx: &mut Tx,
    voice: impl Into<Voice>,
    (gone, kept): (OrganizationId, OrganizationId),
    reason: &Paragraph,
) -> AppResult<(u64, Vec<(String, String)>)> {
    let (voice, now) = (voice.into(), tx.ctx().now());
    let mut doubles = Vec::new();
    for row in store::list_doubles(tx, gone, kept).await? {
        let link = Link {
            id: row.id.into(),
            event: row.event_id.into(),
            community: row.community_id.into(),
            organization: Some(kept),
            request: row.request_id.map(Into::into),
            event_title: row.event_title,
            event_slug: row.event_slug,
            visible: row.visible,
            version: row.version,
            display: Display {
                name: row.name_snapshot,
                logo_key: row.logo_key_snapshot,
                website: row.website_snapshot,
                category: category(&row.display_category)?,
                benefits: lines(row.benefits)?,
            },
        };
        let removed = link.remove(Some(reason))?;
        store::apply_removed(tx, &removed, now).await?;
        tx.state(voice.clone(), &removed);
        doubles.push((link.event_title, row.display_category));
    }
    Ok((store::follow(tx, gone, kept).await?, doubles))
}

/// Remembers whether the reader has put the panel of partners away.
///
/// # Errors
/// When the database is away.
pub async fn collapse(ctx: &Ctx, actor: &Actor, collapsed: bool) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::put_collapsed(&mut tx, actor.user(), collapsed).await?;
    tx.commit_unstated("how somebody likes their page is no fact").await
}

/// What a community has on an event's page, for the page on which it manages the event: all of it for whoever sees its
/// requests or manages its partners, what everybody sees for plain roles. The page around it has decided that the reader may
/// see the event; an event of another community shows nothing.
///
/// # Errors
/// 404 outside a community's workspace.
pub async fn panel(ctx: &Ctx, actor: &Actor, event: EventId) -> AppResult<PanelView> {
    let community = actor.community().ok_or(AppError::NotFound)?;
    actor.must(Capability::SeeWorkspace, "see the events of this community")?;
    let sees_hidden = policy::sees_hidden(actor);
    let store::PanelRow { collapsed, is_public, rows } =
        store::get_panel(ctx, event, community, actor.user(), sees_hidden, WALL_LIMIT).await?;
    let items = rows.into_iter().map(|row| managed(row, sees_hidden)).collect::<AppResult<Vec<_>>>()?;
    let shown = items.iter().filter(|item| item.visible).map(as_shown);
    Ok(PanelView {
        wall: is_public.then(|| PartnerWall::of(shown)),
        sees_hidden,
        event_id: event,
        collapsed,
        count: items.len(),
        hidden: items.iter().filter(|item| !item.visible).count(),
        can_edit: policy::may_manage(actor).is_ok(),
        // What was put away is not sent either.
        items: if collapsed { Vec::new() } else { items },
    })
}

/// What stands on an event's page: hidden ones too for whoever sees the requests of its community or manages its partners, for
/// everybody else what the page shows.
///
/// # Errors
/// 404 where the event is not the viewer's to know of; 422 for a cursor that is none.
pub async fn list(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    event: EventId,
    search: Option<&str>,
    page: &PageRequest,
) -> AppResult<AssignmentPage> {
    let event = events::view(ctx, viewer, &event.to_string()).await?;
    let hidden = viewer.is_some_and(|actor| policy::is_own(actor, event.community_id) && policy::sees_hidden(actor));
    let event = event.id;
    let search = search.map(str::trim).filter(|search| !search.is_empty());
    let after = page.cursor.as_deref().map(after).transpose()?;
    let part = (i64::from(page.offset), i64::from(page.limit) + 1);
    let rows = store::list_managed(ctx, event, None, hidden, search, after, part).await?;
    let counted = store::count(ctx, event, hidden, None, search).await?;
    let page = Page::cut(rows, page.limit, counted, |row| cursor(&[&row.display_order.to_string(), &row.id.to_string()]));
    Ok(AssignmentPage {
        items: page.items.into_iter().map(|row| managed(row, hidden)).collect::<AppResult<Vec<_>>>()?,
        next_cursor: page.next_cursor,
        total: page.total,
        total_capped: page.total_capped,
    })
}

/// Everything on the pages of the acting community's events after an id, by their ids: by one statement, however many they are.
///
/// # Errors
/// 404 for everybody but a community's people.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<PartnerLinkId>, limit: i64) -> AppResult<Vec<AssignmentView>> {
    let community = actor.community().ok_or(AppError::NotFound)?;
    let hidden = policy::sees_hidden(actor);
    let rows = store::list_whole(ctx, community, hidden, after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    rows.into_iter().map(|row| managed(row, hidden)).collect()
}

/// One of those who stand on an event's page, for its own community.
///
/// # Errors
/// 404 for everybody else.
pub async fn managed_one(ctx: &Ctx, actor: &Actor, event: EventId, id: PartnerLinkId) -> AppResult<AssignmentView> {
    let event = own(ctx, actor, event).await?;
    let hidden = policy::sees_hidden(actor);
    let row = store::list_managed(ctx, event, Some(id), hidden, None, None, (0, 1)).await?.pop().ok_or(AppError::NotFound)?;
    managed(row, hidden)
}

/// What the page needs on which somebody is added (by what was searched) or edited.
///
/// # Errors
/// 404 outside the community; 403 by role.
pub async fn editor(ctx: &Ctx, actor: &Actor, event: EventId, id: Option<PartnerLinkId>, search: &str) -> AppResult<EditorView> {
    let title = events::title_of_own(ctx, actor, event).await?;
    policy::may_manage(actor)?;
    let partner = match id {
        Some(id) => {
            let row =
                store::list_managed(ctx, event, Some(id), true, None, None, (0, 1)).await?.pop().ok_or(AppError::NotFound)?;
            Some(managed(row, true)?)
        }
        None => None,
    };
    let found = if partner.is_none() { organizations::named_like(ctx, search, actor.community()).await? } else { Vec::new() };
    let found = found.into_iter().map(|it| FoundOrganization {
        id: it.id,
        name: it.name,
        note: match WebUrl::parse(&it.website) {
            Ok(url) => format!("{}, {}", url.short(), it.status.label()),
            Err(_) => it.status.label().to_owned(),
        },
    });
    Ok(EditorView { event_id: event, event_title: title, partner, found: found.collect() })
}

/// Is the event the actor's community's own, and may they change who stands on its page? Said before anything about what
/// they typed.
///
/// # Errors
/// 404 outside the community; 403 by role.
pub async fn must_manage(ctx: &Ctx, actor: &Actor, event: EventId) -> AppResult<()> {
    events::title_of_own(ctx, actor, event).await?;
    policy::may_manage(actor)?;
    Ok(())
}

/// The event, if it is the actor's community's own.
async fn own(ctx: &Ctx, actor: &Actor, event: EventId) -> AppResult<EventId> {
    let brief = events::brief(ctx, event).await?;
    if policy::is_own(actor, brief.community_id) { Ok(brief.id) } else { Err(AppError::NotFound) }
}

// ── Showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The sponsors that an event's page shows: partners of the other twelve categories are not among them.
///
/// # Errors
/// 404 where the event is not the viewer's to know of; 422 for a cursor that is none.
pub async fn sponsors(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    event: EventId,
    search: Option<&str>,
    page: &PageRequest,
) -> AppResult<PartnerPage> {
    let event = events::view(ctx, viewer, &event.to_string()).await?;
    let labels: Vec<String> =
        Category::ALL.iter().filter(|category| category.is_sponsor()).map(|category| category.label().to_owned()).collect();
    let search = search.map(str::trim).filter(|search| !search.is_empty());
    let after = page.cursor.as_deref().map(after).transpose()?;
    let (offset, limit) = (i64::from(page.offset), i64::from(page.limit) + 1);
    let rows = store::list(ctx, event.id, Some(&labels), search, after, offset, limit).await?;
    let counted = store::count(ctx, event.id, false, Some(&labels), search).await?;
    let items = rows.into_iter().map(view).collect::<AppResult<Vec<_>>>()?;
    let Page { items, next_cursor, total, total_capped } =
        Page::cut(items, page.limit, counted, |item| cursor(&[&item.display_order.to_string(), &item.id.to_string()]));
    Ok(PartnerPage { items, next_cursor, total, total_capped })
}

/// `agreements`: which requests they come from is for whoever may see requests.
fn managed(row: store::ManagedRow, agreements: bool) -> AppResult<AssignmentView> {
    let category = category(&row.display_category)?;
    Ok(AssignmentView {
        link_id: row.id.into(),
        event_id: row.event_id.into(),
        organization_id: row.organization_id.map(Into::into),
        organization_slug: row.organization_slug,
        name: row.name_snapshot,
        category,
        tier_keyword: category.tier(),
        hue: category.hue(),
        image_url: row.logo_key_snapshot.as_deref().map(logo_url),
        website_label: website_label(&row.website_snapshot),
        website: row.website_snapshot,
        benefits: lines(row.benefits)?,
        visible: row.visible,
        display_order: i32::try_from(row.place).unwrap_or(i32::MAX),
        version: row.version,
        request_id: row.request_id.filter(|_| agreements).map(Into::into),
    })
}

/// As the public page shows it.
fn as_shown(item: &AssignmentView) -> PartnerView {
    PartnerView {
        id: item.link_id,
        event_id: item.event_id,
        organization_id: item.organization_id,
        organization_slug: item.organization_slug.clone(),
        display_name_snapshot: item.name.clone(),
        logo_url_snapshot: item.image_url.clone(),
        website_snapshot: item.website.clone(),
        website_label: item.website_label.clone(),
        display_category: item.category,
        tier_keyword: item.tier_keyword,
        hue: item.hue,
        benefits: item.benefits.clone(),
        visible: item.visible,
        display_order: item.display_order,
    }
}

fn lines(value: serde_json::Value) -> AppResult<Vec<super::views::BenefitLine>> {
    serde_json::from_value(value).map_err(|error| AppError::Broken(Box::new(error)))
}

fn website_label(website: &str) -> String {
    WebUrl::parse(website).map_or_else(|_| String::new(), |url| url.short().to_owned())
}

fn after(text: &str) -> Result<(i32, Uuid), FieldErrors> {
    let [order, id] = uncursor::<2>(text)?;
    let broken = || FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
    Ok((order.parse().map_err(|_| broken())?, id.parse().map_err(|_| broken())?))
}

fn view(row: store::Row) -> AppResult<PartnerView> {
    let category = category(&row.display_category)?;
    let benefits = row.lines()?;
    Ok(PartnerView {
        id: row.id.into(),
        event_id: row.event_id.into(),
        organization_id: row.organization_id.map(Into::into),
        organization_slug: row.organization_slug,
        display_name_snapshot: row.name_snapshot,
        logo_url_snapshot: row.logo_key_snapshot.as_deref().map(logo_url),
        website_label: website_label(&row.website_snapshot),
        website_snapshot: row.website_snapshot,
        display_category: category,
        tier_keyword: category.tier(),
        hue: category.hue(),
        benefits,
        visible: row.visible,
        display_order: row.display_order,
    })
}

/// A category as it is stored.
///
/// # Errors
/// When it is none.
pub fn category(label: &str) -> AppResult<Category> {
    Category::parse(label).map_err(|error| AppError::Broken(Box::new(error)))
}

/// Takes down what an accepted request put on its event's page, because its place was released; nothing where it is gone. What
/// its community had written there by hand before comes back, hidden. The caller holds the event, and states why.
///
/// # Errors
/// When the database is away.
pub async fn take_down_in(tx: &mut Tx, request: RequestId, reason: &str) -> AppResult<()> {
    let at = tx.ctx().now();
    store::take_down(tx, request, reason, at).await
}
