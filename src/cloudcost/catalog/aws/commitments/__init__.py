"""Ways of AWS to pay less by the hour for a term: reservations and Savings Plans."""
