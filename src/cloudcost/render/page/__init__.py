"""The report as one self-contained HTML page: no network, no price of its own, every word of the user's escaped."""
