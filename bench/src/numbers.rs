//! What comes out.

use std::time::Duration;

use serde::Serialize;

/// Latencies in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Spread {
    pub samples: usize,
    pub p50: f64,
    pub p99: f64,
    pub worst: f64,
}

impl Spread {
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let rank = |share: f64| {
            let at = (share * times.len() as f64).ceil() as usize;
            times.get(at.saturating_sub(1)).map_or(0.0, millis)
        };
        Self { samples: times.len(), p50: rank(0.5), p99: rank(0.99), worst: rank(1.0) }
    }

    /// Of several rounds: the medians of their ranks, and the worst of all.
    pub fn of_rounds<'a>(rounds: impl Iterator<Item = &'a Self> + Clone) -> Self {
        Self {
            samples: rounds.clone().map(|round| round.samples).sum(),
            p50: median(rounds.clone().map(|round| round.p50)),
            p99: median(rounds.clone().map(|round| round.p99)),
            worst: rounds.map(|round| round.worst).fold(0.0, f64::max),
        }
    }
}

/// The one in the middle, the lower one of two; 0 of none.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

fn millis(time: &Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_of_the_samples_themselves() {
        let spread = Spread::of((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!((spread.p50, spread.p99, spread.worst), (100.0, 198.0, 200.0));
        let one = Spread::of(vec![Duration::from_millis(7)]);
        assert_eq!((one.p50, one.p99, one.worst), (7.0, 7.0, 7.0));
        assert_eq!(Spread::of(vec![]).samples, 0);
    }

    #[test]
    fn a_bad_round_is_only_seen_in_the_worst() {
        let round = |ms| Spread::of(vec![Duration::from_millis(ms)]);
        let rounds = [round(2), round(90), round(1), round(3)];
        let all = Spread::of_rounds(rounds.iter());
        assert_eq!((all.samples, all.p50, all.p99, all.worst), (4, 2.0, 2.0, 90.0));
    }
}
