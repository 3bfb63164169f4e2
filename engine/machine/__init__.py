"""The simulated machine: physical memory, and processes that run workloads on it."""
