"""Project files: TOML read into the domain's `Project`, with all faults at once, and their schema.

`file` reads; `keys` says which keys there are, what they hold and how they are read, `checks` what they say together,
`faults` how that is told; `convert` makes the `Project`; `describe` prints schema and reference; `bundled`
holds the files that ship. It keeps paths, `analysis` loads what lies there.
"""
