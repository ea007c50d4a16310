//! RFC 9110 §5.6.7.

use super::support::*;
use nearcache::http::{format_date, parse_date};
use nearcache::model::Timestamp;
use proptest::prelude::*;

#[test]
fn three_forms_and_no_other() {
    let noon = Some(at(0));
    let table = [
        ("Tue, 14 Nov 2023 12:00:00 GMT", noon),
        ("tue, 14 nov 2023 12:00:00 gmt", noon),
        ("Tuesday, 14-Nov-23 12:00:00 GMT", noon),
        ("Tue Nov 14 12:00:00 2023", noon),
        ("Mon Nov  6 12:00:00 2023", Some(at(-8 * 86_400))),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(Timestamp(0))),
        ("Thu, 29 Feb 2024 00:00:00 GMT", Some(Timestamp(1_709_164_800_000))),
        ("Tue, 31 Dec 1969 23:59:59 GMT", Some(Timestamp(0))),
        ("Sat, 31 Dec 2016 23:59:60 GMT", Some(Timestamp(1_483_228_799_000))),
        // Two digits: no more than 50 years ahead of now, else the last century.
        ("Friday, 14-Nov-73 12:00:00 GMT", Some(Timestamp(3_277_886_400_000))),
        ("Wednesday, 14-Nov-74 12:00:00 GMT", Some(Timestamp(153_662_400_000))),
        ("0", None),
        ("-1", None),
        ("", None),
        ("now", None),
        ("Tue, 14 Nov 2023 12:00:00 UTC", None),
        ("Tue, 14 Nov 2023 12:00:00 EST", None),
        ("Tue, 14 Nov 2023 12:00:00 +0000", None),
        ("Tue, 14 Nov 2023 12:00:00", None),
        ("Tue, 14 Nov 2023 12:00 GMT", None),
        ("Tue, 14 Nov 2023 2:00:00 GMT", None),
        ("Tue, 4 Nov 2023 12:00:00 GMT", None),
        ("Tue, 14 Nov 23 12:00:00 GMT", None),
        ("Tue, 14-Nov-2023 12:00:00 GMT", None),
        ("Tue, 14-Nov-23 12:00:00 GMT", None),
        ("Tue 14 Nov 2023 12:00:00 GMT", None),
        ("14 Nov 2023 12:00:00 GMT", None),
        ("Tue, 14 Foo 2023 12:00:00 GMT", None),
        ("Tue, 32 Nov 2023 12:00:00 GMT", None),
        ("Tue, 31 Nov 2023 12:00:00 GMT", None),
        ("Tue, 00 Nov 2023 12:00:00 GMT", None),
        ("Wed, 29 Feb 2023 12:00:00 GMT", None),
        ("Tue, 14 Nov 2023 24:00:00 GMT", None),
        ("Tue, 14 Nov 2023 12:60:00 GMT", None),
        ("Tue, 14 Nov 2023 12:00:61 GMT", None),
        ("Tue,  14 Nov 2023 12:00:00 GMT", None),
        ("Tue, 14 Nov 2023 12:00:00 GMT ", None),
        ("Tue, 14 Nov 2023 12:00:00 GMT, x", None),
        ("Tue, 14 Nov 2023 12.00.00 GMT", None),
        ("2023-11-14T12:00:00Z", None),
        ("1699963200", None),
        ("T\u{e9}e, 14 Nov 2023 12:00:00 GMT", None),
    ];
    for (text, time) in table {
        assert_eq!(parse_date(text, at(0)), time, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(seconds in 0_u64..253_402_300_800) {
        let time = Timestamp(seconds * 1000);
        prop_assert_eq!(parse_date(&format_date(time), Timestamp(0)), Some(time));
    }

    #[test]
    fn any_time_is_written(time: u64, around: u64) {
        prop_assert_eq!(format_date(Timestamp(time)).len(), 29);
        let _ = parse_date("Friday, 14-Nov-73 12:00:00 GMT", Timestamp(around));
    }
}
