"""How sure an estimate is: what is drawn, in scenarios over all options at once, and what comes of it."""
