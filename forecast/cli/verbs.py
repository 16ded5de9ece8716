"""The verbs and their options."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.streams import Ticker, emit, fold, say

if TYPE_CHECKING:
    from forecast.plan import Plan
    from forecast.report.folder import Folder

__all__ = ["app"]

app = typer.Typer(
    name="forecast",
    help="Forecasts of football competitions: a table, then a knockout, with honest errors.",
    epilog="Exit codes: 0 done, 2 usage or config, 3 output and disk, 4 data or model, "
    "70 a bug of ours, 130 and 143 stopped. Of several configs the first failure gives the code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Configs = Annotated[
    list[Path], typer.Argument(metavar="CONFIG...", help="Forecast configs, or folders of them.")
]
Out = Annotated[Path, typer.Option(help="Folder for the folders of all forecasts.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the folder of another forecast.")]

DEFAULT_OUT = Path("forecasts")
DEFAULT_BENCH = Path("configs/copa_peru_2023/pre_tournament.toml")


@app.command()
def check(
    configs: Configs,
    *,
    prove: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="TEAM OUTCOME", help="Print why it is certain, impossible or open."),
    ] = None,
) -> None:
    """Validate configs, say each competition back in plain words; simulate nothing."""
    from forecast.cli.batch import run_batch  # noqa: PLC0415 (each verb imports what it needs)
    from forecast.cli.checks import check_lines, proof_of  # noqa: PLC0415 (same)
    from forecast.report.text import shown  # noqa: PLC0415 (same)

    def verb(plan: Plan) -> str:
        lines = check_lines(plan) if prove is None else proof_of(plan, *prove)
        emit(f"{fold(shown(lines).rstrip(), sys.stdout)}\n")
        return "valid"

    raise typer.Exit(run_batch(configs, verb))


@app.command()
def run(
    configs: Configs,
    *,
    runs: Annotated[int | None, typer.Option(min=1, help="Runs, rounded up.")] = None,
    rng_seed: Annotated[int | None, typer.Option(min=0, help="Key of all randomness.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    out: Out = DEFAULT_OUT,
    target_error: Annotated[
        float | None, typer.Option(help="Simulate until no outcome has a larger simulation error.")
    ] = None,
    force: Force = False,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write what people open, too.")
    ] = True,
) -> None:
    """Fit, simulate, and write OUT/<id>/ with all tables and the page."""
    if runs is not None and target_error is not None:
        raise typer.BadParameter("--runs and --target-error exclude each other")
    from forecast.cli.batch import run_batch  # noqa: PLC0415 (same)
    from forecast.config import Overrides  # noqa: PLC0415 (same)

    overrides = Overrides(runs=runs, target_error=target_error, rng_seed=rng_seed)

    # A page says what changed since the forecast before, so forecasts with pages take their turn.
    one = partial(_forecast, out=out, force=force, report=report)
    code = run_batch(
        configs,
        partial(one, workers=workers),
        overrides=overrides,
        beside=None if report else partial(one, workers=1),
        processes=workers,
    )
    if out.is_dir():
        from forecast.report.index import write_index  # noqa: PLC0415 (same)

        if fault := write_index(out):
            say(f"warning: {fault}")
    raise typer.Exit(code)


@app.command()
def fit(configs: Configs, *, out: Out = DEFAULT_OUT, force: Force = False) -> None:
    """Fit the strengths, print them, and write OUT/<id>.fit/; simulate nothing."""
    from forecast.cli.batch import run_batch  # noqa: PLC0415 (same)

    raise typer.Exit(run_batch(configs, lambda plan: _fit(plan, out=out, force=force)))


@app.command()
def backtest(
    configs: Configs,
    *,
    runs: Annotated[int | None, typer.Option(min=1, help="Runs a forecast; else 100,000.")] = None,
    rng_seed: Annotated[int | None, typer.Option(min=0, help="Key of all randomness.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    out: Out = DEFAULT_OUT,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the scores beside the competition, too.")
    ] = False,
    force: Force = False,
) -> None:
    """Replay competitions round by round, score every forecast, write OUT/<id>.backtest/.

    Each forecast knows only what was known on its day; as_of and start of the configs do not
    matter. Configs of one competition that differ in [strength] are compared with each other. With
    --record the scores are kept in calibration.json beside the competition: its forecasts show
    them, and warn of strengths that were found worse.
    """
    from forecast.cli.replays import replay_batch  # noqa: PLC0415 (same)
    from forecast.config import Overrides  # noqa: PLC0415 (same)

    overrides = Overrides(runs=runs, rng_seed=rng_seed)
    raise typer.Exit(
        replay_batch(configs, overrides, out=out, workers=workers, record=record, force=force)
    )


@app.command("what-if")
def what_if(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A forecast config.")],
    *,
    result: Annotated[
        list[str], typer.Option(metavar='"HOME 2-1 AWAY"', help="A result to suppose; repeatable.")
    ],
    runs: Annotated[int | None, typer.Option(min=1, help="Runs, rounded up.")] = None,
    rng_seed: Annotated[int | None, typer.Option(min=0, help="Key of all randomness.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
) -> None:
    """Print a forecast with results supposed beside the one without; write nothing.

    A supposed result counts like a known one, for the strengths too.
    """
    from forecast.config import Overrides, load  # noqa: PLC0415 (same)
    from forecast.report.terminal import what_if_lines  # noqa: PLC0415 (same)
    from forecast.supposing import what_if as compare  # noqa: PLC0415 (same)

    plan = load(_only_config(config), Overrides(runs=runs, rng_seed=rng_seed))
    ticker = Ticker(plan.id)
    try:
        compared = compare(plan, result, workers=workers, progress=ticker)
    finally:
        ticker.clear()
    for warning in plan.warnings:
        say(f"warning: {warning}")
    for note in compared.notes:
        say(f"note: {note}")
    emit(what_if_lines(compared.plan, compared.changes, compared.verdicts, compared.results))


@app.command()
def report(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders that `forecast run` wrote.")
    ],
    *,
    lang: Annotated[str, typer.Option(help="Language of the pages, as es or en.")] = "es",
) -> None:
    """Make pages and pictures again from stored results, in another language."""
    from forecast.cli.again import report_again  # noqa: PLC0415 (same)

    raise typer.Exit(report_again(folders, lang=lang))


@app.command()
def history(
    source: Annotated[
        Path,
        typer.Argument(metavar="CONFIG|DIR", help="A forecast config, or an output folder."),
    ],
    *,
    outcome: Annotated[str, typer.Option(help="The outcome to follow.")],
    out: Out = DEFAULT_OUT,
    picture: Annotated[
        Path | None, typer.Option(help="Draw it, too, as FILE.svg or FILE.png.")
    ] = None,
) -> None:
    """Print, and draw, how the chances of an outcome moved from forecast to forecast."""
    from forecast.cli.past import KINDS, draw_history, history_of, history_text  # noqa: PLC0415 (same)

    if picture is not None and picture.suffix not in KINDS:
        raise typer.BadParameter(f"--picture: found {picture}, allowed a name with .svg or .png")
    histories = history_of(source, outcome=outcome, out=out)
    emit(history_text(histories, outcome=outcome))
    if picture is not None:
        draw_history(histories, outcome=outcome, path=picture)


@app.command()
def bench(
    config: Annotated[
        Path, typer.Argument(metavar="[CONFIG]", help="The forecast to measure with.")
    ] = DEFAULT_BENCH,
    *,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure runs/s and matches/s on this machine, on one worker up to all; write nothing."""
    from forecast.bench import bench as measure  # noqa: PLC0415 (each verb imports what it needs)
    from forecast.config import load  # noqa: PLC0415 (same)
    from forecast.workers import available_workers  # noqa: PLC0415 (same)

    figures = measure(load(_only_config(config)), workers=workers or available_workers())
    emit(figures.json() if json else figures.text())


def _only_config(path: Path) -> Path:
    """Return the config at a path, which may be a folder with a single one."""
    from forecast.config import find_configs  # noqa: PLC0415 (same)

    found = find_configs([path])
    if len(found) > 1:
        raise typer.BadParameter(f"CONFIG: found {len(found)} configs in {path}, allowed one")
    return found[0]


def _forecast(plan: Plan, *, out: Path, workers: int | None, force: bool, report: bool) -> str:
    """Run one forecast in its own folder, which is claimed first: a late refusal wastes hours."""
    from forecast.report.folder import claim  # noqa: PLC0415 (same)

    with claim(out, plan.id) as folder:
        if not force and folder.holds(plan.source.config_hash):
            return _already_there(folder, plan, report=report)
        folder.demand_free(force=force, config_hash=plan.source.config_hash)
        from forecast.pipeline import run as run_plan  # noqa: PLC0415 (a second, only if needed)
        from forecast.report.terminal import outcome_lines  # noqa: PLC0415 (same)

        ticker = Ticker(plan.id)
        try:
            result = run_plan(plan, workers=workers, progress=ticker)
        finally:
            ticker.clear()
        fault = result.publish(folder, force=force, report=report)
    if fault:
        say(f"warning: {plan.id}: {fault}")
    for note in result.notes[1:]:  # the first is above the table
        say(f"note on {plan.id}: {note}")
    where = str(folder.path / "outcomes.csv")
    emit(outcome_lines(plan, result.outcomes, result.verdicts, notes=result.notes, where=where))
    return "done"


def _already_there(folder: Folder, plan: Plan, *, report: bool) -> str:
    """Say that a forecast is there; add the pages that an earlier run without them left out."""
    from forecast.report.completing import complete  # noqa: PLC0415 (same)

    added, fault = complete(folder, plan, report=report)
    if fault:
        say(f"warning: {fault}")
    say(f"{folder.path}: already holds this forecast{', its pages were added' if added else ''}")
    return "already there"


def _fit(plan: Plan, *, out: Path, force: bool) -> str:
    """Fit one config. No id has a dot, so its folder is never taken for a forecast."""
    from forecast.pipeline import fit_strengths  # noqa: PLC0415 (same)
    from forecast.report.folder import claim  # noqa: PLC0415 (same)
    from forecast.report.terminal import strength_lines  # noqa: PLC0415 (same)

    with claim(out, f"{plan.id}.fit") as folder:
        there = not force and folder.holds(plan.source.config_hash)
        if there:
            say(f"{folder.path}: already holds these strengths")
        else:
            folder.demand_free(force=force, config_hash=plan.source.config_hash)
        fitted = fit_strengths(plan)
        if not there:
            fitted.publish(folder, force=force)
    where = str(folder.path / "strengths.csv")
    emit(strength_lines(plan, fitted.strengths, notes=fitted.notes, where=where))
    return "already there" if there else "done"
