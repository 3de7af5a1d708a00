/* libmongoc and libbson as the system ships them. */
#include <mongoc/mongoc.h>
