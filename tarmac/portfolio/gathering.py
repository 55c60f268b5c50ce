"""What the parts of a portfolio run come to, taken in one after the other: the sum so far, from which a run goes on."""

from dataclasses import dataclass, field, replace

from tarmac.measures import Loss, Need
from tarmac.portfolio.block import Part, Path16
from tarmac.portfolio.deadline import Answer, Deadline
from tarmac.portfolio.tally import Begun, Tally, tally_of
from tarmac.simulation import overflow_told
from tarmac.summary import Histogram


@dataclass(frozen=True, slots=True)
class Frame:
    """What a portfolio run is of. `fewer`: the first paths, on which companies are asked about."""

    name: str
    companies: int
    months: int
    fewer: int


@dataclass(frozen=True)
class Gathered:
    """What the first parts of a run come to.

    `answers`: about each company, as they come. `tally`: of the blocks that are whole, None before the first; `first`:
    when each company fails on the first paths, shape (companies, paths). `begun`: of the block in work.
    """

    answers: tuple[Answer, ...] = ()
    tally: Tally | None = None
    first: Path16 | None = None
    begun: Begun = field(default_factory=Begun)

    def take(self, found: Part | Answer, frame: Frame) -> "Gathered":
        """The same with one more part. InputError where amounts grow without end."""
        if isinstance(found, Answer):
            return replace(self, answers=(*self.answers, found))
        begun = self.begun + found
        if begun.companies < frame.companies:
            return replace(self, begun=begun)
        with overflow_told(frame.name, frame.months):
            block = tally_of(begun, frame.months)
        return Gathered(
            self.answers,
            block if self.tally is None else self.tally + block,
            begun.all_struck[:, : frame.fewer].copy() if self.first is None else self.first,
        )


KINDS = (Gathered, Answer, Deadline, Need, Loss, Tally, Begun, Histogram)
"""What it is made of, where it is kept in a file."""
