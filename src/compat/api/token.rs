//! The token route.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::Answer;
use crate::compat::token::{self, Outcome, Request};
use crate::context::Context;
use crate::http::RawBody;
use crate::problem::{Code, Problem};

/// `oauth/oauth-business-users-for-applications/accesstoken`.
pub(super) async fn compat_grant_token(req: HttpRequest, ctx: web::Data<Context>, body: RawBody) -> Answer {
    let header = |name: header::HeaderName| req.headers().get(name).and_then(|value| value.to_str().ok());
    let kind = header(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail = "Send the form as application/x-www-form-urlencoded.";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    let form = serde_urlencoded::from_bytes(&body.0).unwrap_or_default();
    let request = Request { authorization: header(header::AUTHORIZATION), form };
    Ok(match token::grant(&ctx, &request).await? {
        Outcome::Granted(granted) => HttpResponse::Ok().json(granted),
        Outcome::Unknown(refused) => {
            HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, "Basic")).json(refused)
        }
        Outcome::Unsupported(refused) => HttpResponse::BadRequest().json(refused),
    })
}
