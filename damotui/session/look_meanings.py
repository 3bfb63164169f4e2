"""How the heatmap looks, in words: its view, its scale, its colours, its marks."""

from __future__ import annotations

from damotui.explain import Explanation
from damotui.render.legend import format_percent, scale_texts, titles
from damotui.render.overlay import Overlay
from damotui.render.scale import FINE_TOPS, PERCENTILE, TOPS, Scale
from damotui.render.showing import Showing
from damotui.render.view import Picture
from themes import Palette

_VIEWS = {
    Showing.FOUND: "The access rate of each region as monitoring has found it: nr_accesses / (aggr_us / sample_us).",
    Showing.TRUTH: "What a perfect monitor would have found: the share of the pages that was really touched in a"
    " sampling interval, on average over an aggregation. Memory that is monitored and was not touched has 0 %. It costs"
    " the engine a fifth of its time, and so is worked out only while somebody asks for it; from before there is no"
    " data.",
    Showing.DIFFERENCE: "The rate that was found less the truth, pixel by pixel: +100 % where monitoring took untouched"
    " memory for hot, −100 % where it overlooked memory that was touched all the time. Where a cell shows the highest,"
    " it is the highest rate less the highest truth. It is known where the truth is.",
    Showing.SORTED: "In each row of time all monitored memory from the hottest to the coldest, whatever its address:"
    " how far a colour reaches is how much memory had at least that rate. A region counts with its bytes and the time"
    " that its aggregation shares with the row.",
}
_SCALES = {
    Scale.FIXED: "The highest colour is 100 %, an access at each check: pictures can be compared.",
    Scale.AUTOMATIC: "The highest colour is the highest rate in view, rounded up to 1, 2, 5, 10, 20, 50 or 100 %. It"
    " rises at once, and falls when 40 pictures in a row had no need of it.",
    Scale.PERCENTILE: f"The highest colour is the {PERCENTILE}th percentile of what is in view: {PERCENTILE} % of the"
    " pixels with data have no higher rate, the others have the highest colour, too. It is rounded up in steps of 20 to"
    " 33 %, rises at once, and falls when 40 pictures in a row had no need of it.",
}


def looks(picture: Picture, palette: Palette) -> list[Explanation]:
    """What a user can ask about the looks of a map drawn with that palette."""
    low, high = scale_texts(picture)
    tops = {Scale.FIXED: (1.0,), Scale.AUTOMATIC: TOPS, Scale.PERCENTILE: FINE_TOPS}[picture.scale]
    said = [
        Explanation(
            f"view: {titles(picture)[0]}",
            _VIEWS[picture.showing],
            (("unit", "percent of the checks"), ("V", "the next view")),
        ),
        Explanation(
            f"scale: {picture.scale}",
            _SCALES[picture.scale],
            (("from", low), ("to", high), ("least", format_percent(tops[0])), ("n", "the next scale")),
        ),
        _colours(picture, palette),
    ]
    if picture.overlay is not None:
        said.append(_marks(picture.overlay))
    if picture.sweep is not None:
        said.append(
            Explanation(
                "sweep",
                "The newest line is written over the oldest, as on an oscilloscope: ▶ points at it, and the blank line"
                " behind it is where the oldest begin. Nothing else is drawn anew, which is little for a slow line.",
                (("r", "scroll again"),),
            )
        )
    return said


def _colours(picture: Picture, palette: Palette) -> Explanation:
    if picture.signed:
        return Explanation(
            "colours of differences",
            "Blue is less than the truth, orange more, grey is the same; the further from grey, the further from the"
            " truth. Without colours: = and - are less, + and # more.",
            (("p", "other colours for other views"),),
        )
    direction = "lighter" if palette.ground == "dark" else "darker"
    return Explanation(
        f"colours: {palette.name}",
        f"{palette.description} The higher the rate, the {direction}.",
        (
            ("made for", f"{palette.ground} backgrounds"),
            ("colour blindness", "all steps stay apart and in order" if palette.cvd_safe else "steps may look alike"),
            ("p", "the next colours"),
        ),
    )


def _marks(overlay: Overlay) -> Explanation:
    facts = []
    if overlay.acted:
        facts.append(("×", "a scheme acted there in that time"))
    if overlay.patterns:
        facts.append(("○", "a scheme as it is staged would match there"))
    if len(facts) == 2:
        facts.append(("⊗", "both"))
    return Explanation(
        "marks",
        "Where schemes acted is known for each aggregation as a whole. Where one would match is asked of its access"
        " pattern alone, as it is staged, and of the regions as each aggregation left them: one that a scheme has just"
        " acted on begins again at age 0. Quotas, filters and watermarks are not asked. In place of the signs there are"
        " x, o and q where there are fewer than 256 colours, and X, O and Q in the upper half of the scale.",
        (*facts, ("o", "other marks, or none")),
    )
