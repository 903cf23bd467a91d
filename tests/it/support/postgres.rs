//! A private PostgreSQL cluster for the tests: made in a temporary folder when first needed, gone with the test process.
//!
//! `cargo test` alone needs nothing installed: where no PostgreSQL is found, its half of each test is left out and says
//! so. `tests/all` sets `TEST_POSTGRES=required`, and then a missing PostgreSQL is a failure.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use attesta::db::{DatabaseUrl, Db, Sizes, migrate};
use diesel::{Connection as _, PgConnection, connection::SimpleConnection as _};

/// A running cluster with a migrated template.
struct Cluster {
    port: u16,
    /// Ends, and takes the cluster along, when the test process does: its standard input closes.
    _keeper: Child,
}

/// Starts the server, waits for the end of standard input, stops the server, removes the folder.
const KEEPER: &str = r#"
set -e
initdb=$1; dir=$2; port=$3; as=$4
bin=$(dirname "$initdb")
$as "$initdb" -D "$dir/data" -A trust -U attesta -E UTF8 --no-sync >"$dir/log" 2>&1
$as "$bin/postgres" -D "$dir/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
  -c max_connections=200 -c shared_buffers=64MB >>"$dir/log" 2>&1 &
pid=$!
echo started
cat >/dev/null
kill "$pid" 2>/dev/null || true
wait "$pid" 2>/dev/null || true
rm -rf "$dir"
"#;

fn initdb() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|entry| entry.path().join("bin/initdb")).filter(|path| path.is_file()).collect();
    found.sort();
    let in_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    found.pop().or_else(|| in_path.map(|dir| dir.join("initdb")).find(|path| path.is_file()))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id -u runs");
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}

fn start(initdb: &Path) -> Cluster {
    let dir = tempfile::Builder::new().prefix("attesta-pg-").tempdir().expect("a temporary folder").keep();
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
    let run_as = if is_root() {
        // initdb refuses to run as root.
        let status = Command::new("chown").arg("nobody").arg(&dir).status().expect("chown runs");
        assert!(status.success(), "the cluster's folder belongs to an unprivileged user");
        "setpriv --reuid=nobody --regid=nogroup --clear-groups"
    } else {
        ""
    };
    let script = KEEPER.replace("$as ", &format!("{run_as} "));
    let mut keeper = Command::new("sh")
        .args(["-c", &script, "keeper"])
        .arg(initdb)
        .arg(&dir)
        .arg(port.to_string())
        .arg("")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the keeper of the cluster starts");
    let mut line = String::new();
    BufReader::new(keeper.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    assert_eq!(line, "started\n", "initdb succeeds; its log is {}", dir.join("log").display());
    let cluster = Cluster { port, _keeper: keeper };
    connect_patiently(&cluster);
    cluster.admin("CREATE DATABASE attesta_template");
    let template = Db::open(&DatabaseUrl::parse(&cluster.url("attesta_template")).expect("a URL"), Sizes::default())
        .expect("the template opens");
    migrate::run(&template).expect("the template migrates");
    cluster
}

/// Connecting blocks until the server listens; the number of tries is bounded, the clock is not consulted.
fn connect_patiently(cluster: &Cluster) {
    for _ in 0..3000 {
        if PgConnection::establish(&cluster.url("postgres")).is_ok() {
            return;
        }
        std::thread::yield_now();
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    panic!("the private PostgreSQL cluster did not start");
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        format!("postgres://attesta@127.0.0.1:{}/{database}", self.port)
    }

    fn admin(&self, sql: &str) {
        let mut conn = PgConnection::establish(&self.url("postgres")).expect("the cluster answers");
        conn.batch_execute(sql).expect(sql);
    }
}

fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match initdb() {
            Some(initdb) => Some(start(&initdb)),
            None if std::env::var("TEST_POSTGRES").as_deref() == Ok("required") => {
                panic!("tests/all needs a PostgreSQL server (Debian: apt-get install postgresql)")
            }
            None => {
                eprintln!("left out: the PostgreSQL half of the tests (no initdb found; tests/all installs it)");
                None
            }
        })
        .as_ref()
}

/// The URL of a fresh, migrated database of its own, or `None` where PostgreSQL is not installed.
pub(crate) fn fresh_database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let cluster = cluster()?;
    let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.admin(&format!("CREATE DATABASE {name} TEMPLATE attesta_template"));
    Some(cluster.url(&name))
}

/// The URL of a fresh, empty database (for tests of the migrations themselves).
pub(crate) fn empty_database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let cluster = cluster()?;
    let name = format!("e{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.admin(&format!("CREATE DATABASE {name}"));
    Some(cluster.url(&name))
}
