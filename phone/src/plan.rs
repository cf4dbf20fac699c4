//! Digits, as they are written or dialled in a region, and the number that they are.

use domain::phone::E164;

use super::{Region, vietnam};

/// E.164 has 15 digits at most; four more cover `00` and a trunk prefix.
const MOST_DIGITS: usize = 19;
const VIETNAM: &str = "84";

/// The number that these groups of digits are together, if it is in use; `plus` is a `+` before
/// the first.
pub fn number(plus: bool, groups: &[&str], region: Region) -> Option<E164> {
    let digits = groups.concat();
    if digits.is_empty() || digits.len() > MOST_DIGITS {
        return None;
    }
    let code = region.calling_code()?.to_string();
    if let Some(national) = vietnam::old_saigon(groups).filter(|_| code == VIETNAM || plus) {
        return known(VIETNAM, &national);
    }
    let mut readings = readings(plus, &digits, &code);
    readings.find_map(|digits| valid(&digits))
}

/// The digits with the country's code before them, in all the ways that they may be meant, the
/// likeliest first.
fn readings(plus: bool, digits: &str, code: &str) -> impl Iterator<Item = String> {
    // No country's code begins with a zero: some trunks put a plus before a national number.
    let plus = plus && !digits.starts_with('0');
    let national = (!plus).then(|| format!("{code}{digits}"));
    // A spreadsheet drops the zero of 084…, which is a mobile network's and not the country.
    let unzeroed = national.clone().filter(|_| code == VIETNAM && vietnam::is_mobile(digits));
    let prefixed = if plus { Some(digits) } else { digits.strip_prefix("00") };
    let named = Some(digits).filter(|digits| digits.starts_with(code));
    let zeroed = Some(digits.trim_start_matches('0')).filter(|digits| !plus && digits.starts_with(code));
    let international = prefixed.or(named).map(ToOwned::to_owned);
    [unzeroed, international, national, zeroed.map(ToOwned::to_owned)].into_iter().flatten()
}

/// Digits that begin with a calling code, if they are a number in use there.
fn valid(digits: &str) -> Option<E164> {
    let Some(national) = digits.strip_prefix(VIETNAM) else { return known("", digits) };
    let readings = vietnam::readings(national);
    let own = readings.last().filter(|own| vietnam::may_become_mobile(own));
    let known = readings.iter().find_map(|national| known(VIETNAM, national));
    known.or_else(|| E164::try_from(format!("+{VIETNAM}{}", own?)).ok())
}

/// A national number of Vietnam, if the tables have it.
pub fn known_in_vietnam(national: &str) -> Option<E164> {
    known(VIETNAM, national)
}

/// The number, if the tables of the world's numbers have it.
fn known(code: &str, digits: &str) -> Option<E164> {
    if code == VIETNAM && vietnam::is_mobile(digits) {
        return E164::try_from(format!("+{code}{digits}")).ok();
    }
    let read = |written: &str| {
        let number = phonenumber::parse(None, written).ok().filter(phonenumber::PhoneNumber::is_valid)?;
        Some(number.format().mode(phonenumber::Mode::E164).to_string())
    };
    // With a stray zero the tables read some numbers that they do not know without it.
    let number = read(&format!("+{code}{digits}")).and_then(|number| read(&number))?;
    E164::try_from(number).ok()
}
