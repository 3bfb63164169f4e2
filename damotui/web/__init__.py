"""damotui in a browser: each page is a session of its own, in a process of its own."""
