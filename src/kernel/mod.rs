//! Kernel: the words of the trade, without I/O.
//!
//! Everyone may use it; it uses nobody. Each type here can only be made from a value that was checked, so that a
//! function which takes a [`email::EmailAddress`] or a [`domain::ShopDomain`] never has to ask again.
//! It never reads a clock, a file or an environment by itself: the one [`time::Clock`] and the one
//! [`random::Random`] are handed in, and are what tests replace.
//!
//! - *When*: [`time`], [`zone`], [`delay`]
//! - *Which*: [`id`], [`order_number`], [`domain`], [`page`], [`short`]
//! - *Who and what*: [`email`], [`text`], [`fold`], [`terms`], [`stars`], [`money`], [`country`], [`locale`]

pub mod country;
pub mod delay;
pub mod domain;
pub mod email;
pub mod id;
pub mod locale;
pub mod money;
pub mod order_number;
pub mod pace;
pub mod page;
pub mod random;
pub mod short;
pub mod stars;
pub mod terms;
pub mod text;
pub mod time;
pub mod zone;

pub use attesta_fold as fold;

/// Serde for a type that is written with `Display` and read with `parse`: its wire form is that text.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
        impl std::str::FromStr for $type {
            type Err = <$type as crate::kernel::Parsed>::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}
pub(crate) use serde_as_text;

/// Names the error of a type's `parse`, for [`serde_as_text`].
pub trait Parsed {
    /// What `parse` says when it refuses.
    type Error;
}
