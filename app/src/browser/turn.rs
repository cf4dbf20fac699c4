//! Taking turns between the tabs of one browser, by its Web Locks: one tab at a time has a name,
//! the others wait, and a tab that goes gives it back whatever way it goes.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// A place in the line, or the turn itself. Dropping it leaves.
pub struct Turn {
    waiting: AbortController,
    done: Function,
}

impl Turn {
    /// Gets in line for `name`; calls `begun` when it is this tab's turn. Where the browser has no
    /// locks, as without TLS, it is everybody's turn at once.
    pub fn take(name: &str, begun: impl FnOnce() + 'static) -> Option<Self> {
        let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
        let Ok(request) = Reflect::get(&locks, &"request".into()).and_then(JsCast::dyn_into::<Function>) else {
            begun();
            return None;
        };
        let waiting = AbortController::new().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &waiting.signal()).ok()?;
        // The lock is held until this promise is kept.
        let mut done = None;
        let held = Promise::new(&mut |keep, _| done = Some(keep));
        let granted = Closure::once_into_js(move |_lock: JsValue| {
            begun();
            held
        });
        let asked = request.apply(&locks, &Array::of3(&name.into(), &options, &granted)).ok()?;
        leptos::task::spawn_local(async move {
            // Rejected when this tab leaves the line.
            let _ = JsFuture::from(asked.unchecked_into::<Promise>()).await;
        });
        Some(Self { waiting, done: done? })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.waiting.abort();
        // The page goes on whatever a lock's promise makes of this.
        let _ = self.done.call0(&JsValue::UNDEFINED);
    }
}
