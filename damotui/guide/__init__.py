"""What leads newcomers: a tour of the app, and lessons that replay the kernel's usage document. Knows no widget."""
