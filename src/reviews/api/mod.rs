//! The doors of this room: what a customer does behind a mailed link, and what everybody reads.
//!
//! A GET changes nothing, however often a scanner opens it; every change is a POST that a person sent. The token in the
//! path is the authority, and no handler here logs it. Pages answer in the customer's language, wire answers in JSON.

use actix_web::http::Method;
use actix_web::web;

use crate::http::{Audience, RouteTable};
use crate::links::path;

use super::show::{ANSWER, DROP, EDIT, ERASE, FRESH};

mod author;
mod guest;
mod link;
mod page;
mod photos;
mod wire;

/// Registers every route of this room.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::FORM, "review_form", Audience::Personal, || web::get().to(guest::review_form));
    table.add(Method::POST, path::FORM, "submit_review", Audience::Personal, || web::post().to(guest::submit_review));
    table.add(Method::GET, path::STAR, "review_form_stars", Audience::Personal, || {
        web::get().to(guest::review_form_stars)
    });
    table.add(Method::POST, FRESH, "request_fresh_link", Audience::Personal, || {
        web::post().to(guest::request_fresh_link)
    });
    table.add(Method::POST, EDIT, "edit_review", Audience::Personal, || web::post().to(author::edit_review));
    table.add(Method::GET, ERASE, "confirm_erase_review", Audience::Personal, || {
        web::get().to(author::confirm_erase_review)
    });
    table.add(Method::POST, ERASE, "erase_review", Audience::Personal, || web::post().to(author::erase_review));
    table.add(Method::POST, ANSWER, "answer_reply", Audience::Personal, || web::post().to(author::answer_reply));
    table.add(Method::POST, DROP, "drop_review_version", Audience::Personal, || {
        web::post().to(author::drop_review_version)
    });
    photos::routes(table);
    table.add(Method::GET, path::REVIEW, "show_review", Audience::Page, || web::get().to(page::show_review));
    table.add(Method::GET, path::V1_REVIEW, "read_review", Audience::Public, || web::get().to(wire::read_review));
    table.add(Method::GET, path::V1_REVIEWS, "list_reviews", Audience::Public, || web::get().to(wire::list_reviews));
}

#[cfg(test)]
mod tests;
