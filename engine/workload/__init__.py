"""What touches memory: workloads, the one realisation of their chance that everything sees, and their truth."""
