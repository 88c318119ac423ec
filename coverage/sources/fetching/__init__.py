"""Fetching: the sources of a territory, brought into ``data/raw`` as they are published."""

from coverage.sources.fetching.http import Http
from coverage.sources.fetching.report import FetchReport
from coverage.sources.fetching.sources import fetch

__all__ = ["FetchReport", "Http", "fetch"]
