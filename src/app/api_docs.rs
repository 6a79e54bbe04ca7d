//! `/api/docs`: the API as a page of ours, made from the same OpenAPI document that machines read.

use crate::ui::{
    found::Described,
    page::{Loaded, PageError, fetched, shown},
    parts::PageHead,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The document, handed in by the outermost layer, which knows the doors.
#[derive(Clone, Copy)]
pub struct ApiDocument(pub fn() -> serde_json::Value);

/// One group of operations: what they are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    pub operations: Vec<Operation>,
}

/// One verb of one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    pub anchor: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    /// Name, where (path, query, header), kind, needed or not.
    pub parameters: Vec<(String, String, String, bool)>,
    /// Name, kind, needed or not: the fields of the body.
    pub body: Vec<(String, String, bool)>,
    /// What the body is sent as, where it is not JSON.
    pub sent_as: Option<String>,
    /// Status and what it means.
    pub answers: Vec<(String, String)>,
}

#[server(name = LoadApi, prefix = "/rpc", endpoint = "api/docs", input = GetUrl)]
pub async fn api() -> Result<Vec<Group>, PageError> {
    let document = use_context::<ApiDocument>().ok_or_else(PageError::not_found)?;
    Ok(groups(&(document.0)()))
}

/// Operations of a document by tag, in the order of their addresses.
///
/// What `x-shared` marks is left out: the page says it once, above the operations.
pub fn groups(document: &serde_json::Value) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let empty = serde_json::Map::new();
    for (path, item) in document["paths"].as_object().unwrap_or(&empty) {
        for method in ["get", "post", "patch", "delete", "put"] {
            let operation = &item[method];
            if !operation.is_object() {
                continue;
            }
            let name = operation["tags"][0].as_str().unwrap_or("general").to_owned();
            let body = operation["requestBody"]["content"].as_object().and_then(|kinds| kinds.iter().next());
            let described = Operation {
                anchor: format!("{method}{}", path.replace(['/', '{', '}'], "-")),
                method: method.to_uppercase(),
                path: format!("/api/v1{path}"),
                summary: operation["summary"]
                    .as_str()
                    .or_else(|| operation["description"].as_str())
                    .unwrap_or_default()
                    .to_owned(),
                parameters: list(&operation["parameters"])
                    .iter()
                    .filter(|parameter| parameter["x-shared"].is_null())
                    .map(|parameter| {
                        (
                            text(&parameter["name"]),
                            text(&parameter["in"]),
                            kind(document, &parameter["schema"]),
                            parameter["required"].as_bool().unwrap_or_default(),
                        )
                    })
                    .collect(),
                body: body.map(|(_, content)| fields(document, &content["schema"])).unwrap_or_default(),
                sent_as: body.map(|(kind, _)| kind.clone()).filter(|kind| kind != "application/json"),
                answers: operation["responses"]
                    .as_object()
                    .unwrap_or(&empty)
                    .iter()
                    .filter(|(_, answer)| answer["x-shared"].is_null())
                    .map(|(status, answer)| (status.clone(), text(&answer["description"])))
                    .collect(),
            };
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(described),
                None => groups.push(Group { name, operations: vec![described] }),
            }
        }
    }
    groups
}

fn list(value: &serde_json::Value) -> &[serde_json::Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Follows `$ref` into the document's components.
fn resolve<'d>(document: &'d serde_json::Value, schema: &'d serde_json::Value) -> &'d serde_json::Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(schema),
        None => schema,
    }
}

fn kind(document: &serde_json::Value, schema: &serde_json::Value) -> String {
    let schema = resolve(document, schema);
    if let Some(choices) = schema["enum"].as_array() {
        return choices.iter().filter_map(|c| c.as_str()).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        serde_json::Value::String(one) if one == "array" => format!("list of {}", kind(document, &schema["items"])),
        serde_json::Value::String(_) if schema["format"] == "binary" => "file".into(),
        serde_json::Value::String(one) => one.clone(),
        serde_json::Value::Array(several) => {
            several.iter().filter_map(|t| t.as_str()).filter(|t| *t != "null").collect::<Vec<_>>().join(" or ")
        }
        _ => match list(&schema["oneOf"]).iter().find(|one| one["type"] != "null") {
            Some(one) => kind(document, one),
            None => "object".into(),
        },
    }
}

/// The fields of an object, those of objects inside it with dots.
fn fields(document: &serde_json::Value, schema: &serde_json::Value) -> Vec<(String, String, bool)> {
    let schema = resolve(document, schema);
    let needed: Vec<&str> = list(&schema["required"]).iter().filter_map(|n| n.as_str()).collect();
    let mut found = Vec::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let inner = resolve(document, field);
        if inner["properties"].is_object() {
            for (sub, kind, is_needed) in fields(document, inner) {
                found.push((format!("{name}.{sub}"), kind, is_needed && needed.contains(&name.as_str())));
            }
        } else {
            found.push((name.clone(), kind(document, field), needed.contains(&name.as_str())));
        }
    }
    found
}

/// The page.
#[component]
pub fn ApiDocsPage() -> impl IntoView {
    let view: Loaded<Vec<Group>> = fetched(|| (), |()| api());
    view! {
        <Title text="API"/>
        <Described path="/api/docs" title="The marketplace, for programs" text="The REST API of CommDesk: every call, its fields and its answers."/>
        <div class="center stack stack--sections">
            <PageHead
                title="The marketplace, for programs"
                sub="REST under /api/v1. Everything that the pages do goes through the same services."
            />
            <section class="section stack">
                <h2 class="section__title">"What every call has in common"</h2>
                <div class="prose">
                    <p>
                        "An answer is " <code>r#"{"success":true,"data":…}"#</code> " or "
                        <code>r#"{"success":false,"error":{"code","message","fieldErrors"}}"#</code>
                        ". Codes are stable; messages are for people. Names are camelCase, instants RFC 3339, money a decimal in major units beside "
                        <code>"amountMinor"</code> " and " <code>"currency"</code> "."
                    </p>
                    <p>
                        "Writes accept " <code>"Idempotency-Key"</code> ": the same key with the same body gives the same result, with another body "
                        <code>"IDEMPOTENCY_KEY_REUSED"</code> ". Keys are kept for 30 days. " <code>"X-CommDesk-Workspace"</code>
                        " names the workspace that you act for, " <code>"organization:acme"</code> " or " <code>"community:apex-circle"</code>
                        "; with two possible and none named the answer is " <code>"WORKSPACE_REQUIRED"</code> "."
                    </p>
                    <p>
                        "Lists take " <code>"limit"</code> " and " <code>"cursor"</code> " (or " <code>"page"</code>
                        ", to a bounded depth). Any call may answer 401, 403, 404, 422 and 429, 503 when the database is away, and 500 when something broke on our side: quote its "
                        <code>"requestId"</code> " to us. A change may also answer 409. 429 and 503 carry "
                        <code>"Retry-After"</code> ". Below, an operation says what is special about it. Machines read "
                        <a href="/api/v1/openapi.json" rel="external">"openapi.json"</a> "."
                    </p>
                </div>
            </section>
            {shown(view, |groups| groups.into_iter().map(|group| view! { <GroupSection group/> }).collect_view())}
        </div>
    }
}

#[component]
fn GroupSection(group: Group) -> impl IntoView {
    view! {
        <section class="section stack">
            <h2 class="section__title">{group.name}</h2>
            {group.operations.into_iter().map(|operation| view! { <OperationPanel operation/> }).collect_view()}
        </section>
    }
}

#[component]
fn OperationPanel(operation: Operation) -> impl IntoView {
    let tone = match operation.method.as_str() {
        "GET" => "info",
        "DELETE" => "danger",
        _ => "success",
    };
    view! {
        <article class="panel" id=operation.anchor>
            <div class="panel__head">
                <h3 class="panel__title"><span class=format!("pill tone-{tone}")>{operation.method}</span> " " <code>{operation.path}</code></h3>
            </div>
            <div class="panel__body stack">
                <p>{operation.summary}</p>
                {(!operation.parameters.is_empty()).then(|| view! {
                    <dl class="definition">
                        {operation
                            .parameters
                            .into_iter()
                            .map(|(name, place, kind, needed)| view! {
                                <div>
                                    <dt><code>{name}</code></dt>
                                    <dd>{kind} ", in the " {place} {needed.then_some(", required")}</dd>
                                </div>
                            })
                            .collect_view()}
                    </dl>
                })}
                {(!operation.body.is_empty()).then(|| view! {
                    <details class="disclosure">
                        <summary class="button button--small">
                            "Fields of the body" {operation.sent_as.map(|kind| format!(", sent as {kind}"))}
                        </summary>
                        <div class="disclosure__body">
                            <dl class="definition">
                                {operation
                                    .body
                                    .into_iter()
                                    .map(|(name, kind, needed)| view! {
                                        <div><dt><code>{name}</code></dt><dd>{kind} {needed.then_some(", required")}</dd></div>
                                    })
                                    .collect_view()}
                            </dl>
                        </div>
                    </details>
                })}
                <ul class="meta">
                    {operation
                        .answers
                        .into_iter()
                        .map(|(status, meaning)| view! { <li class="meta__item"><strong class="num">{status}</strong> " " {meaning}</li> })
                        .collect_view()}
                </ul>
            </div>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_come_with_their_fields() {
        let document = json!({
            "paths": {"/things/{id}": {"post": {
                "tags": ["things"], "summary": "Makes a thing.",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"201": {"description": "Made."}}
            }}},
            "components": {"schemas": {"Thing": {"type": "object", "required": ["title"], "properties": {
                "title": {"type": "string"}, "size": {"type": "object", "properties": {"width": {"type": "integer"}}}
            }}}}
        });
        let groups = groups(&document);
        assert_eq!(groups.len(), 1);
        let operation = &groups[0].operations[0];
        assert_eq!((operation.method.as_str(), operation.path.as_str()), ("POST", "/api/v1/things/{id}"));
        assert!(operation.body.contains(&("title".into(), "string".into(), true)));
        assert!(operation.body.contains(&("size.width".into(), "integer".into(), false)));
        assert_eq!(operation.sent_as, None, "JSON goes without saying");
    }

    #[test]
    fn a_form_comes_with_its_file() {
        let schema = json!({"type": "object", "required": ["picture"], "properties": {
            "picture": {"type": "string", "format": "binary"}, "title": {"type": "string"}
        }});
        let document = json!({"paths": {"/pictures": {"post": {
            "tags": ["pictures"], "summary": "Keeps a picture.",
            "requestBody": {"content": {"multipart/form-data": {"schema": schema}}},
            "responses": {"201": {"description": "Kept."}}
        }}}});
        let groups = groups(&document);
        let operation = &groups[0].operations[0];
        assert_eq!(operation.sent_as.as_deref(), Some("multipart/form-data"));
        let field = |name: &str, kind: &str, needed| (name.to_owned(), kind.to_owned(), needed);
        assert_eq!(operation.body, [field("picture", "file", true), field("title", "string", false)]);
    }
}
