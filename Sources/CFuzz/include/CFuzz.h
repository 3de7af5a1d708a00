/*
 * The door to libFuzzer (https://llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"), which ships no header. The symbol exists
 * only in programs built with -sanitize=fuzzer.
 */
#ifndef SLUICE_CFUZZ_H
#define SLUICE_CFUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
