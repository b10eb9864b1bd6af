"""How CNNs are trained: what each of the `optimizers` keeps and calls, and what each of the `precisions` holds."""
