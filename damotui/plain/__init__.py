"""damotui in lines of text: the same session and the same facts as in the app, for screen readers and pipes."""
