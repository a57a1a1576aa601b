"""What a client sends, and what it makes of the answer."""
import dataclasses
import typing


@dataclasses.dataclass
class Command:
    text: bytes
    name: str = ""
    holds_expunges: bool = False
    solicited: bool = False  # FETCH responses may be without UID and MODSEQ
    op: typing.Any = None
    silent: bool = False
    expected: tuple = ("OK",)
    on_response: typing.Callable = None  # True: it is dealt with
    on_done: typing.Callable = None
