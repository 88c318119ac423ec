"""Demand points, need, access, coverage and the priority score."""
