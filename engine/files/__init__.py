"""Virtual files, whose content is made when it is read, as in the kernel's sysfs and debugfs, and paths to them."""
