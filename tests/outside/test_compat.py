"""The facade as clients of the other API meet it: its own Python client, with nothing changed but the base address."""

import time

import pytest
from trustpilot import client

from conftest import link_in, order_event, wait_for
from test_independent import post_event, review


@pytest.fixture
def reviewed(instance):
    """An instance, a shop with five reviews, and a session of the client."""
    shop = instance.shop("bottega.example")
    for n in range(5):
        post_event(instance, shop, order_event(f"#{n}", f"c{n}@example.com", time.time()))
    for n, stars in enumerate([5, 4, 1, 3, 5]):
        review(link_in(instance.mail_to(f"c{n}@example.com"), "/r/"), stars=stars, title="Titolo", text=f"Recensione {n}", name="Ada B.", **{"stars.moka-3": stars})
    session = client.TrustpilotSession(api_host=instance.url + "/compat/trustpilot", api_key=shop["api_key"], api_secret="none")
    return instance, shop, session


def read(session, path, **params):
    answer = session.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_client_finds_a_shop_and_reads_its_reviews(reviewed):
    instance, _, session = reviewed
    unit = read(session, "/v1/business-units/find", name="bottega.example")
    assert unit["numberOfReviews"]["total"] == 5 and unit["name"]["identifying"] == "bottega.example"
    ours = instance.get("/v1/shops/bottega.example")
    assert unit["score"] == {"trustScore": ours["score"], "stars": ours["stars"]}
    # Paths without the version are given it by the client.
    assert read(session, f"/business-units/{unit['id']}") == unit
    everything, page = [], 1
    while batch := read(session, f"/v1/business-units/{unit['id']}/reviews", page=page, perPage=2, orderBy="createdat.asc")["reviews"]:
        everything += batch
        page += 1
    assert [one["stars"] for one in everything] == [5, 4, 1, 3, 5] and page == 4
    best = read(session, f"/v1/business-units/{unit['id']}/reviews", stars=[5, 4])["reviews"]
    assert {one["stars"] for one in best} == {4, 5} and len(best) == 3
    assert read(session, f"/v1/reviews/{best[0]['id']}") == best[0]
    summary = read(session, f"/v1/product-reviews/business-units/{unit['id']}", sku="moka-3")
    assert summary["numberOfReviews"]["total"] == 5 and summary["starsAverage"] == 3.6
    batch = session.post(f"/v1/product-reviews/business-units/{unit['id']}/batch-summaries", json={"skus": ["moka-3", "x"]})
    assert [one["numberOfReviews"]["total"] for one in batch.json()["summaries"]] == [5, 0]


def test_the_client_gets_its_token_with_either_grant(reviewed):
    instance, shop, session = reviewed
    assert session.get_request_auth_headers()["Authorization"] == f"Bearer {shop['api_key']}"
    password = client.TrustpilotSession(api_host=instance.url + "/compat/trustpilot", api_key="old", api_secret="old", username="me@bottega.example", password=shop["api_key"])
    assert password.get_request_auth_headers()["Authorization"] == f"Bearer {shop['api_key']}"
    wrong = client.TrustpilotSession(api_host=instance.url + "/compat/trustpilot", api_key="old", api_secret="old")
    assert wrong.get_request_auth_headers()["Authorization"] == "Bearer None"
    assert read(wrong, "/v1/business-units/bottega.example")["displayName"] == "Bottega Verdi", "reading needs none"


def test_what_is_not_there_is_said_in_the_clients_words(reviewed):
    _, _, session = reviewed
    for path, status in [
        ("/v1/business-units/507f191e810c19729de860ea", 404), ("/v1/business-units/find?name=nowhere.example", 404),
        ("/v1/reviews/507f191e810c19729de860ea", 404), ("/v1/business-units/bottega.example/reviews?page=0", 400),
        ("/v1/resources/images/stars/0.5", 404),
    ]:
        answer = session.get(path)
        assert answer.status_code == status and answer.json()["errorCode"] == status, answer.text
        assert set(answer.json()) == {"message", "errorCode", "details"}


def test_an_erased_review_leaves_the_list(reviewed):
    instance, _, session = reviewed
    from test_independent import post
    listed = read(session, "/v1/business-units/bottega.example/reviews")["reviews"]
    post(link_in(instance.mail_to("c4@example.com"), "/r/") + "/erase", b"", {"content-type": "application/x-www-form-urlencoded"})

    def gone():
        return len(read(session, "/v1/business-units/bottega.example/reviews")["reviews"]) == len(listed) - 1

    wait_for("the review's leaving", gone)
    assert session.get(f"/v1/reviews/{listed[0]['id']}").status_code == 410
