"""One option of a project, ready to be asked: its machine, its times, its calendar, what it meters."""
