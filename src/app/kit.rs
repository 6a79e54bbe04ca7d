//! `/dev/kit`: every component of `ui` and every class of `style/components` in every state that it has, for whoever changes one;
//! in development only, and a test insists. `?theme=dark` shows the other theme. Hovered and focused states stand still: the style
//! sheet of this page takes the classes `kit-hover` and `kit-focus` for them (`sheet`). Where there is a component it is shown
//! itself; what is written out here are arrangements that pages write out too.

use super::frames::{Brand, SiteSearch, ThemeSwitch};
use crate::{
    features::organizations::{
        rules::search::{DirectoryFacet, DirectoryQuery},
        ui::{LogoField, PictureField},
    },
    kernel::{
        compare::{COMPARED, SideBySide},
        fields::FieldErrors,
        money::Currency,
        search::{Counted, Left, SuggestionsView, facet_view, instead_view},
    },
    ui::{
        compare::{Column, CompareTable, Comparing, Line},
        form::{
            ChipsField, CurrencyField, FieldError, FileField, MomentField, MoneyField, Outcome, PlacedField, PostForm,
            RadioField, Refused, SelectField, Submit, Switch, TextArea, TextField, TickField, ZoneField, amount_input,
        },
        keys::{Key, KeysDialog},
        page::{PageError, Problem, Shape, Skeleton},
        parts::{
            Address, Empty, HiddenNotice, Icon, Logo, More, Notice, PageHead, Pill, SafeHtmlView, Tier, Timeline, TimelineEntry,
        },
        search::{Along, Offer, Searching, Suggested, Suggestions, chosen, instead, narrow, pages, search_field},
    },
};
use leptos::{context::Provider, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::Router;

const PATH: &str = "/dev/kit";

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
         .kit__stage .dialog{{position:absolute;inset:0 auto auto 0;margin:0;display:block}}\n\
         .kit .table thead th{{position:static}}\n\
         .kit__stage--tall{{--stage:22rem}}\n\
         .kit__open .menu::details-content{{content-visibility:visible}}\n"
    )
}

/// The page as a whole document.
pub fn document(theme: &'static str) -> impl IntoView {
    provide_meta_context();
    let outcome = Outcome {
        path: PATH.into(),
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
                ("list", "Choose a file."),
                ("logo", "This file is larger than 2 MB."),
                ("logoDark", "This is no picture that we can read."),
                ("seats", "Say how many, from 1 to 500."),
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
                        {part("found", "Searching", found().into_any())}
                        {part("compared", "Side by side", compared().into_any())}
                        {part("labels", "Labels, figures and marks", labels().into_any())}
                        {part("rows", "Lists, tables and cards", rows().into_any())}
                        {part("ways", "Ways through the site", ways().into_any())}
                        {part("messages", "Messages", messages().into_any())}
                        {part("waiting", "Waiting, empty and wrong", waiting().into_any())}
                        {part("room", "Arrangements", room().into_any())}
                        {part("mirrored", "From right to left", mirrored().into_any())}
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
                <button class=class("") aria-disabled="true">"Not yet"</button>
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
            <a class="button" href="https://apex-circle.example" rel="noopener">"Their site"<Icon name="external-link" small=true/></a>
            <Switch label="On the public page" is_on=true name="hide" value="1"/>
            <Switch label="On the public page" is_on=false name="show" value="2" about="Acme Cloud"/>
            <ThemeSwitch/>
            <a href="#actions" rel="external">"A link"</a>
            <a class="kit-hover" href="#actions" rel="external">"hovered"</a>
        </div>
        <div class="action-bar"><p class="action-bar__note">"You agree to revision 3, ₹3,50,000.00."</p><button class="button button--primary">"Accept offer"</button></div>
        <details class="disclosure"><summary class="button button--small">"More, folded"</summary><div class="disclosure__body"><p>"Not seen."</p></div></details>
        <details class="disclosure" open><summary class="button button--small">"More, opened"</summary><div class="disclosure__body"><p>"What was folded away."</p></div></details>
        <details class="disclosure"><summary>"More, as words"</summary><div class="disclosure__body"><p>"Not seen."</p></div></details>
        <details class="disclosure" open><summary>"More, as words, opened"</summary><div class="disclosure__body"><p>"What was folded away."</p></div></details>
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
                <div class="field"><label class="field__label" for="f-read">"Only to be read"</label><div class="field__control"><input class="input" id="f-read" value="acme.dev" readonly/></div></div>
            </div>
            <div class="form__row">
                <SelectField form="fields" name="industry" label="One of a list" options=industries()/>
                <MoneyField form="fields" name="amount" label="An amount" value="3,50,000" currency=Currency::Inr/>
                <TextField form="fields" name="code" label="A code" short=true/>
            </div>
            <div class="form__row">
                <CurrencyField form="fields" name="currency" value="USD"/>
                <MoneyField form="fields" name="most" label="In what is chosen beside it" value="350000"/>
                <div class="field"><label class="field__label" for="f-price">"In a row of its own"</label><div class="field__control">{amount_input("f-price".to_owned(), "price".to_owned(), "15,000".to_owned(), None, false, || None, || None)}</div></div>
            </div>
            <div class="form__row">
                <MomentField form="fields" name="starts" label="A day and a time" value="2027-03-14T18:30"/>
                <MomentField form="fields" name="ends" label="Where the zone is known" value="2027-03-14T21:00" zone="Asia/Kolkata"/>
                <MomentField form="fields" name="until" label="The end of a day" value="2027-03-01" day=true zone="Asia/Kolkata"/>
                <PlacedField form="fields" name="event" label="What says the zone" value="1" options=vec![("1".into(), "HackFest".into())] zones=vec![("1".into(), "Asia/Kolkata".into())]/>
                <ZoneField form="fields" name="timezone" hint="The times above are on the clocks there." value="Asia/Kolkata" options=vec![("Asia/Kolkata".into(), "Asia/Kolkata".into())]/>
            </div>
            <TextArea form="fields" name="about" label="Several lines" value="We back the events that our users go to." rows=3/>
            <div class="field"><label class="field__label" for="f-code">"Something to copy"</label><div class="field__control"><textarea class="textarea textarea--code" id="f-code" rows="2" readonly>"<iframe src=\"https://commdesk.example/embed/events/hackfest\"></iframe>"</textarea></div></div>
            <div class="form__row">
                <div class="field"><label class="field__label" for="f-small">"A small choice"</label><div class="field__control"><select class="select select--small" id="f-small"><option>"Name"</option></select></div></div>
                <div class="field"><label class="field__label" for="f-closed">"A choice, disabled"</label><div class="field__control"><select class="select" id="f-closed" disabled><option>"Gold Sponsor"</option></select></div></div>
            </div>
            <RadioField
                form="fields"
                name="kind"
                label="One of a few"
                value="cash"
                options=vec![("cash".into(), "Cash".into(), "Money, on an invoice.".into()), ("kind".into(), "In kind".into(), "Credits, licences, things.".into())]
            />
            <fieldset class="fieldset"><legend class="fieldset__legend">"With a price, and sold out"</legend><div class="choices">
                <label class="choice"><input class="choice__input" type="radio" name="package" checked/><span class="choice__text"><span class="choice__label">"Talk and booth"</span></span><span class="choice__end num">"₹90,000.00"</span></label>
                <label class="choice kit-hover"><input class="choice__input kit-focus" type="radio" name="package"/><span class="choice__text"><span class="choice__label">"Hovered and focused"</span></span></label>
                <label class="choice"><input class="choice__input" type="radio" name="package" disabled/><span class="choice__text"><span class="choice__label">"Breakfast for everybody"</span><span class="choice__hint">"All are taken."</span></span></label>
            </div></fieldset>
            <div class="choices choices--chips"><label class="choice choice--chip"><input class="choice__input" type="checkbox" disabled/><span class="choice__label">"Disabled"</span></label><label class="choice choice--plain"><input class="choice__input" type="checkbox" disabled/><span class="choice__label">"Disabled"</span></label></div>
            <ChipsField form="fields" name="give" label="Several" hint="Choose all that fit." value=vec!["Cash".into()] options=vec!["Cash".into(), "Credits".into(), "Swag".into(), "Speakers".into()]/>
            <TickField form="fields" name="consent" label="I may speak for this company." value=true/>
            <FileField form="fields" name="list" label="A list" hint="CSV or JSON, up to 5 MB." accept=".csv,.json"/>
            <LogoField form="fields" company="Acme Cloud" url=None/>
            <PictureField form="fields" name="logoDark" label="Logo on dark" hint="PNG, JPEG, WebP or SVG, up to 2 MB." company="Acme Cloud" url=Some("/logo.svg".to_owned()) dark=true/>
            <fieldset class="fieldset fieldset--part"><legend class="fieldset__legend">"One of several things that a form does"</legend><div class="field"><label class="field__label" for="f-part">"Since"</label><div class="field__control"><input class="input input--short" id="f-part"/></div></div><button class="button" type="button">"Show"</button></fieldset>
            <p class="form__note">"You can change all of this later."</p>
            <div class="form__actions"><Submit label="Save"/><a class="button button--quiet" href="#fields" rel="external">"Back"</a></div>
        </PostForm>
    }
}

fn refused() -> impl IntoView {
    let whole = |status: u16, code: &str, message: &str| Outcome {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        ..Outcome::default()
    };
    let taken = Outcome { href: PATH.into(), ..whole(409, "TAKEN", "Somebody else accepted this offer a moment ago.") };
    let guarded = whole(403, "SECOND_FACTOR_REQUIRED", "Confirm your second factor first.");
    let kept = whole(200, "", "You are signed in again. Look this over, then send it.");
    view! {
        <PostForm name="refused">
            <TextField form="refused" name="website" label="Website" hint="Where sponsors can read about you."/>
            <TextArea form="refused" name="about" label="About" rows=2/>
            <div class="form__row">
                <SelectField form="refused" name="industry" label="Industry" options=vec![("Tools".into(), "Tools".into())]/>
                <MoneyField form="refused" name="amount" label="Amount" currency=Currency::Inr/>
            </div>
            <RadioField form="refused" name="kind" label="Kind" options=vec![("cash".into(), "Cash".into(), String::new())]/>
            <ChipsField form="refused" name="give" label="What can you give?" options=vec!["Cash".into(), "Credits".into()]/>
            <TickField form="refused" name="consent" label="I may speak for this company."/>
            <FileField form="refused" name="list" label="A list" hint="CSV or JSON, up to 5 MB." accept=".csv,.json"/>
            <LogoField form="refused" company="Acme Cloud" url=None/>
            <PictureField form="refused" name="logoDark" label="Logo on dark" hint="PNG, JPEG, WebP or SVG, up to 2 MB." company="Acme Cloud" url=None/>
            <div class="field"><label class="field__label" for="refused-seats">"A control of a page's own"</label><div class="field__control"><input class="input input--short" id="refused-seats" name="seats" aria-invalid="true" aria-describedby="refused-seats-error"/></div><FieldError id="refused-seats".to_owned() name="seats".to_owned()/></div>
            <div class="form__actions"><Submit label="Send"/></div>
        </PostForm>
        {came_back("taken", taken)}
        {came_back("guarded", guarded)}
        {came_back("kept", kept)}
    }
}

/// A form of one button that came back for a reason of its own.
fn came_back(name: &'static str, outcome: Outcome) -> impl IntoView {
    let refused = Refused(Some(Outcome { path: PATH.into(), form: name.into(), ..outcome }));
    view! { <Provider value=refused><PostForm name=name><Submit label="Send"/></PostForm></Provider> }
}

/// What lists that are searched have in common, over the directory's facets.
fn found() -> impl IntoView {
    let query = DirectoryQuery::read("q=cloud&industry=Security&region=South+Asia&technology=Rust");
    let plain = DirectoryQuery::default();
    let counted = |place: usize, value: &str, count: u64| Counted { place, value: value.to_owned(), count };
    let industries =
        vec![counted(0, "Security", 12), counted(1, "Developer tools", 1_204), counted(2, "Cloud and infrastructure", 2_001)];
    let regions = vec![counted(0, "South Asia", 7), counted(1, "South-East Asia", 3)];
    let technologies = vec![counted(0, "Rust", 9), counted(0, "PostgreSQL", 4)];
    let facets = vec![
        facet_view(&query, DirectoryFacet::Industry, industries.clone()),
        facet_view(&query, DirectoryFacet::Region, regions),
        facet_view(&query, DirectoryFacet::Technology, technologies),
    ];
    let opened = vec![facet_view(&query, DirectoryFacet::Industry, industries)];
    let without =
        vec![instead_view(&query, &Left::Words, 214), instead_view(&query, &Left::Facet(DirectoryFacet::Region), 2_001)];
    let (asked, along) = (Memo::new(|_| DirectoryQuery::read("q=cloud")), Memo::new(|_| Along::default()));
    let none = Along::default();
    let searching = Searching { path: PATH, label: "Search the kit", placeholder: "Company, technology or industry" };
    let offer = |kind: &'static str, label: &str| Offer { kind, label: label.to_owned(), href: PATH.to_owned() };
    let offers = vec![offer("Technology", "Rust"), offer("Technology", "Ruby"), offer("", "Rubicon Cloud")];
    let choose = |_: String| {};
    view! {
        <SiteSearch class="search"/>
        {search_field(searching, asked, along, nothing)}
        <div class="kit__stage"><div class="combobox">
            <input class="input" role="combobox" aria-expanded="true" aria-controls="kit-offers" aria-activedescendant="kit-offers-0" aria-label="Typed" value="ru"/>
            <Suggestions id="kit-offers" list=RwSignal::new(offers) at=RwSignal::new(Some(0)) choose/>
        </div></div>
        <form class="form form--filters" role="search" aria-label="Filters of a list"><div class="form__row">
            <div class="field"><label class="field__label" for="k-region">"Region"</label><div class="field__control"><select class="select" id="k-region"><option>"South Asia"</option></select></div></div>
            <div class="field"><label class="field__label" for="k-from">"From"</label><div class="field__control"><input class="input" id="k-from"/></div></div>
            <button class="button button--primary">"Show"</button>
        </div></form>
        {narrow(PATH, &plain, &[], along)}
        {narrow(PATH, &query, &facets, along)}
        <div class="kit__stage kit__stage--tall kit__open">{narrow(PATH, &query, &opened, along)}</div>
        {chosen(PATH, &query, along)}
        {pages(PATH, &query, &none, "Showing 20 of 2,000+".to_owned(), Some("back".to_owned()), Some("on".to_owned()))}
        <Empty title="Nobody fits this search" text="Close by:" icon="building">{instead::<DirectoryFacet>(PATH, without, &none)}</Empty>
    }
}

fn compared() -> impl IntoView {
    let comparing = Comparing { path: PATH, list: "the kit", many: "Companies", about: "What they do.", icon: "building" };
    let column = |name: &str, logo_url: Option<String>| Column { slug: "acme".to_owned(), name: name.to_owned(), logo_url };
    let columns = vec![column("Acme Cloud", None), column(LONG, Some("/logo.svg".to_owned())), column(UNBROKEN, None)];
    let line = |title: &'static str, cells: [&str; 3]| Line { title, cells: cells.map(str::to_owned).into() };
    let lines = vec![
        line("About", ["We build.", LONG, ""]),
        line("Technologies", ["Rust, PostgreSQL", "C++", ".NET, Kubernetes"]),
        line("Events supported", ["12", "0", "1"]),
    ];
    let found = SideBySide { items: columns, unknown: vec!["gone-labs".to_owned()], refused: vec!["one-too-many".to_owned()] };
    let nobody = SideBySide { items: Vec::new(), unknown: Vec::new(), refused: Vec::new() };
    let chosen = Along { acting: String::new(), carried: vec![(COMPARED, "acme".to_owned()), (COMPARED, "globex".to_owned())] };
    view! {
        <div class="toolbar"><p class="results-count">"12 companies"</p> {comparing.tools("", &Along::default())}</div>
        <div class="toolbar"><p class="results-count">"12 companies"</p> {comparing.tools("", &chosen)}</div>
        <CompareTable comparing found lines acting=String::new()/>
        <CompareTable comparing found=nobody lines=Vec::new() acting=String::new()/>
    }
}

/// Nothing is ever typed here.
fn nothing(_: String, _: Option<String>) -> Suggested {
    Box::pin(async { Ok(SuggestionsView::default()) })
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
            <Icon name="handshake"/>
            <Icon name="handshake" small=true/>
            <Brand/>
        </div>
        <ul class="meta"><li class="meta__item"><Icon name="calendar" small=true/>"Fri 20 Nov, 18:30 IST"</li><li class="meta__item"><Icon name="users" small=true/>"500 people"</li></ul>
        <ul class="meta meta--large"><li class="meta__item"><Icon name="calendar"/>"Fri 20 Nov, 18:30 IST"</li><li class="meta__item"><Icon name="users"/>"500 people"</li></ul>
        <p><Address text="https://events.apex-circle.example/2027/hackfest?city=pune&from=kit"/></p>
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
            <thead><tr><th scope="col">"Event and role"</th><th scope="col">"When"</th><th scope="col">"Website"</th><th scope="col" class="table__number">"Budget"</th></tr></thead>
            <tbody>
                <tr><td class="table__main"><a class="table__link" href="#rows" rel="external">"HackFest"</a><span class="table__sub">"Apex Circle, Pune"</span><Tier label="Platinum Sponsor" hue="violet"/></td><td data-label="When">"12 to 14 Mar"</td><td class="table__address" data-label="Website"><Address text="https://apex-circle.example/hackfest"/></td><td class="table__number num" data-label="Budget">"₹2L to ₹5L"</td></tr>
                <tr class="kit-hover"><td class="table__main"><a class="table__link" href="#rows" rel="external">"Hovered row"</a><span class="table__sub">"Harbour Devs, Singapore"</span></td><td data-label="When">"1 Apr"</td><td class="table__address" data-label="Website"><Address text="https://harbour.example"/></td><td class="table__number num" data-label="Budget">"$5,000"</td></tr>
            </tbody>
            <tfoot><tr><th scope="row">"Both"</th><td></td><td></td><td class="table__number num" data-label="Budget">"₹9L"</td></tr></tfoot></table></div>
        <ul class="list"><li class="list__row"><Logo name="Acme Cloud" url=None size="small"/><div class="list__body"><a class="list__link" href="#rows" rel="external">"Acme Cloud"</a><p class="list__sub">"Cloud and infrastructure"</p></div><div class="list__end"><Pill text="Verified" tone="success"/></div></li><li class="list__row kit-hover"><div class="list__body"><a class="list__link" href="#rows" rel="external">"Hovered"</a></div></li></ul>
        <div class="grid">
            <article class="event-card"><p class="event-card__date"><span class="event-card__month">"Mar"</span><span class="event-card__day num">"14"</span></p><div class="event-card__body"><h3 class="event-card__title"><a class="card__link kit-focus" href="#rows" rel="external">"Focused"</a></h3><p class="event-card__by">"Leads somewhere, all over."</p></div><div class="event-card__foot"><Tier label="Platinum Sponsor" hue="violet"/></div></article>
        </div>
        <section class="panel"><header class="panel__head"><h3 class="panel__title">"A panel"</h3><div class="panel__actions"><button class="button button--small">"Edit"</button></div></header><div class="panel__body">"Body"</div><footer class="panel__foot">"Foot"</footer></section>
        <section class="panel panel--flush"><header class="panel__head"><h3 class="panel__title">"A panel whose list reaches its edges"</h3></header><div class="panel__body"><ul class="list"><li class="list__row"><div class="list__body"><a class="list__link" href="#rows" rel="external">"Acme Cloud"</a></div></li><li class="list__row"><div class="list__body"><a class="list__link kit-focus" href="#rows" rel="external">"Focused"</a></div></li></ul></div></section>
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
        <div class="filters" role="group" aria-label="Filters"><a class="chip" href="#ways" rel="external">"Region"</a><a class="chip kit-hover" href="#ways" rel="external">"Hovered"</a><a class="chip kit-focus" href="#ways" rel="external">"Focused"</a><button class="chip" aria-pressed="true">"Pressed"</button><button class="chip chip--quiet">"Quiet"</button><a class="chip" aria-current="true" href="#ways" rel="external">"South Asia"<Icon name="x" small=true/></a><a class="filters__clear" href="#ways" rel="external">"Clear all"</a></div>
        <div class="toolbar"><p>"A toolbar"</p><div class="toolbar__end"><button class="button button--small">"Sort"</button></div></div>
        <ol class="stepper" aria-label="Steps"><li class="stepper__step" data-state="done"><span class="stepper__label">"Company"</span></li><li class="stepper__step" aria-current="step"><span class="stepper__label">"Budget"</span></li><li class="stepper__step" data-state="late"><span class="stepper__label">"Late"</span></li><li class="stepper__step"><span class="stepper__label">"Review"</span></li></ol>
        <Timeline entries/>
        <More count="Showing 20 of 1,000+" next=Some("#ways".into())/>
        <div class="kit__stage"><details class="menu" open><summary class="button">"A menu, opened"</summary><div class="menu__panel"><p class="menu__label">"asha@acme.example"</p><a class="menu__item" href="#ways" rel="external"><Icon name="settings"/>"Account"</a><a class="menu__item kit-hover" href="#ways" rel="external"><Icon name="users"/>"Hovered"</a><a class="menu__item" aria-current="true" href="#ways" rel="external">"Acme Cloud"</a><hr class="menu__rule"/><button class="menu__item"><Icon name="log-out"/>"Sign out"</button></div></details></div>
        <details class="menu switcher"><summary class="switcher__current"><span class="avatar avatar--small" aria-hidden="true">"AC"</span><span class="switcher__name">"Acme Cloud"</span><Icon name="chevrons-up-down" small=true/></summary><div class="menu__panel"><p class="menu__label">"Act for"</p></div></details>
        <ul class="workspace__nav-list"><li><a class="nav-link" href="#ways" rel="external" aria-current="page"><Icon name="home"/><span class="nav-link__label">"Home"</span></a></li><li><a class="nav-link" href="#ways" rel="external"><Icon name="inbox"/><span class="nav-link__label">"Inbox"</span></a></li><li><a class="nav-link kit-hover" href="#ways" rel="external"><Icon name="tag"/><span class="nav-link__label">"Hovered"</span></a></li></ul>
        <KeysDialog id="kit-keys" title="Keys" keys=vec![Key { keys: &["j", "↓"], meaning: "Next request" }]/>
        <dl class="keys"><div class="keys__row"><dt class="keys__keys"><kbd class="keys__key">"j"</kbd>" or "<kbd class="keys__key">"↓"</kbd></dt><dd>"Next request"</dd></div></dl>
    }
}

fn messages() -> impl IntoView {
    let prose = "# A heading\n\nWords with **weight** and a [link](https://acme.dev).\n\n- One\n- Two\n\n> Said by somebody.";
    view! {
        {["info", "success", "warning", "danger"]
            .map(|tone| view! { <Notice tone title=format!("A notice: {tone}")><p>"What happened, and what to do next."</p></Notice> })
            .collect_view()}
        <div class="notice tone-info" role="status"><Icon name="info"/><div class="notice__body"><p class="notice__title">"We are checking Acme Cloud"</p><p>"It takes a day at most."</p></div><a class="button button--small notice__action" href="#messages" rel="external">"Complete the profile"</a></div>
        <HiddenNotice what="event" reason="The date lies in the past, and the venue says that it knows nothing of it."/>
        <div class="kit__stage"><dialog class="dialog" open aria-labelledby="k-d"><div class="dialog__head"><h3 class="dialog__title" id="k-d">"Keys of this page"</h3><button class="icon-button" aria-label="Close"><Icon name="x"/></button></div><div class="dialog__body"><p>"What a page says over itself."</p></div></dialog></div>
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
    let guarded = PageError {
        code: "SECOND_FACTOR_REQUIRED".into(),
        ..error(403, "What you want to do asks for a code from your phone.", None)
    };
    let busy = PageError { retry_after: Some(300), ..error(503, "Too much at once.", None) };
    view! {
        <Skeleton/>
        <Skeleton shape=Shape::Rows/>
        <Skeleton shape=Shape::Cards/>
        <Skeleton shape=Shape::Detail/>
        <Empty title="No requests yet" text="When a community asks you, its request stands here." icon="inbox"><a class="button button--primary" href="#waiting" rel="external">"Find an opportunity"</a></Empty>
        <Problem error=error(404, "It is gone, or it was never here. Or it is not yours to see.", None)/>
        <Problem error=error(500, "This is our mistake, not yours.", Some("req-0193b3a0"))/>
        <Problem error=error(401, "Your session has ended.", None)/>
        <Problem error=error(403, "Your community is not approved yet. We answer within two days.", None)/>
        <Problem error=guarded/>
        <Problem error=busy/>
        <Problem error=error(422, "Name a month from 1 to 12.", None)/>
        <Problem error=error(409, "It was decided a moment ago.", None)/>
        <Problem error=PageError::outdated()/>
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

/// Arrangements of `style/layout.css` that are smaller than a page.
fn room() -> impl IntoView {
    let panels = || (1..=3_u32).map(|n| view! { <div class="panel"><p class="panel__body">{n}</p></div> }).collect_view();
    view! {
        {["stack stack--tight", "stack", "stack stack--loose", "stack stack--sections", "grid grid--small", "grid", "grid grid--large"]
            .map(|class| view! { <p class="text-soft text-small">{class}</p> <div class=class>{panels()}</div> })
            .collect_view()}
        <div class="cluster"><Pill text="One" tone="neutral"/><Pill text="Two" tone="neutral"/></div>
        <div class="cluster cluster--between"><Pill text="At the beginning" tone="neutral"/><Pill text="At the end" tone="neutral"/></div>
        <div class="cluster cluster--end"><Pill text="At the end" tone="neutral"/></div>
        <div class="center center--narrow"><div class="panel"><p class="panel__body">"A narrow page"</p></div></div>
        <div class="center center--prose"><div class="panel"><p class="panel__body">"A page to be read"</p></div></div>
    }
}

/// What is laid out by a side, from the other one; in letters that every machine draws alike, so that it can be a picture.
fn mirrored() -> impl IntoView {
    let entries = ["Ravi sent the request", "Asha accepted it"].map(|text| TimelineEntry {
        text: text.into(),
        at: "2027-01-01T10:00:00Z".into(),
        at_label: "Fri 1 Jan, 15:30 IST".into(),
        tone: "info".into(),
        icon: "check".into(),
        quote: None,
    });
    view! {
        <div dir="rtl" class="stack">
            <nav class="breadcrumb" aria-label="Breadcrumb, mirrored"><ol class="breadcrumb__list"><li><a href="#mirrored" rel="external">"Opportunities"</a></li><li><span aria-current="page">"HackFest"</span></li></ol></nav>
            <Notice tone="warning" title="A notice"><p>"What happened"</p></Notice>
            <div class="cluster"><a class="button button--primary" href="#mirrored" rel="external"><Icon name="plus" small=true/>"Add"</a><Switch label="Shown" is_on=true name="hide" value="3"/><Switch label="Hidden" is_on=false name="show" value="4"/><Pill text="Verified" tone="success"/><Tier label="Gold Sponsor" hue="amber"/></div>
            <PostForm name="mirrored">
                <div class="form__row">
                    <SelectField form="mirrored" name="industry" label="One of a list" options=vec![("Tools".into(), "Tools".into())]/>
                    <MoneyField form="mirrored" name="amount" label="An amount" value="3,50,000" currency=Currency::Inr/>
                </div>
                <RadioField form="mirrored" name="kind" label="Kind" value="cash" options=vec![("cash".into(), "Cash".into(), "Money, on an invoice".into())]/>
            </PostForm>
            <ul class="list"><li class="list__row"><Logo name="Acme Cloud" url=None size="small"/><div class="list__body"><a class="list__link" href="#mirrored" rel="external">"Acme Cloud"</a></div><div class="list__end"><Pill text="Verified" tone="success"/></div></li></ul>
            <progress class="meter" value="62" max="100" aria-label="Complete, mirrored">"62 %"</progress>
            <ol class="stepper" aria-label="Steps, mirrored"><li class="stepper__step" data-state="done"><span class="stepper__label">"Company"</span></li><li class="stepper__step" aria-current="step"><span class="stepper__label">"Budget"</span></li></ol>
            <Timeline entries=entries.into()/>
            <dl class="diff"><div class="diff__row diff__row--added"><dt>"Booth"</dt><dd><ins>"3 × 3 m"</ins></dd></div></dl>
        </div>
    }
}
