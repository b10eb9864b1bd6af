"""The kind of an option is asked for in one place a layer; other modules ask for what is true of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import cloudcost
from cloudcost.domain.kinds import KINDS, TIME
from cloudcost.domain.project import Option, OptionKind
from cloudcost.options.kinds import kind_of
from cloudcost.project.keys.facts import kinds_with
from cloudcost.usage.kinds import metering_of
from cloudcost.usage.machines.compute import rule_of

SOURCE = Path(cloudcost.__file__).parent
NAMES: tuple[OptionKind, ...] = get_args(OptionKind)
ALLOWED = {
    "usage/kinds/__init__.py": "the registry of what each kind meters",
    "options/kinds/__init__.py": "the registry of what each kind is made of",
}
"""Files that tell kinds apart, and what for."""
NAMING = {
    *ALLOWED,
    "domain/project.py",  # the set of kinds
    "domain/kinds.py",  # the facts of each
    "project/describe/template.py",  # an option of each kind in the commented file
    "project/keys/option_table.py",  # which kinds have a key
    *(f"options/kinds/{kind}.py" for kind in ("ec2", "sagemaker", "colab")),  # what a price book sells of each
}
"""Files in which the name of a kind stands; what is true of it is asked for everywhere else."""
OTHER_MEANINGS = {
    "catalog/books/ec2_tables.py": {"ec2"},  # a folder of tables
    "project/checks/machines.py": {"ec2", "sagemaker"},  # what people call AWS as a provider
}
TABLES = {"quota.kinds", "having"}
"""Sets of kinds that come from a table: which have a free quota, which have a key."""


def questions(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that compare a kind with an option's kinds, by name or by a constant's, or match on it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_is_kind(side) for side in sides) and any(_names_kinds(side) for side in sides):
                yield node.lineno
        elif isinstance(node, ast.Match) and _is_kind(node.subject):
            cases = [part for case in node.cases for part in ast.walk(case.pattern)]
            if any(isinstance(part, ast.MatchValue) and _names_kinds(part.value) for part in cases):
                yield node.lineno


def _is_kind(node: ast.expr) -> bool:
    """Return whether it is `x.kind`, `kind`, `x["kind"]` or `x.get("kind")`."""
    match node:
        case ast.Attribute(attr="kind") | ast.Name(id="kind") | ast.Subscript(slice=ast.Constant(value="kind")):
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value="kind"), *_]):
            return True
    return False


def _names_kinds(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in NAMES
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_names_kinds(each) for each in node.elts)
    return False


def asking() -> dict[str, list[int]]:
    return {
        str(path.relative_to(SOURCE)): lines
        for path in SOURCE.rglob("*.py")
        if (lines := list(questions(ast.parse(path.read_text(encoding="utf-8")))))
    }


def test_an_options_kind_is_asked_for_where_kinds_are_kept() -> None:
    found = asking()
    assert {name: lines for name, lines in found.items() if name not in ALLOWED} == {}
    assert set(ALLOWED) == set(found), "a file of ALLOWED asks for no kind any more"


def test_no_set_of_kinds_is_asked_for_by_a_name() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and "option.kind" in ast.unparse(node.left):
                sets = [ast.unparse(each) for each in node.comparators]
                assert set(sets) <= TABLES, f"{path.relative_to(SOURCE)}:{node.lineno}: {ast.unparse(node)}"


def test_the_name_of_a_kind_stands_where_kinds_are_kept() -> None:
    """`local` and `cloud` are words of English too; the comparisons above find them."""
    plain = set(NAMES) - {"local", "cloud"}
    found = {
        str(path.relative_to(SOURCE)): names
        for path in SOURCE.rglob("*.py")
        if (names := plain & set(strings(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert {name: names for name, names in found.items() if name not in NAMING} == OTHER_MEANINGS


def strings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize(
    "text",
    [
        "option.kind == 'ec2'",
        "kind != 'local'",
        "x.option.kind in ('ec2', 'cloud')",
        "match o.kind:\n case 'colab': 1",
        "table.get('kind') == 'cloud'",
        "row['kind'] == 'local'",
    ],
)
def test_a_question_is_found(text: str) -> None:
    assert list(questions(ast.parse(text))) == [1]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_has_facts_a_metering_and_a_module(name: OptionKind) -> None:
    option = Option(name="o", kind=name)
    assert set(KINDS) == set(NAMES)
    assert type(metering_of(option)).__module__ == f"cloudcost.usage.kinds.{name}"
    assert type(kind_of(option)).__module__ == f"cloudcost.options.kinds.{name}"
    facts = KINDS[name]
    assert not (facts.in_aws and facts.at_home)
    assert (rule_of(option) is None) == facts.at_home
    assert not facts.in_aws or (facts.service and facts.hour_types)
    assert facts.names_device or not facts.device_by
    assert all(choice.key in choice.sets[0] for choice in facts.choices)
    for key in keys_of(name):
        assert key == TIME or name in kinds_with(key), f"{key} is no key of {name}"


def keys_of(kind: OptionKind) -> set[str]:
    """Return the keys that the facts of a kind name."""
    facts = KINDS[kind]
    sets = [*facts.machine_by, *facts.device_by, *(keys for choice in facts.choices for keys in choice.sets)]
    return {key for keys in sets for key in keys} | {each.true for each in facts.choices if each.true}
