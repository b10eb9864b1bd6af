"""Trace and time a real CNN on this machine, and use what was measured (extra torch).

Without torch: `record` (read and write profiles), `use` (what a profile says about other steps), `fit` (a device model
of the machine), `plan`, `run`, `communicate` and `assemble` (start workers and gather what they send), `trace` (the
front of tracing), `beside`, `energy`, `loading`, `process`. With torch, in worker processes or on demand: `tracer`,
`trace_rules`, `factory`, `torch_networks`, `torch_blocks`, `network_module`, `module_network`, `steps`, `dispatch`,
`signature`, `probe`, `measure`, `alone`, `cuda`, `distributed`, `environment`, `worker`.
"""
