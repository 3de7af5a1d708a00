/* libmongoc and libbson as the system ships them. */
#include <mongoc/mongoc.h>

/* bson_t must be aligned to 128 bytes, which Swift cannot do, so it sees an opaque pointer and asks for the length here. */
static inline uint32_t sluice_bson_length(const bson_t *document) { return document->len; }

/* Room for a reply that libmongoc initialises; libbson's own bson_new would make a document that is then initialised over. */
static inline bson_t *sluice_bson_room(void) { return (bson_t *)aligned_alloc(128, sizeof(bson_t)); }

/* Frees what the document holds, and the room itself. */
static inline void sluice_bson_leave(bson_t *room) {
    bson_destroy(room);
    free(room);
}

/* The same as mongoc_find_and_modify_opts_set_max_time_ms, with the unit spelled out as everywhere. */
static inline void sluice_set_max_time_milliseconds(mongoc_find_and_modify_opts_t *options, uint32_t milliseconds) {
    mongoc_find_and_modify_opts_set_max_time_ms(options, milliseconds);
}
