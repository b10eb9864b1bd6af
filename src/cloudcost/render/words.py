"""Results in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import GB, counted, figure, size_words, time_words
from cloudcost.money import format_usd
from cloudcost.usage.chosen import machines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudcost.domain.project import Project
    from cloudcost.results.crossings import Crossings, CrossingsOver
    from cloudcost.results.matters import FlipPoint, Front, Suggestion

SPREAD_WORDS = {
    "cores": "cores not stated",
    "decoding": "decoding of images",
    "shortest_session": "ends of free sessions",
    "electricity_sd": "electricity",
    "purchase_sd": "purchase",
    "resale_sd": "resale",
    "forgotten_chance": "machines left on",
}
"""What a reader calls uncertain inputs whose names say something else."""


def machines_words(project: Project, before: str = " on ") -> str:
    """Return on how many machines runs are done, over all options; empty where it is one on each."""
    counts = {machines_of(project, option) for option in project.options} or {project.machines}
    least, most = min(counts), max(counts)
    if most == 1:
        return ""
    return f"{before}{most:,} machines" if least == most else f"{before}{least:,} to {most:,} machines"


def spread_sentence(name: str, value: str, source: str) -> str:
    """Return what scenarios draw of an uncertain input, and why, in one sentence.

    Examples
    --------
    >>> spread_sentence("electricity_sd", "0.1", "assumed")
    'price of electricity: 10 % up or down (one standard deviation); assumed'
    """
    share = "" if value == "as stated" else f"{figure(100 * float(value))} %"
    said = {
        "step_times": f"times of steps: {share} of the timing model's own spread",
        "spot_price": "spot price",
        "interruptions": "interruptions of spot machines",
        "shortest_session": f"sessions that nothing promises: they end between {share} and all of their limit",
        "cores": "cores that decode images, where they are not stated",
        "decoding": "time in which a core decodes an image, where it may limit a step",
        "electricity_sd": f"price of electricity: {share} up or down (one standard deviation)",
        "purchase_sd": f"price of a machine to be bought: {share} up or down (one standard deviation)",
        "resale_sd": f"share of its price that it is sold for: {share} down (one standard deviation), never the whole",
        "forgotten_chance": f"a machine left on: in {share} of the projects",
    }
    return f"{said.get(name, name.replace('_', ' '))}; {source}"


def percent(probability: float) -> str:
    """Return a probability in words; only what is certain is 0 or 100 %.

    Examples
    --------
    >>> percent(0.934), percent(0.9999), percent(0.001), percent(1.0)
    ('93 %', 'over 99 %', 'under 1 %', '100 %')
    """
    if 0 < probability < 0.005:
        return "under 1 %"
    if 0.995 <= probability < 1:
        return "over 99 %"
    return f"{100 * probability:.0f} %"


def crossing_sentence(crossing: Crossings) -> str:
    """Return where the cheaper of two options changes, in one sentence; many changes as first, last and count.

    It says up to which number of runs all of them fit into the project's time with both options; a change beyond is
    told as one that is counted without that limit.
    """
    other = {crossing.a: crossing.b, crossing.b: crossing.a}
    last, at = crossing.last_run, crossing.in_time
    first, leader = crossing.first_leader, crossing.leader_in_time
    cut = last < crossing.horizon
    end = f", {_in_time(crossing)}" if cut else ""
    if not first:
        return f"{crossing.a} and {crossing.b} cost the same up to {counted(last, 'run')}{end}"
    if not at:
        reach = "1 run of each CNN" if last == 1 else f"any number of runs up to {last:,}"
        beyond = crossing.at[:1]
        later = f"; counted without that limit, {other[first]} wins from run {beyond[0]:,} on" if beyond else ""
        return f"{first} is cheaper than {other[first]} at {reach}{end}{later}"
    if len(at) == 1:
        if cut and at[0] == last:
            return f"{leader} wins over {other[leader]} at {counted(last, 'run')} of each CNN{end}"
        until = f", up to run {last:,}{end}" if cut else ""
        return f"{leader} wins over {other[leader]} from run {at[0]:,} of each CNN on{until}"
    until = f", up to run {last:,}{end}" if cut else " in the end"
    return (
        f"{first} and {other[first]} change places {len(at)} times, first at run {at[0]:,}, last at run {at[-1]:,}; "
        f"then {leader} wins{until}"
    )


def _in_time(crossing: Crossings) -> str:
    """Return with which option no more runs fit into the project's time, and how many do with the other."""
    least, most = sorted(zip(crossing.most_runs, (crossing.a, crossing.b), strict=True))
    if least[0] == most[0]:
        return "the last that fits into the project's time with both"
    up_to = f" up to {most[0]:,} do" if most[0] < crossing.horizon else " more do"
    return f"the last that fits into the project's time with {least[1]} (with {most[1]}{up_to})"


FAR_SDS = 10
"""From here on it is only said that a flip lies further away than this. [standard deviations]"""


def flip_sentence(flip: FlipPoint) -> str:
    """Return what would have to be true for the verdict to change, in one sentence without its full stop.

    Notes
    -----
    "the verdict flips only if electricity costs more than 0.61 USD/kWh: then EC2 g4dn.xlarge wins (0.11 assumed)"
    """
    then = f"{flip.becomes} wins" if flip.becomes else "no option can do it"
    assumed = "" if flip.unit == "x" and flip.assumed == 1 else f" ({amount(flip.assumed)}{_unit_told(flip)} assumed)"
    since = f", since {flip.best} cannot do it" if flip.reason and flip.best and flip.becomes else ""
    return f"the verdict flips only if {flip_condition(flip)}: then {then}{since}{assumed}"


def _unit_told(flip: FlipPoint) -> str:
    """Return the unit of what is assumed where the value beside it is told in a smaller one."""
    kind = flip.parameter.partition(":")[0]
    return {"duration": " days", "dataset": " GB"}.get(kind, "") if 0 < flip.value < 1 else ""


def flip_condition(flip: FlipPoint) -> str:
    """Return when the verdict changes, as a clause: "electricity costs more than 0.61 USD/kWh"."""
    value, kind = _threshold(flip), flip.parameter.partition(":")[0]
    more = "more" if flip.above else "less"
    match kind:
        case "electricity":
            whose = flip.label.removeprefix("price of electricity")
            return f"electricity{whose} costs {more} than {value} {flip.unit}"
        case "time":
            who = flip.label.removeprefix("time of a step on ")
            ratio = amount(flip.value if flip.above else 1 / flip.value)
            return f"{who} is {ratio} times {'slower' if flip.above else 'faster'} than estimated"
        case "epochs":
            return f"a run takes {more} than {value} times the epochs that are planned"
        case "dataset" if 0 < flip.value < 1:
            return f"the data set is {'larger' if flip.above else 'smaller'} than {size_words(flip.value * GB)}"
        case "dataset":
            return f"the data set is {'larger' if flip.above else 'smaller'} than {value} GB"
        case "duration" if 0 < flip.value < 1:
            return f"the project has {more} than {time_words(flip.value * 86_400)}"
        case "duration":
            return f"the project has {more} than {value} {'day' if value == '1' else 'days'}"
        case "hours_per_day":
            return f"machines train {more} than {value} {'hour' if value == '1' else 'hours'} a day"
        case "keep_months":
            months = "month" if value == "1" else "months"
            return f"everything is kept for {value} {months} or {'longer' if flip.above else 'shorter'}"
        case "runs" | "uploads" | "downloads" if float(flip.value).is_integer():
            what = flip.label if kind == "runs" else f"{kind} of the data set"
            if not flip.value and not flip.above:
                return f"there are no {what}"
            return f"there are {value} or {'more' if flip.above else 'fewer'} {what}"
        case "tax_rate":
            return f"tax is {more} than {amount(flip.value * 100)} %"
        case "credits":
            return f"there are {more} than {value} USD of AWS credits"
        case "purchase":
            return f"{flip.parameter.partition(':')[2]} costs {more} than {value} USD"
        case _:
            unit = f" {flip.unit}"
            if flip.unit == "x":
                unit = " times what is assumed" if flip.assumed == 1 else ""
            verb = "are" if "hours" in flip.label else "is"
            return f"the {flip.label} {verb} {'above' if flip.above else 'below'} {value}{unit}"


def _threshold(flip: FlipPoint) -> str:
    """Return the value that flips the verdict, with as many figures as tell it from what a share cannot pass."""
    share = flip.parameter.partition(":")[0] in ("resale", "utilisation")
    if not share or not 0 < flip.value < 1:
        return amount(flip.value)
    return next((said for digits in (3, 4, 5, 6) if (said := figure(flip.value, digits)) != "1"), "0.999999")


def flip_distance(flip: FlipPoint) -> str:
    """Return how far a flip lies from what is assumed, in the input's own spread."""
    if flip.distance_sd is None:
        return "nothing is known of how uncertain it is"
    far = f"{flip.distance_sd:.1f} standard deviations away"
    if flip.distance_sd >= FAR_SDS:
        far = f"over {FAR_SDS} standard deviations away"
    return f"{far}, {'within' if flip.plausible else 'beyond'} the plausible {amount(flip.low)} to {amount(flip.high)}"


def odds(chance: float) -> str:
    """Return a chance as people bet on it.

    Examples
    --------
    >>> odds(0.24), odds(0.49), odds(0.07), odds(0.0001), odds(0.7)
    ('about 1 in 4', 'about 1 in 2', 'about 1 in 14', 'less than 1 in 1,000', 'more likely than not')
    """
    if chance > 0.55:
        return "more likely than not"
    if chance < 1e-3:
        return "less than 1 in 1,000"
    times = round(1 / chance)
    return f"about 1 in {times if times < 100 else round(times, -1 if times < 1000 else -2):,}"


LEAST_CHANCE = 1e-3
"""Below it a change of the answer is not told among those that are likely. [1]"""


def likely_flips(flips: Iterable[FlipPoint]) -> list[FlipPoint]:
    """Return the changes of the answer that are worth telling, the likeliest first, those of unknown chance last.

    Left out are those that are next to impossible, and credits where the project states none: nobody knows of any.
    """
    told = [flip for flip in flips if flip.chance is None or flip.chance >= LEAST_CHANCE]
    return by_chance(flip for flip in told if flip.assumed or flip.parameter.partition(":")[0] != "credits")


def by_chance(flips: Iterable[FlipPoint]) -> list[FlipPoint]:
    """Return the changes of the answer, the likeliest first, those of which nothing is known last."""
    return sorted(flips, key=lambda flip: -1.0 if flip.chance is None else flip.chance, reverse=True)


def odds_sentence(flip: FlipPoint) -> str:
    """Return what changes the answer, how likely that is, and what the answer is then.

    Notes
    -----
    "Own computer, RTX 3060 is 1.41 times slower than estimated, about 1 in 4: then Colab T4 wins"
    """
    likely = "nobody knows how likely" if flip.chance is None else odds(flip.chance)
    then = f"{flip.becomes} wins" if flip.becomes else "no option can do it"
    since = f", since {flip.best} cannot do it" if flip.reason and flip.best and flip.becomes else ""
    return f"{flip_condition(flip)}, {likely}: then {then}{since}"


def amount(value: float) -> str:
    """Return a number to three figures, whole ones and large ones in full.

    Examples
    --------
    >>> amount(0.6123), amount(12), amount(10_000), amount(1234.5)
    ('0.612', '12', '10,000', '1,234')
    """
    return figure(value)


def over_words(crossing: CrossingsOver) -> str:
    """Return what a crossing is over, as it stands behind a number: "GB of data"."""
    names = {
        "hours": f"hours a month on {crossing.reference}",
        "months": "months kept",
        "dataset": "GB of data",
        "electricity": "USD/kWh",
        "utilisation": "of its life in use",
    }
    return names[crossing.quantity]


def crossing_over_sentence(crossing: CrossingsOver) -> str:
    """Return where the cheaper of two options changes over a quantity; many changes as first, last and count."""
    other = {crossing.a: crossing.b, crossing.b: crossing.a}
    what = over_words(crossing)
    if not crossing.first_leader:
        return f"{crossing.a} and {crossing.b} cost the same up to {amount(float(crossing.high))} {what}"
    if not crossing.at:
        return (
            f"{crossing.first_leader} is cheaper than {other[crossing.first_leader]} from "
            f"{amount(float(crossing.low))} to {amount(float(crossing.high))} {what}"
        )
    first, last = amount(float(crossing.at[0])), amount(float(crossing.at[-1]))
    if crossing.count == 1:
        return f"{crossing.last_leader} wins over {crossing.first_leader} from {first} {what} on"
    return (
        f"{crossing.first_leader} and {other[crossing.first_leader]} change places {crossing.count} times, first at "
        f"{first}, last at {last} {what}; {crossing.last_leader} wins in the end"
    )


def suggestion_sentence(suggestion: Suggestion) -> str:
    """Return a suggestion in one sentence: "53 tar shards instead of 60,000 objects: 14.00 USD less"."""
    if suggestion.saving_usd is None:
        return f"{suggestion.text}: price unknown ({suggestion.reason})"
    less = suggestion.saving_usd >= 0
    said = f"{suggestion.text}: {format_usd(abs(suggestion.saving_usd))} USD {'less' if less else 'more'}"
    if suggestion.hours_more is not None and abs(suggestion.hours_more) >= 0.5:
        said += f" and {abs(suggestion.hours_more):.0f} h {'more' if suggestion.hours_more > 0 else 'less'}"
    return f"{said}; {suggestion.condition}" if suggestion.condition else said


def front_sentence(front: Front) -> str:
    """Return which options are worth a look by cost and time, and what beats each of the others."""
    if not front.front:
        return "no option can do it, so there is nothing to choose between"
    names = ", ".join(
        f"{point.name} ({format_usd(point.total_usd)} USD, {figure(point.calendar_hours, 3)} h)"
        for point in front.front
    )
    said = f"no option is both cheaper and faster than {names}"
    if front.dominated:
        said += "; beaten in both: " + ", ".join(f"{each.name} by {each.dominated_by}" for each in front.dominated)
    return said
