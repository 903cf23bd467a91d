//! Photos of a review, from a phone to every surface and back: added, seen, described, taken back, gone with the review.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use attesta::config::Secret;
use attesta::db::Engine;
use attesta::kernel::time::{HOUR, MINUTE};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;

use crate::reviews::operate;
use crate::support::app::{Answer, TestApp, TestShop};
use crate::support::house::ENGINES;

/// A picture in one colour.
fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb([20, 120, 80])).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg() -> Vec<u8> {
    picture(ImageFormat::Jpeg, 2000, 1000)
}

/// A review and its author's link.
struct Story {
    app: TestApp,
    shop: TestShop,
    link: String,
    id: String,
}

async fn story_with(engine: Engine, change: impl FnOnce(&mut attesta::config::Config)) -> Option<Story> {
    let app = TestApp::start_with(engine, change).await?;
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    let fields = [("stars", "5"), ("text", "Bella"), ("name", "Ada"), ("stars.moka-3", "4")];
    assert_eq!(app.post_form(&link, &fields).await.status, 201);
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.json();
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    Some(Story { app, shop, link, id })
}

async fn story(engine: Engine) -> Option<Story> {
    story_with(engine, |_| {}).await
}

impl Story {
    fn at(&self, door: &str) -> String {
        format!("{}/photos{door}?review={}", self.link, self.id)
    }

    async fn add(&self, files: &[Vec<u8>]) -> Answer {
        self.app.post_photos(&self.at(""), files).await
    }

    /// The photos as the API shows them.
    async fn photos(&self) -> Vec<Value> {
        let review = self.app.get(&format!("/v1/reviews/{}", self.id)).await.json();
        review["photos"].as_array().cloned().unwrap_or_default()
    }

    async fn url(&self, at: usize, form: &str) -> String {
        self.photos().await[at][form].as_str().unwrap().to_owned()
    }

    async fn post(&self, door: &str, photo: &Value, fields: &[(&str, &str)]) -> Answer {
        let id = photo["id"].as_str().unwrap();
        self.app.post_form(&format!("{}&photo={id}", self.at(door)), fields).await
    }

    /// All files in the folder.
    fn files(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let Ok(all) = std::fs::read_dir(folder) else { return 0 };
            all.map(|one| one.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.app.ctx().config().data_dir.join("files"))
    }
}

async fn bytes(app: &TestApp, url: &str) -> Vec<u8> {
    app.http.get(url).send().await.unwrap().bytes().await.unwrap().to_vec()
}

async fn life(engine: Engine) {
    let Some(story) = story(engine).await else { return };
    let app = &story.app;
    let empty = app.get(&format!("/shops/{}", story.shop.domain)).await;
    let added = story.add(&[jpeg(), picture(ImageFormat::Png, 40, 20), picture(ImageFormat::WebP, 300, 400)]).await;
    assert!(added.status == 200 && added.text.contains("Le foto sono pubbliche."), "{}", added.text);
    let photos = story.photos().await;
    let sizes: Vec<_> = photos.iter().map(|photo| (photo["width"].as_i64(), photo["height"].as_i64())).collect();
    assert_eq!(
        sizes,
        [(Some(1600), Some(800)), (Some(40), Some(20)), (Some(300), Some(400))],
        "in the order they came"
    );
    let listed = app.get(&format!("/v1/shops/{}/reviews", story.shop.domain)).await.json();
    assert_eq!(listed["data"][0]["photos"], Value::from(photos.clone()), "wherever it is listed");

    let url = story.url(0, "url").await;
    let seen = app.follow(&url).await;
    assert_eq!((seen.status, seen.header("content-type")), (200, "image/jpeg"));
    assert_eq!(seen.header("cache-control"), "public, max-age=86400, immutable");
    assert_eq!(
        (seen.header("x-content-type-options"), seen.header("cross-origin-resource-policy")),
        ("nosniff", "cross-origin")
    );
    let again = app.http.get(&url).header("if-none-match", seen.header("etag")).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let small = image::load_from_memory(&bytes(app, &story.url(0, "thumbnail_url").await).await).unwrap();
    assert_eq!((small.width(), small.height()), (320, 160));

    let page = app.get(&format!("/shops/{}", story.shop.domain)).await;
    assert_ne!(page.header("etag"), empty.header("etag"), "the profile is made anew");
    assert!(page.text.contains("alt=\"Foto di Ada\"") && page.text.contains("loading=\"lazy\""), "{}", page.text);
    assert!(page.text.contains("width=\"320\" height=\"160\""));
    let said = [("alt", "La moka \"<b>\" sul fornello")];
    let described = story.post("/describe", &photos[0], &said).await;
    assert!(described.status == 200 && described.text.contains("La descrizione è pubblica."), "{}", described.text);
    assert_eq!(story.photos().await[0]["alt"], said[0].1);
    let page = app.get(&format!("/reviews/{}", story.id)).await;
    assert!(page.text.contains("alt=\"La moka &quot;&lt;b&gt;&quot; sul fornello\""), "{}", page.text);

    let removed = story.post("/remove", &photos[0], &[]).await;
    assert!(removed.status == 200 && removed.text.contains("La foto è stata tolta."), "{}", removed.text);
    let gone = app.follow(&url).await;
    assert_eq!((gone.status, gone.header("cache-control")), (410, "no-cache"), "at once");
    assert_eq!((story.photos().await.len(), story.files()), (2, 6));
    assert_eq!(story.post("/remove", &photos[0], &[]).await.status, 200, "as often as one likes");
    app.rooms.let_photos_go().await.unwrap();
    assert_eq!(story.post("/remove", &photos[0], &[]).await.status, 404);
    assert_eq!((app.follow(&url).await.status, story.files()), (404, 4), "its files are gone too");

    let other = story.url(1, "url").await;
    app.post_form(&format!("{}/erase?review={}", story.link, story.id), &[]).await;
    assert_eq!(app.follow(&other).await.status, 410);
    app.rooms.let_photos_go().await.unwrap();
    assert_eq!((app.follow(&other).await.status, story.files()), (404, 0));
    assert_eq!(app.rooms.let_photos_go().await.unwrap(), 0);
}

#[tokio::test]
async fn a_photo_lives_as_long_as_its_review() {
    for engine in ENGINES {
        life(engine).await;
    }
}

async fn restriction(engine: Engine) {
    let Some(story) = story(engine).await else { return };
    story.add(&[jpeg()]).await;
    let photo = story.photos().await.remove(0);
    let url = photo["url"].as_str().unwrap();
    let why = ["review", "restrict", &story.id, "--reason", "personal_data", "--statement", "A face."];
    assert_eq!(operate(&story.app, &why).await.0, 0);
    assert_eq!(story.app.follow(url).await.status, 410);
    assert_eq!(story.add(&[jpeg()]).await.status, 409, "nothing is added to what is out of view");
    assert_eq!(story.post("/describe", &photo, &[("alt", "x")]).await.status, 409);
    assert_eq!(operate(&story.app, &["review", "restore", &story.id]).await.0, 0);
    assert_eq!(story.app.follow(url).await.status, 200, "restored with its review");
    operate(&story.app, &why).await;
    assert_eq!(story.post("/remove", &photo, &[]).await.status, 200, "what is one's own can always be taken back");
    operate(&story.app, &["review", "restore", &story.id]).await;
    assert_eq!((story.app.follow(url).await.status, story.photos().await.len()), (410, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_restricted_with_its_review() {
    for engine in ENGINES {
        restriction(engine).await;
    }
}

async fn together(engine: Engine) {
    let Some(story) = story(engine).await else { return };
    let small = picture(ImageFormat::Png, 8, 8);
    let asked = (0..8).map(|_| async { story.add(std::slice::from_ref(&small)).await.status });
    let statuses = futures_util::future::join_all(asked).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 422].contains(status)), "{statuses:?}");
    let full = story.add(std::slice::from_ref(&small)).await;
    assert!(
        full.status == 422 && full.text.contains("cinque foto") && !full.text.contains("type=\"file\""),
        "{}",
        full.text
    );
    assert_eq!((story.photos().await.len(), story.files()), (5, 10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_review_has_five_photos_and_no_more() {
    for engine in ENGINES {
        together(engine).await;
    }
}

#[tokio::test]
async fn what_is_no_photo_is_refused_in_words() {
    let story =
        story_with(Engine::Sqlite, |config| config.photos.body_limit = 1 << 20).await.expect("SQLite is built in");
    let whole = jpeg();
    let mut hollow = picture(ImageFormat::Png, 4, 4);
    hollow[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let mut crc = flate2::Crc::new();
    crc.update(&hollow[12..29]);
    hollow[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    for (bytes, words) in [
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(), "non è una foto in JPEG"),
        (b"GIF89a".to_vec(), "non è una foto in JPEG"),
        (whole[..whole.len() / 2].to_vec(), "danneggiata"),
        (hollow, "supera i 40 megapixel"),
        (Vec::new(), "Non hai scelto nessuna foto."),
    ] {
        let refused = story.add(&[bytes]).await;
        assert!(refused.status == 422 && refused.text.contains(words), "{words}: {} {}", refused.status, refused.text);
        assert!(refused.text.contains("type=\"file\""), "another can be chosen");
    }
    let heavy = story.add(&[vec![0xff; (1 << 20) + 1]]).await;
    assert!(heavy.status == 413 && heavy.text.contains("troppo pesanti"), "{} {}", heavy.status, heavy.text);
    assert_eq!((story.photos().await.len(), story.files()), (0, 0));
    let some = story.add(&[b"no".to_vec(), picture(ImageFormat::Jpeg, 9, 9)]).await;
    assert!(
        some.status == 422 && some.text.contains("non è una foto") && some.text.contains("Le foto sono pubbliche.")
    );
    assert_eq!(story.photos().await.len(), 1, "the good one was added");
}

#[tokio::test]
async fn only_the_author_touches_photos() {
    let story = story(Engine::Sqlite).await.expect("SQLite is built in");
    story.add(&[jpeg()]).await;
    let photo = story.photos().await.remove(0);
    let other = story.app.invited(&story.shop, "#2", "bea@example.com").await;
    story.app.post_form(&other, &[("stars", "1")]).await;
    let foreign = Story { link: other, ..story };
    assert_eq!(foreign.add(&[jpeg()]).await.status, 404);
    assert_eq!(foreign.post("/remove", &photo, &[]).await.status, 404);
    assert_eq!(foreign.post("/describe", &photo, &[("alt", "x")]).await.status, 404);
    let forged = Story { link: foreign.app.url("/r/nothing"), ..foreign };
    assert_eq!(forged.add(&[jpeg()]).await.status, 404);
    assert_eq!(forged.app.get(&format!("{}?review={}", "/r/nothing/photos", forged.id)).await.status, 404);
    assert_eq!(forged.photos().await, [photo], "nothing has changed");
    for nothing in ["pho_x", "pho_00000000000000000000000000", "x"] {
        assert_eq!(forged.app.get(&format!("/photos/{nothing}.jpg")).await.status, 404, "{nothing}");
    }
}

async fn lost(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "in the way").unwrap();
    let url = format!("file://{}", blocked.display());
    let Some(story) = story_with(engine, |config| config.files_url = Some(Secret::new(url))).await else { return };
    let failed = story.add(&[jpeg()]).await;
    assert_eq!((failed.status, story.photos().await.len()), (503, 0), "what is not kept is not shown");
    std::fs::remove_file(&blocked).unwrap();
    assert_eq!(story.add(&vec![picture(ImageFormat::Png, 8, 8); 4]).await.status, 200);
    assert_eq!(story.add(&[picture(ImageFormat::Png, 8, 8)]).await.status, 422, "one may still arrive");
    story.app.advance(30 * MINUTE);
    assert_eq!(story.app.rooms.let_photos_go().await.unwrap(), 0);
    story.app.advance(HOUR);
    assert_eq!(story.app.rooms.let_photos_go().await.unwrap(), 1, "what never arrived is let go");
    assert_eq!((story.add(&[picture(ImageFormat::Png, 8, 8)]).await.status, story.photos().await.len()), (200, 5));
}

#[tokio::test]
async fn a_photo_that_could_not_be_kept_leaves_nothing_behind() {
    for engine in ENGINES {
        lost(engine).await;
    }
}

/// A bucket in memory: whoever signs with the key may put, get and delete.
type Bucket = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

async fn object(
    req: HttpRequest,
    body: web::Bytes,
    bucket: web::Data<Mutex<BTreeMap<String, Vec<u8>>>>,
) -> HttpResponse {
    let signed = req.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 Credential=key/") || !signed.contains("/eu-south-1/s3/aws4_request") {
        return HttpResponse::Forbidden().finish();
    }
    let mut objects = bucket.lock().unwrap();
    let name = req.path().to_owned();
    match req.method().as_str() {
        "PUT" => {
            objects.insert(name, body.to_vec());
            HttpResponse::Ok().insert_header(("etag", "\"1\"")).finish()
        }
        "GET" => match objects.get(&name) {
            Some(bytes) => HttpResponse::Ok()
                .insert_header(("etag", "\"1\""))
                .insert_header(("last-modified", "Sun, 01 Mar 2026 08:00:00 GMT"))
                .body(bytes.clone()),
            None => HttpResponse::NotFound().finish(),
        },
        "DELETE" => {
            objects.remove(&name);
            HttpResponse::NoContent().finish()
        }
        _ => HttpResponse::MethodNotAllowed().finish(),
    }
}

/// Its port.
fn serve(bucket: &Bucket) -> u16 {
    let data = web::Data::from(Arc::clone(bucket));
    let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(object)));
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let port = server.addrs()[0].port();
    tokio::spawn(server.run());
    port
}

async fn shared(engine: Engine) {
    let bucket = Bucket::default();
    let url = format!("s3://key:sec%2Fret@127.0.0.1:{}/photos/attesta?region=eu-south-1&tls=none", serve(&bucket));
    let Some(story) = story_with(engine, |config| config.files_url = Some(Secret::new(url))).await else { return };
    assert_eq!(story.add(&[jpeg()]).await.status, 200);
    let url = story.url(0, "url").await;
    let names: Vec<String> = bucket.lock().unwrap().keys().cloned().collect();
    assert!(names.len() == 2 && names.iter().all(|name| name.starts_with("/photos/attesta/photos/")), "{names:?}");
    assert_eq!(story.files(), 0, "nothing stays on the node");
    let neighbour = story.app.neighbour(9);
    let path = url.strip_prefix(&story.app.url("")).unwrap();
    assert_eq!(bytes(&story.app, &url).await, bytes(&neighbour, &neighbour.url(path)).await, "every node gives it");
    story.post("/remove", &story.photos().await[0].clone(), &[]).await;
    neighbour.rooms.let_photos_go().await.unwrap();
    assert!(bucket.lock().unwrap().is_empty(), "any node lets it go");
}

#[tokio::test]
async fn a_bucket_is_shared_by_all_nodes() {
    for engine in ENGINES {
        shared(engine).await;
    }
}
