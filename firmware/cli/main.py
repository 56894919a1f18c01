"""The command `acumat`: one verb a file. An error is one clear line on stderr and one of two exit codes."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

import click

from firmware.errors import AcumatError, DriverError, FolderInUseError, TransitionError
from firmware.terminal.closed_pipe import tolerate_closed_pipe
from hardware.board import BoardError

REFUSED: Final = (
    2  # arguments, settings or files are wrong and a person must correct them; click's code for usage errors
)
TRY_AGAIN: Final = 75  # EX_TEMPFAIL: the lines are lost or held, or the program is at fault; a restart may help
MAY_PASS: Final = (DriverError, FolderInUseError, TransitionError)

VERBS = {
    "setup": "Ask what this mat needs, and make it ready.",
    "run": "Read the cells and run the mat.",
    "record": "Write raw readings to a file.",
    "replay": "Run a recording through the same core.",
    "calibrate": "Find the scale of each tile.",
    "tare": "Take the zero of the empty mat.",
    "doctor": "Is this mat in order? One screen.",
    "probe": "Measure rates, clock pulses and lost reads of the chips.",
    "bench": "Measure what this computer can do for a mat.",
    "sessions": "The sessions that were, newest first.",
    "session": "One session in full.",
    "journal": "How it was, in your own words.",
    "trends": "Weeks at a glance.",
    "people": "Who uses the mat, and whose turn it is.",
    "programme": "Level, what comes next, offers.",
    "report": "One month as a page to print.",
    "export": "Your data as CSV or JSON.",
    "import": "Sessions and notes from an export, into the database.",
    "backup": "Copy the database, or list the copies.",
    "config": "Check the settings, or show those that apply.",
    "mqtt": "Remove from the broker what a mat has left there.",
    "install-service": "Install the service for a program that pipx installed.",
    "outputs-test": "Show each light and sound once, and wait for the key.",
    "outputs-off": "Switch light and buzzer off.",
}


EXAMPLES: Final = {
    "setup": (
        "sudo acumat setup",
        "sudo acumat setup --board standard --pins yes --broker none --person Ana --zero yes",
    ),
    "run": ("acumat run --config /etc/acumat/acumat.toml", "acumat run --show --map cells"),
    "record": ("acumat record evening.npz", 'acumat record stuck.npz --seconds 60 --note "C2 sticks"'),
    "replay": ("acumat replay evening.npz", "acumat replay evening.npz --jsonl --ticks 1"),
    "calibrate": ("acumat calibrate --mass 5 --mass 10", "acumat calibrate --body 80 --no-corners"),
    "tare": ("acumat tare", "acumat tare --config /etc/acumat/acumat.toml"),
    "doctor": ("acumat doctor", "acumat doctor --seconds 30"),
    "probe": ("acumat probe", "acumat probe --seconds 60 --backend gpiochip"),
    "bench": ("acumat bench", "acumat bench --json bench.json"),
    "sessions": ("acumat sessions", "acumat sessions --all --json"),
    "session": ("acumat session 12", "acumat session 12 --at 5", "acumat session 12 --replay --speed 120"),
    "journal": ("acumat journal after", "acumat journal before --set back_pain=5 --set cover=t_shirt"),
    "trends": ("acumat trends", "acumat trends --weeks 52 --json"),
    "people": ("acumat people --add Ana --choose Ana", "acumat people --remove Ana"),
    "programme": ("acumat programme", "acumat programme accept"),
    "report": ("acumat report november.html", "acumat report ana.html --month 2026-11 --person Ana"),
    "export": ("acumat export --person Ana > ana.json", "acumat export --csv > sessions.csv"),
    "import": ("acumat import ana.json", "acumat import ana.json --config /etc/acumat/acumat.toml"),
    "backup": ("acumat backup", "acumat backup --to /media/usb/acumat.db"),
    "config": ("acumat config check --config /etc/acumat/acumat.toml", "acumat config show --json"),
    "mqtt": ("acumat mqtt forget", "acumat mqtt forget mat-1 --config /etc/acumat/acumat.toml"),
    "install-service": ("sudo acumat install-service",),
    "outputs-test": (
        "acumat outputs-test",
        "acumat outputs-test --listen --config /etc/acumat/acumat.toml",
    ),
    "outputs-off": ("acumat outputs-off", "acumat outputs-off --config /etc/acumat/acumat.toml"),
}


FILES: Final = {"import": "importing"}  # where the file of a verb cannot have its name


def help_examples(lines: Sequence[str]) -> str:
    """Return the end of a help text; the mark keeps click from joining the lines."""
    return "Examples:\n\n\b\n" + "\n".join(f"  {line}" for line in lines)


class Verbs(click.Group):
    """Loads a verb only when it is used: --help must not import drivers."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the verb's file; None for an unknown verb."""
        if cmd_name not in VERBS:
            return None
        command = import_module(f"firmware.cli.{FILES.get(cmd_name, cmd_name.replace('-', '_'))}").command
        assert isinstance(command, click.Command)  # noqa: S101 - each verb's file has one
        command.epilog = help_examples(EXAMPLES[cmd_name])
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the verb that was meant when there is none of that name."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from hardware.toml_text import did_you_mean  # noqa: PLC0415 - only for a mistake

            raise click.UsageError(f"{args[0]!r}: no such verb; {did_you_mean(args[0], VERBS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Turn errors that have a clear text into that text and an exit code."""
        try:
            with tolerate_closed_pipe():
                return super().invoke(ctx)
        except (AcumatError, BoardError) as error:
            click.echo(f"acumat: {error}", err=True)
            raise SystemExit(TRY_AGAIN if isinstance(error, MAY_PASS) else REFUSED) from error


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=help_examples(("acumat doctor", "acumat replay --help")),
)
@click.version_option(package_name="acumat")
def acumat() -> None:
    """Times and records relaxation sessions on an acupressure mat. Not a medical device."""
