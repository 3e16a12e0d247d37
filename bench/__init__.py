"""The figures that the README promises, measured on this machine: ``bin/bench``."""
