"""Tables: the one writer of text, Markdown and CSV, columns of a terminal, and the cells of an option's figures."""
