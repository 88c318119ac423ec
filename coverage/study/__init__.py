"""The composition root: the only storey that knows all the computing ones."""
