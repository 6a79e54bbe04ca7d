//! Makes the rooms' OpenAPI parts into the document that machines read: rooms describe their data and what is special about
//! an operation; the envelope, the headers and the answers that every call shares are added here, once.

use super::codes::CODES;
use crate::features::access::rules::scope_of;
use serde_json::{Map, Value, json};

/// Answers that any call may get: status, meaning.
const OF_EVERY_CALL: [(&str, &str); 7] = [
    ("401", "UNAUTHENTICATED: nobody is signed in; API_KEY_INVALID: the key is unknown, revoked or has expired"),
    (
        "403",
        "KEY_SCOPE: the key's scopes do not open this call; SECOND_FACTOR_REQUIRED: give your second factor first; FORBIDDEN: the role or the workspace may not; CROSS_ORIGIN: a page of another site asked for a change",
    ),
    ("404", "NOT_FOUND: there is no such thing, or it is not yours to know of; so is a named workspace that is not yours"),
    ("422", "VALIDATION_ERROR: a parameter or field needs attention; WORKSPACE_REQUIRED: name the workspace that you act for"),
    ("429", "TOO_MANY_REQUESTS: too many calls; see Retry-After"),
    (BROKE, "INTERNAL: something broke on our side; quote `requestId` to us"),
    ("503", "BUSY: the database is away; see Retry-After"),
];

/// Answers that any call which changes something may get besides.
const OF_EVERY_CHANGE: [(&str, &str); 1] =
    [("409", "The state does not allow it, or IDEMPOTENCY_KEY_REUSED; the code says which")];

/// What is answered when something of ours broke. That it stands in the document excuses none of them.
const BROKE: &str = "500";

/// Marks an answer that every call shares, so that the page for people says it once.
pub const SHARED: &str = "x-shared";

/// Names the permission with which a program's key may make the call; absent where no key may.
pub const SCOPE: &str = "x-scope";

/// Adds to the document of the rooms what all of them have in common.
pub fn complete(document: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).expect("a document of ours serializes");
    document["components"]["schemas"]["Refusal"] = json!({
        "type": "object",
        "description": "Why a call was refused: a stable code, a sentence for people, and problems by field.",
        "required": ["success", "error"],
        "properties": {
            "success": {"type": "boolean", "const": false},
            "error": {
                "type": "object",
                "required": ["code", "message", "fieldErrors"],
                "properties": {
                    "code": {"type": "string", "description": "Stable: a program may decide by it.", "enum": CODES},
                    "message": {"type": "string"},
                    "fieldErrors": {"type": "object", "additionalProperties": {"type": "string"}},
                    "href": {"type": "string", "description": "Only where one can go on instead: a path of this site."}
                }
            }
        }
    });
    document["components"]["schemas"]["Failure"] = json!({
        "type": "object",
        "description": "Something broke on our side: nothing that the caller could have done better.",
        "required": ["success", "error"],
        "properties": {
            "success": {"type": "boolean", "const": false},
            "error": {
                "type": "object",
                "required": ["code", "message", "fieldErrors", "requestId"],
                "properties": {
                    "code": {"type": "string", "const": "INTERNAL"},
                    "message": {"type": "string"},
                    "fieldErrors": {"type": "object", "maxProperties": 0},
                    "requestId": {"type": "string", "description": "What to quote to us: under it we find what happened."}
                }
            }
        }
    });
    let paths = document["paths"].as_object_mut().expect("a document has paths");
    for (path, item) in paths {
        for method in ["get", "post", "patch", "put", "delete"] {
            if let Some(operation) = item.get_mut(method) {
                share(operation, method != "get");
                if let Some(scope) = scope_of(&method.to_uppercase(), path) {
                    operation[SCOPE] = json!(scope.label());
                }
            }
        }
    }
    document
}

fn share(operation: &mut Value, is_change: bool) {
    let responses = operation["responses"].as_object_mut().expect("an operation has responses");
    for (status, response) in responses.iter_mut() {
        if status.starts_with('2') {
            envelop(response);
        } else {
            refuse(status, response);
        }
    }
    let change: &[_] = if is_change { &OF_EVERY_CHANGE } else { &[] };
    for (status, meaning) in OF_EVERY_CALL.iter().chain(change) {
        responses.entry(*status).or_insert_with(|| {
            let mut response = json!({"description": meaning, SHARED: true});
            refuse(status, &mut response);
            response
        });
    }
    let mut headers = vec![header("X-CommDesk-Workspace", "The workspace that you act for: organization:slug or community:slug")];
    if is_change {
        headers.push(header("Idempotency-Key", "The same key with the same body has one effect and one answer, for 30 days"));
    }
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(parameters) => {
            let is_named = |parameters: &[Value], wanted: &Value| parameters.iter().any(|p| same_header(p, wanted));
            headers.retain(|header| !is_named(parameters, header));
            parameters.extend(headers);
        }
        None => operation["parameters"] = Value::Array(headers),
    }
}

fn same_header(one: &Value, other: &Value) -> bool {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_lowercase();
    one["in"] == "header" && name(one) == name(other)
}

fn header(name: &str, description: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"}, SHARED: true})
}

/// What a room says it answers with is the `data` of the envelope.
fn envelop(response: &mut Value) {
    let Some(json) = response.get_mut("content").and_then(|content| content.get_mut("application/json")) else {
        // A file, which has no envelope.
        return;
    };
    let data = json["schema"].take();
    json["schema"] = json!({
        "type": "object",
        "required": ["success", "data"],
        "properties": {"success": {"type": "boolean", "const": true}, "data": data}
    });
}

/// The schema of an answer that is no success.
fn schema_of(status: &str) -> &'static str {
    if status == BROKE { "#/components/schemas/Failure" } else { "#/components/schemas/Refusal" }
}

fn refuse(status: &str, response: &mut Value) {
    if let Some(response) = response.as_object_mut() {
        let mut content = Map::new();
        content.insert("application/json".into(), json!({"schema": {"$ref": schema_of(status)}}));
        response.entry("content").or_insert(Value::Object(content));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::error::AppError, platform::web::TRACE};
    use axum::response::IntoResponse as _;
    use std::sync::Arc;

    #[test]
    fn a_call_names_the_permission_that_opens_it_to_a_key() {
        let document = complete(&crate::http::api_v1::described());
        assert_eq!(document["paths"]["/events"]["post"][SCOPE], "event:create");
        assert!(document["paths"]["/api-keys"]["post"].get(SCOPE).is_none());
        let named: std::collections::BTreeSet<&str> = document["paths"]
            .as_object()
            .expect("paths")
            .values()
            .flat_map(|item| item.as_object().expect("an item").values())
            .filter_map(|operation| operation.get(SCOPE)?.as_str())
            .collect();
        let all: std::collections::BTreeSet<&str> =
            crate::features::access::rules::Scope::ALL.iter().map(|scope| scope.label()).collect();
        assert_eq!(named, all, "each permission opens a call that there is");
    }

    /// Changes whose address says everything.
    const WITHOUT_A_BODY: [(&str, &str); 16] = [
        ("patch", "/requests/{requestId}/place/take"),
        ("patch", "/requests/{requestId}/withdraw"),
        ("post", "/auth/logout"),
        ("post", "/events/{eventId}/archive"),
        ("post", "/events/{eventId}/complete"),
        ("post", "/events/{eventId}/duplicate"),
        ("post", "/events/{eventId}/publish"),
        ("post", "/events/{eventId}/restore"),
        ("post", "/imports/{importId}/undo"),
        ("post", "/invitations/{invitationId}/resend"),
        ("post", "/opportunities/{opportunityId}/decisions/release"),
        ("post", "/sponsors/{organizationId}/checks"),
        ("post", "/sponsors/{organizationId}/domain-proof"),
        ("post", "/sponsors/{organizationId}/domain-proof/check"),
        ("put", "/watchlist/communities/{communityId}"),
        ("put", "/watchlist/organizations/{organizationId}"),
    ];

    #[test]
    fn every_change_says_what_it_takes() {
        let document = complete(&crate::http::api_v1::described());
        let mut without = std::collections::BTreeSet::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for method in ["patch", "post", "put"] {
                let Some(operation) = item.get(method) else { continue };
                let Some(body) = operation.get("requestBody") else {
                    without.insert((method, path.as_str()));
                    continue;
                };
                for (kind, content) in body["content"].as_object().expect("a body has content") {
                    let schema = &content["schema"];
                    let pointer = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
                    let whole = pointer.map_or(Some(schema), |pointer| document.pointer(pointer));
                    assert!(whole.is_some_and(Value::is_object), "{method} {path} says what a body of {kind} is");
                }
            }
        }
        let known: std::collections::BTreeSet<_> = WITHOUT_A_BODY.into_iter().collect();
        assert_eq!(without, known, "a change has a body in the document, or stands in the list");
    }

    #[test]
    fn a_form_says_where_its_file_goes() {
        let document = complete(&crate::http::api_v1::described());
        for (path, file, needed) in [("/imports", "file", json!(["file", "target"])), ("/uploads/logos", "logo", json!(["logo"]))]
        {
            let content = document["paths"][path]["post"]["requestBody"]["content"].as_object().expect("a body");
            assert_eq!(content.keys().collect::<Vec<_>>(), ["multipart/form-data"], "{path}");
            let named = content["multipart/form-data"]["schema"]["$ref"].as_str().expect("a schema with a name");
            let form = document.pointer(named.trim_start_matches('#')).expect("it is among the components");
            assert_eq!(form["required"], needed, "{path}");
            assert_eq!(form["properties"][file]["type"], "string", "{path}");
            assert_eq!(form["properties"][file]["format"], "binary", "{path}");
        }
        let target = &document["components"]["schemas"]["ImportFileInput"]["properties"]["target"];
        assert_eq!(target["enum"], json!(["organizations", "sponsors", "events"]));
    }

    #[test]
    fn every_operation_has_its_envelope_and_its_refusals() {
        let document = complete(&crate::http::api_v1::described());
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("an item") {
                let Some(responses) = operation["responses"].as_object() else { continue };
                for (status, response) in responses {
                    let schema = &response["content"]["application/json"]["schema"];
                    if status.starts_with('2') {
                        assert!(response["content"].is_object(), "{method} {path} {status} says what it answers");
                    }
                    if status.starts_with('2') && !schema.is_null() {
                        assert!(schema["properties"]["data"].is_object(), "{method} {path} {status} has an envelope");
                    }
                    if status.starts_with('4') || status.starts_with('5') {
                        assert_eq!(schema["$ref"], schema_of(status), "{method} {path} {status}");
                    }
                }
                for (status, _) in OF_EVERY_CALL {
                    assert!(responses.contains_key(status), "{method} {path} may answer {status}");
                }
            }
        }
    }

    #[tokio::test]
    async fn what_broke_is_answered_as_the_document_says() {
        let broken = async { AppError::broken("a secret of ours").into_response() };
        let answer = TRACE.scope(Arc::from("req-of-a-test"), broken).await;
        assert_eq!(answer.status().as_str(), BROKE);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.expect("a body");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let error = &body["error"];
        let document = complete(&crate::http::api_v1::described());
        let described = &document["components"]["schemas"]["Failure"]["properties"]["error"];
        for field in described["required"].as_array().expect("what is always there") {
            assert!(error.get(field.as_str().expect("a name")).is_some(), "{field} is answered");
        }
        assert_eq!(error["code"], described["properties"]["code"]["const"]);
        assert_eq!(error["requestId"], "req-of-a-test");
        assert_eq!(error["fieldErrors"], json!({}));
        assert!(!error.to_string().contains("a secret of ours"));
    }
}
