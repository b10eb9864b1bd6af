"""Results as text: what a terminal, a file, a notebook and a browser show of them, with nothing computed anew.

`outputs` has every form of every result, those of lists in `listings`, which names them all. `tables` writes text,
Markdown and CSV for all of them, `records` what goes into JSON, `figures` draws, `page` is the self-contained HTML
page, `notebook` makes DataFrames. `words` has the phrases that several share; the other modules hold what is said of
one result each: `comparison`, `estimate`, `lines` ...
"""
