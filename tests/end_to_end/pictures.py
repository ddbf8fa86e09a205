"""Pictures of every page, in light, in dark and at a phone's width, for the documentation.

    python -m tests.end_to_end.pictures --url http://127.0.0.1:8501 --to app/screenshots

The server must hold the sample company; `H0012` must administer.
"""

import argparse
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.end_to_end.browser import (
    DESK,
    PHONE,
    chromium,
    find,
    go_to,
    new_context,
    settled,
    sign_in,
)
from tests.end_to_end.lived_in import SEEKER

GOAL = (
    "In the Thursday demo I know what to say, and then my English and my heartbeat go away "
    "together. I want to practise presenting my own work."
)
PAGES = {
    "requests": "Requests", "offer": "My offer", "network": "My learning network",
    "night": "The night", "programme": "The programme", "policy": "The policy",
    "quality": "Quality",
}  # fmt: skip
LOOKS = {"light": (DESK, "light"), "dark": (DESK, "dark"), "phone": (PHONE, "light")}


def take(page: Page, path: Path, *, most: int = 1500) -> None:
    """Take a picture of the page from its top, as few bytes as a picture needs."""
    page.wait_for_timeout(500)
    width = page.viewport_size["width"] if page.viewport_size else DESK["width"]
    height = page.evaluate(
        "() => document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight"
    )
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": min(max(int(height), 500), most)})
    page.evaluate("() => document.querySelector('[data-testid=\"stMain\"]').scrollTo(0, 0)")
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    if before:
        page.set_viewport_size(before)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(160).save(path, optimize=True)


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8501")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for look, (viewport, scheme) in LOOKS.items():
            context = new_context(browser, viewport=viewport, color_scheme=scheme)
            page = context.new_page()
            ending = "" if look == "light" else f"-{look}"
            page.goto(options.url)
            page.get_by_role("textbox", name="Who are you?").wait_for()
            take(settled(page), options.to / f"welcome{ending}.png")
            sign_in(page, options.url, SEEKER)
            find(page, GOAL)
            page.get_by_role("article").first.wait_for()
            page.get_by_text("More: why, and how to begin").first.click()
            take(page, options.to / f"find{ending}.png")
            page.get_by_role("button", name="Ask").first.click()
            page.get_by_role("dialog").get_by_label("Your message").wait_for()
            page.wait_for_timeout(600)
            take(page, options.to / f"ask{ending}.png", most=1000)
            page.get_by_role("button", name="Not now").click()
            settled(page)
            for name, title in PAGES.items():
                take(go_to(page, title), options.to / f"{name}{ending}.png")
                if name == "network":
                    page.get_by_role("link", name="Agenda, notes and next date").first.click()
                    take(settled(page), options.to / f"relationship{ending}.png")
            context.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
