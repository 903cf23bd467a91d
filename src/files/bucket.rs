//! Pictures in a bucket, by the S3 protocol: `s3://KEY:SECRET@HOST/BUCKET/PREFIX?region=…&tls=none`. Paths, not host names,
//! carry the bucket, as every server that speaks S3 understands; TLS is that of all our requests.

use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use reqwest::Url;

use super::{FileName, FilesError};

const ACCEPTED: &str =
    "files_url: expected s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?region=REGION][&tls=none], or file:///FOLDER";

/// The bucket an address names, and the prefix of everything in it.
pub(super) fn open(address: &str) -> Result<(Arc<dyn ObjectStore>, String), FilesError> {
    let refused = || FilesError(ACCEPTED.to_owned());
    let url = Url::parse(address).ok().filter(|url| url.scheme() == "s3").ok_or_else(refused)?;
    let query = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(refused)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let plain = query("tls").as_deref() == Some("none");
    let scheme = if plain { "http" } else { "https" };
    let path = url.path().trim_matches('/');
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    if bucket.is_empty() {
        return Err(refused());
    }
    let secret = |text: &str| percent_decoded(text).ok_or_else(refused);
    let store = AmazonS3Builder::new()
        .with_endpoint(format!("{scheme}://{host}{port}"))
        .with_allow_http(plain)
        .with_bucket_name(bucket)
        .with_region(query("region").unwrap_or_else(|| "us-east-1".to_owned()))
        .with_access_key_id(secret(url.username())?)
        .with_secret_access_key(secret(url.password().unwrap_or_default())?)
        .with_virtual_hosted_style_request(false)
        // One file a time: not every server deletes several at once.
        .with_disable_bulk_delete(true)
        .build()
        .map_err(|_named| refused())?;
    Ok((Arc::new(store), prefix.to_owned()))
}

/// Keys hold `/` and `+`, which an address writes as `%2F` and `%2B`.
fn percent_decoded(text: &str) -> Option<String> {
    let pair = format!("x={}", text.replace('+', "%2B"));
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&pair).ok()?;
    pairs.into_iter().next().map(|(_, value)| value)
}

fn place(prefix: &str, name: &FileName) -> Path {
    if prefix.is_empty() { Path::from(name.0.as_str()) } else { Path::from(format!("{prefix}/{}", name.0)) }
}

/// What the store says may name keys and addresses: the operator reads it in the log, nobody else.
fn said(error: &object_store::Error) -> FilesError {
    FilesError(format!("the bucket: {error}"))
}

pub(super) async fn put(
    store: &dyn ObjectStore,
    prefix: &str,
    name: &FileName,
    bytes: Vec<u8>,
) -> Result<(), FilesError> {
    store.put(&place(prefix, name), PutPayload::from(bytes)).await.map(drop).map_err(|error| said(&error))
}

pub(super) async fn get(store: &dyn ObjectStore, prefix: &str, name: &FileName) -> Result<Option<Vec<u8>>, FilesError> {
    let found = match store.get(&place(prefix, name)).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(said(&error)),
    };
    Ok(Some(found.bytes().await.map_err(|error| said(&error))?.to_vec()))
}

pub(super) async fn delete(store: &dyn ObjectStore, prefix: &str, name: &FileName) -> Result<(), FilesError> {
    match store.delete(&place(prefix, name)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(said(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_a_bucket_or_say_what_is_accepted() {
        let prefix = |address: &str| open(address).map(|(_, prefix)| prefix).map_err(|error| error.to_string());
        assert_eq!(prefix("s3://key:sec%2Fret@s3.example/photos"), Ok(String::new()));
        assert_eq!(
            prefix("s3://key:s@127.0.0.1:9000/photos/attesta/a?region=eu-south-1&tls=none"),
            Ok("attesta/a".into())
        );
        for bad in ["s3://key:s@s3.example", "s3://", "https://s3.example/b", "photos", "s3:///bucket"] {
            let why = prefix(bad).unwrap_err();
            assert!(why.contains("expected s3://") && !why.contains("key:s@"), "{bad}: {why}");
        }
    }

    #[test]
    fn keys_are_read_as_addresses_write_them() {
        assert_eq!(percent_decoded("a%2Fb+c%2B").as_deref(), Some("a/b+c+"));
    }
}
