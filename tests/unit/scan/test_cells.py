"""Objects summed by class, size and age: nothing is lost, and what is held stays bounded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloudcost.scan.cells import EDGES, Cells, next_midnight

objects = st.tuples(
    st.sampled_from(("STANDARD", "GLACIER")), st.integers(0, 10**9), st.integers(0, 4000),
    st.one_of(st.none(), st.integers(0, 4000)), st.integers(0, 200),
)  # fmt: skip


def filled(listed: list[tuple[str, int, int, int | None, int]], **more: int) -> Cells:
    cells = Cells(**more)  # type: ignore[arg-type]
    for storage_class, size, age, noncurrent, newer in listed:
        cells.add(storage_class, size, age_days=age, noncurrent_days=noncurrent, newer_versions=newer)
    return cells


@given(st.lists(objects, max_size=60))
def test_counts_and_bytes_are_those_of_the_objects(listed: list[tuple[str, int, int, int | None, int]]) -> None:
    for cells in (filled(listed), filled(listed, most=4)):
        classes = cells.classes()
        assert sum(each.count for each in classes) == len(listed)
        assert sum(each.size_bytes for each in classes) == sum(size for _, size, *_ in listed)
        old = [size for _, size, _, noncurrent, _ in listed if noncurrent is not None]
        assert sum(each.size_bytes for each in classes if not each.is_current) == sum(old)


@given(st.lists(objects, max_size=60))
def test_small_objects_are_apart_from_large_ones(listed: list[tuple[str, int, int, int | None, int]]) -> None:
    small = [size for _, size, *_ in listed if size < 131_072]
    found = [each for each in filled(listed, most=1).classes() if each.size_bytes < 131_072 * each.count]
    assert sum(each.count for each in found) == len(small)
    assert sum(each.size_bytes for each in found) == sum(small)


def test_ages_are_put_together_until_the_cells_fit() -> None:
    cells = filled([("STANDARD", 10, age, None, 0) for age in range(400)], most=60)
    assert cells.width == 7
    assert [each.age_days for each in cells.classes()][:3] == [0, 7, 14]
    assert {each.count for each in cells.classes()} == {7, 1}
    cells.hold_at_most(1)
    assert [(each.age_days, each.count) for each in cells.classes()] == [(0, 400)]


def test_further_edges_part_classes() -> None:
    cells = Cells([4097])
    for size in (4096, 4097):
        cells.add("", size)
    assert [each.size_bytes for each in cells.classes()] == [4096, 4097]
    assert set(EDGES) < set(cells.edges)


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_next_midnight_is_less_than_a_day_away(moment: datetime) -> None:
    day = next_midnight(moment)
    away = datetime(day.year, day.month, day.day, tzinfo=UTC) - moment
    assert timedelta(0) <= away < timedelta(days=1)


def test_another_zone_is_taken_to_utc() -> None:
    assert next_midnight(datetime.fromisoformat("2026-11-22T22:30:00-05:00")) == date(2026, 11, 24)
