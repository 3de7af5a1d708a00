/* msgpack-c as the system ships it: the oracle that the frame reader is tested against. */
#include <msgpack.h>
