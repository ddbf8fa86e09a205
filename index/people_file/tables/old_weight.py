"""Whether an old workbook (.xls) can be opened: tried in a child that may not grow.

Its cells point to texts that stand once, and it has no parts that could be weighed one by one.
Run as `python -m index.people_file.tables.old_weight FILE`; the exit code says what was found.
"""

import resource
import subprocess
import sys
from pathlib import Path

from index.people_file.tables.limits import TooHeavyError

_MAX_BYTES = 1 << 26
_MAX_MEMORY = 2 << 30
_MAX_SECONDS = 60


def weigh_old_workbook(path: Path) -> None:
    """Refuse an old workbook that takes too much memory or time to open.

    What is wrong with it otherwise is told by opening it.

    Raises:
        TooHeavyError: it does.
    """
    remedy = "in Excel: File, Save As, Excel Workbook (.xlsx)"
    if path.stat().st_size > _MAX_BYTES:
        raise TooHeavyError(f"an old workbook (.xls) of more than {_MAX_BYTES >> 20} MiB", remedy)
    command = [sys.executable, "-m", __name__, str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, and a path that is no option)
            command, capture_output=True, timeout=2 * _MAX_SECONDS, check=False,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip
    except subprocess.TimeoutExpired as reason:
        raise TooHeavyError("opening this old workbook (.xls) takes too long", remedy) from reason
    if done.returncode:
        raise TooHeavyError(
            "opening this old workbook (.xls) takes too much memory or time", remedy
        )


def _try(path: Path) -> None:
    from python_calamine import CalamineError, CalamineWorkbook

    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_SECONDS, _MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                for _ in workbook.get_sheet_by_name(name).iter_rows():
                    pass
    except CalamineError:
        return


if __name__ == "__main__":
    _try(Path(sys.argv[1]))
