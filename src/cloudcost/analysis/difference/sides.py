"""The two answers of a difference: a comparison as it is, or the JSON that an earlier one wrote."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.errors import InputError
from cloudcost.files.documents import JsonValue, read_document
from cloudcost.render.lines import quantity_string
from cloudcost.results.comparison import Comparison
from cloudcost.results.difference import Side, SideLine, SideOption

READ = ("cloudcost.comparison/1", "cloudcost.estimate/1", "cloudcost.priced/1")
"""Documents that are read."""
_REMEDY = "write it with cloudcost compare --format json"


def side_of(comparison: Comparison, name: str) -> Side:
    """Return a comparison as one side of a difference."""
    options = tuple(
        SideOption(
            name=each.name,
            feasible=each.feasible,
            reason=each.reason,
            total_usd=each.total_usd,
            hours=each.hours,
            lines=gathered(
                SideLine(
                    service=line.service, region=line.region, usage_type=line.usage_type,
                    operation=line.key.operation, purchase=line.purchase, unit=line.unit,
                    quantity=Decimal(quantity_string(line.quantity)), amount_usd=line.amount_usd, why=line.why,
                )
                for line in each.lines
            ),
        )
        for each in comparison.options
    )  # fmt: skip
    best = comparison.best
    return Side(
        name=name,
        verdict=comparison.verdict,
        best="" if best is None else best.name,
        options=options,
        **stamp_of(comparison.price_book).keys(),
    )


def gathered(lines: Iterable[SideLine]) -> tuple[SideLine, ...]:
    """Return lines with those of one key summed: an option's months taken together."""
    sums: dict[tuple[str, ...], SideLine] = {}
    for line in lines:
        known = sums.get(line.key)
        if known is not None:
            line = SideLine(
                service=line.service, region=line.region, usage_type=line.usage_type, operation=line.operation,
                purchase=line.purchase, unit=line.unit, quantity=known.quantity + line.quantity,
                amount_usd=known.amount_usd + line.amount_usd, why=known.why,
            )  # fmt: skip
        sums[line.key] = line
    return tuple(sums.values())


def side_of_json(path: Path) -> Side:
    """Return the answer that a JSON file holds.

    Raises
    ------
    InputError
        When the file cannot be read, or is none of `READ`.
    """
    document = read_document(path, remedy=_REMEDY)
    record = _Record(document, str(path), "")
    schema = record.text("schema")
    match schema:
        case "cloudcost.comparison/1":
            options = tuple(_option(each) for each in record.records("options"))
            sure = [each.flag("guaranteed", True) for each in record.records("options")]
            able = [each.name for each, is_sure in zip(options, sure, strict=True) if each.feasible and is_sure]
            best = able[0] if able else ""
            verdict = record.text("verdict")
            return Side(name=str(path), verdict=verdict, best=best, options=options, **record.stamp())
        case "cloudcost.estimate/1":
            return _alone(path, _option(record), record)
        case "cloudcost.priced/1":
            total = record.usd("total_usd")
            lines = _lines(record)
            bill = SideOption(name="bill", feasible=True, reason="", total_usd=total, hours=None, lines=lines)
            return _alone(path, bill, record)
        case _:
            raise InputError(f"{path}:schema: not one of {', '.join(READ)}, {schema!r}, {_REMEDY}")


def _alone(path: Path, option: SideOption, record: _Record) -> Side:
    """Return an answer that is one option."""
    best = option.name if option.feasible else ""
    return Side(name=str(path), verdict="", best=best, options=(option,), **record.stamp())


def _option(record: _Record) -> SideOption:
    return SideOption(
        name=record.text("name"),
        feasible=record.flag("feasible"),
        reason=record.text("reason", ""),
        total_usd=record.usd("total_usd"),
        hours=record.number("hours"),
        lines=_lines(record),
    )


def _lines(record: _Record) -> tuple[SideLine, ...]:
    return gathered(
        SideLine(
            service=each.text("service"),
            region=each.text("region"),
            usage_type=each.text("usage_type"),
            operation=each.text("operation"),
            purchase=each.text("purchase"),
            unit=each.text("unit"),
            quantity=each.usd("quantity") or Decimal(0),
            amount_usd=each.usd("amount_usd") or Decimal(0),
            why=each.text("why", ""),
        )
        for each in record.records("lines")
    )


class _Record:
    """An object of a document, read key by key; what is not as it should be is one line that names its place."""

    def __init__(self, value: JsonValue, file: str, place: str) -> None:
        self.file, self.place = file, place
        if not isinstance(value, dict):
            raise self._wrong("", "no object")
        self.value = value

    def _wrong(self, key: str, what: str) -> InputError:
        place = ".".join(part for part in (self.place, key) if part)
        return InputError(f"{self.file}{place and f':{place}'}: {what}, {_REMEDY}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; a default stands for null and for what is not there."""
        value = self.value.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self._wrong(key, "no text")
        return value

    def stamp(self) -> dict[str, str | None]:
        """Return the book that the document names and its sum; documents of before have no sum."""
        return {key: self.text(key, "") or None for key in ("price_book", "price_book_sha256")}

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return a truth value."""
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "neither true nor false")
        return value

    def number(self, key: str) -> float | None:
        """Return a number; None where it is not known."""
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(key, "no number")
        return float(value)

    def usd(self, key: str) -> Decimal | None:
        """Return a decimal; None where it is not known."""
        value = self.value.get(key)
        if value is None:
            return None
        try:
            found = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite():
            raise self._wrong(key, "no decimal number in quotes")
        return found

    def records(self, key: str) -> list[_Record]:
        """Return the objects of a list."""
        value = self.value.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, "no list")
        place = f"{self.place}.{key}" if self.place else key
        return [_Record(each, self.file, f"{place}[{index}]") for index, each in enumerate(value)]
