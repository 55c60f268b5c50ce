"""Pointing at lines and numbers: a target is a path, or a glob over paths."""

import re
from collections.abc import Iterable


def matching(target: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths a target points at, in their own order; `*` stands for any characters, all others for themselves.

    >>> matching("compute.*", ["revenue.api", "compute.aws", "compute.gcp"])
    ('compute.aws', 'compute.gcp')
    """
    pattern = re.compile(".*".join(re.escape(part) for part in target.split("*")))
    return tuple(path for path in paths if pattern.fullmatch(path))
