"""CNNs as operations with shapes: a builder, the named networks, counts, and the network JSON; pure Python."""
