//! Text made comparable: lower case, without the diacritics of Vietnamese, so that `nguyen`
//! finds `Nguyễn` and `dang` finds `Đặng`.

/// `text` in lower case with its Vietnamese letters reduced to their base.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)).map(base).collect()
}

/// Combining diacritics: text may arrive decomposed.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn base(c: char) -> char {
    match c {
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ' | 'ẫ' | 'ậ' => {
            'a'
        }
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => 'e',
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'i',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở' | 'ỡ' | 'ợ' => {
            'o'
        }
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'u',
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'y',
        'đ' => 'd',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_is_found_without_its_diacritics() {
        assert_eq!(fold("NGUYỄN Thị Đặng Ưu Ỷ"), "nguyen thi dang uu y");
        assert_eq!(fold("Tiếng Vie\u{302}\u{323}t"), "tieng viet", "composed and decomposed are one");
    }
}
