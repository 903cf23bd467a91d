//! A letter of no room, a queue, a clock that is moved by hand and a mail server that does as it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use attesta::config::{Config, Secret};
use attesta::context::{Context, Parts};
use attesta::db::{self, DatabaseUrl, Db, migrate};
use attesta::jobs::{self, Job, Runner, Subject};
use attesta::kernel::email::EmailAddress;
use attesta::kernel::id::{Ids, ShopId};
use attesta::kernel::locale::Language;
use attesta::kernel::random::{Random, SeededRandom};
use attesta::kernel::time::{Clock, DAY, SteppedClock, Timestamp};
use attesta::kernel::zone::Zone;
use attesta::keyring::{Keyring, MasterKey};
use attesta::links::{Base, Links};
use attesta::mail::context::Frame;
use attesta::mail::identity::Identity;
use attesta::mail::{Draft, Fate, Letter, LetterJob, Logged, Mail, MailContext, Mailer, Settled, logged, samples};

use crate::support::postgres;

pub(super) const KIND: &str = "probe_letter";

/// Whose mail it is.
pub(super) fn shop() -> ShopId {
    ShopId::from_bytes([7; 16])
}

/// The n-th subject.
pub(super) fn subject(n: u8) -> Subject {
    Subject::from_bytes([1, 0x93, 0, 0, 0, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n])
}

/// The first sample of a mail.
pub(super) fn sample(name: &str) -> MailContext {
    let all = samples::all();
    let (_, contexts) = all.iter().find(|(known, _)| *known == name).expect("a known mail");
    contexts[0].clone()
}

/// An invitation to this address.
pub(super) fn mail_to(address: &str) -> Mail {
    Mail {
        shop_id: shop(),
        edition: 0,
        to: EmailAddress::parse(address).expect(address),
        identity: Identity::default(),
        reply_to: None,
        language: Language::It,
        zone: Zone::parse("Europe/Rome").unwrap(),
        hours: None,
        context: sample("invitation"),
    }
}

/// Changes the frame of an invitation.
pub(super) fn with_frame(mut mail: Mail, change: impl Fn(&mut Frame)) -> Mail {
    if let MailContext::Invitation(invitation) = &mut mail.context {
        change(&mut invitation.frame);
    }
    mail
}

/// What composes mails, without a database.
pub(super) fn composer() -> Mailer {
    let mut config = Config::for_tests();
    public(None)(&mut config);
    let clock: Arc<dyn Clock> = Arc::new(SteppedClock::new(Timestamp::EPOCH));
    Mailer::new(&config, &clock).unwrap()
}

/// Drafts what it was given, remembers what it was told.
#[derive(Default)]
pub(super) struct ProbeLetter {
    pub(super) drafts: Mutex<HashMap<Subject, Draft>>,
    pub(super) settled: Mutex<Vec<(Subject, Settled)>>,
    /// Its rows cannot be written.
    pub(super) broken: Mutex<bool>,
}

impl Letter for ProbeLetter {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn draft(&self, _conn: &mut db::Connection, _ctx: &Context, subject: Subject) -> db::Result<Draft> {
        Ok(self.drafts.lock().unwrap().get(&subject).cloned().unwrap_or(Draft::Gone))
    }

    fn settle(&self, _tx: &mut db::Connection, _ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        if *self.broken.lock().unwrap() {
            return Err(db::Error::corrupt("on purpose"));
        }
        self.settled.lock().unwrap().push((subject, what.clone()));
        Ok(())
    }
}

/// One instance with one kind of letter.
pub(super) struct Bench {
    pub(super) ctx: Context,
    pub(super) clock: Arc<SteppedClock>,
    pub(super) letter: Arc<ProbeLetter>,
    pub(super) mailer: Arc<Mailer>,
    pub(super) runner: Runner,
    _dir: Arc<tempfile::TempDir>,
}

/// Settings of an instance that the world reaches, with this mail server.
pub(super) fn public(smtp_url: Option<&str>) -> impl Fn(&mut Config) + use<> {
    let url = smtp_url.map(Secret::new);
    move |config| {
        config.public_url = Some(Base::parse("https://reviews.example").unwrap());
        config.smtp_url = url.clone();
    }
}

/// An instance on SQLite.
pub(super) fn bench(change: impl Fn(&mut Config)) -> Bench {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let mut config = Config::for_tests().in_dir(dir.path());
    change(&mut config);
    // Opening keys waits for the writer, which a runtime's own thread may not do.
    std::thread::spawn(move || build(config, dir)).join().unwrap()
}

/// One instance on each engine that is installed.
pub(super) fn benches(change: impl Fn(&mut Config)) -> Vec<Bench> {
    let mut all = vec![bench(&change)];
    all.extend(postgres::fresh_database().map(|url| {
        bench(|config| {
            change(config);
            config.database_url = DatabaseUrl::parse(&url).unwrap();
        })
    }));
    all
}

fn build(config: Config, dir: Arc<tempfile::TempDir>) -> Bench {
    let db = Db::open(&config.database_url, config.db_sizes()).unwrap();
    migrate::run(&db).unwrap();
    let clock = Arc::new(SteppedClock::new(Timestamp::parse("2026-11-22T09:00:00Z").unwrap()));
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
    let shared: Arc<dyn Clock> = clock.clone();
    let keyring = Keyring::open(&db, MasterKey::generate(&*random), Arc::clone(&random), shared.now()).unwrap();
    let mailer = Arc::new(Mailer::new(&config, &shared).unwrap());
    let ids = Ids::new(Arc::clone(&shared), Arc::clone(&random));
    let links = Links::new(config.base());
    let ctx = Context::new(Parts { config, db, clock: shared, random, keyring, links, ids });
    let letter = Arc::new(ProbeLetter::default());
    let job: Arc<dyn Job> = Arc::new(LetterJob::new(letter.clone(), Arc::clone(&mailer)));
    let runner = Runner::new(ctx.clone(), vec![job]);
    Bench { ctx, clock, letter, mailer, runner, _dir: dir }
}

impl Bench {
    /// Another node over the same database, clock, letter and mail server.
    pub(super) fn neighbour(&self) -> Runner {
        let config = self.ctx.config().clone();
        let mailer = Arc::new(Mailer::new(&config, self.ctx.clock()).unwrap());
        let parts = Parts {
            db: Db::open(&config.database_url, config.db_sizes()).unwrap(),
            config,
            clock: Arc::clone(self.ctx.clock()),
            random: Arc::new(SeededRandom::new(2)),
            keyring: self.ctx.keyring().clone(),
            links: self.ctx.links().clone(),
            ids: self.ctx.ids().clone(),
        };
        Runner::new(Context::new(parts), vec![Arc::new(LetterJob::new(self.letter.clone(), mailer))])
    }

    /// Puts a letter into the queue, due now.
    pub(super) async fn post(&self, n: u8, draft: Draft) {
        self.letter.drafts.lock().unwrap().insert(subject(n), draft);
        let now = self.clock.now();
        self.ctx.db().write(move |tx| jobs::enqueue(tx, KIND, subject(n), now)).await.unwrap();
    }

    pub(super) async fn post_mail(&self, n: u8, mail: Mail) {
        self.post(n, Draft::Send(Box::new(mail))).await;
    }

    /// Does everything that is due.
    pub(super) async fn run(&self) {
        self.runner.run_due().await.unwrap();
    }

    /// The one message about a subject.
    pub(super) async fn message(&self, n: u8) -> Logged {
        let all = self.ctx.db().read(move |conn| logged(conn, KIND, subject(n))).await.unwrap();
        assert_eq!(all.len(), 1, "one message about {n}: {all:?}");
        all[0].clone()
    }

    /// When the job of a subject is due, if it is in the queue.
    pub(super) async fn due(&self, n: u8) -> Option<Timestamp> {
        self.ctx.db().read(move |conn| jobs::due_of(conn, KIND, subject(n))).await.unwrap()
    }

    /// Moves the clock to when a subject is due next, and works. Returns the wait in ms.
    pub(super) async fn step(&self, n: u8) -> i64 {
        let due = self.due(n).await.expect("still in the queue");
        let waited = due.since(self.clock.now());
        assert!(waited <= 2 * DAY, "no wait is endless: {waited}");
        self.clock.advance(waited.max(0));
        self.run().await;
        waited
    }

    /// What the room was last told about a subject.
    pub(super) fn fate(&self, n: u8) -> Fate {
        let settled = self.letter.settled.lock().unwrap();
        settled.iter().rev().find(|(about, _)| *about == subject(n)).expect("the room was told").1.fate
    }

    /// Posts one mail and works once.
    pub(super) async fn send(&self, n: u8, address: &str) -> Fate {
        self.post_mail(n, mail_to(address)).await;
        self.run().await;
        self.fate(n)
    }
}
