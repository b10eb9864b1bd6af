"""A real browser, opened once; the tests are skipped with the reason where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.report.write import report_html
from cloudcost.domain.currency import ShownCurrency
from cloudcost.domain.project import Count, Project
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)
HOSTILE = "<script>document.title='taken'</script>\"'&</title>"


@pytest.fixture(scope="session")
def hostile() -> Project:
    """Return the bundled project, smaller, with names that try to be HTML, credits, tax and uneven machines."""
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    kept = ("SageMaker ml.g4dn.xlarge", "EC2 g4dn.xlarge", "Colab pay-as-you-go T4", "Own computer, RTX 3060",
            "Buy a computer, RTX 3090", "EC2 p3.2xlarge")  # fmt: skip
    options = [each for each in project.options if each.name in kept]
    options[0] = replace(options[0], name="</script><img src=x onerror=alert(1)>")
    return replace(
        project, name=HOSTILE, options=tuple(options), credits_usd=Decimal(40), tax_rate=Decimal("0.16"), machines=2
    )


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory, hostile: Project) -> Path:
    """Return a written page about the hostile project."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report_html(compare(hostile, today=TODAY, draws=200)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def unsure() -> Project:
    """Return the bundled project with a second currency, uneven runs and an option that nothing guarantees."""
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    kept = ("EC2 g6.xlarge", "Colab free", "Own computer, RTX 3060", "Buy a computer, RTX 3090")
    options = tuple(each for each in project.options if each.name in kept)
    currency = ShownCurrency(code="MXN", rate=Decimal("18.4"))
    counts = (Count.fixed(2), Count.fixed(7), Count.fixed(1))
    trainings = tuple(replace(each, runs=runs) for each, runs in zip(project.trainings, counts, strict=True))
    return replace(project, options=options, show_currency=currency, duration_seconds=20 * 86_400, trainings=trainings)


@pytest.fixture(scope="session")
def unsure_page(tmp_path_factory: pytest.TempPathFactory, unsure: Project) -> Path:
    """Return a written page about the project with a second currency, without scenarios."""
    path = tmp_path_factory.mktemp("page") / "unsure.html"
    path.write_text(report_html(compare(unsure, today=TODAY, draws=0)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return headless Chromium; skip where it, its driver or selenium is missing."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium or its driver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


@pytest.fixture
def axe_core() -> str:
    """Return the source of axe-core, which AXE_CORE names; skip where it is missing."""
    path = os.environ.get("AXE_CORE")
    if not path or not Path(path).is_file():
        pytest.skip("AXE_CORE does not name axe.min.js")
    return Path(path).read_text(encoding="utf-8")
