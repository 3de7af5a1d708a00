#include "fields.h"

#include "failure.h"
#include "record.h"

#include <stdio.h>

enum { VERSION_DIGITS = 8, BLOCK_BYTES = 16 };

void field_name(uint32_t field, char name[FIELD_NAME_BYTES]) { snprintf(name, FIELD_NAME_BYTES, "field%u", field % 100); }

static void put_block(const struct bench_load *load, uint64_t number, uint32_t field, uint32_t version, char block[BLOCK_BYTES]) {
    record_block(load->name_space + ((uint64_t)(field + 1) << 40), number ^ (uint64_t)version << 32, block);
}

void field_text(const struct bench_load *load, uint64_t number, uint32_t field, uint32_t version, char *text) {
    char block[BLOCK_BYTES];
    uint32_t size = load->mix.field_bytes;
    put_block(load, number, field, version, block);
    put_hexadecimal(text, version, VERSION_DIGITS);
    for (uint32_t done = VERSION_DIGITS; done < size; done += BLOCK_BYTES)
        memcpy(text + done, block, size - done < BLOCK_BYTES ? size - done : BLOCK_BYTES);
}

static bool take_hexadecimal(const char *text, int digits, uint64_t *value) {
    *value = 0;
    for (int index = 0; index < digits; index++) {
        char digit = text[index];
        if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'))) return false;
        *value = *value << 4 | (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return true;
}

bool field_version(const struct bench_load *load, uint64_t number, uint32_t field, const char *text, size_t size, uint32_t *version) {
    char block[BLOCK_BYTES];
    uint64_t value;
    if (size != load->mix.field_bytes || !take_hexadecimal(text, VERSION_DIGITS, &value)) return false;
    *version = (uint32_t)value;
    put_block(load, number, field, *version, block);
    for (size_t done = VERSION_DIGITS; done < size; done += BLOCK_BYTES) {
        if (memcmp(text + done, block, size - done < BLOCK_BYTES ? size - done : BLOCK_BYTES) != 0) return false;
    }
    return true;
}

static uint8_t *put_field(uint8_t *at, const struct bench_load *load, uint64_t number, uint32_t field, uint32_t version) {
    char name[FIELD_NAME_BYTES];
    field_name(field, name);
    at = put_string_header(put_string(at, name), load->mix.field_bytes);
    field_text(load, number, field, version, (char *)at);
    return at + load->mix.field_bytes;
}

uint8_t *put_whole_record(uint8_t *at, const struct bench_load *load, uint64_t number) {
    char id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, number, id);
    at = put_wide_map(at, load->mix.fields + 1);
    at = put_bytes(put_string(at, "id"), id, RECORD_ID_BYTES);
    for (uint32_t field = 0; field < load->mix.fields; field++) at = put_field(at, load, number, field, 0);
    return at;
}

uint8_t *put_changed_field(uint8_t *at, const struct bench_load *load, uint64_t number, uint32_t version) {
    return put_field(put_map(at, 1), load, number, ledger_field(version, load->mix.fields), version);
}

bool number_of_id(const struct bench_load *load, const char *id, size_t size, uint64_t *number) {
    uint64_t name_space;
    return size == RECORD_ID_BYTES && take_hexadecimal(id, 16, &name_space) && name_space == load->name_space &&
           take_hexadecimal(id + 16, 8, number);
}

/* Which field a name is; `fields` when it is none. */
static uint32_t field_of(const struct bench_load *load, const char *name, size_t size) {
    char expected[FIELD_NAME_BYTES];
    uint32_t field = 0;
    for (; field < load->mix.fields; field++) {
        field_name(field, expected);
        if (size == strlen(expected) && memcmp(name, expected, size) == 0) break;
    }
    return field;
}

static bool judge_version(const struct judgement *judgement, uint32_t field, uint32_t version) {
    uint32_t written = judgement->written;
    if (written > 0 && ledger_field(written, judgement->load->mix.fields) == field && version != written)
        return bench_fail(
            judgement->failure, "record %llu: the answer to the update of field%u to version %u shows version %u",
            (unsigned long long)judgement->number, field, written, version);
    if (ledger_allows(judgement->load->ledger, judgement->number, field, version, judgement->view)) return true;
    return bench_fail(
        judgement->failure, "record %llu: field%u shows version %u, where %u was overwritten or is the least there can be",
        (unsigned long long)judgement->number, field, version, judgement->view->floors[field]);
}

bool judge_field(struct judgement *judgement, const char *name, size_t name_size, const char *text, size_t size) {
    uint32_t version, field = field_of(judgement->load, name, name_size);
    unsigned long long number = judgement->number;
    if (field == judgement->load->mix.fields)
        return bench_fail(judgement->failure, "record %llu: the field '%.*s' was never saved", number, (int)name_size, name);
    if (judgement->seen >> field & 1) return bench_fail(judgement->failure, "record %llu: field%u came twice", number, field);
    judgement->seen |= 1u << field;
    if (!field_version(judgement->load, number, field, text, size, &version))
        return bench_fail(judgement->failure, "record %llu: field%u shows what nobody wrote", number, field);
    return judge_version(judgement, field, version);
}

bool judge_end(const struct judgement *judgement) {
    if (judgement->seen == (1u << judgement->load->mix.fields) - 1) return true;
    return bench_fail(judgement->failure, "record %llu: a field is missing", (unsigned long long)judgement->number);
}

/* Fields may come before the id, so the id is looked for first. */
static bool find_id(struct reader reader, uint64_t entries, const char **id, size_t *size) {
    for (; entries > 0; entries--) {
        const char *name;
        size_t name_size;
        if (!take_string(&reader, &name, &name_size)) return false;
        if (name_size == 2 && memcmp(name, "id", 2) == 0) return take_string(&reader, id, size);
        if (!skip_value(&reader)) return false;
    }
    return false;
}

bool take_whole_record(
    struct reader *reader, struct judgement *judgement, const struct ledger_view *(*view_of)(void *, uint64_t), void *owner) {
    uint64_t entries;
    const char *id, *name, *text;
    size_t id_size, name_size, size;
    struct bench_failure *failure = judgement->failure;
    if (!take_map(reader, &entries)) return bench_fail(failure, "a record came that is no map");
    if (!find_id(*reader, entries, &id, &id_size)) return bench_fail(failure, "a record came without an id");
    if (!number_of_id(judgement->load, id, id_size, &judgement->number))
        return bench_fail(failure, "a record came that nobody wrote: '%.*s'", (int)(id_size < 64 ? id_size : 64), id);
    judgement->view = view_of(owner, judgement->number);
    judgement->seen = 0;
    if (!judgement->view) return false;
    if (entries != judgement->load->mix.fields + 1)
        return bench_fail(failure, "record %llu: %llu fields came", (unsigned long long)judgement->number, (unsigned long long)entries);
    for (; entries > 0; entries--) {
        if (!take_string(reader, &name, &name_size) || !take_string(reader, &text, &size))
            return bench_fail(failure, "record %llu: a field came that is no text", (unsigned long long)judgement->number);
        if (name_size == 2 && memcmp(name, "id", 2) == 0) continue;
        if (!judge_field(judgement, name, name_size, text, size)) return false;
    }
    return judge_end(judgement);
}
