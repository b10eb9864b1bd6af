"""An S3 Inventory of a bucket, summed up by DuckDB out of core (extra data), or by a statement elsewhere.

`manifest` finds the files of an inventory, `statement` is what is asked of them, in the dialect of each engine; `read`
asks DuckDB, `result` reads what another engine answered.
"""
