//! What happens to every request, outermost first: an id and its figures (`trace`), headers, the origin check, who calls and
//! from which address. `site.rs` stacks them; probes and development's pages are not asked who calls.

use crate::{
    features::access,
    kernel::error::AppError,
    platform::{
        ctx::{Ctx, House},
        web::{Call, TRACE, WORKSPACE_HEADER, cookies, json_response, query_value},
    },
};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id (a plausible one from a trusted proxy is kept; anybody else's is not, for it stands in facts,
/// jobs and mails), runs the rest inside it, counts and times it.
pub async fn trace(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let from_proxy = peer(&request).is_some_and(|address| is_trusted(&house, address));
    let given = request.headers().get(&REQUEST_ID).filter(|_| from_proxy).and_then(|value| value.to_str().ok());
    let id: Arc<str> = match given {
        Some(id) if (8..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => id.into(),
        _ => Ctx::background(&house, "req").trace_id,
    };
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let started = tokio::time::Instant::now();
    let mut request = request;
    request.extensions_mut().insert(TraceId(Arc::clone(&id)));
    let mut response = TRACE.scope(Arc::clone(&id), next.run(request)).await;
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    metrics::counter!("http_requests_total", "method" => method.to_string(), "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_duration_seconds", "route" => route.clone()).record(seconds);
    tracing::info!(trace = &*id, method = %method, route, status, duration_ms = seconds * 1000.0, "served");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The id of a request, for the layers inside.
#[derive(Clone)]
pub struct TraceId(pub Arc<str>);

/// Headers that every answer carries; the page's own policy with its nonce is set where it is rendered.
pub async fn headers(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // The older header knows no list of sites, so that it would forbid what the answer's own policy allows.
    let framable = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok())
        .is_some_and(|policy| policy.contains("frame-ancestors") && !policy.contains("frame-ancestors 'none'"));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    if !framable {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()");
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    );
    if house.settings.cookies_are_secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    response
}

/// Refuses a change that another site asked for. `Sec-Fetch-Site` decides where there is one, else `Origin`; a caller that
/// sends neither is no browser, and carries no cookie of one unless it means to.
pub async fn same_origin(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_origin(request.headers(), &house.settings.base_url) {
        return next.run(request).await;
    }
    AppError::Forbidden(crate::kernel::error::Denied::coded(
        "CROSS_ORIGIN",
        "This came from another site, so nothing was changed. Open the page here and try again.",
    ))
    .into_response()
}

fn is_same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let origin_is_ours = |origin: &str| {
        let ours = url::Url::parse(base_url).ok().map(|url| url.origin().ascii_serialization());
        let host_matches = || {
            let host = text("host").unwrap_or_default();
            // The address that people really use, where base_url names another of this machine (development).
            base_url.starts_with("http://") && origin.strip_prefix("http://").is_some_and(|o| o == host)
        };
        ours.as_deref() == Some(origin) || host_matches()
    };
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin" | "none"), None) => true,
        (Some("same-origin" | "none"), Some(origin)) | (None, Some(origin)) => origin_is_ours(origin),
        (Some(_), _) => false,
        (None, None) => true,
    }
}

/// The other end of the socket.
fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

fn is_trusted(house: &House, address: IpAddr) -> bool {
    house.settings.trusted_proxies.iter().any(|network| network.holds(address))
}

/// The caller's address: the socket's, or, behind trusted proxies, the last one in X-Forwarded-For that is not a proxy's.
fn client_address(house: &House, request: &Request) -> Option<IpAddr> {
    let trusted = |address: IpAddr| is_trusted(house, address);
    let mut address = peer(request)?;
    if !trusted(address) {
        return Some(address);
    }
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        address = hop.to_canonical();
        if !trusted(address) {
            break;
        }
    }
    Some(address)
}

/// The address as limits count it. One customer of IPv6 has a whole /64 to call from: its every address is the same caller.
fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

/// The key in `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

/// A program calls the API with a key; whatever cookie it sends means nothing. A key is not for pages and forms.
async fn program_calls(mut ctx: Ctx, secret: &str, mut request: Request, next: Next) -> Response {
    let program = match access::service::program(&ctx, secret).await {
        Ok(Some(program)) => program,
        Ok(None) => {
            let message =
                "This API key is not known here, was revoked or has expired. Make a new one on your workspace's page of keys.";
            let error = serde_json::json!({"code": "API_KEY_INVALID", "message": message, "fieldErrors": {}});
            let body = serde_json::json!({"success": false, "error": error});
            let mut response = json_response(http::StatusCode::UNAUTHORIZED, &body);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return response;
        }
        Err(error) => return error.into_response(),
    };
    let named = request.headers().get(WORKSPACE_HEADER).map(|value| value.to_str().unwrap_or_default().to_owned());
    let own_slug = program.workspace.split_once(':').map(|(_, slug)| slug);
    if named.is_some_and(|named| named != program.workspace && Some(named.as_str()) != own_slug) {
        return AppError::NotFound.into_response();
    }
    ctx.key = Some(program.key);
    let workspace = Some(program.workspace.clone());
    let call = Call { ctx, person: Some(Arc::clone(&program.person)), workspace, unknown: None, unread: None };
    request.extensions_mut().insert(call);
    request.extensions_mut().insert(Arc::new(program));
    next.run(request).await
}

/// Lets a program through to the calls that its key's scopes open; people pass.
pub async fn scoped(request: Request, next: Next) -> Response {
    let program = request.extensions().get::<Arc<access::service::Program>>().cloned();
    if let (Some(program), Some(call)) = (program, request.extensions().get::<Call>()) {
        let matched = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let path = matched.strip_prefix("/api/v1").unwrap_or(matched);
        if let Err(error) =
            access::service::may_call(&call.ctx, program.key, &program.scopes, request.method().as_str(), path).await
        {
            return error.into_response();
        }
    }
    next.run(request).await
}

/// Says who calls. One statement for a caller with a session, none for one without.
pub async fn who_calls(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let trace =
        request.extensions().get::<TraceId>().map_or_else(|| Ctx::background(&house, "req").trace_id, |id| Arc::clone(&id.0));
    let mut ctx = Ctx::new(Arc::clone(&house), trace);
    ctx.address = client_address(&house, &request).map(counted);
    if request.uri().path().starts_with("/api/v1/")
        && let Some(secret) = bearer(request.headers())
    {
        return program_calls(ctx, &secret, request, next).await;
    }
    // Files of the site are everybody's: nobody is looked up for them.
    let is_file = ["/pkg/", "/fonts/", "/icons.svg", "/favicon.svg"].iter().any(|file| request.uri().path().starts_with(file));
    let token = cookies::get(request.headers(), cookies::session_name(&house.settings)).filter(|_| !is_file).map(str::to_owned);
    let is_page = !["/api/v1/", "/rpc/"].iter().any(|door| request.uri().path().starts_with(door));
    let mut unknown = None;
    let mut unread = None;
    let person = match token {
        Some(token) => match crate::features::accounts::service::person_and_notices(&ctx, &token, is_page).await {
            Ok(Some((person, count))) => {
                unread = count;
                Some(person)
            }
            Ok(None) => None,
            // A page says so in its own clothes, with the form that was sent; programs get the envelope.
            Err(AppError::Busy { retry_after }) if is_page => {
                unknown = Some(retry_after);
                None
            }
            Err(error) => return error.into_response(),
        },
        None => None,
    };
    let workspace = request
        .headers()
        .get(WORKSPACE_HEADER)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
        .or_else(|| query_value(request.uri().query(), "as"));
    // Opening a page for a workspace makes it the one that pages without a workspace show next. No page waits for more
    // than this one small write, and none fails with it.
    if let (Some(person), Some(named), &Method::GET) = (&person, &workspace, request.method())
        && !request.headers().contains_key(WORKSPACE_HEADER)
    {
        let _ = crate::features::accounts::service::remember_workspace(&ctx, person, named).await;
    }
    request.extensions_mut().insert(Call { ctx, person, unknown, workspace, unread });
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_caller_of_ipv6_is_its_network() {
        let counted = |text: &str| counted(text.parse().unwrap()).to_string();
        assert_eq!(counted("2001:db8:1:2:aaaa:bbbb:cccc:dddd"), "2001:db8:1:2::");
        assert_eq!(counted("2001:db8:1:2::1"), counted("2001:db8:1:2:ffff::9"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
        assert_eq!(counted("192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn other_sites_change_nothing() {
        let base = "https://commdesk.example";
        for forged in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("origin", "http://commdesk.example")],
            &[("origin", "https://commdesk.example.evil.example")],
        ] {
            assert!(!is_same_origin(&headers(forged), base), "{forged:?}");
        }
        for fine in [
            &[("sec-fetch-site", "same-origin"), ("origin", "https://commdesk.example")][..],
            &[("origin", "https://commdesk.example")],
            &[("sec-fetch-site", "none")],
            &[],
        ] {
            assert!(is_same_origin(&headers(fine), base), "{fine:?}");
        }
    }
}
