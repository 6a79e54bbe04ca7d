//! Pieces with prices: where a community writes them, and where an applicant composes a mix. Both work without scripts: a
//! button brings the page back with one row more, and sending what was not priced yet brings it back with its total.

use crate::{
    features::opportunities::{
        items::{Item, ItemKind, price},
        views::OpportunityView,
    },
    kernel::{amounts::grouped, ids::ItemId, labels::BenefitKind, money::Currency},
    ui::{
        browser,
        form::{FieldError, FormState, amount_input, field_id},
        parts::Icon,
    },
};
use leptos::prelude::*;

/// The pieces of the form around it; what was typed stands above what is stored.
#[component]
pub fn ItemLines(form: &'static str, items: Vec<Item>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let count = match state.typed_rows("items") {
        Some(typed) if state.start("_action", "") == "add-item" => typed + 1,
        Some(typed) => typed,
        None => items.len(),
    };
    // Without a single row the button would have nothing to count from: a form without scripts starts with one to spare.
    let count = if state.start("_action", "") == "add-item" { count.max(1) } else { count };
    let rows = RwSignal::new((0..count).collect::<Vec<_>>());
    let add = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        rows.update(|rows| rows.push(rows.len()));
    };
    let stored = StoredValue::new(items);
    view! {
        <fieldset class="fieldset" id=field_id(form, "items") tabindex="-1">
            <legend class="fieldset__legend">"Packages and extras " <span class="field__optional">"optional"</span></legend>
            <p class="field__hint">
                "With prices of their own: applicants compose what they want. A package brings along what is only to be had with it; add-ons come on top of a package; what stands alone can be had by anybody. Leave “How many” empty where there is no end of it."
            </p>
            <FieldError id=field_id(form, "items") name="items".to_owned()/>
            <For each=move || rows.get() key=|index| *index let(index)>
                <Row form index items=stored/>
            </For>
            <button class="button button--small" type="submit" name="_action" value="add-item" on:click=add>
                <Icon name="plus" small=true/>
                "Add a piece"
            </button>
        </fieldset>
    }
}

#[component]
fn Row(form: &'static str, index: usize, items: StoredValue<Vec<Item>>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let gone = RwSignal::new(false);
    let path = move |part: &str| format!("items[{index}].{part}");
    let name_of = move |id: ItemId| {
        items.with_value(|items| items.iter().find(|item| item.id == id).map(|item| item.name.clone()).unwrap_or_default())
    };
    let item = items.with_value(|items| items.get(index).cloned());
    let start = |part: &str, stored: Option<String>| state.start(&path(part), &stored.unwrap_or_default());
    let it = item.as_ref();
    let id = start("id", it.map(|item| item.id.to_string()));
    let kind = start("kind", it.map(|item| item.kind.label().to_owned()));
    let name = start("name", it.map(|item| item.name.clone()));
    let details = start("details", it.map(|item| item.details.clone()));
    let benefit = start("benefit", it.map(|item| item.benefit.label().to_owned()));
    let price = start("price", it.map(|item| grouped(&major(item.price_minor), state.currency())));
    let stock = start("stock", it.and_then(|item| item.stock).map(|stock| stock.to_string()));
    let package = start("package", it.and_then(|item| item.package_id).map(name_of));
    let conflicts =
        start("conflicts", it.map(|item| item.conflicts.iter().map(|id| name_of(*id)).collect::<Vec<_>>().join(", ")));
    let number = index + 1;
    // A piece that was taken away stays in its place, empty, so that problems keep pointing at the right ones.
    move || {
        if gone.get() {
            return view! { <input type="hidden" name=path("name") value=""/> }.into_any();
        }
        view! {
            <div class="piece" role="group" aria-label=format!("Piece {number}")>
                <input type="hidden" name=path("id") value=id.clone()/>
                <div class="piece__head">
                    <p class="piece__title" aria-hidden="true">"Piece " {number}</p>
                    <button class="icon-button" type="button" on:click=move |_| gone.set(true) aria-label=format!("Remove piece {number}")>
                        <Icon name="trash" small=true/>
                    </button>
                </div>
                <div class="piece__fields">
                    <Pick form name=path("kind") label="Kind" number value=kind.clone() empty="None" labels=ItemKind::LABELS/>
                    <Line form name=path("name") label="Name" number value=name.clone() maxlength=80 class="field piece__wide"/>
                    <Price form name=path("price") number value=price.clone()/>
                    <Line
                        form
                        name=path("stock")
                        label="How many"
                        number
                        value=stock.clone()
                        optional=true
                        inputmode="numeric"
                        class="field piece__short"
                    />
                    <Pick form name=path("benefit") label="Benefit" number value=benefit.clone() empty="Custom" labels=BenefitKind::LABELS/>
                    <Line
                        form
                        name=path("details")
                        label="Details"
                        number
                        value=details.clone()
                        optional=true
                        maxlength=200
                        class="field piece__whole"
                    />
                    <Line
                        form
                        name=path("package")
                        label="Belongs to the package"
                        hint="Its name, as it is written in this list."
                        number
                        value=package.clone()
                        optional=true
                        class="field piece__half"
                    />
                    <Line
                        form
                        name=path("conflicts")
                        label="Not together with"
                        hint="Names of this list, with commas between them."
                        number
                        value=conflicts.clone()
                        optional=true
                        class="field piece__half"
                    />
                </div>
            </div>
        }
        .into_any()
    }
}

/// Minor units as a form writes them; every currency of the house has two digits.
fn major(minor: i64) -> String {
    plain(&crate::kernel::money::Money { minor, currency: Currency::Inr }.to_major_string())
}

/// An amount as people type it: without separators, and without digits behind the point that say nothing.
pub fn plain(amount: &str) -> String {
    let amount = amount.trim().replace(',', "");
    match amount.split_once('.') {
        Some((whole, digits)) if digits.chars().all(|digit| digit == '0') => whole.to_owned(),
        _ => amount,
    }
}

#[component]
fn Line(
    form: &'static str,
    name: String,
    label: &'static str,
    #[prop(default = "")] hint: &'static str,
    number: usize,
    value: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(default = 200)] maxlength: u32,
    #[prop(default = "field")] class: &'static str,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(form, &name);
    let described = if hint.is_empty() { format!("{id}-error") } else { format!("{id}-hint {id}-error") };
    let field = name.clone();
    let bad = move || state.error(&field).is_some().then_some("true");
    view! {
        <div class=class>
            <label class="field__label" for=id.clone()>
                {label}
                <span class="visually-hidden">" of piece " {number}</span>
                {optional.then(|| view! { " " <span class="field__optional">"optional"</span> })}
            </label>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> })}
            <div class="field__control">
                <input
                    class="input"
                    id=id.clone()
                    name=name.clone()
                    value=value
                    inputmode=inputmode
                    maxlength=maxlength
                    aria-describedby=described
                    aria-invalid=bad
                />
            </div>
            <FieldError id name/>
        </div>
    }
}

#[component]
fn Price(form: &'static str, name: String, number: usize, value: String) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(form, &name);
    let described = format!("{id}-error");
    let field = name.clone();
    let bad = move || state.error(&field).is_some().then_some("true");
    view! {
        <div class="field piece__short">
            <label class="field__label" for=id.clone()>"Price"<span class="visually-hidden">" of piece " {number}</span></label>
            <div class="field__control">
                {amount_input(id.clone(), name.clone(), value, None, true, move || Some(described.clone()), bad)}
            </div>
            <FieldError id name/>
        </div>
    }
}

#[component]
fn Pick(
    form: &'static str,
    name: String,
    label: &'static str,
    number: usize,
    value: String,
    empty: &'static str,
    labels: &'static [&'static str],
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(form, &name);
    let field = name.clone();
    let bad = move || state.error(&field).is_some().then_some("true");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}<span class="visually-hidden">" of piece " {number}</span></label>
            <div class="field__control">
                <select class="select" id=id.clone() name=name.clone() aria-describedby=format!("{id}-error") aria-invalid=bad>
                    <option value="" selected=value.is_empty()>{empty}</option>
                    {labels.iter().map(|text| view! { <option value=*text selected=*text == value>{*text}</option> }).collect_view()}
                </select>
            </div>
            <FieldError id name/>
        </div>
    }
}

/// What can be had piece by piece, to be read.
#[component]
pub fn PriceList(items: Vec<Item>) -> impl IntoView {
    let rows = ordered(&items)
        .into_iter()
        .map(|item| {
            let how = how_to_have(&item, &items);
            let stock = item.stock_label();
            view! {
                <tr>
                    <td class="table__main">
                        {item.name.clone()}
                        {(!item.details.is_empty()).then(|| view! { <span class="table__sub">{item.details.clone()}</span> })}
                    </td>
                    <td data-label="How">{how}</td>
                    <td data-label="Stock">{if stock.is_empty() { "Enough".to_owned() } else { stock }}</td>
                    <td class="table__number num" data-label="Price">{item.price_label.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Packages and extras"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Piece"</th>
                        <th scope="col">"How it is had"</th>
                        <th scope="col">"Stock"</th>
                        <th scope="col" class="table__number">"Price"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Packages with what belongs to them, then add-ons, then what stands alone.
fn ordered(items: &[Item]) -> Vec<Item> {
    let mut list = Vec::with_capacity(items.len());
    for package in items.iter().filter(|item| item.kind == ItemKind::Package) {
        list.push(package.clone());
        list.extend(
            items.iter().filter(|item| item.kind == ItemKind::PackageOnly && item.package_id == Some(package.id)).cloned(),
        );
    }
    for kind in [ItemKind::AddOn, ItemKind::Standalone] {
        list.extend(items.iter().filter(|item| item.kind == kind).cloned());
    }
    list
}

/// "Comes with Gold", "On top of a package"; and what it excludes.
fn how_to_have(item: &Item, items: &[Item]) -> String {
    let name = |id: &ItemId| items.iter().find(|other| other.id == *id).map(|other| other.name.clone());
    let package = item.package_id.as_ref().and_then(name).unwrap_or_else(|| "a package".into());
    let mut text = match item.kind {
        ItemKind::Package => "Package".to_owned(),
        ItemKind::PackageOnly => format!("Comes with {package}"),
        ItemKind::AddOn => format!("On top of {package}"),
        ItemKind::Standalone => "On its own".to_owned(),
    };
    let excluded: Vec<String> = item.conflicts.iter().filter_map(name).collect();
    if !excluded.is_empty() {
        text = format!("{text}, not together with {}", excluded.join(", "));
    }
    text
}

/// What is said of a piece under its name, in one line that may wrap; what people wrote may end with a full stop.
fn hint(parts: [&str; 3]) -> String {
    parts.map(|part| part.trim_end_matches('.')).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Where an applicant chooses pieces. The total is computed by the same rule here and by the service, which refuses a total
/// that is not its own. Who waits for a place of a full offer also chooses what is sold out.
#[component]
pub fn Composer(it: OpportunityView) -> impl IntoView {
    let waits = it.can.wait && !it.can.apply;
    let stock = move |item: &Item| match item.left() {
        Some(0) if waits => "Sold out: you wait for it".to_owned(),
        _ => item.stock_label(),
    };
    let state = expect_context::<FormState>();
    let typed = state.start_all("items", &[]);
    let chosen = RwSignal::new(typed.iter().filter_map(|id| id.parse::<ItemId>().ok()).collect::<Vec<_>>());
    // What was ticked before the program was there, and what came back with a refusal, stands on the page.
    let outcome = state.outcome;
    Effect::new(move |_| {
        outcome.track();
        let ticked = browser::ticked(&format!("#{} input[name=items]", field_id("apply", "items")));
        chosen.set(ticked.iter().filter_map(|id| id.parse::<ItemId>().ok()).collect());
    });
    let currency = it.currency;
    let items = StoredValue::new(it.items.clone());
    let priced = Memo::new(move |_| {
        let chosen = chosen.get();
        (!chosen.is_empty()).then(|| items.with_value(|items| price(items, &chosen, currency, waits)))
    });
    let total = move || match priced.get() {
        Some(Ok(mix)) => mix.total().to_major_string(),
        _ => String::new(),
    };
    let packages: Vec<ItemId> = it.items.iter().filter(|item| item.kind == ItemKind::Package).map(|item| item.id).collect();
    let has_packages = !packages.is_empty();
    let packages = StoredValue::new(packages);
    let choose_package = move |id: Option<ItemId>| {
        chosen.update(|chosen| {
            packages.with_value(|packages| chosen.retain(|it| !packages.contains(it)));
            chosen.extend(id);
        });
    };
    let none_chosen = !it.items.iter().any(|item| item.kind == ItemKind::Package && typed.contains(&item.id.to_string()));
    let package_rows = it
        .items
        .iter()
        .filter(|item| item.kind == ItemKind::Package)
        .map(|package| {
            let id = package.id;
            let with: Vec<&Item> =
                it.items.iter().filter(|item| item.kind == ItemKind::PackageOnly && item.package_id == Some(id)).collect();
            let sum = crate::kernel::money::Money {
                minor: package.price_minor + with.iter().map(|item| item.price_minor).sum::<i64>(),
                currency,
            };
            let brings = with.iter().map(|item| item.name.clone()).collect::<Vec<_>>().join(", ");
            let brings = if brings.is_empty() { brings } else { format!("with {brings}") };
            let hint = hint([&brings, &package.details, &stock(package)]);
            let sold_out = package.left() == Some(0) || with.iter().any(|item| item.left() == Some(0));
            view! {
                <label class="choice">
                    <input
                        class="choice__input"
                        type="radio"
                        name="items"
                        value=id.to_string()
                        checked=typed.contains(&id.to_string())
                        disabled=sold_out && !waits
                        on:change=move |_| choose_package(Some(id))
                    />
                    <span class="choice__text">
                        <span class="choice__label">{package.name.clone()}</span>
                        <span class="choice__hint">{hint}</span>
                    </span>
                    <span class="choice__end num">{sum.format()}</span>
                </label>
            }
        })
        .collect_view();
    let extra_rows = ordered(&it.items)
        .into_iter()
        .filter(|item| matches!(item.kind, ItemKind::AddOn | ItemKind::Standalone))
        .map(|item| {
            let id = item.id;
            let hint = hint([&how_to_have(&item, &it.items), &item.details, &stock(&item)]);
            let toggle = move |event: leptos::ev::Event| {
                let on = event_target_checked(&event);
                chosen.update(|chosen| {
                    chosen.retain(|it| *it != id);
                    if on {
                        chosen.push(id);
                    }
                });
            };
            view! {
                <label class="choice">
                    <input
                        class="choice__input"
                        type="checkbox"
                        name="items"
                        value=id.to_string()
                        checked=typed.contains(&id.to_string())
                        disabled=item.left() == Some(0) && !waits
                        on:change=toggle
                    />
                    <span class="choice__text">
                        <span class="choice__label">{item.name.clone()}</span>
                        <span class="choice__hint">{hint}</span>
                    </span>
                    <span class="choice__end num">{item.price_label.clone()}</span>
                </label>
            }
        })
        .collect_view();
    let says = move || match priced.get() {
        None => "Nothing is chosen yet.".to_owned(),
        Some(Ok(mix)) => format!("Your choice costs {}.", mix.total_label),
        Some(Err(refusal)) => refusal.message,
    };
    let first_total = total();
    view! {
        <fieldset class="fieldset" id=field_id("apply", "items") tabindex="-1">
            <legend class="fieldset__legend">"Choose what you want " <span class="field__optional">"optional"</span></legend>
            <p class="field__hint">"Prices are fixed. You see the total before anything is sent."</p>
            {has_packages.then(|| view! {
                <div class="choices">
                    <label class="choice">
                        <input class="choice__input" type="radio" name="items" value="" checked=none_chosen on:change=move |_| choose_package(None)/>
                        <span class="choice__text"><span class="choice__label">"No package"</span></span>
                    </label>
                    {package_rows}
                </div>
            })}
            <div class="choices">{extra_rows}</div>
            <input type="hidden" name="total" value=first_total prop:value=total/>
            <p role="status"><strong>{says}</strong></p>
        </fieldset>
    }
}
