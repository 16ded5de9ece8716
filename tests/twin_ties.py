"""The readable twin's knockout tie: what matches.csv knows of it, and its legs goal by goal."""

from collections import Counter

from twin_stream import (
    HALF,
    LEGS,
    LEGS_COMMON,
    TIES,
    drawn_goals,
    drawn_rival_goals,
    exact_chance,
    strata,
    tie_chance,
    word,
)

from forecast.arrays import MAX_RATE


class Tie:
    """One tie in one run: its two teams in the order of matches.csv, else of the bracket."""

    def __init__(self, plan, stage, run, teams, *, number, key):
        self.stage, self.run, self.number, self.key = stage, run, number, key
        self.bracket_order = one, two = teams
        self.model = plan.strength.goals
        rows = [
            m
            for m in plan.matches
            if plan.start is not None and m.stage == stage.id and {m.home, m.away} == {one, two}
        ]
        self.winner = next((m.winner for m in reversed(rows) if m.winner is not None), None)
        self.listed = {
            1 if stage.legs == 1 else m.leg: m for m in rows if stage.legs == 1 or m.leg is not None
        }
        self.one, self.two = (rows[0].home, rows[0].away) if self.listed else (one, two)

    def goes_by_legs(self):
        """Return whether single legs matter, or matches.csv knows more than the rule gives."""
        looks_at_legs = self.stage.level[0] == "away_goals"
        if (
            self.model in {"dixon_coles", "negative_binomial"}
            or ("extra_time" in self.stage.level and not self.extra_time_ends_it())
            or (self.stage.legs == 2 and looks_at_legs)
        ):
            return True
        if self.stage.legs == 1 and self.stage.second_leg_host == "lots" and not self.stage.neutral:
            return True
        if not self.listed:
            return False
        if (
            looks_at_legs
            or "extra_time" in self.stage.level
            or any(m.played for m in self.listed.values())
        ):
            return True
        hosts = [self.host(leg) for leg in range(1, self.stage.legs + 1)]
        if self.stage.neutral:
            return any(host is not None for host in hosts)
        return self.stage.legs == 1 or set(hosts) != {self.one, self.two}

    def extra_time_ends_it(self):
        """Return whether level ties go to extra time and then to penalties."""
        return self.stage.level[-2:] == ("extra_time", "penalties")

    def host(self, leg):
        """Return the team at home in a leg, None at a neutral venue."""
        if leg in self.listed:
            return None if self.listed[leg].neutral else self.listed[leg].home
        if self.stage.neutral:
            return None
        other = self.listed.get(3 - leg)
        if self.stage.legs == 2 and other is not None and not other.neutral:
            return other.away
        by_lots = self.stage.second_leg_host == "lots"
        one_last = self.coin(6) if by_lots else self.run.better(self.one, self.two)
        return self.one if one_last == (leg == self.stage.legs) else self.two

    def word(self, number):
        """Return one of the eight random words of this tie in this run."""
        return word(self.key, LEGS, 8 * (64 * self.number + self.run.number) + number)

    def coin(self, number):
        """Return whether lots fall to the first team."""
        return self.word(number) < 2**63

    def rate(self, leg, team, rival, strengths):
        """Return a team's rate in a leg."""
        home = strengths.home if self.host(leg) == team else 1.0
        return min(strengths.rate(team, rival, home), MAX_RATE)

    def score(self, leg, strengths):
        """Return the goals of both teams in a leg: known, or drawn."""
        one, two = self.one, self.two
        m = self.listed.get(leg)
        if m is not None and m.played:
            score = (m.home_goals, m.away_goals)
            return score if one == m.home else score[::-1]
        rates = self.rate(leg, one, two, strengths), self.rate(leg, two, one, strengths)
        words = [self.word(2 * (leg - 1) + k) for k in (0, 1)]
        own = drawn_goals(rates[0], words[0], self.dispersion(strengths))
        if self.model == "dixon_coles":
            return own, drawn_rival_goals(own, rates, strengths.shape, words[1])
        rival, common = drawn_goals(rates[1], words[1], self.dispersion(strengths)), 0
        if self.model == "bivariate_poisson":
            index = 2 * (64 * self.number + self.run.number) + leg - 1
            common = drawn_goals(strengths.shape, word(self.key, LEGS_COMMON, index))
        return own + common, rival + common

    def dispersion(self, strengths):
        """Return the dispersion of the goals, 0 if they are Poisson."""
        return strengths.shape if self.model == "negative_binomial" else 0.0

    def extra_time(self, strengths):
        """Return the goals of extra time, after the last leg; none that count if it is known."""
        last = self.stage.legs
        m = self.listed.get(last)
        if m is not None and m.extra_time is not None:
            return Counter()
        pairs = ((self.one, self.two), (self.two, self.one))
        return Counter(
            {
                team: drawn_goals(
                    self.rate(last, team, rival, strengths) * (1 / 3),
                    self.word(4 + k),
                    self.dispersion(strengths),
                )
                for k, (team, rival) in enumerate(pairs)
            }
        )

    def play_legs(self, strengths):
        """Play the legs that are not known; return the team that goes through."""
        one, two = self.one, self.two
        goals, away_goals = Counter(), Counter()
        for leg in range(1, self.stage.legs + 1):
            score = self.score(leg, strengths)
            for team, rival, scored in ((one, two, score[0]), (two, one, score[1])):
                goals[team] += scored
                away_goals[team] += scored if self.host(leg) == rival else 0
        rungs = {
            "away_goals": away_goals if self.stage.legs == 2 else Counter(),
            "better_place": Counter([one if self.run.better(one, two) else two]),
            "extra_time": self.extra_time(strengths),
            "penalties": Counter([one if self.coin(7) else two]),
        }
        for score in (goals, *(rungs[rung] for rung in self.stage.level)):
            if score[one] != score[two]:
                return max(one, two, key=score.__getitem__)
        raise AssertionError("a level ladder always decides")

    def play_aggregate(self, fixtures, strengths):
        """Decide by the exact chance of the aggregate, for which the order of legs is nothing."""
        one, two = self.bracket_order
        better = self.run.better(one, two)
        factors = (strengths.home, 1.0) if better else (1.0, strengths.home)
        if self.stage.legs == 2:
            factors = (1.0 + strengths.home,) * 2
        if self.stage.neutral:
            factors = (float(self.stage.legs),) * 2
        most = self.stage.legs * MAX_RATE
        rate = min(strengths.rate(one, two, factors[0]), most)
        rival_rate = min(strengths.rate(two, one, factors[1]), most)
        decides = next(rung for rung in self.stage.level if rung != "away_goals")
        level = float(better) if decides == "better_place" else 0.5
        if decides == "extra_time":
            level = self.chance_in_extra_time(better, strengths)
        half, within = divmod(self.run.number, HALF)
        shift = (word(self.key, TIES, self.number) >> (32 * half)) % 2**32
        stratum = strata(self.key, fixtures + self.number, half)[within]
        random = (stratum << 27) ^ shift
        return one if random < tie_chance(rate, rival_rate, level) else two

    def chance_in_extra_time(self, better, strengths):
        """Return the first side's chance when level, over the hosts that the last leg may have."""
        one, two = self.bracket_order
        hosts = [one, two] if self.stage.second_leg_host == "lots" else [one if better else two]
        if self.stage.neutral:
            hosts = [None]
        chances = []
        for host in hosts:
            rates = [
                min(strengths.rate(team, rival, strengths.home if team == host else 1.0), MAX_RATE)
                for team, rival in ((one, two), (two, one))
            ]
            chances.append(exact_chance(*(rate * (1 / 3) for rate in rates), 0.5))
        return sum(chances) / len(chances)
