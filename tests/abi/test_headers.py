"""Every header of the SDK compiles alone, as a stranger includes it, under every language and compiler promised."""
import subprocess

import posthouse
import pytest

SDK = posthouse.ROOT / "sdk"
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
C_COMPILERS = ["gcc", "clang-14"]
CXX_COMPILERS = ["g++", "clang++-14"]


def names(folder, pattern):
    return sorted(str(p.relative_to(SDK / folder)) for p in (SDK / folder).rglob(pattern))


def compile_alone(compiler, language, standard, includes, header, use=""):
    code = f"#include <{header}>\n#include <{header}>\n{use}\nint alone;\n"
    command = [compiler, "-x", language, f"-std={standard}", *STRICT, *(f"-I{SDK / i}" for i in includes), "-"]
    result = subprocess.run(command, input=code, capture_output=True, text=True)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stderr}"


@pytest.mark.parametrize("header", names("abi", "*.h"))
def test_contract(header):
    for compiler in C_COMPILERS:
        for standard in ("c11", "c17"):
            compile_alone(compiler, "c", standard, ["abi"], header)
    for compiler in CXX_COMPILERS:
        for standard in ("c++17", "c++20"):
            compile_alone(compiler, "c++", standard, ["abi"], header)


def test_has_in_c_and_cpp():
    use = "int has(const ph_events* e); int has(const ph_events* e) { return PH_HAS(e, last); }"
    for compiler in C_COMPILERS:
        compile_alone(compiler, "c", "c11", ["abi"], "ph/draft/host/events.h", use)
    for compiler in CXX_COMPILERS:
        compile_alone(compiler, "c++", "c++20", ["abi"], "ph/draft/host/events.h", use)


CPP = [h for f in ("cpp", "lib") for h in names(f, "*.hpp")] + ["testkit/" + h for h in names("testkit", "*.hpp")]
CPP_ROOTS = ["abi", "cpp", "lib", ""]


@pytest.mark.parametrize("header", CPP)
def test_cpp_layer(header):
    compile_alone("g++", "c++", "c++20", CPP_ROOTS, header)


def test_cpp_layer_with_another_compiler():
    compile_alone("clang++-14", "c++", "c++20", CPP_ROOTS, CPP[0], "".join(f"#include <{h}>\n" for h in CPP))
