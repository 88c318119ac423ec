"""Maps, tables and documents, in French."""
