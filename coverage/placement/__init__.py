"""Where to put the next permanences, with a proof."""
