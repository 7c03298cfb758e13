"""What padding costs: CPU to frame a message once, and bytes to each who hears it. `python -m tests.bench.padding`"""

import time

from chat.core.ids import MemberId, Millis, Number
from chat.core.wire import Said
from chat.live.frames import Padding, frames

LENGTHS = (12, 40, 90, 200, 600)
"""Characters: what people say is mostly a sentence."""
ROUNDS = 200_000


def measured(on: bool, length: int) -> tuple[float, int]:
    """Microseconds to encode, pad and frame a message of this length; bytes of the frame."""
    Padding.on = on
    said = Said(MemberId("a" * 32), "x" * length, Millis(1_780_056_000_000), n=Number(37), receipt="r" * 22)
    began = time.perf_counter()
    for _ in range(ROUNDS):
        made = frames([said])
    return (time.perf_counter() - began) / ROUNDS * 1e6, len(made.raw)


def main() -> None:
    """One line a length."""
    print("characters   µs off   µs on   bytes off   bytes on")
    for length in LENGTHS:
        (off, plain), (on, padded) = measured(False, length), measured(True, length)
        print(f"{length:>10} {off:>8.2f} {on:>7.2f} {plain:>11} {padded:>10}")


if __name__ == "__main__":
    main()
