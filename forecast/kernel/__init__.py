"""All compiled code: no I/O, no texts, no exceptions, randomness only as an argument."""
