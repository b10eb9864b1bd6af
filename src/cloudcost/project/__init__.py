"""Project files: TOML read into the domain's `Project`, with all faults at once, and their schema.

`file` reads; `tables` says which keys there are and what they mean, `values` what they hold, `rules` what they say
together, `faults` how that is told; `convert` makes the `Project`; `describe` prints schema and reference; `bundled`
holds the files that ship. It keeps paths, `analysis` loads what lies there.
"""
