"""The readable twin of the kernel: plays a plan run by run, with sorted tuples and plain integers.

It follows the meaning of the plan, stage by stage and name by name, and knows nothing of the
kernel's packed arrays.
"""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from twin_ladder import HEAD_TO_HEAD, is_head_to_head, ranked
from twin_pairing import is_fixed, meetings
from twin_stream import (
    COMMON,
    HALF,
    HALVES,
    HIDDEN_HALVES,
    LOTS,
    SIDES,
    Strengths,
    goal_thresholds,
    low_threshold,
    strata,
    tile_key,
    word,
)
from twin_ties import Tie

from forecast.arrays import MARGIN, MAX_RATE, SAMPLED_TILES, TILE
from forecast.plan import ENTRY, TableStage


class Line(NamedTuple):
    """One team's view of one match of a table; scores are (its own goals, its rival's)."""

    rival: int
    away: bool
    goals: tuple[int, int]
    half: tuple[int, int]


@dataclass
class Seen:
    """What was counted, by names; equal to the kernel's counts as `named` reads them."""

    cuts: tuple = ()
    occupancy: Counter = field(default_factory=Counter)  # (stage, place, team)
    outcomes: Counter = field(default_factory=Counter)  # (outcome, team)
    products: Counter = field(default_factory=Counter)  # (outcome, team)
    points: Counter = field(default_factory=Counter)  # (stage, points)
    enough: Counter = field(default_factory=Counter)  # (stage, cut, points)
    rungs: Counter = field(default_factory=Counter)  # (stage, cut, rung)
    given: Counter = field(default_factory=Counter)  # (line, result)
    joint: Counter = field(default_factory=Counter)  # (line, result, side, outcome)
    margins: Counter = field(default_factory=Counter)  # (stage, cuts below, points, margin)
    sampled: int = 0
    capped: int = 0


class Run:
    """One tournament on its way: who took which place, and the place in the last table."""

    def __init__(self, number, teams):
        self.number = number
        self.seats = {(ENTRY, team + 1): team for team in range(teams)}
        self.last_place = dict.fromkeys(range(teams), 0)
        self.scores = {}

    def better(self, team, rival):
        """Return whether a team comes before its rival; in the order of teams without a table."""
        return (self.last_place[team], team) < (self.last_place[rival], rival)


def gain(goals, rule):
    """Return the points for a score."""
    own, rival = goals
    if own == rival:
        return rule.draw
    return rule.win if own > rival else rule.loss


RESULTS = {
    "points": lambda lines, rule: sum(gain(line.goals, rule) for line in lines),
    "goal_difference": lambda lines, _: sum(line.goals[0] - line.goals[1] for line in lines),
    "goals_for": lambda lines, _: sum(line.goals[0] for line in lines),
    "wins": lambda lines, _: sum(line.goals[0] > line.goals[1] for line in lines),
    "first_half_points": lambda lines, rule: sum(gain(line.half, rule) for line in lines),
}
"""The columns that sum up a team's own results."""


def column(name, team, lines, plan, table):
    """Return a team's value in one column of the standings, from the lines of all teams."""
    own, rule = lines[team], plan.competition.points
    if name.startswith("opponents_"):
        rivals_column = name.removeprefix("opponents_")
        return sum(column(rivals_column, line.rival, lines, plan, table) for line in own)
    if name in plan.competition.team_columns:
        return int(plan.competition.team_columns[name][team])
    if name.startswith("away_"):
        return RESULTS[name.removeprefix("away_")]([line for line in own if line.away], rule)
    ruled = [a.points for a in table.adjustments if a.team == team and name == "points"]
    return RESULTS[name](own, rule) + sum(ruled)


class Goals:
    """The goals of all fixtures under one draw of strengths."""

    def __init__(self, twin, key, rates, shape):
        self.model, self.key, self.rates, self.shape = twin.plan.strength.goals, key, rates, shape
        dispersion = shape if self.model == "negative_binomial" else 0.0
        self.thresholds = goal_thresholds(key, rates, dispersion=dispersion)
        fixtures = len(rates) // 2
        self.first_common = fixtures + sum(
            twin.ties(s) for s in twin.stages if not isinstance(s, TableStage)
        )
        self.common = []
        if self.model == "bivariate_poisson":
            self.common = goal_thresholds(key, [shape] * fixtures, purpose=COMMON)

    def byte(self, purpose, number, run, first=0):
        """Return the random byte of a side, or of the goals common to a fixture."""
        half, within = divmod(run.number, HALF)
        stratum = strata(self.key, first + number // 2, half)[within]
        if number % 2:
            stratum = int(f"{stratum:05b}"[::-1], 2)
        shift = (word(self.key, purpose, number) >> (8 * half)) & 255
        return 8 * stratum ^ shift

    def score(self, fixture, run):
        """Return the goals of both sides of a fixture: random bytes against thresholds."""
        home, away = 2 * fixture, 2 * fixture + 1
        own = self.below(self.byte(SIDES, home, run), self.thresholds[home])
        bars = self.thresholds[away]
        if self.model == "dixon_coles" and own <= 1:
            uniform = (word(self.key, SIDES, away) >> 32) * 2.0**-32
            bars = [low_threshold(own, self.rates[home : away + 1], self.shape, uniform), *bars[1:]]
        rival = self.below(self.byte(SIDES, away, run), bars)
        common = 0
        if self.common:
            byte = self.byte(COMMON, fixture, run, self.first_common)
            common = self.below(byte, self.common[fixture])
        return own + common, rival + common

    @staticmethod
    def below(byte, thresholds):
        """Return how many thresholds a byte is below."""
        return sum(byte < threshold for threshold in thresholds)


class Twin:
    """A plan that can be played; `seen` adds up what happened."""

    def __init__(self, plan, first_half_share):
        self.plan = plan
        self.teams = len(plan.competition.teams)
        self.share = round(first_half_share * 2**32)
        stages = plan.competition.stages
        first = 0 if plan.start is None else [s.id for s in stages].index(plan.start)
        unknown = {m.stage for m in plan.matches if not m.played}
        whole = {m.stage for m in plan.matches} - unknown
        before = [s for s in stages[:first] if isinstance(s, TableStage) and s.id in whole]
        self.simulated = stages[first:]
        self.stages = [*before, *self.simulated]
        self.tables = [s for s in self.stages if isinstance(s, TableStage)]
        ids = {table.id for table in self.tables}
        self.left = [m for m in plan.matches if m.stage in ids and (not m.played or m.supposed)]
        self.known = [m for m in plan.matches if m.stage in ids and m.played]
        hidden = [m for m in self.known if m.half_time is None]
        self.hidden = sorted(hidden, key=lambda m: m.supposed)  # last, so that no other moves
        self.halves_matter = any("first_half_points" in t.tie_breaks for t in self.tables)
        self.seen = Seen(cuts=tuple(self.cuts()))

    def cuts(self):
        """Yield the lines of simulated tables that a later stage or an outcome draws."""
        drawn = [p for s in self.simulated if s.id != self.plan.start for p in s.entrants]
        drawn += [p for outcome in self.plan.competition.outcomes for p in outcome.places]
        for stage in self.simulated:
            if isinstance(stage, TableStage):
                mine = [p for p in drawn if p.stage == stage.id]
                for place in range(1, self.teams):
                    if any(place in {p.first - 1, p.last} for p in mine):
                        yield stage.id, place, stage.tie_breaks

    def play_tile(self, row, key, *, sampled):
        """Play the runs of one draw of strengths; needs are counted if it is `sampled`."""
        strengths = Strengths([float(value) for value in row])
        if self.plan.strength.goals == "bivariate_poisson":
            strengths.shape = min(strengths.shape, MAX_RATE)
        rates = []
        for m in self.left:
            factor = 1.0 if m.neutral else strengths.home
            rates += [strengths.rate(m.home, m.away, factor), strengths.rate(m.away, m.home)]
        pairings = itertools.permutations(range(len(strengths.scoring)), 2)
        best = max(strengths.scoring[i] * strengths.conceding[j] for i, j in pairings)
        best *= max(strengths.home, 1.0)
        self.seen.capped += best > MAX_RATE
        goals = Goals(self, key, [min(rate, MAX_RATE) for rate in rates], strengths.shape)
        runs = [Run(number, self.teams) for number in range(TILE)]
        tables = [self.lines(run, key, goals) for run in runs]
        first = Counter()
        for stage in self.stages:
            if isinstance(stage, TableStage):
                for run, lines in zip(runs, tables, strict=True):
                    self.play_table(stage, run, lines[stage.id], key)
            else:
                self.play_knockout(stage, first, runs, strengths, key)
                entrants = sum(p.last - p.first + 1 for p in stage.entrants)
                first["tie"] += self.ties(stage)
                first["entrant"] += 0 if is_fixed(self.plan, stage) else entrants
        self.count_places(runs)
        if sampled:
            self.seen.sampled += 1
            for run, lines in zip(runs, tables, strict=True):
                self.count_needs(run)
                self.count_margins(run, lines)

    def ties(self, stage):
        """Return how many ties a knockout has."""
        if stage.id == self.plan.start:
            return len(self.plan.bracket)
        return sum(p.last - p.first + 1 for p in stage.entrants) // 2

    def count_needs(self, run):
        """Count what each match left led to, for its two teams."""
        for m in self.plan.matches:
            if m.played and not m.supposed:
                continue
            if m.stage in {table.id for table in self.tables}:
                if m.supposed:
                    continue
                home, away = run.scores[m.line]
                result = "draw" if home == away else "home" if home > away else "away"
            elif m.stage in {s.id for s in self.simulated} and not self.settled(m):
                ties = sum(stage == m.stage for stage, _ in run.seats) // 2
                winners = [run.seats[m.stage, place] for place in range(1, ties + 1)]
                result = "home" if m.home in winners else "away"
            else:
                continue
            self.seen.given[m.line, result] += 1
            for side, team in enumerate((m.home, m.away)):
                for outcome in self.plan.competition.outcomes:
                    if any(
                        run.seats[p.stage, place] == team
                        for p in outcome.places
                        for place in range(p.first, p.last + 1)
                    ):
                        self.seen.joint[m.line, result, side, outcome.id] += 1

    def settled(self, m):
        """Return whether the winner of a match's tie is known."""
        return any(
            other.winner is not None
            and other.stage == m.stage
            and {other.home, other.away} == {m.home, m.away}
            for other in self.plan.matches
        )

    def count_margins(self, run, lines):
        """Count points and goal difference of every team by the cuts below its place."""
        for table in self.tables:
            cuts = [place for stage, place, _ in self.seen.cuts if stage == table.id]
            for place in range(1, self.teams + 1) if cuts else ():
                team = run.seats[table.id, place]
                points, margin = (
                    column(name, team, lines[table.id], self.plan, table)
                    for name in ("points", "goal_difference")
                )
                margin = max(-MARGIN, min(margin, MARGIN))
                below = sum(place <= cut for cut in cuts)
                self.seen.margins[table.id, below, points, margin] += 1

    def lines(self, run, key, goals_of):
        """Return the lines of every team in every table of one run, known and drawn."""
        lines = {table.id: [[] for _ in range(self.teams)] for table in self.tables}
        for number, m in enumerate(self.left):
            if m.supposed:
                continue  # its numbers are left unused
            goals = run.scores[m.line] = goals_of.score(number, run)
            self.enter(lines, m, goals, self.thin(HALVES, number, run, goals, key))
        for m in self.known:
            goals, half = (m.home_goals, m.away_goals), m.half_time
            if half is None:
                half = self.thin(HIDDEN_HALVES, self.hidden.index(m), run, goals, key)
            self.enter(lines, m, goals, half)
        return lines

    def thin(self, purpose, number, run, goals, key):
        """Return the score at half-time, goal by goal, if any ladder asks for it."""
        if not self.halves_matter:
            return (0, 0)
        first = [128 * (64 * (2 * number + k) + run.number) for k in (0, 1)]
        return tuple(
            sum(word(key, purpose, first[k] + goal) >> 32 < self.share for goal in range(goals[k]))
            for k in (0, 1)
        )

    @staticmethod
    def enter(lines, m, goals, half):
        """Give both teams of a match their view of it."""
        lines[m.stage][m.home].append(Line(m.away, False, goals, half))
        lines[m.stage][m.away].append(Line(m.home, True, goals[::-1], half[::-1]))

    def value(self, table, run, lines, key):
        """Return what gives a team's column in one run, head to head among the level teams."""
        first = self.teams * self.tables.index(table)

        def value(name, team, level):
            if name == "lots":
                return word(key, LOTS, 64 * (first + team) + run.number) >> 1
            if name not in self.plan.competition.team_columns and is_head_to_head(name):
                among = [line for line in lines[team] if line.rival in level]
                own = RESULTS[name.removeprefix(HEAD_TO_HEAD)]
                return own(among, self.plan.competition.points)
            return column(name, team, lines, self.plan, table)

        return value

    def play_table(self, table, run, lines, key):
        """Rank all teams by the ladder, and count points and rungs."""
        value = self.value(table, run, lines, key)
        order, between = ranked(list(range(self.teams)), table.tie_breaks, value)
        totals = [column("points", team, lines, self.plan, table) for team in order]
        self.seen.points.update((table.id, total) for total in totals)
        for stage, line, _ in self.seen.cuts:
            if stage == table.id:
                self.seen.enough.update((stage, line, total) for total in totals[:line])
                self.seen.rungs[stage, line, between[line - 1]] += 1
        for place, team in enumerate(order, 1):
            run.seats[table.id, place] = team
            run.last_place[team] = place

    def play_knockout(self, stage, first, runs, strengths, key):
        """Play all ties of a round; winners take the first places in order, then the losers.

        `first` counts the ties and the drawn or sorted entrants of the rounds before.
        """
        for run in runs:
            ties = meetings(self.plan, stage, run, first["entrant"], key)
            for k, (one, two) in enumerate(ties):
                tie = Tie(self.plan, stage, run, (one, two), number=first["tie"] + k, key=key)
                winner = tie.winner
                if winner is None and tie.goes_by_legs():
                    winner = tie.play_legs(strengths)
                elif winner is None:
                    winner = tie.play_aggregate(len(self.left), strengths)
                run.seats[stage.id, k + 1] = winner
                run.seats[stage.id, len(ties) + k + 1] = two if winner == one else one

    def count_places(self, runs):
        """Count who took which place, and the hits of every outcome in each half of the tile."""
        halves = Counter(), Counter()
        for run in runs:
            hits = halves[run.number // HALF]
            self.seen.occupancy.update(
                (stage, place, team) for (stage, place), team in run.seats.items() if stage != ENTRY
            )
            for outcome in self.plan.competition.outcomes:
                for p in outcome.places:
                    for place in range(p.first, p.last + 1):
                        hits[outcome.id, run.seats[p.stage, place]] += 1
        first, second = halves
        self.seen.outcomes.update(first)
        self.seen.outcomes.update(second)
        self.seen.products.update({cell: first[cell] * second[cell] for cell in first})


def play_replicate(plan, first_half_share, strengths, rng_seed, replicate):
    """Return what is seen when every row of `strengths` is played for one tile."""
    twin = Twin(plan, first_half_share)
    size = max(len(strengths) // SAMPLED_TILES, 1)
    blocks = len(strengths) // size
    block = (tile_key(rng_seed, 0, len(strengths)) % blocks + 13 * replicate) % blocks
    for number, row in enumerate(strengths):
        sampled = number // size == block
        twin.play_tile(row, tile_key(rng_seed, replicate, number), sampled=sampled)
    return twin.seen
