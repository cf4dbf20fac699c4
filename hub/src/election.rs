//! Who is asked to look a caller up: the selected client, and the next one when it fails (R6).

use domain::ids::Extension;
use rand::{Rng, seq::SliceRandom};

/// In which order the extensions of a call are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    Random,
    /// These first, in this order; the others of the call after them, at random. An extension
    /// that is not in the call is never asked, listed or not.
    Preselected(Vec<Extension>),
}

/// Orders a call's candidates, each with its extension; the first is the selected one.
pub fn rank<C>(mut candidates: Vec<(Extension, C)>, order: &Order, rng: &mut impl Rng) -> Vec<C> {
    candidates.shuffle(rng);
    if let Order::Preselected(listed) = order {
        // Stable: those not listed stay shuffled, at the end.
        candidates.sort_by_key(|(exten, _)| listed.iter().position(|it| it == exten).unwrap_or(usize::MAX));
    }
    candidates.into_iter().map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn candidates() -> Vec<(Extension, u32)> {
        (1000..1012).map(|number| (Extension::new(number.to_string()), number)).collect()
    }

    #[test]
    fn preselection_orders_and_adds_nobody() {
        let order = Order::Preselected(vec!["1005".into(), "9999".into(), "1002".into()]);
        let ranked = rank(candidates(), &order, &mut StdRng::seed_from_u64(1));
        assert_eq!(ranked[..2], [1005, 1002]);
        assert_eq!(ranked.iter().collect::<BTreeSet<_>>().len(), 12);
    }

    #[test]
    fn at_random_everybody_gets_a_turn() {
        let mut rng = StdRng::seed_from_u64(1);
        let first: BTreeSet<u32> = (0..300).map(|_| rank(candidates(), &Order::Random, &mut rng)[0]).collect();
        assert_eq!(first.len(), 12);
    }
}
