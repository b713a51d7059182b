//! Web Push in this browser: the worker that shows what comes while no tab is open, and the browser's subscription.

use js_sys::{JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const WORKER: &str = "/sw.js";

#[wasm_bindgen]
extern "C" {
    type Workers;
    #[wasm_bindgen(method)]
    fn register(this: &Workers, file: &str) -> Promise;
    #[wasm_bindgen(method, js_name = getRegistration)]
    fn get_registration(this: &Workers) -> Promise;
    #[wasm_bindgen(method, getter)]
    fn ready(this: &Workers) -> Promise;

    pub(super) type Worker;
    #[wasm_bindgen(method, getter, js_name = pushManager)]
    fn push_manager(this: &Worker) -> Manager;
    #[wasm_bindgen(method, js_name = showNotification)]
    fn show_notification(this: &Worker, title: &str, options: &JsValue) -> Promise;

    type Manager;
    #[wasm_bindgen(method)]
    fn subscribe(this: &Manager, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = getSubscription)]
    fn get_subscription(this: &Manager) -> Promise;

    type Subscription;
    #[wasm_bindgen(method, getter)]
    fn endpoint(this: &Subscription) -> String;
    #[wasm_bindgen(method)]
    fn unsubscribe(this: &Subscription) -> Promise;
}

/// Whether this browser has Web Push, at this address.
pub(crate) fn has_push() -> bool {
    workers().is_some() && Reflect::has(&window(), &"PushManager".into()).unwrap_or(false)
}

/// Where this browser can be reached, when it has subscribed.
pub(crate) async fn push_endpoint() -> Option<String> {
    Some(subscription(&worker().await?).await?.endpoint())
}

/// Subscribes this browser by the dashboard's key; returns what the dashboard has to know, as JSON.
pub(crate) async fn push_subscribe(key: &str) -> Result<String, String> {
    let workers = workers().ok_or("This browser has no service workers.")?;
    done(workers.register(WORKER)).await?;
    let worker: Worker = done(workers.ready()).await?.unchecked_into();
    // One that belongs to another key stands in the way.
    if let Some(old) = subscription(&worker).await {
        done(old.unsubscribe()).await?;
    }
    let options = object(&[("userVisibleOnly", JsValue::TRUE), ("applicationServerKey", key.into())]);
    let subscribed = done(worker.push_manager().subscribe(&options)).await?;
    let json = JSON::stringify(&subscribed).map_err(|_| "The browser's answer cannot be read.")?;
    Ok(json.into())
}

/// Ends this browser's subscription; returns where it was reached.
pub(crate) async fn push_unsubscribe() -> Result<Option<String>, String> {
    let Some(worker) = worker().await else { return Ok(None) };
    let Some(subscription) = subscription(&worker).await else { return Ok(None) };
    let endpoint = subscription.endpoint();
    done(subscription.unsubscribe()).await?;
    Ok(Some(endpoint))
}

/// The worker of this browser, once there is one.
pub(super) async fn worker() -> Option<Worker> {
    there(JsFuture::from(workers()?.get_registration()).await.ok()?)
}

/// Shows a notification by the worker, which may do so where a page may not.
pub(super) fn show(worker: &Worker, title: &str, body: &str, tag: &str, href: &str) {
    let data = object(&[("href", href.into())]);
    let _ = worker.show_notification(title, &object(&[("body", body.into()), ("tag", tag.into()), ("data", data)]));
}

async fn subscription(worker: &Worker) -> Option<Subscription> {
    there(JsFuture::from(worker.push_manager().get_subscription()).await.ok()?)
}

/// Browsers hide them from pages that came over plain HTTP.
fn workers() -> Option<Workers> {
    there(Reflect::get(&Reflect::get(&window(), &"navigator".into()).ok()?, &"serviceWorker".into()).ok()?)
}

/// What is there, for JavaScript says `undefined` and `null` too.
fn there<T: JsCast>(value: JsValue) -> Option<T> {
    value.is_object().then(|| value.unchecked_into())
}

/// Waits; a failure is the browser's sentence.
async fn done(promise: Promise) -> Result<JsValue, String> {
    JsFuture::from(promise).await.map_err(|error| {
        let said = Reflect::get(&error, &"message".into()).ok().and_then(|said| said.as_string());
        said.unwrap_or_else(|| "The browser refused.".to_owned())
    })
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // It fails for no plain object.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
