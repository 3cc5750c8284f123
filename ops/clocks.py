"""The clock of a service, from its arguments."""

import argparse

from streams.clock import Clock, ScaledClock, SystemClock


def add_clock_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments by which a service's time may run faster than the machine's."""
    parser.add_argument("--clock-factor", type=float, default=1.0, help="1 is the machine's time")
    parser.add_argument(
        "--clock-started-at-milliseconds",
        type=int,
        default=0,
        help="when both times agree; may lie ahead, and the service's time is then behind until it",
    )


def clock_of(options: argparse.Namespace) -> Clock:
    """Return the machine's clock, or the scaled one where a factor is given."""
    if options.clock_factor == 1.0:
        return SystemClock()
    return ScaledClock(options.clock_factor, options.clock_started_at_milliseconds)
