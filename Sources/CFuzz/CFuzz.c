/* Nothing: SwiftPM wants a source where there is a header. */
#include "CFuzz.h"
