"""The JMeter plans: their form, and a small real run of each against a live site."""

import csv
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from xml.etree import ElementTree

import pytest

from tests.site import ROOT, Site

FOLDER = ROOT / "ops/jmeter"
PLANS = {path.stem: path for path in FOLDER.glob("*.jmx")}
USERS, MESSAGES = 5, 3
HASTY_USERS, HASTY_MESSAGES = 15, 10
ARCHIVE_SECONDS = 20


def load_run():
    """ops/jmeter/run as a module; its name has no ending, so that it reads as a command."""
    loader = SourceFileLoader("jmeter_run", str(FOLDER / "run"))
    module = module_from_spec(spec_from_loader("jmeter_run", loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for command in ("java", "mvn"):
        if shutil.which(command) is None:
            pytest.skip(f"{command} is missing: JMeter cannot run (ops/stack.py install servers)")
    with Site(tmp_path_factory.mktemp("site"), RATE_LIMITS="on") as running:
        yield running


def play(site, plan, report, *options, users=USERS, messages=MESSAGES):
    return subprocess.run(
        [sys.executable, FOLDER / "run", plan, "--url", site.url(), "--report", report]
        + ["--users", str(users), "--messages", str(messages), "--timeout", "10", *options],
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def read_csv(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def wait_for_texts(site, user, plan, count):
    """What is stored of the plan's messages, once they are as many as expected or the worker had its time."""
    deadline = time.monotonic() + ARCHIVE_SECONDS
    while True:
        texts = [each["text"] for each in site.stored(user["token"], user["channel_id"])]
        texts = [text for text in texts if text.startswith(plan.upper())]
        if len(texts) >= count or time.monotonic() > deadline:
            return texts
        time.sleep(0.2)


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_each_element_of_a_plan_is_followed_by_what_hangs_below_it(plan):
    root = ElementTree.parse(PLANS[plan]).getroot()  # noqa: S314  (our own file)
    assert root.tag == "jmeterTestPlan"
    for tree in root.iter("hashTree"):
        tags = [child.tag == "hashTree" for child in tree]
        assert tags[:1] != [True]
        # The outermost one holds the plan; everywhere else JMeter would drop an element without its tree.
        assert tags == [False, True] * (len(tags) // 2)


def test_plans_ask_for_the_properties_that_the_command_gives(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setattr(sys, "argv", ["run", "http"])
    run = load_run()
    given = set(run.properties(run.parse_arguments(), 100, "users.csv"))
    asked = {name for path in PLANS.values() for name in re.findall(r"__P\((\w+)", path.read_text())}
    assert asked == given


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_every_message_of_a_run_is_accepted_and_stored(site, tmp_path, plan):
    # More people than the run has users: nobody may begin a second round with who is left.
    site.manage("loadtest", "--prepare", str(tmp_path / "users.csv"), "--users", str(USERS + 2))
    done = play(site, plan, tmp_path, "--users-from", tmp_path / "users.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    folder = tmp_path / f"{plan}-{USERS}x{MESSAGES}"
    samples = read_csv(folder / "samples.jtl")
    assert {sample["success"] for sample in samples} == {"true"}
    counts = Counter(sample["label"] for sample in samples)
    assert counts["SEND"] == USERS * MESSAGES
    assert counts["CONNECT"] in (0, USERS)  # plain HTTP has none
    assert (folder / "dashboard/index.html").exists()
    assert f"| SEND | {USERS * MESSAGES} | 0.00 % |" in (tmp_path / "table.md").read_text()

    users = read_csv(tmp_path / "users.csv")[:USERS]
    sent = {
        f"{plan.upper()} 회비 냈어요 {user['username']} {number}"
        for user in users
        for number in range(MESSAGES)
    }
    texts = wait_for_texts(site, users[0], plan, len(sent))
    assert sorted(texts) == sorted(sent)


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_who_is_told_to_come_back_does_and_who_is_refused_for_good_has_failed(site, tmp_path, plan):
    site.manage("loadtest", "--prepare", str(tmp_path / "one.csv"), "--users", "1")
    user = read_csv(tmp_path / "one.csv")[0]
    before = len(wait_for_texts(site, user, plan, 0))
    # As one person they send faster than one person may; the last one sends where that person is no member.
    crowd = [user] * HASTY_USERS + [{**user, "channel_id": "999999"}]
    with (tmp_path / "crowd.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, user)
        rows.writeheader()
        rows.writerows(crowd)
    options = ("--users-from", tmp_path / "crowd.csv", "--receivers", "0")
    done = play(site, plan, tmp_path, *options, users=len(crowd), messages=HASTY_MESSAGES)

    assert done.returncode == 1
    assert f"{HASTY_MESSAGES} x SEND: " in done.stdout
    samples = read_csv(tmp_path / f"{plan}-{len(crowd)}x{HASTY_MESSAGES}/samples.jtl")
    counts = Counter((sample["label"], sample["success"]) for sample in samples)
    assert counts["REFUSED", "true"] > 0
    assert counts["SEND", "true"] == HASTY_USERS * HASTY_MESSAGES
    assert counts["SEND", "false"] == HASTY_MESSAGES
    expected = before + HASTY_USERS * HASTY_MESSAGES
    assert len(wait_for_texts(site, user, plan, expected)) == expected
