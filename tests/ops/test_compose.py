"""docker-compose.yml passes the product what the settings read, and leans on servers one can rely on."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SERVER_VARIABLES = {"DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "REDIS_URL"}
SECRETS = {"DATABASE_PASSWORD", "SECRET_KEY", "PIN_PEPPER", "VAPID_PRIVATE_KEY", "METRICS_TOKEN"}
WEB = ("web-a", "web-b")
PRODUCT = ("migrate", *WEB, "worker")
SERVERS = ("mysql", "redis", "kafka", "mongodb")
OTHERS = ("proxy", "prometheus", "grafana")
DOCUMENT = (ROOT / "docs/operations.md").read_text()


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text())


@pytest.fixture(scope="module")
def compose() -> dict:
    return read("docker-compose.yml")


@pytest.fixture(scope="module")
def services(compose) -> dict:
    return compose["services"]


@pytest.fixture(scope="module")
def names_in_settings() -> set[str]:
    text = (ROOT / "messenger/settings.py").read_text()
    return set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', text))


def test_all_services_are_known_here(services):
    assert set(services) == {*PRODUCT, *SERVERS, *OTHERS}


@pytest.mark.parametrize("name", PRODUCT)
def test_the_product_gets_only_variables_that_the_settings_read(services, names_in_settings, name):
    passed = {variable.removesuffix("_FILE") for variable in services[name]["environment"]}
    assert passed <= names_in_settings
    assert passed >= SERVER_VARIABLES | SECRETS


@pytest.mark.parametrize("name", PRODUCT)
def test_secrets_come_from_files_that_are_mounted_and_stand_in_no_value(services, name):
    environment = services[name]["environment"]
    for secret in SECRETS:
        assert secret not in environment
        assert environment[f"{secret}_FILE"] == f"/run/secrets/{secret.lower()}"
        assert secret.lower() in services[name]["secrets"]


def test_every_secret_is_made_by_the_script_once_and_only_for_its_folder(compose, services, tmp_path):
    for name, service in services.items():
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name
    make = [ROOT / "ops/make-secrets", tmp_path]
    subprocess.run(make, check=True, capture_output=True)
    made = {path: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    expected = {(tmp_path / secret["file"]).resolve() for secret in compose["secrets"].values()}
    assert set(made) == expected
    assert len(set(made.values())) == len(made)
    assert all(len(text) > 40 and text.isascii() and text == text.strip() for text in made.values())
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in made)
    (tmp_path / "secrets/pin_pepper").chmod(0o644)
    subprocess.run(make, check=True, capture_output=True)
    assert {path: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made


@pytest.mark.parametrize("name", PRODUCT)
def test_each_url_names_a_service_that_must_answer_first(services, name):
    environment = services[name]["environment"]
    for variable in SERVER_VARIABLES:
        server = re.search(r"(?:@|//|^)(\w+):\d+", environment[variable])[1]
        assert services[name]["depends_on"][server] == {"condition": "service_healthy"}, variable


@pytest.mark.parametrize("name", [*WEB, "worker"])
def test_the_product_starts_on_a_migrated_database(services, name):
    assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", PRODUCT)
def test_the_product_may_write_its_data_and_nothing_else(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108  (in the container)
    assert service["volumes"] == ["data:/var/lib/messenger"]


@pytest.mark.parametrize("name", [*PRODUCT, *SERVERS, *OTHERS])
def test_each_service_has_its_limits(services, name):
    limits = services[name]["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory"}


@pytest.mark.parametrize("name", [*SERVERS, *OTHERS])
def test_other_images_are_pinned_and_checked(services, name):
    service = services[name]
    assert re.fullmatch(r"[\w/]+:v?\d+\.\d+\.\d+[\w-]*(@sha256:[0-9a-f]{64})?", service["image"])
    assert service["healthcheck"]["test"]


def test_only_the_proxy_is_reached_from_outside(compose, services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"proxy", "grafana"}
    assert all(port.startswith("127.0.0.1:") for port in published["grafana"])
    assert compose["networks"]["servers"]["internal"] is True
    assert all(services[name]["networks"] == ["servers"] for name in SERVERS)


def test_the_proxy_prometheus_and_the_hosts_know_every_web_process(services):
    assert services["proxy"]["environment"]["WEB_SERVERS"].split() == [f"{name}:8000" for name in WEB]
    assert set(WEB) <= set(services["web-a"]["environment"]["ALLOWED_HOSTS"].split(","))
    assert set(WEB) <= set(services["proxy"]["depends_on"])
    assert read("ops/prometheus/compose/web.yml") == [{"targets": [f"{name}:8000" for name in WEB]}]
    port = services["worker"]["environment"]["METRICS_PORT"]
    assert read("ops/prometheus/compose/worker.yml") == [{"targets": [f"worker:{port}"]}]
    upgraded = re.search(r"for service in (.+); do", (ROOT / "ops/upgrade").read_text())[1].split()
    assert upgraded == [*WEB, "worker"]


def test_every_variable_of_the_proxy_has_its_default(services):
    asked = set(re.findall(r"\{\$(\w+):", (ROOT / "ops/proxy/Caddyfile").read_text()))
    assert asked == set(re.findall(r"\{\$(\w+)", (ROOT / "ops/proxy/Caddyfile").read_text()))
    assert set(services["proxy"]["environment"]) <= asked


def test_files_that_are_mounted_exist(services):
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])]
    folders = [path for path in mounted if path.startswith("./")]
    assert folders
    assert all((ROOT / path).exists() for path in folders)


def test_what_is_watched_is_the_same_with_and_without_containers():
    plain, inside = read("ops/prometheus/prometheus.yml"), read("ops/prometheus/compose/prometheus.yml")
    assert [f"../{path}" for path in plain.pop("rule_files")] == inside.pop("rule_files")
    for job in inside["scrape_configs"]:
        assert job.pop("authorization") == {"credentials_file": "/run/secrets/metrics_token"}
    assert str(plain).replace("targets/", "") == str(inside)
    source = "prometheus.yml"
    plain = read(f"ops/grafana/provisioning/datasources/{source}")["datasources"][0]
    inside = read(f"ops/grafana/compose/{source}")["datasources"][0]
    assert inside == {**plain, "url": "http://prometheus:9090"}


def test_what_the_operator_may_set_is_in_the_document():
    text = (ROOT / "docker-compose.yml").read_text()
    settable = set(re.findall(r"\$\{(\w+)", text))
    section = DOCUMENT.split("## First installation")[1].split("\n## ")[0]
    assert settable == set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


def test_the_development_file_changes_services_that_exist_and_publishes_to_this_machine_only(services):
    development = read("docker-compose.dev.yml")["services"]
    assert set(development) <= set(services)
    ports = [port for service in development.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
