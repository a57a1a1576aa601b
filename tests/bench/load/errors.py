"""What makes a measurement void."""


class BenchError(Exception):
    """The server answered something that makes the measurement void."""
