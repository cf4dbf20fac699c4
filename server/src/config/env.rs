//! Environment variables over the file: `RINGSIDE_ARI__PASSWORD` is `password` of `[ari]`.

use toml::{Table, Value};

use super::{ConfigError, EXAMPLE};

const PREFIX: &str = "RINGSIDE_";
/// Variables of the command line, which are no keys of the configuration.
const NO_KEYS: [&str; 3] = ["RINGSIDE_CONFIG", "RINGSIDE_LOG", "RINGSIDE_LOG_FORMAT"];

/// Sets every key that a variable names. The example tells the type of its value.
pub(super) fn overlay(
    table: &mut Table,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    let example = example();
    for (name, text) in environment {
        let Some(key) = name.strip_prefix(PREFIX).filter(|_| !NO_KEYS.contains(&name.as_str())) else {
            continue;
        };
        let key = key.to_ascii_lowercase();
        let (section, key) = match key.split_once("__") {
            Some((section, key)) => (Some(section), key),
            None => (None, key.as_str()),
        };
        let fail = |problem: &str| ConfigError::Variable { name: name.clone(), problem: problem.to_owned() };
        let keys = match section {
            Some(section) => example.get(section).and_then(Value::as_table),
            None => Some(&example),
        };
        let Some(like) = keys.and_then(|keys| keys.get(key)) else {
            return Err(fail("there is no such key; ringside.example.toml lists them all"));
        };
        let value = read(&text, like).map_err(|expected| fail(&format!("found {text:?}, expected {expected}")))?;
        let target = match section {
            Some(section) => table
                .entry(section)
                .or_insert_with(|| Table::new().into())
                .as_table_mut()
                .ok_or_else(|| fail(&format!("`{section}` in the file is no section")))?,
            None => &mut *table,
        };
        target.insert(key.to_owned(), value);
    }
    Ok(())
}

/// The example as a table. A test parses it: it cannot be empty at run time.
fn example() -> Table {
    toml::from_str(EXAMPLE).unwrap_or_default()
}

/// `text` as a value of the same type as `like`; or else what was expected.
fn read(text: &str, like: &Value) -> Result<Value, &'static str> {
    match like {
        Value::String(_) => Ok(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().map(Value::Integer).map_err(|_| "a whole number"),
        Value::Float(_) => text.parse().map(Value::Float).map_err(|_| "a number"),
        Value::Boolean(_) => text.parse().map(Value::Boolean).map_err(|_| "true or false"),
        Value::Array(_) => {
            Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>().into())
        }
        Value::Datetime(_) | Value::Table(_) => Err("nothing: this one can only be set in the file"),
    }
}
