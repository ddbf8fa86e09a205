"""Search: vectors, words, pieces of words, and who is looked at more closely."""
