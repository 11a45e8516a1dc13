"""What programs for HIPS autograd and JAX import, and what is imported here in its place.

HIPS autograd has this package's import name: `import autograd.numpy as np` stands at the top of its programs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

_GRADIENTS = "Write grad(f), or jacobian(f) for several results."
INSTEAD = {
    "numpy": "Write import numpy as np: NumPy's functions work on Values, and on arrays of them.",
    "scipy": "On Values use this package's functions, such as erf and logsumexp; SciPy itself is for plain numbers.",
    "misc": "Optimisers are in nn, such as nn.Adam.",
    "test_util": "Write from autograd import gradcheck.",
    "extend": "An operation of your own is a row of the table: CONTRIBUTING.md, An operation.",
    "engine": "Write from autograd import Value.",
    "jit": "Write compile(f), which records f once and runs it on arrays.",
    "vmap": "Write compile(f), whose programs take batches.",
    "hessian_vector_product": "Write grad(lambda x: np.dot(grad(f)(x), v)).",
    **dict.fromkeys(("vjp", "jvp", "make_vjp", "make_jvp"), _GRADIENTS),
}


class Elsewhere:
    """A finder of modules that is asked last, for what is no file of a package.

    Args:
        package: whose modules they would be.
        why: a sentence on why there are none.
        instead: of each module what to write.
    """

    def __init__(self, package: str, why: str, instead: Mapping[str, str]) -> None:
        self.package, self.why, self.instead = package, why, instead

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Find nothing.

        Raises:
            ImportError: the name is another package's; the message says what to write.
        """
        package, _, own = name.partition(".")
        if package == self.package and own in self.instead:
            raise ImportError(f"There is no {name}: {self.why} {self.instead[own]}", name=name)


def install(package: str, why: str, instead: Mapping[str, str]) -> None:
    """Let Python ask here after all other finders."""
    if package not in (getattr(finder, "package", "") for finder in sys.meta_path):
        sys.meta_path.append(Elsewhere(package, why, instead))
