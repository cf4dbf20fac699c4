//! The inputs that are kept, as ordinary tests: `corpus/TARGET` reaches what the fuzzer has
//! reached, and each file of `regressions/TARGET` once broke something.

use std::{fs, path::Path};

/// Gives every kept input of `target` to `check`, and says which one it is that fails.
pub fn replay(target: &str, check: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz");
    let mut inputs = 0;
    for folder in ["corpus", "regressions"].map(|kept| fuzz.join(kept).join(target)) {
        let files = if folder.exists() { fs::read_dir(folder).unwrap().collect() } else { Vec::new() };
        for file in files {
            let path = file.unwrap().path();
            let input = fs::read(&path).unwrap();
            inputs += 1;
            if std::panic::catch_unwind(|| check(&input)).is_err() {
                panic!("{target} fails on {}", path.display());
            }
        }
    }
    assert!(inputs > 0, "nothing is kept for {target}");
}
