"""From raw files to clean tables: catalogue, fetch, one reader per source, quality notes."""
