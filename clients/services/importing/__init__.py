"""A list of clients is taken in: sent, its columns named, looked through, and only then written.

Looking through and writing are jobs, in batches. Each batch is one transaction that locks the list's row, does the next
rows and notes how far it is: a worker that dies leaves whole batches, two workers take turns, and the sweeper goes on
with what nobody is at, so that each row is written once. A batch that fails again and again is written row by row: what
can't be written is refused by itself and the others are not kept from their end. Where nothing of it can be, the list
stops, and says what is written and what is left. Until its consultant says so no client is touched; that can be said
once, and the consultant may stop it in the middle and have it go on.
"""

from clients.services.importing.batches import run_batch
from clients.services.importing.job import left_behind, work
from clients.services.importing.life import (
    confirm,
    drop,
    forget_old,
    go_on,
    name_columns,
    report_rows,
    start,
    stop,
    take_in,
)

__all__ = [
    "confirm",
    "drop",
    "forget_old",
    "go_on",
    "left_behind",
    "name_columns",
    "report_rows",
    "run_batch",
    "start",
    "stop",
    "take_in",
    "work",
]
