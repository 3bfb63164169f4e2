"""How damotui looks, as data: heat palettes, shade glyphs and themes of the app.

The files beside this one are read with `importlib.resources`; nothing here knows of a terminal.
"""

from themes.loader import (
    AppTheme,
    Diverging,
    Palette,
    Ramp,
    app_theme_names,
    glyph_ramp_names,
    load_app_theme,
    load_diverging,
    load_glyph_ramp,
    load_palette,
    palette_names,
)

__all__ = [
    "AppTheme",
    "Diverging",
    "Palette",
    "Ramp",
    "app_theme_names",
    "glyph_ramp_names",
    "load_app_theme",
    "load_diverging",
    "load_glyph_ramp",
    "load_palette",
    "palette_names",
]
