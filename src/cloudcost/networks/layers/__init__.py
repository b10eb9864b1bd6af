"""The builder's methods by kind of operation; `networks.builder.Builder` has them all."""
