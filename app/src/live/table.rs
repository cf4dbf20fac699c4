//! Rows by key, each with a signal of its own; the list of keys is another.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// A table whose rows change one by one.
pub struct Table<K: 'static, V: 'static> {
    keys: RwSignal<Vec<K>>,
    rows: StoredValue<BTreeMap<K, ArcRwSignal<V>>>,
}

impl<K, V> Clone for Table<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Table<K, V> {}

impl<K, V> Default for Table<K, V>
where
    K: Ord + Clone + Send + Sync + 'static,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    fn default() -> Self {
        Self { keys: RwSignal::new(vec![]), rows: StoredValue::new(BTreeMap::new()) }
    }
}

impl<K, V> Table<K, V>
where
    K: Ord + Clone + Send + Sync + 'static,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    /// The keys in order; changes when rows come and go.
    pub fn keys(self) -> Vec<K> {
        self.keys.get()
    }

    pub fn len(self) -> usize {
        self.keys.with(Vec::len)
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The signal of one row.
    pub fn row(self, key: &K) -> Option<ArcRwSignal<V>> {
        self.rows.with_value(|rows| rows.get(key).cloned())
    }

    /// Every row as it is now; follows all of them.
    pub fn all(self) -> Vec<V> {
        self.keys().iter().filter_map(|key| self.row(key)).map(|row| row.get()).collect()
    }

    pub fn set(self, key: K, value: V) {
        match self.row(&key) {
            Some(row) => {
                if row.with_untracked(|old| *old != value) {
                    row.set(value);
                }
            }
            None => {
                self.rows.update_value(|rows| {
                    rows.insert(key, ArcRwSignal::new(value));
                });
                self.list();
            }
        }
    }

    pub fn remove(self, key: &K) -> Option<V> {
        let mut removed = None;
        self.rows.update_value(|rows| removed = rows.remove(key));
        let removed = removed?;
        self.list();
        Some(removed.get_untracked())
    }

    /// Becomes `rows`; rows that stay keep their signals.
    pub fn reset(self, rows: &BTreeMap<K, V>) {
        self.rows.update_value(|old| old.retain(|key, _| rows.contains_key(key)));
        for (key, value) in rows {
            match self.row(key) {
                Some(row) => row.set(value.clone()),
                None => self.rows.update_value(|old| {
                    old.insert(key.clone(), ArcRwSignal::new(value.clone()));
                }),
            }
        }
        self.list();
    }

    fn list(self) {
        self.keys.set(self.rows.with_value(|rows| rows.keys().cloned().collect()));
    }
}
