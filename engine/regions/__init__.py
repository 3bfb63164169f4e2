"""The adaptive regions of a context: columns over all its targets, merged, aged and split."""
