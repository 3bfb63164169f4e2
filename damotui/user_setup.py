"""What a user starts with: the options of the command line, and for the rest the user's settings."""

from __future__ import annotations

from dataclasses import replace

from damotui.keep.opening import open_session
from damotui.keep.places import user_places
from damotui.options import AppOptions
from damotui.settings.own_themes import own_themes
from damotui.settings.read import load_settings
from damotui.setup import Setup, load_setup


def user_setup(options: AppOptions) -> Setup:
    """Look all of it up.

    Raises:
        InputError: something can't be found, read or used.
    """
    places = user_places()
    if options.use_config:
        settings = load_settings(options.config or places.settings, must_exist=options.config is not None)
        setup = load_setup(options, settings, own_themes(places.themes))
    else:
        setup = load_setup(options)
    setup = replace(
        setup, places=places, settings=replace(setup.settings, mouse=setup.settings.mouse and options.mouse)
    )
    if options.session is None:
        return setup
    opened = open_session(options.session, places)
    found = setup.reopened((opened if options.replay else opened.begun_again()).held(places))
    speed = found.speed if options.speed is None else options.speed
    return replace(found, speed=speed, theme=setup.theme if options.theme else found.theme)
