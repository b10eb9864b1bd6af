"""Trace and time a real CNN on this machine, and use what was measured (extra torch).

Without torch: `plan` says what is to be timed, `run`, `process` and `communicate` start workers and wait for them,
`side_measurements` asks for what stands beside the steps, `assemble` makes one profile of it. `record` writes and reads
profiles (`record_keys`, `record_checks`), `use` says what a profile says about other steps, `fit` makes a
device model of the machine. `worker` is the process that needs torch.
"""
