"""Certificates as strangers check them: with a JOSE library, a canonicaliser and a hash that share nothing with the program."""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request

import jwt
import pytest
import rfc8785

from conftest import link_in, order_event, wait_for
from test_independent import post, post_event, review

TYPE = "attesta-review+jwt"


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def written(instance, text="La moka funziona: «ottima» \\ \"bella\"\n\tÈ arrivata 🦀.", **more):
    """A published review: its id, the link of its author, the shop."""
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1001", "ada@example.com", time.time()))
    link = link_in(instance.mail_to("ada@example.com"), "/r/")
    review(link, stars=4, title="Così & così", text=text, name="Ada Bianchi", **more)
    found = instance.get(f"/v1/shops/{shop['shop']}/reviews")["data"][0]
    return found["id"], link, shop


def certificate(instance, review_id):
    with urllib.request.urlopen(f"{instance.url}/v1/reviews/{review_id}/certificate") as answer:
        assert answer.headers["content-type"] == "application/jwt"
        return answer.read().decode()


def verified(instance, token):
    """What any JOSE library says, given the issuer's key set alone."""
    keys = jwt.PyJWKClient(instance.url + "/.well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(token)
    assert jwt.get_unverified_header(token)["typ"] == TYPE
    return jwt.decode(token, key.key, algorithms=["EdDSA"], issuer=instance.url, options={"require": ["iss", "sub", "iat", "nbf"]})


def recomputed(shown, said):
    """The commitment to what is said, from the public JSON of the review."""
    names = shown["commitment"]["members"]
    document = {name: said.get(name, shown.get(name)) for name in names if name != "sku"}
    document["sku"] = shown["product"]["sku"] if shown["product"] else None
    assert sorted(document) == sorted(names)
    return unpadded(hashlib.sha256(padded(said["salt"]) + rfc8785.dumps(document)).digest())


@pytest.mark.parametrize("where", ["instance", "prefixed"])
def test_a_stranger_verifies_a_certificate_and_recomputes_what_it_commits_to(request, where):
    instance = request.getfixturevalue(where)
    review_id, link, shop = written(instance)
    first = certificate(instance, review_id)
    claims = verified(instance, first)
    assert claims["sub"] == review_id and claims["shop"] == {"id": shop["shop"], "domain": "bottega.example"}
    assert claims["checked"]["by"] == "operator" and "that_the_shop_did_not_order_from_itself" in claims["not_checked"]
    for private in ["Ada", "Bianchi", "1001", "ada@", "moka funziona"]:
        assert private not in json.dumps(claims, ensure_ascii=False), f"{private} is nobody's business"
    shown = instance.get(f"/v1/reviews/{review_id}")
    assert recomputed(shown, shown["commitment"]) == claims["commitment"]["sha256"] == shown["commitment"]["sha256"]

    post(f"{link}/edit", b"stars=2&title=&text=Ora+si+%C3%A8+rotta.", {"content-type": "application/x-www-form-urlencoded"})
    second = verified(instance, certificate(instance, review_id))
    shown = instance.get(f"/v1/reviews/{review_id}")
    assert second["review"]["version"] == 2 and second["commitment"]["sha256"] == recomputed(shown, shown["commitment"])
    assert claims["commitment"]["sha256"] == recomputed(shown, shown["earlier"][0]), "the earlier version is still the certified one"
    assert verified(instance, first) == claims, "a certificate stays what it was"


def test_a_product_review_commits_to_its_sku(instance):
    review_id, _, shop = written(instance, **{"stars.moka-3": 5, "text.moka-3": "Ottima."})
    product = instance.get(f"/v1/shops/{shop['shop']}/products/moka-3/reviews")["data"][0]
    shown = instance.get(f"/v1/reviews/{product['id']}")
    claims = verified(instance, certificate(instance, product["id"]))
    assert claims["review"]["sku"] == "moka-3" and claims["commitment"]["sha256"] == recomputed(shown, shown["commitment"])


def test_a_rotated_key_verifies_old_and_new(instance):
    review_id, _, _ = written(instance)
    first = certificate(instance, review_id)
    instance.cli("key", "rotate", "certificate")
    wait_for("the running server to see the new key", lambda: certificate(instance, review_id) != first)
    second = certificate(instance, review_id)
    assert verified(instance, first)["commitment"] == verified(instance, second)["commitment"]
    assert jwt.get_unverified_header(first)["kid"] != jwt.get_unverified_header(second)["kid"]


def checked(instance, token):
    status, answer, _ = post(instance.url + "/v1/certificates/verify", json.dumps({"certificate": token}).encode(), {"content-type": "application/json"})
    assert status == 200, answer
    return json.loads(answer)


def test_no_forgery_is_taken_for_genuine(instance):
    """Forgeries, with tokens that a JOSE library makes."""
    review_id, _, _ = written(instance)
    real = certificate(instance, review_id)
    claims, header = verified(instance, real), jwt.get_unverified_header(real)
    assert checked(instance, real)["finding"] == "stands"
    key_set = instance.get("/.well-known/jwks.json")["keys"]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    mallory = Ed25519PrivateKey.generate()

    def signed(claims, key=mallory, algorithm="EdDSA", **more):
        return jwt.encode(claims, key, algorithm=algorithm, headers={**header, "alg": algorithm, **more})

    def by_hand(header, claims, signature):
        message = f"{unpadded(json.dumps(header).encode())}.{unpadded(json.dumps(claims).encode())}"
        return f"{message}.{signature(message.encode())}"

    def mac(secret):
        return lambda message: unpadded(hmac.new(secret, message, hashlib.sha256).digest())

    forgeries = {
        "another key": signed(claims),
        "five stars": signed({**claims, "review": {**claims["review"], "stars": 5}}),
        "kid path": signed(claims, kid="../../../../dev/null"),
        "kid sql": signed(claims, kid="' UNION SELECT x FROM keyring --"),
        "jwk in the header": signed(claims, jwk=json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(mallory.public_key()))),
        "jku": signed(claims, jku="https://evil.example/jwks.json"),
        "exp as text": signed({**claims, "exp": "9999999999"}),
        "nbf as text": signed({**claims, "nbf": "0"}),
        "without claims": signed({}),
        "wrong aud": signed({**claims, "aud": "https://evil.example"}),
        "wrong iss": signed({**claims, "iss": "https://evil.example"}),
        "truncated": real[:-2],
        "no signature": real.rsplit(".", 1)[0] + ".",
        "garbage": "Gentile cliente,",
    }
    for alg in ["none", "None", "NONE", "nOnE"]:
        forgeries[alg] = by_hand({**header, "alg": alg}, claims, lambda _: "")
    for key in key_set:
        forgeries["hmac with x"] = by_hand({**header, "alg": "HS256"}, claims, mac(key["x"].encode()))
        forgeries["hmac with the point"] = by_hand({**header, "alg": "HS256"}, claims, mac(padded(key["x"])))
        forgeries["hmac with the key set"] = by_hand({**header, "alg": "HS256"}, claims, mac(json.dumps(key).encode()))
    believed = {name: answer for name, token in forgeries.items() if (answer := checked(instance, token))["genuine"]}
    assert not believed


def test_what_is_erased_has_no_certificate_and_the_old_one_says_nothing_of_its_words(instance):
    review_id, link, _ = written(instance)
    token = certificate(instance, review_id)
    post(f"{link}/erase", b"", {"content-type": "application/x-www-form-urlencoded"})
    with pytest.raises(urllib.error.HTTPError) as gone:
        certificate(instance, review_id)
    assert gone.value.code == 410 and gone.value.headers["cache-control"] == "no-cache"
    assert json.load(gone.value)["reason"] == "erased_by_author"
    assert checked(instance, token)["finding"] == "erased"
    assert set(verified(instance, token)["commitment"]) == {"scheme", "sha256"}, "a digest whose salt is gone"
