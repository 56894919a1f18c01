"""Manual pages and shell completion for the Debian package, from the commands and the table of settings."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import click
from click.shell_completion import get_completion_class

from firmware.cli.main import VERBS, acumat
from firmware.config import SECTIONS, section_options
from firmware.words import DISCLAIMER
from sim.__main__ import command as simulator

SHELLS = {
    "bash": "usr/share/bash-completion/completions/{name}",
    "zsh": "usr/share/zsh/vendor-completions/_{name}",
    "fish": "usr/share/fish/vendor_completions.d/{name}.fish",
}
COMMANDS: dict[str, click.Command] = {"acumat": acumat, "acumat-sim": simulator}


def files(version: str) -> Iterator[tuple[str, str]]:
    """Yield (place in the package, text) of each manual page and each completion."""
    yield "usr/share/man/man1/acumat.1.gz", page("acumat", version)
    yield "usr/share/man/man1/acumat-sim.1.gz", page("acumat-sim", version)
    yield "usr/share/man/man5/acumat.toml.5.gz", settings_page(version)
    for name, command in COMMANDS.items():
        for shell, place in SHELLS.items():
            yield place.format(name=name), completion(name, command, shell)


def completion(name: str, command: click.Command, shell: str) -> str:
    """Return the completion script of a command for a shell."""
    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"{shell}: no completion; known are {', '.join(SHELLS)}")
    variable = f"_{name.upper().replace('-', '_')}_COMPLETE"
    maker = kind(command, {}, name, variable)
    return str(maker.source_template % maker.source_vars())


def page(name: str, version: str) -> str:
    """Return the manual page of a command, section 1, in the man macros."""
    command = COMMANDS[name]
    lines = [_title(name, 1, version), ".SH NAME", f"{name} \\- {_escaped(_first(command))}", ".SH SYNOPSIS"]
    if isinstance(command, click.Group):
        lines += [f".B {name}", ".I VERB", "[options]", ".SH DESCRIPTION", _escaped(command.help or "")]
        for verb in VERBS:
            inner = command.get_command(click.Context(command), verb)
            if inner is not None:
                lines += [f".SH {verb.upper()}", *_usage(inner, f"{name} {verb}")]
    else:
        lines += _usage(command, name)
    lines += [".SH FILES", ".I /etc/acumat/acumat.toml", ".SH SEE ALSO", ".BR acumat.toml (5)", ".SH NOTES"]
    return "\n".join([*lines, _escaped(DISCLAIMER)]) + "\n"


def settings_page(version: str) -> str:
    """Return the manual page of the settings file, section 5."""
    lines = [_title("acumat.toml", 5, version), ".SH NAME", "acumat.toml \\- settings of acumat", ".SH DESCRIPTION"]
    lines += ["TOML. Every option may be left out. A file with a wrong key or value is rejected as a whole."]
    for name, kind in SECTIONS.items():
        lines += [f".SH [{name}]", _escaped((kind.__doc__ or "").strip())]
        for option, bound, meaning in section_options(kind):
            default = getattr(kind(), option)
            shown = "none" if default is None else str(list(default) if isinstance(default, tuple) else default)
            lines += [".TP", f".B {_escaped(option)}", _escaped(f"{meaning} Must be: {bound.words}. Default: {shown}.")]
    return "\n".join([*lines, ".SH SEE ALSO", ".BR acumat (1)"]) + "\n"


def _usage(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f".B {name}", _escaped(usage), ".PP", _escaped(command.help or "")]
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            lines += [".TP", f".B {_escaped(record[0])}", _escaped(record[1] or " ")]
    return lines


def _title(name: str, section: int, version: str) -> str:
    day = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC).date().isoformat()
    return f'.TH {name.upper()} {section} {day} "acumat {version}" acumat'


def _first(command: click.Command) -> str:
    return (command.help or "").partition(".")[0].lower()


def _escaped(text: str) -> str:
    """Return text in which no character is a request of the formatter."""
    plain = re.sub(r"\s+", " ", text).strip().replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", plain)
