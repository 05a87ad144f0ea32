#!/usr/bin/env python3
"""Starts and stops the real servers (MariaDB, Redis, Kafka, MongoDB) on this machine without containers.

Environment: STACK_DIR (data), STACK_CACHE (downloads), STACK_PORT_BASE or STACK_<NAME>_PORT.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from servers.install import (
    BROWSER_PACKAGES,
    BUILD_PACKAGES,
    install_caddy,
    install_linters,
    install_node_packages,
    install_packages,
    install_prometheus,
    install_servers,
)
from servers.kafka import Kafka
from servers.mariadb import MariaDB
from servers.mongodb import MongoDB
from servers.places import ROOT, Places
from servers.redis import Redis
from servers.server import StackError

SERVERS = {server.name: server for server in (MariaDB, Redis, Kafka, MongoDB)}
VARIABLES = {
    "mariadb": "DATABASE_URL",
    "kafka": "KAFKA_BOOTSTRAP_SERVERS",
    "mongodb": "MONGODB_URI",
    "redis": "REDIS_URL",
}


def install(places, parts):
    if "build" in parts:
        install_packages(BUILD_PACKAGES)
    if "servers" in parts:
        install_servers(places.cache)
    if "browser" in parts:
        install_packages(BROWSER_PACKAGES)
    if "monitoring" in parts:
        install_prometheus(places.cache)
    if "proxy" in parts:
        install_caddy(places.cache)
    if "linters" in parts:
        install_linters(places.cache)
    if "stomp" in parts:
        install_node_packages(ROOT / "tests/stomp/js")
    if "bundler" in parts:
        install_node_packages(ROOT / "ops/bundler")


def start(servers):
    """Launches all, then waits for each, so that they start side by side."""
    for server in servers:
        server.launch()
    for server in servers:
        server.wait_until_ready()


def stop(servers):
    for server in servers:
        server.stop()


def print_environment(servers):
    for server in servers:
        print(f"export {VARIABLES[server.name]}='{server.url}'")


def print_status(places, servers):
    """One line a server; returns whether all of them answer."""
    print(f"data in {places.data}, downloads in {places.cache}")
    all_ready = True
    for server in servers:
        pid = server.find_pid()
        ready = pid is not None and server.probe()
        state = f"pid {pid}, {'answers' if ready else 'does not answer'}" if pid else "not running"
        print(f"{server.name:8} 127.0.0.1:{server.port}  {state}")
        all_ready = all_ready and ready
    return all_ready


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    parts = ["build", "servers", "browser", "monitoring", "proxy", "linters", "stomp", "bundler"]
    command = commands.add_parser("install", help="install what is missing (as root on Debian)")
    command.add_argument("parts", nargs="*", help=f"of {', '.join(parts)}; without any, servers")
    command = commands.add_parser("up", help="install what is missing and start all servers")
    command.add_argument("--fresh", action="store_true", help="stop and wipe all data first")
    command = commands.add_parser("down", help="stop all servers")
    command.add_argument("--wipe", action="store_true", help="and remove their data")
    commands.add_parser("status", help="say which servers answer; exit 1 unless all do")
    commands.add_parser("env", help="print the variables that point the product at the servers")
    for name, text in (("start", "start one"), ("stop", "SIGTERM to one"), ("kill", "SIGKILL to one")):
        commands.add_parser(name, help=text).add_argument("server", choices=SERVERS)
    arguments = parser.parse_args()
    if arguments.command == "install" and not set(arguments.parts) <= set(parts):
        parser.error(f"install takes any of {', '.join(parts)}")
    return arguments


def obey(arguments):
    """Carries out one subcommand; returns the exit status."""
    if arguments.command in {"up", "start", "status"} and importlib.util.find_spec("pymongo") is None:
        raise StackError("The Python packages are missing: make .venv/stamp-run")
    places = Places()
    servers = [server(places) for server in SERVERS.values()]
    match arguments.command:
        case "install":
            install(places, arguments.parts or ["servers"])
        case "up":
            if arguments.fresh:
                stop(servers)
                places.wipe()
            install(places, ["servers"])
            start(servers)
            print_environment(servers)
        case "down":
            stop(servers)
            if arguments.wipe:
                places.wipe()
        case "status":
            return 0 if print_status(places, servers) else 1
        case "env":
            print_environment(servers)
        case "start":
            start([server for server in servers if server.name == arguments.server])
        case "stop" | "kill" as action:
            getattr(SERVERS[arguments.server](places), action)()
    return 0


def continue_in_virtual_environment():
    """The probes speak to Kafka and MongoDB with the product's own clients, which live in .venv.

    Only `install`, which may have to come before .venv can be made, does without.
    """
    virtual_environment = ROOT / ".venv"
    python = virtual_environment / "bin/python"
    if python.exists() and Path(sys.prefix).resolve() != virtual_environment.resolve():
        os.execv(python, [str(python), *sys.argv])  # noqa: S606  (our own interpreter, no shell wanted)


if __name__ == "__main__":
    continue_in_virtual_environment()
    # The servers run as somebody else and must reach their folders whatever the caller's mask is.
    os.umask(0o022)
    # Debian keeps servers where an ordinary user's PATH does not look.
    os.environ["PATH"] += ":/usr/sbin"
    try:
        sys.exit(obey(parse_arguments()))
    except StackError as error:
        sys.exit(str(error))
