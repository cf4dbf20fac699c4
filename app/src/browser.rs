//! The few things of the browser that pages need. On the server each answers with nothing.

#[cfg(feature = "hydrate")]
mod bell;
pub mod disk;
#[cfg(feature = "hydrate")]
mod turn;

#[cfg(feature = "hydrate")]
pub use {bell::Bell, turn::Turn};

use crate::texts::Lang;

/// Can this page show notifications, if the person allows it?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notices {
    #[default]
    Possible,
    /// The person or the browser has refused, as it does without TLS.
    Blocked,
    /// Never in a frame of another site, whatever the person says.
    Framed,
}

/// The page's language: the document says it, or on the server the request.
pub fn lang() -> Option<Lang> {
    #[cfg(feature = "ssr")]
    return Some(crate::shell::lang());
    #[cfg(feature = "hydrate")]
    return Lang::from_tag(&root()?.get_attribute("lang")?);
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    None
}

#[cfg(feature = "hydrate")]
mod real {
    use std::cell::Cell;

    use domain::{Timestamp, clock::SteadyClock};
    use leptos::prelude::{document, window};
    use uuid::Uuid;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Element, Notification, NotificationOptions, NotificationPermission, Storage};

    use super::Notices;
    use crate::texts::Lang;

    pub(super) fn root() -> Option<Element> {
        document().document_element()
    }

    /// Tells tests and styles that the page is alive. Only now its fonts are loaded, which the code would
    /// otherwise have to wait for on a slow line; this browser has them from then on.
    pub fn mark_hydrated() {
        set_root("data-hydrated", "true");
        set_root("class", "fonts");
        keep("fonts", "yes");
    }

    fn set_root(name: &str, value: &str) {
        if let Some(root) = root() {
            // An attribute of a valid name can always be set.
            let _ = root.set_attribute(name, value);
        }
    }

    /// A cookie for a year, on the whole site.
    fn keep(name: &str, value: &str) {
        use wasm_bindgen::JsCast;
        let cookie = format!("{name}={value}; path=/; max-age=31536000; samesite=lax");
        let _ = document().unchecked_ref::<web_sys::HtmlDocument>().set_cookie(&cookie);
    }

    pub fn set_lang(lang: Lang) {
        keep("lang", lang.tag());
        set_root("lang", lang.tag());
    }

    /// The other of light and dark than what shows now.
    pub fn toggle_theme() {
        let chosen = root().and_then(|root| root.get_attribute("data-theme"));
        let system =
            || window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|it| it.matches());
        let is_dark = chosen.map_or_else(system, |theme| theme == "dark");
        let theme = if is_dark { "light" } else { "dark" };
        keep("theme", theme);
        set_root("data-theme", theme);
    }

    /// `wss://ringside.example/ws`.
    pub fn socket_url() -> String {
        let location = window().location();
        let scheme = if location.protocol().is_ok_and(|it| it == "https:") { "wss" } else { "ws" };
        format!("{scheme}://{}/ws", location.host().unwrap_or_default())
    }

    pub fn go(path: &str) {
        let _ = window().location().set_href(path);
    }

    pub fn reload() {
        let _ = window().location().reload();
    }

    /// Milliseconds since 1970 by this computer's clock.
    pub fn now_ms() -> i64 {
        js_sys::Date::now() as i64
    }

    /// Milliseconds of a clock that only goes forward, also over a sleep.
    pub fn steady_ms() -> i64 {
        thread_local! {
            static STEADY: Cell<SteadyClock> = const { Cell::new(SteadyClock::new()) };
        }
        STEADY.with(|steady| {
            let mut clock = steady.get();
            let now = clock.now(now_ms());
            steady.set(clock);
            now
        })
    }

    pub fn random() -> f64 {
        js_sys::Math::random()
    }

    pub fn new_uuid() -> Uuid {
        Uuid::new_v4()
    }

    /// When a day begins where the person sits.
    pub fn midnight(day: jiff::civil::Date) -> Timestamp {
        let (year, month, date) = (day.year(), day.month(), day.day());
        let date = js_sys::Date::new_with_year_month_day(
            u32::from(year.unsigned_abs()),
            i32::from(month) - 1,
            i32::from(date),
        );
        Timestamp::from_millisecond(date.get_time() as i64).unwrap_or_default()
    }

    /// Minutes that local time is ahead of UTC at that moment.
    pub fn utc_offset_minutes(at: Timestamp) -> i32 {
        let date = js_sys::Date::new(&(at.as_millisecond() as f64).into());
        -(date.get_timezone_offset() as i32)
    }

    fn storage() -> Option<Storage> {
        window().local_storage().ok().flatten()
    }

    /// Keeps a text in this browser. False where the browser refuses: full, or private.
    pub fn store(key: &str, value: &str) -> bool {
        storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
    }

    pub fn stored(key: &str) -> Option<String> {
        storage()?.get_item(key).ok().flatten()
    }

    pub fn unstore(key: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(key);
        }
    }

    /// Every text whose key begins with `prefix`.
    pub fn stored_all(prefix: &str) -> Vec<String> {
        let Some(storage) = storage() else { return vec![] };
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
        keys.filter(|key| key.starts_with(prefix)).filter_map(|key| storage.get_item(&key).ok().flatten()).collect()
    }

    /// True where it is in the clipboard: a page over plain HTTP has none.
    pub async fn copy(text: &str) -> bool {
        let clipboard = window().navigator().clipboard();
        !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
    }

    /// Moves the focus to the element of this id: at once, so that the next letter is its own, or as
    /// soon as the page has drawn it.
    pub fn focus(id: String) {
        if focus_now(&id) {
            return;
        }
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            if !focus_now(&id) {
                leptos::prelude::request_animation_frame(move || {
                    focus_now(&id);
                });
            }
        });
    }

    fn focus_now(id: &str) -> bool {
        use wasm_bindgen::JsCast;
        let element = document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
        // An element that takes no focus leaves it where it is.
        element.is_some_and(|element| element.focus().is_ok())
    }

    /// Has a field of this call's card the keys?
    pub fn is_typing_about(call: &str) -> bool {
        let field = document().active_element().filter(|it| matches!(it.tag_name().as_str(), "TEXTAREA" | "INPUT"));
        let card = field.and_then(|field| field.closest("[data-call-id]").ok().flatten());
        card.is_some_and(|card| card.get_attribute("data-call-id").as_deref() == Some(call))
    }

    pub fn is_visible() -> bool {
        document().visibility_state() == web_sys::VisibilityState::Visible
    }

    pub fn notices() -> Notices {
        // Another site's document tells no more of itself than that it is there.
        let is_framed = window().top().ok().flatten().is_some_and(|top| top.location().href().is_err());
        match permission() {
            _ if is_framed => Notices::Framed,
            Some(NotificationPermission::Granted | NotificationPermission::Default) => Notices::Possible,
            _ => Notices::Blocked,
        }
    }

    /// None in browsers without notifications, such as those of iPhones.
    fn permission() -> Option<NotificationPermission> {
        js_sys::Reflect::has(&window(), &"Notification".into()).ok()?.then(Notification::permission)
    }

    /// Asks, on a person's click, to be allowed to notify; then calls `answered`.
    pub fn ask_to_notify(answered: impl FnOnce() + 'static) {
        if permission().is_some()
            && let Ok(asking) = Notification::request_permission()
        {
            leptos::task::spawn_local(async move {
                let _ = JsFuture::from(asking).await;
                answered();
            });
        }
    }

    pub fn may_notify() -> bool {
        permission() == Some(NotificationPermission::Granted) && notices() == Notices::Possible
    }

    /// A notification, where this tab is not in sight. Those of all tabs about one thing are one. A click
    /// on it brings this tab to the front and calls `clicked`.
    pub fn notify(title: &str, body: &str, about: &str, clicked: impl FnMut() + 'static) {
        if permission() != Some(NotificationPermission::Granted) || is_visible() {
            return;
        }
        let options = NotificationOptions::new();
        options.set_tag(about);
        options.set_body(body);
        options.set_icon("/favicon.svg");
        if let Ok(notification) = Notification::new_with_options(title, &options) {
            let mut clicked = clicked;
            let shown = notification.clone();
            let on_click = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || {
                let _ = window().focus();
                shown.close();
                clicked();
            });
            notification.set_onclick(Some(wasm_bindgen::JsCast::unchecked_ref(on_click.as_ref())));
            // It lives as long as the browser may still show the notification.
            on_click.forget();
        }
    }
}

#[cfg(feature = "hydrate")]
pub use real::*;

#[cfg(not(feature = "hydrate"))]
mod nothing {
    use domain::Timestamp;
    use uuid::Uuid;

    use crate::texts::Lang;

    pub fn set_lang(_: Lang) {}
    pub fn toggle_theme() {}
    pub fn go(_: &str) {}
    pub fn reload() {}
    pub fn now_ms() -> i64 {
        0
    }
    pub fn steady_ms() -> i64 {
        0
    }
    pub fn new_uuid() -> Uuid {
        Uuid::nil()
    }
    pub fn utc_offset_minutes(_: Timestamp) -> i32 {
        0
    }
    pub fn midnight(_: jiff::civil::Date) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
    pub fn store(_: &str, _: &str) -> bool {
        false
    }
    pub fn stored(_: &str) -> Option<String> {
        None
    }
    pub fn unstore(_: &str) {}
    pub fn stored_all(_: &str) -> Vec<String> {
        vec![]
    }
    pub async fn copy(_: &str) -> bool {
        false
    }
    pub fn focus(_: String) {}
    pub fn is_typing_about(_: &str) -> bool {
        false
    }
    pub fn ask_to_notify(_: impl FnOnce() + 'static) {}
}

#[cfg(not(feature = "hydrate"))]
pub use nothing::*;
