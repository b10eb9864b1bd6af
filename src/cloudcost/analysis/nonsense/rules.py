"""Every rule of the pass, in the order in which they are told."""

from __future__ import annotations

from cloudcost.analysis.nonsense.counts import COUNT_RULES, MACHINE_COUNT_RULES
from cloudcost.analysis.nonsense.days import DAY_RULES
from cloudcost.analysis.nonsense.dominant import TOTAL_RULES
from cloudcost.analysis.nonsense.hours import HOUR_RULES
from cloudcost.analysis.nonsense.images import IMAGE_RULES, STEP_RULES
from cloudcost.analysis.nonsense.labels import LABEL_RULES, NETWORK_RULES
from cloudcost.analysis.nonsense.own import OWN_RULES
from cloudcost.analysis.nonsense.prices import PRICE_RULES, TAX_RULES
from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule
from cloudcost.analysis.nonsense.times import ANCHOR_RULES, TIME_RULES

PROJECT_RULES: tuple[ProjectRule, ...] = (*IMAGE_RULES, *COUNT_RULES, *ANCHOR_RULES, *TAX_RULES, *NETWORK_RULES)
"""About the project as a whole."""
OPTION_RULES: tuple[OptionRule, ...] = (
    *STEP_RULES,
    *MACHINE_COUNT_RULES,
    *TIME_RULES,
    *HOUR_RULES,
    *OWN_RULES,
    *PRICE_RULES,
    *DAY_RULES,
    *TOTAL_RULES,
    *LABEL_RULES,
)
"""About each option."""
