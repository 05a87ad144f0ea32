"""Rules and alerts: each alert fires when it should and not otherwise; the runbook says what to do then."""

import re
import subprocess

import pytest
import yaml

from tests.site import ROOT

PROMETHEUS = ROOT / "ops/prometheus"
RULE_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
RUNBOOK = (ROOT / "docs/operations.md").read_text()


def read(name: str) -> dict:
    return yaml.safe_load((PROMETHEUS / name).read_text())


ALERTS = {rule["alert"]: rule for group in read("rules/alerts.yml")["groups"] for rule in group["rules"]}


def run(promtool: str, *arguments: str) -> None:
    done = subprocess.run([promtool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_configuration(promtool):
    run(promtool, "check", "config", "prometheus.yml")


@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should(promtool, path):
    run(promtool, "test", "rules", str(path))


def test_each_alert_is_tested_firing_and_silent():
    fires, silent = set(), set()
    for path in RULE_TESTS:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for asked in case["alert_rule_test"]:
                (fires if asked["exp_alerts"] else silent).add(asked["alertname"])
    assert len(ALERTS) > 20
    assert fires == silent == set(ALERTS)


def test_each_alert_names_its_section_of_the_runbook_and_each_section_an_alert():
    sections = re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)
    assert sections == list(ALERTS)
    for name, rule in ALERTS.items():
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"
        assert rule["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("name", ALERTS)
def test_a_section_says_what_is_noticed_where_to_look_and_what_to_do(name):
    section = re.split(r"^##+ ", RUNBOOK.split(f"\n### {name}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    for part in ("**Users notice**", "**Look at**", "**Do**"):
        text = section.split(part)[1].split("**")[0]
        assert len(text.split()) >= 4, (name, part)
