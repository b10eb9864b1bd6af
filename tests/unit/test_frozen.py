"""Values made by `cloudcost.frozen.dataclass` are those of the standard library's: held class by class."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloudcost
from cloudcost.frozen import dataclass as own

standard = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)


class _Definition:
    """A value of every sort of field."""

    a: int
    b: tuple[float, ...] = (0.5,)
    c: list[int] = dataclasses.field(default_factory=list)
    d: str = dataclasses.field(default="", compare=False)
    e: str = dataclasses.field(default="hidden", repr=False)

    @property
    def twice(self) -> int:
        return 2 * self.a


def _made(decorate: Callable[[type], Any], definition: type = _Definition) -> Any:
    copied = type(
        "Value", (), {key: value for key, value in vars(definition).items() if key not in ("__dict__", "__weakref__")}
    )
    return decorate(copied)


Own, Standard = _made(own(frozen=True, slots=True, kw_only=True)), _made(standard)
Own.__qualname__ = "Own"  # for pickle

numbers = st.fixed_dictionaries(
    {"a": st.integers()},
    optional={"b": st.tuples(st.floats()), "c": st.lists(st.integers()), "d": st.text(), "e": st.text()},
)


@given(one=numbers, other=numbers)
def test_text_equality_and_hash_are_the_standard_librarys(one: dict[str, Any], other: dict[str, Any]) -> None:
    mine, theirs = Own(**one), Standard(**one)
    assert repr(mine).removeprefix("Own") == repr(theirs).removeprefix("Value")
    assert dataclasses.astuple(mine) == dataclasses.astuple(theirs)
    assert (mine == Own(**other)) == (theirs == Standard(**other))
    assert mine != theirs
    assert mine.twice == theirs.twice
    changed = {key: other[key] for key in ("a", "d") if key in other}
    assert dataclasses.astuple(dataclasses.replace(mine, **changed)) == dataclasses.astuple(
        dataclasses.replace(theirs, **changed)
    )
    assert copy.deepcopy(mine) == mine


def test_hash_is_of_what_is_compared() -> None:
    class _Hashable:
        a: int
        d: str = dataclasses.field(default="", compare=False)

    mine, theirs = (
        _made(each, _Hashable)
        for each in (own(frozen=True, slots=True), dataclasses.dataclass(frozen=True, slots=True))
    )
    assert hash(mine(1, "x")) == hash(mine(1, "y")) == hash(theirs(1, "x"))
    assert mine(1, "x") == mine(1, "y")


def test_a_pickle_comes_back_equal() -> None:
    value = Own(a=3, c=[1])
    assert pickle.loads(pickle.dumps(value)) == value


@pytest.mark.parametrize("kind", [Own, Standard])
def test_a_value_stays_as_it_is(kind: Any) -> None:
    value = kind(a=1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'a'"):
        value.a = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'a'"):
        del value.a
    assert not hasattr(value, "__dict__")
    with pytest.raises(TypeError):
        kind()
    with pytest.raises(TypeError):
        kind(1)


def test_values_of_mutable_defaults_do_not_share_them() -> None:
    Own(a=1).c.append(1)
    assert Own(a=1).c == []


def test_only_a_subclass_may_add_attributes() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'new'"):
        Own(a=1).new = 2  # the standard library's own ends in a TypeError
    value = type("Sub", (Own,), {})(a=1)
    value.new = 2
    assert value.new == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.a = 2


def test_what_runs_after_the_constructor_runs() -> None:
    @own(frozen=True, slots=True)
    class Checked:
        a: int

        def __post_init__(self) -> None:
            if self.a < 0:
                raise ValueError("below 0")

    assert Checked(1).a == 1
    with pytest.raises(ValueError, match="below 0"):
        Checked(-1)


def test_a_class_with_methods_of_its_own_keeps_them() -> None:
    @own(frozen=True, slots=True)
    class Named:
        a: int

        def __repr__(self) -> str:
            return "named"

    assert repr(Named(1)) == "named"
    assert Named(1) == Named(1)


def _values() -> Iterator[type]:
    for module in pkgutil.walk_packages(cloudcost.__path__, "cloudcost."):
        if not module.name.startswith(("cloudcost.profiling", "cloudcost.testing", "cloudcost.__main__")):
            for kind in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(kind) and kind.__module__ == module.name and dataclasses.is_dataclass(kind):
                    yield kind


def test_every_value_of_the_package_has_the_standard_librarys_signature() -> None:
    seen = 0
    for kind in _values():
        fields = dataclasses.fields(kind)
        theirs = dataclasses.make_dataclass(
            "Theirs",
            [
                (
                    each.name,
                    each.type,
                    dataclasses.field(default=each.default, default_factory=each.default_factory, kw_only=each.kw_only),
                )
                for each in fields
            ],
        )
        assert str(inspect.signature(kind)) == str(inspect.signature(theirs)), kind
        assert kind.__match_args__ == theirs.__match_args__, kind  # type: ignore[attr-defined]
        seen += 1
    assert seen > 100


def test_hints_of_a_constructor_can_be_looked_up() -> None:
    from cloudcost.domain.usage import Usage

    assert get_type_hints(Usage.__init__)["service"] is str
