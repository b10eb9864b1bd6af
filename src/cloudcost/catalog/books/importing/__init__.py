"""The provider's own price lists as they come: read, narrowed to what the library prices, and made a dated book."""
