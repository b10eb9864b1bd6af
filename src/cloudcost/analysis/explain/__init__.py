"""Why a bill was what it was: a bill by cause, and an amount with no bill at hand."""
