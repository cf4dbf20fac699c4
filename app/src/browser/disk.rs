//! Texts that outlive the browser, by IndexedDB. What is answered for here has been handed to the
//! operating system, and is there also where the browser is killed a moment later; `localStorage`
//! is written seconds after it answers.

#[cfg(feature = "hydrate")]
mod real {
    use std::cell::RefCell;

    use js_sys::{Array, Promise};
    use leptos::prelude::window;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
        IdbTransactionMode::{self, Readonly, Readwrite},
    };

    use crate::patience::within;

    const DATABASE: &str = "ringside";
    const TEXTS: &str = "texts";
    /// Greater than any character of a key.
    const LAST: char = '\u{ffff}';
    /// A disk that takes longer has not kept what it was given.
    const PATIENCE_MS: u32 = 2_000;

    thread_local! {
        static OPEN: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
    }

    /// What a request comes to.
    async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
        let answered = Promise::new(&mut |good, bad| {
            request.set_onsuccess(Some(&good));
            request.set_onerror(Some(&bad));
        });
        JsFuture::from(answered).await?;
        request.result()
    }

    async fn database() -> Result<IdbDatabase, JsValue> {
        if let Some(open) = OPEN.with_borrow(Clone::clone) {
            return Ok(open);
        }
        let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
        let opening: IdbOpenDbRequest = factory.open(DATABASE)?;
        let asked = opening.clone();
        let furnish = Closure::once_into_js(move || {
            if let Ok(database) = asked.result() {
                // Where it cannot be made, every write says so.
                let _ = database.unchecked_into::<IdbDatabase>().create_object_store(TEXTS);
            }
        });
        opening.set_onupgradeneeded(Some(furnish.unchecked_ref()));
        let database: IdbDatabase = answer(&opening).await?.unchecked_into();
        OPEN.set(Some(database.clone()));
        Ok(database)
    }

    async fn begin(mode: IdbTransactionMode) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
        let transaction = match database().await?.transaction_with_str_and_mode(TEXTS, mode) {
            Ok(begun) => begun,
            Err(_) => {
                // The browser closes connections, as when a person clears what a site keeps.
                OPEN.set(None);
                database().await?.transaction_with_str_and_mode(TEXTS, mode)?
            }
        };
        let texts = transaction.object_store(TEXTS)?;
        Ok((transaction, texts))
    }

    /// Returns when the change has left the browser. Changes are made in the order in which they were
    /// asked for.
    async fn change(make: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>) -> Result<(), JsValue> {
        let (transaction, texts) = begin(Readwrite).await?;
        make(&texts)?;
        let ended = Promise::new(&mut |good, bad| {
            transaction.set_oncomplete(Some(&good));
            transaction.set_onabort(Some(&bad));
        });
        JsFuture::from(ended).await.map(drop)
    }

    /// Keeps a text. False where the browser refuses, full or forbidden, or does not answer.
    pub async fn put(key: &str, text: &str) -> bool {
        let put = change(|texts| texts.put_with_key(&text.into(), &key.into()));
        within(PATIENCE_MS, put).await.is_some_and(|put| put.is_ok())
    }

    /// Forgets a text. One that the browser does not let go is told of again when it is read.
    pub async fn remove(key: &str) {
        let _ = change(|texts| texts.delete(&key.into())).await;
    }

    async fn read(prefix: &str) -> Result<Vec<String>, JsValue> {
        let (_, texts) = begin(Readonly).await?;
        let range = IdbKeyRange::bound(&prefix.into(), &format!("{prefix}{LAST}").into())?;
        let found: Array = answer(&texts.get_all_with_key(&range)?).await?.unchecked_into();
        Ok(found.iter().filter_map(|text| text.as_string()).collect())
    }

    /// Every text whose key begins with `prefix`. None where the browser keeps nothing.
    pub async fn all(prefix: &str) -> Vec<String> {
        read(prefix).await.unwrap_or_default()
    }
}

#[cfg(feature = "hydrate")]
pub use real::*;

#[cfg(not(feature = "hydrate"))]
mod nothing {
    pub async fn put(_: &str, _: &str) -> bool {
        false
    }
    pub async fn remove(_: &str) {}
    pub async fn all(_: &str) -> Vec<String> {
        vec![]
    }
}

#[cfg(not(feature = "hydrate"))]
pub use nothing::*;
