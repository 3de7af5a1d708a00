#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

bool bench_fail(struct bench_failure *failure, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure->message, sizeof failure->message, format, arguments);
    va_end(arguments);
    failure->of_server = false;
    return false;
}

bool bench_blame_server(struct bench_failure *failure) {
    failure->of_server = true;
    return false;
}
