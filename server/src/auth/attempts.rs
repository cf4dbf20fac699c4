//! How often a sign-in may fail: per account, against guessing one password, and per address,
//! against trying one password on many accounts.
//!
//! An attempt counts when it begins, so that a hundred at once are a hundred; success takes it
//! back. After a few failures each further one makes the next wait twice as long.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    time::{Duration, Instant},
};

/// Failures of one account before it has to wait.
const ACCOUNT_FREE: u32 = 5;
/// Failures from one address: a whole call centre may sit behind one.
const ADDRESS_FREE: u32 = 30;
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// A failure is forgotten after this long without another.
const FORGET_AFTER: Duration = Duration::from_secs(900);
/// Names and addresses that are remembered; an attacker can invent more.
const MOST: usize = 10_000;

/// The failures of late.
#[derive(Debug, Default)]
pub struct Attempts {
    accounts: HashMap<String, Failures>,
    addresses: HashMap<IpAddr, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// How long the next attempt has to wait, seen from now.
    fn wait(&self, free: u32, now: Instant) -> Option<Duration> {
        let over = self.count.checked_sub(free)?;
        let wait = Duration::from_secs(2 << over.min(16)).min(LONGEST_WAIT);
        wait.checked_sub(now.duration_since(self.last)).filter(|left| !left.is_zero())
    }

    fn forgotten(&self, now: Instant) -> bool {
        now.duration_since(self.last) >= FORGET_AFTER
    }
}

impl Attempts {
    /// Begins an attempt, or says how long to wait before one.
    ///
    /// # Errors
    /// The time to wait. An attempt that has to wait does not count.
    pub fn begin(&mut self, login: &str, from: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        let login = login.to_lowercase();
        let account = self.accounts.get(&login).and_then(|failures| failures.wait(ACCOUNT_FREE, now));
        let address =
            from.and_then(|from| self.addresses.get(&from)).and_then(|failures| failures.wait(ADDRESS_FREE, now));
        if let Some(wait) = account.max(address) {
            return Err(wait);
        }
        count(&mut self.accounts, login, now);
        if let Some(from) = from {
            count(&mut self.addresses, from, now);
        }
        Ok(())
    }

    /// The attempt was right: the account starts anew, the address gets it back.
    pub fn succeeded(&mut self, login: &str, from: Option<IpAddr>) {
        self.accounts.remove(&login.to_lowercase());
        if let Some(failures) = from.and_then(|from| self.addresses.get_mut(&from)) {
            failures.count = failures.count.saturating_sub(1);
        }
    }
}

fn count<K: Clone + Eq + Hash>(failures: &mut HashMap<K, Failures>, key: K, now: Instant) {
    make_room(failures, now);
    let entry = failures.entry(key).or_insert(Failures { count: 0, last: now });
    if entry.forgotten(now) {
        entry.count = 0;
    }
    entry.count = entry.count.saturating_add(1);
    entry.last = now;
}

/// Forgets what is old, and if that is not enough, half of what failed least.
fn make_room<K: Clone + Eq + Hash>(failures: &mut HashMap<K, Failures>, now: Instant) {
    if failures.len() < MOST {
        return;
    }
    failures.retain(|_, entry| !entry.forgotten(now));
    if failures.len() < MOST {
        return;
    }
    let mut counts: Vec<_> = failures.values().map(|entry| (entry.count, entry.last)).collect();
    counts.sort_unstable();
    let middle = counts[counts.len() / 2];
    failures.retain(|_, entry| (entry.count, entry.last) > middle);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    fn fail(attempts: &mut Attempts, times: u32, login: impl Fn(u32) -> String, now: Instant) {
        for n in 0..times {
            assert_eq!(attempts.begin(&login(n), HERE, now), Ok(()));
        }
    }

    #[test]
    fn an_account_waits_longer_and_longer() {
        let mut attempts = Attempts::default();
        let mut now = Instant::now();
        fail(&mut attempts, ACCOUNT_FREE, |_| "an".into(), now);
        for seconds in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let wait = Duration::from_secs(seconds);
            assert_eq!(attempts.begin("An", None, now), Err(wait));
            now += wait;
            assert_eq!(attempts.begin("an", None, now), Ok(()), "after {seconds} s");
        }
        assert_eq!(attempts.begin("binh", None, now), Ok(()), "others do not wait");
        assert_eq!(attempts.begin("an", None, now + FORGET_AFTER), Ok(()));
        assert_eq!(attempts.begin("an", None, now + FORGET_AFTER), Ok(()), "all is forgotten");
    }

    #[test]
    fn an_address_waits_whichever_accounts_it_tries() {
        let mut attempts = Attempts::default();
        let now = Instant::now();
        fail(&mut attempts, ADDRESS_FREE, |n| format!("login{n}"), now);
        assert!(attempts.begin("another", HERE, now).is_err());
        assert_eq!(attempts.begin("another", Some([10, 0, 0, 1].into()), now), Ok(()));
    }

    #[test]
    fn success_takes_it_back() {
        let mut attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..100 {
            fail(&mut attempts, 1, |_| "an".into(), now);
            attempts.succeeded("AN", HERE);
        }
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_the_worst() {
        let mut attempts = Attempts::default();
        let now = Instant::now();
        fail(&mut attempts, ACCOUNT_FREE, |_| "an".into(), now);
        for n in 0..3 * MOST {
            let _ = attempts.begin(&format!("login{n}"), None, now + Duration::from_millis(n as u64 / 100));
        }
        assert!(attempts.accounts.len() <= MOST);
        assert!(attempts.begin("an", None, now).is_err(), "inventing names does not wash a record clean");
    }
}
