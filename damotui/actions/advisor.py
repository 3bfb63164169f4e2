"""What works in the intervals advisor."""

from __future__ import annotations

from damotui.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    Action(
        "stage_proposal",
        "stage",
        "Stage the proposal at the cursor, as one step that undo takes back",
        ("enter",),
        Scope.ADVISOR,
        3,
        True,
    ),
    Action("proposal_up", "up", "Go to the proposal above", ("up", "k"), Scope.ADVISOR),
    Action("proposal_down", "down", "Go to the proposal below", ("down", "j"), Scope.ADVISOR, 4),
    Action("advice_page_up", "page up", "Show what is above", ("pageup",), Scope.ADVISOR),
    Action("advice_page_down", "page down", "Show what is below", ("pagedown",), Scope.ADVISOR),
    Action("shorter_span", "fewer", "Look at fewer aggregations", ("-",), Scope.ADVISOR, 6),
    Action("longer_span", "more", "Look at more aggregations", ("+",), Scope.ADVISOR, 5),
    Action("leave_advisor", "back", "Go back to the heatmap", ("escape", "q"), Scope.ADVISOR, 2),
)
