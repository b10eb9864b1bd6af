"""With no bill at hand: what could have made an amount, and what each cause takes."""
