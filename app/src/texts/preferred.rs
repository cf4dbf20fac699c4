//! Which of our languages a browser prefers, as it says in `Accept-Language` (RFC 9110, 12.5.4).

use super::Lang;

impl Lang {
    /// The one of ours with the greatest weight, the first of several. A region or script makes no
    /// difference: `vi-VN` is Vietnamese, `en-GB` English. `*` stands for [`Lang::default`] where
    /// that is not named itself. None where the header accepts neither, or cannot be read.
    pub fn preferred(accept_language: &str) -> Option<Self> {
        let ranges: Vec<_> = accept_language.split(',').filter_map(range).collect();
        let is_named = |lang| ranges.iter().any(|(named, _)| *named == Named::One(lang));
        let accepted = ranges.iter().filter(|(_, weight)| *weight > 0.0).filter_map(|(named, weight)| match named {
            Named::One(lang) => Some((*lang, *weight)),
            Named::Any => (!is_named(Self::default())).then_some((Self::default(), *weight)),
            Named::Other => None,
        });
        // Of equals `max_by` would take the last.
        accepted.rev().max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(lang, _)| lang)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Named {
    One(Lang),
    /// A language that we do not have.
    Other,
    Any,
}

/// One language range and its weight, from 0 to 1.
fn range(text: &str) -> Option<(Named, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?.to_ascii_lowercase();
    let weight = match parts.next() {
        Some(parameter) => parameter.to_ascii_lowercase().strip_prefix("q=")?.trim().parse().ok()?,
        None => 1.0,
    };
    let primary = tag.split('-').next()?;
    let named = match Lang::from_tag(primary) {
        Some(lang) => Named::One(lang),
        None if primary == "*" => Named::Any,
        None => Named::Other,
    };
    (0.0..=1.0).contains(&weight).then_some((named, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferred_of_what_browsers_send_is_the_heaviest_of_ours() {
        for (header, lang) in [
            ("vi-VN,vi;q=0.9,fr-FR;q=0.8,fr;q=0.7,en-US;q=0.6,en;q=0.5", Some(Lang::Vi)),
            ("vi", Some(Lang::Vi)),
            ("en-US,en;q=0.9", Some(Lang::En)),
            ("en-US,en;q=0.9,vi;q=0.8", Some(Lang::En)),
            ("fr-FR,fr;q=0.9,en;q=0.8,vi;q=0.7", Some(Lang::En)),
            ("ko-KR,ko;q=0.9,vi;q=0.2", Some(Lang::Vi)),
            ("EN-gb", Some(Lang::En)),
            ("vi-Latn-VN", Some(Lang::Vi)),
            ("en;q=0.3, vi;q=0.7", Some(Lang::Vi)),
            ("en ; Q=0.3 , vi ; q=0.2", Some(Lang::En)),
            ("en,vi", Some(Lang::En)),
            ("vi,en", Some(Lang::Vi)),
            ("vi;q=0,en;q=0.1", Some(Lang::En)),
            ("*", Some(Lang::Vi)),
            ("en;q=0.8,*;q=0.5", Some(Lang::En)),
            ("vi;q=0,*;q=0.5", None),
        ] {
            assert_eq!(Lang::preferred(header), lang, "{header}");
        }
    }

    #[test]
    fn preferred_of_a_header_without_ours_is_none() {
        for header in ["", "fr-FR,fr;q=0.9", "en;q=0", "vietnamese", "english", ";;;", "en;q=x", "en;q=7", "en;level=1"]
        {
            assert_eq!(Lang::preferred(header), None, "{header}");
        }
    }
}
