"""The report in a real browser: silent, exact where its sliders stand, safe with any name, and usable by everybody."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.analysis.breakeven.runs import crossings
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.domain.project import Option, Project
from cloudcost.money import format_usd
from cloudcost.options.model import Context, OptionModel, build_model

SET = """
const [id, value] = arguments, slider = document.getElementById(id);
slider.value = value;
slider.dispatchEvent(new Event('input', {bubbles: true}));
return Number(slider.value);
"""
ROWS = """
return [...document.querySelectorAll('#totals tr')].map((row) => ({
  name: row.dataset.option, usd: Number(row.dataset.usd), fits: row.dataset.fits === 'true',
  shown: row.children[1].textContent, hours: row.children[2].textContent}));
"""
WINS = """
return [...document.querySelectorAll('#wins li[data-other]')].map((each) => [each.dataset.other, each.dataset.at]);
"""


def _open(browser: Any, page: Path, *, width: int = 1280, scheme: str = "light") -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())


def _tables(browser: Any) -> dict[str, Any]:
    tables: dict[str, Any] = browser.execute_script("return JSON.parse(document.getElementById('tables').textContent)")
    return tables


class Sliders:
    """Where the sliders stand, and what the library says of the project there."""

    def __init__(self, browser: Any, dice: random.Random) -> None:
        self.tables = _tables(browser)
        self.runs = dice.choice([1, 2, self.tables["last"], dice.randint(1, self.tables["last"])])
        self.factor = dice.randrange(len(self.tables["factors"]["values"]))
        self.months = dice.randrange(len(self.tables["months"]["values"]))
        self.price = dice.randrange(len(self.tables["electricity"]["values"]))
        wanted = {"runs": self.runs, "factor": self.factor, "months": self.months, "electricity": self.price}
        for name, value in wanted.items():
            assert browser.execute_script(SET, name, value) == value

    def model(self, project: Project, name: str, context: Context) -> OptionModel:
        changed = replace(project, keep_months=self.tables["months"]["values"][self.months])
        return build_model(changed, self._option(project, name), context)

    def _option(self, project: Project, name: str) -> Option:
        option = next(each for each in project.options if each.name == name)
        option = replace(option, time_factor=self.tables["factors"]["values"][self.factor])
        if option.local is None:
            return option
        price = Decimal(str(self.tables["electricity"]["values"][self.price]))
        return replace(option, local=replace(option.local, electricity_usd_per_kwh=price))


def test_page_asks_nothing_of_any_network_and_says_nothing_on_the_console(browser: Any, page: Path) -> None:
    browser.get_log("performance")
    browser.get_log("browser")
    _open(browser, page)
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert browser.get_log("browser") == []
    assert page.stat().st_size < 1_000_000


def test_policy_of_the_page_forbids_requests_and_foreign_scripts(browser: Any, page: Path) -> None:
    _open(browser, page)
    browser.execute_script(
        "const made = document.createElement('script'); made.textContent = 'document.title = 7';"
        "document.body.append(made);"
        "window.answered = fetch('https://example.org/').then(() => 'reached', () => 'refused');"
    )
    answered = browser.execute_async_script("window.answered.then(arguments[arguments.length - 1])")
    assert answered == "refused"
    assert browser.title != "7"
    browser.get_log("browser")


def test_hostile_names_are_text(browser: Any, page: Path, hostile: Project) -> None:
    _open(browser, page)
    assert browser.title == f"{hostile.name}: what training costs"
    assert browser.execute_script("return document.querySelector('h1').textContent") == hostile.name
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0
    shown = [row["name"] for row in browser.execute_script(ROWS)]
    assert "</script><img src=x onerror=alert(1)>" in shown


def test_moved_sliders_recompute_to_the_figures_of_the_library(browser: Any, page: Path, hostile: Project) -> None:
    project, context = hostile, context_of(hostile, today=hostile.start)
    dice = random.Random(11)
    _open(browser, page)
    for _ in range(12):
        sliders = Sliders(browser, dice)
        rows = browser.execute_script(ROWS)
        assert {row["name"] for row in rows} == {option.name for option in project.options}
        for row in rows:
            counts = [sliders.runs] * len(project.trainings)
            truth = estimate_model(sliders.model(project, row["name"], context), counts)
            assert truth.total_usd is not None
            assert row["usd"] == pytest.approx(float(truth.total_usd), abs=1e-6)
            assert row["shown"] == format_usd(truth.total_usd)
            assert float(row["hours"].replace(",", "")) == pytest.approx(
                truth.hours, abs=0.0501
            )  # one decimal is shown
            assert row["fits"] is truth.feasible
        feasible = [row for row in rows if row["fits"]]
        assert rows[: len(feasible)] == sorted(feasible, key=lambda row: row["usd"])
        said = browser.execute_script("return document.getElementById('answer').textContent")
        assert (
            f"{feasible[0]['name']} is the cheapest at {feasible[0]['shown']} USD" if feasible else "no option"
        ) in said


def test_break_even_in_the_page_equals_the_librarys(browser: Any, page: Path, hostile: Project) -> None:
    project, context = hostile, context_of(hostile, today=hostile.start)
    dice = random.Random(3)
    _open(browser, page)
    compared = 0
    for _ in range(4):
        sliders = Sliders(browser, dice)
        last = sliders.tables["last"]
        for index, option in enumerate(sliders.tables["options"]):
            browser.execute_script(
                "const choice = document.getElementById('rival'); choice.value = arguments[0];"
                "choice.dispatchEvent(new Event('change'));",
                str(index),
            )
            first = sliders.model(project, option["name"], context)
            for other, at in browser.execute_script(WINS):
                found = crossings(first, sliders.model(project, other, context), horizon=last)
                assert [int(run) for run in at.split()] == list(found.in_time)
                compared += 1
    assert compared > 8


def test_page_without_a_script_shows_the_projects_own_totals(browser: Any, page: Path, hostile: Project) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        _open(browser, page)
        context = context_of(hostile, today=hostile.start)
        totals = [estimate_model(build_model(hostile, option, context)).total_usd for option in hostile.options]
        root = browser.execute_cdp_cmd("DOM.getDocument", {"depth": -1})["root"]["nodeId"]
        body = browser.execute_cdp_cmd("DOM.querySelector", {"nodeId": root, "selector": "#totals"})["nodeId"]
        shown = browser.execute_cdp_cmd("DOM.getOuterHTML", {"nodeId": body})["outerHTML"]
        assert len(totals) == len(hostile.options)
        for total in totals:
            assert total is not None
            assert f'<td class="n">{format_usd(total)}</td>' in shown
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("width", [390, 1280])
def test_page_never_scrolls_sideways(browser: Any, page: Path, width: int) -> None:
    _open(browser, page, width=width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    shown = browser.execute_script(
        "return [...document.querySelectorAll('svg.figure')].filter((each) => each.getClientRects().length).length"
    )
    assert shown == 2  # of each figure the one that suits the width


def test_sliders_move_by_keyboard_and_say_what_they_did(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, page)
    before = browser.execute_script("return document.getElementById('answer').textContent")
    slider = browser.find_element("id", "months")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    tables = _tables(browser)
    moved = tables["months"]["values"][tables["months"]["at"] + 2]
    assert slider.get_attribute("aria-valuetext") == str(moved)
    assert f"{moved} months kept" in browser.execute_script("return document.getElementById('answer').textContent")
    browser.find_element("id", "reset").click()
    assert browser.execute_script("return document.getElementById('answer').textContent") == before
    wait = "const done = arguments[arguments.length - 1]; setTimeout(() => done(), 800)"
    browser.execute_async_script(wait)
    assert browser.execute_script("return document.getElementById('heard').textContent") == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_accessibility_violation_at_level_aa(
    browser: Any, page: Path, axe_core: str, width: int, scheme: str
) -> None:
    _open(browser, page, width=width, scheme=scheme)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true;")
    browser.execute_script(axe_core)
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        ".then((result) => done(result.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])));"
    )
    assert found == []
