//! HTTP-dates: each moment in each form is read back, and what is read is what is written.

use super::dice::Dice;
use super::value;
use nearcache::http::{format_date, parse_date};
use nearcache::model::Timestamp;

/// The first second after the year 9999.
const END: u64 = 253_402_300_800;

pub(crate) fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    if kind % 2 == 0 {
        made(&mut Dice(rest));
    } else {
        let (around, text) = rest.split_at(rest.len().min(8));
        any(&value(text), Timestamp(Dice(around).number()));
    }
}

fn any(text: &str, around: Timestamp) {
    let Some(at) = parse_date(text, around) else { return };
    assert_eq!(at, parse_date(&text.to_ascii_lowercase(), around).expect("case doesn't matter"));
    if at.0 / 1000 >= END {
        // A two-digit year by a clock beyond what four digits can say.
        return;
    }
    let written = format_date(at);
    assert_eq!(parse_date(&written, around), Some(at), "{written}");
    if text.as_bytes()[3] == b',' && at > Timestamp(0) && !text.contains(":60") {
        // Nobody checks which day of the week it was.
        assert!(written[5..].eq_ignore_ascii_case(&text[5..]), "{written}");
    }
}

fn made(dice: &mut Dice<'_>) {
    let seconds = dice.number() % END;
    let at = Timestamp(seconds * 1000);
    let (year, month, day) = civil(seconds / 86_400);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let names = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (name, month) = (names[(seconds / 86_400 % 7) as usize], months[month as usize - 1]);
    let imf = format!("{}, {day:02} {month} {year:04} {time} GMT", &name[..3]);
    assert_eq!(parse_date(&imf, Timestamp(dice.number())), Some(at), "{imf}");
    assert_eq!(format_date(at), imf);
    let asctime = format!("{} {month} {day:2} {time} {year:04}", &name[..3]);
    assert_eq!(parse_date(&asctime, Timestamp(dice.number())), Some(at), "{asctime}");
    // RFC 9110 §5.6.7: two digits are of the past once they appear more than 50 years ahead.
    let rfc850 = format!("{name}, {day:02}-{month}-{:02} {time} GMT", year % 100);
    let around =
        Timestamp((seconds + u64::from(dice.byte()) * 86_400 * 300).saturating_sub(86_400 * 365) * 1000);
    let (near, _, _) = civil(around.0 / 86_400_000);
    if (near + 50) - 99 <= year && year <= near + 50 {
        assert_eq!(parse_date(&rfc850, around), Some(at), "{rfc850} near {near}");
    }
}

/// Year, month and day of a day since the epoch (Howard Hinnant's `civil_from_days`).
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let (era, doe) = (z / 146_097, z % 146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + u64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}
