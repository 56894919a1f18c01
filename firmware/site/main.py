"""`acumat-site`: the commands of a site with many mats, one verb a file."""

import click

from firmware.errors import AcumatError
from firmware.site.verbs import database, flow, looks, mats, people

VERBS = (
    *(mats.init, database.migrate, database.upkeep, flow.collect),
    *(mats.enrol, mats.retire, mats.mats, looks.report, looks.doctor, looks.serve),
    *(people.forget, people.export),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="acumat", prog_name="acumat-site")
def site() -> None:
    """Many mats: collect their messages, enrol and retire them, report. Docs: docs/site.md."""


for verb in VERBS:
    site.add_command(verb)


def main() -> None:
    """Run the command line. An error is one clear line and exit code 2."""
    try:
        site(prog_name="acumat-site")
    except (AcumatError, OSError) as error:
        click.echo(f"acumat-site: {error}", err=True)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
