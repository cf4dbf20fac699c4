//! A caller whom nobody knows becomes a customer: the number is the call's, the name is asked for.

use std::collections::HashMap;

use domain::{
    customer::{AddCustomer as Asked, MAX_NAME},
    ids::CallId,
};
use leptos::{html::Input, prelude::*, task::spawn_local};

use super::error_text::error_text;
use crate::{
    error::AppError,
    patience::patient,
    server_fns::customers::add_customer,
    texts::{t, texts},
};

/// What is being entered about each call's caller. It outlives the card, which may make way for
/// another one at any moment.
#[derive(Clone, Copy)]
pub struct Entries(StoredValue<HashMap<CallId, ArcRwSignal<Entry>>>);

#[derive(Clone, Default)]
struct Entry {
    is_open: bool,
    name: String,
    city: String,
}

impl Entries {
    pub fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }

    fn of(self, call: &CallId) -> ArcRwSignal<Entry> {
        self.0.try_update_value(|entries| entries.entry(call.clone()).or_default().clone()).unwrap_or_default()
    }
}

impl Default for Entries {
    fn default() -> Self {
        Self::new()
    }
}

/// Offers to add the other end of a call, whose number is written as `number`. Then it calls `added`.
#[component]
pub fn AddCustomer(call: CallId, number: String, added: Callback<()>) -> impl IntoView {
    let entry = use_context::<Entries>().unwrap_or_default().of(&call);
    let texts = texts();
    let (is_busy, failed) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    let name_field = NodeRef::<Input>::new();
    let (is_open, opened) = (entry.clone(), entry.clone());
    let is_open = Memo::new(move |_| is_open.with(|entry| entry.is_open));
    let open = move |_| {
        opened.update(|entry| entry.is_open = true);
        request_animation_frame(move || {
            if let Some(field) = name_field.get_untracked() {
                let _ = field.focus();
            }
        });
    };
    let sent = entry.clone();
    let submit = Callback::new(move |()| {
        if is_busy.get_untracked() {
            return;
        }
        let asked = sent.with_untracked(|entry| Asked {
            call_id: call.clone(),
            name: entry.name.clone(),
            city: Some(entry.city.clone()),
        });
        is_busy.set(true);
        let sent = sent.clone();
        spawn_local(async move {
            let answer = patient(add_customer(asked)).await;
            is_busy.try_set(false);
            match answer {
                Ok(_) => {
                    sent.set(Entry::default());
                    added.run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let form = move || {
        let (name, city, cancelled) = (entry.clone(), entry.clone(), entry.clone());
        let (name_typed, city_typed) = (entry.clone(), entry.clone());
        view! {
            <form
                class="newcomer"
                on:submit=move |ev| { ev.prevent_default(); submit.run(()); }
                on:input=move |_| failed.set(None)
            >
                <label>{t(|t| t.caller_number)}<input name="number" class="num" readonly value=number.clone()/></label>
                <label>{t(|t| t.customer_name)}
                    <input
                        name="name" required autocomplete="off" maxlength=MAX_NAME.to_string() node_ref=name_field
                        prop:value=move || name.with(|entry| entry.name.clone())
                        on:input=move |ev| name_typed.update(|entry| entry.name = event_target_value(&ev))
                    />
                </label>
                <label>{t(|t| t.city)}
                    <input
                        name="city" autocomplete="off" maxlength=MAX_NAME.to_string()
                        prop:value=move || city.with(|entry| entry.city.clone())
                        on:input=move |ev| city_typed.update(|entry| entry.city = event_target_value(&ev))
                    />
                </label>
                <p class="error" role="alert">{move || failed.get().map(|error| error_text(&error, texts.get()))}</p>
                <div class="row">
                    <button class="btn" type="button" on:click=move |_| cancelled.set(Entry::default())>{t(|t| t.cancel)}</button>
                    <button class="btn primary" type="submit" disabled=move || is_busy.get()>{t(|t| t.add)}</button>
                </div>
            </form>
        }
    };
    move || {
        if is_open.get() {
            form().into_any()
        } else {
            view! { <button class="btn add-customer" on:click=open.clone()>{t(|t| t.add_customer)}</button> }.into_any()
        }
    }
}
