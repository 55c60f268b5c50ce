"""What facts teach about a company: the joint posterior of everything random about its past."""

from tarmac.calibrate.calibration import Method, posterior_of
from tarmac.calibrate.result import Calibration, Quality
from tarmac.calibrate.tempering import Effort

__all__ = ["Calibration", "Effort", "Method", "Quality", "posterior_of"]
