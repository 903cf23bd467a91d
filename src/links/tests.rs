//! Links and the paths they come back as.
use super::*;

fn links(base: &str) -> Links {
    Links::new(Base::parse(base).unwrap())
}

#[test]
fn every_link_comes_back_as_its_path() {
    for base in ["http://localhost:8080", "https://x.example/a/b", "https://x.example/a/b/", "https://[::1]:8443"] {
        let l = links(base);
        let token = "AbC-_09";
        assert_eq!(l.path_of(&l.review_form(token)), Some("/r/AbC-_09"));
        assert_eq!(l.path_of(&l.star(token, 5)), Some("/r/AbC-_09/5"));
        assert_eq!(l.path_of(&l.unsubscribe(token)), Some("/u/AbC-_09"));
        assert_eq!(l.path_of(&l.profile("bottega.example")), Some("/shops/bottega.example"));
        assert_eq!(l.path_of(&l.badge("bottega.example")), Some("/badges/bottega.example.svg"));
        assert_eq!(l.path_of(&l.home()), Some("/"));
        assert_eq!(l.path_of("https://else.example/r/x"), None);
    }
}

#[test]
fn the_prefix_stands_once() {
    let l = links("https://x.example/a/b/");
    assert_eq!(l.profile("s.example"), "https://x.example/a/b/shops/s.example");
    assert_eq!(l.local(path::DOCS, &[]), "/a/b/docs");
    assert_eq!(l.path_of("https://x.example/a/b"), Some("/"));
    assert_eq!(l.path_of("https://x.example/a/bc"), None);
}

#[test]
fn segments_are_encoded() {
    let l = links("http://localhost");
    assert_eq!(l.api_product("s.example", "A/1 #2"), "http://localhost/v1/shops/s.example/products/A%2F1%20%232");
}

#[test]
fn only_plain_web_addresses_are_a_base() {
    for bad in ["", "x.example", "ftp://x.example", "https://x.example/?a=1", "https://u@x.example", "https://x/a b"] {
        assert!(Base::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(Base::parse("https://X.Example:443/").unwrap().to_string(), "https://x.example");
}

#[test]
fn without_public_url_the_listener_is_the_base() {
    let base = |text: &str| Base::listening(text.parse().unwrap()).to_string();
    assert_eq!(base("127.0.0.1:8080"), "http://127.0.0.1:8080");
    assert_eq!(base("0.0.0.0:80"), "http://127.0.0.1:80");
    assert_eq!(base("[::1]:8080"), "http://[::1]:8080");
}

#[test]
fn a_mail_address_is_a_url_whatever_stands_in_it() {
    let mailto = |address: &str| mailto(&EmailAddress::parse(address).unwrap(), "https://r.example/u/Ag-x?a=1&b");
    let subject = "?subject=https%3A%2F%2Fr.example%2Fu%2FAg-x%3Fa%3D1%26b";
    assert_eq!(mailto("stop@r.example"), format!("mailto:stop@r.example{subject}"));
    assert_eq!(mailto("st+op%/?@r.example"), format!("mailto:st%2Bop%25%2F%3F@r.example{subject}"));
}
