"""The workflows: actionlint takes them, actions are pinned by hash, and no job may do more than it does."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.programs import find_program

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
WRITES = {("release.yml", "image", "packages")}


def jobs() -> list[tuple[str, str, dict]]:
    return [
        (path.name, name, job)
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text())["jobs"].items()
    ]


def job(workflow: str, name: str) -> dict:
    return next(job for path, each, job in jobs() if (path, each) == (workflow, name))


def test_actionlint_finds_nothing():
    actionlint = find_program("actionlint", folder="linters", part="linters")
    # Its optional partners would make the answer depend on what else the machine has.
    done = subprocess.run(
        [actionlint, "-no-color", "-shellcheck=", "-pyflakes=", *WORKFLOWS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("files", [[], ["docker-compose.dev.yml"]])
def test_the_loader_of_compose_files_takes_them(files, tmp_path):
    loader = find_program("cmd", folder="linters", part="linters")
    done = subprocess.run(
        [loader, "docker-compose.yml", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert services["mysql"]["healthcheck"]["test"][1].startswith('MYSQL_PWD="$(cat /run/secrets/')


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash_and_say_their_version(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    for line in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_a_job_may_read_and_only_the_image_is_written():
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text())["permissions"] == {}, path.name
    written = set()
    for workflow, name, each in jobs():
        for what, right in each["permissions"].items():
            assert right in ("read", "write"), name
            written |= {(workflow, name, what)} if right == "write" else set()
    assert written == WRITES


def test_every_job_ends_and_no_checkout_keeps_the_token():
    for workflow, name, each in jobs():
        assert "timeout-minutes" in each, (workflow, name)
        for step in each["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_a_pull_request_sees_no_secret_and_pushes_no_image():
    text = (ROOT / ".github/workflows/check.yml").read_text()
    assert "secrets." not in text
    assert "pull_request_target" not in text
    assert "push: true" not in text


def test_a_deployment_needs_a_tag_the_tests_and_the_environments_consent():
    triggers = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())[True]
    assert list(triggers) == ["push"]
    assert list(triggers["push"]) == ["tags"]
    deploy, image = job("release.yml", "deploy"), job("release.yml", "image")
    assert deploy["environment"] == "production"
    assert (deploy["needs"], image["needs"]) == ("image", "test")
    build = next(step for step in image["steps"] if step.get("id") == "build")["with"]
    assert (build["provenance"], build["sbom"]) == ("mode=max", True)


def test_pull_requests_and_releases_run_what_developers_run():
    for workflow in ("check.yml", "release.yml"):
        assert {"run": "bash .ci/run"} in job(workflow, "test")["steps"]


def test_dependabot_asks_for_everything_that_is_pinned():
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    asked = {
        (one["package-ecosystem"], place)
        for one in updates
        for place in one.get("directories", [one.get("directory")])
    }
    locks = {("npm", f"/{path.parent.relative_to(ROOT)}") for path in ROOT.glob("ops/*/package-lock.json")}
    locks |= {
        ("npm", f"/{path.parent.relative_to(ROOT)}") for path in ROOT.glob("tests/*/js/package-lock.json")
    }
    others = {(what, "/") for what in ("github-actions", "pip", "docker", "docker-compose")}
    assert asked == locks | others | {("maven", "/ops/jmeter")}
