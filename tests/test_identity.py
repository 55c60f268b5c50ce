"""What is the same run, and what is not."""

import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from tarmac.identity import digest_of, program

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Held:
    name: str
    share: float
    others: tuple[object, ...] = ()

    @cached_property
    def worked_out(self) -> str:
        return self.name * 2


BASE = Held("a", 0.1, (frozenset({"x", "y"}), {"k": np.arange(3)}, None, True))


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, name="b"),
        replace(BASE, share=float(np.nextafter(0.1, 1))),
        replace(BASE, others=()),
        replace(BASE, others=(frozenset({"x"}), *BASE.others[1:])),
        replace(BASE, others=(BASE.others[0], {"k": np.arange(3.0)}, None, True)),
        replace(BASE, others=(BASE.others[0], {"k": np.array([0, 1, 3])}, None, True)),
        replace(BASE, others=(BASE.others[0], {"j": np.arange(3)}, None, True)),
        replace(BASE, others=(BASE.others[0], {"k": np.arange(3)}, None, 1)),
    ],
)
def test_what_differs_has_another_digest(other: Held) -> None:
    assert digest_of(other) != digest_of(BASE)


def test_what_is_the_same_has_the_same_digest() -> None:
    again = Held("a", 0.1, (frozenset({"y", "x"}), {"k": np.arange(3)}, None, True))
    assert again.worked_out == "aa"  # kept in the instance, and no part of what it is
    assert digest_of(again) == digest_of(BASE)


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (((1,), 2), (1, (2,))), ([], ()), ("1", 1)])
def test_values_do_not_run_together(one: object, other: object) -> None:
    assert digest_of(one) != digest_of(other)


def test_another_process_finds_the_same() -> None:
    work = (
        "from tarmac import load; from tarmac.layout import plan_of; from tarmac.identity import digest_of, program;"
        "print(digest_of(plan_of(load('stability-ai'))), program()['tarmac'])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", work],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert program()["tarmac"] in found.pop()


def test_the_program_is_told_by_its_versions() -> None:
    assert program()["numpy"] == np.__version__
    assert {"python", "machine", "tarmac", "numpy", "scipy"} <= program().keys()
