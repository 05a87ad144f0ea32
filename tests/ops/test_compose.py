"""docker-compose.yml passes the product the variables that the settings read, and servers one can rely on."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SERVER_VARIABLES = {"DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "REDIS_URL"}
PRODUCT = ("migrate", "web", "worker")
SERVERS = ("mysql", "redis", "kafka", "mongodb")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.fixture(scope="module")
def names_in_settings():
    text = (ROOT / "messenger/settings.py").read_text()
    return set(re.findall(r'(?:environment\.\w+|_secret)\(\s*"([A-Z_]+)"', text))


@pytest.mark.parametrize("name", PRODUCT)
def test_the_product_gets_only_variables_that_the_settings_read(services, names_in_settings, name):
    passed = set(services[name]["environment"])
    assert passed <= names_in_settings
    assert passed >= SERVER_VARIABLES | {"SECRET_KEY", "PIN_PEPPER"}


@pytest.mark.parametrize("name", PRODUCT)
def test_each_url_names_a_service_that_must_answer_first(services, name):
    environment = services[name]["environment"]
    for variable in SERVER_VARIABLES:
        server = re.search(r"(?:@|//|^)(\w+):\d+", environment[variable])[1]
        assert services[name]["depends_on"][server] == {"condition": "service_healthy"}, variable


@pytest.mark.parametrize("name", SERVERS)
def test_servers_are_pinned_checked_and_not_published(services, name):
    service = services[name]
    assert re.fullmatch(r"[\w/]+:\d+\.\d+\.\d+[\w-]*", service["image"])
    assert service["healthcheck"]["test"]
    assert "ports" not in service


def test_the_image_copies_every_django_app_and_the_context_lets_it_through():
    copied = re.findall(r"^COPY (\S+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text()
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps <= set(copied)
    assert all(f"!{app}\n" in ignored for app in apps)
