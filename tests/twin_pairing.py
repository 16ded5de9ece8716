"""The readable twin's pairings: who meets whom in one run, by places, by lots, or by the table."""

from twin_stream import PAIRING, word


def is_fixed(plan, stage):
    """Return whether the pairing follows from the places alone."""
    return stage.id == plan.start or stage.pairing in {"fold", "adjacent"}


def meetings(plan, stage, run, first_entrant, key):
    """Return the two teams of every tie; `first_entrant` counts those of earlier draws."""
    if stage.id == plan.start:
        return list(plan.bracket)
    pots = [[run.seats[p.stage, n] for n in range(p.first, p.last + 1)] for p in stage.entrants]
    teams = [team for pot in pots for team in pot]
    if stage.pairing == "drawn":
        sides = deal(pots, stage.pots, run, first_entrant, key)
        return list(zip(sides[::2], sides[1::2], strict=True))
    if stage.pairing == "reseed":
        teams.sort(key=lambda team: (run.last_place[team], team))
    ties = range(len(teams) // 2)
    if stage.pairing == "adjacent":
        return [(teams[2 * k], teams[2 * k + 1]) for k in ties]
    return [(teams[k], teams[-1 - k]) for k in ties]


def deal(pots, sides, run, first_entrant, key):
    """Return the team of every side: the next one of its pot, each pot in random order."""
    dealt = []
    for pot in pots:
        order = []
        for team in pot:
            number = word(key, PAIRING, 64 * first_entrant + run.number) >> 32
            order.append(team)
            place = number * len(order) >> 32
            order[-1], order[place] = order[place], order[-1]
            first_entrant += 1
        dealt.append(iter(order))
    return [next(dealt[pot]) for pot in sides]
