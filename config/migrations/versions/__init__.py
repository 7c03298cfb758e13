"""The steps, each named by its number; the last one is where a running server expects its records to be."""
