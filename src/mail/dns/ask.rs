//! The questions: TXT, addresses and mail exchangers of a name. The only place that speaks DNS.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::Answer;

/// How long one question may take, and how often it is asked again.
const TIMEOUT: Duration = Duration::from_secs(4);
const ATTEMPTS: usize = 2;
/// Records of one name that are looked at; a name with more is nobody's sending domain.
const MOST: usize = 100;

/// Why the resolver cannot be used: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the resolvers of this machine cannot be read ({0}); name one in dns.resolver")]
pub struct ResolverError(String);

/// Asks the resolvers of the settings.
#[derive(Clone)]
pub struct Resolver {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Network(Box<TokioResolver>),
    #[cfg(test)]
    Zone(std::sync::Arc<Zone>),
}

/// What stands where, for tests: names and their records, the kind before the record.
#[cfg(test)]
pub(super) type Zone = std::collections::HashMap<&'static str, Vec<&'static str>>;

impl Resolver {
    /// Asks these addresses, or the machine's own resolvers where there are none. Called within the runtime.
    ///
    /// # Errors
    /// [`ResolverError`] where the machine names none.
    pub fn new(resolvers: &[SocketAddr]) -> Result<Self, ResolverError> {
        let builder = if resolvers.is_empty() {
            TokioResolver::builder_tokio().map_err(|error| ResolverError(error.to_string()))?
        } else {
            let servers = resolvers.iter().copied().map(server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let mut builder = builder;
        let options = builder.options_mut();
        (options.timeout, options.attempts, options.cache_size) = (TIMEOUT, ATTEMPTS, 0);
        options.use_hosts_file = ResolveHosts::Never;
        let resolver = builder.build().map_err(|error| ResolverError(error.to_string()))?;
        Ok(Self { source: Source::Network(Box::new(resolver)) })
    }

    #[cfg(test)]
    pub(super) fn of_zone(zone: Zone) -> Self {
        Self { source: Source::Zone(std::sync::Arc::new(zone)) }
    }

    /// The TXT records of a name, each with its strings put together as DKIM and SPF want it.
    pub(super) async fn txt(&self, name: &str) -> Answer<String> {
        self.records(name, RecordType::TXT, |data| match data {
            RData::TXT(txt) => {
                let bytes: Vec<u8> = txt.txt_data.iter().flatten().copied().collect();
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => None,
        })
        .await
    }

    /// The addresses of a name, of both kinds.
    pub(super) async fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let four = self.records(name, RecordType::A, |data| match data {
            RData::A(a) => Some(IpAddr::V4(a.0)),
            _ => None,
        });
        let six = self.records(name, RecordType::AAAA, |data| match data {
            RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
            _ => None,
        });
        match (four.await, six.await) {
            (Answer::Found(mut four), Answer::Found(six)) => {
                four.extend(six);
                Answer::Found(four)
            }
            (Answer::Found(found), _) | (_, Answer::Found(found)) => Answer::Found(found),
            (Answer::Silent(why), _) | (_, Answer::Silent(why)) => Answer::Silent(why),
            (Answer::Nothing, Answer::Nothing) => Answer::Nothing,
        }
    }

    /// The mail exchangers of a name.
    pub(super) async fn exchangers(&self, name: &str) -> Answer<String> {
        self.records(name, RecordType::MX, |data| match data {
            RData::MX(mx) => Some(mx.exchange.to_ascii().trim_end_matches('.').to_owned()),
            _ => None,
        })
        .await
    }

    async fn records<T>(&self, name: &str, kind: RecordType, read: impl Fn(&RData) -> Option<T>) -> Answer<T> {
        let looked = match &self.source {
            // With the dot at its end, a name is never tried within the machine's own domain.
            Source::Network(resolver) => resolver.lookup(format!("{name}."), kind).await,
            #[cfg(test)]
            Source::Zone(zone) => return in_zone(zone, name, kind, read),
        };
        match looked {
            Ok(lookup) => {
                let found: Vec<T> =
                    lookup.answers().iter().filter_map(|record| read(&record.data)).take(MOST).collect();
                if found.is_empty() { Answer::Nothing } else { Answer::Found(found) }
            }
            Err(error) if error.is_no_records_found() => Answer::Nothing,
            Err(error) => Answer::Silent(said(&error)),
        }
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

fn server(address: SocketAddr) -> NameServerConfig {
    let at_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    let connections = vec![at_port(ConnectionConfig::udp()), at_port(ConnectionConfig::tcp())];
    NameServerConfig::new(address.ip(), true, connections)
}

fn said(error: &NetError) -> String {
    match error {
        NetError::Timeout => "the resolver did not answer in time".to_owned(),
        error => format!("the resolver gave no answer: {error}"),
    }
}

#[cfg(test)]
fn in_zone<T>(zone: &Zone, name: &str, kind: RecordType, read: impl Fn(&RData) -> Option<T>) -> Answer<T> {
    use hickory_resolver::proto::rr::Name;
    use hickory_resolver::proto::rr::rdata::{A, AAAA, MX, TXT};
    let Some(lines) = zone.get(name) else { return Answer::Nothing };
    let data = lines.iter().filter_map(|line| {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "TXT" => Some(RData::TXT(TXT::new(vec![rest.to_owned()]))),
            "A" => Some(RData::A(A(rest.parse().unwrap()))),
            "AAAA" => Some(RData::AAAA(AAAA(rest.parse().unwrap()))),
            "MX" => Some(RData::MX(MX::new(10, Name::from_ascii(rest).unwrap()))),
            _ => None,
        }
    });
    if lines.contains(&"SILENT") {
        return Answer::Silent("silent".to_owned());
    }
    let found: Vec<T> = data.filter(|data| data.record_type() == kind).filter_map(|data| read(&data)).collect();
    if found.is_empty() { Answer::Nothing } else { Answer::Found(found) }
}
