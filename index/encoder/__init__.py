"""Texts to vectors: models, adapters, runtimes, and the cache of embeddings."""
