"""What is known of each kind of operation, one record a kind.

`record` says what a record holds, `table` lists them. The records stand by what an operation does: `convolutions`
(kernels and matrix products), `elementwise` (norms, activations, scales), `pools`, `joins` (sums, products,
concatenations, parts) and `moves` (permutations, padding, enlarging). They speak of tensors in the words of `launches`
(what a training step calls), `steps` (how PyTorch runs it) and `traces` (what a traced call was); none of these needs
PyTorch. Builder, checks, counts, JSON, memory, timing features, calls, tracer and runner read the records and ask for
no kind by name.
"""
