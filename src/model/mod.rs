//! The nouns of the house, pure and small: [`Key`], [`Meta`] and [`Entry`], [`Request`], [`Response`],
//! [`Headers`], [`Url`], [`Timestamp`] and [`Version`].
//!
//! Every other room may see these; they see nothing but each other.

mod bytes;
mod digest;
mod entry;
mod headers;
mod key;
mod limit;
mod request;
mod response;
mod table;
mod time;
mod url;
mod version;
mod wire;

pub use bytes::Bytes;
pub use digest::digest;
pub use entry::{Entry, Kind, Meta};
pub use headers::Headers;
pub use key::{Key, KeyError, MAX_KEY_LEN, NOTE, RESPONSE, SEALED, VALUE, fnv1a};
pub use limit::{Limit, OWN_TAG};
pub use request::{CacheMode, Credentials, Mode, Request};
pub use response::{Response, ResponseKind, StoredResponse};
pub use table::Table;
pub use time::{Millis, Timestamp};
pub use url::Url;
pub use version::{Clock, Version};
pub use wire::{Corrupt, Reader, Writer};
