"""The ground floor: errors, projections, the workspace, the atomic store, and the two doors."""
