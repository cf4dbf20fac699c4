//! A believable house to try things in: people, customers, bookings, the calls of the last days.
//!
//! Everything follows from a seed and today's date. The accounts' passwords follow a rule that
//! anybody can read here: they are made in an empty database only, and [`is_demo`] tells such a
//! database from a real one.

mod bookings;
mod calls;
mod people;

use domain::{
    call::Party,
    ids::{AccountId, Extension},
    role::Role,
};
use jiff::{Timestamp, tz::TimeZone};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use sqlx::{Sqlite, Transaction};

use super::{
    Store, StoreError,
    accounts::{self, NewAccount},
    customers::{self, NewCustomer},
};
use crate::password::{self, PasswordError};

/// The same seed makes the same house, on every machine.
type Random = Xoshiro256PlusPlus;

const CUSTOMERS: usize = 400;

/// Someone who may sign in to the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    pub login: &'static str,
    pub password: String,
    pub name: &'static str,
    pub role: Role,
    /// Where this agent usually sits. Every agent may take every extension.
    pub exten: Option<Extension>,
}

/// Why the demo was not made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database is a real one; nothing was added to it.
    #[error("the database has accounts of its own: the demo needs one that is empty. Name another file in `database`")]
    NotEmpty,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Password(#[from] PasswordError),
}

/// Everyone of the demo: twelve agents, a supervisor, an admin.
pub fn accounts() -> Vec<DemoAccount> {
    let agents = people::AGENTS.iter().zip(1000..).map(|(agent, exten)| (agent, Role::Agent, Some(exten)));
    let others = people::OTHERS.iter().map(|(other, role)| (other, *role, None));
    agents
        .chain(others)
        .map(|(&(login, name), role, exten)| DemoAccount {
            login,
            password: format!("ringside-{login}"),
            name,
            role,
            exten: exten.map(|exten: u32| Extension::new(exten.to_string())),
        })
        .collect()
}

/// Fills an empty database; leaves one that this filled before as it is. Answers who may sign in.
///
/// # Errors
/// [`DemoError::NotEmpty`] when the database is a real one.
pub async fn seed(store: &Store, seed: u64, now: Timestamp, zone: &TimeZone) -> Result<Vec<DemoAccount>, DemoError> {
    let people = accounts();
    if is_demo(store).await? {
        return Ok(people);
    }
    if !store.accounts().await?.is_empty() {
        return Err(DemoError::NotEmpty);
    }
    let today = now.to_zoned_datetime(zone.clone());
    let customers = customers(seed, today.date());
    let mut hashes = Vec::with_capacity(people.len());
    for person in &people {
        hashes.push(password::hash(&person.password).await?);
    }
    // All or nothing: half a demo would be neither the demo nor empty at the next start.
    let mut tx = store.write().await?;
    let ids = customers::add(&mut tx, &customers).await?;
    let agents = add_accounts(&mut tx, people.iter().zip(&hashes)).await?;
    let known: Vec<_> = ids.into_iter().zip(&customers).collect();
    calls::seed(&mut tx, &mut random(seed, 3), &today, &known, &agents).await?;
    tx.commit().await.map_err(StoreError::from)?;
    tracing::info!(customers = customers.len(), "Filled an empty database with the demo");
    Ok(people)
}

/// Are the accounts those of the demo, whose passwords everybody knows?
///
/// # Errors
/// When the database does not answer.
pub async fn is_demo(store: &Store) -> Result<bool, StoreError> {
    let there = store.accounts().await?;
    Ok(accounts().iter().all(|demo| there.iter().any(|account| account.login == demo.login)))
}

/// Callers whom the demo's database knows, as a carrier would say them, in the order of the
/// customers: the first are those with a story.
pub fn callers(seed: u64) -> Vec<Party> {
    let mut random = random(seed, 4);
    // Names and numbers do not depend on the day.
    customers(seed, jiff::civil::date(2000, 1, 1))
        .into_iter()
        .filter(|customer| customer.active)
        .filter_map(|customer| {
            let (number, _) = customer.phones.first()?;
            let national = number.as_str().strip_prefix("+84").map(|rest| format!("0{rest}"));
            let number = match (random.random_range(0..4), national) {
                (0, _) | (_, None) => number.as_str().to_owned(),
                (1, _) => number.as_str().trim_start_matches('+').to_owned(),
                (_, Some(national)) => national,
            };
            // Few carriers pass a name on.
            let name = if random.random_bool(0.2) { customer.name } else { String::new() };
            Some(Party::new(name, number))
        })
        .collect()
}

fn customers(seed: u64, today: jiff::civil::Date) -> Vec<NewCustomer> {
    let mut customers = people::customers(&mut random(seed, 1), CUSTOMERS);
    let mut random = random(seed, 2);
    for (index, customer) in customers.iter_mut().enumerate() {
        customer.bookings = if index == 0 {
            bookings::of_the_example(&mut random, today)
        } else {
            bookings::plausible(&mut random, today)
        };
    }
    customers
}

/// Each part of the house has its own numbers: a change of one leaves the others as they were.
fn random(seed: u64, part: u64) -> Random {
    Random::seed_from_u64(seed.wrapping_mul(31).wrapping_add(part))
}

/// Answers the agents, by the extension where they usually sit.
async fn add_accounts<'a>(
    tx: &mut Transaction<'static, Sqlite>,
    people: impl Iterator<Item = (&'a DemoAccount, &'a String)> + Clone,
) -> Result<Vec<(Extension, AccountId, &'static str)>, DemoError> {
    let all: Vec<Extension> = people.clone().filter_map(|(person, _)| person.exten.clone()).collect();
    let mut agents = Vec::new();
    for (person, hash) in people {
        let new = NewAccount {
            login: person.login.to_owned(),
            name: person.name.to_owned(),
            role: person.role,
            whole_record: true,
            extens: if person.role == Role::Agent { all.clone() } else { Vec::new() },
        };
        let id = accounts::add(tx, &new, hash).await?.ok_or(DemoError::NotEmpty)?;
        if let Some(exten) = &person.exten {
            agents.push((exten.clone(), id, person.name));
        }
    }
    Ok(agents)
}

#[cfg(test)]
mod tests;
