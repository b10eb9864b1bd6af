"""What a verb prints, in each format; every verb asks here.

An output is a result with what was asked of its words, and has a function for each format; it loads the one that is
asked for. A format is a name in `Format`, a case of `written`, and a method of `Output`: mypy then names each of
`listings.registry.OUTPUTS` that does not write it. Those that list what is known are in `listings.outputs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never, get_args

from cloudcost.frozen import dataclass
from cloudcost.render.tables.screen import USUAL, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from cloudcost.domain.currency import ShownCurrency
    from cloudcost.domain.lines import LineItem
    from cloudcost.domain.usage import UnpricedUsage
    from cloudcost.results.comparison import BookChoice, Comparison, QuickAnswer, Reasons
    from cloudcost.results.difference import Difference
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.explanation import Explanation
    from cloudcost.results.priced_bill import PricedBill

    class Output(Protocol):
        """A result that is written in each format."""

        def text(self) -> str:
            """Return it for a terminal."""
            ...

        def json(self) -> str:
            """Return it for programs."""
            ...

        def csv(self) -> str:
            """Return it for spreadsheets."""
            ...

        def markdown(self) -> str:
            """Return it for Markdown."""
            ...


Format: TypeAlias = Literal["text", "json", "csv", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)
RowFormat: TypeAlias = Literal["csv", "parquet"]
"""How rows are written that are too many to be held, as those of a sweep."""
ROW_FORMATS: tuple[RowFormat, ...] = get_args(RowFormat)


def written(output: Output, style: Format) -> str:
    """Return what a verb prints, in a format."""
    match style:
        case "text":
            return output.text()
        case "json":
            return output.json()
        case "csv":
            return output.csv()
        case "md":
            return output.markdown()
        case _:
            assert_never(style)


@dataclass(frozen=True, slots=True)
class ComparisonOutput:
    """The options side by side; with reasons, what would change the answer."""

    comparison: Comparison
    explain: bool = False
    reasons: Reasons | None = None
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the verdict, the table, and what stands beside it."""
        from cloudcost.render.comparison import comparison_text

        return comparison_text(self.comparison, explain=self.explain, screen=self.screen)

    def json(self) -> str:
        """Return `cloudcost.comparison/1`."""
        from cloudcost.render.records import comparison_json

        return comparison_json(self.comparison, self.reasons)

    def csv(self) -> str:
        """Return a row per option."""
        from cloudcost.render.records import comparison_csv

        return comparison_csv(self.comparison)

    def markdown(self) -> str:
        """Return the verdict, the table, and what stands beside it."""
        from cloudcost.render.comparison import comparison_markdown

        return comparison_markdown(self.comparison, explain=self.explain)


@dataclass(frozen=True, slots=True)
class ChoiceOutput:
    """The best machines of the whole price book."""

    choice: BookChoice
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the comparison, then cost against time and what became of the other rows."""
        from cloudcost.render.choice import choice_text

        return choice_text(self.choice, screen=self.screen)

    def json(self) -> str:
        """Return `cloudcost.comparison/1` with counts and the front."""
        from cloudcost.render.records import choice_json

        return choice_json(self.choice)

    def csv(self) -> str:
        """Return a row per option."""
        from cloudcost.render.records import comparison_csv

        return comparison_csv(self.choice.comparison)

    def markdown(self) -> str:
        """Return the comparison, then cost against time and what became of the other rows."""
        from cloudcost.render.choice import choice_markdown

        return choice_markdown(self.choice)


@dataclass(frozen=True, slots=True)
class QuickOutput:
    """The answer to a question of a few words."""

    answer: QuickAnswer
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the answer in four short parts, the table of the best, and what would change it."""
        from cloudcost.render.choice import quick_text

        return quick_text(self.answer, screen=self.screen)

    def json(self) -> str:
        """Return what `choose` does, with what would change the answer and the project that it stands for."""
        from cloudcost.render.records import quick_json

        return quick_json(self.answer)

    def csv(self) -> str:
        """Return a row per option."""
        return ChoiceOutput(self.answer.choice).csv()

    def markdown(self) -> str:
        """Return what `choose` does."""
        return ChoiceOutput(self.answer.choice).markdown()


@dataclass(frozen=True, slots=True)
class ReasonsOutput:
    """Why the answer of a comparison is as it is."""

    comparison: Comparison
    reasons: Reasons
    screen: Screen = USUAL

    def text(self) -> str:
        """Return what decides, what would change the answer and what would cost less."""
        from cloudcost.render.reasons.why import why_text

        return why_text(self.comparison, self.reasons, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.reasons/1`."""
        from cloudcost.render.reasons.record import reasons_json

        return reasons_json(self.comparison, self.reasons)

    def csv(self) -> str:
        """Return a row per input, per change of the answer and per saving."""
        from cloudcost.render.reasons.why import why_csv

        return why_csv(self.reasons)

    def markdown(self) -> str:
        """Return the same as the text, inputs as a table."""
        from cloudcost.render.reasons.why import why_markdown

        return why_markdown(self.comparison, self.reasons)


@dataclass(frozen=True, slots=True)
class DifferenceOutput:
    """Two answers held against each other."""

    found: Difference
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the verdicts, each option, and its lines that are other."""
        from cloudcost.render.difference import difference_text

        return difference_text(self.found, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.difference/1`."""
        from cloudcost.render.difference import difference_json

        return difference_json(self.found)

    def csv(self) -> str:
        """Return a row per option and per line that is other."""
        from cloudcost.render.difference import difference_csv

        return difference_csv(self.found)

    def markdown(self) -> str:
        """Return what fits a pull request: the sum first, lines folded."""
        from cloudcost.render.difference import difference_markdown

        return difference_markdown(self.found)


@dataclass(frozen=True, slots=True)
class EstimateOutput:
    """One option's bill with times and assumptions."""

    estimate: Estimate
    warnings: tuple[str, ...] = ()
    explain: bool = False
    book: str = ""
    screen: Screen = USUAL
    currency: ShownCurrency | None = None

    def text(self) -> str:
        """Return the bill line by line, then times and assumptions."""
        from cloudcost.render.estimate import estimate_text

        return estimate_text(self.estimate, explain=self.explain, currency=self.currency, screen=self.screen)

    def json(self) -> str:
        """Return `cloudcost.estimate/1`."""
        from cloudcost.render.records import estimate_json

        return estimate_json(self.estimate, self.warnings, self.book, self.currency)

    def csv(self) -> str:
        """Return a row per line of the bill."""
        return BillOutput(self.estimate.lines, self.explain).csv()

    def markdown(self) -> str:
        """Return the bill as a table, then assumptions."""
        from cloudcost.render.estimate import estimate_markdown

        return estimate_markdown(self.estimate, explain=self.explain, currency=self.currency, warnings=self.warnings)


@dataclass(frozen=True, slots=True)
class BillOutput:
    """Priced lines and their total, and what no price is known for."""

    lines: Sequence[LineItem]
    explain: bool = False
    unpriced: Sequence[UnpricedUsage] = ()
    book: str = ""
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the lines under their service, region and month."""
        from cloudcost.render.lines import lines_text

        return lines_text(self.lines, explain=self.explain, unpriced=self.unpriced, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.priced/1`."""
        from cloudcost.render.lines import lines_json

        return lines_json(self.lines, unpriced=self.unpriced, book=self.book)

    def csv(self) -> str:
        """Return a row per line; with `explain` per tier."""
        from cloudcost.render.lines import lines_csv

        return lines_csv(self.lines, explain=self.explain, unpriced=self.unpriced)

    def markdown(self) -> str:
        """Return the lines as a table."""
        from cloudcost.render.lines import lines_markdown

        return lines_markdown(self.lines, explain=self.explain, unpriced=self.unpriced)


@dataclass(frozen=True, slots=True)
class ExplanationOutput:
    """A bill by cause."""

    explanation: Explanation
    screen: Screen = USUAL

    def text(self) -> str:
        """Return the causes, each with its evidence, what to stop, and the alarm."""
        from cloudcost.render.explanation.words import explanation_text

        return explanation_text(self.explanation, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.explanation/1`."""
        from cloudcost.render.explanation.record import explanation_json

        return explanation_json(self.explanation)

    def csv(self) -> str:
        """Return a row per item of each cause."""
        from cloudcost.render.explanation.record import explanation_csv

        return explanation_csv(self.explanation)

    def markdown(self) -> str:
        """Return the causes as a table, then each with its evidence."""
        from cloudcost.render.explanation.words import explanation_markdown

        return explanation_markdown(self.explanation)


@dataclass(frozen=True, slots=True)
class PricedBillOutput:
    """A bill beside its list prices."""

    priced: PricedBill
    explain: bool = False
    book: str = ""
    screen: Screen = USUAL

    def text(self) -> str:
        """Return what the bill comes to, then its lines, the largest difference first."""
        from cloudcost.render.priced_bill import priced_bill_text

        return priced_bill_text(self.priced, explain=self.explain, width=self.screen.prose)

    def json(self) -> str:
        """Return `cloudcost.priced/1` with what was billed."""
        from cloudcost.render.priced_bill import priced_bill_json

        return priced_bill_json(self.priced, book=self.book)

    def csv(self) -> str:
        """Return a row per line."""
        from cloudcost.render.priced_bill import priced_bill_csv

        return priced_bill_csv(self.priced)

    def markdown(self) -> str:
        """Return what the bill comes to, then its lines as a table."""
        from cloudcost.render.priced_bill import priced_bill_markdown

        return priced_bill_markdown(self.priced)
