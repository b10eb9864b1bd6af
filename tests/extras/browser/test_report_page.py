"""The report in a real browser: silent, exact where its sliders stand, safe with any name, and usable by everybody."""

from __future__ import annotations

import base64
import json
import random
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.analysis.breakeven.runs import crossings
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.domain.project import Project
from cloudcost.figures import time_words
from cloudcost.money import format_usd
from cloudcost.options.model import OptionModel, build_model
from cloudcost.results.estimate import Estimate

SET = """
const [wanted] = arguments, byId = (id) => document.getElementById(id);
const say = (id, value, kind) => { byId(id).value = value; byId(id).dispatchEvent(new Event(kind, {bubbles: true})); };
for (const [id, value] of Object.entries(wanted)) {
  if (id === 'runs') say('runs-number', value || '', 'input'); else say(id, value, 'input');
}
"""
READ = """
const seen = (id) => (byId(id).checkVisibility() ? byId(id).textContent : '');
const read = () => ({rows: [...document.querySelectorAll('#totals tr')].map((row) => ({
  name: row.dataset.option, usd: Number(row.dataset.usd), fits: row.dataset.fits === 'true',
  seconds: Number(row.dataset.seconds), cells: [...row.children].map((each) => each.textContent)})),
  answer: seen('part-answer'), price: seen('part-price'), next: seen('part-next'), tried: seen('tried')});
"""
ALL_OF = (
    "const all = arguments[0].map((wanted) => { (function (wanted) {"
    + SET.replace("const [wanted] = arguments, byId", "const byId")
    + "})(wanted); return read(); });"
    + "return all;"
)
"""Every position in one call, which a browser does in a second."""
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


def _read(browser: Any, positions: list[dict[str, int]]) -> list[dict[str, Any]]:
    """Return what the page shows at each position of its sliders, which it is moved to in turn."""
    script = "const byId = (id) => document.getElementById(id);" + READ + ALL_OF
    shown: list[dict[str, Any]] = browser.execute_script(script, positions)
    return shown


def _positions(tables: dict[str, Any], dice: random.Random, count: int) -> list[dict[str, int]]:
    """Return random positions; each limit is off in half of them, as it is where the page begins."""

    def any_of(name: str) -> int:
        return dice.randrange(len(tables[name]["values"]))

    def limit(name: str) -> int:
        at: int = tables[name]["at"]
        return dice.choice([at, any_of(name)])

    return [
        {
            "runs": dice.choice([1, 2, tables["last"], dice.randint(1, tables["last"]), dice.randint(1, 12)]),
            "factor": any_of("factors"), "months": any_of("months"), "electricity": any_of("electricity"),
            "deadline": limit("deadlines"), "budget": limit("budgets"),
        }
        for _ in range(count)
    ]  # fmt: skip


class Truth:
    """What the library says of a project where the sliders stand; models are kept, since positions share them."""

    def __init__(self, project: Project, tables: dict[str, Any]) -> None:
        self.project, self.tables = project, tables
        self.context = context_of(project, today=project.start)
        self._models: dict[tuple[str, float, int, float], OptionModel] = {}

    def model(self, name: str, at: dict[str, int]) -> OptionModel:
        factor = self.tables["factors"]["values"][at["factor"]]
        months = self.tables["months"]["values"][at["months"]]
        option = next(each for each in self.project.options if each.name == name)
        price = self.tables["electricity"]["values"][at["electricity"]] if option.local is not None else 0.0
        key = (name, factor, months, price)
        if key not in self._models:
            option = replace(option, time_factor=factor)
            if option.local is not None:
                option = replace(option, local=replace(option.local, electricity_usd_per_kwh=Decimal(str(price))))
            self._models[key] = build_model(replace(self.project, keep_months=months), option, self.context)
        return self._models[key]

    def counts(self, at: dict[str, int]) -> list[int]:
        """Return the runs of each CNN: the project's own where the slider stands at none."""
        own = [each.runs.expected for each in self.project.trainings]
        return [at["runs"] or runs for runs in own]

    def can_be_done(self, name: str, at: dict[str, int], estimate: Estimate) -> bool:
        """Return whether an option is feasible, done within the deadline and within the budget."""
        hours, usd = (self.tables[key]["values"] for key in ("deadlines", "budgets"))
        early = at["deadline"] == len(hours) - 1 or self.model(name, at).ends_within(
            self.counts(at), hours[at["deadline"]] * 3600
        )
        budget = usd[at["budget"]]
        assert estimate.total_usd is not None
        return estimate.feasible and early and (budget < 0 or estimate.total_usd <= Decimal(str(budget)))


def _is_the_librarys(truth: Truth, at: dict[str, int], shown: dict[str, Any]) -> bool:
    """Hold every figure of the page at a position against the library; return whether there is an answer."""
    estimates: dict[str, Estimate] = {}
    for row in shown["rows"]:
        estimate = estimate_model(truth.model(row["name"], at), truth.counts(at))
        estimates[row["name"]] = estimate
        assert estimate.total_usd is not None
        assert estimate.calendar_hours is not None
        assert row["usd"] == pytest.approx(float(estimate.total_usd), abs=1e-6)  # pieces are rounded to 1e-9
        assert row["seconds"] == pytest.approx(estimate.calendar_hours * 3600, rel=1e-12)
        currency = truth.project.show_currency
        told = [format_usd(estimate.total_usd), *([currency.text(estimate.total_usd)] if currency else [])]
        assert row["cells"][2:] == [*told, time_words(estimate.calendar_hours * 3600)]
        assert row["fits"] is truth.can_be_done(row["name"], at, estimate), (row, at)
    assert set(estimates) == {option.name for option in truth.project.options}
    can = [row for row in shown["rows"] if row["fits"]]
    assert shown["rows"][: len(can)] == sorted(can, key=lambda row: row["usd"])
    if not can:
        assert shown["answer"].startswith("No option can be done")
        return False
    sure = [row for row in can if estimates[row["name"]].guaranteed]
    first, *others = sure or can  # what nothing guarantees is the answer only where all else fails
    usd, *shown_too, takes = first["cells"][2:]
    assert shown["answer"].startswith(f"{first['name']}, ")
    assert ("nothing guarantees it" in shown["answer"]) is not estimates[first["name"]].guaranteed
    assert shown["price"] == f"{usd} USD{''.join(f' ({each} MXN)' for each in shown_too)}, {takes}"
    second = others[0] if sure and others else None
    assert shown["next"] == (
        "" if second is None else f"{second['name']}, {second['cells'][2]} USD, {second['cells'][-1]}"
    )
    return True


def test_page_asks_nothing_of_any_network_and_says_nothing_on_the_console(browser: Any, page: Path) -> None:
    browser.get_log("performance")
    browser.get_log("browser")
    _open(browser, page)
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert browser.get_log("browser") == []
    assert page.stat().st_size < 300_000


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
    assert browser.execute_script("return document.querySelector('.name').textContent") == hostile.name
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0
    shown = [row["name"] for row in _read(browser, [{}])[0]["rows"]]
    assert "</script><img src=x onerror=alert(1)>" in shown


@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_moved_sliders_show_the_figures_of_the_library(browser: Any, page: Path, hostile: Project, count: int) -> None:
    _open(browser, page)
    truth = Truth(hostile, _tables(browser))
    positions = _positions(truth.tables, random.Random(count), count)
    answered = [
        _is_the_librarys(truth, at, shown) for at, shown in zip(positions, _read(browser, positions), strict=True)
    ]
    assert set(answered) == {True, False}


def test_a_second_currency_and_what_nothing_guarantees_move_as_in_the_library(
    browser: Any, unsure_page: Path, unsure: Project
) -> None:
    _open(browser, unsure_page)
    truth = Truth(unsure, _tables(browser))
    assert truth.tables["planned"] == 0
    positions = _positions(truth.tables, random.Random(7), 30)
    positions += [{**at, "runs": 0} for at in positions[:10]]  # back at the project's own runs
    for at, shown in zip(positions, _read(browser, positions), strict=True):
        _is_the_librarys(truth, at, shown)


def _seen(browser: Any, selector: str) -> str:
    """Return the text of the first such element that lies on the screen as it is scrolled now."""
    found: str = browser.execute_script(
        "const found = [...document.querySelectorAll(arguments[0])].find((each) => {"
        " const box = each.getBoundingClientRect();"
        " return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight; });"
        "return found ? found.textContent : '';",
        selector,
    )
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_five_questions_are_answered_on_one_screen_by_two_actions(
    browser: Any, page: Path, hostile: Project, width: int
) -> None:
    """Each action is what a person does: click or tab to a field and type, hold an arrow key, follow a link."""
    from selenium.webdriver.common.keys import Keys

    truth: Truth | None = None

    def begin() -> None:
        nonlocal truth
        _open(browser, page, width=width)
        truth = truth or Truth(hostile, _tables(browser))

    def follow(title: str) -> None:
        browser.find_element("link text", title).send_keys(Keys.ENTER)
        browser.execute_async_script("setTimeout(arguments[arguments.length - 1], 50)")

    begin()  # what if it takes 30 runs
    browser.find_element("id", "runs-number").send_keys(Keys.CONTROL, "a", Keys.NULL, "30")
    assert _seen(browser, "#tried") == "With 30 runs of each CNN."
    assert _seen(browser, "#part-price") != ""
    begin()  # what if electricity doubles
    assert truth is not None
    prices = truth.tables["electricity"]
    steps = next(at for at, each in enumerate(prices["values"]) if each >= 2 * prices["values"][prices["at"]])
    browser.find_element("id", "electricity").send_keys(Keys.ARROW_RIGHT * (steps - prices["at"]))
    assert "(2 \u00d7 planned)" in _seen(browser, "#tried")
    assert _seen(browser, "#part-price") != ""
    begin()  # can I make it in 3 days
    hours = truth.tables["deadlines"]["values"]
    browser.find_element("id", "deadline").send_keys(Keys.ARROW_LEFT * (len(hours) - 1 - hours.index(72.0)))
    assert _seen(browser, "#tried") == "With 3 days at most."
    assert _seen(browser, "#part-answer") != ""
    begin()  # why not Colab
    follow("Options")
    row = _seen(browser, "tr[data-option^=Colab] th")
    assert "USD more" in row or "cannot be done: " in row
    begin()  # what is not in it
    follow("Not included")
    assert _seen(browser, "#excluded-title") != ""
    assert _seen(browser, "section[aria-labelledby=excluded-title] li") != ""


@pytest.mark.parametrize("written", ["page", "unsure_page"])
def test_the_heading_is_the_librarys_until_a_slider_moves_and_again_after(
    browser: Any, request: pytest.FixtureRequest, written: str
) -> None:
    """What the script composes at the planned numbers is what the library wrote there."""
    _open(browser, request.getfixturevalue(written))
    heading = "return document.getElementById('verdict').textContent"
    begun = browser.execute_script(heading)
    tables = _tables(browser)
    moved, back = _read(browser, [{"factor": 0}, {"factor": tables["factors"]["at"]}])
    assert moved["tried"] == "With hours \u00d7 0.5."
    assert back["tried"] == "At the project's own numbers."
    assert browser.execute_script(heading) == begun
    dearest = len(tables["budgets"]["values"]) - 2  # a budget that forbids nothing, so that the script writes
    composed = _read(browser, [{"budget": dearest}])[0]
    assert composed["tried"].startswith("With a budget of ")
    assert {key: composed[key] for key in ("answer", "price", "next")} == {
        key: back[key] for key in ("answer", "price", "next")
    }


def test_break_even_in_the_page_equals_the_librarys(browser: Any, page: Path, hostile: Project) -> None:
    _open(browser, page)
    truth = Truth(hostile, _tables(browser))
    compared = 0
    for at in _positions(truth.tables, random.Random(3), 4):
        at["deadline"] = truth.tables["deadlines"]["at"]
        _read(browser, [at])
        for index, option in enumerate(truth.tables["options"]):
            browser.execute_script(
                "const choice = document.getElementById('rival'); choice.value = arguments[0];"
                "choice.dispatchEvent(new Event('change'));",
                str(index),
            )
            first = truth.model(option["name"], at)
            for other, said in browser.execute_script(WINS):
                found = crossings(first, truth.model(other, at), horizon=truth.tables["last"])
                assert [int(run) for run in said.split()] == list(found.in_time)
                compared += 1
    assert compared > 8


def _numbers(path: str) -> list[float]:
    return [float(each) for each in re.findall(r"[\d.]+", path)]


@pytest.mark.parametrize("written", ["page", "unsure_page"])
def test_the_script_draws_the_curve_as_the_library_drew_it(
    browser: Any, request: pytest.FixtureRequest, written: str
) -> None:
    """At the planned numbers each line, its letter and the numbers of the axes stand where they stood."""
    path = request.getfixturevalue(written)
    drawn = re.findall(r'<svg [^>]*data-figure="lines".*?</svg>', path.read_text(encoding="utf-8"), flags=re.DOTALL)
    _open(browser, path)
    lines = "return [...document.querySelectorAll('svg[data-figure=lines]')].map((each) => "
    redrawn = browser.execute_script(
        lines + "[[...each.querySelectorAll('path.line')].map((line) => line.getAttribute('d')),"
        " [...each.querySelectorAll('.tick')].map((tick) => tick.textContent)])"
    )
    assert len(drawn) == len(redrawn) == 2
    for svg, (paths, ticks) in zip(drawn, redrawn, strict=True):
        stood = re.findall(r'<path d="([^"]*)"', svg)
        for before, after in zip(stood, paths, strict=True):
            # a tenth of a pixel: both write one decimal, and round halves of their own
            assert _numbers(before) == pytest.approx(_numbers(after), abs=0.11)
        assert re.findall(r'<text [^>]*class="[^"]*tick [xy]t"[^>]*>([^<]*)<', svg) == ticks
        assert paths
        assert ticks


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


WIDTHS = (390, 768, 1280, 1920)


@pytest.mark.parametrize("width", WIDTHS)
def test_page_never_scrolls_sideways(browser: Any, page: Path, width: int) -> None:
    _open(browser, page, width=width)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true;")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    shown = browser.execute_script(
        "return [...document.querySelectorAll('svg.figure')].filter((each) => each.getClientRects().length)"
        ".map((each) => each.dataset.figure)"
    )
    assert len(shown) == len(set(shown)) >= 2  # of each figure the one that suits the width


ON_SCREEN = """
const box = document.getElementById(arguments[0]).getBoundingClientRect();
return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
"""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_answer_and_all_sliders_are_on_one_screen(browser: Any, page: Path, width: int) -> None:
    _open(browser, page, width=width)
    for identity in ("part-answer", "part-price", "runs", "factor", "electricity", "months", "deadline", "budget"):
        assert browser.execute_script(ON_SCREEN, identity), identity


@pytest.mark.parametrize("width", WIDTHS)
def test_the_answer_stays_on_the_screen_however_far_one_reads(browser: Any, page: Path, width: int) -> None:
    _open(browser, page, width=width)
    settled = "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => setTimeout(done, 50))"
    for part in (0.3, 1.0):
        browser.execute_script("scrollTo(0, document.documentElement.scrollHeight * arguments[0])", part)
        browser.execute_async_script(settled)
        where = "part-price" if width >= 1000 else "bar"
        assert browser.execute_script(ON_SCREEN, where)
        price = browser.execute_script("return document.getElementById('part-price').textContent")
        assert price in browser.execute_script("return document.getElementById(arguments[0]).textContent", where)


@pytest.mark.parametrize("width", [390, 1280])
def test_sliders_move_by_keyboard_without_scrolling_and_say_what_they_did(browser: Any, page: Path, width: int) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, page, width=width)
    heading = "return document.getElementById('verdict').textContent"
    before = browser.execute_script(heading)
    slider = browser.find_element("id", "months")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    tables = _tables(browser)
    moved = tables["months"]["values"][tables["months"]["at"] + 2]
    assert slider.get_attribute("aria-valuetext") == f"{moved} months"
    assert browser.execute_script(heading) != before
    assert browser.execute_script("return scrollY") == 0
    assert browser.execute_script(ON_SCREEN, "part-price")
    wait = "const done = arguments[arguments.length - 1]; setTimeout(() => done(), 800)"
    browser.execute_async_script(wait)
    heard = browser.execute_script("return document.getElementById('heard').textContent")
    assert heard.startswith(f"With {moved} months kept. ")
    assert browser.execute_script("return document.getElementById('part-price').textContent") in heard
    browser.find_element("id", "reset").click()
    assert browser.execute_script(heading) == before


def test_print_has_no_controls_closed_bills_and_at_most_four_pages(browser: Any, page: Path) -> None:
    _open(browser, page)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})["data"]
    assert 1 <= base64.b64decode(printed).count(b"/Type /Page\n") <= 4
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = browser.execute_script(
            "return ['nav', 'button', 'select', 'input', '.bill', '#bar'].filter((each) =>"
            " [...document.querySelectorAll(each)].some((found) => found.checkVisibility()));"
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == []


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
