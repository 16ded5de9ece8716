"""The kernel's counts by names, and whether they equal what the readable twin has seen."""

from twin import Seen, play_replicate

from forecast.arrays import MARGIN
from forecast.lowering import lower
from forecast.simulate.threads import play_strengths


def named(season, plan, counts):
    """Return the kernel's counts by names, read through the layout."""
    layout, seen = season.layout, Seen(capped=counts.capped_tiles)
    seen.cuts = tuple((cut.stage, cut.place, cut.rungs) for cut in layout.cuts)
    for stage in layout.stages:
        for place in range(stage.size):
            for team, hits in enumerate(counts.occupancy[stage.first + place].tolist()):
                seen.occupancy[stage.stage, place + 1, team] += hits
    for k, outcome in enumerate(plan.competition.outcomes):
        for team in range(season.teams):
            seen.outcomes[outcome.id, team] += int(counts.outcomes[k, team])
            seen.products[outcome.id, team] += int(counts.products[k, team])
    for bins in layout.points:
        for k in range(bins.size):
            row, total = counts.points[bins.first + k].tolist(), bins.lowest + k
            seen.points[bins.stage, total] += row[0]
            for cut, hits in zip(layout.cuts, row[1:], strict=True):
                seen.enough[cut.stage, cut.place, total] += hits
    for c, cut in enumerate(layout.cuts):
        for rung, name in enumerate(cut.rungs):
            seen.rungs[cut.stage, cut.place, name] += int(counts.rungs[c, rung])
    results = ("home", "draw", "away")
    for e, found in enumerate(layout.events):
        line = plan.matches[found.match].line
        for r, result in enumerate(results):
            seen.given[line, result] += int(counts.given[e, r])
            for side in (0, 1):
                for k, outcome in enumerate(plan.competition.outcomes):
                    hits = int(counts.joint[e, r, side, k])
                    seen.joint[line, result, side, outcome.id] += hits
    for t, bins in enumerate(layout.points):
        for below, total, margin in zip(*counts.margins[t].nonzero(), strict=True):
            key = bins.stage, int(below), bins.lowest + int(total), int(margin) - MARGIN
            seen.margins[key] += int(counts.margins[t, below, total, margin])
    seen.sampled = counts.sampled_tiles
    return seen


def assert_equal(plan, first_half_share, rows, rng_seed=1, replicate=0):
    """Play a plan with kernel and twin, compare every count, and return the kernel's."""
    season = lower(plan, first_half_share)
    counts = play_strengths(season, rows, rng_seed=rng_seed, replicate=replicate)
    ours = play_replicate(plan, first_half_share, rows, rng_seed, replicate)
    theirs = named(season, plan, counts)
    for name in ours.__dataclass_fields__:
        assert getattr(theirs, name) == getattr(ours, name), name
    return counts
