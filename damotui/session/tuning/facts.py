"""What the staged parameters would do, and what the running ones do, in a line each: as long as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from damotui.session.tuning.preview import CONDITIONS, Amount
from damotui.session.tuning.truly import Heat, Verdict, heat_of
from damotui.session.tuning.tuned import Outlook, Tuned
from damotui.session.words import count, terse_bytes
from engine.units import format_bytes, format_ms, format_percent, format_permil, format_us

Text = tuple[str, str]
"""A text, and what kind it is: head, name, value, good, or bad."""
Line = list[Text]

HEAD = 11
"""Cells of the word that a line begins with."""
_NO_LIMIT = 1 << 62
"""An effective quota above it comes from arithmetic that ends at the greatest number."""


def fact_lines(tuned: Tuned, outlook: Outlook | None, width: int) -> list[Line]:
    """All of them, for a place of `width` cells."""
    if outlook is None:
        lines = [_line("matches", width, [("no aggregation yet: the kdamond has to run for one", "name")])]
    else:
        lines = [_matches(outlook, width), _passes(outlook, width), _truth(outlook, width), _quota(outlook, width)]
    lines += _watermark(tuned, width)
    return [*lines, _now(tuned, width)]


def _matches(outlook: Outlook, width: int) -> Line:
    preview = outlook.preview
    size, whole = format_bytes(preview.matched.bytes), format_bytes(preview.total.bytes)
    regions = f"{preview.matched.regions:,} of {preview.total.regions:,} regions"
    share = format_percent(preview.matched.share_of(preview.total))
    head: Line = [(f"{size} of {whole}, {share}", "value"), (f"  {regions}", "name")]
    more: Line = []
    if outlook.committed is not None:
        more.append((f"  committed {format_bytes(outlook.committed.bytes)}", "bad"))
    if preview.acted_bytes:
        more.append((f"  {format_bytes(preview.acted_bytes)} acted on in this aggregation", "name"))
    terse: Line = [(f"{terse_bytes(preview.matched.bytes)} of {terse_bytes(preview.total.bytes)}, {share}", "value")]
    short: Line = [*head[:1], (f"  {preview.matched.regions:,} of {preview.total.regions:,} reg", "name")]
    return _line("matches", width, [*head, *more], [*head, *more[:1]], [*short, *more[:1]], short, terse)


def _passes(outlook: Outlook, width: int) -> Line:
    preview = outlook.preview
    shares = [one.share_of(preview.total) for one in preview.alone]
    least = min(shares)
    pieces: Line = []
    for name, one, share in zip(CONDITIONS, preview.alone, shares, strict=True):
        kind = "bad" if share == least < 100.0 else "value"
        pieces += [(f"{'  ' * bool(pieces)}{name} ", "name"), (format_percent(share), kind)]
        pieces.append((f" {format_bytes(one.bytes)}", "name"))
    terse = [piece for at, piece in enumerate(pieces) if at % 3 != 2]
    return _line("each alone", width, [*pieces, ("  of all bytes pass", "name")], pieces, terse)


def _truth(outlook: Outlook, width: int) -> Line:
    heat = heat_of(outlook.scheme, outlook.aggregation.max_nr_accesses)
    if heat is None:
        long = "stat with this range of nr_accesses is about hot and cold memory alike: no truth to compare with"
        return _line("truth", width, [(long, "name")], [("stat is about hot and cold memory alike", "name")])
    if outlook.verdict is None:
        return _line("truth", width, [("not known yet: it is watched from now on, as time passes", "name")])
    verdict = outlook.verdict
    word = heat.value
    right = format_bytes(verdict.right)
    good = "good" if verdict.precision >= 90 else "bad"
    head: Line = [(f"{right} truly {word}", "value"), (f" {format_percent(verdict.precision)}", good)]
    missed = f"  {format_bytes(verdict.missed)} {word} missed"
    done = f"  {format_bytes(verdict.done)} acted on before" if verdict.done else ""
    recall = f", recall {format_percent(verdict.recall)}"
    span = f"  over {_span(verdict, outlook)}"
    short = f"  missed {terse_bytes(verdict.missed)}"
    if not verdict.matched:
        head = [("nothing matches", "name")]
    more = (missed + recall + done + span, missed + recall + done, missed + recall, missed, short)
    return _line("truth", width, *([*head, (text, "name")] for text in more))


def _span(verdict: Verdict, outlook: Outlook) -> str:
    known = format_us(verdict.aggregations * outlook.aggregation.aggr_us)
    if verdict.aggregations == verdict.wanted:
        return known
    what = "known" if verdict.heat is Heat.COLD else "looked at"
    return f"{known} {what} of {format_us(verdict.wanted * outlook.aggregation.aggr_us)}"


def _quota(outlook: Outlook, width: int) -> Line:
    cut, quotas = outlook.cut, outlook.scheme.quotas
    tried = _amount(cut.tried)
    if cut.limit.esz is None:
        return _line("quota", width, [(f"none: a turn takes {tried}", "name")])
    esz = cut.limit.esz * outlook.context.addr_unit
    most = "at most " if cut.limit.at_most else ""
    whole = "no limit" if esz >= _NO_LIMIT else f"{most}{format_bytes(esz)}"
    every = f"each {format_ms(quotas.reset_interval_ms)}" if quotas.reset_interval_ms else "each turn"
    head: Line = [(f"{whole} {every}", "value")]
    score = f"  score ≥ {cut.min_score} gets a turn" if cut.min_score else "  every score gets a turn"
    out: Line = [(f", {format_bytes(cut.below.bytes)} is below", "bad")] if cut.below.bytes else []
    first = f"  a window takes {tried}"
    basis = f"  by {cut.limit.basis}" if cut.limit.basis else ""
    middle: Line = [(score, "name"), *out]
    short: Line = [(f"  score ≥ {cut.min_score}", "name")] if cut.min_score else []
    return _line(
        "quota",
        width,
        [*head, *middle, (first, "value"), (basis, "name")],
        [*head, *middle, (first, "value")],
        [*head, *middle],
        [*head, *short, (f"  takes {terse_bytes(cut.tried.bytes)}", "value")],
        [*head, *short],
    )


def _amount(amount: Amount) -> str:
    return f"{format_bytes(amount.bytes)} in {amount.regions:,} region{'s' * (amount.regions != 1)}"


def _watermark(tuned: Tuned, width: int) -> Iterator[Line]:
    active, machine = tuned.active_now(), tuned.machine
    if active is None or machine is None:
        return
    marks = tuned.scheme.watermarks
    low, mid, high = (format_permil(level) for level in (marks.low, marks.mid, marks.high))
    free = f"{format_permil(machine.free_permil)} of memory is free: "
    word: Text = ("on", "good") if active else ("off", "bad")
    rule = f"  on from {low} to {mid}, off above {high} and below {low}"
    yield _line("watermark", width, [(free, "name"), word, (rule, "name")], [(free, "name"), word])


def _now(tuned: Tuned, width: int) -> Line:
    line, machine = tuned.line, tuned.machine
    if line is None:
        key = "c commits it" if tuned.is_on else f"s starts kdamond {tuned.kdamond}"
        return _line("running", width, [(f"it does not run yet: {key}", "name")], [("not yet", "name")])
    rates = line.rates
    figures = [
        ("tried", f"{format_bytes(rates['sz_tried'])}/s"),
        ("applied", f"{format_bytes(rates['sz_applied'])}/s"),
    ]
    if machine is not None:
        figures += [
            ("refaults", f"{count(machine.refaults_per_s)}/s"),
            ("saved", format_bytes(machine.status.saved_bytes)),
            ("slowdown", format_percent(100 * machine.slowdown)),
        ]
    state: Text = (line.state.text, "good" if line.state.short == "active" else "bad")
    used = _used(line.status.charged_bytes, line.status.esz_bytes) if line.status and line.status.limited else ""
    forms = []
    for most in range(len(figures), 1, -1):
        pieces = [piece for name, value in figures[:most] for piece in ((f"  {name} ", "name"), (value, "value"))]
        forms.append([state, *pieces, *([(used, "name")] if used else [])])
        forms.append([state, *pieces])
    return _line("running", width, *forms)


def _used(charged: int, esz: int) -> str:
    if esz >= _NO_LIMIT:
        return f"  {format_bytes(charged)} charged"
    return f"  {format_bytes(charged)} of {format_bytes(esz)} charged"


def _line(head: str, width: int, *forms: Sequence[Text]) -> Line:
    """The longest form that fits behind the head; the last one if none does."""
    found = next((form for form in forms if sum(len(text) for text, _ in form) <= width - HEAD), forms[-1])
    return [(head.ljust(HEAD), "head"), *found]
