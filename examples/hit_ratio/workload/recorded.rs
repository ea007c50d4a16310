//! The recorded traces: gzipped lines of `key size`, in `NEARCACHE_TRACES` or `../shared/traces`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Workload;

/// All that are there; their names end in `*`.
pub(crate) fn recorded() -> Vec<Workload> {
    let folder =
        std::env::var_os("NEARCACHE_TRACES").map_or_else(|| "../shared/traces".into(), PathBuf::from);
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("no traces in {}: skipped (set NEARCACHE_TRACES to a folder of *.txt.gz)", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
    paths.iter().filter_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Option<Workload> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).ok()?).read_to_string(&mut text).ok()?;
    let number = |word: Option<&str>| word.and_then(|word| word.parse::<u64>().ok());
    let requests = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((number(words.next())?, number(words.next())?.max(1)))
        })
        .collect();
    let name = path.file_name()?.to_str()?.trim_end_matches(".txt.gz").to_owned();
    Some(Workload { skewed: name != "loop", name: format!("{name}*"), requests })
}
