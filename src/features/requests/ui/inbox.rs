//! `/inbox`: what waits for you first, then what has waited longest; the same page for both kinds of workspace. The address
//! is the state, and everything is a link, a field or a button.

use super::keys::{InboxKeys, link_id};
use crate::{
    features::{
        opportunities::views::acting_at,
        requests::{
            server_fns,
            views::{Choice, ColleagueView, InboxAsk, InboxPage, InboxRow, InboxScreen, InboxShow, InboxTab, RequestState},
        },
    },
    kernel::{
        actor::Side,
        labels::{Band, EventType, Region, RejectionReason},
    },
    ui::{
        form::{FormState, PostForm, SelectField, Submit, TextArea, TextField, came_back},
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, Icon, Logo, More, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The parts that have a tab.
const TABS: [InboxTab; 5] =
    [InboxTab::Incoming, InboxTab::Submitted, InboxTab::Negotiation, InboxTab::Accepted, InboxTab::History];

fn read_ask() -> Memo<(InboxAsk, String)> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let text = |name: &str| query.get(name).unwrap_or_default();
            let ask = InboxAsk {
                tab: text("tab"),
                q: text("q"),
                status: text("status"),
                event_type: text("eventType"),
                region: text("region"),
                budget: text("budget"),
                reputation: text("reputation"),
                assigned: text("assigned"),
                show: text("show"),
            };
            (ask, text("cursor"))
        })
    })
}

/// What a selection was just used for: `reject-3`.
fn read_done(text: &str) -> Option<String> {
    let (action, count) = text.split_once('-')?;
    let count: u32 = count.parse().ok()?;
    let them = if count == 1 { "1 request".to_owned() } else { format!("{count} requests") };
    Some(match action {
        "reject" => format!("You declined {them}. Their senders are told why."),
        "assign" => format!("{them} changed hands."),
        "snooze" => format!("{them} put aside for your team."),
        "wake" => format!("{them} brought back."),
        "read" => format!("{them} marked as read."),
        _ => return None,
    })
}

#[component]
pub fn InboxListPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = read_ask();
    let loaded =
        fetched(move || (asked.get(), acting.get()), |((ask, cursor), workspace)| server_fns::inbox(ask, cursor, workspace));
    view! {
        <Title text="Inbox"/>
        {shown_as(Shape::Rows, loaded, move |screen| {
            let done = query.with_untracked(|query| read_done(&query.get("done").unwrap_or_default()));
            view! { <Inbox screen done/> }
        })}
    }
}

fn capped(count: i64) -> String {
    if count > 1_000 { "1,000+".to_owned() } else { count.to_string() }
}

/// The address of what is asked for.
fn at(ask: &InboxAsk, cursor: &str, acting: &str) -> String {
    acting_at(&format!("/inbox?{}", ask.query(cursor)), acting)
}

#[component]
fn Inbox(screen: InboxScreen, done: Option<String>) -> impl IntoView {
    let InboxScreen { inbox, ask, left_out, side, tomorrow, months, acting } = screen;
    let title = match inbox.counts.your_turn {
        0 => "Nothing waits for you".to_owned(),
        1 => "One request waits for you".to_owned(),
        n => format!("{} requests wait for you", capped(n)),
    };
    let sub = match inbox.counts.unread {
        0 => format!("You have read everything. Sent: {}.", inbox.quota.label),
        n => format!("{} with something new. Sent: {}.", capped(n), inbox.quota.label),
    };
    let tabs = TABS
        .into_iter()
        .map(|tab| {
            let here = (tab == inbox.tab).then_some("page");
            let unread = inbox.counts.unread_of(tab);
            let href = at(&InboxAsk { tab: tab.to_string(), ..InboxAsk::default() }, "", &acting);
            view! {
                <a class="tabs__tab" href=href aria-current=here>
                    {tab.word()} " " <span class="badge">{capped(inbox.counts.of(tab))}</span>
                    {(unread > 0).then(|| view! { <span class="visually-hidden">{format!(", {} with something new", capped(unread))}</span> })}
                </a>
            }
        })
        .collect_view();
    let shown = inbox.items.len();
    let total = if inbox.total_capped { "1,000+".to_owned() } else { inbox.total.to_string() };
    let next = inbox.next_cursor.as_ref().map(|cursor| at(&ask, cursor, &acting));
    let is_empty = inbox.items.is_empty();
    let (tab, can_act) = (inbox.tab, inbox.can_act);
    let standing = acting_at("/inbox/standing", &acting);
    let rules = can_act.then(|| acting_at("/inbox/rules", &acting));
    let narrow = (inbox.clone(), ask.clone(), acting.clone());
    let list = if is_empty {
        view! { <Nothing ask=ask.clone() tab side acting=acting.clone()/> }.into_any()
    } else {
        view! {
            <Picks inbox=inbox.clone() tomorrow months acting=acting.clone()/>
            <More count=format!("Showing {shown} of {total}") next/>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <PageHead title sub>
                <a class="button" href=standing>"Why you were turned down"</a>
                {rules.map(|href| view! { <a class="button" href=href>"Rules"</a> })}
            </PageHead>
            {done.map(|done| view! { <Notice tone="success" title=done><p>"The list below is as it is now."</p></Notice> })}
            {(!left_out.is_empty()).then(|| view! {
                <Notice tone="warning" title="A part of this address means nothing and was left out">
                    <ul>{left_out.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                </Notice>
            })}
            <nav class="tabs" aria-label="Requests">{tabs}</nav>
            <Narrow inbox=narrow.0 ask=narrow.1 acting=narrow.2/>
            {list}
        </div>
    }
}

/// Search and filters; a plain form whose answer is an address.
#[component]
fn Narrow(inbox: InboxPage, ask: InboxAsk, acting: String) -> impl IntoView {
    let InboxAsk { tab, q, status, event_type, region, budget, reputation, assigned, show } = ask.clone();
    let plain = InboxAsk { tab: tab.clone(), ..InboxAsk::default() };
    let filters = InboxAsk { q: String::new(), show: String::new(), ..ask.clone() };
    let is_narrowed = ask != plain;
    let is_filtered = filters != plain;
    let clear = at(&plain, "", &acting);
    let show_of = |wanted: InboxShow, label: String| {
        let on = show == wanted.label();
        let ask = InboxAsk { show: if on { String::new() } else { wanted.to_string() }, ..ask.clone() };
        let href = at(&ask, "", &acting);
        view! { <a class="chip" href=href aria-current=on.then_some("true")>{label}</a> }
    };
    let unread = show_of(InboxShow::Unread, format!("Unread ({})", capped(inbox.counts.unread_of(inbox.tab))));
    let snoozed =
        inbox.tab.is_open().then(|| show_of(InboxShow::Snoozed, format!("Put aside ({})", capped(inbox.counts.snoozed))));
    let bands = Band::all().map(|band| (band.key(), format!("{} {}", band.currency(), band.label()))).collect();
    let plain_pairs = |labels: &[&'static str]| labels.iter().map(|l| ((*l).to_owned(), (*l).to_owned())).collect::<Vec<_>>();
    let people = [("me".to_owned(), "You".to_owned()), ("nobody".to_owned(), "Nobody".to_owned())]
        .into_iter()
        .chain(inbox.colleagues.iter().filter(|it| it.can_act).map(|it| (it.id.to_string(), it.name.clone())))
        .collect::<Vec<_>>();
    // The parts in which there is more than one.
    let states: &[RequestState] = match inbox.tab {
        InboxTab::Open | InboxTab::Incoming | InboxTab::Submitted => &[RequestState::Pending, RequestState::Negotiation],
        InboxTab::History => &[RequestState::Rejected, RequestState::Withdrawn, RequestState::Expired],
        InboxTab::Negotiation | InboxTab::Accepted => &[],
    };
    let states =
        (!states.is_empty()).then(|| states.iter().map(|state| (state.to_string(), state.word().to_owned())).collect::<Vec<_>>());
    view! {
        <form method="get" action="/inbox" class="form" role="search">
            <input type="hidden" name="tab" value=tab/>
            <input type="hidden" name="as" value=acting.clone()/>
            {(!show.is_empty()).then(|| view! { <input type="hidden" name="show" value=show.clone()/> })}
            <div class="search">
                <label class="visually-hidden" for="q">"Search your requests"</label>
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input class="input search__input" id="q" name="q" type="search" value=q placeholder="Name, event or words of a message"/>
                <button class="button button--primary search__go">"Search"</button>
            </div>
            <details class="disclosure" open=is_filtered>
                <summary class="button">"Filters"</summary>
                <div class="disclosure__body stack">
                    <div class="form__row">
                        {states.map(|states| view! { <Pick name="status" label="Status" empty="Any status" chosen=status pairs=states/> })}
                        <Pick name="eventType" label="Event type" empty="Any type" chosen=event_type pairs=plain_pairs(EventType::LABELS)/>
                        <Pick name="region" label="Region" empty="Anywhere" chosen=region pairs=plain_pairs(Region::LABELS)/>
                    </div>
                    <div class="form__row">
                        <Pick name="budget" label="Budget" empty="Any amount" chosen=budget pairs=bands/>
                        <Pick name="assigned" label="Handled by" empty="Anybody" chosen=assigned pairs=people/>
                        <Pick name="reputation" label="Community’s reputation" empty="Any" chosen=reputation pairs=vec![("new".to_owned(), "New".to_owned())]/>
                    </div>
                    <div class="form__actions"><button class="button button--primary">"Show results"</button></div>
                </div>
            </details>
        </form>
        <div class="filters" role="group" aria-label="Show">
            {unread}
            {snoozed}
            {is_narrowed.then(|| view! { <a class="filters__clear" href=clear rel="external">"Clear all"</a> })}
        </div>
    }
}

#[component]
fn Pick(
    name: &'static str,
    label: &'static str,
    empty: &'static str,
    chosen: String,
    pairs: Vec<(String, String)>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=format!("narrow-{name}")>{label}</label>
            <div class="field__control">
                <select class="select" id=format!("narrow-{name}") name=name>
                    <option value="" selected=chosen.is_empty()>{empty}</option>
                    {pairs
                        .into_iter()
                        .map(|(value, text)| {
                            let here = value == chosen;
                            view! { <option value=value selected=here>{text}</option> }
                        })
                        .collect_view()}
                </select>
            </div>
        </div>
    }
}

/// The rows with a box to tick each, and what is done with those that are ticked.
#[component]
fn Picks(inbox: InboxPage, tomorrow: String, months: Vec<Choice>, acting: String) -> impl IntoView {
    let is_open = inbox.tab.is_open();
    let can_act = inbox.can_act;
    let colleagues: Vec<ColleagueView> = inbox.colleagues.into_iter().filter(|it| it.can_act).collect();
    let rows = inbox.items;
    view! {
        <InboxKeys can_sort=can_act && is_open/>
        <PostForm name="sort" acting=acting.clone() class="stack">
            // Enter in a field presses a form's first button: this one, which does nothing, since none is meant.
            <button type="submit" disabled=true hidden=true></button>
            <PickedRows rows acting/>
            <details class="disclosure" open=came_back(&["sort"])>
                <summary class="button">"With the ticked ones"</summary>
                <div class="disclosure__body stack">
                    <div class="form__actions"><Submit label="Mark as read" class="button" name="action" value="read"/></div>
                    {(can_act && is_open).then(|| view! { <Bulk colleagues tomorrow months/> })}
                </div>
            </details>
        </PostForm>
    }
}

#[component]
fn PickedRows(rows: Vec<InboxRow>, acting: String) -> impl IntoView {
    let state = expect_context::<FormState>();
    let ticked = state.start_all("ids", &[]);
    view! {
        <ul class="inbox inbox--picks">
            {rows
                .into_iter()
                .map(|row| {
                    let is_ticked = ticked.contains(&row.id.to_string());
                    view! { <Row row acting=acting.clone() pick=true is_ticked/> }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn Bulk(colleagues: Vec<ColleagueView>, tomorrow: String, months: Vec<Choice>) -> impl IntoView {
    let reasons = RejectionReason::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let people = colleagues.into_iter().map(|it| (it.id.to_string(), it.name)).collect::<Vec<_>>();
    let months = months.into_iter().map(|it| (it.id, it.label)).collect::<Vec<_>>();
    view! {
        <fieldset class="fieldset fieldset--part">
            <legend class="fieldset__legend">"Who handles them"</legend>
            <SelectField form="sort" name="assigneeId" label="Colleague" optional=true empty="The team" options=people/>
            <div class="form__actions"><Submit label="Hand over" class="button" name="action" value="assign"/></div>
        </fieldset>
        <fieldset class="fieldset fieldset--part">
            <legend class="fieldset__legend">"Put aside"</legend>
            <TextField form="sort" name="until" label="Until the morning of" hint="They come back by themselves; your whole team sees them under “Put aside”." kind="date" value=tomorrow short=true/>
            <div class="form__actions">
                <Submit label="Put aside" class="button" name="action" value="snooze"/>
                <Submit label="Bring back" class="button button--quiet" name="action" value="wake"/>
            </div>
        </fieldset>
        <fieldset class="fieldset fieldset--part">
            <legend class="fieldset__legend">"Decline"</legend>
            <SelectField form="sort" name="reason" label="Why" hint="One reason for all of them; they are told." options=reasons/>
            <TextArea form="sort" name="note" label="Note" optional=true rows=2 maxlength=1000_u32/>
            <SelectField form="sort" name="askAgain" label="Ask again in" hint="They see it, and are reminded then." optional=true empty="No month" options=months/>
            <div class="form__actions"><Submit label="Decline them" class="button button--danger" name="action" value="reject"/></div>
        </fieldset>
    }
}

#[component]
fn Nothing(ask: InboxAsk, tab: InboxTab, side: Side, acting: String) -> impl IntoView {
    let plain = InboxAsk { tab: tab.to_string(), ..InboxAsk::default() };
    if ask != plain {
        let by_show_alone = InboxAsk { show: String::new(), ..ask.clone() } == plain;
        let (title, text) = if by_show_alone && ask.show == InboxShow::Snoozed.label() {
            ("Nothing is put aside", "What you put aside is kept here until its morning, and comes back by itself.")
        } else if by_show_alone && ask.show == InboxShow::Unread.label() {
            ("You have read everything", "What comes in, and what is answered, is new until you open it.")
        } else {
            ("Nothing fits all of this", "Take a filter away, or search for another word.")
        };
        return view! {
            <Empty title text icon="search">
                <a class="button button--primary" href=at(&plain, "", &acting) rel="external">"Show all of them"</a>
            </Empty>
        }
        .into_any();
    }
    let (title, text) = match tab {
        InboxTab::Open | InboxTab::Incoming => ("Nothing has come in", "What others send you appears here at once."),
        InboxTab::Submitted => ("You wait for nobody", "What you send stands here until it is answered."),
        InboxTab::Negotiation => {
            ("No negotiation is open", "As soon as somebody answers an offer with another one, it moves here.")
        }
        InboxTab::Accepted => ("Nothing agreed yet", "What both sides accept is kept here."),
        InboxTab::History => ("Nothing here yet", "Declined, withdrawn and expired requests are kept here."),
    };
    let (href, label) = match side {
        Side::Organization => (acting_at("/opportunities", &acting), "Find an opportunity"),
        Side::Community => (acting_at("/directory", &acting), "Find a sponsor"),
    };
    view! {
        <Empty title text icon="inbox">
            <a class="button button--primary" href=href>{label}</a>
        </Empty>
    }
    .into_any()
}

/// One request, as lists show it; with `pick`, with a box to tick.
#[component]
pub fn Row(row: InboxRow, acting: String, #[prop(optional)] pick: bool, #[prop(optional)] is_ticked: bool) -> impl IntoView {
    let href = acting_at(&format!("/requests/{}", row.id), &acting);
    let how = match row.opened_by {
        Side::Organization => "Application",
        Side::Community => "Request",
    };
    let id = pick.then(|| link_id(&row.id.to_string()));
    let class = if row.unread { "inbox__row inbox__row--new" } else { "inbox__row" };
    let label = format!("Tick {}, {}", row.counterpart.name, row.event_title);
    let handled = row.assignee.as_ref().map(|it| it.name.clone());
    let snoozed = row.snoozed_label.clone();
    view! {
        <li class=class>
            {pick.then(|| view! {
                <input
                    class="inbox__pick"
                    type="checkbox"
                    name="ids"
                    id=format!("sort-pick-{}", row.id)
                    value=row.id.to_string()
                    checked=is_ticked
                    aria-label=label
                />
            })}
            <Logo name=row.counterpart.name.clone() url=row.counterpart.logo_url size="small"/>
            <div class="inbox__body">
                <p class="inbox__who"><a class="inbox__link" id=id href=href>{row.counterpart.name}</a></p>
                <p class="inbox__what">{how} ": " {row.category.label()} ", " <bdi>{row.event_title}</bdi></p>
                {(handled.is_some() || !snoozed.is_empty()).then(|| view! {
                    <p class="inbox__what">
                        {handled.map(|name| view! { <Icon name="user" small=true/> " " <bdi>{name}</bdi> " " })}
                        {snoozed}
                    </p>
                })}
            </div>
            <p class="inbox__worth num">{row.amount_label}</p>
            <p class="inbox__turn"><Pill text=row.turn_label tone=row.tone/></p>
            <p class="inbox__wait"><time datetime=row.since.to_rfc3339()>{row.since_label}</time></p>
        </li>
    }
}
