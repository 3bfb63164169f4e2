"""`damotui shell`: a small shell over the files of a simulated machine, with the kernel's words for errors."""
