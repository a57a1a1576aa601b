"""The layout rule notices what would break a compiled plugin, and nothing else."""
import pathlib
import shutil
import sys

import posthouse
import pytest

sys.path.insert(0, str(posthouse.ROOT / "tests" / "rules"))
import abi_layout  # noqa: E402

HEADERS = posthouse.ROOT / "sdk" / "abi"
EVENTS = "ph/draft/host/events.h"


@pytest.fixture(scope="module")
def before():
    return abi_layout.layout(HEADERS)


def after(tmp_path, before, name, *edits):
    """What the rule says when `edits` (old, new) are made in one header."""
    copy = tmp_path / "abi"
    shutil.copytree(HEADERS, copy)
    path = copy / name
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        text = text.replace(old, new)
    path.write_text(text)
    return list(abi_layout.problems(before, abi_layout.layout(copy)))


def test_every_struct_in_the_headers_is_in_the_list(before):
    import re
    for path in HEADERS.rglob("*.h"):
        for name in re.findall(r"struct\s+(\w+)\s*\{", path.read_text()):
            assert f"struct {name}" in before
    assert before["member ph_str.len"] == "8 8 size_t" and before["struct ph_str"] == "16"
    assert before["const PH_STAGE_RCPT"] == "4"


def test_the_headers_are_as_in_the_baseline(before):
    assert list(abi_layout.problems(abi_layout.read(abi_layout.BASELINE), before)) == []


def test_a_member_in_the_middle_fails(tmp_path, before):
    found = after(tmp_path, before, EVENTS, ("  int64_t wall_ms;\n", "  uint64_t inserted;\n  int64_t wall_ms;\n"))
    assert any(p.startswith("ph_event.wall_ms was '16 8 int64_t'") for p in found), found


def test_a_method_in_the_middle_fails(tmp_path, before):
    found = after(tmp_path, before, EVENTS, ("  /* fn(ctx, last_seq)", "  void (*inserted)(void);\n  /* fn(ctx, last_seq)"))
    assert any(p.startswith("ph_events.subscribe was '16 8") for p in found), found


def test_a_member_at_the_end_passes(tmp_path, before):
    assert after(tmp_path, before, EVENTS, ("} ph_event;", "  uint64_t appended;\n} ph_event;"),
                 ("} ph_events;", "  void (*appended)(void);\n} ph_events;")) == []


def test_a_member_in_the_padding_fails(tmp_path, before):
    header = "ph/types.h"
    copy = tmp_path / "padded"
    shutil.copytree(HEADERS, copy)
    path = copy / header
    path.write_text(path.read_text().replace("} ph_str;", "  int32_t first;\n} ph_str;"))
    padded = abi_layout.layout(copy)
    path.write_text(path.read_text().replace("} ph_str;", "  int32_t second;\n} ph_str;"))
    assert any(p.startswith("ph_str.second is new and not behind") for p in abi_layout.problems(padded, abi_layout.layout(copy)))


@pytest.mark.parametrize("edit,told", [
    (("  ph_str data;    /* JSON object */\n", ""), "ph_event.data is gone"),
    (("  ph_str data;    /* JSON object */\n", ""), "ph_event shrank"),
    (("  int64_t wall_ms;\n", "  uint64_t wall_ms;\n"), "ph_event.wall_ms was"),
    (("  int64_t wall_ms;\n", "  int64_t wall_seconds;\n"), "ph_event.wall_ms is gone"),
    (('#define PH_IF_EVENTS "ph.events/1"', '#define PH_IF_EVENTS "ph.events/2"'), "PH_IF_EVENTS was"),
    (("void (*fn)(void* ctx, uint64_t last_seq), void* ctx);", "void (*fn)(void* ctx, int64_t last_seq), void* ctx);"),
     "ph_events.subscribe was"),
])
def test_other_breaks_fail(tmp_path, before, edit, told):
    found = after(tmp_path, before, EVENTS, edit)
    assert any(p.startswith(told) for p in found), found


def test_a_header_that_is_gone_fails(tmp_path, before):
    copy = tmp_path / "abi"
    shutil.copytree(HEADERS, copy)
    (copy / EVENTS).unlink()
    assert "ph_event is gone" in abi_layout.problems(before, abi_layout.layout(copy))


def test_a_new_header_passes(tmp_path, before):
    copy = pathlib.Path(tmp_path / "abi")
    shutil.copytree(HEADERS, copy)
    (copy / "ph" / "draft" / "host" / "new.h").write_text("typedef struct ph_new { int size; } ph_new;\n")
    now = abi_layout.layout(copy)
    assert "struct ph_new" in now and list(abi_layout.problems(before, now)) == []
