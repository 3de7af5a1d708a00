#include "record.h"

#include "failure.h"

enum { BLOCK_BYTES = 16 };

void put_hexadecimal(char *at, uint64_t value, int digits) {
    for (int index = digits - 1; index >= 0; index--, value >>= 4) at[index] = "0123456789abcdef"[value & 15];
}

void record_block(uint64_t name_space, uint64_t number, char *block) {
    uint64_t value = name_space + (number + 1) * 0x9e3779b97f4a7c15ull;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
    put_hexadecimal(block, value ^ (value >> 31), BLOCK_BYTES);
}

void bench_record_id(uint64_t name_space, uint64_t number, char *id) {
    put_hexadecimal(id, name_space, 16);
    put_hexadecimal(id + 16, number, 8);
    id[RECORD_ID_BYTES] = 0;
}

void bench_record_body(uint64_t name_space, uint64_t number, char *body, uint32_t body_bytes) {
    char block[BLOCK_BYTES];
    record_block(name_space, number, block);
    for (uint32_t done = 0; done < body_bytes; done += BLOCK_BYTES) {
        memcpy(body + done, block, body_bytes - done < BLOCK_BYTES ? body_bytes - done : BLOCK_BYTES);
    }
}

uint8_t *put_record(uint8_t *at, const struct bench_load *load, uint64_t number) {
    char id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, number, id);
    at = put_map(at, 3);
    at = put_bytes(put_string(at, "id"), id, RECORD_ID_BYTES);
    at = put_unsigned(put_string(at, "number"), number);
    at = put_string_header(put_string(at, "body"), load->body_bytes);
    bench_record_body(load->name_space, number, (char *)at, load->body_bytes);
    return at + load->body_bytes;
}

static bool is_body(const char *text, size_t size, const struct bench_load *load, uint64_t number) {
    char block[BLOCK_BYTES];
    record_block(load->name_space, number, block);
    if (size != load->body_bytes) return false;
    for (size_t done = 0; done < size; done += BLOCK_BYTES) {
        if (memcmp(text + done, block, size - done < BLOCK_BYTES ? size - done : BLOCK_BYTES) != 0) return false;
    }
    return true;
}

static bool named(const char *text, size_t size, const char *name) { return size == strlen(name) && memcmp(text, name, size) == 0; }

bool take_record(struct reader *reader, const struct bench_load *load, uint64_t number, struct bench_failure *failure) {
    char id[RECORD_ID_BYTES + 1];
    bench_record_id(load->name_space, number, id);
    uint64_t entries, value;
    if (!take_map(reader, &entries)) return bench_fail(failure, "record %s: the result is no map", id);
    if (entries != 3) return bench_fail(failure, "record %s: %llu fields came, 3 were saved", id, (unsigned long long)entries);
    int seen = 0;
    for (int entry = 0; entry < 3; entry++) {
        const char *name, *text;
        size_t name_size, size;
        if (!take_string(reader, &name, &name_size)) return bench_fail(failure, "record %s: a field's name is no string", id);
        if (named(name, name_size, "number") && take_unsigned(reader, &value) && value == number) {
            seen |= 1;
        } else if (!take_string(reader, &text, &size)) {
            return bench_fail(failure, "record %s: the field '%.*s' came with a wrong value", id, (int)name_size, name);
        } else if (named(name, name_size, "id") && named(text, size, id)) {
            seen |= 2;
        } else if (named(name, name_size, "body") && is_body(text, size, load, number)) {
            seen |= 4;
        } else {
            return bench_fail(failure, "record %s: the field '%.*s' came with a wrong value", id, (int)name_size, name);
        }
    }
    return seen == 7 || bench_fail(failure, "record %s: a field came twice", id);
}
