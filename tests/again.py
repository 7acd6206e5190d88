"""A browser test that fails is run once more from the start, and what was run twice is listed.

Chromium on a machine that others use is the one part that nobody here can hold still. All other
tests have to pass at once.
"""

import pytest
from _pytest.runner import runtestprotocol

AGAIN = "again"


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a browser test; where it fails, take everything down that it used and run it again."""
    if not item.get_closest_marker("browser"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    failed = [report for report in reports if report.failed]
    if failed:
        for report in failed:
            report.outcome = AGAIN  # type: ignore[assignment]
            item.ihook.pytest_runtest_logreport(report=report)
        item.session._setupstate.teardown_exact(None)
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Count and mark what is run again."""
    return (AGAIN, "A", "AGAIN") if report.outcome == AGAIN else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was run twice, with what went wrong the first time."""
    for report in terminalreporter.stats.get(AGAIN, []):
        terminalreporter.section(f"run twice: {report.nodeid}, the first time")
        terminalreporter.write_line(report.longreprtext)
