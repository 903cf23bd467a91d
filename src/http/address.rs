//! Whose request it is: the address that limits count. Only proxies that the operator named are believed; of their
//! header the right-most hop that is not one of them counts, because everything left of it could be made up.
use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

use super::edge::Edge;

/// The client's address: the peer's, or what trusted proxies say.
pub fn client_address(req: &HttpRequest) -> IpAddr {
    let peer = req.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip().to_canonical());
    let Ok(edge) = Edge::of(req) else { return peer };
    if !edge.proxies().is_empty() {
        return resolve(peer, req.headers(), edge.proxies());
    }
    if is_private(peer) && !hops(req.headers()).is_empty() {
        edge.hint_at_proxy();
    }
    peer
}

/// Whether the request comes from this machine itself, through no proxy.
pub(super) fn is_local(req: &HttpRequest) -> bool {
    req.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback()) && hops(req.headers()).is_empty()
}

/// Pure: the client behind `peer`, given what the headers say and who is trusted.
fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return peer;
    }
    // Each kind of header gives its own answer; a kind that only names proxies says nothing.
    let mut answers: Vec<IpAddr> = hops(headers).iter().filter_map(|hops| right_most(hops, &is_trusted)).collect();
    answers.dedup();
    match answers.as_slice() {
        [one] => *one,
        // None, or a client slipped in a header that our proxies do not write: believe no one.
        _ => peer,
    }
}

/// The right-most hop that is not a proxy of ours; none when a hop cannot be read before that.
fn right_most(hops: &[String], is_trusted: &impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    for hop in hops.iter().rev() {
        let address = parse(hop)?;
        if !is_trusted(address) {
            return Some(address);
        }
    }
    None
}

/// The hops by kind of header, left to right; only the kinds that are there.
fn hops(headers: &HeaderMap) -> Vec<Vec<String>> {
    let all = |name: &str| -> Vec<String> {
        let values = headers.get_all(name).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(|hop| hop.trim().to_owned()).collect()
    };
    let forwarded = all("forwarded").iter().filter_map(|element| forwarded_for(element)).collect();
    let kinds = [forwarded, all("x-forwarded-for"), all("x-real-ip")];
    kinds.into_iter().filter(|kind| !kind.is_empty()).collect()
}

/// The `for` of one element of RFC 7239.
fn forwarded_for(element: &str) -> Option<String> {
    let named = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"').to_owned())
    };
    element.split(';').find_map(named)
}

/// An address, perhaps in brackets, perhaps with a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let plain = hop.trim_start_matches('[').trim_end_matches(']');
    let address =
        plain.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.map(|address| address.to_canonical())
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn client(peer: &str, headers: &[(&str, &str)], trusted: &[&str]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        resolve(peer.parse().unwrap(), &map, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_by_default() {
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "1.2.3.4")], &[]), "10.0.0.1");
        assert_eq!(client("9.9.9.9", &[("x-forwarded-for", "1.2.3.4")], &["10.0.0.0/8"]), "9.9.9.9");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.2")], trusted), "1.2.3.4");
        assert_eq!(
            client("10.0.0.1", &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "1.2.3.4")], trusted),
            "1.2.3.4"
        );
        assert_eq!(client("10.0.0.1", &[("x-real-ip", "1.2.3.4")], trusted), "1.2.3.4");
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "10.0.0.3")], trusted), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_with_quotes_ports_and_ipv6() {
        let trusted = &["10.0.0.0/8"];
        let said = |value: &str| client("10.0.0.1", &[("forwarded", value)], trusted);
        assert_eq!(said("for=6.6.6.6, For=\"[2001:db8::1]:4711\";proto=https"), "2001:db8::1");
        assert_eq!(said("proto=https;for=192.0.2.60"), "192.0.2.60");
        assert_eq!(said("for=_hidden"), "10.0.0.1");
        assert_eq!(said("for=1.2.3.4, for=unknown"), "10.0.0.1");
    }

    #[test]
    fn a_header_slipped_in_by_the_client_is_not_believed() {
        let headers = &[("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "1.2.3.4")];
        assert_eq!(client("10.0.0.1", headers, &["10.0.0.0/8"]), "10.0.0.1");
        let agree = &[("x-real-ip", "1.2.3.4"), ("x-forwarded-for", "1.2.3.4")];
        assert_eq!(client("10.0.0.1", agree, &["10.0.0.0/8"]), "1.2.3.4");
    }
}
