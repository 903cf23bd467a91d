//! Precedence, did-you-mean, masking, and the defaults against the list of keys.
use std::collections::BTreeSet;

use super::settings::{DEFAULTS, KEYS, Settings};
use super::*;

fn load(flags: Flags, environment: Environment) -> Result<Config, ConfigError> {
    Config::load(&flags, &environment)
}

fn refusal(environment: Environment) -> String {
    load(Flags::none(), environment).unwrap_err().to_string()
}

#[test]
fn defaults_and_keys_name_the_same() {
    let mut section = String::new();
    let mut written = BTreeSet::new();
    let mut commented = false;
    for line in DEFAULTS.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        }
        let setting = line.strip_prefix("# ").unwrap_or(line);
        if let Some((name, _)) = setting.split_once(" = ")
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        {
            assert!(commented, "{name} has no comment");
            written.insert(format!("{section}{name}"));
        }
        commented = line.starts_with('#') || (commented && !line.is_empty());
    }
    let known: BTreeSet<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
    assert_eq!(written, known);
}

#[test]
fn nothing_has_to_be_set() {
    let config = Config::for_tests();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.base().to_string(), "http://127.0.0.1:8080");
    assert_eq!(config.database_url.to_string(), "sqlite:attesta-data/attesta.db");
    assert_eq!((config.submit_days, config.limits.wrong_tokens), (180, 20));
    assert!(config.listens_on_loopback());
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().to_str().unwrap();
    std::fs::write(dir.path().join("attesta.toml"), "submit_days = 10\ntoken_years = 1\n[limits]\nper_shop = 7\n")
        .unwrap();
    let flags = Flags::none().with("data_dir", Some(data_dir)).with("listen", Some("localhost:1"));
    let environment = Environment::empty().with("ATTESTA_TOKEN_YEARS", "2").with("ATTESTA_LISTEN", "127.0.0.1:2");
    let config = load(flags.clone(), environment.clone()).unwrap();
    assert_eq!((config.submit_days, config.token_years, config.limits.per_shop), (10, 2, 7));
    assert_eq!(config.listen.port(), 1);
    let settings = Settings::collect(&flags, &environment).unwrap();
    assert_eq!(settings.source("listen"), "flag --listen");
    assert_eq!(settings.source("token_years"), "environment ATTESTA_TOKEN_YEARS");
    assert_eq!(settings.source("limits.per_shop"), format!("file {data_dir}/attesta.toml"));
    assert_eq!(settings.source("workers"), "default");
    assert_eq!(settings.source("smtp_url"), "not set");
}

#[test]
fn a_file_can_hold_the_value() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("url");
    std::fs::write(&path, "https://x.example/a\n").unwrap();
    let environment = Environment::empty().with("ATTESTA_PUBLIC_URL_FILE", path.to_str().unwrap());
    assert_eq!(load(Flags::none(), environment.clone()).unwrap().base().to_string(), "https://x.example/a");
    let both = refusal(environment.with("ATTESTA_PUBLIC_URL", "https://y.example"));
    assert_eq!(both, "ATTESTA_PUBLIC_URL and ATTESTA_PUBLIC_URL_FILE are both set: give one of them");
    let config = load(Flags::none(), Environment::empty().with("ATTESTA_MASTER_KEY_FILE", "/k")).unwrap();
    assert_eq!(config.master_key_path(), PathBuf::from("/k"));
}

#[test]
fn unknown_keys_are_answered_with_the_nearest() {
    let said = refusal(Environment::empty().with("ATTESTA_PUBLIK_URL", "x"));
    assert_eq!(said, "ATTESTA_PUBLIK_URL (environment) is not a setting; did you mean ATTESTA_PUBLIC_URL?");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.toml");
    std::fs::write(&path, "[limits]\nper_shops = 1\n").unwrap();
    let flags = Flags::none().with_file(Some(path));
    let said = load(flags, Environment::empty()).unwrap_err().to_string();
    assert!(said.ends_with("is not a setting; did you mean limits.per_shop?"), "{said}");
}

#[test]
fn a_list_is_written_with_commas_or_as_in_a_file() {
    let with = |key: &str, value: &str| load(Flags::none().with_set(key, value), Environment::empty());
    let resolvers = |value: &str| {
        let config = with("dns.resolver", value).unwrap();
        config.dns.resolvers.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(resolvers(r#"["127.0.0.1:5399"]"#), ["127.0.0.1:5399"]);
    assert_eq!(resolvers("127.0.0.1:5399"), ["127.0.0.1:5399"]);
    assert_eq!(resolvers("9.9.9.9, [2620:fe::fe]:53"), ["9.9.9.9:53", "[2620:fe::fe]:53"]);
    assert_eq!(resolvers("[2620:fe::fe]:53"), ["[2620:fe::fe]:53"]);
    assert_eq!(resolvers(r#"["9.9.9.9", '[2620:fe::fe]:53']"#), ["9.9.9.9:53", "[2620:fe::fe]:53"]);
    assert_eq!(resolvers("[]"), Vec::<String>::new());
    for value in [r#"["14 per second", "2 connections to gmail.com"]"#, "14 per second, 2 connections to gmail.com"] {
        let limits: Vec<String> =
            with("mail.limits", value).unwrap().mail.limits.iter().map(ToString::to_string).collect();
        assert_eq!(limits, ["14 per second", "2 connections to gmail.com"], "{value}");
    }
    assert_eq!(with("trusted_proxies", r#"["10.0.0.0/8"]"#).unwrap().trusted_proxies.len(), 1);
    let environment = Environment::empty().with("ATTESTA_DNS_RESOLVER", r#"["9.9.9.9"]"#);
    assert_eq!(load(Flags::none(), environment).unwrap().dns.resolvers.len(), 1);
    for bad in ["[9.9.9.9]", r#"["9.9.9.9", 1]"#, r#"["x"]"#, "[["] {
        let said = with("dns.resolver", bad).unwrap_err().to_string();
        assert!(said.contains("expected a list of addresses, such as [\"9.9.9.9\""), "{bad}: {said}");
    }
}

#[test]
fn refusals_name_key_source_and_what_is_accepted() {
    let said = refusal(Environment::empty().with("ATTESTA_SUBMIT_DAYS", "soon"));
    assert_eq!(
        said,
        "submit_days = soon (environment ATTESTA_SUBMIT_DAYS) is not accepted: expected a whole number from 1 to 3650"
    );
    for (name, value) in [
        ("ATTESTA_LISTEN", "8080"),
        ("ATTESTA_PUBLIC_URL", "x.example"),
        ("ATTESTA_DATABASE_URL", "mysql://h/d"),
        ("ATTESTA_SMTP_URL", "mail.example"),
        ("ATTESTA_MAIL_FROM", "nobody"),
        ("ATTESTA_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("ATTESTA_LOG_FORMAT", "xml"),
        ("ATTESTA_LIMITS_PER_SHOP", "-1"),
    ] {
        assert!(refusal(Environment::empty().with(name, value)).contains(name), "{name}");
    }
}

#[test]
fn secrets_never_print() {
    let environment = Environment::empty()
        .with("ATTESTA_MASTER_KEY", "s3cret")
        .with("ATTESTA_METRICS_TOKEN", "s3cret")
        .with("ATTESTA_SMTP_URL", "smtps://joe:s3cret@mail.example")
        .with("ATTESTA_DATABASE_URL", "postgres://joe:s3cret@h/d?password=s3cret");
    let settings = Settings::collect(&Flags::none(), &environment).unwrap();
    let config = Config::from_settings(&settings).unwrap();
    let printed = format!("{config:?} {:?}", settings.lines());
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(printed.contains("smtps://joe:(not shown)@mail.example"), "{printed}");
    let broken = refusal(environment.with("ATTESTA_SMTP_URL", "smpt://joe:s3cret@mail.example"));
    assert!(!broken.contains("s3cret"), "{broken}");
}

#[test]
fn empty_variables_and_quotes_are_no_values() {
    let environment =
        Environment::empty().with("ATTESTA_SMTP_URL", " ").with("ATTESTA_PUBLIC_URL", "\"https://x.example\"");
    let config = load(Flags::none(), environment).unwrap();
    assert!(config.smtp_url.is_none());
    assert_eq!(config.base().to_string(), "https://x.example");
}

#[test]
fn lists_come_from_files_and_variables() {
    let config = load(Flags::none(), Environment::empty().with("ATTESTA_TRUSTED_PROXIES", "10.0.0.0/8, ::1")).unwrap();
    assert_eq!(config.trusted_proxies.len(), 2);
}

#[test]
fn a_found_file_cannot_move_the_data_folder() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("attesta.toml"), "data_dir = \"/elsewhere\"\n").unwrap();
    let flags = Flags::none().with("data_dir", dir.path().to_str());
    assert!(load(flags, Environment::empty()).unwrap_err().to_string().contains("cannot move it"));
}
