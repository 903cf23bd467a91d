//! Every order is accounted for, whatever happens: random histories of two shops, told to a running instance over HTTP and SMTP and
//! beside it to the [`model`], which knows nothing of how the instance counts. Whenever a day is over, and at the end, the numbers must
//! agree in the accounting, in its table and in the public collection.
//!
//! Some histories are the same in every run. `HISTORIES=60` lives through so many others instead, from the seed `HISTORIES_SEED` on (1,000
//! without it); `HISTORIES_SEED=7` alone through that one. What fails is made shorter, and says its seed.

mod life;
mod model;
mod order;
mod steps;

use std::collections::BTreeMap;
use std::fmt;

use attesta::db::Engine;
use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use self::life::{Life, flat, number};
use self::model::Model;
use self::steps::{ORDERS, SHOPS, Step, shop_of};
use crate::support::house::ENGINES;

/// Histories that every run lives through, on each engine.
const ALWAYS: [u64; 3] = [1, 2, 3];
/// Histories tried to shorten one that fails.
const SHORTER: usize = 60;

/// A number on which instance and model do not agree.
struct Difference {
    shop: usize,
    /// `None`: over all days.
    day: Option<String>,
    name: String,
    expected: i64,
    said: i64,
    /// Orders of which they tell different things, with both; else all that may be meant.
    orders: Vec<(usize, String)>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.day.as_deref().unwrap_or("over all days");
        write!(f, "shop {}, {day}: `{}` should be {}, the API says {}", self.shop, self.name, self.expected, self.said)
    }
}

/// The first number that differs; one that is not told is none.
fn differing(expected: &Value, said: &Value) -> Option<(String, i64, i64)> {
    let (expected, said) = (flat(expected), flat(said));
    let names = expected.keys().chain(said.keys());
    let number = |of: &BTreeMap<String, i64>, name: &str| of.get(name).copied().unwrap_or(0);
    let both = |name: &String| (name.clone(), number(&expected, name), number(&said, name));
    names.map(both).find(|(_, expected, said)| expected != said)
}

/// What both say of these orders, where that differs; else the orders themselves.
async fn orders_of(life: &Life, model: &Model, orders: Vec<usize>) -> Vec<(usize, String)> {
    let mut told = Vec::new();
    for order in orders {
        let Some((state, why, eligible)) = model.stand(order) else { continue };
        let seen = life.bench.app.order(&life.shops[shop_of(order)], &number(order)).await;
        let expected = json!([state, why, eligible]);
        let said = json!([seen["state"], seen["reason"], seen["eligible"]]);
        told.push((order, expected != said, format!("should be {expected}, the API says {said}")));
    }
    let any = told.iter().any(|(_, differs, _)| *differs);
    told.into_iter().filter(|(_, differs, _)| *differs || !any).map(|(order, _, words)| (order, words)).collect()
}

/// Compares every day of both shops.
async fn compare(life: &Life, model: &Model) -> Result<(), Difference> {
    life.bench.app.rooms.count_what_moved().await.expect("counted");
    life.bench.app.rooms.account_for_what_moved().await.expect("counted");
    for shop in 0..SHOPS {
        for days in model.days() {
            for (day, said) in life.counted(shop, days).await {
                compare_day(life, model, (shop, day), &said).await?;
            }
        }
    }
    Ok(())
}

async fn compare_day(life: &Life, model: &Model, (shop, day): (usize, String), said: &Value) -> Result<(), Difference> {
    let state = |name: &str| said[name].as_i64().expect("a number");
    let states = ["waiting", "scheduled", "held", "sent", "reviewed", "skipped", "failed"];
    assert_eq!(state("orders"), states.map(state).iter().sum::<i64>(), "every order has one state: {said}");
    let Some((name, expected, said)) = differing(&model.numbers(shop, Some(&day)), said) else { return Ok(()) };
    let orders = orders_of(life, model, model.of_day(shop, &day)).await;
    Err(Difference { shop, day: Some(day), name, expected, said, orders })
}

/// Whether what is still to be sent stands in the lives of the mails, and nothing else does.
async fn compare_mails(life: &Life, model: &Model) -> Result<(), Difference> {
    for order in 0..ORDERS {
        let Some(expected) = model.to_come(order) else { continue };
        let said = life.to_come(order).await;
        if expected != said {
            let [expected, said] = [expected, said].map(|many| i64::try_from(many).expect("few mails"));
            let orders = orders_of(life, model, vec![order]).await;
            let name = format!("questions to come of order {order}");
            return Err(Difference { shop: shop_of(order), day: None, name, expected, said, orders });
        }
    }
    Ok(())
}

/// Compares what the public is told of both shops. A profile is read once: afterwards it is kept for a while.
async fn compare_in_public(life: &Life, model: &Model) -> Result<(), Difference> {
    for shop in 0..SHOPS {
        let (all, public) = (model.numbers(shop, None), life.public(shop).await);
        let mut told = json!({ "skipped": all["reasons"]["skipped"], "failed": all["reasons"]["failed"] });
        for name in ["orders", "eligible", "invited", "waiting", "scheduled", "held", "sent", "reviewed"] {
            told[name] = all[name].clone();
        }
        for (name, n) in ["cancelled_by_shop", "postponed", "hastened"].into_iter().zip(model.hands(shop)) {
            told[name] = json!(n);
        }
        let said: Value =
            told.as_object().expect("numbers").keys().map(|name| (name.clone(), public[name].clone())).collect();
        if let Some((name, expected, said)) = differing(&told, &said) {
            let orders = (0..ORDERS).filter(|order| shop_of(*order) == shop).collect();
            let orders = orders_of(life, model, orders).await;
            return Err(Difference { shop, day: None, name: format!("{name} in public"), expected, said, orders });
        }
    }
    Ok(())
}

/// Lives through a history on an instance of its own; fine where the engine is not installed.
async fn live(engine: Engine, steps: &[Step]) -> Result<(), Difference> {
    let Some(mut life) = Life::start(engine).await else { return Ok(()) };
    let mut model = Model::default();
    for step in steps {
        let day = life.now().day();
        life.play(*step).await;
        model.play(*step, life.now());
        life.breathe();
        if life.now().day() != day {
            compare(&life, &model).await?;
        }
    }
    compare(&life, &model).await?;
    life.play(Step::Run).await;
    model.play(Step::Run, life.now());
    compare(&life, &model).await?;
    // What the public is told is counted again within these ten seconds.
    life.bench.app.advance(10_000);
    life.play(Step::Run).await;
    model.play(Step::Run, life.now());
    compare_mails(&life, &model).await?;
    compare_in_public(&life, &model).await
}

/// The shortest history that still fails, with what it says.
async fn shorten(
    engine: Engine,
    tree: &mut impl ValueTree<Value = Vec<Step>>,
    found: Difference,
) -> (Vec<Step>, Difference) {
    let mut shortest = (tree.current(), found);
    let mut more = tree.simplify();
    for _ in 0..SHORTER {
        if !more {
            break;
        }
        let steps = tree.current();
        more = match live(engine, &steps).await {
            Err(found) => {
                shortest = (steps, found);
                tree.simplify()
            }
            Ok(()) => tree.complicate(),
        };
    }
    shortest
}

/// What a reader needs to see why.
fn story((steps, found): &(Vec<Step>, Difference)) -> String {
    let mut words = format!("{found}\n");
    for (order, both) in &found.orders {
        words += &format!("order {order} {both}:\n");
        for (n, step) in steps.iter().enumerate().filter(|(_, step)| step.concerns(*order)) {
            words += &format!("  {n:3} {step:?}\n");
        }
    }
    words
}

async fn history(engine: Engine, seed: u64) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let histories = proptest::collection::vec(steps::step(), 70..100);
    let mut tree = histories.new_tree(&mut runner).expect("a history");
    let Err(found) = live(engine, &tree.current()).await else { return Ok(()) };
    let first = found.to_string();
    let shortest = shorten(engine, &mut tree, found).await;
    Err(format!("HISTORIES_SEED={seed} on {engine:?}: {first}\nat its shortest: {}", story(&shortest)))
}

/// A number from the environment.
fn wanted(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// The seeds of this run.
fn seeds() -> Vec<u64> {
    match (wanted("HISTORIES_SEED"), wanted("HISTORIES")) {
        (None, None) => ALWAYS.to_vec(),
        (first, many) => (first.unwrap_or(1_000)..).zip(0..many.unwrap_or(1)).map(|(seed, _)| seed).collect(),
    }
}

#[tokio::test]
async fn whatever_happens_every_order_is_accounted_for() {
    let mut failed = Vec::new();
    for engine in ENGINES {
        for seed in seeds() {
            failed.extend(history(engine, seed).await.err());
        }
    }
    assert!(failed.is_empty(), "{} histories went wrong:\n{}", failed.len(), failed.join("\n"));
}
