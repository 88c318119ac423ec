"""One reader per source: the producer's file, text first, repaired and reported, never guessed."""
