"""The nouns of the house: parameters, results, plans, kinds of place, and the table contracts."""
