"""Whether the images that a run was judged on are still what they were."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.data import index

COLUMNS = ["file", "image_id"]


@dataclass(frozen=True)
class Changes:
    """The files of a run beside those of a folder on this machine, by name and content."""

    same: int
    changed: int  # the name is there, its content is another
    gone: int  # the run knew the name, the folder does not
    new: int  # the folder has it, the run did not

    @property
    def sentence(self) -> str:
        """What differs, in plain words."""
        if not (self.changed or self.gone or self.new):
            return f"All {self.same:,} files are as they were."
        whole = self.same + self.changed + self.gone
        return (
            f"Of {whole:,} files {self.same:,} are as they were, {self.changed:,} have another "
            f"content and {self.gone:,} are gone; {self.new:,} are new."
        )

    def table(self) -> pd.DataFrame:
        """One row a state: files, and how many."""
        return pd.DataFrame({"files": vars(self).keys(), "count": vars(self).values()})


def compare(before: pd.DataFrame, now: pd.DataFrame) -> Changes:
    """Compare two tables of file and image_id (a hash of the content)."""
    both = before[COLUMNS].merge(now[COLUMNS], on="file", how="outer", suffixes=("_then", "_now"))
    then, today = both["image_id_then"], both["image_id_now"]
    there = then.notna() & today.notna()
    same = int((there & (then == today)).sum())
    return Changes(same, int(there.sum()) - same, int(today.isna().sum()), int(then.isna().sum()))


def since(root: Path, before: pd.DataFrame) -> Changes | None:
    """Compare with what a folder held when it was last opened; None where that is not known."""
    rows = index.of_any_pattern(root.resolve())
    if rows is None:
        return None
    return compare(before, rows[rows["reason"] == ""])
