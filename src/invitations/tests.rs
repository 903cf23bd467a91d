//! The room at work on a real database, with the outbox capturing mail and a clock that the tests step.

mod hands;
mod house;
mod person;
mod plan;
mod send;
