//! HTTP-date (RFC 9110 §5.6.7): its three forms read, the preferred one written.

use super::text::{delta_seconds, push_number, trim};
use crate::model::{Headers, Millis, Timestamp};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: u64 = 86_400;

/// Reads an HTTP-date in one of its three exact forms, else `None`; case doesn't matter (RFC 9111 §4.2).
/// Moments before 1970 are clamped to it. `around` settles the century of a two-digit year: no more than
/// 50 years after it.
///
/// ```
/// # use nearcache::{http::parse_date, model::Timestamp};
/// let epoch = Timestamp(0);
/// assert_eq!(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", epoch), Some(Timestamp(784_111_777_000)));
/// assert_eq!(parse_date("0", epoch), None);
/// ```
#[must_use]
pub fn parse_date(text: &str, around: Timestamp) -> Option<Timestamp> {
    let mut input = Input(text);
    match text.as_bytes().get(3)? {
        b',' => imf_fixdate(&mut input),
        b' ' => asctime(&mut input),
        _ => rfc850(&mut input, around),
    }
    .filter(|_| input.0.is_empty())
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn imf_fixdate(input: &mut Input<'_>) -> Option<Timestamp> {
    input.short_day()?;
    input.literal(", ")?;
    let day = input.digits(2)?;
    input.literal(" ")?;
    let month = input.month()?;
    input.literal(" ")?;
    let year = input.digits(4)?;
    input.literal(" ")?;
    let time = input.time()?;
    input.literal(" GMT")?;
    timestamp(year, month, day, time)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(input: &mut Input<'_>, around: Timestamp) -> Option<Timestamp> {
    let (name, _) = input.0.split_once(',')?;
    DAYS.iter().find(|day| day.eq_ignore_ascii_case(name))?;
    input.literal(name)?;
    input.literal(", ")?;
    let day = input.digits(2)?;
    input.literal("-")?;
    let month = input.month()?;
    input.literal("-")?;
    let short = input.digits(2)?;
    input.literal(" ")?;
    let time = input.time()?;
    input.literal(" GMT")?;
    // The latest year with these digits that is no more than 50 years ahead.
    let latest = year_of(around.0 / 1000 / DAY) + 50;
    let year = latest - (latest + 100 - short) % 100;
    timestamp(year, month, day, time)
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(input: &mut Input<'_>) -> Option<Timestamp> {
    input.short_day()?;
    input.literal(" ")?;
    let month = input.month()?;
    input.literal(" ")?;
    let day = match input.literal(" ") {
        Some(()) => input.digits(1)?,
        None => input.digits(2)?,
    };
    input.literal(" ")?;
    let time = input.time()?;
    input.literal(" ")?;
    let year = input.digits(4)?;
    timestamp(year, month, day, time)
}

struct Input<'a>(&'a str);

impl Input<'_> {
    fn literal(&mut self, text: &str) -> Option<()> {
        let (start, rest) = self.0.split_at_checked(text.len())?;
        start.eq_ignore_ascii_case(text).then(|| self.0 = rest)
    }

    fn digits(&mut self, count: usize) -> Option<u64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        super::text::integer(digits)
    }

    fn short_day(&mut self) -> Option<()> {
        let (name, rest) = self.0.split_at_checked(3)?;
        DAYS.iter().find(|day| day.get(..3).is_some_and(|day| day.eq_ignore_ascii_case(name)))?;
        self.0 = rest;
        Some(())
    }

    fn month(&mut self) -> Option<u64> {
        let (name, rest) = self.0.split_at_checked(3)?;
        self.0 = rest;
        MONTHS.iter().zip(1..).find(|(month, _)| month.eq_ignore_ascii_case(name)).map(|(_, number)| number)
    }

    /// Seconds since midnight; a leap second counts as the one before it.
    fn time(&mut self) -> Option<u64> {
        let hour = self.digits(2).filter(|hour| *hour < 24)?;
        self.literal(":")?;
        let minute = self.digits(2).filter(|minute| *minute < 60)?;
        self.literal(":")?;
        let second = self.digits(2).filter(|second| *second <= 60)?;
        Some(hour * 3600 + minute * 60 + second.min(59))
    }
}

fn timestamp(year: u64, month: u64, day: u64, time: u64) -> Option<Timestamp> {
    if day == 0 || day > days_in(year, month) {
        return None;
    }
    let days = days_before(year) + (1..month).map(|m| days_in(year, m)).sum::<u64>() + day - 1;
    Some(Timestamp(days.saturating_sub(days_before(1970)).saturating_mul(DAY).saturating_add(time) * 1000))
        .map(|at| if year < 1970 { Timestamp(0) } else { at })
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1 January of the year 0 to that of `year`, in the Gregorian calendar.
fn days_before(year: u64) -> u64 {
    let Some(last) = year.checked_sub(1) else { return 0 };
    year * 365 + last / 4 - last / 100 + last / 400 + 1
}

/// The year of a day since the epoch.
fn year_of(day: u64) -> u64 {
    // The last day of the year 9999, which keeps the walk below short for any timestamp.
    let day = day.min(2_932_896);
    let mut year = 1970 + day / 366;
    while days_before(year + 1) - days_before(1970) <= day {
        year += 1;
    }
    year
}

/// Writes an HTTP-date in the preferred form.
///
/// ```
/// # use nearcache::{http::format_date, model::Timestamp};
/// assert_eq!(format_date(Timestamp(784_111_777_999)), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
#[must_use]
pub fn format_date(at: Timestamp) -> String {
    // The form has four digits for the year; 9999 is far enough.
    let seconds = (at.0 / 1000).min(253_402_300_799);
    let day = seconds / DAY;
    let time = seconds % DAY;
    let year = year_of(day);
    let mut rest = day - (days_before(year) - days_before(1970));
    let mut month = 1;
    while rest >= days_in(year, month) {
        rest -= days_in(year, month);
        month += 1;
    }
    // 1 January 1970 was a Thursday.
    let name = DAYS.get(((day + 3) % 7) as usize).and_then(|name| name.get(..3)).unwrap_or_default();
    let mut out = String::with_capacity(29);
    out.push_str(name);
    out.push_str(", ");
    two_digits(&mut out, rest + 1);
    out.push(' ');
    out.push_str(MONTHS.get(month as usize - 1).copied().unwrap_or_default());
    out.push(' ');
    push_number(&mut out, year);
    for (mark, number) in [(' ', time / 3600), (':', time / 60 % 60), (':', time % 60)] {
        out.push(mark);
        two_digits(&mut out, number);
    }
    out.push_str(" GMT");
    out
}

fn two_digits(out: &mut String, n: u64) {
    if n < 10 {
        out.push('0');
    }
    push_number(out, n);
}

/// How long `Retry-After` asks to wait: seconds, or until a date (RFC 9110 §10.2.3).
///
/// ```
/// # use nearcache::{http::retry_after, model::{Headers, Millis, Timestamp}};
/// let headers: Headers = [("retry-after", "120")].into_iter().collect();
/// assert_eq!(retry_after(&headers, Timestamp(0)), Some(Millis::from_secs(120)));
/// ```
#[must_use]
pub fn retry_after(headers: &Headers, now: Timestamp) -> Option<Millis> {
    let value = trim(headers.get("retry-after")?);
    match delta_seconds(value) {
        Some(seconds) => Some(Millis::from_secs(seconds)),
        None => parse_date(value, now).map(|at| at.since(now)),
    }
}
