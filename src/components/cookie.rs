//! What a browser remembers of its choices. In cookies, so that the server draws the right page at once.

use percent_encoding::percent_decode_str;

use super::encoded;

/// A year: the longest that browsers keep one is a little more.
const KEPT: &str = "Path=/; Max-Age=31536000; SameSite=Lax";
const FORGOTTEN: &str = "Path=/; Max-Age=0; SameSite=Lax";

/// Returns what this browser, or the one that asks, remembers under a name.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    find(&cookies()?, name)
}

#[cfg(feature = "ssr")]
fn cookies() -> Option<String> {
    let parts = leptos::prelude::use_context::<axum::http::request::Parts>()?;
    Some(parts.headers.get(axum::http::header::COOKIE)?.to_str().ok()?.to_owned())
}

#[cfg(not(feature = "ssr"))]
fn cookies() -> Option<String> {
    use leptos::wasm_bindgen::JsCast;
    leptos::prelude::document().dyn_into::<web_sys::HtmlDocument>().ok()?.cookie().ok()
}

/// Has the browser remember something, or forget it. On the server with the answer that is on its way.
pub fn keep_cookie(name: &str, value: Option<&str>) {
    let cookie = match value {
        Some(value) => format!("{name}={}; {KEPT}", encoded(value)),
        None => format!("{name}=; {FORGOTTEN}"),
    };
    #[cfg(feature = "ssr")]
    if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>()
        && let Ok(cookie) = axum::http::HeaderValue::from_str(&cookie)
    {
        options.append_header(axum::http::header::SET_COOKIE, cookie);
    }
    #[cfg(not(feature = "ssr"))]
    {
        use leptos::wasm_bindgen::JsCast;
        if let Ok(document) = leptos::prelude::document().dyn_into::<web_sys::HtmlDocument>() {
            let _ = document.set_cookie(&cookie);
        }
    }
}

fn find(cookies: &str, name: &str) -> Option<String> {
    let of = |cookie: &str| cookie.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
    let value = cookies.split(';').find_map(of)?;
    Some(percent_decode_str(&value).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_of_exactly_that_name_is_found() {
        let cookies = "xtheme=a; theme=dark; project=R%26D%20%232; bad=%ff";
        assert_eq!(find(cookies, "theme").as_deref(), Some("dark"));
        assert_eq!(find(cookies, "project").as_deref(), Some("R&D #2"));
        assert_eq!((find(cookies, "bad"), find(cookies, "them")), (None, None));
    }
}
