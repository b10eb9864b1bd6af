"""CNNs as operations with shapes, in pure Python.

`builder` makes a network by the methods of `layers`, and knows `shapes` and `paddings`; `families` holds the named
networks, `registry` finds them. `kinds` says what is known of each kind of operation, `checks` what a network must
hold, `counts` its parameters and multiplications. `json_file` writes and reads the network JSON, by `json_reader`,
`json_attributes` and `json_values`.
"""
