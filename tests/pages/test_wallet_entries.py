"""A wallet's entries as a page without scripts: balance, chart, filters, page by page."""

from tests.wallets.conftest import PIN, fill, key
from wallets.services import transfers


def test_balance_chart_and_entries_stand_on_the_page(alice_browser, group_wallet, alice_wallet, alice):
    transfers.transfer(
        actor=alice, source_id=group_wallet.pk, target_id=alice_wallet.pk, amount=12_000, pin=PIN, key=key()
    )
    page = alice_browser.get(f"/wallets/{group_wallet.pk}/").content.decode()
    assert "38,000원" in page
    assert "−12,000원" in page
    assert "+50,000원" in page
    assert "들어온 돈 50,000원" in page
    assert "나간 돈 12,000원" in page
    assert 'role="img" aria-label="' in page
    assert "숫자로 보기" in page


def test_filters_narrow_the_entries_down(alice_browser, alice_wallet, bob_wallet, alice):
    for amount, memo in ((1_000, "김밥"), (2_000, "버스")):
        transfers.transfer(
            actor=alice,
            source_id=alice_wallet.pk,
            target_id=bob_wallet.pk,
            amount=amount,
            memo=memo,
            pin=PIN,
            key=key(),
        )
    path = f"/wallets/{alice_wallet.pk}/"

    def shown(query: str) -> list[str]:
        page = alice_browser.get(f"{path}?{query}").content.decode()
        return [sum_ for sum_ in ("+100,000원", "−1,000원", "−2,000원") if sum_ in page]

    assert shown("") == ["+100,000원", "−1,000원", "−2,000원"]
    assert shown("way=in") == ["+100,000원"]
    assert shown("words=김밥") == ["−1,000원"]
    assert shown("words=bob") == ["−1,000원", "−2,000원"]
    assert shown("least=2,000원&most=99999") == ["−2,000원"]
    assert shown("scheduled=on") == []
    assert shown("period=3") == ["+100,000원", "−1,000원", "−2,000원"]
    assert shown("period=own&since=2020-01-01&until=2020-01-31") == []
    page = alice_browser.get(f"{path}?words=없는 말").content.decode()
    assert "맞는 내역이 없어요" in page


def test_the_table_to_download_is_that_of_the_chosen_days(alice_browser, alice_wallet):
    page = alice_browser.get(f"/wallets/{alice_wallet.pk}/?since=2026-01-02").content.decode()
    address = page.partition('class="section__link" href="')[2].partition('"')[0]
    assert address == f"/api/v1/wallets/{alice_wallet.pk}/entries.csv?from=2026-01-02"
    assert alice_browser.get(address)["Content-Type"].startswith("text/csv")


def test_a_filter_that_cannot_be_read_is_said_and_breaks_nothing(alice_browser, alice_wallet):
    broken = "period=x&way=y&since=1&until=2&least=x&most=-1&words=%00&before=-3"
    answer = alice_browser.get(f"/wallets/{alice_wallet.pk}/?{broken}")
    assert answer.status_code == 200
    assert "금액은 1원 이상" in answer.content.decode()
    answer = alice_browser.get(f"/wallets/{alice_wallet.pk}/?since=2026-02-02&until=2026-02-01")
    assert "마지막 날이 첫날보다 빨라요." in answer.content.decode()


def test_many_entries_come_page_by_page_at_the_same_cost(
    alice_browser, alice_wallet, alice, django_assert_num_queries, django_assert_max_num_queries
):
    path = f"/wallets/{alice_wallet.pk}/"
    alice_browser.get(path)
    with django_assert_max_num_queries(25) as few:
        alice_browser.get(path)
    for _ in range(40):
        fill(alice_wallet, 100, alice)
    with django_assert_num_queries(len(few)) as many:
        page = alice_browser.get(path).content.decode()
    assert page.count('class="entry"') == 30
    assert any("LIMIT 31" in query["sql"] for query in many.captured_queries)
    older = page.partition("before=")[2].partition('"')[0]
    page = alice_browser.get(f"{path}?before={older}").content.decode()
    assert page.count('class="entry"') == 11
    assert "before=" not in page


def test_a_filter_looks_through_a_bounded_number_and_goes_on_from_there(
    alice_browser, alice_wallet, alice, monkeypatch
):
    monkeypatch.setattr("wallets.services.history.SEARCHED", 3)
    for _ in range(5):
        fill(alice_wallet, 100, alice)
    path = f"/wallets/{alice_wallet.pk}/?least=100000"
    page = alice_browser.get(path).content.decode()
    assert "이전 내역에서 찾기" in page
    further = page.partition("before=")[2].partition('"')[0]
    page = alice_browser.get(f"{path}&before={further}").content.decode()
    assert "+100,000원" in page
    assert "이전 내역에서 찾기" not in page
