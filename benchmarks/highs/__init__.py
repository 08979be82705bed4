"""The rival HiGHS: the straight model as a mixed-integer program, in a process and an environment of its own."""
