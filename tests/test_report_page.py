"""The page says what the tables hold, in any language, to anybody, and nothing more."""

import datetime as dt
import re
import shutil

import numpy as np
import polars as pl
import pytest
from cli_builders import write_cup
from page_reader import Page, inside

import forecast as fc
from forecast.report.history import NO_HISTORY, read_history
from forecast.report.page.chances import chances_of
from forecast.report.page.cut import cuts_of
from forecast.report.page.fixtures import fixtures_of
from forecast.report.page.language import language
from forecast.report.page.margins import Cell, pooled
from forecast.report.page.method import method_of
from forecast.report.page.news import compared, deck, headline, why_moved
from forecast.report.page.past import before_of
from forecast.report.page.played import played_of
from forecast.report.page.prospects import prospects_of
from forecast.report.page.shades import INK, SHADES, contrast, shade
from forecast.report.page.subject import subject_of
from forecast.report.pages import reader_files, render_again
from forecast.report.percent import percent
from forecast.report.stored import Stored, read_stored
from forecast.tables import movement_table

HOSTILE = '<script>alert("7")</script>{{7*7}}%n%(x)s</style>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The second of two forecasts of a cup, in which one club has a name to break pages with."""
    config = tmp_path_factory.mktemp("config")
    before, now = write_cup(config, ids=("before", "now"))
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    for name in ("teams.csv", "matches.csv"):
        text = (config / name).read_text("utf-8")
        (config / name).write_text(text.replace("Ñuñoa", quoted), encoding="utf-8")
    text = before.read_text("utf-8").replace("[simulation]", "as_of = 2023-09-01\n\n[simulation]")
    before.write_text(text, encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    fc.run(fc.load(before), workers=1).write(out, report=False)
    return fc.run(fc.load(now), workers=1).write(out)


@pytest.fixture(scope="module")
def stored(folder):
    return read_stored(folder)


@pytest.fixture(scope="module")
def history(folder):
    return read_history(folder.parent, "cup")


@pytest.fixture(scope="module")
def pages(folder, stored):
    """The page that the run wrote, and that of the other language, pictures and all."""
    made, fault = reader_files(stored, out=folder.parent, lang="en")
    assert fault is None
    return {"es": (folder / "report.html").read_text("utf-8"), "en": made["report.html"].decode()}


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_writes_the_page_that_its_folder_gives_again(folder, pages):
    written = contents(folder)
    assert written[folder / "report.html"].decode() == pages["es"]
    render_again(folder, lang="en")
    assert (folder / "report.html").read_text("utf-8") == pages["en"]
    render_again(folder, lang="es")
    assert contents(folder) == written


@pytest.mark.usefixtures("undrawn")
def test_files_that_a_user_put_there_survive(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "mine.txt").write_text("mine", encoding="utf-8")
    render_again(copy, lang="es")
    assert (copy / "mine.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_chance_is_the_count_of_the_long_table(pages, stored, lang):
    outcomes = stored.tables["outcomes"].with_columns(
        error=pl.col("std_error").max().over("outcome")
    )
    status = {row[:2]: row[2] for row in stored.tables["status"].iter_rows()}
    names = list(stored.facts["outcomes"])
    rows = Page(pages[lang]).rows("main")[1:]
    assert len(rows) == 4
    for row in rows:
        team = row[0]["text"]
        cells = [cell for cell in row if "h" in cell["attributes"].get("class", "").split()]
        for name, cell in zip(names, cells, strict=True):
            line = outcomes.row(
                by_predicate=(pl.col("team") == team) & (pl.col("outcome") == name), named=True
            )
            if status[team, name] != "open":
                assert cell["text"][0] in "✓✗"
                continue
            (counted,) = inside(cell, {"data"})
            assert int(counted["attributes"]["value"]) == line["hits"]
            shown = percent(line["hits"], runs=line["runs"], std_error=line["error"])
            assert counted["text"] == shown.replace(" ", "")


def test_points_and_tie_breaks_are_the_counts_of_their_tables(pages, stored):
    page = Page(pages["en"])
    enough = dict(stored.tables["points"].select("points", "enough").iter_rows())
    for points, cell in page.rows("points-2")[1:]:
        (counted,) = inside(cell, {"data"})
        assert int(counted["attributes"]["value"]) == enough[int(points["text"])]
    hits = stored.tables["tie_breaks"].filter(pl.col("hits") > 0)["hits"].to_list()
    shown = [
        int(inside(cell, {"data"})[0]["attributes"]["value"])
        for _, cell in page.rows("rungs-2")[1:]
    ]
    assert shown == hits


def span(text):
    """The goal differences of a row of margins, from its English name."""
    numbers = [int(each.replace("−", "-")) for each in re.findall("[+−]?[0-9]+", text)]
    low, high = min(numbers), max(numbers)
    return (low, 99) if "better" in text else (-99, high) if "worse" in text else (low, high)


def test_margins_and_next_results_are_the_counts_of_their_tables(pages, stored):
    page = Page(pages["en"])
    header, *rows = page.rows("margins-2")
    points = [int(cell["text"].split()[0]) for cell in header[1:]]
    margins = stored.tables["margins"]
    assert rows
    for difference, *cells in rows:
        low, high = span(difference["text"])
        here = margins.filter(pl.col("goal_difference").is_between(low, high))
        for total, cell in zip(points, cells, strict=True):
            for counted in inside(cell, {"data"}):
                enough, reached = here.filter(points=total).select("enough", "reached").sum().row(0)
                assert int(counted["attributes"]["value"]) == enough
                said = percent(enough, runs=reached, std_error=1)
                assert counted["text"] == said.replace(" ", "")
    results = stored.tables["next_results"]
    for team in results["team"].unique():
        card = next(each for each in page.all("li") if each["text"].strip().startswith(team))
        told = [c for each in inside(card, {"ul"}) for c in inside(each, {"data"})]
        counts = set(results.filter(team=team)["hits"])
        assert told
        assert {int(each["attributes"]["value"]) for each in told} <= counts


def rounded(value):
    """A chance that is no count, as ranges and matches print it."""
    return "<1%" if value < 0.005 else ">99%" if value > 0.995 else f"{100 * value:.0f}%"


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_range_is_low_and_high_of_its_club_and_outcome(pages, stored, lang):
    page = Page(pages[lang])
    lines = {row["team"]: {} for row in stored.tables["outcomes"].iter_rows(named=True)}
    for row in stored.tables["outcomes"].iter_rows(named=True):
        words = {"es": "a", "en": "to"}[lang]
        said = f"{rounded(row['low'])} {words} {rounded(row['high'])}"
        lines[row["team"]][row["outcome"]] = said
    open_lines = stored.tables["status"].filter(status="open").select("team", "outcome").rows()
    cards = [each for each in page.all("li") if each["attributes"].get("class") == "card"]
    told = 0
    for card in cards:
        team = inside(card, {"h3"})[0]["text"]
        own = re.findall("[<>]?[0-9]+% (?:a|to) [<>]?[0-9]+%", card["text"])
        asked, *others = [o for o in ("champion", "finalist") if (team, o) in open_lines]
        assert own == [lines[team][outcome] for outcome in (asked, *others)]
        told += len(own)
    assert told > 4
    leader = page.rows("main")[1][0]["text"]
    assert lines[leader]["champion"] in page.by_id("range")["text"]


def test_the_range_is_explained_where_it_is_first_named_and_nowhere_else(pages):
    page = Page(pages["en"])
    assert "Nobody knows exactly how strong the clubs are" in page.by_id("range")["text"]
    assert len([each for each in page.all("a") if each["attributes"]["href"] == "#range"]) == 2
    assert pages["en"].count("nine times in ten") == 1
    said = page.all("body")[0]["text"]
    assert said.index("range") > said.index(page.by_id("range")["text"])


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_menu_names_sections_as_their_headings_do(pages, lang):
    page = Page(pages[lang])
    links = {a["attributes"]["href"]: a["text"] for a in inside(page.all("nav")[0], {"a"})}
    assert links == {"#" + h["attributes"]["id"]: h["text"] for h in page.all("h2")}


def test_results_and_the_table_are_those_of_their_tables(pages, stored):
    page = Page(pages["en"])
    (found,) = [each for each in page.all("ul") if each["attributes"].get("class") == "results"]
    said = [each["text"].strip() for each in inside(found, {"li"})]
    assert said == [
        f"{row['home']} {row['home_goals']}–{row['away_goals']} {row['away']}"
        for row in stored.tables["results"].iter_rows(named=True)
    ]
    header, *rows = page.rows("standings")
    assert [cell["text"] for cell in header][-1] == "finalist"
    hits = dict(stored.tables["outcomes"].filter(outcome="finalist").select("team", "hits").rows())
    standings = stored.tables["standings"]
    assert [row[1]["text"] for row in rows] == standings["team"].to_list()
    assert [int(row[-2]["text"]) for row in rows] == standings["points"].to_list()
    for row in rows:
        assert int(inside(row[-1], {"data"})[0]["attributes"]["value"]) == hits[row[1]["text"]]
    last = [each for each in page.all("tr") if each["attributes"].get("class") == "last"]
    assert [inside(row, {"td"})[0]["text"] for row in last] == ["2"]


def test_the_latest_round_comes_first_whatever_the_order_of_the_file(stored):
    """Results of rounds 3, 1, 2, 1 and 2 are told as three rounds."""
    results = stored.tables["results"]
    rows = pl.concat([results.head(1)] * 5).with_columns(round=pl.Series([3, 1, 2, 1, 2]))
    mixed = Stored(stored.facts, stored.provenance, {**stored.tables, "results": rows})
    spoken = language("en")
    chances = chances_of(mixed, None, asked="champion", language=spoken)
    played = played_of(mixed, chances, cuts=(), clubs=(), language=spoken)
    assert [(each.name[-1], len(each.results)) for each in played.rounds] == [
        ("3", 1),
        ("2", 2),
        ("1", 2),
    ]


def test_no_percentage_is_printed_that_nothing_counts(pages, stored, history):
    """Every percentage of the page is one that the tables give, however they are rounded."""
    sections = Page(pages["en"]).all("section")[:-1]  # the last explains the method
    shown = {each for part in sections for each in re.findall(r"[<>]?\d+(?:\.\d)?%", part["text"])}
    values = [stored.tables["outcomes"][name] for name in ("probability", "low", "high")]
    values += [stored.tables["matches"][name] for name in ("p_home", "p_draw", "p_away")]
    values += [stored.tables["next_results"]["probability"]]
    values += [stored.tables["points"]["probability"], stored.tables["tie_breaks"]["probability"]]
    values += [history["probability"]]
    allowed = {"<1%", "<0.1%", ">99%", ">99.9%"}
    rows = Page(pages["en"]).rows("margins-2")  # sums of rows, which their own test traces
    allowed |= {cell["text"] for row in rows for cell in row[1:]}
    for series in values:
        for value in series.drop_nulls():
            allowed |= {f"{100 * value:.0f}%", f"{100 * value:.1f}%"}
    assert shown <= allowed


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_name_is_text_wherever_it_stands(pages, lang):
    page = Page(pages[lang])
    assert not page.all("script")
    assert len(page.all("style")) == 1
    links = [each for each in page.all("a") if each["text"] == HOSTILE]
    assert links
    assert "49" not in links[0]["text"]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_nothing_is_asked_of_another_host(pages, lang):
    page = Page(pages[lang])
    policies = [m["attributes"].get("content", "") for m in page.all("meta")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policies
    assert not page.all("link") + page.all("iframe") + page.all("form")
    targets = [each["attributes"]["href"] for each in page.all("a")]
    assert all(
        re.fullmatch(r"#[a-z0-9-]+|(img/)?[a-z_]+\.(csv|json|png|svg)", each) for each in targets
    )
    assert "url(" not in pages[lang]
    assert "@import" not in pages[lang]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_structure_can_be_read_aloud(pages, lang):
    page = Page(pages[lang])
    assert page.all("html")[0]["attributes"]["lang"] == {"es": "es-PE", "en": "en"}[lang]
    assert len(page.all("h1")) == 1
    for table in page.all("table"):
        (caption,) = inside(table, {"caption"})
        assert caption["text"].strip()
    assert all(th["attributes"].get("scope") in {"col", "row"} for th in page.all("th"))
    assert all(th["text"].strip() for th in page.all("th"))
    ids = [each["attributes"]["id"] for each in page.elements if "id" in each["attributes"]]
    assert len(set(ids)) == len(ids)
    named = {
        key
        for each in page.elements
        for key in ("aria-labelledby", "for")
        if key in each["attributes"]
    }
    for key in named:
        assert {e["attributes"][key] for e in page.elements if key in e["attributes"]} <= set(ids)
    targets = [
        e["attributes"]["href"][1:] for e in page.all("a") if e["attributes"]["href"][0] == "#"
    ]
    assert set(targets) <= set(ids)
    for region in page.elements:
        if region["attributes"].get("role") == "region":
            assert region["attributes"]["tabindex"] == "0"


def test_every_shade_carries_its_text():
    for step in range(SHADES + 1):
        assert contrast(INK, shade(step)) >= 4.5


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((0x77, 0x77, 0x77), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_numbers_and_dates_are_those_of_peru():
    spanish = language("es")
    assert spanish.day(dt.date(2026, 11, 23)) == "23 de noviembre de 2026"
    assert spanish.integer(1_015_808) == "1,015,808"
    assert spanish.signed(-1.25, 1) == "−1.2"
    assert spanish.label({"es": "Asciende", "en": "Promoted"}, "promoted") == "Asciende"
    assert spanish.label({"en": "Promoted"}, "up_again") == "Up again"


def test_the_page_says_how_chances_moved(pages, history):
    page = Page(pages["en"])
    header = [cell["text"] for cell in page.rows("main")[0]]
    assert "Change" in header
    (first, *_) = page.rows("main")[1:]
    moved = first[header.index("Change")]["text"].strip()
    lines = history.filter(outcome="champion", team=first[0]["text"])
    change = lines.sort("as_of", nulls_last=True)["probability"].diff()[-1]
    assert moved == f"▲ {100 * change:+.1f}"
    assert len(page.rows("past")[0]) == 3


def cut_places(stored, cuts, places):
    """The cuts of the page if the table has these cuts and outcomes these places."""
    points = pl.concat(
        [stored.tables["points"].with_columns(cut=pl.lit(cut, dtype=pl.Int64)) for cut in cuts]
    )
    facts = {**stored.facts, "outcome_places": {str(k): [text] for k, text in enumerate(places)}}
    tables = {**stored.tables, "points": points}
    changed = Stored(facts=facts, provenance=stored.provenance, tables=tables)
    return [cut.place for cut in cuts_of(changed, language("en"))]


def test_a_cut_is_where_an_outcome_ends_and_that_most_are_above_comes_first(stored):
    ends = ["league:1-8", "league:1-24", "final:1"]
    assert cut_places(stored, [2, 8, 24, 30], ends) == [24, 8]
    assert cut_places(stored, [2, 8], ["final:1"]) == [8]


def test_past_scores_are_told_beside_a_simple_rule(stored):
    def score(source, mean):
        row = {"what": "matches", "source": source, "measure": "log_loss", "forecasts": 1130}
        return {**row, "mean": mean}

    record = {"scores": [score("poisson", 0.9876), score("running shares", 1.0123)]}
    past = {"replayed": True, "model": "poisson", "record": record}
    told = Stored(stored.facts, stored.provenance, stored.tables, calibration=past)
    said = method_of(told, language("es")).past
    assert "1,130 partidos" in said
    assert "0.988" in said
    assert "1.012" in said
    assert "Tan pocos" not in said
    old = Stored(
        stored.facts,
        stored.provenance,
        stored.tables,
        calibration={**past, "out_of_date": ["the rules have changed"]},
    )
    told = method_of(old, language("en"))
    assert told.past.endswith(
        "That test no longer fits: since then data, rules, strengths or the program changed."
    )
    assert told.better == ""
    assert "not replayed" in method_of(stored, language("en")).past


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("strength", "said"),
    [
        ({"model": "poisson"}, "the same forecast from results alone"),
        ({"model": "dixon_coles"}, "the model “b”"),
    ],
)
def test_what_named_the_clubs_better_is_told_with_its_number(stored, strength, said, turned):
    """From whichever side the record looks; what is within its interval is not told."""
    interval = {"difference": 0.0096, "low": 0.001, "high": 0.0189}
    if turned:
        interval = {"difference": -0.0096, "low": -0.0189, "high": -0.001}
    sides = ("b", "a") if turned else ("a", "b")
    row = {"what": "outcomes", "part": "champion", "measure": "brier"} | interval
    row |= dict(zip(("source", "against"), sides, strict=True))
    unsure = {**row, "source": "a", "against": "c", "difference": 0.5, "low": -1.0, "high": 2.0}
    models = [
        {"id": "a", "strength": {"model": "poisson", "covariate": [], "earlier": {}}},
        {"id": "b", "strength": strength},
        {"id": "c", "strength": {}},
    ]
    record = {"scores": [], "differences": [unsure, row], "models": models}
    past = {"replayed": True, "model": "a", "record": {**record, "reached": {"champion": 4}}}

    def told(worse, headline="champion"):
        facts = {**stored.facts, "headline": headline}
        found = Stored(facts, stored.provenance, stored.tables, {**past, "worse": worse})
        return method_of(found, language("en")).better

    assert told(["…"]) == (
        f"At telling who reaches “champion”, {said} erred by 0.010 less in that test (Brier score, "
        "from 0 to 1). That is one season and 4 clubs."
    )
    assert told([]) == told(["…"], headline="before the start") == ""


def cells(**columns):
    """A row of margins, from `reached` and `enough` of each total of points."""
    return {
        int(name[1:]): Cell(
            reached, enough, (enough / reached * (1 - enough / reached) / 500) ** 0.5
        )
        for name, (reached, enough) in columns.items()
    }


def test_margins_that_the_counts_cannot_tell_apart_share_a_row():
    """The rows of the forecast after round 1 that once said −12: 30 %, above −10: 26 %."""
    rows = [
        (range(-8, -7), cells(p7=(2932, 829))),
        (range(-9, -8), cells(p7=(1738, 450))),
        (range(-10, -9), cells(p7=(953, 245))),
        (range(-12, -11), cells(p7=(313, 93))),
    ]
    ((differences, row),) = pooled(rows)
    assert (differences.start, differences.stop) == (-12, -7)
    assert (row[7].reached, row[7].enough) == (5936, 1617)


def test_margins_never_rise_where_goal_difference_falls():
    rng = np.random.default_rng(7)
    for _ in range(200):
        slope = np.sort(rng.random(12))[::-1]
        reached = rng.integers(300, 3000, (12, 2))
        enough = rng.binomial(reached, slope[:, np.newaxis])
        rows = [
            (
                range(-k, 1 - k),
                cells(p6=(reached[k, 0], enough[k, 0]), p7=(reached[k, 1], enough[k, 1])),
            )
            for k in range(12)
        ]
        found = pooled(rows)
        for points in (6, 7):
            shares = [row[points].share for _, row in found]
            assert shares == sorted(shares, reverse=True)
            assert sum(row[points].enough for _, row in found) == enough[:, points - 6].sum()


def test_a_rule_that_came_later_is_told_as_unknown_on_that_day(stored):
    stages = [dict(stage) for stage in stored.facts["stages"]]
    stages[1]["changes"] = [{"from": "2023-11-07", "legs": 2, "in_force": False}]
    facts = {**stored.facts, "stages": stages, "as_of": "2023-09-20", "sources": ["A", "B & C"]}
    told = method_of(Stored(facts, stored.provenance, stored.tables), language("en"))
    (change,) = told.changes
    assert change.day == "November 7, 2023"
    assert change.says == (
        "New rule for Final: two legs. That was decided later: on September 20, 2023, the day of "
        "this forecast, nobody knew it, so the old rule is played here."
    )
    assert told.sources == "Fixtures and results were taken from: A; B & C."
    rules = dict(told.rules)
    assert "the two that are left meet" in rules["Final"][0]
    assert dict(told.outcomes)["champion"] == "the winner of “Final”"


def test_a_forecast_that_knows_something_of_the_clubs_has_a_favourite(stored):
    spoken = language("en")
    chances = chances_of(stored, None, asked="champion", language=spoken)

    def said(**known):
        facts = {**stored.facts, "strength": {**stored.facts["strength"], "results": 0, **known}}
        told = Stored(facts, stored.provenance, stored.tables)
        return headline(told, chances, spoken), deck(told, chances, None, spoken)

    assert said(knows_teams=False)[0].startswith("Before the first result nobody is favourite")
    assert said(knows_teams=False)[1].startswith("Only the fixtures are known.")
    first = chances.by[chances.teams[0], "champion"]
    named, below = said(knows_teams=True)
    assert named == f"champion: {chances.teams[0]} has the greatest chance, {first.text}"
    assert below == f"That is {first.often} simulated tournaments. Nobody is certain of it."
    more = chances_of(stored, None, asked="finalist", language=spoken)
    below = deck(stored, more, None, spoken)
    last = more.by[more.teams[0], "champion"].text
    assert below.endswith(f"There are 2 places; nobody is certain of one. champion: {last}.")


def test_what_the_first_had_before_and_who_was_first_is_told_with_its_day(stored, history):
    """The first gains where another was ahead; the printed chances are those of the history."""
    spoken = language("en")
    asked = history.filter(outcome="champion").sort("as_of", "hits")
    earlier, now = asked.filter(as_of=dt.date(2023, 9, 1)), asked.filter(pl.col("as_of").is_null())
    leader, other = now["team"][-1], earlier["team"][0]
    ahead = pl.when(team=other).then("runs").when(team=leader).then(1000).otherwise(0)
    hits = pl.when(as_of=dt.date(2023, 9, 1)).then(ahead).otherwise("hits").cast(pl.Int64)
    changed = history.with_columns(hits=hits).with_columns(
        probability=pl.col("hits") / pl.col("runs")
    )
    movement = movement_table(changed, stored.facts["config_hash"])
    chances = chances_of(stored, movement, asked="champion", language=spoken)

    def told(history):
        before = before_of(history, movement, "champion", spoken)
        return deck(stored, chances, before, spoken)

    assert chances.teams[0] == leader
    runs, error = earlier["runs"][0], earlier["std_error"].max()
    had = percent(1000, runs=runs, std_error=error).replace(" ", "")
    most = percent(runs, runs=runs, std_error=error).replace(" ", "")
    said = f"On September 1, 2023 {leader} had {had}"
    assert told(changed).endswith(f" {said}; first was {other} with {most}.")
    alone = changed.filter((pl.col("team") != other) | pl.col("as_of").is_null())
    assert told(alone).endswith(f" {said}.")


def test_why_chances_moved_names_what_is_known_of_the_clubs(stored):
    def said(start=None, **known):
        strength = {**stored.facts["strength"], **known}
        facts = {**stored.facts, "start": start, "strength": strength}
        return why_moved(Stored(facts, stored.provenance, stored.tables), language("en"))

    assert said(results=24).endswith("what is estimated of the other clubs.")
    known = {"columns": ["altitude_m"], "column_labels": [{"en": "Altitude of its home"}]}
    assert said(results=24, **known).endswith("how much this is worth: altitude of its home.")
    assert said(results=0) == said(results=24, model="given") == said("final", results=24) == ""


def test_a_card_says_how_its_chance_moved_and_leads_back_to_its_row(pages):
    page = Page(pages["en"])
    header = [cell["text"] for cell in page.rows("main")[0]]
    moved = {row[0]["text"]: row[header.index("Change")]["text"] for row in page.rows("main")[1:]}
    cards = [each for each in page.all("li") if each["attributes"].get("class") == "card"]
    assert len(cards) == len(moved) == 4
    for card in cards:
        name = inside(card, {"h3"})[0]["text"]
        change = moved[name].strip()
        said = "Unchanged" if change.startswith("=") else f"{change} points"
        assert f"{said} since September 1, 2023" in card["text"]
        back = inside(card, {"a"})[-1]["attributes"]["href"]
        assert page.by_id(back[1:])["text"].strip().startswith(name)


def test_what_results_do_not_compare_is_said_beside_the_range(stored):
    def said(played=1, **known):
        facts = {**stored.facts, "strength": {**stored.facts["strength"], **known}}
        table = stored.tables["standings"].with_columns(played=pl.lit(played, pl.Int64))
        tables = {**stored.tables, "standings": table}
        return compared(Stored(facts, stored.provenance, tables), language("en"))

    assert said(groups=26, results=24).startswith("With one match a club at most, results compare")
    assert said(groups=26, results=24, played=2).startswith("Some clubs no result compares")
    assert said(groups=50, results=0).startswith("No result is known yet")
    assert said(groups=1, results=24) == ""
    assert said(groups=26, results=24, model="given") == ""


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (0, "Points now: 0. It can reach {most} at most; {safe} are nearly always"),
        (5, "Points now: 5. It lacks 1 point to reach {safe}, which are nearly always"),
        (4, "Points now: 4. It lacks 2 points to reach {safe}, which are nearly always"),
        (6, "Points now: 6. With {safe} points it is nearly always place 2 or better."),
    ],
)
def test_a_card_says_what_its_club_lacks(stored, points, told):
    """Of the points that were enough for place 2 in more than 98 of 100 cases."""
    spoken = language("en")
    totals = stored.tables["points"].filter(cut=2)
    safe = totals.filter(pl.col("probability") > 0.98)["points"].min()
    team = stored.tables["standings"]["team"][0]
    table = stored.tables["standings"].with_columns(
        points=pl.when(team=team).then(points - 6 + safe if points else 0).otherwise("points")
    )
    left = 1 if points == 0 else 3
    matches = stored.tables["matches"].filter((pl.col("home") == team) | (pl.col("away") == team))
    tables = {**stored.tables, "standings": table, "matches": matches.head(left)}
    changed = Stored(stored.facts, stored.provenance, tables)
    chances = chances_of(changed, None, asked="champion", language=spoken)
    said = prospects_of(changed, chances, cuts=cuts_of(changed, spoken), language=spoken)[team]
    now = points - 6 + safe if points else 0
    expected = told.replace(f"now: {points}", f"now: {now}").format(most=3 * left, safe=safe)
    assert said[0].startswith(expected)
    assert said[1].startswith("Place in “League” in the end: ")


def test_a_match_of_the_day_without_a_score_says_so(stored):
    spoken = language("en")
    late = {**stored.facts, "as_of": "2023-09-20"}
    fixtures = fixtures_of(Stored(late, stored.provenance, stored.tables), spoken, asked="champion")
    assert fixtures
    assert all(match.late and match.day == "20 Sep (score not known here)" for match in fixtures)
    assert not any(match.late for match in fixtures_of(stored, spoken, asked="champion"))


def test_a_forecast_after_a_round_names_the_round_and_no_day(stored):
    after = {**stored.facts, "as_of": "2023-09-20", "after": {"stage": "league", "round": 1}}
    told = Stored(after, stored.provenance, stored.tables)
    subject = subject_of(told, NO_HISTORY, language("en"))
    assert subject.dated == "With the results up to round 1 of League (September 20, 2023)."


def test_what_is_at_stake_is_the_difference_of_the_chances_on_the_card(stored):
    """38.4 % after a win and 17.6 % after a loss are 38 and 18: 20, although the leverage is 21."""
    spoken = language("en")
    match = fixtures_of(stored, spoken, asked="champion")[0]
    key = {"stage": "league", "round": match.round, "home": match.home, "away": match.away}
    matches = stored.tables["matches"].with_columns(
        leverage_champion=pl.lit(0.208), team_leverage_champion=pl.lit(match.home)
    )
    rows = [("win", 384), ("draw", 250), ("loss", 176)]
    results = pl.DataFrame(
        [
            {"team": match.home, "outcome": "champion", **key, "result": result, "hits": hits}
            for result, hits in rows
        ]
    ).with_columns(runs=pl.lit(1000), probability=pl.col("hits") / 1000, std_error=pl.lit(0.01))
    changed = {**stored.tables, "matches": matches, "next_results": results}
    found = fixtures_of(Stored(stored.facts, stored.provenance, changed), spoken, asked="champion")
    same = [each for each in found if (each.home, each.away) == (match.home, match.away)]
    assert [each.stake for each in same] == ["20"]
    others = [each for each in found if each not in same]
    assert {each.stake for each in others} == {"21"}
    bigger = {"win": 500, "draw": 250, "loss": 100}
    rival = results.with_columns(
        team=pl.lit(match.away), hits=pl.col("result").replace_strict(bigger)
    )
    changed = {**changed, "next_results": pl.concat([results, rival])}
    found = fixtures_of(Stored(stored.facts, stored.provenance, changed), spoken, asked="champion")
    named = {(each.home, each.away): (each.stake, each.staked) for each in found}
    assert named[match.home, match.away] == ("40", match.away)


def test_the_method_says_what_is_known_of_clubs_beside_results(stored):
    known = {
        "columns": ["altitude_m", "departmental_finish"],
        "column_labels": [{"en": "Altitude of its home", "es": "Altitud"}, {}],
        "earlier_results": 68,
        "knows_teams": True,
    }
    facts = {**stored.facts, "strength": {**stored.facts["strength"], **known}}
    told = method_of(Stored(facts, stored.provenance, stored.tables), language("en")).model
    assert ": altitude of its home, departmental finish, 68 results of earlier stages." in told
    assert "what is known of them" not in method_of(stored, language("en")).model
