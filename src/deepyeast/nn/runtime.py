"""What networks can be run on here."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Runtime:
    """What torch finds on this machine.

    Parameters
    ----------
    version
        Of torch; ``+cpu`` or ``+cu…`` tells what it was built for.
    threads
        That it computes with.
    instructions
        The widest vector instructions that it uses, such as ``AVX2``.
    gpus
        Name, and memory in bytes, of each usable GPU.
    gpu_problem
        Why GPUs that may be there cannot be used; empty if nothing is wrong.
    """

    version: str
    threads: int
    instructions: str
    gpus: tuple[tuple[str, int], ...]
    gpu_problem: str


def find_runtime() -> Runtime:
    """Ask torch what it can use."""
    with warnings.catch_warnings(record=True) as caught:  # an old driver is only warned of
        warnings.simplefilter("always")
        n = torch.cuda.device_count() if torch.cuda.is_available() else 0
    properties = [torch.cuda.get_device_properties(i) for i in range(n)]
    return Runtime(
        version=torch.__version__,
        threads=torch.get_num_threads(),
        instructions=torch.backends.cpu.get_cpu_capability(),
        gpus=tuple((p.name, p.total_memory) for p in properties),
        gpu_problem=str(caught[0].message).splitlines()[0] if caught and not n else "",
    )
