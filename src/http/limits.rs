//! How often: limits by address and by shop (GCRA), counted on the injected clock, with bounded memory. Addresses are
//! counted before anything is checked, shops only after they have proved who they are, so that a stranger cannot use
//! up a shop's share. The answers carry `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11).
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest};
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::address::client_address;
use super::edge::Edge;
use super::table::Audience;
use crate::config;
use crate::kernel::time::Clock;
use crate::problem::{Code, Problem};

/// Window of every limit, in seconds.
const WINDOW: u64 = 60;
/// Callers counted one by one; beyond that they share buckets, so that memory stays bounded.
const MOST_CALLERS: usize = 100_000;
/// Shared buckets in that case.
const SHARED: u64 = 65_536;

/// The injected clock as governor wants it.
#[derive(Clone)]
struct Ticks(Arc<dyn Clock>);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().millis()).unwrap_or_default())
    }
}

/// What is left of one limit after this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    name: &'static str,
    quota: u32,
    remaining: u32,
    reset: u64,
}

/// Collected in the request while it is answered.
#[derive(Default)]
pub(super) struct Lefts(Vec<Left>);

impl Lefts {
    /// The values of `RateLimit-Policy` and `RateLimit`; none when nothing was counted.
    pub(super) fn fields(&self) -> Option<(String, String)> {
        if self.0.is_empty() {
            return None;
        }
        let policy = |left: &Left| format!("\"{}\";q={};w={WINDOW}", left.name, left.quota);
        let state = |left: &Left| format!("\"{}\";r={};t={}", left.name, left.remaining, left.reset);
        let join = |f: &dyn Fn(&Left) -> String| self.0.iter().map(f).collect::<Vec<_>>().join(", ");
        Some((join(&policy), join(&state)))
    }
}

type Counter = RateLimiter<u64, DashMapStateStore<u64>, Ticks, StateInformationMiddleware>;

/// One limit: so many per minute for each key.
struct Limit {
    name: &'static str,
    clock: Ticks,
    counter: Option<(NonZeroU32, Counter)>,
}

impl Limit {
    fn new(name: &'static str, per_minute: u32, clock: &Arc<dyn Clock>) -> Self {
        let clock = Ticks(Arc::clone(clock));
        let counter = NonZeroU32::new(per_minute).map(|quota| {
            let counter = RateLimiter::dashmap_with_clock(Quota::per_minute(quota), clock.clone());
            (quota, counter.with_middleware::<StateInformationMiddleware>())
        });
        Self { name, clock, counter }
    }

    /// Counts one; none where the limit is off.
    fn count(&self, key: u64) -> Result<Option<Left>, Problem> {
        let Some((quota, counter)) = &self.counter else { return Ok(None) };
        let key = if counter.len() < MOST_CALLERS { key } else { key % SHARED };
        let quota = quota.get();
        match counter.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = u64::from(quota.saturating_sub(remaining));
                let reset = used.saturating_mul(WINDOW).div_ceil(u64::from(quota));
                Ok(Some(Left { name: self.name, quota, remaining, reset }))
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
                let detail = format!("More than {quota} requests a minute. Try again in {seconds} seconds.");
                Err(Problem::new(Code::RateLimited, detail).with("limit", self.name).retry_after(seconds))
            }
        }
    }

    fn tidy(&self) {
        if let Some((_, counter)) = &self.counter {
            counter.retain_recent();
            counter.shrink_to_fit();
        }
    }
}

/// All limits of the process.
pub struct Limits {
    address: Limit,
    writes: Limit,
    shop: Limit,
    shop_writes: Limit,
    wrong_tokens: Limit,
}

impl Limits {
    pub(super) fn new(settings: &config::Limits, clock: &Arc<dyn Clock>) -> Self {
        Self {
            address: Limit::new("address", settings.per_address, clock),
            writes: Limit::new("address-writes", settings.writes_per_address, clock),
            shop: Limit::new("shop", settings.per_shop, clock),
            shop_writes: Limit::new("shop-writes", settings.writes_per_shop, clock),
            wrong_tokens: Limit::new("wrong-tokens", settings.wrong_tokens, clock),
        }
    }

    /// Forgets callers that have been quiet; called by a tick, about once a minute.
    pub fn tidy(&self) {
        for limit in [&self.address, &self.writes, &self.shop, &self.shop_writes, &self.wrong_tokens] {
            limit.tidy();
        }
    }

    /// Counts the caller's address, where the audience has a limit.
    pub(super) fn count_address(&self, req: &HttpRequest, audience: Audience) -> Result<(), Problem> {
        let limit = match audience {
            Audience::Private | Audience::Personal => &self.address,
            Audience::Write => &self.writes,
            Audience::Public | Audience::Cached | Audience::Page | Audience::Ops => return Ok(()),
        };
        if limit.counter.is_none() {
            return Ok(());
        }
        note(req, limit.count(address_key(client_address(req))))
    }
}

/// Counts a request against a shop's share. Call it only once the shop has proved who it is.
///
/// # Errors
/// `rate_limited`, with Retry-After.
pub fn count_shop(req: &HttpRequest, shop: &[u8]) -> Result<(), Problem> {
    let edge = Edge::of(req)?;
    let limits = edge.limits();
    let writes = req.extensions().get::<Audience>() == Some(&Audience::Write);
    let limit = if writes { &limits.shop_writes } else { &limits.shop };
    note(req, limit.count(hashed(shop)))
}

/// Counts a token that opened nothing; after 20 a minute (a setting) the address is told to wait.
///
/// # Errors
/// `rate_limited`, with Retry-After.
pub fn count_wrong_token(req: &HttpRequest) -> Result<(), Problem> {
    let edge = Edge::of(req)?;
    edge.limits().wrong_tokens.count(address_key(client_address(req))).map(drop)
}

/// Keeps what is left for the answer's headers.
fn note(req: &HttpRequest, counted: Result<Option<Left>, Problem>) -> Result<(), Problem> {
    if let Some(left) = counted? {
        let mut extensions = req.extensions_mut();
        if let Some(lefts) = extensions.get_mut::<Lefts>() {
            lefts.0.push(left);
        } else {
            extensions.insert(Lefts(vec![left]));
        }
    }
    Ok(())
}

/// One key per IPv4 address or IPv6 /64: whoever has a /64 has all of it.
pub(super) fn address_key(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => hashed(&v4.octets()),
        IpAddr::V6(v6) => hashed(v6.octets().first_chunk::<8>().map_or(&[][..], |half| half)),
    }
}

fn hashed(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::{MINUTE, SteppedClock, Timestamp};

    fn stepped(per_minute: u32) -> (Limit, Arc<SteppedClock>) {
        let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(1_000_000_000_000)));
        let shared: Arc<dyn Clock> = clock.clone();
        (Limit::new("test", per_minute, &shared), clock)
    }

    #[test]
    fn a_minute_refills_and_the_refusal_says_when() {
        let (limit, clock) = stepped(20);
        for n in 1..=20 {
            let left = limit.count(7).unwrap().unwrap();
            assert_eq!((left.remaining, left.reset), (20 - n, u64::from(n) * 3));
        }
        let refused = limit.count(7).unwrap_err();
        assert_eq!((refused.status(), refused.retry_after_seconds()), (429, Some(3)));
        assert!(limit.count(8).is_ok(), "another caller has its own share");
        clock.advance(MINUTE);
        assert_eq!(limit.count(7).unwrap().unwrap().remaining, 19);
    }

    #[test]
    fn quiet_callers_are_forgotten_and_zero_is_off() {
        let (limit, clock) = stepped(5);
        for key in 0..1000 {
            limit.count(key).unwrap();
        }
        clock.advance(2 * MINUTE);
        limit.tidy();
        assert_eq!(limit.counter.as_ref().map(|(_, counter)| counter.len()), Some(0));
        let (off, _) = stepped(0);
        assert_eq!(off.count(1).unwrap(), None);
    }

    #[test]
    fn ipv6_counts_by_network_and_mapped_ipv4_as_ipv4() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:1.2.3.4"), key("1.2.3.4"));
        assert_ne!(key("1.2.3.4"), key("1.2.3.5"));
    }

    #[test]
    fn the_fields_are_structured() {
        let left = |name| Left { name, quota: 600, remaining: 599, reset: 1 };
        let (policy, state) = Lefts(vec![left("address"), left("shop")]).fields().unwrap();
        assert_eq!(policy, "\"address\";q=600;w=60, \"shop\";q=600;w=60");
        assert_eq!(state, "\"address\";r=599;t=1, \"shop\";r=599;t=1");
        assert_eq!(Lefts::default().fields(), None);
    }
}
