//! `/dev/kit`: every component of `ui` and of `style/components` in every state that it has, for whoever changes one; in
//! development only. `?theme=dark` shows the other theme. Hovered and focused states stand still: the style sheet of this page
//! takes the classes `kit-hover` and `kit-focus` for them (`sheet`).

use crate::{
    kernel::fields::FieldErrors,
    ui::{
        form::{
            ChipsField, MoneyField, Outcome, PostForm, RadioField, Refused, SelectField, Submit, TextArea, TextField, TickField,
        },
        keys::{Key, KeysDialog},
        page::{PageError, Problem, Shape, Skeleton},
        parts::{Empty, Icon, Logo, More, Notice, PageHead, Pill, SafeHtmlView, Tier, Timeline, TimelineEntry},
    },
};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::Router;

/// The longest names and words that the page has to bear, from right to left, and with pictures among the letters.
const LONG: &str = "Kubernetes Community Days and Cloud Native Rejekts Joint Conference of South and Southeast Asia";
const UNBROKEN: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const ARABIC: &str = "مؤتمر المطورين العرب للبرمجيات الحرة";
const EMOJI: &str = "🚀 Launch Night 🎉 with 🦀";

/// The site's style sheet, where hover and focus also have classes, and where nothing moves.
pub fn sheet(site: &str) -> String {
    let still = site.replace(":focus-visible", ":is(:focus-visible,.kit-focus)").replace(":hover", ":is(:hover,.kit-hover)");
    format!(
        "{still}\n*,::before,::after{{animation:none!important;transition:none!important;caret-color:transparent!important}}\n\
         .kit{{max-inline-size:60rem;margin-inline:auto;padding:2rem;display:flex;flex-direction:column;gap:2.5rem}}\n\
         .kit__part{{display:flex;flex-direction:column;gap:1.25rem}}\n\
         .kit__name{{padding-block-end:.5rem;border-block-end:1px solid var(--edge);font-size:1.125rem}}\n\
         .kit__stage{{position:relative;min-block-size:var(--stage,17rem)}}\n\
         .kit__stage .dialog{{position:absolute;inset:0 auto auto 0;margin:0;display:block}}\n"
    )
}

/// The page as a whole document.
pub fn document(theme: &'static str) -> impl IntoView {
    provide_meta_context();
    let outcome = Outcome {
        path: "/dev/kit".into(),
        form: "refused".into(),
        values: [("website", "acme"), ("about", "We build."), ("industry", ""), ("amount", "12,00"), ("kind", "gift")]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]))
            .collect(),
        errors: FieldErrors(
            [
                ("website", "Write it like https://acme.dev."),
                ("about", "Say a little more: at least 20 letters."),
                ("industry", "Choose one."),
                ("amount", "Write an amount like 3,50,000."),
                ("kind", "Choose one of them."),
                ("give", "Choose at least one."),
                ("consent", "Please confirm this."),
            ]
            .into_iter()
            .map(|(name, message)| (name.to_owned(), message.to_owned()))
            .collect(),
        ),
        status: 422,
        ..Outcome::default()
    };
    provide_context(Refused(Some(outcome)));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="stylesheet" href="/dev/kit.css"/>
                <MetaTags/>
            </head>
            <body>
                <Title text="Kit"/>
                <Router>
                    <main class="kit" id="main">
                        <PageHead title="The kit" over="Development" sub="Every component in every state.">
                            <a class="button button--small" href="?theme=light">"Light"</a>
                            <a class="button button--small" href="?theme=dark">"Dark"</a>
                        </PageHead>
                        {part("actions", "Actions", actions().into_any())}
                        {part("fields", "Fields", fields().into_any())}
                        {part("refused", "A refused form", refused().into_any())}
                        {part("labels", "Labels, figures and marks", labels().into_any())}
                        {part("rows", "Lists, tables and cards", rows().into_any())}
                        {part("ways", "Ways through the site", ways().into_any())}
                        {part("messages", "Messages", messages().into_any())}
                        {part("waiting", "Waiting, empty and wrong", waiting().into_any())}
                        {part("words", "Words of others", words().into_any())}
                    </main>
                </Router>
            </body>
        </html>
    }
}

fn part(id: &'static str, name: &'static str, inside: AnyView) -> AnyView {
    view! { <section class="kit__part" id=id><h2 class="kit__name">{name}</h2>{inside}</section> }.into_any()
}

fn actions() -> impl IntoView {
    let row = |weight: &'static str| {
        let class = |more: &str| format!("button {weight} {more}");
        view! {
            <div class="cluster">
                <button class=class("")>"At rest"</button>
                <button class=class("kit-hover")>"Hovered"</button>
                <button class=class("kit-focus")>"Focused"</button>
                <button class=class("") aria-busy="true">"Sending…"</button>
                <button class=class("") disabled>"Disabled"</button>
                <a class=class("button--small") href="#actions" rel="external"><Icon name="plus" small=true/>"Small"</a>
            </div>
        }
    };
    view! {
        {row("button--primary")}
        {row("")}
        {row("button--quiet")}
        {row("button--danger")}
        <button class="button button--primary button--large button--wide">"The one action of a page"</button>
        <div class="cluster">
            <button class="icon-button" aria-label="Notifications"><Icon name="bell"/></button>
            <button class="icon-button kit-hover" aria-label="Notifications, hovered"><Icon name="bell"/></button>
            <button class="icon-button kit-focus" aria-label="Notifications, focused"><Icon name="bell"/></button>
            <button class="icon-button" aria-label="Notifications, 3 new"><Icon name="bell"/><span class="icon-button__count" aria-hidden="true">"3"</span></button>
            <div class="button-group"><button class="button">"One"</button><button class="button">"Two"</button></div>
            <button class="switch" role="switch" aria-checked="true"><span class="switch__track"></span>"Shown"</button>
            <button class="switch" role="switch" aria-checked="false"><span class="switch__track"></span>"Hidden"</button>
            <form class="theme-switch" method="post" action="/theme"><button class="icon-button theme-switch__to-dark" name="theme" value="dark" aria-label="Use the dark theme"><Icon name="moon"/></button><button class="icon-button theme-switch__to-light" name="theme" value="light" aria-label="Use the light theme"><Icon name="sun"/></button></form>
            <a href="#actions" rel="external">"A link"</a>
            <a class="kit-hover" href="#actions" rel="external">"hovered"</a>
        </div>
        <div class="action-bar"><p class="action-bar__note">"You agree to revision 3, ₹3,50,000.00."</p><button class="button button--primary">"Accept offer"</button></div>
        <details class="disclosure" open><summary class="button button--small">"More, opened"</summary><div class="disclosure__body"><p>"What was folded away."</p></div></details>
    }
}

fn fields() -> impl IntoView {
    let industries = || ["Cloud and infrastructure", "Developer tools"].map(|it| (it.to_owned(), it.to_owned())).to_vec();
    view! {
        <PostForm name="fields">
            <div class="form__row">
                <TextField form="fields" name="plain" label="At rest" hint="What helps to fill it." value="Acme Cloud"/>
                <TextField form="fields" name="empty" label="Empty" placeholder="Company, technology or industry" optional=true/>
            </div>
            <div class="form__row">
                <div class="field"><label class="field__label" for="f-focus">"Focused"</label><div class="field__control"><input class="input kit-focus" id="f-focus" value="acme.dev"/></div></div>
                <div class="field"><label class="field__label" for="f-off">"Disabled"</label><div class="field__control"><input class="input" id="f-off" value="acme.dev" disabled/></div></div>
            </div>
            <div class="form__row">
                <SelectField form="fields" name="industry" label="One of a list" options=industries()/>
                <MoneyField form="fields" name="amount" label="An amount" value="3,50,000" symbol="₹"/>
                <TextField form="fields" name="code" label="A code" short=true/>
            </div>
            <TextArea form="fields" name="about" label="Several lines" value="We back the events that our users go to." rows=3/>
            <p class="field__counter">"120 of 500"</p>
            <RadioField
                form="fields"
                name="kind"
                label="One of a few"
                value="cash"
                options=vec![("cash".into(), "Cash".into(), "Money, on an invoice.".into()), ("kind".into(), "In kind".into(), "Credits, licences, things.".into())]
            />
            <ChipsField form="fields" name="give" label="Several" value=vec!["Cash".into()] options=vec!["Cash".into(), "Credits".into(), "Swag".into(), "Speakers".into()]/>
            <TickField form="fields" name="consent" label="I may speak for this company." value=true/>
            <div class="upload">
                <span class="logo logo--medium logo--initials upload__preview" aria-hidden="true">"AC"</span>
                <div class="upload__body"><label class="field__label" for="f-logo">"Logo"</label><p class="field__hint">"PNG, JPEG, WebP or SVG, up to 2 MB."</p><input class="upload__input" id="f-logo" type="file"/></div>
            </div>
            <p class="form__note">"You can change all of this later."</p>
            <div class="form__actions"><Submit label="Save"/><a class="button button--quiet" href="#fields" rel="external">"Back"</a></div>
        </PostForm>
        <form class="search" role="search" aria-label="Kit"><label class="visually-hidden" for="k-q">"Search"</label><svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg><input class="input search__input" id="k-q" type="search" placeholder="Company, technology or industry"/><kbd class="search__key" aria-hidden="true">"/"</kbd><button class="button button--primary search__go">"Search"</button></form>
        <div class="kit__stage"><div class="combobox"><input class="input" role="combobox" aria-expanded="true" aria-controls="k-list" aria-label="Technology" value="ru"/><ul class="combobox__list" role="listbox" id="k-list" aria-label="Technologies"><li class="combobox__option" role="option" aria-selected="true">"Rust"</li><li class="combobox__option" role="option" aria-selected="false">"Ruby"</li></ul></div></div>
    }
}

fn refused() -> impl IntoView {
    view! {
        <PostForm name="refused">
            <TextField form="refused" name="website" label="Website" hint="Where sponsors can read about you."/>
            <TextArea form="refused" name="about" label="About" rows=2/>
            <div class="form__row">
                <SelectField form="refused" name="industry" label="Industry" options=vec![("Tools".into(), "Tools".into())]/>
                <MoneyField form="refused" name="amount" label="Amount" symbol="₹"/>
            </div>
            <RadioField form="refused" name="kind" label="Kind" options=vec![("cash".into(), "Cash".into(), String::new())]/>
            <ChipsField form="refused" name="give" label="What can you give?" options=vec!["Cash".into(), "Credits".into()]/>
            <TickField form="refused" name="consent" label="I may speak for this company."/>
            <div class="form__actions"><Submit label="Send"/></div>
        </PostForm>
    }
}

fn labels() -> impl IntoView {
    let tones = ["neutral", "accent", "info", "success", "warning", "danger"];
    let hues = ["rose", "violet", "amber", "slate", "orange", "emerald", "cyan", "indigo", "sky"];
    view! {
        <div class="cluster">{tones.map(|tone| view! { <Pill text=tone tone/> }).collect_view()} <span class="badge">"12"</span> <span class="badge tone-accent">"New"</span></div>
        <div class="cluster">{hues.map(|hue| view! { <Tier label=format!("{hue} sponsor") hue/> }).collect_view()}</div>
        <ul class="tags"><li class="tag">"Rust"</li><li class="tag">"C++"</li><li class="tag">".NET"</li></ul>
        <div class="cluster">
            <Logo name="Acme Cloud" url=None size="small"/>
            <Logo name="Acme Cloud" url=None/>
            <Logo name="Acme Cloud" url=Some("/logo.svg".into())/>
            <Logo name="Acme Cloud" url=Some("/logo.svg".into()) size="large"/>
            <span class="logo logo--medium logo--dark"><img class="logo__image" src="/logo.svg" alt="CommDesk logo" width="160" height="80"/></span>
            <span class="avatar avatar--small" aria-hidden="true">"RK"</span>
            <span class="avatar" aria-hidden="true">"RK"</span>
            <span class="avatar avatar--large" aria-hidden="true">"RK"</span>
            <span class="brand"><svg class="brand__mark" aria-hidden="true"><use href="/icons.svg#brand"></use></svg><span class="brand__name">"CommDesk"</span></span>
        </div>
        <ul class="meta"><li class="meta__item"><Icon name="calendar" small=true/>"Fri 20 Nov, 18:30 IST"</li><li class="meta__item"><Icon name="users" small=true/>"500 people"</li></ul>
        <dl class="definition"><div class="definition__row"><dt>"Amount"</dt><dd class="num">"₹3,50,000.00"</dd></div><div class="definition__row"><dt>"Decides by"</dt><dd>"Mon 1 Mar 2027 (in 12 days)"</dd></div></dl>
        <dl class="stats">
            <div class="stat"><dt class="stat__label">"Answered"</dt><dd class="stat__value">"62 %"</dd><dd class="stat__note">"faster than last quarter"</dd></div>
            <div class="stat"><dt class="stat__label">"Agreed"</dt><dd class="stat__value num">"₹12,40,000.00"</dd><dd class="stat__note">"with 4 sponsors"</dd></div>
        </dl>
        <progress class="meter" value="62" max="100" aria-label="Complete">"62 %"</progress>
        <div class="meter-row"><span>"Late"</span><progress class="meter tone-danger" value="20" max="100" aria-label="Late">"20 %"</progress><span class="num">"20 %"</span></div>
        <div class="score tone-success"><p class="score__value"><span class="score__number">"82"</span><span class="score__of">"of 100"</span></p><div class="score__body"><p class="score__title">"Strong signals"</p><ul class="score__reasons"><li class="score__reason tone-success"><Icon name="check" small=true/>"Mail and website share a domain"<span class="score__points">"+20"</span></li></ul></div></div>
    }
}

fn rows() -> impl IntoView {
    view! {
        <div class="table-wrap"><table class="table table--rows"><caption class="visually-hidden">"Opportunities"</caption>
            <thead><tr><th scope="col" aria-sort="ascending"><a class="table__sort" href="#rows" rel="external">"Event and role"</a></th><th scope="col">"When"</th><th scope="col" class="table__number">"Budget"</th></tr></thead>
            <tbody>
                <tr><td class="table__main"><a class="table__link" href="#rows" rel="external">"HackFest 2027"</a><span class="table__sub">"Apex Circle, Pune"</span><Tier label="Platinum Sponsor" hue="violet"/></td><td data-label="When">"12 to 14 Mar"</td><td class="table__number num" data-label="Budget">"₹2L to ₹5L"</td></tr>
                <tr class="kit-hover"><td class="table__main"><a class="table__link" href="#rows" rel="external">"Hovered row"</a><span class="table__sub">"Harbour Devs, Singapore"</span></td><td data-label="When">"1 Apr"</td><td class="table__number num" data-label="Budget">"$5,000"</td></tr>
            </tbody></table></div>
        <ul class="list"><li class="list__row"><Logo name="Acme Cloud" url=None size="small"/><div class="list__body"><a class="list__link" href="#rows" rel="external">"Acme Cloud"</a><p class="list__sub">"Cloud and infrastructure"</p></div><div class="list__end"><Pill text="Verified" tone="success"/></div></li><li class="list__row kit-hover"><div class="list__body"><a class="list__link" href="#rows" rel="external">"Hovered"</a></div></li></ul>
        <div class="grid">
            <article class="card"><h3 class="card__title"><a class="card__link" href="#rows" rel="external">"A card"</a></h3><p class="card__text">"Leads somewhere, all over."</p><div class="card__foot">"Foot"</div></article>
            <article class="card card--quiet"><h3 class="card__title"><a class="card__link kit-focus" href="#rows" rel="external">"Focused"</a></h3><p class="card__text">"Without a shadow."</p></article>
        </div>
        <section class="panel"><header class="panel__head"><h3 class="panel__title">"A panel"</h3><div class="panel__actions"><button class="button button--small">"Edit"</button></div></header><div class="panel__body">"Body"</div><footer class="panel__foot">"Foot"</footer></section>
        <dl class="diff"><div class="diff__row diff__row--changed"><dt>"Amount"</dt><dd><del>"₹3,00,000.00"</del>" "<ins>"₹3,50,000.00"</ins></dd></div><div class="diff__row diff__row--added"><dt>"Booth"</dt><dd><ins>"3 × 3 m, near the entrance"</ins></dd></div><div class="diff__row diff__row--removed"><dt>"Keynote"</dt><dd><del>"20 minutes"</del></dd></div></dl>
        <ol class="checklist"><li class="checklist__item" data-state="done"><span class="checklist__mark"><Icon name="check" small=true/></span><div class="checklist__body"><p class="checklist__title">"Confirm your e-mail"<span class="visually-hidden">", done"</span></p></div></li><li class="checklist__item"><span class="checklist__mark"></span><div class="checklist__body"><p class="checklist__title">"Add a logo"</p><p class="checklist__text">"Profiles with one are answered more often."</p></div><a class="button button--small" href="#rows" rel="external">"Add logo"</a></li></ol>
    }
}

fn ways() -> impl IntoView {
    let entry = |text: &str, tone: &str, icon: &str, quote: Option<&str>| TimelineEntry {
        text: text.into(),
        at: "2027-01-01T10:00:00Z".into(),
        at_label: "Fri 1 Jan, 15:30 IST".into(),
        tone: tone.into(),
        icon: icon.into(),
        quote: quote.map(str::to_owned),
    };
    let entries = vec![
        entry("Ravi sent the request", "neutral", "send", None),
        entry("Asha asked for a change", "info", "message", Some("Could the booth stand near the entrance?")),
        entry("Ravi accepted the offer", "success", "check", None),
    ];
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb"><ol class="breadcrumb__list"><li><a href="#ways" rel="external">"Opportunities"</a></li><li><span aria-current="page">"HackFest"</span></li></ol></nav>
        <nav class="tabs" aria-label="Requests"><a class="tabs__tab" href="#ways" rel="external" aria-current="page">"Your turn "<span class="badge">"3"</span></a><a class="tabs__tab" href="#ways" rel="external">"Waiting"</a><a class="tabs__tab kit-hover" href="#ways" rel="external">"Hovered"</a></nav>
        <div class="filters" role="group" aria-label="Filters"><a class="chip" href="#ways" rel="external">"Region"</a><a class="chip kit-hover" href="#ways" rel="external">"Hovered"</a><a class="chip" aria-current="true" href="#ways" rel="external">"South Asia"<Icon name="x" small=true/></a><a class="filters__clear" href="#ways" rel="external">"Clear all"</a></div>
        <div class="toolbar"><p>"A toolbar"</p><div class="toolbar__end"><button class="button button--small">"Sort"</button></div></div>
        <ol class="stepper" aria-label="Steps"><li class="stepper__step" data-state="done"><span class="stepper__label">"Company"</span></li><li class="stepper__step" aria-current="step"><span class="stepper__label">"Budget"</span></li><li class="stepper__step" data-state="late"><span class="stepper__label">"Late"<span class="stepper__note">"3 Nov"</span></span></li><li class="stepper__step"><span class="stepper__label">"Review"</span></li></ol>
        <Timeline entries/>
        <More count="Showing 20 of 1,000+" next=Some("#ways".into())/>
        <div class="kit__stage"><details class="menu" open><summary class="button">"A menu, opened"</summary><div class="menu__panel"><p class="menu__label">"asha@acme.example"</p><a class="menu__item" href="#ways" rel="external"><Icon name="settings"/>"Account"</a><a class="menu__item kit-hover" href="#ways" rel="external"><Icon name="users"/>"Hovered"</a><a class="menu__item" aria-current="true" href="#ways" rel="external">"Acme Cloud"</a><hr class="menu__rule"/><button class="menu__item"><Icon name="log-out"/>"Sign out"</button></div></details></div>
        <ul class="workspace__nav-list"><li><a class="nav-link" href="#ways" rel="external" aria-current="page"><Icon name="home"/><span class="nav-link__label">"Home"</span></a></li><li><a class="nav-link" href="#ways" rel="external"><Icon name="inbox"/><span class="nav-link__label">"Inbox"</span><span class="nav-link__count">"3"</span></a></li><li><a class="nav-link kit-hover" href="#ways" rel="external"><Icon name="tag"/><span class="nav-link__label">"Hovered"</span></a></li></ul>
        <KeysDialog id="kit-keys" title="Keys" keys=vec![Key { keys: &["j", "↓"], meaning: "Next request" }]/>
        <dl class="keys"><div class="keys__row"><dt class="keys__keys"><kbd class="keys__key">"j"</kbd>" or "<kbd class="keys__key">"↓"</kbd></dt><dd>"Next request"</dd></div></dl>
    }
}

fn messages() -> impl IntoView {
    let prose = "### A heading\n\nWords with **weight** and a [link](https://acme.dev).\n\n- One\n- Two\n\n> Said by somebody.";
    view! {
        {["info", "success", "warning", "danger"]
            .map(|tone| view! { <Notice tone title=format!("A notice: {tone}")><p>"What happened, and what to do next."</p></Notice> })
            .collect_view()}
        <div class="toast tone-success"><Icon name="check"/><p class="toast__text">"Draft saved."</p><button class="button button--quiet button--small">"Undo"</button></div>
        <div class="kit__stage"><dialog class="dialog" open aria-labelledby="k-d"><div class="dialog__head"><h3 class="dialog__title" id="k-d">"Withdraw this request?"</h3><button class="icon-button" aria-label="Close"><Icon name="x"/></button></div><div class="dialog__body"><p>"Acme Cloud is told, and the place is free again."</p></div><div class="dialog__actions"><button class="button">"Keep it"</button><button class="button button--danger">"Withdraw request"</button></div></dialog></div>
        <SafeHtmlView html=crate::platform::markdown::render(prose)/>
    }
}

fn waiting() -> impl IntoView {
    let error = |status: u16, message: &str, request_id: Option<&str>| PageError {
        status,
        message: message.to_owned(),
        request_id: request_id.map(str::to_owned),
        ..PageError::cut_off()
    };
    view! {
        <Skeleton/>
        <Skeleton shape=Shape::Rows/>
        <Skeleton shape=Shape::Cards/>
        <Skeleton shape=Shape::Detail/>
        <Empty title="No requests yet" text="When a community asks you, its request stands here." icon="inbox"><a class="button button--primary" href="#waiting" rel="external">"Find an opportunity"</a></Empty>
        <Problem error=error(404, "It is gone, or it was never here. Or it is not yours to see.", None)/>
        <Problem error=error(500, "This is our mistake, not yours.", Some("req-0193b3a0"))/>
        <Problem error=PageError::cut_off()/>
    }
}

fn words() -> impl IntoView {
    let names = [LONG, UNBROKEN, ARABIC, EMOJI];
    view! {
        <ul class="list">
            {names.map(|name| view! { <li class="list__row"><Logo name url=None size="small"/><div class="list__body"><a class="list__link" href="#words" rel="external">{name}</a><p class="list__sub">{name}</p></div><div class="list__end"><Pill text="Verified" tone="success"/></div></li> }).collect_view()}
        </ul>
        <div class="grid">
            {names.map(|name| view! { <article class="event-card"><p class="event-card__date"><span class="event-card__month">"Mar"</span><span class="event-card__day num">"14"</span></p><div class="event-card__body"><h3 class="event-card__title"><a class="card__link" href="#words" rel="external">{name}</a></h3><p class="event-card__by">{name}</p></div><div class="event-card__foot"><Tier label="Platinum Sponsor" hue="violet"/></div></article> }).collect_view()}
        </div>
        <div dir="rtl" lang="ar" class="stack">
            <Notice tone="info" title=ARABIC><p>{ARABIC}</p></Notice>
            <div class="cluster"><button class="button button--primary">{ARABIC}</button><span class="pill tone-success">{ARABIC}</span></div>
            <div class="field"><label class="field__label" for="k-rtl">{ARABIC}</label><div class="field__control"><select class="select" id="k-rtl"><option>{ARABIC}</option></select></div></div>
        </div>
    }
}
