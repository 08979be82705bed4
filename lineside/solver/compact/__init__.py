"""The relaxation as one mixed-integer program: branch and cut for regions that are small enough.

One stage a module: :mod:`~lineside.solver.compact.crews` (line time, exactly), :mod:`~lineside.solver.compact.program`
(variables and rows), :mod:`~lineside.solver.compact.separation` (what a whole solution still breaks) and
:mod:`~lineside.solver.compact.proof` (the rounds).
"""
