"""What could have made an amount, in each format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass
from cloudcost.render.tables.screen import USUAL, Screen

if TYPE_CHECKING:
    from cloudcost.results.candidates import Candidates


@dataclass(frozen=True, slots=True)
class CandidatesOutput:
    """What could have made an amount."""

    found: Candidates
    book: str = ""
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the likelier causes, pairs, and what to look at."""
        from cloudcost.render.candidates.words import candidates_text

        return candidates_text(self.found, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.explanation/1`."""
        from cloudcost.render.candidates.record import candidates_json

        return candidates_json(self.found, book=self.book)

    def csv(self) -> str:
        """Return a row for each row of usage of each candidate."""
        from cloudcost.render.candidates.words import candidates_csv

        return candidates_csv(self.found)

    def markdown(self) -> str:
        """Return all candidates as a table."""
        from cloudcost.render.candidates.words import candidates_markdown

        return candidates_markdown(self.found)
