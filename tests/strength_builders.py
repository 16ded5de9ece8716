"""Small plans for the tests of the strengths."""

from forecast.plan import (
    Competition,
    GivenStrengths,
    Match,
    Plan,
    PointsRule,
    Simulation,
    Source,
    StrengthPlan,
)


def make_match(home, away, score=None, *, neutral=False, half_time=None, awarded=False, line=2):
    """One match of a table; `score` is (home goals, away goals) or None."""
    goals = score or (None, None)
    return Match(
        stage="league",
        round=None,
        leg=None,
        date=None,
        home=home,
        away=away,
        neutral=neutral,
        home_goals=goals[0],
        away_goals=goals[1],
        half_time=half_time,
        winner=None,
        awarded=awarded,
        line=line,
    )


def make_plan(
    teams,
    matches=(),
    *,
    uncertainty="posterior",
    given=None,
    share=0.45,
    model="poisson",
    columns=None,
    **beyond,
):
    """A plan with `teams` teams called team-0, team-1, …; `beyond` goes to its `StrengthPlan`."""
    competition = Competition(
        id="test",
        name="Test",
        teams=tuple(f"team-{i}" for i in range(teams)),
        team_columns=columns or {},
        points=PointsRule(win=3, draw=1, loss=0),
        stages=(),
        outcomes=(),
    )
    strength = StrengthPlan(
        model="given" if given else model,
        uncertainty=uncertainty,
        first_half_share=share,
        given=given,
        **beyond,
    )
    return Plan(
        id="test",
        as_of=None,
        competition=competition,
        matches=tuple(matches),
        start=None,
        bracket=None,
        strength=strength,
        simulation=Simulation(runs=None, target_error=0.001, rng_seed=1),
        warnings=(),
        source=Source(path="", resolved="", config_hash="", inputs=()),
    )


def season(rng, *, teams, rounds, row):
    """Matches of a season drawn from a row of strengths; every team plays once a round."""
    intercept, home_advantage = row[:2]
    attack, defence = row[2 : 2 + teams], row[2 + teams :]
    matches = []
    for _ in range(rounds):
        order = rng.permutation(teams)
        for home, away in order.reshape(-1, 2).tolist():
            shared = intercept + home_advantage + attack[home] - defence[away]
            goals_home = int(min(rng.poisson(2.718281828459045**shared), 99))
            shared = intercept + attack[away] - defence[home]
            goals_away = int(min(rng.poisson(2.718281828459045**shared), 99))
            line = len(matches) + 2
            matches.append(make_match(home, away, (goals_home, goals_away), line=line))
    return matches


__all__ = ["GivenStrengths", "make_match", "make_plan", "season"]
