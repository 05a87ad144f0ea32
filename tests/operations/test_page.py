"""The operations page: who sees it, and what it says of the samples that it finds."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from operations.figures import APPEND, APPEND_LIMIT_MS, GAPS, OVERDUE, REFUSED, SOCKETS, UNARCHIVED
from operations.models import BooksCheck, Sample
from tests.pages.test_markup import check

PAGE = "/admin/operations/"
ACCEPTED, DELIVERIES = "messenger_messages_accepted_total", "messenger_deliveries_total"
TRANSFERS = "messenger_transfers_applied_total"
SHOWN = ("sockets", "messages", "deliveries", "append", "unarchived")
BELOW = ("gaps", "refused", "transfers", "overdue", "books")


def browser_of(user, language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(user)
    return made


@pytest.fixture
def desk(operator) -> Client:
    """The operator's browser."""
    return browser_of(operator)


@pytest.fixture
def lived():
    """lived(kind, before, now): a process with two samples a minute apart, the second `age` seconds old."""

    def make(kind, before, now, *, age=2, number=0, has_ended=False) -> None:
        at = timezone.now() - timedelta(seconds=age)
        rest = {
            "process": f"host:{Sample.objects.count() + 100}:1",
            "kind": kind,
            "number": number,
            "command": kind,
            "started_at": at - timedelta(hours=2),
            "memory_bytes": 200_000_000,
        }
        for values, when, cpu in ((before, at - timedelta(minutes=1), 10), (now, at, 25)):
            Sample.objects.create(
                **rest,
                values=values,
                at=when,
                cpu_seconds=cpu,
                is_of_minute=when != at,
                has_ended=has_ended and when == at,
            )

    return make


def words(html: str) -> str:
    """What a reader sees, blanks joined."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def stat(page: str, key: str) -> str:
    return words(re.search(rf'data-part="stat-{key}".*?</li>', page, re.DOTALL)[0].partition(">")[2])


def alarms(page: str) -> str:
    return words(re.search(r'data-part="alarms">(.*?)</div>\s*<ul', page, re.DOTALL)[1])


def rows(page: str) -> list[str]:
    body = re.search(r'data-part="processes">(.*?)</tbody>', page, re.DOTALL)[1]
    return [words(row) for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)]


def test_it_is_for_staff_only(anonymous, as_alice, alice, operator):
    for client in (Client(), browser_of(alice), anonymous, as_alice):
        answer = client.get(PAGE)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/admin/login/?next={PAGE}")
    operator.is_superuser = False
    operator.save()
    assert browser_of(operator).get(PAGE).status_code == 200


def test_it_only_shows(desk):
    assert desk.post(PAGE).status_code == 405


def test_the_admin_index_links_to_it(desk):
    assert f'href="{PAGE}"' in desk.get("/admin/").content.decode()


def test_nobody_keeps_it(desk):
    assert "no-store" in desk.get(PAGE).headers["cache-control"]


def test_its_markup_keeps_to_the_rules(desk, lived):
    lived("web", {ACCEPTED: {}}, {ACCEPTED: {"ws": 60}})
    check(desk.get(PAGE).content.decode())


def test_without_samples_it_says_so_and_shows_no_number(desk):
    page = desk.get(PAGE).content.decode()
    assert "No process has written a sample yet" in page
    for key in SHOWN + BELOW:
        assert "–" in stat(page, key) or stat(page, key).startswith("Skipped stretches 0")


def test_numbers_are_added_up_over_processes(desk, lived):
    before = {ACCEPTED: {"ws": 100}, DELIVERIES: 0, SOCKETS: {"ws": 9}, TRANSFERS: {"dues": 3}}
    now = {ACCEPTED: {"ws": 160, "http": 60}, DELIVERIES: 6_000, SOCKETS: {"ws": 700, "stomp": 84}}
    lived("web", before, now | {TRANSFERS: {"dues": 9, "spending": 6}}, number=1)
    lived("web", before, now | {TRANSFERS: {"dues": 3}}, number=2)
    page = desk.get(PAGE).content.decode()
    assert stat(page, "sockets").startswith("Open sockets 1,568 open")
    assert stat(page, "messages").startswith("Messages taken 4 /s")
    assert stat(page, "deliveries").startswith("Deliveries 200 /s")
    assert "On average to 50 readers" in stat(page, "deliveries")
    assert stat(page, "transfers").startswith("Transfers 0.2 /s")
    assert "12 in the last hour" in stat(page, "transfers")


def test_all_is_well_without_a_banner(desk, lived):
    lived("web", {UNARCHIVED: 0, REFUSED: {}, OVERDUE: 0}, {UNARCHIVED: 0.3, REFUSED: {}, OVERDUE: 0})
    lived("worker", {}, {OVERDUE: 0})
    page = desk.get(PAGE).content.decode()
    assert alarms(page) == ""
    assert "stat--beyond" not in page
    assert [row.rsplit(" ", 1)[-1] for row in rows(page)] == ["Fine", "Fine"]


@pytest.mark.parametrize(
    ("key", "before", "now", "title"),
    [
        ("unarchived", {UNARCHIVED: 3}, {UNARCHIVED: 10.5}, "Storing messages is behind."),
        ("overdue", {OVERDUE: 0}, {OVERDUE: 61}, "Scheduled transfers are late."),
        (
            "refused",
            {REFUSED: {"overloaded": 1}},
            {REFUSED: {"overloaded": 62}},
            "Not all messages can be taken.",
        ),
        ("append", {APPEND: [0] * 14}, {APPEND: [0] * 10 + [9, 0, 0, 0]}, "Messages are taken slowly."),
    ],
)
def test_beyond_its_limit_a_number_is_marked_and_a_banner_says_what_users_notice(
    desk, lived, key, before, now, title
):
    lived("worker", {}, {})
    lived("web", before, now)
    page = desk.get(PAGE).content.decode()
    assert "Attention" in stat(page, key)
    assert "for 1 min" in stat(page, key)
    assert alarms(page).startswith(title)
    assert page.count("stat--beyond") == 1


def test_at_its_limit_a_number_is_still_all_right(desk, lived):
    lived("worker", {}, {})
    lived("web", {UNARCHIVED: 0}, {UNARCHIVED: 10, OVERDUE: 60})
    page = desk.get(PAGE).content.decode()
    assert "stat--beyond" not in page


def test_the_limit_of_the_latency_stands_beside_it(desk, lived):
    lived("web", {APPEND: [0] * 14}, {APPEND: [0, 0, 0, 0, 98, 2] + [0] * 8})
    page = desk.get(PAGE).content.decode()
    assert f"Limit {APPEND_LIMIT_MS:,} ms" in stat(page, "append")
    assert stat(page, "append").startswith("Time to accept, p99 38 ms")


def test_gaps_are_counted_over_the_hour(desk, lived):
    lived("web", {GAPS: 2}, {GAPS: 9}, age=1_200)
    assert stat(desk.get(PAGE).content.decode(), "gaps").startswith("Skipped stretches 7 times")


def test_the_books_are_wrong(desk, lived):
    lived("worker", {}, {})
    now = timezone.now()
    BooksCheck.objects.create(began_at=now - timedelta(minutes=9), took_seconds=1, differences=0, won=0)
    BooksCheck.objects.create(began_at=now - timedelta(minutes=4), took_seconds=1, differences=2, won=1500)
    BooksCheck.objects.create(began_at=now)  # under way: says nothing yet
    page = desk.get(PAGE).content.decode()
    assert stat(page, "books").startswith("Difference of the books Attention 1,500 won")
    assert "2 differences · Checked 4 min ago" in stat(page, "books")
    assert alarms(page).startswith("The books do not add up.")


def test_no_worker_is_said_first(desk, lived):
    lived("web", {}, {})
    lived("worker", {}, {}, has_ended=True)
    page = desk.get(PAGE).content.decode()
    assert alarms(page).startswith("No worker gives a sign of life.")


def test_the_table_says_who_lives_who_is_late_and_who_is_silent(desk, lived):
    lag = "messenger_loop_lag_seconds"
    lived("web", {lag: [0] * 14, SOCKETS: {}}, {lag: [100] + [0] * 13, SOCKETS: {"ws": 1_284}}, number=1)
    lived("web", {lag: [0] * 14}, {lag: [90] + [0] * 7 + [10] + [0] * 5}, number=2)
    lived("web", {}, {}, number=3, age=60)
    lived("web", {}, {}, number=4, age=900)
    lived("worker", {}, {}, has_ended=True)
    first, second, third = rows(desk.get(PAGE).content.decode())
    assert re.fullmatch(r"Web 1 host · 100 .* 1,284 25% 200 MB Fine", first)
    assert re.fullmatch(r"Web 2 .* 25% 200 MB Behind", second)
    assert re.fullmatch(r"Web 3 .* – 200 MB No sign of life", third)


def test_what_happened_is_told_newest_first(desk, lived):
    lived("worker", {}, {}, age=300, has_ended=True)
    lived("web", {UNARCHIVED: 2}, {UNARCHIVED: 30})
    page = desk.get(PAGE).content.decode()
    told = words(re.search(r'data-part="happenings">(.*?)</ol>', page, re.DOTALL)[1])
    assert "Worker ended" in told


def test_korean_comes_first(operator, lived):
    lived("web", {UNARCHIVED: 0}, {UNARCHIVED: 30})
    page = browser_of(operator, "ko").get(PAGE).content.decode()
    for told in ("메시지 저장이 밀려 있어요.", "저장 대기", "주의", "한도 10초 · 1분째", "멈추기"):
        assert told in page


def test_a_page_costs_the_same_however_many_processes_there_are(desk, lived, django_assert_max_num_queries):
    for number in range(8):
        lived("web", {}, {}, number=number)
    with django_assert_max_num_queries(6):
        desk.get(PAGE)
