"""The provider's price lists from where they are published: asked for, fetched whole, handed to the importer."""
