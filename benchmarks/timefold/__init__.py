"""The rival Timefold: local search by its Python wheel, in a process and an environment of its own."""
