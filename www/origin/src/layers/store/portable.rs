//! Values as a service keeps them: bytes.

use std::time::{Duration, UNIX_EPOCH};

use bytes::{Buf, BufMut, Bytes};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::app::Answer;
use crate::message::{Reply, millis};

/// A value that can be written down and read again.
pub(crate) trait Portable: Clone + Send + Sync + 'static {
    /// Appends it to these bytes.
    fn pack(&self, bytes: &mut Vec<u8>);

    /// Reads it from all of these bytes; [`None`] where they are no such value.
    fn unpack(bytes: Bytes) -> Option<Self>;
}

impl Portable for Answer {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.put_u64(millis(self.modified));
        bytes.put_slice(&self.body);
    }

    fn unpack(mut bytes: Bytes) -> Option<Self> {
        let modified = UNIX_EPOCH + Duration::from_millis(bytes.try_get_u64().ok()?);
        Some(Self { body: bytes, modified })
    }
}

/// The status, the number of header lines, each line by its two lengths, the body.
impl Portable for Reply {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.put_u16(self.status().as_u16());
        bytes.put_u32(self.headers().len() as u32);
        for (name, value) in self.headers() {
            for part in [name.as_str().as_bytes(), value.as_bytes()] {
                bytes.put_u32(part.len() as u32);
                bytes.put_slice(part);
            }
        }
        bytes.put_slice(self.body());
    }

    fn unpack(mut bytes: Bytes) -> Option<Self> {
        let mut reply = Self::default();
        *reply.status_mut() = StatusCode::from_u16(bytes.try_get_u16().ok()?).ok()?;
        for _ in 0..bytes.try_get_u32().ok()? {
            let name = HeaderName::from_bytes(&part(&mut bytes)?).ok()?;
            let value = HeaderValue::from_maybe_shared(part(&mut bytes)?).ok()?;
            reply.headers_mut().append(name, value);
        }
        *reply.body_mut() = bytes;
        Some(reply)
    }
}

fn part(bytes: &mut Bytes) -> Option<Bytes> {
    let length = bytes.try_get_u32().ok()? as usize;
    (length <= bytes.len()).then(|| bytes.split_to(length))
}
