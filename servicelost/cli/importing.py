"""`import`: a dealer's exported files through a mapping into the database."""

import gc
from collections.abc import Sequence
from pathlib import Path

import click

from servicelost.cli.installation import open_runtime
from servicelost.cli.progress import progress_bars
from servicelost.intake.importing import ImportSummary, import_files
from servicelost.kernel.actor import SYSTEM

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_REJECTS = "rejects"


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=_FILE)
@click.option("--mapping", required=True, type=_FILE, help="TOML file that says what the columns mean.")
@click.option("--dry-run", is_flag=True, help="Read, map and check every row; store nothing.")
@click.option(
    "--rejects",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for rejected rows. Default: rejects in the instance folder.",
)
@click.pass_context
def import_command(
    ctx: click.Context, sources: Sequence[Path], mapping: Path, dry_run: bool, rejects: Path | None
) -> None:
    """Import the exported files SOURCES (CSV or XLSX); running it again takes in only what is new.

    Rejected rows are written to files with the reason beside each; put right, import those files.
    Ends with code 1 when a row was rejected.
    """
    runtime = open_runtime()
    folder = rejects or runtime.settings.instance_path / _REJECTS
    gc.freeze()  # searching what is loaded for garbage again and again would cost a tenth of the time
    with progress_bars() as tell:
        summary = import_files(
            lambda: runtime.unit(SYSTEM),
            mapping,
            sources,
            rejects_folder=folder,
            dry_run=dry_run,
            progress=lambda done, total: tell("rows", done, total),
        )
    _show(summary)
    ctx.exit(1 if summary.rejects else 0)


def _show(summary: ImportSummary) -> None:
    click.echo(f"{'Checked' if summary.dry_run else 'Imported'}: {', '.join(summary.files)}")
    click.echo(f"{summary.read:>9,} rows read")
    for outcome, count in sorted(summary.rows.items(), key=lambda item: -item[1]):
        if count:
            click.echo(f"{count:>9,}   {outcome}")
    for trap in summary.counts:
        total = f", {trap.total:,}" if trap.total is not None else ""
        click.echo(f"{trap.rows:>9,}   {trap.name}{total}")
    for problem in summary.first_problems:
        click.echo(f"rejected: {problem}", err=True)
    for path in summary.rejects:
        click.echo(f"Rejected rows with their reasons: {path}", err=True)
