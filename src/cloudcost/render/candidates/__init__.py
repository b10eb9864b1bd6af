"""What could have made an amount: for people, for spreadsheets, for programs."""
