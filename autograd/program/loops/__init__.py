"""Loops: recurrences found among recorded scalars, and iterations in place of so many different operations.

`repeats` finds stretches of a tape that come again, `recurrences` those that depend on themselves and what they carry,
`finding` names the Values. A trace groups all iterations as one; `steps` makes loops of the nodes that depend on each
other (`components`), and of nothing else: what does not is calculated for all iterations at once.
"""
