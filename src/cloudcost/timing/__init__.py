"""Seconds per training step of a CNN on a device, with a band and where the figure comes from.

``seconds = (device**p + host**p)**(1/p) + b * input_gb``, with ``device`` a sum of coefficients times what the layers
ask of it and ``host = h0 + h1 * records`` (`rates.equation`). A time is uncertain by two factors,
``median * exp(shared_sd * z1 + own_sd * z2)`` (`bands`).

`predict` is the way in. `rates` has the models of GPUs, `calls` that of a machine of one's own: the sum of its calls.
`communication` adds what several GPUs exchange, ``2 (n - 1) / n`` times the gradients over each link; `loading` is the
input side, below which no step falls; `memory` says whether a step fits; `anchors` corrects a prediction by measured
times; `possible` refuses what nobody measured or no device computes; `wiring` says which operation reads what.
"""
