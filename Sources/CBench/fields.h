/* The records that a mix works on: {"id": 24 hexadecimal digits, "field0": text, …}. A field's text begins with its version, eight digits,
   and goes on with what follows from name space, number, field and version; so a reply can be checked without keeping what was written. */
#ifndef SLUICE_BENCH_FIELDS_H
#define SLUICE_BENCH_FIELDS_H

#include "ledger.h"
#include "msgpack.h"

enum { FIELD_NAME_BYTES = 8, FIELD_OVERHEAD_BYTES = 16 };

/* "field0" and so on, with its NUL. */
void field_name(uint32_t field, char name[FIELD_NAME_BYTES]);
/* Writes the text of one field, field_bytes of them. */
void field_text(const struct bench_load *load, uint64_t number, uint32_t field, uint32_t version, char *text);
/* Which version a text is; false when it is none of this field. */
bool field_version(const struct bench_load *load, uint64_t number, uint32_t field, const char *text, size_t size, uint32_t *version);

/* A whole record as it is inserted, and the one field that an update sets. */
uint8_t *put_whole_record(uint8_t *at, const struct bench_load *load, uint64_t number);
uint8_t *put_changed_field(uint8_t *at, const struct bench_load *load, uint64_t number, uint32_t version);

/* Collects the fields of one record as they come, from whatever driver, and judges them. */
struct judgement {
    const struct bench_load *load;
    uint64_t number;
    const struct ledger_view *view;
    uint32_t seen;    /* a bit for each field */
    uint32_t written; /* the version that this very request wrote, 0 for none */
    struct bench_failure *failure;
};
bool judge_field(struct judgement *judgement, const char *name, size_t name_size, const char *text, size_t size);
/* Was all of it there? */
bool judge_end(const struct judgement *judgement);
/* The number that an id says; false for an id of something else. */
bool number_of_id(const struct bench_load *load, const char *id, size_t size, uint64_t *number);
/* The record that stands here, whichever it is, judged by the view that `view_of` finds for its number; null, with a failure said, when it
   must not be there at all. */
bool take_whole_record(
    struct reader *reader, struct judgement *judgement, const struct ledger_view *(*view_of)(void *, uint64_t), void *owner);

#endif
