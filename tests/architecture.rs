//! Dependencies point one way: reads what each room uses, and holds it to the table.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms it may see. It may only see rooms above it, so nothing looks back.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("error", &["model"]),
    ("dom", &["error"]),
    ("event", &[]),
    ("stats", &["model"]),
    ("options", &["model", "error"]),
    ("http", &["model"]),
    ("strategy", &["model", "http"]),
    ("evict", &["model"]),
    ("directory", &["model"]),
    ("sync", &["model", "dom"]),
    ("origin", &["model", "dom"]),
    ("router", &["model", "http", "strategy", "origin"]),
    ("tier", &["model", "error", "dom", "event", "stats", "evict", "directory", "sync"]),
    ("engine", &["model", "error", "event", "http", "strategy", "sync", "origin", "router", "tier"]),
    (
        "browser",
        &[
            "model",
            "error",
            "dom",
            "event",
            "stats",
            "options",
            "http",
            "strategy",
            "directory",
            "sync",
            "origin",
            "router",
            "tier",
            "engine",
        ],
    ),
];

/// Nouns that stand in a room and are everybody's.
const NOUNS: &[&str] = &["tier::TierId", "tier::LocalFuture"];

/// What a room that must run anywhere, and give the same each time, has no business with.
const IMPURE: &[&str] =
    &["web_sys", "js_sys", "wasm_bindgen", "gloo_storage", "indexed_db_futures", "Instant", "SystemTime"];

struct Source {
    path: PathBuf,
    room: String,
    /// Comments left out.
    code: String,
    lines: usize,
}

#[test]
fn the_table_points_one_way() {
    for (index, (room, sees)) in ROOMS.iter().enumerate() {
        for seen in *sees {
            assert!(ROOMS[..index].iter().any(|(above, _)| above == seen), "{room} is above {seen}");
        }
    }
}

#[test]
fn every_room_sees_what_the_table_lets_it_see() {
    for source in sources() {
        if source.room == "lib" {
            continue;
        }
        let found = ROOMS.iter().find(|(room, _)| *room == source.room);
        let (_, sees) = found.unwrap_or_else(|| panic!("{} is in no known room", source.path.display()));
        for path in uses(&source.code) {
            let room = path.split("::").next().unwrap();
            let allowed = room == source.room || sees.contains(&room) || NOUNS.contains(&path.as_str());
            assert!(allowed, "{} uses crate::{path}", source.path.display());
        }
    }
}

#[test]
fn pure_rooms_know_no_browser_and_no_clock() {
    let sources = sources();
    let impure = wasm_only(&sources);
    assert!(impure.iter().any(|path| path.ends_with("src/tier/cookie.rs")), "{impure:?}");
    for source in sources.iter().filter(|source| !is_under(&source.path, &impure)) {
        for name in IMPURE {
            assert!(!mentions(&source.code, name), "{} mentions {name}", source.path.display());
        }
    }
}

#[test]
fn only_the_browser_room_speaks_to_javascript() {
    for source in sources().iter().filter(|source| source.room != "browser") {
        assert!(!source.code.contains("#[wasm_bindgen"), "{}", source.path.display());
    }
}

#[test]
fn a_file_fits_in_a_head() {
    let mut sizes: Vec<(usize, PathBuf)> = sources().into_iter().map(|s| (s.lines, s.path)).collect();
    sizes.sort();
    let (median, _) = &sizes[sizes.len() / 2];
    assert!(*median < 150, "half of the files have more than {median} lines");
    let (largest, path) = sizes.last().unwrap();
    assert!(*largest <= 400, "{} has {largest} lines", path.display());
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    read(&root, &root, &mut found);
    found
}

fn read(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let first = path.strip_prefix(root).unwrap().components().next().unwrap();
            let room = Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned();
            let code =
                text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n");
            found.push(Source { path, room, code, lines: text.lines().count() });
        }
    }
}

/// Each path after `crate::`, to its second segment: `tier::{A, B}` is `tier::A` and `tier::B`.
fn uses(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let room = ident(rest);
        assert!(!room.is_empty(), "one `use` a room: crate::{}", rest.lines().next().unwrap());
        match rest[room.len()..].strip_prefix("::") {
            Some(list) if list.starts_with('{') => {
                let list = &list[1..list.find('}').unwrap()];
                paths.extend(list.split(',').map(|name| format!("{room}::{}", ident(name.trim()))));
            }
            Some(name) => paths.push(format!("{room}::{}", ident(name))),
            None => paths.push(room.to_owned()),
        }
    }
    paths
}

fn ident(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The files and folders whose `mod` line is for wasm only.
fn wasm_only(sources: &[Source]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for source in sources {
        let lines: Vec<&str> = source.code.lines().collect();
        for pair in lines.windows(2) {
            let Some((_, name)) = pair[1].split_once("mod ") else { continue };
            if pair[0] == "#[cfg(target_arch = \"wasm32\")]" {
                let name = name.trim_end_matches(';');
                let folder = source.path.parent().unwrap();
                found.extend([folder.join(name), folder.join(name).with_extension("rs")]);
            }
        }
    }
    found
}

fn is_under(path: &Path, roots: &[PathBuf]) -> bool {
    roots.iter().any(|root| path.starts_with(root))
}

/// Whether `name` stands in `code` as a word.
fn mentions(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric() && c != '_')
    })
}
