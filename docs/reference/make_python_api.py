"""Write the public names of `python-api.md` from their docstrings: ``python docs/reference/make_python_api.py``."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import cloudcost
import cloudcost.testing

PAGE = Path(__file__).parent / "python-api.md"
BEGIN, END = "<!-- names: begin -->", "<!-- names: end -->"


def summary(value: object) -> str:
    """Return the first paragraph of a docstring on one line."""
    return re.sub(r"\s+", " ", (inspect.getdoc(value) or "").split("\n\n")[0])


def annotation(value: object) -> str:
    """Return a type as the source has it, without the modules' names."""
    text = value if isinstance(value, str) else inspect.formatannotation(value)
    text = re.sub(r"ForwardRef\('([^']*)'[^)]*\)", r"\1", text)
    return re.sub(r"\b(?:\w+\.)+(?=[A-Z])", "", text)


def signature(name: str, value: object) -> str:
    """Return a call as it is written in the source: on one line where it fits."""
    found = inspect.signature(value)  # type: ignore[arg-type]
    parts: list[str] = []
    before = None
    for each in found.parameters.values():
        if each.name in ("self", "cls"):
            continue
        if each.kind is each.KEYWORD_ONLY and before is not each.KEYWORD_ONLY:
            parts.append("*")
        before = each.kind
        default = "" if each.default is each.empty else f" = {each.default!r}"
        parts.append(f"{each.name}: {annotation(each.annotation)}{default}")
    returns = annotation(found.return_annotation)
    plain = f"{name}({', '.join(parts)}) -> {returns}"
    if len(plain) <= 110:
        return plain
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f") -> {returns}"


def functions(module: object, names: list[str]) -> Iterator[str]:
    """Yield the functions among the names."""
    for name in names:
        value = getattr(module, name)
        if inspect.isfunction(value):
            yield from (f"### {name}", "", "```text", signature(name, value), "```", "", summary(value), "")
            yield from raises(value)


def raises(value: object) -> Iterator[str]:
    """Yield a line with the errors that a docstring names."""
    text = (inspect.getdoc(value) or "").partition("Raises\n------\n")[2].split("\n\n")[0]
    names = re.findall(r"^([A-Z]\w+)", text, re.MULTILINE)
    if names:
        yield from ("Raises " + ", ".join(f"`{name}`" for name in names) + ".", "")


def values(module: object, names: list[str]) -> Iterator[str]:
    """Yield the classes among the names that are not errors, with their fields, properties and methods."""
    for name in names:
        value = getattr(module, name)
        if not inspect.isclass(value) or issubclass(value, Exception):
            continue
        yield from (f"### {name}", "", summary(value), "")
        if dataclasses.is_dataclass(value):
            fields = [each.name for each in dataclasses.fields(value) if not each.name.startswith("_")]
            yield from ("Fields: " + ", ".join(f"`{each}`" for each in fields) + ".", "")
        rows = []
        for key, member in vars(value).items():
            function = getattr(member, "__func__", member)
            if key.startswith("_"):
                continue
            if isinstance(member, property):
                rows.append(f"- `{key}`: {summary(member)}")
            elif inspect.isfunction(function):
                shown = re.sub(r"\s+", " ", signature(key, function)).replace("( ", "(").replace(", )", ")")
                rows.append(f"- `{shown}`: {summary(function)}")
        yield from (*rows, "") if rows else ()


def errors(module: object, names: list[str]) -> Iterator[str]:
    """Yield a table of the errors among the names, in the order of the tree."""
    yield from ("### Errors", "", "| error | is a | exit code | when |", "|---|---|---:|---|")
    found = [getattr(module, name) for name in names]
    found = [each for each in found if inspect.isclass(each) and issubclass(each, Exception)]
    for each in sorted(found, key=lambda one: [base.__name__ for base in reversed(one.__mro__)]):
        base = each.__mro__[1].__name__
        yield f"| `{each.__name__}` | `{base}` | {each.exit_code} | {summary(each)} |"
    yield ""


def names() -> str:
    """Return the sections of all public names."""
    public = sorted(cloudcost.__all__, key=str.lower)
    lines = ["## Functions", "", *functions(cloudcost, public)]
    lines += ["## Values", "", *values(cloudcost, public), *errors(cloudcost, public)]
    lines += ["`__version__` is the package's version.", ""]
    strategies = sorted(cloudcost.testing.__all__)
    lines += ["## Hypothesis strategies: `cloudcost.testing`", "", *functions(cloudcost.testing, strategies)]
    return "\n".join(lines).strip()


def page(text: str) -> str:
    """Return the page with its names made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{names()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
