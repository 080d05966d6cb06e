"""Fields to workers: processes of this machine, or those of a Dask cluster, by one code path."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait as wait_for

from deepyeast.core import ScreenError
from deepyeast.screening.work import FieldTask, Outcome, process_field

AHEAD = 2
"""Fields a worker has in hand or waiting: it never idles, and few are lost when it is killed."""


@dataclass(frozen=True)
class Workers:
    """An executor, and how many fields it works on at a time."""

    executor: Executor
    slots: Callable[[], int]


@contextmanager
def local_workers(n: int) -> Iterator[Workers]:
    """Yield ``n`` processes of this machine."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n, mp_context=context, initializer=_prepare)
    try:
        yield Workers(pool, lambda: n)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def cluster_workers(address: str, timeout: float = 30) -> Iterator[Workers]:
    """Yield the workers of the Dask cluster whose scheduler is at ``address``.

    They need the same version of DeepYeast and must see the fields and the run folder under
    the same paths. Workers may come and go; Dask repeats what a lost one had in hand.

    Raises
    ------
    ScreenError
        If no scheduler answers there.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ScreenError(f"{address}: no Dask scheduler answers there ({error})") from error
    try:
        yield Workers(
            client.get_executor(pure=False),
            lambda: max(1, sum(client.nthreads().values())),
        )
    finally:
        client.close()


def execute(
    tasks: Iterable[FieldTask], workers: Workers, on_done: Callable[[Outcome], None]
) -> None:
    """Have every field processed, a few at a time, so that memory does not grow with their number.

    Raises
    ------
    ScreenError
        If a part cannot be written, or a worker was killed; what is done stays done.
    """
    waiting = iter(tasks)
    running: set[Future[Outcome]] = set()
    try:
        while True:
            free = AHEAD * workers.slots() - len(running)
            running |= {workers.executor.submit(process_field, t) for t in islice(waiting, free)}
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                on_done(future.result())
    except BrokenProcessPool as error:
        raise ScreenError(
            "a worker was killed, most likely for want of memory; what is done is kept: "
            "run the same command again, with fewer --workers"
        ) from error
    except OSError as error:
        raise ScreenError(
            f"the screen had to stop: {_reason(error)}; what is done is kept: "
            "when that is mended, run the same command again"
        ) from error
    finally:
        for future in running:
            future.cancel()


def _reason(error: OSError) -> str:
    """Return what the system said, and of which file."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _prepare() -> None:
    """Make a worker leave with its parent: on Ctrl-C the parent's to tell, on a kill at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)
