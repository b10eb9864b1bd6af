"""Every rule of the pass, in the order in which they are told."""

from __future__ import annotations

from cloudcost.analysis.nonsense.hours import HOUR_RULES
from cloudcost.analysis.nonsense.images import IMAGE_RULES, STEP_RULES
from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule

PROJECT_RULES: tuple[ProjectRule, ...] = (*IMAGE_RULES,)
"""About the project as a whole."""
OPTION_RULES: tuple[OptionRule, ...] = (*STEP_RULES, *HOUR_RULES)
"""About each option."""
