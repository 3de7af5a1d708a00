/* libpq as the system ships it, for the benchmark's PostgreSQL peer, which is C. */
#include <libpq-fe.h>
