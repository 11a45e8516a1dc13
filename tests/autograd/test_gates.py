"""Gates select: a closed one lets nothing through, and choices at special values are the same in every back end."""

from __future__ import annotations

import math
from itertools import product

import pytest

from autograd import OPS_PLACEHOLDER
