"""What `make test` says at its end: a test counts as not run only when it ran in none of the stages."""

import subprocess
import sys

from tests.site import ROOT

EMBEDDED = """
<testsuites><testsuite>
  <testcase classname="log" name="test_append"><skipped type="pytest.skip" message="needs Kafka"/></testcase>
  <testcase classname="log" name="test_fetch"><skipped type="pytest.skip" message="needs Kafka"/></testcase>
  <testcase classname="log" name="test_page"/>
  <testcase classname="log" name="test_known"><skipped type="pytest.xfail" message="known"/></testcase>
</testsuite></testsuites>
"""
REAL = """
<testsuites><testsuite>
  <testcase classname="log" name="test_append"/>
</testsuite></testsuites>
"""


def list_skipped(folder, **reports):
    for name, text in reports.items():
        (folder / f"{name}.xml").write_text(text)
    listed = subprocess.run(
        [sys.executable, ROOT / "ops/list_skipped.py", *sorted(folder.glob("*.xml"))],
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


def test_without_the_real_servers_each_reason_is_counted(tmp_path):
    assert list_skipped(tmp_path, embedded=EMBEDDED) == ["2 tests: needs Kafka"]


def test_what_ran_on_the_real_servers_is_not_listed(tmp_path):
    assert list_skipped(tmp_path, embedded=EMBEDDED, real=REAL) == ["1 test: needs Kafka"]
