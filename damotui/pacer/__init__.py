"""Wall-clock time × speed → simulated time: drives the engine and hands out what it shows, frame by frame.

`Pacer` does so in a thread of its own; `ManualPacer` does it when told to, without thread or clock, for tests and
pictures. Both take the same orders.
"""

from damotui.pacer.frame import Fault, Frame
from damotui.pacer.manual import ManualPacer
from damotui.pacer.threaded import Pacer

__all__ = ["Fault", "Frame", "ManualPacer", "Pacer"]
