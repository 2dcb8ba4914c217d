"""A program that only reads files through a mapping and counts what comes out, run to be measured."""

import sys
from pathlib import Path

from servicelost.intake.mapping import MappedSource, load_mapping
from servicelost.kernel.errors import ServiceLostError


def main() -> None:
    mapping, *paths = map(Path, sys.argv[1:])
    rows = rejected = 0
    reason = ""
    try:
        for group in MappedSource.open(load_mapping(mapping), paths).read():
            rows += group.read
            rejected += len(group.rejected)
            reason = reason or next((str(one) for bad in group.rejected for one in bad.problems), "")
    except ServiceLostError as refusal:
        sys.exit(f"refused: {refusal}")
    sys.stdout.write(f"{rows} rows, {rejected} rejected: {reason}\n")


if __name__ == "__main__":
    main()
