"""Puts a runnable JMeter together from the parts that pom.xml pins on Maven Central."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var/jmeter/5.6.3"
POM = Path(__file__).with_name("pom.xml")
# Of all the jars, those that the pinned ones ask for too: what Maven resolves may not change unseen.
JARS_SHA256 = "2d544087f0ddabdd34fecaadb6a6bc1e2215cf2a17139a7a8158d13875ba4dd9"
# JMeter looks for itself and for plug-ins in lib/ext, for what they need in lib.
PLUGINS = ("ApacheJMeter_*.jar", "jmeter-websocket-samplers-*.jar")


def assemble():
    """Returns JMeter's folder, made on the first call; ends the program when Java or Maven is missing."""
    if HOME.exists():
        return HOME
    for command in ("java", "mvn"):
        if shutil.which(command) is None:
            sys.exit(f"{command} is missing; on Debian: ops/stack.py install servers")
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.parent) as folder:
        made = Path(folder) / "jmeter"
        copy_jars(made / "lib")
        lay_out(made)
        # In one step, so that neither a second run nor an interrupted one ever sees half of it.
        made.rename(HOME)
    return HOME


def copy_jars(folder):
    """Fills the folder by Maven and compares it with what was tested."""
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        ["mvn", "-B", "-q", "-Dstyle.color=never", "-f", str(POM), *goal], stdout=sys.stderr
    )
    if done.returncode:
        sys.exit(f"Maven could not fetch JMeter: it ended with {done.returncode}.")
    if (found := digest(folder)) != JARS_SHA256:
        sys.exit(f"Maven fetched other jars than those tested: SHA-256 {found}, expected {JARS_SHA256}.")


def digest(folder):
    """One SHA-256 of the names and contents of all jars in the folder."""
    total = hashlib.sha256()
    for jar in sorted(folder.glob("*.jar")):
        total.update(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n".encode())
    return total.hexdigest()


def lay_out(home):
    """Moves the jars and the configuration to where JMeter expects them."""
    with zipfile.ZipFile(next(home.glob("lib/ApacheJMeter_config-*.jar"))) as archive:
        archive.extractall(home, [name for name in archive.namelist() if name.startswith("bin/")])
    # The launcher takes the folder above its own for JMeter's.
    next(home.glob("lib/ApacheJMeter-*.jar")).rename(home / "bin/ApacheJMeter.jar")
    for name in ("ext", "junit"):
        (home / "lib" / name).mkdir()
    for pattern in PLUGINS:
        for jar in home.glob(f"lib/{pattern}"):
            jar.rename(home / "lib/ext" / jar.name)
