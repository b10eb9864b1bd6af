"""Names near to one that is not known: what a message offers as a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

NAMES = "cloudcost schema --format names"
"""The command that lists the names of devices, accelerators, countries, providers, regions and price books."""
FEW = 9
"""Names that a message lists in full; of more it says where they are listed. [count]"""
MOST_COMPARED = 100
"""Names that one is compared with letter by letter. [count]"""


def bare_name(name: str) -> str:
    """Return a name without case, spaces and signs.

    Examples
    --------
    >>> bare_name("RTX 4060 Ti")
    'rtx4060ti'
    """
    return "".join(filter(str.isalnum, name.casefold()))


def nearest(name: str, known: Iterable[str], count: int = 1, cutoff: float = 0.6) -> tuple[str, ...]:
    """Return up to `count` of the known names that resemble `name`, the most alike first, ties in their own order.

    Examples
    --------
    >>> nearest("eu-west-9", ["eu-west-2", "eu-west-1", "us-east-1"])
    ('eu-west-1',)
    """
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(name.lower())
    scored: list[tuple[float, str]] = []
    for candidate in _likely(name.lower(), sorted(set(known))):
        matcher.set_seq1(candidate.lower())
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff:
            ratio = matcher.ratio()
            if ratio >= cutoff:
                scored.append((-ratio, candidate))
    return tuple(candidate for _, candidate in sorted(scored)[:count])


def _likely(name: str, known: list[str]) -> list[str]:
    """Return those of very many names that share most pairs of letters with `name`: a comparison is slow."""
    if len(known) <= MOST_COMPARED:
        return known
    wanted = _pairs(name)
    ranked = sorted(known, key=lambda each: (-len(wanted & _pairs(each.lower())), each))
    return sorted(ranked[:MOST_COMPARED])


@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(f"{one}{two}" for one, two in pairwise(f"^{text}$"))


def did_you_mean(name: str, known: Iterable[str], count: int = 1, otherwise: str = "") -> str:
    """Return ``did you mean a or b?`` for names near to `name`, else `otherwise`.

    Examples
    --------
    >>> did_you_mean("g4dn.xlage", ["g4dn.xlarge", "p3.2xlarge"])
    'did you mean g4dn.xlarge?'
    """
    near = nearest(name, known, count)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def near_and_all(name: str, known: Iterable[str], count: int = 2, *, where: str) -> str:
    """Return the names near to `name`, and all that there are where they are few, else where they are listed.

    Parameters
    ----------
    where : str
        The command that lists them.

    Examples
    --------
    >>> near_and_all("L44", ["T4", "L4"], where="cloudcost x"), near_and_all("?", ["T4", "L4"], where="cloudcost x")
    ('did you mean L4? it is one of T4, L4', 'use one of T4, L4')
    >>> near_and_all("10", [str(number) for number in range(99)], 1, where="cloudcost x")
    'did you mean 10? cloudcost x lists all'
    """
    names = list(dict.fromkeys(known))
    near = did_you_mean(name, names, count)
    if near and len(names) == 1:
        return near
    if len(names) <= FEW:
        return f"{near} it is one of {', '.join(names)}" if near else f"use one of {', '.join(names)}"
    return f"{near} {where} lists all" if near else f"{where} lists them"
