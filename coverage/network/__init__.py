"""From roads to a graph, to travel times, to catchments."""
