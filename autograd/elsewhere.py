"""What programs for HIPS autograd and JAX import, and what is imported here in its place.

HIPS autograd has this package's import name: `import autograd.numpy as np` stands at the top of its programs.
"""

from __future__ import annotations

import sys

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
    """A finder of modules that is asked last, for what is no file of this package."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Find nothing.

        Raises:
            ImportError: the name is another package's; the message says what to write.
        """
        package, _, own = name.partition(".")
        if package == "autograd" and own in INSTEAD:
            raise ImportError(f"There is no autograd.{own}: this autograd is chalkgrad's. {INSTEAD[own]}", name=name)


def install() -> None:
    """Let Python ask here after all other finders."""
    if not any(getattr(finder, "__name__", "") == Elsewhere.__name__ for finder in sys.meta_path):
        sys.meta_path.append(Elsewhere)
