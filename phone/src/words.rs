//! What words beside a number mean. They are compared without case and diacritics.

use domain::fold::fold;

/// A word stands for an extension that follows it, such as `ext` and `máy lẻ`; `before` is the word
/// before it.
pub fn is_extension(before: Option<&str>, word: &str) -> bool {
    let folded = before.map(fold);
    match fold(word).as_str() {
        "x" | "ex" | "ext" | "extn" | "exten" | "extension" | "xt" | "int" | "internal" | "line" | "ml" | "sml"
        | "nb" | "nhanh" | "may" | "phim" | "bam" | "nhan" | "press" | "dw" | "durchwahl" | "poste" | "anexo"
        | "interno" | "ramal" | "доб" | "分机" | "内线" => true,
        "an" => word.to_lowercase() == "ấn",
        "le" | "phu" => word.to_lowercase() == "lẻ" || matches!(folded.as_deref(), Some("may" | "so")),
        "bo" => folded.as_deref() == Some("noi"),
        "number" | "no" | "num" | "so" => before.is_some_and(|before| is_extension(None, before)),
        _ => false,
    }
}

/// Nobody calls from there, and nobody is to be called there.
pub fn is_fax(word: &str) -> bool {
    matches!(fold(word).as_str(), "fax" | "telefax")
}

/// A pause in the memory of a telephone, between the number and what it dials after the answer.
pub fn is_pause(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "p" | "pp" | "w" | "ww")
}

/// Between two numbers: what follows is the other one, and no remark about the first.
pub fn is_or(word: &str) -> bool {
    matches!(fold(word).as_str(), "hoac" | "hay" | "or" | "va" | "and" | "voi" | "cung" | "et" | "ou" | "und" | "oder")
}

/// May stand at a number without a space between: `Zalo0904859696`, `ĐT0904859696`.
pub fn is_label(word: &str) -> bool {
    matches!(
        fold(word).as_str(),
        "t" | "tel"
            | "tell"
            | "telephone"
            | "phone"
            | "ph"
            | "m"
            | "mob"
            | "mobi"
            | "mobile"
            | "c"
            | "cell"
            | "hp"
            | "sms"
            | "f"
            | "fax"
            | "h"
            | "home"
            | "w"
            | "work"
            | "office"
            | "call"
            | "hotline"
            | "zalo"
            | "viber"
            | "whatsapp"
            | "wa"
            | "imess"
            | "telegram"
            | "skype"
            | "sip"
            | "d"
            | "dt"
            | "sdt"
            | "dtdd"
            | "dd"
            | "so"
            | "didong"
            | "cd"
            | "dtcd"
            | "dtb"
            | "dtban"
            | "ban"
            | "nha"
            | "nr"
            | "cq"
            | "lh"
            | "goi"
            | "me"
            | "bo"
            | "vo"
            | "chong"
            | "anh"
            | "chi"
            | "em"
            | "con"
            | "co"
            | "chu"
            | "bac"
    )
}
