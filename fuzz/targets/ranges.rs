#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nearcache_fuzz::check("ranges", data));
