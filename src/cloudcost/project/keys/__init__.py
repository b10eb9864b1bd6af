"""The table of keys of a project file, and what is made of it.

`tables` and `option_table` state each key once, as fields of pydantic models: name, type, limits, unit, default,
example, kinds of options; `values` says what sorts of values there are and `conversions` how they are read. `stored`
writes down the validator that pydantic makes of the models, `validator` reads a file with it without loading the
models, and `facts` answers what rules and sweeps ask of a key.
"""
