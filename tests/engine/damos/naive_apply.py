"""Specification sections 6 and 7 in plain Python: region by region, scheme by scheme, number by number.

Slow and literal, to compare `engine.damos` with. Only the configuration is shared with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.config.model import Filter, Goal, Scheme

RELEASES = ("6.10", "6.12", "6.18", "7.0", "7.1", "next")
U32, U64 = 2**32 - 1, 2**64 - 1
MAX_CUTS = 256


@dataclass(eq=False)
class Region:
    start: int
    end: int
    nr: int
    """The access count that schemes look at."""
    nr_accesses: int
    last: int
    age: int

    @property
    def size(self) -> int:
        return self.end - self.start

    def split(self, left: int) -> Region:
        rest = Region(self.start + left, self.end, self.nr, self.nr_accesses, self.last, self.age)
        self.end = rest.start
        return rest


@dataclass
class Stats:
    nr_tried: int = 0
    sz_tried: int = 0
    nr_applied: int = 0
    sz_applied: int = 0
    qt_exceeds: int = 0
    sz_ops_filter_passed: int = 0
    nr_snapshots: int = 0


@dataclass
class GoalCopy:
    config: Goal
    current: int
    last_psi: int = 0


@dataclass(eq=False)
class Damos:
    """A scheme with the private state of section 1.2."""

    config: Scheme
    stats: Stats = field(default_factory=Stats)
    goals: list[GoalCopy] = field(default_factory=list)
    esz: int = 0
    esz_bp: int = 0
    total_charged_sz: int = 0
    total_charged_ns: int = 0
    charged_sz: int = 0
    charged_from: int | None = None
    charge_target_from: int | None = None
    charge_addr_from: int = 0
    min_score: int = 0
    next_apply: int = 0
    core_filters_allowed: bool = False

    def __post_init__(self) -> None:
        self.goals = [GoalCopy(g, g.current_value) for g in self.config.quotas.goals if g.target_value]


@dataclass(frozen=True)
class Attributes:
    passed: int
    now_us: int
    sample_us: int
    aggr_us: int
    max_nr: int
    min_sz: int
    size_limit: int


ApplyAction = Callable[[int, str, int, int, int, bool], tuple[int, int, int]]
"""(scheme, action, target, start, end, ops filters asked) -> (applied bytes, passed bytes, ns)."""
Measure = Callable[[str], int]
"""The value of a goal metric now; of some_mem_psi_us the total since boot."""


class Context:
    def __init__(self, release: str, ops: str, schemes: list[Scheme], apply: ApplyAction, measure: Measure) -> None:
        self.at = RELEASES.index(release)
        self.ops = ops
        self.schemes = [Damos(s) for s in schemes]
        self.targets: dict[int, list[Region]] = {}
        self.apply_action = apply
        self.measure = measure
        self.a = Attributes(0, 0, 1, 1, 1, 1, 1)
        self.told: list[tuple[object, ...]] = []
        """What tracepoints told of the last round (section 13)."""

    def since(self, release: str) -> bool:
        return self.at >= RELEASES.index(release)

    # 7.1, 7.2

    def feed(self, last: int, score: int) -> int:
        if score == 10_000:
            return last
        if score >= 20_000:
            return 10_000
        d = 10_000 - score if score < 10_000 else score - 10_000
        comp = last * d // 10_000 if last < U64 // d else last // 10_000 * d
        if score > 10_000:
            return max(last - comp, 10_000)
        return U64 if last + comp > U64 else last + comp

    def goal_score(self, s: Damos) -> int:
        best = 0
        for g in s.goals:
            metric = g.config.metric
            if metric == "some_mem_psi_us":
                total = self.measure(metric)
                g.current = total - g.last_psi
                g.last_psi = total
            elif metric != "user_input":
                g.current = self.measure(metric)
            best = max(best, g.current * 10_000 // g.config.target_value)
        return best

    def set_esz(self, s: Damos) -> None:
        q = s.config.quotas
        if not q.time_ms and not s.goals:
            s.esz = q.sz_bytes
            return
        esz = U64
        if s.goals:
            score = self.goal_score(s)
            if self.since("7.1") and q.goal_tuner == "temporal":
                if score >= 10_000:
                    s.esz_bp = 0
                elif q.sz_bytes:
                    s.esz_bp = q.sz_bytes * 10_000
                else:
                    s.esz_bp = U64
            else:
                s.esz_bp = self.feed(max(s.esz_bp, 10_000), score)
            esz = s.esz_bp // 10_000
        if q.time_ms:
            throughput = 4096 * 1024
            if s.total_charged_ns:
                throughput = s.total_charged_sz * 1_000_000 // s.total_charged_ns
            esz = min(throughput * q.time_ms, esz)
            if self.since("7.1"):
                esz = max(self.a.min_sz, esz)
        if q.sz_bytes and q.sz_bytes < esz:
            esz = q.sz_bytes
        s.esz = esz

    def configured(self, s: Damos) -> bool:
        q = s.config.quotas
        return bool(q.time_ms or q.sz_bytes or s.goals)

    def quota_set(self, s: Damos) -> bool:
        if self.since("7.1"):
            return s.esz != 0 or self.configured(s)
        return s.esz != 0

    def full(self, s: Damos) -> bool:
        if not self.quota_set(s):
            return False
        if s.charged_sz >= s.esz:
            return True
        return self.since("7.1") and s.esz - s.charged_sz < self.a.min_sz

    # 7.3, 7.4

    def adjust_quota(self, s: Damos) -> None:
        if not self.configured(s):
            return
        if s.charged_from is None:
            s.charged_from = self.a.now_us
            if self.since("7.1"):
                self.set_esz(s)
                if self.since("next"):
                    self.told.append(("esz", self.schemes.index(s), s.esz))
        if self.a.now_us >= s.charged_from + s.config.quotas.reset_interval_ms * 1000:
            if self.full(s):
                s.stats.qt_exceeds += 1
            s.total_charged_sz += s.charged_sz
            s.charged_from = self.a.now_us
            s.charged_sz = 0
            former = s.esz
            self.set_esz(s)
            if s.esz != former:
                self.told.append(("esz", self.schemes.index(s), s.esz))
        histogram = [0] * 100
        max_score = 0
        for target, regions in self.targets.items():
            i = 0
            while i < len(regions):
                r = regions[i]
                if self.matches(s, r) and not (self.since("7.1") and self.core_filter_out(s, target, r)):
                    score = self.score(s, r)
                    histogram[score] += r.size
                    max_score = max(max_score, score)
                i += 1
        cumulated = 0
        score = max_score
        while True:
            cumulated += histogram[score]
            if cumulated >= s.esz or score == 0:
                break
            score -= 1
        s.min_score = score

    def score(self, s: Damos, r: Region) -> int:
        action = s.config.action
        cold: tuple[str, ...]
        hot: tuple[str, ...]
        if self.ops == "paddr":
            cold, hot = ("pageout", "lru_deprio", "migrate_cold"), ("lru_prio", "migrate_hot")
        else:
            cold, hot = ("pageout",), ()
            if self.since("6.18"):
                cold, hot = ("pageout", "migrate_cold"), ("migrate_hot",)
        if action not in cold + hot:
            return 99
        w = s.config.quotas.weights
        freq = r.nr * 100 // self.a.max_nr
        age_s = r.age * self.a.aggr_us // 1_000_000
        age_l = 0
        while age_s and age_l < 32:
            age_l += 1
            age_s //= 2
        if freq == 0:
            age_l = -age_l
        ages = (age_l + 32) * 100 // 32 // 2
        value = w.nr_accesses_permil * freq + w.age_permil * ages
        if w.nr_accesses_permil + w.age_permil:
            value //= w.nr_accesses_permil + w.age_permil
        value = max(0, min(99, value * 99 // 100))
        return 99 - value if action in cold else value

    # 6.1

    def matches(self, s: Damos, r: Region) -> bool:
        p = s.config.access_pattern
        return (
            p.sz.min <= r.size <= p.sz.max
            and (p.nr_accesses.min & U32) <= r.nr <= (p.nr_accesses.max & U32)
            and (p.age.min & U32) <= r.age <= (p.age.max & U32)
        )

    def valid(self, s: Damos, r: Region) -> bool:
        if not self.matches(s, r):
            return False
        return not self.quota_set(s) or self.score(s, r) >= s.min_score

    # 6.2

    def round(self, a: Attributes, *, active: set[int], running: set[int]) -> bool:
        self.a = a
        self.told = []
        due = [s for s in self.schemes if a.passed >= s.next_apply]
        going = [s for s in due if self.schemes.index(s) in active]
        for s in going:
            self.adjust_quota(s)
        if not going:
            return False
        for target, regions in self.targets.items():
            if self.since("7.1"):
                if target in running:
                    self.walk_71(going, target, regions)
            else:
                self.walk_70(going, target, regions)
        for s in due:
            s.next_apply = a.passed + (s.config.apply_interval_us or a.aggr_us) // a.sample_us
            self.told.append(("stat", self.schemes.index(s), *vars(s.stats).values()))
        return True

    def walk_70(self, going: list[Damos], target: int, regions: list[Region]) -> None:
        for r in list(regions):
            self.offer(going, target, r, {})

    def walk_71(self, going: list[Damos], target: int, regions: list[Region]) -> None:
        i = 0
        cuts: dict[Damos, int] = {}
        whole_end = 0
        while i < len(regions):
            r = regions[i]
            if r.end > whole_end:
                # Not a rest: another region.
                cuts, whole_end = {}, r.end
            self.offer(going, target, r, cuts)
            if i:
                prev = regions[i - 1]
                same = (prev.age, prev.last, prev.nr_accesses) == (r.age, r.last, r.nr_accesses)
                if prev.end == r.start and same and r.end - prev.start <= self.a.size_limit:
                    prev.end = r.end
                    del regions[i]
                    i -= 1
            i += 1

    def offer(self, going: list[Damos], target: int, r: Region, cuts: dict[Damos, int]) -> None:
        regions = self.targets[target]
        for s in going:
            if self.full(s):
                continue
            skip, r = self.skip_charged(s, target, r)
            if skip:
                continue
            limit = s.config.max_nr_snapshots
            if self.since("7.0") and limit and limit <= s.stats.nr_snapshots:
                continue
            if self.valid(s, r) and cuts.get(s, 0) < MAX_CUTS:
                self.apply(s, target, r, cuts)
            if self.since("7.0") and regions[-1] is r:
                s.stats.nr_snapshots += 1

    # 6.3

    def insert_after(self, target: int, r: Region, rest: Region) -> None:
        regions = self.targets[target]
        regions.insert(next(i for i, other in enumerate(regions) if other is r) + 1, rest)

    def skip_charged(self, s: Damos, target: int, r: Region) -> tuple[bool, Region]:
        if s.charge_target_from is None:
            return False, r
        if s.charge_target_from != target:
            return True, r
        if self.targets[target][-1] is r:
            s.charge_target_from = None
            s.charge_addr_from = 0
            return True, r
        if s.charge_addr_from and r.end <= s.charge_addr_from:
            return True, r
        if r.start < s.charge_addr_from:
            cut = (s.charge_addr_from - r.start) // self.a.min_sz * self.a.min_sz
            if cut == 0:
                if r.size <= self.a.min_sz:
                    return True, r
                cut = self.a.min_sz
            rest = r.split(cut)
            self.insert_after(target, r, rest)
            if self.since("7.1"):
                return True, r
            r = rest
        s.charge_target_from = None
        s.charge_addr_from = 0
        return False, r

    # 6.4

    def apply(self, s: Damos, target: int, r: Region, cuts: dict[Damos, int]) -> None:
        sz = r.size
        if self.quota_set(s) and s.charged_sz + sz > s.esz:
            if self.since("7.1") and self.rejected_whole(s, target, r):
                return
            sz = (s.esz - s.charged_sz) // self.a.min_sz * self.a.min_sz
            if sz == 0:
                s.stats.nr_tried += 1
                return
            self.insert_after(target, r, r.split(sz))
            cuts[s] = cuts.get(s, 0) + 1
        if self.core_filter_out(s, target, r):
            return
        if self.since("next"):
            sz = r.size
        asks = not s.core_filters_allowed
        index = self.schemes.index(s)
        self.told.append(("apply", index, target, len(self.targets[target]), r.start, r.end, r.nr, r.age))
        applied, passed, ns = self.apply_action(index, s.config.action, target, r.start, r.end, asks)
        s.total_charged_ns += ns
        q = s.config.quotas
        if not self.since("next") or q.fail_charge_denom == 0 or applied > sz:
            s.charged_sz += sz
        else:
            s.charged_sz += applied + (sz - applied) * q.fail_charge_num // q.fail_charge_denom
        if self.full(s):
            s.charge_target_from = target
            s.charge_addr_from = r.end if self.since("6.12") else r.end + 1
        if s.config.action != "stat":
            r.age = 0
        s.stats.nr_tried += 1
        s.stats.sz_tried += sz
        if applied:
            s.stats.nr_applied += 1
            s.stats.sz_applied += applied
        if self.since("6.18"):
            s.stats.sz_ops_filter_passed += passed

    # 6.5

    def rejected_whole(self, s: Damos, target: int, r: Region) -> bool:
        """The one thing that is not literal: see `engine.damos.visit`."""
        probe = Region(r.start, r.end, r.nr, r.nr_accesses, r.last, r.age)
        kept = self.targets[target]
        self.targets[target] = [probe]
        out = self.core_filter_out(s, target, probe)
        whole = len(self.targets[target]) == 1
        self.targets[target] = kept
        return out and whole

    def core_filter_out(self, s: Damos, target: int, r: Region) -> bool:
        core = [f for f in s.config.filters if f.type in ("addr", "target")]
        has_ops = len(core) < len(s.config.filters)
        s.core_filters_allowed = False
        for f in core:
            if self.filter_holds(f, target, r) == f.matching:
                if self.since("6.18") and f.allow:
                    s.core_filters_allowed = True
                    return False
                return True
        return bool(self.since("6.18") and core and core[-1].allow and not has_ops)

    def filter_holds(self, f: Filter, target: int, r: Region) -> bool:
        if f.type == "target":
            return target == f.target_idx
        low = f.addr.start // self.a.min_sz * self.a.min_sz
        high = f.addr.end // self.a.min_sz * self.a.min_sz
        if low <= r.start and r.end <= high:
            return True
        if r.end <= low or high <= r.start:
            return False
        if r.start < low:
            self.insert_after(target, r, r.split(low - r.start))
            return False
        self.insert_after(target, r, r.split(high - r.start))
        return True
