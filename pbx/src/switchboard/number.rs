//! Numbers in what the dialplan dials.

/// What stands before a number: the scheme of an address, or what becomes of a dongle's other calls.
const PREFIXES: [&str; 5] = ["sip", "sips", "tel", "holdother", "holdall"];

/// The number in a `dialstring` of `Dial`: `0912345637@trunk`, `trunk/sip:0912345637@192.0.2.7`,
/// `i1/0912345637`, `dongle0/+84912345637`. None where there is none, as in `1000`'s own device. The
/// `resource` is the trunk's own name, which may be a number too: `842873001000/0912345637`.
pub(super) fn dialled_on_trunk(dialstring: &str, resource: &str) -> Option<String> {
    let parts = dialstring.split(['/', '@', ',', ';']).filter(|part| *part != resource);
    let numbers = parts.map(|part| match part.split_once(':') {
        Some((prefix, number)) if PREFIXES.contains(&prefix) => number,
        // An analog line waits at each `w`.
        _ => part.trim_start_matches(['w', 'W']),
    });
    numbers.filter(|part| is_number(part)).map(str::to_owned).next()
}

/// Is this a number that somebody may dial, and no word of the dialplan (`s`, `h`, `RG-600-1000`)?
pub(super) fn is_dialable(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#')
}

/// Is this too long for an extension, a queue or a service of the PBX? Then it leads outside.
pub(super) fn is_outside(text: &str) -> bool {
    const LONGER_THAN_EXTENSIONS: usize = 7;
    text.strip_prefix('+').unwrap_or(text).len() >= LONGER_THAN_EXTENSIONS && is_dialable(text)
}

/// The shortest number that is dialled on a trunk: emergency numbers have three digits.
const SHORTEST: usize = 3;

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.len() >= SHORTEST && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialled_on_trunk_finds_the_number_in_every_technologys_form() {
        for (dialstring, resource, number) in [
            ("0912345637@viettel-sip", "viettel-sip", Some("0912345637")),
            ("trunk-fpt/sip:0912000111@127.0.0.3:5060", "trunk-fpt", Some("0912000111")),
            ("i1/0904859696", "i1", Some("0904859696")),
            ("g0/0904859696,30", "4", Some("0904859696")),
            ("g0/ww0904859696", "4", Some("0904859696")),
            ("dongle0/+84912345637", "dongle0", Some("+84912345637")),
            ("dongle0/holdother:+84912345637", "dongle0", Some("+84912345637")),
            ("user:12345@carrier/0904859696@from-us", "carrier", Some("0904859696")),
            ("842873001000/0904859696", "842873001000", Some("0904859696")),
            ("842873001000/sip:0912000111@192.0.2.7", "842873001000", Some("0912000111")),
            ("0904859696@842873001000", "842873001000", Some("0904859696")),
            ("101/0904859696", "101", Some("0904859696")),
            ("842873001000", "842873001000", None),
            ("trunk", "trunk", None),
            ("1", "1", None),
            ("", "", None),
        ] {
            assert_eq!(dialled_on_trunk(dialstring, resource).as_deref(), number, "{dialstring}");
        }
    }

    #[test]
    fn words_of_the_dialplan_are_no_numbers() {
        assert!(["0904859696", "*98", "+84904859696", "1000"].into_iter().all(is_dialable));
        assert!(!["", "s", "h", "FMGL-0912000111", "RG-600-1000", "+"].into_iter().any(is_dialable));
    }
}
