"""The embedded DAMON: data access monitoring and operation schemes over a simulated machine."""
