//! Any story, in any order or all at once: the tally equals a recount, and one review stands.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::kernel::time::{DAY, HOUR};
use crate::reviews::house::{said, said_of};
use crate::reviews::store;
use crate::reviews::submit::{Submitted, submit};
use crate::reviews::tally::{reply_hours, tally};

#[derive(Clone, Debug)]
enum Step {
    Submit(i64, Option<i64>),
    Edit(prop::sample::Index, i64),
    Erase(prop::sample::Index),
    Restrict(prop::sample::Index),
    Restore(prop::sample::Index),
    Reply(prop::sample::Index),
    Withdraw(prop::sample::Index),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        3 => (1..=5_i64, prop::option::of(1..=5_i64)).prop_map(|(stars, item)| Step::Submit(stars, item)),
        3 => (at(), 1..=5_i64).prop_map(|(which, stars)| Step::Edit(which, stars)),
        1 => at().prop_map(Step::Erase),
        2 => at().prop_map(Step::Restrict),
        2 => at().prop_map(Step::Restore),
        2 => at().prop_map(Step::Reply),
        1 => at().prop_map(Step::Withdraw),
        2 => (0..3_i64).prop_map(Step::Wait),
    ]
}

/// Runs a story; the reviews it made, each with its author.
fn run(house: &House, shop: &Shop, steps: &[Step]) -> Vec<(Bearer, ReviewId)> {
    let mut made: Vec<(Bearer, ReviewId)> = Vec::new();
    for step in steps {
        match step {
            Step::Submit(stars, item) => {
                let bearer = house.customer(shop);
                let what = item.map_or_else(|| said(*stars), |item| said_of("TEA-1", item));
                house.submit(&bearer, &what);
                made.extend(house.all(&bearer).into_iter().map(|review| (bearer.clone(), review.id)));
            }
            Step::Wait(days) => house.clock.advance(days * DAY + HOUR),
            _ if made.is_empty() => {}
            Step::Edit(which, stars) => {
                let (bearer, id) = which.get(&made);
                edited(house, bearer, *id, words(*stars, &stars.to_string()));
            }
            Step::Erase(which) => drop(erased(house, &which.get(&made).0, which.get(&made).1)),
            Step::Restrict(which) => drop(restricted(house, which.get(&made).1)),
            Step::Restore(which) => drop(restored(house, which.get(&made).1)),
            Step::Reply(which) => drop(replied(house, shop, which.get(&made).1, "Grazie.")),
            Step::Withdraw(which) => drop(withdrawn(house, shop, which.get(&made).1)),
        }
    }
    made
}

#[test]
fn tally_and_reply_figures_equal_a_recount_after_any_story() {
    let house = House::new();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 48, ..ProptestConfig::default() });
    let stories = prop::collection::vec(step(), 1..40);
    runner
        .run(&stories, |steps| {
            let shop = house.shop();
            let made = run(&house, &shop, &steps);
            let counted = house.read(|conn| tally(conn, shop.id));
            prop_assert_eq!(counted, house.read(|conn| store::recount(conn, shop.id)));
            let mut hours: BTreeMap<i64, i64> = BTreeMap::new();
            for (_, id) in &made {
                if let Some(after) = house.review(*id).reply_hours() {
                    *hours.entry(after).or_default() += 1;
                }
            }
            let kept = house.read(|conn| reply_hours(conn, shop.id));
            prop_assert_eq!(kept.into_iter().map(|row| (row.hours, row.n)).collect::<BTreeMap<_, _>>(), hours);
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_posts_are_one_review_and_neighbours_do_not_lock_each_other() {
    let house = House::new();
    let shop = house.shop();
    let one = house.customer(&shop);
    let mut bearers = vec![one; 25];
    bearers.extend((0..25).map(|_| house.customer(&shop)));
    let posts = bearers.iter().cycle().take(100).cloned().map(|bearer| {
        let (ctx, db) = (house.ctx.clone(), house.ctx.db().clone());
        async move { db.write(move |tx| submit(tx, &ctx, &bearer, &said_of("CUP", 4))).await }
    });
    let answers = futures_util::future::join_all(posts).await;
    let published = answers.iter().filter(|answer| matches!(answer, Ok(Submitted::Published(_)))).count();
    let already = answers.iter().filter(|answer| matches!(answer, Ok(Submitted::Already))).count();
    assert_eq!((published, already), (26, 74), "{answers:?}");
    assert_eq!(counts(&house, &shop, ""), [[0, 0, 0, 26, 0]]);
    assert_eq!(counts(&house, &shop, "CUP"), [[0, 0, 0, 26, 0]]);
}
