"""Networks of public libraries, traced and counted."""
