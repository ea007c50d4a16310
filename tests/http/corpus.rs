//! What the fuzzer has found worth keeping, replayed: a finding that is fixed stays fixed.

use super::checks::ALL;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_check_holds_for_its_corpus() {
    for (target, check) in ALL {
        let inputs = inputs("seeds", target).into_iter().chain(inputs("corpus", target));
        let mut held = 0;
        for input in inputs {
            let data = fs::read(&input).expect(target);
            let result = std::panic::catch_unwind(|| check(&data));
            assert!(result.is_ok(), "{}", input.display());
            held += 1;
        }
        assert!(held > 0, "{target}");
    }
}

fn inputs(of: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(of).join(target);
    let files = fs::read_dir(folder).into_iter().flatten();
    files.map(|file| file.expect(target).path()).collect()
}
