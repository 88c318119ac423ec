"""Benchmarks: run by hand with ``make bench``; they print ratios and assert nothing about time."""
