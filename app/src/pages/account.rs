//! One's own account: who one is here, and a new password.

use domain::{
    role::{Role, SignedIn},
    sign_in::{ChangePassword, MIN_PASSWORD, PasswordRefused},
};
use leptos::{html::Input, prelude::*, task::spawn_local, wasm_split::wasm_split};
use leptos_meta::Title;

use super::{Opened, comes_when_opened};
use crate::{
    components::{error_text::error_text, guarded::Guarded},
    error::AppError,
    patience::patient,
    server_fns::session::change_password,
    texts::{Texts, t, texts},
};

comes_when_opened!(Account);

#[wasm_split(account, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn page() -> Opened {
    Ok(view! { <Guarded may=|_| true view=|who| view! { <Own who/> }/> }.into_any())
}

#[component]
fn Own(who: SignedIn) -> impl IntoView {
    let texts = texts();
    let (role, login) = (who.role, who.login.clone());
    let exten = who.desk.map(|seat| seat.exten.to_string());
    view! {
        <Title text=t(|t| t.my_account)/>
        <section class="login account">
            <div class="sheet">
                <h1>{who.name}</h1>
                <p class="dim">
                    {who.login} " · " {move || role_text(role, texts.get())}
                    {exten.map(|exten| view! { " · " {t(|t| t.extension)} " " <span class="num">{exten}</span> })}
                </p>
                <NewPassword login/>
            </div>
        </section>
    }
}

fn role_text(role: Role, texts: &'static Texts) -> &'static str {
    match role {
        Role::Agent => texts.agent,
        Role::Supervisor => texts.supervisor,
        Role::Admin => texts.administrator,
    }
}

#[component]
fn NewPassword(login: String) -> impl IntoView {
    let texts = texts();
    // The fields keep their own texts, as a password manager fills them in.
    let (current, new, again) = (NodeRef::<Input>::new(), NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let typed = |field: NodeRef<Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
    let said = RwSignal::new(None::<Said>);
    // Until the page is alive too: nothing else may send the form.
    let is_busy = RwSignal::new(true);
    Effect::new(move |_| is_busy.set(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let change = ChangePassword { current: typed(current), new: typed(new) };
        if change.new != typed(again) {
            return refuse(said, again, Said::Differ);
        }
        is_busy.set(true);
        spawn_local(async move {
            let answer = patient(change_password(change)).await;
            is_busy.try_set(false);
            match answer {
                Ok(Ok(())) => {
                    for field in [current, new, again].into_iter().filter_map(|field| field.get_untracked()) {
                        field.set_value("");
                    }
                    said.try_set(Some(Said::Changed));
                }
                Ok(Err(refused)) => {
                    let field = if refused == PasswordRefused::WrongCurrent { current } else { new };
                    refuse(said, field, Said::Refused(refused));
                }
                Err(error) => {
                    said.try_set(Some(Said::Error(error)));
                }
            }
        });
    };
    let is_changed = move || matches!(said.get(), Some(Said::Changed));
    view! {
        <form method="post" on:submit=submit on:input=move |_| said.set(None)>
            <h2>{t(|t| t.change_password)}</h2>
            <input class="spoken" name="login" autocomplete="username" readonly tabindex="-1" aria-hidden="true" value=login/>
            <label>{t(|t| t.current_password)}<input name="current" type="password" autocomplete="current-password" required node_ref=current/></label>
            <label>{t(|t| t.new_password)}<input name="new" type="password" autocomplete="new-password" required node_ref=new/>
                <small class="dim">{move || (texts.get().at_least)(MIN_PASSWORD)}</small></label>
            <label>{t(|t| t.new_password_again)}<input name="again" type="password" autocomplete="new-password" required node_ref=again/></label>
            <p class=move || if is_changed() { "done" } else { "error" } role="alert">{move || said.get().map(|said| said.text(texts.get()))}</p>
            <button class="btn primary" type="submit" disabled=move || is_busy.get()>{t(|t| t.change_password)}</button>
        </form>
    }
}

/// Says why not, and leaves the keys where one tries again.
fn refuse(said: RwSignal<Option<Said>>, field: NodeRef<Input>, why: Said) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
        field.select();
    }
    said.try_set(Some(why));
}

#[derive(Clone)]
enum Said {
    Changed,
    Differ,
    Refused(PasswordRefused),
    Error(AppError),
}

impl Said {
    fn text(&self, texts: &'static Texts) -> String {
        match self {
            Self::Changed => texts.password_changed.to_owned(),
            Self::Differ => texts.passwords_differ.to_owned(),
            Self::Error(error) => error_text(error, texts),
            Self::Refused(refused) => match refused {
                PasswordRefused::WrongCurrent => texts.wrong_current.to_owned(),
                PasswordRefused::TooMany { seconds } => (texts.too_many)(*seconds),
                PasswordRefused::TooShort { min } => (texts.at_least)(*min),
                PasswordRefused::TooLong => texts.password_too_long.to_owned(),
                PasswordRefused::Same => texts.password_same.to_owned(),
                PasswordRefused::Unavailable => texts.unavailable.to_owned(),
            },
        }
    }
}
