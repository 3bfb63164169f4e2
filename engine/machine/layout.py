"""Where a process' memory lies: text, heap, memory-mapped area and stack as on x86-64 Linux.

The picture is that of a statically linked masim without address randomisation, as seen in
/proc/PID/maps: large allocations are mapped one below the other, so later ones get lower addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.snapshot import Mapping

PAGE_SIZE = 4096
_CHUNK_HEADER = 16
_MMAP_THRESHOLD = 128 * 1024

_TEXT = 0x400000
_HEAP = 0x4DA000
_HEAP_BYTES = 0x7AC000
_MMAP_TOP = 0x7FFFF7FF9000
_STACK = 0x7FFFFFFDE000
_STACK_TOP = 0x7FFFFFFFF000


@dataclass(frozen=True, slots=True)
class Layout:
    """The address space of a process."""

    mappings: tuple[Mapping, ...]
    """In address order."""
    regions: tuple[int, ...]
    """Address of the first byte of each masim region."""
    always: tuple[tuple[int, int], ...]
    """Half-open page ranges of text, data, heap and stack that a running process keeps touching.

    Those of a masim that repeats its inner loop: it makes no system calls there, and the pages of vvar and vdso
    could not be found accessed anyway, as they are on no LRU list (specification section 3.2).
    """


def lay_out(sizes: tuple[int, ...]) -> Layout:
    """The layout of a process that allocates regions of `sizes` bytes, one after the other.

    Allocations of 128 KiB and more get a mapping of their own below the former; smaller ones lie in the
    heap. Both begin 16 bytes after a boundary, as malloc's do.
    """
    top = _MMAP_TOP
    heap_end = _HEAP + _HEAP_BYTES
    regions: list[int] = []
    for size in sizes:
        if size >= _MMAP_THRESHOLD:
            top -= -(-(size + _CHUNK_HEADER) // PAGE_SIZE) * PAGE_SIZE
            regions.append(top + _CHUNK_HEADER)
        else:
            regions.append(heap_end + _CHUNK_HEADER)
            heap_end += -(-(size + _CHUNK_HEADER) // 16) * 16
    heap_end = -(-heap_end // PAGE_SIZE) * PAGE_SIZE
    mappings = [
        Mapping(_TEXT, 0x401000, "text"),
        Mapping(0x401000, 0x4A2000, "text"),
        Mapping(0x4A2000, 0x4CD000, "rodata"),
        Mapping(0x4CD000, 0x4D4000, "data"),
        Mapping(0x4D4000, _HEAP, "bss"),
        Mapping(_HEAP, heap_end, "[heap]"),
        Mapping(top, _MMAP_TOP, "anon"),
        Mapping(_MMAP_TOP, 0x7FFFF7FFD000, "[vvar]"),
        Mapping(0x7FFFF7FFD000, 0x7FFFF7FFF000, "[vdso]"),
        Mapping(_STACK, _STACK_TOP, "[stack]"),
    ]
    always = (
        (0x401000, 0x403000),
        (0x4D1000, 0x4D2000),
        (0x4D3000, 0x4D4000),
        (_HEAP + 2 * PAGE_SIZE, _HEAP + 4 * PAGE_SIZE),
        (_STACK_TOP - PAGE_SIZE, _STACK_TOP),
    )
    return Layout(tuple(m for m in mappings if m.start < m.end), tuple(regions), always)
