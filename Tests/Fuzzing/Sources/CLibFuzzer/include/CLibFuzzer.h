#pragma once
#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with a program's arguments; `try_input` gets each input and returns 0.
///
/// Declared as in LLVM's `compiler-rt/lib/fuzzer/FuzzerInterface.h`; it lies in the archive
/// `libclang_rt.fuzzer_no_main`, which `run` names to the linker.
int LLVMFuzzerRunDriver(
    int *count, char ***arguments, int (*try_input)(const uint8_t *bytes, size_t size));
