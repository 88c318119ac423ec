"""Where to put the next permanences, with a proof.

``place`` goes from tables to a plan; ``solve`` works on a ``CoverProblem`` made by hand.
"""
