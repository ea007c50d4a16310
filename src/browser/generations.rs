//! Removing what other versions of this cache left behind, from every store.

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use indexed_db_futures::database::Database;
use js_sys::{Array, Promise, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::dom;
use crate::options::Namespace;

/// Best effort: a store that cannot be listed or refuses is left alone, since its old data is never read.
pub(super) async fn sweep(namespace: Namespace) {
    let global = global();
    for name in names(&dom::get(&global, "indexedDB"), "databases").await {
        let name = dom::text(&name, "name").unwrap_or_default();
        if namespace.is_outdated(&name)
            && let Ok(deletion) = Database::delete_by_name(&name)
        {
            let _ = deletion.await;
        }
    }
    let caches = dom::get(&global, "caches");
    for name in names(&caches, "keys").await.into_iter().filter_map(|name| name.as_string()) {
        if namespace.is_outdated(&name)
            && let Some(deletion) = dom::call(&caches, "delete", &Array::of1(&name.into()))
        {
            let _ = JsFuture::from(deletion.unchecked_into::<Promise>()).await;
        }
    }
    if dom::get(&global, "localStorage").is_object() {
        sweep_storage(&LocalStorage::raw(), &namespace);
    }
    if dom::get(&global, "sessionStorage").is_object() {
        sweep_storage(&SessionStorage::raw(), &namespace);
    }
}

async fn names(store: &JsValue, method: &str) -> Vec<JsValue> {
    let Some(promise) = dom::call(store, method, &Array::new()) else { return Vec::new() };
    let Ok(promise) = promise.dyn_into::<Promise>() else { return Vec::new() };
    JsFuture::from(promise).await.map_or_else(|_| Vec::new(), |list| Array::from(&list).to_vec())
}

fn sweep_storage(storage: &web_sys::Storage, namespace: &Namespace) {
    let names = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    let old: Vec<String> = names.filter(|name| namespace.is_outdated(name)).collect();
    for name in old {
        let _ = storage.remove_item(&name);
    }
}
