"""On a page of forms nothing that can be pressed lies against what stands below it."""

import pytest

from tests.browser.conftest import Group, Sit

pytestmark = pytest.mark.browser

LEAST = 8
"""Pixels between two things to press: WCAG 2.2 (2.5.8) asks for targets that are not hit by mistake."""
TIGHT = """(least) => {
  const pairs = [...document.querySelectorAll("main > form")].map((form) => [form, form.nextElementSibling]);
  for (const row of document.querySelectorAll("main p")) {
    const buttons = [...row.querySelectorAll(":scope > a.button, :scope > button")];
    buttons.slice(1).forEach((button, n) => pairs.push([buttons[n], button]));
  }
  const gap = (above, below) => below.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
  const beside = (above, below) => below.getBoundingClientRect().left >= above.getBoundingClientRect().right;
  return pairs.filter(([one, next]) => next && !beside(one, next) && gap(one, next) < least)
    .map(([, next]) => next.textContent.trim());
}"""
PAGES = ("/sure", "/account/second", "/device/kiosk", "/device/practice/done", "/groups/{group}/crisis")


@pytest.mark.parametrize("width", [320, 1280])
async def test_what_can_be_pressed_stands_apart_from_what_comes_next(sit: Sit, group: Group, width: int) -> None:
    circle = await sit(viewport={"width": width, "height": 900})
    for who, path in [(circle.ann, "/groups/{group}"), *((circle.fran, path) for path in PAGES)]:
        await who.goes_to(path.format(group=group.id))
        assert (path, await who.page.evaluate(TIGHT, LEAST)) == (path, [])
