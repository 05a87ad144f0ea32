"""What axe finds wrong with a page for people who see, hear or point otherwise."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN = "() => axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations)"


def violations(page: Page) -> list[str]:
    """Each violation of any rule, with the first elements that it is about. A page without scripts cannot run
    axe, which would wait for ever: the same pages are looked at with scripts."""
    if page.evaluate("() => matchMedia('(scripting: none)').matches"):
        return []
    page.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']}: {[node['target'] for node in found['nodes'][:3]]} ({found['help']})"
        for found in page.evaluate(RUN)
    ]
