"""The AsyncAPI document by AsyncAPI's own parser: `make asyncapi`; needs npm, node, and a network at the first time."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.bench.report import ROOT, Row, row

PARSER: Final = "@asyncapi/parser@3.6.6"
FOLDER: Final = ROOT / "build/asyncapi"
DOCUMENT: Final = ROOT / "docs/mqtt/asyncapi.json"


def asyncapi(document: Path = DOCUMENT) -> list[Row]:
    """Return errors and warnings of a document; nothing without npm."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return []
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / "node_modules/@asyncapi/parser").exists():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(FOLDER)]
        subprocess.run([*install, PARSER], check=True, cwd=FOLDER)
    command = ["node", str(Path(__file__).with_name("asyncapi.cjs")), str(FOLDER), str(document)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    sys.stderr.writelines(f"asyncapi: {text}\n" for severity in "01" for text in found[severity])
    channels = len(json.loads(document.read_text("utf-8"))["channels"])
    how = f"docs/mqtt/asyncapi.json, parsed by {PARSER}; n: channels"
    return [
        row(f"AsyncAPI document, {name}", len(found[severity]), "", "== 0", n=channels, label="measured", how=how)
        for severity, name in (("0", "errors"), ("1", "warnings"))
    ]


if __name__ == "__main__":
    rows = asyncapi()
    sys.stdout.writelines(f"{one.name}: {one.value:g}\n" for one in rows)
    raise SystemExit(0 if rows and all(one.holds for one in rows) else "asyncapi: not valid, or there is no npm")
